/* SPDX-License-Identifier: EUPL-1.2 */
/* sfu/link as a whole: one or two clients, from the first check to the end. In tests only. */
#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/link_world.h"

TEST(a_browser_joins)
{
	struct world w;
	struct links_numbers numbers;
	struct end *e;
	unsigned a;

	world_init(&w);
	a = world_add(&w, NULL);
	e = &w.ends[a];
	world_start(&w, a);
	world_settle(&w);	/* no time passes: nothing waits for a timer */
	check(dtls_client_connected(e->client));
	check_eq(e->connected, 1);
	check_text(e->profile, "AEAD_AES_128_GCM");
	check_text(dtls_client_profile(e->client), "AEAD_AES_128_GCM");
	check(world_speak(&w, a));
	check(world_report(&w, a));
	check(world_listen(&w, a, NULL));
	check_le(w.largest, 1200);
	check_eq(w.strays, 0);
	links_count(w.links, &numbers);
	check_eq(numbers.handshakes_ok, 1);
	check_eq(numbers.handshakes_failed, 0);
	check_text(links_cipher(w.links), "openssl-evp");
	world_done(&w);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_browser_joins),
};

RUN_TESTS(tests)
