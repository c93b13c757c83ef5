/* SPDX-License-Identifier: EUPL-1.2 */
/* A VFS before SQLite's own (sqlite.org/vfs.html), and the calls of auth/signature.c by the linker's --wrap. In tests
 * only. Of each file it knows what was synced, and each write since. */
#include "tests/server/power.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/random.h"
#include "tests/support/check.h"

#define FILES 8
#define SECTOR 512

struct change {
	sqlite3_int64 at;
	size_t n;		/* 0: truncated to `at` */
	unsigned char *data;
};

/* A file by its name, as the disk has it. */
struct platter {
	char name[256];
	unsigned char *synced;
	size_t size;
	struct change *changes;
	size_t n_changes;
	size_t room;
};

struct file {
	sqlite3_file base;
	struct platter *platter;	/* NULL: nothing that outlives the process */
	sqlite3_file *real;
};

static sqlite3_vfs *under;
static struct platter platters[FILES];
static unsigned long operations, fails_at;
static unsigned mode;
static bool lies;
static struct random dice;

int __real_fsync(int fd);
int __real_rename(const char *from, const char *to);
int __real_unlink(const char *name);
int __real_link(const char *from, const char *to);
ssize_t __real_write(int fd, const void *data, size_t n);
int __wrap_fsync(int fd);
int __wrap_rename(const char *from, const char *to);
int __wrap_unlink(const char *name);
int __wrap_link(const char *from, const char *to);
ssize_t __wrap_write(int fd, const void *data, size_t n);

static void apply(struct platter *p, const struct change *c, size_t n)
{
	size_t end = (size_t)c->at + n;

	if (end > p->size || c->n == 0) {
		p->synced = realloc(p->synced, end + 1);
		check(p->synced);
		if (end > p->size)
			memset(p->synced + p->size, 0, end - p->size);
		p->size = end;
	}
	if (n)
		memcpy(p->synced + c->at, c->data, n);
}

static void forget(struct platter *p)
{
	for (size_t i = 0; i < p->n_changes; i++)
		free(p->changes[i].data);
	p->n_changes = 0;
}

static void settle(struct platter *p)
{
	for (size_t i = 0; i < p->n_changes; i++)
		apply(p, &p->changes[i], p->changes[i].n);
	forget(p);
}

/* mode 0: none of it reached the disk; 1: all; otherwise some, and the last one torn. */
static void lose(struct platter *p)
{
	for (size_t i = 0; mode && i < p->n_changes; i++) {
		const struct change *c = &p->changes[i];
		size_t n = c->n;

		if (mode > 1 && random_below(&dice, 2))
			continue;
		if (mode > 1 && i + 1 == p->n_changes && n > SECTOR)
			n = SECTOR * (1 + random_below(&dice, (uint32_t)(n / SECTOR)));
		apply(p, c, n);
	}
	forget(p);
}

static void write_back(const struct platter *p)
{
	int fd = open(p->name, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	check_eq(ftruncate(fd, (off_t)p->size), 0);
	check_eq(pwrite(fd, p->synced, p->size, 0), (ssize_t)p->size);
	(void)close(fd);
}

/* True when the power fails here; it is not done then. */
static bool is_cut(void)
{
	return ++operations == fails_at;
}

static void go_dark(void)
{
	for (size_t i = 0; i < FILES; i++) {
		lose(&platters[i]);
		if (platters[i].name[0])
			write_back(&platters[i]);
	}
	_exit(0);
}

static void count(void)
{
	if (is_cut())
		go_dark();
}

static void load(struct platter *p)
{
	int fd = open(p->name, O_RDONLY | O_CLOEXEC);
	struct stat st;

	forget(p);
	p->size = 0;
	if (fd < 0)
		return;
	check_eq(fstat(fd, &st), 0);
	p->synced = realloc(p->synced, (size_t)st.st_size + 1);
	check(p->synced);
	p->size = (size_t)st.st_size;
	check_eq(pread(fd, p->synced, p->size, 0), (ssize_t)p->size);
	(void)close(fd);
}

static struct platter *platter_of(const char *name)
{
	struct platter *p = platters;

	while (p < platters + FILES && p->name[0] && strcmp(p->name, name) != 0)
		p++;
	check(p < platters + FILES);
	if (!p->name[0]) {
		snprintf(p->name, sizeof(p->name), "%s", name);
		load(p);
	}
	return p;
}

static void keep(struct platter *p, sqlite3_int64 at, const void *data, size_t n)
{
	struct change *c;

	if (!p)
		return;
	if (p->n_changes == p->room) {
		p->room = p->room ? 2 * p->room : 64;
		p->changes = realloc(p->changes, p->room * sizeof(*p->changes));
		check(p->changes);
	}
	c = &p->changes[p->n_changes++];
	*c = (struct change){ .at = at, .n = n, .data = n ? malloc(n) : NULL };
	if (n) {
		check(c->data);
		memcpy(c->data, data, n);
	}
}

static sqlite3_file *real(sqlite3_file *f)
{
	return ((struct file *)f)->real;
}

static int file_close(sqlite3_file *f)
{
	return real(f)->pMethods->xClose(real(f));
}

static int file_read(sqlite3_file *f, void *to, int n, sqlite3_int64 at)
{
	return real(f)->pMethods->xRead(real(f), to, n, at);
}

static int file_write(sqlite3_file *f, const void *from, int n, sqlite3_int64 at)
{
	struct platter *p = ((struct file *)f)->platter;

	if (p && is_cut()) {
		keep(p, at, from, (size_t)n);
		go_dark();
	}
	keep(p, at, from, (size_t)n);
	return real(f)->pMethods->xWrite(real(f), from, n, at);
}

static int file_truncate(sqlite3_file *f, sqlite3_int64 size)
{
	struct platter *p = ((struct file *)f)->platter;

	if (p)
		count();
	keep(p, size, NULL, 0);
	return real(f)->pMethods->xTruncate(real(f), size);
}

static int file_sync(sqlite3_file *f, int flags)
{
	struct platter *p = ((struct file *)f)->platter;

	(void)flags;
	if (!p)
		return SQLITE_OK;
	count();
	if (!lies)
		settle(p);
	return SQLITE_OK;
}

static int file_size(sqlite3_file *f, sqlite3_int64 *ret)
{
	return real(f)->pMethods->xFileSize(real(f), ret);
}

static int file_lock(sqlite3_file *f, int kind)
{
	return real(f)->pMethods->xLock(real(f), kind);
}

static int file_unlock(sqlite3_file *f, int kind)
{
	return real(f)->pMethods->xUnlock(real(f), kind);
}

static int file_reserved(sqlite3_file *f, int *ret)
{
	return real(f)->pMethods->xCheckReservedLock(real(f), ret);
}

static int file_control(sqlite3_file *f, int what, void *with)
{
	return real(f)->pMethods->xFileControl(real(f), what, with);
}

static int file_sector(sqlite3_file *f)
{
	return real(f)->pMethods->xSectorSize(real(f));
}

/* Nothing that a better disk would promise. */
static int file_promises(sqlite3_file *f)
{
	(void)f;
	return 0;
}

static int file_map(sqlite3_file *f, int page, int size, int extend, void volatile **ret)
{
	return real(f)->pMethods->xShmMap(real(f), page, size, extend, ret);
}

static int file_shm_lock(sqlite3_file *f, int at, int n, int flags)
{
	return real(f)->pMethods->xShmLock(real(f), at, n, flags);
}

static void file_barrier(sqlite3_file *f)
{
	real(f)->pMethods->xShmBarrier(real(f));
}

static int file_unmap(sqlite3_file *f, int remove)
{
	return real(f)->pMethods->xShmUnmap(real(f), remove);
}

static const sqlite3_io_methods methods = {
	.iVersion = 2, .xClose = file_close, .xRead = file_read, .xWrite = file_write, .xTruncate = file_truncate,
	.xSync = file_sync, .xFileSize = file_size, .xLock = file_lock, .xUnlock = file_unlock,
	.xCheckReservedLock = file_reserved, .xFileControl = file_control, .xSectorSize = file_sector,
	.xDeviceCharacteristics = file_promises, .xShmMap = file_map, .xShmLock = file_shm_lock,
	.xShmBarrier = file_barrier, .xShmUnmap = file_unmap,
};

static int vfs_open(sqlite3_vfs *v, const char *name, sqlite3_file *file, int flags, int *out)
{
	struct file *f = (struct file *)file;
	int r;

	(void)v;
	f->real = (sqlite3_file *)(f + 1);
	f->platter = name && (flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL)) ? platter_of(name) : NULL;
	r = under->xOpen(under, name, f->real, flags, out);
	f->base.pMethods = f->real->pMethods ? &methods : NULL;
	return r;
}

static int vfs_delete(sqlite3_vfs *v, const char *name, int sync)
{
	struct platter *p = platter_of(name);

	(void)v;
	(void)sync;
	count();
	forget(p);
	p->size = 0;
	return under->xDelete(under, name, 0);
}

void power_install(void)
{
	static sqlite3_vfs vfs;

	if (under)
		return;
	under = sqlite3_vfs_find(NULL);
	check(under);
	vfs = *under;
	vfs.zName = "power";
	vfs.szOsFile = (int)sizeof(struct file) + under->szOsFile;
	vfs.xOpen = vfs_open;
	vfs.xDelete = vfs_delete;
	check_eq(sqlite3_vfs_register(&vfs, 1), SQLITE_OK);
}

void power_fail_at(unsigned long nth, unsigned seed)
{
	operations = 0;
	fails_at = nth;
	mode = seed % 4;
	lies = false;
	random_seed(&dice, seed);
	for (size_t i = 0; i < FILES; i++)
		if (platters[i].name[0])
			load(&platters[i]);
}

void power_lie(void)
{
	lies = true;
}

unsigned long power_operations(void)
{
	return operations;
}

static bool is_file(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

/* Of a file that is not synced, the worst: nothing is there. */
int __wrap_fsync(int fd)
{
	if (is_cut()) {
		if (mode == 0 && is_file(fd))
			check_eq(ftruncate(fd, 0), 0);
		go_dark();
	}
	return 0;
}

int __wrap_rename(const char *from, const char *to)
{
	count();
	return __real_rename(from, to);
}

int __wrap_unlink(const char *name)
{
	count();
	return __real_unlink(name);
}

int __wrap_link(const char *from, const char *to)
{
	count();
	return __real_link(from, to);
}

ssize_t __wrap_write(int fd, const void *data, size_t n)
{
	if (is_file(fd))
		count();
	return __real_write(fd, data, n);
}
