/* SPDX-License-Identifier: EUPL-1.2 */
/* The room's door: every input, the clock's work, and the drain. In conclave-media.
 * Invariant: an input only notes what is to be done; bytes are made in room_poll(). */
#include "sfu/room/room.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "sfu/room/allocate.h"
#include "sfu/room/assign.h"
#include "sfu/room/feedback.h"
#include "sfu/room/ingress.h"
#include "sfu/room/keyframe.h"
#include "sfu/room/needy.h"
#include "sfu/room/peer.h"
#include "sfu/room/report.h"
#include "sfu/room/state.h"
#include "sfu/room/watch.h"

/* Who is no longer forwarded for this long is no longer heard. */
#define ROOM_HEARD_SPAN SECONDS(1)
/* The first report comes soon: until then a browser repeats mid and rid in every packet. */
#define ROOM_FIRST_REPORT MSEC(300)

DEFINE_CLEANUP(struct room *, room_free)

int room_new(struct room **ret, struct pool *pool, uint64_t seed)
{
	_cleanup_(room_freep) struct room *r = mem_new(struct room);
	int e;

	if (!r)
		return -ENOMEM;
	list_init(&r->members);
	list_init(&r->needy);
	list_init(&r->busy);
	list_init(&r->told_slots);
	list_init(&r->told_heard);
	list_init(&r->told_pauses);
	list_init(&r->probing);
	for (unsigned kind = 0; kind < SOURCE_N; kind++)
		list_init(&r->open[kind]);
	e = map_init(&r->peers, LIMIT_PEERS_PER_ROOM);
	if (e < 0)
		return e;
	r->pool = pool;
	random_seed(&r->random, seed);
	*ret = take(r);
	return 0;
}

struct room *room_free(struct room *r)
{
	if (!r)
		return NULL;
	while (!list_empty(&r->members))
		room_remove_peer(r, r->now, list_first(&r->members, struct peer, in_room)->setup.id);
	map_done(&r->peers);
	mem_free(r);
	return NULL;
}

/* Something happens again: the tick goes on. */
static void room_wake(struct room *r, usec_t now)
{
	if (r->last_packet + ROOM_IDLE <= now)
		r->next_tick = now + ROOM_TICK;
	r->last_packet = now;
}

void room_set_echo(struct room *r)
{
	assert(list_empty(&r->members));
	r->echo = true;
}

static struct peer *room_find(const struct room *r, struct peer_id id)
{
	return map_get(&r->peers, id.value);
}

int room_add_peer(struct room *r, usec_t now, const struct room_peer_setup *setup)
{
	_cleanup_(peer_freep) struct peer *p = NULL;
	int e;

	assert(setup->n_slots <= LIMIT_SLOTS);
	r->now = now;
	e = peer_new(&p, r, setup);
	if (e < 0)
		return e;
	e = map_put(&r->peers, setup->id.value, p);
	if (e < 0)
		return e;
	p->next_report = now + ROOM_FIRST_REPORT;
	list_push_back(&r->members, &p->in_room);
	assign_peer(p, now);
	take(p);
	return 0;
}

void room_remove_peer(struct room *r, usec_t now, struct peer_id id)
{
	struct peer *p = room_find(r, id);

	if (!p)
		return;
	room_set_ready(r, now, id, false);
	map_remove(&r->peers, id.value);
	list_remove(&p->in_room);
	list_remove(&p->in_facts);
	list_remove(&p->in_probing);
	for (uint32_t i = 0; i < p->setup.n_slots; i++) {
		slot_carry(&p->slots[i], NULL);
		list_remove(&p->slots[i].in_facts);
	}
	peer_free(p);
}

/* It gets nothing for now; what is sent later continues in numbers that were not used. */
static void room_cut_off(struct peer *p)
{
	egress_clear(&p->egress);
	packet_cache_clear(&p->cache);
	for (uint32_t i = 0; i < p->setup.n_slots; i++) {
		slot_cut(&p->slots[i]);
		if (p->slots[i].sounds)
			sounds_clear(p->slots[i].sounds);
	}
	p->owes = 0;
	p->owes_sound = false;
	p->bandwidth.probe.sending = false;
	list_remove(&p->in_probing);
	list_remove(&p->in_busy);
}

void room_set_ready(struct room *r, usec_t now, struct peer_id id, bool ready)
{
	struct peer *p = room_find(r, id);

	r->now = now;
	if (!p || p->ready == ready)
		return;
	p->ready = ready;
	room_wake(r, now);
	assign_sources(p, now);
	if (!ready) {
		room_cut_off(p);
		return;
	}
	for (uint32_t i = 0; i < p->setup.n_slots; i++)
		if (p->slots[i].track)
			keyframe_want_target(p->slots[i].track, now);
}

void room_set_sources(struct room *r, usec_t now, struct peer_id id, uint32_t allowed)
{
	struct peer *p = room_find(r, id);

	r->now = now;
	if (!p)
		return;
	p->setup.allowed = allowed;
	assign_sources(p, now);
}

void room_set_rank(struct room *r, usec_t now, struct peer_id id, uint32_t rank)
{
	struct peer *p = room_find(r, id);

	r->now = now;
	if (!p || p->setup.rank == rank)
		return;
	p->setup.rank = rank;
	assign_rank(p, now);
}

static void room_set_wish(struct peer *p, const struct room_wish *wish)
{
	for (uint32_t i = 0; i < p->setup.n_slots; i++) {
		struct slot *slot = &p->slots[i];

		if (!slot->setup->rtx_ssrc || strcmp(slot->setup->mid, wish->mid) != 0)
			continue;
		slot->wished = true;
		slot->width = wish->width;
		slot->height = wish->height;
	}
}

void room_set_layout(struct room *r, usec_t now, struct peer_id id, const struct room_wish *wishes, uint32_t n)
{
	struct peer *p = room_find(r, id);

	r->now = now;
	if (!p)
		return;
	for (uint32_t i = 0; i < n; i++)
		room_set_wish(p, &wishes[i]);
	room_wake(r, now);
	allocate_peer(p, now);
}

uint32_t room_peers(const struct room *r)
{
	return (uint32_t)r->peers.count;
}

void room_repeat_slots(struct room *r)
{
	struct peer *p;

	list_for_each(p, &r->members, in_room) {
		for (uint32_t i = 0; i < p->setup.n_slots; i++)
			if (p->slots[i].track && list_empty(&p->slots[i].in_facts))
				list_push_back(&r->told_slots, &p->slots[i].in_facts);
		if (p->tracks[SOURCE_MICROPHONE].heard && list_empty(&p->in_facts))
			list_push_back(&r->told_heard, &p->in_facts);
		for (unsigned kind = 0; kind < SOURCE_N; kind++)
			if (p->tracks[kind].open)
				watch_repeat(&p->tracks[kind]);
	}
}

void room_receive_rtp(struct room *r, usec_t now, struct peer_id from, struct packet *packet)
{
	struct peer *p = room_find(r, from);

	r->now = now;
	if (!p || !p->ready)
		return;
	room_wake(r, now);
	ingress_receive(p, now, packet);
}

void room_receive_rtcp(struct room *r, usec_t now, struct peer_id from, struct bytes packet)
{
	struct peer *p = room_find(r, from);

	r->now = now;
	if (p && p->ready)
		feedback_receive(p, now, packet);
}

static void room_tick_heard(struct peer *p, usec_t now)
{
	struct track *t = &p->tracks[SOURCE_MICROPHONE];

	if (!t->heard || t->heard_at + ROOM_HEARD_SPAN > now)
		return;
	t->heard = false;
	if (list_empty(&p->in_facts))
		list_push_back(&p->room->told_heard, &p->in_facts);
}

static void room_tick_peer(struct peer *p, usec_t now)
{
	room_tick_heard(p, now);
	packet_cache_expire(&p->cache, now);
	if (!p->ready)
		return;
	if (p->unsettled || now >= p->next_allocation)
		allocate_peer(p, now);
	if (twcc_recorder_pending(&p->arrivals))
		peer_owe(p, PEER_OWES_ARRIVALS);
	if (now < p->next_report)
		return;
	p->next_report = now + ROOM_REPORTS;
	p->next_report_slot = 0;
	p->reported_streams = false;
	peer_owe(p, PEER_OWES_REPORTS);
}

static void room_tick_probes(struct room *r, usec_t now)
{
	struct peer *p, *following;

	list_for_each_safe(p, following, &r->probing, in_probing) {
		if (p->bandwidth.probe.step > now)
			continue;
		p->bandwidth.probe.step = now + PROBE_STEP;
		if (p->bandwidth.probe.sending)
			peer_owe(p, 0);
		else
			list_remove(&p->in_probing);
	}
}

void room_timeout(struct room *r, usec_t now)
{
	struct peer *p;

	r->now = now;
	needy_timeout(r, now);
	room_tick_probes(r, now);
	if (now < r->next_tick)
		return;
	r->next_tick = now + ROOM_TICK;
	assign_layers(r, now);
	list_for_each(p, &r->members, in_room)
		room_tick_peer(p, now);
}

usec_t room_deadline(const struct room *r)
{
	usec_t deadline = needy_deadline(r);
	const struct peer *p;

	list_for_each(p, &r->probing, in_probing)
		deadline = MIN(deadline, p->bandwidth.probe.step);
	if (list_empty(&r->members) || r->last_packet + ROOM_IDLE <= r->now)
		return deadline;
	return MIN(deadline, r->next_tick);
}

static bool room_poll_facts(struct room *r, struct room_out *ret)
{
	struct slot *slot = list_first(&r->told_slots, struct slot, in_facts);
	struct peer *p = list_first(&r->told_heard, struct peer, in_facts);
	struct track *t = list_first(&r->told_pauses, struct track, in_pauses);

	if (slot) {
		list_remove(&slot->in_facts);
		*ret = (struct room_out){
			.kind = ROOM_SLOT, .peer = slot->peer->setup.id, .mid = slot->setup->mid,
		};
		if (slot->track) {
			ret->from = slot->track->peer->setup.id;
			ret->source = slot->track->kind;
		}
		return true;
	}
	if (p) {
		list_remove(&p->in_facts);
		*ret = (struct room_out){
			.kind = ROOM_HEARD, .peer = p->setup.id, .on = p->tracks[SOURCE_MICROPHONE].heard,
		};
		return true;
	}
	if (t) {
		list_remove(&t->in_pauses);
		*ret = (struct room_out){
			.kind = ROOM_PAUSE, .peer = t->peer->setup.id, .source = t->kind, .layers = t->watched,
		};
		return true;
	}
	return false;
}

/* Video that can be asked for again is kept; of all else the reference goes. */
static void room_cache(struct peer *p, usec_t now, const struct egress_item *item)
{
	if (!item->rtx && p->slots[item->slot].setup->rtx_ssrc && pool_free_count(p->room->pool) > LIMIT_POOL_RESERVE)
		packet_cache_put(&p->cache, now, item);
	else
		packet_unref(item->packet);
}

static bool room_poll_rtp(struct peer *p, usec_t now, struct writer *w, struct room_out *ret)
{
	uint16_t number = bandwidth_number(&p->bandwidth);
	const uint8_t *start = w->at;
	struct egress_item item;

	egress_even(p);
	if (!egress_pop(&p->egress, &item))
		return false;
	egress_write(p, &item, w);
	if (p->slots[item.slot].setup->twcc)
		bandwidth_sent(&p->bandwidth, now, (size_t)(w->at - start));
	*ret = (struct room_out){
		.kind = ROOM_RTP, .peer = p->setup.id, .group = item.slot / ROOM_SLOTS_PER_GROUP,
		.keep = p->slots[item.slot].sounds, .slot = item.slot, .sequence = item.sequence, .number = number,
		.cost = item.size,
	};
	room_cache(p, now, &item);
	return true;
}

static bool room_poll_sounds(struct peer *p, struct writer *w, struct room_out *ret)
{
	if (!p->owes_sound)
		return false;
	for (uint32_t i = 0; i < p->setup.n_slots; i++)
		if (p->slots[i].sounds && sounds_take(p->slots[i].sounds, w)) {
			*ret = (struct room_out){ .kind = ROOM_SEALED, .peer = p->setup.id };
			return true;
		}
	p->owes_sound = false;
	return false;
}

/* The padding that a probe lacks now. */
static bool room_poll_filling(struct peer *p, usec_t now, struct writer *w, struct room_out *ret)
{
	const uint8_t *start = w->at;
	struct slot *slot;

	if (!p->bandwidth.probe.sending || probe_owes(&p->bandwidth.probe, now) < EGRESS_FILLING)
		return false;
	slot = peer_filling_slot(p);
	if (!slot)
		return false;
	egress_write_filling(p, slot, w);
	bandwidth_sent(&p->bandwidth, now, (size_t)(w->at - start));
	*ret = (struct room_out){
		.kind = ROOM_RTP, .peer = p->setup.id, .group = slot->number / ROOM_SLOTS_PER_GROUP,
	};
	return true;
}

static bool room_poll_rtcp(struct peer *p, usec_t now, struct writer *w, struct room_out *ret)
{
	struct writer part = writer(w->at, MIN(write_room(w), (size_t)REPORT_SIZE));
	bool more;

	while (p->owes && part.at == part.start) {
		unsigned what = p->owes & ~(p->owes - 1);	/* its lowest bit */

		if (what == PEER_OWES_FEEDBACK)
			more = needy_write(p, now, &part);
		else if (what == PEER_OWES_ARRIVALS)
			more = report_arrivals(p, &part);
		else
			more = report_write(p, now, &part);
		if (!more)
			p->owes &= ~what;
	}
	if (part.at == part.start || !part.ok)
		return false;
	w->at = part.at;
	*ret = (struct room_out){ .kind = ROOM_RTCP, .peer = p->setup.id };
	return true;
}

bool room_poll(struct room *r, struct writer *w, struct room_out *ret)
{
	const uint8_t *start = w->at;
	struct peer *p;

	assert(write_room(w) >= LIMIT_DATAGRAM);
	if (room_poll_facts(r, ret))
		return true;
	while ((p = list_first(&r->busy, struct peer, in_busy))) {
		if (room_poll_sounds(p, w, ret) || room_poll_rtp(p, r->now, w, ret) ||
		    room_poll_filling(p, r->now, w, ret) || room_poll_rtcp(p, r->now, w, ret)) {
			assert(w->ok);
			ret->size = (size_t)(w->at - start);
			r->numbers.packets_out++;
			r->numbers.bytes_out += ret->size;
			return true;
		}
		list_remove(&p->in_busy);
	}
	r->complete = r->crowded = false;
	return false;
}

void room_keep(struct room *r, const struct room_out *out, struct bytes sealed)
{
	struct peer *p = room_find(r, out->peer);

	assert(out->keep && p);
	sounds_keep(p->slots[out->slot].sounds, r->now, out->sequence, out->number, out->cost, sealed);
}

bool room_is_complete(const struct room *r) { return r->complete; }
bool room_is_crowded(const struct room *r) { return r->crowded; }

void room_count(const struct room *r, struct room_numbers *ret)
{
	*ret = r->numbers;
}
