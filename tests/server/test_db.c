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

/* C31: every column that holds a text or bytes: how it is written, how read again. GIVEN stands for what is tried. */
#define GIVEN_KIND 99
#define GIVEN { .kind = GIVEN_KIND }
#define N DB_INT(1)
#define T { .kind = DB_TEXT, .bytes = { .data = (const uint8_t *)"x", .size = 1 } }
#define B { .kind = DB_BLOB, .bytes = { .data = (const uint8_t *)"x", .size = 1 } }
#define VALUES(...) .values = { __VA_ARGS__ }, \
	.n = sizeof((const struct db_value[]){ __VA_ARGS__ }) / sizeof(struct db_value)
#define KEYS(...) .keys = { __VA_ARGS__ }, \
	.n_keys = sizeof((const struct db_value[]){ __VA_ARGS__ }) / sizeof(struct db_value)

static const struct field {
	enum statement write;
	bool blob;
	struct db_value values[8];
	size_t n;
	enum statement read;
	struct db_value keys[3];
	size_t n_keys;
	int column;
} fields[] = {
	{ SQL_MEETING_INSERT, false, VALUES(GIVEN, T, T, T, N, B, N, N), SQL_MEETING_FIND, KEYS(GIVEN), 1 },
	{ SQL_MEETING_INSERT, false, VALUES(T, GIVEN, T, T, N, B, N, N), SQL_MEETING_FIND, KEYS(T), 2 },
	{ SQL_MEETING_INSERT, false, VALUES(T, T, GIVEN, T, N, B, N, N), SQL_MEETING_FIND, KEYS(T), 3 },
	{ SQL_MEETING_INSERT, false, VALUES(T, T, T, GIVEN, N, B, N, N), SQL_MEETING_FIND, KEYS(T), 4 },
	{ SQL_MEETING_INSERT, true, VALUES(T, T, T, T, N, GIVEN, N, N), SQL_MEETING_FIND, KEYS(T), 6 },
	{ SQL_INVITATION_INSERT, false, VALUES(N, DB_INT(0), GIVEN, T, T, T, B), SQL_INVITATIONS, KEYS(N), 1 },
	{ SQL_INVITATION_INSERT, false, VALUES(N, DB_INT(0), T, GIVEN, T, T, B), SQL_INVITATIONS, KEYS(N), 2 },
	{ SQL_INVITATION_INSERT, false, VALUES(N, DB_INT(0), T, T, GIVEN, T, B), SQL_INVITATIONS, KEYS(N), 3 },
	{ SQL_INVITATION_INSERT, false, VALUES(N, DB_INT(0), T, T, T, GIVEN, B), SQL_INVITATIONS, KEYS(N), 4 },
	{ SQL_INVITATION_INSERT, true, VALUES(N, DB_INT(0), T, T, T, T, GIVEN), SQL_INVITATIONS, KEYS(N), 5 },
	{ SQL_ITEM_INSERT, false, VALUES(N, N, GIVEN, B), SQL_ITEMS, KEYS(N), 1 },
	{ SQL_ITEM_INSERT, true, VALUES(N, N, T, GIVEN), SQL_ITEMS, KEYS(N), 2 },
	{ SQL_LINK_INSERT, true, VALUES(GIVEN, N, N, N), SQL_LINK_FIND, KEYS(GIVEN), 0 },
	{ SQL_SEAT_INSERT, false, VALUES(GIVEN, N, N, B, N, N), SQL_SEAT_FIND, KEYS(GIVEN), 1 },
	{ SQL_SEAT_INSERT, true, VALUES(T, N, N, GIVEN, N, N), SQL_SEAT_FIND, KEYS(T), 4 },
	{ SQL_EVENT_INSERT, false, VALUES(N, DB_INT(2), N, N, GIVEN, T, B), SQL_EVENTS_PART, KEYS(N, N, DB_INT(2)), 3 },
	{ SQL_EVENT_INSERT, false, VALUES(N, DB_INT(2), N, N, T, GIVEN, B), SQL_EVENTS_PART, KEYS(N, N, DB_INT(2)), 4 },
	{ SQL_EVENT_INSERT, true, VALUES(N, DB_INT(2), N, N, T, T, GIVEN), SQL_EVENTS_PART, KEYS(N, N, DB_INT(2)), 5 },
	{ SQL_CHECKPOINT_INSERT, true, VALUES(N, N, GIVEN, N, T, DB_INT(0)), SQL_CHECKPOINT_LAST, KEYS(N), 1 },
	{ SQL_CHECKPOINT_INSERT, false, VALUES(N, N, B, N, GIVEN, DB_INT(0)), SQL_CHECKPOINT_LAST, KEYS(N), 2 },
	{ SQL_EPOCH_INSERT, true, VALUES(DB_INT(0), GIVEN, N, T), SQL_EPOCHS, .column = 1 },
	{ SQL_EPOCH_INSERT, false, VALUES(DB_INT(0), B, N, GIVEN), SQL_EPOCHS, .column = 2 },
	{ SQL_HOLDER_INSERT, true, VALUES(GIVEN), SQL_HOLDER_READ, KEYS(DB_INT(3)), 1 },
	{ SQL_HOLDER_PASSWORD, false, VALUES(GIVEN, B, N, N), SQL_HOLDER_READ, KEYS(N), 2 },
	{ SQL_HOLDER_PASSWORD, true, VALUES(T, GIVEN, N, N), SQL_HOLDER_READ, KEYS(N), 3 },
	{ SQL_ACCOUNT_INSERT, false, VALUES(DB_INT(2), GIVEN, T), SQL_ACCOUNT_FIND, KEYS(GIVEN), 1 },
	{ SQL_ACCOUNT_INSERT, false, VALUES(DB_INT(2), T, GIVEN), SQL_ACCOUNT_FIND, KEYS(T), 2 },
	{ SQL_ADMINISTRATOR_INSERT, false, VALUES(DB_INT(2), GIVEN, T), SQL_ADMINISTRATOR_FIND, KEYS(GIVEN), 1 },
	{ SQL_ADMINISTRATOR_INSERT, false, VALUES(DB_INT(2), T, GIVEN), SQL_ADMINISTRATOR_FIND, KEYS(T), 2 },
	{ SQL_BODY_INSERT, false, VALUES(GIVEN, T), SQL_BODY_FIND, KEYS(GIVEN), 1 },
	{ SQL_BODY_INSERT, false, VALUES(T, GIVEN), SQL_BODY_FIND, KEYS(GIVEN), 2 },
	{ SQL_BODY_SET_ROSTER, false, VALUES(GIVEN, N), SQL_BODY_ROSTER, KEYS(N), 0 },
	{ SQL_MEMBERSHIP_SET, false, VALUES(N, N, GIVEN, T), SQL_MEMBERS, KEYS(N), 2 },
	{ SQL_MEMBERSHIP_SET, false, VALUES(N, N, T, GIVEN), SQL_MEMBERS, KEYS(N), 3 },
	{ SQL_ENROLMENT_INSERT, true, VALUES(GIVEN, N, N), SQL_ENROLMENT_FIND, KEYS(GIVEN), 0 },
	{ SQL_ENROLMENT_TOTP, true, VALUES(GIVEN, B), SQL_ENROLMENT_FIND, KEYS(B), 5 },
	{ SQL_PASSKEY_INSERT, true, VALUES(GIVEN, N, B, N, N, N, T, N), SQL_PASSKEY_FIND, KEYS(GIVEN), 1 },
	{ SQL_PASSKEY_INSERT, true, VALUES(B, N, GIVEN, N, N, N, T, N), SQL_PASSKEY_FIND, KEYS(B), 3 },
	{ SQL_PASSKEY_INSERT, false, VALUES(B, N, B, N, N, N, GIVEN, N), SQL_PASSKEY_FIND, KEYS(B), 7 },
	{ SQL_RECOVERY_INSERT, true, VALUES(N, GIVEN), SQL_RECOVERIES, KEYS(N), 0 },
	{ SQL_SESSION_INSERT, true, VALUES(GIVEN, N, N, N, N, T, T), SQL_SESSION_FIND, KEYS(GIVEN), 1 },
	{ SQL_DEVICE_SET, true, VALUES(N, GIVEN, T, N), SQL_DEVICES, KEYS(N), 0 },
	{ SQL_SECURITY_INSERT, false, VALUES(N, GIVEN, T, T), SQL_SECURITY_LAST, KEYS(N), 2 },
	{ SQL_SECURITY_INSERT, false, VALUES(N, T, GIVEN, T), SQL_SECURITY_LAST, KEYS(N), 3 },
	{ SQL_SECURITY_INSERT, false, VALUES(N, T, T, GIVEN), SQL_SECURITY_LAST, KEYS(N), 4 },
};

static void put_given(struct db_value *values, size_t n, const struct field *f, struct bytes given)
{
	for (size_t i = 0; i < n; i++)
		if ((int)values[i].kind == GIVEN_KIND)
			values[i] = (struct db_value){ .kind = f->blob ? DB_BLOB : DB_TEXT, .bytes = given };
}

/* Rows that others refer to. */
static void add_others(struct db *db)
{
	add_meeting(db);
	check_eq(add_event(db, 1), 0);
	check_eq(db_write(db, SQL_HOLDER_INSERT, DB_VALUES(DB_BYTES("a", 1))), 0);
	check_eq(db_write(db, SQL_ACCOUNT_INSERT, DB_VALUES(N, DB_STRING("a"), DB_STRING("a"))), 0);
	check_eq(db_write(db, SQL_HOLDER_INSERT, DB_VALUES(DB_BYTES("b", 1))), 0);
	check_eq(db_write(db, SQL_BODY_INSERT, DB_VALUES(DB_STRING("a"), DB_STRING("a"))), 0);
}

/* True: there again, byte for byte. False: it was refused. */
static bool comes_back(struct db *db, const struct field *f, struct bytes given)
{
	struct db_value values[8], keys[3];
	bool same;

	memcpy(values, f->values, sizeof(values));
	memcpy(keys, f->keys, sizeof(keys));
	put_given(values, f->n, f, given);
	put_given(keys, f->n_keys, f, given);
	if (f->write == SQL_ENROLMENT_TOTP)
		check_eq(db_write(db, SQL_ENROLMENT_INSERT, DB_VALUES(B, N, N)), 0);
	if (db_write(db, f->write, values, f->n) < 0)
		return false;
	check_eq(db_read(db, f->read, keys, f->n_keys), 0);
	check_eq(db_next(db, f->read), 1);
	same = bytes_equal(db_blob(db, f->read, f->column), given);
	db_done(db, f->read);
	if (!same)
		fail_msg("statement %d, column %d: other bytes came back", (int)f->write, f->column);
	return true;
}

TEST(strings_are_only_strings)
{
	static uint8_t large[1024 * 1024 + 1];
	static const char *const strings[] = { "'; DROP TABLE meeting; --", "''", "%", "_", "a%_b", "\"x\"", "`x`",
		"[x]", "?1", ":x", "@x", "$x", "\\", "\\'", "--", "/* */", ";", "NULL", "0x00", "1e3", " x ",
		"\xf0\x9f\x8f\x9b" };
	struct db *db = open_db();

	memset(large, '\'', sizeof(large));
	add_others(db);
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		const struct bytes more[] = { bytes_make("a\0b", 3), bytes_make("\0", 1),
			bytes_make(large, sizeof(large) - 4096) };

		for (size_t j = 0; j < sizeof(strings) / sizeof(strings[0]) + 3; j++) {
			size_t n = sizeof(strings) / sizeof(strings[0]);

			check_eq(db_mark(db), 0);
			check(comes_back(db, &fields[i], j < n ? bytes_of_string(strings[j]) : more[j - n]));
			db_back_to_mark(db);
		}
		check_eq(db_mark(db), 0);
		check(!comes_back(db, &fields[i], bytes_make(large, sizeof(large))));
		db_back_to_mark(db);
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
