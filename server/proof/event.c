/* SPDX-License-Identifier: EUPL-1.2 */
/* The words of the proceedings, and an event as bytes. In conclaved.
 * Invariant: the same event has the same bytes, on every machine and in every version. */
#include "server/proof/event.h"

#include <assert.h>
#include <errno.h>

#include "base/limits.h"
#include "server/proof/leaf.h"
#include "server/wire/json.h"

/* A name, title or email of the longest kind, in UTF-8, five times. */
#define DETAIL_SIZE (5 * 4 * 256)

#define HEX_SIZE (2 * DIGEST_SIZE)

const char *const event_words[EVENT_N + 1] = {
	[EVENT_MEETING_CREATED] = "meeting-created",
	[EVENT_INVITED] = "invited",
	[EVENT_LINK_MADE] = "link-made",
	[EVENT_SEAT_TAKEN] = "seat-taken",
	[EVENT_MEETING_OPENED] = "meeting-opened",
	[EVENT_ENTERED] = "entered",
	[EVENT_ADMITTED] = "admitted",
	[EVENT_TURNED_AWAY] = "turned-away",
	[EVENT_LEFT] = "left",
	[EVENT_LOST] = "lost",
	[EVENT_RETURNED] = "returned",
	[EVENT_END_ASKED] = "end-asked",
	[EVENT_END_CONFIRMED] = "end-confirmed",
	[EVENT_ENDED] = "ended",
	[EVENT_SERVER_RESTARTED] = "server-restarted",
	[EVENT_MEDIA_RESTARTED] = "media-restarted",
	[EVENT_HAND_RAISED] = "hand-raised",
	[EVENT_HAND_LOWERED] = "hand-lowered",
	[EVENT_FLOOR_GIVEN] = "floor-given",
	[EVENT_FLOOR_ENDED] = "floor-ended",
	[EVENT_FLOOR_ORDERED] = "floor-ordered",
	[EVENT_FLOOR_WITHDRAWN] = "floor-withdrawn",
	[EVENT_FLOOR_RESTORED] = "floor-restored",
	[EVENT_MUTED] = "muted",
	[EVENT_ASKED_ON] = "asked-on",
	[EVENT_SHARE_STOPPED] = "share-stopped",
	[EVENT_REMOVED] = "removed",
	[EVENT_SUSPENDED] = "suspended",
	[EVENT_RESUMED] = "resumed",
	[EVENT_LINK_RENEWED] = "link-renewed",
	[EVENT_FAULT_REPORTED] = "fault-reported",
	[EVENT_FAULT_CLEARED] = "fault-cleared",
	[EVENT_OBJECTION] = "objection",
	[EVENT_REMOVE_ASKED] = "remove-asked",
	[EVENT_INVITE_ASKED] = "invite-asked",
	[EVENT_REQUEST_ASKED] = "request-asked",
	[EVENT_INVITE_CONFIRMED] = "invite-confirmed",
	[EVENT_REQUEST_CONFIRMED] = "request-confirmed",
	[EVENT_REQUEST_REFUSED] = "request-refused",
	[EVENT_REQUEST_EXPIRED] = "request-expired",
	[EVENT_SUBSTITUTE_NAMED] = "substitute-named",
	[EVENT_CHAIR_SUBSTITUTED] = "chair-substituted",
	[EVENT_CHAIR_RETURNED] = "chair-returned",
	[EVENT_CODE_READ] = "code-read",
	[EVENT_ITEM_CREATED] = "item-created",
	[EVENT_ITEM_OPENED] = "item-opened",
	[EVENT_ITEM_CLOSED] = "item-closed",
	[EVENT_DOORS_ASKED] = "doors-asked",
	[EVENT_DOORS_ANNOUNCED] = "doors-announced",
	[EVENT_DOORS_OPENED] = "doors-opened",
	[EVENT_DOORS_CLOSED] = "doors-closed",
	[EVENT_DECLARED_ALONE] = "declared-alone",
	[EVENT_RECUSED] = "recused",
	[EVENT_RECUSAL_ASKED] = "recusal-asked",
	[EVENT_RECUSAL_CONTESTED] = "recusal-contested",
	[EVENT_GUEST_OUT] = "guest-out",
	[EVENT_PRESENCE_CORRECTED] = "presence-corrected",
	[EVENT_N] = NULL,
};

const char *const event_notes[NOTE_N] = { "alone", "administration", "microphone", "camera", "closed", "open", "absent",
	"present", "recognised", "end", "remove", "invite", "mute", "stop-share", "withdraw-floor", "suspend",
	"new-link", "turn-away", "doors-open", "recusal", "admit", NULL };

static const struct wire_field body_fields[] = {
	{ .name = "who", .kind = WIRE_INTEGER, .flags = WIRE_OPTIONAL, .least = 1, .most = LIMIT_PEOPLE_PER_MEETING },
	{ .name = "number", .kind = WIRE_INTEGER, .flags = WIRE_OPTIONAL, .least = 1, .most = WIRE_ID_MOST },
	{ .name = "item", .kind = WIRE_INTEGER, .flags = WIRE_OPTIONAL, .least = 1, .most = LIMIT_ITEMS },
	{ .name = "reason", .kind = WIRE_OBJECT, .flags = WIRE_OPTIONAL, .fields = words_reason },
	{ .name = "note", .kind = WIRE_WORD, .flags = WIRE_OPTIONAL, .words = event_notes },
	{ .name = "text", .kind = WIRE_LINE, .flags = WIRE_OPTIONAL, .least = 1, .most = LIMIT_REASON },
	{ .name = "people", .kind = WIRE_NUMBERS, .flags = WIRE_OPTIONAL, .most = LIMIT_PEOPLE_PER_MEETING },
	{ .name = "detail", .kind = WIRE_LINE, .flags = WIRE_OPTIONAL, .least = HEX_SIZE, .most = HEX_SIZE },
	{ .name = NULL },
};

static const struct wire_type body_type[] = { { "event", body_fields }, { NULL, NULL } };

bool event_is_numbered(enum event_kind kind)
{
	return kind == EVENT_END_ASKED || kind == EVENT_REMOVE_ASKED || kind == EVENT_INVITE_ASKED ||
		kind == EVENT_REQUEST_ASKED || kind == EVENT_DOORS_ASKED || kind == EVENT_RECUSAL_ASKED ||
		kind == EVENT_FAULT_REPORTED;
}

void event_done(struct event *e)
{
	mem_free(e->text);
	mem_free(e->people);
	*e = (struct event){ 0 };
}

static void print_hex(const struct digest *d, char ret[static HEX_SIZE + 1])
{
	struct writer w = writer(ret, HEX_SIZE + 1);

	for (size_t i = 0; i < DIGEST_SIZE; i++)
		write_format(&w, "%02x", d->bytes[i]);
	write_u8(&w, 0);
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool parse_hex(const char *hex, struct digest *ret)
{
	for (size_t i = 0; i < DIGEST_SIZE; i++) {
		int high = hex_value(hex[2 * i]), low = hex_value(hex[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		ret->bytes[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

void event_write_body(const struct event *e, struct writer *w)
{
	struct json j = json_writer(w);
	char hex[HEX_SIZE + 1];

	json_open_object(&j, NULL);
	if (e->who)
		json_number(&j, "who", e->who);
	if (e->number)
		json_number(&j, "number", e->number);
	if (e->item)
		json_number(&j, "item", e->item);
	if (e->reason) {
		json_open_object(&j, "reason");
		json_text(&j, "code", words_reasons[e->reason - 1]);
		if (e->text)
			json_text(&j, "text", e->text);
		json_close_object(&j);
	}
	if (e->note)
		json_text(&j, "note", event_notes[e->note - 1]);
	if (e->text && !e->reason)
		json_text(&j, "text", e->text);
	if (e->people) {
		json_open_list(&j, "people");
		for (uint32_t i = 0; i < e->n_people; i++)
			json_number(&j, NULL, e->people[i]);
		json_close_list(&j);
	}
	if (e->detailed) {
		print_hex(&e->detail, hex);
		json_text(&j, "detail", hex);
	}
	json_close_object(&j);
}

/* The text of the reason, or, without a reason, the event's own. */
static int read_text(struct event *e, const struct wire_node *root)
{
	const struct wire_node *reason = wire_object(root, "reason");
	const char *text = reason ? wire_text(reason, "text") : wire_text(root, "text");

	if (reason && wire_text(root, "text"))
		return -EBADMSG;
	if (text) {
		e->text = mem_copy_string(text);
		if (!e->text)
			return -ENOMEM;
	}
	if (reason)
		e->reason = (enum reason_code)(wire_word(reason, "code", words_reasons) + 1);
	return 0;
}

static int read_people(struct event *e, const struct wire_node *root)
{
	size_t n = wire_count(root, "people");

	if (!n)
		return 0;
	e->people = mem_new_array(uint8_t, n);
	if (!e->people)
		return -ENOMEM;
	for (; e->n_people < n; e->n_people++) {
		int64_t number = wire_number(root, "people", e->n_people);

		if (number > LIMIT_PEOPLE_PER_MEETING)
			return -EBADMSG;
		e->people[e->n_people] = (uint8_t)number;
	}
	return 0;
}

int event_read_body(struct event *e, struct bytes body)
{
	_cleanup_(wire_freep) struct wire *w = NULL;
	struct wire_problem problem;
	const struct wire_node *root;
	const char *hex;
	int r;

	r = wire_parse(&w, body, NULL, body_type, &problem);
	if (r < 0)
		return r;
	root = wire_root(w);
	e->who = (uint32_t)wire_integer(root, "who");
	e->number = (uint32_t)wire_integer(root, "number");
	e->item = (uint32_t)wire_integer(root, "item");
	e->note = (enum event_note)(wire_word(root, "note", event_notes) + 1);
	hex = wire_text(root, "detail");
	if (hex && !parse_hex(hex, &e->detail))
		return -EBADMSG;
	e->detailed = hex;
	r = read_text(e, root);
	return r < 0 ? r : read_people(e, root);
}

static void write_sized(struct writer *w, struct bytes b)
{
	write_u32(w, (uint32_t)b.size);
	write_bytes(w, b);
}

int event_leaf_hash(const struct event *e, const char *meeting, struct bytes body, struct digest *ret)
{
	_Static_assert(EVENT_BODY_SIZE + 256 <= LEAF_RECORD_SIZE, "every body fits");
	return leaf_hash(&(struct leaf){ .meeting = meeting, .kind = event_words[e->kind], .body = body, .seq = e->seq,
		.by = e->by, .wall = e->wall }, ret);
}

int event_detail(const uint8_t salt[static EVENT_SALT_SIZE], size_t n, const char *const *texts, struct digest *ret)
{
	uint8_t record[DETAIL_SIZE];
	struct writer w = writer(record, sizeof(record));

	write_bytes(&w, bytes_make(salt, EVENT_SALT_SIZE));
	for (size_t i = 0; i < n; i++)
		write_sized(&w, bytes_of_string(texts[i]));
	assert(w.ok);
	return digest_sha256(written(&w), ret);
}
