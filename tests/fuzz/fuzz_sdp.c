/* SPDX-License-Identifier: EUPL-1.2 */
/* sfu/sdp: the input as an offer, answered when it is taken. A fuzz target.
 * Invariant: our reader takes our answer (once it says actpass), with as many m-lines; so nothing of an offer can break
 * out of its place in the answer. */
#include "tests/fuzz/fuzz.h"

#include <assert.h>

#include "base/mem.h"
#include "sfu/sdp/answer.h"

#define ANSWER_MAX (512 * 1024)

static void check_answer(const struct sdp_offer *offer)
{
	static const uint8_t fingerprint[SDP_FINGERPRINT_SIZE];
	static struct sdp_answer_setup setup = { .ufrag = "ourufrag", .pwd = "0123456789abcdef01234567", .cname = "c",
		.fingerprint = fingerprint, .n_candidates = 1 };
	static struct sdp_offer back;
	static uint8_t out[ANSWER_MAX];
	struct address address = { .family = 4, .ip = { 192, 0, 2, 7 }, .port = 8443 };
	struct writer w = writer(out, sizeof(out));
	enum sdp_verdict v;
	unsigned accepted = 0;
	uint8_t *at;

	setup.candidates = &address;
	for (uint32_t i = 0; i < offer->n_media; i++) {
		setup.media[i] = (struct sdp_answer_media){ true, 1 + i, 1000 + i, "a b" };
		accepted += sdp_answer_accepts(&offer->media[i], &setup.media[i]);
	}
	sdp_answer_write(&w, offer, &setup);
	assert(w.ok);
	while ((at = memmem(out, written(&w).size, "setup:passive", 13)) != NULL)
		memcpy(at, "setup:actpass", 13);
	v = sdp_offer_parse(written(&w), &back);
	assert(v == (accepted ? SDP_FINE : SDP_NOT_BUNDLED) || v == SDP_TOO_LONG);
	assert(v == SDP_TOO_LONG || back.n_media == offer->n_media);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct sdp_offer offer;
	enum sdp_verdict v = sdp_offer_parse(bytes_make(data, size), &offer);

	assert(sdp_verdict_word(v));
	if (v == SDP_FINE)
		check_answer(&offer);
	return 0;
}
