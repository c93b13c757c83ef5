/* SPDX-License-Identifier: EUPL-1.2 */
/* Passwords: which are taken, and the frames by which conclaved and conclave-helper speak about them. In conclaved and
 * conclave-helper. Invariant: no hash is computed here; a frame that is read has exactly one spelling. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

#define PASSWORD_LEAST 12	/* characters */
#define PASSWORD_MOST 128
#define PASSWORD_BYTES 512	/* a longer one is refused before anything else looks at it (ATTACKS D05) */
#define PASSWORD_STORED 128	/* letters of a stored one, at most; ours have 97 */

enum password_why {
	PASSWORD_OK,
	PASSWORD_SHORT,		/* under PASSWORD_LEAST characters */
	PASSWORD_LONG,		/* over PASSWORD_MOST characters, or over PASSWORD_BYTES */
	PASSWORD_NOT_TEXT,	/* not UTF-8, or with control characters */
	PASSWORD_COMMON,	/* little else than what everybody tries first */
	PASSWORD_PERSONAL,	/* little else than the person's own name, address or town */
	PASSWORD_WHY_N,
};

const char *password_why_word(enum password_why why);

/* For a new password only. `about` are the n texts that others know of the person: name, e-mail address, body, town;
 * their words count one by one. */
enum password_why password_judge(struct bytes password, const struct bytes *about, size_t n);

/* A stored password that none matches, at the cost of a right one: what an unknown account's is compared with (D04). */
extern const char password_of_nobody[];

/* The frames. One is at most PASSWORD_FRAME bytes; every field has its length before it. */
#define PASSWORD_FRAME (16 + PASSWORD_BYTES + PASSWORD_STORED)

enum password_job {
	PASSWORD_HASH = 1,	/* a new stored one */
	PASSWORD_CHECK = 2,
};

struct password_request {
	enum password_job job;
	uint32_t number;	/* comes back with the answer */
	struct bytes password;	/* 1 … PASSWORD_BYTES */
	struct bytes stored;	/* PASSWORD_CHECK: 1 … PASSWORD_STORED; else empty */
};

enum password_result {
	PASSWORD_HASHED = 1,	/* to PASSWORD_HASH */
	PASSWORD_RIGHT = 2,
	PASSWORD_RIGHT_STALE = 3,	/* right, but stored with other costs than today's: store it anew */
	PASSWORD_WRONG = 4,
	PASSWORD_UNREADABLE = 5,	/* what is stored is no such thing: no password is right */
	PASSWORD_FAILED = 6,	/* the helper had no memory: try again */
};

struct password_answer {
	enum password_result result;
	uint32_t number;
	struct bytes stored;	/* PASSWORD_HASHED: in the PHC string format; else empty */
};

/* Views point into the input. */
bool password_request_read(struct bytes in, struct password_request *ret);
bool password_request_write(struct writer *w, const struct password_request *request);
bool password_answer_read(struct bytes in, struct password_answer *ret);
bool password_answer_write(struct writer *w, const struct password_answer *answer);
