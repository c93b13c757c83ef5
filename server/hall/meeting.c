/* SPDX-License-Identifier: EUPL-1.2 */
/* Loading a meeting from its records, and adding to them. In conclaved. */
#include "server/hall/delivery.h"

#include <errno.h>
#include <strings.h>

#include "base/log.h"

struct replay {
	struct fold *fold;
	usec_t now;
	usec_t wall;
};

static void replay_event(void *user, struct event *e)
{
	struct replay *r = user;
	usec_t ago = r->wall > e->wall ? r->wall - e->wall : 0;

	fold_apply(r->fold, e, r->now > ago ? r->now - ago : 0);
}

int meeting_replay(struct meeting *m, struct db *db, usec_t now, usec_t wall)
{
	_cleanup_(fold_freep) struct fold *f = NULL;
	struct head head = { 0 };
	struct replay replay;
	struct tree tree;
	uint32_t bad = 1;
	int r;

	r = fold_new(&f);
	if (r < 0)
		return r;
	replay = (struct replay){ .fold = f, .now = now, .wall = wall };
	r = store_events(db, &m->row, &tree, &bad, replay_event, &replay);
	if (r == 0)
		r = sealed_last(db, m->row.number, &head);
	if (r >= 0 && head.checkpoint.size > tree.size) {
		bad = tree.size + 1;
		r = -EBADMSG;
	}
	if (r == -EBADMSG)
		log_error("proceedings-altered", LOG_NUMBER("meeting", m->row.number), LOG_NUMBER("entry", bad));
	if (r < 0)
		return r;
	for (size_t i = 0; i < m->backlog.n; i++)
		fold_apply(f, &(struct event){ .kind = m->backlog.events[i].kind, .by = m->backlog.events[i].by,
			.who = m->backlog.events[i].who, .number = m->backlog.events[i].number,
			.item = m->backlog.events[i].item }, now);
	fold_free(m->fold);
	m->fold = take(f);
	m->tree = tree;
	m->head = head;
	m->told = m->fold->changes;
	m->stale = false;
	return 0;
}

static int person_init(struct person *p, struct meeting *m, const struct invitation_row *row)
{
	*p = (struct person){ .meeting = m, .id = row->person, .office = row->office };
	p->live.silent_since = p->kept.silent_since = USEC_NEVER;
	p->name = mem_copy_string(row->name);
	p->email = mem_copy_string(row->email);
	p->party = row->party[0] ? mem_copy_string(row->party) : NULL;
	return p->name && p->email && (p->party || !row->party[0]) ? 0 : -ENOMEM;
}

static void person_done(struct person *p)
{
	mem_free(p->name);
	mem_free(p->email);
	mem_free(p->party);
}

int meeting_add_person(struct meeting *m, const struct invitation_row *row)
{
	struct person *p = &m->people[m->n_people];
	int r = person_init(p, m, row);

	if (r < 0)
		person_done(p);
	else
		m->n_people++;
	return r;
}

void meeting_drop_people(struct meeting *m)
{
	while (m->n_people > m->kept_n_people)
		person_done(&m->people[--m->n_people]);
}

static int load_people(struct meeting *m, struct db *db)
{
	_cleanup_(mem_freep) struct invitation_row *rows = NULL;
	int n, r;

	rows = mem_new_array(struct invitation_row, LIMIT_PEOPLE_PER_MEETING);
	if (!rows)
		return -ENOMEM;
	n = store_invitations(db, m->row.number, rows, LIMIT_PEOPLE_PER_MEETING);
	if (n < 0)
		return n;
	m->people = mem_new_array(struct person, LIMIT_PEOPLE_PER_MEETING);
	if (!m->people)
		return -ENOMEM;
	for (int i = 0; i < n; i++) {
		r = meeting_add_person(m, &rows[i]);
		if (r < 0)
			return r;
	}
	m->kept_n_people = m->n_people;
	return 0;
}

static int load_items(struct meeting *m, struct db *db)
{
	_cleanup_(mem_freep) struct item_row *rows = mem_new_array(struct item_row, LIMIT_ITEMS);
	int n;

	if (!rows)
		return -ENOMEM;
	n = store_items(db, m->row.number, rows, LIMIT_ITEMS);
	if (n <= 0)
		return n;
	m->items = take(rows);
	m->n_items = (uint32_t)n;
	return 0;
}

/* What clients are shown must be what this server's key signed. */
static int check_head(const struct meeting *m, const char *server)
{
	struct checkpoint c;
	int r;

	if (!m->head.checkpoint.size)
		return 0;
	r = checkpoint_read_own(&c, bytes_of_string(m->head.note), &m->head.key, server, m->row.id);
	if (r < 0)
		return r;
	if (r == 0 || c.size != m->head.checkpoint.size || !digest_equal(&c.root, &m->head.checkpoint.root)) {
		log_error("checkpoint-altered", LOG_NUMBER("meeting", m->row.number),
			LOG_NUMBER("size", m->head.checkpoint.size));
		return -EBADMSG;
	}
	return 0;
}

int meeting_load(struct meeting **ret, struct db *db, const char *server, const struct meeting_row *row, usec_t now,
	usec_t wall)
{
	_cleanup_(meeting_freep) struct meeting *m = mem_new(struct meeting);
	int r;

	if (!m)
		return -ENOMEM;
	list_init(&m->in_hall);
	m->row = *row;
	m->delivery = delivery_new();
	r = m->delivery ? load_people(m, db) : -ENOMEM;
	if (r == 0)
		r = load_items(m, db);
	if (r == 0)
		r = meeting_replay(m, db, now, wall);
	if (r == 0)
		r = check_head(m, server);
	if (r < 0)
		return r;
	*ret = take(m);
	return 0;
}

struct meeting *meeting_free(struct meeting *m)
{
	if (!m)
		return NULL;
	list_remove(&m->in_hall);
	fold_free(m->fold);
	(void)delivery_free(m->delivery);
	for (uint32_t i = 0; i < m->n_people; i++)
		person_done(&m->people[i]);
	mem_free(m->people);
	mem_free(m->items);
	mem_free(m);
	return NULL;
}

int meeting_append(struct meeting *m, struct db *db, struct event *events, size_t n, usec_t wall)
{
	struct tree tree = m->tree;
	int r;

	if (m->stale)
		return -EIO;
	r = db_mark(db);
	for (size_t i = 0; r == 0 && i < n; i++) {
		events[i].seq = m->fold->seq + 1 + (uint32_t)i;
		if (!events[i].wall)
			events[i].wall = wall - wall % MSEC(1);
		if (event_is_numbered(events[i].kind))
			events[i].number = events[i].seq;
		r = store_event_add(db, &m->row, &events[i]);
		if (r == 0)
			r = tree_append(&tree, &events[i].leaf);
	}
	if (r < 0) {
		db_back_to_mark(db);
		return r;
	}
	db_forget_mark(db);
	m->tree = tree;
	return 0;
}

struct person *meeting_person(struct meeting *m, uint32_t id)
{
	return id >= 1 && id <= m->n_people ? &m->people[id - 1] : NULL;
}

const struct item_row *meeting_item(const struct meeting *m, uint32_t id)
{
	return id >= 1 && id <= m->n_items ? &m->items[id - 1] : NULL;
}

struct person *meeting_find_email(struct meeting *m, const char *email)
{
	struct person *p;

	meeting_for_each(p, m)
		if (strcasecmp(p->email, email) == 0)
			return p;
	return NULL;
}

bool meeting_is_alone(const struct meeting *m, const struct person *p, usec_t now)
{
	const struct person *other;

	if (m->fold->phase != PHASE_OPEN || now < m->fold->opened + ALONE_TIME)
		return false;
	meeting_for_each(other, m) {
		if (other == p || !person_leads(other))
			continue;
		if (fold_is_present(m->fold, other->id) || person_fold(other)->aside ||
		    now < person_fold(other)->absent_since + ALONE_TIME)
			return false;
	}
	return true;
}
