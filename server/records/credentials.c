/* SPDX-License-Identifier: EUPL-1.2 */
/* Rows of credentials to values and back. In conclaved. Invariant: as credentials.h's. */
#include "server/records/credentials.h"

#include "server/records/rows.h"

static bool holder_from_row(struct db *db, enum statement s, struct holder_row *h)
{
	const char *password = db_text(db, s, 2);

	h->has_totp = !db_is_null(db, s, 3);
	if (h->has_totp && !row_copy_blob(h->totp, sizeof(h->totp), db_blob(db, s, 3)))
		return false;
	h->totp_step = (uint64_t)db_integer(db, s, 4);
	h->reset = db_integer(db, s, 5);
	h->closed = db_integer(db, s, 6);
	h->administrator = db_integer(db, s, 7);
	return row_copy_number(&h->number, db_integer(db, s, 0)) &&
		row_copy_blob(h->handle, sizeof(h->handle), db_blob(db, s, 1)) &&
		row_copy_text(h->password, sizeof(h->password), password ? password : "");
}

static bool enrolment_from_row(struct db *db, enum statement s, struct enrolment_row *e)
{
	e->used = db_integer(db, s, 3);
	e->dead = db_integer(db, s, 4);
	e->has_totp = !db_is_null(db, s, 5);
	if (e->has_totp && !row_copy_blob(e->totp, sizeof(e->totp), db_blob(db, s, 5)))
		return false;
	return row_copy_blob(e->hash.bytes, DIGEST_SIZE, db_blob(db, s, 0)) &&
		row_copy_number(&e->holder, db_integer(db, s, 1)) && row_copy_time(&e->created, db_integer(db, s, 2));
}

/* A blob of varying length into its room. */
static bool copy_sized(uint8_t *to, size_t room, uint16_t *size, struct bytes from)
{
	if (from.size == 0 || from.size > room)
		return false;
	memcpy(to, from.data, from.size);
	*size = (uint16_t)from.size;
	return true;
}

static bool passkey_from_row(struct db *db, enum statement s, struct passkey_row *p)
{
	int64_t counter = db_integer(db, s, 4);

	if (!copy_sized(p->key.id, sizeof(p->key.id), &p->key.id_size, db_blob(db, s, 1)) ||
	    !copy_sized(p->key.key, sizeof(p->key.key), &p->key.key_size, db_blob(db, s, 3)) ||
	    counter < 0 || counter > UINT32_MAX)
		return false;
	p->key.counter = (uint32_t)counter;
	p->key.backup_eligible = db_integer(db, s, 5);
	p->key.backed_up = db_integer(db, s, 6);
	return row_copy_number(&p->number, db_integer(db, s, 0)) && row_copy_number(&p->holder, db_integer(db, s, 2)) &&
		row_copy_text(p->label, sizeof(p->label), db_text(db, s, 7)) &&
		row_copy_time(&p->created, db_integer(db, s, 8)) && row_copy_time(&p->used, db_integer(db, s, 9));
}

static bool recovery_from_row(struct db *db, enum statement s, struct digest *d)
{
	return row_copy_blob(d->bytes, DIGEST_SIZE, db_blob(db, s, 0));
}

static bool session_from_row(struct db *db, enum statement s, struct session_row *t)
{
	const char *browser = db_text(db, s, 6), *system = db_text(db, s, 7);

	t->narrow = db_integer(db, s, 5);
	t->agent.browser = agent_word(agent_browsers, browser ? browser : "");
	t->agent.system = agent_word(agent_systems, system ? system : "");
	return row_copy_number(&t->number, db_integer(db, s, 0)) &&
		row_copy_blob(t->hash.bytes, DIGEST_SIZE, db_blob(db, s, 1)) &&
		row_copy_number(&t->holder, db_integer(db, s, 2)) && row_copy_time(&t->created, db_integer(db, s, 3)) &&
		row_copy_time(&t->used, db_integer(db, s, 4));
}

static bool security_from_row(struct db *db, enum statement s, struct security_row *e)
{
	const char *who = db_text(db, s, 3), *about = db_text(db, s, 4);

	return row_copy_number(&e->number, db_integer(db, s, 0)) && row_copy_time(&e->at, db_integer(db, s, 1)) &&
		row_copy_text(e->kind, sizeof(e->kind), db_text(db, s, 2)) &&
		row_copy_text(e->who, sizeof(e->who), who ? who : "") &&
		row_copy_text(e->about, sizeof(e->about), about ? about : "");
}

struct device_key {
	uint8_t bytes[DEVICE_KEY_SIZE];
};

static bool device_from_row(struct db *db, enum statement s, struct device_key *k)
{
	return row_copy_blob(k->bytes, sizeof(k->bytes), db_blob(db, s, 0));
}

DEFINE_ROWS(holder_rows, struct holder_row, holder_from_row)
DEFINE_ROWS(enrolment_rows, struct enrolment_row, enrolment_from_row)
DEFINE_ROWS(passkey_rows, struct passkey_row, passkey_from_row)
DEFINE_ROWS(recovery_rows, struct digest, recovery_from_row)
DEFINE_ROWS(session_rows, struct session_row, session_from_row)
DEFINE_ROWS(security_rows, struct security_row, security_from_row)
DEFINE_ROWS(device_rows, struct device_key, device_from_row)

int holders_read(struct db *db, uint32_t number, struct holder_row *ret)
{
	int r = db_read(db, SQL_HOLDER_READ, DB_VALUES(DB_INT(number)));

	return r < 0 ? r : holder_rows(db, SQL_HOLDER_READ, ret, 1);
}

int holders_forget(struct db *db, uint32_t number, bool close, bool tell)
{
	static const enum statement all[] = { SQL_PASSKEYS_REMOVE, SQL_RECOVERIES_REMOVE, SQL_DEVICES_REMOVE,
		SQL_ENROLMENTS_KILL };
	int r = close ? db_write(db, SQL_HOLDER_CLOSE, DB_VALUES(DB_INT(number))) :
		db_write(db, SQL_HOLDER_RESET, DB_VALUES(DB_INT(tell), DB_INT(number)));

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(all); i++)
		r = db_write(db, all[i], DB_VALUES(DB_INT(number)));
	return r;
}

int holders_told(struct db *db, uint32_t number)
{
	return db_write(db, SQL_HOLDER_TOLD, DB_VALUES(DB_INT(number)));
}

int holders_set_password(struct db *db, uint32_t number, const char *stored,
	const uint8_t totp[static VAULT_SEALED_SIZE], uint64_t step)
{
	return db_write(db, SQL_HOLDER_PASSWORD, DB_VALUES(DB_STRING(stored), DB_BYTES(totp, VAULT_SEALED_SIZE),
		DB_INT(step), DB_INT(number)));
}

int holders_set_step(struct db *db, uint32_t number, uint64_t step)
{
	return db_write(db, SQL_HOLDER_STEP, DB_VALUES(DB_INT(step), DB_INT(number), DB_INT(step)));
}

int enrolments_add(struct db *db, const struct digest *hash, uint32_t holder, usec_t wall)
{
	return db_write(db, SQL_ENROLMENT_INSERT, DB_VALUES(DB_BYTES(hash->bytes, DIGEST_SIZE), DB_INT(holder),
		DB_INT(row_milliseconds(wall))));
}

int enrolments_find(struct db *db, const struct digest *hash, struct enrolment_row *ret)
{
	int r = db_read(db, SQL_ENROLMENT_FIND, DB_VALUES(DB_BYTES(hash->bytes, DIGEST_SIZE)));

	return r < 0 ? r : enrolment_rows(db, SQL_ENROLMENT_FIND, ret, 1);
}

int enrolments_use(struct db *db, const struct digest *hash)
{
	return db_write(db, SQL_ENROLMENT_USE, DB_VALUES(DB_BYTES(hash->bytes, DIGEST_SIZE)));
}

int enrolments_set_totp(struct db *db, const struct digest *hash, const uint8_t totp[static VAULT_SEALED_SIZE])
{
	return db_write(db, SQL_ENROLMENT_TOTP, DB_VALUES(DB_BYTES(totp, VAULT_SEALED_SIZE),
		DB_BYTES(hash->bytes, DIGEST_SIZE)));
}

int enrolments_kill(struct db *db, uint32_t holder)
{
	return db_write(db, SQL_ENROLMENTS_KILL, DB_VALUES(DB_INT(holder)));
}

int enrolments_expire(struct db *db, usec_t before)
{
	return db_write(db, SQL_ENROLMENTS_EXPIRE, DB_VALUES(DB_INT(row_milliseconds(before))));
}

int passkeys_add(struct db *db, struct passkey_row *row)
{
	const struct passkey *k = &row->key;
	int r = db_write(db, SQL_PASSKEY_INSERT, DB_VALUES(DB_BYTES(k->id, k->id_size), DB_INT(row->holder),
		DB_BYTES(k->key, k->key_size), DB_INT(k->counter), DB_INT(k->backup_eligible), DB_INT(k->backed_up),
		DB_STRING(row->label), DB_INT(row_milliseconds(row->created))));

	if (r == 0)
		row->number = (uint32_t)db_last_number(db);
	return r;
}

int passkeys_find(struct db *db, struct bytes id, struct passkey_row *ret)
{
	int r = db_read(db, SQL_PASSKEY_FIND, DB_VALUES(DB_BYTES(id.data, id.size)));

	return r < 0 ? r : passkey_rows(db, SQL_PASSKEY_FIND, ret, 1);
}

int passkeys_of(struct db *db, uint32_t holder, struct passkey_row *rows, size_t most)
{
	int r = db_read(db, SQL_PASSKEYS, DB_VALUES(DB_INT(holder)));

	return r < 0 ? r : passkey_rows(db, SQL_PASSKEYS, rows, most);
}

int passkeys_used(struct db *db, const struct passkey_row *row)
{
	return db_write(db, SQL_PASSKEY_USED, DB_VALUES(DB_INT(row->key.counter), DB_INT(row->key.backed_up),
		DB_INT(row_milliseconds(row->used)), DB_INT(row->number)));
}

int passkeys_remove(struct db *db, uint32_t number, uint32_t holder)
{
	return db_write(db, SQL_PASSKEY_REMOVE, DB_VALUES(DB_INT(number), DB_INT(holder)));
}

int recoveries_set(struct db *db, uint32_t holder, const struct digest hashes[static RECOVERY_CODES])
{
	int r = db_write(db, SQL_RECOVERIES_REMOVE, DB_VALUES(DB_INT(holder)));

	for (size_t i = 0; r == 0 && i < RECOVERY_CODES; i++)
		r = db_write(db, SQL_RECOVERY_INSERT,
			DB_VALUES(DB_INT(holder), DB_BYTES(hashes[i].bytes, DIGEST_SIZE)));
	return r;
}

int recoveries_of(struct db *db, uint32_t holder, struct digest rows[static RECOVERY_CODES])
{
	int r = db_read(db, SQL_RECOVERIES, DB_VALUES(DB_INT(holder)));

	return r < 0 ? r : recovery_rows(db, SQL_RECOVERIES, rows, RECOVERY_CODES);
}

int recoveries_remove(struct db *db, uint32_t holder, const struct digest *hash)
{
	return db_write(db, SQL_RECOVERY_REMOVE, DB_VALUES(DB_INT(holder), DB_BYTES(hash->bytes, DIGEST_SIZE)));
}

int sessions_add(struct db *db, struct session_row *row)
{
	int r = db_write(db, SQL_SESSION_INSERT, DB_VALUES(DB_BYTES(row->hash.bytes, DIGEST_SIZE), DB_INT(row->holder),
		DB_INT(row_milliseconds(row->created)), DB_INT(row_milliseconds(row->used)), DB_INT(row->narrow),
		DB_STRING(row->agent.browser), DB_STRING(row->agent.system)));

	if (r == 0)
		row->number = (uint32_t)db_last_number(db);
	return r;
}

int sessions_find(struct db *db, const struct digest *hash, struct session_row *ret)
{
	int r = db_read(db, SQL_SESSION_FIND, DB_VALUES(DB_BYTES(hash->bytes, DIGEST_SIZE)));

	return r < 0 ? r : session_rows(db, SQL_SESSION_FIND, ret, 1);
}

int sessions_of(struct db *db, uint32_t holder, struct session_row *rows, size_t most)
{
	int r = db_read(db, SQL_SESSIONS_OF, DB_VALUES(DB_INT(holder), DB_INT(most)));

	return r < 0 ? r : session_rows(db, SQL_SESSIONS_OF, rows, most);
}

int sessions_move_seats(struct db *db, uint32_t from, uint32_t to)
{
	return db_write(db, SQL_SESSION_MOVE_SEATS, DB_VALUES(DB_INT(to), DB_INT(from)));
}

int sessions_over(struct db *db, bool administrators, usec_t created, usec_t used, struct session_row *rows,
	size_t most)
{
	int r = db_read(db, SQL_SESSIONS_OVER, DB_VALUES(DB_INT(administrators), DB_INT(row_milliseconds(created)),
		DB_INT(row_milliseconds(used)), DB_INT(most)));

	return r < 0 ? r : session_rows(db, SQL_SESSIONS_OVER, rows, most);
}

int sessions_used(struct db *db, uint32_t number, usec_t wall)
{
	return db_write(db, SQL_SESSION_USED, DB_VALUES(DB_INT(row_milliseconds(wall)), DB_INT(number)));
}

int sessions_widen(struct db *db, uint32_t number)
{
	return db_write(db, SQL_SESSION_WIDEN, DB_VALUES(DB_INT(number)));
}

int sessions_remove(struct db *db, uint32_t number)
{
	return db_write(db, SQL_SESSION_REMOVE, DB_VALUES(DB_INT(number)));
}

int sessions_seats(struct db *db, uint32_t number, struct seat_row *rows, size_t most)
{
	int r = db_read(db, SQL_SEATS_OF_SESSION, DB_VALUES(DB_INT(number)));

	return r < 0 ? r : store_seat_rows(db, SQL_SEATS_OF_SESSION, rows, most);
}

int devices_set(struct db *db, uint32_t account, const uint8_t key[static DEVICE_KEY_SIZE], const char *label,
	usec_t wall, size_t most)
{
	int r = db_write(db, SQL_DEVICE_SET, DB_VALUES(DB_INT(account), DB_BYTES(key, DEVICE_KEY_SIZE),
		DB_STRING(label), DB_INT(row_milliseconds(wall))));

	return r < 0 ? r : db_write(db, SQL_DEVICES_TRIM, DB_VALUES(DB_INT(account), DB_INT(most)));
}

int devices_of(struct db *db, uint32_t account, uint8_t rows[][DEVICE_KEY_SIZE], size_t most)
{
	int r = db_read(db, SQL_DEVICES, DB_VALUES(DB_INT(account)));

	return r < 0 ? r : device_rows(db, SQL_DEVICES, (struct device_key *)rows, most);
}

int settings_read(struct db *db, const char *name, int64_t *ret)
{
	int r = db_read(db, SQL_SETTING_READ, DB_VALUES(DB_STRING(name)));

	if (r == 0)
		r = db_next(db, SQL_SETTING_READ);
	if (r <= 0)
		return r;
	*ret = db_integer(db, SQL_SETTING_READ, 0);
	db_done(db, SQL_SETTING_READ);
	return 1;
}

int settings_set(struct db *db, const char *name, int64_t value)
{
	return db_write(db, SQL_SETTING_SET, DB_VALUES(DB_STRING(name), DB_INT(value)));
}

/* The oldest go: of what strangers can make apart, so that they push out nothing but their own. */
static int security_trim(struct db *db)
{
	int r = db_write(db, SQL_SECURITY_TRIM, DB_VALUES(DB_STRING(SECURITY_REFUSED), DB_INT(1),
		DB_INT(LIMIT_SECURITY_REFUSED)));

	return r < 0 ? r : db_write(db, SQL_SECURITY_TRIM, DB_VALUES(DB_STRING(SECURITY_REFUSED), DB_INT(0),
		DB_INT(LIMIT_SECURITY)));
}

int security_add(struct db *db, usec_t wall, const char *kind, const char *who, const char *about)
{
	int r = db_write(db, SQL_SECURITY_INSERT, DB_VALUES(DB_INT(row_milliseconds(wall)), DB_STRING(kind),
		DB_STRING_OR_NULL(who), DB_STRING_OR_NULL(about)));

	return r < 0 || db_last_number(db) % SECURITY_TRIM_EVERY ? r : security_trim(db);
}

int security_last(struct db *db, struct security_row *rows, size_t most)
{
	int r = db_read(db, SQL_SECURITY_LAST, DB_VALUES(DB_INT(most)));

	return r < 0 ? r : security_rows(db, SQL_SECURITY_LAST, rows, most);
}

int security_expire(struct db *db, usec_t before)
{
	return db_write(db, SQL_SECURITY_EXPIRE, DB_VALUES(DB_INT(row_milliseconds(before))));
}
