/* SPDX-License-Identifier: EUPL-1.2 */
/* One walk over the elements, each read by its negotiated meaning. In conclave-media.
 * Invariant: ids that were not negotiated are passed over unread. */
#include "sfu/rtp/extension.h"

/* Some senders fill the element with zeros up to the next word: they are not part of the text. */
static bool read_text(struct bytes value, struct bytes *ret)
{
	size_t size = 0;

	while (size < value.size && value.data[size])
		size++;
	if (size == 0 || size > EXTENSION_TEXT_MAX || ret->size)
		return false;
	*ret = bytes_make(value.data, size);
	return true;
}

static bool read_transport_sequence(struct bytes value, struct extension_values *v)
{
	struct reader r = reader(value);

	if (value.size != 2 || v->has_transport_sequence)
		return false;
	v->transport_sequence = read_u16(&r);
	v->has_transport_sequence = true;
	return true;
}

bool extension_read(const struct rtp *p, const struct extension_ids *ids, struct extension_values *ret)
{
	struct rtp_extension_walk w = rtp_extension_walk(p);
	struct extension_values v = { 0 };
	struct rtp_extension e;
	bool fine = true;

	while (fine && rtp_extension_next(&w, &e)) {
		if (e.id == ids->mid)
			fine = read_text(e.value, &v.mid);
		else if (e.id == ids->rid)
			fine = read_text(e.value, &v.rid);
		else if (e.id == ids->repaired_rid)
			fine = read_text(e.value, &v.repaired_rid);
		else if (e.id == ids->transport_sequence)
			fine = read_transport_sequence(e.value, &v);
	}
	if (!fine || !w.r.ok)
		return false;
	*ret = v;
	return true;
}
