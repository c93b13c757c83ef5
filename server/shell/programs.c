/* SPDX-License-Identifier: EUPL-1.2 */
/* Finds conclave-media and conclave-helper. In conclaved. */
#include "server/shell/programs.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "auth/hashing.h"
#include "base/limits.h"
#include "base/mem.h"

/* Installed, they stand beside us; where they were built, in folders of their own. */
static int program_find(const char *configured, struct bytes folder, const char *const beside[static 3],
	char ret[static CONFIG_PATH_SIZE])
{
	if (configured[0]) {
		memcpy(ret, configured, CONFIG_PATH_SIZE);
		return access(ret, X_OK) < 0 ? -errno : 0;
	}
	for (size_t i = 0; i < 3; i++) {
		struct writer w = writer(ret, CONFIG_PATH_SIZE);

		write_bytes(&w, folder);
		write_u8(&w, '/');
		write_string(&w, beside[i]);
		write_u8(&w, 0);
		if (w.ok && access(ret, X_OK) == 0)
			return 0;
	}
	return -ENOENT;
}

/* Those that we may use. */
static unsigned count_cores(void)
{
	cpu_set_t cores;

	return sched_getaffinity(0, sizeof(cores), &cores) == 0 ? (unsigned)CPU_COUNT(&cores) : 1;
}

int programs_find(struct programs *ret, const struct config *c, const char **why)
{
	static const char *const media[] = { "conclave-media", "../sfu/conclave-media",
		"../libexec/conclave/conclave-media" };
	static const char *const helper[] = { "conclave-helper", "../helper/conclave-helper",
		"../libexec/conclave/conclave-helper" };
	char own[CONFIG_PATH_SIZE];
	ssize_t n = readlink("/proc/self/exe", own, sizeof(own));
	const char *slash = n > 0 ? memrchr(own, '/', (size_t)n) : NULL;
	struct bytes folder = bytes_make(own, slash ? (size_t)(slash - own) : 0);
	int r;

	ret->helpers = MIN(hashing_helpers(count_cores()), (unsigned)LIMIT_HELPERS);
	*why = "conclave-media: is not beside conclaved; media_program can name it";
	r = program_find(c->media_program, folder, media, ret->media);
	if (r < 0)
		return r;
	*why = "conclave-helper: is not beside conclaved; helper_program can name it";
	return program_find(c->helper_program, folder, helper, ret->helper);
}
