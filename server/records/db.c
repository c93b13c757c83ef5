/* SPDX-License-Identifier: EUPL-1.2 */
/* SQLite, opened defensively, and its statements. In conclaved.
 * Invariant: no SQL is built at run time, and nothing waits for a lock. */
#include "server/records/db.h"

#include <assert.h>
#include <errno.h>
#include <sqlite3.h>

#include "base/limits.h"
#include "base/log.h"

/* "Clve": tells our files from those of others (sqlite.org/fileformat.html, 1.3.18). */
#define APPLICATION_ID 0x436c7665

struct db {
	/* owned */
	sqlite3 *handle;
	sqlite3_stmt *statements[SQL_N];

	/* state */
	bool writing;
	unsigned long refuse_write;	/* tests */
	unsigned long refuse_commit;
};

static int errno_of(int code)
{
	switch (code & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return 0;
	case SQLITE_NOMEM:
		return -ENOMEM;
	case SQLITE_FULL:
		return -ENOSPC;
	case SQLITE_READONLY:
		return -EROFS;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return -EBUSY;
	case SQLITE_CONSTRAINT:
		return -EEXIST;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return -EBADMSG;
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return -EACCES;
	default:
		return -EIO;
	}
}

static int run(struct db *db, const char *sql)
{
	return errno_of(sqlite3_exec(db->handle, sql, NULL, NULL, NULL));
}

/* The one value a pragma yields. */
static int pragma(struct db *db, const char *sql, int64_t *number, char *word, size_t size)
{
	sqlite3_stmt *s = NULL;
	const unsigned char *text;
	int r;

	r = errno_of(sqlite3_prepare_v2(db->handle, sql, -1, &s, NULL));
	if (r == 0) {
		int code = sqlite3_step(s);

		r = code == SQLITE_ROW ? 0 : code == SQLITE_DONE ? -EBADMSG : errno_of(code);
	}
	if (r == 0 && number)
		*number = sqlite3_column_int64(s, 0);
	if (r == 0 && word) {
		text = sqlite3_column_text(s, 0);
		(void)sqlite3_snprintf((int)size, word, "%s", text ? (const char *)text : "");
	}
	sqlite3_finalize(s);
	return r;
}

/* Of pages, in KiB. The library's own 2000 would fill over a day as the file grows; what is read again is its end and a
 * few indices, and what is not there the system has. */
#define PAGES "512"

/* research/security 2.1: the statements are ours and small, so anything larger is somebody else's doing. */
static void lower_limits(sqlite3 *handle)
{
	sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, 1024 * 1024);
	sqlite3_limit(handle, SQLITE_LIMIT_SQL_LENGTH, 16 * 1024);
	sqlite3_limit(handle, SQLITE_LIMIT_COLUMN, 32);
	sqlite3_limit(handle, SQLITE_LIMIT_EXPR_DEPTH, 16);
	sqlite3_limit(handle, SQLITE_LIMIT_COMPOUND_SELECT, 4);
	sqlite3_limit(handle, SQLITE_LIMIT_VDBE_OP, 25000);
	sqlite3_limit(handle, SQLITE_LIMIT_FUNCTION_ARG, 8);
	sqlite3_limit(handle, SQLITE_LIMIT_ATTACHED, 0);
	sqlite3_limit(handle, SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 64);
	sqlite3_limit(handle, SQLITE_LIMIT_VARIABLE_NUMBER, 16);
	sqlite3_limit(handle, SQLITE_LIMIT_TRIGGER_DEPTH, 2);
	sqlite3_limit(handle, SQLITE_LIMIT_WORKER_THREADS, 0);
}

static int settle(struct db *db)
{
	char mode[16] = "";
	int r;

	lower_limits(db->handle);
	if (sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)NULL) != SQLITE_OK ||
	    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, (int *)NULL) != SQLITE_OK ||
	    sqlite3_busy_timeout(db->handle, 0) != SQLITE_OK)
		return -EIO;
	r = pragma(db, "PRAGMA journal_mode = WAL", NULL, mode, sizeof(mode));
	if (r < 0)
		return r;
	if (strcmp(mode, "wal") != 0 && strcmp(mode, "memory") != 0)
		return -EROFS;
	return run(db, "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cell_size_check = ON;"
		"PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0; PRAGMA cache_size = -" PAGES);
}

static int check_file(struct db *db, int64_t *version, const char **why)
{
	int64_t application = 0;
	char word[64] = "";
	int r;

	r = pragma(db, "PRAGMA quick_check(1)", NULL, word, sizeof(word));
	if (r == -EBADMSG || (r == 0 && strcmp(word, "ok") != 0)) {
		*why = "the database is damaged: restore the last backup";
		return -EBADMSG;
	}
	if (r < 0)
		return r;
	r = pragma(db, "PRAGMA application_id", &application, NULL, 0);
	if (r == 0)
		r = pragma(db, "PRAGMA user_version", version, NULL, 0);
	if (r < 0)
		return r;
	if (*version > schema_version) {
		*why = "the database was written by a newer version of Conclave: install that version";
		return -EPROTO;
	}
	if (application != (*version ? APPLICATION_ID : 0)) {
		*why = "the file is a database of another program";
		return -EBADMSG;
	}
	return 0;
}

static int migrate_one(struct db *db, int number)
{
	char stamp[96];
	int r;

	(void)sqlite3_snprintf(sizeof(stamp), stamp, "PRAGMA application_id = %d; PRAGMA user_version = %d; COMMIT",
		APPLICATION_ID, number);
	r = run(db, "BEGIN IMMEDIATE");
	if (r == 0)
		r = run(db, schema_migrations[number - 1]);
	if (r == 0)
		r = run(db, stamp);
	if (r < 0)
		(void)run(db, "ROLLBACK");
	return r;
}

static int migrate(struct db *db, int64_t version)
{
	int r = 0;

	for (int number = (int)version + 1; r == 0 && number <= schema_version; number++) {
		r = migrate_one(db, number);
		if (r == 0)
			log_info("database-migrated", LOG_NUMBER("version", number));
	}
	return r;
}

static int prepare(struct db *db)
{
	int r = 0;

	for (int s = 0; r == 0 && s < SQL_N; s++)
		r = errno_of(sqlite3_prepare_v3(db->handle, schema_statements[s], -1, SQLITE_PREPARE_PERSISTENT,
			&db->statements[s], NULL));
	return r;
}

static const char *why_of(int r)
{
	switch (r) {
	case -EACCES:
		return "the database cannot be opened: check the folder and its permissions";
	case -EROFS:
		return "the database cannot be written: check its permissions and whether the disk is read-only";
	case -ENOSPC:
		return "the disk is full";
	case -EBUSY:
		return "another program is using the database";
	case -ENOMEM:
		return "there is not enough memory to open the database";
	case -EBADMSG:
		return "the database is damaged: restore the last backup";
	default:
		return "the database cannot be read: check the disk";
	}
}

static int start(struct db *db, const char *path, const char **why)
{
	int64_t version = 0;
	int r;

	r = errno_of(sqlite3_open_v2(path, &db->handle,
		SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_PRIVATECACHE, NULL));
	if (r == 0 && strcmp(path, ":memory:") != 0 && sqlite3_db_readonly(db->handle, "main") == 1)
		r = -EROFS;
	if (r == 0)
		r = check_file(db, &version, why);
	if (r == 0)
		r = settle(db);
	if (r == 0)
		r = migrate(db, version);
	if (r == 0)
		r = prepare(db);
	return r;
}

int db_open(struct db **ret, const char *path, const char **why)
{
	_cleanup_(db_closep) struct db *db = mem_new(struct db);
	const char *said = NULL;
	int r = db ? start(db, path, &said) : -ENOMEM;

	if (r < 0) {
		*why = said ? said : why_of(r);
		return r;
	}
	*ret = take(db);
	return 0;
}

const char *db_version(void)
{
	return sqlite3_libversion();
}

struct db *db_close(struct db *db)
{
	if (!db)
		return NULL;
	for (int s = 0; s < SQL_N; s++)
		sqlite3_finalize(db->statements[s]);
	sqlite3_close_v2(db->handle);
	mem_free(db);
	return NULL;
}

static int bind_value(sqlite3_stmt *s, int at, const struct db_value *v)
{
	const char *data = v->bytes.data ? (const char *)v->bytes.data : "";
	int size = (int)v->bytes.size;

	switch (v->kind) {
	case DB_NULL:
		return sqlite3_bind_null(s, at);
	case DB_INTEGER:
		return sqlite3_bind_int64(s, at, v->integer);
	case DB_TEXT:
		return sqlite3_bind_text(s, at, data, size, SQLITE_TRANSIENT);
	case DB_BLOB:
		return sqlite3_bind_blob(s, at, data, size, SQLITE_TRANSIENT);
	}
	return SQLITE_MISUSE;
}

int db_read(struct db *db, enum statement s, const struct db_value *values, size_t n)
{
	sqlite3_stmt *statement = db->statements[s];
	int r = 0;

	assert((size_t)sqlite3_bind_parameter_count(statement) == n);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = errno_of(bind_value(statement, (int)i + 1, &values[i]));
	if (r < 0)
		db_done(db, s);
	return r;
}

int db_next(struct db *db, enum statement s)
{
	int code = sqlite3_step(db->statements[s]);

	if (code == SQLITE_ROW)
		return 1;
	db_done(db, s);
	return errno_of(code);
}

void db_done(struct db *db, enum statement s)
{
	(void)sqlite3_reset(db->statements[s]);
	(void)sqlite3_clear_bindings(db->statements[s]);
}

/* Counts down to the refusal that a test asked for, and stays there. */
static bool is_refused(unsigned long *nth)
{
	if (*nth > 1) {
		--*nth;
		return false;
	}
	return *nth == 1;
}

int db_write(struct db *db, enum statement s, const struct db_value *values, size_t n)
{
	int r;

	if (is_refused(&db->refuse_write))
		return -ENOSPC;
	if (!db->writing) {
		r = run(db, "BEGIN IMMEDIATE");
		if (r < 0)
			return r;
		db->writing = true;
	}
	r = db_read(db, s, values, n);
	return r < 0 ? r : db_next(db, s);
}

int64_t db_last_number(const struct db *db)
{
	return sqlite3_last_insert_rowid(db->handle);
}

bool db_is_writing(const struct db *db)
{
	return db->writing;
}

int db_commit(struct db *db)
{
	int r;

	if (!db->writing)
		return 0;
	r = is_refused(&db->refuse_commit) ? -ENOSPC : run(db, "COMMIT");
	if (r < 0)
		db_rollback(db);
	db->writing = false;
	return r;
}

void db_rollback(struct db *db)
{
	/* After some errors SQLite has rolled back already (sqlite.org/lang_transaction.html). */
	if (db->writing && !sqlite3_get_autocommit(db->handle))
		(void)run(db, "ROLLBACK");
	db->writing = false;
}

int db_try(struct db *db)
{
	char stamp[48];

	if (db->refuse_write == 1 || db->refuse_commit == 1)
		return -ENOSPC;
	if (db->writing)
		return 0;
	(void)sqlite3_snprintf(sizeof(stamp), stamp, "PRAGMA user_version = %d", schema_version);
	return run(db, stamp);
}

int db_mark(struct db *db)
{
	int r = 0;

	if (!db->writing) {
		r = run(db, "BEGIN IMMEDIATE");
		db->writing = r == 0;
	}
	return r < 0 ? r : run(db, "SAVEPOINT part");
}

void db_back_to_mark(struct db *db)
{
	if (db->writing && !sqlite3_get_autocommit(db->handle))
		(void)run(db, "ROLLBACK TO part; RELEASE part");
}

void db_forget_mark(struct db *db)
{
	(void)run(db, "RELEASE part");
}

int64_t db_integer(struct db *db, enum statement s, int column)
{
	return sqlite3_column_int64(db->statements[s], column);
}

const char *db_text(struct db *db, enum statement s, int column)
{
	return (const char *)sqlite3_column_text(db->statements[s], column);
}

struct bytes db_blob(struct db *db, enum statement s, int column)
{
	const void *data = sqlite3_column_blob(db->statements[s], column);

	return bytes_make(data, data ? (size_t)sqlite3_column_bytes(db->statements[s], column) : 0);
}

bool db_is_null(struct db *db, enum statement s, int column)
{
	return sqlite3_column_type(db->statements[s], column) == SQLITE_NULL;
}

void db_refuse_writes(struct db *db, unsigned long nth)
{
	db->refuse_write = nth;
}

void db_refuse_commits(struct db *db, unsigned long nth)
{
	db->refuse_commit = nth;
}
