/* SPDX-License-Identifier: EUPL-1.2 */
/* POST /api/report and /api/log: what a meeting leaves, for those who were invited to it. In conclaved.
 * Invariant: a rendering of the proceedings, which are read and hashed anew for it; never what was said or shown. */
#include <errno.h>

#include "server/hall/gate.h"
#include "server/hall/presence.h"

#define REPORT_SIZE (4 * 1024 * 1024)	/* the most that one answer holds */
#define FIRST_ROOM 256

enum part { PART_OPEN, PART_CLOSED, PART_ALL };

struct report {
	/* owned */
	struct event *events;		/* all of them */
	struct fold *fold;		/* behind the last */
	struct presence presence;
	uint8_t *item;			/* of each event: the one that was open, or that it speaks of; 0 = none */

	/* borrowed */
	struct meeting *meeting;

	/* state */
	struct json j;
	size_t n;
	size_t room;
	int error;
	enum part part;
	bool verified;
};

static void report_done(struct report *r)
{
	for (size_t i = 0; i < r->n; i++)
		event_done(&r->events[i]);
	mem_free(r->events);
	mem_free(r->item);
	fold_free(r->fold);
	presence_done(&r->presence);
}

static void keep(void *user, struct event *e)
{
	struct report *r = user;

	if (r->n == r->room) {
		size_t room = r->room ? 2 * r->room : FIRST_ROOM;
		struct event *grown = mem_grow(r->events, r->room * sizeof(*grown), room * sizeof(*grown));

		if (!grown) {
			r->error = -ENOMEM;
			event_done(e);
			return;
		}
		r->events = grown;
		r->room = room;
	}
	r->events[r->n++] = *e;
}

/* The fold takes what an event owns: it gets one without. */
static int walk(struct report *r)
{
	int e = fold_new(&r->fold);

	r->item = mem_new_array(uint8_t, r->n + 1);
	if (!r->item)
		return -ENOMEM;
	for (size_t i = 0; e == 0 && i < r->n; i++) {
		struct event copy = r->events[i];
		uint32_t open = r->fold->agenda.open;

		r->item[i] = (uint8_t)(copy.item ? copy.item : open);
		copy.text = NULL;
		copy.people = NULL;
		copy.n_people = 0;
		fold_apply(r->fold, &copy, r->events[i].wall);
		e = presence_take(&r->presence, r->fold, r->events[i].wall);
	}
	return e;
}

static bool is_closed(const struct report *r, uint32_t item)
{
	const struct agenda_item *i = agenda_look(&r->fold->agenda, item);

	return i && !i->for_audience;
}

static bool has_item(const struct report *r, uint32_t item)
{
	return r->part == PART_ALL || is_closed(r, item) == (r->part == PART_CLOSED);
}

static bool has_event(const struct report *r, size_t i)
{
	return has_item(r, r->item[i]);
}

static void write_time_if(struct json *j, const char *key, usec_t wall)
{
	if (wall)
		json_time(j, key, wall);
	else
		json_null(j, key);
}

static void write_spans(struct report *r, const char *key, enum span_kind kind, uint32_t of)
{
	json_open_list(&r->j, key);
	for (size_t i = 0; i < r->presence.n_spans; i++) {
		const struct span *s = &r->presence.spans[i];

		if (s->kind != kind || s->of != of)
			continue;
		json_open_object(&r->j, NULL);
		json_time(&r->j, "from", s->from);
		write_time_if(&r->j, "to", s->to);
		json_close_object(&r->j);
	}
	json_close_list(&r->j);
}

static void write_people(struct report *r)
{
	const struct person *p;

	json_open_list(&r->j, "people");
	meeting_for_each(p, r->meeting) {
		json_open_object(&r->j, NULL);
		json_number(&r->j, "id", p->id);
		json_text(&r->j, "name", p->name);
		json_text(&r->j, "office", office_word(p->office));
		json_text(&r->j, "party", p->party);
		write_spans(r, "present", SPAN_PERSON, p->id);
		json_close_object(&r->j);
	}
	json_close_list(&r->j);
}

static void write_there(struct report *r, uint32_t item)
{
	json_open_list(&r->j, "people");
	for (uint32_t id = 1; id <= r->meeting->n_people; id++) {
		uint64_t there = r->presence.milliseconds[item][id];

		if (!there)
			continue;
		json_open_object(&r->j, NULL);
		json_number(&r->j, "id", id);
		json_number(&r->j, "seconds", (int64_t)((there + 500) / 1000));
		json_close_object(&r->j);
	}
	json_close_list(&r->j);
}

/* Who ever declared it, in whichever opening. */
static void write_alone(struct report *r, uint32_t item)
{
	struct people alone = { 0 };

	for (size_t i = 0; i < r->n; i++)
		if (r->events[i].kind == EVENT_DECLARED_ALONE && r->events[i].item == item)
			people_add(&alone, r->events[i].by);
	json_open_list(&r->j, "alone");
	for (uint32_t id = 1; id <= r->meeting->n_people; id++)
		if (people_has(&alone, id))
			json_number(&r->j, NULL, id);
	json_close_list(&r->j);
}

static void write_items(struct report *r)
{
	json_open_list(&r->j, "items");
	for (uint32_t id = 1; id <= MIN(r->fold->agenda.n_items, r->meeting->n_items); id++) {
		if (!has_item(r, id))
			continue;
		json_open_object(&r->j, NULL);
		json_number(&r->j, "id", id);
		json_text(&r->j, "title", meeting_item(r->meeting, id)->title);
		json_text(&r->j, "convened", is_closed(r, id) ? "closed" : "open");
		write_spans(r, "opened", SPAN_ITEM, id);
		write_spans(r, "doors", SPAN_DOORS, id);
		write_there(r, id);
		agenda_write_recused(&r->j, r->meeting, &r->fold->agenda, id);
		write_alone(r, id);
		json_close_object(&r->j);
	}
	json_close_list(&r->j);
}

/* A right over somebody, or one that needs a reason. */
static bool is_right(const struct event *e)
{
	return e->reason || (e->by && e->who && e->by != e->who);
}

static void write_entries(struct report *r, const char *key, bool rights)
{
	json_open_list(&r->j, key);
	for (size_t i = 0; i < r->n; i++)
		if (has_event(r, i) && (!rights || is_right(&r->events[i])))
			entry_write(&r->j, NULL, r->meeting, &r->events[i]);
	json_close_list(&r->j);
}

/* What ended what the i-th event began; NULL when nothing did. */
static const struct event *end_of(const struct report *r, size_t i, enum event_kind kind)
{
	const struct event *begun = &r->events[i];

	while (++i < r->n) {
		const struct event *e = &r->events[i];

		if (e->kind == kind && (kind != EVENT_FAULT_CLEARED || e->number == begun->number))
			return e;
	}
	return NULL;
}

static void write_faults(struct report *r)
{
	json_open_list(&r->j, "faults");
	for (size_t i = 0; i < r->n; i++) {
		const struct event *e = &r->events[i], *cleared;

		if (e->kind != EVENT_FAULT_REPORTED || !has_event(r, i) || !r->j.w->ok)
			continue;
		cleared = end_of(r, i, EVENT_FAULT_CLEARED);
		json_open_object(&r->j, NULL);
		json_number(&r->j, "id", e->number);
		somebody_write(&r->j, "by", meeting_person(r->meeting, e->by));
		json_text(&r->j, "note", e->text);
		json_time(&r->j, "at", e->wall);
		if (cleared) {
			json_open_object(&r->j, "cleared");
			json_time(&r->j, "at", cleared->wall);
			somebody_write(&r->j, "by", meeting_person(r->meeting, cleared->by));
			reason_write(&r->j, cleared->reason, cleared->text);
			json_close_object(&r->j);
		} else {
			json_null(&r->j, "cleared");
		}
		json_close_object(&r->j);
	}
	json_close_list(&r->j);
}

static void write_suspensions(struct report *r)
{
	json_open_list(&r->j, "suspensions");
	for (size_t i = 0; i < r->n; i++) {
		const struct event *e = &r->events[i], *resumed;

		if (e->kind != EVENT_SUSPENDED || !has_event(r, i) || !r->j.w->ok)
			continue;
		resumed = end_of(r, i, EVENT_RESUMED);
		json_open_object(&r->j, NULL);
		json_time(&r->j, "from", e->wall);
		write_time_if(&r->j, "to", resumed ? resumed->wall : 0);
		somebody_write(&r->j, "by", meeting_person(r->meeting, e->by));
		reason_write(&r->j, e->reason, e->text);
		json_close_object(&r->j);
	}
	json_close_list(&r->j);
}

static usec_t first_of(const struct report *r, enum event_kind kind)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->events[i].kind == kind)
			return r->events[i].wall;
	return 0;
}

static void write_report(const struct hall *h, struct report *r)
{
	json_open_object(&r->j, NULL);
	meeting_write(&r->j, r->meeting);
	write_time_if(&r->j, "opened", first_of(r, EVENT_MEETING_OPENED));
	write_time_if(&r->j, "ended", first_of(r, EVENT_ENDED));
	write_people(r);
	write_items(r);
	write_entries(r, "rights", true);
	write_faults(r);
	write_suspensions(r);
	write_entries(r, "entries", false);
	head_write(&r->j, h, &r->meeting->head);
	json_boolean(&r->j, "verified", r->verified);
	json_boolean(&r->j, "closed", r->part != PART_OPEN);
	json_close_object(&r->j);
}

/* Reads and rehashes. What is not as it was recorded is told as such, with what stands before it. */
static int gather(struct hall *h, struct report *r)
{
	struct tree tree;
	uint32_t bad;
	int e = store_events(h->db, &r->meeting->row, &tree, &bad, keep, r);

	if (e < 0 && e != -EBADMSG)
		return e;
	if (r->error < 0)
		return r->error;
	r->verified = e == 0 && tree.size >= r->meeting->head.checkpoint.size;
	return walk(r);
}

static void answer(struct hall *h, struct request *q, struct meeting *m)
{
	const char *part = wire_text(q->body, "part");
	struct report r = { .meeting = m,
		.part = !part ? PART_ALL : strcmp(part, "open") == 0 ? PART_OPEN : PART_CLOSED };
	struct writer w;

	r.j = json_writer(&w);
	if (gather(h, &r) < 0) {
		request_refuse(h, q, 503, "unavailable");
	} else if (request_begin(h, q, REPORT_SIZE, &w)) {
		write_report(h, &r);
		request_end(h, q, &w);
	}
	report_done(&r);
}

/* Somebody has the whole of it now. */
static void note_export(struct hall *h, const struct request *q, uint32_t meeting, bool ended)
{
	if (ended && q->answer->status == 200)
		retention_exported(h, meeting);
}

/* Whose seat it is, in what meeting, and may they? False: that was answered. `ended` is the caller's to free. */
static bool open_for(struct hall *h, struct request *q, struct meeting **m, struct meeting **ended)
{
	const char *id = wire_text(q->body, "meeting");
	struct meeting_row row;
	struct seat_row seat;
	struct person *p;

	if (!seat_find(h, id, q->http->cookies, &seat) || store_meeting_find(h->db, id, &row) <= 0) {
		request_refuse(h, q, 403, "seat-unknown");
		return false;
	}
	if (request_asks_too_much(h, q, THROTTLE_SEAT, seat.number))
		return false;
	*m = hall_meeting(h, row.number);
	if (!*m && meeting_load(ended, h->db, log_key_server(h->key), &row, h->now, h->wall) < 0) {
		request_refuse(h, q, 503, "unavailable");
		return false;
	}
	*m = *m ? *m : *ended;
	p = meeting_person(*m, seat.person);
	if (p && hall_ask(h, p, ACT_DOWNLOAD_REPORT).verdict == VERDICT_YES && !person_fold(p)->aside)
		return true;
	request_refuse(h, q, 403, "not-allowed");
	return false;
}

void ask_report(struct hall *h, struct request *q)
{
	_cleanup_(meeting_freep) struct meeting *ended = NULL;
	struct meeting *m;

	if (!open_for(h, q, &m, &ended))
		return;
	answer(h, q, m);
	/* A part of it is no record of the meeting. */
	if (!wire_text(q->body, "part"))
		note_export(h, q, m->row.number, m->fold->phase == PHASE_ENDED);
}

void ask_log(struct hall *h, struct request *q)
{
	_cleanup_(meeting_freep) struct meeting *ended = NULL;
	struct meeting *m;
	struct writer w;
	uint32_t number;
	bool over;

	if (!open_for(h, q, &m, &ended) || !request_begin(h, q, REPORT_SIZE, &w))
		return;
	number = m->row.number;		/* what has ended is freed by the commit of its checkpoint */
	over = m->fold->phase == PHASE_ENDED;
	if (export_write(h, m, &w) < 0) {
		request_refuse(h, q, 503, "unavailable");
		return;
	}
	q->answer->plain = true;
	request_end(h, q, &w);
	note_export(h, q, number, over);
}
