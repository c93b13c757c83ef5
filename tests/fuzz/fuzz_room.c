/* SPDX-License-Identifier: EUPL-1.2 */
/* A meeting of three as its worst participant would have it: packets, reports, comings and goings in any order.
 * What leaves the room is well formed, no number is used twice, and every packet comes back. */
#include <assert.h>
#include <string.h>

#include "sfu/room/room.h"
#include "sfu/rtp/rtcp.h"
#include "sfu/rtp/rtp.h"
#include "sfu/rtp/seq.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/room_fixture.h"

#define PEERS 3
#define PACKETS 2048
#define SEEN 4096		/* numbers back that are remembered */

struct fuzz_line {
	int64_t newest;		/* 0 = none yet */
	uint64_t seen[SEEN / 64];
};

static struct fuzz_line fuzz_lines[PEERS + 1][8];

static void fuzz_check_rtp(const struct room_out *out, struct bytes data)
{
	struct fuzz_line *l;
	struct rtp rtp;
	uint32_t line;
	int64_t index;

	assert(rtp_parse(data, &rtp));
	line = rtp.ssrc - FIXTURE_SLOT_SSRC(out->peer.value, 0);
	if (line >= 50000)
		return;		/* a retransmission */
	assert(line < 8);
	l = &fuzz_lines[out->peer.value][line];
	if (!l->newest)
		l->newest = SEQ_START + rtp.sequence - 1;
	index = seq_unwrap(l->newest, rtp.sequence);
	assert(index > l->newest - SEEN);
	for (; l->newest < index; l->newest++)
		l->seen[(l->newest + 1) % SEEN / 64] &= ~(UINT64_C(1) << ((l->newest + 1) % 64));
	assert(!(l->seen[index % SEEN / 64] >> (index % 64) & 1));
	l->seen[index % SEEN / 64] |= UINT64_C(1) << (index % 64);
}

static void fuzz_check_rtcp(struct bytes data)
{
	struct rtcp_walk walk = rtcp_walk(data);
	struct rtcp part;

	while (rtcp_next(&walk, &part))
		assert(part.kind != RTCP_OTHER);
	assert(walk.r.ok);
}

static void fuzz_drain(struct room *room)
{
	uint8_t buffer[LIMIT_DATAGRAM];
	struct room_out out;

	for (;;) {
		struct writer w = writer(buffer, sizeof(buffer));

		if (!room_poll(room, &w, &out))
			return;
		assert(w.ok && out.peer.value >= 1 && out.peer.value <= PEERS);
		if (out.kind == ROOM_RTP)
			fuzz_check_rtp(&out, bytes_make(buffer, out.size));
		if (out.kind == ROOM_RTP && out.keep)
			room_keep(room, &out, bytes_make(buffer, out.size));
		if (out.kind == ROOM_RTCP)
			fuzz_check_rtcp(bytes_make(buffer, out.size));
	}
}

static void fuzz_join(struct room *room, usec_t now, uint32_t id)
{
	struct room_peer_setup setup = fixture_setup(id, 2, 2);

	setup.ext_rid = 5;
	setup.ext_repaired_rid = 6;
	setup.ext_twcc = 7;
	setup.allowed = 15;
	/* The first line is sound. */
	setup.sources[SOURCE_MICROPHONE].repeats = setup.slots[0].repeats = true;
	setup.sources[SOURCE_CAMERA].n_rids = 2;
	setup.sources[SOURCE_CAMERA].rids[0][0] = 'q';
	setup.sources[SOURCE_CAMERA].rids[1][0] = 'h';
	/* A newcomer's lines are others than those of who had his id before. */
	if (room_add_peer(room, now, &setup) == 0)
		memset(fuzz_lines[id], 0, sizeof(fuzz_lines[id]));
	room_set_ready(room, now, setup.id, true);
}

static void fuzz_rtp(struct room *room, struct pool *pool, usec_t now, struct peer_id id, struct bytes data)
{
	struct packet *packet = packet_new(pool);

	assert(packet && data.size <= LIMIT_DATAGRAM);
	if (data.size)
		memcpy(packet->data, data.data, data.size);
	packet->size = (uint32_t)data.size;
	room_receive_rtp(room, now, id, packet);
	packet_unref(packet);
}

/* One turn: a byte of what, one of who and how much later, two of size, and the bytes. */
static bool fuzz_turn(struct room *room, struct pool *pool, usec_t *now, struct reader *r)
{
	uint8_t what = read_u8(r), who = read_u8(r);
	struct peer_id id = { 1 + (who & 3u) % PEERS };
	struct bytes data;

	*now += MSEC(who >> 2);
	switch (what % 8) {
	case 0: case 1:
		data = read_bytes(r, read_u16(r) % (LIMIT_DATAGRAM + 1));
		if (r->ok)
			fuzz_rtp(room, pool, *now, id, data);
		break;
	case 2:
		data = read_bytes(r, read_u16(r) % (LIMIT_DATAGRAM + 1));
		if (r->ok)
			room_receive_rtcp(room, *now, id, data);
		break;
	case 3:
		room_timeout(room, *now);
		break;
	case 4:
		room_set_sources(room, *now, id, what >> 3);
		break;
	case 5:
		room_set_rank(room, *now, id, what >> 3);
		break;
	case 6:
		room_set_ready(room, *now, id, what >> 3 & 1);
		break;
	case 7:
		if (what >> 3 & 1)
			room_remove_peer(room, *now, id);
		else
			fuzz_join(room, *now, id.value);
		break;
	}
	fuzz_drain(room);
	if (room_deadline(room) <= *now) {
		room_timeout(room, *now);
		fuzz_drain(room);
		assert(room_deadline(room) > *now);
	}
	return r->ok && read_left(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reader r = reader(bytes_make(data, size));
	static struct pool *pool;	/* whole again after each input, and dear to make */
	usec_t now = SECONDS(100);
	struct room *room;

	if (!pool)
		assert(pool_new(&pool, PACKETS) == 0);
	assert(room_new(&room, pool, 1) == 0);
	for (uint32_t id = 1; id <= PEERS; id++)
		fuzz_join(room, now, id);
	fuzz_drain(room);
	while (fuzz_turn(room, pool, &now, &r))
		;
	room_free(room);
	assert(pool_free_count(pool) == PACKETS);
	return 0;
}
