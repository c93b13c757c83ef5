/* SPDX-License-Identifier: EUPL-1.2 */
/* Links over TCP: to them a connection is an address like any other, but few of them are kept. In tests only. */
#include "sfu/link/links.h"
#include "tests/support/check.h"
#include "tests/support/link_world.h"
#include "tests/support/stun_message.h"

static struct address connection(uint32_t number)
{
	struct address a = address_of("192.0.2.1", 5000);

	a.tcp = true;
	a.scope = number;
	return a;
}

static void move_to(struct world *w, unsigned end, uint32_t number)
{
	w->ends[end].at = connection(number);
}

TEST(a_meeting_over_tcp_alone)
{
	struct world w;
	unsigned a;

	world_init(&w);
	a = world_add(&w, &(struct dtls_client_options){ .large_hello = true });
	move_to(&w, a, 1);
	check(!links_knows(w.links, &w.ends[a].at));
	world_start(&w, a);
	world_run(&w, w.now + SECONDS(1));
	check_eq(w.ends[a].connected, 1);
	check(links_knows(w.links, &w.ends[a].at));
	check(world_speak(&w, a));
	check(world_report(&w, a));
	check(world_listen(&w, a, NULL));
	check_eq(w.strays, 0);
	links_remove(w.links, w.ends[a].link);
	w.ends[a].link = NULL;
	check(!links_knows(w.links, &w.ends[a].at));	/* the worker closes it */
	world_done(&w);
}

/* UDP is blocked in the middle of a meeting, then works again: media follows the first packet that authenticates. */
TEST(media_moves_where_srtp_authenticates)
{
	struct world w;
	struct address udp, to;
	unsigned a;

	world_init(&w);
	a = world_join(&w);
	check(world_speak(&w, a));
	udp = w.ends[a].at;
	move_to(&w, a, 1);
	check_eq(w.ends[a].at.port, udp.port);		/* the transport alone is another */
	dtls_client_check(w.ends[a].client, true);
	world_settle(&w);
	check(links_knows(w.links, &w.ends[a].at));
	check(!world_listen(&w, a, &to));		/* a nominating check moves nothing */
	check(address_equal(&to, &udp));
	check(world_speak(&w, a));
	check(world_listen(&w, a, &to));
	check(address_equal(&to, &w.ends[a].at));
	/* The same client on its next connection, by RTCP alone; and back. */
	move_to(&w, a, 2);
	dtls_client_check(w.ends[a].client, false);
	world_settle(&w);
	check(world_report(&w, a));
	check(world_listen(&w, a, NULL));
	w.ends[a].at = udp;
	check(world_speak(&w, a));
	check(world_listen(&w, a, NULL));
	world_done(&w);
}

/* A14: captured checks, replayed over any number of connections, cost four paths and never the one in use. */
TEST(A14_replays_over_many_connections)
{
	struct world w;
	struct stun_message m;
	struct address udp = address_of("192.0.2.1", 5000), from;
	unsigned a, known = 0;

	world_init(&w);
	a = world_join(&w);
	check(world_speak(&w, a));
	move_to(&w, a, 1);
	dtls_client_check(w.ends[a].client, true);
	world_settle(&w);
	check(world_speak(&w, a));
	stun_check(&m, link_ufrag(w.ends[a].link), link_pwd(w.ends[a].link), true);
	for (uint32_t i = 2; i <= 1001; i++) {
		from = connection(i);
		w.now += MSEC(1);
		(void)world_throw(&w, &from, m.data, stun_bytes(&m).size);
		check(links_knows(w.links, &from));
	}
	check_eq(w.strays, 1000);
	for (uint32_t i = 1; i <= 1001; i++) {
		from = connection(i);
		known += links_knows(w.links, &from);
	}
	check_eq(known, LIMIT_TCP_PER_PEER);
	check(links_knows(w.links, &udp));		/* no path over UDP gave way to them */
	check_eq(w.links->paths.count, LIMIT_TCP_PER_PEER + 1);
	check(world_listen(&w, a, NULL));
	check(world_speak(&w, a));
	world_done(&w);
}

/* A restart over TCP: new connections, the old session. */
TEST(ice_restart_over_tcp)
{
	struct world w;
	unsigned a;

	world_init(&w);
	a = world_join(&w);
	link_restart_ice(w.ends[a].link);
	move_to(&w, a, 7);
	world_start(&w, a);
	world_run(&w, w.now + SECONDS(1));
	check_eq(w.ends[a].connected, 1);
	check(world_speak(&w, a));
	check(world_listen(&w, a, NULL));
	/* Consent is an authenticated check, over whatever it comes. */
	world_run(&w, w.now + SECONDS(30));
	check(!w.ends[a].silent);
	check_eq(w.ends[a].silences, 0);
	world_done(&w);
}

/* A30: the mapped form of an IPv4 address is the same place, over each transport; the transports are two places. */
TEST(A30_mapped_twin)
{
	struct address plain = address_of("192.0.2.1", 5000), mapped = address_of("::ffff:192.0.2.1", 5000);
	struct address tcp = plain;

	check(address_equal(&plain, &mapped));
	check_eq(address_hash(&plain, 7), address_hash(&mapped, 7));
	tcp.tcp = mapped.tcp = true;
	check(address_equal(&tcp, &mapped));
	check(!address_equal(&tcp, &plain));
	check(address_hash(&tcp, 7) != address_hash(&plain, 7));
}

TEST(a_ufrag_names_its_worker)
{
	struct world w;
	unsigned a;

	world_init(&w);
	a = world_add(&w, NULL);
	check_eq(link_ufrag(w.ends[a].link)[0], 'A');
	for (unsigned i = 0; i < MEDIA_WORKERS_MOST; i++) {
		links_set_worker(w.links, i);
		link_restart_ice(w.ends[a].link);
		check_eq(link_ufrag(w.ends[a].link)[0], MEDIA_WORKER_LETTER(i));
		check_eq(strlen(link_ufrag(w.ends[a].link)), MEDIA_UFRAG_SIZE);
	}
	check_eq(MEDIA_WORKER_LETTER(MEDIA_WORKERS_MOST - 1), 'Z');
	world_done(&w);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_meeting_over_tcp_alone),
	cmocka_unit_test(media_moves_where_srtp_authenticates),
	cmocka_unit_test(A14_replays_over_many_connections),
	cmocka_unit_test(ice_restart_over_tcp),
	cmocka_unit_test(A30_mapped_twin),
	cmocka_unit_test(a_ufrag_names_its_worker),
};

RUN_TESTS(tests)
