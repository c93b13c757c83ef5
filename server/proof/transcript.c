/* SPDX-License-Identifier: EUPL-1.2 */
/* The lines of an exported meeting, both ways. In conclaved and conclavectl. */
#include "server/proof/transcript.h"

#include <errno.h>

#include "server/wire/base64.h"
#include "server/wire/text.h"
#include "server/wire/wire.h"

#define WORD_MOST 64	/* of a kind, or of base64 of 32 bytes */
#define DIGEST_LETTERS BASE64_SIZE(DIGEST_SIZE)
#define SALT_LETTERS BASE64_SIZE(EVENT_SALT_SIZE)

static const struct wire_type head_type[] = { { "head", (const struct wire_field[]){
	{ .name = "format", .kind = WIRE_LINE, .least = 1, .most = WORD_MOST },
	{ .name = "server", .kind = WIRE_LINE, .least = SERVER_ID_SIZE - 1, .most = SERVER_ID_SIZE - 1 },
	{ .name = "key", .kind = WIRE_LINE, .least = DIGEST_LETTERS, .most = DIGEST_LETTERS },
	{ .name = NULL } } }, { NULL, NULL } };

static const struct wire_type meeting_type[] = { { "meeting", (const struct wire_field[]){
	{ .name = "id", .kind = WIRE_LETTERS, .most = MEETING_LETTERS },
	{ .name = "title", .kind = WIRE_LINE, .least = 1, .most = LIMIT_NAME },
	{ .name = "body", .kind = WIRE_LINE, .most = LIMIT_NAME },
	{ .name = "language", .kind = WIRE_LETTERS, .most = 2 },
	{ .name = "starts", .kind = WIRE_TIME },
	{ .name = "salt", .kind = WIRE_LINE, .least = SALT_LETTERS, .most = SALT_LETTERS },
	{ .name = NULL } } }, { NULL, NULL } };

static const struct wire_type person_type[] = { { "person", (const struct wire_field[]){
	{ .name = "person", .kind = WIRE_INTEGER, .least = 1, .most = LIMIT_PEOPLE_PER_MEETING },
	{ .name = "name", .kind = WIRE_LINE, .least = 1, .most = LIMIT_NAME },
	{ .name = "email", .kind = WIRE_LINE, .least = 1, .most = LIMIT_EMAIL },
	{ .name = "office", .kind = WIRE_WORD, .words = words_offices },
	{ .name = "party", .kind = WIRE_LINE, .most = LIMIT_NAME },
	{ .name = "salt", .kind = WIRE_LINE, .least = SALT_LETTERS, .most = SALT_LETTERS },
	{ .name = NULL } } }, { NULL, NULL } };

static const struct wire_type item_type[] = { { "item", (const struct wire_field[]){
	{ .name = "item", .kind = WIRE_INTEGER, .least = 1, .most = LIMIT_ITEMS },
	{ .name = "title", .kind = WIRE_LINE, .least = 1, .most = LIMIT_NAME },
	{ .name = "salt", .kind = WIRE_LINE, .least = SALT_LETTERS, .most = SALT_LETTERS },
	{ .name = NULL } } }, { NULL, NULL } };

static const struct wire_type note_type[] = { { "note", (const struct wire_field[]){
	{ .name = "note", .kind = WIRE_TEXT, .most = 2 * EPOCH_NOTE_SIZE },
	{ .name = NULL } } }, { NULL, NULL } };

static const struct wire_type entry_type[] = { { "entry", (const struct wire_field[]){
	{ .name = "seq", .kind = WIRE_INTEGER, .least = 1, .most = WIRE_ID_MOST },
	{ .name = "at", .kind = WIRE_TIME },
	{ .name = "kind", .kind = WIRE_LINE, .least = 1, .most = WORD_MOST },
	{ .name = "by", .kind = WIRE_INTEGER, .most = LIMIT_PEOPLE_PER_MEETING },
	{ .name = "body", .kind = WIRE_TEXT, .most = 2 * EVENT_BODY_SIZE },
	{ .name = "leaf", .kind = WIRE_LINE, .least = DIGEST_LETTERS, .most = DIGEST_LETTERS },
	{ .name = NULL } } }, { NULL, NULL } };

static void write_base64(struct json *j, const char *key, const void *data, size_t size)
{
	char text[WORD_MOST];
	struct writer w = writer(text, sizeof(text));

	base64_write(&w, bytes_make(data, size));
	json_bytes(j, key, written(&w));
}

static bool read_base64(const struct wire_node *n, const char *name, uint8_t *ret, size_t size)
{
	return base64_read(bytes_of_string(wire_text(n, name)), ret, size);
}

static void write_end(struct writer *w, bool more)
{
	if (more)
		write_u8(w, ',');
}

void transcript_write_head(struct writer *w, const char *server, const struct signature_key *key)
{
	struct json j = json_writer(w);

	json_open_object(&j, NULL);
	json_text(&j, "format", TRANSCRIPT_FORMAT);
	json_text(&j, "server", server);
	write_base64(&j, "key", key->bytes, SIGNATURE_KEY_SIZE);
	write_end(w, true);	/* the document goes on */
}

void transcript_write_meeting(struct writer *w, const struct meeting_row *m)
{
	struct json j = json_writer(w);

	json_open_object(&j, "meeting");
	json_text(&j, "id", m->id);
	json_text(&j, "title", m->title);
	json_text(&j, "body", m->body);
	json_text(&j, "language", m->language);
	json_time(&j, "starts", m->starts);
	write_base64(&j, "salt", m->salt, EVENT_SALT_SIZE);
	json_close_object(&j);
	write_end(w, true);
}

void transcript_write_person(struct writer *w, const struct invitation_row *p, bool more)
{
	struct json j = json_writer(w);

	json_open_object(&j, NULL);
	json_number(&j, "person", p->person);
	json_text(&j, "name", p->name);
	json_text(&j, "email", p->email);
	json_text(&j, "office", office_word(p->office));
	json_text(&j, "party", p->party);
	write_base64(&j, "salt", p->salt, EVENT_SALT_SIZE);
	json_close_object(&j);
	write_end(w, more);
}

void transcript_write_item(struct writer *w, const struct item_row *i, bool more)
{
	struct json j = json_writer(w);

	json_open_object(&j, NULL);
	json_number(&j, "item", i->item);
	json_text(&j, "title", i->title);
	write_base64(&j, "salt", i->salt, EVENT_SALT_SIZE);
	json_close_object(&j);
	write_end(w, more);
}

void transcript_write_note(struct writer *w, const char *note, bool more)
{
	struct json j = json_writer(w);

	json_open_object(&j, NULL);
	json_text(&j, "note", note);
	json_close_object(&j);
	write_end(w, more);
}

void transcript_write_entry(struct writer *w, const struct leaf *l, const struct digest *hash, bool more)
{
	struct json j = json_writer(w);

	json_open_object(&j, NULL);
	json_number(&j, "seq", l->seq);
	json_time(&j, "at", l->wall);
	json_text(&j, "kind", l->kind);
	json_number(&j, "by", l->by);
	json_bytes(&j, "body", l->body);
	write_base64(&j, "leaf", hash->bytes, DIGEST_SIZE);
	json_close_object(&j);
	write_end(w, more);
}

/* The object of a line between what stands before and after it. 1, 0, -ENOMEM. */
static int parse(struct wire **ret, struct bytes text, const struct wire_type *type)
{
	struct wire_problem problem;
	int r = wire_parse(ret, text, NULL, type, &problem);

	return r == -EBADMSG ? 0 : r < 0 ? r : 1;
}

static struct bytes without_comma(struct bytes line, bool *more)
{
	*more = line.size && line.data[line.size - 1] == ',';
	return bytes_make(line.data, line.size - *more);
}

/* Everything that the parser is content with and the writer does not write: other white space, other order, other
 * spelling. */
static bool is_as_written(struct bytes line, const struct writer *w)
{
	return w->ok && bytes_equal(line, written(w));
}

int transcript_read_head(struct bytes line, char server[static SERVER_ID_SIZE], struct signature_key *key)
{
	_cleanup_(wire_freep) struct wire *hold = NULL;
	char text[512];
	struct writer w = writer(text, sizeof(text));
	bool more;
	int r;

	write_bytes(&w, without_comma(line, &more));
	write_u8(&w, '}');
	r = w.ok ? parse(&hold, written(&w), head_type) : 0;
	if (r <= 0)
		return r;
	if (!read_base64(wire_root(hold), "key", key->bytes, SIGNATURE_KEY_SIZE))
		return 0;
	memcpy(server, wire_text(wire_root(hold), "server"), SERVER_ID_SIZE - 1);
	server[SERVER_ID_SIZE - 1] = '\0';
	w = writer(text, sizeof(text));
	transcript_write_head(&w, wire_text(wire_root(hold), "server"), key);
	return is_as_written(line, &w);
}

static void copy_line(char *to, size_t size, const char *from)
{
	size_t n = MIN(strlen(from), size - 1);

	memcpy(to, from, n);
	to[n] = '\0';
}

int transcript_read_meeting(struct bytes line, struct meeting_row *ret)
{
	static const char name[] = "\"meeting\":";
	_cleanup_(wire_freep) struct wire *hold = NULL;
	char text[TRANSCRIPT_LINE_SIZE];
	struct writer w = writer(text, sizeof(text));
	struct meeting_row m = { 0 };
	const struct wire_node *n;
	bool more;
	int r;

	if (line.size < strlen(name) || memcmp(line.data, name, strlen(name)) != 0)
		return 0;
	r = parse(&hold, without_comma(bytes_make(line.data + strlen(name), line.size - strlen(name)), &more),
		meeting_type);
	if (r <= 0)
		return r;
	n = wire_root(hold);
	copy_line(m.id, sizeof(m.id), wire_text(n, "id"));
	copy_line(m.title, sizeof(m.title), wire_text(n, "title"));
	copy_line(m.body, sizeof(m.body), wire_text(n, "body"));
	copy_line(m.language, sizeof(m.language), wire_text(n, "language"));
	m.starts = wire_time(n, "starts");
	if (!read_base64(n, "salt", m.salt, sizeof(m.salt)))
		return 0;
	transcript_write_meeting(&w, &m);
	*ret = m;
	return is_as_written(line, &w);
}

int transcript_read_person(struct bytes line, struct invitation_row *ret, bool *more)
{
	_cleanup_(wire_freep) struct wire *hold = NULL;
	char text[TRANSCRIPT_LINE_SIZE];
	struct writer w = writer(text, sizeof(text));
	struct invitation_row p = { 0 };
	const struct wire_node *n;
	int r;

	r = parse(&hold, without_comma(line, more), person_type);
	if (r <= 0)
		return r;
	n = wire_root(hold);
	p.person = (uint32_t)wire_integer(n, "person");
	copy_line(p.name, sizeof(p.name), wire_text(n, "name"));
	copy_line(p.email, sizeof(p.email), wire_text(n, "email"));
	p.office = (enum office)wire_word(n, "office", words_offices);
	copy_line(p.party, sizeof(p.party), wire_text(n, "party"));
	if (!read_base64(n, "salt", p.salt, sizeof(p.salt)))
		return 0;
	transcript_write_person(&w, &p, *more);
	*ret = p;
	return is_as_written(line, &w);
}

int transcript_read_item(struct bytes line, struct item_row *ret, bool *more)
{
	_cleanup_(wire_freep) struct wire *hold = NULL;
	char text[TRANSCRIPT_LINE_SIZE];
	struct writer w = writer(text, sizeof(text));
	struct item_row i = { 0 };
	const struct wire_node *n;
	int r;

	r = parse(&hold, without_comma(line, more), item_type);
	if (r <= 0)
		return r;
	n = wire_root(hold);
	i.item = (uint32_t)wire_integer(n, "item");
	copy_line(i.title, sizeof(i.title), wire_text(n, "title"));
	if (!read_base64(n, "salt", i.salt, sizeof(i.salt)))
		return 0;
	transcript_write_item(&w, &i, *more);
	*ret = i;
	return is_as_written(line, &w);
}

static int read_note(struct bytes line, char *note, size_t size, bool *more)
{
	_cleanup_(wire_freep) struct wire *hold = NULL;
	char text[TRANSCRIPT_LINE_SIZE];
	struct writer w = writer(text, sizeof(text));
	int r;

	r = parse(&hold, without_comma(line, more), note_type);
	if (r <= 0)
		return r;
	copy_line(note, size, wire_text(wire_root(hold), "note"));
	transcript_write_note(&w, note, *more);
	return is_as_written(line, &w);
}

int transcript_read_epoch(struct bytes line, char note[static EPOCH_NOTE_SIZE], bool *more)
{
	return read_note(line, note, EPOCH_NOTE_SIZE, more);
}

int transcript_read_checkpoint(struct bytes line, char note[static CHECKPOINT_NOTE_SIZE], bool *more)
{
	return read_note(line, note, CHECKPOINT_NOTE_SIZE, more);
}

int transcript_read_entry(struct bytes line, struct wire **hold, struct leaf *ret, struct digest *hash, bool *more)
{
	char text[TRANSCRIPT_LINE_SIZE];
	struct writer w = writer(text, sizeof(text));
	_cleanup_(wire_freep) struct wire *parsed = NULL;
	const struct wire_node *n;
	struct leaf l = { 0 };
	int r;

	r = parse(&parsed, without_comma(line, more), entry_type);
	if (r <= 0)
		return r;
	n = wire_root(parsed);
	l.seq = (uint32_t)wire_integer(n, "seq");
	l.wall = wire_time(n, "at");
	l.kind = wire_text(n, "kind");
	l.by = (uint32_t)wire_integer(n, "by");
	l.body = bytes_of_string(wire_text(n, "body"));
	if (!read_base64(n, "leaf", hash->bytes, DIGEST_SIZE))
		return 0;
	transcript_write_entry(&w, &l, hash, *more);
	if (!is_as_written(line, &w))
		return 0;
	*ret = l;
	*hold = take(parsed);
	return 1;
}
