/* SPDX-License-Identifier: EUPL-1.2 */
/* In the place of libc's _exit() in a build that counts (tests/run coverage): what the spawner or a forked child did
 * would be forgotten otherwise. In tests only. */
#include <gcov.h>
#include <sys/syscall.h>
#include <unistd.h>

void _exit(int status)
{
	__gcov_dump();
	for (;;)
		(void)syscall(SYS_exit_group, status);
}
