/* SPDX-License-Identifier: EUPL-1.2 */
/* server/proof/checkpoint.c, server/wire/base64.c and auth/signature.c: what a server signs, and that it signed
 * nothing else. In tests only. */
#include "server/proof/checkpoint.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/wire/base64.h"
#include "tests/support/check.h"

#define MEETING "abcdefghij"

static struct signer *signer;
static struct checkpoint given = { .size = 42, .root = { { 1, 2, 3 } } };
static char note[CHECKPOINT_NOTE_SIZE], server[SERVER_ID_SIZE];

static int sign(void **state)
{
	(void)state;
	check_eq(signer_from_seed(&signer, (const uint8_t[SIGNATURE_KEY_SIZE]){ 7 }), 0);
	check_eq(server_id(signer_public(signer), server), 0);
	check_eq(checkpoint_sign(&given, signer, server, MEETING, note), 0);
	return 0;
}

static int forget(void **state)
{
	(void)state;
	signer = signer_free(signer);
	return 0;
}

static int read_own(const char *text)
{
	struct checkpoint c;

	return checkpoint_read_own(&c, bytes_of_string(text), signer_public(signer), server, MEETING);
}

/* RFC 8032, 7.1, the second test. */
TEST(a_signature_is_ed25519)
{
	static const uint8_t seed[] = { 0x4c, 0xcd, 0x08, 0x9b, 0x28, 0xff, 0x96, 0xda, 0x9d, 0xb6, 0xc3, 0x46, 0xec,
		0x11, 0x4e, 0x0f, 0x5b, 0x8a, 0x31, 0x9f, 0x35, 0xab, 0xa6, 0x24, 0xda, 0x8c, 0xf6, 0xed, 0x4f, 0xb8,
		0xa6, 0xfb };
	static const uint8_t begin[] = { 0x92, 0xa0, 0x09, 0xa9, 0xf0, 0xd4, 0xca, 0xb8 };
	static const uint8_t public[] = { 0x3d, 0x40, 0x17, 0xc3, 0xe8, 0x43, 0x89, 0x5a };
	uint8_t signature[SIGNATURE_SIZE];
	struct signer *s;

	check_eq(signer_from_seed(&s, seed), 0);
	assert_memory_equal(signer_public(s)->bytes, public, sizeof(public));
	check_eq(signer_sign(s, bytes_make("\x72", 1), signature), 0);
	assert_memory_equal(signature, begin, sizeof(begin));
	check(signature_is_valid(signer_public(s), bytes_make("\x72", 1), signature));
	check(!signature_is_valid(signer_public(s), bytes_make("\x73", 1), signature));
	signer_free(s);
}

TEST(the_text_is_a_signed_note)
{
	char id[SERVER_ID_SIZE], expected[CHECKPOINT_NOTE_SIZE];
	struct checkpoint c;
	int n;

	check_eq(server_id(signer_public(signer), id), 0);
	check_eq(strlen(id), SERVER_ID_SIZE - 1);
	n = snprintf(expected, sizeof(expected), "conclave/%s/meeting/" MEETING "\n42\n"
		"AQIDAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n\xe2\x80\x94 conclave/%s ", id, id);
	assert_memory_equal(note, expected, (size_t)n);
	check_eq(strlen(note), (size_t)n + BASE64_SIZE(4 + SIGNATURE_SIZE) + 1);
	check_eq(checkpoint_read(&c, bytes_of_string(note), signer_public(signer), server, MEETING), 1);
	check_eq(c.size, 42);
	check(digest_equal(&c.root, &given.root));
}

TEST(every_bit_counts)
{
	char changed[CHECKPOINT_NOTE_SIZE];
	size_t size = strlen(note);

	check_eq(read_own(note), 1);
	for (size_t i = 0; i < 8 * size; i++) {
		memcpy(changed, note, size + 1);
		changed[i / 8] = (char)(changed[i / 8] ^ 1 << i % 8);
		check_eq(read_own(changed), 0);
	}
	for (size_t n = 0; n < size; n++) {
		memcpy(changed, note, n);
		changed[n] = '\0';
		check_eq(read_own(changed), 0);
	}
}

TEST(it_is_of_one_meeting_and_one_server)
{
	struct signer *other;
	struct checkpoint c;

	check_eq(signer_from_seed(&other, (const uint8_t[SIGNATURE_KEY_SIZE]){ 8 }), 0);
	check_eq(checkpoint_read(&c, bytes_of_string(note), signer_public(signer), server, "abcdefghik"), 0);
	check_eq(checkpoint_read(&c, bytes_of_string(note), signer_public(other), server, MEETING), 0);
	signer_free(other);
}

TEST(a_witness_may_sign_below)
{
	char text[2 * CHECKPOINT_NOTE_SIZE];
	struct checkpoint c;

	snprintf(text, sizeof(text), "%s\xe2\x80\x94 witness.example AAAAAAAA\n", note);
	check_eq(checkpoint_read(&c, bytes_of_string(text), signer_public(signer), server, MEETING), 1);
	check_eq(read_own(text), 0);
}

TEST(base64_has_one_spelling)
{
	static const struct { const char *text, *plain; } known[] = {	/* RFC 4648, 10 */
		{ "", "" }, { "Zg==", "f" }, { "Zm8=", "fo" }, { "Zm9v", "foo" }, { "Zm9vYg==", "foob" },
		{ "Zm9vYmE=", "fooba" }, { "Zm9vYmFy", "foobar" },
	};
	static const char *const wrong[] = { "Zh==", "Zm9=", "Zg=a", "Z===", "====", "Zg= ", "Zg" };
	uint8_t data[8];

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		char text[16];
		struct writer w = writer(text, sizeof(text));

		base64_write(&w, bytes_of_string(known[i].plain));
		check_bytes(written(&w), known[i].text, strlen(known[i].text));
		check(base64_read(written(&w), data, strlen(known[i].plain)));
		assert_memory_equal(data, known[i].plain, strlen(known[i].plain));
	}
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		check(!base64_read(bytes_of_string(wrong[i]), data, i == 1 ? 2 : 1));
}

TEST(the_key_is_kept_for_its_owner_alone)
{
	char folder[] = "/tmp/conclave-key-XXXXXX", path[64];
	struct signer *made, *opened;
	struct stat st;

	check(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/log-key.pem", folder);
	check_eq(signer_open(&opened, path), -ENOENT);
	check_eq(signer_create(&made, path), 0);
	check_eq(stat(path, &st), 0);
	check_eq(st.st_mode & 0777, 0600);
	check_eq(signer_open(&opened, path), 0);
	assert_memory_equal(signer_public(made), signer_public(opened), SIGNATURE_KEY_SIZE);
	signer_free(opened);
	check_eq(signer_create(&opened, path), -EEXIST);
	check_eq(chmod(path, 0640), 0);
	check_eq(signer_open(&opened, path), -EPERM);
	check_eq(chmod(path, 0600), 0);
	check_eq(truncate(path, 40), 0);
	check_eq(signer_open(&opened, path), -EBADMSG);
	signer_free(made);
	check_eq(unlink(path), 0);
	check_eq(rmdir(folder), 0);
}

#define SIGNED(test) cmocka_unit_test_setup_teardown(test, sign, forget)

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_signature_is_ed25519),
	SIGNED(the_text_is_a_signed_note),
	SIGNED(every_bit_counts),
	SIGNED(it_is_of_one_meeting_and_one_server),
	SIGNED(a_witness_may_sign_below),
	cmocka_unit_test(base64_has_one_spelling),
	cmocka_unit_test(the_key_is_kept_for_its_owner_alone),
};

RUN_TESTS(tests)
