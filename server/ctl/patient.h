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
#include "server/ctl/tls.h"
#include "server/records/inspect.h"

#define PATIENT_PAGE (64 * 1024)

struct patient {
	/* owned */
	struct answer *status;		/* what the server says of itself, or NULL */

	/* borrowed */
	const struct place *place;	/* configured */

	/* state */
	bool asked;
	bool looked;			/* at the page */
	int page_status;		/* of "/": HTTP's, or a negative errno */
	struct tls_seen page;		/* its header lines are in `page_buffer` */
	bool inspected;
	int inspect_trouble;
	struct inspection inspection;
	int trouble;			/* why `status` is NULL: a negative errno, or 0 when the answer was no good */
	usec_t wall;
	uint8_t buffer[LIMIT_CHANNEL_MESSAGE];
	uint8_t page_buffer[PATIENT_PAGE];
};

int patient_new(struct patient **ret, const struct place *place, usec_t wall);
struct patient *patient_free(struct patient *p);
DEFINE_CLEANUP(struct patient *, patient_free)

/* Asks at the first call; uses the buffer. NULL when there is no answer. */
const struct answer *patient_status(struct patient *p);
/* The server's page, asked for once; false when it did not come. */
bool patient_page(struct patient *p);
/* Where it is asked for, and what SNI then says. */
void patient_door(const struct patient *p, struct address *ret);
const char *patient_name(const struct patient *p);
/* Looks into a copy of the records, once, while the server runs. 0 or a negative errno. */
int patient_inspect(struct patient *p);
/* A file, as much of it as fits; empty when it cannot be read. Valid until the buffer is used again. */
struct bytes patient_read(struct patient *p, const char *path);
/* The same of /proc/PID/NAME of the running server; empty when it does not run. */
struct bytes patient_read_process(struct patient *p, const char *name);
