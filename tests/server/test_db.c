/* SPDX-License-Identifier: EUPL-1.2 */
/* The database: what it refuses to open (ATTACKS G11), what it refuses to do, and that strings are only strings
 * (C31). In tests only. */
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/records/store.h"
#include "tests/support/check.h"

static char folder[] = "/tmp/conclave-test-db-XXXXXX";
static char path[64];

static int make_folder(void **state)
{
	(void)state;
	memcpy(folder + strlen(folder) - 6, "XXXXXX", 6);
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/db", folder);
	return 0;
}

static int remove_folder(void **state)
{
	char other[80];

	(void)state;
	(void)chmod(folder, 0700);
	(void)unlink(path);
	snprintf(other, sizeof(other), "%s-wal", path);
	(void)unlink(other);
	snprintf(other, sizeof(other), "%s-shm", path);
	(void)unlink(other);
	return rmdir(folder);
}

static struct db *open_db(void)
{
	struct db *db = NULL;
	const char *why = NULL;

	if (db_open(&db, path, &why) < 0)
		fail_msg("%s", why);
	return db;
}

static void refused(const char *reason)
{
	struct db *db = NULL;
	const char *why = NULL;

	check(db_open(&db, path, &why) < 0);
	assert_null(db);
	if (!strstr(why, reason))
		fail_msg("said: %s", why);
}

static void patch(long at, const void *bytes, size_t size)
{
	FILE *f = fopen(path, "r+");

	assert_non_null(f);
	check_eq(fseek(f, at, SEEK_SET), 0);
	check_eq(fwrite(bytes, 1, size, f), size);
	check_eq(fclose(f), 0);
}

static struct meeting_row row = { .id = "abcdefghij", .title = "Raad", .language = "nl" };

static void add_meeting(struct db *db)
{
	struct invitation_row person = { .person = 1, .name = "An", .email = "an@x.example", .office = OFFICE_CHAIR };

	check_eq(store_meeting_add(db, &row), 0);
	check_eq(store_invitation_add(db, row.number, &person), 0);
}

static int add_event(struct db *db, uint32_t seq)
{
	return store_event_add(db, &row, &(struct event){ .kind = EVENT_LEFT, .by = 1, .seq = seq });
}

TEST(what_was_committed_is_there_again)
{
	struct meeting_row found = { 0 };
	struct db *db = open_db();

	add_meeting(db);
	check_eq(db_commit(db), 0);
	check_eq(add_event(db, 1), 0);		/* not committed */
	db_close(db);
	db = open_db();
	check_eq(store_meeting_find(db, row.id, &found), 1);
	check_text(found.title, "Raad");
	check_eq(add_event(db, 1), 0);
	db_close(db);
}

TEST(damage_is_refused)
{
	struct db *db = open_db();

	add_meeting(db);
	check_eq(db_commit(db), 0);
	db_close(db);
	patch(4096, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 12);
	refused("damaged");
	patch(0, "this is no database, but a letter to the clerk of the council", 60);
	refused("damaged");
	check_eq(truncate(path, 3000), 0);
	refused("damaged");
}

TEST(a_newer_or_foreign_database_is_refused)
{
	struct db *db = open_db();

	db_close(db);
	patch(60, "\x00\x00\x03\xe8", 4);		/* user_version 1000 (fileformat 1.3.17) */
	refused("newer version");
	patch(60, "\x00\x00\x00\x01", 4);
	patch(68, "\x12\x34\x56\x78", 4);		/* application_id */
	refused("another program");
}

TEST(a_folder_or_nothing_at_all_is_refused)
{
	check_eq(mkdir(path, 0700), 0);
	refused("cannot be opened");
	check_eq(rmdir(path), 0);
	snprintf(path, sizeof(path), "%s/no/such", folder);
	refused("cannot be opened");
	snprintf(path, sizeof(path), "%s/db", folder);
	check_eq(symlink("/etc/passwd", path), 0);
	refused("cannot be opened");
}

TEST(the_log_is_append_only_and_has_no_gaps)
{
	struct db *db = open_db();

	add_meeting(db);
	check_eq(add_event(db, 2), -EEXIST);
	check_eq(add_event(db, 1), 0);
	check_eq(add_event(db, 1), -EEXIST);
	check_eq(add_event(db, 3), -EEXIST);
	check_eq(add_event(db, 2), 0);
	check_eq(db_commit(db), 0);
	db_close(db);
}

static unsigned events;

static void count_event(void *user, struct event *e)
{
	(void)user;
	events++;
	event_done(e);
}

/* Every byte of an event's row is under its hash (F01): found by changing the file. */
TEST(an_altered_entry_is_found_at_replay)
{
	static char file[1024 * 1024];
	struct db *db = open_db();
	struct tree tree;
	uint32_t bad = 0;
	char *at;
	FILE *f;
	size_t n;

	add_meeting(db);
	check_eq(store_event_add(db, &row, &(struct event){ .kind = EVENT_ENDED, .by = 1, .seq = 1,
		.reason = REASON_WRITTEN, .text = (char[]){ "onderhoud" } }), 0);
	check_eq(db_commit(db), 0);
	events = 0;
	check_eq(store_events(db, &row, &tree, &bad, count_event, NULL), 0);
	check_eq(events, 1);
	check_eq(tree.size, 1);
	db_close(db);
	f = fopen(path, "r");
	assert_non_null(f);
	n = fread(file, 1, sizeof(file), f);
	fclose(f);
	at = memmem(file, n, "onderhoud", 9);
	assert_non_null(at);
	patch(at - file, "X", 1);
	db = open_db();
	check_eq(store_events(db, &row, &tree, &bad, count_event, NULL), -EBADMSG);
	check_eq(events, 1);
	check_eq(bad, 1);
	db_close(db);
}

TEST(strings_are_only_strings)
{
	static const char *const strings[] = { "'; DROP TABLE meeting; --", "%", "_", "\"x\"", "?1",
		"\xf0\x9f\x8f\x9b" };
	struct meeting_row m = { .language = "nl" }, found;
	struct db *db = open_db();

	for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++) {
		snprintf(m.id, sizeof(m.id), "abcdefghi%c", (char)('a' + i));
		snprintf(m.title, sizeof(m.title), "%s", strings[i]);
		check_eq(store_meeting_add(db, &m), 0);
		check_eq(store_meeting_read(db, m.number, &found), 1);
		check_text(found.title, strings[i]);
		check_eq(store_meeting_find(db, strings[i], &found), 0);
	}
	db_close(db);
}

TEST(a_part_can_be_undone)
{
	struct meeting_row found;
	struct db *db = open_db();

	check_eq(db_mark(db), 0);
	add_meeting(db);
	db_back_to_mark(db);
	check_eq(store_meeting_find(db, row.id, &found), 0);
	add_meeting(db);
	check_eq(db_mark(db), 0);
	check_eq(add_event(db, 1), 0);
	db_forget_mark(db);
	check_eq(db_commit(db), 0);
	check_eq(store_meeting_find(db, row.id, &found), 1);
	db_close(db);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

static const struct CMUnitTest tests[] = {
	IN_FOLDER(what_was_committed_is_there_again),
	IN_FOLDER(damage_is_refused),
	IN_FOLDER(a_newer_or_foreign_database_is_refused),
	IN_FOLDER(a_folder_or_nothing_at_all_is_refused),
	IN_FOLDER(the_log_is_append_only_and_has_no_gaps),
	IN_FOLDER(an_altered_entry_is_found_at_replay),
	IN_FOLDER(strings_are_only_strings),
	IN_FOLDER(a_part_can_be_undone),
};

RUN_TESTS(tests)
