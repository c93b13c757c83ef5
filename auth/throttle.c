/* SPDX-License-Identifier: EUPL-1.2 */
/* Virtual scheduling (ITU-T I.371, GCRA): of each key only one point in time is kept. In conclaved.
 * Invariant: a key that is in no table is one that may go on. The one that was used longest ago makes room: at one
 * attempt in THROTTLE_ALL_EVERY its turn comes after a quarter of an hour, when there is little left to forget. */
#include "auth/throttle.h"

#include <assert.h>
#include <errno.h>

#include "base/hash.h"
#include "base/limits.h"
#include "base/list.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/random.h"

struct throttle_rule {
	usec_t burst;
	usec_t every;
};

static const struct throttle_rule rule_account = { THROTTLE_ACCOUNT_BURST, THROTTLE_ACCOUNT_EVERY };
static const struct throttle_rule rule_source = { THROTTLE_SOURCE_BURST, THROTTLE_SOURCE_EVERY };
static const struct throttle_rule rule_costly = { THROTTLE_COSTLY_BURST, THROTTLE_COSTLY_EVERY };
static const struct throttle_rule rule_resume = { THROTTLE_RESUME_BURST, THROTTLE_RESUME_EVERY };
static const struct throttle_rule rule_all = { THROTTLE_ALL_BURST, THROTTLE_ALL_EVERY };

struct throttle_entry {
	struct list in_order;
	uint64_t key;
	usec_t due;		/* when it would be as if nothing had been; 0 = it is not in the map */
};

struct throttle_table {
	/* owned */
	struct map by_key;
	struct throttle_entry *entries;

	/* state */
	struct list order;	/* the one that was used longest ago stands first */
};

struct throttle {
	/* owned */
	struct throttle_table accounts;
	struct throttle_table sources;
	struct throttle_table askers;

	/* state */
	usec_t due;		/* of all together */
	uint64_t key;		/* random: nobody chooses names that collide */
};

static int table_init(struct throttle_table *t)
{
	list_init(&t->order);
	t->entries = mem_new_array(struct throttle_entry, LIMIT_THROTTLE_KEYS);
	if (!t->entries)
		return -ENOMEM;
	for (size_t i = 0; i < LIMIT_THROTTLE_KEYS; i++)
		list_push_back(&t->order, &t->entries[i].in_order);
	return map_init(&t->by_key, LIMIT_THROTTLE_KEYS);
}

static void table_done(struct throttle_table *t)
{
	map_done(&t->by_key);
	mem_free(t->entries);
}

int throttle_new(struct throttle **ret)
{
	struct throttle *t = mem_new(struct throttle);
	int r;

	if (!t)
		return -ENOMEM;
	random_bytes(&t->key, sizeof(t->key));
	r = table_init(&t->accounts);
	if (r == 0)
		r = table_init(&t->sources);
	if (r == 0)
		r = table_init(&t->askers);
	if (r < 0) {
		throttle_free(t);
		return r;
	}
	*ret = t;
	return 0;
}

struct throttle *throttle_free(struct throttle *t)
{
	if (t) {
		table_done(&t->accounts);
		table_done(&t->sources);
		table_done(&t->askers);
	}
	mem_free(t);
	return NULL;
}

static uint64_t account_key(const struct throttle *t, struct bytes account)
{
	uint64_t words[LIMIT_EMAIL / 8 + 2] = { account.size };

	if (account.size)
		memcpy(&words[1], account.data, MIN(account.size, (size_t)LIMIT_EMAIL));
	return hash_words(t->key, words, ARRAY_SIZE(words));
}

/* One person has a whole IPv6 /64. */
static uint64_t source_key(const struct throttle *t, const struct address *source)
{
	uint64_t words[2] = { source->family };

	memcpy(&words[1], source->ip, source->family == 4 ? 4 : 8);
	return hash_words(t->key, words, ARRAY_SIZE(words));
}

static usec_t table_due(const struct throttle_table *t, uint64_t key)
{
	const struct throttle_entry *e = map_get(&t->by_key, key);

	return e ? e->due : 0;
}

static void table_set(struct throttle_table *t, uint64_t key, usec_t due)
{
	struct throttle_entry *e = map_get(&t->by_key, key);

	if (!e) {
		e = list_first(&t->order, struct throttle_entry, in_order);
		if (e->due)
			(void)map_remove(&t->by_key, e->key);
		e->key = key;
		if (map_put(&t->by_key, key, e) < 0)
			assert(false);		/* there is room for every entry, and the key was not there */
	}
	e->due = due;
	list_remove(&e->in_order);
	list_push_back(&t->order, &e->in_order);
}

static usec_t due_after(usec_t now, usec_t due, const struct throttle_rule *rule)
{
	return MAX(now, due) + rule->every;
}

static usec_t wait_for(usec_t now, usec_t due, const struct throttle_rule *rule)
{
	usec_t after = due_after(now, due, rule), free_until = now + rule->burst * rule->every;

	return after > free_until ? after - free_until : 0;
}

usec_t throttle_ask(struct throttle *t, usec_t now, struct bytes account, const struct address *source)
{
	uint64_t a = account_key(t, account), s = source_key(t, source);
	usec_t due_a = table_due(&t->accounts, a), due_s = table_due(&t->sources, s);
	usec_t wait = MAX(wait_for(now, due_a, &rule_account), wait_for(now, due_s, &rule_source));

	wait = MAX(wait, wait_for(now, t->due, &rule_all));
	if (wait)
		return wait;
	table_set(&t->accounts, a, due_after(now, due_a, &rule_account));
	table_set(&t->sources, s, due_after(now, due_s, &rule_source));
	t->due = due_after(now, t->due, &rule_all);
	return 0;
}

usec_t throttle_ask_costly(struct throttle *t, usec_t now, enum throttle_asker asker, uint32_t number)
{
	uint64_t words[2] = { (uint64_t)asker, number }, key = hash_words(t->key, words, ARRAY_SIZE(words));
	const struct throttle_rule *rule = asker == THROTTLE_RESUMING ? &rule_resume : &rule_costly;
	usec_t due = table_due(&t->askers, key), wait = wait_for(now, due, rule);

	if (wait == 0)
		table_set(&t->askers, key, due_after(now, due, rule));
	return wait;
}

/* Never to before now: nobody saves up. */
static usec_t due_before(usec_t now, usec_t due, const struct throttle_rule *rule)
{
	return due > now + rule->every ? due - rule->every : now;
}

static void table_forgive(struct throttle_table *t, usec_t now, uint64_t key, const struct throttle_rule *rule)
{
	struct throttle_entry *e = map_get(&t->by_key, key);

	if (e)
		e->due = due_before(now, e->due, rule);
}

void throttle_forgive(struct throttle *t, usec_t now, struct bytes account, const struct address *source)
{
	table_forgive(&t->accounts, now, account_key(t, account), &rule_account);
	table_forgive(&t->sources, now, source_key(t, source), &rule_source);
	t->due = due_before(now, t->due, &rule_all);
}
