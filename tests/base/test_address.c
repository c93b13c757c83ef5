/* SPDX-License-Identifier: EUPL-1.2 */
/* base/address.c. Invariant: numbers of the documentation networks only (RFC 5737, RFC 3849). */
#include "tests/support/check.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "base/address.h"
#include "base/mem.h"

static struct address parse(const char *ip, uint16_t port)
{
	struct address a;

	check(address_parse_ip(&a, ip));
	a.port = port;
	return a;
}

static struct address from_6(const char *ip, uint16_t port, uint32_t scope)
{
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6, .sin6_port = htons(port), .sin6_scope_id = scope };
	struct address a;

	check_eq(inet_pton(AF_INET6, ip, &in6.sin6_addr), 1);
	check(address_from_sockaddr(&a, (struct sockaddr *)&in6, sizeof(in6)));
	return a;
}

static struct address from_4(const char *ip, uint16_t port)
{
	struct sockaddr_in in4 = { .sin_family = AF_INET, .sin_port = htons(port) };
	struct address a;

	check_eq(inet_pton(AF_INET, ip, &in4.sin_addr), 1);
	check(address_from_sockaddr(&a, (struct sockaddr *)&in4, sizeof(in4)));
	return a;
}

/* ATTACKS A30: one peer is one address, however the kernel spells it. */
TEST(a_mapped_address_is_the_ipv4_address)
{
	struct address mapped = from_6("::ffff:192.0.2.1", 5000, 0), plain = from_4("192.0.2.1", 5000);

	check_eq(mapped.family, 4);
	check(address_equal(&mapped, &plain));
	check(address_hash(&mapped, 9) == address_hash(&plain, 9));
	mapped = parse("::ffff:192.0.2.1", 5000);
	check(address_equal(&mapped, &plain));
}

TEST(what_only_looks_mapped_stays_ipv6)
{
	check_eq(parse("::fffe:192.0.2.1", 1).family, 6);
	check_eq(parse("::192.0.2.1", 1).family, 6);
	check_eq(parse("64:ff9b::192.0.2.1", 1).family, 6);
}

TEST(ports_are_in_host_order)
{
	check_eq(from_4("192.0.2.1", 0x1234).port, 0x1234);
	check_eq(from_6("2001:db8::1", 0x1234, 0).port, 0x1234);
}

TEST(every_difference_counts)
{
	const struct address all[] = {
		parse("192.0.2.1", 1), parse("192.0.2.1", 2), parse("192.0.2.2", 1), parse("2001:db8::1", 1),
		parse("c000:201::", 1), from_6("fe80::1", 1, 2), from_6("fe80::1", 1, 3), { 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		for (size_t j = 0; j < ARRAY_SIZE(all); j++) {
			check_eq(address_equal(&all[i], &all[j]), i == j);
			check_eq(address_hash(&all[i], 3) == address_hash(&all[j], 3), i == j);
		}
}

TEST(the_hash_is_keyed)
{
	struct address a = parse("192.0.2.1", 1);

	check(address_hash(&a, 1) != address_hash(&a, 2));
}

TEST(a_scope_belongs_to_link_local_addresses_only)
{
	check_eq(from_6("fe80::1", 1, 7).scope, 7);
	check_eq(from_6("2001:db8::1", 1, 7).scope, 0);
}

static void check_round_trip(struct address a, bool dual_stack, int family, socklen_t expected)
{
	struct sockaddr_storage sa;
	struct address back;
	socklen_t size = address_to_sockaddr(&a, dual_stack, &sa);

	check_eq(size, expected);
	check_eq(sa.ss_family, family);
	check(address_from_sockaddr(&back, (struct sockaddr *)&sa, size));
	check(address_equal(&a, &back));
}

TEST(to_the_kernel_and_back)
{
	check_round_trip(parse("192.0.2.1", 443), false, AF_INET, sizeof(struct sockaddr_in));
	check_round_trip(parse("192.0.2.1", 443), true, AF_INET6, sizeof(struct sockaddr_in6));
	check_round_trip(parse("2001:db8::1", 443), false, AF_INET6, sizeof(struct sockaddr_in6));
	check_round_trip(parse("2001:db8::1", 443), true, AF_INET6, sizeof(struct sockaddr_in6));
	check_round_trip(from_6("fe80::1", 443, 2), true, AF_INET6, sizeof(struct sockaddr_in6));
}

TEST(a_short_or_foreign_address_is_refused)
{
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };
	struct sockaddr_in in4 = { .sin_family = AF_INET };
	struct sockaddr local = { .sa_family = AF_UNIX };
	struct address a;

	for (socklen_t size = 0; size < sizeof(in6); size++)
		check(!address_from_sockaddr(&a, (struct sockaddr *)&in6, size));
	for (socklen_t size = 0; size < sizeof(in4); size++)
		check(!address_from_sockaddr(&a, (struct sockaddr *)&in4, size));
	check(!address_from_sockaddr(&a, &local, sizeof(local)));
}

TEST(only_numbers_are_addresses)
{
	static const char *const wrong[] = {
		"", "localhost", "192.0.2", "192.0.2.256", "192.0.2.1 ", " 192.0.2.1", "192.0.2.1:80", "0x7f.1",
		"127.1", "[2001:db8::1]", "2001:db8:::1", "2001:db8::1%eth0", "fe80::1%2", "1:2:3:4:5:6:7:8:9",
		"::ffff:192.0.2.256", "\xc2\xb9.2.3.4",
	};
	struct address a = { .port = 77 };

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		check(!address_parse_ip(&a, wrong[i]));
	check_eq(a.port, 77);		/* untouched */
}

TEST(printing_gives_what_was_parsed)
{
	static const char *const right[] = { "192.0.2.1", "0.0.0.0", "255.255.255.255", "::", "::1", "2001:db8::1",
		"2001:db8:1111:2222:3333:4444:5555:6666" };
	char text[ADDRESS_TEXT_SIZE];
	struct address a;

	for (size_t i = 0; i < ARRAY_SIZE(right); i++) {
		a = parse(right[i], 443);
		check_text(address_print_ip(&a, text), right[i]);
	}
	a = (struct address){ 0 };
	check_text(address_print_ip(&a, text), "none");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_mapped_address_is_the_ipv4_address),
	cmocka_unit_test(what_only_looks_mapped_stays_ipv6),
	cmocka_unit_test(ports_are_in_host_order),
	cmocka_unit_test(every_difference_counts),
	cmocka_unit_test(the_hash_is_keyed),
	cmocka_unit_test(a_scope_belongs_to_link_local_addresses_only),
	cmocka_unit_test(to_the_kernel_and_back),
	cmocka_unit_test(a_short_or_foreign_address_is_refused),
	cmocka_unit_test(only_numbers_are_addresses),
	cmocka_unit_test(printing_gives_what_was_parsed),
};

RUN_TESTS(tests)
