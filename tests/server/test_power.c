/* SPDX-License-Identifier: EUPL-1.2 */
/* ATTACKS F06: the power fails at every write of a busy sequence of acts, in which keys are handed on too: what was
 * acknowledged is there, the chain verifies, nothing is half. In tests only. */
#include <dirent.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "server/hall/inside.h"
#include "server/proof/audit.h"
#include "tests/server/power.h"
#include "tests/server/stage.h"

#define FILE_SIZE (1024 * 1024)
#define SHORT_POINTS 60
#define ACTS 72

static struct stage s;
static struct audit audit;
static char folder[64], path[96], key_path[112], meeting[sizeof(s.meeting)];

/* What somebody was told was done: outlives the process that said so. */
static struct told { uint32_t entries, epoch; bool over; } *told;

static struct image {
	char bytes[FILE_SIZE];
	size_t n;
} database, key;

static void load(const char *name, struct image *i)
{
	FILE *f = fopen(name, "r");

	check(f);
	i->n = fread(i->bytes, 1, sizeof(i->bytes), f);
	check(i->n > 0 && i->n < sizeof(i->bytes));
	check_eq(fclose(f), 0);
}

static void save(const char *name, const struct image *i)
{
	FILE *f = fopen(name, "w");

	check(f && fwrite(i->bytes, 1, i->n, f) == i->n && fclose(f) == 0);
	check_eq(chmod(name, 0600), 0);
}

static void clear(void)
{
	DIR *d = opendir(folder);
	struct dirent *e;

	check(d);
	while ((e = readdir(d)))
		(void)unlinkat(dirfd(d), e->d_name, 0);
	(void)closedir(d);
}

/* Memory is quicker than a disk, and the disk is ours anyway. */
static int prepare(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "%s/conclave-power-XXXXXX",
		access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	check(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/conclave.db", folder);
	snprintf(key_path, sizeof(key_path), "%s.key", path);
	told = mmap(NULL, sizeof(*told), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	check(told != MAP_FAILED);
	power_install();
	stage_open(&s, path);
	stage_demo(&s);
	memcpy(meeting, s.meeting, sizeof(meeting));
	stage_close(&s);
	load(path, &database);
	load(key_path, &key);
	return 0;
}

static int clean(void **state)
{
	(void)state;
	audit_done(&audit);
	clear();
	check_eq(munmap(told, sizeof(*told)), 0);
	return rmdir(folder);
}

static struct meeting *the_meeting(void)
{
	struct meeting *m = list_first(&s.hall->meetings, struct meeting, in_hall);

	check(m);
	return m;
}

static void tell(void)
{
	told->entries = the_meeting()->tree.size;
	told->epoch = log_key_epoch(s.key);
}

/* Invitations, a checkpoint a minute, a new key an hour, and a clean end and a new start in the middle. */
static void be_busy(void)
{
	static const char *const who[] = { "jan.peeters", "marleen.goossens" };
	char request[160];

	for (int i = 0; i < ACTS; i++) {
		usec_t time = i % 24 == 23 ? MINUTES(61) : SECONDS(31);

		if (i % (ACTS / 2) == 0) {
			if (i) {
				hall_seal(s.hall);
				stage_drain(&s);
				stage_close(&s);
			}
			stage_open(&s, path);
			tell();
		}
		snprintf(request, sizeof(request), "{\"verb\":\"invite\",\"meeting\":\"%s\","
			"\"email\":\"%s@lindebeke.example\"}", meeting, who[i % 2]);
		check(stage_made(&s, request));
		tell();
		s.now += time;
		s.wall += time;
		hall_set_time(s.hall, s.now, s.wall);
		hall_timeout(s.hall);
		stage_drain(&s);
		tell();
	}
	stage_close(&s);
	told->over = true;
}

/* Until the power fails; the number of operations when it does not. */
static unsigned long run(unsigned long nth, unsigned seed, bool lie)
{
	static unsigned long *operations;
	int status;
	pid_t child;

	if (!operations) {
		operations = mmap(NULL, sizeof(*operations), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
		check(operations != MAP_FAILED);
	}
	clear();
	save(path, &database);
	save(key_path, &key);
	*told = (struct told){ 0 };
	child = fork();
	check(child >= 0);
	if (child == 0) {
		power_fail_at(nth, seed);
		if (lie)
			power_lie();
		be_busy();
		*operations = power_operations();
		_exit(0);
	}
	check_eq(waitpid(child, &status, 0), child);
	check(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	return *operations;
}

/* What is wrong with what is there now; NULL = nothing. */
static const char *look(void)
{
	static char text[FILE_SIZE];
	struct writer w = writer(text, sizeof(text));
	char next[128];
	const char *why = NULL;
	struct log_key *k = NULL;
	struct db *db;
	int r;

	/* stage_open() would end the test there. */
	if (db_open(&db, path, &why) < 0)
		return why;
	r = log_key_open(&k, db, key_path, 0, &why);
	log_key_free(k);
	db_close(db);
	if (r < 0)
		return why;
	why = NULL;
	stage_open(&s, path);
	snprintf(next, sizeof(next), "%s.next", key_path);
	if (access(next, F_OK) == 0)
		why = "a second key is there";
	else if (list_empty(&s.hall->meetings))
		why = "the meeting cannot be read";
	else if (the_meeting()->tree.size < told->entries)
		why = "an entry that was acknowledged is gone";
	else if (log_key_epoch(s.key) < told->epoch)
		why = "an epoch that began is gone";
	if (!why) {
		check_eq(export_write(s.hall, the_meeting(), &w), 0);
		stage_drain(&s);
		audit_done(&audit);
		audit_init(&audit);
		r = audit_transcript(&audit, written(&w), bytes_make(NULL, 0));
		check(r >= 0);
		why = r ? NULL : audit.why;
	}
	stage_close(&s);
	return why;
}

TEST(whatever_was_acknowledged_outlives_a_power_cut_at_every_write)
{
	unsigned long all = run(0, 0, false), points = 0, step;

	check(told->over);
	check_ge(told->epoch, 3);
	check_ge(told->entries, ACTS);
	assert_null(look());
	check_ge(all, 1000);
	step = is_long_form() ? 1 : all / SHORT_POINTS;
	/* At each point another way to lose what was not synced. */
	for (unsigned long nth = 1; nth <= all; nth += step) {
		const char *why;

		(void)run(nth, (unsigned)(nth / step), false);
		check(!told->over);
		why = look();
		if (why)
			fail_msg("cut at %lu of %lu: %s", nth, all, why);
		points++;
	}
	print_message("# %lu cut points among %lu operations\n", points, all);
}

/* The same, on a disk that says that it synced and did not: found. */
TEST(a_disk_that_lies_is_found_out)
{
	unsigned long all = run(0, 0, false), found = 0;

	log_set_level((enum log_level)0);
	for (unsigned long nth = all / 4; nth <= all; nth += all / 4) {
		(void)run(nth, 0, true);
		/* What was lost may be the key of the records, too: then they do not open. */
		found += told->entries > 0 && look() != NULL;
	}
	check(found > 0);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(whatever_was_acknowledged_outlives_a_power_cut_at_every_write, prepare, clean),
	cmocka_unit_test_setup_teardown(a_disk_that_lies_is_found_out, prepare, clean),
};

RUN_TESTS(tests)
