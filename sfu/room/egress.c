/* SPDX-License-Identifier: EUPL-1.2 */
/* Header extensions of the sender never pass; of ours only the mid does, until the receiver has reported about the
 * slot. In conclave-media. Invariant: see egress.h. */
#include "sfu/room/egress.h"

#include "sfu/room/peer.h"
#include "sfu/rtp/rtp.h"
#include "sfu/rtp/vp8.h"

bool egress_push(struct egress *e, const struct egress_item *item)
{
	if (e->head - e->tail == LIMIT_EGRESS)
		return false;
	e->items[e->head++ % LIMIT_EGRESS] = *item;
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

static bool egress_says_mid(const struct slot *slot, uint8_t id)
{
	return id && id <= EGRESS_EXTENSION_MOST && slot->setup->mid[0] && !slot->confirmed;
}

void egress_write(const struct peer *peer, const struct egress_item *item, struct writer *w)
{
	const struct slot *slot = &peer->slots[item->slot];
	struct rtp_extension mid = { .id = peer->setup.ext_mid, .value = bytes_of_string(slot->setup->mid) };
	struct rtp header = {
		.marker = item->marker,
		.payload_type = item->payload_type,
		.sequence = item->rtx ? item->rtx_sequence : item->sequence,
		.timestamp = item->timestamp,
		.ssrc = item->rtx ? slot->setup->rtx_ssrc : slot->setup->ssrc,
	};
	uint8_t *payload;

	rtp_write_header(w, &header, &mid, egress_says_mid(slot, mid.id) ? 1 : 0);
	if (item->rtx)
		write_u16(w, item->sequence);	/* RFC 4588, 4: OSN */
	payload = w->at;
	write_bytes(w, bytes_make(item->packet->data + item->offset, item->size));
	if (item->vp8 && w->ok)
		vp8_rewrite(payload, item->size, item->picture_id, item->tl0_picture_index);
}
