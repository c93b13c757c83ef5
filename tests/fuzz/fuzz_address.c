/* SPDX-License-Identifier: EUPL-1.2 */
/* base/address.c: the input as text, and as the kernel's form. A fuzz target.
 * Invariant: what was taken in one way comes back the same by the others. */
#include "tests/fuzz/fuzz.h"

#include <assert.h>

#include "base/address.h"
#include "base/mem.h"

static void check_round_trip(const struct address *a)
{
	char text[ADDRESS_TEXT_SIZE];
	struct sockaddr_storage sa;
	struct address back;
	socklen_t size;

	for (int dual_stack = 0; dual_stack < 2; dual_stack++) {
		size = address_to_sockaddr(a, dual_stack, &sa);
		assert(address_from_sockaddr(&back, (struct sockaddr *)&sa, size));
		assert(address_equal(a, &back));
		assert(address_hash(a, 1) == address_hash(&back, 1));
	}
	assert(address_parse_ip(&back, address_print_ip(a, text)));
	back.port = a->port;
	back.scope = a->scope;
	assert(address_equal(a, &back));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(mem_freep) char *text = mem_alloc(size + 1);
	struct address a;

	if (!text)
		return 0;
	if (size)
		memcpy(text, data, size);
	if (address_parse_ip(&a, text))
		check_round_trip(&a);
	if (address_from_sockaddr(&a, (const struct sockaddr *)text, (socklen_t)size))
		check_round_trip(&a);
	return 0;
}
