/* SPDX-License-Identifier: EUPL-1.2 */
/* From request to answer. In conclave-helper. */
#include "helper/job.h"

#include "auth/password.h"
#include "helper/argon.h"

static void hash(const struct password_request *request, char text[static PASSWORD_STORED + 1],
	struct password_answer *answer)
{
	if (argon_hash(request->password, text) < 0) {
		answer->result = PASSWORD_FAILED;
		return;
	}
	answer->result = PASSWORD_HASHED;
	answer->stored = bytes_of_string(text);
}

bool job_answer(struct bytes frame, struct writer *w)
{
	char text[PASSWORD_STORED + 1] = { 0 };
	struct password_request request;
	struct password_answer answer = { 0 };

	if (!password_request_read(frame, &request))
		return false;
	answer.number = request.number;
	switch (request.job) {
	case PASSWORD_HASH:
		hash(&request, text, &answer);
		break;
	case PASSWORD_CHECK:
		answer.result = argon_check(request.password, request.stored);
		break;
	}
	return password_answer_write(w, &answer);
}
