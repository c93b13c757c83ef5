/* SPDX-License-Identifier: EUPL-1.2 */
/* sfu/net/framing: where a datagram ends in a stream. In tests only. */
#include "sfu/net/framing.h"
#include "tests/support/check.h"

static uint8_t data[70000];

TEST(a_frame_is_given_once_it_is_whole)
{
	struct bytes frame = { 0 };

	framing_write_header(data, 5);
	memcpy(data + FRAMING_HEADER, "hellothere", 10);
	for (size_t n = 0; n < 7; n++)
		check_eq(framing_first(bytes_make(data, n), &frame), FRAMING_MORE);
	check(!frame.data);			/* touched only on success */
	check_eq(framing_first(bytes_make(data, 12), &frame), FRAMING_FRAME);
	check_bytes(frame, "hello", 5);
	check_eq(framing_first(bytes_make(data, 7), &frame), FRAMING_FRAME);
	check_bytes(frame, "hello", 5);
}

/* Every length there is: an empty one is a frame, LIMIT_DATAGRAM is the last, and no larger one is waited for. */
TEST(every_length)
{
	for (size_t size = 0; size <= UINT16_MAX; size++) {
		struct bytes frame = { 0 };
		enum framing cut, whole;

		framing_write_header(data, size);
		whole = framing_first(bytes_make(data, FRAMING_HEADER + size), &frame);
		check_eq(whole, size <= LIMIT_DATAGRAM ? FRAMING_FRAME : FRAMING_WRONG);
		if (whole == FRAMING_FRAME) {
			check_eq(frame.size, size);
			check(frame.data == data + FRAMING_HEADER);
		}
		cut = framing_first(bytes_make(data, size ? FRAMING_HEADER + size - 1 : 1), &frame);
		check_eq(cut, size <= LIMIT_DATAGRAM ? FRAMING_MORE : FRAMING_WRONG);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_frame_is_given_once_it_is_whole),
	cmocka_unit_test(every_length),
};

RUN_TESTS(tests)
