/* SPDX-License-Identifier: EUPL-1.2 */
/* Checkpoints and hashes of entries, as rows. In conclaved. */
#include "server/records/sealed.h"

#include <errno.h>

int sealed_add(struct db *db, uint32_t meeting, const struct head *head, usec_t wall)
{
	return db_write(db, SQL_CHECKPOINT_INSERT, DB_VALUES(DB_INT(meeting), DB_INT(head->checkpoint.size),
		DB_BYTES(head->checkpoint.root.bytes, DIGEST_SIZE), DB_INT(wall / MSEC(1)), DB_STRING(head->note),
		DB_INT(head->epoch)));
}

static bool head_from_row(struct db *db, struct head *ret)
{
	int64_t size = db_integer(db, SQL_CHECKPOINT_LAST, 0);
	struct bytes root = db_blob(db, SQL_CHECKPOINT_LAST, 1);
	const char *note = db_text(db, SQL_CHECKPOINT_LAST, 2);
	int64_t epoch = db_integer(db, SQL_CHECKPOINT_LAST, 3);
	struct bytes key = db_blob(db, SQL_CHECKPOINT_LAST, 4);

	if (epoch < 0 || epoch > INT32_MAX || key.size != SIGNATURE_KEY_SIZE)
		return false;
	if (size < 1 || size > INT32_MAX || root.size != DIGEST_SIZE || !note || strlen(note) >= sizeof(ret->note))
		return false;
	ret->checkpoint.size = (uint32_t)size;
	memcpy(ret->checkpoint.root.bytes, root.data, DIGEST_SIZE);
	memcpy(ret->note, note, strlen(note) + 1);
	ret->epoch = (uint32_t)epoch;
	memcpy(ret->key.bytes, key.data, SIGNATURE_KEY_SIZE);
	return true;
}

int sealed_last(struct db *db, uint32_t meeting, struct head *ret)
{
	int r = db_read(db, SQL_CHECKPOINT_LAST, DB_VALUES(DB_INT(meeting)));

	if (r == 0)
		r = db_next(db, SQL_CHECKPOINT_LAST);
	if (r > 0 && !head_from_row(db, ret))
		r = -EBADMSG;
	db_done(db, SQL_CHECKPOINT_LAST);
	return r;
}

int sealed_any(struct db *db)
{
	int r = db_read(db, SQL_CHECKPOINT_ANY, NULL, 0);

	if (r == 0)
		r = db_next(db, SQL_CHECKPOINT_ANY);
	if (r > 0)
		r = db_integer(db, SQL_CHECKPOINT_ANY, 0) != 0;
	db_done(db, SQL_CHECKPOINT_ANY);
	return r;
}

int sealed_epoch(struct db *db, uint32_t meeting, uint32_t size, uint32_t *ret)
{
	int r = db_read(db, SQL_CHECKPOINT_EPOCH, DB_VALUES(DB_INT(meeting), DB_INT(size)));

	if (r == 0)
		r = db_next(db, SQL_CHECKPOINT_EPOCH);
	if (r > 0)
		*ret = (uint32_t)db_integer(db, SQL_CHECKPOINT_EPOCH, 0);	/* none reads as 0 */
	db_done(db, SQL_CHECKPOINT_EPOCH);
	return MIN(r, 0);
}

int sealed_leaves(struct db *db, uint32_t meeting, uint32_t size, struct digest *ret)
{
	uint32_t n = 0;
	int r = db_read(db, SQL_LEAVES, DB_VALUES(DB_INT(meeting), DB_INT(size)));

	if (r < 0)
		return r;
	while (n < size && (r = db_next(db, SQL_LEAVES)) > 0) {
		struct bytes hash = db_blob(db, SQL_LEAVES, 0);

		if (hash.size != DIGEST_SIZE) {
			r = -EBADMSG;
			break;
		}
		memcpy(ret[n++].bytes, hash.data, DIGEST_SIZE);
	}
	db_done(db, SQL_LEAVES);
	return r < 0 ? r : n == size ? 0 : -EBADMSG;
}
