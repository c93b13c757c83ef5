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

#define MSG_VERSION 4
#define MSG_MID_SIZE 16		/* RFC 8843 sets no limit; browsers use "0" … "99" */
#define MSG_ADDRESSES 32
#define MSG_LAYERS 3		/* simulcast layers of one source */

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

/* How large a receive line is drawn, in device pixels; 0 × 0 = it is not to be seen. */
struct media_wish {
	char mid[MSG_MID_SIZE + 1];
	uint16_t width, height;
};

/* What a worker counts from its start on. */
enum media_count {
	COUNT_PACKETS_IN,	/* RTP and RTCP that authenticated */
	COUNT_PACKETS_OUT,
	COUNT_BYTES_IN,
	COUNT_BYTES_OUT,
	COUNT_LOST,		/* packets of senders that never came */
	COUNT_NACKS,
	COUNT_PLIS,
	COUNT_DROPPED,
	COUNT_HANDSHAKES_DONE,
	COUNT_HANDSHAKES_FAILED,
	COUNT_HANDSHAKES_FINGERPRINT,
	COUNT_HANDSHAKES_TIMEOUT,
	COUNT_FORWARD_USEC,	/* the sum of all forwarding times */
	COUNT_FORWARD,		/* datagrams by forwarding time: one of MEDIA_FORWARD_LIMITS, the next …, longer */
	COUNT_N = COUNT_FORWARD + 10,
};

/* The upper ends of all but the last of those, in µs. */
#define MEDIA_FORWARD_LIMITS { 100, 250, 500, 1000, 2500, 5000, 10000, 25000, 100000 }
#define MEDIA_FORWARD_N (COUNT_N - COUNT_FORWARD)

enum media_command_kind {
	MEDIA_CONFIGURE = 1,	/* a controller's first: who the worker is. Answered by READY, PRESENT…, PRESENT_END */
	MEDIA_ADD_PEER,		/* answered by ANSWER or REFUSED. A peer of this id that exists is replaced. One that is
				 * to echo has one line of sound each way, or one for both, and is in no meeting: what
				 * it sends comes back to it, for LIMIT_ECHO_SECONDS at most; then it is GONE */
	MEDIA_RESTART_ICE,	/* new offer of a living peer: only ICE changes. Answered by ANSWER or REFUSED */
	MEDIA_SET_SOURCES,	/* bits of enum source_kind that may be forwarded; 0 at the start */
	MEDIA_SET_RANK,		/* order among open microphones; higher is heard first */
	MEDIA_TAKE_TCP,		/* with a descriptor: a TCP connection whose first bytes, unread, are a check of ours */
	MEDIA_REMOVE_PEER,	/* silent: no GONE follows */
	MEDIA_SET_LAYOUT,	/* how large a peer's receive lines are drawn; who is not named keeps what was */
	MEDIA_END,		/* the process ends, whoever is on it. Answered by ENDING */
};
#define MEDIA_COMMAND_LAST MEDIA_END

struct media_command {
	enum media_command_kind kind;
	struct peer_id peer;
	struct meeting_id meeting;		/* ADD_PEER */
	uint32_t seat;				/* ADD_PEER: opaque, given back in PRESENT */
	uint32_t sources;			/* SET_SOURCES, ADD_PEER (as they start) */
	uint32_t rank;				/* SET_RANK, ADD_PEER */
	bool echo;				/* ADD_PEER: a sound check, which reaches nobody but itself */
	struct bytes sdp;			/* ADD_PEER, RESTART_ICE; at most LIMIT_MESSAGE; a view */
	struct media_line lines[LIMIT_SLOTS];	/* ADD_PEER, RESTART_ICE */
	uint32_t n_lines;
	struct address addresses[MSG_ADDRESSES];	/* CONFIGURE; port 0 = the worker's own */
	uint32_t n_addresses;
	struct media_wish wishes[LIMIT_SLOTS];	/* SET_LAYOUT */
	uint32_t n_wishes;
	uint32_t number;			/* CONFIGURE: of the worker; below MEDIA_WORKERS_MOST */
	uint16_t tcp_port;			/* CONFIGURE: where conclaved takes ICE-TCP; 0 = nowhere */
	struct address from;			/* TAKE_TCP */
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
	MEDIA_GONE,		/* the worker freed the peer; word: closed, timeout, fingerprint,
				 * handshake or, of an echo, over */
	MEDIA_WATCHED,		/* which layers of `source` of `peer` somebody is to be sent, from now on */
	MEDIA_NUMBERS,		/* at most once a second, after a change */
	MEDIA_ENDING,		/* its end comes next */
};
#define MEDIA_EVENT_LAST MEDIA_ENDING

struct media_event {
	enum media_event_kind kind;
	struct peer_id peer;
	struct meeting_id meeting;	/* PRESENT */
	uint32_t seat;			/* PRESENT */
	uint32_t sources;		/* PRESENT */
	struct peer_id from;		/* SLOT */
	enum source_kind source;	/* SLOT, WATCHED */
	uint32_t layers;		/* WATCHED: bit n = layer n, of which 0 is the smallest */
	char mid[MSG_MID_SIZE + 1];	/* SLOT */
	bool on;			/* HEARD, SILENT, PRESENT (connected) */
	uint16_t port;			/* READY */
	uint32_t version;		/* READY */
	char word[48];			/* READY (cipher), REFUSED, CONNECTED, GONE */
	struct bytes sdp;		/* ANSWER; a view */
	uint64_t born;			/* NUMBERS: names the process, whose counts began at 0 */
	uint64_t counts[COUNT_N];	/* NUMBERS */
};

/* Writes one message; false when `w` is too small or a field breaks a cap. */
bool media_command_write(struct writer *w, const struct media_command *c);
bool media_event_write(struct writer *w, const struct media_event *e);
/* The whole of `in` must be one message. Views point into `in`. */
bool media_command_read(struct bytes in, struct media_command *ret);
bool media_event_read(struct bytes in, struct media_event *ret);
