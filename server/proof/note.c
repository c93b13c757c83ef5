/* SPDX-License-Identifier: EUPL-1.2 */
/* Signing and checking notes. In conclaved and conclavectl. */
#include "server/proof/note.h"

#include <errno.h>

#include "auth/digest.h"
#include "server/wire/base64.h"

#define ALGORITHM 1	/* signed-note: Ed25519 */
#define HASH_SIZE 4
#define MARK "\xe2\x80\x94 "	/* an em dash: a line below the text that begins so is a signature */
#define SIGNED_SIZE (HASH_SIZE + SIGNATURE_SIZE)
#define TYPED_KEY_SIZE (1 + SIGNATURE_KEY_SIZE)

/* signed-note: the first bytes of SHA-256(name || newline || algorithm || key). */
static int key_hash(const struct signature_key *key, const char *name, uint8_t ret[static HASH_SIZE])
{
	uint8_t record[NOTE_NAME + 1 + TYPED_KEY_SIZE];
	struct writer w = writer(record, sizeof(record));
	struct digest d;
	int r;

	write_format(&w, "%s\n", name);
	write_u8(&w, ALGORITHM);
	write_bytes(&w, bytes_make(key->bytes, SIGNATURE_KEY_SIZE));
	if (!w.ok)
		return -EMSGSIZE;
	r = digest_sha256(written(&w), &d);
	if (r == 0)
		memcpy(ret, d.bytes, HASH_SIZE);
	return r;
}

int note_sign(struct writer *w, const struct signer *s, const char *name)
{
	uint8_t signature[SIGNED_SIZE];
	int r = key_hash(signer_public(s), name, signature);

	if (r == 0)
		r = signer_sign(s, written(w), signature + HASH_SIZE);
	if (r < 0)
		return r;
	write_format(w, "\n" MARK "%s ", name);
	base64_write(w, bytes_make(signature, SIGNED_SIZE));
	write_u8(w, '\n');
	return w->ok ? 0 : -EMSGSIZE;
}

size_t note_size(const char *name)
{
	return strlen("\n" MARK " \n") + strlen(name) + BASE64_SIZE(SIGNED_SIZE);
}

struct bytes note_line(struct reader *r)
{
	const uint8_t *end = read_left(r) ? memchr(r->at, '\n', read_left(r)) : NULL;
	struct bytes line = read_bytes(r, end ? (size_t)(end - r->at) : SIZE_MAX);

	read_skip(r, 1);
	return line;
}

/* The signature line that bears the name and the hash of the key. */
static bool find_signature(struct reader *r, const char *name, const uint8_t *hash, uint8_t *ret)
{
	char start[NOTE_NAME + 8];
	struct writer w = writer(start, sizeof(start));
	size_t size;

	write_format(&w, MARK "%s ", name);
	size = written(&w).size;
	while (w.ok && r->ok && read_left(r)) {
		struct bytes line = note_line(r);

		if (r->ok && line.size > size && memcmp(line.data, start, size) == 0 &&
		    base64_read(bytes_make(line.data + size, line.size - size), ret, SIGNED_SIZE) &&
		    memcmp(ret, hash, HASH_SIZE) == 0)
			return true;
	}
	return false;
}

int note_check(struct bytes text, struct reader *r, const struct signature_key *key, const char *name)
{
	uint8_t hash[HASH_SIZE], signature[SIGNED_SIZE];
	int e = key_hash(key, name, hash);

	if (e < 0)
		return e;
	if (note_line(r).size || !r->ok || !find_signature(r, name, hash, signature))
		return 0;
	return signature_is_valid(key, text, signature + HASH_SIZE);
}

int note_write_key(struct writer *w, const struct signature_key *key, const char *name)
{
	uint8_t hash[HASH_SIZE], typed[TYPED_KEY_SIZE] = { ALGORITHM };
	int r = key_hash(key, name, hash);

	if (r < 0)
		return r;
	memcpy(typed + 1, key->bytes, SIGNATURE_KEY_SIZE);
	write_format(w, "%s+%02x%02x%02x%02x+", name, hash[0], hash[1], hash[2], hash[3]);
	base64_write(w, bytes_make(typed, TYPED_KEY_SIZE));
	return 0;
}

int note_read_key(struct signature_key *ret, struct bytes text, const char *name)
{
	size_t letters = BASE64_SIZE(TYPED_KEY_SIZE);
	char again[NOTE_NAME + 16 + BASE64_SIZE(TYPED_KEY_SIZE)];
	struct writer w = writer(again, sizeof(again));
	uint8_t typed[TYPED_KEY_SIZE];
	struct signature_key key;
	int r;

	if (text.size < letters ||
	    !base64_read(bytes_make(text.data + text.size - letters, letters), typed, TYPED_KEY_SIZE) ||
	    typed[0] != ALGORITHM)
		return 0;
	memcpy(key.bytes, typed + 1, SIGNATURE_KEY_SIZE);
	r = note_write_key(&w, &key, name);
	if (r < 0)
		return r;
	if (!w.ok || !bytes_equal(written(&w), text))
		return 0;
	*ret = key;
	return 1;
}

bool note_number(struct bytes text, uint32_t *ret)
{
	uint64_t n = 0;

	if (text.size == 0 || text.size > 10 || text.data[0] == '0')
		return false;
	for (size_t i = 0; i < text.size; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
		n = n * 10 + (uint64_t)(text.data[i] - '0');
	}
	*ret = (uint32_t)n;
	return n <= INT32_MAX;
}
