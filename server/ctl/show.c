/* SPDX-License-Identifier: EUPL-1.2 */
/* Prints answers as lines and columns. In conclavectl. */
#include "server/ctl/show.h"

#include <inttypes.h>
#include <string.h>

#define SHOW_COLUMNS 6

/* In characters as a terminal counts them, near enough: bytes that begin one in UTF-8. */
static size_t width(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

struct table {
	const char *keys[SHOW_COLUMNS];		/* NULL ends them */
	const char *heads[SHOW_COLUMNS];	/* heads[0] NULL = none */
};

static const char *cell(const struct answer *row, const char *key)
{
	const char *text = answer_text(row, key);

	return text ? text : "";
}

static void measure(const struct table *t, const struct answer *rows, size_t widths[static SHOW_COLUMNS])
{
	for (size_t c = 0; c < SHOW_COLUMNS && t->keys[c]; c++) {
		widths[c] = t->heads[0] ? width(t->heads[c]) : 0;
		for (size_t i = 0; i < answer_count(rows); i++) {
			size_t w = width(cell(answer_item(rows, i), t->keys[c]));

			widths[c] = w > widths[c] ? w : widths[c];
		}
	}
}

static void print_cell(FILE *out, const char *text, size_t padded, bool last)
{
	(void)fputs(text, out);
	if (last)
		(void)fputc('\n', out);
	else
		(void)fprintf(out, "%*s", (int)(padded - width(text) + 2), "");
}

static void print_table(FILE *out, const struct table *t, const struct answer *rows)
{
	size_t widths[SHOW_COLUMNS] = { 0 };
	size_t n = 0;

	while (n < SHOW_COLUMNS && t->keys[n])
		n++;
	measure(t, rows, widths);
	for (size_t c = 0; t->heads[0] && c < n; c++)
		print_cell(out, t->heads[c], widths[c], c + 1 == n);
	for (size_t i = 0; i < answer_count(rows); i++)
		for (size_t c = 0; c < n; c++)
			print_cell(out, cell(answer_item(rows, i), t->keys[c]), widths[c], c + 1 == n);
}

static void show_list(FILE *out, const struct answer *a)
{
	static const struct table meetings = {
		.keys = { "id", "phase", "starts", "title" },
		.heads = { "ID", "PHASE", "STARTS", "TITLE" },
	};
	const struct answer *rows = answer_get(a, "meetings");

	if (answer_count(rows) == 0)
		(void)fputs("There are no meetings.\n", out);
	else
		print_table(out, &meetings, rows);
}

static void show_meeting(FILE *out, const struct answer *a)
{
	static const struct table people = {
		.keys = { "office", "name", "email", "where" },
		.heads = { "OFFICE", "NAME", "E-MAIL", "NOW" },
	};
	const struct answer *m = answer_get(a, "meeting");
	const char *body = cell(m, "body");

	(void)fprintf(out, "%s  %s%s%s\n", cell(m, "id"), cell(m, "title"), *body ? ", " : "", body);
	(void)fprintf(out, "%s, starts %s, %" PRId64 " entries in the proceedings\n", cell(m, "phase"),
		cell(m, "starts"), answer_number(a, "entries"));
	(void)fprintf(out, "%" PRId64 " invited, %" PRId64 " inside, %" PRId64 " in the lobby\n\n",
		answer_number(m, "invited"), answer_number(m, "inside"), answer_number(m, "waiting"));
	print_table(out, &people, answer_get(a, "people"));
}

static void show_demo(FILE *out, const struct answer *a)
{
	static const struct table people = { .keys = { "office", "name", "link" } };

	/* Scripts take the id from the end of this line. */
	(void)fprintf(out, "Demonstration meeting %s\n", cell(a, "meeting"));
	print_table(out, &people, answer_get(a, "people"));
}

static const struct table bodies = { .keys = { "id", "name" }, .heads = { "ID", "NAME" } };
static const struct table users = { .keys = { "email", "status", "name" }, .heads = { "E-MAIL", "STATUS", "NAME" } };
static const struct table imported = { .keys = { "email", "link" }, .heads = { "E-MAIL", "ENROLMENT LINK" } };
static const struct table admins = { .keys = { "email", "level", "status" }, .heads = { "E-MAIL", "LEVEL", "STATUS" } };

static void show_rows(FILE *out, const struct answer *a, const char *key, const struct table *t, const char *none)
{
	const struct answer *rows = answer_get(a, key);

	if (answer_count(rows) == 0)
		(void)fprintf(out, "%s\n", none);
	else
		print_table(out, t, rows);
}

/* Mostly numbers, for which a table has no cells. */
static void show_workers(FILE *out, const struct answer *a)
{
	const struct answer *rows = answer_get(a, "workers");

	if (answer_count(rows) == 0)
		(void)fputs("No media worker is running.\n", out);
	else
		(void)fputs("WORKER  STATE     UDP PORT  MEETINGS  PEOPLE\n", out);
	for (size_t i = 0; i < answer_count(rows); i++) {
		const struct answer *w = answer_item(rows, i);

		(void)fprintf(out, "%-6" PRId64 "  %-8s  %-8" PRId64 "  %-8" PRId64 "  %" PRId64 "\n",
			answer_number(w, "number"), cell(w, "state"), answer_number(w, "port"),
			answer_number(w, "meetings"), answer_number(w, "people"));
	}
}

void show_bad_lines(FILE *out, const struct answer *a)
{
	const struct answer *lines = answer_get(a, "lines");

	for (size_t i = 0; lines && i < answer_count(lines); i++)
		(void)fprintf(out, "line %" PRId64 ": %s\n", answer_number(answer_item(lines, i), "line"),
			cell(answer_item(lines, i), "code"));
}

void show_answer(FILE *out, const struct options *o, const struct answer *a)
{
	switch (o->verb) {
	case CTL_MEETING_CREATE:
		(void)fprintf(out, "%s\n", cell(a, "meeting"));
		return;
	case CTL_MEETING_LIST:
		show_list(out, a);
		return;
	case CTL_MEETING_SHOW:
		show_meeting(out, a);
		return;
	case CTL_MEETING_END:
		(void)fprintf(out, "Meeting %s has ended.\n", o->meeting);
		return;
	case CTL_INVITE:
		(void)fprintf(out, "%s\n", cell(a, "link"));
		return;
	case CTL_DEMO:
		show_demo(out, a);
		return;
	case CTL_BODY_ADD:
		(void)fprintf(out, "%s\n", cell(a, "body"));
		return;
	case CTL_BODY_LIST:
		show_rows(out, a, "bodies", &bodies, "There are no bodies.");
		return;
	case CTL_USER_LIST:
		show_rows(out, a, "users", &users, "Nobody has an account.");
		return;
	case CTL_USER_IMPORT:
		show_rows(out, a, "users", &imported, "There was nobody in the file.");
		return;
	case CTL_ADMIN_LIST:
		show_rows(out, a, "admins", &admins, "There are no administrators.");
		return;
	case CTL_USER_ADD:
	case CTL_USER_RESET:
	case CTL_ADMIN_ADD:
		(void)fprintf(out, "%s\n", *cell(a, "link") ? cell(a, "link") : "That person can sign in already.");
		return;
	case CTL_USER_CLOSE:
	case CTL_ADMIN_CLOSE:
		(void)fprintf(out, "The account of %s is closed.\n", o->email);
		return;
	case CTL_WORKER_LIST:
		show_workers(out, a);
		return;
	case CTL_WORKER_DRAIN:
		(void)fprintf(out, "Media worker %s gets no new meetings. %" PRId64 " people in %" PRId64
			" meetings are on it.\n", o->worker, answer_number(a, "people"), answer_number(a, "meetings"));
		return;
	case CTL_RELOAD:
		(void)fputs("New connections are shown the certificate that now stands in its file.\n", out);
		return;
	case CTL_LOG_EXPORT:
	case CTL_LOG_VERIFY:
	case CTL_WEB_KEY:
	case CTL_WEB_SIGN:
	case CTL_WEB_EXPORT:
	case CTL_WEB_VERIFY:
	case CTL_BACKUP:
	case CTL_BACKUP_KEY:
	case CTL_RESTORE:
	case CTL_DOCTOR:
	case CTL_N:
		return;
	}
}
