/* SPDX-License-Identifier: EUPL-1.2 */
/* Finding, writing and checking the proof of two histories. In conclavectl. */
#include "server/proof/histories.h"

#include <errno.h>

#include "server/proof/audit.h"
#include "server/wire/base64.h"
#include "server/wire/wire.h"

#define KEY_LETTERS BASE64_SIZE(SIGNATURE_KEY_SIZE)
#define HASHES_LETTERS BASE64_SIZE(TREE_PROOF_MOST * DIGEST_SIZE)
#define EPOCHS_MOST 1000000

static const struct wire_field note_fields[] = {
	{ .name = "note", .kind = WIRE_TEXT, .most = 2 * EPOCH_NOTE_SIZE }, { .name = NULL }
};
static const struct wire_type file_type[] = { { "histories", (const struct wire_field[]){
	{ .name = "format", .kind = WIRE_LINE, .least = 1, .most = sizeof(HISTORIES_FORMAT) },
	{ .name = "server", .kind = WIRE_LINE, .least = SERVER_ID_SIZE - 1, .most = SERVER_ID_SIZE - 1 },
	{ .name = "key", .kind = WIRE_LINE, .least = KEY_LETTERS, .most = KEY_LETTERS },
	{ .name = "meeting", .kind = WIRE_LETTERS, .most = MEETING_LETTERS },
	{ .name = "epoch", .kind = WIRE_INTEGER, .most = WIRE_ID_MOST },
	{ .name = "signer", .kind = WIRE_LINE, .least = KEY_LETTERS, .most = KEY_LETTERS },
	{ .name = "epochs", .kind = WIRE_LIST, .most = EPOCHS_MOST, .fields = note_fields },
	{ .name = "first", .kind = WIRE_TEXT, .most = 2 * CHECKPOINT_NOTE_SIZE },
	{ .name = "second", .kind = WIRE_TEXT, .most = 2 * CHECKPOINT_NOTE_SIZE },
	{ .name = "beginning", .kind = WIRE_TEXT, .most = BASE64_SIZE(DIGEST_SIZE) },
	{ .name = "hashes", .kind = WIRE_TEXT, .most = HASHES_LETTERS },
	{ .name = NULL } } }, { NULL, NULL } };

/* The lines behind `mark`, up to the next mark or the end of the text. */
static struct reader part_of(struct bytes transcript, const char *mark)
{
	struct reader r = reader(transcript);

	while (r.ok && read_left(&r))
		if (bytes_equal_string(note_line(&r), mark))
			return r;
	return (struct reader){ 0 };
}

/* The note of the n-th checkpoint. */
static bool note_at(struct bytes transcript, uint32_t n, char note[static CHECKPOINT_NOTE_SIZE])
{
	struct reader r = part_of(transcript, TRANSCRIPT_CHECKPOINTS);
	struct bytes line = { 0 };
	bool more;

	for (uint32_t i = 0; r.ok && i <= n; i++)
		line = note_line(&r);
	return r.ok && transcript_read_checkpoint(line, note, &more) > 0;
}

static int read_leaves(struct bytes transcript, struct digest *leaves, uint32_t n)
{
	struct reader r = part_of(transcript, TRANSCRIPT_ENTRIES);
	int e = 1;

	for (uint32_t i = 0; e > 0 && i < n; i++) {
		_cleanup_(wire_freep) struct wire *hold = NULL;
		struct leaf l;
		bool more;

		e = transcript_read_entry(note_line(&r), &hold, &l, &leaves[i], &more);
	}
	return e;
}

static int compare(struct histories *h, struct bytes transcript)
{
	uint32_t first = h->checkpoints[0].size, second = h->checkpoints[1].size;
	_cleanup_(mem_freep) struct digest *leaves = mem_new_array(struct digest, second);
	int r = leaves ? read_leaves(transcript, leaves, second) : -ENOMEM;

	if (r <= 0)
		return r;
	r = tree_root_of(leaves, first, &h->beginning);
	if (r == 0 && first < second)
		r = tree_prove_growth(leaves, second, first, &h->growth);
	return r < 0 ? r : !digest_equal(&h->beginning, &h->checkpoints[0].root);
}

static int find(struct histories *h, const struct audit *a, struct bytes transcript, struct bytes kept)
{
	uint32_t at = 0;
	int r = 0;

	for (uint32_t n = 0; r == 0 && n < a->n_epochs; n++)
		r = checkpoint_read(&h->checkpoints[0], kept, &a->epochs[n].key, a->server, a->meeting);
	while (at < a->n_checkpoints && a->checkpoints[at].size < h->checkpoints[0].size)
		at++;
	if (r <= 0 || at == a->n_checkpoints || kept.size >= sizeof(h->first) || !note_at(transcript, at, h->second))
		return MIN(r, 0);
	h->checkpoints[1] = a->checkpoints[at];
	memcpy(h->first, kept.data, kept.size);
	h->first[kept.size] = '\0';
	memcpy(h->server, a->server, sizeof(h->server));
	memcpy(h->meeting, a->meeting, sizeof(h->meeting));
	return compare(h, transcript);
}

int histories_find(struct histories *ret, struct bytes transcript, struct bytes kept)
{
	_cleanup_(mem_freep) struct audit *a = mem_new(struct audit);
	int r;

	if (!a)
		return -ENOMEM;
	*ret = (struct histories){ 0 };
	audit_init(a);
	r = audit_transcript(a, transcript, bytes_make(NULL, 0));
	if (r > 0)
		r = find(ret, a, transcript, kept);
	audit_done(a);
	return r;
}

/* A field on a line of its own. */
static void write_text(struct writer *w, const char *name, const char *text, const char *end)
{
	struct json j = json_writer(w);

	json_text(&j, name, text);
	write_string(w, end);
}

static void write_base64(struct writer *w, const char *name, const void *data, size_t n, const char *end)
{
	char text[HASHES_LETTERS + 1];
	struct writer t = writer(text, sizeof(text));

	base64_write(&t, bytes_make(data, n));
	write_u8(&t, 0);
	write_text(w, name, text, end);
}

/* As they stand in the transcript, the chain from the first key. */
static void write_epochs(struct writer *w, struct bytes transcript)
{
	struct reader r = part_of(transcript, TRANSCRIPT_EPOCHS);
	struct bytes line = r.ok ? note_line(&r) : bytes_make(NULL, 0);

	write_string(w, "\"epochs\":[\n");
	while (r.ok && !bytes_equal_string(line, TRANSCRIPT_CHECKPOINTS)) {
		write_bytes(w, line);
		write_u8(w, '\n');
		line = note_line(&r);
	}
	write_string(w, "],\n");
}

void histories_write(const struct histories *h, struct bytes transcript, struct writer *w)
{
	bool longer = h->checkpoints[0].size < h->checkpoints[1].size;
	struct reader r = reader(transcript);
	struct signature_key key = { 0 };
	char server[SERVER_ID_SIZE];

	(void)transcript_read_head(note_line(&r), server, &key);
	write_u8(w, '{');
	write_text(w, "format", HISTORIES_FORMAT, ",\n");
	write_text(w, "server", h->server, ",\n");
	write_base64(w, "key", key.bytes, sizeof(key.bytes), ",\n");
	write_text(w, "meeting", h->meeting, ",\n\"epoch\":0,\n");
	write_base64(w, "signer", key.bytes, sizeof(key.bytes), ",\n");
	write_epochs(w, transcript);
	write_text(w, "first", h->first, ",\n");
	write_text(w, "second", h->second, ",\n");
	write_base64(w, "beginning", h->beginning.bytes, longer ? DIGEST_SIZE : 0, ",\n");
	write_base64(w, "hashes", h->growth.hashes, longer ? h->growth.n * DIGEST_SIZE : 0, "}\n");
}

bool histories_is(struct bytes text)
{
	return text.size > 0 &&
		memmem(text.data, MIN(text.size, (size_t)64), HISTORIES_FORMAT, strlen(HISTORIES_FORMAT));
}

static bool read_base64(const struct wire_node *n, const char *name, uint8_t *ret, size_t size)
{
	return base64_read(bytes_of_string(wire_text(n, name)), ret, size);
}

/* What the file says of the checkpoints, with a key of the chain so far. */
static int try_key(struct histories *h, const struct signature_key *key, bool found[static 2])
{
	const char *const notes[] = { h->first, h->second };
	int r = 0;

	for (int i = 0; r >= 0 && i < 2; i++) {
		if (found[i])
			continue;
		r = checkpoint_read(&h->checkpoints[i], bytes_of_string(notes[i]), key, h->server, h->meeting);
		found[i] = r > 0;
	}
	return MIN(r, 0);
}

static int walk_keys(struct histories *h, const struct wire_node *n, bool found[static 2])
{
	_cleanup_(mem_freep) struct epoch *e = mem_new(struct epoch);
	struct signature_key key;
	int r;

	if (!e)
		return -ENOMEM;
	if (!read_base64(n, "signer", key.bytes, sizeof(key.bytes)))
		return 0;
	r = try_key(h, &key, found);
	for (size_t i = 0; r == 0 && i < wire_count(n, "epochs"); i++) {
		const char *note = wire_text(wire_item(n, "epochs", i), "note");

		r = epoch_read(e, bytes_of_string(note), &key, h->server);
		if (r <= 0 || e->number != h->epoch + 1 + i)
			return MIN(r, 0);
		key = e->key;
		r = try_key(h, &key, found);
	}
	return r < 0 ? r : found[0] && found[1];
}

/* The first key names the server; a chain that begins there begins with it. */
static int check_names(struct histories *h, const struct wire_node *n)
{
	struct signature_key first;
	char server[SERVER_ID_SIZE];
	int r;

	if (!read_base64(n, "key", first.bytes, sizeof(first.bytes)))
		return 0;
	r = server_id(&first, server);
	if (r < 0)
		return r;
	return memcmp(server, h->server, sizeof(server)) == 0 &&
		(h->epoch > 0 || strcmp(wire_text(n, "key"), wire_text(n, "signer")) == 0);
}

static int check_roots(struct histories *h, const struct wire_node *n)
{
	const struct checkpoint *first = &h->checkpoints[0], *second = &h->checkpoints[1];
	const char *hashes = wire_text(n, "hashes");

	if (first->size == second->size)
		return !digest_equal(&first->root, &second->root);
	while (h->growth.n < TREE_PROOF_MOST && BASE64_SIZE(h->growth.n * DIGEST_SIZE) < strlen(hashes))
		h->growth.n++;
	if (first->size > second->size || !read_base64(n, "beginning", h->beginning.bytes, DIGEST_SIZE) ||
	    !base64_read(bytes_of_string(hashes), h->growth.hashes[0].bytes, h->growth.n * DIGEST_SIZE) ||
	    digest_equal(&h->beginning, &first->root))
		return 0;
	return tree_check_growth(&h->growth, first->size, &h->beginning, second->size, &second->root);
}

static bool copy(char *to, size_t size, const char *from)
{
	size_t n = strlen(from);

	if (n < size)
		memcpy(to, from, n + 1);
	return n < size;
}

int histories_check(struct histories *ret, struct bytes text)
{
	_cleanup_(wire_freep) struct wire *hold = NULL;
	struct wire_problem problem;
	const struct wire_node *n;
	bool found[2] = { false };
	int r = wire_parse(&hold, text, NULL, file_type, &problem);

	if (r < 0)
		return r == -EBADMSG ? 0 : r;
	*ret = (struct histories){ 0 };
	n = wire_root(hold);
	ret->epoch = (uint32_t)wire_integer(n, "epoch");
	if (strcmp(wire_text(n, "format"), HISTORIES_FORMAT) != 0 ||
	    !copy(ret->server, sizeof(ret->server), wire_text(n, "server")) ||
	    !copy(ret->meeting, sizeof(ret->meeting), wire_text(n, "meeting")) ||
	    !copy(ret->first, sizeof(ret->first), wire_text(n, "first")) ||
	    !copy(ret->second, sizeof(ret->second), wire_text(n, "second")))
		return 0;
	r = check_names(ret, n);
	if (r > 0)
		r = walk_keys(ret, n, found);
	return r <= 0 ? r : check_roots(ret, n);
}
