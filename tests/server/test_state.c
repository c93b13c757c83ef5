/* SPDX-License-Identifier: EUPL-1.2 */
/* The state folder: ours alone, and one conclaved at a time. */
#include "server/shell/state.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/check.h"

static struct config config;
static char top[64];

static int setup(void **state __attribute__((unused)))
{
	(void)snprintf(top, sizeof(top), "/tmp/conclave-state-XXXXXX");
	check(mkdtemp(top));
	(void)snprintf(config.state, sizeof(config.state), "%s/data", top);
	return 0;
}

static int teardown(void **state __attribute__((unused)))
{
	char path[CONFIG_PATH_SIZE];

	(void)(config_state_path(&config, "lock", path) && unlink(path));
	(void)(config_state_path(&config, "run", path) && rmdir(path));
	(void)rmdir(config.state);
	return rmdir(top);
}

static mode_t mode_of(const char *path)
{
	struct stat st;

	check_eq(stat(path, &st), 0);
	return st.st_mode & 0777;
}

TEST(folder_is_made_for_us_alone)
{
	struct state s;
	const char *why;
	char lock[CONFIG_PATH_SIZE];

	check_eq(state_open(&s, &config, &why), 0);
	check(config_state_path(&config, "lock", lock));
	check_eq(mode_of(config.state), 0700);
	check_eq(mode_of(s.run), 0700);
	check_eq(mode_of(lock), 0600);
	state_done(&s);
	check_eq(s.lock, -1);
}

TEST(second_one_is_refused_until_the_first_ends)
{
	struct state first, second = { .lock = -7 };
	const char *why;

	check_eq(state_open(&first, &config, &why), 0);
	check_eq(state_open(&second, &config, &why), -EWOULDBLOCK);
	check_text(why, "state: another conclaved runs on this folder");
	check_eq(second.lock, -7);	/* untouched */
	state_done(&first);
	check_eq(state_open(&second, &config, &why), 0);
	state_done(&second);
}

TEST(open_folder_is_closed_to_others)
{
	struct state s;
	const char *why;

	check_eq(mkdir(config.state, 0700), 0);
	check_eq(chmod(config.state, 0755), 0);
	check_eq(state_open(&s, &config, &why), 0);
	check_eq(mode_of(config.state), 0700);
	state_done(&s);
}

TEST(what_is_no_folder_is_refused)
{
	struct state s;
	const char *why;
	char path[CONFIG_PATH_SIZE];

	check_eq(mkdir(config.state, 0700), 0);
	check(config_state_path(&config, "run", path));
	check_eq(symlink("/dev/null", path), 0);
	check_eq(state_open(&s, &config, &why), -ENOTDIR);
	check_text(why, "state: the folder cannot be made, or is not ours");
	check_eq(unlink(path), 0);
	check(config_state_path(&config, "lock", path));
	check_eq(symlink("/dev/null", path), 0);
	check_eq(state_open(&s, &config, &why), -ELOOP);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(folder_is_made_for_us_alone, setup, teardown),
	cmocka_unit_test_setup_teardown(second_one_is_refused_until_the_first_ends, setup, teardown),
	cmocka_unit_test_setup_teardown(open_folder_is_closed_to_others, setup, teardown),
	cmocka_unit_test_setup_teardown(what_is_no_folder_is_refused, setup, teardown),
};

RUN_TESTS(tests)
