/* SPDX-License-Identifier: EUPL-1.2 */
/* The Merkle tree over the entries' hashes (RFC 6962, 2.1; RFC 9162, 2.1). In conclaved and conclavectl.
 * Invariant: pure; two trees with the same root hold the same leaves in the same order. */
#pragma once

#include <stdint.h>

#include "auth/digest.h"

#define TREE_LEVELS 31
#define TREE_PROOF_MOST (2 * TREE_LEVELS)

/* Its right edge is all of the tree that growing needs. */
struct tree {
	uint32_t size;
	struct digest edge[TREE_LEVELS];	/* k: of a full subtree of 2^k leaves, when bit k of `size` is set */
};

struct tree_proof {
	uint32_t n;
	struct digest hashes[TREE_PROOF_MOST];
};

/* One leaf more; the tree is as it was when this fails. 0, -EOVERFLOW, -ENOMEM. */
int tree_append(struct tree *t, const struct digest *leaf);
/* 0 or -ENOMEM. */
int tree_root(const struct tree *t, struct digest *ret);
/* Of the first `n` of these. 0, -EOVERFLOW, -ENOMEM. */
int tree_root_of(const struct digest *leaves, uint32_t n, struct digest *ret);

/* That leaf `index` (from 0) stands in the tree of all `size` leaves. 0 or -ENOMEM. */
int tree_prove_leaf(const struct digest *leaves, uint32_t size, uint32_t index, struct tree_proof *ret);
/* That the tree of the first `old` leaves (1 to `size`) grew into the one of all. 0 or -ENOMEM. */
int tree_prove_growth(const struct digest *leaves, uint32_t size, uint32_t old, struct tree_proof *ret);
/* 1 = it does prove that, 0 = it does not, or -ENOMEM. */
int tree_check_leaf(const struct tree_proof *p, uint32_t index, const struct digest *leaf, uint32_t size,
	const struct digest *root);
int tree_check_growth(const struct tree_proof *p, uint32_t old, const struct digest *old_root, uint32_t size,
	const struct digest *root);
