/* SPDX-License-Identifier: EUPL-1.2 */
/* Rows of people to values and back. In conclaved. Invariant: as accounts.h's. */
#include "server/records/accounts.h"

#include "base/random.h"
#include "server/records/rows.h"
#include "server/wire/text.h"
#include "server/wire/words.h"

#define HANDLE_SIZE 32

const char *const level_words[] = { "read", "operate", "configure", NULL };

static bool account_from_row(struct db *db, enum statement s, struct account_row *a)
{
	a->closed = db_integer(db, s, 3);
	a->enrolled = db_integer(db, s, 4);
	return row_copy_number(&a->number, db_integer(db, s, 0)) &&
		row_copy_text(a->email, sizeof(a->email), db_text(db, s, 1)) &&
		row_copy_text(a->name, sizeof(a->name), db_text(db, s, 2));
}

static bool administrator_from_row(struct db *db, enum statement s, struct administrator_row *a)
{
	const char *level = db_text(db, s, 2);
	int index = level ? word_index(level, level_words) : -1;

	if (index < 0)
		return false;
	a->level = (enum level)index;
	a->closed = db_integer(db, s, 3);
	a->enrolled = db_integer(db, s, 4);
	return row_copy_number(&a->number, db_integer(db, s, 0)) &&
		row_copy_text(a->email, sizeof(a->email), db_text(db, s, 1));
}

static bool body_from_row(struct db *db, enum statement s, struct body_row *b)
{
	return row_copy_number(&b->number, db_integer(db, s, 0)) &&
		row_copy_text(b->id, sizeof(b->id), db_text(db, s, 1)) &&
		row_copy_text(b->name, sizeof(b->name), db_text(db, s, 2)) &&
		text_is_letters(bytes_of_string(b->id), BODY_LETTERS);
}

static bool membership_from_row(struct db *db, enum statement s, struct member_row *m)
{
	const char *office = db_text(db, s, 2), *party = db_text(db, s, 3);
	int index = office ? word_index(office, words_offices) : -1;

	if (index < 0 || index == OFFICE_GUEST)
		return false;
	m->office = (enum office)index;
	return row_copy_number(&m->body, db_integer(db, s, 0)) && row_copy_number(&m->account, db_integer(db, s, 1)) &&
		row_copy_text(m->party, sizeof(m->party), party ? party : "") &&
		row_copy_text(m->name, sizeof(m->name), db_text(db, s, 4));
}

static bool member_of_body_from_row(struct db *db, enum statement s, struct member_row *m)
{
	return membership_from_row(db, s, m) && row_copy_text(m->email, sizeof(m->email), db_text(db, s, 5));
}

static bool member_of_account_from_row(struct db *db, enum statement s, struct member_row *m)
{
	return membership_from_row(db, s, m) && row_copy_text(m->body_id, sizeof(m->body_id), db_text(db, s, 5));
}

DEFINE_ROWS(account_rows, struct account_row, account_from_row)
DEFINE_ROWS(administrator_rows, struct administrator_row, administrator_from_row)
DEFINE_ROWS(body_rows, struct body_row, body_from_row)
DEFINE_ROWS(members_of_body_rows, struct member_row, member_of_body_from_row)
DEFINE_ROWS(members_of_account_rows, struct member_row, member_of_account_from_row)

/* The handle is what a passkey knows its owner by: of no meaning outside of here (WebAuthn, 14.6.1). */
static int add_holder(struct db *db, uint32_t *number)
{
	uint8_t handle[HANDLE_SIZE];
	int r;

	random_bytes(handle, sizeof(handle));
	r = db_write(db, SQL_HOLDER_INSERT, DB_VALUES(DB_BYTES(handle, sizeof(handle))));
	if (r == 0)
		*number = (uint32_t)db_last_number(db);
	return r;
}

int accounts_add(struct db *db, struct account_row *row)
{
	int r = add_holder(db, &row->number);

	return r < 0 ? r : db_write(db, SQL_ACCOUNT_INSERT,
		DB_VALUES(DB_INT(row->number), DB_STRING(row->email), DB_STRING(row->name)));
}

int accounts_read(struct db *db, uint32_t number, struct account_row *ret)
{
	int r = db_read(db, SQL_ACCOUNT_READ, DB_VALUES(DB_INT(number)));

	return r < 0 ? r : account_rows(db, SQL_ACCOUNT_READ, ret, 1);
}

int accounts_find(struct db *db, const char *email, struct account_row *ret)
{
	int r = db_read(db, SQL_ACCOUNT_FIND, DB_VALUES(DB_STRING(email)));

	return r < 0 ? r : account_rows(db, SQL_ACCOUNT_FIND, ret, 1);
}

int accounts_all(struct db *db, struct account_row *rows, size_t most)
{
	int r = db_read(db, SQL_ACCOUNTS, DB_VALUES(DB_INT(most)));

	return r < 0 ? r : account_rows(db, SQL_ACCOUNTS, rows, most);
}

int administrators_add(struct db *db, struct administrator_row *row)
{
	int r = add_holder(db, &row->number);

	return r < 0 ? r : db_write(db, SQL_ADMINISTRATOR_INSERT,
		DB_VALUES(DB_INT(row->number), DB_STRING(row->email), DB_STRING(level_words[row->level])));
}

int administrators_read(struct db *db, uint32_t number, struct administrator_row *ret)
{
	int r = db_read(db, SQL_ADMINISTRATOR_READ, DB_VALUES(DB_INT(number)));

	return r < 0 ? r : administrator_rows(db, SQL_ADMINISTRATOR_READ, ret, 1);
}

int administrators_find(struct db *db, const char *email, struct administrator_row *ret)
{
	int r = db_read(db, SQL_ADMINISTRATOR_FIND, DB_VALUES(DB_STRING(email)));

	return r < 0 ? r : administrator_rows(db, SQL_ADMINISTRATOR_FIND, ret, 1);
}

int administrators_all(struct db *db, struct administrator_row *rows, size_t most)
{
	int r = db_read(db, SQL_ADMINISTRATORS, DB_VALUES(DB_INT(most)));

	return r < 0 ? r : administrator_rows(db, SQL_ADMINISTRATORS, rows, most);
}

int bodies_add(struct db *db, struct body_row *row)
{
	int r = db_write(db, SQL_BODY_INSERT, DB_VALUES(DB_STRING(row->id), DB_STRING(row->name)));

	if (r == 0)
		row->number = (uint32_t)db_last_number(db);
	return r;
}

int bodies_read(struct db *db, uint32_t number, struct body_row *ret)
{
	int r = db_read(db, SQL_BODY_READ, DB_VALUES(DB_INT(number)));

	return r < 0 ? r : body_rows(db, SQL_BODY_READ, ret, 1);
}

int bodies_find(struct db *db, const char *id_or_name, struct body_row *ret)
{
	int r = db_read(db, SQL_BODY_FIND, DB_VALUES(DB_STRING(id_or_name)));

	return r < 0 ? r : body_rows(db, SQL_BODY_FIND, ret, 1);
}

int bodies_all(struct db *db, struct body_row *rows, size_t most)
{
	int r = db_read(db, SQL_BODIES, DB_VALUES(DB_INT(most)));

	return r < 0 ? r : body_rows(db, SQL_BODIES, rows, most);
}

int bodies_set_roster(struct db *db, uint32_t number, struct bytes roster)
{
	return db_write(db, SQL_BODY_SET_ROSTER, DB_VALUES({ .kind = DB_TEXT, .bytes = roster }, DB_INT(number)));
}

int bodies_roster(struct db *db, uint32_t number, struct bytes *ret)
{
	int r = db_read(db, SQL_BODY_ROSTER, DB_VALUES(DB_INT(number)));
	const char *text;

	if (r == 0)
		r = db_next(db, SQL_BODY_ROSTER);
	if (r <= 0)
		return r;
	text = db_text(db, SQL_BODY_ROSTER, 0);
	if (!text) {
		db_done(db, SQL_BODY_ROSTER);
		return 0;
	}
	*ret = bytes_of_string(text);
	return 1;
}

void bodies_roster_done(struct db *db)
{
	db_done(db, SQL_BODY_ROSTER);
}

int members_set(struct db *db, const struct member_row *row)
{
	const char *party = row->party[0] ? row->party : NULL;

	return db_write(db, SQL_MEMBERSHIP_SET, DB_VALUES(DB_INT(row->body), DB_INT(row->account),
		DB_STRING(office_word(row->office)), DB_STRING_OR_NULL(party)));
}

int members_of_body(struct db *db, uint32_t body, struct member_row *rows, size_t most)
{
	int r = db_read(db, SQL_MEMBERS, DB_VALUES(DB_INT(body)));

	return r < 0 ? r : members_of_body_rows(db, SQL_MEMBERS, rows, most);
}

int members_of_account(struct db *db, uint32_t account, struct member_row *rows, size_t most)
{
	int r = db_read(db, SQL_MEMBERSHIPS, DB_VALUES(DB_INT(account)));

	return r < 0 ? r : members_of_account_rows(db, SQL_MEMBERSHIPS, rows, most);
}

int people_count(struct db *db, struct people_numbers *ret)
{
	int r = db_read(db, SQL_COUNT_PEOPLE, NULL, 0);

	if (r == 0)
		r = db_next(db, SQL_COUNT_PEOPLE);
	if (r > 0)
		*ret = (struct people_numbers){ .accounts = db_integer(db, SQL_COUNT_PEOPLE, 0),
			.administrators = db_integer(db, SQL_COUNT_PEOPLE, 1),
			.bodies = db_integer(db, SQL_COUNT_PEOPLE, 2) };
	db_done(db, SQL_COUNT_PEOPLE);
	return MIN(r, 0);
}

bool email_fold(const char *email, char ret[static EMAIL_SIZE])
{
	size_t n = strlen(email);

	if (n >= EMAIL_SIZE)
		return false;
	for (size_t i = 0; i <= n; i++)
		ret[i] = (char)(email[i] >= 'A' && email[i] <= 'Z' ? email[i] + ('a' - 'A') : email[i]);
	return true;
}
