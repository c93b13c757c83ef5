/* SPDX-License-Identifier: EUPL-1.2 */
/* base/list.h. Invariant: after every change the ring holds in both directions. */
#include "tests/support/check.h"

#include "base/list.h"

struct thing {
	int number;
	struct list in_list;
};

static void check_ring(const struct list *l, const char *expected)
{
	char text[16] = "";
	size_t n = 0;
	const struct list *at;

	for (at = l->next; at != l; at = at->next) {
		check(at->next->prev == at && at->prev->next == at);
		check(n < sizeof(text) - 1);
		text[n++] = (char)('0' + list_entry(at, struct thing, in_list)->number);
	}
	check_text(text, expected);
}

TEST(members_stand_in_order)
{
	struct list l = LIST_INIT(l);
	struct thing a = { .number = 1 }, b = { .number = 2 }, c = { .number = 3 }, d = { .number = 4 };

	check(list_empty(&l));
	check(!list_first(&l, struct thing, in_list));
	list_push_back(&l, &b.in_list);
	list_push_back(&l, &d.in_list);
	list_push_front(&l, &a.in_list);
	list_insert_before(&d.in_list, &c.in_list);
	check_ring(&l, "1234");
	check(list_first(&l, struct thing, in_list) == &a);
	list_remove(&c.in_list);
	check_ring(&l, "124");
	list_remove(&c.in_list);	/* linked to itself: nothing happens */
	check_ring(&l, "124");
}

TEST(walking_visits_each_once)
{
	struct list l = LIST_INIT(l);
	struct thing t[5], *it;
	int sum = 0;

	for (int i = 0; i < 5; i++) {
		t[i].number = i;
		list_push_back(&l, &t[i].in_list);
	}
	list_for_each(it, &l, in_list)
		sum = sum * 10 + it->number;
	check_eq(sum, 1234);
}

TEST(the_current_one_may_be_removed)
{
	struct list l = LIST_INIT(l);
	struct thing t[5], *it, *following;

	for (int i = 0; i < 5; i++) {
		t[i].number = i;
		list_push_back(&l, &t[i].in_list);
	}
	list_for_each_safe(it, following, &l, in_list)
		if (it->number % 2 == 0)
			list_remove(&it->in_list);
	check_ring(&l, "13");
	list_for_each_safe(it, following, &l, in_list)
		list_remove(&it->in_list);
	check(list_empty(&l));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(members_stand_in_order),
	cmocka_unit_test(walking_visits_each_once),
	cmocka_unit_test(the_current_one_may_be_removed),
};

RUN_TESTS(tests)
