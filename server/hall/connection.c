/* SPDX-License-Identifier: EUPL-1.2 */
/* One WebSocket: what it may say in which phase, and what waits to be sent to it. In conclaved.
 * Invariant: a message reaches a person's acts only through connection_receive(), checked against its table and phase;
 * nothing is sent after the last word. */
#include "server/hall/delivery.h"

#include <errno.h>

#include "server/hall/sound_check.h"

static void mark_ready(struct hall *h, struct connection *c)
{
	if (list_empty(&c->in_ready))
		list_push_back(&h->ready, &c->in_ready);
}

enum connection_phase connection_phase(const struct connection *c)
{
	if (c->live.close_code)
		return CONNECTION_OVER;
	if (!c->live.person)
		return CONNECTION_OPENED;
	if (person_is_inside(c->live.person))
		return CONNECTION_INSIDE;
	if (person_fold(c->live.person)->aside)
		return CONNECTION_ASIDE;
	return c->live.person->live.waiting ? CONNECTION_LOBBY : CONNECTION_OUTSIDE;
}

void connection_close(struct hall *h, struct connection *c, unsigned code)
{
	if (!c->live.close_code)
		c->live.close_code = code;
	c->tell = 0;
	mark_ready(h, c);
}

void connection_send(struct hall *h, struct connection *c, struct bytes text)
{
	struct text *t;

	if (c->live.close_code)
		return;
	t = text.size ? mem_alloc(sizeof(*t) + text.size) : NULL;
	if (!t) {
		/* It comes back, and receives the state as a whole. */
		connection_close(h, c, CLOSE_NO_MEMORY);
		return;
	}
	t->size = text.size;
	memcpy(t->data, text.data, text.size);
	list_push_back(&c->texts, &t->in_queue);
	mark_ready(h, c);
}

void connection_tell(struct hall *h, struct connection *c, unsigned what)
{
	if (c->live.close_code)
		return;
	c->tell |= what;
	mark_ready(h, c);
}

void connection_error(struct hall *h, struct connection *c, const char *code, const char *re, const char *field)
{
	bool before_hello = connection_phase(c) == CONNECTION_OPENED;

	connection_send(h, c, tell_error(h, code, re, field && *field ? field : NULL));
	if (before_hello)
		connection_close(h, c, CLOSE_POLICY);
}

void connection_over(struct hall *h, struct connection *c, const char *why, const struct person *by,
	enum reason_code reason, const char *text)
{
	struct person *p = c->live.person;

	connection_send(h, c, tell_over(h, why, by, reason, text));
	connection_close(h, c, CLOSE_DONE);
	c->live.informed = false;
	c->live.person = NULL;
	if (p && p->live.connection == c)
		p->live.connection = NULL;
}

struct connection *connection_free(struct hall *h, struct connection *c)
{
	struct person *p = c->live.person;
	struct text *t, *following;

	sound_check_forget(h, c);
	if (p && p->live.connection == c)
		p->live.connection = NULL;
	/* Should a commit fail now, nobody goes back to a connection that is gone. */
	if (c->kept.person && c->kept.person->kept.connection == c)
		c->kept.person->kept.connection = NULL;
	list_for_each_safe(t, following, &c->texts, in_queue)
		mem_free(t);
	if (c->cookies)
		mem_wipe(c->cookies, strlen(c->cookies));
	mem_free(c->cookies);
	list_remove(&c->in_ready);
	list_remove(&c->in_hall);
	h->n_connections--;
	mem_free(c);
	return NULL;
}

static void hello(struct hall *h, struct connection *c, const struct wire_node *message)
{
	const char *why = NULL;
	struct connection *old;
	struct person *p;

	if (wire_integer(message, "version") != PROTOCOL_VERSION) {
		connection_error(h, c, "version", "hello", "version");
		return;
	}
	p = seat_open(h, wire_text(message, "seat"), c->cookies, &why);
	if (!p) {
		connection_error(h, c, why, "hello", NULL);
		return;
	}
	mem_wipe(c->cookies, strlen(c->cookies));
	old = p->live.connection;
	if (old)
		connection_over(h, old, "replaced", NULL, REASON_NONE, NULL);
	c->live.person = p;
	p->live.connection = c;
	p->live.silent_since = USEC_NEVER;
	person_set_device(h, p, message);
	tell_welcome(h, c);
	if (p->live.waiting)
		connection_tell(h, c, TELL_LOBBY);
	if (person_fold(p)->aside)
		connection_tell(h, c, TELL_ASIDE);
	if (person_is_inside(p)) {
		c->live.informed = true;
		connection_tell(h, c, TELL_STATE | TELL_WANTED | (p->live.feed ? TELL_WATCHED : 0));
		delivery_change(h);
	}
	person_watch(h, p);
}

/* What was said before a mute was seen does not undo it. */
static uint32_t crossed(const struct person *p, uint32_t seen)
{
	const struct fold_person *f = person_fold(p);
	uint32_t bits = 0;

	if (seen && seen < f->muted)
		bits |= SOURCE_BIT(SOURCE_MICROPHONE);
	if (seen && seen < f->unshared)
		bits |= SOURCE_BIT(SOURCE_SCREEN) | SOURCE_BIT(SOURCE_SCREEN_SOUND);
	return bits;
}

static void sources(struct hall *h, struct connection *c, const struct wire_node *message)
{
	struct person *p = c->live.person;
	uint32_t bits = 0;

	for (int i = 0; i < SOURCE_N; i++)
		if (wire_boolean(message, protocol_source_keys[i]))
			bits |= SOURCE_BIT(i);
	bits &= ~crossed(p, (uint32_t)wire_integer(message, "seen"));
	person_set_sources(h, p, bits);
}

/* PROTOCOL.md, From the client: allowed when. */
static bool is_allowed(enum client_message kind, enum connection_phase phase)
{
	switch (kind) {
	case CLIENT_HELLO:
		return phase == CONNECTION_OPENED;
	case CLIENT_JOIN:
		return phase == CONNECTION_OUTSIDE;
	case CLIENT_STOP_WAITING:
		return phase == CONNECTION_LOBBY;
	case CLIENT_SOUND_CHECK:
		return phase == CONNECTION_OUTSIDE || phase == CONNECTION_LOBBY;
	case CLIENT_LEAVE:
		return phase == CONNECTION_OUTSIDE || phase == CONNECTION_LOBBY || phase == CONNECTION_INSIDE ||
			phase == CONNECTION_ASIDE;
	case CLIENT_FAULT:
		return phase == CONNECTION_INSIDE || phase == CONNECTION_ASIDE;
	case CLIENT_OFFER:
	case CLIENT_LAYOUT:
	case CLIENT_SOURCES:
	case CLIENT_ADMIT:
	case CLIENT_TURN_AWAY:
	case CLIENT_END:
	case CLIENT_CONFIRM:
	case CLIENT_REFUSE:
	case CLIENT_PROOF:
	case CLIENT_HAND:
	case CLIENT_FLOOR:
	case CLIENT_FLOOR_END:
	case CLIENT_ORDER:
	case CLIENT_WITHDRAW_FLOOR:
	case CLIENT_RESTORE_FLOOR:
	case CLIENT_MUTE:
	case CLIENT_ASK_ON:
	case CLIENT_STOP_SHARE:
	case CLIENT_REMOVE:
	case CLIENT_SUSPEND:
	case CLIENT_RESUME:
	case CLIENT_NEW_LINK:
	case CLIENT_INVITE:
	case CLIENT_CLEAR_FAULT:
	case CLIENT_OBJECT:
	case CLIENT_KEY_JOIN:
	case CLIENT_KEY_CREATE:
	case CLIENT_KEY_COMMIT:
	case CLIENT_KEY_SINCE:
	case CLIENT_KEY_MESSAGE:
	case CLIENT_KEY_RESUME:
	case CLIENT_CONVERSATION_OPEN:
	case CLIENT_CONVERSATION_REFUSE:
	case CLIENT_CONVERSATION_LEAVE:
	case CLIENT_CODE_READ:
	case CLIENT_ITEM_OPEN:
	case CLIENT_ITEM_CLOSE:
	case CLIENT_DOORS_OPEN:
	case CLIENT_DOORS_CLOSE:
	case CLIENT_DECLARE_ALONE:
	case CLIENT_RECUSE:
	case CLIENT_NOTE_RECUSAL:
	case CLIENT_NOTE_PRESENCE:
		return phase == CONNECTION_INSIDE;
	case CLIENT_N:
		break;
	}
	return false;
}

static void media(struct hall *h, struct connection *c, enum client_message kind, const struct wire_node *message)
{
	if (kind == CLIENT_OFFER)
		feed_offer(h, c, message);
	else if (kind == CLIENT_LAYOUT)
		feed_layout(h, c, message);
	else
		sound_check_begin(h, c, message);
}

static void dispatch(struct hall *h, struct connection *c, enum client_message kind, const struct wire_node *message)
{
	switch (kind) {
	case CLIENT_HELLO:
		return hello(h, c, message);
	case CLIENT_JOIN:
		return act_join(h, c, message);
	case CLIENT_STOP_WAITING:
		return act_stop_waiting(h, c);
	case CLIENT_OFFER:
	case CLIENT_LAYOUT:
	case CLIENT_SOUND_CHECK:
		return media(h, c, kind, message);
	case CLIENT_SOURCES:
		return sources(h, c, message);
	case CLIENT_ADMIT:
		return act_admit(h, c, message);
	case CLIENT_TURN_AWAY:
		return act_turn_away(h, c, message);
	case CLIENT_LEAVE:
		return act_leave(h, c);
	case CLIENT_END:
		return act_end(h, c, message);
	case CLIENT_CONFIRM:
		return act_confirm(h, c, message);
	case CLIENT_REFUSE:
		return act_refuse(h, c, message);
	case CLIENT_PROOF:
		return act_proof(h, c, message);
	case CLIENT_HAND:
		return act_hand(h, c, message);
	case CLIENT_FLOOR:
		return act_floor(h, c, message);
	case CLIENT_FLOOR_END:
		return act_floor_end(h, c);
	case CLIENT_ORDER:
		return act_order(h, c, message);
	case CLIENT_WITHDRAW_FLOOR:
		return act_withdraw_floor(h, c, message);
	case CLIENT_RESTORE_FLOOR:
		return act_restore_floor(h, c, message);
	case CLIENT_MUTE:
		return act_mute(h, c, message);
	case CLIENT_ASK_ON:
		return act_ask_on(h, c, message);
	case CLIENT_STOP_SHARE:
		return act_stop_share(h, c, message);
	case CLIENT_REMOVE:
		return act_remove(h, c, message);
	case CLIENT_SUSPEND:
		return act_suspend(h, c, message);
	case CLIENT_RESUME:
		return act_resume(h, c);
	case CLIENT_NEW_LINK:
		return act_new_link(h, c, message);
	case CLIENT_INVITE:
		return act_invite(h, c, message);
	case CLIENT_FAULT:
		return act_fault(h, c, message);
	case CLIENT_CLEAR_FAULT:
		return act_clear_fault(h, c, message);
	case CLIENT_OBJECT:
		return act_object(h, c, message);
	case CLIENT_KEY_JOIN:
		return act_key_join(h, c, message);
	case CLIENT_KEY_CREATE:
		return act_key_create(h, c, message);
	case CLIENT_KEY_COMMIT:
		return act_key_commit(h, c, message);
	case CLIENT_KEY_SINCE:
		return act_key_since(h, c, message);
	case CLIENT_KEY_MESSAGE:
		return act_key_message(h, c, message);
	case CLIENT_KEY_RESUME:
		return act_key_resume(h, c, message);
	case CLIENT_CONVERSATION_OPEN:
		return act_conversation_open(h, c, message);
	case CLIENT_CONVERSATION_REFUSE:
		return act_conversation_refuse(h, c, message);
	case CLIENT_CONVERSATION_LEAVE:
		return act_conversation_leave(h, c, message);
	case CLIENT_CODE_READ:
		return act_code_read(h, c);
	case CLIENT_ITEM_OPEN:
		return act_item_open(h, c, message);
	case CLIENT_ITEM_CLOSE:
		return act_item_close(h, c, message);
	case CLIENT_DOORS_OPEN:
		return act_doors_open(h, c, message);
	case CLIENT_DOORS_CLOSE:
		return act_doors_close(h, c, message);
	case CLIENT_DECLARE_ALONE:
		return act_declare_alone(h, c, message);
	case CLIENT_RECUSE:
		return act_recuse(h, c, message);
	case CLIENT_NOTE_RECUSAL:
		return act_note_recusal(h, c, message);
	case CLIENT_NOTE_PRESENCE:
		return act_note_presence(h, c, message);
	case CLIENT_N:
		break;
	}
}

void connection_receive(struct hall *h, struct connection *c, struct bytes text)
{
	_cleanup_(wire_freep) struct wire *w = NULL;
	enum connection_phase phase = connection_phase(c);
	struct wire_problem problem;
	enum client_message kind;
	const char *name;
	int r;

	if (phase == CONNECTION_OVER)
		return;
	if (text.size > LIMIT_MESSAGE) {
		hall_misused(h, c, HALL_TOO_LARGE);
		return;
	}
	r = wire_parse(&w, text, "type", protocol_client, &problem);
	if (r == -EBADMSG) {
		connection_error(h, c, problem.code, problem.type ? problem.type->name : NULL, problem.field);
		return;
	}
	if (r < 0) {
		connection_close(h, c, CLOSE_NO_MEMORY);
		return;
	}
	name = wire_type(w)->name;
	kind = (enum client_message)(wire_type(w) - protocol_client);
	if (!is_allowed(kind, phase)) {
		connection_error(h, c, "wrong-phase", name, NULL);
		return;
	}
	h->acting = c;
	h->act = name;
	dispatch(h, c, kind, wire_root(w));
}
