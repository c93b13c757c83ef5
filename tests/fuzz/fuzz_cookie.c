/* SPDX-License-Identifier: EUPL-1.2 */
/* The Cookie header: what is found in it is a seat's name, and lies inside it. In fuzz targets only. */
#include <assert.h>

#include "server/hall/cookie.h"
#include "server/wire/text.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes rest = bytes_make(data, size);
	struct cookie c;
	size_t before = size;

	while (cookie_next(&rest, &c)) {
		assert(rest.size < before);
		before = rest.size;
		assert(text_is_letters(bytes_make(c.seat, strlen(c.seat)), SEAT_LETTERS));
		assert(!c.secret.size || (c.secret.data >= data && c.secret.data + c.secret.size <= data + size));
	}
	return 0;
}
