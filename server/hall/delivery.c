/* SPDX-License-Identifier: EUPL-1.2 */
/* A group as the people of a meeting have it: who can be reached, who makes it, who has to add whom. In conclaved. */
#include "server/hall/delivery.h"

void group_init(struct group *g, struct conversation *c, size_t log_most)
{
	*g = (struct group){ .conversation = c, .barren_since = USEC_NEVER };
	keys_init(&g->keys, log_most);
}

uint32_t group_id(const struct group *g)
{
	return g->conversation ? g->conversation->id : 0;
}

struct delivery *delivery_new(void)
{
	struct delivery *d = mem_new(struct delivery);

	if (!d)
		return NULL;
	group_init(&d->group, NULL, LIMIT_KEY_LOG_BYTES);
	resume_init(&d->resume);
	list_init(&d->conversations);
	return d;
}

struct delivery *delivery_free(struct delivery *d)
{
	struct conversation *c, *following;

	if (!d)
		return NULL;
	list_for_each_safe(c, following, &d->conversations, in_delivery)
		(void)conversation_free(c);
	resume_done(&d->resume);
	keys_done(&d->group.keys);
	mem_free(d);
	return NULL;
}

void delivery_keep(struct delivery *d)
{
	struct conversation *c, *following;

	keys_keep(&d->group.keys);
	if (d->group.keys.live.stands) {
		resume_done(&d->resume);
		d->restarted = false;
	}
	list_for_each_safe(c, following, &d->conversations, in_delivery) {
		c->fresh = false;
		c->kept_readers = c->readers;
		keys_keep(&c->group.keys);
		if (c->over)
			(void)conversation_free(c);
	}
	if (d->vouched)
		memcpy(d->kept_vouchers, d->vouchers, sizeof(d->vouchers));
	d->vouched = false;
}

bool delivery_restore(struct delivery *d)
{
	bool undone = d->group.keys.touched || d->vouched;
	struct conversation *c, *following;

	keys_restore(&d->group.keys);
	list_for_each_safe(c, following, &d->conversations, in_delivery) {
		undone = undone || c->fresh || c->over || c->group.keys.touched;
		if (c->fresh) {
			(void)conversation_free(c);
			continue;
		}
		c->over = false;
		c->readers = c->kept_readers;
		keys_restore(&c->group.keys);
	}
	if (d->vouched)
		memcpy(d->vouchers, d->kept_vouchers, sizeof(d->vouchers));
	d->vouched = false;
	return undone;
}

/* Whoever may hold keys. */
static bool takes_part(const struct person *p)
{
	return person_is_inside(p);
}

struct connection *delivery_line(const struct person *p)
{
	struct connection *c = p->live.connection;

	return c && c->live.informed && takes_part(p) ? c : NULL;
}

struct crowd delivery_there(struct meeting *m)
{
	struct crowd there = { 0 };
	const struct person *p;

	meeting_for_each(p, m)
		if (delivery_line(p))
			crowd_add(&there, p->id);
	return there;
}

struct group *delivery_group(struct hall *h, struct connection *c, const struct wire_node *message)
{
	const struct person *p = c->live.person;
	uint32_t id = (uint32_t)wire_integer(message, "group");
	struct conversation *k = conversation_find(p->meeting->delivery, id);

	if (!id)
		return &p->meeting->delivery->group;
	if (k && crowd_has(&k->readers, p->id))
		return &k->group;
	connection_error(h, c, "not-inside", h->act, NULL);
	return NULL;
}

void delivery_change(struct hall *h)
{
	h->delivery_changed = true;
}

void delivery_aside(struct hall *h, struct person *p)
{
	struct delivery *d = p->meeting->delivery;
	struct conversation *c;

	keys_forget(&d->group.keys, p->id);
	delivery_for_each(c, d)
		keys_forget(&c->group.keys, p->id);
	delivery_change(h);
}

void delivery_exit(struct hall *h, struct person *p, bool dropped)
{
	struct delivery *d = p->meeting->delivery;
	const struct crowd there = delivery_there(p->meeting);
	struct conversation *c;

	delivery_aside(h, p);
	resume_withdraw(&d->resume, p->id);
	if (dropped && keys_drop(&d->group.keys, p->id))
		tell_key_group(h, p->meeting, &d->group, &there);
	delivery_for_each(c, d)
		if (crowd_has(&c->readers, p->id))
			conversation_part(h, p->meeting, c, p, "gone");
}

void delivery_vouch(struct hall *h, struct person *p, const struct person *by, const char *signature)
{
	struct delivery *d = p->meeting->delivery;
	struct voucher *v = &d->vouchers[p->id - 1];

	d->vouched = true;
	*v = (struct voucher){ .by = by->id };
	memcpy(v->device, p->live.device, DEVICE_LETTERS);
	memcpy(v->signature, signature, VOUCHER_LETTERS);
	tell_voucher(h, p);
}

/* Members who hold the keys, as far as a server can tell: whoever asks to be added anew does not. */
static struct crowd holders(const struct group *g)
{
	struct crowd holders = g->keys.live.members;

	for (uint32_t i = 0; i < g->keys.live.n_pending; i++)
		crowd_remove(&holders, g->keys.live.pending[i]);
	return holders;
}

static struct crowd common(const struct crowd *a, const struct crowd *b)
{
	struct crowd both;

	for (int i = 0; i < CROWD_WORDS; i++)
		both.bits[i] = a->bits[i] & b->bits[i];
	return both;
}

/* Will a holder come back by themselves? */
static bool is_awaited(struct meeting *m, const struct crowd *holders)
{
	crowd_for_each(id, holders) {
		const struct person *p = meeting_person(m, id);

		if (p && takes_part(p))
			return true;
	}
	return false;
}

/* Somebody asks, and nobody is left who could add them: the group is lost, and made anew. */
static void watch_barren(struct hall *h, struct meeting *m, struct group *g, const struct crowd *there)
{
	struct crowd able = holders(g), reached = common(&able, there);

	if (!g->keys.live.stands || !g->keys.live.n_pending || crowd_count(&reached)) {
		g->barren_since = USEC_NEVER;
		return;
	}
	g->barren_since = MIN(g->barren_since, h->now);
	if (is_awaited(m, &able) && h->now < g->barren_since + KEYS_BARREN_TIME)
		return;
	g->barren_since = USEC_NEVER;
	able = g->keys.live.members;
	keys_dissolve(&g->keys);
	tell_key_group(h, m, g, there);
	conversation_changed(h, m, g, &able);
}

static void watch_creator(struct hall *h, struct meeting *m, struct group *g, const struct crowd *there)
{
	const struct keys_state *k = &g->keys.live;
	const struct person *p;

	if (k->stands || !k->n_pending || (crowd_has(there, k->creator) && h->now < g->create_by))
		return;
	p = meeting_person(m, keys_choose(&g->keys, g->conversation ? g->conversation->by : 0, there));
	g->create_by = h->now + KEYS_CREATE_TIME;
	if (p)
		tell_key_word(h, delivery_line(p), "key-create", g);
}

static void watch_wanted(struct hall *h, struct meeting *m, struct group *g)
{
	if (!g->keys.live.stands || !g->keys.live.pending_changed || h->now < g->wanted_at)
		return;
	g->wanted_at = h->now + KEYS_WANTED_TIME;
	keys_told(&g->keys);
	tell_key_wanted(h, m, g, &g->keys.live.members);
}

/* Everyone inside has said what they hold, or there was time enough for it: the first who is back may be behind. */
static bool is_answered(const struct resume *r, struct meeting *m, usec_t now)
{
	const struct person *p;

	if (now >= r->until)
		return true;
	meeting_for_each(p, m)
		if (takes_part(p) && !crowd_has(&r->answered, p->id))
			return false;
	return true;
}

static void settle_branch(struct hall *h, struct meeting *m, const struct keys_branch *branch)
{
	struct delivery *d = m->delivery;
	const struct crowd there = delivery_there(m);

	keys_resume(&d->group.keys, branch);
	crowd_for_each(id, &branch->members) {
		const struct crowd one = crowd_of(id);

		for (uint32_t epoch = resume_epoch(&d->resume, id); epoch < branch->epoch; epoch++)
			tell_key_commit(h, m, &d->group, epoch, &one);
	}
	tell_key_group(h, m, &d->group, &there);
}

static bool is_resuming(const struct delivery *d)
{
	return !d->group.keys.live.stands && d->resume.until != USEC_NEVER;
}

static void watch_resume(struct hall *h, struct meeting *m)
{
	struct delivery *d = m->delivery;
	struct keys_branch branch;

	if (!is_resuming(d) || !is_answered(&d->resume, m, h->now))
		return;
	if (resume_decide(&d->resume, &branch)) {
		settle_branch(h, m, &branch);
		return;
	}
	resume_done(&d->resume);
	d->restarted = false;
}

static void watch_group(struct hall *h, struct meeting *m, struct group *g, const struct crowd *there)
{
	watch_barren(h, m, g, there);
	watch_creator(h, m, g, there);
	watch_wanted(h, m, g);
}

static void settle(struct hall *h, struct meeting *m)
{
	const struct crowd there = delivery_there(m);
	struct conversation *c;

	watch_resume(h, m);
	if (!is_resuming(m->delivery))
		watch_group(h, m, &m->delivery->group, &there);
	delivery_for_each(c, m->delivery) {
		const struct crowd readers = common(&c->readers, &there);

		if (!c->over)
			watch_group(h, m, &c->group, &readers);
	}
}

void delivery_settle(struct hall *h)
{
	struct meeting *m;

	if (!h->delivery_changed)
		return;
	h->delivery_changed = false;
	list_for_each(m, &h->meetings, in_hall)
		if (m->fold->phase == PHASE_OPEN)
			settle(h, m);
}

static usec_t group_deadline(const struct group *g)
{
	const struct keys_state *k = &g->keys.live;
	usec_t deadline = USEC_NEVER;

	if (g->barren_since != USEC_NEVER)
		deadline = g->barren_since + KEYS_BARREN_TIME;
	if (!k->stands && k->creator && k->n_pending)
		deadline = MIN(deadline, g->create_by);
	if (k->stands && k->pending_changed)
		deadline = MIN(deadline, g->wanted_at);
	return deadline;
}

usec_t delivery_deadline(const struct meeting *m)
{
	const struct delivery *d = m->delivery;
	usec_t deadline = is_resuming(d) ? d->resume.until : group_deadline(&d->group);
	const struct conversation *c;

	if (m->fold->phase != PHASE_OPEN)
		return USEC_NEVER;
	delivery_for_each(c, d)
		if (!c->over)
			deadline = MIN(deadline, group_deadline(&c->group));
	return deadline;
}
