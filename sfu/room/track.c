/* SPDX-License-Identifier: EUPL-1.2 */
/* Tracks know nothing of packets; ingress and fanout meet here. In conclave-media. Invariant: see track.h. */
#include "sfu/room/track.h"

#include <errno.h>

#include "base/mem.h"

int track_init(struct track *t, struct peer *peer, enum source_kind kind, const struct room_source_setup *setup)
{
	uint32_t n = setup->n_rids ? setup->n_rids : 1;
	struct stream *streams = NULL;

	if (setup->offered) {
		streams = mem_new_array(struct stream, n);
		if (!streams)
			return -ENOMEM;
	}
	*t = (struct track){ .peer = peer, .streams = streams, .kind = kind };
	list_init(&t->slots);
	list_init(&t->in_open);
	list_init(&t->in_pauses);
	if (!setup->offered)
		return 0;
	t->n_streams = n;
	t->watched = TRACK_ALL(t);
	t->asks = track_is_video(t) || setup->repeats;
	for (uint32_t i = 0; i < n; i++) {
		stream_init(&streams[i], t, (uint8_t)i);
		streams[i].missing.sound = !track_is_video(t);
	}
	return 0;
}

void track_done(struct track *t)
{
	for (uint32_t i = 0; i < t->n_streams; i++)
		stream_done(&t->streams[i]);
	mem_free(t->streams);
	t->streams = NULL;
	t->n_streams = 0;
}

bool track_is_video(const struct track *t)
{
	return t->kind == SOURCE_CAMERA || t->kind == SOURCE_SCREEN;
}

bool track_takes(const struct track *t, enum codec codec)
{
	switch (codec) {
	case CODEC_OPUS:
		return !track_is_video(t);
	case CODEC_VP8:
		return track_is_video(t);
	case CODEC_VP9:
		return t->kind == SOURCE_SCREEN;
	case CODEC_N:
		break;
	}
	return false;
}

int track_find_layer(const struct track *t, const struct room_source_setup *setup, struct bytes rid)
{
	if (!setup->n_rids)
		return rid.size ? -1 : 0;
	for (uint32_t i = 0; i < t->n_streams; i++)
		if (bytes_equal_string(rid, setup->rids[i]))
			return (int)i;
	return -1;
}

bool track_look(struct track *t, usec_t now)
{
	unsigned before = t->alive;

	t->alive = 0;
	for (uint32_t i = 0; i < t->n_streams; i++)
		if (t->streams[i].started && t->streams[i].last_arrival + LAYER_ALIVE > now)
			t->alive |= 1u << i;
	return t->alive != before;
}
