/* SPDX-License-Identifier: EUPL-1.2 */
/* Keys of the proceedings: rows of the database and one file, in step. In conclaved.
 * The order on the disk: the next key's file; the transaction with its epoch; zeros over the old key's file; the next
 * file under its name. Whatever is cut off there, the database says which key counts. */
#include "server/records/log_key.h"

#include <errno.h>
#include <stdio.h>

#include "base/log.h"
#include "base/random.h"
#include "server/proof/epoch.h"
#include "server/records/sealed.h"

#define PATH_SIZE 4096

struct log_key {
	/* owned */
	struct signer *now;
	struct signer *next;		/* of the epoch that this transaction begins, or NULL */

	/* borrowed */
	struct db *db;

	/* state */
	uint32_t epoch;
	struct signature_key first;
	char server[SERVER_ID_SIZE];
	char path[PATH_SIZE];		/* "" = in memory only */
	char path_next[PATH_SIZE];
	bool replacing;			/* the file of the key before could not be replaced yet */
};

/* What the database knows. */
struct chain {
	uint32_t n;			/* epochs; 0 = none */
	struct signature_key first, last;
	char server[SERVER_ID_SIZE];
};

static int read_first(struct chain *c, const struct signature_key *key)
{
	c->first = c->last = *key;
	c->n = 1;
	return server_id(key, c->server);
}

static int read_row(struct db *db, struct chain *c, struct epoch *e)
{
	int64_t number = db_integer(db, SQL_EPOCHS, 0);
	struct bytes key = db_blob(db, SQL_EPOCHS, 1);
	const char *note = db_text(db, SQL_EPOCHS, 2);
	struct signature_key k;
	int r;

	if (number != c->n || key.size != SIGNATURE_KEY_SIZE || !note)
		return -EBADMSG;
	memcpy(k.bytes, key.data, SIGNATURE_KEY_SIZE);
	if (c->n == 0)
		return read_first(c, &k);
	r = epoch_read(e, bytes_of_string(note), &c->last, c->server);
	if (r < 0)
		return r;
	if (r == 0 || e->number != c->n || memcmp(&e->key, &k, sizeof(k)) != 0)
		return -EBADMSG;
	c->last = k;
	c->n++;
	return 0;
}

static int read_chain(struct db *db, struct chain *c)
{
	_cleanup_(mem_freep) struct epoch *e = mem_new(struct epoch);
	int r = e ? db_read(db, SQL_EPOCHS, NULL, 0) : -ENOMEM;

	while (r >= 0 && (r = db_next(db, SQL_EPOCHS)) > 0)
		r = read_row(db, c, e);
	db_done(db, SQL_EPOCHS);
	return r;
}

static int write_epoch(struct db *db, uint32_t number, const struct signature_key *key, usec_t wall, const char *note)
{
	return db_write(db, SQL_EPOCH_INSERT, DB_VALUES(DB_INT(number), DB_BYTES(key->bytes, SIGNATURE_KEY_SIZE),
		DB_INT(wall / MSEC(1)), DB_STRING(note)));
}

static int make(struct signer **ret, const char *path)
{
	uint8_t seed[SIGNATURE_KEY_SIZE];
	int r;

	if (path[0])
		return signer_create(ret, path);
	random_bytes(seed, sizeof(seed));
	r = signer_from_seed(ret, seed);
	mem_wipe(seed, sizeof(seed));
	return r;
}

/* Made once. Were it made anew while checkpoints stand there, none of them could be checked any more. */
static int open_first(struct log_key *k, usec_t wall, const char **why)
{
	int r = k->path[0] ? signer_open(&k->now, k->path) : -ENOENT;

	if (r == -ENOENT) {
		r = sealed_any(k->db);
		*why = r ? "state: log-key.pem is missing, with which the proceedings are signed: restore it from the "
			"backup" : "state: log-key.pem cannot be made";
		r = r > 0 ? -ENOENT : r < 0 ? r : make(&k->now, k->path);
	} else if (r < 0) {
		*why = "state: log-key.pem is not the key that was made there, for its owner alone";
	}
	if (r < 0)
		return r;
	*why = "the records cannot be written";
	k->first = *signer_public(k->now);
	r = server_id(&k->first, k->server);
	if (r == 0)
		r = write_epoch(k->db, 0, &k->first, wall, "");
	return r < 0 ? r : db_commit(k->db);
}

static bool is_key(const struct signer *s, const struct signature_key *key)
{
	return s && memcmp(signer_public(s), key, sizeof(*key)) == 0;
}

/* An epoch that began, and whose file was not put in its place any more. */
static int open_next(struct log_key *k, const struct signature_key *key)
{
	_cleanup_(signer_freep) struct signer *s = NULL;
	int r = signer_open(&s, k->path_next);

	if (r < 0 || !is_key(s, key))
		return r < 0 ? r : -EBADMSG;
	r = signer_replace(k->path_next, k->path);
	if (r < 0)
		return r;
	signer_free(k->now);
	k->now = take(s);
	return 0;
}

static int open_last(struct log_key *k, const struct chain *c, const char **why)
{
	int r = k->path[0] ? signer_open(&k->now, k->path) : -ENOENT;

	k->first = c->first;
	k->epoch = c->n - 1;
	memcpy(k->server, c->server, sizeof(k->server));
	if (r == 0 && is_key(k->now, &c->last))
		return 0;
	*why = r == -EPERM ? "state: log-key.pem is not the key that was made there, for its owner alone" :
		"state: log-key.pem is not the key with which the records go on: restore both from the same backup";
	r = k->path[0] ? open_next(k, &c->last) : -EBADMSG;
	return r == -ENOENT ? -EBADMSG : r;
}

static int set_paths(struct log_key *k, const char *path)
{
	int n = snprintf(k->path, sizeof(k->path), "%s", path);
	int m = snprintf(k->path_next, sizeof(k->path_next), "%s.next", path);

	return n < 0 || m < 0 || (size_t)m >= sizeof(k->path_next) ? -ENAMETOOLONG : 0;
}

int log_key_open(struct log_key **ret, struct db *db, const char *path, usec_t wall, const char **why)
{
	_cleanup_(log_key_freep) struct log_key *k = mem_new(struct log_key);
	struct chain chain = { 0 };
	int r;

	*why = "there is not enough memory";
	if (!k)
		return -ENOMEM;
	k->db = db;
	r = path ? set_paths(k, path) : 0;
	if (r < 0)
		return r;
	*why = "the records of who signs the proceedings were altered: restore the last backup";
	r = read_chain(db, &chain);
	if (r == 0)
		r = chain.n ? open_last(k, &chain, why) : open_first(k, wall, why);
	if (r < 0)
		return r;
	if (path && (r = signer_erase(k->path_next)) < 0) {
		*why = "state: log-key.pem.next cannot be removed";
		return r;
	}
	*ret = take(k);
	return 0;
}

struct log_key *log_key_free(struct log_key *k)
{
	if (!k)
		return NULL;
	signer_free(k->now);
	signer_free(k->next);
	mem_free(k);
	return NULL;
}

const char *log_key_server(const struct log_key *k)
{
	return k->server;
}

const struct signature_key *log_key_first(const struct log_key *k)
{
	return &k->first;
}

uint32_t log_key_epoch(const struct log_key *k)
{
	return k->epoch + (k->next != NULL);
}

const struct signer *log_key_signer(const struct log_key *k)
{
	return k->next ? k->next : k->now;
}

int log_key_is_used(const struct log_key *k)
{
	int r = db_read(k->db, SQL_EPOCH_USED, DB_VALUES(DB_INT(k->epoch)));

	if (r == 0)
		r = db_next(k->db, SQL_EPOCH_USED);
	if (r > 0)
		r = db_integer(k->db, SQL_EPOCH_USED, 0) != 0;
	db_done(k->db, SQL_EPOCH_USED);
	return r;
}

static int read_head(struct db *db, struct epoch *e)
{
	const char *meeting = db_text(db, SQL_EPOCH_HEADS, 0);
	int64_t size = db_integer(db, SQL_EPOCH_HEADS, 1);
	struct bytes root = db_blob(db, SQL_EPOCH_HEADS, 2);
	struct epoch_head *h;

	if (e->n == EPOCH_HEADS)
		return -EMSGSIZE;
	if (!meeting || size < 1 || size > INT32_MAX || root.size != DIGEST_SIZE)
		return -EBADMSG;
	h = &e->heads[e->n++];
	h->checkpoint.size = (uint32_t)size;
	memcpy(h->checkpoint.root.bytes, root.data, DIGEST_SIZE);
	return epoch_meeting(meeting, &h->meeting);
}

static int read_heads(const struct log_key *k, struct epoch *e)
{
	int r = db_read(k->db, SQL_EPOCH_HEADS, DB_VALUES(DB_INT(k->epoch)));

	while (r >= 0 && (r = db_next(k->db, SQL_EPOCH_HEADS)) > 0)
		r = read_head(k->db, e);
	db_done(k->db, SQL_EPOCH_HEADS);
	return r;
}

static int begin(struct log_key *k, const struct signer *next, usec_t wall)
{
	_cleanup_(mem_freep) struct epoch *e = mem_new(struct epoch);
	_cleanup_(mem_freep) char *note = mem_new_array(char, EPOCH_NOTE_SIZE);
	int r;

	if (!e || !note)
		return -ENOMEM;
	e->number = k->epoch + 1;
	e->key = *signer_public(next);
	r = read_heads(k, e);
	if (r == 0)
		r = epoch_sign(e, k->now, k->server, note);
	return r < 0 ? r : write_epoch(k->db, e->number, &e->key, wall, note);
}

static int clear_way(struct log_key *k)
{
	int r = k->replacing ? signer_replace(k->path_next, k->path) : signer_erase(k->path_next);

	if (r == 0)
		k->replacing = false;
	return r;
}

int log_key_next(struct log_key *k, usec_t wall)
{
	_cleanup_(signer_freep) struct signer *next = NULL;
	int r = k->path[0] ? clear_way(k) : 0;

	if (r == 0)
		r = make(&next, k->path_next);
	if (r == 0)
		r = begin(k, next, wall);
	if (r == 0)
		k->next = take(next);
	return r;
}

void log_key_settle(struct log_key *k, bool committed)
{
	int r = 0;

	if (!k || !k->next)
		return;
	if (committed) {
		signer_free(k->now);
		k->now = take(k->next);
		k->epoch++;
		r = k->path[0] ? signer_replace(k->path_next, k->path) : 0;
		k->replacing = r < 0;
		log_info("log-key-replaced", LOG_NUMBER("epoch", k->epoch));
	} else {
		k->next = signer_free(k->next);
	}
	if (r < 0)
		log_error("log-key-not-erased", LOG_NUMBER("epoch", k->epoch - 1), LOG_ERROR(r));
}

int log_key_notes(struct db *db, uint32_t from, uint32_t to, log_key_callback callback, void *user)
{
	int r = db_read(db, SQL_EPOCHS_PART, DB_VALUES(DB_INT(from), DB_INT(to)));

	while (r >= 0 && (r = db_next(db, SQL_EPOCHS_PART)) > 0) {
		const char *note = db_text(db, SQL_EPOCHS_PART, 0);

		if (!callback(user, note ? note : ""))
			break;
	}
	db_done(db, SQL_EPOCHS_PART);
	return MIN(r, 0);
}
