/* SPDX-License-Identifier: EUPL-1.2 */
/* A stream of frames: cut anywhere, it gives the same datagrams. */
#include <assert.h>
#include <string.h>

#include "sfu/net/framing.h"
#include "tests/fuzz/fuzz.h"

/* How many frames, and a sum of where they stood. */
struct walk {
	size_t frames, sum, used;
	enum framing end;
};

static struct walk walk(const uint8_t *data, size_t size)
{
	struct walk w = { 0 };
	struct bytes frame;

	while ((w.end = framing_first(bytes_make(data + w.used, size - w.used), &frame)) == FRAMING_FRAME) {
		assert(frame.size <= LIMIT_DATAGRAM);
		assert(frame.data == data + w.used + FRAMING_HEADER);
		w.used += FRAMING_HEADER + frame.size;
		assert(w.used <= size);
		w.sum += w.used * ++w.frames;
	}
	return w;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct walk whole = walk(data, size), part;

	for (size_t cut = 0; cut < size; cut += 1 + size / 64) {
		part = walk(data, cut);
		assert(part.frames <= whole.frames && part.used <= whole.used);
		assert(part.end != FRAMING_WRONG || whole.end == FRAMING_WRONG);
	}
	return 0;
}
