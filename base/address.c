/* SPDX-License-Identifier: EUPL-1.2 */
/* Addresses from and to the kernel's form, and their text. In every process.
 * Invariant: every way in goes through address_set_6(), which turns an IPv4-mapped address into IPv4. */
#include "base/address.h"

#include <arpa/inet.h>
#include <assert.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"

static const uint8_t mapped_prefix[12] = { [10] = 0xff, [11] = 0xff };	/* RFC 4291, 2.5.5.2 */

static void address_set_4(struct address *ret, const void *ip, uint16_t port)
{
	*ret = (struct address){ .family = 4, .port = port };
	memcpy(ret->ip, ip, 4);
}

static void address_set_6(struct address *ret, const struct in6_addr *ip, uint16_t port, uint32_t scope)
{
	if (memcmp(ip, mapped_prefix, sizeof(mapped_prefix)) == 0) {
		address_set_4(ret, ip->s6_addr + sizeof(mapped_prefix), port);
		return;
	}
	*ret = (struct address){ .family = 6, .port = port, .scope = IN6_IS_ADDR_LINKLOCAL(ip) ? scope : 0 };
	memcpy(ret->ip, ip, sizeof(ret->ip));
}

bool address_from_sockaddr(struct address *ret, const struct sockaddr *sa, socklen_t size)
{
	struct sockaddr_in in4;
	struct sockaddr_in6 in6;
	sa_family_t family;

	if (size < sizeof(family))
		return false;
	memcpy(&family, sa, sizeof(family));
	if (family == AF_INET && size >= sizeof(in4)) {
		memcpy(&in4, sa, sizeof(in4));
		address_set_4(ret, &in4.sin_addr, ntohs(in4.sin_port));
		return true;
	}
	if (family == AF_INET6 && size >= sizeof(in6)) {
		memcpy(&in6, sa, sizeof(in6));
		address_set_6(ret, &in6.sin6_addr, ntohs(in6.sin6_port), in6.sin6_scope_id);
		return true;
	}
	return false;
}

static socklen_t address_to_sockaddr_4(const struct address *a, struct sockaddr_storage *ret)
{
	struct sockaddr_in in4 = { .sin_family = AF_INET, .sin_port = htons(a->port) };

	memcpy(&in4.sin_addr, a->ip, 4);
	memcpy(ret, &in4, sizeof(in4));
	return sizeof(in4);
}

socklen_t address_to_sockaddr(const struct address *a, bool dual_stack, struct sockaddr_storage *ret)
{
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6, .sin6_port = htons(a->port), .sin6_scope_id = a->scope };

	assert(a->family == 4 || a->family == 6);
	memset(ret, 0, sizeof(*ret));
	if (a->family == 4 && !dual_stack)
		return address_to_sockaddr_4(a, ret);
	if (a->family == 4) {
		memcpy(in6.sin6_addr.s6_addr, mapped_prefix, sizeof(mapped_prefix));
		memcpy(in6.sin6_addr.s6_addr + sizeof(mapped_prefix), a->ip, 4);
	} else {
		memcpy(&in6.sin6_addr, a->ip, sizeof(a->ip));
	}
	memcpy(ret, &in6, sizeof(in6));
	return sizeof(in6);
}

bool address_parse_ip(struct address *ret, const char *text)
{
	struct in_addr in4;
	struct in6_addr in6;

	if (inet_pton(AF_INET, text, &in4) == 1) {
		address_set_4(ret, &in4, 0);
		return true;
	}
	if (inet_pton(AF_INET6, text, &in6) == 1) {
		address_set_6(ret, &in6, 0, 0);
		return true;
	}
	return false;
}

const char *address_print_ip(const struct address *a, char text[static ADDRESS_TEXT_SIZE])
{
	const char *printed = NULL;

	if (a->family == 4)
		printed = inet_ntop(AF_INET, a->ip, text, ADDRESS_TEXT_SIZE);
	else if (a->family == 6)
		printed = inet_ntop(AF_INET6, a->ip, text, ADDRESS_TEXT_SIZE);
	if (!printed)
		(void)snprintf(text, ADDRESS_TEXT_SIZE, "none");
	return text;
}

bool address_equal(const struct address *a, const struct address *b)
{
	return a->family == b->family && a->tcp == b->tcp && a->port == b->port && a->scope == b->scope &&
		memcmp(a->ip, b->ip, sizeof(a->ip)) == 0;
}

uint64_t address_hash(const struct address *a, uint64_t key)
{
	uint64_t words[3];

	memcpy(words, a->ip, sizeof(a->ip));
	words[2] = (uint64_t)a->scope << 32 | (uint64_t)a->tcp << 24 | (uint64_t)a->family << 16 | a->port;
	return hash_words(key, words, 3);
}
