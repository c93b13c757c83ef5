/* SPDX-License-Identifier: EUPL-1.2 */
/* What media workers report, tied to people. In conclaved.
 * Invariant: an event about a peer that is unknown or leaving changes nothing; what a worker says moves nobody in or
 * out of a meeting. */
#include "server/hall/sound_check.h"

#include "base/log.h"

void hall_media_up(struct hall *h, unsigned worker)
{
	if (worker >= WORKERS_MOST)
		return;
	h->workers[worker] = (struct worker){ .up = true, .configure = true };
	log_info("media-up", LOG_NUMBER("worker", worker));
}

static struct connection *connection_of(const struct feed *p)
{
	struct connection *c = p->person->live.connection;

	return c && c->live.informed ? c : NULL;
}

static void ready(struct worker *w, const struct media_event *e)
{
	struct writer cipher = writer(w->cipher, sizeof(w->cipher) - 1);

	if (e->version != MSG_VERSION) {
		log_error("media-version", LOG_NUMBER("version", e->version));
		return;
	}
	w->port = e->port;
	write_string(&cipher, e->word);
	w->ready = true;
}

/* Whose media connection this was, if they are still inside and have no other. */
static struct person *owner_of(struct hall *h, const struct media_event *e)
{
	struct meeting *m;
	struct seat_row seat;
	struct person *p;

	if (store_seat_read(h->db, e->seat, &seat) <= 0 || seat.ended || seat.meeting != e->meeting.value)
		return NULL;
	m = hall_meeting(h, seat.meeting);
	p = m ? meeting_person(m, seat.person) : NULL;
	return p && person_is_inside(p) && person_fold(p)->seat == seat.number && !p->live.feed ? p : NULL;
}

/* Nobody can be seen on two workers: who is not where the others of the meeting are makes a new connection there. */
static struct person *settler(struct hall *h, unsigned worker, struct person *p)
{
	int home = p ? feed_home(h, p->meeting) : -1;
	struct connection *c = p ? p->live.connection : NULL;

	if (home < 0 || (unsigned)home == worker)
		return p;
	if (c && c->live.informed)
		tell_media_lost(h, c);
	return NULL;
}

static void adopt(struct hall *h, unsigned worker, const struct media_event *e)
{
	struct person *owner = settler(h, worker, owner_of(h, e));
	struct feed *p;

	if (feed_find(h, e->peer) || feed_new(h, owner, worker, e->peer, &p) < 0)
		return;
	p->known = p->answered = true;
	if (!owner) {
		feed_leave(h, p);
		return;
	}
	owner->live.sources = p->sources = e->sources & ((1u << SOURCE_N) - 1);
	/* A mute may not have reached the worker when we died; nor may their own word behind it: they say it again. */
	if (person_is_muted(owner))
		owner->live.sources &= ~SOURCE_BIT(SOURCE_MICROPHONE);
	if (owner->live.sources & SOURCE_BIT(SOURCE_MICROPHONE))
		owner->live.opened = ++owner->meeting->opened_microphones;
	p->tell_rank = true;
	feed_change(h, p);
	person_change(h, owner);
	if (connection_of(p))
		connection_tell(h, connection_of(p), TELL_STATE);
}

static void set_slot(struct hall *h, struct feed *p, const struct media_event *e)
{
	uint32_t i = 0;

	while (i < p->n_slots && strcmp(p->slots[i].mid, e->mid) != 0)
		i++;
	if (e->from.value) {
		if (i == LIMIT_SLOTS || e->source >= SOURCE_N)
			return;
		p->n_slots = MAX(p->n_slots, i + 1);
		p->slots[i] = (struct slot){ .from = e->from, .source = e->source };
		memcpy(p->slots[i].mid, e->mid, MIN(strlen(e->mid), sizeof(p->slots[i].mid) - 1));
	} else if (i < p->n_slots) {
		p->slots[i] = p->slots[--p->n_slots];
	}
	if (connection_of(p))
		connection_tell(h, connection_of(p), TELL_SLOTS);
}

static void set_watched(struct hall *h, struct feed *p, const struct media_event *e)
{
	if (e->source >= SOURCE_N || p->watched[e->source] == e->layers)
		return;
	p->watched[e->source] = e->layers;
	if (connection_of(p))
		connection_tell(h, connection_of(p), TELL_WATCHED);
}

/* From entering on; a connection that is made anew later is none of it. */
static void count_joining(struct hall *h, struct person *p)
{
	static const usec_t limits[] = HALL_JOIN_LIMITS;
	usec_t span = h->now - p->entered;
	unsigned i = 0;

	_Static_assert(ARRAY_SIZE(limits) + 1 == HALL_JOIN_N, "one bucket more than limits");
	if (!p->entered)
		return;
	p->entered = 0;
	while (i < ARRAY_SIZE(limits) && span > MSEC(limits[i]))
		i++;
	h->numbers.joining[i]++;
	h->numbers.joining_usec += span;
}

static void refused(struct hall *h, struct feed *p, const char *word)
{
	struct connection *c = connection_of(p);

	if (c)
		connection_error(h, c, "offer-refused", "offer", word);
	if (!p->answered)
		feed_free(h, p);
}

/* The worker gave the peer up. Who can be told makes a new one; unless it was their own doing. */
static void gone(struct hall *h, struct feed *p, const char *word)
{
	struct connection *c = connection_of(p);
	struct person *person = p->person;

	log_info("media-gone", LOG_NUMBER("meeting", person->meeting->row.number), LOG_NUMBER("person", person->id),
		LOG_WORD("why", word));
	feed_free(h, p);
	if (person->live.heard) {
		person->live.heard = false;
		person_change(h, person);
	}
	if (!c || strcmp(word, "closed") == 0)
		return;
	if (strcmp(word, "timeout") == 0)
		tell_media_lost(h, c);
	else
		connection_error(h, c, "offer-refused", "offer", word);
}

static void feed_event(struct hall *h, struct feed *p, const struct media_event *e)
{
	struct connection *c = connection_of(p);

	switch (e->kind) {
	case MEDIA_ANSWER:
		p->answered = true;
		if (c)
			tell_answer(h, c, p->id, e->sdp);
		break;
	case MEDIA_REFUSED:
		refused(h, p, e->word);
		break;
	case MEDIA_CONNECTED:
		log_info("media-connected", LOG_NUMBER("meeting", p->person->meeting->row.number),
			LOG_NUMBER("person", p->person->id), LOG_WORD("profile", e->word));
		count_joining(h, p->person);
		break;
	case MEDIA_WATCHED:
		set_watched(h, p, e);
		break;
	case MEDIA_SLOT:
		set_slot(h, p, e);
		break;
	case MEDIA_HEARD:
		if (p->person->live.heard == e->on)
			break;
		p->person->live.heard = e->on;
		person_change(h, p->person);
		break;
	case MEDIA_SILENT:
		p->silent = e->on;
		person_watch(h, p->person);
		break;
	case MEDIA_GONE:
		gone(h, p, e->word);
		break;
	case MEDIA_READY:
	case MEDIA_PRESENT:
	case MEDIA_PRESENT_END:
	case MEDIA_NUMBERS:
	case MEDIA_ENDING:
		break;
	}
}

void hall_media_event(struct hall *h, unsigned worker, const struct media_event *e)
{
	struct feed *p;

	if (worker >= WORKERS_MOST || !h->workers[worker].up)
		return;
	switch (e->kind) {
	case MEDIA_READY:
		ready(&h->workers[worker], e);
		break;
	case MEDIA_PRESENT:
		adopt(h, worker, e);
		break;
	case MEDIA_PRESENT_END:
		h->workers[worker].presented = true;
		break;
	case MEDIA_NUMBERS:	/* the shell adds them up */
	case MEDIA_ENDING:
		break;
	case MEDIA_ANSWER:
	case MEDIA_REFUSED:
	case MEDIA_CONNECTED:
	case MEDIA_SLOT:
	case MEDIA_HEARD:
	case MEDIA_SILENT:
	case MEDIA_GONE:
	case MEDIA_WATCHED:
		p = feed_find(h, e->peer);
		if (!p)
			sound_check_event(h, worker, e);
		else if (p->worker == worker && !p->leaving)
			feed_event(h, p, e);
		break;
	}
}

static void lose_media(struct hall *h, struct feed *p)
{
	struct connection *c = p->leaving ? NULL : connection_of(p);
	struct person *person = p->leaving ? NULL : p->person;

	feed_free(h, p);
	if (person && person->live.heard) {
		person->live.heard = person->kept.heard = false;
		person_change(h, person);
	}
	if (c)
		tell_media_lost(h, c);
}

void hall_media_down(struct hall *h, unsigned worker)
{
	struct meeting *m, *next_meeting;
	struct feed *p, *following;

	if (worker >= WORKERS_MOST || !h->workers[worker].up)
		return;
	log_at(h->workers[worker].ending ? LOG_LEVEL_INFO : LOG_LEVEL_WARN, "media-down", LOG_NUMBER("worker", worker));
	h->workers[worker] = (struct worker){ 0 };
	sound_check_down(h, worker);
	list_for_each_safe(m, next_meeting, &h->meetings, in_hall) {
		struct event e = { .kind = EVENT_MEDIA_RESTARTED };
		bool affected = false;

		list_for_each(p, &h->feeds, in_hall)
			affected |= p->worker == worker && p->person && p->person->meeting == m && !p->leaving;
		if (affected)
			hall_observe(h, m, &e);
	}
	list_for_each_safe(p, following, &h->feeds, in_hall)
		if (p->worker == worker)
			lose_media(h, p);
}
