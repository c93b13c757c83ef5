/* SPDX-License-Identifier: EUPL-1.2 */
/* Records in order, and of each fault. What inspect() finds in real ones: tests/ctl/programs.py. */
#include "server/ctl/checks.h"

#include <errno.h>

#include "base/mem.h"
#include "tests/support/check.h"

#define HOUR 3600
#define DAY (24 * HOUR)

static struct finding f;
static const struct inspection good = { .whole = true, .meetings = 3 };

TEST(good_records_are_in_order)
{
	judge_database(&f, 0, &good);
	check_eq(f.grade, GRADE_OK);
	judge_proceedings(&f, 0, &good);
	check_eq(f.grade, GRADE_OK);
	check(strstr(f.says, "3 verified"));
	judge_retention(&f, 0, &good);
	check_eq(f.grade, GRADE_OK);
}

TEST(each_fault_is_said)
{
	struct inspection i = good;

	i.altered = 1;
	judge_proceedings(&f, 0, &i);
	check_eq(f.grade, GRADE_BROKEN);
	check(strstr(f.says, "newest 3 meetings, 1"));
	i = good;
	i.overdue = 2;
	judge_retention(&f, 0, &i);
	check_eq(f.grade, GRADE_ATTENTION);
	i.whole = false;
	judge_database(&f, 0, &i);
	check_eq(f.grade, GRADE_BROKEN);
	judge_proceedings(&f, 0, &i);
	check_eq(f.grade, GRADE_BROKEN);
}

TEST(what_was_not_looked_at_is_not_called_good)
{
	void (*const judges[])(struct finding *, int, const struct inspection *) = { judge_database,
		judge_proceedings, judge_retention };
	static const int troubles[] = { -EFBIG, -ENOTCONN, -EACCES };

	for (size_t i = 0; i < ARRAY_SIZE(judges); i++)
		for (size_t k = 0; k < ARRAY_SIZE(troubles); k++) {
			judges[i](&f, troubles[k], &good);
			check_eq(f.grade, GRADE_ATTENTION);
		}
}

TEST(old_keys_and_backups_are_found)
{
	judge_epoch(&f, true, 6 * HOUR);
	check_eq(f.grade, GRADE_OK);
	judge_epoch(&f, false, 90 * DAY);
	check_eq(f.grade, GRADE_OK);
	judge_epoch(&f, true, 6 * HOUR + 1);
	check_eq(f.grade, GRADE_ATTENTION);
	judge_backup(&f, 100 * DAY, 102 * DAY);
	check_eq(f.grade, GRADE_OK);
	judge_backup(&f, 100 * DAY, 102 * DAY + 1);
	check_eq(f.grade, GRADE_ATTENTION);
	judge_backup(&f, 100 * DAY, 114 * DAY + 1);
	check_eq(f.grade, GRADE_BROKEN);
	judge_backup(&f, 0, 100 * DAY);
	check_eq(f.grade, GRADE_ATTENTION);
	check(strstr(f.says, "never") || strstr(f.says, "ever"));
}

TEST(dutch_is_spoken)
{
	struct finding dutch = { .check = "backup", .dutch = true };

	judge_backup(&dutch, 0, DAY);
	check_text(dutch.says, "er is nog nooit een back-up gemaakt");
	check(strstr(dutch.mend, "dagelijks"));
	judge_database(&dutch, 0, &good);
	check(strstr(dutch.says, "heel"));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(good_records_are_in_order),
	cmocka_unit_test(each_fault_is_said),
	cmocka_unit_test(what_was_not_looked_at_is_not_called_good),
	cmocka_unit_test(old_keys_and_backups_are_found),
	cmocka_unit_test(dutch_is_spoken),
};

RUN_TESTS(tests)
