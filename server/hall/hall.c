/* SPDX-License-Identifier: EUPL-1.2 */
/* The hall itself: its life, its clock, and the drain. In conclaved. */
#include "server/hall/delivery.h"

#include <errno.h>

#include "base/log.h"
#include "server/hall/gate.h"
#include "server/hall/oidc.h"
#include "server/hall/security.h"
#include "server/hall/sound_check.h"

static int load_meeting(struct hall *h, const struct meeting_row *row)
{
	struct event restarted = { .kind = EVENT_SERVER_RESTARTED };
	struct meeting *m = NULL;
	struct person *p;
	int r;

	r = meeting_load(&m, h->db, log_key_server(h->key), row, h->now, h->wall);
	if (r < 0) {
		log_error("meeting-unreadable", LOG_NUMBER("meeting", row->number), LOG_ERROR(r));
		/* One whose records were altered is not held; the others are. */
		return r == -EBADMSG ? 0 : r;
	}
	list_push_back(&h->meetings, &m->in_hall);
	h->n_meetings++;
	if (m->fold->phase != PHASE_OPEN)
		return 0;
	hall_observe(h, m, &restarted);
	m->delivery->restarted = true;
	second_forget_invites(h, m);
	meeting_for_each(p, m)
		if (person_is_inside(p) || person_fold(p)->aside)
			p->live.silent_since = p->kept.silent_since = h->now;
	meeting_for_each(p, m) {
		p->live.here = p->kept.here = person_is_inside(p);
		p->live.aside = p->kept.aside = person_fold(p)->aside;
	}
	return 0;
}

static int load_meetings(struct hall *h)
{
	/* Created ones are refused above LIMIT_MEETINGS, so there are never more. */
	_cleanup_(mem_freep) struct meeting_row *rows = mem_new_array(struct meeting_row, LIMIT_MEETINGS);
	int n, r = 0;

	if (!rows)
		return -ENOMEM;
	n = store_meetings_live(h->db, rows, LIMIT_MEETINGS);
	for (int i = 0; r == 0 && i < n; i++)
		r = load_meeting(h, &rows[i]);
	return n < 0 ? n : r;
}

static int start(struct hall *h, const struct hall_config *config)
{
	int r;

	h->origin = mem_copy_string(config->origin);
	h->client = mem_copy_string(config->client ? config->client : config->origin);
	h->scratch = mem_alloc(SCRATCH_SIZE);
	if (!h->origin || !h->client || !h->scratch)
		return -ENOMEM;
	r = gate_new(&h->gate, config);
	if (r == 0)
		r = security_new(h);
	if (r < 0)
		return r;
	r = map_init(&h->feeds_by_id, LIMIT_PEERS);
	if (r < 0)
		return r;
	hall_plan_hand_on(h);
	r = load_meetings(h);
	if (r == 0)
		(void)hall_commit(h);	/* a full disk keeps nobody out */
	return r;
}

int hall_new(struct hall **ret, struct db *db, const struct hall_config *config, usec_t now, usec_t wall)
{
	struct hall *h = mem_new(struct hall);
	int r;

	if (!h)
		return -ENOMEM;
	list_init(&h->meetings);
	list_init(&h->connections);
	list_init(&h->feeds);
	list_init(&h->sound_checks);
	list_init(&h->ready);
	list_init(&h->changed_feeds);
	h->db = db;
	h->key = config->key;
	h->hand_on_at = USEC_NEVER;
	h->now = now;
	h->wall = wall;
	h->n_addresses = MIN(config->n_addresses, (uint32_t)MSG_ADDRESSES);
	memcpy(h->addresses, config->addresses, sizeof(h->addresses));
	h->tcp_port = config->tcp_port;
	h->turn = config->turn;
	random_seed(&h->random, config->seed);
	policy_init(&h->policy);
	if (config->policy)
		h->policy = *config->policy;
	r = start(h, config);
	if (r < 0) {
		hall_free(h);
		return r;
	}
	*ret = h;
	return 0;
}

struct hall *hall_free(struct hall *h)
{
	struct connection *c, *next_connection;
	struct meeting *m, *next_meeting;
	struct feed *p, *next_feed;

	if (!h)
		return NULL;
	list_for_each_safe(c, next_connection, &h->connections, in_hall)
		connection_free(h, c);
	sound_check_free_all(h);
	list_for_each_safe(p, next_feed, &h->feeds, in_hall)
		feed_free(h, p);
	list_for_each_safe(m, next_meeting, &h->meetings, in_hall)
		meeting_free(m);
	security_free(h);
	map_done(&h->feeds_by_id);
	h->gate = gate_free(h->gate);
	mem_free(h->polled);
	mem_free(h->polled_offer);
	mem_free(h->scratch);
	if (h->answer)
		mem_wipe(h->answer, h->answer_room);
	mem_free(h->answer);
	mem_free(h->origin);
	mem_free(h->client);
	mem_free(h);
	return NULL;
}

void hall_set_time(struct hall *h, usec_t now, usec_t wall)
{
	h->now = now;
	h->wall = wall;
	h->acting = NULL;
}

struct connection *hall_connect(struct hall *h, const char *cookies, void *user)
{
	struct connection *c;

	if (h->n_connections >= LIMIT_CONNECTIONS)
		return NULL;
	c = mem_new(struct connection);
	if (!c)
		return NULL;
	c->cookies = mem_copy_string(cookies);
	if (!c->cookies) {
		mem_free(c);
		return NULL;
	}
	c->user = user;
	c->alive = true;
	c->hello_by = h->now + HELLO_TIME;
	list_init(&c->texts);
	list_init(&c->in_ready);
	list_push_back(&h->connections, &c->in_hall);
	h->n_connections++;
	return c;
}

void hall_receive(struct hall *h, struct connection *c, struct bytes text)
{
	connection_receive(h, c, text);
}

void hall_misused(struct hall *h, struct connection *c, enum hall_misuse why)
{
	switch (why) {
	case HALL_TOO_LARGE:
		connection_send(h, c, tell_error(h, "too-large", NULL, NULL));
		connection_close(h, c, CLOSE_TOO_LARGE);
		break;
	case HALL_TOO_FAST:
		connection_send(h, c, tell_error(h, "slow-down", NULL, NULL));
		connection_close(h, c, CLOSE_POLICY);
		break;
	case HALL_BINARY:
		connection_close(h, c, CLOSE_BINARY);
		break;
	}
}

/* What the network did cannot be undone by a commit that fails: `kept` changes too. */
static void set_silent(struct hall *h, struct person *p, usec_t since)
{
	p->live.silent_since = p->kept.silent_since = since;
	person_watch(h, p);
}

void hall_alive(struct hall *h, struct connection *c, bool alive)
{
	struct person *p = c->live.person;

	c->alive = alive;
	if (!p || p->live.connection != c)
		return;
	if (alive)
		set_silent(h, p, USEC_NEVER);
	else if (p->live.silent_since == USEC_NEVER)
		set_silent(h, p, h->now > LOST_TIME ? h->now - LOST_TIME : 0);
}

void hall_disconnect(struct hall *h, struct connection *c)
{
	struct person *p = c->live.person;
	bool tied = p && p->live.connection == c;

	connection_free(h, c);
	delivery_change(h);
	if (tied)
		set_silent(h, p, MIN(p->live.silent_since, h->now));
}

static struct bytes compose(struct hall *h, const struct connection *c, unsigned what)
{
	switch (what) {
	case TELL_LOBBY:
		return tell_lobby(h, c);
	case TELL_STATE:
		return tell_state(h, c);
	case TELL_WAITING:
		return tell_waiting(h, c);
	case TELL_ASIDE:
		return tell_aside(h, c);
	case TELL_WATCHED:
		return tell_watched(h, c);
	default:
		return tell_slots(h, c);
	}
}

static bool poll_text(struct hall *h, struct connection *c, struct bytes *ret)
{
	struct text *t = list_first(&c->texts, struct text, in_queue);

	if (t) {
		list_remove(&t->in_queue);
		h->polled = t;
		*ret = bytes_make(t->data, t->size);
		return true;
	}
	while (c->tell) {
		unsigned what = c->tell & -c->tell;

		if (what == TELL_WANTED) {
			*ret = tell_key_wanted_next(h, c);
			if (ret->size)
				return true;
			c->tell &= ~what;
			continue;
		}
		/* The state holds the other lists. */
		c->tell &= what == TELL_STATE ? TELL_WANTED | TELL_WATCHED : ~what;
		*ret = compose(h, c, what);
		if (ret->size)
			return true;
		connection_close(h, c, CLOSE_NO_MEMORY);
	}
	return false;
}

static bool poll_connection(struct hall *h, struct connection *c, struct hall_out *ret)
{
	struct bytes text;

	if (poll_text(h, c, &text)) {
		*ret = (struct hall_out){ .kind = HALL_SEND, .user = c->user, .text = text };
		return true;
	}
	if (c->live.close_code && !c->live.closed) {
		c->live.closed = true;
		*ret = (struct hall_out){ .kind = HALL_CLOSE, .user = c->user, .close_code = c->live.close_code };
		return true;
	}
	return false;
}

bool hall_poll(struct hall *h, struct hall_out *ret)
{
	struct connection *c;

	mem_free(h->polled);
	h->polled = NULL;
	delivery_settle(h);
	hall_tell_changed(h);
	if (feed_poll(h, ret) || sound_check_poll(h, ret) || gate_poll(h, ret))
		return true;
	while ((c = list_first(&h->ready, struct connection, in_ready))) {
		if (poll_connection(h, c, ret))
			return true;
		list_remove(&c->in_ready);
	}
	return false;
}

int hall_commit(struct hall *h)
{
	bool wrote = db_is_writing(h->db);
	int r = db_commit(h->db);

	if (r < 0) {
		log_error("commit-failed", LOG_ERROR(r));
		hall_restore(h);
		return r;
	}
	if (wrote)
		h->unhealthy = false;
	hall_keep(h);
	security_keep(h);
	return 0;
}

static usec_t meeting_deadline(const struct meeting *m)
{
	usec_t deadline = meeting_seal_deadline(m);
	const struct person *p;

	for (int i = 0; i < LIMIT_REQUESTS && m->fold->requests[i].id; i++)
		deadline = MIN(deadline, m->fold->requests[i].until);
	deadline = MIN(deadline, chair_deadline(m));
	deadline = MIN(deadline, delivery_deadline(m));
	deadline = MIN(deadline, item_deadline(m));
	meeting_for_each(p, m)
		deadline = MIN(deadline, person_deadline(p));
	return deadline;
}

usec_t hall_deadline(const struct hall *h)
{
	usec_t deadline = MIN(gate_deadline(h), h->unhealthy ? h->retry_at : h->hand_on_at);
	const struct connection *c;
	const struct meeting *m;

	deadline = MIN(deadline, sound_check_deadline(h));
	list_for_each(c, &h->connections, in_hall)
		if (connection_phase(c) == CONNECTION_OPENED)
			deadline = MIN(deadline, c->hello_by);
	list_for_each(m, &h->meetings, in_hall)
		deadline = MIN(deadline, meeting_deadline(m));
	return deadline;
}

static void watch_meeting(struct hall *h, struct meeting *m)
{
	struct person *p;

	meeting_seal_due(h, m);
	second_expire(h, m);
	meeting_for_each(p, m)
		person_watch(h, p);
	chair_watch(h, m);
	if (h->now >= delivery_deadline(m))
		delivery_change(h);
	item_watch(h, m);
}

void hall_timeout(struct hall *h)
{
	struct connection *c;
	struct meeting *m;

	hall_recover(h);
	gate_timeout(h);
	sound_check_timeout(h);
	list_for_each(c, &h->connections, in_hall)
		if (connection_phase(c) == CONNECTION_OPENED && h->now >= c->hello_by)
			connection_close(h, c, CLOSE_POLICY);
	list_for_each(m, &h->meetings, in_hall)
		watch_meeting(h, m);
	hall_hand_on_due(h);
}

static bool any_worker_ready(const struct hall *h)
{
	for (unsigned i = 0; i < WORKERS_MOST; i++)
		if (h->workers[i].ready)
			return true;
	return false;
}

bool hall_healthy(const struct hall *h, struct writer *why)
{
	if (h->unhealthy)
		write_string(why, "the proceedings cannot be written: check the disk");
	else if (!any_worker_ready(h))
		write_string(why, "the media process is not ready");
	else
		return true;
	return false;
}

void hall_set_machine(struct hall *h, const struct hall_machine *machine)
{
	h->machine = *machine;
}

void hall_count(const struct hall *h, struct hall_numbers *ret)
{
	const struct meeting *m;
	const struct person *p;

	*ret = h->numbers;
	ret->words = event_words;
	ret->connections = h->n_connections;
	oidc_count(h, &ret->fetch);
	list_for_each(m, &h->meetings, in_hall) {
		ret->meetings += m->fold->phase == PHASE_OPEN;
		meeting_for_each(p, m)
			ret->participants += fold_is_present(m->fold, p->id);
	}
}
