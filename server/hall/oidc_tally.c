/* SPDX-License-Identifier: EUPL-1.2 */
/* Counting what conclave-fetch tells. In conclaved. */
#include "server/hall/oidc_tally.h"

#include "base/mem.h"

void oidc_tally_add(struct oidc_tally *t, const struct oidc_report *r, usec_t wall)
{
	t->numbers.requests[r->question]++;
	t->last[r->question].asked = true;
	t->last[r->question].outcome = r->outcome;
	t->last[r->question].status = r->status;
	if (r->outcome == OIDC_OUT_DONE)
		t->numbers.last_success = wall;
	else
		t->numbers.failures[r->outcome]++;
	if (r->has_clock) {
		t->has_clock = true;
		t->ahead = r->ahead;
	}
}

void oidc_tally_sign_on(struct oidc_tally *t, enum oidc_result result)
{
	switch (result) {
	case OIDC_IS:
		t->numbers.sign_ons_proven++;
		return;
	case OIDC_REFUSED:
		t->numbers.sign_ons_refused++;
		return;
	case OIDC_UNREACHABLE:
		t->numbers.sign_ons_unanswered++;
		return;
	case OIDC_READY:
		return;
	}
}

void oidc_tally_forget(struct oidc_tally *t)
{
	memset(t->last, 0, sizeof(t->last));
	t->has_clock = false;
	t->ahead = 0;
}

void oidc_tally_write(const struct oidc_tally *t, struct json *j)
{
	for (enum oidc_question q = 0; q < OIDC_QUESTION_N; q++) {
		if (!t->last[q].asked)
			continue;
		json_open_object(j, oidc_question_word(q));
		json_text(j, "result", oidc_outcome_word(t->last[q].outcome));
		json_number(j, "status", t->last[q].status);
		json_close_object(j);
	}
	if (t->numbers.last_success)
		json_number(j, "success", (int64_t)(t->numbers.last_success / SECONDS(1)));
	if (t->has_clock)
		json_number(j, "ahead", t->ahead);
}
