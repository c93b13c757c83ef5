/* SPDX-License-Identifier: EUPL-1.2 */
/* Everything that a participant needs is allocated here, once. In conclave-media. Invariant: see peer.h. */
#include "sfu/room/peer.h"

#include <assert.h>
#include <errno.h>

#include "base/mem.h"
#include "sfu/room/state.h"

/* SSRCs that the offer announced; those of simulcast are learned. */
static void peer_bind_announced(struct peer *p)
{
	for (unsigned kind = 0; kind < SOURCE_N; kind++) {
		struct track *t = &p->tracks[kind];

		for (uint32_t i = 0; i < t->n_streams; i++) {
			const struct room_source_setup *setup = &p->setup.sources[kind];

			if (setup->ssrcs[i] && !peer_find_stream(p, setup->ssrcs[i]))
				peer_bind_stream(p, setup->ssrcs[i], false, &t->streams[i]);
			if (setup->rtx_ssrcs[i] && !peer_find_stream(p, setup->rtx_ssrcs[i]))
				peer_bind_stream(p, setup->rtx_ssrcs[i], true, &t->streams[i]);
		}
	}
}

static int peer_init_sounds(struct peer *p)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < p->setup.n_slots; i++)
		n += p->setup.slots[i].repeats;
	if (!n)
		return 0;
	p->sounds = mem_new_array(struct sounds, n);
	if (!p->sounds)
		return -ENOMEM;
	for (uint32_t i = 0; i < p->setup.n_slots; i++)
		if (p->setup.slots[i].repeats)
			p->slots[i].sounds = &p->sounds[--n];
	return 0;
}

int peer_new(struct peer **ret, struct room *room, const struct room_peer_setup *setup)
{
	_cleanup_(peer_freep) struct peer *p = mem_new(struct peer);
	int r;

	if (!p)
		return -ENOMEM;
	for (unsigned kind = 0; kind < SOURCE_N; kind++)
		assert(setup->sources[kind].n_rids <= ROOM_RIDS);
	p->room = room;
	p->setup = *setup;
	p->round_trip = PEER_ROUND_TRIP_GUESS;
	list_init(&p->in_room);
	list_init(&p->in_busy);
	list_init(&p->in_facts);
	list_init(&p->in_probing);
	twcc_recorder_init(&p->arrivals);
	bandwidth_init(&p->bandwidth, setup->twcc_out);
	for (unsigned kind = 0; kind < SOURCE_N; kind++) {
		r = track_init(&p->tracks[kind], p, (enum source_kind)kind, &setup->sources[kind]);
		if (r < 0)
			return r;
	}
	p->slots = mem_new_array(struct slot, setup->n_slots);
	if (!p->slots)
		return -ENOMEM;
	for (uint32_t i = 0; i < setup->n_slots; i++)
		slot_init(&p->slots[i], p, (uint8_t)i, &room->random);
	r = peer_init_sounds(p);
	if (r < 0)
		return r;
	peer_bind_announced(p);
	*ret = take(p);
	return 0;
}

struct peer *peer_free(struct peer *p)
{
	if (!p)
		return NULL;
	egress_clear(&p->egress);
	packet_cache_clear(&p->cache);
	for (unsigned kind = 0; kind < SOURCE_N; kind++)
		track_done(&p->tracks[kind]);
	mem_free(p->slots);
	mem_free(p->sounds);
	mem_free(p);
	return NULL;
}

struct peer_stream *peer_find_stream(struct peer *p, uint32_t ssrc)
{
	for (uint32_t i = 0; i < p->n_streams; i++)
		if (p->streams[i].ssrc == ssrc)
			return &p->streams[i];
	return NULL;
}

static void peer_unbind_stream(struct peer *p, uint32_t ssrc)
{
	struct peer_stream *place = peer_find_stream(p, ssrc);

	if (!place)
		return;
	if (!place->rtx)
		stream_rebind(place->stream, 0);
	*place = p->streams[--p->n_streams];
}

void peer_bind_stream(struct peer *p, uint32_t ssrc, bool rtx, struct stream *stream)
{
	struct peer_stream *place = NULL;

	peer_unbind_stream(p, ssrc);
	for (uint32_t i = 0; i < p->n_streams && !place; i++)
		if (p->streams[i].stream == stream && p->streams[i].rtx == rtx)
			place = &p->streams[i];
	if (!place) {
		/* Four tracks, two of them video with three layers and RTX: 14 at the most. */
		assert(p->n_streams < LIMIT_STREAMS_PER_PEER);
		place = &p->streams[p->n_streams++];
	}
	*place = (struct peer_stream){ .ssrc = ssrc, .rtx = rtx, .stream = stream };
	if (!rtx)
		stream_rebind(stream, ssrc);
}

struct slot *peer_find_slot(struct peer *p, uint32_t ssrc)
{
	for (uint32_t i = 0; i < p->setup.n_slots; i++)
		if (p->setup.slots[i].ssrc == ssrc)
			return &p->slots[i];
	return NULL;
}

struct slot *peer_filling_slot(struct peer *p)
{
	struct slot *found = NULL;

	if (p->setup.vp8_rtx == ROOM_NO_PAYLOAD_TYPE)
		return NULL;
	for (uint32_t i = 0; i < p->setup.n_slots; i++) {
		const struct room_slot_setup *setup = &p->setup.slots[i];

		if (setup->rtx_ssrc && setup->twcc && (!found || (p->slots[i].run.on && !found->run.on)))
			found = &p->slots[i];
	}
	return found;
}

void peer_send(struct peer *p, const struct egress_item *item)
{
	if (item->size + EGRESS_OVERHEAD > LIMIT_DATAGRAM || !egress_push(&p->egress, item)) {
		p->room->numbers.dropped++;
		return;
	}
	packet_ref(item->packet);
	if (egress_count(&p->egress) >= LIMIT_EGRESS / 2)
		p->room->crowded = true;
	peer_owe(p, 0);
}

void peer_owe(struct peer *p, unsigned what)
{
	p->owes |= what;
	if (list_empty(&p->in_busy))
		list_push_back(&p->room->busy, &p->in_busy);
}
