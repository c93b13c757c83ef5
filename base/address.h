/* SPDX-License-Identifier: EUPL-1.2 */
/* Where a datagram comes from or goes: an IP address with a port, in one comparable form. In every process.
 * Invariant: an IPv4-mapped IPv6 address is always held as IPv4, so that one peer is one address (ATTACKS A30). */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

struct address {
	uint8_t family;		/* 4, 6; 0 = none */
	bool tcp;		/* over a connection, whose number is `scope` (sfu/net/tcp) */
	uint8_t ip[16];		/* network order; IPv4 in the first four, the rest 0 */
	uint16_t port;		/* host order */
	uint32_t scope;		/* of a link-local IPv6 address, or a connection's number, else 0 */
};

#define ADDRESS_TEXT_SIZE 64

bool address_from_sockaddr(struct address *ret, const struct sockaddr *sa, socklen_t size);
/* For a dual-stack socket IPv4 is written as IPv4-mapped IPv6. Returns the size written. */
socklen_t address_to_sockaddr(const struct address *a, bool dual_stack, struct sockaddr_storage *ret);
/* "192.0.2.1", "2001:db8::1": only numbers, never a name. */
bool address_parse_ip(struct address *ret, const char *text);
/* The IP alone; returns text. */
const char *address_print_ip(const struct address *a, char text[static ADDRESS_TEXT_SIZE]);
bool address_equal(const struct address *a, const struct address *b);
uint64_t address_hash(const struct address *a, uint64_t key);
