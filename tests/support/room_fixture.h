/* SPDX-License-Identifier: EUPL-1.2 */
/* The smallest participant that a room takes. In tests only.
 * Invariant: every number of it follows from its id and the line's place. */
#pragma once

#include <stdio.h>

#include "sfu/room/room.h"

#define FIXTURE_OPUS 111
#define FIXTURE_VP8 96
#define FIXTURE_VP8_RTX 97
#define FIXTURE_VP9 98
#define FIXTURE_VP9_RTX 99
#define FIXTURE_MID 4
#define FIXTURE_SSRC(id, kind) ((id) * 100 + (uint32_t)(kind) + 1)
#define FIXTURE_RTX_SSRC(id, kind) (FIXTURE_SSRC(id, kind) + 50)
#define FIXTURE_SLOT_SSRC(id, n) ((id) * 100000 + (n))
#define FIXTURE_SLOT_RTX_SSRC(id, n) (FIXTURE_SLOT_SSRC(id, n) + 50000)

static inline void fixture_slots(struct room_peer_setup *setup, enum slot_kind kind, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		uint32_t at = setup->n_slots++;
		struct room_slot_setup *slot = &setup->slots[at];

		slot->kind = kind;
		snprintf(slot->mid, sizeof(slot->mid), "r%u", at);
		slot->ssrc = FIXTURE_SLOT_SSRC(setup->id.value, at);
		if (kind == SLOT_VIDEO || kind == SLOT_SCREEN)
			slot->rtx_ssrc = FIXTURE_SLOT_RTX_SSRC(setup->id.value, at);
	}
}

static inline struct room_peer_setup fixture_setup(uint32_t id, uint32_t audio, uint32_t video)
{
	struct room_peer_setup setup = {
		.id = { id }, .feedback_ssrc = id * 7, .cname = "test",
		.opus = FIXTURE_OPUS, .vp8 = FIXTURE_VP8, .vp8_rtx = FIXTURE_VP8_RTX,
		.vp9 = FIXTURE_VP9, .vp9_rtx = FIXTURE_VP9_RTX, .ext_mid = FIXTURE_MID,
	};

	for (uint32_t kind = 0; kind < SOURCE_N; kind++) {
		struct room_source_setup *source = &setup.sources[kind];

		source->offered = true;
		snprintf(source->mid, sizeof(source->mid), "%u", kind);
		source->ssrcs[0] = FIXTURE_SSRC(id, kind);
		source->rtx_ssrcs[0] = kind == SOURCE_CAMERA || kind == SOURCE_SCREEN ? FIXTURE_RTX_SSRC(id, kind) : 0;
	}
	fixture_slots(&setup, SLOT_AUDIO, audio);
	fixture_slots(&setup, SLOT_SCREEN_SOUND, 1);
	fixture_slots(&setup, SLOT_VIDEO, video);
	fixture_slots(&setup, SLOT_SCREEN, 1);
	return setup;
}
