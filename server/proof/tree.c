/* SPDX-License-Identifier: EUPL-1.2 */
/* Merkle trees: growing, proving, checking. In conclaved and conclavectl. */
#include "server/proof/tree.h"

#include <errno.h>
#include <stddef.h>

/* RFC 6962, 2.1: what tells a node from a leaf, so that neither passes for the other. */
static int hash_children(const struct digest *left, const struct digest *right, struct digest *ret)
{
	uint8_t node[1 + 2 * DIGEST_SIZE];
	struct writer w = writer(node, sizeof(node));

	write_u8(&w, 1);
	write_bytes(&w, bytes_make(left->bytes, DIGEST_SIZE));
	write_bytes(&w, bytes_make(right->bytes, DIGEST_SIZE));
	return digest_sha256(written(&w), ret);
}

int tree_append(struct tree *t, const struct digest *leaf)
{
	struct digest d = *leaf;
	unsigned level = 0;
	int r;

	if (t->size == (1u << TREE_LEVELS) - 1)
		return -EOVERFLOW;
	for (; t->size >> level & 1; level++) {
		r = hash_children(&t->edge[level], &d, &d);
		if (r < 0)
			return r;
	}
	t->edge[level] = d;
	t->size++;
	return 0;
}

int tree_root(const struct tree *t, struct digest *ret)
{
	struct digest d = { 0 };
	bool any = false;
	int r;

	if (t->size == 0)
		return digest_sha256(bytes_make(NULL, 0), ret);
	for (unsigned level = 0; level < TREE_LEVELS; level++) {
		if (!(t->size >> level & 1))
			continue;
		r = any ? hash_children(&t->edge[level], &d, &d) : 0;
		if (r < 0)
			return r;
		if (!any)
			d = t->edge[level];
		any = true;
	}
	*ret = d;
	return 0;
}

int tree_root_of(const struct digest *leaves, uint32_t n, struct digest *ret)
{
	struct tree t = { 0 };
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < n; i++)
		r = tree_append(&t, &leaves[i]);
	return r < 0 ? r : tree_root(&t, ret);
}

/* The largest power of two below n, which is above 1. */
static uint32_t split(uint32_t n)
{
	uint32_t k = 1;

	while (k < n - k)
		k *= 2;
	return k;
}

/* Proofs are told from the bottom up, and found from the top down. */
static void turn_round(struct tree_proof *p)
{
	for (uint32_t i = 0; i < p->n / 2; i++) {
		struct digest d = p->hashes[i];

		p->hashes[i] = p->hashes[p->n - 1 - i];
		p->hashes[p->n - 1 - i] = d;
	}
}

int tree_prove_leaf(const struct digest *leaves, uint32_t size, uint32_t index, struct tree_proof *ret)
{
	struct tree_proof p = { 0 };
	int r = 0;

	while (r == 0 && size > 1) {
		uint32_t k = split(size);

		if (index < k) {
			r = tree_root_of(leaves + k, size - k, &p.hashes[p.n++]);
			size = k;
		} else {
			r = tree_root_of(leaves, k, &p.hashes[p.n++]);
			leaves += k;
			index -= k;
			size -= k;
		}
	}
	if (r < 0)
		return r;
	turn_round(&p);
	*ret = p;
	return 0;
}

int tree_prove_growth(const struct digest *leaves, uint32_t size, uint32_t old, struct tree_proof *ret)
{
	struct tree_proof p = { 0 };
	bool known = true;	/* whoever checks it has the hash of what is left: it is the old root */
	int r = 0;

	while (r == 0 && old < size) {
		uint32_t k = split(size);

		if (old <= k) {
			r = tree_root_of(leaves + k, size - k, &p.hashes[p.n++]);
			size = k;
		} else {
			r = tree_root_of(leaves, k, &p.hashes[p.n++]);
			leaves += k;
			old -= k;
			size -= k;
			known = false;
		}
	}
	if (r == 0 && !known)
		r = tree_root_of(leaves, size, &p.hashes[p.n++]);
	if (r < 0)
		return r;
	turn_round(&p);
	*ret = p;
	return 0;
}

/* RFC 9162, 2.1.3.2 */
int tree_check_leaf(const struct tree_proof *p, uint32_t index, const struct digest *leaf, uint32_t size,
	const struct digest *root)
{
	uint32_t at = index, last = size - 1;
	struct digest d = *leaf;
	int r;

	if (index >= size || p->n > TREE_PROOF_MOST)
		return 0;
	for (uint32_t i = 0; i < p->n; i++) {
		if (last == 0)
			return 0;
		if ((at & 1) || at == last) {
			r = hash_children(&p->hashes[i], &d, &d);
			for (; at && !(at & 1); at >>= 1)
				last >>= 1;
		} else {
			r = hash_children(&d, &p->hashes[i], &d);
		}
		if (r < 0)
			return r;
		at >>= 1;
		last >>= 1;
	}
	return last == 0 && digest_equal(&d, root);
}

/* RFC 9162, 2.1.4.2, from its third step on: both roots are built from the same hashes. */
static int build_both(const struct digest *first, const struct digest *rest, uint32_t n, uint32_t at, uint32_t last,
	struct digest *old, struct digest *grown)
{
	int r = 0;

	*old = *grown = *first;
	for (uint32_t i = 0; i < n; i++) {
		if (last == 0)
			return 0;
		if ((at & 1) || at == last) {
			r = hash_children(&rest[i], old, old);
			if (r == 0)
				r = hash_children(&rest[i], grown, grown);
			for (; at && !(at & 1); at >>= 1)
				last >>= 1;
		} else {
			r = hash_children(grown, &rest[i], grown);
		}
		if (r < 0)
			return r;
		at >>= 1;
		last >>= 1;
	}
	return last == 0;
}

int tree_check_growth(const struct tree_proof *p, uint32_t old, const struct digest *old_root, uint32_t size,
	const struct digest *root)
{
	bool full = (old & (old - 1)) == 0;	/* then the old root is a node of the new tree */
	uint32_t at = old - 1, last = size - 1;
	struct digest before, after;
	int r;

	if (old == 0 || old > size || p->n > TREE_PROOF_MOST)
		return 0;
	if (old == size)
		return p->n == 0 && digest_equal(old_root, root);
	if (p->n == 0)
		return 0;
	for (; at & 1; at >>= 1)
		last >>= 1;
	r = build_both(full ? old_root : &p->hashes[0], p->hashes + !full, p->n - !full, at, last, &before, &after);
	return r <= 0 ? r : digest_equal(&before, old_root) && digest_equal(&after, root);
}
