/* SPDX-License-Identifier: EUPL-1.2 */
/* Who is who: accounts, administrators, their credentials and sessions, as the files behind them share it. In
 * conclaved. Invariant: a session is of one holder, an account or an administrator; the two have cookies, listeners and
 * relying parties of their own, and no function below gives an administrator a seat. */
#pragma once

#include "auth/hashing.h"
#include "auth/passkey.h"
#include "auth/throttle.h"
#include "auth/vault.h"
#include "server/hall/request.h"
#include "server/records/accounts.h"
#include "server/records/credentials.h"

#define SESSION_COOKIE "__Host-session"
#define ADMIN_COOKIE "__Host-admin"
#define SESSION_IDLE MINUTES(14 * 60 + 30)	/* a meeting of 14 hours, and the way home */
#define SESSION_LIFE MINUTES(24 * 60)
#define ADMIN_IDLE MINUTES(30)
#define ADMIN_LIFE MINUTES(8 * 60)
#define ENROLMENT_LIFE (MINUTES(60) * 24 * 7)
#define PASSKEYS_MOST 10			/* of one holder */
#define DEVICES_MOST 8
#define CODE_ROOM 16

/* A request that waits for a helper's answer. */
struct waiting {
	/* owned */
	char *body;				/* of its answer; NULL: none yet, or memory failed */

	/* state */
	struct list in_gate;
	uint32_t ticket;
	uint32_t job;
	bool enrols;				/* else it signs in */
	bool asks_provider;			/* it waits for conclave-fetch, and no helper */
	bool done;
	bool admin;
	bool cancelled;
	uint32_t holder;			/* 0 = nobody: the work is done for the same answer */
	struct address source;
	struct agent agent;
	char email[EMAIL_SIZE];			/* in small letters */
	char code[CODE_ROOM];
	struct digest token;			/* of the enrolment, or of the session that the browser had */
	bool has_token;
	uint64_t step;				/* of the code, once it was right */
	uint8_t totp[VAULT_SEALED_SIZE];
	struct hall_answer answer;
};

struct helper_line {
	bool sends, ends;
	size_t size;
	uint8_t frame[PASSWORD_FRAME];
};

struct gate {
	/* owned */
	struct passkey_party party, admin_party;
	struct throttle *throttle;
	struct hashing *hashing;
	struct list waiting;
	struct helper_line *helpers;
	char *admin_origin;
	struct oidc *oidc;			/* NULL: no provider is configured */
	struct waiting *polled;			/* whose answer the last hall_poll() gave out */

	/* borrowed */
	const struct vault *vault;		/* NULL: no passwords */

	/* state */
	const char *admin_origins[2];
	unsigned n_helpers;
	uint32_t last_ticket;
	usec_t swept;				/* wall: when retention was looked at last */
	bool links_for_everyone;
};

int gate_new(struct gate **ret, const struct hall_config *config);
struct gate *gate_free(struct gate *g);
/* What the helpers' queue has to say, after each input to it. */
void gate_drain(struct hall *h);
bool gate_poll(struct hall *h, struct hall_out *ret);
usec_t gate_deadline(const struct hall *h);
void gate_timeout(struct hall *h);
const struct passkey_party *gate_party(const struct hall *h, bool admin);

/* Who this holder is, for the security log: the address. "" when there is none. */
void holder_print(struct hall *h, uint32_t holder, char ret[static EMAIL_SIZE]);

/* sessions.c */

/* The session that the request's cookie opens, used now. */
bool session_open(struct hall *h, const struct hall_request *http, struct session_row *ret);
/* A new one for this holder, in the place of the one the browser had; the answer has its cookie. Not committed. */
bool session_begin(struct hall *h, const struct request *q, uint32_t holder, bool narrow);
/* It is over, and whoever sits in a seat that was taken with it is out. Not committed. */
bool session_end(struct hall *h, uint32_t number);
bool sessions_end(struct hall *h, uint32_t holder);
/* Whoever is invited as this address, wherever: no unused link leads in any more, and no seat, also where a link alone
 * was enough for one. Not committed. */
bool seats_close(struct hall *h, const char *email);
/* Those whose time has come. */
void sessions_sweep(struct hall *h);

/* Commits; when that fails the answer is a 503 instead. */
bool request_commit(struct hall *h, const struct request *q);

/* enrolment.c */

/* A new link, in the place of those of before. Not committed. */
bool enrolment_make(struct hall *h, uint32_t holder, char link[static LINK_SIZE]);
/* sign_in.c: too many with this key, or from there, were wrong lately; that was answered. */
bool request_must_wait(struct hall *h, const struct request *q, struct bytes key);
/* … or they asked for too much that costs: likewise answered. */
bool request_asks_too_much(struct hall *h, const struct request *q, enum throttle_asker asker, uint32_t number);
/* sign_in.c: a helper has answered. */
void waiting_hashed(struct hall *h, struct waiting *w, enum password_result result);
/* enrolment.c: likewise. */
void enrolment_hashed(struct hall *h, struct waiting *w, const struct request *q, enum password_result result,
	struct bytes stored);
/* Puts a password to a helper; false when the request was answered instead. */
bool waiting_add(struct hall *h, const struct request *q, const struct waiting *what, struct bytes password,
	const char *stored);
/* This request waits from now on; NULL without memory. */
struct waiting *waiting_keep(struct hall *h, const struct request *q, const struct waiting *what);
/* sign_in.c: they are who they say: begins the session, commits, answers. `how` is for the security log; `left` of the
 * recovery codes, -1 for another way. */
void let_in(struct hall *h, const struct request *q, const struct holder_row *holder, const char *how, int64_t left);
/* The parts of a WebAuthn answer, decoded. False when they are no such thing. */
struct credential {
	struct bytes id, client_data, attestation, authenticator_data, signature, user_handle;
	uint8_t room[LIMIT_REQUEST_BODY];
};
bool credential_read_attested(const struct wire_node *n, struct credential *ret);
bool credential_read_asserted(const struct wire_node *n, struct credential *ret);
/* The passkey in this answer is registered for the holder and stored; or the request was refused. Not committed. */
bool passkey_take(struct hall *h, const struct request *q, uint32_t holder, struct bytes binding);
void passkey_write_options(struct hall *h, struct json *j, const char *key, uint32_t holder, const struct challenge *c,
	bool admin);

/* book.c: what conclavectl and the administration's page do to bodies and people, between book_begin() and book_end(),
 * which commits, or undoes what was half done, and says so. */

enum book_why { BOOK_DONE, BOOK_NOT_RECORDED, BOOK_TAKEN, BOOK_EMAIL, BOOK_NO_BODY, BOOK_NO_USER, BOOK_BODY_TAKEN,
	BOOK_OFFICE_TAKEN, BOOK_FULL, BOOK_ADMINISTRATOR, BOOK_CLOSED, BOOK_OFFICE, BOOK_LINES, BOOK_LAST, BOOK_N };
enum book_why book_begin(struct hall *h);
enum book_why book_end(struct hall *h, enum book_why why);
const char *book_code(enum book_why why);
const char *book_sentence(enum book_why why);

struct book_user {
	const char *name, *email;
	const char *body;		/* id or name, or NULL */
	enum office office;
	const char *party;		/* or NULL */
};

enum book_why book_add_body(struct hall *h, const char *who, const char *name, struct body_row *ret);
/* `link` is "" when that person has credentials already. */
enum book_why book_add_user(struct hall *h, const char *who, const struct book_user *u, char link[static LINK_SIZE]);
enum book_why book_close_user(struct hall *h, const char *who, const char *email);
enum book_why book_reset_user(struct hall *h, const char *who, const char *email, char link[static LINK_SIZE]);
enum book_why book_add_administrator(struct hall *h, const char *who, const char *email, enum level level,
	char link[static LINK_SIZE]);
enum book_why book_close_administrator(struct hall *h, const char *who, const char *email);
/* Writes {"line":N,"code":…} for each bad line into `bad`, or {"name","email","link"} for each new person into `good`.
 * How many lines were bad; -EIO when it could not be recorded. */
int book_import(struct hall *h, const char *who, struct bytes csv, struct json *good, struct json *bad);
void book_write_body(struct hall *h, struct json *j, const struct body_row *b);
void book_write_user(struct json *j, const struct account_row *a);
void book_write_administrator(struct json *j, const struct administrator_row *a);

/* retention.c */

struct retention {
	int64_t security_days;		/* 30 … 365 */
	int64_t meeting_days;		/* after it was exported */
};
struct retention retention_read(struct hall *h);
bool retention_set(struct hall *h, const struct retention *r);
void retention_enforce(struct hall *h);
/* Somebody has its record now: from then on its time runs. Not committed. */
void retention_exported(struct hall *h, uint32_t meeting);

/* account_meetings.c: the asker's office in the body that the request names; false when the request was refused. */
bool request_office(struct hall *h, const struct request *q, struct body_row *body, enum office *ret);
/* What an office may do outside the room: auth/rights decides it, as everything. */
bool account_may(enum office office, enum action action, enum meeting_phase phase);
