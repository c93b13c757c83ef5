/* SPDX-License-Identifier: EUPL-1.2 */
/* Rows to values and back. In conclaved. */
#include "server/records/store.h"

#include <errno.h>

#include "server/proof/audit.h"
#include "server/records/rows.h"
#include "server/wire/text.h"

static bool meeting_from_row(struct db *db, enum statement s, struct meeting_row *m)
{
	m->ended = db_integer(db, s, 7);
	m->links_for_everyone = db_integer(db, s, 8);
	m->exported = !db_is_null(db, s, 10);
	if (m->exported && !row_copy_time(&m->exported_at, db_integer(db, s, 10)))
		return false;
	return row_copy_number(&m->number, db_integer(db, s, 0)) &&
		row_copy_text(m->id, sizeof(m->id), db_text(db, s, 1)) &&
		row_copy_text(m->title, sizeof(m->title), db_text(db, s, 2)) &&
		row_copy_text(m->body, sizeof(m->body), db_text(db, s, 3)) &&
		row_copy_text(m->language, sizeof(m->language), db_text(db, s, 4)) &&
		row_copy_time(&m->starts, db_integer(db, s, 5)) &&
		row_copy_blob(m->salt, sizeof(m->salt), db_blob(db, s, 6)) &&
		row_copy_number(&m->of_body, db_integer(db, s, 9)) &&
		text_is_letters(bytes_of_string(m->id), MEETING_LETTERS);
}

static bool invitation_from_row(struct db *db, enum statement s, struct invitation_row *p)
{
	const char *office = db_text(db, s, 3), *party = db_text(db, s, 4);
	int index = office ? word_index(office, words_offices) : -1;

	if (index < 0)
		return false;
	p->office = (enum office)index;
	return row_copy_number(&p->person, db_integer(db, s, 0)) &&
		row_copy_text(p->name, sizeof(p->name), db_text(db, s, 1)) &&
		row_copy_text(p->email, sizeof(p->email), db_text(db, s, 2)) &&
		row_copy_text(p->party, sizeof(p->party), party ? party : "") &&
		row_copy_blob(p->salt, sizeof(p->salt), db_blob(db, s, 5));
}

static bool item_from_row(struct db *db, enum statement s, struct item_row *i)
{
	return row_copy_number(&i->item, db_integer(db, s, 0)) &&
		row_copy_text(i->title, sizeof(i->title), db_text(db, s, 1)) &&
		row_copy_blob(i->salt, sizeof(i->salt), db_blob(db, s, 2));
}

static bool link_from_row(struct db *db, enum statement s, struct link_row *l)
{
	l->dead = db_integer(db, s, 3);
	return row_copy_blob(l->hash.bytes, DIGEST_SIZE, db_blob(db, s, 0)) &&
		row_copy_number(&l->meeting, db_integer(db, s, 1)) &&
		row_copy_number(&l->person, db_integer(db, s, 2)) &&
		row_copy_number(&l->seat, db_integer(db, s, 4));
}

static bool seat_from_row(struct db *db, enum statement s, struct seat_row *t)
{
	t->ended = db_integer(db, s, 6);
	if (!row_copy_number(&t->session, db_integer(db, s, 7)) || !row_copy_number(&t->account, db_integer(db, s, 8)))
		return false;
	t->has_previous = !db_is_null(db, s, 5);
	if (t->has_previous && !row_copy_blob(t->previous.bytes, DIGEST_SIZE, db_blob(db, s, 5)))
		return false;
	return row_copy_number(&t->number, db_integer(db, s, 0)) &&
		row_copy_text(t->id, sizeof(t->id), db_text(db, s, 1)) &&
		row_copy_number(&t->meeting, db_integer(db, s, 2)) &&
		row_copy_number(&t->person, db_integer(db, s, 3)) &&
		row_copy_blob(t->secret.bytes, DIGEST_SIZE, db_blob(db, s, 4));
}

DEFINE_ROWS(meeting_rows, struct meeting_row, meeting_from_row)
DEFINE_ROWS(invitation_rows, struct invitation_row, invitation_from_row)
DEFINE_ROWS(item_rows, struct item_row, item_from_row)
DEFINE_ROWS(link_rows, struct link_row, link_from_row)
DEFINE_ROWS(seat_rows, struct seat_row, seat_from_row)

int store_meeting_add(struct db *db, struct meeting_row *row)
{
	int r = db_write(db, SQL_MEETING_INSERT, DB_VALUES(DB_STRING(row->id), DB_STRING(row->title),
		DB_STRING(row->body), DB_STRING(row->language), DB_INT(row_milliseconds(row->starts)),
		DB_BYTES(row->salt, sizeof(row->salt)), DB_INT(row->links_for_everyone),
		DB_INT_OR_NULL(row->of_body)));

	if (r == 0)
		row->number = (uint32_t)db_last_number(db);
	return r;
}

int store_meeting_read(struct db *db, uint32_t number, struct meeting_row *ret)
{
	int r = db_read(db, SQL_MEETING_READ, DB_VALUES(DB_INT(number)));

	return r < 0 ? r : meeting_rows(db, SQL_MEETING_READ, ret, 1);
}

int store_meeting_find(struct db *db, const char *id, struct meeting_row *ret)
{
	int r = db_read(db, SQL_MEETING_FIND, DB_VALUES(DB_STRING(id)));

	return r < 0 ? r : meeting_rows(db, SQL_MEETING_FIND, ret, 1);
}

int store_meetings_live(struct db *db, struct meeting_row *rows, size_t most)
{
	int r = db_read(db, SQL_MEETINGS_LIVE, NULL, 0);

	return r < 0 ? r : meeting_rows(db, SQL_MEETINGS_LIVE, rows, most);
}

int store_meetings_all(struct db *db, struct meeting_row *rows, size_t most)
{
	int r = db_read(db, SQL_MEETINGS_ALL, DB_VALUES(DB_INT(most)));

	return r < 0 ? r : meeting_rows(db, SQL_MEETINGS_ALL, rows, most);
}

int store_meeting_exported(struct db *db, uint32_t number, usec_t wall)
{
	return db_write(db, SQL_MEETING_EXPORTED, DB_VALUES(DB_INT(row_milliseconds(wall)), DB_INT(number)));
}

int store_meetings_due(struct db *db, usec_t wall, struct meeting_row *rows, size_t most)
{
	int64_t at = row_milliseconds(wall);
	int r = db_read(db, SQL_MEETINGS_DUE, DB_VALUES(DB_INT(at), DB_INT(at), DB_INT(most)));

	return r < 0 ? r : meeting_rows(db, SQL_MEETINGS_DUE, rows, most);
}

int store_meeting_erase(struct db *db, uint32_t number)
{
	/* Links name seats, and both name invitations. */
	static const enum statement all[] = { SQL_MEETING_ERASE, SQL_MEETING_CHECKPOINTS_REMOVE,
		SQL_MEETING_EVENTS_REMOVE, SQL_MEETING_LINKS_REMOVE, SQL_MEETING_SEATS_REMOVE,
		SQL_MEETING_INVITATIONS_REMOVE, SQL_MEETING_ITEMS_REMOVE, SQL_MEETING_REMOVE };
	int r = 0;

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(all); i++)
		r = db_write(db, all[i], DB_VALUES(DB_INT(number)));
	return r;
}

int store_meetings_of_email(struct db *db, const char *email, usec_t ended, struct meeting_row *rows,
	enum office *offices, size_t most)
{
	const enum statement s = SQL_MEETINGS_OF_EMAIL;
	int n = 0, r = db_read(db, s, DB_VALUES(DB_STRING(email), DB_INT(row_milliseconds(ended)), DB_INT(most)));

	while (r == 0 && (size_t)n < most && (r = db_next(db, s)) > 0) {
		const char *word = db_text(db, s, 11);
		int office = word ? word_index(word, words_offices) : -1;

		rows[n] = (struct meeting_row){ 0 };
		r = office >= 0 && meeting_from_row(db, s, &rows[n]) ? 0 : -EBADMSG;
		if (r == 0)
			offices[n++] = (enum office)office;
	}
	db_done(db, s);
	return r < 0 ? r : n;
}

int store_invitation_add(struct db *db, uint32_t meeting, const struct invitation_row *row)
{
	const char *party = row->party[0] ? row->party : NULL;

	return db_write(db, SQL_INVITATION_INSERT, DB_VALUES(DB_INT(meeting), DB_INT(row->person),
		DB_STRING(row->name), DB_STRING(row->email), DB_STRING(office_word(row->office)),
		DB_STRING_OR_NULL(party), DB_BYTES(row->salt, sizeof(row->salt))));
}

int store_invitations(struct db *db, uint32_t meeting, struct invitation_row *rows, size_t most)
{
	int r = db_read(db, SQL_INVITATIONS, DB_VALUES(DB_INT(meeting)));

	if (r == 0)
		r = invitation_rows(db, SQL_INVITATIONS, rows, most);
	for (int i = 0; i < r; i++)
		if (rows[i].person != (uint32_t)i + 1)
			return -EBADMSG;
	return r;
}

int store_item_add(struct db *db, uint32_t meeting, const struct item_row *row)
{
	return db_write(db, SQL_ITEM_INSERT, DB_VALUES(DB_INT(meeting), DB_INT(row->item), DB_STRING(row->title),
		DB_BYTES(row->salt, sizeof(row->salt))));
}

int store_items(struct db *db, uint32_t meeting, struct item_row *rows, size_t most)
{
	int r = db_read(db, SQL_ITEMS, DB_VALUES(DB_INT(meeting)));

	if (r == 0)
		r = item_rows(db, SQL_ITEMS, rows, most);
	for (int i = 0; i < r; i++)
		if (rows[i].item != (uint32_t)i + 1)
			return -EBADMSG;
	return r;
}

int store_link_add(struct db *db, const struct link_row *row, usec_t wall)
{
	return db_write(db, SQL_LINK_INSERT, DB_VALUES(DB_BYTES(row->hash.bytes, DIGEST_SIZE), DB_INT(row->meeting),
		DB_INT(row->person), DB_INT(row_milliseconds(wall))));
}

int store_link_find(struct db *db, const struct digest *hash, struct link_row *ret)
{
	int r = db_read(db, SQL_LINK_FIND, DB_VALUES(DB_BYTES(hash->bytes, DIGEST_SIZE)));

	return r < 0 ? r : link_rows(db, SQL_LINK_FIND, ret, 1);
}

int store_link_use(struct db *db, const struct link_row *row, uint32_t seat)
{
	return db_write(db, SQL_LINK_USE, DB_VALUES(DB_INT(seat), DB_BYTES(row->hash.bytes, DIGEST_SIZE)));
}

int store_links_kill(struct db *db, uint32_t meeting, uint32_t person)
{
	return db_write(db, SQL_LINKS_KILL, DB_VALUES(DB_INT(meeting), DB_INT(person)));
}

int store_seat_add(struct db *db, struct seat_row *row)
{
	int r = db_write(db, SQL_SEAT_INSERT, DB_VALUES(DB_STRING(row->id), DB_INT(row->meeting), DB_INT(row->person),
		DB_BYTES(row->secret.bytes, DIGEST_SIZE), DB_INT_OR_NULL(row->session),
		DB_INT_OR_NULL(row->account)));

	if (r == 0)
		row->number = (uint32_t)db_last_number(db);
	return r;
}

int store_seat_find(struct db *db, const char *id, struct seat_row *ret)
{
	int r = db_read(db, SQL_SEAT_FIND, DB_VALUES(DB_STRING(id)));

	return r < 0 ? r : seat_rows(db, SQL_SEAT_FIND, ret, 1);
}

int store_seat_read(struct db *db, uint32_t number, struct seat_row *ret)
{
	int r = db_read(db, SQL_SEAT_READ, DB_VALUES(DB_INT(number)));

	return r < 0 ? r : seat_rows(db, SQL_SEAT_READ, ret, 1);
}

int store_seat_rotate(struct db *db, const struct seat_row *row)
{
	return db_write(db, SQL_SEAT_ROTATE, DB_VALUES(DB_BYTES(row->secret.bytes, DIGEST_SIZE),
		DB_BYTES(row->previous.bytes, DIGEST_SIZE), DB_INT(row->number)));
}

int store_seat_settle(struct db *db, uint32_t number)
{
	return db_write(db, SQL_SEAT_SETTLE, DB_VALUES(DB_INT(number)));
}

int store_seats_end(struct db *db, uint32_t meeting, uint32_t person)
{
	return db_write(db, SQL_SEATS_END, DB_VALUES(DB_INT(meeting), DB_INT(person)));
}

int store_seat_last(struct db *db, uint32_t meeting, uint32_t person, struct seat_row *ret)
{
	int r = db_read(db, SQL_SEAT_LAST, DB_VALUES(DB_INT(meeting), DB_INT(person)));

	return r < 0 ? r : seat_rows(db, SQL_SEAT_LAST, ret, 1);
}

int store_seat_rows(struct db *db, enum statement s, struct seat_row *rows, size_t most)
{
	return seat_rows(db, s, rows, most);
}

int store_event_add(struct db *db, const struct meeting_row *meeting, struct event *e)
{
	uint8_t body[EVENT_BODY_SIZE];
	struct writer w = writer(body, sizeof(body));
	struct db_value text = { .kind = DB_TEXT };
	int r;

	event_write_body(e, &w);
	if (!w.ok)
		return -EMSGSIZE;
	text.bytes = written(&w);
	r = event_leaf_hash(e, meeting->id, text.bytes, &e->leaf);
	if (r < 0)
		return r;
	return db_write(db, SQL_EVENT_INSERT, DB_VALUES(DB_INT(meeting->number), DB_INT(e->seq),
		DB_INT(row_milliseconds(e->wall)), DB_INT(e->by), DB_STRING(event_words[e->kind]), text,
		DB_BYTES(e->leaf.bytes, DIGEST_SIZE)));
}

static int event_from_row(struct db *db, const struct meeting_row *meeting, struct event *e, struct tree *t)
{
	const char *kind = db_text(db, SQL_EVENTS, 3), *body = db_text(db, SQL_EVENTS, 4);
	int index = kind ? word_index(kind, event_words) : -1;
	struct leaf l;
	int r;

	if (index < 0 || !body || !row_copy_number(&e->seq, db_integer(db, SQL_EVENTS, 0)) ||
	    !row_copy_time(&e->wall, db_integer(db, SQL_EVENTS, 1)) ||
	    !row_copy_number(&e->by, db_integer(db, SQL_EVENTS, 2)) ||
	    !row_copy_blob(e->leaf.bytes, DIGEST_SIZE, db_blob(db, SQL_EVENTS, 5)))
		return -EBADMSG;
	e->kind = (enum event_kind)index;
	l = (struct leaf){ .meeting = meeting->id, .kind = kind, .body = bytes_of_string(body), .seq = e->seq,
		.by = e->by, .wall = e->wall };
	r = audit_entry(t, &l, &e->leaf);
	if (r < 0)
		return r;
	return r == AUDIT_WHOLE ? event_read_body(e, bytes_of_string(body)) : -EBADMSG;
}

/* Where a checkpoint stands: is this still what was signed? */
static int check_root(struct db *db, const struct tree *t)
{
	struct digest root, signed_root;
	int r;

	if (db_is_null(db, SQL_EVENTS, 6))
		return 0;
	r = tree_root(t, &root);
	if (r < 0)
		return r;
	return row_copy_blob(signed_root.bytes, DIGEST_SIZE, db_blob(db, SQL_EVENTS, 6)) &&
		digest_equal(&root, &signed_root) ? 0 : -EBADMSG;
}

int store_events(struct db *db, const struct meeting_row *meeting, struct tree *t, uint32_t *bad,
	store_event_callback callback, void *user)
{
	uint32_t sound = 0;	/* entries up to the last checkpoint that holds */
	int r;

	*t = (struct tree){ 0 };
	r = db_read(db, SQL_EVENTS, DB_VALUES(DB_INT(meeting->number)));
	if (r < 0)
		return r;
	while ((r = db_next(db, SQL_EVENTS)) > 0) {
		struct event e = { 0 };

		*bad = t->size + 1;
		r = event_from_row(db, meeting, &e, t);
		if (r == 0 && (r = check_root(db, t)) == -EBADMSG)
			*bad = sound + 1;
		if (r < 0) {
			event_done(&e);
			break;
		}
		if (!db_is_null(db, SQL_EVENTS, 6))
			sound = t->size;
		callback(user, &e);
	}
	db_done(db, SQL_EVENTS);
	return r;
}
