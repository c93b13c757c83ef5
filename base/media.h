/* SPDX-License-Identifier: EUPL-1.2 */
/* The words that both kinds of process share about media. In every process. Invariant: numbers, never names. */
#pragma once

#include <stdint.h>

/* The first letter of an ICE ufrag names the worker, so that conclaved knows whom an ICE-TCP connection is for. */
#define MEDIA_UFRAG_SIZE 8
#define MEDIA_WORKERS_MOST 26
#define MEDIA_WORKER_LETTER(number) ((char)('A' + (number)))

struct meeting_id { uint32_t value; };	/* 0 = none */
struct peer_id { uint32_t value; };	/* one participant's media connection; 0 = none; random, unique in the server */

/* What a participant may send; the number is also the order of the m-lines at joining. */
enum source_kind {
	SOURCE_MICROPHONE,
	SOURCE_CAMERA,
	SOURCE_SCREEN,
	SOURCE_SCREEN_SOUND,
	SOURCE_N,
};

/* What a participant may receive (ARCHITECTURE, fixed receive slots). */
enum slot_kind {
	SLOT_AUDIO,		/* microphones */
	SLOT_SCREEN_SOUND,
	SLOT_VIDEO,		/* cameras */
	SLOT_SCREEN,
	SLOT_N,
};

#define SOURCE_BIT(kind) (1u << (kind))
