/* SPDX-License-Identifier: EUPL-1.2 */
/* Datagrams (two bytes of length before each) to a server that waits for a hello. Whatever they are, no handshake
 * ends well, and each datagram is answered by one at most, of the size that every path carries. */
#include <assert.h>
#include <string.h>

#include "base/mem.h"
#include "sfu/link/dtls.h"
#include "tests/fuzz/fuzz.h"

#define DATAGRAMS_MOST 16

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t fingerprint[CERTIFICATE_FINGERPRINT_SIZE];
	static struct dtls_context *context;
	struct reader r = reader(bytes_make(data, size));
	struct dtls *d;
	struct bytes out;

	if (!context && dtls_context_new(&context) < 0)
		return 0;
	if (dtls_new(&d, context, fingerprint) < 0)
		return 0;
	for (int n = 0; n < DATAGRAMS_MOST && read_left(&r) > 2; n++) {
		struct bytes in = read_bytes(&r, MIN((size_t)read_u16(&r), read_left(&r)));
		usec_t now = MSEC(10 * n);
		enum dtls_result result;

		result = dtls_receive(d, now, in.data, in.size);
		assert(result == DTLS_NOTHING || result == DTLS_FAILED || result == DTLS_WRONG_PEER);
		if (dtls_poll(d, &out)) {
			assert(out.size > 0 && out.size <= DTLS_MTU);
			assert(!dtls_poll(d, &out));
		}
		dtls_timeout(d, now);
	}
	dtls_free(d);
	return 0;
}
