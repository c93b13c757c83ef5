/* SPDX-License-Identifier: EUPL-1.2 */
/* Asks for proceedings, part by part, and writes them down. In conclavectl.
 * Invariant: every part is of as many entries as the first answer said. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/limits.h"
#include "server/ctl/answer.h"
#include "server/ctl/log.h"
#include "server/ctl/request.h"

struct export {
	const struct place *place;
	const char *meeting;
	FILE *out;
	int64_t entries;	/* 0 until the first answer */
	int64_t from;		/* the next line; negative = there is none */
	char *why;
};

static bool complain(char *why, const char *what)
{
	(void)snprintf(why, PLACE_WHY_SIZE, "%s", what);
	return false;
}

static bool write_part(struct export *x, const struct answer *a)
{
	const struct answer *lines = answer_get(a, "lines");

	for (size_t i = 0; i < answer_count(lines); i++) {
		const char *text = answer_text(answer_item(lines, i), "text");

		if (!text || fprintf(x->out, "%s\n", text) < 0)
			return complain(x->why, "the proceedings could not be written; is the disk full?");
	}
	x->entries = answer_number(a, "entries");
	x->from = answer_number(a, "next");
	if (x->from == 0)
		x->from = -1;
	return answer_count(lines) > 0 || complain(x->why, "the server's answer was not understood");
}

static bool ask_part(struct export *x)
{
	static uint8_t question[512], response[LIMIT_CHANNEL_MESSAGE];
	_cleanup_(answer_freep) struct answer *a = NULL;
	struct writer w = writer(question, sizeof(question));
	struct bytes text = { 0 };
	const char *error;
	int r;

	request_write_export(&w, x->meeting, x->entries, x->from);
	r = place_ask(x->place, written(&w), response, &text);
	if (r < 0) {
		place_explain(x->place, r, x->why);
		return false;
	}
	a = answer_parse(text);
	if (!a)
		return complain(x->why, "the server's answer was not understood; is conclaved of the same version?");
	if (answer_boolean(a, "ok"))
		return write_part(x, a);
	error = answer_text(a, "error");
	return complain(x->why, error ? error : "the server refused, and did not say why");
}

static bool write_all(struct export *x)
{
	while (x->from >= 0)
		if (!ask_part(x))
			return false;
	return fflush(x->out) != EOF || complain(x->why, "the proceedings could not be written; is the disk full?");
}

/* Nobody else may read it: it holds names. */
static FILE *open_new(const char *path, char *why)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w");

	if (!file)
		(void)complain(why, errno == EEXIST ? "that file is there already; name another" :
			"that file cannot be made there");
	if (!file && fd >= 0)
		(void)close(fd);
	return file;
}

bool log_export(const struct place *place, const char *meeting, const char *path, int64_t *entries,
	char why[static PLACE_WHY_SIZE])
{
	struct export x = { .place = place, .meeting = meeting, .why = why,
		.out = path ? open_new(path, why) : stdout };
	bool done;

	if (!x.out)
		return false;
	done = write_all(&x);
	if (path && (fsync(fileno(x.out)) < 0 || fclose(x.out) == EOF) && done)
		done = complain(why, "the proceedings could not be written; is the disk full?");
	if (path && !done)
		(void)unlink(path);
	*entries = x.entries;
	return done;
}
