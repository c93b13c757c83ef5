/* SPDX-License-Identifier: EUPL-1.2 */
/* The hash under which a token is stored. In conclaved. Invariant: one token has exactly one spelling. */
#include "auth/token.h"

#include "auth/base64url.h"
#include "base/mem.h"
#include "base/random.h"

#define TOKEN_BYTES 32

int token_new(struct token *ret, struct digest *hash)
{
	struct writer w = writer(ret->text, TOKEN_LETTERS);
	uint8_t raw[TOKEN_BYTES];
	struct digest d;
	int r;

	random_bytes(raw, sizeof(raw));
	r = digest_sha256(bytes_make(raw, sizeof(raw)), &d);
	if (r == 0) {
		base64url_write(&w, bytes_make(raw, sizeof(raw)));
		ret->text[TOKEN_LETTERS] = '\0';
		*hash = d;
	}
	mem_wipe(raw, sizeof(raw));
	return r;
}

bool token_hash(struct bytes text, struct digest *ret)
{
	uint8_t raw[TOKEN_BYTES];
	bool ok = base64url_read(text, raw, sizeof(raw)) && digest_sha256(bytes_make(raw, sizeof(raw)), ret) == 0;

	mem_wipe(raw, sizeof(raw));
	return ok;
}
