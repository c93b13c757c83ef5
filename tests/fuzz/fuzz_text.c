/* SPDX-License-Identifier: EUPL-1.2 */
/* Lines and times: what passes can be printed, and a printed time is read as the same. In fuzz targets only. */
#include <assert.h>

#include "server/wire/text.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = bytes_make(data, size);
	char printed[TEXT_TIME_SIZE];
	usec_t wall, again;

	if (text_is_line(in, 0, size))
		assert(!size || !memchr(data, '\n', size));
	assert(text_json_size(in) >= size && text_json_size(in) <= 6 * size);
	(void)text_is_email(in);
	if (text_parse_time(in, &wall)) {
		text_print_time(wall, printed);
		assert(text_parse_time(bytes_of_string(printed), &again) && again == wall);
	}
	return 0;
}
