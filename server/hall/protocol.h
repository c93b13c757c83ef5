/* SPDX-License-Identifier: EUPL-1.2 */
/* PROTOCOL.md as tables: every message and request, every field. In conclaved.
 * Invariant: server/protocol's JSON Schemas are these tables in other words; tests/server/test_schema.c compares
 * them. */
#pragma once

#include "server/wire/words.h"

enum client_message {
	CLIENT_HELLO,
	CLIENT_JOIN,
	CLIENT_STOP_WAITING,
	CLIENT_OFFER,
	CLIENT_LAYOUT,
	CLIENT_SOUND_CHECK,
	CLIENT_SOURCES,
	CLIENT_ADMIT,
	CLIENT_TURN_AWAY,
	CLIENT_LEAVE,
	CLIENT_END,
	CLIENT_CONFIRM,
	CLIENT_REFUSE,
	CLIENT_PROOF,
	CLIENT_HAND,
	CLIENT_FLOOR,
	CLIENT_FLOOR_END,
	CLIENT_ORDER,
	CLIENT_WITHDRAW_FLOOR,
	CLIENT_RESTORE_FLOOR,
	CLIENT_MUTE,
	CLIENT_ASK_ON,
	CLIENT_STOP_SHARE,
	CLIENT_REMOVE,
	CLIENT_SUSPEND,
	CLIENT_RESUME,
	CLIENT_NEW_LINK,
	CLIENT_INVITE,
	CLIENT_FAULT,
	CLIENT_CLEAR_FAULT,
	CLIENT_OBJECT,
	CLIENT_KEY_JOIN,
	CLIENT_KEY_CREATE,
	CLIENT_KEY_COMMIT,
	CLIENT_KEY_SINCE,
	CLIENT_KEY_MESSAGE,
	CLIENT_KEY_RESUME,
	CLIENT_CONVERSATION_OPEN,
	CLIENT_CONVERSATION_REFUSE,
	CLIENT_CONVERSATION_LEAVE,
	CLIENT_CODE_READ,
	CLIENT_ITEM_OPEN,
	CLIENT_ITEM_CLOSE,
	CLIENT_DOORS_OPEN,
	CLIENT_DOORS_CLOSE,
	CLIENT_DECLARE_ALONE,
	CLIENT_RECUSE,
	CLIENT_NOTE_RECUSAL,
	CLIENT_NOTE_PRESENCE,
	CLIENT_N,
};

enum request_kind {
	REQUEST_LINK,
	REQUEST_RESUME,
	REQUEST_ENROL,
	REQUEST_ENROL_PASSKEY,
	REQUEST_ENROL_PASSWORD_BEGIN,
	REQUEST_ENROL_PASSWORD,
	REQUEST_SIGN_IN,
	REQUEST_SIGN_IN_PASSKEY,
	REQUEST_SIGN_IN_PASSWORD,
	REQUEST_SIGN_IN_RECOVERY,
	REQUEST_SIGN_IN_OIDC_BEGIN,
	REQUEST_SIGN_IN_OIDC,
	REQUEST_SIGN_OUT,
	REQUEST_ME,
	REQUEST_SESSIONS,
	REQUEST_SESSION_END,
	REQUEST_SESSIONS_END_OTHERS,
	REQUEST_PASSKEY_BEGIN,
	REQUEST_PASSKEY,
	REQUEST_PASSKEY_REMOVE,
	REQUEST_DEVICE,
	REQUEST_MEETINGS,
	REQUEST_ENTER,
	REQUEST_CONVENE,
	REQUEST_INVITATIONS,
	REQUEST_REPORT,
	REQUEST_LOG,
	REQUEST_ROSTER,
	REQUEST_ADMIN_OVERVIEW,
	REQUEST_ADMIN_BODIES,
	REQUEST_ADMIN_BODY_ADD,
	REQUEST_ADMIN_USERS,
	REQUEST_ADMIN_USER_ADD,
	REQUEST_ADMIN_USER_CLOSE,
	REQUEST_ADMIN_USER_RESET,
	REQUEST_ADMIN_IMPORT,
	REQUEST_ADMIN_ADMINISTRATORS,
	REQUEST_ADMIN_ADMINISTRATOR_ADD,
	REQUEST_ADMIN_ADMINISTRATOR_CLOSE,
	REQUEST_ADMIN_RETENTION,
	REQUEST_ADMIN_RETENTION_SET,
	REQUEST_ADMIN_SECURITY,
	REQUEST_ADMIN_MEETING_END,
	REQUEST_N,
};

enum control_verb {
	VERB_MEETING_CREATE,
	VERB_MEETING_LIST,
	VERB_MEETING_SHOW,
	VERB_MEETING_END,
	VERB_INVITE,
	VERB_DEMO,
	VERB_STATUS,
	VERB_RELOAD,
	VERB_BACKUP_MADE,
	VERB_WORKER_LIST,
	VERB_WORKER_DRAIN,
	VERB_SOUND_CHECK,
	VERB_SOUND_CHECK_ANSWER,
	VERB_LOG_EXPORT,
	VERB_BODY_ADD,
	VERB_BODY_LIST,
	VERB_USER_ADD,
	VERB_USER_LIST,
	VERB_USER_CLOSE,
	VERB_USER_RESET,
	VERB_USER_IMPORT,
	VERB_ADMIN_ADD,
	VERB_ADMIN_LIST,
	VERB_ADMIN_CLOSE,
	VERB_N,
};

/* By the enums above, and behind each a row without a name. */
extern const struct wire_type protocol_client[CLIENT_N + 1];
extern const struct wire_type protocol_control[VERB_N + 1];
extern const struct wire_type protocol_server[];

/* The body of POST PATH; `type` has one row, and behind it one without a name. */
struct protocol_request {
	const char *path;
	struct wire_type type[2];
};
extern const struct protocol_request protocol_requests[REQUEST_N];

/* The words of the protocol; each list ends with NULL. */
extern const char *const protocol_roles[];
extern const char *const protocol_sources[];	/* by enum source_kind */
extern const char *const protocol_source_keys[];	/* the same as names of fields */
extern const char *const protocol_convened[];	/* how an item is convened */
extern const char *const protocol_askable[];	/* sources that one may be asked to switch on */
extern const char *const protocol_conversations[];	/* by enum conversation_kind */
extern const char *const protocol_invitable[];	/* offices that one may be invited to in a meeting */
