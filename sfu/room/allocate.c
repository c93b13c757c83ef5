/* SPDX-License-Identifier: EUPL-1.2 */
/* Two rounds over the lines in order of importance: first the lowest layer of each, then more. What was given is kept
 * for its price; more must leave a margin, and wait after a fall, so that nothing swings. In conclave-media.
 * Invariant: see allocate.h. */
#include "sfu/room/allocate.h"

#include "base/mem.h"
#include "sfu/room/keyframe.h"
#include "sfu/room/peer.h"
#include "sfu/room/state.h"

/* In hundredths: of the rate, what may be allotted; the price of what is not yet given; and that of a voice that is
 * heard, which costs pictures nothing that it does not need. */
#define ALLOCATE_SHARE 95
#define ALLOCATE_MARGIN 115
#define ALLOCATE_VOICE 70
/* bit/s: who comes sees everybody, small, before anything is known of the way; nobody has heard anything yet that this
 * could spoil. Forty cameras of 600 kbit/s with all the key frames that those who come want of them, and voices; of the
 * client's 25 lines with layers, 5 Mbit/s. */
#define ALLOCATE_FIRST UINT64_C(45000000)
/* bit/s: less is too few packets to tell anything by. */
#define ALLOCATE_PROBE_LEAST UINT64_C(150000)
/* More than so many hundredths of what may be allotted are under way: no waiting for key frames. */
#define ALLOCATE_OVERLOAD 150
#define ALLOCATE_RAISE_WAIT SECONDS(4)
#define ALLOCATE_RAISE_WAIT_MOST SECONDS(30)
/* A raise that held for less was one too many. */
#define ALLOCATE_RAISE_HELD SECONDS(10)
/* Loss, in thousandths: frames of several packets hardly ever come whole, nor do their retransmissions … */
#define ALLOCATE_LOSSY 150
#define ALLOCATE_LOSSY_NO_MORE 100
/* … and a line that may be too narrow for its voices. */
#define ALLOCATE_LOSING 20

/* In order of importance. */
enum line_class { LINE_MICROPHONE, LINE_SCREEN_SOUND, LINE_LARGEST, LINE_SCREEN, LINE_CAMERA };

struct line {
	struct slot *slot;
	enum line_class class;
	uint32_t pixels;		/* drawn */
	int wish;
	int layer;			/* allotted … */
	uint8_t temporal;		/* … of it the layers in time up to this one */
};

struct allocation {
	struct line lines[LIMIT_SLOTS];
	uint32_t n;
	uint64_t left;			/* bit/s */
	uint64_t wanted;		/* bit/s, for all that is wished … */
	uint64_t least;			/* … and for the lowest layer of each */
	bool bounded;
	bool losing;
};

/* bit/s; 0 = there is no such thing. */
static uint64_t line_rate(const struct line *l, int layer, uint8_t temporal)
{
	const struct stream *s = &l->slot->track->streams[MAX(layer, 0)];

	if (layer == LAYER_NONE)
		return 0;
	return temporal < TEMPORAL_ALL ? stream_rate_up_to(s, temporal) : stream_rate(s);
}

static bool line_is_more(const struct line *l, int layer, uint8_t temporal)
{
	return layer > l->slot->aim || (layer == l->slot->aim && temporal > l->slot->temporal);
}

/* A line that is not reported on is no part of the rate that was found. */
static uint64_t line_price(const struct line *l, int layer, uint8_t temporal)
{
	uint64_t price = line_rate(l, layer, temporal);

	if (!l->slot->setup->twcc && l->slot->peer->setup.twcc_out)
		return 0;
	if (l->class == LINE_MICROPHONE && l->slot->aim != LAYER_NONE)
		return price * ALLOCATE_VOICE / 100;
	return line_is_more(l, layer, temporal) && l->slot->run.on ? price * ALLOCATE_MARGIN / 100 : price;
}

static int line_wish(const struct peer *p, const struct slot *slot)
{
	const struct track *t = slot->track;

	if (slot_hidden(slot))
		return LAYER_NONE;
	if (t->kind != SOURCE_CAMERA)
		return (int)t->n_streams - 1;
	if (p->lossy)
		return 0;
	return slot->wished ? layer_of_size(t->n_streams, slot->width, slot->height)
			    : layer_of_crowd(t->n_streams, p->room->n_open[SOURCE_CAMERA]);
}

static enum line_class line_class(enum source_kind kind)
{
	switch (kind) {
	case SOURCE_MICROPHONE:
		return LINE_MICROPHONE;
	case SOURCE_SCREEN_SOUND:
		return LINE_SCREEN_SOUND;
	case SOURCE_SCREEN:
		return LINE_SCREEN;
	case SOURCE_CAMERA:
	case SOURCE_N:
		break;
	}
	return LINE_CAMERA;
}

static bool line_goes_before(const struct line *a, const struct line *b)
{
	uint32_t rank = a->slot->track->peer->setup.rank, other = b->slot->track->peer->setup.rank;

	if (a->class != b->class)
		return a->class < b->class;
	if (a->pixels != b->pixels)
		return a->pixels > b->pixels;
	return rank != other ? rank > other : a->slot->number < b->slot->number;
}

static void allocate_collect(struct allocation *a, struct peer *p)
{
	for (uint32_t i = 0; i < p->setup.n_slots; i++) {
		struct slot *slot = &p->slots[i];
		struct line *l = &a->lines[a->n];

		if (!slot->track)
			continue;
		*l = (struct line){
			.slot = slot, .class = line_class(slot->track->kind), .layer = LAYER_NONE,
			.temporal = TEMPORAL_ALL,
			.pixels = (uint32_t)slot->width * slot->height, .wish = line_wish(p, slot),
		};
		a->wanted += line_price(l, l->wish, TEMPORAL_ALL);
		a->least += line_price(l, MIN(l->wish, 0), TEMPORAL_ALL);
		a->n++;
	}
}

static void allocate_sort(struct allocation *a)
{
	struct line *largest = NULL;

	for (uint32_t i = 0; i < a->n; i++) {
		struct line *l = &a->lines[i];

		if (l->class < LINE_LARGEST || l->wish == LAYER_NONE)
			continue;
		if (!largest || l->pixels > largest->pixels ||
		    (l->pixels == largest->pixels && line_goes_before(l, largest)))
			largest = l;
	}
	if (largest)
		largest->class = LINE_LARGEST;
	for (uint32_t i = 1; i < a->n; i++) {
		struct line moved = a->lines[i];
		uint32_t at = i;

		for (; at && line_goes_before(&moved, &a->lines[at - 1]); at--)
			a->lines[at] = a->lines[at - 1];
		a->lines[at] = moved;
	}
}

/* Gives the line this layer instead of what it was just given, if there is that much. */
static bool allocate_give(struct allocation *a, struct line *l, int layer, uint8_t temporal, usec_t now)
{
	const struct slot *s = l->slot;
	uint64_t price = line_price(l, layer, temporal), left = a->left + line_price(l, l->layer, l->temporal);

	if (price > left || (temporal < TEMPORAL_ALL && !line_rate(l, layer, temporal)))
		return false;
	if (line_is_more(l, layer, temporal) && s->fallen && now < s->fallen + s->raise_wait)
		return false;
	a->left = left - price;
	l->layer = layer;
	l->temporal = temporal;
	return true;
}

/* This layer, with as many of its layers in time as there is room for, from `least` on. */
static bool allocate_give_some(struct allocation *a, struct line *l, int layer, int least, usec_t now)
{
	for (int temporal = TEMPORAL_ALL; temporal >= least; temporal--)
		if (allocate_give(a, l, layer, (uint8_t)temporal, now))
			return true;
	return false;
}

/* The highest layer that can be had; rather half of its pictures than all of a smaller one. */
static void allocate_raise(struct allocation *a, struct line *l, usec_t now)
{
	int given = l->layer;

	if (given == LAYER_NONE)
		return;
	for (int layer = l->wish; layer >= given; layer--)
		if (allocate_give_some(a, l, layer, layer > given ? 0 : l->temporal + 1, now))
			return;
}

/* One microphone stays open, whatever it costs; and none that is heard is cut off while nothing is lost: the feedback
 * of a laptop that is busy comes late, and makes a line look narrow that is not. */
static bool line_is_kept(const struct allocation *a, const struct line *l, uint32_t place)
{
	return l->class == LINE_MICROPHONE && (place == 0 || (l->slot->aim != LAYER_NONE && !a->losing));
}

static void allocate_divide(struct allocation *a, usec_t now)
{
	allocate_sort(a);
	for (uint32_t i = 0; i < a->n; i++) {
		struct line *l = &a->lines[i];

		if (l->wish == LAYER_NONE || allocate_give_some(a, l, 0, 0, now) || !line_is_kept(a, l, i))
			continue;
		l->layer = 0;
		a->left = 0;
	}
	for (uint32_t i = 0; i < a->n; i++)
		allocate_raise(a, &a->lines[i], now);
}

/* What one who swings has to wait doubles. */
static void allocate_note(const struct line *l, usec_t now)
{
	struct slot *s = l->slot;

	if (!s->run.on && s->aim != LAYER_NONE)
		return;		/* nothing of it was seen yet */
	if (line_is_more(l, l->layer, l->temporal)) {
		s->raised = now;
	} else if ((l->layer < s->aim && l->layer < l->wish) || l->temporal < s->temporal) {
		bool held = !s->raised || !s->fallen || now >= s->raised + ALLOCATE_RAISE_HELD;

		s->raise_wait = held ? ALLOCATE_RAISE_WAIT : MIN(s->raise_wait * 2, ALLOCATE_RAISE_WAIT_MOST);
		s->fallen = now;
	}
}

static bool allocate_is_overload(const struct peer *p, uint64_t budget)
{
	uint64_t under_way = 0;

	for (uint32_t i = 0; i < p->setup.n_slots; i++)
		if (p->slots[i].run.on)
			under_way += stream_rate(&p->slots[i].track->streams[p->slots[i].run.layer]);
	return under_way > budget * ALLOCATE_OVERLOAD / 100;
}

static void allocate_apply(const struct line *l, usec_t now, bool overload)
{
	struct slot *s = l->slot;

	allocate_note(l, now);
	s->temporal = l->temporal;
	if (slot_aim(s, l->layer) || s->key_due)
		keyframe_want_switch(s, now);
	if (overload && s->run.on && s->run.layer > s->target)
		slot_cut(s);
}

static void allocate_probe(struct peer *p, usec_t now, uint64_t wanted)
{
	uint32_t rate = bandwidth_rate(&p->bandwidth, now);

	if (!p->ready || !peer_filling_slot(p) || !bandwidth_may_probe(&p->bandwidth, now, p->round_trip))
		return;
	bandwidth_probe(&p->bandwidth, now, MAX(MIN((uint64_t)rate * 2, wanted * 5 / 4), ALLOCATE_PROBE_LEAST));
	if (list_empty(&p->in_probing))
		list_push_back(&p->room->probing, &p->in_probing);
	peer_owe(p, 0);
}

static void allocate_judge_loss(struct peer *p)
{
	const struct bandwidth *b = &p->bandwidth;

	p->lossy = p->lossy ? MAX(b->loss, b->loss_usual) > ALLOCATE_LOSSY_NO_MORE
			    : b->loss + b->loss_last > 2 * ALLOCATE_LOSSY;
}

void allocate_lost(struct peer *p, usec_t now)
{
	if (p->lossy || p->bandwidth.loss <= ALLOCATE_LOSSY)
		return;
	p->lossy = true;
	allocate_peer(p, now);
}

void allocate_peer(struct peer *p, usec_t now)
{
	uint32_t rate = bandwidth_rate(&p->bandwidth, now);
	const struct bandwidth *b = &p->bandwidth;
	struct allocation a = {
		.bounded = rate != BANDWIDTH_UNBOUNDED,
		.losing = MAX(b->loss, MAX(b->loss_last, b->loss_usual)) >= ALLOCATE_LOSING,
	};
	bool overload;

	p->unsettled = false;
	p->next_allocation = now + PEER_ALLOCATION;
	allocate_judge_loss(p);
	allocate_collect(&a, p);
	a.left = (uint64_t)rate * ALLOCATE_SHARE / 100;
	if (bandwidth_is_new(b, now))
		a.left = MAX(a.left, MIN(a.least, ALLOCATE_FIRST));
	overload = a.bounded && allocate_is_overload(p, a.left);
	if (a.bounded && a.wanted > a.left) {
		allocate_divide(&a, now);
		allocate_probe(p, now, a.wanted * 100 / ALLOCATE_SHARE);
	} else {
		for (uint32_t i = 0; i < a.n; i++)
			a.lines[i].layer = a.lines[i].wish;
	}
	for (uint32_t i = 0; i < a.n; i++)
		allocate_apply(&a.lines[i], now, overload);
}

void allocate_track(struct track *t, usec_t now)
{
	struct slot *slot;

	list_for_each(slot, &t->slots, in_track)
		if (slot_aim(slot, slot->aim) && track_is_video(t) && slot->target != LAYER_NONE)
			keyframe_want_target(t, now);
}
