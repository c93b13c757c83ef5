/* SPDX-License-Identifier: EUPL-1.2 */
/* The tables of the requests over HTTPS, one row a field. In conclaved.
 * Invariant: by the enum request_kind; nothing but what stands here is answered. */
#include "server/hall/fields.h"
#include "server/hall/protocol.h"

#include "auth/challenge.h"
#include "auth/oidc_frame.h"
#include "base/limits.h"
#include "server/proof/event.h"
#include "server/records/credentials.h"
#include "server/wire/base64.h"

#define TOKEN_MOST LIMIT_REQUEST_BODY	/* a malformed token must look like an unknown one: looked at later */

#define CODE_MOST 64			/* six digits or a recovery code, as somebody types it */
#define ENCODED(bytes) (((bytes) * 4 + 2) / 3)	/* base64url */

#define REQUEST(p, ...) { .path = "/api/" p, .type = { { p, __VA_ARGS__ }, { NULL, NULL } } }
#define EMAIL(n) LINE(n, 3, LIMIT_EMAIL)
#define EMAIL_ONLY FIELDS(EMAIL("email"))
#define TOKEN TEXT("token", TOKEN_MOST)

/* What navigator.credentials.create() and .get() yield, in base64url; `transports` is taken and not kept. */
static const struct wire_field attested[] = {
	TEXT("id", ENCODED(PASSKEY_ID_MOST)), TEXT("clientDataJSON", ENCODED(LIMIT_CLIENT_DATA)),
	TEXT("attestationObject", ENCODED(LIMIT_ATTESTATION)),
	TEXT_IF("transports", WIRE_OPTIONAL | WIRE_NULLABLE, 128), END
};

static const struct wire_field asserted[] = {
	TEXT("id", ENCODED(PASSKEY_ID_MOST)), TEXT("clientDataJSON", ENCODED(LIMIT_CLIENT_DATA)),
	TEXT("authenticatorData", ENCODED(LIMIT_ATTESTATION)), TEXT("signature", ENCODED(1024)),
	TEXT_IF("userHandle", WIRE_OPTIONAL | WIRE_NULLABLE, ENCODED(64)), END
};

static const char *const body_offices[] = { "chair", "clerk", "member", NULL };

static const struct wire_field guest[] = { NAME("name"), EMAIL("email"), END };
static const struct wire_field address[] = { EMAIL("email"), END };

static const struct wire_field item[] = {
	LINE("title", 1, LIMIT_NAME), WORD("convened", protocol_convened),
	LIST("guests", 0, LIMIT_PEOPLE_PER_MEETING, address),
	END
};

const struct protocol_request protocol_requests[REQUEST_N] = {
	[REQUEST_LINK] = REQUEST("link", FIELDS(TOKEN)),
	[REQUEST_RESUME] = REQUEST("resume", FIELDS(LETTERS_IF("seat", WIRE_OPTIONAL, SEAT_LETTERS),
		LETTERS_IF("meeting", WIRE_OPTIONAL, MEETING_LETTERS))),
	[REQUEST_ENROL] = REQUEST("enrol", FIELDS(TOKEN)),
	[REQUEST_ENROL_PASSKEY] = REQUEST("enrol/passkey", FIELDS(TOKEN, OBJECT("credential", attested),
		LINE("label", 1, LABEL_MOST))),
	[REQUEST_ENROL_PASSWORD_BEGIN] = REQUEST("enrol/password/begin", FIELDS(TOKEN)),
	[REQUEST_ENROL_PASSWORD] = REQUEST("enrol/password", FIELDS(TOKEN, TEXT("password", LIMIT_REQUEST_BODY),
		TEXT("code", CODE_MOST))),
	[REQUEST_SIGN_IN] = REQUEST("sign-in", NOTHING),
	[REQUEST_SIGN_IN_PASSKEY] = REQUEST("sign-in/passkey", FIELDS(OBJECT("credential", asserted))),
	[REQUEST_SIGN_IN_PASSWORD] = REQUEST("sign-in/password", FIELDS(EMAIL("email"),
		TEXT("password", LIMIT_REQUEST_BODY), TEXT("code", CODE_MOST))),
	[REQUEST_SIGN_IN_RECOVERY] = REQUEST("sign-in/recovery", FIELDS(EMAIL("email"), TEXT("recovery", CODE_MOST))),
	[REQUEST_SIGN_IN_OIDC_BEGIN] = REQUEST("sign-in/oidc/begin", NOTHING),
	[REQUEST_SIGN_IN_OIDC] = REQUEST("sign-in/oidc", FIELDS(TEXT("code", OIDC_CODE_MOST),
		TEXT("state", CHALLENGE_LETTERS), TEXT_IF("iss", WIRE_OPTIONAL | WIRE_NULLABLE, OIDC_URL_SIZE))),
	[REQUEST_SIGN_OUT] = REQUEST("sign-out", NOTHING),
	[REQUEST_ME] = REQUEST("me", NOTHING),
	[REQUEST_SESSIONS] = REQUEST("me/sessions", NOTHING),
	[REQUEST_SESSION_END] = REQUEST("me/sessions/end", FIELDS(ID("id"))),
	[REQUEST_SESSIONS_END_OTHERS] = REQUEST("me/sessions/end-others", NOTHING),
	[REQUEST_PASSKEY_BEGIN] = REQUEST("me/passkey/begin", NOTHING),
	[REQUEST_PASSKEY] = REQUEST("me/passkey", FIELDS(OBJECT("credential", attested), LINE("label", 1, LABEL_MOST))),
	[REQUEST_PASSKEY_REMOVE] = REQUEST("me/passkey/remove", FIELDS(ID("id"))),
	[REQUEST_DEVICE] = REQUEST("me/device", FIELDS(TEXT("device", BASE64_SIZE(DEVICE_KEY_SIZE)),
		LINE("label", 1, LABEL_MOST))),
	[REQUEST_MEETINGS] = REQUEST("meetings", NOTHING),
	[REQUEST_ENTER] = REQUEST("enter", FIELDS(LETTERS("meeting", MEETING_LETTERS))),
	[REQUEST_CONVENE] = REQUEST("convene", FIELDS(LETTERS("body", BODY_LETTERS), LINE("title", 1, LIMIT_NAME),
		TIME("starts"), WORD("language", words_languages), LIST("items", 0, LIMIT_ITEMS, item),
		LIST("guests", 0, LIMIT_PEOPLE_PER_MEETING, guest),
		LINE_IF("substitute", WIRE_OPTIONAL | WIRE_NULLABLE, 3, LIMIT_EMAIL))),
	[REQUEST_INVITATIONS] = REQUEST("invitations", FIELDS(LETTERS("meeting", MEETING_LETTERS))),
	[REQUEST_REPORT] = REQUEST("report", FIELDS(LETTERS("meeting", MEETING_LETTERS),
		WORD_IF("part", WIRE_OPTIONAL, protocol_convened))),
	[REQUEST_LOG] = REQUEST("log", FIELDS(LETTERS("meeting", MEETING_LETTERS))),
	[REQUEST_ROSTER] = REQUEST("roster", FIELDS(LETTERS("body", BODY_LETTERS),
		TEXT_IF("roster", WIRE_OPTIONAL | WIRE_NULLABLE, LIMIT_ROSTER))),
	[REQUEST_ADMIN_OVERVIEW] = REQUEST("admin/overview", NOTHING),
	[REQUEST_ADMIN_BODIES] = REQUEST("admin/bodies", NOTHING),
	[REQUEST_ADMIN_BODY_ADD] = REQUEST("admin/bodies/add", FIELDS(NAME("name"))),
	[REQUEST_ADMIN_USERS] = REQUEST("admin/users", NOTHING),
	[REQUEST_ADMIN_USER_ADD] = REQUEST("admin/users/add", FIELDS(NAME("name"), EMAIL("email"),
		LINE_IF("body", WIRE_OPTIONAL | WIRE_NULLABLE, 1, LIMIT_NAME),
		WORD_IF("office", WIRE_OPTIONAL | WIRE_NULLABLE, body_offices),
		NAME_IF("party", WIRE_OPTIONAL | WIRE_NULLABLE))),
	[REQUEST_ADMIN_USER_CLOSE] = REQUEST("admin/users/close", EMAIL_ONLY),
	[REQUEST_ADMIN_USER_RESET] = REQUEST("admin/users/reset", EMAIL_ONLY),
	[REQUEST_ADMIN_IMPORT] = REQUEST("admin/users/import", FIELDS(TEXT("csv", LIMIT_IMPORT_BODY))),
	[REQUEST_ADMIN_ADMINISTRATORS] = REQUEST("admin/admins", NOTHING),
	[REQUEST_ADMIN_ADMINISTRATOR_ADD] = REQUEST("admin/admins/add", FIELDS(EMAIL("email"),
		WORD("level", level_words))),
	[REQUEST_ADMIN_ADMINISTRATOR_CLOSE] = REQUEST("admin/admins/close", EMAIL_ONLY),
	[REQUEST_ADMIN_RETENTION] = REQUEST("admin/retention", NOTHING),
	[REQUEST_ADMIN_RETENTION_SET] = REQUEST("admin/retention/set", FIELDS(NUMBER("security", 30, 365),
		NUMBER("meetings", 0, 3650))),
	[REQUEST_ADMIN_SECURITY] = REQUEST("admin/security", NOTHING),
	[REQUEST_ADMIN_MEETING_END] = REQUEST("admin/meeting-end", FIELDS(LETTERS("meeting", MEETING_LETTERS),
		LINE("reason", 1, LIMIT_REASON))),
};
