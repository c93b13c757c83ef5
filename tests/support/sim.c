/* SPDX-License-Identifier: EUPL-1.2 */
/* In tests only. Invariant: see sim.h. */
#include "tests/support/sim.h"

#include <errno.h>

#include "base/mem.h"
#include "tests/support/check.h"

struct sim *sim_new(uint64_t seed)
{
	struct sim *s = mem_new(struct sim);

	check(s);
	print_message("# seed %llu\n", (unsigned long long)seed);
	random_seed(&s->random, seed);
	sim_network_init(&s->network, seed + 1);
	check_eq(pool_new(&s->pool, SIM_POOL), 0);
	check_eq(room_new(&s->room, s->pool, seed + 2), 0);
	s->now = SECONDS(1000);
	s->audio_slots = 8;
	s->video_slots = 25;
	s->delay = MSEC(20);
	return s;
}

static void sim_free_person(struct sim_person *p)
{
	sim_sender_done(&p->sender);
	sim_receiver_done(&p->receiver);
	mem_free(p);
}

struct sim *sim_free(struct sim *s)
{
	room_free(s->room);
	check_eq(pool_free_count(s->pool), SIM_POOL);
	pool_free(s->pool);
	for (uint32_t i = 0; i < s->n_people; i++)
		sim_free_person(s->people[i]);
	sim_network_done(&s->network);
	mem_free(s);
	return NULL;
}

static void sim_repeat(struct sim_person *p)
{
	struct room_peer_setup *setup = &p->setup;

	sim_sender_repeat(&p->sender, setup);
	for (uint32_t i = 0; i < setup->n_slots; i++)
		setup->slots[i].repeats = !setup->slots[i].rtx_ssrc;
}

struct sim_person *sim_try_join(struct sim *s)
{
	struct sim_person *p = mem_new(struct sim_person);
	unsigned long asked;
	int r;

	check(p && s->n_people < SIM_PEOPLE);
	p->id = ++s->next_id;
	p->setup.id.value = p->id;
	p->setup.feedback_ssrc = 1000000 + p->id;
	snprintf(p->setup.cname, sizeof(p->setup.cname), "conclave");
	sim_sender_init(&p->sender, p->id, &s->random, &p->setup);
	sim_receiver_init(&p->receiver, &s->random, &p->setup, s->audio_slots, s->video_slots,
		!s->no_reports);
	if (s->repeats)
		sim_repeat(p);
	if (s->whole)
		sim_sender_whole(&p->sender, &p->setup);
	p->up.delay = p->down.delay = s->delay;
	mem_fail_at(s->fail_at, 0);
	r = room_add_peer(s->room, s->now, &p->setup);
	asked = mem_fail_at(0, 0);
	s->fail_at = s->fail_at > asked ? s->fail_at - asked : 0;
	if (r < 0) {
		check_eq(r, -ENOMEM);	/* tests seed no other failure here */
		sim_free_person(p);
		return NULL;
	}
	p->receiver.next_timer = p->receiver.next_report = s->now;
	p->receiver.next_arrivals = s->no_reports ? USEC_NEVER : s->now;
	for (unsigned kind = 0; kind < SOURCE_N; kind++)
		p->watched[kind] = (1u << ROOM_RIDS) - 1;
	s->people[s->n_people++] = p;
	room_set_ready(s->room, s->now, p->setup.id, true);
	sim_drain(s);
	return p;
}

struct sim_person *sim_join(struct sim *s)
{
	struct sim_person *p = sim_try_join(s);

	check(p);
	return p;
}

void sim_leave(struct sim *s, struct sim_person *p)
{
	uint32_t at = 0;

	while (s->people[at] != p)
		at++;
	s->people[at] = s->people[--s->n_people];
	sim_network_forget(&s->network, p);
	room_remove_peer(s->room, s->now, p->setup.id);
	sim_free_person(p);
	sim_drain(s);
}

void sim_open(struct sim *s, struct sim_person *p, enum source_kind kind)
{
	sim_sender_switch(&p->sender, s->now, kind, true);
	p->allowed |= SOURCE_BIT(kind);
	room_set_sources(s->room, s->now, p->setup.id, p->allowed);
	sim_drain(s);
}

void sim_close(struct sim *s, struct sim_person *p, enum source_kind kind)
{
	sim_sender_switch(&p->sender, s->now, kind, false);
	p->allowed &= ~SOURCE_BIT(kind);
	room_set_sources(s->room, s->now, p->setup.id, p->allowed);
	sim_drain(s);
}

static struct sim_person *sim_find(struct sim *s, struct peer_id id)
{
	for (uint32_t i = 0; i < s->n_people; i++)
		if (s->people[i]->id == id.value)
			return s->people[i];
	fail_msg("the room speaks of %u, who is not there", id.value);
	return NULL;
}

static void sim_pause(struct sim *s, struct sim_person *p, const struct room_out *out)
{
	struct sim_source *source = &p->sender.sources[out->source];

	check(out->source == SOURCE_CAMERA || out->source == SOURCE_SCREEN);
	check_eq(out->layers >> source->n_streams, 0);
	p->watched_changes++;
	if (p->watched[out->source] != out->layers) {
		check(!p->watched_at[out->source] || s->now >= p->watched_at[out->source] + SECONDS(1));
		p->watched_at[out->source] = s->now;
		p->watched[out->source] = out->layers;
	}
	for (uint32_t i = 0; p->obeys && i < source->n_streams; i++) {
		bool paused = !(out->layers >> i & 1);

		/* A layer that is taken up again starts with a key frame. */
		source->streams[i].key_due |= source->streams[i].paused && !paused;
		source->streams[i].paused = paused;
	}
}

static void sim_carry_out(struct sim *s, const struct room_out *out, struct bytes data)
{
	struct sim_person *p = sim_find(s, out->peer);

	switch (out->kind) {
	case ROOM_RTP:
		sim_receiver_inspect(&p->receiver, out->group, data);
		if (out->keep)
			room_keep(s->room, out, data);
		sim_network_send(&s->network, s->now, &p->down, p, false, false, data);
		break;
	case ROOM_SEALED:
		sim_receiver_inspect_again(&p->receiver, data);
		sim_network_send(&s->network, s->now, &p->down, p, false, false, data);
		break;
	case ROOM_RTCP:
		sim_network_send(&s->network, s->now, &p->down, p, false, true, data);
		break;
	case ROOM_SLOT:
		s->facts++;
		sim_receiver_told(&p->receiver, s->now, out->mid, out->from.value, out->source);
		break;
	case ROOM_HEARD:
		p->heard = out->on;
		p->heard_changes++;
		break;
	case ROOM_PAUSE:
		sim_pause(s, p, out);
		break;
	}
}

void sim_drain(struct sim *s)
{
	uint8_t buffer[LIMIT_DATAGRAM];
	struct room_out out;

	for (;;) {
		struct writer w = writer(buffer, sizeof(buffer));

		if (!room_poll(s->room, &w, &out))
			return;
		check(w.ok);
		sim_carry_out(s, &out, bytes_make(buffer, out.size));
	}
}

static void sim_arrive(struct sim *s, struct sim_datagram *d)
{
	struct sim_person *p = d->person;
	struct bytes data = bytes_make(d->data, d->size);

	if (!d->to_room && d->rtcp) {
		sim_sender_rtcp(&p->sender, s->now, data, &s->network, &p->up, p);
		sim_receiver_rtcp(&p->receiver, s->now, data);
	} else if (!d->to_room) {
		sim_receiver_rtp(&p->receiver, s->now, data);
	} else if (d->rtcp) {
		room_receive_rtcp(s->room, s->now, p->setup.id, data);
		sim_drain(s);
	} else {
		struct packet *packet = packet_new(s->pool);

		check(packet);
		packet->size = d->size;
		memcpy(packet->data, d->data, d->size);
		room_receive_rtp(s->room, s->now, p->setup.id, packet);
		packet_unref(packet);
		sim_drain(s);
	}
}

/* What is due now; the time of what is next. */
static usec_t sim_step(struct sim *s)
{
	struct sim_datagram *d;
	usec_t next;

	while ((d = sim_network_take(&s->network, s->now))) {
		sim_arrive(s, d);
		sim_network_give_back(&s->network, d);
	}
	if (room_deadline(s->room) <= s->now) {
		room_timeout(s->room, s->now);
		sim_drain(s);
		check(room_deadline(s->room) > s->now);	/* or a loop would spin */
	}
	next = MIN(sim_network_next(&s->network), room_deadline(s->room));
	for (uint32_t i = 0; i < s->n_people; i++) {
		struct sim_person *p = s->people[i];

		if (sim_sender_next(&p->sender) <= s->now)
			sim_sender_run(&p->sender, s->now, &s->network, &p->up, p);
		if (sim_receiver_next(&p->receiver) <= s->now)
			sim_receiver_run(&p->receiver, s->now, &s->network, &p->up, p);
		next = MIN(next, sim_sender_next(&p->sender));
		next = MIN(next, sim_receiver_next(&p->receiver));
	}
	return MIN(next, sim_network_next(&s->network));
}

void sim_run(struct sim *s, usec_t span)
{
	usec_t end = s->now + span;

	for (;;) {
		usec_t next = sim_step(s);

		if (next > end)
			break;
		s->now = MAX(next, s->now);
	}
	s->now = end;
}

struct sim_slot *sim_sees(struct sim_person *to, const struct sim_person *from, enum source_kind kind)
{
	struct sim_slot *slot = sim_slot_of(&to->receiver, from->id, kind);

	check(slot);
	return slot;
}
