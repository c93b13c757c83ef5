/* SPDX-License-Identifier: EUPL-1.2 */
/* A ceiling for each action. In conclaved. Invariant: ceilings fall and never rise. */
#include "auth/policy.h"

#include <assert.h>

void policy_init(struct policy *p)
{
	for (int i = 0; i < ACT_N; i++)
		p->ceilings[i] = VERDICT_YES;
}

bool policy_lower(struct policy *p, enum action action, enum verdict ceiling)
{
	assert(action < ACT_N);
	if (rights_is_fixed(action) || ceiling > p->ceilings[action])
		return false;
	p->ceilings[action] = ceiling;
	return true;
}

enum verdict policy_limit(const struct policy *p, enum action action, enum verdict verdict, bool alone)
{
	enum verdict ceiling = p->ceilings[action];

	if (alone && ceiling == VERDICT_SECOND)
		return verdict;
	return ceiling < verdict ? ceiling : verdict;
}
