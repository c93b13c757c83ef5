/* SPDX-License-Identifier: EUPL-1.2 */
/* What conclaved keeps of how people prove who they are: passwords, passkeys, recovery codes, enrolment links,
 * sessions. In conclaved. Invariant: of a secret only its hash stands there; the seed of six-digit codes is sealed. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "auth/digest.h"
#include "auth/passkey.h"
#include "auth/password.h"
#include "auth/recovery.h"
#include "auth/vault.h"
#include "server/records/accounts.h"
#include "server/records/store.h"
#include "server/wire/agent.h"

#define HANDLE_SIZE 32
#define SECURITY_REFUSED "sign-in-refused"	/* the kind of entry that strangers can make */
#define SECURITY_TRIM_EVERY 500			/* so many more than their caps may stand in the security log */
#define LABEL_MOST 60			/* characters */
#define LABEL_SIZE LINE_SIZE(LABEL_MOST)
#define DEVICE_KEY_SIZE 32

struct holder_row {
	uint32_t number;
	uint8_t handle[HANDLE_SIZE];
	char password[PASSWORD_STORED + 1];	/* "" = none */
	bool has_totp;
	uint8_t totp[VAULT_SEALED_SIZE];
	uint64_t totp_step;
	bool reset;				/* credentials died; told at the next sign-in */
	bool closed;
	bool administrator;
};

struct enrolment_row {
	struct digest hash;
	uint32_t holder;
	usec_t created;
	bool used;
	bool dead;
	bool has_totp;
	uint8_t totp[VAULT_SEALED_SIZE];	/* shown, and not yet confirmed */
};

struct passkey_row {
	uint32_t number;
	uint32_t holder;
	struct passkey key;
	char label[LABEL_SIZE];
	usec_t created;
	usec_t used;				/* 0 = never */
};

struct session_row {
	uint32_t number;
	struct digest hash;
	uint32_t holder;
	usec_t created;
	usec_t used;
	struct agent agent;			/* of the browser that signed in */
	bool narrow;				/* by a recovery code: only to add a passkey */
};

struct security_row {
	uint32_t number;
	usec_t at;
	char kind[32];
	char who[EMAIL_SIZE];			/* "" = unknown */
	char about[NAME_SIZE + EMAIL_SIZE];	/* "" = nothing */
};

int holders_read(struct db *db, uint32_t number, struct holder_row *ret);
/* All that could sign in dies: password, passkeys, recovery codes, devices, unused links; sessions are the caller's. */
int holders_forget(struct db *db, uint32_t number, bool close, bool tell);
int holders_told(struct db *db, uint32_t number);
int holders_set_password(struct db *db, uint32_t number, const char *stored,
	const uint8_t totp[static VAULT_SEALED_SIZE], uint64_t step);
int holders_set_step(struct db *db, uint32_t number, uint64_t step);

int enrolments_add(struct db *db, const struct digest *hash, uint32_t holder, usec_t wall);
int enrolments_find(struct db *db, const struct digest *hash, struct enrolment_row *ret);
int enrolments_use(struct db *db, const struct digest *hash);
int enrolments_set_totp(struct db *db, const struct digest *hash, const uint8_t totp[static VAULT_SEALED_SIZE]);
int enrolments_kill(struct db *db, uint32_t holder);
int enrolments_expire(struct db *db, usec_t before);

int passkeys_add(struct db *db, struct passkey_row *row);
int passkeys_find(struct db *db, struct bytes id, struct passkey_row *ret);
int passkeys_of(struct db *db, uint32_t holder, struct passkey_row *rows, size_t most);
/* The row's counter, backed_up and used are written. */
int passkeys_used(struct db *db, const struct passkey_row *row);
int passkeys_remove(struct db *db, uint32_t number, uint32_t holder);

/* Replaces those that are there. */
int recoveries_set(struct db *db, uint32_t holder, const struct digest hashes[static RECOVERY_CODES]);
int recoveries_of(struct db *db, uint32_t holder, struct digest rows[static RECOVERY_CODES]);
int recoveries_remove(struct db *db, uint32_t holder, const struct digest *hash);

int sessions_add(struct db *db, struct session_row *row);
int sessions_find(struct db *db, const struct digest *hash, struct session_row *ret);
int sessions_of(struct db *db, uint32_t holder, struct session_row *rows, size_t most);
/* Of administrators or of accounts: created, or used last, before these. */
int sessions_over(struct db *db, bool administrators, usec_t created, usec_t used, struct session_row *rows,
	size_t most);
int sessions_move_seats(struct db *db, uint32_t from, uint32_t to);
int sessions_used(struct db *db, uint32_t number, usec_t wall);
int sessions_widen(struct db *db, uint32_t number);
int sessions_remove(struct db *db, uint32_t number);
int sessions_seats(struct db *db, uint32_t number, struct seat_row *rows, size_t most);

/* At most `most` of an account stay, the newest. */
int devices_set(struct db *db, uint32_t account, const uint8_t key[static DEVICE_KEY_SIZE], const char *label,
	usec_t wall, size_t most);
int devices_of(struct db *db, uint32_t account, uint8_t rows[][DEVICE_KEY_SIZE], size_t most);

/* While nobody has set them. */
#define RETENTION_SECURITY_DAYS 90
#define RETENTION_MEETING_DAYS 30

/* 1 when it is set. */
int settings_read(struct db *db, const char *name, int64_t *ret);
int settings_set(struct db *db, const char *name, int64_t value);

/* Never secrets. `who` and `about` may be NULL. */
int security_add(struct db *db, usec_t wall, const char *kind, const char *who, const char *about);
int security_last(struct db *db, struct security_row *rows, size_t most);
int security_expire(struct db *db, usec_t before);
