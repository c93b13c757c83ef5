/* SPDX-License-Identifier: EUPL-1.2 */
/* What somebody who was there can prove afterwards (ATTACKS F01, F02, F03, F05, F06): exported proceedings of a meeting
 * that was held, altered in every way. In tests only. */
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "base/random.h"
#include "server/hall/inside.h"
#include "server/proof/audit.h"
#include "server/proof/histories.h"
#include "server/wire/base64.h"
#include "tests/server/stage.h"

#define TEXT_SIZE (1024 * 1024)
#define LINES 4096

static struct stage s;
static struct audit audit;

struct document {
	char text[TEXT_SIZE];
	size_t size;
	char *lines[LINES];	/* each with its newline */
	size_t sizes[LINES];
	size_t n;
	size_t first;		/* entry 1 stands there */
};

static struct document whole, altered;

/* The JSON string that begins at `from`, as bytes behind the document's. */
static void add_line(struct document *d, const char *from)
{
	for (; *from != '"'; from++) {
		char c = *from;

		if (c == '\\') {
			c = *++from == 'n' ? '\n' : *from;
			check(strchr("\"\\n", *from));
		}
		check(d->size < sizeof(d->text) - 2);
		d->text[d->size++] = c;
	}
	d->text[d->size++] = '\n';
}

static void index_lines(struct document *d)
{
	char *at = d->text;

	d->n = d->first = 0;
	while (at < d->text + d->size) {
		char *end = memchr(at, '\n', (size_t)(d->text + d->size - at));

		check(end && d->n < LINES);
		d->lines[d->n] = at;
		d->sizes[d->n] = (size_t)(end + 1 - at);
		if (strncmp(at, TRANSCRIPT_ENTRIES "\n", d->sizes[d->n]) == 0)
			d->first = d->n + 1;
		d->n++;
		at = end + 1;
	}
	check(d->first);
}

static uint32_t entries_of(const struct document *d)
{
	return (uint32_t)(d->n - d->first - 1);
}

static void export(struct document *d)
{
	static char answer[LIMIT_CHANNEL_MESSAGE];
	char request[128];
	long entries = 0, from = 0, parts = 0;

	d->size = 0;
	do {
		struct writer w = writer(answer, sizeof(answer) - 1);
		const char *at = answer;

		snprintf(request, sizeof(request), "{\"verb\":\"log-export\",\"meeting\":\"%s\",\"entries\":%ld,"
			"\"from\":%ld}", s.meeting, entries, from);
		hall_control(s.hall, bytes_of_string(request), &w);
		check(w.ok);
		*w.at = '\0';
		check(strncmp(answer, "{\"ok\":true,\"entries\":", 21) == 0);
		entries = strtol(answer + 21, NULL, 10);
		while ((at = strstr(at, "{\"text\":\"")))
			add_line(d, at += 9);
		at = strstr(answer, "\"next\":");
		from = at ? strtol(at + 7, NULL, 10) : 0;
		parts++;
	} while (from);
	index_lines(d);
	check_eq(entries_of(d), entries);
	check(parts > 1 || d->size < LIMIT_CHANNEL_MESSAGE);
}

static bool is_whole(const struct document *d, const char *kept)
{
	int r;

	audit_done(&audit);
	audit_init(&audit);
	r = audit_transcript(&audit, bytes_make(d->text, d->size), bytes_of_string(kept));
	check(r >= 0);
	check(r > 0 || audit.why[0]);
	return r > 0;
}

/* The newest checkpoint in it. */
static void note_of(const struct document *d, char note[static CHECKPOINT_NOTE_SIZE])
{
	size_t line = d->first - 2;
	bool more;

	check_eq(transcript_read_checkpoint(bytes_make(d->lines[line], d->sizes[line] - 1), note, &more), 1);
	check(!more);
}

static void hold_a_meeting(void)
{
	stage_everyone_in(&s);
	actor_say(&s.actors[CLERK], "{\"type\":\"end\",\"reason\":{\"code\":\"written\",\"text\":\"zegt \\\"klaar\\\"\"}}");
	stage_pass(&s, MINUTES(3));
	actor_say(&s.actors[JAN], "{\"type\":\"leave\"}");
	actor_say(&s.actors[MARLEEN], "{\"type\":\"leave\"}");
}

/* … with two items, a guest of one of them, a recusal and what an office noted. */
static int open_agenda(void **state)
{
	(void)state;
	stage_open(&s, NULL);
	stage_convene_items(&s);
	stage_media_up(&s);
	hold_a_meeting();
	actor_say(&s.actors[CLERK], "{\"type\":\"item-open\",\"item\":1}");
	actor_say(&s.actors[FATIMA], "{\"type\":\"recuse\",\"item\":2}");
	actor_say(&s.actors[CLERK], "{\"type\":\"note-recusal\",\"item\":2,\"person\":4,\"contested\":true,"
		"\"reason\":{\"code\":\"agreed\"}}");
	actor_say(&s.actors[CHAIR], "{\"type\":\"item-open\",\"item\":2}");
	stage_pass(&s, MINUTES(2));
	export(&whole);
	return 0;
}

static int open_stage(void **state)
{
	(void)state;
	stage_open(&s, NULL);
	stage_demo(&s);
	stage_media_up(&s);
	hold_a_meeting();
	export(&whole);
	return 0;
}

static int close_stage(void **state)
{
	(void)state;
	audit_done(&audit);
	stage_close(&s);
	return 0;
}

/* Lines of the document put together anew: `line` is left out, or replaced by `n` bytes at `by`. */
static void rebuild(size_t line, const char *by, size_t n)
{
	altered.size = 0;
	for (size_t i = 0; i < whole.n; i++) {
		const char *from = i == line ? by : whole.lines[i];
		size_t size = i == line ? n : whole.sizes[i];

		memcpy(altered.text + altered.size, from, size);
		altered.size += size;
	}
}

TEST(what_was_recorded_is_whole)
{
	char note[CHECKPOINT_NOTE_SIZE];

	check(is_whole(&whole, ""));
	check(audit.n_checkpoints >= 3);
	check_eq(audit.tree.size, entries_of(&whole));
	check_eq(audit.checkpoints[audit.n_checkpoints - 1].size, entries_of(&whole));
	check_eq(audit.n_people, 5);
	note_of(&whole, note);
	check(is_whole(&whole, note));
}

/* F01 */
TEST(a_missing_entry_is_named)
{
	for (uint32_t i = 0; i < entries_of(&whole); i++) {
		rebuild(whole.first + i, "", 0);
		check(!is_whole(&altered, ""));
		check_eq(audit.bad, i + 1);
	}
}

TEST(an_inserted_entry_is_named)
{
	static char twice[2 * TRANSCRIPT_LINE_SIZE];

	for (uint32_t i = 0; i + 1 < entries_of(&whole); i++) {
		size_t line = whole.first + i, size = whole.sizes[line];

		memcpy(twice, whole.lines[line], size);
		memcpy(twice + size, whole.lines[line], size);
		rebuild(line, twice, 2 * size);
		check(!is_whole(&altered, ""));
		check_eq(audit.bad, i + 2);
	}
}

TEST(swapped_entries_are_named)
{
	static char both[2 * TRANSCRIPT_LINE_SIZE];

	for (uint32_t i = 0; i + 2 < entries_of(&whole); i++) {
		size_t line = whole.first + i, size = whole.sizes[line], next = whole.sizes[line + 1];
		char *at;

		memcpy(both, whole.lines[line + 1], next);
		memcpy(both + next, whole.lines[line], size);
		rebuild(line, both, next + size);
		at = altered.text + (whole.lines[line] - whole.text) + next + size;	/* the second one, once more */
		memmove(at, at + next, (size_t)(altered.text + altered.size - at) - next);
		altered.size -= next;
		check(!is_whole(&altered, ""));
		check_eq(audit.bad, i + 1);
	}
}

/* An entry as somebody who can write the file would forge it: with a hash that fits, when `fits`. */
static void forge(uint32_t i, int column, bool fits)
{
	size_t line = whole.first + i;
	char text[TRANSCRIPT_LINE_SIZE];
	struct writer w = writer(text, sizeof(text));
	struct wire *hold = NULL;
	struct digest hash;
	struct leaf l;
	bool more;

	check_eq(transcript_read_entry(bytes_make(whole.lines[line], whole.sizes[line] - 1), &hold, &l, &hash, &more),
		1);
	l.meeting = s.meeting;
	l.seq += column == 0;
	l.wall += column == 1 ? MSEC(1) : 0;
	l.kind = column == 2 ? "exited" : l.kind;
	l.by += column == 3;
	l.body = column == 4 ? bytes_of_string("{\"number\":7}") : l.body;
	if (fits)
		check_eq(leaf_hash(&l, &hash), 0);
	hash.bytes[0] ^= column == 5;
	transcript_write_entry(&w, &l, &hash, more);
	write_u8(&w, '\n');
	check(w.ok);
	wire_free(hold);
	rebuild(line, text, written(&w).size);
}

TEST(a_change_in_any_column_is_named)
{
	for (uint32_t i = 0; i < entries_of(&whole); i++) {
		for (int column = 0; column <= 5; column++) {
			forge(i, column, false);
			check(!is_whole(&altered, ""));
			check_eq(audit.bad, i + 1);
		}
	}
}

/* With hashes that fit only what was signed gives it away: between which checkpoints it is. */
TEST(a_forged_hash_does_not_help)
{
	for (uint32_t i = 0; i < entries_of(&whole); i++) {
		for (int column = 1; column <= 3; column++) {
			forge(i, column, true);
			check(!is_whole(&altered, ""));
			check(audit.bad >= 1 && audit.bad <= i + 1);
		}
	}
}

/* F02: the file itself cannot tell, once its last checkpoints are cut off too; who kept one can. */
TEST(a_cut_tail_is_told_by_a_kept_checkpoint)
{
	char kept[CHECKPOINT_NOTE_SIZE];
	static struct document before;
	uint32_t size;

	export(&before);
	size = entries_of(&before);
	actor_say(&s.actors[FATIMA], "{\"type\":\"leave\"}");
	export(&whole);
	note_of(&whole, kept);
	check(is_whole(&before, ""));
	check(!is_whole(&before, kept));
	check_eq(audit.bad, size + 1);
	check(is_whole(&whole, kept));
}

/* F02: the file without its last k entries, and without the checkpoints that cover them. */
static void cut_tail(uint32_t k)
{
	uint32_t left = entries_of(&whole) - k;
	size_t checkpoints = 0;

	altered.size = 0;
	for (size_t i = 0; i < whole.n; i++) {
		char note[CHECKPOINT_NOTE_SIZE];
		size_t size = whole.sizes[i];
		struct checkpoint c;
		bool more;

		if (i > whole.first + left - 1 && i + 1 < whole.n)
			continue;
		if (checkpoints && i + 1 < whole.first) {
			check_eq(transcript_read_checkpoint(bytes_make(whole.lines[i], size - 1), note, &more), 1);
			check_eq(checkpoint_read_own(&c, bytes_of_string(note), log_key_first(s.key),
				log_key_server(s.key), s.meeting), 1);
			if (c.size > left)
				continue;
		}
		checkpoints += strncmp(whole.lines[i], TRANSCRIPT_CHECKPOINTS "\n", size) == 0;
		memcpy(altered.text + altered.size, whole.lines[i], size);
		altered.size += size;
		/* The last of its kind has no comma. */
		if (i == whole.first + left - 1 && altered.text[altered.size - 2] == ',')
			altered.text[--altered.size - 1] = '\n';
	}
}

/* … and the comma of the last checkpoint that is left. */
static void mend_checkpoints(void)
{
	char *mark = memmem(altered.text, altered.size, ",\n" TRANSCRIPT_ENTRIES,
		strlen(",\n" TRANSCRIPT_ENTRIES));

	if (!mark)
		return;
	memmove(mark, mark + 1, (size_t)(altered.text + altered.size - mark - 1));
	altered.size--;
}

TEST(every_cut_tail_is_told_by_a_kept_checkpoint)
{
	char kept[CHECKPOINT_NOTE_SIZE];
	uint32_t n = entries_of(&whole), alone = 0;

	note_of(&whole, kept);
	check(is_whole(&whole, kept));
	for (uint32_t k = 1; k < n; k++) {
		cut_tail(k);
		mend_checkpoints();
		alone += is_whole(&altered, "");
		check(!is_whole(&altered, kept));
		check(!is_whole(&altered, "") || audit.tree.size == n - k);
		check(!is_whole(&altered, kept) && audit.bad >= 1 && audit.bad <= n - k + 1);
	}
	/* A clean cut: without that checkpoint nobody sees it, as long as no name stands beside what is gone. */
	check_ge(alone, 3);
}

static char folder[64], path[96], copy[96];

static int open_file(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/conclave-export-XXXXXX");
	check(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/conclave.db", folder);
	snprintf(copy, sizeof(copy), "%s/yesterday.db", folder);
	stage_open(&s, path);
	stage_demo(&s);
	stage_close(&s);
	return 0;
}

static int remove_file(void **state)
{
	static const char *const tails[] = { "", "-wal", "-shm", ".key" };
	char name[128];

	(void)state;
	audit_done(&audit);
	for (size_t i = 0; i < ARRAY_SIZE(tails); i++) {
		snprintf(name, sizeof(name), "%s%s", path, tails[i]);
		(void)unlink(name);
		snprintf(name, sizeof(name), "%s%s", copy, tails[i]);
		(void)unlink(name);
	}
	return rmdir(folder);
}

static size_t load(const char *name, char *text, size_t size)
{
	FILE *f = fopen(name, "r");
	size_t n;

	assert_non_null(f);
	n = fread(text, 1, size, f);
	check(n < size);
	fclose(f);
	return n;
}

static void save(const char *name, const char *text, size_t n)
{
	FILE *f = fopen(name, "w");

	assert_non_null(f);
	check_eq(fwrite(text, 1, n, f), n);
	check_eq(fclose(f), 0);
}

/* … and of the key beside it. */
static size_t load_key(const char *name, char *text, size_t size)
{
	char key[128];

	snprintf(key, sizeof(key), "%s.key", name);
	return load(key, text, size);
}

static void save_key(const char *name, const char *text, size_t n)
{
	char key[128];

	snprintf(key, sizeof(key), "%s.key", name);
	save(key, text, n);
	check_eq(chmod(key, 0600), 0);
}

static bool invite(const char *who)
{
	char request[160];

	snprintf(request, sizeof(request), "{\"verb\":\"invite\",\"meeting\":\"%s\",\"email\":\"%s@lindebeke.example\"}",
		s.meeting, who);
	return stage_made(&s, request);
}

static struct digest root_in(const char *head)
{
	struct digest root;
	char text[64];

	check(stage_field(head, "root", 0, text, sizeof(text)));
	check(base64_read(bytes_of_string(text), root.bytes, DIGEST_SIZE));
	return root;
}

static uint32_t number_in(const char *message, const char *name)
{
	const char *at = strstr(message, name);

	assert_non_null(at);
	return (uint32_t)strtoul(at + strlen(name), NULL, 10);
}

/* The key that stands beside it is the server's, and what the note is signed with. */
static void check_key(const char *head)
{
	static struct document d;
	static char note[2 * CHECKPOINT_NOTE_SIZE];
	struct signature_key key;
	struct checkpoint c;
	char text[64];

	check(stage_field(head, "key", 0, text, sizeof(text)));
	check(base64_read(bytes_of_string(text), key.bytes, SIGNATURE_KEY_SIZE));
	assert_memory_equal(&key, log_key_first(s.key), sizeof(key));
	d.size = 0;
	add_line(&d, strstr(head, "\"note\":\"") + strlen("\"note\":\""));
	snprintf(note, sizeof(note), "%.*s", (int)(d.size - 1), d.text);
	check_eq(checkpoint_read_own(&c, bytes_of_string(note), &key, log_key_server(s.key), s.meeting), 1);
	check_eq(c.size, number_in(head, "\"size\":"));
	key.bytes[0] ^= 1;
	check_eq(checkpoint_read_own(&c, bytes_of_string(note), &key, log_key_server(s.key), s.meeting), 0);
}

/* A client that kept an older head is shown that the new one grew out of it; once for each head. */
TEST(a_client_is_given_the_proof_between_two_heads)
{
	struct actor *clerk = &s.actors[CLERK];
	struct digest before, after;
	struct tree_proof proof = { 0 };
	char request[64], hashes[4096];
	const char *said;
	uint32_t old, size;

	actor_disconnect(clerk);
	check_eq(actor_resume(clerk, &(struct hall_answer){ 0 }), 200);
	actor_connect(clerk);
	actor_hello(clerk);
	said = strstr(actor_hears(clerk, "state", "\"head\":{"), "\"head\":{");
	old = number_in(said, "\"size\":");
	before = root_in(said);
	check_key(said);
	stage_pass(&s, MINUTES(2));
	actor_forget(clerk);
	actor_say(&s.actors[FATIMA], "{\"type\":\"leave\"}");
	stage_pass(&s, MINUTES(2));
	said = actor_hears(clerk, "head", NULL);
	size = number_in(said, "\"size\":");
	after = root_in(said);
	check_key(said);
	check(size > old);
	snprintf(request, sizeof(request), "{\"type\":\"proof\",\"from\":%u}", size + 1);
	actor_say(clerk, request);
	actor_error(clerk, "wrong-field", "proof", "from");
	snprintf(request, sizeof(request), "{\"type\":\"proof\",\"from\":%u}", old);
	actor_say(clerk, request);
	said = actor_hears(clerk, "proof", NULL);
	check_eq(number_in(said, "\"from\":"), old);
	check_eq(number_in(said, "\"size\":"), size);
	check(stage_field(said, "hashes", 0, hashes, sizeof(hashes)));
	while (BASE64_SIZE((size_t)proof.n * DIGEST_SIZE) < strlen(hashes))
		proof.n++;
	check(base64_read(bytes_of_string(hashes), proof.hashes[0].bytes, (size_t)proof.n * DIGEST_SIZE));
	check_eq(tree_check_growth(&proof, old, &before, size, &after), 1);
	actor_say(clerk, request);
	actor_error(clerk, "wrong-phase", "proof", NULL);
}

/* What the meeting looks like after so many more entries about somebody. */
static void go_on(const char *file, const char *who, int n, struct document *d)
{
	char meeting[sizeof(s.meeting)];

	memcpy(meeting, s.meeting, sizeof(meeting));
	stage_open(&s, file);
	memcpy(s.meeting, meeting, sizeof(meeting));
	while (n--)
		check(invite(who));
	export(d);
	stage_close(&s);
}

/* F03, F05: yesterday's backup goes on, and signs what comes next with the same key. */
TEST(a_rollback_contradicts_a_kept_checkpoint)
{
	static char bytes[TEXT_SIZE];
	char kept[CHECKPOINT_NOTE_SIZE];
	uint32_t before;

	save(copy, bytes, load(path, bytes, sizeof(bytes)));
	save_key(copy, bytes, load_key(path, bytes, sizeof(bytes)));
	go_on(path, "jan.peeters", 2, &whole);
	note_of(&whole, kept);
	check(is_whole(&whole, kept));
	before = entries_of(&whole) - 2;
	go_on(copy, "marleen.goossens", 1, &altered);
	check(is_whole(&altered, ""));
	check(!is_whole(&altered, kept));
	check_eq(audit.bad, before + 2);
	go_on(copy, "marleen.goossens", 1, &altered);
	check(is_whole(&altered, ""));
	check(!is_whole(&altered, kept));
	check(strstr(audit.why, "two histories"));
	go_on(copy, "marleen.goossens", 2, &altered);
	check(is_whole(&altered, ""));
	check(!is_whole(&altered, kept));
}

/* The proof of it, alone: confirmed as it is, and not with a byte changed. */
static void check_proof(const char *kept, bool longer)
{
	static struct histories h, found;
	static char file[TEXT_SIZE];
	struct writer w = writer(file, sizeof(file));
	size_t n;

	check_eq(histories_find(&h, bytes_make(altered.text, altered.size), bytes_of_string(kept)), 1);
	check_eq(h.checkpoints[0].size < h.checkpoints[1].size, longer);
	histories_write(&h, bytes_make(altered.text, altered.size), &w);
	check(w.ok);
	n = written(&w).size;
	check(n < altered.size + HISTORIES_MORE);
	check(histories_is(written(&w)));
	check(!histories_is(bytes_make(altered.text, altered.size)));
	check_eq(histories_check(&found, written(&w)), 1);
	check_text(found.server, h.server);
	check_text(found.meeting, s.meeting);
	check_eq(found.epoch, 0);
	check_text(found.first, kept);
	for (size_t i = 0; i < n; i += longer ? 5u : 1u) {
		file[i] = (char)(file[i] ^ 1);
		/* White space counts for nothing, and a chain that says it begins later is no better. */
		if (histories_check(&found, bytes_make(file, n)) > 0 && !strchr("\n\v", file[i] ^ 1) && !found.epoch)
			fail_msg("byte %zu counts for nothing: %.40s", i, file + (i > 20 ? i - 20 : 0));
		file[i] = (char)(file[i] ^ 1);
	}
}

/* F05: what stands alone is of equal sizes, or of different ones; what agrees proves nothing. */
TEST(two_histories_are_proven_without_the_server)
{
	static char bytes[TEXT_SIZE], key[1024];
	static struct histories h;
	char kept[CHECKPOINT_NOTE_SIZE], before[CHECKPOINT_NOTE_SIZE];
	size_t n, m;

	go_on(path, "jan.peeters", 1, &whole);
	note_of(&whole, before);
	n = load(path, bytes, sizeof(bytes));
	m = load_key(path, key, sizeof(key));
	save(copy, bytes, n);
	save_key(copy, key, m);
	go_on(path, "jan.peeters", 2, &whole);
	note_of(&whole, kept);
	go_on(copy, "marleen.goossens", 2, &altered);
	check(!is_whole(&altered, kept));
	check_proof(kept, false);
	save(copy, bytes, n);
	save_key(copy, key, m);
	go_on(copy, "marleen.goossens", 3, &altered);
	check_proof(kept, true);
	check_eq(histories_find(&h, bytes_make(altered.text, altered.size), bytes_of_string(before)), 0);
	check_eq(histories_find(&h, bytes_make(whole.text, whole.size), bytes_of_string(kept)), 0);
	note_of(&altered, kept);
	check_eq(histories_find(&h, bytes_make(whole.text, whole.size), bytes_of_string(kept)), 0);	/* of more */
}

/* Whose records were altered is not held, and what was altered is not exported; the server itself goes on. */
TEST(an_altered_meeting_is_not_loaded)
{
	static char bytes[TEXT_SIZE];
	char meeting[sizeof(s.meeting)], request[128], *at;
	size_t n = load(path, bytes, sizeof(bytes));

	memcpy(meeting, s.meeting, sizeof(meeting));
	at = memmem(bytes, n, "{\"who\":3,", 9);
	assert_non_null(at);
	at[7] = '4';
	save(path, bytes, n);
	log_set_level((enum log_level)0);
	stage_open(&s, path);
	(void)random_next(&s.hall->random);	/* another meeting's id will be another */
	snprintf(request, sizeof(request), "{\"verb\":\"meeting-show\",\"meeting\":\"%s\"}", meeting);
	check(!stage_made(&s, request));
	check(strstr(s.answer, "cannot be read"));
	snprintf(request, sizeof(request), "{\"verb\":\"log-export\",\"meeting\":\"%s\",\"entries\":0,\"from\":0}",
		meeting);
	check(!stage_made(&s, request));
	check(stage_made(&s, "{\"verb\":\"meeting-create\",\"title\":\"Raad\",\"starts\":\"2026-03-12T18:30Z\","
		"\"people\":[{\"name\":\"A\",\"email\":\"a@x.example\",\"office\":\"chair\"}]}"));
	stage_close(&s);
}

/* One bit in every byte of the file. */
TEST(a_flipped_byte_is_named)
{
	size_t line = 0;

	memcpy(altered.text, whole.text, whole.size);
	altered.size = whole.size;
	for (size_t i = 0; i < whole.size; i++) {
		bool entry;

		line += line + 1 < whole.n && whole.text + i >= whole.lines[line + 1];
		entry = line >= whole.first && line + 1 < whole.n;
		altered.text[i] = (char)(whole.text[i] ^ 1 << i % 8);
		if (is_whole(&altered, ""))
			fail_msg("byte %zu, in line %zu, counts for nothing", i, line + 1);
		if (entry && audit.bad != line - whole.first + 1)
			fail_msg("byte %zu is of entry %zu, but: %s", i, line - whole.first + 1, audit.why);
		altered.text[i] = whole.text[i];
	}
	check(is_whole(&altered, ""));
}

TEST(an_items_title_belongs_to_its_entry)
{
	size_t title, items = 0;

	check(is_whole(&whole, ""));
	check_eq(audit.n_items, 2);
	memcpy(altered.text, whole.text, whole.size);
	altered.size = whole.size;
	for (size_t line = 0; line < whole.first; line++) {
		if (strncmp(whole.lines[line], "{\"item\":", strlen("{\"item\":")) != 0)
			continue;
		title = (size_t)(strstr(whole.lines[line], "\"title\":\"") - whole.text) + strlen("\"title\":\"");
		altered.text[title] ^= 1;
		check(!is_whole(&altered, ""));
		check_ge(audit.bad, 1);
		check(memmem(whole.lines[whole.first + audit.bad - 1], whole.sizes[whole.first + audit.bad - 1],
			"\"item-created\"", strlen("\"item-created\"")));
		altered.text[title] ^= 1;
		items++;
	}
	check_eq(items, 2);
	check(is_whole(&altered, ""));
}

TEST(a_file_that_ends_early_is_named)
{
	for (size_t i = 1; i < whole.n; i++) {
		altered.size = (size_t)(whole.lines[i] - whole.text);
		memcpy(altered.text, whole.text, altered.size);
		check(!is_whole(&altered, ""));
	}
}

/* F06: until it is killed, one byte for each entry that was acknowledged. */
static void record_busily(int out)
{
	char meeting[sizeof(s.meeting)];

	memcpy(meeting, s.meeting, sizeof(meeting));
	stage_open(&s, path);
	memcpy(s.meeting, meeting, sizeof(meeting));
	for (;;) {
		if (!invite("jan.peeters") || write(out, "", 1) != 1)
			_exit(1);
		hall_set_time(s.hall, s.now += SECONDS(9), s.wall += SECONDS(9));
		hall_timeout(s.hall);
		stage_drain(&s);
	}
}

static size_t kill_after(size_t n)
{
	size_t acknowledged = 0;
	int ends[2], status;
	char byte;
	pid_t child;

	check_eq(pipe(ends), 0);
	child = fork();
	check(child >= 0);
	if (child == 0) {
		(void)close(ends[0]);
		record_busily(ends[1]);
	}
	(void)close(ends[1]);
	while (acknowledged < n && read(ends[0], &byte, 1) == 1)
		acknowledged++;
	check_eq(kill(child, SIGKILL), 0);
	check_eq(waitpid(child, &status, 0), child);
	check(WIFSIGNALED(status));
	while (read(ends[0], &byte, 1) == 1)
		acknowledged++;
	(void)close(ends[0]);
	return acknowledged;
}

TEST(what_was_acknowledged_outlives_a_kill)
{
	size_t acknowledged = 0, rounds = 20;
	struct random dice;
	uint32_t before;

	go_on(path, "", 0, &whole);
	before = entries_of(&whole);
	random_seed(&dice, 20260312);
	for (size_t i = 1; i <= rounds; i++) {
		acknowledged += kill_after(1 + random_below(&dice, 25));
		go_on(path, "", 0, &whole);
		check(is_whole(&whole, ""));
		check_ge(entries_of(&whole), before + acknowledged);
		check_le(entries_of(&whole), before + acknowledged + i);
	}
}

#define HELD(test) cmocka_unit_test_setup_teardown(test, open_stage, close_stage)
#define FILED(test) cmocka_unit_test_setup_teardown(test, open_file, remove_file)

static const struct CMUnitTest tests[] = {
	HELD(what_was_recorded_is_whole),
	HELD(a_missing_entry_is_named),
	HELD(an_inserted_entry_is_named),
	HELD(swapped_entries_are_named),
	HELD(a_change_in_any_column_is_named),
	HELD(a_forged_hash_does_not_help),
	HELD(a_cut_tail_is_told_by_a_kept_checkpoint),
	HELD(every_cut_tail_is_told_by_a_kept_checkpoint),
	HELD(a_client_is_given_the_proof_between_two_heads),
	HELD(a_flipped_byte_is_named),
	HELD(a_file_that_ends_early_is_named),
	{ "a_flipped_byte_is_named, with an agenda", a_flipped_byte_is_named, open_agenda, close_stage, NULL },
	{ "an_items_title_belongs_to_its_entry", an_items_title_belongs_to_its_entry, open_agenda, close_stage, NULL },
	FILED(a_rollback_contradicts_a_kept_checkpoint),
	FILED(two_histories_are_proven_without_the_server),
	FILED(an_altered_meeting_is_not_loaded),
	FILED(what_was_acknowledged_outlives_a_kill),
};

RUN_TESTS(tests)
