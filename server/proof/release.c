/* SPDX-License-Identifier: EUPL-1.2 */
/* The note beside manifest.json. In conclavectl. */
#include "server/proof/release.h"

int release_hash(struct bytes content, char ret[static RELEASE_HASH_SIZE])
{
	struct writer w = writer(ret, RELEASE_HASH_SIZE);
	struct digest d;
	int r = digest_sha256(content, &d);

	for (size_t i = 0; r == 0 && i < DIGEST_SIZE; i++)
		write_format(&w, "%02x", d.bytes[i]);
	write_u8(&w, 0);
	return r;
}

static int write_text(struct writer *w, struct bytes manifest)
{
	char hash[RELEASE_HASH_SIZE];
	int r = release_hash(manifest, hash);

	write_format(w, RELEASE_KEY_NAME "\nmanifest.json\n%s\n", hash);
	return r;
}

int release_sign(struct bytes manifest, const struct signer *s, char note[static RELEASE_NOTE_SIZE])
{
	struct writer w = writer(note, RELEASE_NOTE_SIZE);
	int r = write_text(&w, manifest);

	if (r == 0)
		r = note_sign(&w, s, RELEASE_KEY_NAME);
	write_u8(&w, 0);
	return r;
}

int release_check(struct bytes manifest, struct bytes note, const struct signature_key *key)
{
	char text[RELEASE_NOTE_SIZE];
	struct writer w = writer(text, sizeof(text));
	struct reader r = reader(note);
	int e = write_text(&w, manifest);

	if (e < 0)
		return e;
	if (!bytes_equal(read_bytes(&r, written(&w).size), written(&w)) || !r.ok)
		return 0;
	return note_check(written(&w), &r, key, RELEASE_KEY_NAME);
}
