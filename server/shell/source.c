/* SPDX-License-Identifier: EUPL-1.2 */
/* A counted table of where strangers come from. In conclaved. */
#include "server/shell/source.h"

#include <assert.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/random.h"

struct source {
	uint64_t hash;
	unsigned count;
};

int sources_init(struct sources *s)
{
	random_bytes(&s->key, sizeof(s->key));
	return map_init(&s->map, LIMIT_CONNECTIONS);
}

void sources_done(struct sources *s)
{
	struct source *source;
	size_t at = 0;

	while ((source = map_next(&s->map, &at)))
		mem_free(source);
	map_done(&s->map);
}

static uint64_t source_hash(const struct sources *s, const struct address *a)
{
	struct address place = { .family = a->family };

	memcpy(place.ip, a->ip, a->family == 6 ? 8 : 4);
	return address_hash(&place, s->key);
}

static struct source *sources_add(struct sources *s, uint64_t hash)
{
	_cleanup_(mem_freep) struct source *source = mem_new(struct source);

	if (!source)
		return NULL;
	source->hash = hash;
	return map_put(&s->map, hash, source) < 0 ? NULL : take(source);
}

struct source *sources_enter(struct sources *s, const struct address *a)
{
	uint64_t hash = source_hash(s, a);
	struct source *source = map_get(&s->map, hash);

	if (!source)
		source = sources_add(s, hash);
	if (!source || source->count == LIMIT_CONNECTIONS_PER_SOURCE)
		return NULL;
	source->count++;
	return source;
}

bool source_is_crowded(const struct source *source)
{
	return source && source->count > LIMIT_CONNECTIONS_PER_SOURCE / 2;
}

struct source *sources_leave(struct sources *s, struct source *source)
{
	if (!source)
		return NULL;
	assert(source->count);
	if (--source->count == 0) {
		(void)map_remove(&s->map, source->hash);
		mem_free(source);
	}
	return NULL;
}
