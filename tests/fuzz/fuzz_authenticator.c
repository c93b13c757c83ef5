/* SPDX-License-Identifier: EUPL-1.2 */
/* What an authenticator writes: views stay inside of the input, a key that was taken checks signatures without harm.
 * In fuzz targets only. */
#include <assert.h>

#include "auth/authenticator.h"
#include "auth/passkey.h"
#include "auth/public_key.h"
#include "tests/fuzz/fuzz.h"

static void check_inside(struct bytes view, struct bytes in)
{
	assert(view.size == 0 || (view.data >= in.data && view.data + view.size <= in.data + in.size));
}

static void check_data(struct bytes in)
{
	static const struct bytes text = { (const uint8_t *)"text", 4 };
	uint8_t der[PASSKEY_KEY_MOST];
	struct authenticator_data d;
	size_t size = sizeof(der);

	if (!authenticator_data_read(in, &d))
		return;
	check_inside(d.party, in);
	check_inside(d.id, in);
	check_inside(d.key.x, in);
	check_inside(d.key.y, in);
	check_inside(d.key.modulus, in);
	assert(d.flags & AUTHENTICATOR_ATTESTED || d.key.type == 0);
	if (!public_key_from_cose(&d.key, der, &size))
		return;
	assert(size <= sizeof(der));
	assert(!public_key_verify(bytes_make(der, size), text, text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = bytes_make(data, size);
	struct attestation attestation;

	check_data(in);
	if (attestation_read(in, &attestation)) {
		check_inside(attestation.format, in);
		check_inside(attestation.data, in);
		check_data(attestation.data);
	}
	(void)public_key_verify(in, in, in);
	return 0;
}
