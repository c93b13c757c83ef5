/* SPDX-License-Identifier: EUPL-1.2 */
/* The book of bodies, people and administrators, as conclavectl and the administration's page write it. In conclaved.
 * Invariant: each change stands in the security log, in the same transaction; nothing here lets anybody into a
 * meeting. */
#include "server/hall/gate.h"

#include <errno.h>

#include "server/hall/csv.h"
#include "server/hall/security.h"
#include "server/wire/text.h"


static const struct { const char *code, *sentence; } whys[BOOK_N] = {
	[BOOK_DONE] = { "done", "done" },
	[BOOK_NOT_RECORDED] = { "not-recorded", "it could not be recorded" },
	[BOOK_TAKEN] = { "taken", "that e-mail address has an account already" },
	[BOOK_EMAIL] = { "wrong-email", "an e-mail address needs an @ between two parts, and no spaces" },
	[BOOK_NO_BODY] = { "no-body", "there is no such body: body add makes one" },
	[BOOK_NO_USER] = { "no-user", "nobody with that address has an account" },
	[BOOK_BODY_TAKEN] = { "taken", "a body with that name is there already" },
	[BOOK_OFFICE_TAKEN] = { "office-taken", "a body has one chair and one clerk at most" },
	[BOOK_FULL] = { "too-many", "there are as many as one server, one body or one file can hold" },
	[BOOK_ADMINISTRATOR] = { "is-administrator", "an administrator takes part in no meeting: use another address" },
	[BOOK_CLOSED] = { "is-closed", "that account was closed" },
	[BOOK_OFFICE] = { "wrong-office", "the office is chair, clerk or member, and a body must be named with it" },
	[BOOK_LINES] = { "bad-lines", "some lines of the file are wrong, so nothing of it was taken" },
	[BOOK_LAST] = { "last-one", "the last administrator who may configure cannot be closed" },
};

const char *book_code(enum book_why why)
{
	return whys[why].code;
}

const char *book_sentence(enum book_why why)
{
	return whys[why].sentence;
}

enum book_why book_begin(struct hall *h)
{
	return db_mark(h->db) < 0 ? BOOK_NOT_RECORDED : BOOK_DONE;
}

enum book_why book_end(struct hall *h, enum book_why why)
{
	if (why == BOOK_DONE) {
		db_forget_mark(h->db);
		return hall_commit(h) < 0 ? BOOK_NOT_RECORDED : BOOK_DONE;
	}
	/* The answer was no: what else was written in this turn stays. */
	if (why == BOOK_NOT_RECORDED)
		hall_undo(h);
	else
		db_back_to_mark(h->db);
	return why;
}

static enum book_why why_of(int r)
{
	return r == -EEXIST ? BOOK_TAKEN : BOOK_NOT_RECORDED;
}

static void copy_line(char *to, size_t size, const char *from)
{
	size_t n = MIN(strlen(from), size - 1);

	memcpy(to, from, n);
	to[n] = '\0';
}

/* Is there room for one more of these? */
static enum book_why has_room(struct hall *h, bool account, bool administrator, bool body)
{
	struct people_numbers n = { 0 };

	if (people_count(h->db, &n) < 0)
		return BOOK_NOT_RECORDED;
	return (account && n.accounts >= LIMIT_ACCOUNTS) || (body && n.bodies >= LIMIT_BODIES) ||
		(administrator && n.administrators >= LIMIT_ADMINISTRATORS) ? BOOK_FULL : BOOK_DONE;
}

enum book_why book_add_body(struct hall *h, const char *who, const char *name, struct body_row *ret)
{
	enum book_why why;
	int r;

	*ret = (struct body_row){ 0 };
	copy_line(ret->name, sizeof(ret->name), name);
	if (bodies_find(h->db, name, &(struct body_row){ 0 }) > 0)
		return BOOK_BODY_TAKEN;
	why = has_room(h, false, false, true);
	if (why != BOOK_DONE)
		return why;
	hall_letters(h, ret->id, BODY_LETTERS);
	r = bodies_add(h->db, ret);
	if (r < 0)
		return BOOK_NOT_RECORDED;
	note_security(h, "body-added", who, ret->name);
	return BOOK_DONE;
}

/* May this office be given to that account in the body? */
static enum book_why may_hold(struct hall *h, uint32_t body, enum office office, uint32_t account)
{
	_cleanup_(mem_freep) struct member_row *rows = mem_new_array(struct member_row, LIMIT_PEOPLE_PER_MEETING + 1);
	int n = rows ? members_of_body(h->db, body, rows, LIMIT_PEOPLE_PER_MEETING + 1) : -1;
	bool there = false;

	if (n < 0)
		return BOOK_NOT_RECORDED;
	for (int i = 0; i < n; i++) {
		there = there || rows[i].account == account;
		if (rows[i].account != account && rows[i].office == office && office != OFFICE_MEMBER)
			return BOOK_OFFICE_TAKEN;
	}
	return !there && n >= LIMIT_PEOPLE_PER_MEETING ? BOOK_FULL : BOOK_DONE;
}

static enum book_why join_body(struct hall *h, const struct book_user *u, uint32_t account)
{
	struct member_row m = { .account = account, .office = u->office };
	struct body_row body;
	enum book_why why;

	if (!u->body)
		return BOOK_DONE;
	if (u->office == OFFICE_GUEST)
		return BOOK_OFFICE;
	if (bodies_find(h->db, u->body, &body) <= 0)
		return BOOK_NO_BODY;
	why = may_hold(h, body.number, u->office, account);
	if (why != BOOK_DONE)
		return why;
	m.body = body.number;
	copy_line(m.party, sizeof(m.party), u->party ? u->party : "");
	return members_set(h->db, &m) < 0 ? BOOK_NOT_RECORDED : BOOK_DONE;
}

enum book_why book_add_user(struct hall *h, const char *who, const struct book_user *u, char link[static LINK_SIZE])
{
	struct account_row a = { 0 };
	enum book_why why;
	int found;

	link[0] = '\0';
	if (!text_is_email(bytes_of_string(u->email)) || !email_fold(u->email, a.email))
		return BOOK_EMAIL;
	if (administrators_find(h->db, a.email, &(struct administrator_row){ 0 }) > 0)
		return BOOK_ADMINISTRATOR;
	found = accounts_find(h->db, a.email, &a);
	if (found > 0 && a.closed)
		return BOOK_CLOSED;
	if (found > 0 && !u->body)
		return BOOK_TAKEN;
	if (found == 0) {
		int r;

		why = has_room(h, true, false, false);
		if (why != BOOK_DONE)
			return why;
		copy_line(a.name, sizeof(a.name), u->name);
		r = accounts_add(h->db, &a);
		if (r < 0)
			return why_of(r);
		note_security(h, "user-added", who, a.email);
	} else {
		note_security(h, "user-changed", who, a.email);
	}
	why = join_body(h, u, a.number);
	if (why == BOOK_DONE && !a.enrolled && !enrolment_make(h, a.number, link))
		why = BOOK_NOT_RECORDED;
	return why;
}

static enum book_why find_user(struct hall *h, const char *email, struct account_row *ret)
{
	char folded[EMAIL_SIZE];

	if (!email_fold(email, folded) || accounts_find(h->db, folded, ret) <= 0)
		return BOOK_NO_USER;
	return ret->closed ? BOOK_CLOSED : BOOK_DONE;
}

enum book_why book_close_user(struct hall *h, const char *who, const char *email)
{
	struct account_row a;
	enum book_why why = find_user(h, email, &a);

	if (why != BOOK_DONE)
		return why;
	if (!sessions_end(h, a.number) || !seats_close(h, a.email) ||
	    holders_forget(h->db, a.number, true, false) < 0)
		return BOOK_NOT_RECORDED;
	note_security(h, "user-closed", who, a.email);
	return BOOK_DONE;
}

enum book_why book_reset_user(struct hall *h, const char *who, const char *email, char link[static LINK_SIZE])
{
	struct account_row a;
	enum book_why why = find_user(h, email, &a);

	link[0] = '\0';
	if (why != BOOK_DONE)
		return why;
	if (!sessions_end(h, a.number) || holders_forget(h->db, a.number, false, a.enrolled) < 0 ||
	    !enrolment_make(h, a.number, link))
		return BOOK_NOT_RECORDED;
	note_security(h, "user-reset", who, a.email);
	return BOOK_DONE;
}

enum book_why book_add_administrator(struct hall *h, const char *who, const char *email, enum level level,
	char link[static LINK_SIZE])
{
	struct administrator_row a = { .level = level };
	enum book_why why;
	int r;

	link[0] = '\0';
	if (!text_is_email(bytes_of_string(email)) || !email_fold(email, a.email))
		return BOOK_EMAIL;
	if (accounts_find(h->db, a.email, &(struct account_row){ 0 }) > 0 ||
	    administrators_find(h->db, a.email, &(struct administrator_row){ 0 }) > 0)
		return BOOK_TAKEN;
	why = has_room(h, false, true, false);
	if (why != BOOK_DONE)
		return why;
	r = administrators_add(h->db, &a);
	if (r < 0)
		return why_of(r);
	if (!enrolment_make(h, a.number, link))
		return BOOK_NOT_RECORDED;
	note_security(h, "admin-added", who, a.email);
	return BOOK_DONE;
}

static bool is_last(struct hall *h, const struct administrator_row *a)
{
	_cleanup_(mem_freep) struct administrator_row *rows = mem_new_array(struct administrator_row,
		LIMIT_ADMINISTRATORS);
	int n = rows ? administrators_all(h->db, rows, LIMIT_ADMINISTRATORS) : 0;

	if (a->level != LEVEL_CONFIGURE)
		return false;
	for (int i = 0; i < n; i++)
		if (rows[i].number != a->number && !rows[i].closed && rows[i].level == LEVEL_CONFIGURE)
			return false;
	return true;
}

enum book_why book_close_administrator(struct hall *h, const char *who, const char *email)
{
	struct administrator_row a;
	char folded[EMAIL_SIZE];

	if (!email_fold(email, folded) || administrators_find(h->db, folded, &a) <= 0)
		return BOOK_NO_USER;
	if (a.closed)
		return BOOK_CLOSED;
	/* Through conclavectl (nobody's address) even the last one goes: there another is made. */
	if (who && is_last(h, &a))
		return BOOK_LAST;
	if (!sessions_end(h, a.number) || holders_forget(h->db, a.number, true, false) < 0)
		return BOOK_NOT_RECORDED;
	note_security(h, "admin-closed", who, a.email);
	return BOOK_DONE;
}

/* One line of a file. `*code` is what is wrong with it, or NULL. */
static int import_line(struct hall *h, const char *who, char *const cells[static CSV_CELLS], const char **code,
	struct json *good)
{
	struct book_user u = { .name = cells[0], .email = cells[1], .body = cells[2][0] ? cells[2] : NULL,
		.office = OFFICE_MEMBER, .party = cells[4][0] ? cells[4] : NULL };
	int office = cells[3][0] ? word_index(cells[3], words_offices) : OFFICE_MEMBER;
	char link[LINK_SIZE];
	enum book_why why;

	if (!text_is_proper_name(bytes_of_string(u.name), 1, LIMIT_NAME)) {
		*code = "wrong-name";
		return 0;
	}
	if (!text_is_line(bytes_of_string(u.email), 3, LIMIT_EMAIL) ||
	    !text_is_line(bytes_of_string(cells[2]), 0, LIMIT_NAME) ||
	    !text_is_proper_name(bytes_of_string(cells[4]), 0, LIMIT_NAME)) {
		*code = "wrong-line";
		return 0;
	}
	u.office = office < 0 ? OFFICE_GUEST : (enum office)office;
	why = u.office == OFFICE_GUEST ? BOOK_OFFICE : book_add_user(h, who, &u, link);
	if (why == BOOK_NOT_RECORDED)
		return -EIO;
	*code = why == BOOK_DONE ? NULL : book_code(why);
	if (*code)
		return 0;
	json_open_object(good, NULL);
	json_text(good, "name", u.name);
	json_text(good, "email", u.email);
	json_text(good, "link", link);
	json_close_object(good);
	mem_wipe(link, sizeof(link));
	return 0;
}

int book_import(struct hall *h, const char *who, struct bytes csv, struct json *good, struct json *bad)
{
	struct csv c = csv_reader(csv);
	char *cells[CSV_CELLS];
	char *room = mem_alloc(CSV_LINE);
	int wrong = 0, r = room ? 0 : -EIO;
	unsigned people = 0;

	while (r == 0 && csv_next(&c, room, cells)) {
		const char *code = c.broken ? "wrong-line" : NULL;

		/* The first line may name the columns. */
		if (c.line == 1 && !code && strcmp(cells[1], "email") == 0)
			continue;
		if (!code && ++people > LIMIT_IMPORT)
			code = book_code(BOOK_FULL);
		if (!code)
			r = import_line(h, who, cells, &code, good);
		if (!code)
			continue;
		wrong++;
		json_open_object(bad, NULL);
		json_number(bad, "line", c.line);
		json_text(bad, "code", code);
		json_close_object(bad);
		/* What is told of it must fit its room, too. */
		if (people > LIMIT_IMPORT || wrong == LIMIT_IMPORT)
			break;
	}
	mem_free(room);
	if (wrong == 0)
		note_security(h, "users-imported", who, NULL);
	return r < 0 ? r : wrong;
}

void book_write_body(struct hall *h, struct json *j, const struct body_row *b)
{
	_cleanup_(mem_freep) struct member_row *rows = mem_new_array(struct member_row, LIMIT_PEOPLE_PER_MEETING);
	int n = rows ? members_of_body(h->db, b->number, rows, LIMIT_PEOPLE_PER_MEETING) : 0;

	json_open_object(j, NULL);
	json_text(j, "id", b->id);
	json_text(j, "name", b->name);
	json_open_list(j, "members");
	for (int i = 0; i < n; i++) {
		json_open_object(j, NULL);
		json_text(j, "name", rows[i].name);
		json_text(j, "email", rows[i].email);
		json_text(j, "office", office_word(rows[i].office));
		json_text(j, "party", rows[i].party[0] ? rows[i].party : NULL);
		json_close_object(j);
	}
	json_close_list(j);
	json_close_object(j);
}

void book_write_user(struct json *j, const struct account_row *a)
{
	json_open_object(j, NULL);
	json_text(j, "name", a->name);
	json_text(j, "email", a->email);
	json_text(j, "status", a->closed ? "closed" : a->enrolled ? "enrolled" : "invited");
	json_close_object(j);
}

void book_write_administrator(struct json *j, const struct administrator_row *a)
{
	json_open_object(j, NULL);
	json_text(j, "email", a->email);
	json_text(j, "level", level_words[a->level]);
	json_text(j, "status", a->closed ? "closed" : a->enrolled ? "enrolled" : "invited");
	json_close_object(j);
}
