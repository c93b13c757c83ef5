/* SPDX-License-Identifier: EUPL-1.2 */
/* What clients say of keys, one function a message. In conclaved.
 * Invariant: nothing of it is recorded; what one person can make the server send to others has a pace. */
#include <errno.h>

#include "server/hall/delivery.h"

#define BURST_TIME (SECONDS(1) * (LIMIT_KEY_BURST / LIMIT_KEY_PER_SECOND))
#define MESSAGE_SIZE 256	/* of a message, beside what it carries */

/* The generic cell rate algorithm over letters: `due` is when the next would be at the even pace. */
static bool is_in_pace(struct hall *h, struct connection *c, usec_t *due, size_t letters, usec_t burst)
{
	usec_t from = MAX(*due, h->now), until = from + letters * SECONDS(1) / LIMIT_KEY_PER_SECOND;

	if (until - h->now <= burst) {
		*due = until;
		return true;
	}
	hall_misused(h, c, HALL_TOO_FAST);
	return false;
}

static struct pace *pace_of(const struct person *p)
{
	return &p->meeting->delivery->paces[p->id - 1];
}

/* The group, if this person is a member of it; if not, that is told. */
static struct group *group_of_member(struct hall *h, struct connection *c, const struct wire_node *message)
{
	struct group *g = delivery_group(h, c, message);

	if (!g || crowd_has(&g->keys.live.members, c->live.person->id))
		return g;
	connection_error(h, c, "not-inside", h->act, NULL);
	return NULL;
}

static void begin_resume(struct hall *h, struct delivery *d)
{
	if (d->resume.until == USEC_NEVER)
		d->resume.until = h->now + RESUME_TIME;
}

/* While a restart is being settled, whoever asks to be added has said that they hold nothing. */
static void note_answer(struct hall *h, const struct group *g, const struct person *p)
{
	struct delivery *d = p->meeting->delivery;

	if (g->conversation || g->keys.live.stands || g->keys.live.creator)
		return;
	if (d->restarted)
		begin_resume(h, d);
	resume_withdraw(&d->resume, p->id);
	crowd_add(&d->resume.answered, p->id);
}

void act_key_join(struct hall *h, struct connection *c, const struct wire_node *message)
{
	struct group *g = delivery_group(h, c, message);
	struct person *p = c->live.person;
	struct crowd one = crowd_of(p->id);
	int r;

	if (!g)
		return;
	r = keys_ask(&g->keys, p->id, wire_text(message, "package"));
	if (r == -ENOSPC) {
		connection_error(h, c, "too-many", h->act, NULL);
		return;
	}
	if (r < 0) {
		connection_close(h, c, CLOSE_NO_MEMORY);
		return;
	}
	note_answer(h, g, p);
	tell_key_group(h, p->meeting, g, &one);
	if (g->keys.live.creator == p->id)
		tell_key_word(h, c, "key-create", g);
	delivery_change(h);
}

void act_key_create(struct hall *h, struct connection *c, const struct wire_node *message)
{
	struct group *g = delivery_group(h, c, message);
	const struct crowd one = crowd_of(c->live.person->id);

	if (!g)
		return;
	if (!keys_create(&g->keys, c->live.person->id, wire_text(message, "tag"))) {
		connection_error(h, c, "wrong-phase", h->act, NULL);
		return;
	}
	conversation_changed(h, c->live.person->meeting, g, &one);
	delivery_change(h);
}

/* Everyone whom it names must be somebody who may be in the group. */
static bool take_people(struct hall *h, struct connection *c, const struct wire_node *message, const char *field,
	const struct crowd *allowed, struct crowd *ret)
{
	for (size_t i = 0; i < wire_count(message, field); i++) {
		uint32_t id = (uint32_t)wire_number(message, field, i);

		if (id > c->live.person->meeting->n_people || (allowed && !crowd_has(allowed, id))) {
			connection_error(h, c, "wrong-field", h->act, field);
			return false;
		}
		crowd_add(ret, id);
	}
	return true;
}

/* Those of the added who asked: a welcome goes to nobody who does not wait for one. */
static struct crowd welcomed(const struct group *g, const struct crowd *added)
{
	struct crowd people = { 0 };

	crowd_for_each(id, added)
		if (keys_package(&g->keys, id))
			crowd_add(&people, id);
	return people;
}

void act_key_commit(struct hall *h, struct connection *c, const struct wire_node *message)
{
	struct group *g = group_of_member(h, c, message);
	const char *commit = wire_text(message, "commit"), *welcome = wire_text(message, "welcome");
	uint32_t epoch = (uint32_t)wire_integer(message, "epoch");
	struct crowd added = { 0 }, removed = { 0 }, before, waiting;
	struct person *p = c->live.person;
	int r;

	if (!g || !take_people(h, c, message, "added", g->conversation ? &g->conversation->readers : NULL, &added) ||
	    !take_people(h, c, message, "removed", NULL, &removed) ||
	    !is_in_pace(h, c, &pace_of(p)->sent, MESSAGE_SIZE + strlen(commit), BURST_TIME))
		return;
	before = g->keys.live.members;
	waiting = welcomed(g, &added);
	r = keys_take(&g->keys, epoch, p->id, commit, wire_text(message, "tag"), &added, &removed);
	if (r == -ESTALE) {
		tell_key_behind(h, c, g);
		return;
	}
	if (r < 0) {
		connection_close(h, c, CLOSE_NO_MEMORY);
		return;
	}
	tell_key_commit(h, p->meeting, g, epoch, &before);
	if (welcome)
		tell_key_welcome(h, p->meeting, g, p->id, welcome, &waiting);
	conversation_changed(h, p->meeting, g, &added);
	conversation_changed(h, p->meeting, g, &removed);
	delivery_change(h);
}

/* From this epoch to the present one, if all of it is kept. */
static void catch_up(struct hall *h, struct connection *c, const struct group *g, uint32_t epoch)
{
	const struct person *p = c->live.person;
	const struct crowd one = crowd_of(p->id);
	size_t letters = 0;

	if (epoch > g->keys.live.epoch || (epoch < g->keys.live.epoch && !keys_ended(&g->keys, epoch))) {
		tell_key_word(h, c, "key-lost", g);
		return;
	}
	for (uint32_t e = epoch; e < g->keys.live.epoch; e++)
		letters += MESSAGE_SIZE + letters_size(keys_ended(&g->keys, e)->commit);
	if (!is_in_pace(h, c, &pace_of(p)->fetched, MESSAGE_SIZE + letters, 2 * BURST_TIME))
		return;
	for (uint32_t e = epoch; e < g->keys.live.epoch; e++)
		tell_key_commit(h, p->meeting, g, e, &one);
}

void act_key_since(struct hall *h, struct connection *c, const struct wire_node *message)
{
	struct group *g = delivery_group(h, c, message);

	if (!g)
		return;
	if (crowd_has(&g->keys.live.members, c->live.person->id))
		catch_up(h, c, g, (uint32_t)wire_integer(message, "epoch"));
	else
		tell_key_word(h, c, "key-lost", g);
}

void act_key_message(struct hall *h, struct connection *c, const struct wire_node *message)
{
	struct group *g = group_of_member(h, c, message);
	const char *body = wire_text(message, "body");
	struct person *p = c->live.person;
	struct crowd others;

	if (!g || !is_in_pace(h, c, &pace_of(p)->sent, MESSAGE_SIZE + strlen(body), BURST_TIME))
		return;
	others = g->keys.live.members;
	crowd_remove(&others, p->id);
	tell_key_message(h, g, p, (uint32_t)wire_integer(message, "epoch"), body, &others);
}

static void offer(struct hall *h, struct connection *c, const struct wire_node *message)
{
	struct letters *commits[LIMIT_KEY_OFFER];
	struct delivery *d = c->live.person->meeting->delivery;
	uint32_t n = 0;
	const char *text;
	int r = 0;

	while (r == 0 && (text = wire_text_at(message, "commits", n))) {
		commits[n] = letters_new(text);
		if (commits[n])
			n++;
		else
			r = -ENOMEM;
	}
	if (r == 0)
		r = resume_offer(&d->resume, c->live.person->id, (uint32_t)wire_integer(message, "epoch"),
			wire_text(message, "tag"), commits, n);
	else
		while (n)
			(void)letters_unref(commits[--n]);
	if (r < 0) {
		connection_close(h, c, CLOSE_NO_MEMORY);
		return;
	}
	keys_forget(&d->group.keys, c->live.person->id);
	begin_resume(h, d);
	delivery_change(h);
}

/* The group stands already: is what they hold on its branch? */
static bool is_on_branch(const struct group *g, uint32_t epoch, const char *tag)
{
	const struct keys_commit *made = epoch ? keys_ended(&g->keys, epoch - 1) : NULL;

	if (epoch == g->keys.live.epoch)
		return strcmp(tag, g->keys.live.tag) == 0;
	return keys_ended(&g->keys, epoch) && (!made || !made->tag[0] || strcmp(tag, made->tag) == 0);
}

static void come_late(struct hall *h, struct connection *c, struct group *g, const struct wire_node *message)
{
	uint32_t epoch = (uint32_t)wire_integer(message, "epoch");
	const struct crowd one = crowd_of(c->live.person->id);

	if (!is_on_branch(g, epoch, wire_text(message, "tag"))) {
		tell_key_word(h, c, "key-lost", g);
		return;
	}
	keys_return(&g->keys, c->live.person->id);
	catch_up(h, c, g, epoch);
	tell_key_group(h, c->live.person->meeting, g, &one);
	delivery_change(h);
}

void act_key_resume(struct hall *h, struct connection *c, const struct wire_node *message)
{
	struct group *g = delivery_group(h, c, message);

	if (!g)
		return;
	if (g->keys.live.stands && !g->conversation)
		come_late(h, c, g, message);
	else if (g->conversation || g->keys.live.creator)
		tell_key_word(h, c, "key-lost", g);
	else
		offer(h, c, message);
}
