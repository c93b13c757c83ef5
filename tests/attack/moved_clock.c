/* SPDX-License-Identifier: EUPL-1.2 */
/* The wall clock of one process, moved: loaded before libc (LD_PRELOAD), it adds to CLOCK_REALTIME the seconds that
 * stand, as one 64-bit number, in the file that MOVED_CLOCK names, at the moment somebody asks. In tests only.
 * Invariant: the monotonic clock is the machine's. */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static const volatile int64_t *moved;

__attribute__((constructor)) static void moved_open(void)
{
	const char *path = getenv("MOVED_CLOCK");
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	void *at = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof(*moved), PROT_READ, MAP_SHARED, fd, 0);

	if (at == MAP_FAILED)
		abort();	/* a test that asked for it must not pass without it */
	moved = at;
	(void)close(fd);
}

/* Libc's own declaration says that `ret` is never NULL. */
int clock_gettime(clockid_t clock, struct timespec *ret)
{
	long r = syscall(SYS_clock_gettime, clock, ret);

	if (r == 0 && clock == CLOCK_REALTIME)
		ret->tv_sec += *moved;
	return (int)r;
}
