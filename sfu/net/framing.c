/* SPDX-License-Identifier: EUPL-1.2 */
/* RFC 4571, 2. In conclave-media. */
#include "sfu/net/framing.h"

#include <assert.h>

enum framing framing_first(struct bytes in, struct bytes *ret)
{
	struct reader r = reader(in);
	uint16_t size = read_u16(&r);
	struct bytes frame;

	if (!r.ok)
		return FRAMING_MORE;
	if (size > LIMIT_DATAGRAM)
		return FRAMING_WRONG;
	frame = read_bytes(&r, size);
	if (!r.ok)
		return FRAMING_MORE;
	*ret = frame;
	return FRAMING_FRAME;
}

void framing_write_header(uint8_t *ret, size_t size)
{
	struct writer w = writer(ret, FRAMING_HEADER);

	assert(size <= UINT16_MAX);
	write_u16(&w, (uint16_t)size);
}
