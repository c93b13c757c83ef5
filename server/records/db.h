/* SPDX-License-Identifier: EUPL-1.2 */
/* The one door to SQLite. In conclaved.
 * Invariant: only the prepared statements of server/records/schema.c run; what db_commit() returned 0 for survives a
 * power cut. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "server/records/schema.h"

struct db;

struct db_value {
	enum { DB_NULL, DB_INTEGER, DB_TEXT, DB_BLOB } kind;
	int64_t integer;
	struct bytes bytes;
};

#define DB_INT(v) { .kind = DB_INTEGER, .integer = (int64_t)(v) }
#define DB_INT_OR_NULL(v) { .kind = (v) ? DB_INTEGER : DB_NULL, .integer = (int64_t)(v) }	/* 0 is none */
#define DB_STRING(v) { .kind = DB_TEXT, .bytes = bytes_of_string(v) }
#define DB_STRING_OR_NULL(v) \
	{ .kind = (v) ? DB_TEXT : DB_NULL, .bytes = (v) ? bytes_of_string(v) : bytes_make(NULL, 0) }
#define DB_BYTES(v, n) { .kind = DB_BLOB, .bytes = bytes_make((v), (n)) }
#define DB_VALUES(...) (const struct db_value[]){ __VA_ARGS__ }, \
	(sizeof((const struct db_value[]){ __VA_ARGS__ }) / sizeof(struct db_value))

/* Opens or makes the file and brings it to this version, or says in one plain sentence why not, and then changed
 * nothing: a damaged, foreign, read-only or newer database is refused. ":memory:" is one that is gone with the
 * handle. */
int db_open(struct db **ret, const char *path, const char **why);
struct db *db_close(struct db *db);
const char *db_version(void);			/* of the library */
DEFINE_CLEANUP(struct db *, db_close)

/* Writes open a transaction by themselves. 0; -ENOSPC, -EROFS, -EIO, -EBUSY, -ENOMEM, -EEXIST (a constraint),
 * -EBADMSG. */
int db_write(struct db *db, enum statement s, const struct db_value *values, size_t n);
int64_t db_last_number(const struct db *db);	/* of the row just inserted */
bool db_is_writing(const struct db *db);
int db_commit(struct db *db);			/* on failure everything since the last one is rolled back */
void db_rollback(struct db *db);
/* Writes what already stands there, outside of any transaction: whether writing works. */
int db_try(struct db *db);
/* Undo of a part of a transaction that failed half way: marks, and goes back to the mark. */
int db_mark(struct db *db);
void db_back_to_mark(struct db *db);
void db_forget_mark(struct db *db);

/* Starts a statement that yields rows; db_next() is 1 while there is one, then 0 or a negative errno; db_done() ends
 * before the last. What the columns yield is valid until the next of these. */
int db_read(struct db *db, enum statement s, const struct db_value *values, size_t n);
int db_next(struct db *db, enum statement s);
void db_done(struct db *db, enum statement s);
int64_t db_integer(struct db *db, enum statement s, int column);
const char *db_text(struct db *db, enum statement s, int column);	/* NULL for null */
struct bytes db_blob(struct db *db, enum statement s, int column);
bool db_is_null(struct db *db, enum statement s, int column);

/* Tests only: the n-th write from now on (1 = the next), or commit, and all after it, fail as on a full disk; 0 ends
 * that. */
void db_refuse_writes(struct db *db, unsigned long nth);
void db_refuse_commits(struct db *db, unsigned long nth);
