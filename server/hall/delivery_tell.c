/* SPDX-License-Identifier: EUPL-1.2 */
/* What clients are told of keys and conversations. In conclaved.
 * Invariant: it is read by those whom it names as readers, and by nobody else. */
#include "server/hall/delivery.h"
#include "server/hall/message.h"

static void send_to_all(struct hall *h, struct meeting *m, const struct crowd *people, struct bytes text)
{
	crowd_for_each(id, people) {
		const struct person *p = meeting_person(m, id);
		struct connection *c = p ? delivery_line(p) : NULL;

		if (c)
			connection_send(h, c, text);
	}
}

static void begin(struct hall *h, struct message *m, const char *type, const struct group *g)
{
	message_begin(h, m, type);
	json_number(&m->j, "group", group_id(g));
}

static void write_crowd(struct json *j, const char *key, const struct crowd *people)
{
	json_open_list(j, key);
	crowd_for_each(id, people)
		json_number(j, NULL, id);
	json_close_list(j);
}

static void write_tag(struct json *j, const char *tag)
{
	json_text(j, "tag", *tag ? tag : NULL);
}

void tell_key_group(struct hall *h, struct meeting *meeting, const struct group *g, const struct crowd *people)
{
	const struct keys_state *k = &g->keys.live;
	struct message m;

	begin(h, &m, "key-group", g);
	if (k->stands)
		json_number(&m.j, "epoch", k->epoch);
	else
		json_null(&m.j, "epoch");
	write_tag(&m.j, k->tag);
	write_crowd(&m.j, "members", &k->members);
	send_to_all(h, meeting, people, message_end(&m));
}

static struct bytes compose_wanted(struct hall *h, const struct group *g)
{
	const struct keys_state *k = &g->keys.live;
	struct message m;

	begin(h, &m, "key-wanted", g);
	json_open_list(&m.j, "people");
	for (uint32_t i = 0; i < k->n_pending; i++) {
		json_open_object(&m.j, NULL);
		json_number(&m.j, "person", k->pending[i]);
		json_text(&m.j, "package", keys_package(&g->keys, k->pending[i]));
		json_close_object(&m.j);
	}
	json_close_list(&m.j);
	return message_end(&m);
}

void tell_key_wanted(struct hall *h, struct meeting *m, const struct group *g, const struct crowd *people)
{
	send_to_all(h, m, people, compose_wanted(h, g));
}

static bool is_wanted_there(const struct group *g, const struct person *p)
{
	return g->keys.live.n_pending && crowd_has(&g->keys.live.members, p->id);
}

struct bytes tell_key_wanted_next(struct hall *h, struct connection *c)
{
	const struct person *p = c->live.person;
	const struct delivery *d = p->meeting->delivery;
	const struct group *next = c->wanted_from == 0 && is_wanted_there(&d->group, p) ? &d->group : NULL;
	const struct conversation *k;

	delivery_for_each(k, d)
		if (!next && !k->over && k->id >= c->wanted_from && is_wanted_there(&k->group, p))
			next = &k->group;
	c->wanted_from = next ? group_id(next) + 1 : 0;
	return next ? compose_wanted(h, next) : bytes_make(NULL, 0);
}

void tell_key_commit(struct hall *h, struct meeting *meeting, const struct group *g, uint32_t epoch,
	const struct crowd *people)
{
	const struct keys_commit *k = keys_ended(&g->keys, epoch);
	struct message m;

	if (!k)
		return;
	begin(h, &m, "key-commit", g);
	json_number(&m.j, "epoch", epoch);
	json_number(&m.j, "by", k->by);
	json_text(&m.j, "commit", letters_text(k->commit));
	write_tag(&m.j, k->tag);
	send_to_all(h, meeting, people, message_end(&m));
}

void tell_key_welcome(struct hall *h, struct meeting *meeting, const struct group *g, uint32_t by, const char *welcome,
	const struct crowd *people)
{
	struct message m;

	begin(h, &m, "key-welcome", g);
	json_number(&m.j, "epoch", g->keys.live.epoch);
	json_number(&m.j, "by", by);
	json_text(&m.j, "welcome", welcome);
	write_tag(&m.j, g->keys.live.tag);
	send_to_all(h, meeting, people, message_end(&m));
}

void tell_key_message(struct hall *h, const struct group *g, const struct person *by, uint32_t epoch, const char *body,
	const struct crowd *people)
{
	struct message m;

	begin(h, &m, "key-message", g);
	json_number(&m.j, "epoch", epoch);
	json_number(&m.j, "by", by->id);
	json_text(&m.j, "body", body);
	send_to_all(h, by->meeting, people, message_end(&m));
}

void tell_key_word(struct hall *h, struct connection *c, const char *type, const struct group *g)
{
	struct message m;

	begin(h, &m, type, g);
	connection_send(h, c, message_end(&m));
}

void tell_key_behind(struct hall *h, struct connection *c, const struct group *g)
{
	struct message m;

	begin(h, &m, "key-behind", g);
	json_number(&m.j, "epoch", g->keys.live.epoch);
	connection_send(h, c, message_end(&m));
}

static void write_conversation(struct json *j, const struct conversation *c)
{
	json_number(j, "by", c->by);
	write_crowd(j, "people", &c->readers);
	json_text(j, "kind", protocol_conversations[c->kind]);
}

void tell_conversation(struct hall *h, struct meeting *meeting, const struct conversation *c)
{
	struct message m;

	begin(h, &m, "conversation", &c->group);
	write_conversation(&m.j, c);
	send_to_all(h, meeting, &c->readers, message_end(&m));
}

void tell_conversation_left(struct hall *h, const struct conversation *c, const struct person *p, const char *why)
{
	struct message m;

	begin(h, &m, "conversation-left", &c->group);
	json_number(&m.j, "person", p->id);
	json_text(&m.j, "why", why);
	send_to_all(h, p->meeting, &c->readers, message_end(&m));
}

void tell_conversation_over(struct hall *h, struct meeting *meeting, const struct conversation *c)
{
	struct message m;

	begin(h, &m, "conversation-over", &c->group);
	send_to_all(h, meeting, &c->readers, message_end(&m));
}

static void write_voucher(struct json *j, uint32_t person, const struct voucher *v)
{
	json_number(j, "person", person);
	json_text(j, "device", v->device);
	json_number(j, "by", v->by);
	json_text(j, "voucher", v->signature);
}

void tell_voucher(struct hall *h, const struct person *p)
{
	const struct crowd there = delivery_there(p->meeting);
	struct message m;

	message_begin(h, &m, "voucher");
	write_voucher(&m.j, p->id, &p->meeting->delivery->vouchers[p->id - 1]);
	send_to_all(h, p->meeting, &there, message_end(&m));
}

static void write_keys(struct json *j, const struct keys_state *k)
{
	if (!k->stands) {
		json_null(j, "keys");
		return;
	}
	json_open_object(j, "keys");
	json_number(j, "epoch", k->epoch);
	write_tag(j, k->tag);
	write_crowd(j, "members", &k->members);
	json_close_object(j);
}

void write_delivery(struct json *j, const struct person *you)
{
	const struct delivery *d = you->meeting->delivery;
	const struct conversation *c;

	write_keys(j, &d->group.keys.live);
	json_open_list(j, "vouchers");
	for (uint32_t i = 0; i < LIMIT_PEOPLE_PER_MEETING; i++) {
		if (!d->vouchers[i].by)
			continue;
		json_open_object(j, NULL);
		write_voucher(j, i + 1, &d->vouchers[i]);
		json_close_object(j);
	}
	json_close_list(j);
	json_open_list(j, "conversations");
	delivery_for_each(c, d) {
		if (c->over || !crowd_has(&c->readers, you->id))
			continue;
		json_open_object(j, NULL);
		json_number(j, "group", c->id);
		write_conversation(j, c);
		write_crowd(j, "joined", &c->group.keys.live.members);
		json_close_object(j);
	}
	json_close_list(j);
}
