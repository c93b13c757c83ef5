/* SPDX-License-Identifier: EUPL-1.2 */
/* Signed notes (c2sp.org/signed-note) with one Ed25519 key: a text of lines, an empty line, and "— NAME SIGNATURE".
 * In conclaved and conclavectl. Invariant: what was checked was signed with the key it was checked with. */
#pragma once

#include "auth/signature.h"

#define NOTE_NAME 48	/* letters of a key's name, at most */

/* Behind the text that is all of `w`: the empty line and the signature. 0, -ENOMEM or -EMSGSIZE. */
int note_sign(struct writer *w, const struct signer *s, const char *name);
/* `r` stands behind the text, at the empty line; others may have signed too. 1, 0 or -ENOMEM. */
int note_check(struct bytes text, struct reader *r, const struct signature_key *key, const char *name);
/* The bytes that note_sign() writes. */
size_t note_size(const char *name);

/* The key as others name it: "NAME+HASH+KEY" (signed-note, verifier keys). 0 or -ENOMEM. */
int note_write_key(struct writer *w, const struct signature_key *key, const char *name);
/* 1; 0 when it is no such key of that name; -ENOMEM. */
int note_read_key(struct signature_key *ret, struct bytes text, const char *name);

/* The bytes up to the next newline, which is passed over; `r` fails when there is none. */
struct bytes note_line(struct reader *r);
/* Decimal, at least 1, without a leading zero. */
bool note_number(struct bytes text, uint32_t *ret);
