/* SPDX-License-Identifier: EUPL-1.2 */
/* The tables of the protocol, one row a field. In conclaved. */
#include "server/hall/fields.h"
#include "server/hall/protocol.h"

#include "auth/turn.h"
#include "base/limits.h"
#include "server/hall/keys.h"
#include "server/proof/epoch.h"
#include "server/proof/event.h"
#include "server/records/accounts.h"
#include "server/records/store.h"
#include "server/wire/base64.h"
#include "sfu/msg.h"

#define MEDIA_ID_SIZE 8
#define PROOF_EPOCHS 1024	/* more than fit into a message */

#define GROUP NUMBER("group", 0, WIRE_ID_MOST)
#define CONVERSATION ID("group")
#define EPOCH NUMBER("epoch", 0, WIRE_ID_MOST)
#define TAG BASE64("tag", KEYS_TAG_LETTERS, KEYS_TAG_LETTERS)
#define TAG_OR_NULL BASE64_IF("tag", WIRE_NULLABLE, KEYS_TAG_LETTERS, KEYS_TAG_LETTERS)
#define DEVICE_IF(f) BASE64_IF("device", f, DEVICE_LETTERS, DEVICE_LETTERS)
#define PEOPLE(n) NUMBERS(n, LIMIT_PEOPLE_PER_MEETING)

const char *const protocol_roles[] = { "microphone", "camera", "screen", "screen-sound", "audio", "video", NULL };
const char *const protocol_sources[] = { "microphone", "camera", "screen", "screen-sound", NULL };
const char *const protocol_source_keys[] = { "microphone", "camera", "screen", "screen_sound", NULL };

const char *const protocol_askable[] = { "microphone", "camera", NULL };
const char *const protocol_conversations[] = { "private", "caucus", NULL };
const char *const protocol_convened[] = { "closed", "open", NULL };
const char *const protocol_invitable[] = { "member", "guest", NULL };

static const char *const phases[] = { "outside", "lobby", "inside", "aside", NULL };
static const char *const meeting_phases[] = { "planned", "open", "ended", NULL };
static const char *const connections[] = { "connected", "reconnecting", NULL };
static const char *const gone_words[] = { "left", "removed", "seat-ended", "aside", "guest-out", NULL };
static const char *const aside_words[] = { "recused", NULL };
static const char *const item_phases[] = { "ahead", "open", "done", NULL };
static const char *const doors[] = { "closed", "opening", "open", NULL };
static const char *const over_words[] = { "left", "turned-away", "removed", "ended", "replaced", "seat-ended",
	"signed-out", NULL };
static const char *const actions[] = { "end", "remove", "invite", "mute", "stop-share", "withdraw-floor", "suspend",
	"new-link", "turn-away", "doors-open", "recusal", "admit", NULL };
static const char *const parting_words[] = { "refused", "left", "gone", NULL };
static const char *const hushes[] = { "muted", "floor-withdrawn", NULL };
static const char *const mutable[] = { "microphone", "screen", NULL };
static const char *const outcomes[] = { "confirmed", "refused", "expired", NULL };
static const char *const errors[] = { "bad-json", "unknown-type", "missing-field", "wrong-field", "too-large",
	"slow-down", "version", "seat-unknown", "wrong-phase", "not-allowed", "too-early", "not-waiting", "no-request",
	"own-request", "offer-refused", "media-unavailable", "not-recorded", "meeting-full", "ended", "not-inside",
	"is-self", "not-on", "too-many", "no-fault", NULL };

static const struct wire_field four_sources[] = {
	BOOLEAN("microphone"), BOOLEAN("camera"), BOOLEAN("screen"), BOOLEAN("screen_sound"), END
};

static const struct wire_field somebody[] = {
	ID("id"), LINE("name", 1, LIMIT_NAME), WORD("office", words_offices), END
};

/* By what somebody's seat was taken. */
static const char *const known_words[] = { "account", "link", NULL };

static const struct wire_field somebody_waiting[] = {
	ID("id"), LINE("name", 1, LIMIT_NAME), WORD("office", words_offices), DEVICE_IF(WIRE_NULLABLE),
	WORD("known", known_words), END
};

static const struct wire_field somebody_outside[] = {
	LINE("name", 1, LIMIT_NAME), WORD("office", words_offices), END
};

static const struct wire_field meeting[] = {
	LETTERS("id", MEETING_LETTERS), LINE("title", 1, LIMIT_NAME), LINE("body", 0, LIMIT_NAME), TIME("starts"),
	WORD("language", words_languages), WORD("phase", meeting_phases), END
};

static const struct wire_field person[] = {
	ID("id"), LINE("name", 1, LIMIT_NAME), WORD("office", words_offices),
	LINE_IF("party", WIRE_NULLABLE, 1, LIMIT_NAME), WORD("connection", connections),
	OBJECT("sources", four_sources), BOOLEAN("heard"), WORD_IF("hush", WIRE_NULLABLE, hushes),
	NUMBER("hand", 0, LIMIT_PEOPLE_PER_MEETING), BOOLEAN("floor"), DEVICE_IF(WIRE_NULLABLE), BOOLEAN("caucus"),
	END
};

static const struct wire_field slot[] = {
	LINE("mid", 1, WIRE_KEY), ID("person"), WORD("source", protocol_sources), END
};

static const struct wire_field entry[] = {
	ID("seq"), TIME("at"), WORD("kind", event_words), OBJECT_IF("by", WIRE_NULLABLE, somebody),
	OBJECT_IF("who", WIRE_NULLABLE, somebody), OBJECT_IF("reason", WIRE_NULLABLE, words_reason),
	LINE_IF("note", WIRE_NULLABLE, 1, LIMIT_REASON), ITEM_IF("item"), END
};

static const struct wire_field request[] = {
	ID("id"), WORD("action", actions), OBJECT("by", somebody), OBJECT_IF("who", WIRE_NULLABLE, somebody),
	LINE_IF("name", WIRE_NULLABLE, 1, LIMIT_NAME), ITEM_IF("item"), OBJECT("reason", words_reason),
	NUMBER("seconds", 0, 120), END
};

static const struct wire_field head[] = {
	ID("size"), LINE("root", 1, BASE64_SIZE(DIGEST_SIZE)),
	TEXT("note", 2 * CHECKPOINT_NOTE_SIZE),
	BASE64("key", BASE64_SIZE(SIGNATURE_KEY_SIZE), BASE64_SIZE(SIGNATURE_KEY_SIZE)), EPOCH,
	BASE64("signer", BASE64_SIZE(SIGNATURE_KEY_SIZE), BASE64_SIZE(SIGNATURE_KEY_SIZE)), END
};

static const struct wire_field epoch_note[] = { TEXT("note", 2 * EPOCH_NOTE_SIZE), END };

static const struct wire_field floor_fields[] = {
	{ .name = "person", .kind = WIRE_INTEGER, .flags = WIRE_NULLABLE, .least = 1, .most = WIRE_ID_MOST },
	{ .name = "since", .kind = WIRE_TIME, .flags = WIRE_NULLABLE }, END
};

static const struct wire_field suspended[] = {
	OBJECT("by", somebody), OBJECT("reason", words_reason), TIME("since"), END
};

static const struct wire_field fault[] = {
	ID("id"), OBJECT("by", somebody), LINE("note", 1, LIMIT_REASON), TIME("at"), END
};

static const struct wire_field keys_fields[] = {
	EPOCH, TAG, PEOPLE("members"), END
};

static const struct wire_field wanted[] = {
	ID("person"), BASE64("package", 4, LIMIT_KEY_PACKAGE), END
};

static const struct wire_field voucher[] = {
	ID("person"), DEVICE_IF(0), ID("by"), BASE64("voucher", VOUCHER_LETTERS, VOUCHER_LETTERS), END
};

/* As RTCIceServer has it. */
static const struct wire_field relay[] = {
	LINE("url", 6, TURN_URL_SIZE), LINE("username", 5, TURN_USERNAME_SIZE),
	LINE("credential", BASE64_SIZE(HMAC_SHA1_SIZE), BASE64_SIZE(HMAC_SHA1_SIZE)), END
};

static const struct wire_field conversation[] = {
	CONVERSATION, ID("by"), NUMBERS("people", LIMIT_READERS), WORD("kind", protocol_conversations),
	NUMBERS("joined", LIMIT_READERS), END
};
static const struct wire_field recused[] = {
	ID("id"), { .name = "by", .kind = WIRE_INTEGER, .flags = WIRE_NULLABLE, .least = 1, .most = WIRE_ID_MOST },
	BOOLEAN("contested"), END
};

static const struct wire_field item_fields[] = {
	NUMBER("id", 1, LIMIT_ITEMS), LINE("title", 1, LIMIT_NAME), WORD("convened", protocol_convened),
	WORD("phase", item_phases),
	NUMBERS("guests", LIMIT_PEOPLE_PER_MEETING), LIST("recused", 0, LIMIT_PEOPLE_PER_MEETING, recused),
	NUMBERS("alone", LIMIT_PEOPLE_PER_MEETING), END
};

static const struct wire_field session[] = {
	ITEM_IF("item"), WORD("doors", doors),
	{ .name = "seconds", .kind = WIRE_INTEGER, .flags = WIRE_NULLABLE, .least = 0, .most = 10 }, END
};

static const struct wire_field named_item[] = { NUMBER("id", 1, LIMIT_ITEMS), LINE("title", 1, LIMIT_NAME), END };

static const struct wire_field wish[] = {
	LINE("mid", 1, WIRE_KEY), NUMBER("width", 0, LIMIT_DRAWN), NUMBER("height", 0, LIMIT_DRAWN), END
};

/* What one person does to another, and why. */
#define TO_ANOTHER FIELDS(ID("person"), OBJECT("reason", words_reason))

const struct wire_type protocol_client[CLIENT_N + 1] = {
	[CLIENT_HELLO] = { "hello", FIELDS(ID("version"), LETTERS("seat", SEAT_LETTERS), DEVICE_IF(WIRE_OPTIONAL)) },
	[CLIENT_JOIN] = { "join", FIELDS(DEVICE_IF(WIRE_OPTIONAL)) },
	[CLIENT_STOP_WAITING] = { "stop-waiting", NOTHING },
	[CLIENT_OFFER] = { "offer", FIELDS(TEXT("sdp", LIMIT_OFFER),
		{ .name = "roles", .kind = WIRE_MAP, .most = LIMIT_SLOTS, .words = protocol_roles },
		BOOLEAN("restart"), LINE_IF("media", WIRE_NULLABLE, 1, MEDIA_ID_SIZE)) },
	[CLIENT_LAYOUT] = { "layout", FIELDS(LIST("lines", 0, LIMIT_SLOTS, wish)) },
	[CLIENT_SOUND_CHECK] = { "sound-check", FIELDS(TEXT("sdp", LIMIT_OFFER)) },
	[CLIENT_SOURCES] = { "sources", FIELDS(BOOLEAN("microphone"), BOOLEAN("camera"), BOOLEAN("screen"),
		BOOLEAN("screen_sound"),
		{ .name = "seen", .kind = WIRE_INTEGER, .flags = WIRE_OPTIONAL, .least = 1, .most = WIRE_ID_MOST }) },
	[CLIENT_ADMIT] = { "admit", FIELDS(ID("person"), OBJECT_IF("reason", WIRE_OPTIONAL, words_reason),
		BASE64_IF("voucher", WIRE_OPTIONAL, VOUCHER_LETTERS, VOUCHER_LETTERS)) },
	[CLIENT_TURN_AWAY] = { "turn-away", FIELDS(ID("person"), OBJECT("reason", words_reason)) },
	[CLIENT_LEAVE] = { "leave", NOTHING },
	[CLIENT_END] = { "end", FIELDS(OBJECT("reason", words_reason)) },
	[CLIENT_CONFIRM] = { "confirm", FIELDS(ID("request")) },
	[CLIENT_REFUSE] = { "refuse", FIELDS(ID("request")) },
	[CLIENT_PROOF] = { "proof", FIELDS(ID("from"),
		{ .name = "epoch", .kind = WIRE_INTEGER, .flags = WIRE_OPTIONAL, .most = WIRE_ID_MOST }) },
	[CLIENT_HAND] = { "hand", FIELDS(BOOLEAN("raised")) },
	[CLIENT_FLOOR] = { "floor", FIELDS(ID("person")) },
	[CLIENT_FLOOR_END] = { "floor-end", NOTHING },
	[CLIENT_ORDER] = { "order", FIELDS(NUMBERS("people", LIMIT_PEOPLE_PER_MEETING)) },
	[CLIENT_WITHDRAW_FLOOR] = { "withdraw-floor", TO_ANOTHER },
	[CLIENT_RESTORE_FLOOR] = { "restore-floor", FIELDS(ID("person")) },
	[CLIENT_MUTE] = { "mute", TO_ANOTHER },
	[CLIENT_ASK_ON] = { "ask-on", FIELDS(ID("person"), WORD("source", protocol_askable),
		OBJECT("reason", words_reason)) },
	[CLIENT_STOP_SHARE] = { "stop-share", TO_ANOTHER },
	[CLIENT_REMOVE] = { "remove", TO_ANOTHER },
	[CLIENT_SUSPEND] = { "suspend", FIELDS(OBJECT("reason", words_reason)) },
	[CLIENT_RESUME] = { "resume", NOTHING },
	[CLIENT_NEW_LINK] = { "new-link", TO_ANOTHER },
	[CLIENT_INVITE] = { "invite", FIELDS(NAME("name"), LINE("email", 3, LIMIT_EMAIL),
		WORD("office", protocol_invitable), OBJECT("reason", words_reason)) },
	[CLIENT_FAULT] = { "fault", FIELDS(LINE("note", 1, LIMIT_REASON)) },
	[CLIENT_CLEAR_FAULT] = { "clear-fault", FIELDS(ID("fault"), OBJECT("reason", words_reason)) },
	[CLIENT_OBJECT] = { "object", FIELDS(LINE("note", 1, LIMIT_REASON)) },
	[CLIENT_KEY_JOIN] = { "key-join", FIELDS(GROUP, BASE64("package", 4, LIMIT_KEY_PACKAGE)) },
	[CLIENT_KEY_CREATE] = { "key-create", FIELDS(GROUP, TAG) },
	[CLIENT_KEY_COMMIT] = { "key-commit", FIELDS(GROUP, EPOCH, BASE64("commit", 4, LIMIT_KEY_COMMIT),
		BASE64_IF("welcome", WIRE_NULLABLE, 4, LIMIT_KEY_WELCOME), PEOPLE("added"), PEOPLE("removed"),
		TAG) },
	[CLIENT_KEY_SINCE] = { "key-since", FIELDS(GROUP, EPOCH) },
	[CLIENT_KEY_MESSAGE] = { "key-message", FIELDS(GROUP, EPOCH, BASE64("body", 4, LIMIT_KEY_MESSAGE)) },
	[CLIENT_KEY_RESUME] = { "key-resume", FIELDS(GROUP, EPOCH, TAG,
		{ .name = "commits", .kind = WIRE_BASE64S, .least = LIMIT_KEY_OFFER_BYTES, .most = LIMIT_KEY_OFFER }) },
	[CLIENT_CONVERSATION_OPEN] = { "conversation-open", FIELDS(
		{ .name = "people", .kind = WIRE_NUMBERS, .least = 1, .most = LIMIT_READERS - 1 },
		WORD("kind", protocol_conversations)) },
	[CLIENT_CONVERSATION_REFUSE] = { "conversation-refuse", FIELDS(CONVERSATION) },
	[CLIENT_CONVERSATION_LEAVE] = { "conversation-leave", FIELDS(CONVERSATION) },
	[CLIENT_CODE_READ] = { "code-read", NOTHING },
	[CLIENT_ITEM_OPEN] = { "item-open", FIELDS(ID("item")) },
	[CLIENT_ITEM_CLOSE] = { "item-close", FIELDS(ID("item")) },
	[CLIENT_DOORS_OPEN] = { "doors-open", FIELDS(ID("item"), OBJECT("reason", words_reason)) },
	[CLIENT_DOORS_CLOSE] = { "doors-close", FIELDS(ID("item")) },
	[CLIENT_DECLARE_ALONE] = { "declare-alone", FIELDS(ID("item")) },
	[CLIENT_RECUSE] = { "recuse", FIELDS(ID("item")) },
	[CLIENT_NOTE_RECUSAL] = { "note-recusal", FIELDS(ID("item"), ID("person"), OBJECT("reason", words_reason),
		BOOLEAN("contested")) },
	[CLIENT_NOTE_PRESENCE] = { "note-presence", FIELDS(ID("person"), BOOLEAN("present"),
		OBJECT("reason", words_reason)) },
	[CLIENT_N] = { NULL, NULL },
};

const struct wire_type protocol_server[] = {
	{ "welcome", FIELDS(NUMBER("version", 1, 1), ID("you"), LINE("name", 1, LIMIT_NAME),
		WORD("office", words_offices), WORD("phase", phases),
		LINE_IF("account", WIRE_NULLABLE, 3, LIMIT_EMAIL), OBJECT("meeting", meeting)) },
	{ "lobby", FIELDS(BOOLEAN("opened")) },
	{ "state", FIELDS(ID("you"), OBJECT("meeting", meeting), LIST("people", 1, LIMIT_PEOPLE_PER_MEETING, person),
		LIST("waiting", 0, LIMIT_PEOPLE_PER_MEETING, somebody_waiting), LIST("slots", 0, LIMIT_SLOTS, slot),
		LINE_IF("media", WIRE_NULLABLE, 1, MEDIA_ID_SIZE), OBJECT("sources", four_sources),
		LIST("entries", 0, 200, entry), LIST("requests", 0, LIMIT_REQUESTS, request),
		OBJECT("floor", floor_fields), NUMBERS("speakers", LIMIT_PEOPLE_PER_MEETING),
		OBJECT_IF("suspended", WIRE_NULLABLE, suspended), LIST("faults", 0, LIMIT_FAULTS, fault),
		OBJECT_IF("head", WIRE_NULLABLE, head), OBJECT_IF("keys", WIRE_NULLABLE, keys_fields),
		LIST("vouchers", 0, LIMIT_PEOPLE_PER_MEETING, voucher), TEXT_IF("roster", WIRE_NULLABLE, LIMIT_ROSTER),
		LIST("conversations", 0, LIMIT_CONVERSATIONS, conversation), LIST("items", 0, LIMIT_ITEMS, item_fields),
		OBJECT("session", session),
		{ .name = "relays", .kind = WIRE_LIST, .flags = WIRE_OPTIONAL, .least = 1, .most = TURN_URLS,
		  .fields = relay }) },
	{ "person", FIELDS(OBJECT("person", person)) },
	{ "gone", FIELDS(ID("id"), WORD("why", gone_words)) },
	{ "waiting", FIELDS(LIST("people", 0, LIMIT_PEOPLE_PER_MEETING, somebody_waiting)) },
	{ "answer", FIELDS(LINE("media", 1, MEDIA_ID_SIZE), TEXT("sdp", LIMIT_MESSAGE)) },
	{ "sound-check-answer", FIELDS(TEXT("sdp", LIMIT_MESSAGE)) },
	{ "slots", FIELDS(LIST("slots", 0, LIMIT_SLOTS, slot)) },
	{ "media-lost", NOTHING },
	{ "watched", FIELDS(NUMBERS("camera", MSG_LAYERS), NUMBERS("screen", MSG_LAYERS)) },
	{ "entry", FIELDS(OBJECT("entry", entry)) },
	{ "head", FIELDS(OBJECT("head", head)) },
	{ "proof", FIELDS(ID("from"), ID("size"), TEXT("hashes", BASE64_SIZE(TREE_PROOF_MOST * DIGEST_SIZE)),
		LIST("epochs", 0, PROOF_EPOCHS, epoch_note)) },
	{ "request", FIELDS(OBJECT("request", request)) },
	{ "request-over", FIELDS(ID("id"), WORD("outcome", outcomes)) },
	{ "floor", FIELDS(OBJECT("floor", floor_fields), NUMBERS("speakers", LIMIT_PEOPLE_PER_MEETING)) },
	{ "suspended", FIELDS(OBJECT_IF("suspended", WIRE_NULLABLE, suspended)) },
	{ "faults", FIELDS(LIST("faults", 0, LIMIT_FAULTS, fault)) },
	{ "items", FIELDS(LIST("items", 0, LIMIT_ITEMS, item_fields), OBJECT("session", session)) },
	{ "aside", FIELDS(WORD("why", aside_words), OBJECT("item", named_item),
		OBJECT_IF("by", WIRE_NULLABLE, somebody), OBJECT_IF("reason", WIRE_NULLABLE, words_reason),
		TIME("since")) },
	{ "muted", FIELDS(WORD("source", mutable), OBJECT("by", somebody), OBJECT("reason", words_reason)) },
	{ "asked", FIELDS(WORD("source", protocol_askable), OBJECT("by", somebody),
		OBJECT("reason", words_reason)) },
	{ "link", FIELDS(OBJECT("person", somebody), TEXT("link", 512)) },
	{ "voucher", voucher },
	{ "roster", FIELDS(TEXT_IF("roster", WIRE_NULLABLE, LIMIT_ROSTER)) },
	{ "key-group", FIELDS(GROUP, { .name = "epoch", .kind = WIRE_INTEGER, .flags = WIRE_NULLABLE,
		.most = WIRE_ID_MOST }, TAG_OR_NULL, PEOPLE("members")) },
	{ "key-create", FIELDS(GROUP) },
	{ "key-wanted", FIELDS(GROUP, LIST("people", 0, LIMIT_KEY_PENDING, wanted)) },
	{ "key-commit", FIELDS(GROUP, EPOCH, NUMBER("by", 0, WIRE_ID_MOST), BASE64("commit", 4, LIMIT_KEY_COMMIT),
		TAG_OR_NULL) },
	{ "key-welcome", FIELDS(GROUP, EPOCH, ID("by"), BASE64("welcome", 4, LIMIT_KEY_WELCOME), TAG) },
	{ "key-behind", FIELDS(GROUP, EPOCH) },
	{ "key-lost", FIELDS(GROUP) },
	{ "key-message", FIELDS(GROUP, EPOCH, ID("by"), BASE64("body", 4, LIMIT_KEY_MESSAGE)) },
	{ "conversation", FIELDS(CONVERSATION, ID("by"), NUMBERS("people", LIMIT_READERS),
		WORD("kind", protocol_conversations)) },
	{ "conversation-left", FIELDS(CONVERSATION, ID("person"), WORD("why", parting_words)) },
	{ "conversation-over", FIELDS(CONVERSATION) },
	{ "over", FIELDS(WORD("why", over_words), OBJECT_IF("by", WIRE_NULLABLE, somebody_outside),
		OBJECT_IF("reason", WIRE_NULLABLE, words_reason)) },
	{ "error", FIELDS(WORD("code", errors), LINE_IF("re", WIRE_NULLABLE, 1, 32),
		{ .name = "field", .kind = WIRE_TEXT, .flags = WIRE_NULLABLE, .most = 256 }) },
	{ NULL, NULL },
};

static const struct wire_field invited[] = {
	NAME("name"), LINE("email", 3, LIMIT_EMAIL), WORD("office", words_offices),
	NAME_IF("party", WIRE_OPTIONAL | WIRE_NULLABLE), END
};

/* What a link is worth in this meeting; without it the configuration says so. */
static const char *const link_words[] = { "everyone", NULL };

/* Of the agenda, as it is convened; `guests` are addresses of people who are invited as such. */
static const struct wire_field convened_guest[] = { LINE("email", 3, LIMIT_EMAIL), END };
static const struct wire_field convened_item[] = {
	LINE("title", 1, LIMIT_NAME), WORD("convened", protocol_convened),
	{ .name = "guests", .kind = WIRE_LIST, .flags = WIRE_OPTIONAL, .most = LIMIT_PEOPLE_PER_MEETING,
		.fields = convened_guest }, END
};

const struct wire_type protocol_control[VERB_N + 1] = {
	[VERB_MEETING_CREATE] = { "meeting-create", FIELDS(LINE("title", 1, LIMIT_NAME), TIME("starts"),
		LINE_IF("body", WIRE_OPTIONAL | WIRE_NULLABLE, 0, LIMIT_NAME),
		WORD_IF("language", WIRE_OPTIONAL | WIRE_NULLABLE, words_languages),
		LINE_IF("substitute", WIRE_OPTIONAL | WIRE_NULLABLE, 3, LIMIT_EMAIL),
		LIST("people", 0, LIMIT_PEOPLE_PER_MEETING, invited),
		WORD_IF("links", WIRE_OPTIONAL | WIRE_NULLABLE, link_words),
		{ .name = "items", .kind = WIRE_LIST, .flags = WIRE_OPTIONAL, .most = LIMIT_ITEMS,
			.fields = convened_item }) },
	[VERB_MEETING_LIST] = { "meeting-list", NOTHING },
	[VERB_MEETING_SHOW] = { "meeting-show", FIELDS(LETTERS("meeting", MEETING_LETTERS)) },
	[VERB_MEETING_END] = { "meeting-end", FIELDS(LETTERS("meeting", MEETING_LETTERS),
		LINE("reason", 1, LIMIT_REASON)) },
	[VERB_INVITE] = { "invite", FIELDS(LETTERS("meeting", MEETING_LETTERS), LINE("email", 3, LIMIT_EMAIL)) },
	[VERB_DEMO] = { "demo", NOTHING },
	[VERB_STATUS] = { "status", NOTHING },
	[VERB_RELOAD] = { "reload", NOTHING },
	[VERB_BACKUP_MADE] = { "backup-made", NOTHING },
	[VERB_WORKER_LIST] = { "worker-list", NOTHING },
	[VERB_WORKER_DRAIN] = { "worker-drain", FIELDS(NUMBER("worker", 0, LIMIT_WORKERS - 1)) },
	[VERB_SOUND_CHECK] = { "sound-check", FIELDS(NUMBER("worker", 0, LIMIT_WORKERS - 1),
		TEXT("sdp", LIMIT_OFFER)) },
	[VERB_SOUND_CHECK_ANSWER] = { "sound-check-answer", FIELDS(LINE("check", 1, MEDIA_ID_SIZE)) },
	[VERB_LOG_EXPORT] = { "log-export", FIELDS(LETTERS("meeting", MEETING_LETTERS),
		NUMBER("entries", 0, WIRE_ID_MOST), NUMBER("from", 0, WIRE_ID_MOST)) },
	[VERB_BODY_ADD] = { "body-add", FIELDS(NAME("name")) },
	[VERB_BODY_LIST] = { "body-list", NOTHING },
	[VERB_USER_ADD] = { "user-add", FIELDS(NAME("name"), LINE("email", 3, LIMIT_EMAIL),
		LINE_IF("body", WIRE_OPTIONAL | WIRE_NULLABLE, 1, LIMIT_NAME),
		WORD_IF("office", WIRE_OPTIONAL | WIRE_NULLABLE, words_offices),
		NAME_IF("party", WIRE_OPTIONAL | WIRE_NULLABLE)) },
	[VERB_USER_LIST] = { "user-list", NOTHING },
	[VERB_USER_CLOSE] = { "user-close", FIELDS(LINE("email", 3, LIMIT_EMAIL)) },
	[VERB_USER_RESET] = { "user-reset", FIELDS(LINE("email", 3, LIMIT_EMAIL)) },
	[VERB_USER_IMPORT] = { "user-import", FIELDS(TEXT("csv", LIMIT_CHANNEL_MESSAGE)) },
	[VERB_ADMIN_ADD] = { "admin-add", FIELDS(LINE("email", 3, LIMIT_EMAIL), WORD("level", level_words)) },
	[VERB_ADMIN_LIST] = { "admin-list", NOTHING },
	[VERB_ADMIN_CLOSE] = { "admin-close", FIELDS(LINE("email", 3, LIMIT_EMAIL)) },
	[VERB_N] = { NULL, NULL },
};
