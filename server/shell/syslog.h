/* SPDX-License-Identifier: EUPL-1.2 */
/* What is told of security, as syslog reads it (RFC 5424): to the socket of the configuration with accounts, to the
 * log without. In conclaved.
 * Invariant: nobody waits for a listener; each line carries the hash of all before it, so that a collector finds out
 * what is missing or was changed there. */
#pragma once

#include "auth/digest.h"
#include "base/clock.h"
#include "server/hall/hall.h"

#define SYSLOG_LINE 3072		/* two addresses, and what stands around them */
#define SYSLOG_WAITING 256		/* lines, when nobody takes them */
#define SYSLOG_RETRY SECONDS(1)

struct syslog_line {
	uint16_t size;
	uint8_t text[SYSLOG_LINE];
};

struct syslog {
	/* owned */
	int fd;				/* -1 = nobody is told; not connected: who listens may be started anew */
	struct syslog_line *waiting;	/* a ring */

	/* borrowed */
	const char *path;		/* "" = only the log */
	const char *host;

	/* state */
	struct digest chain;
	size_t first, n;
	usec_t retry_at;
	uint64_t sent, lost;
};

/* 0 or a negative errno. */
int syslog_open(struct syslog *s, const char *path, const char *host);
void syslog_done(struct syslog *s);
void syslog_tell(struct syslog *s, const struct hall_security *e, usec_t now);
usec_t syslog_deadline(const struct syslog *s);
void syslog_timeout(struct syslog *s, usec_t now);
/* One line, without what it is chained to. */
void syslog_write(struct writer *w, const struct hall_security *e, const char *host, int process);
