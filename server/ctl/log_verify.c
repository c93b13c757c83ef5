/* SPDX-License-Identifier: EUPL-1.2 */
/* Reads a file of proceedings and says whether it is whole. In conclavectl.
 * Invariant: no server is asked. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "server/ctl/disk.h"
#include "server/ctl/log.h"
#include "server/proof/audit.h"
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

static void write_finding(struct writer *w, const struct audit *a, bool whole, const char *why)
{
	struct json j = json_writer(w);

	json_open_object(&j, NULL);
	json_boolean(&j, "ok", whole);
	json_text(&j, "error", whole ? NULL : why);
	if (a->bad)
		json_number(&j, "entry", a->bad);
	json_number(&j, "entries", a->tree.size);
	json_text(&j, "meeting", a->meeting);
	json_text(&j, "server", a->server);
	json_close_object(&j);
}

static bool verify(struct audit *a, const char *path, const char *checkpoint, char *why)
{
	_cleanup_(mem_freep) uint8_t *text = NULL, *note = NULL;
	size_t size = 0, note_size = 0;
	int r = disk_read(path, FILE_MOST, &text, &size);

	if (r < 0) {
		(void)snprintf(why, PLACE_WHY_SIZE, "%.200s cannot be read: %s", path, strerror(-r));
		return false;
	}
	r = checkpoint ? disk_read(checkpoint, FILE_MOST, &note, &note_size) : 0;
	if (r < 0 || (checkpoint && note_size == 0)) {
		(void)snprintf(why, PLACE_WHY_SIZE, "%.200s cannot be read: %s", checkpoint,
			r < 0 ? strerror(-r) : "it is empty");
		return false;
	}
	r = audit_transcript(a, bytes_make(text, size), bytes_make(note, note_size));
	if (r > 0)
		say_whole(a, why);
	else
		(void)snprintf(why, PLACE_WHY_SIZE, "%s", r < 0 ? "there is not enough memory" : a->why);
	return r > 0;
}

bool log_verify(const char *path, const char *checkpoint, struct writer *json, char why[static PLACE_WHY_SIZE])
{
	_cleanup_(mem_freep) struct audit *a = mem_new(struct audit);
	bool whole;

	if (!a) {
		(void)snprintf(why, PLACE_WHY_SIZE, "there is not enough memory");
		return false;
	}
	audit_init(a);
	whole = verify(a, path, checkpoint, why);
	if (json)
		write_finding(json, a, whole, why);
	audit_done(a);
	return whole;
}
