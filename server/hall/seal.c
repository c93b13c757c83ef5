/* SPDX-License-Identifier: EUPL-1.2 */
/* When checkpoints are made, with which key, and the proof that one grew into the next. In conclaved.
 * Invariant: `head` is the newest checkpoint in the records, or in this transaction. */
#include "server/hall/inside.h"

#include <errno.h>

#include "base/log.h"

#define SEAL_TIME SECONDS(60)	/* research/security 7.2: at most so often, while it changes */
/* How long a key signs, from its first signature: what it sealed can be rewritten by whoever steals it so long. Earlier
 * when a meeting ends, and at each start and clean end of conclaved. */
#define EPOCH_TIME MINUTES(60)

static bool is_sealed(const struct meeting *m)
{
	return m->head.checkpoint.size == m->tree.size;
}

int meeting_seal(struct hall *h, struct meeting *m)
{
	struct head head = { .checkpoint = { .size = m->tree.size }, .epoch = log_key_epoch(h->key),
		.key = *signer_public(log_key_signer(h->key)) };
	int r;

	if (is_sealed(m))
		return 0;
	r = tree_root(&m->tree, &head.checkpoint.root);
	if (r == 0)
		r = checkpoint_sign(&head.checkpoint, log_key_signer(h->key), log_key_server(h->key), m->row.id,
			head.note);
	if (r == 0)
		r = sealed_add(h->db, m->row.number, &head, h->wall);
	if (r < 0)
		return r;
	m->touched = true;
	m->head = head;
	m->seal_at = h->now + SEAL_TIME;
	h->hand_on_at = m->fold->phase == PHASE_ENDED ? h->now : MIN(h->hand_on_at, h->now + EPOCH_TIME);
	tell_head(h, m);
	return 0;
}

void meeting_seal_due(struct hall *h, struct meeting *m)
{
	int r;

	if (is_sealed(m) || (h->now < m->seal_at && m->fold->phase != PHASE_ENDED))
		return;
	r = h->unhealthy || m->stale ? -EIO : meeting_seal(h, m);
	if (r == 0)
		return;
	/* What it should cover stands, and the next one covers it. */
	m->seal_at = h->now + RETRY_TIME;
	log_throttled(LOG_LEVEL_WARN, h->now, SECONDS(1), "not-sealed", LOG_NUMBER("meeting", m->row.number),
		LOG_ERROR(r));
}

usec_t meeting_seal_deadline(const struct meeting *m)
{
	return is_sealed(m) ? USEC_NEVER : m->seal_at;
}

/* Everything first under the key that was there when it happened. */
static int seal_all(struct hall *h)
{
	struct meeting *m;
	int r, first = 0;

	list_for_each(m, &h->meetings, in_hall) {
		r = m->stale ? -EIO : meeting_seal(h, m);
		if (r < 0)
			log_error("not-sealed", LOG_NUMBER("meeting", m->row.number), LOG_ERROR(r));
		first = first < 0 ? first : r;
	}
	return first;
}

static int hand_on(struct hall *h)
{
	int r = log_key_is_used(h->key);

	return r <= 0 ? r : log_key_next(h->key, h->wall);
}

void hall_plan_hand_on(struct hall *h)
{
	h->hand_on_at = log_key_is_used(h->key) ? h->now : USEC_NEVER;
}

void hall_hand_on_due(struct hall *h)
{
	int r;

	if (h->now < h->hand_on_at || h->unhealthy)
		return;
	(void)seal_all(h);
	r = hand_on(h);
	h->hand_on_at = r == 0 ? USEC_NEVER : h->now + RETRY_TIME;
	if (r < 0)
		log_throttled(LOG_LEVEL_WARN, h->now, SECONDS(1), "log-key-stays", LOG_ERROR(r));
}

void hall_seal(struct hall *h)
{
	int r;

	(void)seal_all(h);
	r = hand_on(h);
	if (r < 0)
		log_error("log-key-stays", LOG_ERROR(r));
}

static int prove(struct hall *h, const struct meeting *m, uint32_t from, struct tree_proof *ret)
{
	uint32_t size = m->head.checkpoint.size;
	_cleanup_(mem_freep) struct digest *leaves = mem_new_array(struct digest, size);
	int r;

	if (!leaves)
		return -ENOMEM;
	r = sealed_leaves(h->db, m->row.number, size, leaves);
	return r < 0 ? r : tree_prove_growth(leaves, size, from, ret);
}

void act_proof(struct hall *h, struct connection *c, const struct wire_node *message)
{
	const struct meeting *m = c->live.person->meeting;
	uint32_t from = (uint32_t)wire_integer(message, "from");
	struct tree_proof proof;
	bool whole = false;

	if (from > m->head.checkpoint.size) {
		connection_error(h, c, "wrong-field", "proof", "from");
		return;
	}
	/* It costs a hash for every entry; whoever follows the heads needs one for each. */
	if (c->proved == m->head.checkpoint.size) {
		connection_error(h, c, "wrong-phase", "proof", NULL);
		return;
	}
	if (prove(h, m, from, &proof) < 0)
		connection_close(h, c, CLOSE_NO_MEMORY);
	else
		whole = tell_proof(h, c, from, (uint32_t)wire_integer(message, "epoch"), &proof);
	if (whole)
		c->proved = m->head.checkpoint.size;
}
