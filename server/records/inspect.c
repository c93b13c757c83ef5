/* SPDX-License-Identifier: EUPL-1.2 */
/* Reads a copy as conclaved would. In conclavectl. */
#include "server/records/inspect.h"

#include <errno.h>

#include "base/mem.h"
#include "server/records/credentials.h"
#include "server/records/store.h"

#define DAY (MINUTES(60) * 24)

static void forget(void *user, struct event *e)
{
	(void)user;
	event_done(e);
}

static int inspect_meetings(struct db *db, uint32_t newest, struct inspection *ret)
{
	_cleanup_(mem_freep) struct meeting_row *rows = mem_new_array(struct meeting_row, newest);
	int n = rows ? store_meetings_all(db, rows, newest) : -ENOMEM;

	for (int i = 0; i < n; i++) {
		struct tree tree = { .size = 0 };
		uint32_t bad = 0;
		int r = store_events(db, &rows[i], &tree, &bad, forget, NULL);

		if (r < 0 && r != -EBADMSG)
			return r;
		ret->altered += r < 0;
		ret->meetings++;
	}
	return MIN(n, 0);
}

static int inspect_retention(struct db *db, uint32_t newest, usec_t wall, struct inspection *ret)
{
	_cleanup_(mem_freep) struct meeting_row *rows = mem_new_array(struct meeting_row, newest);
	int64_t days = RETENTION_MEETING_DAYS;
	usec_t ago;
	int n = rows ? settings_read(db, "retention-meetings", &days) : -ENOMEM;

	if (n < 0)
		return n;
	ago = DAY * ((usec_t)days + 1);
	n = store_meetings_due(db, wall > ago ? wall - ago : 0, rows, newest);
	ret->overdue = n > 0 ? (uint32_t)n : 0;
	return MIN(n, 0);
}

static int inspect_key(struct db *db, struct inspection *ret)
{
	int64_t last = 0;
	int r = db_read(db, SQL_EPOCHS, NULL, 0);

	while (r >= 0 && (r = db_next(db, SQL_EPOCHS)) > 0)
		last = db_integer(db, SQL_EPOCHS, 0);
	db_done(db, SQL_EPOCHS);
	if (r == 0)
		r = db_read(db, SQL_EPOCH_USED, DB_VALUES(DB_INT(last)));
	if (r == 0)
		r = db_next(db, SQL_EPOCH_USED);
	if (r > 0)
		ret->key_used = db_integer(db, SQL_EPOCH_USED, 0) != 0;
	db_done(db, SQL_EPOCH_USED);
	return MIN(r, 0);
}

int inspect(struct inspection *ret, const char *path, uint32_t newest, usec_t wall)
{
	_cleanup_(db_closep) struct db *db = NULL;
	struct inspection i = { .whole = false };
	const char *why;
	int r = db_open(&db, path, &why);

	if (r == 0) {
		i.whole = true;
		r = inspect_meetings(db, newest, &i);
	}
	if (r == 0)
		r = inspect_retention(db, newest, wall, &i);
	if (r == 0)
		r = inspect_key(db, &i);
	/* What cannot be read back was damaged, wherever that came out. */
	if (r == -EBADMSG) {
		i = (struct inspection){ .whole = false };
		r = 0;
	}
	if (r == 0)
		*ret = i;
	return r;
}
