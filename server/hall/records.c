/* SPDX-License-Identifier: EUPL-1.2 */
/* The way into the proceedings, and back out of them when the disk says no. In conclaved.
 * Invariant: an act takes effect only behind its entry; after a failed commit the hall is where it was before. */
#include "server/hall/delivery.h"

#include <errno.h>

#include "base/log.h"
#include "server/hall/security.h"
#include "server/hall/sound_check.h"

static void fail(struct hall *h, const char *event, int r)
{
	log_throttled(LOG_LEVEL_ERROR, h->now, SECONDS(1), event, LOG_ERROR(r));
	h->unhealthy = true;
	h->retry_at = h->now + RETRY_TIME;
}

static void apply(struct hall *h, struct meeting *m, struct event *e)
{
	log_info(event_words[e->kind], LOG_NUMBER("meeting", m->row.number), LOG_NUMBER("seq", e->seq),
		LOG_NUMBER("by", e->by), LOG_NUMBER("who", e->who));
	note_entry(h, m, e);
	h->numbers.events++;
	h->numbers.kinds[e->kind]++;
	fold_apply(m->fold, e, h->now);
	h->anybody_changed = true;
}

/* Whoever is out by it hears nothing of it. */
static void apply_all(struct hall *h, struct meeting *m, struct event *events, size_t n)
{
	uint32_t first = events[0].seq;

	for (size_t i = 0; i < n; i++)
		apply(h, m, &events[i]);
	aside_settle(h, m);
	for (uint32_t seq = first; seq < first + n; seq++)
		tell_entry(h, m, seq);
}

/* What could not be recorded when it happened comes first, under the time when it did. False: still not. */
static bool catch_up(struct hall *h, struct meeting *m)
{
	struct backlog *b = &m->backlog;
	int r;

	if (!b->n)
		return true;
	r = meeting_append(m, h->db, b->events, b->n, h->wall);
	if (r < 0) {
		fail(h, "fact-not-recorded", r);
		return false;
	}
	m->touched = true;
	apply_all(h, m, b->events, b->n);
	b->n = 0;
	meeting_seal_due(h, m);
	return true;
}

bool hall_act(struct hall *h, struct meeting *m, struct event *events, size_t n)
{
	int r = catch_up(h, m) ? meeting_append(m, h->db, events, n, h->wall) : -EIO;

	if (r < 0) {
		fail(h, "act-not-recorded", r);
		for (size_t i = 0; i < n; i++)
			event_done(&events[i]);
		if (h->acting)
			connection_error(h, h->acting, "not-recorded", h->act, NULL);
		return false;
	}
	m->touched = true;
	apply_all(h, m, events, n);
	meeting_seal_due(h, m);
	return true;
}

void hall_observe(struct hall *h, struct meeting *m, struct event *e)
{
	/* Once the records refused something, hall_recover() finds out when they work again: were it tried here, a
	 * failed commit would undo whoever's message this is. */
	int r = h->unhealthy || !catch_up(h, m) ? -EIO : meeting_append(m, h->db, e, 1, h->wall);

	if (r == 0) {
		m->touched = true;
		apply_all(h, m, e, 1);
		meeting_seal_due(h, m);
		return;
	}
	if (!h->unhealthy)
		fail(h, "fact-not-recorded", r);
	e->seq = 0;
	e->wall = h->wall - h->wall % MSEC(1);
	if (m->backlog.n < BACKLOG_MOST)
		m->backlog.events[m->backlog.n++] = *e;
	fold_apply(m->fold, e, h->now);
	h->anybody_changed = true;
	aside_settle(h, m);
}

void hall_recover(struct hall *h)
{
	struct meeting *m;
	int r;

	if (!h->unhealthy || h->now < h->retry_at)
		return;
	r = db_try(h->db);
	if (r < 0) {
		fail(h, "not-recorded", r);
		return;
	}
	h->unhealthy = false;
	list_for_each(m, &h->meetings, in_hall)
		if (!m->stale || meeting_replay(m, h->db, h->now, h->wall) == 0)
			(void)catch_up(h, m);
}

static struct rights_question question(const struct hall *h, const struct person *p, enum action action)
{
	const struct meeting *m = p->meeting;

	return (struct rights_question){
		.action = action,
		.office = person_office(p),
		.phase = m->fold->phase,
		.policy = &h->policy,
		.early = h->wall + EARLY_TIME < m->row.starts,
		.alone = meeting_is_alone(m, p, h->now),
	};
}

struct rights_answer hall_ask(const struct hall *h, const struct person *p, enum action action)
{
	struct rights_question q = question(h, p, action);

	return rights_ask(&q);
}

struct rights_answer hall_ask_contested(const struct hall *h, const struct person *p, enum action action)
{
	struct rights_question q = question(h, p, action);

	q.contested = true;
	return rights_ask(&q);
}

static void keep_meetings(struct hall *h)
{
	struct meeting *m, *following;
	struct person *p;

	list_for_each_safe(m, following, &h->meetings, in_hall) {
		m->fresh = m->touched = false;
		delivery_keep(m->delivery);
		m->kept_n_people = m->n_people;
		if (m->backlog.n || m->kept_backlog.n)
			m->kept_backlog = m->backlog;
		meeting_for_each(p, m)
			p->kept = p->live;
		if (m->fold->phase != PHASE_ENDED)
			continue;
		meeting_free(m);
		h->n_meetings--;
	}
}

void hall_keep(struct hall *h)
{
	struct connection *c;
	struct feed *p, *following;

	list_for_each(c, &h->connections, in_hall)
		c->kept = c->live;
	list_for_each_safe(p, following, &h->feeds, in_hall) {
		p->fresh = false;
		/* Some acts are committed before anything is polled: then the worker is still to be told, and the feed
		 * is nobody's. */
		if (p->leaving && (p->removed || !p->known))
			feed_free(h, p);
		else if (p->leaving)
			p->person = NULL;
	}
	sound_check_keep(h);
	keep_meetings(h);
	h->acting = NULL;
	log_key_settle(h->key, true);
}

static void restore_connections(struct hall *h)
{
	struct text *t, *following;
	struct connection *c;

	list_for_each(c, &h->connections, in_hall) {
		list_for_each_safe(t, following, &c->texts, in_queue) {
			list_remove(&t->in_queue);
			mem_free(t);
		}
		c->live = c->kept;
		c->tell = 0;
	}
}

static void replay_again(struct hall *h, struct meeting *m)
{
	m->touched = false;
	m->backlog = m->kept_backlog;
	m->stale = meeting_replay(m, h->db, h->now, h->wall) < 0;
	for (int i = 0; i < LIMIT_REQUESTS; i++)
		if (!fold_request(m->fold, m->invites[i].request))
			m->invites[i] = (struct invite){ 0 };
}

static void restore_meeting(struct hall *h, struct meeting *m)
{
	bool undone = delivery_restore(m->delivery);
	struct person *p;

	meeting_drop_people(m);
	meeting_for_each(p, m) {
		p->live = p->kept;
		p->changed = false;
	}
	if (m->touched)
		replay_again(h, m);
	else if (!undone)
		return;
	meeting_for_each(p, m)
		if (p->live.connection)
			connection_tell(h, p->live.connection,
				p->live.connection->live.informed ? TELL_STATE : p->live.waiting ? TELL_LOBBY :
				p->live.aside ? TELL_ASIDE : 0);
}

void hall_restore(struct hall *h)
{
	struct meeting *m, *following;

	h->unhealthy = true;
	h->retry_at = h->now + RETRY_TIME;
	security_restore(h);
	log_key_settle(h->key, false);
	delivery_change(h);
	restore_connections(h);
	list_for_each_safe(m, following, &h->meetings, in_hall) {
		if (m->fresh) {
			meeting_free(m);
			h->n_meetings--;
		} else {
			restore_meeting(h, m);
		}
	}
	feed_restore(h);
	sound_check_restore(h);
	if (h->acting)
		connection_error(h, h->acting, "not-recorded", h->act, NULL);
	h->acting = NULL;
}
