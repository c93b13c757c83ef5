/* SPDX-License-Identifier: EUPL-1.2 */
/* Copies by SQLite's own backup interface, which may run beside a writer. In conclavectl. */
#include "server/records/copy.h"

#include <errno.h>
#include <sqlite3.h>
#include <string.h>

#include "base/mem.h"
#include "server/records/log_key.h"
#include "server/records/store.h"

#define COPY_PATIENCE_MS 5000
#define COPY_MEETINGS 100000

DEFINE_CLEANUP(sqlite3 *, sqlite3_close)
DEFINE_CLEANUP(sqlite3_stmt *, sqlite3_finalize)

static int copy_open(sqlite3 **ret, const char *path, int flags)
{
	int code = sqlite3_open_v2(path, ret, flags, NULL);

	if (code == SQLITE_OK)
		(void)sqlite3_busy_timeout(*ret, COPY_PATIENCE_MS);
	return code == SQLITE_OK ? 0 : code == SQLITE_CANTOPEN ? -ENOENT : -EIO;
}

/* The database and its log as of now; a writer meanwhile does not change what is being copied. */
static int copy_pages(sqlite3 *to, sqlite3 *from)
{
	sqlite3_backup *b = sqlite3_backup_init(to, "main", from, "main");
	int code;

	if (!b)
		return -EIO;
	(void)sqlite3_backup_step(b, -1);
	code = sqlite3_backup_finish(b);
	return code == SQLITE_OK ? 0 : code == SQLITE_FULL ? -ENOSPC : code == SQLITE_BUSY ? -EBUSY :
		code == SQLITE_NOTADB || code == SQLITE_CORRUPT ? -EBADMSG : -EIO;
}

static int copy_put(sqlite3 *db, const struct copy_file *file)
{
	_cleanup_(sqlite3_finalizep) sqlite3_stmt *s = NULL;

	if (sqlite3_prepare_v2(db, "INSERT INTO beside (name, content) VALUES (?, ?)", -1, &s, NULL) != SQLITE_OK ||
	    sqlite3_bind_text(s, 1, file->name, -1, SQLITE_STATIC) != SQLITE_OK ||
	    sqlite3_bind_blob64(s, 2, file->content.data ? (const void *)file->content.data : "", file->content.size,
		SQLITE_STATIC) != SQLITE_OK)
		return -ENOMEM;
	return sqlite3_step(s) == SQLITE_DONE ? 0 : -EIO;
}

int copy_make(const char *from, const char *to, const struct copy_file *files, size_t n, const char **why)
{
	_cleanup_(sqlite3_closep) sqlite3 *source = NULL;
	_cleanup_(sqlite3_closep) sqlite3 *copy = NULL;
	int r = copy_open(&source, from, SQLITE_OPEN_READWRITE);

	*why = "the database of the server cannot be read";
	if (r < 0)
		return r;
	*why = "the copy cannot be written";
	r = copy_open(&copy, to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
	if (r == 0)
		r = copy_pages(copy, source);
	/* One file, not three. */
	if (r == 0 && sqlite3_exec(copy, "PRAGMA journal_mode = DELETE; BEGIN;"
		" CREATE TABLE beside (name TEXT PRIMARY KEY, content BLOB NOT NULL) STRICT", NULL, NULL, NULL) !=
		SQLITE_OK)
		r = -EIO;
	for (size_t i = 0; r == 0 && i < n; i++)
		r = copy_put(copy, &files[i]);
	if (r == 0 && sqlite3_exec(copy, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
		r = -EIO;
	return r;
}

static int copy_is_whole(sqlite3 *db)
{
	_cleanup_(sqlite3_finalizep) sqlite3_stmt *s = NULL;

	if (sqlite3_prepare_v2(db, "PRAGMA integrity_check(1)", -1, &s, NULL) != SQLITE_OK ||
	    sqlite3_step(s) != SQLITE_ROW)
		return -EBADMSG;
	return strcmp((const char *)sqlite3_column_text(s, 0), "ok") == 0 ? 0 : -EBADMSG;
}

static int copy_keep(sqlite3 *db, copy_callback keep, void *user)
{
	_cleanup_(sqlite3_finalizep) sqlite3_stmt *s = NULL;
	int code, r = 0;

	if (sqlite3_prepare_v2(db, "SELECT name, content FROM beside ORDER BY name", -1, &s, NULL) != SQLITE_OK)
		return -EBADMSG;
	while (r == 0 && (code = sqlite3_step(s)) != SQLITE_DONE)
		r = code != SQLITE_ROW ? -EBADMSG : keep(user, (const char *)sqlite3_column_text(s, 0),
			bytes_make(sqlite3_column_blob(s, 1), (size_t)sqlite3_column_bytes(s, 1)));
	return r;
}

int copy_unpack(const char *path, copy_callback keep, void *user, const char **why)
{
	_cleanup_(sqlite3_closep) sqlite3 *db = NULL;
	int r = copy_open(&db, path, SQLITE_OPEN_READWRITE);

	*why = "it holds no whole copy of a server's records";
	if (r == 0)
		r = copy_is_whole(db);
	if (r == 0)
		r = copy_keep(db, keep, user);
	if (r == 0 && sqlite3_exec(db, "DROP TABLE beside", NULL, NULL, NULL) != SQLITE_OK)
		r = -EIO;
	return r;
}

static void forget(void *user, struct event *e)
{
	(void)user;
	event_done(e);
}

static int judge_meetings(struct db *db, const char **why)
{
	_cleanup_(mem_freep) struct meeting_row *rows = mem_new_array(struct meeting_row, COPY_MEETINGS);
	int n = rows ? store_meetings_all(db, rows, COPY_MEETINGS) : -ENOMEM;
	int r = n == COPY_MEETINGS ? -EOVERFLOW : MIN(n, 0);

	*why = "the records of a meeting are not what was signed";
	for (int i = 0; r == 0 && i < n; i++) {
		struct tree tree = { .size = 0 };
		uint32_t bad = 0;

		r = store_events(db, &rows[i], &tree, &bad, forget, NULL);
	}
	return r;
}

int copy_judge(const char *database, const char *log_key, int64_t wall, const char **why)
{
	_cleanup_(db_closep) struct db *db = NULL;
	_cleanup_(log_key_freep) struct log_key *key = NULL;
	int r = db_open(&db, database, why);

	if (r == 0)
		r = log_key_open(&key, db, log_key, (usec_t)wall, why);
	return r < 0 ? r : judge_meetings(db, why);
}
