/* SPDX-License-Identifier: EUPL-1.2 */
/* Which branch goes on. In conclaved. */
#include "server/hall/resume.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"

void resume_init(struct resume *r)
{
	*r = (struct resume){ .until = USEC_NEVER };
}

static void offer_done(struct resume_offer *o)
{
	for (uint32_t i = 0; i < o->n_commits; i++)
		(void)letters_unref(o->commits[i]);
	*o = (struct resume_offer){ 0 };
}

void resume_done(struct resume *r)
{
	for (uint32_t i = 0; r->offers && i < LIMIT_PEOPLE_PER_MEETING; i++)
		offer_done(&r->offers[i]);
	mem_free(r->offers);
	resume_init(r);
}

int resume_offer(struct resume *r, uint32_t person, uint32_t epoch, const char *tag, struct letters **commits,
	uint32_t n_commits)
{
	struct resume_offer offer = { .made = true, .epoch = epoch };

	for (uint32_t i = 0; i < n_commits; i++)
		if (i + epoch < n_commits)
			(void)letters_unref(commits[i]);	/* would end an epoch before the first */
		else
			offer.commits[offer.n_commits++] = commits[i];
	memcpy(offer.tag, tag, strnlen(tag, KEYS_TAG_LETTERS));
	if (!r->offers)
		r->offers = mem_new_array(struct resume_offer, LIMIT_PEOPLE_PER_MEETING);
	if (!r->offers) {
		offer_done(&offer);
		return -ENOMEM;
	}
	offer_done(&r->offers[person - 1]);
	r->offers[person - 1] = offer;
	crowd_add(&r->answered, person);
	return 0;
}

void resume_withdraw(struct resume *r, uint32_t person)
{
	if (r->offers)
		offer_done(&r->offers[person - 1]);
}

static bool is_same(const struct resume_offer *a, const struct resume_offer *b)
{
	return a->made && b->made && a->epoch == b->epoch && strcmp(a->tag, b->tag) == 0;
}

static uint32_t count_holders(const struct resume *r, const struct resume_offer *o)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < LIMIT_PEOPLE_PER_MEETING; i++)
		n += is_same(&r->offers[i], o);
	return n;
}

static bool is_better(const struct resume *r, const struct resume_offer *a, const struct resume_offer *b)
{
	uint32_t of_a, of_b;

	if (a->epoch != b->epoch)
		return a->epoch > b->epoch;
	if (is_same(a, b))
		return a->n_commits > b->n_commits;
	of_a = count_holders(r, a);
	of_b = count_holders(r, b);
	return of_a != of_b ? of_a > of_b : strcmp(a->tag, b->tag) < 0;
}

/* By the commits of `best`; whether what they hold is on that branch, only they can find out. */
static bool is_reached(const struct resume_offer *o, const struct resume_offer *best)
{
	return o->made && o->epoch < best->epoch && best->epoch - o->epoch <= best->n_commits;
}

bool resume_decide(const struct resume *r, struct keys_branch *ret)
{
	const struct resume_offer *best = NULL;

	for (uint32_t i = 0; r->offers && i < LIMIT_PEOPLE_PER_MEETING; i++)
		if (r->offers[i].made && (!best || is_better(r, &r->offers[i], best)))
			best = &r->offers[i];
	if (!best)
		return false;
	*ret = (struct keys_branch){ .epoch = best->epoch, .tag = best->tag, .commits = best->commits,
		.n_commits = best->n_commits };
	for (uint32_t i = 0; i < LIMIT_PEOPLE_PER_MEETING; i++)
		if (is_same(&r->offers[i], best) || is_reached(&r->offers[i], best))
			crowd_add(&ret->members, i + 1);
	return true;
}

uint32_t resume_epoch(const struct resume *r, uint32_t person)
{
	return r->offers[person - 1].epoch;
}
