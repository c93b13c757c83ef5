/* SPDX-License-Identifier: EUPL-1.2 */
/* Private conversations and caucuses: who may read them. In conclaved.
 * Invariant: nobody becomes a reader but when it is opened; nothing of it reaches anybody but its readers, except that
 * a person is in a caucus. */
#include "server/hall/delivery.h"

struct conversation *conversation_find(const struct delivery *d, uint32_t id)
{
	struct conversation *c;

	delivery_for_each(c, d)
		if (c->id == id && !c->over)
			return c;
	return NULL;
}

struct conversation *conversation_free(struct conversation *c)
{
	if (!c)
		return NULL;
	list_remove(&c->in_delivery);
	keys_done(&c->group.keys);
	mem_free(c);
	return NULL;
}

bool conversation_is_in_caucus(const struct person *p)
{
	const struct conversation *c;

	delivery_for_each(c, p->meeting->delivery)
		if (c->kind == CONVERSATION_CAUCUS && !c->over && crowd_has(&c->group.keys.live.members, p->id))
			return true;
	return false;
}

void conversation_changed(struct hall *h, struct meeting *m, const struct group *g, const struct crowd *people)
{
	if (!g->conversation || g->conversation->kind != CONVERSATION_CAUCUS)
		return;
	crowd_for_each(id, people)
		if (meeting_person(m, id))
			person_change(h, meeting_person(m, id));
}

static bool is_too_many(const struct delivery *d, const struct person *p)
{
	uint32_t all = 0, own = 0;
	const struct conversation *c;

	delivery_for_each(c, d) {
		all += !c->over;
		own += !c->over && c->by == p->id;
	}
	return all >= LIMIT_CONVERSATIONS || own >= LIMIT_CONVERSATIONS_OF_ONE;
}

/* The others, who must be inside; if not, that is told. */
static bool take_readers(struct hall *h, struct connection *c, const struct wire_node *message, struct crowd *ret)
{
	struct person *you = c->live.person;

	for (size_t i = 0; i < wire_count(message, "people"); i++) {
		const struct person *p = meeting_person(you->meeting, (uint32_t)wire_number(message, "people", i));

		if (!p || p == you || !person_is_inside(p)) {
			deed_refuse(h, c, p == you ? "is-self" : "not-inside");
			return false;
		}
		crowd_add(ret, p->id);
	}
	crowd_add(ret, you->id);
	return true;
}

void act_conversation_open(struct hall *h, struct connection *c, const struct wire_node *message)
{
	int kind = wire_word(message, "kind", protocol_conversations);
	struct person *p = c->live.person;
	struct delivery *d = p->meeting->delivery;
	struct crowd readers = { 0 };
	struct conversation *k;

	if (!deed_may(h, c, kind == CONVERSATION_CAUCUS ? ACT_OPEN_CAUCUS : ACT_WRITE) ||
	    !take_readers(h, c, message, &readers))
		return;
	if (is_too_many(d, p)) {
		deed_refuse(h, c, "too-many");
		return;
	}
	k = mem_new(struct conversation);
	if (!k) {
		connection_close(h, c, CLOSE_NO_MEMORY);
		return;
	}
	*k = (struct conversation){ .id = ++d->last_id, .by = p->id, .kind = (enum conversation_kind)kind,
		.readers = readers, .kept_readers = readers, .fresh = true };
	group_init(&k->group, k, LIMIT_CONVERSATION_LOG_BYTES);
	list_push_back(&d->conversations, &k->in_delivery);
	tell_conversation(h, p->meeting, k);
}

static void end(struct hall *h, struct meeting *m, struct conversation *c)
{
	const struct crowd members = c->group.keys.live.members;

	c->over = true;
	tell_conversation_over(h, m, c);
	conversation_changed(h, m, &c->group, &members);
}

void conversation_part(struct hall *h, struct meeting *m, struct conversation *c, struct person *p, const char *why)
{
	const struct crowd left = crowd_of(p->id);

	if (c->over)
		return;
	crowd_remove(&c->readers, p->id);
	(void)keys_drop(&c->group.keys, p->id);
	tell_conversation_left(h, c, p, why);
	conversation_changed(h, m, &c->group, &left);
	if (crowd_count(&c->readers) < 2)
		end(h, m, c);
	delivery_change(h);
}

void act_conversation_refuse(struct hall *h, struct connection *c, const struct wire_node *message)
{
	struct person *p = c->live.person;
	struct group *g;

	if (!deed_may(h, c, ACT_REFUSE_CONVERSATION))
		return;
	g = delivery_group(h, c, message);
	if (!g)
		return;
	if (g->conversation->by == p->id || crowd_has(&g->keys.live.members, p->id))
		deed_refuse(h, c, "wrong-phase");
	else
		conversation_part(h, p->meeting, g->conversation, p, "refused");
}

void act_conversation_leave(struct hall *h, struct connection *c, const struct wire_node *message)
{
	struct group *g = delivery_group(h, c, message);

	if (g)
		conversation_part(h, c->live.person->meeting, g->conversation, c->live.person, "left");
}
