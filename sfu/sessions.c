/* SPDX-License-Identifier: EUPL-1.2 */
/* All participants of a worker: each is a link, a place in a room, and what was agreed in SDP. In conclave-media.
 * Invariant: a session exists as long as its link and its place in a room; a room, as long as it has sessions. */
#include "sfu/sessions.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "base/limits.h"
#include "base/list.h"
#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/random.h"
#include "sfu/negotiate.h"
#include "sfu/room/room.h"

struct meeting_room {
	/* owned */
	struct room *room;

	/* state */
	struct list in_sessions;
	struct list in_dirty;	/* may have something to be polled */
	bool echo;		/* of one participant, who is in no meeting */
	usec_t arrived;		/* the first RTP since it had nothing to be polled; 0 = none */
	struct meeting_id meeting;
};

struct session {
	/* owned */
	struct link *link;

	/* borrowed from the sessions, which outlive us */
	struct meeting_room *place;

	/* state */
	struct list in_sessions;
	struct list in_echoes;	/* until `until` */
	usec_t until;
	struct peer_id peer;
	uint32_t seat;
	uint32_t sources;
	bool connected;
	uint64_t sdp_id;
	uint64_t sdp_version;
	struct room_peer_setup setup;
};

struct sessions {
	/* owned */
	struct map by_peer;
	struct list all;
	struct list rooms;
	struct list dirty;	/* of these */
	struct list echoes;	/* of all, in the order in which they end */

	/* borrowed from the worker */
	struct links *links;
	struct pool *pool;

	/* state */
	uint16_t port;
	usec_t send_by;		/* what rooms have is to be polled by then; USEC_NEVER = they have nothing */
	struct random random;
	struct address addresses[MSG_ADDRESSES];
	uint32_t n_addresses;
	uint16_t tcp_port;
	bool has_said;
	struct media_event said;	/* has_said: the answer to the last command */
	uint64_t counts[COUNT_N];	/* handshakes, and what rooms had counted when they went */
	struct list *presenting;	/* where the list for a new controller goes on; NULL = it has all of it */
	uint8_t answer[LIMIT_MESSAGE];
	struct negotiation negotiation;
};

DEFINE_CLEANUP(struct sessions *, sessions_free)

int sessions_new(struct sessions **ret, struct links *links, struct pool *pool, uint16_t port, uint64_t seed)
{
	_cleanup_(sessions_freep) struct sessions *s = mem_new(struct sessions);
	int r;

	if (!s)
		return -ENOMEM;
	list_init(&s->all);
	list_init(&s->rooms);
	list_init(&s->dirty);
	list_init(&s->echoes);
	s->send_by = USEC_NEVER;
	s->links = links;
	s->pool = pool;
	s->port = port;
	random_seed(&s->random, seed);
	r = map_init(&s->by_peer, LIMIT_PEERS);
	if (r < 0)
		return r;
	*ret = take(s);
	return 0;
}

static void count_room(const struct room *room, uint64_t counts[static COUNT_N])
{
	struct room_numbers n;

	room_count(room, &n);
	counts[COUNT_PACKETS_IN] += n.packets_in;
	counts[COUNT_PACKETS_OUT] += n.packets_out;
	counts[COUNT_BYTES_IN] += n.bytes_in;
	counts[COUNT_BYTES_OUT] += n.bytes_out;
	counts[COUNT_LOST] += n.lost;
	counts[COUNT_NACKS] += n.nacks;
	counts[COUNT_PLIS] += n.plis;
	counts[COUNT_DROPPED] += n.dropped;
}

void sessions_count(const struct sessions *s, uint64_t counts[static COUNT_N])
{
	const struct meeting_room *m;

	memcpy(counts, s->counts, sizeof(s->counts));
	list_for_each(m, &s->rooms, in_sessions)
		count_room(m->room, counts);
}

static struct meeting_room *meeting_room_free(struct sessions *s, struct meeting_room *m)
{
	count_room(m->room, s->counts);
	list_remove(&m->in_sessions);
	list_remove(&m->in_dirty);
	room_free(m->room);
	mem_free(m);
	return NULL;
}

/* It may have something to be polled, at the latest then. */
static void stir(struct sessions *s, struct meeting_room *m, usec_t by)
{
	if (list_empty(&m->in_dirty))
		list_push_back(&s->dirty, &m->in_dirty);
	s->send_by = MIN(s->send_by, by);
}

/* The room goes with its last participant. */
static struct session *session_end(struct sessions *s, usec_t now, struct session *x)
{
	struct meeting_room *place = x->place;

	room_remove_peer(place->room, now, x->peer);
	stir(s, place, now);
	if (room_peers(place->room) == 0)
		meeting_room_free(s, place);
	map_remove(&s->by_peer, x->peer.value);
	if (s->presenting == &x->in_sessions)
		s->presenting = x->in_sessions.next;
	list_remove(&x->in_sessions);
	list_remove(&x->in_echoes);
	links_remove(s->links, x->link);
	mem_free(x);
	return NULL;
}

struct sessions *sessions_free(struct sessions *s)
{
	struct session *x, *next;

	if (!s)
		return NULL;
	list_for_each_safe(x, next, &s->all, in_sessions)
		session_end(s, 0, x);
	map_done(&s->by_peer);
	mem_free(s);
	return NULL;
}

/* What does not fit is cut off. */
static void copy_text(char *ret, size_t size, const char *text)
{
	size_t n = strnlen(text, size - 1);

	memcpy(ret, text, n);
	ret[n] = 0;
}

static struct media_event event_with_word(enum media_event_kind kind, struct peer_id peer, const char *word)
{
	struct media_event e = { .kind = kind, .peer = peer };

	copy_text(e.word, sizeof(e.word), word);
	return e;
}

/* The one answer to a command. */
static void say(struct sessions *s, struct media_event e)
{
	assert(!s->has_said);
	s->has_said = true;
	s->said = e;
}

static void refuse(struct sessions *s, struct peer_id peer, const char *why)
{
	say(s, event_with_word(MEDIA_REFUSED, peer, why));
}

static struct meeting_room *meeting_room_new(struct sessions *s)
{
	struct meeting_room *m = mem_new(struct meeting_room);

	if (!m)
		return NULL;
	if (room_new(&m->room, s->pool, random_next(&s->random)) < 0) {
		mem_free(m);
		return NULL;
	}
	list_init(&m->in_dirty);
	list_push_back(&s->rooms, &m->in_sessions);
	return m;
}

/* Nobody else finds it. */
static struct meeting_room *room_of_echo(struct sessions *s)
{
	struct meeting_room *m;
	size_t count = 0;

	list_for_each(m, &s->rooms, in_sessions)
		count += m->echo;
	m = count < LIMIT_ECHOES ? meeting_room_new(s) : NULL;
	if (!m)
		return NULL;
	m->echo = true;
	room_set_echo(m->room);
	return m;
}

static struct meeting_room *room_of(struct sessions *s, struct meeting_id meeting)
{
	struct meeting_room *m;
	size_t count = 0;

	list_for_each(m, &s->rooms, in_sessions) {
		if (!m->echo && m->meeting.value == meeting.value)
			return m;
		count += !m->echo;
	}
	m = count < LIMIT_ROOMS ? meeting_room_new(s) : NULL;
	if (m)
		m->meeting = meeting;
	return m;
}

static void answer(struct sessions *s, const struct session *x)
{
	struct writer w = writer(s->answer, sizeof(s->answer));
	if (!negotiate_answer(&w, &s->negotiation, &(struct negotiation_answer){
			.ufrag = link_ufrag(x->link),
			.pwd = link_pwd(x->link),
			.fingerprint = links_fingerprint(s->links),
			.session_id = x->sdp_id,
			.version = x->sdp_version,
			.addresses = s->addresses,
			.n_addresses = s->n_addresses,
			.port = s->port,
			.tcp_port = s->tcp_port })) {
		refuse(s, x->peer, "answer-too-long");
		return;
	}
	say(s, (struct media_event){ .kind = MEDIA_ANSWER, .peer = x->peer, .sdp = written(&w) });
}

/* On failure nothing is left of it. */
static int session_begin(struct sessions *s, usec_t now, const struct media_command *c, struct session **ret)
{
	struct session *x = mem_new(struct session);
	int r;

	if (!x)
		return -ENOMEM;
	x->peer = c->peer;
	x->seat = c->seat;
	x->sources = c->sources;
	x->sdp_id = random_next(&s->random) >> 2;	/* fits a signed 64-bit number (RFC 8866, 5.2) */
	x->sdp_version = 1;
	x->setup = s->negotiation.setup;
	list_init(&x->in_echoes);
	r = links_add(s->links, &x->link, now, x, s->negotiation.fingerprint);
	if (r < 0)
		goto no_link;
	r = map_put(&s->by_peer, c->peer.value, x);
	if (r < 0)
		goto no_map;
	x->place = c->echo ? room_of_echo(s) : room_of(s, c->meeting);
	r = x->place ? room_add_peer(x->place->room, now, &x->setup) : -ENOSPC;
	if (r < 0)
		goto no_room;
	stir(s, x->place, now);
	list_push_back(&s->all, &x->in_sessions);
	x->until = now + SECONDS(LIMIT_ECHO_SECONDS);
	if (c->echo)
		list_push_back(&s->echoes, &x->in_echoes);
	*ret = x;
	return 0;

no_room:
	if (x->place && room_peers(x->place->room) == 0)
		meeting_room_free(s, x->place);
	map_remove(&s->by_peer, c->peer.value);
no_map:
	links_remove(s->links, x->link);
no_link:
	mem_free(x);
	return r;
}

static void add_peer(struct sessions *s, usec_t now, const struct media_command *c)
{
	struct session *x = map_get(&s->by_peer, c->peer.value);
	const char *refusal;

	if (x)
		session_end(s, now, x);
	refusal = negotiate_offer(&s->negotiation, c, NULL, &s->random);
	if (refusal) {
		refuse(s, c->peer, refusal);
		return;
	}
	if (session_begin(s, now, c, &x) < 0) {
		refuse(s, c->peer, "full");
		return;
	}
	answer(s, x);
	log_info("peer-added", LOG_NUMBER("peer", x->peer.value));
}

static void restart_ice(struct sessions *s, struct session *x, const struct media_command *c)
{
	const char *refusal = negotiate_offer(&s->negotiation, c, &x->setup, &s->random);

	if (refusal) {
		refuse(s, c->peer, refusal);
		return;
	}
	link_restart_ice(x->link);
	x->sdp_version++;
	answer(s, x);
}

static void present(struct sessions *s, usec_t now, const struct media_command *c)
{
	struct media_event ready = event_with_word(MEDIA_READY, (struct peer_id){ 0 }, links_cipher(s->links));
	struct meeting_room *m;

	memcpy(s->addresses, c->addresses, sizeof(s->addresses));
	s->n_addresses = c->n_addresses;
	s->tcp_port = c->tcp_port;
	links_set_worker(s->links, c->number);
	ready.version = MSG_VERSION;
	ready.port = s->port;
	say(s, ready);
	s->presenting = s->all.next;
	list_for_each(m, &s->rooms, in_sessions) {
		room_repeat_slots(m->room);
		stir(s, m, now);
	}
}

static void set_layout(struct session *x, usec_t now, const struct media_command *c)
{
	struct room_wish wishes[LIMIT_SLOTS];

	for (uint32_t i = 0; i < c->n_wishes; i++) {
		wishes[i].width = c->wishes[i].width;
		wishes[i].height = c->wishes[i].height;
		copy_text(wishes[i].mid, sizeof(wishes[i].mid), c->wishes[i].mid);
	}
	room_set_layout(x->place->room, now, x->peer, wishes, c->n_wishes);
}

static void command_to_peer(struct sessions *s, usec_t now, const struct media_command *c, struct session *x)
{
	switch (c->kind) {
	case MEDIA_SET_SOURCES:
		x->sources = c->sources;
		room_set_sources(x->place->room, now, x->peer, c->sources);
		break;
	case MEDIA_SET_RANK:
		room_set_rank(x->place->room, now, x->peer, c->rank);
		break;
	case MEDIA_SET_LAYOUT:
		set_layout(x, now, c);
		break;
	case MEDIA_RESTART_ICE:
		restart_ice(s, x, c);
		break;
	case MEDIA_REMOVE_PEER:
		log_info("peer-removed", LOG_NUMBER("peer", x->peer.value));
		session_end(s, now, x);
		return;
	case MEDIA_CONFIGURE:
	case MEDIA_ADD_PEER:
	case MEDIA_END:
	case MEDIA_TAKE_TCP:
		break;
	}
	stir(s, x->place, now);
}

void sessions_command(struct sessions *s, usec_t now, const struct media_command *c)
{
	struct session *x;

	switch (c->kind) {
	case MEDIA_CONFIGURE:
		present(s, now, c);
		return;
	case MEDIA_ADD_PEER:
		add_peer(s, now, c);
		return;
	case MEDIA_RESTART_ICE:
	case MEDIA_SET_SOURCES:
	case MEDIA_SET_RANK:
	case MEDIA_SET_LAYOUT:
	case MEDIA_REMOVE_PEER:
		x = map_get(&s->by_peer, c->peer.value);
		if (x)
			command_to_peer(s, now, c, x);
		else if (c->kind == MEDIA_RESTART_ICE)
			refuse(s, c->peer, "no-peer");
		return;
	case MEDIA_END:
		say(s, (struct media_event){ .kind = MEDIA_ENDING });
		return;
	case MEDIA_TAKE_TCP:		/* the worker's own */
		return;
	}
}

/* A part of a picture waits for the rest; a whole one, or sound, for nothing but the packets already read. */
static usec_t send_time(const struct meeting_room *m, usec_t now)
{
	if (room_is_crowded(m->room))
		return 0;
	return room_is_complete(m->room) ? now : now + SESSIONS_COALESCE;
}

void sessions_receive(struct sessions *s, usec_t now, const struct address *from, struct packet *p)
{
	struct link_in in;
	struct session *x;

	links_receive(s->links, now, from, p->data, p->size, &in);
	x = in.user;
	switch (in.kind) {
	case LINK_IN_NOTHING:
		return;
	case LINK_IN_RTP:
		p->size = (uint32_t)in.size;
		if (!x->place->arrived)
			x->place->arrived = now;
		room_receive_rtp(x->place->room, now, x->peer, p);
		break;
	case LINK_IN_RTCP:
		room_receive_rtcp(x->place->room, now, x->peer, bytes_make(p->data, in.size));
		break;
	}
	stir(s, x->place, send_time(x->place, now));
}

usec_t sessions_send_by(const struct sessions *s)
{
	return s->send_by;
}

usec_t sessions_deadline(const struct sessions *s)
{
	usec_t deadline = MIN(links_deadline(s->links), s->send_by);
	const struct session *echo = list_first(&s->echoes, struct session, in_echoes);
	struct meeting_room *m;

	list_for_each(m, &s->rooms, in_sessions)
		deadline = MIN(deadline, room_deadline(m->room));
	return echo ? MIN(deadline, echo->until) : deadline;
}

void sessions_timeout(struct sessions *s, usec_t now)
{
	struct meeting_room *m;

	links_timeout(s->links, now);
	list_for_each(m, &s->rooms, in_sessions) {
		if (room_deadline(m->room) > now)
			continue;
		room_timeout(m->room, now);
		stir(s, m, now);
	}
}

/* Every session, then the end of the list. */
static bool poll_presence(struct sessions *s, struct media_event *ret)
{
	struct list *at = s->presenting;
	const struct session *x;

	if (!at)
		return false;
	if (at == &s->all) {
		s->presenting = NULL;
		*ret = (struct media_event){ .kind = MEDIA_PRESENT_END };
		return true;
	}
	s->presenting = at->next;
	x = list_entry(at, struct session, in_sessions);
	*ret = (struct media_event){ .kind = MEDIA_PRESENT, .peer = x->peer, .meeting = x->place->meeting,
				     .seat = x->seat, .sources = x->sources, .on = x->connected };
	return true;
}

static bool poll_said(struct sessions *s, struct media_event *ret)
{
	if (!s->has_said)
		return poll_presence(s, ret);
	s->has_said = false;
	*ret = s->said;
	return true;
}

static void set_ready(struct sessions *s, struct session *x, usec_t now, bool ready)
{
	room_set_ready(x->place->room, now, x->peer, ready);
	stir(s, x->place, now);
}

/* Of one that was never secured. */
static void count_end(struct sessions *s, const struct session *x, const char *word)
{
	if (x->connected)
		return;
	if (strcmp(word, "fingerprint") == 0)
		s->counts[COUNT_HANDSHAKES_FINGERPRINT]++;
	else if (strcmp(word, "timeout") == 0)
		s->counts[COUNT_HANDSHAKES_TIMEOUT]++;
	else
		s->counts[COUNT_HANDSHAKES_FAILED]++;
}

/* True when it made an output. */
static bool carry_out_link(struct sessions *s, usec_t now, const struct link_out *out, uint8_t *area,
			   struct session_out *ret)
{
	struct session *x = out->user;

	if (out->kind == LINK_SEND) {	/* of whom does not matter, and the link may be gone */
		memcpy(area, out->data.data, out->data.size);
		*ret = (struct session_out){ .to = out->to, .size = out->data.size };
		return true;
	}
	*ret = (struct session_out){ .is_event = true };
	switch (out->kind) {
	case LINK_CONNECTED:
		x->connected = true;
		s->counts[COUNT_HANDSHAKES_DONE]++;
		set_ready(s, x, now, true);
		ret->event = event_with_word(MEDIA_CONNECTED, x->peer, out->word);
		log_info("peer-connected", LOG_NUMBER("peer", x->peer.value), LOG_WORD("profile", out->word));
		return true;
	case LINK_SILENT:
		ret->event = (struct media_event){ .kind = MEDIA_SILENT, .peer = x->peer, .on = out->on };
		return true;
	case LINK_SUSPENDED:
		set_ready(s, x, now, !out->on);
		return false;
	case LINK_CLOSED:
		ret->event = event_with_word(MEDIA_GONE, x->peer, out->word);
		count_end(s, x, out->word);
		log_info("peer-gone", LOG_NUMBER("peer", x->peer.value), LOG_WORD("why", out->word));
		session_end(s, now, x);
		return true;
	case LINK_SEND:
		break;
	}
	return false;
}

static int seal(const struct session *x, const struct room_out *out, uint8_t *area, struct session_out *ret)
{
	int r;

	if (out->kind == ROOM_RTCP)
		return link_protect_rtcp(x->link, area, &ret->size, &ret->to);
	if (out->kind == ROOM_SEALED)
		return link_way(x->link, &ret->to);
	r = link_protect_rtp(x->link, out->group, area, &ret->size, &ret->to);
	if (r == 0 && out->keep)
		room_keep(x->place->room, out, bytes_make(area, ret->size));
	return r;
}

static bool protect(struct sessions *s, const struct meeting_room *m, const struct room_out *out, uint8_t *area,
		    struct session_out *ret)
{
	struct session *x = map_get(&s->by_peer, out->peer.value);

	if (!x)
		return false;
	ret->is_event = false;		/* its event stands for nothing: this is each packet's path */
	ret->is_picture = out->kind == ROOM_RTP && (area[1] & 0x7f) != x->setup.opus;
	ret->size = out->size;
	ret->arrived = out->kind == ROOM_RTP ? m->arrived : 0;
	return seal(x, out, area, ret) == 0;
}

/* True when it made an output. */
static bool carry_out_room(struct sessions *s, const struct meeting_room *m, const struct room_out *out, uint8_t *area,
			   struct session_out *ret)
{
	switch (out->kind) {
	case ROOM_RTP:
	case ROOM_SEALED:
	case ROOM_RTCP:
		return protect(s, m, out, area, ret);
	case ROOM_SLOT:
		*ret = (struct session_out){ .is_event = true, .event = { .kind = MEDIA_SLOT, .peer = out->peer,
					     .from = out->from, .source = out->source } };
		copy_text(ret->event.mid, sizeof(ret->event.mid), out->mid);
		return true;
	case ROOM_HEARD:
		*ret = (struct session_out){ .is_event = true,
					     .event = { .kind = MEDIA_HEARD, .peer = out->peer, .on = out->on } };
		return true;
	case ROOM_PAUSE:
		*ret = (struct session_out){ .is_event = true, .event = { .kind = MEDIA_WATCHED, .peer = out->peer,
					     .source = out->source, .layers = out->layers } };
		return true;
	}
	return false;
}

static bool poll_rooms(struct sessions *s, uint8_t *area, struct session_out *ret)
{
	struct meeting_room *m;
	struct room_out out;

	while ((m = list_first(&s->dirty, struct meeting_room, in_dirty))) {
		struct writer w = writer(area, LIMIT_DATAGRAM);

		if (room_poll(m->room, &w, &out)) {
			if (carry_out_room(s, m, &out, area, ret))
				return true;
			continue;
		}
		list_remove(&m->in_dirty);
		m->arrived = 0;
	}
	s->send_by = USEC_NEVER;
	return false;
}

static bool poll_links(struct sessions *s, usec_t now, uint8_t *area, struct session_out *ret)
{
	struct link_out out;

	while (links_poll(s->links, &out))
		if (carry_out_link(s, now, &out, area, ret))
			return true;
	return false;
}

/* One that has lasted long enough. */
static bool poll_echo(struct sessions *s, usec_t now, struct session_out *ret)
{
	struct session *x = list_first(&s->echoes, struct session, in_echoes);

	if (!x || x->until > now)
		return false;
	*ret = (struct session_out){ .is_event = true, .event = event_with_word(MEDIA_GONE, x->peer, "over") };
	log_info("peer-gone", LOG_NUMBER("peer", x->peer.value), LOG_WORD("why", "over"));
	session_end(s, now, x);
	return true;
}

bool sessions_poll_answers(struct sessions *s, usec_t now, uint8_t *area, struct session_out *ret)
{
	if (s->has_said || s->presenting) {
		*ret = (struct session_out){ .is_event = true };
		if (poll_said(s, &ret->event))
			return true;
	}
	return poll_links(s, now, area, ret) || poll_echo(s, now, ret);
}

bool sessions_poll(struct sessions *s, usec_t now, uint8_t *area, struct session_out *ret)
{
	return sessions_poll_answers(s, now, area, ret) || poll_rooms(s, area, ret);
}
