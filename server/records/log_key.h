/* SPDX-License-Identifier: EUPL-1.2 */
/* The key that signs the proceedings, and how it is replaced (server/proof/epoch.h). In conclaved.
 * Invariant: the newest epoch in the database is the one whose key signs; its private key is on the disk before it is
 * in the database, and that of the epoch before is overwritten after. */
#pragma once

#include "auth/signature.h"
#include "base/clock.h"
#include "server/proof/checkpoint.h"
#include "server/records/db.h"

struct log_key;

/* Finds the key of the newest epoch, and ends what a kill or a power cut left half done; the first time it makes one.
 * Keys live in the file `path`; NULL: in memory only. `db` is borrowed. On failure `why` is a plain sentence. */
int log_key_open(struct log_key **ret, struct db *db, const char *path, usec_t wall, const char **why);
struct log_key *log_key_free(struct log_key *k);
DEFINE_CLEANUP(struct log_key *, log_key_free)

const char *log_key_server(const struct log_key *k);			/* named after its first key */
const struct signature_key *log_key_first(const struct log_key *k);
/* Of this moment, in the transaction that is being written. */
uint32_t log_key_epoch(const struct log_key *k);
const struct signer *log_key_signer(const struct log_key *k);
/* Has this epoch's key signed anything? 1, 0 or a negative errno. */
int log_key_is_used(const struct log_key *k);

/* The next epoch begins with this transaction; what was sealed in this one is signed for once more. 0 or a negative
 * errno, and then it does not begin. */
int log_key_next(struct log_key *k, usec_t wall);
/* After each commit or rollback: whether it does begin. Then the key before is erased. */
void log_key_settle(struct log_key *k, bool committed);

/* Calls back for the notes of the epochs behind `from` up to `to`, in order, as long as it says so. */
typedef bool (*log_key_callback)(void *user, const char *note);
int log_key_notes(struct db *db, uint32_t from, uint32_t to, log_key_callback callback, void *user);
