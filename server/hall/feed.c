/* SPDX-License-Identifier: EUPL-1.2 */
/* Media connections as conclaved sees them: numbers that a worker knows, tied to people that it does not. In
 * conclaved.
 * Invariant: a worker is asked for a peer only for somebody inside, and told to remove it when they no longer are. */
#include "server/hall/sound_check.h"

#include <errno.h>

struct feed *feed_find(const struct hall *h, struct peer_id id)
{
	return map_get(&h->feeds_by_id, id.value);
}

void feed_print_id(struct peer_id id, char ret[static MEDIA_ID_SIZE])
{
	struct writer w = writer(ret, MEDIA_ID_SIZE);

	write_format(&w, "%08x", id.value);
	write_u8(&w, 0);
}

void feed_change(struct hall *h, struct feed *p)
{
	if (list_empty(&p->in_changed))
		list_push_back(&h->changed_feeds, &p->in_changed);
}

int feed_new(struct hall *h, struct person *person, unsigned worker, struct peer_id id, struct feed **ret)
{
	struct feed *p = mem_new(struct feed);
	int r;

	if (!p)
		return -ENOMEM;
	*p = (struct feed){ .person = person, .worker = worker, .id = id };
	for (int i = 0; i < SOURCE_N; i++)
		p->watched[i] = (1u << MSG_LAYERS) - 1;
	r = map_put(&h->feeds_by_id, id.value, p);
	if (r < 0) {
		mem_free(p);
		return r;
	}
	list_init(&p->in_changed);
	list_push_back(&h->feeds, &p->in_hall);
	if (person)
		person->live.feed = p;
	*ret = p;
	return 0;
}

struct feed *feed_free(struct hall *h, struct feed *p)
{
	struct person *person = p->person;

	if (person && person->live.feed == p)
		person->live.feed = NULL;
	if (person && person->kept.feed == p)
		person->kept.feed = NULL;
	(void)map_remove(&h->feeds_by_id, p->id.value);
	list_remove(&p->in_changed);
	list_remove(&p->in_hall);
	mem_free(p->offer);
	mem_free(p);
	return NULL;
}

void feed_restore(struct hall *h)
{
	struct feed *p, *following;

	list_for_each_safe(p, following, &h->feeds, in_hall) {
		struct connection *c = p->person ? p->person->live.connection : NULL;

		if (p->fresh) {
			feed_free(h, p);
			continue;
		}
		p->removed = false;
		p->leaving = !p->person;
		p->tell_sources = p->tell_rank = true;
		p->tell_layout = p->n_wishes;
		feed_change(h, p);
		if (c && c->live.informed)
			connection_tell(h, c, TELL_SLOTS | TELL_WATCHED);
	}
	for (unsigned i = 0; i < WORKERS_MOST; i++)
		h->workers[i].ending = false;
}

void feed_leave(struct hall *h, struct feed *p)
{
	p->leaving = true;
	if (p->person && p->person->live.feed == p)
		p->person->live.feed = NULL;
	feed_change(h, p);
}

static enum media_role role_of(const char *word)
{
	static const enum media_role roles[] = {
		ROLE_MICROPHONE, ROLE_CAMERA, ROLE_SCREEN, ROLE_SCREEN_SOUND, ROLE_AUDIO, ROLE_VIDEO,
	};

	return roles[word_index(word, protocol_roles)];
}

static struct offer *offer_new(const struct wire_node *message)
{
	struct bytes sdp = bytes_of_string(wire_text(message, "sdp"));
	struct offer *o = mem_alloc(sizeof(*o) + sdp.size);
	const char *mid, *role;

	if (!o)
		return NULL;
	o->restart = wire_boolean(message, "restart");
	o->size = sdp.size;
	if (sdp.size)
		memcpy(o->sdp, sdp.data, sdp.size);
	for (; wire_pair(message, "roles", o->n_lines, &mid, &role); o->n_lines++) {
		struct media_line *line = &o->lines[o->n_lines];

		memcpy(line->mid, mid, MIN(strlen(mid), sizeof(line->mid) - 1));
		line->role = role_of(role);
	}
	return o;
}

uint32_t feed_count(const struct hall *h, unsigned worker)
{
	const struct feed *p;
	uint32_t n = 0;

	list_for_each(p, &h->feeds, in_hall)
		n += p->worker == worker && !p->leaving;
	return n;
}

int feed_home(const struct hall *h, const struct meeting *m)
{
	const struct feed *p;

	list_for_each(p, &h->feeds, in_hall)
		if (!p->leaving && p->person && p->person->meeting == m)
			return (int)p->worker;
	return -1;
}

/* Better first: one that stays, one that is ready, one with fewer people. */
static bool is_better(const struct hall *h, unsigned one, unsigned other)
{
	const struct worker *a = &h->workers[one], *b = &h->workers[other];

	if (a->draining != b->draining)
		return b->draining;
	if (a->ready != b->ready)
		return a->ready;
	return feed_count(h, one) < feed_count(h, other);
}

int feed_find_home(const struct hall *h, const struct meeting *m)
{
	int home = feed_home(h, m);

	if (home >= 0)
		return home;
	for (unsigned i = 0; i < WORKERS_MOST; i++)
		if (h->workers[i].up && !h->workers[i].ending && (home < 0 || is_better(h, i, (unsigned)home)))
			home = (int)i;
	return home;
}

struct peer_id feed_fresh_id(struct hall *h)
{
	struct peer_id id;

	do
		id.value = (uint32_t)random_next(&h->random);
	while (!id.value || feed_find(h, id) || sound_check_has(h, id));
	return id;
}

static bool is_living_media(const struct person *p, const char *media)
{
	char id[MEDIA_ID_SIZE];

	if (!p->live.feed || !media)
		return false;
	feed_print_id(p->live.feed->id, id);
	return strcmp(id, media) == 0;
}

void feed_offer(struct hall *h, struct connection *c, const struct wire_node *message)
{
	struct person *person = c->live.person;
	struct feed *old = person->live.feed, *p = old;
	int home = feed_find_home(h, person->meeting);
	struct offer *offer;

	if (wire_boolean(message, "restart") && !is_living_media(person, wire_text(message, "media"))) {
		connection_error(h, c, "offer-refused", "offer", "media");
		return;
	}
	offer = home >= 0 ? offer_new(message) : NULL;
	if (!offer || (!offer->restart && feed_new(h, person, (unsigned)home, feed_fresh_id(h), &p) < 0)) {
		mem_free(offer);
		connection_error(h, c, "media-unavailable", "offer", NULL);
		return;
	}
	if (p != old) {
		p->fresh = true;
		if (old)
			feed_leave(h, old);
	}
	mem_free(p->offer);
	p->offer = offer;
	feed_change(h, p);
}

/* The generic cell rate algorithm. */
static bool is_in_pace(struct hall *h, struct connection *c)
{
	const usec_t each = SECONDS(1) / LIMIT_LAYOUTS_PER_SECOND;
	usec_t until = MAX(c->layouts_due, h->now) + each;

	if (until - h->now > LIMIT_LAYOUTS_BURST * each) {
		hall_misused(h, c, HALL_TOO_FAST);
		return false;
	}
	c->layouts_due = until;
	return true;
}

/* Means nothing without a media connection: whoever makes one says it again. */
void feed_layout(struct hall *h, struct connection *c, const struct wire_node *message)
{
	struct feed *p = c->live.person->live.feed;

	if (!is_in_pace(h, c) || !p)
		return;
	p->n_wishes = (uint32_t)wire_count(message, "lines");
	for (uint32_t i = 0; i < p->n_wishes; i++) {
		const struct wire_node *line = wire_item(message, "lines", i);
		struct media_wish *wish = &p->wishes[i];
		const char *mid = wire_text(line, "mid");

		*wish = (struct media_wish){ .width = (uint16_t)wire_integer(line, "width"),
					     .height = (uint16_t)wire_integer(line, "height") };
		memcpy(wish->mid, mid, MIN(strlen(mid), sizeof(wish->mid) - 1));
	}
	p->tell_layout = true;
	feed_change(h, p);
}

/* One command, and the offer's bytes live until the next poll. */
static void command_offer(struct hall *h, struct feed *p, struct media_command *c)
{
	struct offer *o = take(p->offer);

	c->kind = o->restart ? MEDIA_RESTART_ICE : MEDIA_ADD_PEER;
	c->sdp = bytes_make(o->sdp, o->size);
	c->n_lines = o->n_lines;
	memcpy(c->lines, o->lines, sizeof(c->lines));
	if (!o->restart) {
		c->meeting = (struct meeting_id){ p->person->meeting->row.number };
		c->seat = person_fold(p->person)->seat;
		c->sources = p->sources = mask_sources(p->person);
		c->rank = p->rank = mask_rank(p->person);
		p->known = true;
		p->tell_sources = p->tell_rank = false;
	}
	h->polled_offer = o;
}

/* What there is to say of this peer; false when nothing is. */
static bool command_of(struct hall *h, struct feed *p, struct media_command *c)
{
	*c = (struct media_command){ .peer = p->id };
	if (p->leaving) {
		if (p->removed || !p->known)
			return false;
		p->removed = true;
		c->kind = MEDIA_REMOVE_PEER;
	} else if (p->offer) {
		command_offer(h, p, c);
	} else if (p->tell_sources && p->known) {
		p->tell_sources = false;
		c->kind = MEDIA_SET_SOURCES;
		c->sources = p->sources = mask_sources(p->person);
	} else if (p->tell_rank && p->known) {
		p->tell_rank = false;
		c->kind = MEDIA_SET_RANK;
		c->rank = p->rank = mask_rank(p->person);
	} else if (p->tell_layout && p->known) {
		p->tell_layout = false;
		c->kind = MEDIA_SET_LAYOUT;
		c->n_wishes = p->n_wishes;
		memcpy(c->wishes, p->wishes, p->n_wishes * sizeof(c->wishes[0]));
	} else {
		return false;
	}
	return true;
}

/* Drained, and nobody is left on it, nor to be removed from it: a fresh one takes its place. */
static bool poll_end(struct hall *h, unsigned *worker)
{
	const struct feed *p;
	uint32_t on = 0;

	for (unsigned i = 0; i < WORKERS_MOST; i++)
		if (h->workers[i].draining && h->workers[i].presented && !h->workers[i].ending)
			on |= 1u << i;
	if (!on)
		return false;
	list_for_each(p, &h->feeds, in_hall)
		on &= ~(1u << p->worker);
	for (unsigned i = 0; i < WORKERS_MOST; i++)
		if (sound_check_count(h, i))
			on &= ~(1u << i);
	if (!on)
		return false;
	*worker = (unsigned)__builtin_ctz(on);
	h->workers[*worker].ending = true;
	h->command = (struct media_command){ .kind = MEDIA_END };
	return true;
}

static bool poll_configure(struct hall *h, unsigned *worker)
{
	for (unsigned i = 0; i < WORKERS_MOST; i++) {
		if (!h->workers[i].configure)
			continue;
		h->workers[i].configure = false;
		h->command = (struct media_command){ .kind = MEDIA_CONFIGURE, .number = i, .tcp_port = h->tcp_port,
						     .n_addresses = h->n_addresses };
		memcpy(h->command.addresses, h->addresses, sizeof(h->command.addresses));
		*worker = i;
		return true;
	}
	return false;
}

bool feed_poll(struct hall *h, struct hall_out *ret)
{
	unsigned worker;
	struct feed *p;

	mem_free(h->polled_offer);
	h->polled_offer = NULL;
	if (poll_configure(h, &worker) || poll_end(h, &worker)) {
		*ret = (struct hall_out){ .kind = HALL_MEDIA, .worker = worker, .command = &h->command };
		return true;
	}
	while ((p = list_first(&h->changed_feeds, struct feed, in_changed))) {
		if (h->workers[p->worker].up && command_of(h, p, &h->command)) {
			*ret = (struct hall_out){ .kind = HALL_MEDIA, .worker = p->worker, .command = &h->command };
			return true;
		}
		list_remove(&p->in_changed);
	}
	return false;
}
