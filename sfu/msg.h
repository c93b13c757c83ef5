/* SPDX-License-Identifier: EUPL-1.2 */
/* All that conclaved and a media worker say to each other. In conclaved and conclave-media.
 * Invariant: values only, no name of a person; a message that does not decode completely is refused whole. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/address.h"
#include "base/bytes.h"
#include "base/limits.h"
#include "base/media.h"

#define MSG_VERSION 1
#define MSG_MID_SIZE 16		/* RFC 8843 sets no limit; browsers use "0" … "99" */
#define MSG_ADDRESSES 32

/* What an m-line of an offer is for (PROTOCOL, roles). */
enum media_role {
	ROLE_NONE,
	ROLE_MICROPHONE,
	ROLE_CAMERA,
	ROLE_SCREEN,		/* as source or as slot, by its direction */
	ROLE_SCREEN_SOUND,
	ROLE_AUDIO,
	ROLE_VIDEO,
	ROLE_N,
};

struct media_line {
	char mid[MSG_MID_SIZE + 1];
	enum media_role role;
};

enum media_command_kind {
	MEDIA_CONFIGURE = 1,	/* a controller's first: addresses. Answered by READY, PRESENT…, PRESENT_END */
	MEDIA_ADD_PEER,		/* answered by ANSWER or REFUSED. A peer of this id that exists is replaced */
	MEDIA_RESTART_ICE,	/* new offer of a living peer: only ICE changes. Answered by ANSWER or REFUSED */
	MEDIA_SET_SOURCES,	/* bits of enum source_kind that may be forwarded; 0 at the start */
	MEDIA_SET_RANK,		/* order among open microphones; higher is heard first */
	MEDIA_REMOVE_PEER,	/* silent: no GONE follows */
};

struct media_command {
	enum media_command_kind kind;
	struct peer_id peer;
	struct meeting_id meeting;		/* ADD_PEER */
	uint32_t seat;				/* ADD_PEER: opaque, given back in PRESENT */
	uint32_t sources;			/* SET_SOURCES, ADD_PEER (as they start) */
	uint32_t rank;				/* SET_RANK, ADD_PEER */
	struct bytes sdp;			/* ADD_PEER, RESTART_ICE; at most LIMIT_MESSAGE; a view */
	struct media_line lines[LIMIT_SLOTS];	/* ADD_PEER, RESTART_ICE */
	uint32_t n_lines;
	struct address addresses[MSG_ADDRESSES];	/* CONFIGURE; port 0 = the worker's own */
	uint32_t n_addresses;
};

enum media_event_kind {
	MEDIA_READY = 1,	/* version, port, cipher name */
	MEDIA_PRESENT,		/* one living peer, for the controller that adopts */
	MEDIA_PRESENT_END,
	MEDIA_ANSWER,		/* sdp */
	MEDIA_REFUSED,		/* word says why */
	MEDIA_CONNECTED,	/* DTLS done; word: the SRTP profile */
	MEDIA_SLOT,		/* a receive line of `peer` now carries `source` of `from` (0 = nothing) */
	MEDIA_HEARD,		/* on: sound of `peer` is being forwarded to somebody; off: not for a second */
	MEDIA_SILENT,		/* on: nothing authentic came from `peer` for 5 s; off: it is back */
	MEDIA_GONE,		/* the worker freed the peer; word: closed, timeout, fingerprint or handshake */
};

struct media_event {
	enum media_event_kind kind;
	struct peer_id peer;
	struct meeting_id meeting;	/* PRESENT */
	uint32_t seat;			/* PRESENT */
	uint32_t sources;		/* PRESENT */
	struct peer_id from;		/* SLOT */
	enum source_kind source;	/* SLOT */
	char mid[MSG_MID_SIZE + 1];	/* SLOT */
	bool on;			/* HEARD, SILENT, PRESENT (connected) */
	uint16_t port;			/* READY */
	uint32_t version;		/* READY */
	char word[48];			/* READY (cipher), REFUSED, CONNECTED, GONE */
	struct bytes sdp;		/* ANSWER; a view */
};

/* Writes one message; false when `w` is too small or a field breaks a cap. */
bool media_command_write(struct writer *w, const struct media_command *c);
bool media_event_write(struct writer *w, const struct media_event *e);
/* The whole of `in` must be one message. Views point into `in`. */
bool media_command_read(struct bytes in, struct media_command *ret);
bool media_event_read(struct bytes in, struct media_event *ret);
