/* SPDX-License-Identifier: EUPL-1.2 */
/* Checkpoints as signed notes (c2sp.org/tlog-checkpoint, c2sp.org/signed-note). In conclaved and conclavectl. */
#include "server/proof/checkpoint.h"

#include <errno.h>

#include "server/wire/base64.h"

#define ALGORITHM 1	/* signed-note: Ed25519 */
#define KEY_HASH_SIZE 4
#define MARK "\xe2\x80\x94 "	/* an em dash: a line below the text that begins so is a signature */
#define SIGNED_SIZE (KEY_HASH_SIZE + SIGNATURE_SIZE)
#define TEXT_SIZE 160

int server_id(const struct signature_key *key, char ret[static SERVER_ID_SIZE])
{
	struct writer w = writer(ret, SERVER_ID_SIZE);
	struct digest d;
	int r = digest_sha256(bytes_make(key->bytes, SIGNATURE_KEY_SIZE), &d);

	for (size_t i = 0; r == 0 && i < (SERVER_ID_SIZE - 1) / 2; i++)
		write_format(&w, "%02x", d.bytes[i]);
	write_u8(&w, 0);
	return r;
}

/* signed-note: the first bytes of SHA-256(name || newline || algorithm || key). */
static int key_hash(const struct signature_key *key, const char *id, uint8_t ret[static KEY_HASH_SIZE])
{
	uint8_t record[64 + SIGNATURE_KEY_SIZE];
	struct writer w = writer(record, sizeof(record));
	struct digest d;
	int r;

	write_format(&w, "conclave/%s\n", id);
	write_u8(&w, ALGORITHM);
	write_bytes(&w, bytes_make(key->bytes, SIGNATURE_KEY_SIZE));
	r = digest_sha256(written(&w), &d);
	if (r == 0)
		memcpy(ret, d.bytes, KEY_HASH_SIZE);
	return r;
}

static void write_text(struct writer *w, const struct checkpoint *c, const char *id, const char *meeting)
{
	write_format(w, "conclave/%s/meeting/%s\n%u\n", id, meeting, c->size);
	base64_write(w, bytes_make(c->root.bytes, DIGEST_SIZE));
	write_u8(w, '\n');
}

static void write_signature(struct writer *w, const char *id, const uint8_t *signature)
{
	write_format(w, MARK "conclave/%s ", id);
	base64_write(w, bytes_make(signature, SIGNED_SIZE));
	write_u8(w, '\n');
}

int checkpoint_sign(const struct checkpoint *c, const struct signer *s, const char *meeting,
	char note[static CHECKPOINT_NOTE_SIZE])
{
	struct writer w = writer(note, CHECKPOINT_NOTE_SIZE);
	uint8_t signature[SIGNED_SIZE];
	char id[SERVER_ID_SIZE];
	int r;

	r = server_id(signer_public(s), id);
	if (r == 0)
		r = key_hash(signer_public(s), id, signature);
	if (r < 0)
		return r;
	write_text(&w, c, id, meeting);
	r = signer_sign(s, written(&w), signature + KEY_HASH_SIZE);
	if (r < 0)
		return r;
	write_u8(&w, '\n');
	write_signature(&w, id, signature);
	write_u8(&w, 0);
	return w.ok ? 0 : -EMSGSIZE;
}

/* The bytes up to the next newline, which is passed over. */
static struct bytes read_line(struct reader *r)
{
	const uint8_t *end = read_left(r) ? memchr(r->at, '\n', read_left(r)) : NULL;
	struct bytes line = read_bytes(r, end ? (size_t)(end - r->at) : SIZE_MAX);

	read_skip(r, 1);
	return line;
}

/* Decimal, without a leading zero. */
static bool read_size(struct bytes text, uint32_t *ret)
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

static bool read_text(struct reader *r, struct checkpoint *c, const char *id, const char *meeting)
{
	char origin[TEXT_SIZE];
	struct writer w = writer(origin, sizeof(origin));

	write_format(&w, "conclave/%s/meeting/%s", id, meeting);
	return w.ok && bytes_equal(read_line(r), written(&w)) && read_size(read_line(r), &c->size) &&
		base64_read(read_line(r), c->root.bytes, DIGEST_SIZE) && r->ok;
}

/* The signature line that bears our name and key. */
static bool find_signature(struct reader *r, const char *id, const uint8_t *hash, uint8_t *ret)
{
	char name[64];
	struct writer w = writer(name, sizeof(name));
	size_t size;

	write_format(&w, MARK "conclave/%s ", id);
	size = written(&w).size;
	while (r->ok && read_left(r)) {
		struct bytes line = read_line(r);

		if (r->ok && line.size > size && memcmp(line.data, name, size) == 0 &&
		    base64_read(bytes_make(line.data + size, line.size - size), ret, SIGNED_SIZE) &&
		    memcmp(ret, hash, KEY_HASH_SIZE) == 0)
			return true;
	}
	return false;
}

/* … and how many bytes checkpoint_sign() would have made it. */
static int read_note(struct checkpoint *ret, struct bytes note, const struct signature_key *key, const char *meeting,
	size_t *own_size)
{
	uint8_t hash[KEY_HASH_SIZE], signature[SIGNED_SIZE];
	struct reader r = reader(note);
	struct checkpoint c = { 0 };
	char id[SERVER_ID_SIZE];
	struct bytes text;
	int e;

	e = server_id(key, id);
	if (e == 0)
		e = key_hash(key, id, hash);
	if (e < 0)
		return e;
	if (!read_text(&r, &c, id, meeting))
		return 0;
	text = bytes_make(note.data, (size_t)(r.at - note.data));
	if (read_line(&r).size || !r.ok || !find_signature(&r, id, hash, signature))
		return 0;
	if (!signature_is_valid(key, text, signature + KEY_HASH_SIZE))
		return 0;
	*own_size = text.size + 1 + strlen(MARK "conclave/ ") + strlen(id) + BASE64_SIZE(SIGNED_SIZE) + 1;
	*ret = c;
	return 1;
}

int checkpoint_read(struct checkpoint *ret, struct bytes note, const struct signature_key *key, const char *meeting)
{
	size_t own_size;

	return read_note(ret, note, key, meeting, &own_size);
}

int checkpoint_read_own(struct checkpoint *ret, struct bytes note, const struct signature_key *key,
	const char *meeting)
{
	struct checkpoint c;
	size_t own_size = 0;
	int r = read_note(&c, note, key, meeting, &own_size);

	/* With nothing below, the signature that was found is the first line that stands there. */
	if (r > 0 && note.size != own_size)
		r = 0;
	if (r > 0)
		*ret = c;
	return r;
}
