/* SPDX-License-Identifier: EUPL-1.2 */
/* sfu/link as a whole: one or two clients, from the first check to the end. In tests only. */
#include <errno.h>

#include "base/mem.h"
#include "base/random.h"
#include "sfu/link/cipher.h"
#include "sfu/link/links.h"
#include "tests/support/check.h"
#include "tests/support/link_world.h"
#include "tests/support/stun_message.h"

TEST(a_browser_joins)
{
	struct world w;
	struct links_numbers numbers;
	struct end *e;
	unsigned a;

	world_init(&w);
	a = world_add(&w, NULL);
	e = &w.ends[a];
	world_start(&w, a);
	world_settle(&w);	/* no time passes: nothing waits for a timer */
	check(dtls_client_connected(e->client));
	check_eq(e->connected, 1);
	check_text(e->profile, "AEAD_AES_128_GCM");
	check_text(dtls_client_profile(e->client), "AEAD_AES_128_GCM");
	check(world_speak(&w, a));
	check(world_report(&w, a));
	check(world_listen(&w, a, NULL));
	check_le(w.largest, 1200);
	check_eq(w.strays, 0);
	links_count(w.links, &numbers);
	check_eq(numbers.handshakes_ok, 1);
	check_eq(numbers.handshakes_failed, 0);
	check_text(links_cipher(w.links), cipher_name());
	world_done(&w);
}

TEST(the_other_profile)
{
	struct world w;
	unsigned a;

	world_init(&w);
	a = world_add(&w, &(struct dtls_client_options){ .profiles = "SRTP_AES128_CM_SHA1_80" });
	world_start(&w, a);
	world_settle(&w);
	check_eq(w.ends[a].connected, 1);
	check_text(w.ends[a].profile, "AES128_CM_SHA1_80");
	check(world_speak(&w, a));
	check(world_report(&w, a));
	check(world_listen(&w, a, NULL));
	world_done(&w);
}

/* A client that would rather have SHA1 gets GCM: we are passive, so we choose. */
TEST(gcm_is_ours_to_choose)
{
	struct world w;
	unsigned a;

	world_init(&w);
	a = world_add(&w, &(struct dtls_client_options){ .profiles = "SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_128_GCM" });
	world_start(&w, a);
	world_settle(&w);
	check_text(w.ends[a].profile, "AEAD_AES_128_GCM");
	world_done(&w);
}

/* Both browsers' hellos are 1,400 bytes and more: two datagrams, in any order, one of them again. */
TEST(a_hello_of_two_datagrams)
{
	for (int order = 0; order < 3; order++) {
		struct world w;
		struct stun_message m;
		uint8_t parts[2][1500];
		size_t sizes[2], n = 0;
		struct bytes hello;
		struct end *e;
		unsigned a;

		world_init(&w);
		a = world_add(&w, &(struct dtls_client_options){ .large_hello = true, .no_checks = true });
		e = &w.ends[a];
		world_start(&w, a);
		stun_check(&m, link_ufrag(e->link), link_pwd(e->link), true);
		(void)world_throw(&w, &e->at, m.data, stun_bytes(&m).size);	/* whose answer sets the client going */
		while (dtls_client_poll(e->client, &hello)) {
			check(n < 2);
			memcpy(parts[n], hello.data, hello.size);
			sizes[n++] = hello.size;
		}
		check_eq(n, 2);
		check(sizes[0] > 1000);
		if (order == 2)
			(void)world_throw(&w, &e->at, parts[1], sizes[1]);
		(void)world_throw(&w, &e->at, parts[order != 0], sizes[order != 0]);
		(void)world_throw(&w, &e->at, parts[order == 0], sizes[order == 0]);
		world_settle(&w);
		check_eq(e->connected, 1);
		check(world_speak(&w, a));
		world_done(&w);
	}
}

/* A07: the certificate of somebody else: no key, and the link ends; the others go on. */
TEST(A07_wrong_fingerprint)
{
	static const uint8_t other[32] = { 1, 2, 3 };
	struct world w;
	struct links_numbers numbers;
	uint8_t data[100];
	struct address to;
	size_t size;
	unsigned a, b;

	world_init(&w);
	b = world_join(&w);
	a = world_add_as(&w, NULL, other);
	world_start(&w, a);
	world_settle(&w);
	check_eq(w.ends[a].connected, 0);
	check_text(w.ends[a].closed, "fingerprint");
	check(!dtls_client_connected(w.ends[a].client));
	links_count(w.links, &numbers);
	check_eq(numbers.handshakes_ok, 1);
	check_eq(numbers.handshakes_failed, 1);
	check(world_speak(&w, b));
	check(world_listen(&w, b, NULL));

	/* And before any handshake there is nothing to protect with. */
	a = world_add(&w, NULL);
	size = write_rtp(data, sizeof(data), 1, 1, 20);
	check_eq(link_protect_rtp(w.ends[a].link, 0, data, &size, &to), -ENOTCONN);
	check_eq(link_protect_rtcp(w.ends[a].link, data, &size, &to), -ENOTCONN);
	world_done(&w);
}

/* Any pattern of losses, both ways: connected all the same, and soon. */
TEST(lost_datagrams)
{
	struct random random;
	unsigned worst = 0;

	random_seed(&random, 5);
	for (unsigned round = 0; round < 60; round++) {
		struct world w;
		usec_t start;
		unsigned a;

		world_init(&w);
		a = world_add(&w, NULL);
		/* First each single loss, then three in ten of the first 40. */
		for (unsigned i = 0; i < 40 && round >= 12; i++) {
			w.lost[TO_SERVER] |= (uint64_t)(random_below(&random, 10) < 3) << i;
			w.lost[TO_CLIENT] |= (uint64_t)(random_below(&random, 10) < 3) << i;
		}
		if (round < 12)
			w.lost[round % 2] = 1u << round / 2;
		start = w.now;
		world_start(&w, a);
		while (!dtls_client_connected(w.ends[a].client) || !w.ends[a].connected) {
			check(w.now < start + SECONDS(9));
			world_run(&w, w.now + MSEC(10));
		}
		if (round < 12)
			check_le(w.now - start, MSEC(250));
		worst = MAX(worst, (unsigned)((w.now - start) / MSEC(1)));
		check(world_speak(&w, a));
		check(world_listen(&w, a, NULL));
		world_done(&w);
	}
	check(worst > 100);	/* the losses did cost something, so they happened */
}

/* Our flight again after 100, 200, 400, 800, 1600, 2000, 2000 ms; then the handshake is dropped, at 10 s; closed at
 * 30 s. */
TEST(retransmission_and_its_end)
{
	static const unsigned at[] = { 0, 100, 300, 700, 1500, 3100, 5100, 7100, 9100 };
	struct world w;
	unsigned a, flight, heard = 0;
	usec_t start;

	world_init(&w);
	a = world_add(&w, NULL);
	w.lost[TO_CLIENT] = WORLD_EVERY;
	start = w.now;
	world_start(&w, a);
	world_settle(&w);
	flight = w.dtls[TO_CLIENT];
	check_eq(flight, 1);	/* see dtls.c: a flight is one datagram */
	w.lost[TO_SERVER] = WORLD_EVERY;	/* the hello came once */
	for (usec_t t = 0; t < SECONDS(10); t += MSEC(10)) {
		unsigned before = w.dtls[TO_CLIENT];

		world_run(&w, start + t);
		if (t == 0 || w.dtls[TO_CLIENT] != before) {
			check_eq(t / MSEC(1), at[heard]);
			heard++;
		}
	}
	check_eq(heard, ARRAY_SIZE(at));
	world_run(&w, start + SECONDS(29));
	check_eq(w.dtls[TO_CLIENT], flight * heard);	/* nothing more was said */
	check_text(w.ends[a].closed, "");
	world_run(&w, start + SECONDS(30));
	check_text(w.ends[a].closed, "handshake");
	world_done(&w);
}

/* A handshake that was dropped at 10 s may be begun again. */
TEST(a_second_handshake)
{
	struct world w;
	unsigned a;

	world_init(&w);
	a = world_add(&w, NULL);
	w.lost[TO_CLIENT] = WORLD_EVERY;
	world_start(&w, a);
	world_run(&w, w.now + SECONDS(15));
	w.lost[TO_CLIENT] = 0;
	world_run(&w, w.now + SECONDS(5));
	check_eq(w.ends[a].connected, 1);
	check(world_speak(&w, a));
	world_done(&w);
}

TEST(goodbye)
{
	struct world w;
	unsigned a, b;

	world_init(&w);
	a = world_join(&w);
	b = world_join(&w);
	dtls_client_close(w.ends[a].client);
	world_settle(&w);
	check_text(w.ends[a].closed, "closed");
	check_text(w.ends[b].closed, "");
	check(world_speak(&w, b));
	world_done(&w);
}

/* ARCHITECTURE, timers: 5, 10, 60 s after the last authentic packet. */
TEST(silence)
{
	struct world w;
	struct end *e;
	unsigned a;
	usec_t last;

	world_init(&w);
	a = world_add(&w, &(struct dtls_client_options){ .no_checks = true });
	e = &w.ends[a];
	world_start(&w, a);
	dtls_client_check(e->client, true);
	world_settle(&w);
	check_eq(e->connected, 1);
	for (int round = 0; round < 3; round++) {
		last = w.now;
		switch (round) {	/* each kind of authentic packet ends the silence */
		case 0:
			check(world_speak(&w, a));
			break;
		case 1:
			check(world_report(&w, a));
			break;
		default:
			dtls_client_check(e->client, false);
			world_settle(&w);
			break;
		}
		check(!e->silent && !e->suspended);
		check(world_listen(&w, a, NULL));
		world_run(&w, last + SECONDS(5) - 1);
		check(!e->silent);
		world_run(&w, last + SECONDS(5));
		check(e->silent && !e->suspended);
		check(world_listen(&w, a, NULL));
		world_run(&w, last + SECONDS(10) - 1);
		check(!e->suspended);
		world_run(&w, last + SECONDS(10));
		check(e->silent && e->suspended);
		check(!world_listen(&w, a, NULL));
		check_eq(e->silences, round + 1);
	}
	world_run(&w, last + SECONDS(60) - 1);
	check_text(e->closed, "");
	world_run(&w, last + SECONDS(60));
	check_text(e->closed, "timeout");
	world_done(&w);
}

TEST(nobody_comes)
{
	struct world w;
	unsigned a;

	world_init(&w);
	a = world_add(&w, NULL);
	world_run(&w, w.now + SECONDS(60) - 1);
	check_text(w.ends[a].closed, "");
	check(!w.ends[a].silent);
	world_run(&w, w.now + 1);
	check_text(w.ends[a].closed, "timeout");
	check_eq(links_deadline(w.links), USEC_NEVER);
	world_done(&w);
}

/* A still client with Chromium's checks is never silent. */
TEST(checks_are_consent)
{
	struct world w;
	unsigned a;

	world_init(&w);
	a = world_join(&w);
	world_run(&w, w.now + MINUTES(10));
	check_eq(w.ends[a].silences, 0);
	check_text(w.ends[a].closed, "");
	world_done(&w);
}

/* G05, A25: a NAT gives the client another port. Its next SRTP packet moves media, within that packet. */
TEST(a_new_port)
{
	struct world w;
	struct address old, to;
	unsigned a;

	world_init(&w);
	a = world_join(&w);
	check(world_speak(&w, a));
	old = w.ends[a].at;
	w.ends[a].at = address_of("198.51.100.9", 61000);
	check(!world_listen(&w, a, &to));	/* still to where it was */
	check(address_equal(&to, &old));
	dtls_client_check(w.ends[a].client, true);
	world_settle(&w);
	check(!world_listen(&w, a, &to));	/* a check is answered there, and moves nothing */
	check(address_equal(&to, &old));
	check(world_speak(&w, a));
	check(world_listen(&w, a, &to));
	check(address_equal(&to, &w.ends[a].at));

	/* The same without any check first, and by RTCP alone. */
	w.ends[a].at = address_of("2001:db8::9", 61001);
	check(world_speak(&w, a));
	check(world_listen(&w, a, NULL));
	w.ends[a].at = address_of("198.51.100.9", 61002);
	check(world_report(&w, a));
	check(world_listen(&w, a, NULL));
	world_done(&w);
}

/* The same for one who has never said anything: reports alone, which nothing else leads to before the next check, 2.5
 * to 5 s on. Of two with one SSRC the first is found by it, the other by its check. */
TEST(a_new_port_of_a_listener)
{
	struct world w;
	struct address to;
	unsigned a, b;

	world_init(&w);
	a = world_join(&w);
	b = world_join(&w);
	w.ends[b].ssrc = w.ends[a].ssrc;
	check(world_report(&w, a));
	check(world_report(&w, b));
	w.ends[a].at = address_of("198.51.100.9", 61000);
	w.ends[b].at = address_of("198.51.100.9", 61001);
	check(world_report(&w, a));
	check(world_listen(&w, a, &to));
	check(address_equal(&to, &w.ends[a].at));
	check(!world_report(&w, b));
	check(!world_listen(&w, b, NULL));
	dtls_client_check(w.ends[b].client, true);
	world_settle(&w);
	check(world_report(&w, b));
	check(world_listen(&w, b, NULL));
	/* Who is gone is found no more, and leaves the SSRC to others. */
	links_remove(w.links, w.ends[a].link);
	w.ends[a].link = NULL;
	check_eq(w.links->ssrcs.count, 0);
	world_done(&w);
}

/* Before the first SRTP packet media goes to where the handshake was completed. */
TEST(where_the_handshake_was)
{
	struct world w;
	struct address to;
	unsigned a;

	world_init(&w);
	a = world_join(&w);
	check(world_listen(&w, a, &to));
	check(address_equal(&to, &w.ends[a].at));
	world_done(&w);
}

/* An authentic packet that is older than the newest may have been held back by somebody: it moves nothing. */
TEST(an_old_packet_moves_nothing)
{
	struct world w;
	struct address elsewhere = address_of("203.0.113.66", 666), to;
	uint8_t held[300], held_report[300];
	size_t size, report_size;
	unsigned a;

	world_init(&w);
	a = world_join(&w);
	check(world_speak(&w, a));
	check(world_report(&w, a));
	size = world_rtp(&w, a, held);
	report_size = world_rtcp(&w, a, held_report);
	check(world_speak(&w, a));
	check(world_report(&w, a));
	check_eq(world_throw(&w, &elsewhere, held, size).kind, LINK_IN_RTP);	/* late, but his */
	check(world_listen(&w, a, &to));
	check(address_equal(&to, &w.ends[a].at));
	check_eq(world_throw(&w, &elsewhere, held_report, report_size).kind, LINK_IN_RTCP);
	check(world_listen(&w, a, NULL));
	check_eq(w.links->paths.count, 1);	/* and no path was made */
	/* The counterpart: the newest does move it. */
	size = world_rtp(&w, a, held);
	check_eq(world_throw(&w, &elsewhere, held, size).kind, LINK_IN_RTP);
	check(!world_listen(&w, a, &to));
	check(address_equal(&to, &elsewhere));
	check(world_speak(&w, a));
	check(world_listen(&w, a, NULL));
	world_done(&w);
}

/* RFC 8445, 9: the old credentials serve until the new ones nominate. */
TEST(ice_restart)
{
	struct world w;
	struct end *e;
	struct stun_message old_check, new_check;
	char pwd[LINK_PWD_SIZE + 1];
	unsigned a, answers;

	world_init(&w);
	a = world_join(&w);
	e = &w.ends[a];
	stun_check(&old_check, link_ufrag(e->link), link_pwd(e->link), true);
	memcpy(pwd, link_pwd(e->link), sizeof(pwd));
	link_restart_ice(e->link);
	check(strcmp(pwd, link_pwd(e->link)) != 0);
	stun_check(&new_check, link_ufrag(e->link), link_pwd(e->link), false);

	answers = w.answers;
	(void)world_throw(&w, &e->at, old_check.data, stun_bytes(&old_check).size);
	check_eq(w.answers, answers + 1);
	(void)world_throw(&w, &e->at, new_check.data, stun_bytes(&new_check).size);
	check_eq(w.answers, answers + 2);
	(void)world_throw(&w, &e->at, old_check.data, stun_bytes(&old_check).size);
	check_eq(w.answers, answers + 3);		/* a plain check with the new ones ended nothing */
	stun_check(&new_check, link_ufrag(e->link), link_pwd(e->link), true);
	(void)world_throw(&w, &e->at, new_check.data, stun_bytes(&new_check).size);
	check_eq(w.answers, answers + 4);
	(void)world_throw(&w, &e->at, old_check.data, stun_bytes(&old_check).size);
	check_eq(w.answers, answers + 4);

	/* DTLS and SRTP went on, from another address too. Twice in a row is no different. */
	e->at = address_of("198.51.100.1", 1);
	link_restart_ice(e->link);
	link_restart_ice(e->link);
	world_start(&w, a);
	world_run(&w, w.now + SECONDS(1));
	check_eq(e->connected, 1);
	check(world_speak(&w, a));
	check(world_listen(&w, a, NULL));
	world_done(&w);
}

/* Sixteen paths; a seventeenth takes the place of the one checked longest ago, never of the one in use. */
TEST(paths_are_capped)
{
	struct world w;
	struct stun_message m;
	struct address to;
	unsigned a;

	world_init(&w);
	a = world_join(&w);
	check(world_speak(&w, a));
	stun_check(&m, link_ufrag(w.ends[a].link), link_pwd(w.ends[a].link), true);
	for (uint16_t i = 0; i < 1000; i++) {
		struct address from = address_of("203.0.113.1", (uint16_t)(1000 + i));

		w.now += MSEC(1);
		(void)world_throw(&w, &from, m.data, stun_bytes(&m).size);
	}
	check_eq(w.strays, 1000);
	check_eq(w.links->paths.count, LIMIT_PATHS_PER_PEER);
	check(world_listen(&w, a, &to));
	check(address_equal(&to, &w.ends[a].at));
	check(world_speak(&w, a));
	links_remove(w.links, w.ends[a].link);
	check_eq(w.links->paths.count, 0);
	check_eq(w.links->ssrcs.count, 0);
	world_done(&w);
}

/* A port that a NAT hands on to somebody else. */
TEST(an_address_changes_hands)
{
	struct world w;
	unsigned a, b;

	world_init(&w);
	a = world_join(&w);
	check(world_speak(&w, a));
	b = world_add(&w, NULL);
	w.ends[b].at = w.ends[a].at;
	w.ends[a].at = address_of("198.51.100.1", 1);
	world_start(&w, b);
	world_run(&w, w.now + SECONDS(1));
	check_eq(w.ends[b].connected, 1);
	check(world_speak(&w, b));
	check(world_speak(&w, a));
	check(world_listen(&w, a, NULL));
	check(world_listen(&w, b, NULL));
	world_done(&w);
}

/* Two who chose the same SSRC by chance: each is heard as who he is. */
TEST(the_same_ssrc)
{
	struct world w;
	unsigned a, b;

	world_init(&w);
	a = world_join(&w);
	b = world_join(&w);
	w.ends[b].ssrc = w.ends[a].ssrc;
	check(world_speak(&w, a));
	check(world_speak(&w, b));
	check(world_speak(&w, b));
	check(world_speak(&w, a));
	check_eq(w.ends[a].rtp, 2);
	check_eq(w.ends[b].rtp, 2);
	world_done(&w);
}

static uint64_t dropped(const struct world *w)
{
	struct links_numbers n;

	links_count(w->links, &n);
	return n.datagrams_dropped;
}

/* How many of `n` datagrams that look like DTLS, but begin nothing, are read in this turn. */
static unsigned shake_hands(struct world *w, unsigned end, unsigned n)
{
	static const uint8_t record[] = { 22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2 };
	uint64_t before = dropped(w);

	for (unsigned i = 0; i < n; i++)
		(void)world_throw(w, &w->ends[end].at, record, sizeof(record));
	return n - (unsigned)(dropped(w) - before);
}

/* Neither one nor a crowd that joins keeps the worker from its media for longer than the cap; time gives a new turn. */
TEST(handshakes_of_one_turn_are_capped)
{
	struct world w;
	unsigned last = LIMIT_HANDSHAKES_PER_TURN / LIMIT_HANDSHAKES_PER_PEER;

	world_init(&w);
	check(last < WORLD_ENDS);
	w.lost[TO_SERVER] = WORLD_EVERY;	/* the checks alone get through, and make the paths */
	for (unsigned i = 0; i <= last; i++)
		world_start(&w, world_add(&w, NULL));
	world_settle(&w);
	for (unsigned i = 0; i < last; i++)
		check_eq(shake_hands(&w, i, LIMIT_HANDSHAKES_PER_PEER + 1), LIMIT_HANDSHAKES_PER_PEER);
	check_eq(shake_hands(&w, last, 1), 0);
	w.now++;
	check_eq(shake_hands(&w, last, 1), 1);
	w.lost[TO_SERVER] = 0;
	world_run(&w, w.now + SECONDS(5));
	for (unsigned i = 0; i <= last; i++)
		check(dtls_client_connected(w.ends[i].client));
	world_done(&w);
}

TEST(links_are_capped)
{
	static const uint8_t fingerprint[32];
	struct links *l;
	struct link *k[LIMIT_PEERS], *one_more;

	check_eq(links_new(&l), 0);
	for (unsigned i = 0; i < LIMIT_PEERS; i++)
		check_eq(links_add(l, &k[i], 0, NULL, fingerprint), 0);
	check_eq(links_add(l, &one_more, 0, NULL, fingerprint), -ENOSPC);
	for (unsigned i = 0; i < LIMIT_PEERS; i++)
		link_restart_ice(k[i]);
	links_remove(l, k[7]);
	check_eq(links_add(l, &one_more, 0, NULL, fingerprint), 0);
	links_free(l);
}

/* The first, second, third … allocation of a whole join fails: it is refused, or lost and made good, or closed. */
TEST(no_memory)
{
	bool reached = false;

	for (unsigned long n = 1; !reached; n++) {
		static const uint8_t fingerprint[32] = { 1 };
		struct links *l = NULL;
		struct link *k = NULL;

		mem_fail_at(n, 0);
		if (links_new(&l) == 0)
			reached = links_add(l, &k, 0, NULL, fingerprint) == 0 && mem_fail_at(0, 0) < n;
		mem_fail_at(0, 0);
		links_free(l);
		check(n < 100);
	}
	reached = false;
	for (unsigned long n = 1; !reached; n++) {
		struct world w;
		unsigned a;

		world_init(&w);
		a = world_add(&w, NULL);
		world_start(&w, a);
		mem_fail_at(n, 0);
		world_run(&w, w.now + SECONDS(3));
		reached = mem_fail_at(0, 0) < n;
		if (w.ends[a].connected && dtls_client_connected(w.ends[a].client))
			check(world_speak(&w, a));
		else
			check(!reached);
		world_done(&w);
		check(n < 100);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_browser_joins),
	cmocka_unit_test(the_other_profile),
	cmocka_unit_test(gcm_is_ours_to_choose),
	cmocka_unit_test(a_hello_of_two_datagrams),
	cmocka_unit_test(A07_wrong_fingerprint),
	cmocka_unit_test(lost_datagrams),
	cmocka_unit_test(retransmission_and_its_end),
	cmocka_unit_test(a_second_handshake),
	cmocka_unit_test(goodbye),
	cmocka_unit_test(silence),
	cmocka_unit_test(nobody_comes),
	cmocka_unit_test(checks_are_consent),
	cmocka_unit_test(a_new_port),
	cmocka_unit_test(a_new_port_of_a_listener),
	cmocka_unit_test(where_the_handshake_was),
	cmocka_unit_test(an_old_packet_moves_nothing),
	cmocka_unit_test(ice_restart),
	cmocka_unit_test(paths_are_capped),
	cmocka_unit_test(an_address_changes_hands),
	cmocka_unit_test(the_same_ssrc),
	cmocka_unit_test(handshakes_of_one_turn_are_capped),
	cmocka_unit_test(links_are_capped),
	cmocka_unit_test(no_memory),
};

RUN_TESTS(tests)
