/* SPDX-License-Identifier: EUPL-1.2 */
/* The hash of an entry. In conclaved and conclavectl. */
#include "server/proof/leaf.h"

#include <errno.h>

static void write_sized(struct writer *w, struct bytes b)
{
	write_u32(w, (uint32_t)b.size);
	write_bytes(w, b);
}

int leaf_hash(const struct leaf *l, struct digest *ret)
{
	uint8_t record[LEAF_RECORD_SIZE];
	struct writer w = writer(record, sizeof(record));

	write_u8(&w, 0);
	write_string(&w, "conclave event 1");
	write_sized(&w, bytes_of_string(l->meeting));
	write_sized(&w, bytes_of_string(l->kind));
	write_sized(&w, l->body);
	write_u32(&w, l->seq);
	write_u32(&w, l->by);
	write_u64(&w, l->wall / MSEC(1));
	return w.ok ? digest_sha256(written(&w), ret) : -EMSGSIZE;
}
