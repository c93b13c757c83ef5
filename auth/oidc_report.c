/* SPDX-License-Identifier: EUPL-1.2 */
/* Reports of questions to the provider. In conclaved and conclave-fetch. */
#include "auth/oidc_report.h"

#define KIND 5		/* the first byte; 1 to 4 are those of enum oidc_result */

const char *oidc_question_word(enum oidc_question q)
{
	static const char *const words[OIDC_QUESTION_N] = { "discovery", "keys", "token" };

	return words[q];
}

const char *oidc_outcome_word(enum oidc_outcome o)
{
	static const char *const words[OIDC_OUTCOME_N] = { "done", "name", "connection", "timeout", "certificate",
		"status", "unfit" };

	return words[o];
}

static bool is_report(const struct oidc_report *r)
{
	return r->question < OIDC_QUESTION_N && r->outcome < OIDC_OUTCOME_N && (r->has_clock || r->ahead == 0);
}

bool oidc_report_read(struct bytes in, struct oidc_report *ret)
{
	struct oidc_report report = { 0 };
	struct reader r = reader(in);
	uint8_t kind = read_u8(&r), has_clock;

	report.question = read_u8(&r);
	report.outcome = read_u8(&r);
	report.status = read_u16(&r);
	has_clock = read_u8(&r);
	report.has_clock = has_clock;
	report.ahead = (int32_t)read_u32(&r);
	if (!r.ok || read_left(&r) > 0 || kind != KIND || has_clock > 1 || !is_report(&report))
		return false;
	*ret = report;
	return true;
}

bool oidc_report_write(struct writer *w, const struct oidc_report *r)
{
	if (!is_report(r))
		return false;
	write_u8(w, KIND);
	write_u8(w, (uint8_t)r->question);
	write_u8(w, (uint8_t)r->outcome);
	write_u16(w, r->status);
	write_u8(w, r->has_clock);
	write_u32(w, (uint32_t)r->ahead);
	return w->ok;
}
