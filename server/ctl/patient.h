/* SPDX-License-Identifier: EUPL-1.2 */
/* Whom the doctor looks at, and what several checks want to know. In conclavectl.
 * Invariant: the server is asked for its status once; nothing here changes anything on the machine. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/mem.h"
#include "server/ctl/answer.h"
#include "server/ctl/place.h"

struct patient {
	/* owned */
	struct answer *status;		/* what the server says of itself, or NULL */

	/* borrowed */
	const struct place *place;	/* configured */

	/* state */
	bool asked;
	int trouble;			/* why `status` is NULL: a negative errno, or 0 when the answer was no good */
	usec_t wall;
	uint8_t buffer[LIMIT_CHANNEL_MESSAGE];
};

int patient_new(struct patient **ret, const struct place *place, usec_t wall);
struct patient *patient_free(struct patient *p);
DEFINE_CLEANUP(struct patient *, patient_free)

/* Asks at the first call; uses the buffer. NULL when there is no answer. */
const struct answer *patient_status(struct patient *p);
/* A file, as much of it as fits; empty when it cannot be read. Valid until the buffer is used again. */
struct bytes patient_read(struct patient *p, const char *path);
/* The same of /proc/PID/NAME of the running server; empty when it does not run. */
struct bytes patient_read_process(struct patient *p, const char *name);
