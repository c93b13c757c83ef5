/* SPDX-License-Identifier: EUPL-1.2 */
/* The proceedings of a meeting, handed out in answers of limited length. In conclaved.
 * Invariant: how many entries there are is settled by the first answer; after that every line has its number. */
#include "server/hall/inside.h"

#include <errno.h>

#include "server/hall/gate.h"
#include "server/proof/transcript.h"

/* Lines: head, meeting, mark, people, (mark, items,) (mark, epochs,) mark, checkpoints, mark, entries, mark. */
struct export {
	/* owned */
	struct invitation_row *people;
	struct item_row *items;

	/* state */
	struct json j;
	struct writer *w;
	const struct meeting_row *meeting;
	uint32_t entries;
	uint32_t n_people;
	uint32_t n_items;
	uint32_t n_epochs;
	uint32_t n_checkpoints;
	uint32_t line;		/* the next one */
	bool plain;		/* the file itself, in one answer */
};

/* Twice the longest line fits, whatever JSON makes of its quotation marks. */
static bool has_room(const struct export *x)
{
	return write_room(x->w) > 2 * TRANSCRIPT_LINE_SIZE;
}

static void put(struct export *x, struct bytes line)
{
	if (x->plain) {
		write_bytes(x->w, line);
		write_u8(x->w, '\n');
		x->line++;
		return;
	}
	json_open_object(&x->j, NULL);
	json_bytes(&x->j, "text", line);
	json_close_object(&x->j);
	x->line++;
}

static int put_head(struct hall *h, struct export *x)
{
	char text[TRANSCRIPT_LINE_SIZE];
	struct writer w = writer(text, sizeof(text));

	if (x->line == 0)
		transcript_write_head(&w, log_key_server(h->key), log_key_first(h->key));
	else
		transcript_write_meeting(&w, x->meeting);
	put(x, written(&w));
	return w.ok ? 0 : -EMSGSIZE;
}

static int put_person(struct export *x, uint32_t i)
{
	char text[TRANSCRIPT_LINE_SIZE];
	struct writer w = writer(text, sizeof(text));

	transcript_write_person(&w, &x->people[i], i + 1 < x->n_people);
	put(x, written(&w));
	return w.ok ? 0 : -EMSGSIZE;
}

/* Behind its mark. */
static int put_item(struct export *x, uint32_t i)
{
	char text[TRANSCRIPT_LINE_SIZE];
	struct writer w = writer(text, sizeof(text));

	if (i == 0)
		write_string(&w, TRANSCRIPT_ITEMS);
	else
		transcript_write_item(&w, &x->items[i - 1], i < x->n_items);
	put(x, written(&w));
	return w.ok ? 0 : -EMSGSIZE;
}

/* What a callback of log_key_notes() works on. */
struct putting {
	struct export *x;
	uint32_t next;		/* epoch */
	bool good;
};

static bool put_epoch(void *user, const char *note)
{
	struct putting *p = user;
	char text[TRANSCRIPT_LINE_SIZE];
	struct writer w = writer(text, sizeof(text));

	if (!has_room(p->x))
		return false;
	transcript_write_note(&w, note, p->next++ < p->x->n_epochs);
	put(p->x, written(&w));
	p->good = w.ok;
	return w.ok;
}

/* Behind their mark: epoch `first` stands in the first line. */
static int put_epochs(struct hall *h, struct export *x, uint32_t first)
{
	struct putting p = { .x = x, .next = first, .good = true };
	int r;

	if (first == 0) {
		put(x, bytes_of_string(TRANSCRIPT_EPOCHS));
		return 0;
	}
	r = log_key_notes(h->db, first - 1, x->n_epochs, put_epoch, &p);
	return r < 0 ? r : p.good ? 0 : -EMSGSIZE;
}

static int put_checkpoints(struct hall *h, struct export *x, uint32_t first)
{
	char text[TRANSCRIPT_LINE_SIZE];
	int r = db_read(h->db, SQL_CHECKPOINTS_PART, DB_VALUES(DB_INT(x->meeting->number), DB_INT(x->entries),
		DB_INT(first)));

	while (r >= 0 && has_room(x) && (r = db_next(h->db, SQL_CHECKPOINTS_PART)) > 0) {
		struct writer w = writer(text, sizeof(text));
		const char *note = db_text(h->db, SQL_CHECKPOINTS_PART, 0);

		transcript_write_note(&w, note ? note : "", ++first < x->n_checkpoints);
		put(x, written(&w));
		if (!w.ok)
			r = -EMSGSIZE;
	}
	db_done(h->db, SQL_CHECKPOINTS_PART);
	return MIN(r, 0);
}

/* As they stand there: what was altered is to be found by whoever checks the file. */
static int put_entry(struct hall *h, struct export *x)
{
	const char *kind = db_text(h->db, SQL_EVENTS_PART, 3), *body = db_text(h->db, SQL_EVENTS_PART, 4);
	struct bytes stored = db_blob(h->db, SQL_EVENTS_PART, 5);
	char text[TRANSCRIPT_LINE_SIZE];
	struct writer w = writer(text, sizeof(text));
	struct digest hash = { 0 };
	struct leaf l = { .kind = kind ? kind : "", .body = bytes_of_string(body ? body : "") };

	l.seq = (uint32_t)db_integer(h->db, SQL_EVENTS_PART, 0);
	l.wall = MSEC((usec_t)db_integer(h->db, SQL_EVENTS_PART, 1));
	l.by = (uint32_t)db_integer(h->db, SQL_EVENTS_PART, 2);
	if (stored.size == DIGEST_SIZE)
		memcpy(hash.bytes, stored.data, DIGEST_SIZE);
	transcript_write_entry(&w, &l, &hash, l.seq < x->entries);
	put(x, written(&w));
	return w.ok ? 0 : -EMSGSIZE;
}

static int put_entries(struct hall *h, struct export *x, uint32_t first)
{
	int r = db_read(h->db, SQL_EVENTS_PART, DB_VALUES(DB_INT(x->meeting->number), DB_INT(first),
		DB_INT(x->entries)));

	while (r >= 0 && has_room(x) && (r = db_next(h->db, SQL_EVENTS_PART)) > 0)
		r = put_entry(h, x);
	db_done(h->db, SQL_EVENTS_PART);
	return MIN(r, 0);
}

/* The next line, or the next lines of a list. */
static int put_some(struct hall *h, struct export *x)
{
	uint32_t people = 3, items = people + x->n_people, epochs = items + (x->n_items ? x->n_items + 1 : 0);
	uint32_t checkpoints = epochs + (x->n_epochs ? x->n_epochs + 1 : 0) + 1;
	uint32_t entries = checkpoints + x->n_checkpoints + 1;

	if (x->line < people - 1)
		return put_head(h, x);
	if (x->line == people - 1)
		put(x, bytes_of_string(TRANSCRIPT_PEOPLE));
	else if (x->line < items)
		return put_person(x, x->line - people);
	else if (x->line < epochs)
		return put_item(x, x->line - items);
	else if (x->line < checkpoints - 1)
		return put_epochs(h, x, x->line - epochs);
	else if (x->line == checkpoints - 1)
		put(x, bytes_of_string(TRANSCRIPT_CHECKPOINTS));
	else if (x->line < entries - 1)
		return put_checkpoints(h, x, x->line - checkpoints);
	else if (x->line == entries - 1)
		put(x, bytes_of_string(TRANSCRIPT_ENTRIES));
	else if (x->line < entries + x->entries)
		return put_entries(h, x, x->line - entries);
	else
		put(x, bytes_of_string(TRANSCRIPT_END));
	return 0;
}

static int count(struct hall *h, enum statement s, const struct export *x, uint32_t *ret)
{
	int r = db_read(h->db, s, DB_VALUES(DB_INT(x->meeting->number), DB_INT(x->entries)));

	if (r == 0)
		r = db_next(h->db, s);
	if (r > 0)
		*ret = (uint32_t)db_integer(h->db, s, 0);
	db_done(h->db, s);
	return MIN(r, 0);
}

static int put_all(struct hall *h, struct export *x)
{
	uint32_t lines;
	int r;

	x->people = mem_new_array(struct invitation_row, LIMIT_PEOPLE_PER_MEETING);
	x->items = mem_new_array(struct item_row, LIMIT_ITEMS);
	if (!x->people || !x->items)
		return -ENOMEM;
	r = store_invitations(h->db, x->meeting->number, x->people, LIMIT_PEOPLE_PER_MEETING);
	if (r >= 0)
		r = store_items(h->db, x->meeting->number, x->items, LIMIT_ITEMS);
	if (r >= 0)
		r = count(h, SQL_INVITED_COUNT, x, &x->n_people);
	if (r == 0)
		r = count(h, SQL_ITEM_COUNT, x, &x->n_items);
	if (r == 0)
		r = count(h, SQL_CHECKPOINT_COUNT, x, &x->n_checkpoints);
	if (r == 0)
		r = sealed_epoch(h->db, x->meeting->number, x->entries, &x->n_epochs);
	x->n_people = MIN(x->n_people, (uint32_t)LIMIT_PEOPLE_PER_MEETING);
	x->n_items = MIN(x->n_items, (uint32_t)LIMIT_ITEMS);
	lines = 6 + x->n_people + (x->n_items ? x->n_items + 1 : 0) + (x->n_epochs ? x->n_epochs + 1 : 0) +
		x->n_checkpoints + x->entries;
	if (!x->plain)
		json_open_list(&x->j, "lines");
	while (r == 0 && x->line < lines && has_room(x)) {
		uint32_t before = x->line;

		r = put_some(h, x);
		if (r == 0 && x->line == before)
			r = -EBADMSG;	/* rows that were counted are not there */
	}
	if (x->plain)
		return r == 0 && x->line < lines ? -EMSGSIZE : r;
	json_close_list(&x->j);
	if (x->line < lines)
		json_number(&x->j, "next", x->line);
	else
		json_null(&x->j, "next");
	return r;
}

/* The first answer covers all that is recorded, behind a checkpoint of it. 0 or a negative errno. */
static int settle(struct hall *h, struct export *x, struct meeting *m)
{
	int r = meeting_seal(h, m);

	x->entries = m->tree.size;
	return r < 0 ? r : hall_commit(h);	/* which frees a meeting that has just ended */
}

static int export(struct hall *h, struct export *x, const struct meeting_row *row)
{
	_cleanup_(meeting_freep) struct meeting *ended = NULL;
	struct meeting *m = hall_meeting(h, row->number);
	int r = 0;

	x->meeting = row;
	if (!x->entries) {
		if (!m)
			r = meeting_load(&ended, h->db, log_key_server(h->key), row, h->now, h->wall);
		if (r == 0)
			r = settle(h, x, m ? m : ended);
	}
	if (r < 0)
		return r;
	json_open_object(&x->j, NULL);
	json_boolean(&x->j, "ok", true);
	json_number(&x->j, "entries", x->entries);
	r = put_all(h, x);
	json_close_object(&x->j);
	mem_free(x->people);
	mem_free(x->items);
	return r;
}

int export_write(struct hall *h, struct meeting *m, struct writer *w)
{
	const struct meeting_row row = m->row;
	struct export x = { .w = w, .meeting = &row, .plain = true };
	int r = settle(h, &x, m);

	if (r == 0)
		r = put_all(h, &x);
	mem_free(x.people);
	mem_free(x.items);
	return r;
}

void hall_export(struct hall *h, const struct wire_node *request, struct writer *w)
{
	struct export x = { .j = json_writer(w), .w = w, .entries = (uint32_t)wire_integer(request, "entries"),
		.line = (uint32_t)wire_integer(request, "from") };
	struct meeting_row row;
	int r = store_meeting_find(h->db, wire_text(request, "meeting"), &row);

	if (r > 0)
		r = export(h, &x, &row) < 0 ? -EIO : 1;
	if (r > 0 && row.ended)
		retention_exported(h, row.number);
	if (r == 0)
		control_refuse(w, "there is no such meeting");
	else if (r < 0)
		control_refuse(w, "the records of this meeting cannot be read");
}
