/* SPDX-License-Identifier: EUPL-1.2 */
/* Lines on standard error: `conclave-media info link-closed peer=a1b2c3 why=timeout`. In every process.
 * Invariant: whatever the fields hold, a call writes one line of printable ASCII, in one write(). */
#include "base/log.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"

/* PIPE_BUF: as much as a pipe takes without mixing it with another process' line. */
#define LOG_LINE 4096
#define LOG_WORD_SIZE 200

/* What cut a line short. */
#define LOG_CUT " ...\n"

static struct {
	enum log_level most;
	bool journal;
	const char *process;	/* borrowed: our own word, for the life of the process */
} settings = { .most = LOG_LEVEL_INFO };

void log_set_level(enum log_level most)
{
	settings.most = most;
}

/* systemd.exec(5): it names device and inode, so that a child whose standard error goes elsewhere can tell. */
static bool log_is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long device, inode;
	struct stat st;

	return stream && sscanf(stream, "%llu:%llu", &device, &inode) == 2 && fstat(STDERR_FILENO, &st) == 0 &&
		st.st_dev == device && st.st_ino == inode;
}

void log_set_process(const char *name)
{
	settings.process = name;
	settings.journal = log_is_journal();
}

static const char *log_level_word(enum log_level level)
{
	switch (level) {
	case LOG_LEVEL_ERROR:
		return "error";
	case LOG_LEVEL_WARN:
		return "warn";
	case LOG_LEVEL_INFO:
		return "info";
	case LOG_LEVEL_DEBUG:
		return "debug";
	}
	return "info";
}

static bool log_is_plain(unsigned char c)
{
	return c > 0x20 && c < 0x7f && c != '"' && c != '\\';
}

/* Quoted when a reader could not tell where it ends; what is not printable ASCII as \xNN. */
static void log_print_word(struct writer *w, const char *text)
{
	size_t size = text ? strnlen(text, LOG_WORD_SIZE + 1) : 0;
	bool cut = size > LOG_WORD_SIZE;
	bool quoted = size == 0;

	size = cut ? LOG_WORD_SIZE : size;
	for (size_t i = 0; i < size; i++)
		quoted = quoted || text[i] == ' ' || text[i] == '=';
	if (quoted)
		write_string(w, "\"");
	for (size_t i = 0; i < size; i++) {
		unsigned char c = (unsigned char)text[i];

		if (log_is_plain(c) || c == ' ')
			write_u8(w, c);
		else
			write_format(w, "\\x%02x", c);
	}
	if (cut)
		write_string(w, "...");
	if (quoted)
		write_string(w, "\"");
}

static void log_print_error(struct writer *w, int64_t r)
{
	const char *name = r > -4096 && r < 0 ? strerrorname_np((int)-r) : NULL;

	if (name)
		write_string(w, name);
	else
		write_format(w, "%" PRId64, r);
}

/* Three bytes tell the people of a meeting apart and are of no use to anybody else. */
static void log_print_id(struct writer *w, uint64_t id)
{
	write_format(w, "%06" PRIx64, id > UINT32_MAX ? id >> 40 : id >> 8);
}

static void log_print_field(struct writer *w, const struct log_field *f)
{
	write_string(w, " ");
	log_print_word(w, f->name);
	write_string(w, "=");
	switch (f->kind) {
	case LOG_FIELD_ID:
		log_print_id(w, (uint64_t)f->number);
		break;
	case LOG_FIELD_NUMBER:
		write_format(w, "%" PRId64, f->number);
		break;
	case LOG_FIELD_WORD:
		log_print_word(w, f->text);
		break;
	case LOG_FIELD_ERROR:
		log_print_error(w, f->number);
		break;
	case LOG_FIELD_SECRET:
		write_format(w, "[%zu]", f->text ? strlen(f->text) : 0);
		break;
	case LOG_FIELD_END:
		break;
	}
}

static void log_print_start(struct writer *w, enum log_level level, const char *event)
{
	if (settings.journal)
		write_format(w, "<%d>", (int)level);
	if (settings.process) {
		log_print_word(w, settings.process);
		write_string(w, " ");
	}
	if (!settings.journal)
		write_format(w, "%s ", log_level_word(level));
	log_print_word(w, event);
}

/* `end` is behind the room that was kept back; a writer that ran out stopped at the last piece that fitted. */
static void log_print_end(struct writer *w, char *end)
{
	bool whole = w->ok;

	w->end = (uint8_t *)end;
	w->ok = true;
	write_string(w, whole ? "\n" : LOG_CUT);
}

void log_write(enum log_level level, const char *event, const struct log_field *fields)
{
	char line[LOG_LINE];
	struct writer w = writer(line, sizeof(line) - strlen(LOG_CUT));
	int saved = errno;
	struct bytes out;
	ssize_t n;

	if (level > settings.most)
		return;
	log_print_start(&w, level, event);
	for (; fields->kind != LOG_FIELD_END; fields++)
		log_print_field(&w, fields);
	log_print_end(&w, line + sizeof(line));
	out = written(&w);
	do
		n = write(STDERR_FILENO, out.data, out.size);
	while (n < 0 && errno == EINTR);
	errno = saved;		/* a full disk or a closed pipe must not change what the caller does next */
}
