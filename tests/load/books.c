/* SPDX-License-Identifier: EUPL-1.2 */
/* /proc. In the load tool. Invariant: see books.h. */
#include "tests/load/books.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/types.h>
#include <unistd.h>

#include "base/mem.h"

DEFINE_CLEANUP(FILE *, fclose)
DEFINE_CLEANUP(DIR *, closedir)

/* What the scheduler counts, in nanoseconds; stat's ticks are the same sums, cut to 10 ms. */
double books_cpu(unsigned pid)
{
	_cleanup_(closedirp) DIR *tasks = NULL;
	struct dirent *task;
	char path[64];
	uint64_t sum = 0;

	snprintf(path, sizeof(path), "/proc/%u/task", pid ?: (unsigned)getpid());
	tasks = opendir(path);
	while (tasks && (task = readdir(tasks))) {
		_cleanup_(fclosep) FILE *file = NULL;
		uint64_t one = 0;
		char name[400];

		if (task->d_name[0] == '.')
			continue;
		snprintf(name, sizeof(name), "%s/%s/schedstat", path, task->d_name);
		file = fopen(name, "re");
		if (file && fscanf(file, "%" SCNu64, &one) == 1)
			sum += one;
	}
	return (double)sum / 1e9;
}

uint64_t books_pss(unsigned pid)
{
	_cleanup_(fclosep) FILE *file = NULL;
	char path[64], line[256];
	uint64_t kib = 0;

	snprintf(path, sizeof(path), "/proc/%u/smaps_rollup", pid);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "Pss: %" SCNu64, &kib) == 1)
			break;
	return kib;
}
