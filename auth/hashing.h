/* SPDX-License-Identifier: EUPL-1.2 */
/* The queue of passwords before the helpers: jobs in, frames out, and back. In conclaved; sans-IO.
 * Invariant: a helper has one job at a time; every job that was taken ends in exactly one HASHING_DONE, unless it was
 * cancelled; passwords are wiped as soon as nobody needs them. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "auth/password.h"
#include "base/bytes.h"
#include "base/clock.h"

#define HASHING_PATIENCE SECONDS(10)	/* for one job; one takes about 70 ms, on a busy machine a second */

struct hashing;

enum hashing_take {
	HASHING_TAKEN,
	HASHING_BUSY,		/* LIMIT_HASHING_WAITING wait already: 429 */
	HASHING_DOWN,		/* no helper is there: 503 */
	HASHING_TOO_LONG,	/* a password over PASSWORD_BYTES, or an empty one; what is stored likewise: 413 */
	HASHING_NO_MEMORY,
};

/* So many helpers a machine of so many cores starts: all but one, at least one (ATTACKS D02). */
unsigned hashing_helpers(unsigned cores);

/* No helper is up at first. -ENOMEM, or -EINVAL for none or more than LIMIT_HELPERS. */
int hashing_new(struct hashing **ret, unsigned helpers);
struct hashing *hashing_free(struct hashing *h);

/* The helper (0 … helpers − 1) was started, and its socket takes frames. */
void hashing_up(struct hashing *h, unsigned helper);
/* It ended. Its job fails with PASSWORD_FAILED; if it was the last one, all that wait fail likewise. */
void hashing_down(struct hashing *h, unsigned helper);

/* *ret names the job until its HASHING_DONE; never 0. What is given is copied. */
enum hashing_take hashing_hash(struct hashing *h, struct bytes password, uint32_t *ret);
enum hashing_take hashing_check(struct hashing *h, struct bytes password, struct bytes stored, uint32_t *ret);
/* Whoever asked is gone: there will be no HASHING_DONE for it. Unknown numbers are fine. */
void hashing_cancel(struct hashing *h, uint32_t number);

/* A frame came from the helper. False when it is none that it owed us: the caller ends that helper, and then says
 * hashing_down(). */
bool hashing_receive(struct hashing *h, unsigned helper, struct bytes frame);
void hashing_timeout(struct hashing *h, usec_t now);
usec_t hashing_deadline(const struct hashing *h);

enum hashing_out_kind {
	HASHING_SEND,		/* `frame` to `helper` */
	HASHING_DONE,		/* job `number` ended with `result` */
	HASHING_END,		/* `helper` did not answer in time: the caller ends it, and then says hashing_down() */
};

struct hashing_out {
	enum hashing_out_kind kind;
	unsigned helper;
	uint32_t number;
	enum password_result result;
	struct bytes stored;	/* of PASSWORD_HASHED */
	struct bytes frame;	/* views are good until the next call with this queue */
};

/* Drain after every call above. `now` starts the patience for what is sent. */
bool hashing_poll(struct hashing *h, usec_t now, struct hashing_out *ret);

/* For metrics: jobs that no helper has yet. */
unsigned hashing_waiting(const struct hashing *h);
