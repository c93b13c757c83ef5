/* SPDX-License-Identifier: EUPL-1.2 */
/* sfu/rtp/rtp.c and extension.c: the input as an RTP packet. A fuzz target.
 * Invariant: a packet that is taken can be written again, and is then the same but for its CSRCs and extensions. */
#include "tests/fuzz/fuzz.h"

#include <assert.h>

#include "base/limits.h"
#include "sfu/rtp/extension.h"

static void check_rewrite(const struct rtp *p)
{
	static uint8_t out[LIMIT_DATAGRAM + UINT8_MAX];
	struct writer w = writer(out, sizeof(out));
	struct rtp back;

	if (p->payload.size > LIMIT_DATAGRAM - RTP_HEADER_SIZE)
		return;
	rtp_write(&w, p, NULL, 0);
	assert(w.ok && rtp_parse(written(&w), &back));
	assert(back.marker == p->marker && back.payload_type == p->payload_type && back.sequence == p->sequence);
	assert(back.timestamp == p->timestamp && back.ssrc == p->ssrc && back.padding == p->padding);
	assert(bytes_equal(back.payload, p->payload));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct extension_ids ids = { .mid = 4, .rid = 10, .repaired_rid = 11, .transport_sequence = 3 };
	struct bytes in = bytes_make(data, size);
	struct extension_values values;
	uint16_t sequence;
	struct rtp p;

	if (!rtp_parse(in, &p))
		return 0;
	if (extension_read(&p, &ids, &values))
		assert(values.mid.size <= EXTENSION_TEXT_MAX && values.rid.size <= EXTENSION_TEXT_MAX);
	check_rewrite(&p);
	(void)rtp_unwrap_rtx(&p, &sequence);
	return 0;
}
