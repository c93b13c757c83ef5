/* SPDX-License-Identifier: EUPL-1.2 */
#include "server/shell/syslog.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "server/shell/socket.h"
#include "server/wire/text.h"

#define FACILITY 10	/* RFC 5424, table 1: security/authorization, which Debian keeps from most users */

/* RFC 5424, table 2. */
static unsigned severity(enum security_outcome o)
{
	switch (o) {
	case SECURITY_DONE:
		return 6;
	case SECURITY_CHANGED:
		return 5;
	case SECURITY_DENIED:
	case SECURITY_FAILED:
		return 4;
	}
	return 5;
}

static const char *outcome_word(enum security_outcome o)
{
	switch (o) {
	case SECURITY_DONE:
		return "done";
	case SECURITY_CHANGED:
		return "changed";
	case SECURITY_DENIED:
		return "denied";
	case SECURITY_FAILED:
		return "failed";
	}
	return "done";
}

/* RFC 5424, 6.3.3. */
static void write_text(struct writer *w, const char *name, const char *text)
{
	if (!text[0])
		return;
	write_format(w, " %s=\"", name);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\' || *text == ']')
			write_u8(w, '\\');
		write_u8(w, (unsigned char)*text < ' ' ? '?' : (uint8_t)*text);
	}
	write_u8(w, '"');
}

static void write_number(struct writer *w, const char *name, uint32_t n)
{
	if (n)
		write_format(w, " %s=\"%" PRIu32 "\"", name, n);
}

void syslog_write(struct writer *w, const struct hall_security *e, const char *host, int process)
{
	char at[TEXT_TIME_SIZE];

	text_print_time(e->at, at);
	write_format(w, "<%u>1 %s %s conclaved %d %s [meta sequenceId=\"%" PRIu64 "\"][conclave@32473 event=\"%u\"",
		FACILITY * 8 + severity(e->event.outcome), at, host, process, e->word,
		(e->number - 1) % INT32_MAX + 1, e->event.id);
	write_text(w, "outcome", outcome_word(e->event.outcome));
	write_text(w, "account", e->account);
	write_text(w, "target", e->target);
	write_text(w, "about", e->about);
	write_number(w, "meeting", e->meeting);
	write_number(w, "entry", e->entry);
	write_number(w, "by", e->by);
	write_number(w, "person", e->person);
}

/* … and of all before it. */
static void write_chain(struct writer *w, struct digest *chain)
{
	uint8_t text[DIGEST_SIZE + SYSLOG_LINE];
	struct writer all = writer(text, sizeof(text));
	struct bytes line = written(w);

	write_bytes(&all, bytes_make(chain->bytes, DIGEST_SIZE));
	write_bytes(&all, line);
	if (!all.ok || digest_sha256(written(&all), chain) < 0)
		w->ok = false;
	write_string(w, " chain=\"");
	for (size_t i = 0; i < DIGEST_SIZE; i++)
		write_format(w, "%02x", chain->bytes[i]);
	write_string(w, "\"]");
}

static void keep(struct syslog *s, const struct hall_security *e)
{
	struct syslog_line *line, text;
	struct writer w = writer(text.text, sizeof(text.text));

	syslog_write(&w, e, s->host, getpid());
	write_chain(&w, &s->chain);	/* also when it is lost: then the next one tells */
	if (!w.ok || s->n == SYSLOG_WAITING) {
		s->lost++;
		return;
	}
	line = &s->waiting[(s->first + s->n++) % SYSLOG_WAITING];
	line->size = (uint16_t)written(&w).size;
	memcpy(line->text, text.text, line->size);
}

/* The log has no accounts (docs/nl/gegevens.md), and what stands in proceedings it has already. */
static void log_event(const struct hall_security *e)
{
	if (!e->entry)
		log_info("security", LOG_NUMBER("event", e->event.id), LOG_WORD("kind", e->word),
			LOG_WORD("outcome", outcome_word(e->event.outcome)),
			LOG_WORD("about", e->about[0] ? e->about : "-"));
}

int syslog_open(struct syslog *s, const char *path, const char *host)
{
	*s = (struct syslog){ .fd = -1, .path = path, .host = host, .retry_at = USEC_NEVER };
	if (!path[0])
		return 0;
	s->waiting = mem_new_array(struct syslog_line, SYSLOG_WAITING);
	if (!s->waiting)
		return -ENOMEM;
	s->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	return s->fd < 0 ? -errno : 0;
}

void syslog_done(struct syslog *s)
{
	socket_close(&s->fd);
	mem_free(s->waiting);
	s->waiting = NULL;
}

static int send_first(const struct syslog *s)
{
	const struct syslog_line *line = &s->waiting[s->first];
	struct sockaddr_un to = { .sun_family = AF_UNIX };

	memcpy(to.sun_path, s->path, strlen(s->path) + 1);
	return sendto(s->fd, line->text, line->size, MSG_NOSIGNAL, (struct sockaddr *)&to, sizeof(to)) < 0 ? -errno : 0;
}

static void flush(struct syslog *s, usec_t now)
{
	int r = 0;

	s->retry_at = USEC_NEVER;
	while (s->n && (r = send_first(s)) == 0) {
		s->first = (s->first + 1) % SYSLOG_WAITING;
		s->n--;
		s->sent++;
	}
	if (!s->n)
		return;
	s->retry_at = now + SYSLOG_RETRY;
	log_throttled(LOG_LEVEL_WARN, now, MINUTES(1), "syslog-waits", LOG_NUMBER("lines", s->n),
		LOG_NUMBER("lost", s->lost), LOG_ERROR(r));
}

void syslog_tell(struct syslog *s, const struct hall_security *e, usec_t now)
{
	log_event(e);
	if (!s->waiting)
		return;
	keep(s, e);
	flush(s, now);
}

usec_t syslog_deadline(const struct syslog *s)
{
	return s->retry_at;
}

void syslog_timeout(struct syslog *s, usec_t now)
{
	if (now >= s->retry_at)
		flush(s, now);
}
