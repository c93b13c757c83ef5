/* SPDX-License-Identifier: EUPL-1.2 */
/* What a web server may answer to `web verify`: body and headers lie inside what came; the same bytes as a
 * page and as sources of a policy do no harm. In fuzz targets only. */
#include <assert.h>

#include "base/mem.h"
#include "server/ctl/https.h"
#include "server/ctl/page_scripts.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct manifest nothing;
	struct https_answer a = { 0 };
	uint8_t *copy = mem_alloc(size ? size : 1);
	struct bytes value;
	const char *which;

	assert(copy);
	if (size)
		memcpy(copy, data, size);
	if (https_parse(&a, copy, size)) {
		assert(a.status >= 0 && a.status <= 999);
		assert(a.body.data >= a.data && a.body.data + a.body.size <= a.data + size);
		if (https_header(&a, "Content-Security-Policy", &value))
			assert(value.data >= a.head.data && value.data + value.size <= a.head.data + a.head.size);
		(void)page_scripts_are_listed(a.body, &nothing, &which);
		https_answer_done(&a);
	}
	(void)page_scripts_are_listed(bytes_make(data, size), &nothing, &which);
	(void)page_connects_plainly(bytes_make(data, size));
	return 0;
}
