/* SPDX-License-Identifier: EUPL-1.2 */
/* Checkpoints as signed notes (c2sp.org/tlog-checkpoint, c2sp.org/signed-note). In conclaved and conclavectl. */
#include "server/proof/checkpoint.h"

#include <errno.h>
#include <stdio.h>

#include "server/proof/note.h"
#include "server/wire/base64.h"

#define TEXT_SIZE 160

int server_id(const struct signature_key *first, char ret[static SERVER_ID_SIZE])
{
	struct writer w = writer(ret, SERVER_ID_SIZE);
	struct digest d;
	int r = digest_sha256(bytes_make(first->bytes, SIGNATURE_KEY_SIZE), &d);

	for (size_t i = 0; r == 0 && i < (SERVER_ID_SIZE - 1) / 2; i++)
		write_format(&w, "%02x", d.bytes[i]);
	write_u8(&w, 0);
	return r;
}

void server_key_name(const char *server, char ret[static NOTE_NAME])
{
	(void)snprintf(ret, NOTE_NAME, "conclave/%s", server);
}

static void write_text(struct writer *w, const struct checkpoint *c, const char *id, const char *meeting)
{
	write_format(w, "conclave/%s/meeting/%s\n%u\n", id, meeting, c->size);
	base64_write(w, bytes_make(c->root.bytes, DIGEST_SIZE));
	write_u8(w, '\n');
}

int checkpoint_sign(const struct checkpoint *c, const struct signer *s, const char *server, const char *meeting,
	char note[static CHECKPOINT_NOTE_SIZE])
{
	struct writer w = writer(note, CHECKPOINT_NOTE_SIZE);
	char name[NOTE_NAME];
	int r;

	server_key_name(server, name);
	write_text(&w, c, server, meeting);
	r = note_sign(&w, s, name);
	write_u8(&w, 0);
	return r < 0 ? r : w.ok ? 0 : -EMSGSIZE;
}

static bool read_text(struct reader *r, struct checkpoint *c, const char *id, const char *meeting)
{
	char origin[TEXT_SIZE];
	struct writer w = writer(origin, sizeof(origin));

	write_format(&w, "conclave/%s/meeting/%s", id, meeting);
	return w.ok && bytes_equal(note_line(r), written(&w)) && note_number(note_line(r), &c->size) &&
		base64_read(note_line(r), c->root.bytes, DIGEST_SIZE) && r->ok;
}

/* … and how many bytes checkpoint_sign() would have made it. */
static int read_note(struct checkpoint *ret, struct bytes note, const struct signature_key *key, const char *server,
	const char *meeting, size_t *own_size)
{
	struct reader r = reader(note);
	struct checkpoint c = { 0 };
	char name[NOTE_NAME];
	struct bytes text;
	int e;

	server_key_name(server, name);
	if (!read_text(&r, &c, server, meeting))
		return 0;
	text = bytes_make(note.data, (size_t)(r.at - note.data));
	e = note_check(text, &r, key, name);
	if (e <= 0)
		return e;
	*own_size = text.size + note_size(name);
	*ret = c;
	return 1;
}

int checkpoint_read(struct checkpoint *ret, struct bytes note, const struct signature_key *key, const char *server,
	const char *meeting)
{
	size_t own_size;

	return read_note(ret, note, key, server, meeting, &own_size);
}

int checkpoint_read_own(struct checkpoint *ret, struct bytes note, const struct signature_key *key,
	const char *server, const char *meeting)
{
	struct checkpoint c;
	size_t own_size = 0;
	int r = read_note(&c, note, key, server, meeting, &own_size);

	/* With nothing below, the signature that was found is the first line that stands there. */
	if (r > 0 && note.size != own_size)
		r = 0;
	if (r > 0)
		*ret = c;
	return r;
}
