/* SPDX-License-Identifier: EUPL-1.2 */
/* sfu/link/srtp_session: two sessions with the keys exchanged, and what stands between them. In tests only. */
#include <errno.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/random.h"
#include "sfu/link/srtp_session.h"
#include "tests/support/check.h"
#include "tests/support/link_world.h"

struct pair {
	struct srtp_session *client, *server;
};

struct sealed {
	uint8_t data[200];
	size_t size;
};

static struct pair pair_make(enum srtp_suite suite)
{
	struct srtp_keys keys = { .suite = suite }, mirrored;
	struct pair p = { 0 };

	random_bytes(keys.inbound, sizeof(keys.inbound));
	random_bytes(keys.outbound, sizeof(keys.outbound));
	mirrored = keys;
	memcpy(mirrored.inbound, keys.outbound, sizeof(keys.inbound));
	memcpy(mirrored.outbound, keys.inbound, sizeof(keys.inbound));
	check_eq(srtp_library_open(), 0);
	check_eq(srtp_session_new(&p.client, &keys), 0);
	check_eq(srtp_session_new(&p.server, &mirrored), 0);
	return p;
}

static void pair_free(struct pair *p)
{
	srtp_session_free(p->client);
	srtp_session_free(p->server);
	srtp_library_close();
}

static struct sealed seal_rtp(struct pair *p, uint32_t ssrc, uint16_t sequence)
{
	struct sealed s;

	s.size = write_rtp(s.data, sizeof(s.data), ssrc, sequence, 60);
	check_eq(srtp_session_protect_rtp(p->client, 0, s.data, &s.size), 0);
	return s;
}

static struct sealed seal_rtcp(struct pair *p, uint32_t ssrc)
{
	struct sealed s = { .size = 8 };
	struct writer w = writer(s.data, s.size);

	write_u32(&w, 0x80c90001);
	write_u32(&w, ssrc);
	check_eq(srtp_session_protect_rtcp(p->client, s.data, &s.size), 0);
	return s;
}

static bool open_rtp(struct pair *p, const struct sealed *s, struct srtp_in *in)
{
	struct sealed copy = *s;
	struct srtp_in unused;

	return srtp_session_unprotect_rtp(p->server, copy.data, &copy.size, in ?: &unused);
}

static bool open_rtcp(struct pair *p, const struct sealed *s, struct srtp_in *in)
{
	struct sealed copy = *s;
	struct srtp_in unused;

	return srtp_session_unprotect_rtcp(p->server, copy.data, &copy.size, in ?: &unused);
}

#define FOR_EACH_SUITE(p) \
	for (enum srtp_suite suite_ = 0; suite_ < SRTP_SUITE_N; suite_++) \
		for (struct pair p = pair_make(suite_); p.client; pair_free(&p), p.client = NULL)

TEST(round_trip)
{
	FOR_EACH_SUITE(p) {
		uint8_t plain[200];
		size_t size = write_rtp(plain, sizeof(plain), 7, 100, 60);
		struct sealed s = seal_rtp(&p, 7, 100), r = seal_rtcp(&p, 7);
		struct srtp_in in;

		check(s.size > size && s.size <= size + 36);
		check_le(r.size, 8 + 36);
		check(memcmp(s.data + 12, plain + 12, 60) != 0);
		check(srtp_session_unprotect_rtp(p.server, s.data, &s.size, &in));
		check_eq(s.size, size);
		assert_memory_equal(s.data, plain, size);
		check(in.ssrc == 7 && in.first && in.newest);
		check(srtp_session_unprotect_rtcp(p.server, r.data, &r.size, &in));
		check_eq(r.size, 8);
		check(in.ssrc == 7 && in.first && in.newest);	/* of RTCP */
	}
}

/* A26: once is enough, in any order, and far behind is too late. */
TEST(A26_replay)
{
	FOR_EACH_SUITE(p) {
		static struct sealed s[1200];

		for (uint16_t i = 0; i < 1200; i++)
			s[i] = seal_rtp(&p, 7, i);
		for (unsigned i = 0; i < 1000; i++)
			check(open_rtp(&p, &s[i ^ 1], NULL));
		for (unsigned i = 0; i < 1000; i++)
			check(!open_rtp(&p, &s[i], NULL));
		/* 1023 behind the newest is inside the window, 1024 is not. */
		for (unsigned i = 1005; i < 1200; i++)
			check(open_rtp(&p, &s[i], NULL));
		for (unsigned i = 1000; i < 1005; i++)
			check(open_rtp(&p, &s[i], NULL));
	}
}

TEST(the_window_is_1024)
{
	FOR_EACH_SUITE(p) {
		struct sealed in_window = seal_rtp(&p, 7, 1001), out = seal_rtp(&p, 7, 1000), newest;

		check(open_rtp(&p, &(struct sealed[]){ seal_rtp(&p, 7, 1002) }[0], NULL));
		newest = seal_rtp(&p, 7, 1001 + 1023);
		check(open_rtp(&p, &newest, NULL));
		check(open_rtp(&p, &in_window, NULL));
		check(!open_rtp(&p, &out, NULL));
	}
}

/* What was recovered on the way in goes out in its place, far behind what left meanwhile. */
TEST(the_way_out_has_the_same_window)
{
	FOR_EACH_SUITE(p) {
		struct sealed newest = seal_rtp(&p, 7, 1000 + 1023), late = seal_rtp(&p, 7, 1001);

		check(open_rtp(&p, &newest, NULL));
		check(open_rtp(&p, &late, NULL));
	}
}

TEST(newest_is_what_is_ahead)
{
	FOR_EACH_SUITE(p) {
		static const struct {
			uint16_t sequence;
			bool newest;
		} table[] = {
			{ 65000, true }, { 65010, true }, { 65005, false }, { 65009, false }, { 65011, true },
			{ 2, true }, { 65535, false }, { 1, false }, { 3, true },
		};
		struct sealed s[ARRAY_SIZE(table)], r[3];
		struct srtp_in in;

		/* In the order of their numbers, as a sender would. */
		static const size_t order[] = { 0, 2, 3, 1, 4, 6, 7, 5, 8 };

		for (size_t i = 0; i < ARRAY_SIZE(order); i++)
			s[order[i]] = seal_rtp(&p, 7, table[order[i]].sequence);
		for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
			check(open_rtp(&p, &s[i], &in));
			check_eq(in.newest, table[i].newest);
			check_eq(in.first, i == 0);
		}
		for (size_t i = 0; i < ARRAY_SIZE(r); i++)
			r[i] = seal_rtcp(&p, 7);
		check(open_rtcp(&p, &r[1], &in) && in.newest);
		check(open_rtcp(&p, &r[0], &in) && !in.newest);
		check(open_rtcp(&p, &r[2], &in) && in.newest);
	}
}

/* A27: the wrap with a fifth lost; and forgeries that leave the roll-over counter alone. */
TEST(A27_roll_over)
{
	struct random random;

	random_seed(&random, 27);
	FOR_EACH_SUITE(p) {
		unsigned lost = 0;

		for (uint32_t i = 0; i < 70000; i++) {
			struct sealed s = seal_rtp(&p, 7, (uint16_t)(i + 60000));

			if (random_below(&random, 5) == 0) {
				lost++;
				continue;
			}
			if (i % 1000 == 500) {
				struct sealed forged = s;
				uint16_t jump = (uint16_t)(i + 60000 + 32768 - (i % 3));

				forged.data[2] = (uint8_t)(jump >> 8);
				forged.data[3] = (uint8_t)jump;
				check(!open_rtp(&p, &forged, NULL));
			}
			check(open_rtp(&p, &s, NULL));
		}
		check(lost > 10000);
	}
}

/* A24: ten thousand bad tags end nothing. */
TEST(A24_bad_tags)
{
	FOR_EACH_SUITE(p) {
		struct sealed good = seal_rtp(&p, 7, 1);

		for (unsigned i = 0; i < 10000; i++) {
			struct sealed bad = good;

			bad.data[12 + i % (good.size - 12)] ^= (uint8_t)(1 + i % 255);
			check(!open_rtp(&p, &bad, NULL));
		}
		check(open_rtp(&p, &good, NULL));
	}
}

/* B02: the seventeenth SSRC of a participant, though authentic, finds no place, and costs none. */
TEST(B02_ssrcs_are_capped)
{
	FOR_EACH_SUITE(p) {
		struct srtp_in in;
		uint32_t ssrc;

		for (uint32_t i = 0; i < LIMIT_STREAMS_PER_PEER; i++) {
			struct sealed s = seal_rtp(&p, i, 1);

			check(!srtp_session_knows(p.server, i));
			check(open_rtp(&p, &s, &in) && in.first);
			check(srtp_session_knows(p.server, i));
			check(srtp_session_ssrc(p.server, i, &ssrc) && ssrc == i);
		}
		for (uint32_t i = LIMIT_STREAMS_PER_PEER; i < 100; i++) {
			struct sealed s = seal_rtp(&p, i, 1);

			check(!open_rtp(&p, &s, NULL));
		}
		check(!srtp_session_ssrc(p.server, LIMIT_STREAMS_PER_PEER, &ssrc));
		check(open_rtp(&p, &(struct sealed[]){ seal_rtp(&p, 3, 2) }[0], &in) && !in.first);

		for (uint32_t i = 0; i < LIMIT_REPORTERS_PER_PEER + 10; i++)
			check_eq(open_rtcp(&p, &(struct sealed[]){ seal_rtcp(&p, 1000 + i) }[0], NULL),
				 i < LIMIT_REPORTERS_PER_PEER);
	}
}

/* A28: every length, of random bytes, of a good packet's head, in exact buffers for the sanitizer. */
TEST(A28_short_packets)
{
	FOR_EACH_SUITE(p) {
		struct sealed rtp = seal_rtp(&p, 7, 1), rtcp = seal_rtcp(&p, 7);
		struct srtp_in in;

		for (size_t n = 0; n < rtcp.size; n++) {
			uint8_t *exact = mem_alloc(n);
			size_t size = n;

			memcpy(exact, rtcp.data, n);
			check(!srtp_session_unprotect_rtcp(p.server, exact, &size, &in));
			mem_free(exact);
		}
		for (size_t n = 0; n < rtp.size; n++) {
			uint8_t *exact = mem_alloc(n);
			size_t size = n;

			memcpy(exact, rtp.data, n);
			check(!srtp_session_unprotect_rtp(p.server, exact, &size, &in));
			mem_free(exact);
		}
		check(open_rtp(&p, &rtp, NULL));
		check(open_rtcp(&p, &rtcp, NULL));
		check(!open_rtcp(&p, &rtcp, NULL));	/* the index again */
	}
}

TEST(a_number_is_never_sent_twice)
{
	FOR_EACH_SUITE(p) {
		struct sealed s = seal_rtp(&p, 7, 5);
		struct sealed again;

		again.size = write_rtp(again.data, sizeof(again.data), 7, 5, 61);
		check_eq(srtp_session_protect_rtp(p.client, 0, again.data, &again.size), -EIO);
		check(open_rtp(&p, &s, NULL));
	}
}

TEST(groups)
{
	FOR_EACH_SUITE(p) {
		for (uint32_t group = 0; group < 2 * LIMIT_SLOTS / LIMIT_SSRCS_PER_SRTP + 1; group++) {
			struct sealed s;

			s.size = write_rtp(s.data, sizeof(s.data), group % LIMIT_STREAMS_PER_PEER,
					   (uint16_t)(1 + group), 60);
			check_eq(srtp_session_protect_rtp(p.client, group, s.data, &s.size), 0);
			check(open_rtp(&p, &s, NULL));
		}
		/* A short RTCP packet is our own mistake, but no crash. */
		uint8_t shorter[44] = { 0x80, 201 };
		size_t size = 7;

		check_eq(srtp_session_protect_rtcp(p.client, shorter, &size), -EIO);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(round_trip),
	cmocka_unit_test(A26_replay),
	cmocka_unit_test(the_window_is_1024),
	cmocka_unit_test(the_way_out_has_the_same_window),
	cmocka_unit_test(newest_is_what_is_ahead),
	cmocka_unit_test(A27_roll_over),
	cmocka_unit_test(A24_bad_tags),
	cmocka_unit_test(B02_ssrcs_are_capped),
	cmocka_unit_test(A28_short_packets),
	cmocka_unit_test(a_number_is_never_sent_twice),
	cmocka_unit_test(groups),
};

RUN_TESTS(tests)
