/* SPDX-License-Identifier: EUPL-1.2 */
/* server/shell/addresses.c: what the answers list. In tests only. */
#include "server/shell/addresses.h"

#include <string.h>

#include "tests/support/check.h"

static struct address at(const char *ip)
{
	struct address a;

	check(address_parse_ip(&a, ip));
	return a;
}

/* Behind 1:1 NAT the machine does not know its own address: what is said goes before all that it finds. */
TEST(media_addresses_go_before_all)
{
	struct config c = { .n_media_addresses = 2, .n_listen = 1 };
	struct address offered[MSG_ADDRESSES];
	uint32_t n;

	c.media_addresses[0] = at("203.0.113.9");
	c.media_addresses[1] = at("2001:db8::9");
	c.listen[0] = at("10.0.0.2");
	check_eq(addresses_offered(&c, offered, &n), 0);
	check_eq(n, 2);
	check(address_equal(&offered[0], &c.media_addresses[0]));
	check(address_equal(&offered[1], &c.media_addresses[1]));
	c.n_media_addresses = 0;
	check_eq(addresses_offered(&c, offered, &n), 0);
	check_eq(n, 1);
	check(address_equal(&offered[0], &c.listen[0]));
}

/* Each once, loopback last, no link-local IPv6. */
TEST(without_any_the_machine_is_asked)
{
	struct config c = { .n_listen = 0 };
	struct address offered[MSG_ADDRESSES], loopback = at("127.0.0.1");
	uint32_t n;

	check_eq(addresses_offered(&c, offered, &n), 0);
	check(n >= 1 && n <= MSG_ADDRESSES);
	for (uint32_t i = 0; i < n; i++) {
		check(!(offered[i].family == 6 && offered[i].ip[0] == 0xfe && (offered[i].ip[1] & 0xc0) == 0x80));
		for (uint32_t k = 0; k < i; k++)
			check(!address_equal(&offered[i], &offered[k]));
		if (address_equal(&offered[i], &loopback))
			return;
	}
	check(!"loopback is among them");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(media_addresses_go_before_all),
	cmocka_unit_test(without_any_the_machine_is_asked),
};

RUN_TESTS(tests)
