/* SPDX-License-Identifier: EUPL-1.2 */
/* Header extensions of the sender never pass; of ours the mid does, until the receiver has reported about the slot and
 * with what is sent again, and a transport-wide number where one is negotiated. In conclave-media. Invariant: see
 * egress.h. */
#include "sfu/room/egress.h"

#include <string.h>

#include "base/mem.h"
#include "sfu/room/peer.h"
#include "sfu/rtp/rtp.h"
#include "sfu/rtp/vp8.h"
#include "sfu/rtp/vp9.h"

/* Sound and pictures are of different lines, so that of no line the order changes. */
static bool egress_passes(const struct egress *e, const struct egress_item *item)
{
	uint32_t last = e->head - 1;

	return !item->sound && !egress_empty(e) && (int32_t)(last - e->even) >= 0 &&
		e->items[last % LIMIT_EGRESS].sound;
}

bool egress_push(struct egress *e, const struct egress_item *item)
{
	uint32_t at = e->head;

	if (egress_count(e) == LIMIT_EGRESS)
		return false;
	if (egress_passes(e, item)) {
		e->items[at % LIMIT_EGRESS] = e->items[(at - 1) % LIMIT_EGRESS];
		at--;
	}
	e->items[at % LIMIT_EGRESS] = *item;
	e->head++;
	return true;
}

bool egress_pop(struct egress *e, struct egress_item *ret)
{
	if (egress_empty(e))
		return false;
	*ret = e->items[e->tail++ % LIMIT_EGRESS];
	return true;
}

void egress_clear(struct egress *e)
{
	struct egress_item item;

	while (egress_pop(e, &item))
		packet_unref(item.packet);
}

/* RFC 8285, 4.2: what the one-byte form can carry. */
#define EGRESS_EXTENSION_MOST 14

_Static_assert(LIMIT_DATAGRAM / EGRESS_PADDING_SHARE <= UINT8_MAX, "its length is one byte");

/* Of media until the receiver has reported about it. Nobody reports about retransmissions: they always say it, since
 * Firefox (153, MediaPipelineFilter) takes, on a line that has once said its mid, nothing of an SSRC that did not. */
static bool egress_says_mid(const struct slot *slot, bool rtx)
{
	uint8_t id = slot->peer->setup.ext_mid;

	return id && id <= EGRESS_EXTENSION_MOST && slot->setup->mid[0] && (rtx || !slot->confirmed);
}

static bool egress_says_number(const struct slot *slot)
{
	uint8_t id = slot->peer->setup.ext_twcc;

	return slot->setup->twcc && id && id <= EGRESS_EXTENSION_MOST;
}

/* Of the elements, each with the byte before it. */
static uint32_t egress_extension_size(const struct slot *slot, bool rtx)
{
	uint32_t size = egress_says_number(slot) ? 1 + 2 : 0;

	if (egress_says_mid(slot, rtx))
		size += 1 + (uint32_t)strlen(slot->setup->mid);
	return size;
}

/* Without padding; as egress_write() will make it. */
static uint32_t egress_size(const struct peer *peer, const struct egress_item *item)
{
	const struct slot *slot = &peer->slots[item->slot];
	uint32_t extensions = egress_extension_size(slot, item->rtx);

	return RTP_HEADER_SIZE + (extensions ? 4 + ((extensions + 3) & ~3u) : 0) + (item->rtx ? 2u : 0u) + item->size;
}

/* How many packets from the first on make a run, and the largest of them. */
static uint32_t egress_run(const struct peer *peer, uint32_t sizes[static EGRESS_EVEN], uint32_t *ret_largest)
{
	const struct egress *e = &peer->egress;
	uint32_t most = MIN(e->head - e->tail, (uint32_t)EGRESS_EVEN), n, largest = 0, smallest = UINT32_MAX;

	for (n = 0; n < most; n++) {
		uint32_t size = egress_size(peer, &e->items[(e->tail + n) % LIMIT_EGRESS]);
		uint32_t grown = MAX(largest, size);

		sizes[n] = size;
		if (n && smallest + grown / EGRESS_PADDING_SHARE < grown)
			break;		/* those before would have to grow too much */
		largest = grown;
		if (size + grown / EGRESS_PADDING_SHARE < grown) {
			n++;		/* it would itself, so it is the last, which need not */
			break;
		}
		smallest = MIN(smallest, size);
	}
	*ret_largest = largest;
	return n;
}

static void egress_plan(struct peer *peer)
{
	struct egress *e = &peer->egress;
	uint32_t sizes[EGRESS_EVEN], largest, n = egress_run(peer, sizes, &largest);

	for (uint32_t i = 0; i < n; i++) {
		struct egress_item *item = &e->items[(e->tail + i) % LIMIT_EGRESS];

		item->padding = i + 1 < n ? (uint8_t)(largest - sizes[i]) : 0;
	}
	e->even = e->tail + n;
}

void egress_even(struct peer *peer)
{
	struct egress *e = &peer->egress;

	if ((int32_t)(e->even - e->tail) > 0)
		return;
	if (egress_count(e) > 1) {
		egress_plan(peer);
		return;
	}
	e->items[e->tail % LIMIT_EGRESS].padding = 0;	/* alone, or none */
	e->even = e->head;
}

static void egress_write_header(const struct slot *slot, bool rtx, const struct rtp *header, struct writer *w)
{
	const struct peer *peer = slot->peer;
	uint16_t number = bandwidth_number(&peer->bandwidth);
	const uint8_t wide[2] = { (uint8_t)(number >> 8), (uint8_t)number };
	struct rtp_extension extensions[2];
	size_t n = 0;

	if (egress_says_number(slot))
		extensions[n++] = (struct rtp_extension){ peer->setup.ext_twcc, bytes_make(wide, sizeof(wide)) };
	if (egress_says_mid(slot, rtx))
		extensions[n++] = (struct rtp_extension){ peer->setup.ext_mid, bytes_of_string(slot->setup->mid) };
	rtp_write_header(w, header, extensions, n);
}

void egress_write(const struct peer *peer, const struct egress_item *item, struct writer *w)
{
	const struct slot *slot = &peer->slots[item->slot];
	struct rtp header = {
		.marker = item->marker,
		.padding = item->padding,
		.payload_type = item->payload_type,
		.sequence = item->rtx ? item->rtx_sequence : item->sequence,
		.timestamp = item->timestamp,
		.ssrc = item->rtx ? slot->setup->rtx_ssrc : slot->setup->ssrc,
	};
	uint8_t *payload;

	egress_write_header(slot, item->rtx, &header, w);
	if (item->rtx)
		write_u16(w, item->sequence);	/* RFC 4588, 4: OSN */
	payload = w->at;
	write_bytes(w, bytes_make(item->packet->data + item->offset, item->size));
	if (item->vp8 && w->ok)
		vp8_rewrite(payload, item->size, item->picture_id, item->tl0_picture_index);
	if (item->vp9 && w->ok)
		vp9_rewrite(payload, item->size, item->picture_id, item->tl0_picture_index);
	rtp_write_padding(w, item->padding);
}

void egress_write_filling(const struct peer *peer, struct slot *slot, struct writer *w)
{
	struct rtp header = {
		.padding = EGRESS_FILLING,
		.payload_type = peer->setup.vp8_rtx,
		.sequence = slot->rtx_sequence++,
		.timestamp = slot->newest_timestamp,
		.ssrc = slot->setup->rtx_ssrc,
	};

	egress_write_header(slot, true, &header, w);
	rtp_write_padding(w, EGRESS_FILLING);
}
