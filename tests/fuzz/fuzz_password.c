/* SPDX-License-Identifier: EUPL-1.2 */
/* Frames between conclaved and conclave-helper: what is accepted can be written again, and is then the same; and what
 * somebody types as a password is judged. In fuzz targets only. */
#include <assert.h>

#include "auth/password.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = bytes_make(data, size);
	uint8_t again[PASSWORD_FRAME];
	struct writer w = writer(again, sizeof(again));
	struct password_request request;
	struct password_answer answer;

	if (password_request_read(in, &request)) {
		assert(password_request_write(&w, &request));
		assert(bytes_equal(written(&w), in));
	}
	w = writer(again, sizeof(again));
	if (password_answer_read(in, &answer)) {
		assert(password_answer_write(&w, &answer));
		assert(bytes_equal(written(&w), in));
	}
	if (password_judge(in, &in, 1) == PASSWORD_OK)
		assert(size >= PASSWORD_LEAST && size <= PASSWORD_BYTES);
	return 0;
}
