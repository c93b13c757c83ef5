/* SPDX-License-Identifier: EUPL-1.2 */
/* clientDataJSON: what is read ends, and is never longer than its field. In fuzz targets only. */
#include <assert.h>

#include "auth/client_data.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct client_data d;

	if (!client_data_read(bytes_make(data, size), &d))
		return 0;
	assert(strnlen(d.type, sizeof(d.type)) < sizeof(d.type));
	assert(strnlen(d.challenge, sizeof(d.challenge)) < sizeof(d.challenge));
	assert(strnlen(d.origin, sizeof(d.origin)) < sizeof(d.origin));
	return 0;
}
