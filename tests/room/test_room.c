/* SPDX-License-Identifier: EUPL-1.2 */
/* The room's door: who may come, what is refused, when it wants to be woken. In tests only.
 * Invariant: each input is followed by a full drain. */
#include <errno.h>

#include "base/mem.h"
#include "sfu/room/room.h"
#include "sfu/rtp/rtcp.h"
#include "sfu/rtp/rtp.h"
#include "tests/support/check.h"
#include "tests/support/room_fixture.h"

#define PACKETS 64

static struct pool *pool;
static struct room *room;
static usec_t now;
static unsigned rtp_out, rtcp_out, heard_out;
static bool heard;

static int set_up(void **state)
{
	(void)state;
	now = SECONDS(50);
	rtp_out = rtcp_out = heard_out = 0;
	heard = false;
	return pool_new(&pool, PACKETS) < 0 || room_new(&room, pool, 1) < 0;
}

static int tear_down(void **state)
{
	(void)state;
	room_free(room);
	check_eq(pool_free_count(pool), PACKETS);
	pool_free(pool);
	return 0;
}

static void drain(void)
{
	uint8_t buffer[LIMIT_DATAGRAM];
	struct room_out out;

	for (;;) {
		struct writer w = writer(buffer, sizeof(buffer));

		if (!room_poll(room, &w, &out))
			return;
		rtp_out += out.kind == ROOM_RTP;
		rtcp_out += out.kind == ROOM_RTCP;
		if (out.kind == ROOM_HEARD) {
			heard = out.on;
			heard_out++;
		}
		if (out.kind == ROOM_RTP || out.kind == ROOM_RTCP) {
			check(out.size > 0);
			check(w.ok && (size_t)(w.at - buffer) == out.size);
		}
	}
}

static int join(uint32_t id, uint32_t allowed)
{
	struct room_peer_setup setup = fixture_setup(id, 2, 2);
	int r;

	setup.allowed = allowed;
	r = room_add_peer(room, now, &setup);
	room_set_ready(room, now, setup.id, true);
	drain();
	return r;
}

static void speak(uint32_t id, uint16_t sequence)
{
	struct packet *p = packet_new(pool);
	struct writer w = writer(p->data, sizeof(p->data));
	struct rtp rtp = {
		.ssrc = FIXTURE_SSRC(id, SOURCE_MICROPHONE), .payload_type = FIXTURE_OPUS, .sequence = sequence,
		.timestamp = sequence * 960u, .payload = bytes_of_string("sound"),
	};

	rtp_write(&w, &rtp, NULL, 0);
	p->size = (uint32_t)written(&w).size;
	room_receive_rtp(room, now, (struct peer_id){ id }, p);
	packet_unref(p);
	drain();
}

static void sleep_until(usec_t time)
{
	while (room_deadline(room) <= time) {
		now = MAX(now, room_deadline(room));
		room_timeout(room, now);
		drain();
		check(room_deadline(room) > now);
	}
	now = time;
}

TEST(a_room_has_a_size)
{
	check_eq(join(1, 0), 0);
	check_eq(join(1, 0), -EEXIST);
	check_eq(room_peers(room), 1);
	for (uint32_t id = 2; id <= LIMIT_PEERS_PER_ROOM; id++)
		check_eq(join(id, 0), 0);
	check_eq(join(9999, 0), -ENOSPC);
	check_eq(room_peers(room), LIMIT_PEERS_PER_ROOM);
	room_remove_peer(room, now, (struct peer_id){ 5 });
	check_eq(join(9999, 0), 0);
}

TEST(strangers_are_ignored)
{
	struct peer_id nobody = { 77 };

	check_eq(join(1, SOURCE_BIT(SOURCE_MICROPHONE)), 0);
	room_remove_peer(room, now, nobody);
	room_set_ready(room, now, nobody, true);
	room_set_sources(room, now, nobody, 15);
	room_set_rank(room, now, nobody, 1);
	room_receive_rtcp(room, now, nobody, bytes_of_string("x"));
	speak(77, 1);
	check_eq(rtp_out + rtcp_out, 0);
	check_eq(room_peers(room), 1);
}

TEST(sound_is_forwarded_and_heard_and_no_longer)
{
	join(1, SOURCE_BIT(SOURCE_MICROPHONE));
	join(2, 0);
	join(3, 0);
	speak(1, 10);
	check_eq(rtp_out, 2);
	check_eq(heard_out, 1);
	check(heard);
	speak(1, 10);
	check_eq(rtp_out, 2);
	sleep_until(now + MSEC(900));
	check_eq(heard_out, 1);
	sleep_until(now + MSEC(300));
	check_eq(heard_out, 2);
	check(!heard);
}

TEST(alone_nobody_is_heard)
{
	join(1, SOURCE_BIT(SOURCE_MICROPHONE));
	speak(1, 10);
	check_eq(rtp_out, 0);
	check_eq(heard_out, 0);
}

TEST(the_unready_neither_send_nor_receive)
{
	join(1, SOURCE_BIT(SOURCE_MICROPHONE));
	join(2, 0);
	room_set_ready(room, now, (struct peer_id){ 2 }, false);
	drain();
	speak(1, 10);
	check_eq(rtp_out, 0);
	room_set_ready(room, now, (struct peer_id){ 2 }, true);
	drain();
	speak(1, 11);
	check_eq(rtp_out, 1);
	room_set_ready(room, now, (struct peer_id){ 1 }, false);
	drain();
	speak(1, 12);
	check_eq(rtp_out, 1);
}

TEST(an_idle_room_sleeps)
{
	check_eq(room_deadline(room), USEC_NEVER);
	join(1, SOURCE_BIT(SOURCE_MICROPHONE));
	join(2, 0);
	/* Awake while what changed may still have to be told. */
	sleep_until(now + SECONDS(6));
	check_eq(room_deadline(room), USEC_NEVER);
	check_le(rtcp_out, 10);
	rtcp_out = 0;
	speak(1, 10);
	check(room_deadline(room) <= now + MSEC(100));
	sleep_until(now + SECONDS(60));
	check_eq(room_deadline(room), USEC_NEVER);
	check(rtcp_out >= 2);
	check_le(rtcp_out, 10);
}

TEST(a_reply_is_drained_for_who_is_there)
{
	struct room_out out;
	uint8_t buffer[LIMIT_DATAGRAM];
	struct writer w = writer(buffer, sizeof(buffer));
	struct packet *p;

	/* Who leaves takes along what waited for him. */
	join(1, SOURCE_BIT(SOURCE_MICROPHONE));
	join(2, 0);
	speak(1, 1);
	p = packet_new(pool);
	w = writer(p->data, sizeof(p->data));
	rtp_write(&w, &(struct rtp){ .ssrc = FIXTURE_SSRC(1, SOURCE_MICROPHONE), .payload_type = FIXTURE_OPUS,
		.sequence = 2, .payload = bytes_of_string("sound") }, NULL, 0);
	p->size = (uint32_t)written(&w).size;
	room_receive_rtp(room, now, (struct peer_id){ 1 }, p);
	packet_unref(p);
	check_eq(pool_free_count(pool), PACKETS - 1);
	room_remove_peer(room, now, (struct peer_id){ 2 });
	check_eq(pool_free_count(pool), PACKETS);
	w = writer(buffer, sizeof(buffer));
	check(!room_poll(room, &w, &out));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(a_room_has_a_size, set_up, tear_down),
	cmocka_unit_test_setup_teardown(strangers_are_ignored, set_up, tear_down),
	cmocka_unit_test_setup_teardown(sound_is_forwarded_and_heard_and_no_longer, set_up, tear_down),
	cmocka_unit_test_setup_teardown(alone_nobody_is_heard, set_up, tear_down),
	cmocka_unit_test_setup_teardown(the_unready_neither_send_nor_receive, set_up, tear_down),
	cmocka_unit_test_setup_teardown(an_idle_room_sleeps, set_up, tear_down),
	cmocka_unit_test_setup_teardown(a_reply_is_drained_for_who_is_there, set_up, tear_down),
};

RUN_TESTS(tests)
