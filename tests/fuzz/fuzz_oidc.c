/* SPDX-License-Identifier: EUPL-1.2 */
/* ID tokens, sets of keys, what a provider says, and frames: the first byte chooses. A token that nobody signed is
 * never taken. In fuzz targets only. */
#include <assert.h>

#include "auth/oidc.h"
#include "auth/oidc_frame.h"
#include "auth/oidc_provider.h"
#include "auth/oidc_report.h"
#include "tests/fuzz/fuzz.h"

#define ISSUER "https://login.example"

/* The key of RFC 7515, A.3.1, as anybody may know it. */
static const char keys_text[] = "{\"keys\":[{\"kid\":\"first\",\"kty\":\"EC\",\"crv\":\"P-256\","
	"\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\",\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}]}";

static void check_token(struct bytes token)
{
	const struct oidc_wanted wanted = { .issuer = ISSUER, .client = "conclave", .nonce = "n", .now = 1800000000,
		.verified = "email_verified" };
	_cleanup_(oidc_keys_freep) struct oidc_keys *keys = oidc_keys_read(OIDC_ES256, bytes_of_string(keys_text));
	char email[OIDC_EMAIL_SIZE] = "nobody";

	assert(keys);
	assert(oidc_check(keys, &wanted, token, email) != OIDC_OK);
	assert(strcmp(email, "nobody") == 0);
}

static void check_provider(struct bytes json)
{
	struct oidc_provider p;
	char token[64];

	if (oidc_provider_read(&p, ISSUER, OIDC_ES256, json) == OIDC_PROVIDER_FINE)
		assert(oidc_url_is_good(p.authorize) && oidc_url_is_good(p.token) && oidc_url_is_good(p.keys));
	if (oidc_answer_read(json, token, sizeof(token)))
		assert(strnlen(token, sizeof(token)) < sizeof(token));
}

static void check_frames(struct bytes frame)
{
	uint8_t room[OIDC_FRAME + OIDC_URL_SIZE];
	struct writer w = writer(room, sizeof(room));
	struct oidc_request q;
	struct oidc_answer a;
	struct oidc_report r;

	if (oidc_request_read(frame, &q))
		assert(oidc_request_write(&w, &q) && bytes_equal(written(&w), frame));
	w = writer(room, sizeof(room));
	if (oidc_result_read(frame, &a))
		assert(oidc_result_write(&w, &a) && bytes_equal(written(&w), frame));
	w = writer(room, sizeof(room));
	if (oidc_report_read(frame, &r))
		assert(oidc_report_write(&w, &r) && bytes_equal(written(&w), frame) && !oidc_result_read(frame, &a));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = bytes_make(data + 1, size - 1);

	if (size == 0)
		return 0;
	switch (data[0] % 4) {
	case 0:
		check_token(in);
		break;
	case 1:
		(void)oidc_keys_free(oidc_keys_read(data[0] / 4 % OIDC_ALGORITHM_N, in));
		break;
	case 2:
		check_provider(in);
		break;
	default:
		check_frames(in);
	}
	return 0;
}
