/* SPDX-License-Identifier: EUPL-1.2 */
/* What a backup holds, and how it is looked at. In conclavectl. */
#include "server/ctl/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "server/ctl/disk.h"
#include "server/ctl/envelope.h"
#include "server/records/copy.h"
#include "server/shell/state.h"

#define PATH_SIZE 4096
#define SMALL_FILE (1024u * 1024)
#define LARGEST (1024u * 1024 * 1024)
#define TRIES 5			/* the key of the proceedings is replaced once an hour */

#define DATABASE "conclave.db"
#define LOG_KEY "log-key.pem"

/* What else a server is made of. Those of the state folder go back there; the others are for whoever restores. */
enum part { PART_LOG_KEY, PART_LOG_KEY_NEXT, PART_VAULT_KEY, PART_CONFIGURATION, PART_POLICY, PART_CERTIFICATE,
	PART_KEY, PART_N };

static const char *const part_names[PART_N] = {
	[PART_LOG_KEY] = LOG_KEY, [PART_LOG_KEY_NEXT] = LOG_KEY ".next", [PART_VAULT_KEY] = "vault-key",
	[PART_CONFIGURATION] = "restored/conclaved.conf", [PART_POLICY] = "restored/policy",
	[PART_CERTIFICATE] = "restored/certificate.pem", [PART_KEY] = "restored/key.pem",
};

struct parts {
	/* owned */
	uint8_t *data[PART_N];

	/* state */
	size_t sizes[PART_N];
};

static bool say(char *why, const char *whose, const char *what)
{
	(void)snprintf(why, BACKUP_WHY_SIZE, "%.400s: %.400s", whose, what);
	return false;
}

static bool join(char path[static PATH_SIZE], const char *folder, const char *name)
{
	int n = snprintf(path, PATH_SIZE, "%s/%s", folder, name);

	return n > 0 && n < PATH_SIZE;
}

static void wiped(uint8_t *data, size_t size)
{
	if (data)
		mem_wipe(data, size);
	mem_free(data);
}

static void parts_done(struct parts *p)
{
	for (enum part i = 0; i < PART_N; i++)
		wiped(p->data[i], p->sizes[i]);
	*p = (struct parts){ 0 };
}

bool backup_key(const char *path, char why[static BACKUP_WHY_SIZE])
{
	int r = envelope_make_key(path);

	if (r < 0)
		return say(why, path, r == -EEXIST ? "is there already, or its .pub is; nothing was changed" :
			strerror(-r));
	(void)snprintf(why, BACKUP_WHY_SIZE,
		"%.400s opens backups: keep it off this server, twice. %.400s.pub seals them", path, path);
	return true;
}

/* Where each part is on this server; NULL = not configured. */
static const char *part_path(const struct place *place, enum part part, char path[static PATH_SIZE])
{
	const struct config *c = &place->config;

	switch (part) {
	case PART_LOG_KEY:
	case PART_LOG_KEY_NEXT:
	case PART_VAULT_KEY:
		return join(path, c->state, part_names[part]) ? path : NULL;
	case PART_CONFIGURATION:
		return place->file;
	case PART_POLICY:
		return c->policy_file[0] ? c->policy_file : NULL;
	case PART_CERTIFICATE:
		return c->certificate;
	case PART_KEY:
		return c->key;
	case PART_N:
		break;
	}
	return NULL;
}

/* What is not there (a key about to be put in its place, a vault that nobody needed) is left out. */
static bool parts_read(struct parts *ret, const struct place *place, char *why)
{
	char room[PATH_SIZE];

	for (enum part i = 0; i < PART_N; i++) {
		const char *path = part_path(place, i, room);
		int r = path ? disk_read(path, SMALL_FILE, &ret->data[i], &ret->sizes[i]) : -ENOENT;

		if (r < 0 && (r != -ENOENT || i == PART_LOG_KEY))
			return say(why, path ? path : part_names[i], r == -ENOENT ?
				"is not there: has conclaved ever run with this configuration?" : strerror(-r));
	}
	return true;
}

static size_t parts_list(const struct parts *p, struct copy_file ret[static PART_N])
{
	size_t n = 0;

	for (enum part i = 0; i < PART_N; i++)
		if (p->data[i])
			ret[n++] = (struct copy_file){ part_names[i], bytes_make(p->data[i], p->sizes[i]) };
	return n;
}

static bool same_key(const struct place *place, const struct parts *p)
{
	_cleanup_(mem_freep) uint8_t *now = NULL;
	char path[PATH_SIZE];
	size_t size = 0;
	bool same = join(path, place->config.state, LOG_KEY) && disk_read(path, SMALL_FILE, &now, &size) == 0 &&
		size == p->sizes[PART_LOG_KEY] && memcmp(now, p->data[PART_LOG_KEY], size) == 0;

	if (now)
		mem_wipe(now, size);
	return same;
}

/* Database and key of one moment. */
static bool draw_copy(const struct place *place, const char *draft, char *why)
{
	char database[PATH_SIZE];
	const char *said = "";

	if (!join(database, place->config.state, DATABASE))
		return say(why, place->config.state, "the path is too long");
	for (int i = 0; i < TRIES; i++) {
		_cleanup_(parts_done) struct parts parts = { 0 };
		struct copy_file files[PART_N];
		size_t n;
		int r;

		if (!parts_read(&parts, place, why))
			return false;
		n = parts_list(&parts, files);
		(void)unlink(draft);
		r = copy_make(database, draft, files, n, &said);
		if (r < 0)
			return say(why, said, strerror(-r));
		if (same_key(place, &parts))
			return true;
	}
	return say(why, place->config.state, "the key of the proceedings was replaced again and again; try again");
}

/* Restoring. */

struct restoring {
	const char *folder;
	struct stat owner;	/* of the folder: what is put there is theirs */
};

static int hand_over(const struct restoring *s, const char *path)
{
	return geteuid() == 0 && chown(path, s->owner.st_uid, s->owner.st_gid) < 0 ? -errno : 0;
}

static int put_part(void *user, const char *name, struct bytes content)
{
	const struct restoring *s = user;
	char path[PATH_SIZE], folder[PATH_SIZE];
	bool known = false;
	int r;

	for (enum part i = 0; i < PART_N; i++)
		known |= strcmp(part_names[i], name) == 0;
	if (!known || !join(path, s->folder, name) || !join(folder, s->folder, "restored"))
		return -EBADMSG;
	if (mkdir(folder, 0700) < 0 && errno != EEXIST)
		return -errno;
	r = hand_over(s, folder);
	if (r == 0)
		r = disk_write(path, content);
	return r < 0 ? r : hand_over(s, path);
}

static void take_back(const char *folder)
{
	char path[PATH_SIZE];

	for (enum part i = 0; i < PART_N; i++)
		if (join(path, folder, part_names[i]))
			(void)unlink(path);
	if (join(path, folder, "restored"))
		(void)rmdir(path);
	if (join(path, folder, DATABASE))
		(void)unlink(path);
}

/* A copy in the clear becomes a state folder, and is looked at. On false nothing of it stays. */
static bool unpack(const char *copy, const char *folder, int64_t wall, char *why)
{
	struct restoring s = { .folder = folder };
	char database[PATH_SIZE], key[PATH_SIZE];
	const char *said = "the folder cannot be used";
	int r = stat(folder, &s.owner) < 0 ? -errno : 0;

	if (r == 0 && (!join(database, folder, DATABASE) || !join(key, folder, LOG_KEY)))
		r = -ENAMETOOLONG;
	if (r == 0)
		r = copy_unpack(copy, put_part, &s, &said);
	if (r == 0 && rename(copy, database) < 0)
		r = -errno;
	if (r == 0)
		r = copy_judge(database, key, wall, &said);
	if (r == 0)
		r = hand_over(&s, database);
	if (r < 0) {
		take_back(folder);
		return say(why, said, strerror(-r));
	}
	return true;
}

static bool rehearse_copy(const char *draft, const char *folder, int64_t wall, char *why)
{
	bool sound = unpack(draft, folder, wall, why);

	take_back(folder);
	return sound;
}

/* A copy of `from` under the name `to`, which unpack() may consume. */
static bool write_clear(const char *path, struct bytes content, char *why)
{
	int r = disk_write(path, content);

	return r == 0 || say(why, path, strerror(-r));
}

static bool seal_into(const char *path, const char *to, struct bytes clear, char *why)
{
	_cleanup_(mem_freep) uint8_t *sealed = NULL;
	_cleanup_(mem_freep) uint8_t *written = NULL;
	size_t size = 0, written_size = 0;
	int r = envelope_seal(to, clear, &sealed, &size);

	if (r < 0)
		return say(why, to, r == -EINVAL ? "is not what conclavectl backup-key made (the .pub file)" :
			strerror(-r));
	r = disk_write(path, bytes_make(sealed, size));
	if (r < 0)
		return say(why, path, strerror(-r));
	r = disk_read(path, LARGEST, &written, &written_size);
	if (r == 0 && (written_size != size || memcmp(written, sealed, size) != 0))
		r = -EIO;
	if (r < 0) {
		(void)unlink(path);
		return say(why, path, strerror(-r));
	}
	return true;
}

/* In a folder for it alone: what is in the clear never stands anywhere else. */
static bool make_within(const struct place *place, const char *folder, const char *path, const char *to, int64_t wall,
	char *why)
{
	char draft[PATH_SIZE];
	uint8_t *clear = NULL;
	size_t size = 0;
	bool done;
	int r;

	if (!join(draft, folder, "copy"))
		return say(why, folder, "the path is too long");
	done = draw_copy(place, draft, why);
	r = done ? disk_read(draft, LARGEST, &clear, &size) : 0;
	if (r < 0)
		done = say(why, draft, strerror(-r));
	done = done && rehearse_copy(draft, folder, wall, why) && seal_into(path, to, bytes_make(clear, size), why);
	wiped(clear, size);
	(void)unlink(draft);
	return done;
}

static void stamp(const struct place *place)
{
	char path[PATH_SIZE];

	/* For doctor only: a backup without it is none the worse. */
	if (join(path, place->config.state, BACKUP_STAMP))
		(void)disk_write(path, bytes_of_string("The time of this file is that of the newest backup.\n"));
}

bool backup_make(const struct place *place, const char *path, const char *to, int64_t wall,
	char why[static BACKUP_WHY_SIZE])
{
	char folder[PATH_SIZE], key[PATH_SIZE], public[PATH_SIZE];
	bool made = false, done;
	int r = 0;

	(void)umask(077);
	if (!join(folder, place->config.state, "backup-XXXXXX") ||
	    snprintf(key, sizeof(key), "%s.key", path) >= PATH_SIZE ||
	    snprintf(public, sizeof(public), "%s.key.pub", path) >= PATH_SIZE)
		return say(why, path, "the path is too long");
	if (!to && access(key, F_OK) != 0) {
		r = envelope_make_key(key);
		made = r == 0;
	}
	if (r < 0)
		return say(why, key, strerror(-r));
	if (!mkdtemp(folder))
		return say(why, place->config.state, strerror(errno));
	done = make_within(place, folder, path, to ? to : public, wall, why);
	(void)rmdir(folder);
	if (!done)
		return false;
	stamp(place);
	if (made)
		(void)snprintf(why, BACKUP_WHY_SIZE, "written to %.400s and looked at; %.400s opens it: take that off this "
			"server now", path, key);
	else
		(void)snprintf(why, BACKUP_WHY_SIZE, "written to %.400s and looked at", path);
	return true;
}

static bool open_into(const char *path, const char *key, const char *copy, char *why)
{
	_cleanup_(mem_freep) uint8_t *sealed = NULL;
	uint8_t *clear = NULL;
	size_t size = 0, clear_size = 0;
	char beside[PATH_SIZE];
	bool done;
	int r = disk_read(path, LARGEST, &sealed, &size);

	if (r < 0)
		return say(why, path, strerror(-r));
	if (!key && snprintf(beside, sizeof(beside), "%s.key", path) >= PATH_SIZE)
		return say(why, path, "the path is too long");
	key = key ? key : beside;
	r = envelope_open(key, bytes_make(sealed, size), &clear, &clear_size);
	if (r == -EINVAL)
		return say(why, key, "is not the key that opens backups; name it with --key FILE");
	if (r == -EBADMSG)
		return say(why, path, "is no backup that this key opens, or a byte of it was changed");
	if (r < 0)
		return say(why, path, strerror(-r));
	done = write_clear(copy, bytes_make(clear, clear_size), why);
	wiped(clear, clear_size);
	return done;
}

static bool restore_into(const char *path, const char *key, const char *folder, int64_t wall, char *why)
{
	char copy[PATH_SIZE];
	bool done;

	if (!join(copy, folder, DATABASE ".restoring"))
		return say(why, folder, "the path is too long");
	done = open_into(path, key, copy, why) && unpack(copy, folder, wall, why);
	if (!done)
		(void)unlink(copy);
	return done;
}

/* The server says it in its security log when it starts; what was restored is none the worse without. */
static void mark_restored(const char *state)
{
	struct restoring s = { .folder = state };
	char path[PATH_SIZE];

	if (join(path, state, STATE_RESTORED) && stat(state, &s.owner) == 0 &&
	    disk_write(path, bytes_of_string("Restored from a backup; not yet started.\n")) == 0)
		(void)hand_over(&s, path);
}

bool backup_restore(const char *path, const char *key, const char *state, int64_t wall,
	char why[static BACKUP_WHY_SIZE])
{
	static const char *const records[] = { DATABASE, LOG_KEY };
	char there[PATH_SIZE];

	(void)umask(077);
	if (mkdir(state, 0700) < 0 && errno != EEXIST)
		return say(why, state, strerror(errno));
	for (size_t i = 0; i < ARRAY_SIZE(records); i++)
		if (!join(there, state, records[i]) || access(there, F_OK) == 0)
			return say(why, state, "holds a server's records already; name an empty folder");
	if (!restore_into(path, key, state, wall, why))
		return false;
	mark_restored(state);
	(void)snprintf(why, BACKUP_WHY_SIZE,
		"restored into %.400s; configuration and certificate as they were stand in its folder restored", state);
	return true;
}

bool backup_rehearse(const char *path, const char *key, int64_t wall, char why[static BACKUP_WHY_SIZE])
{
	const char *temporary = getenv("TMPDIR");
	char folder[PATH_SIZE];
	bool sound;

	(void)umask(077);
	if (!join(folder, temporary && *temporary ? temporary : "/tmp", "conclave-rehearsal-XXXXXX") ||
	    !mkdtemp(folder))
		return say(why, "a folder for the rehearsal", strerror(errno));
	sound = restore_into(path, key, folder, wall, why);
	take_back(folder);
	(void)rmdir(folder);
	if (sound)
		(void)snprintf(why, BACKUP_WHY_SIZE, "%.400s can be restored: its database is whole, its key is the right one, "
			"and every meeting's entries are those that were signed", path);
	return sound;
}
