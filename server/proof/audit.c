/* SPDX-License-Identifier: EUPL-1.2 */
/* The check of a file of proceedings, line by line. In conclaved and conclavectl. */
#include "server/proof/audit.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "server/wire/text.h"
#include "server/wire/wire.h"

#define FIRST_ROOM 64

int audit_entry(struct tree *t, const struct leaf *l, const struct digest *stored)
{
	struct digest computed;
	int r;

	if (l->seq != t->size + 1)
		return AUDIT_NOT_NEXT;
	r = leaf_hash(l, &computed);
	if (r < 0)
		return r == -EMSGSIZE ? AUDIT_CHANGED : r;
	if (!digest_equal(&computed, stored))
		return AUDIT_CHANGED;
	r = tree_append(t, stored);
	return r < 0 ? r : AUDIT_WHOLE;
}

void audit_init(struct audit *a)
{
	*a = (struct audit){ .part = AUDIT_HEAD };
}

void audit_done(struct audit *a)
{
	mem_free(a->checkpoints);
	mem_free(a->epochs);
	a->checkpoints = NULL;
	a->epochs = NULL;
}

static int fault(struct audit *a, uint32_t bad, const char *format, ...) __attribute__((format(printf, 3, 4)));
static int fault(struct audit *a, uint32_t bad, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(a->why, sizeof(a->why), format, arguments);
	va_end(arguments);
	a->bad = bad;
	return 0;
}

static int fault_in_line(struct audit *a)
{
	return fault(a, a->part == AUDIT_ENTRIES ? a->tree.size + 1 : 0, "line %u is not as it was written", a->line);
}

static int keep_epoch(struct audit *a, const struct audit_epoch *e)
{
	if (a->n_epochs == a->epochs_room) {
		uint32_t room = a->epochs_room ? 2 * a->epochs_room : FIRST_ROOM;
		struct audit_epoch *grown = mem_grow(a->epochs, a->epochs_room * sizeof(*e), room * sizeof(*e));

		if (!grown)
			return -ENOMEM;
		a->epochs = grown;
		a->epochs_room = room;
	}
	a->epochs[a->n_epochs++] = *e;
	return 1;
}

static int read_head(struct audit *a, struct bytes line)
{
	char computed[SERVER_ID_SIZE];
	struct audit_epoch first = { 0 };
	int r = transcript_read_head(line, a->server, &first.key);

	if (r <= 0)
		return r < 0 ? r : fault_in_line(a);
	r = server_id(&first.key, computed);
	if (r == 0)
		r = keep_epoch(a, &first);
	if (r < 0)
		return r;
	if (memcmp(computed, a->server, SERVER_ID_SIZE) != 0)
		return fault(a, 0, "line %u: the key is not that of the server that is named", a->line);
	a->part = AUDIT_MEETING;
	return 1;
}

static int read_meeting(struct audit *a, struct bytes line)
{
	struct meeting_row m;
	char starts[TEXT_TIME_SIZE];
	int r = transcript_read_meeting(line, &m);

	if (r <= 0)
		return r < 0 ? r : fault_in_line(a);
	memcpy(a->meeting, m.id, sizeof(a->meeting));
	text_print_time(m.starts, starts);
	r = event_detail(m.salt, 4, (const char *const[]){ m.title, m.body, m.language, starts }, &a->of_meeting);
	if (r == 0)
		r = epoch_meeting(a->meeting, &a->hash);
	a->part = AUDIT_PEOPLE;
	return r < 0 ? r : 1;
}

static int read_person(struct audit *a, struct bytes line)
{
	struct invitation_row p;
	int r = transcript_read_person(line, &p, &a->more);

	if (r < 0)
		return r;
	if (r == 0 || p.person != a->n_people + 1)
		return fault_in_line(a);
	r = event_detail(p.salt, 4, (const char *const[]){ p.name, p.email, office_word(p.office), p.party },
		&a->of_person[a->n_people++]);
	return r < 0 ? r : 1;
}

static int read_item(struct audit *a, struct bytes line)
{
	struct item_row i;
	int r = transcript_read_item(line, &i, &a->more);

	if (r < 0)
		return r;
	if (r == 0 || i.item != a->n_items + 1)
		return fault_in_line(a);
	r = event_detail(i.salt, 1, (const char *const[]){ i.title }, &a->of_item[a->n_items++]);
	return r < 0 ? r : 1;
}

static int keep_checkpoint(struct audit *a, const struct checkpoint *c)
{
	if (a->n_checkpoints == a->room) {
		uint32_t room = a->room ? 2 * a->room : FIRST_ROOM;
		struct checkpoint *grown = mem_grow(a->checkpoints, a->room * sizeof(*c), room * sizeof(*c));

		if (!grown)
			return -ENOMEM;
		a->checkpoints = grown;
		a->room = room;
	}
	a->checkpoints[a->n_checkpoints++] = *c;
	return 1;
}

static int two_histories(struct audit *a, uint32_t size)
{
	return fault(a, 0, "there are two histories of the first %u entries, and this server signed both", size);
}

/* What is wrong with it. */
static int name_epoch(struct audit *a, struct bytes note, struct epoch *e)
{
	uint32_t number = e->number;
	int r = number >= 1 && number < a->n_epochs ? epoch_read(e, note, &a->epochs[number - 1].key, a->server) : 0;

	if (r != 0)
		return r < 0 ? r : fault(a, 0, "line %u: the key of epoch %u was handed on twice", a->line, number - 1);
	if (number > a->n_epochs)
		return fault(a, 0, "line %u: epoch %u is missing", a->line, a->n_epochs);
	return fault(a, 0, "line %u: the key of epoch %u was not handed on like this by the key before it", a->line,
		a->n_epochs);
}

/* Continuous from the first key: one missing, or another in its place, was not signed with the key before. */
static int check_epoch(struct audit *a, struct bytes note, struct epoch *e)
{
	const struct epoch_head *head;
	struct audit_epoch next = { 0 };
	int r = epoch_read(e, note, &a->epochs[a->n_epochs - 1].key, a->server);

	if (r < 0)
		return r;
	if (r == 0 || e->number != a->n_epochs)
		return name_epoch(a, note, e);
	next.key = e->key;
	head = epoch_find(e, &a->hash);
	if (head)
		next.before = head->checkpoint;
	return keep_epoch(a, &next);
}

static int read_epoch(struct audit *a, struct bytes line)
{
	_cleanup_(mem_freep) char *note = mem_new_array(char, EPOCH_NOTE_SIZE);
	_cleanup_(mem_freep) struct epoch *e = mem_new(struct epoch);
	int r;

	if (!note || !e)
		return -ENOMEM;
	r = transcript_read_epoch(line, note, &a->more);
	if (r <= 0)
		return r < 0 ? r : fault_in_line(a);
	return check_epoch(a, bytes_of_string(note), e);
}

/* The epochs after that of the last checkpoint up to `to`: the first says what that was, the others know of nothing. */
static int check_handed_on(struct audit *a, uint32_t to)
{
	const struct checkpoint *last = a->n_checkpoints ? &a->checkpoints[a->n_checkpoints - 1] : NULL;

	for (uint32_t n = a->epoch + 1; n <= to; n++) {
		const struct checkpoint *before = &a->epochs[n].before;
		bool first = last && n == a->epoch + 1;

		if (first && before->size == last->size && !digest_equal(&before->root, &last->root))
			return two_histories(a, last->size);
		if (before->size != (first ? last->size : 0))
			return fault(a, MIN(before->size, last ? last->size : 0) + 1, "epoch %u began behind %u "
				"entries that were sealed before it; here are others", n, before->size);
	}
	return 1;
}

/* With which key was it signed? Never with an earlier one than what stands before it. */
static int find_epoch(struct audit *a, struct checkpoint *c, struct bytes note, uint32_t *ret)
{
	int r = 0;

	for (uint32_t n = a->epoch; r == 0 && n < a->n_epochs; n++) {
		r = checkpoint_read_own(c, note, &a->epochs[n].key, a->server, a->meeting);
		*ret = n;
	}
	return r;
}

static int read_checkpoint(struct audit *a, struct bytes line)
{
	const struct checkpoint *last = a->n_checkpoints ? &a->checkpoints[a->n_checkpoints - 1] : NULL;
	char note[CHECKPOINT_NOTE_SIZE];
	struct checkpoint c;
	uint32_t epoch = 0;
	int r = transcript_read_checkpoint(line, note, &a->more);

	if (r <= 0)
		return r < 0 ? r : fault_in_line(a);
	r = find_epoch(a, &c, bytes_of_string(note), &epoch);
	if (r < 0)
		return r;
	if (r == 0)
		return fault(a, 0, "line %u: the checkpoint was not signed like this by this server, or is of another "
			"meeting", a->line);
	if (last && c.size == last->size && !digest_equal(&c.root, &last->root))
		return two_histories(a, c.size);
	if (last && c.size <= last->size)
		return fault(a, 0, "line %u: the checkpoint is not behind the one before it", a->line);
	r = epoch > a->epoch ? check_handed_on(a, epoch) : 1;
	a->epoch = epoch;
	return r <= 0 ? r : keep_checkpoint(a, &c);
}

/* What stands behind `mark` in a canonical body: JSON escapes every quotation mark inside a text, so that none of
 * them contains one. */
static const char *find(const struct leaf *l, const char *mark)
{
	const char *at = strstr((const char *)l->body.data, mark);

	return at ? at + strlen(mark) : NULL;
}

static bool is_detail(const char *hex, const struct digest *d)
{
	char text[2 * DIGEST_SIZE + 1];
	struct writer w = writer(text, sizeof(text));

	for (size_t i = 0; i < DIGEST_SIZE; i++)
		write_format(&w, "%02x", d->bytes[i]);
	return strncmp(hex, text, 2 * DIGEST_SIZE) == 0;
}

static int check_item(struct audit *a, const struct leaf *l, const char *detail)
{
	const char *item = find(l, "\"item\":");
	unsigned long id = item ? strtoul(item, NULL, 10) : 0;

	if (id != a->n_created + 1 || id > a->n_items)
		return fault(a, l->seq, "entry %u (%s): the item that it names does not stand beside it", l->seq, l->kind);
	a->n_created++;
	return is_detail(detail, &a->of_item[id - 1]) ? 1 : fault(a, l->seq,
		"entry %u (%s): the title of item %lu was changed", l->seq, l->kind, id);
}

/* Names and titles stand beside the log; the entry holds their salted hash. */
static int check_detail(struct audit *a, const struct leaf *l)
{
	const char *detail = find(l, "\"detail\":\""), *who = find(l, "\"who\":");
	unsigned long person = who ? strtoul(who, NULL, 10) : 0;

	if (!detail)
		return 1;
	if (strcmp(l->kind, event_words[EVENT_MEETING_CREATED]) == 0)
		return is_detail(detail, &a->of_meeting) ? 1 : fault(a, l->seq,
			"entry %u (%s): the meeting's details were changed", l->seq, l->kind);
	if (strcmp(l->kind, event_words[EVENT_ITEM_CREATED]) == 0)
		return check_item(a, l, detail);
	if (person != a->n_invited + 1 || person > a->n_people)
		return fault(a, l->seq, "entry %u (%s): whom it names does not stand beside it", l->seq, l->kind);
	a->n_invited++;
	return is_detail(detail, &a->of_person[person - 1]) ? 1 : fault(a, l->seq,
		"entry %u (%s): the details of person %lu were changed", l->seq, l->kind, person);
}

/* At the size of a checkpoint: is this what was signed? */
static int check_root(struct audit *a, const struct leaf *l)
{
	uint32_t first = a->passed ? a->checkpoints[a->passed - 1].size + 1 : 1;
	struct digest root;
	int r;

	if (a->passed == a->n_checkpoints || a->checkpoints[a->passed].size != a->tree.size)
		return 1;
	r = tree_root(&a->tree, &root);
	if (r < 0)
		return r;
	if (!digest_equal(&root, &a->checkpoints[a->passed].root))
		return fault(a, first, "entry %u or a later one up to %u was changed: they are not what was signed", first,
			a->tree.size);
	a->passed++;
	a->sealed = l->wall;
	return 1;
}

static int read_entry(struct audit *a, struct bytes line)
{
	_cleanup_(wire_freep) struct wire *hold = NULL;
	uint32_t expected = a->tree.size + 1;
	struct digest stored;
	struct leaf l;
	int r = transcript_read_entry(line, &hold, &l, &stored, &a->more);

	if (r < 0)
		return r;
	if (r == 0)
		return fault(a, expected, "entry %u (line %u) is not as it was written", expected, a->line);
	l.meeting = a->meeting;
	r = audit_entry(&a->tree, &l, &stored);
	if (r < 0)
		return r;
	if (r == AUDIT_NOT_NEXT)
		return fault(a, expected, "entry %u (line %u) is missing or not in its place", expected, a->line);
	if (r == AUDIT_CHANGED)
		return fault(a, expected, "entry %u (%s, line %u) was changed", expected, l.kind, a->line);
	r = check_detail(a, &l);
	return r <= 0 ? r : check_root(a, &l);
}

/* The lines between the lists. Each list has one line at least but that of the checkpoints; those of the items and the
 * epochs are there when there are any. */
static bool is_mark(struct audit *a, struct bytes line)
{
	if (a->part == AUDIT_PEOPLE && a->line == 3)
		return bytes_equal_string(line, TRANSCRIPT_PEOPLE);
	if (a->more)
		return false;
	switch (a->part) {
	case AUDIT_PEOPLE:
		return bytes_equal_string(line, TRANSCRIPT_ITEMS) || bytes_equal_string(line, TRANSCRIPT_EPOCHS) ||
			bytes_equal_string(line, TRANSCRIPT_CHECKPOINTS);
	case AUDIT_ITEMS:
		return bytes_equal_string(line, TRANSCRIPT_EPOCHS) || bytes_equal_string(line, TRANSCRIPT_CHECKPOINTS);
	case AUDIT_EPOCHS:
		return bytes_equal_string(line, TRANSCRIPT_CHECKPOINTS);
	case AUDIT_CHECKPOINTS:
		return bytes_equal_string(line, TRANSCRIPT_ENTRIES);
	case AUDIT_ENTRIES:
		return bytes_equal_string(line, TRANSCRIPT_END);
	case AUDIT_HEAD:
	case AUDIT_MEETING:
	case AUDIT_OVER:
		break;
	}
	return false;
}

static int pass_mark(struct audit *a, struct bytes line)
{
	if (bytes_equal_string(line, TRANSCRIPT_EPOCHS))
		a->part = AUDIT_EPOCHS;
	else if (bytes_equal_string(line, TRANSCRIPT_CHECKPOINTS))
		a->part = AUDIT_CHECKPOINTS;
	else if (a->line != 3)
		a->part++;
	a->more = a->part != AUDIT_CHECKPOINTS && a->part != AUDIT_OVER;
	return a->part == AUDIT_ENTRIES ? check_handed_on(a, a->n_epochs - 1) : 1;
}

/* Behind a line without a comma nothing of its kind may come. */
static bool is_complete(const struct audit *a)
{
	switch (a->part) {
	case AUDIT_PEOPLE:
	case AUDIT_ITEMS:
	case AUDIT_EPOCHS:
	case AUDIT_ENTRIES:
		return !a->more;
	case AUDIT_CHECKPOINTS:
		return !a->more && a->n_checkpoints;
	case AUDIT_HEAD:
	case AUDIT_MEETING:
	case AUDIT_OVER:
		break;
	}
	return false;
}

static int read_line(struct audit *a, struct bytes line)
{
	if (is_mark(a, line))
		return pass_mark(a, line);
	if (is_complete(a))
		return fault_in_line(a);
	switch (a->part) {
	case AUDIT_HEAD:
		return read_head(a, line);
	case AUDIT_MEETING:
		return read_meeting(a, line);
	case AUDIT_PEOPLE:
		return read_person(a, line);
	case AUDIT_ITEMS:
		return read_item(a, line);
	case AUDIT_EPOCHS:
		return read_epoch(a, line);
	case AUDIT_CHECKPOINTS:
		return read_checkpoint(a, line);
	case AUDIT_ENTRIES:
		return read_entry(a, line);
	case AUDIT_OVER:
		break;
	}
	return fault_in_line(a);
}

static int check_end(struct audit *a)
{
	uint32_t next = a->tree.size + 1;

	if (a->part != AUDIT_OVER)
		return fault(a, a->part == AUDIT_ENTRIES ? next : 0, "the file ends early: entry %u is missing", next);
	if (a->passed < a->n_checkpoints)
		return fault(a, next, "entry %u is missing: a checkpoint covers %u entries", next,
			a->checkpoints[a->passed].size);
	if (a->n_invited != a->n_people)
		return fault(a, 0, "person %u stands beside no entry", a->n_invited + 1);
	if (a->n_created != a->n_items)
		return fault(a, 0, "item %u stands beside no entry", a->n_created + 1);
	return 1;
}

/* Before the entries are read, the one kept elsewhere becomes one of those in the file. */
static int take_kept(struct audit *a, struct bytes kept)
{
	struct checkpoint c, before;
	uint32_t at = 0;
	int r = 0;

	for (uint32_t n = 0; r == 0 && n < a->n_epochs; n++)
		r = checkpoint_read(&c, kept, &a->epochs[n].key, a->server, a->meeting);
	if (r < 0)
		return r;
	if (r == 0)
		return fault(a, 0, "the checkpoint that was kept is of another meeting or another server, was changed, or was "
			"signed with a later key than this file knows of");
	while (at < a->n_checkpoints && a->checkpoints[at].size < c.size)
		at++;
	if (at < a->n_checkpoints && a->checkpoints[at].size == c.size)
		return digest_equal(&c.root, &a->checkpoints[at].root) ? 1 : two_histories(a, c.size);
	r = keep_checkpoint(a, &c);
	for (; r > 0 && at < a->n_checkpoints; at++) {
		before = a->checkpoints[at];
		a->checkpoints[at] = c;
		c = before;
	}
	return r;
}

int audit_transcript(struct audit *a, struct bytes text, struct bytes kept)
{
	struct reader r = reader(text);
	int e = 1;

	while (e > 0 && read_left(&r)) {
		const uint8_t *end = memchr(r.at, '\n', read_left(&r));
		enum audit_part before = a->part;

		a->line++;
		if (!end)
			return fault_in_line(a);
		e = read_line(a, read_bytes(&r, (size_t)(end - r.at)));
		read_skip(&r, 1);
		if (e > 0 && before != AUDIT_ENTRIES && a->part == AUDIT_ENTRIES && kept.size)
			e = take_kept(a, kept);
	}
	return e <= 0 ? e : check_end(a);
}
