/* SPDX-License-Identifier: EUPL-1.2 */
/* Ordering what nobody here can read. In conclaved. */
#include "server/hall/keys.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"

struct letters {
	unsigned holders;
	size_t size;
	char text[];
};

struct letters *letters_new(const char *text)
{
	size_t size = strlen(text);
	struct letters *l = mem_alloc(sizeof(*l) + size + 1);

	if (!l)
		return NULL;
	l->holders = 1;
	l->size = size;
	memcpy(l->text, text, size);
	return l;
}

struct letters *letters_ref(struct letters *l)
{
	if (l)
		l->holders++;
	return l;
}

struct letters *letters_unref(struct letters *l)
{
	if (l && --l->holders == 0)
		mem_free(l);
	return NULL;
}

const char *letters_text(const struct letters *l)
{
	return l->text;
}

size_t letters_size(const struct letters *l)
{
	return l->size;
}

static void state_ref(struct keys_state *s)
{
	for (uint32_t i = 0; i < s->n_log; i++)
		(void)letters_ref(s->log[i].commit);
	for (uint32_t i = 0; i < s->n_pending; i++)
		(void)letters_ref(s->packages[s->pending[i] - 1]);
}

static void state_done(struct keys_state *s)
{
	for (uint32_t i = 0; i < s->n_log; i++)
		(void)letters_unref(s->log[i].commit);
	for (uint32_t i = 0; i < s->n_pending; i++)
		(void)letters_unref(s->packages[s->pending[i] - 1]);
	*s = (struct keys_state){ 0 };
}

/* Before each change: what there was is held until the records agree. */
static void touch(struct keys *k)
{
	if (k->touched)
		return;
	k->touched = true;
	k->kept = k->live;
	state_ref(&k->kept);
}

void keys_init(struct keys *k, size_t log_most)
{
	*k = (struct keys){ .log_most = log_most };
}

void keys_done(struct keys *k)
{
	keys_keep(k);
	state_done(&k->live);
}

void keys_keep(struct keys *k)
{
	if (k->touched)
		state_done(&k->kept);
	k->touched = false;
}

void keys_restore(struct keys *k)
{
	if (!k->touched)
		return;
	state_done(&k->live);
	k->live = k->kept;
	k->kept = (struct keys_state){ 0 };
	k->touched = false;
}

static void set_tag(char to[static KEYS_TAG_LETTERS + 1], const char *tag)
{
	size_t size = tag ? strnlen(tag, KEYS_TAG_LETTERS) : 0;

	memcpy(to, tag ? tag : "", size);
	to[size] = '\0';
}

int keys_ask(struct keys *k, uint32_t person, const char *package)
{
	struct keys_state *s = &k->live;
	bool first = !s->packages[person - 1];
	struct letters *l;

	if (first && s->n_pending == LIMIT_KEY_PENDING)
		return -ENOSPC;
	l = letters_new(package);
	if (!l)
		return -ENOMEM;
	touch(k);
	if (first)
		s->pending[s->n_pending++] = (uint8_t)person;
	(void)letters_unref(s->packages[person - 1]);
	s->packages[person - 1] = l;
	s->pending_changed = true;
	return 0;
}

const char *keys_package(const struct keys *k, uint32_t person)
{
	const struct letters *l = k->live.packages[person - 1];

	return l ? letters_text(l) : NULL;
}

void keys_told(struct keys *k)
{
	touch(k);
	k->live.pending_changed = false;
}

static void forget_package(struct keys_state *s, uint32_t person)
{
	uint32_t i = 0;

	if (!s->packages[person - 1])
		return;
	s->packages[person - 1] = letters_unref(s->packages[person - 1]);
	while (s->pending[i] != person)
		i++;
	s->n_pending--;
	memmove(&s->pending[i], &s->pending[i + 1], (s->n_pending - i) * sizeof(s->pending[0]));
	s->pending_changed = true;
}

void keys_forget(struct keys *k, uint32_t person)
{
	if (!k->live.packages[person - 1] && k->live.creator != person)
		return;
	touch(k);
	forget_package(&k->live, person);
	if (k->live.creator == person)
		k->live.creator = 0;
}

bool keys_drop(struct keys *k, uint32_t person)
{
	keys_forget(k, person);
	if (!crowd_has(&k->live.members, person))
		return false;
	touch(k);
	crowd_remove(&k->live.members, person);
	return true;
}

void keys_return(struct keys *k, uint32_t person)
{
	touch(k);
	forget_package(&k->live, person);
	crowd_add(&k->live.members, person);
}

static bool may_create(const struct keys_state *s, uint32_t person, const struct crowd *there)
{
	return crowd_has(there, person) && !crowd_has(&s->tried, person);
}

uint32_t keys_choose(struct keys *k, uint32_t first, const struct crowd *there)
{
	struct keys_state *s = &k->live;

	touch(k);
	for (int round = 0; round < 2; round++) {
		uint32_t chosen = may_create(s, first, there) ? first : 0;

		for (uint32_t i = 0; !chosen && i < s->n_pending; i++)
			chosen = may_create(s, s->pending[i], there) ? s->pending[i] : 0;
		if (chosen) {
			crowd_add(&s->tried, chosen);
			s->creator = chosen;
			return chosen;
		}
		s->tried = (struct crowd){ 0 };
	}
	s->creator = 0;
	return 0;
}

bool keys_create(struct keys *k, uint32_t person, const char *tag)
{
	struct keys_state *s = &k->live;

	if (s->stands || s->creator != person)
		return false;
	touch(k);
	forget_package(s, person);
	s->stands = true;
	s->epoch = 0;
	s->creator = 0;
	s->tried = s->members = (struct crowd){ 0 };
	set_tag(s->tag, tag);
	crowd_add(&s->members, person);
	s->pending_changed = s->n_pending;
	return true;
}

static void drop_oldest(struct keys_state *s)
{
	s->log_size -= letters_size(s->log[0].commit);
	(void)letters_unref(s->log[0].commit);
	s->n_log--;
	memmove(&s->log[0], &s->log[1], s->n_log * sizeof(s->log[0]));
	s->log[s->n_log] = (struct keys_commit){ 0 };
}

/* Takes the commit. */
static void append(struct keys *k, struct letters *commit, uint32_t by, const char *tag)
{
	struct keys_state *s = &k->live;
	struct keys_commit *c;

	while (s->n_log && (s->n_log == LIMIT_KEY_LOG || s->log_size + letters_size(commit) > k->log_most))
		drop_oldest(s);
	c = &s->log[s->n_log++];
	*c = (struct keys_commit){ .commit = commit, .by = by };
	set_tag(c->tag, tag);
	s->log_size += letters_size(commit);
}

void keys_dissolve(struct keys *k)
{
	struct keys_state *s = &k->live;

	touch(k);
	while (s->n_log)
		drop_oldest(s);
	s->stands = false;
	s->epoch = s->creator = 0;
	s->members = s->tried = (struct crowd){ 0 };
	set_tag(s->tag, NULL);
}

int keys_take(struct keys *k, uint32_t epoch, uint32_t by, const char *commit, const char *tag,
	const struct crowd *added, const struct crowd *removed)
{
	struct keys_state *s = &k->live;
	struct letters *l;

	if (!s->stands || epoch != s->epoch || epoch == INT32_MAX)
		return -ESTALE;
	l = letters_new(commit);
	if (!l)
		return -ENOMEM;
	touch(k);
	append(k, l, by, tag);
	s->epoch++;
	set_tag(s->tag, tag);
	crowd_for_each(id, removed)
		crowd_remove(&s->members, id);
	crowd_for_each(id, added) {
		crowd_add(&s->members, id);
		forget_package(s, id);
	}
	return 0;
}

const struct keys_commit *keys_ended(const struct keys *k, uint32_t epoch)
{
	const struct keys_state *s = &k->live;
	uint32_t first = s->epoch - s->n_log;

	return s->stands && epoch >= first && epoch < s->epoch ? &s->log[epoch - first] : NULL;
}

void keys_resume(struct keys *k, const struct keys_branch *branch)
{
	struct keys_state *s = &k->live;

	keys_dissolve(k);
	for (uint32_t i = 0; i < branch->n_commits; i++)
		append(k, letters_ref(branch->commits[i]), 0, i + 1 == branch->n_commits ? branch->tag : NULL);
	s->stands = true;
	s->epoch = branch->epoch;
	s->members = branch->members;
	set_tag(s->tag, branch->tag);
	s->pending_changed = s->n_pending;
}
