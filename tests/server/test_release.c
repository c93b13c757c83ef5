/* SPDX-License-Identifier: EUPL-1.2 */
/* server/proof/release.c and note.c: who vouches for a client, and that nobody else can be taken for them. In tests
 * only. */
#include "server/proof/release.h"

#include "tests/support/check.h"

static const char manifest[] = "{\"version\":1,\"files\":[]}\n";

static struct signer *signer_of(uint8_t seed)
{
	struct signer *s = NULL;

	check_eq(signer_from_seed(&s, (const uint8_t[SIGNATURE_KEY_SIZE]){ seed }), 0);
	return s;
}

TEST(a_manifest_is_signed_to_the_bit)
{
	struct signer *ours = signer_of(7), *other = signer_of(8);
	char note[RELEASE_NOTE_SIZE], text[sizeof(manifest)];

	check_eq(release_sign(bytes_of_string(manifest), ours, note), 0);
	check_eq(release_check(bytes_of_string(manifest), bytes_of_string(note), signer_public(ours)), 1);
	check_eq(release_check(bytes_of_string(manifest), bytes_of_string(note), signer_public(other)), 0);
	memcpy(text, manifest, sizeof(text));
	for (size_t i = 0; i < 8 * strlen(manifest); i++) {
		text[i / 8] ^= (char)(1 << i % 8);
		check_eq(release_check(bytes_of_string(text), bytes_of_string(note), signer_public(ours)), 0);
		text[i / 8] ^= (char)(1 << i % 8);
	}
	for (size_t i = 0; i < strlen(note); i++) {
		note[i] ^= 1;
		check_eq(release_check(bytes_of_string(manifest), bytes_of_string(note), signer_public(ours)), 0);
		note[i] ^= 1;
	}
	for (size_t i = 0; i < strlen(note); i++)
		check_eq(release_check(bytes_of_string(manifest), bytes_make(note, i), signer_public(ours)), 0);
	signer_free(ours);
	signer_free(other);
}

/* The example of c2sp.org/signed-note has another name; so the form is checked, and that it reads as written. */
TEST(a_key_has_one_spelling_and_its_hash_must_fit)
{
	struct signer *s = signer_of(7);
	struct signature_key key;
	char text[160];
	struct writer w = writer(text, sizeof(text));

	check_eq(note_write_key(&w, signer_public(s), RELEASE_KEY_NAME), 0);
	check(strncmp(text, "conclave/web+", 13) == 0 && text[21] == '+');
	check_eq(note_read_key(&key, written(&w), RELEASE_KEY_NAME), 1);
	assert_memory_equal(key.bytes, signer_public(s)->bytes, SIGNATURE_KEY_SIZE);
	check_eq(note_read_key(&key, written(&w), "conclave/other"), 0);
	for (size_t i = 0; i < written(&w).size; i++) {
		text[i] ^= 1;
		check_eq(note_read_key(&key, written(&w), RELEASE_KEY_NAME), 0);
		text[i] ^= 1;
	}
	check_eq(note_read_key(&key, bytes_of_string(""), RELEASE_KEY_NAME), 0);
	signer_free(s);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_manifest_is_signed_to_the_bit),
	cmocka_unit_test(a_key_has_one_spelling_and_its_hash_must_fit),
};

RUN_TESTS(tests)
