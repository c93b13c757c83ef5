/* SPDX-License-Identifier: EUPL-1.2 */
/* One datagram from a stranger: he gets not a byte, leaves nothing behind, and wakes nobody. */
#include <assert.h>
#include <string.h>

#include "sfu/link/demux.h"
#include "sfu/link/links.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t fingerprint[LINK_FINGERPRINT_SIZE];
	static struct links *links;
	static struct link *link;
	struct address from = { .family = 4, .ip = { 203, 0, 113, 66 }, .port = 666 };
	uint8_t copy[LIMIT_DATAGRAM];
	struct link_out out;
	struct link_in in;
	usec_t deadline;

	if (!links && (links_new(&links) < 0 || links_add(links, &link, 0, NULL, fingerprint) < 0))
		return 0;
	(void)demux(bytes_make(data, size));
	if (size > sizeof(copy))
		return 0;
	if (size)
		memcpy(copy, data, size);
	deadline = links_deadline(links);
	links_receive(links, 0, &from, copy, size, &in);
	assert(in.kind == LINK_IN_NOTHING);
	assert(!links_poll(links, &out));
	assert(links->paths.count == 0 && links_deadline(links) == deadline);
	return 0;
}
