/* SPDX-License-Identifier: EUPL-1.2 */
/* What conclave-fetch told of its questions to the provider of sign-ins, for metrics and the doctor. In conclaved.
 * Invariant: counts never fall; what was heard last is forgotten when conclave-fetch dies. */
#pragma once

#include "auth/oidc_frame.h"
#include "auth/oidc_report.h"
#include "server/hall/hall.h"
#include "server/wire/json.h"

struct oidc_tally {
	struct hall_fetch_numbers numbers;
	struct {
		bool asked;
		enum oidc_outcome outcome;
		uint16_t status;
	} last[OIDC_QUESTION_N];
	bool has_clock;
	int32_t ahead;			/* s */
};

void oidc_tally_add(struct oidc_tally *t, const struct oidc_report *r, usec_t wall);
void oidc_tally_sign_on(struct oidc_tally *t, enum oidc_result result);
void oidc_tally_forget(struct oidc_tally *t);
/* The members of an object that is open. */
void oidc_tally_write(const struct oidc_tally *t, struct json *j);
