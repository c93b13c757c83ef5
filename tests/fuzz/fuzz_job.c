/* SPDX-License-Identifier: EUPL-1.2 */
/* conclave-helper's answers to frames; above all what is stored, which decides about costs. In fuzz targets only. */
#include <assert.h>

#include "auth/password.h"
#include "helper/job.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t frame[PASSWORD_FRAME];
	struct writer w = writer(frame, sizeof(frame));
	struct password_request request;
	struct password_answer answer;
	bool asked = password_request_read(bytes_make(data, size), &request);

	assert(job_answer(bytes_make(data, size), &w) == asked);
	if (asked) {
		assert(password_answer_read(written(&w), &answer));
		assert(answer.number == request.number);
		assert((answer.result == PASSWORD_HASHED) == (request.job == PASSWORD_HASH));
	}
	return 0;
}
