/* SPDX-License-Identifier: EUPL-1.2 */
/* sfu/worker.c, which is included: its turns one by one, in a time of the test's own. Invariant: nobody is in it. */
#include <unistd.h>

#include "sfu/worker.c"

#include "tests/support/check.h"
#include "tests/support/loopback.h"

static struct worker *started(struct sockaddr_in *ret)
{
	struct sockaddr_in unused;
	struct worker *w = NULL;
	int fd = loopback_bound(ret);

	log_set_level((enum log_level)0);
	check_eq(worker_new(&w, fd, loopback_bound(&unused)), 0);
	return w;
}

static void hear_strangers(struct worker *w, const struct sockaddr_in *port, unsigned n, usec_t now)
{
	struct sockaddr_in unused;
	int fd = loopback_bound(&unused);

	for (unsigned i = 0; i < n; i++)
		check_eq(sendto(fd, "stranger", 8, 0, (const struct sockaddr *)port, sizeof(*port)), 8);
	on_packets(w, LOOP_READ, now);
	close(fd);
}

TEST(what_a_burst_needed_is_given_back_and_then_it_sleeps)
{
	struct sockaddr_in port;
	struct worker *w = started(&port);
	usec_t now = clock_now();

	check_eq(w->trim_due, USEC_NEVER);
	hear_strangers(w, &port, 2 * UDP_BATCH, now);
	check_eq(w->trim_due, now + TRIM_EVERY);
	check_le(deadline(w), w->trim_due);
	check(pool_free_count(w->pool) < LIMIT_POOL_PACKETS);		/* lent, to be read into */
	timeout(w, now + TRIM_EVERY - 1);
	check(pool_free_count(w->pool) < LIMIT_POOL_PACKETS);
	timeout(w, now + TRIM_EVERY);
	check_eq(pool_free_count(w->pool), LIMIT_POOL_PACKETS);
	check_eq(w->trim_due, now + 2 * TRIM_EVERY);			/* not used meanwhile: that is when it goes */
	timeout(w, now + 2 * TRIM_EVERY);
	check_eq(w->trim_due, USEC_NEVER);
	check(!pool_trim(w->pool));
	worker_free(w);
}

TEST(media_keeps_to_its_time)
{
	struct sockaddr_in port;
	struct worker *w = started(&port);
	usec_t now = clock_now();

	for (unsigned i = 0; i < 5; i++)
		hear_strangers(w, &port, 1, now + i * SECONDS(1));
	check_eq(w->trim_due, now + TRIM_EVERY);	/* more of it puts nothing off */
	worker_free(w);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(what_a_burst_needed_is_given_back_and_then_it_sleeps),
	cmocka_unit_test(media_keeps_to_its_time),
};

RUN_TESTS(tests)
