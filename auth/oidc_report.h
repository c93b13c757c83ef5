/* SPDX-License-Identifier: EUPL-1.2 */
/* What conclave-fetch tells conclaved of each question that it put to the provider, unasked. In both.
 * Invariant: no address, no code and no secret is in it; a report that is read has exactly one spelling. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

enum oidc_question { OIDC_ASKS_DISCOVERY, OIDC_ASKS_KEYS, OIDC_ASKS_TOKEN, OIDC_QUESTION_N };
enum oidc_outcome {
	OIDC_OUT_DONE,
	OIDC_OUT_NAME,		/* its host's name has no address */
	OIDC_OUT_CONNECTION,	/* none came about, or it broke */
	OIDC_OUT_TIMEOUT,
	OIDC_OUT_CERTIFICATE,	/* is not trusted */
	OIDC_OUT_STATUS,	/* HTTP's was not 200 */
	OIDC_OUT_UNFIT,		/* what came is of no use */
	OIDC_OUTCOME_N
};

#define OIDC_REPORT_FRAME 10

struct oidc_report {
	enum oidc_question question;
	enum oidc_outcome outcome;
	uint16_t status;	/* HTTP's; 0 = there was no answer */
	bool has_clock;		/* the answer said what time it is there … */
	int32_t ahead;		/* … so many s before our clock; else 0 */
};

const char *oidc_question_word(enum oidc_question q);
const char *oidc_outcome_word(enum oidc_outcome o);
/* False also for the frames of oidc_frame.h. */
bool oidc_report_read(struct bytes in, struct oidc_report *ret);
bool oidc_report_write(struct writer *w, const struct oidc_report *r);
