/* SPDX-License-Identifier: EUPL-1.2 */
/* sfu/link/demux: every first byte, at every length that matters (ATTACKS A21). In tests only. */
#include "base/mem.h"
#include "sfu/link/demux.h"
#include "tests/support/check.h"

/* RFC 7983, 7, figure 3, and the header that each kind has at least. */
static const struct {
	unsigned first, last;
	enum demux_kind kind;
	size_t header;
} ranges[] = {
	{ 0, 3, DEMUX_STUN, 20 },
	{ 4, 15, DEMUX_NOTHING, 0 },
	{ 16, 19, DEMUX_NOTHING, 0 },	/* ZRTP */
	{ 20, 63, DEMUX_DTLS, 13 },
	{ 64, 79, DEMUX_NOTHING, 0 },	/* TURN channels */
	{ 80, 127, DEMUX_NOTHING, 0 },
	{ 128, 191, DEMUX_RTP, 12 },
	{ 192, 255, DEMUX_NOTHING, 0 },
};

TEST(A21_sweep)
{
	static const size_t sizes[] = { 0, 1, 2, 7, 8, 11, 12, 13, 19, 20, 60, 1200 };
	unsigned seen = 0;

	for (size_t r = 0; r < ARRAY_SIZE(ranges); r++) {
		for (unsigned first = ranges[r].first; first <= ranges[r].last; first++, seen++) {
			for (size_t s = 0; s < ARRAY_SIZE(sizes); s++) {
				uint8_t *data = mem_alloc(sizes[s]);	/* exact, for the sanitizer */
				bool whole = sizes[s] && sizes[s] >= ranges[r].header;

				if (sizes[s])
					data[0] = (uint8_t)first;
				check_eq(demux(bytes_make(data, sizes[s])), whole ? ranges[r].kind : DEMUX_NOTHING);
				mem_free(data);
			}
		}
	}
	check_eq(seen, 256);
}

/* RFC 5761, 4: payload types 64 to 95 with the marker bit are RTCP's packet types 192 to 223. */
TEST(second_byte)
{
	uint8_t data[12] = { 0x80 };

	for (unsigned second = 0; second < 256; second++) {
		bool rtcp = second >= 192 && second <= 223;

		data[1] = (uint8_t)second;
		check_eq(demux(bytes_make(data, 12)), rtcp ? DEMUX_RTCP : DEMUX_RTP);
		check_eq(demux(bytes_make(data, 8)), rtcp ? DEMUX_RTCP : DEMUX_NOTHING);
		check_eq(demux(bytes_make(data, 7)), DEMUX_NOTHING);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(A21_sweep),
	cmocka_unit_test(second_byte),
};

RUN_TESTS(tests)
