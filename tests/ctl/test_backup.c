/* SPDX-License-Identifier: EUPL-1.2 */
/* server/ctl/backup.c on a disk that refuses the first, second, third … thing asked of it, and in a memory that is
 * used up at each point: what was not done is said, and leaves nothing. What a real server's backup holds:
 * tests/ctl/backup.py. In tests only. Invariant: the same calls without a fault succeed. */
#include "server/ctl/backup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/log.h"
#include "base/mem.h"
#include "server/records/log_key.h"
#include "server/shell/state.h"
#include "tests/support/check.h"

#define WALL (1800000000ll * 1000000)

/* The calls to the disk, by the linker's --wrap (meson asks for files of 64 bits). SQLite's own go another way. */
static unsigned long asked, refuses_at;

FILE *__real_fopen64(const char *path, const char *mode);
int __real_fclose(FILE *file);
size_t __real_fwrite(const void *data, size_t size, size_t n, FILE *file);
int __real_rename(const char *from, const char *to);
int __real_mkdir(const char *path, mode_t mode);
char *__real_mkdtemp(char *path);
FILE *__wrap_fopen64(const char *path, const char *mode);
int __wrap_fclose(FILE *file);
size_t __wrap_fwrite(const void *data, size_t size, size_t n, FILE *file);
int __wrap_rename(const char *from, const char *to);
int __wrap_mkdir(const char *path, mode_t mode);
char *__wrap_mkdtemp(char *path);

static bool refuses(void)
{
	if (++asked != refuses_at)
		return false;
	errno = ENOSPC;
	return true;
}

FILE *__wrap_fopen64(const char *path, const char *mode) { return refuses() ? NULL : __real_fopen64(path, mode); }
int __wrap_rename(const char *from, const char *to) { return refuses() ? -1 : __real_rename(from, to); }
int __wrap_mkdir(const char *path, mode_t mode) { return refuses() ? -1 : __real_mkdir(path, mode); }
char *__wrap_mkdtemp(char *path) { return refuses() ? NULL : __real_mkdtemp(path); }

size_t __wrap_fwrite(const void *data, size_t size, size_t n, FILE *file)
{
	return refuses() ? 0 : __real_fwrite(data, size, n, file);
}

/* What was not written yet can only be lost now. */
int __wrap_fclose(FILE *file)
{
	bool refused = refuses();
	int r = __real_fclose(file);

	if (refused)
		errno = ENOSPC;
	return refused ? EOF : r;
}

/* In memory where there is such a place: SQLite waits for a disk a thousand times. */
static char memory[] = "/dev/shm/conclave-backup-XXXXXX", disk[] = "/tmp/conclave-backup-XXXXXX", *folder;
static char records[64], into[64], backup[64], key[64], public[80], why[BACKUP_WHY_SIZE];
static struct place place;

static void name(char *ret, size_t size, const char *what)
{
	check(snprintf(ret, size, "%s/%s", folder, what) < (int)size);
}

static int setup(void **s __attribute__((unused)))
{
	char database[80], log_key[80];
	struct log_key *k = NULL;
	const char *said = "";
	struct db *db = NULL;

	log_set_level((enum log_level)0);
	folder = mkdtemp(memory) ? memory : mkdtemp(disk);
	check(folder);
	name(records, sizeof(records), "state");
	name(into, sizeof(into), "into");
	name(backup, sizeof(backup), "backup");
	name(key, sizeof(key), "office");
	name(public, sizeof(public), "office.pub");
	name(database, sizeof(database), "state/conclave.db");
	name(log_key, sizeof(log_key), "state/log-key.pem");
	check_eq(mkdir(records, 0700) | mkdir(into, 0700), 0);
	check_eq(db_open(&db, database, &said), 0);
	check_eq(log_key_open(&k, db, log_key, WALL, &said), 0);
	(void)log_key_free(k);
	(void)db_close(db);
	place.configured = true;
	name(place.file, sizeof(place.file), "conclaved.conf");
	snprintf(place.config.state, sizeof(place.config.state), "%s", records);
	snprintf(place.config.certificate, sizeof(place.config.certificate), "%s/certificate.pem", CTL_DATA);
	snprintf(place.config.key, sizeof(place.config.key), "%s/key.pem", CTL_DATA);
	check(backup_key(key, why));
	return 0;
}

/* Empties a folder; says how much was in it. */
static unsigned empty(const char *path)
{
	DIR *d = opendir(path);
	struct dirent *e;
	unsigned n = 0;
	char at[512];

	check(d);
	while ((e = readdir(d))) {
		if (e->d_name[0] == '.')
			continue;
		check(snprintf(at, sizeof(at), "%s/%s", path, e->d_name) < (int)sizeof(at));
		if (e->d_type == DT_DIR)
			(void)empty(at);
		check_eq(remove(at), 0);
		n++;
	}
	check_eq(closedir(d), 0);
	return n;
}

static int teardown(void **s __attribute__((unused)))
{
	(void)empty(folder);
	return rmdir(folder);
}

static bool is_there(const char *path)
{
	return access(path, F_OK) == 0;
}

/* How many entries a folder has. */
static unsigned entries(const char *path)
{
	DIR *d = opendir(path);
	struct dirent *e;
	unsigned n = 0;

	check(d);
	while ((e = readdir(d)))
		n += e->d_name[0] != '.';
	check_eq(closedir(d), 0);
	return n;
}

static bool make(void)
{
	why[0] = '\0';
	return backup_make(&place, backup, public, WALL, why);
}

static bool restore(void)
{
	why[0] = '\0';
	return backup_restore(backup, key, into, WALL, why);
}

static bool rehearse(void)
{
	why[0] = '\0';
	return backup_rehearse(backup, key, WALL, why);
}

/* One that is whole, with nothing refused. */
static void have_backup(void)
{
	asked = refuses_at = 0;
	check(make());
	check(strstr(why, "looked at"));
}

TEST(a_backup_can_be_restored)
{
	have_backup();
	check(rehearse());
	check(restore());
	check_ge(entries(into), 3u);
	check(!restore());
	check(strstr(why, "already"));
	(void)empty(into);
}

/* Each step refused once; how many there are. `left` says what a failure left. */
static unsigned long refuse_each(bool (*act)(void), unsigned (*left)(void))
{
	unsigned long steps, failures = 0;

	asked = refuses_at = 0;
	check(act());
	steps = asked;
	(void)left();
	for (unsigned long n = 1; n <= steps; n++) {
		asked = 0;
		refuses_at = n;
		if (act()) {
			(void)left();
			continue;		/* the stamp for doctor, and a file that is only read */
		}
		refuses_at = 0;
		check(why[0]);
		check_eq(left(), 0);
		failures++;
	}
	refuses_at = 0;
	check(act());
	(void)left();
	return failures;
}

/* The backup, drafts of it in the state folder, and its own draft. */
static unsigned left_of_make(void)
{
	unsigned n = is_there(backup), before = entries(records);
	char stamp[80];

	name(stamp, sizeof(stamp), "state/" BACKUP_STAMP);
	n += before > 2u + is_there(stamp);	/* database and key */
	if (is_there(backup))
		check_eq(unlink(backup), 0);
	n += entries(folder) > 4;		/* state, into, the pair */
	return n;
}

static unsigned left_of_restore(void) { return empty(into); }
static unsigned left_of_rehearsal(void) { return 0; }

TEST(a_backup_that_the_disk_refuses_is_not_called_made)
{
	check_ge(refuse_each(make, left_of_make), 15u);
}

TEST(a_server_that_the_disk_refuses_is_not_called_restored)
{
	have_backup();
	check_ge(refuse_each(restore, left_of_restore), 10u);
}

TEST(a_rehearsal_that_the_disk_refuses_did_not_succeed)
{
	have_backup();
	check_eq(setenv("TMPDIR", into, 1), 0);
	check_ge(refuse_each(rehearse, left_of_rehearsal), 10u);
	check_eq(entries(into), 0);
	check_eq(setenv("TMPDIR", "/tmp/conclave-there-is-none", 1), 0);
	check(!rehearse());
	check_eq(unsetenv("TMPDIR"), 0);
}

/* The same with each allocation. */
static unsigned long starve_each(bool (*act)(void), unsigned (*left)(void))
{
	unsigned long n = 0, failures = 0, wanted;

	asked = refuses_at = 0;
	(void)left();
	do {
		(void)mem_fail_at(++n, 0);
		if (act()) {
			wanted = mem_fail_at(0, 0);
			(void)left();
			continue;
		}
		wanted = mem_fail_at(0, 0);
		check(why[0]);
		check_eq(left(), 0);
		failures++;
	} while (n <= wanted);
	return failures;
}

TEST(without_memory_nothing_stays_either)
{
	check_ge(starve_each(make, left_of_make), 10u);
	have_backup();
	check_ge(starve_each(restore, left_of_restore), 5u);
}

TEST(a_path_that_is_too_long_is_said)
{
	char path[5000];
	struct place far = place;

	memset(path, 'x', sizeof(path));
	path[0] = '/';
	path[sizeof(path) - 1] = '\0';
	check(!backup_make(&place, path, public, WALL, why));
	check(strstr(why, "too long"));
	check(!backup_restore(backup, key, path, WALL, why));
	check(!backup_restore(path, NULL, into, WALL, why));
	check_eq(entries(into), 0);
	check(!backup_key(path, why));
	memcpy(far.config.state, path, sizeof(far.config.state) - 1);
	check(!backup_make(&far, backup, public, WALL, why));
}

TEST(what_does_not_seal_or_open_is_named)
{
	char nothing[80];

	name(nothing, sizeof(nothing), "state/log-key.pem");
	check(!backup_make(&place, backup, nothing, WALL, why));
	check(strstr(why, ".pub"));
	have_backup();
	check(!backup_restore(backup, nothing, into, WALL, why));
	check(strstr(why, "--key"));
	check_eq(entries(into), 0);
	check(!backup_restore(backup, NULL, into, WALL, why));		/* no backup.key */
	check(!backup_key(key, why));
	check(strstr(why, "already"));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_backup_can_be_restored),
	cmocka_unit_test(a_backup_that_the_disk_refuses_is_not_called_made),
	cmocka_unit_test(a_server_that_the_disk_refuses_is_not_called_restored),
	cmocka_unit_test(a_rehearsal_that_the_disk_refuses_did_not_succeed),
	cmocka_unit_test(without_memory_nothing_stays_either),
	cmocka_unit_test(a_path_that_is_too_long_is_said),
	cmocka_unit_test(what_does_not_seal_or_open_is_named),
};

int main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
