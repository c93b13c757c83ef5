/* SPDX-License-Identifier: EUPL-1.2 */
/* A machine in order, and one of each fault. */
#include "server/ctl/checks.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/channel.h"
#include "base/mem.h"
#include "server/shell/socket.h"
#include "tests/support/check.h"

#define MIB (UINT64_C(1024) * 1024)
#define NOBODY 65534

static struct finding f;
static struct place place;
static struct patient *patient;
static char key[CONFIG_PATH_SIZE], run[CONFIG_PATH_SIZE];

/* A state folder as conclaved leaves it. */
static int setup(void **state __attribute__((unused)))
{
	int fd;

	place = (struct place){ .configured = true };
	(void)snprintf(place.config.state, sizeof(place.config.state), "/tmp/conclave-machine-XXXXXX");
	check(mkdtemp(place.config.state));
	check(config_state_path(&place.config, "run", run));
	check(config_state_path(&place.config, "run/control.sock", place.socket));
	check(config_state_path(&place.config, "key.pem", key));
	memcpy(place.config.key, key, sizeof(key));
	check_eq(mkdir(run, 0700), 0);
	fd = open(key, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	check(fd >= 0);
	check_eq(close(fd), 0);
	return patient_new(&patient, &place, 0);
}

static int teardown(void **state __attribute__((unused)))
{
	patient = patient_free(patient);
	(void)unlink(place.socket);
	(void)unlink(key);
	(void)rmdir(run);
	return rmdir(place.config.state);
}

TEST(closed_folder_is_in_order)
{
	check_state(&f, patient);
	check_eq(f.grade, GRADE_OK);
}

TEST(open_folder_is_broken)
{
	check_eq(chmod(place.config.state, 0750), 0);
	check_state(&f, patient);
	check_eq(f.grade, GRADE_BROKEN);
	check(strstr(f.says, "0750"));
	check(strstr(f.mend, "chmod 700 /tmp/"));
	check_eq(chmod(place.config.state, 0700), 0);
	check_eq(chmod(run, 0701), 0);
	check_state(&f, patient);
	check_eq(f.grade, GRADE_BROKEN);
	check(strstr(f.says, "/run "));
}

TEST(missing_key_is_broken)
{
	check_key(&f, patient);
	check_eq(f.grade, GRADE_BROKEN);
	check(strstr(f.says, "no private key"));
}

TEST(inodes_run_out)
{
	judge_inodes(&f, 100000, 1000);
	check_eq(f.grade, GRADE_OK);
	judge_inodes(&f, 0, 0);
	check_eq(f.grade, GRADE_OK);
	judge_inodes(&f, 100000, 999);
	check_eq(f.grade, GRADE_BROKEN);
	check_inodes(&f, patient);
	check_eq(f.grade, GRADE_OK);
}

TEST(age_and_zones)
{
	judge_age(&f, 180);
	check_eq(f.grade, GRADE_OK);
	judge_age(&f, 181);
	check_eq(f.grade, GRADE_ATTENTION);
	judge_zones(&f, true);
	check_eq(f.grade, GRADE_OK);
	judge_zones(&f, false);
	check_eq(f.grade, GRADE_ATTENTION);
}

TEST(folder_is_missing_or_none)
{
	static struct place other;

	other = place;
	patient->place = &other;
	memcpy(other.config.state, key, sizeof(key));
	check_state(&f, patient);
	check_eq(f.grade, GRADE_BROKEN);
	check(strstr(f.says, "not a folder"));
	other.config.state[strlen(key) - 1] = 'X';
	check_state(&f, patient);
	check_eq(f.grade, GRADE_BROKEN);
	check(strstr(f.says, "No such file"));
	check_disk(&f, patient);
	check_eq(f.grade, GRADE_BROKEN);
}

TEST(folder_belongs_to_whom_the_server_runs_as)
{
	_cleanup_(socket_close) int listener = channel_listen(place.socket);

	check(listener >= 0);
	check_state(&f, patient);
	check_eq(f.grade, GRADE_OK);
	need_root("only root can give a folder to somebody else");
	check_eq(chown(run, NOBODY, NOBODY), 0);
	check_state(&f, patient);
	check_eq(f.grade, GRADE_BROKEN);
	check(strstr(f.says, "owner of the folder around it"));
	check_eq(chown(place.config.state, NOBODY, NOBODY), 0);
	check_state(&f, patient);
	check_eq(f.grade, GRADE_BROKEN);
	check(strstr(f.says, "number 65534, but the server runs as number 0"));
}

TEST(disk_fills_up)
{
	judge_disk(&f, 500 * MIB);
	check_eq(f.grade, GRADE_OK);
	judge_disk(&f, 500 * MIB - 1);
	check_eq(f.grade, GRADE_ATTENTION);
	check(strstr(f.says, "499 MB"));
	judge_disk(&f, 50 * MIB);
	check_eq(f.grade, GRADE_ATTENTION);
	judge_disk(&f, 50 * MIB - 1);
	check_eq(f.grade, GRADE_BROKEN);
	check(strstr(f.mend, "make room"));
}

TEST(clock_is_behind_or_drifts)
{
	const int64_t built = 1795219200, day = 86400;

	judge_clock(&f, built + day, built, 1);
	check_eq(f.grade, GRADE_OK);
	judge_clock(&f, built - day, built, 1);
	check_eq(f.grade, GRADE_OK);
	judge_clock(&f, built - day - 1, built, 1);
	check_eq(f.grade, GRADE_BROKEN);
	judge_clock(&f, built + day, built, 0);
	check_eq(f.grade, GRADE_ATTENTION);
	check(strstr(f.mend, "timedatectl"));
	judge_clock(&f, built + day, built, -1);
	check_eq(f.grade, GRADE_ATTENTION);
	/* Of this machine only what cannot be otherwise: the program was built before now. */
	patient->wall = clock_wall();
	check_clock(&f, patient);
	check(f.grade != GRADE_BROKEN);
	patient->wall = SECONDS(1000000000);
	check_clock(&f, patient);
	check_eq(f.grade, GRADE_BROKEN);
}

TEST(limit_of_files_is_read)
{
	static const char table[] =
		"Limit                     Soft Limit           Hard Limit           Units     \n"
		"Max core file size        0                    0                    bytes     \n"
		"Max open files            4096                 1048576              files     \n";
	static const char *const bad[] = {
		"", "Max open files", "Max open files   ", "Max open files  many", "unlimited",
	};
	uint64_t n = 7;

	check(limits_read(bytes_of_string(table), &n));
	check_eq(n, 4096);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		check(!limits_read(bytes_of_string(bad[i]), &n));
	check_eq(n, 4096);
	check(limits_read(bytes_of_string("Max open files   unlimited  "), &n));
	check(n == UINT64_MAX);
	check(limits_read(patient_read(patient, "/proc/self/limits"), &n));
	check(n > 3);
}

TEST(too_few_files_are_said)
{
	judge_limits(&f, UINT64_MAX);
	check_eq(f.grade, GRADE_OK);
	judge_limits(&f, 4096);
	check_eq(f.grade, GRADE_OK);
	judge_limits(&f, 4095);
	check_eq(f.grade, GRADE_ATTENTION);
	check(strstr(f.mend, "LimitNOFILE"));
	judge_limits(&f, 511);
	check_eq(f.grade, GRADE_BROKEN);
}

TEST(replaced_libraries_are_found)
{
	static const char maps[] =
		"7f1c-7f1d r--p 00000000 fe:00 12 /usr/lib/libc.so.6\n"
		"7f2c-7f2d r--p 00000000 fe:00 13 /usr/lib/libssl.so.3 (deleted)\n"
		"7f3c-7f3d r-xp 00001000 fe:00 13 /usr/lib/libssl.so.3 (deleted)\n"
		"7f4c-7f4d rw-s 00000000 00:01 14 /memfd:x (deleted)\n"
		"7f5c-7f5d r--p 00000000 fe:00 15 /usr/lib/libwebsockets.so.17 (deleted)\n"
		"7f6c-7f6d rw-p 00000000 00:00 0 \n"
		"7ffd-7ffe rw-p 00000000 00:00 0 [stack]";
	char names[64];
	struct writer w = writer(names, sizeof(names));

	check_eq(maps_replaced(bytes_of_string(maps), &w), 2);
	write_u8(&w, 0);
	check_text(names, "libssl.so.3, libwebsockets.so.17");
	check_eq(maps_replaced(bytes_make(NULL, 0), &w), 0);
	check_eq(maps_replaced(bytes_of_string(" (deleted)"), &w), 0);
	check_versions(&f, patient);
	check_eq(f.grade, GRADE_OK);
	check(strstr(f.says, "OpenSSL 3"));
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

static const struct CMUnitTest tests[] = {
	IN_FOLDER(closed_folder_is_in_order),
	IN_FOLDER(open_folder_is_broken),
	IN_FOLDER(missing_key_is_broken),
	IN_FOLDER(inodes_run_out),
	cmocka_unit_test(age_and_zones),
	IN_FOLDER(folder_is_missing_or_none),
	IN_FOLDER(folder_belongs_to_whom_the_server_runs_as),
	cmocka_unit_test(disk_fills_up),
	IN_FOLDER(clock_is_behind_or_drifts),
	IN_FOLDER(limit_of_files_is_read),
	cmocka_unit_test(too_few_files_are_said),
	IN_FOLDER(replaced_libraries_are_found),
};

RUN_TESTS(tests)
