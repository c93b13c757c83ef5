/* SPDX-License-Identifier: EUPL-1.2 */
/* Who vouches for a built client: a signed note beside its list of files. In conclavectl; conclaved only serves it.
 * The text is "conclave/web", "manifest.json" and the SHA-256 of that file in hexadecimal, a line each. A signed note,
 * because the checkpoints of the proceedings are such notes too: one format and one check, several people can sign the
 * same release, and witnesses and transparency logs of others take it as it is.
 * Invariant: a note that was checked is of every byte of that manifest. */
#pragma once

#include "auth/digest.h"
#include "server/proof/note.h"

#define RELEASE_KEY_NAME "conclave/web"
#define RELEASE_NOTE_SIZE 320
#define RELEASE_HASH_SIZE (2 * DIGEST_SIZE + 1)

/* In hexadecimal, as sha256sum prints it. 0 or -ENOMEM. */
int release_hash(struct bytes content, char ret[static RELEASE_HASH_SIZE]);
/* `note` ends with a newline and a zero. 0 or -ENOMEM. */
int release_sign(struct bytes manifest, const struct signer *s, char note[static RELEASE_NOTE_SIZE]);
/* 1; 0 when the note is not of this manifest, or not signed with this key; -ENOMEM. */
int release_check(struct bytes manifest, struct bytes note, const struct signature_key *key);
