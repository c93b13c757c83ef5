/* SPDX-License-Identifier: EUPL-1.2 */
/* The process that may start programs, so that conclaved need not: its first child, forked before a byte of anybody's
 * was read. In conclaved, which asks, and in the spawner, which answers.
 * Invariant: all that goes to the spawner is four bytes: what, which kind, which number, which signal. It starts
 * conclave-media, conclave-helper and conclave-fetch with arguments of its own, one process in a place at a time, and
 * signals nobody else. It ends when conclaved does; the media workers do not. */
#pragma once

#include <stdint.h>

#include "base/address.h"

struct spawner;

struct spawner_config {
	const char *media, *helper;	/* the programs; borrowed until spawner_new() returned, as is what follows */
	const char *fetch;		/* NULL: there is none */
	char *const *fetch_arguments;	/* its name and what it is to ask; end with NULL; its socket is descriptor 3 */
	const char *folder;		/* for media-N.sock */
	const char *certificate, *key;	/* files */
	struct address listen;		/* family 0 = every address */
	uint16_t port;			/* UDP, of worker 0; the others follow */
	unsigned workers;
	unsigned helpers;
};

enum spawner_kind { SPAWNER_MEDIA, SPAWNER_HELPER, SPAWNER_FETCH };

struct spawned {
	int process;			/* a pidfd */
	int channel;			/* a connected SEQPACKET socket */
};

/* Forks. In the child it does not return. */
int spawner_new(struct spawner **ret, const struct spawner_config *config);
/* Waits for its end. */
struct spawner *spawner_free(struct spawner *s);
/* Hangs up when the spawner has died. Borrowed. */
int spawner_fd(const struct spawner *s);

/* All of these wait for the answer, a few ms; 0 or a negative errno, -EPIPE when the spawner has died. What is returned
 * is the caller's. */
int spawner_start(struct spawner *s, enum spawner_kind kind, unsigned number, struct spawned *ret);
/* A media worker that outlived the conclaved before us, or lost its patience with our channel. */
int spawner_adopt(struct spawner *s, unsigned number, struct spawned *ret);
/* The files of the certificate and of its key as they now are, to be read; they are the caller's. */
int spawner_open_pair(struct spawner *s, int ret[static 2]);
/* SIGTERM or SIGKILL, to the one in that place. */
int spawner_signal(struct spawner *s, enum spawner_kind kind, unsigned number, int signal);
