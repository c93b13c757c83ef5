/* SPDX-License-Identifier: EUPL-1.2 */
/* server/proof/tree.c against the known answers of Certificate Transparency, and against the definition in RFC 6962,
 * 2.1, written down as it stands there. In tests only. */
#include "server/proof/tree.h"
#include "tests/support/check.h"

#define SIZES 64

/* The leaves and roots that implementations of Certificate Transparency share (RFC 6962's reference code). */
static const struct {
	const char *leaf;
	size_t size;
} known_leaves[] = {
	{ "", 0 }, { "\x00", 1 }, { "\x10", 1 }, { "\x20\x21", 2 }, { "\x30\x31", 2 }, { "\x40\x41\x42\x43", 4 },
	{ "\x50\x51\x52\x53\x54\x55\x56\x57", 8 },
	{ "\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f", 16 },
};

static const char *const known_roots[] = {
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
	"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
	"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
	"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
	"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
	"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
	"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
	"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
	"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
};

static struct digest leaves[SIZES], roots[SIZES + 1];

static struct digest hash(uint8_t mark, struct bytes a, struct bytes b)
{
	uint8_t text[1 + 2 * DIGEST_SIZE];
	struct writer w = writer(text, sizeof(text));
	struct digest d;

	write_u8(&w, mark);
	write_bytes(&w, a);
	write_bytes(&w, b);
	check(w.ok);
	check_eq(digest_sha256(written(&w), &d), 0);
	return d;
}

/* MTH(D[n]) of RFC 6962, 2.1 */
static struct digest slow_root(const struct digest *d, size_t n)
{
	struct digest left, right;
	size_t k = 1;

	if (n == 1)
		return d[0];
	while (2 * k < n)
		k *= 2;
	left = slow_root(d, k);
	right = slow_root(d + k, n - k);
	return hash(1, bytes_make(left.bytes, DIGEST_SIZE), bytes_make(right.bytes, DIGEST_SIZE));
}

static int grow(void **state)
{
	struct tree t = { 0 };

	(void)state;
	check_eq(tree_root(&t, &roots[0]), 0);
	for (uint32_t i = 0; i < SIZES; i++) {
		leaves[i] = hash(0, bytes_make(&i, sizeof(i)), bytes_make(NULL, 0));
		check_eq(tree_append(&t, &leaves[i]), 0);
		check_eq(tree_root(&t, &roots[i + 1]), 0);
	}
	return 0;
}

TEST(known_answers)
{
	struct tree t = { 0 };
	struct digest root;
	char hex[2 * DIGEST_SIZE + 1];

	for (size_t n = 0; n < sizeof(known_roots) / sizeof(known_roots[0]); n++) {
		check_eq(t.size, n);
		check_eq(tree_root(&t, &root), 0);
		for (size_t i = 0; i < DIGEST_SIZE; i++)
			snprintf(hex + 2 * i, 3, "%02x", root.bytes[i]);
		check_text(hex, known_roots[n]);
		if (n < sizeof(known_leaves) / sizeof(known_leaves[0])) {
			root = hash(0, bytes_make(known_leaves[n].leaf, known_leaves[n].size), bytes_make(NULL, 0));
			check_eq(tree_append(&t, &root), 0);
		}
	}
}

TEST(a_root_is_as_it_is_defined)
{
	for (uint32_t n = 1; n <= SIZES; n++) {
		struct digest slow = slow_root(leaves, n);

		check(digest_equal(&slow, &roots[n]));
	}
}

TEST(every_leaf_is_proved_and_in_no_other_place)
{
	struct tree_proof p;

	for (uint32_t n = 1; n <= SIZES; n++) {
		for (uint32_t i = 0; i < n; i++) {
			check_eq(tree_prove_leaf(leaves, n, i, &p), 0);
			for (uint32_t at = 0; at < n; at++)
				check_eq(tree_check_leaf(&p, at, &leaves[i], n, &roots[n]), at == i);
			check_eq(tree_check_leaf(&p, i, &leaves[(i + 1) % SIZES], n, &roots[n]), 0);
			check_eq(tree_check_leaf(&p, n, &leaves[i], n, &roots[n]), 0);
		}
	}
}

TEST(growth_is_proved_between_any_two_sizes)
{
	struct tree_proof p;

	for (uint32_t n = 1; n <= SIZES; n++) {
		for (uint32_t old = 1; old <= n; old++) {
			check_eq(tree_prove_growth(leaves, n, old, &p), 0);
			check_le(p.n, 7);
			check_eq(tree_check_growth(&p, old, &roots[old], n, &roots[n]), 1);
			check_eq(tree_check_growth(&p, old, &roots[old - 1], n, &roots[n]), 0);
			check_eq(tree_check_growth(&p, old, &roots[old], n, &roots[n - 1]), 0);
			if (old > 1)
				check_eq(tree_check_growth(&p, old - 1, &roots[old], n, &roots[n]), 0);
		}
	}
	check_eq(tree_check_growth(&p, 0, &roots[0], SIZES, &roots[SIZES]), 0);
	check_eq(tree_check_growth(&p, SIZES, &roots[SIZES], SIZES - 1, &roots[SIZES - 1]), 0);
}

TEST(a_changed_proof_proves_nothing)
{
	struct tree_proof p;

	for (uint32_t old = 1; old < 43; old++) {
		check_eq(tree_prove_growth(leaves, 43, old, &p), 0);
		for (uint32_t i = 0; i < p.n; i++) {
			p.hashes[i].bytes[i % DIGEST_SIZE] ^= 1;
			check_eq(tree_check_growth(&p, old, &roots[old], 43, &roots[43]), 0);
			p.hashes[i].bytes[i % DIGEST_SIZE] ^= 1;
		}
		p.n--;
		check_eq(tree_check_growth(&p, old, &roots[old], 43, &roots[43]), 0);
		p.n += 2;
		check_eq(tree_check_growth(&p, old, &roots[old], 43, &roots[43]), 0);
	}
	p.n = TREE_PROOF_MOST + 1;
	check_eq(tree_check_growth(&p, 1, &roots[1], 43, &roots[43]), 0);
	check_eq(tree_check_leaf(&p, 1, &leaves[1], 43, &roots[43]), 0);
}

TEST(a_full_tree_takes_no_more)
{
	struct tree t = { .size = (1u << TREE_LEVELS) - 1 };

	check(tree_append(&t, &leaves[0]) < 0);
	check_eq(t.size, (1u << TREE_LEVELS) - 1);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(known_answers),
	cmocka_unit_test_setup(a_root_is_as_it_is_defined, grow),
	cmocka_unit_test_setup(every_leaf_is_proved_and_in_no_other_place, grow),
	cmocka_unit_test_setup(growth_is_proved_between_any_two_sizes, grow),
	cmocka_unit_test_setup(a_changed_proof_proves_nothing, grow),
	cmocka_unit_test(a_full_tree_takes_no_more),
};

RUN_TESTS(tests)
