/* SPDX-License-Identifier: EUPL-1.2 */
/* Packets made equal for UDP_SEGMENT. In tests only.
 * Invariant: padding costs little, lengthens nothing beyond the longest, and is gone once a receiver has read it. */
#include "base/mem.h"
#include "sfu/room/egress.h"
#include "sfu/room/peer.h"
#include "sfu/room/state.h"
#include "sfu/rtp/rtp.h"
#include "tests/support/check.h"
#include "tests/support/room_fixture.h"

static struct pool *pool;
static struct room *room;
static struct peer *peer;

static int set_up(void **state)
{
	struct room_peer_setup setup = fixture_setup(1, 1, 1);

	(void)state;
	if (pool_new(&pool, 300) < 0 || room_new(&room, pool, 5) < 0 || room_add_peer(room, 0, &setup) < 0)
		return -1;
	peer = map_get(&room->peers, 1);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	room_free(room);
	pool_free(pool);
	return 0;
}

static void push_as(bool sound, unsigned slot, size_t size)
{
	struct egress_item item = {
		.packet = packet_new(pool), .size = (uint16_t)size, .slot = (uint8_t)slot, .sound = sound,
		.payload_type = sound ? FIXTURE_OPUS : FIXTURE_VP8,
	};

	check(item.packet);
	for (size_t i = 0; i < size; i++)
		item.packet->data[i] = (uint8_t)(size + i);
	check(egress_push(&peer->egress, &item));
}

static void push(unsigned slot, size_t size)
{
	push_as(false, slot, size);
}

/* Reads it as a receiver does; the size on the wire. */
static size_t pop(size_t payload)
{
	uint8_t buffer[LIMIT_DATAGRAM];
	struct writer w = writer(buffer, sizeof(buffer));
	struct egress_item item;
	struct rtp rtp;

	egress_even(peer);
	check(egress_pop(&peer->egress, &item));
	egress_write(peer, &item, &w);
	check(rtp_parse(written(&w), &rtp));
	check_eq(rtp.payload.size, payload);
	if (payload)
		assert_memory_equal(rtp.payload.data, item.packet->data, payload);
	packet_unref(item.packet);
	return written(&w).size;
}

/* Of a packet that is alone. */
static size_t alone(unsigned slot, size_t size)
{
	push(slot, size);
	return pop(size);
}

TEST(a_picture_as_browsers_cut_it)
{
	size_t most = alone(2, 844);

	push(2, 843);
	push(2, 843);
	push(2, 844);
	check_eq(pop(843), most);
	check_eq(pop(843), most);
	check_eq(pop(844), most);
	check(egress_empty(&peer->egress));
}

TEST(the_last_of_a_run_may_be_shorter)
{
	size_t most = alone(2, 1100), sound = alone(2, 99);

	push(2, 1100);
	push(2, 1099);
	push(2, 99);		/* … and is not padded */
	push(2, 1000);
	push(2, 995);
	check_eq(pop(1100), most);
	check_eq(pop(1099), most);
	check_eq(pop(99), sound);
	check_eq(pop(1000), most - 100);
	check_eq(pop(995), most - 105);
}

TEST(what_differs_by_more_than_the_share_is_left_alone)
{
	size_t small = alone(2, 1000);

	push(2, 1000);
	push(2, 1100);
	check_eq(pop(1000), small);
	check_eq(pop(1100), small + 100);
	push(2, 99);
	push(2, 120);
	check_eq(pop(99), small - 901);
	check_eq(pop(120), small - 880);
}

/* Until it is confirmed a line says its mid, which is longer in some than in others. */
TEST(lines_with_and_without_a_mid)
{
	size_t with = alone(2, 1000), without;

	peer->slots[2].confirmed = true;
	without = alone(2, 1000);
	check(with > without);
	push(2, 1000);
	push(3, 1000);
	check_eq(pop(1000), with);
	check_eq(pop(1000), with);
}

/* … but with what is sent again it always does: Firefox would take it for nobody's. */
TEST(retransmissions_say_their_mid)
{
	uint8_t buffer[LIMIT_DATAGRAM];
	struct writer w = writer(buffer, sizeof(buffer));
	size_t with = alone(2, 1000);
	struct egress_item item;

	peer->slots[2].confirmed = true;
	push(2, 1000);
	check(egress_pop(&peer->egress, &item));
	item.rtx = true;
	egress_write(peer, &item, &w);
	check_eq(written(&w).size, with + 2);
	packet_unref(item.packet);
}

TEST(a_packet_without_payload)
{
	push(2, 0);
	push(2, 1);
	push(2, 0);
	(void)pop(0);
	(void)pop(1);
	(void)pop(0);
}

/* Whatever comes in whatever order: no packet is longer than one that was there, and all cost a few percent. */
TEST(padding_is_bounded)
{
	struct random random;
	size_t sizes[LIMIT_EGRESS], header = alone(2, 1000) - 1000, most = LIMIT_DATAGRAM - header;

	random_seed(&random, 71);
	for (unsigned round = 0; round < 200; round++) {
		size_t plain = 0, sent = 0, base = 1 + random_below(&random, (uint32_t)most), longest = 0;
		unsigned n = 1 + random_below(&random, LIMIT_EGRESS);

		for (unsigned i = 0; i < n; i++) {
			sizes[i] = random_below(&random, 5) ? base + random_below(&random, 3) :
				random_below(&random, 1400);
			sizes[i] = MIN(sizes[i], most);
			longest = MAX(longest, sizes[i] + header);
			plain += sizes[i] + header;
			push(2, sizes[i]);
		}
		for (unsigned i = 0; i < n; i++) {
			size_t size = pop(sizes[i]);

			check_ge(size, sizes[i] + header);
			check_le(size, longest);
			sent += size;
		}
		check_le(sent, plain + plain / (EGRESS_PADDING_SHARE - 1));
	}
}

/* The ring is emptied in the middle of a run. */
TEST(a_run_that_was_cleared)
{
	size_t most;

	push(2, 500);
	push(2, 501);
	push(2, 502);
	(void)pop(500);
	egress_clear(&peer->egress);
	most = alone(2, 844);
	push(2, 843);
	push(2, 844);
	check_eq(pop(843), most);
	check_eq(pop(844), most);
}

/* The sound of two people and the pictures of two, as they come: one message for each picture. */
TEST(a_sound_is_the_end_of_a_picture)
{
	size_t most = alone(2, 844), sound = alone(0, 99);

	push_as(true, 0, 99);
	push(2, 843);
	push(2, 844);
	push(2, 844);
	push_as(true, 1, 98);
	push(3, 600);
	check_eq(pop(843), most);
	check_eq(pop(844), most);
	check_eq(pop(844), most);
	check_eq(pop(99), sound);
	check_eq(pop(600), most - 244);
	check_eq(pop(98), sound - 1);
	check(egress_empty(&peer->egress));
}

/* What a line says stays in its order, and what is under way already is not passed. */
TEST(a_line_keeps_its_order)
{
	push_as(true, 0, 10);
	push_as(true, 0, 11);
	push(2, 500);
	push(2, 700);
	(void)pop(10);
	(void)pop(500);
	(void)pop(700);
	(void)pop(11);
	push(2, 500);
	push_as(true, 0, 12);
	(void)pop(500);			/* the run is made: of it the sound is the end */
	push(2, 600);
	(void)pop(12);
	(void)pop(600);
}

/* The ring is full of sound; nothing is lost but what does not fit. */
TEST(a_full_ring)
{
	struct egress_item item = { .payload_type = FIXTURE_VP8 };

	for (size_t i = 1; i < LIMIT_EGRESS; i++)
		push_as(true, 0, i);
	push(2, 900);
	check(!egress_push(&peer->egress, &item));
	for (size_t i = 1; i < LIMIT_EGRESS - 1; i++)
		(void)pop(i);
	(void)pop(900);
	(void)pop(LIMIT_EGRESS - 1);
	check(egress_empty(&peer->egress));
}

#define egress_test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static const struct CMUnitTest tests[] = {
	egress_test(a_picture_as_browsers_cut_it),
	egress_test(the_last_of_a_run_may_be_shorter),
	egress_test(what_differs_by_more_than_the_share_is_left_alone),
	egress_test(lines_with_and_without_a_mid),
	egress_test(retransmissions_say_their_mid),
	egress_test(a_packet_without_payload),
	egress_test(padding_is_bounded),
	egress_test(a_run_that_was_cleared),
	egress_test(a_sound_is_the_end_of_a_picture),
	egress_test(a_line_keeps_its_order),
	egress_test(a_full_ring),
};

RUN_TESTS(tests)
