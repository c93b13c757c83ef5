/* SPDX-License-Identifier: EUPL-1.2 */
/* Writing and reading the notes with which a key is handed on. In conclaved and conclavectl. */
#include "server/proof/epoch.h"

#include <errno.h>

#include "server/wire/base64.h"

#define ORIGIN_SIZE 64

int epoch_meeting(const char *meeting, struct digest *ret)
{
	char text[128];
	struct writer w = writer(text, sizeof(text));

	write_format(&w, "conclave meeting 1\n%s", meeting);
	return w.ok ? digest_sha256(written(&w), ret) : -ENOMEM;
}

static void write_origin(struct writer *w, const char *server)
{
	write_format(w, "conclave/%s/epoch", server);
}

static void write_head(struct writer *w, const struct epoch_head *h)
{
	base64_write(w, bytes_make(h->meeting.bytes, DIGEST_SIZE));
	write_format(w, " %u ", h->checkpoint.size);
	base64_write(w, bytes_make(h->checkpoint.root.bytes, DIGEST_SIZE));
	write_u8(w, '\n');
}

int epoch_sign(const struct epoch *e, const struct signer *before, const char *server,
	char note[static EPOCH_NOTE_SIZE])
{
	struct writer w = writer(note, EPOCH_NOTE_SIZE);
	char name[NOTE_NAME];
	int r;

	server_key_name(server, name);
	write_origin(&w, server);
	write_format(&w, "\n%u\n", e->number);
	base64_write(&w, bytes_make(e->key.bytes, SIGNATURE_KEY_SIZE));
	write_u8(&w, '\n');
	for (uint32_t i = 0; i < e->n; i++)
		write_head(&w, &e->heads[i]);
	r = note_sign(&w, before, name);
	write_u8(&w, 0);
	return r < 0 ? r : w.ok ? 0 : -EMSGSIZE;
}

static bool read_head(struct epoch_head *ret, struct bytes line)
{
	size_t hash = BASE64_SIZE(DIGEST_SIZE), ends = 2 * (hash + 1);

	return line.size > ends && line.data[hash] == ' ' && line.data[line.size - hash - 1] == ' ' &&
		base64_read(bytes_make(line.data, hash), ret->meeting.bytes, DIGEST_SIZE) &&
		note_number(bytes_make(line.data + hash + 1, line.size - ends), &ret->checkpoint.size) &&
		base64_read(bytes_make(line.data + line.size - hash, hash), ret->checkpoint.root.bytes, DIGEST_SIZE);
}

/* Up to the empty line. */
static bool read_heads(struct epoch *e, struct reader *r)
{
	struct reader next = *r;
	struct bytes line = note_line(&next);

	while (next.ok && line.size) {
		if (e->n == EPOCH_HEADS || !read_head(&e->heads[e->n++], line))
			return false;
		*r = next;
		line = note_line(&next);
	}
	return next.ok;
}

static bool read_text(struct epoch *e, struct reader *r, const char *server)
{
	char origin[ORIGIN_SIZE];
	struct writer w = writer(origin, sizeof(origin));

	write_origin(&w, server);
	return w.ok && bytes_equal(note_line(r), written(&w)) && note_number(note_line(r), &e->number) &&
		base64_read(note_line(r), e->key.bytes, SIGNATURE_KEY_SIZE) && r->ok && read_heads(e, r);
}

int epoch_read(struct epoch *ret, struct bytes note, const struct signature_key *before, const char *server)
{
	struct reader r = reader(note);
	struct bytes text;
	char name[NOTE_NAME];
	int e;

	ret->n = ret->number = 0;
	server_key_name(server, name);
	if (!read_text(ret, &r, server))
		return 0;
	text = bytes_make(note.data, (size_t)(r.at - note.data));
	e = note_check(text, &r, before, name);
	return e <= 0 ? e : note.size == text.size + note_size(name);
}

const struct epoch_head *epoch_find(const struct epoch *e, const struct digest *meeting)
{
	for (uint32_t i = 0; i < e->n; i++)
		if (digest_equal(&e->heads[i].meeting, meeting))
			return &e->heads[i];
	return NULL;
}
