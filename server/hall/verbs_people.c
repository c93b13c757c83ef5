/* SPDX-License-Identifier: EUPL-1.2 */
/* What conclavectl asks about bodies, people and administrators. In conclaved.
 * Invariant: an answer that says it was done is given after the commit; a link is told once. */
#include "server/hall/gate.h"

#include "server/hall/verbs.h"


static void answer(struct writer *w, enum book_why why, const char *email, char *link)
{
	struct json j;

	if (why != BOOK_DONE) {
		control_refuse(w, book_sentence(why));
	} else {
		j = control_begin(w);
		if (email)
			json_text(&j, "email", email);
		if (link)
			json_text(&j, "link", link);
		json_close_object(&j);
	}
	if (link)
		mem_wipe(link, LINK_SIZE);
}

static void body_add(struct hall *h, const struct wire_node *request, struct writer *w)
{
	enum book_why why = book_begin(h);
	struct body_row body;
	struct json j;

	if (why == BOOK_DONE)
		why = book_end(h, book_add_body(h, NULL, wire_text(request, "name"), &body));
	if (why != BOOK_DONE) {
		control_refuse(w, book_sentence(why));
		return;
	}
	j = control_begin(w);
	json_text(&j, "body", body.id);
	json_close_object(&j);
}

static void body_list(struct hall *h, const struct wire_node *request __attribute__((unused)), struct writer *w)
{
	_cleanup_(mem_freep) struct body_row *rows = mem_new_array(struct body_row, LIMIT_BODIES);
	int n = rows ? bodies_all(h->db, rows, LIMIT_BODIES) : 0;
	struct json j = control_begin(w);

	json_open_list(&j, "bodies");
	for (int i = 0; i < n; i++)
		book_write_body(h, &j, &rows[i]);
	json_close_list(&j);
	json_close_object(&j);
}

static void user_add(struct hall *h, const struct wire_node *request, struct writer *w)
{
	const char *office = wire_text(request, "office");
	struct book_user u = { .name = wire_text(request, "name"), .email = wire_text(request, "email"),
		.body = wire_text(request, "body"), .party = wire_text(request, "party"), .office = OFFICE_MEMBER };
	enum book_why why = book_begin(h);
	char link[LINK_SIZE] = "";

	if (office)
		u.office = (enum office)word_index(office, words_offices);
	if (why == BOOK_DONE)
		why = book_end(h, book_add_user(h, NULL, &u, link));
	answer(w, why, u.email, link);
}

static void user_list(struct hall *h, const struct wire_node *request __attribute__((unused)), struct writer *w)
{
	_cleanup_(mem_freep) struct account_row *rows = mem_new_array(struct account_row, LIMIT_ACCOUNTS);
	int n = rows ? accounts_all(h->db, rows, LIMIT_ACCOUNTS) : 0;
	struct json j = control_begin(w);

	json_open_list(&j, "users");
	for (int i = 0; i < n; i++)
		book_write_user(&j, &rows[i]);
	json_close_list(&j);
	json_close_object(&j);
}

static void user_close(struct hall *h, const struct wire_node *request, struct writer *w)
{
	enum book_why why = book_begin(h);

	if (why == BOOK_DONE)
		why = book_end(h, book_close_user(h, NULL, wire_text(request, "email")));
	answer(w, why, NULL, NULL);
}

static void user_reset(struct hall *h, const struct wire_node *request, struct writer *w)
{
	enum book_why why = book_begin(h);
	char link[LINK_SIZE] = "";

	if (why == BOOK_DONE)
		why = book_end(h, book_reset_user(h, NULL, wire_text(request, "email"), link));
	answer(w, why, wire_text(request, "email"), link);
}

/* The lines that are wrong are the sentence: whoever mends the file needs nothing else. */
static void refuse_lines(struct writer *w, const char *lines)
{
	struct json j;

	control_refuse(w, book_sentence(BOOK_LINES));
	*w = writer(w->start, (size_t)(w->end - w->start));
	j = json_writer(w);
	json_open_object(&j, NULL);
	json_boolean(&j, "ok", false);
	json_text(&j, "error", book_sentence(BOOK_LINES));
	write_string(w, ",\"lines\":[");
	write_string(w, lines);
	write_string(w, "]");
	json_close_object(&j);
}

static void user_import(struct hall *h, const struct wire_node *request, struct writer *w)
{
	_cleanup_(mem_freep) char *room = mem_alloc(LIMIT_IMPORT_BODY);
	struct writer lines = writer(room, LIMIT_IMPORT_BODY - 1);
	struct json good, bad = json_writer(&lines);
	enum book_why why = room ? book_begin(h) : BOOK_NOT_RECORDED;
	int wrong;

	if (why != BOOK_DONE) {
		control_refuse(w, book_sentence(why));
		return;
	}
	good = control_begin(w);
	json_open_list(&good, "users");
	wrong = book_import(h, NULL, bytes_of_string(wire_text(request, "csv")), &good, &bad);
	json_close_list(&good);
	json_close_object(&good);
	why = book_end(h, wrong == 0 && w->ok ? BOOK_DONE : wrong > 0 ? BOOK_LINES : BOOK_NOT_RECORDED);
	if (why == BOOK_LINES)
		refuse_lines(w, room);
	else if (why != BOOK_DONE)
		control_refuse(w, book_sentence(why));
}

static void admin_add(struct hall *h, const struct wire_node *request, struct writer *w)
{
	const char *email = wire_text(request, "email");
	enum book_why why = book_begin(h);
	char link[LINK_SIZE] = "";

	if (!h->gate->admin_origin[0]) {
		(void)book_end(h, BOOK_LAST);
		control_refuse(w, "the administration's listener is off: admin_listen in the configuration opens it");
		return;
	}
	if (why == BOOK_DONE)
		why = book_end(h, book_add_administrator(h, NULL, email,
			(enum level)wire_word(request, "level", level_words), link));
	answer(w, why, email, link);
}

static void admin_list(struct hall *h, const struct wire_node *request __attribute__((unused)), struct writer *w)
{
	_cleanup_(mem_freep) struct administrator_row *rows = mem_new_array(struct administrator_row,
		LIMIT_ADMINISTRATORS);
	int n = rows ? administrators_all(h->db, rows, LIMIT_ADMINISTRATORS) : 0;
	struct json j = control_begin(w);

	json_open_list(&j, "admins");
	for (int i = 0; i < n; i++)
		book_write_administrator(&j, &rows[i]);
	json_close_list(&j);
	json_close_object(&j);
}

static void admin_close(struct hall *h, const struct wire_node *request, struct writer *w)
{
	enum book_why why = book_begin(h);

	if (why == BOOK_DONE)
		why = book_end(h, book_close_administrator(h, NULL, wire_text(request, "email")));
	answer(w, why, NULL, NULL);
}

void verbs_people(struct hall *h, enum control_verb verb, const struct wire_node *request, struct writer *w)
{
	static void (*const rows[VERB_N])(struct hall *h, const struct wire_node *request, struct writer *w) = {
		[VERB_BODY_ADD] = body_add,
		[VERB_BODY_LIST] = body_list,
		[VERB_USER_ADD] = user_add,
		[VERB_USER_LIST] = user_list,
		[VERB_USER_CLOSE] = user_close,
		[VERB_USER_RESET] = user_reset,
		[VERB_USER_IMPORT] = user_import,
		[VERB_ADMIN_ADD] = admin_add,
		[VERB_ADMIN_LIST] = admin_list,
		[VERB_ADMIN_CLOSE] = admin_close,
	};

	rows[verb](h, request, w);
}
