/* SPDX-License-Identifier: EUPL-1.2 */
/* Reads a file of proceedings and says whether it is whole; or a proof of two histories, and whether it holds. In
 * conclavectl.
 * Invariant: no server is asked. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "server/ctl/disk.h"
#include "server/ctl/log.h"
#include "server/proof/audit.h"
#include "server/proof/histories.h"
#include "server/wire/text.h"

/* More than a meeting of two weeks makes. */
#define FILE_MOST (256u * 1024 * 1024)

static void say_whole(const struct audit *a, char *why)
{
	struct writer w = writer(why, PLACE_WHY_SIZE);
	char time[TEXT_TIME_SIZE];
	uint32_t sealed = a->passed ? a->checkpoints[a->passed - 1].size : 0;

	text_print_time(a->sealed, time);
	write_format(&w, "the proceedings are whole: %u entries, ", a->tree.size);
	if (sealed)
		write_format(&w, "last checkpoint of %s, signed by server %s", time, a->server);
	else
		write_string(&w, "no checkpoint");
	if (sealed < a->tree.size)
		write_format(&w, "; nobody has signed the last %u", a->tree.size - sealed);
	write_u8(&w, 0);
}

/* Two files and what is found in them. */
struct verifying {
	/* owned */
	uint8_t *text, *note;
	struct audit audit;
	struct histories histories;

	/* state */
	size_t size, note_size;
	bool two_histories;		/* proven */
	char *why;
};

static struct verifying *verifying_free(struct verifying *v)
{
	mem_free(v->text);
	mem_free(v->note);
	audit_done(&v->audit);
	mem_free(v);
	return NULL;
}
DEFINE_CLEANUP(struct verifying *, verifying_free)

static bool read_file(struct verifying *v, const char *path, uint8_t **text, size_t *size)
{
	int r = disk_read(path, FILE_MOST, text, size);

	if (r == 0 && *size)
		return true;
	(void)snprintf(v->why, PLACE_WHY_SIZE, "%.200s cannot be read: %s", path, r < 0 ? strerror(-r) : "it is empty");
	return false;
}

static bool out_of_memory(struct verifying *v)
{
	(void)snprintf(v->why, PLACE_WHY_SIZE, "there is not enough memory");
	return false;
}

/* Behind what was said already. */
static void add(struct verifying *v, const char *text, const char *path)
{
	size_t n = strlen(v->why);

	(void)snprintf(v->why + n, PLACE_WHY_SIZE - n, "; %s%.200s", text, path);
}

/* Who kept the checkpoint can show it to anybody. */
static void prove(struct verifying *v, const char *path)
{
	struct bytes transcript = bytes_make(v->text, v->size);
	_cleanup_(mem_freep) uint8_t *text = mem_alloc(v->size + HISTORIES_MORE);
	struct writer w = writer(text, text ? v->size + HISTORIES_MORE : 0);

	v->two_histories = text && histories_find(&v->histories, transcript, bytes_make(v->note, v->note_size)) > 0;
	if (!v->two_histories)
		return;
	if (!path) {
		add(v, "the server signed two histories: --output FILE writes the proof", "");
		return;
	}
	histories_write(&v->histories, transcript, &w);
	if (w.ok && disk_write(path, written(&w)) == 0)
		add(v, "the server signed two histories: the proof is in ", path);
	else
		add(v, "the server signed two histories, but the proof cannot be written to ", path);
}

/* The file beside this note, and nothing else. 1; 0 with the audit's `why`; -ENOMEM. */
static int look(struct verifying *v)
{
	audit_done(&v->audit);
	audit_init(&v->audit);
	return audit_transcript(&v->audit, bytes_make(v->text, v->size), bytes_make(v->note, v->note_size));
}

/* Beside each of the notes, until one says no. -EIO with `why`: a note cannot be read. */
static int look_by_notes(struct verifying *v, const struct log_question *q)
{
	int r = 1;

	for (size_t i = 0; i < q->n_checkpoints && r > 0; i++) {
		mem_free(take(v->note));
		r = read_file(v, q->checkpoints[i], &v->note, &v->note_size) ? look(v) : -EIO;
	}
	return r;
}

static bool confirm(struct verifying *v)
{
	const struct histories *h = &v->histories;
	int r = histories_check(&v->histories, bytes_make(v->text, v->size));

	if (r < 0)
		return out_of_memory(v);
	v->two_histories = r > 0;
	if (r == 0) {
		(void)snprintf(v->why, PLACE_WHY_SIZE, "this does not prove two histories: the signatures or the hashes in "
			"it do not hold");
		return false;
	}
	(void)snprintf(v->why, PLACE_WHY_SIZE, "proven: server %s signed two histories of meeting %s, one of %u entries and "
		"one of %u of which the former is no beginning%s", h->server, h->meeting, h->checkpoints[0].size,
		h->checkpoints[1].size, h->epoch ? "; that its key follows from the first one is not in the file" : "");
	return true;
}

/* Whose history it is, whole as it may be. */
static bool is_expected(struct verifying *v, const struct log_question *q, const char *found)
{
	if (!q->server || strcmp(q->server, found) == 0)
		return true;
	(void)snprintf(v->why, PLACE_WHY_SIZE, "this is of server %s, and not of server %s", found, q->server);
	return false;
}

static bool verify(struct verifying *v, const struct log_question *q)
{
	int r;

	if (!read_file(v, q->path, &v->text, &v->size))
		return false;
	if (histories_is(bytes_make(v->text, v->size)))
		return confirm(v) && is_expected(v, q, v->histories.server);
	r = q->n_checkpoints ? look_by_notes(v, q) : look(v);
	if (r == -EIO)
		return false;
	if (r < 0)
		return out_of_memory(v);
	if (r > 0 && !is_expected(v, q, v->audit.server))
		return false;
	if (r > 0)
		say_whole(&v->audit, v->why);
	else
		(void)snprintf(v->why, PLACE_WHY_SIZE, "%s", v->audit.why);
	if (r == 0 && v->note)
		prove(v, q->proof);
	return r > 0;
}

static void write_finding(struct writer *w, const struct verifying *v, bool whole)
{
	const struct audit *a = &v->audit;
	struct json j = json_writer(w);

	json_open_object(&j, NULL);
	json_boolean(&j, "ok", whole);
	json_text(&j, "error", whole ? NULL : v->why);
	if (a->bad)
		json_number(&j, "entry", a->bad);
	json_number(&j, "entries", a->tree.size);
	json_text(&j, "meeting", a->meeting[0] ? a->meeting : v->histories.meeting);
	json_text(&j, "server", a->server[0] ? a->server : v->histories.server);
	json_boolean(&j, "two_histories", v->two_histories);
	json_close_object(&j);
}

bool log_verify(const struct log_question *q, struct writer *json, char why[static PLACE_WHY_SIZE])
{
	_cleanup_(verifying_freep) struct verifying *v = mem_new(struct verifying);
	bool whole;

	if (!v) {
		(void)snprintf(why, PLACE_WHY_SIZE, "there is not enough memory");
		return false;
	}
	v->why = why;
	audit_init(&v->audit);
	whole = verify(v, q);
	if (json)
		write_finding(json, v, whole);
	return whole;
}
