/* SPDX-License-Identifier: EUPL-1.2 */
/* The first bytes of a connection. In conclaved. */
#include "server/shell/knock.h"

#include "base/media.h"

#define TLS_HANDSHAKE 0x16		/* RFC 8446, 5.1; a frame that began with it would have 5,632 bytes */
#define BINDING_REQUEST 0x0001		/* RFC 8489, 5 */
#define MAGIC_COOKIE 0x2112a442u
#define STUN_HEADER 20
#define USERNAME 0x0006

/* USERNAME is our ufrag, ':', theirs (RFC 8445, 7.2.2). */
static bool read_username(struct bytes name, unsigned *worker)
{
	if (name.size <= MEDIA_UFRAG_SIZE + 1 || name.data[MEDIA_UFRAG_SIZE] != ':')
		return false;
	*worker = (unsigned)(name.data[0] - MEDIA_WORKER_LETTER(0));
	return *worker < MEDIA_WORKERS_MOST;
}

static bool read_check(struct bytes in, unsigned *worker)
{
	struct reader r = reader(in);

	if (read_u16(&r) != BINDING_REQUEST || read_u16(&r) + (size_t)STUN_HEADER != in.size ||
	    read_u32(&r) != MAGIC_COOKIE)
		return false;
	read_skip(&r, 12);
	while (r.ok && read_left(&r)) {
		uint16_t type = read_u16(&r);
		struct bytes value = read_bytes(&r, read_u16(&r));

		read_skip(&r, -value.size & 3);
		if (r.ok && type == USERNAME)
			return read_username(value, worker);
	}
	return false;
}

enum knock knock_read(struct bytes in, size_t *need, unsigned *worker)
{
	struct reader r = reader(in);
	uint16_t size;

	if (in.size && in.data[0] == TLS_HANDSHAKE)
		return KNOCK_TLS;
	size = read_u16(&r);
	if (!r.ok) {
		*need = in.size ? 2 : 1;
		return in.size && in.data[0] > KNOCK_MOST >> 8 ? KNOCK_WRONG : KNOCK_MORE;
	}
	if (size < STUN_HEADER || size + 2 > KNOCK_MOST)
		return KNOCK_WRONG;
	if (read_left(&r) < size) {
		*need = 2 + (size_t)size;
		return KNOCK_MORE;
	}
	return read_check(bytes_make(in.data + 2, size), worker) ? KNOCK_ICE : KNOCK_WRONG;
}
