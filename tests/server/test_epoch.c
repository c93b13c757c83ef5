/* SPDX-License-Identifier: EUPL-1.2 */
/* ATTACKS F04: who takes the server with the key of today cannot rewrite what an earlier key sealed, and the keys of
 * before are gone from the disk whatever happens while they are replaced. In tests only. */
#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "server/hall/inside.h"
#include "server/proof/audit.h"
#include "tests/server/stage.h"

#define TEXT_SIZE (256 * 1024)
#define EPOCHS 4
#define LINES 512

static struct stage s;
static struct audit audit;
static struct signer *keys[EPOCHS + 1];	/* what a thief of each epoch has */
static char folder[64], path[96], key_path[112], next_path[128];

struct file {
	char data[TEXT_SIZE];
	size_t size;
};

static struct file whole, forged;

static bool is_whole(const struct file *t, const char *kept)
{
	int r;

	audit_done(&audit);
	audit_init(&audit);
	r = audit_transcript(&audit, bytes_make(t->data, t->size), bytes_of_string(kept));
	check(r >= 0);
	check(r > 0 || audit.why[0]);
	return r > 0;
}

static struct meeting *the_meeting(void)
{
	return list_first(&s.hall->meetings, struct meeting, in_hall);
}

static void export(void)
{
	struct writer w = writer(whole.data, sizeof(whole.data));

	check_eq(export_write(s.hall, the_meeting(), &w), 0);
	whole.size = written(&w).size;
	stage_drain(&s);
}

static void take_key(uint32_t epoch)
{
	check_eq(log_key_epoch(s.key), epoch);
	check_eq(signer_open(&keys[epoch], key_path), 0);
}

/* An hour in each of four epochs; the meeting goes on in the fifth, which has not sealed anything but the last. */
static int hold(void **state)
{
	static const char *const acts[] = { "{\"type\":\"hand\",\"raised\":true}",
		"{\"type\":\"hand\",\"raised\":false}" };

	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/conclave-epoch-XXXXXX");
	check(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/conclave.db", folder);
	snprintf(key_path, sizeof(key_path), "%s.key", path);
	snprintf(next_path, sizeof(next_path), "%s.next", key_path);
	stage_open(&s, path);
	stage_demo(&s);
	stage_media_up(&s);
	stage_everyone_in(&s);
	for (uint32_t epoch = 0; epoch < EPOCHS; epoch++) {
		take_key(epoch);
		actor_say(&s.actors[JAN], acts[epoch % 2]);
		stage_pass(&s, SECONDS(90));
		actor_say(&s.actors[FATIMA], acts[epoch % 2]);
		stage_pass(&s, MINUTES(60));
	}
	take_key(EPOCHS);
	actor_say(&s.actors[CLERK], "{\"type\":\"fault\",\"note\":\"geluid\"}");
	export();
	return 0;
}

static int clean(void **state)
{
	struct dirent *e;
	DIR *d;

	(void)state;
	audit_done(&audit);
	if (s.db)
		stage_close(&s);
	for (uint32_t i = 0; i <= EPOCHS; i++)
		keys[i] = signer_free(keys[i]);
	d = opendir(folder);
	check(d);
	while ((e = readdir(d)))
		(void)unlinkat(dirfd(d), e->d_name, 0);
	(void)closedir(d);
	return rmdir(folder);
}

TEST(a_note_says_what_was_signed)
{
	static struct epoch e = { .number = 7, .n = 2 }, found;
	char note[EPOCH_NOTE_SIZE], server[SERVER_ID_SIZE];
	struct signer *before, *other;
	size_t size;

	check_eq(signer_from_seed(&before, (const uint8_t[SIGNATURE_KEY_SIZE]){ 1 }), 0);
	check_eq(signer_from_seed(&other, (const uint8_t[SIGNATURE_KEY_SIZE]){ 2 }), 0);
	check_eq(server_id(signer_public(before), server), 0);
	e.key = *signer_public(other);
	for (uint32_t i = 0; i < 2; i++) {
		check_eq(epoch_meeting(i ? "abcdefghij" : "jihgfedcba", &e.heads[i].meeting), 0);
		e.heads[i].checkpoint = (struct checkpoint){ .size = 9 + i, .root = { { 1, 2, (uint8_t)i } } };
	}
	check_eq(epoch_sign(&e, before, server, note), 0);
	size = strlen(note);
	check_eq(epoch_read(&found, bytes_of_string(note), signer_public(before), server), 1);
	check_eq(found.number, 7);
	check_eq(found.n, 2);
	assert_memory_equal(&found.key, &e.key, sizeof(e.key));
	check_eq(epoch_find(&found, &e.heads[1].meeting)->checkpoint.size, 10);
	assert_null(epoch_find(&found, &(struct digest){ { 0 } }));
	check_eq(epoch_read(&found, bytes_of_string(note), signer_public(other), server), 0);
	check_eq(epoch_read(&found, bytes_of_string(note), signer_public(before), "0123456789abcdef"), 0);
	for (size_t i = 0; i < 8 * size; i++) {
		note[i / 8] = (char)(note[i / 8] ^ 1 << i % 8);
		check_eq(epoch_read(&found, bytes_make(note, size), signer_public(before), server), 0);
		note[i / 8] = (char)(note[i / 8] ^ 1 << i % 8);
	}
	for (size_t n = 0; n < size; n++)
		check_eq(epoch_read(&found, bytes_make(note, n), signer_public(before), server), 0);
	/* The most that may stand in it fits, also into a line of the file. */
	for (e.n = 0; e.n < EPOCH_HEADS; e.n++)
		e.heads[e.n] = (struct epoch_head){ .checkpoint = { .size = INT32_MAX } };
	e.number = INT32_MAX;
	check_eq(epoch_sign(&e, before, server, note), 0);
	check_eq(epoch_read(&found, bytes_of_string(note), signer_public(before), server), 1);
	check_eq(found.n, EPOCH_HEADS);
	{
		char line[TRANSCRIPT_LINE_SIZE];
		struct writer w = writer(line, sizeof(line));

		transcript_write_note(&w, note, true);
		check(w.ok);
	}
	signer_free(before);
	signer_free(other);
}

/* How somebody rewrites history who has the keys from `from` on. */
struct thief {
	uint32_t from;			/* the first epoch whose key they have */
	uint32_t entry;			/* that they change */
	bool drop;			/* leaves out what they cannot sign anew */
	bool sign_all;			/* signs every checkpoint with the newest key */
	bool no_epochs;			/* … and says that there was only ever this one */
};

static size_t lines_of(const struct file *t, struct bytes *ret)
{
	size_t n = 0;

	for (const char *at = t->data, *end; at < t->data + t->size; at = end + 1) {
		end = memchr(at, '\n', (size_t)(t->data + t->size - at));
		check(end && n < LINES);
		ret[n++] = bytes_make(at, (size_t)(end - at));
	}
	return n;
}

static void put(struct writer *w, struct bytes line)
{
	write_bytes(w, line);
	write_u8(w, '\n');
}

/* The roots of the history with one entry changed, by size, and its lines. */
static struct digest roots[LINES];
static char changed[LINES][1024];
static uint32_t n_entries;

static void rewrite_entries(const struct bytes *lines, size_t first, size_t n, uint32_t entry)
{
	struct tree tree = { 0 };

	n_entries = 0;
	for (size_t i = first; i < n; i++) {
		struct writer w = writer(changed[++n_entries], sizeof(changed[0]));
		struct wire *hold = NULL;
		struct digest hash;
		struct leaf l;
		bool more;

		check_eq(transcript_read_entry(lines[i], &hold, &l, &hash, &more), 1);
		l.meeting = s.meeting;
		if (l.seq == entry)
			l.by = l.by == 1 ? 2 : 1;
		check_eq(leaf_hash(&l, &hash), 0);
		check_eq(tree_append(&tree, &hash), 0);
		check_eq(tree_root(&tree, &roots[n_entries]), 0);
		transcript_write_entry(&w, &l, &hash, more);
		write_u8(&w, 0);
		check(w.ok);
		wire_free(hold);
	}
}

/* The note of an epoch, signed anew over the new roots where the key before is at hand. */
static void rewrite_epoch(const struct thief *t, struct writer *w, struct bytes line)
{
	static char note[EPOCH_NOTE_SIZE];
	static struct epoch e;
	struct digest meeting;
	bool more;

	check_eq(transcript_read_epoch(line, note, &more), 1);
	(void)epoch_read(&e, bytes_of_string(note), signer_public(keys[0]), log_key_server(s.key));
	check_eq(epoch_read(&e, bytes_of_string(note), signer_public(keys[e.number - 1]), log_key_server(s.key)), 1);
	check_eq(epoch_meeting(s.meeting, &meeting), 0);
	if (e.number - 1 >= t->from) {
		for (uint32_t i = 0; i < e.n; i++)
			if (digest_equal(&e.heads[i].meeting, &meeting))
				e.heads[i].checkpoint.root = roots[e.heads[i].checkpoint.size];
		check_eq(epoch_sign(&e, keys[e.number - 1], log_key_server(s.key), note), 0);
	}
	transcript_write_note(w, note, more);
	write_u8(w, '\n');
}

static bool read_checkpoint(struct bytes line, struct checkpoint *c, uint32_t *epoch, char *note, bool *more)
{
	check_eq(transcript_read_checkpoint(line, note, more), 1);
	for (*epoch = 0; *epoch <= EPOCHS; ++*epoch)
		if (checkpoint_read_own(c, bytes_of_string(note), signer_public(keys[*epoch]), log_key_server(s.key),
				s.meeting) > 0)
			return true;
	return false;
}

static void rewrite_checkpoint(const struct thief *t, struct writer *w, struct bytes line)
{
	char note[CHECKPOINT_NOTE_SIZE], own[SERVER_ID_SIZE];
	const char *server = log_key_server(s.key);
	struct checkpoint c;
	uint32_t epoch;
	bool more;

	check(read_checkpoint(line, &c, &epoch, note, &more));
	if (epoch < t->from && !t->sign_all && t->drop)
		return;
	if (t->no_epochs) {
		check_eq(server_id(signer_public(keys[EPOCHS]), own), 0);
		server = own;
	}
	c.root = roots[c.size];
	if (epoch >= t->from || t->sign_all)
		check_eq(checkpoint_sign(&c, keys[t->sign_all ? EPOCHS : epoch], server, s.meeting, note), 0);
	transcript_write_note(w, note, more);
	write_u8(w, '\n');
}

static void steal(const struct thief *t)
{
	struct bytes lines[LINES];
	struct writer w = writer(forged.data, sizeof(forged.data));
	size_t n = lines_of(&whole, lines), epochs = 0, checkpoints = 0, entries = 0;

	for (size_t i = 0; i < n; i++) {
		epochs = bytes_equal_string(lines[i], TRANSCRIPT_EPOCHS) ? i : epochs;
		checkpoints = bytes_equal_string(lines[i], TRANSCRIPT_CHECKPOINTS) ? i : checkpoints;
		entries = bytes_equal_string(lines[i], TRANSCRIPT_ENTRIES) ? i : entries;
	}
	check(epochs && epochs < checkpoints && checkpoints < entries);
	rewrite_entries(lines, entries + 1, n - 1, t->entry);
	for (size_t i = 0; i < n; i++) {
		char own[SERVER_ID_SIZE];

		if (i == 0 && t->no_epochs) {
			check_eq(server_id(signer_public(keys[EPOCHS]), own), 0);
			transcript_write_head(&w, own, signer_public(keys[EPOCHS]));
			write_u8(&w, '\n');
		} else if (i >= epochs && i < checkpoints && t->no_epochs) {
			continue;
		} else if (i > epochs && i < checkpoints) {
			rewrite_epoch(t, &w, lines[i]);
		} else if (i > checkpoints && i < entries) {
			rewrite_checkpoint(t, &w, lines[i]);
		} else if (i > entries && i + 1 < n) {
			put(&w, bytes_of_string(changed[i - entries]));
		} else {
			put(&w, lines[i]);
		}
	}
	check(w.ok);
	forged.size = written(&w).size;
}

TEST(the_key_is_replaced_and_the_proceedings_stay_whole)
{
	char note[CHECKPOINT_NOTE_SIZE];
	struct bytes lines[LINES];
	struct signer *gone = NULL;
	size_t n = lines_of(&whole, lines), kept = 0;

	check(is_whole(&whole, ""));
	check_eq(audit.n_epochs, EPOCHS + 1);
	check_eq(audit.epoch, EPOCHS);
	/* What somebody kept of an earlier epoch still holds. */
	for (size_t i = 0; i < n; i++) {
		struct checkpoint c;
		uint32_t epoch;
		bool more;

		if (bytes_equal_string(lines[i], TRANSCRIPT_ENTRIES))
			break;
		if (!audit.n_checkpoints || transcript_read_checkpoint(lines[i], note, &more) <= 0 ||
		    !memmem(note, strlen(note), "/meeting/", 9))
			continue;
		check(read_checkpoint(lines[i], &c, &epoch, note, &more));
		check(is_whole(&whole, note));
		kept++;
	}
	check_ge(kept, 2 * EPOCHS);
	/* Nothing of the keys of before is on the disk. */
	check_eq(signer_open(&gone, next_path), -ENOENT);
	for (uint32_t i = 0; i < EPOCHS; i++)
		check(memcmp(signer_public(keys[i]), signer_public(keys[EPOCHS]), SIGNATURE_KEY_SIZE) != 0);
}

/* With the keys of all epochs it works: so the next test can fail. */
TEST(with_every_key_history_can_be_rewritten)
{
	check(is_whole(&whole, ""));
	for (uint32_t entry = 12; entry <= 16; entry++) {
		steal(&(struct thief){ .from = 0, .entry = entry });
		check(is_whole(&forged, ""));
		check(memcmp(forged.data, whole.data, MIN(forged.size, whole.size)) != 0);
	}
}

/* With those from `from` on, nothing that was sealed before can: not kept, not left out, not signed anew. */
TEST(with_the_key_of_today_only_today_can_be_rewritten)
{
	uint32_t sealed[EPOCHS + 1] = { 0 };	/* by the end of the epoch before */

	check(is_whole(&whole, ""));
	for (uint32_t n = 1; n <= EPOCHS; n++)
		sealed[n] = audit.epochs[n].before.size;
	for (uint32_t from = 1; from <= EPOCHS; from++) {
		check(sealed[from] > sealed[from - 1]);
		for (uint32_t entry = 6; entry <= sealed[from]; entry++) {
			for (int way = 0; way < 4; way++) {
				struct thief t = { .from = from, .entry = entry, .drop = way & 1, .sign_all = way & 2 };

				steal(&t);
				if (is_whole(&forged, ""))
					fail_msg("entry %u, keys from %u on, way %d: rewritten", entry, from, way);
			}
		}
		if (from < EPOCHS)
			continue;
		steal(&(struct thief){ .from = from, .entry = sealed[from] + 1 });
		check(is_whole(&forged, ""));
	}
}

/* Who begins anew with a key of their own has another name. */
TEST(a_chain_of_ones_own_is_another_server)
{
	char kept[CHECKPOINT_NOTE_SIZE];

	memcpy(kept, the_meeting()->head.note, sizeof(kept));
	steal(&(struct thief){ .from = EPOCHS, .entry = 12, .sign_all = true, .no_epochs = true });
	check(is_whole(&forged, ""));
	check(strcmp(audit.server, log_key_server(s.key)) != 0);
	check(!is_whole(&forged, kept));
}

/* The file without line `drop`, and with `more` behind line `at`. */
static void rebuild(size_t drop, size_t at, const char *more)
{
	struct writer w = writer(forged.data, sizeof(forged.data));
	struct bytes lines[LINES];
	size_t n = lines_of(&whole, lines);

	for (size_t i = 0; i < n; i++) {
		if (i != drop)
			put(&w, lines[i]);
		if (i == at)
			put(&w, bytes_of_string(more));
	}
	check(w.ok);
	forged.size = written(&w).size;
}

TEST(a_gap_and_a_second_successor_are_named)
{
	static struct epoch e;
	static char note[EPOCH_NOTE_SIZE], line[TRANSCRIPT_LINE_SIZE];
	struct writer w = writer(line, sizeof(line));
	struct bytes lines[LINES];
	size_t n = lines_of(&whole, lines), first = 0;

	for (size_t i = 0; i < n; i++)
		if (bytes_equal_string(lines[i], TRANSCRIPT_EPOCHS))
			first = i + 1;
	for (size_t i = 0; i + 1 < EPOCHS; i++) {
		rebuild(first + i, SIZE_MAX, NULL);
		check(!is_whole(&forged, ""));
		check(strstr(audit.why, "is missing"));
	}
	/* The thief of epoch 1 hands its key on once more, after it was handed on. */
	e = (struct epoch){ .number = 2, .key = *signer_public(keys[0]) };
	check_eq(epoch_sign(&e, keys[1], log_key_server(s.key), note), 0);
	transcript_write_note(&w, note, true);
	write_u8(&w, 0);
	rebuild(SIZE_MAX, first + 1, line);
	check(!is_whole(&forged, ""));
	if (!strstr(audit.why, "handed on twice"))
		fail_msg("%s", audit.why);
}

static void reopen(void)
{
	const char *why = NULL;

	s.key = log_key_free(s.key);
	if (log_key_open(&s.key, s.db, key_path, s.wall, &why) < 0)
		fail_msg("%s", why);
}

static void write_file(const char *name, const char *text, size_t n)
{
	FILE *f = fopen(name, "w");

	check(f && fwrite(text, 1, n, f) == n && fclose(f) == 0);
	check_eq(chmod(name, 0600), 0);
}

static size_t read_file(const char *name, char *text, size_t size)
{
	FILE *f = fopen(name, "r");
	size_t n = f ? fread(text, 1, size, f) : 0;

	if (f)
		check_eq(fclose(f), 0);
	return n;
}

/* Every state of the disk between two epochs: the one key that counts is found, and the other one is gone. */
TEST(a_cut_while_the_key_is_replaced_leaves_exactly_one)
{
	char before[1024], after[1024], found[1024];
	size_t n, m;
	uint32_t epoch = log_key_epoch(s.key);
	struct signature_key key;

	stage_stop(&s);
	n = read_file(key_path, before, sizeof(before));
	check(n > 0);
	/* Before the transaction: the next key lies there, whole or not, and counts for nothing. */
	check_eq(log_key_next(s.key, s.wall), 0);
	m = read_file(next_path, after, sizeof(after));
	check(m > 0);
	db_rollback(s.db);
	for (size_t size = 0; size <= m; size += m / 3) {
		write_file(next_path, after, size);
		reopen();
		check_eq(log_key_epoch(s.key), epoch);
		check_eq(access(next_path, F_OK), -1);
	}
	/* After it: what is there of the old key's file is nothing any more. */
	check_eq(log_key_next(s.key, s.wall), 0);
	m = read_file(next_path, after, sizeof(after));
	check_eq(db_commit(s.db), 0);
	for (size_t zeros = 0; zeros <= n; zeros += n / 3) {
		memcpy(found, before, n);
		memset(found, 0, zeros);
		write_file(key_path, found, n);
		write_file(next_path, after, m);
		reopen();
		check_eq(log_key_epoch(s.key), epoch + 1);
		check_eq(read_file(key_path, found, sizeof(found)), m);
		assert_memory_equal(found, after, m);
		check_eq(access(next_path, F_OK), -1);
	}
	/* The old key alone is one that signs no more: a backup of it beside newer records is refused. */
	key = *signer_public(log_key_signer(s.key));
	write_file(key_path, before, n);
	{
		const char *why = NULL;
		struct log_key *k = NULL;

		check_eq(log_key_open(&k, s.db, key_path, s.wall, &why), -EBADMSG);
		check(strstr(why, "same backup"));
	}
	write_file(key_path, after, m);
	reopen();
	assert_memory_equal(signer_public(log_key_signer(s.key)), &key, sizeof(key));
}

/* A commit that fails leaves the old key in its place, and the next try finds the way free. */
TEST(a_failed_commit_hands_nothing_on)
{
	uint32_t epoch = log_key_epoch(s.key);

	log_set_level((enum log_level)0);
	actor_say(&s.actors[CLERK], "{\"type\":\"fault\",\"note\":\"beeld\"}");
	stage_pass(&s, MINUTES(2));
	db_refuse_commits(s.db, 1);
	stage_pass(&s, MINUTES(60));
	check_eq(log_key_epoch(s.key), epoch);
	db_refuse_commits(s.db, 0);
	stage_pass(&s, MINUTES(2));
	actor_say(&s.actors[CLERK], "{\"type\":\"fault\",\"note\":\"licht\"}");
	stage_pass(&s, MINUTES(62));
	check(log_key_epoch(s.key) > epoch);
	export();
	check(is_whole(&whole, ""));
}

/* Records from before there were epochs: their key is the first, and what it signed stays signed. */
TEST(an_older_database_goes_on)
{
	static char file[TEXT_SIZE];
	struct signer *first;
	const char *why = NULL;
	size_t n;

	snprintf(folder, sizeof(folder), "/tmp/conclave-epoch-XXXXXX");
	check(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/conclave.db", folder);
	snprintf(key_path, sizeof(key_path), "%s.key", path);
	snprintf(next_path, sizeof(next_path), "%s.next", key_path);
	check_eq(signer_create(&first, key_path), 0);
	n = read_file(key_path, file, sizeof(file));
	check_eq(db_open(&s.db, path, &why), 0);
	check_eq(log_key_open(&s.key, s.db, key_path, 0, &why), 0);
	assert_memory_equal(log_key_first(s.key), signer_public(first), SIGNATURE_KEY_SIZE);
	check_eq(log_key_epoch(s.key), 0);
	check_eq(log_key_is_used(s.key), 0);
	check_eq(read_file(key_path, file + n, sizeof(file) - n), n);
	assert_memory_equal(file, file + n, n);
	s.key = log_key_free(s.key);
	signer_free(first);
	/* Without its key, nobody could check what was signed: refused, not made anew. */
	check_eq(unlink(key_path), 0);
	check_eq(log_key_open(&s.key, s.db, key_path, 0, &why), -EBADMSG);
	s.db = db_close(s.db);
}

#define HELD(test) cmocka_unit_test_setup_teardown(test, hold, clean)

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_note_says_what_was_signed),
	HELD(the_key_is_replaced_and_the_proceedings_stay_whole),
	HELD(with_every_key_history_can_be_rewritten),
	HELD(with_the_key_of_today_only_today_can_be_rewritten),
	HELD(a_chain_of_ones_own_is_another_server),
	HELD(a_gap_and_a_second_successor_are_named),
	HELD(a_cut_while_the_key_is_replaced_leaves_exactly_one),
	HELD(a_failed_commit_hands_nothing_on),
	cmocka_unit_test_teardown(an_older_database_goes_on, clean),
};

RUN_TESTS(tests)
