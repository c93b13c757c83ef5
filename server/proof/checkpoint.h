/* SPDX-License-Identifier: EUPL-1.2 */
/* What a server signs of a meeting's proceedings: how many entries, and their root. In conclaved and conclavectl.
 * The text is C2SP's tlog-checkpoint in a signed-note: "conclave/SERVER/meeting/ID", the size, the root in base64, an
 * empty line, and "— conclave/SERVER " with the signature behind the first four bytes of the key's hash, in base64.
 * SERVER is named after its first key for ever; the key that signs changes (server/proof/epoch.h).
 * Invariant: a note that was read was signed with the key that it was read with. */
#pragma once

#include "auth/signature.h"
#include "server/proof/note.h"
#include "server/proof/tree.h"

#define SERVER_ID_SIZE 17	/* the first 16 hexadecimal letters of SHA-256(public key), and a zero */
#define CHECKPOINT_NOTE_SIZE 320

struct checkpoint {
	uint32_t size;
	struct digest root;
};

int server_id(const struct signature_key *first, char ret[static SERVER_ID_SIZE]);
/* What its keys are called in notes. */
void server_key_name(const char *server, char ret[static NOTE_NAME]);

/* `note` ends with a newline and a zero. 0 or -ENOMEM. */
int checkpoint_sign(const struct checkpoint *c, const struct signer *s, const char *server, const char *meeting,
	char note[static CHECKPOINT_NOTE_SIZE]);
/* Others may have signed below. 1; 0 when it is no checkpoint of this meeting, signed with this key; -ENOMEM. */
int checkpoint_read(struct checkpoint *ret, struct bytes note, const struct signature_key *key, const char *server,
	const char *meeting);
/* … and nobody has, and every byte is as checkpoint_sign() writes it. */
int checkpoint_read_own(struct checkpoint *ret, struct bytes note, const struct signature_key *key,
	const char *server, const char *meeting);
