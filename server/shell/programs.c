/* SPDX-License-Identifier: EUPL-1.2 */
/* Finds conclave-media, conclave-helper and conclave-fetch. In conclaved. */
#include "server/shell/programs.h"

#include <assert.h>
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

/* What it is to ask, and for whom. No secret is among it: others see the arguments of a program. */
static void ask_for(struct programs *p, const struct config *c)
{
	const char *const pairs[][2] = {
		{ "--fd", "3" }, { "--issuer", c->oidc_issuer }, { "--client", c->oidc_client_id },
		{ "--secret-file", c->oidc_secret_file }, { "--redirect", p->redirect },
		{ "--algorithm", oidc_algorithm_word(c->oidc_algorithm) }, { "--ca-file", c->oidc_ca_file },
		{ "--acr", c->oidc_acr }, { "--verified", c->oidc_verified_claim },
	};
	size_t n = 0;

	static_assert(2 * ARRAY_SIZE(pairs) + 2 <= PROGRAMS_ARGUMENTS, "the name, the pairs and NULL");
	p->fetch_arguments[n++] = (char *)"conclave-fetch";
	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		if (!pairs[i][1][0])
			continue;
		p->fetch_arguments[n++] = (char *)pairs[i][0];
		p->fetch_arguments[n++] = (char *)pairs[i][1];
	}
}

int programs_find(struct programs *ret, const struct config *c, const char **why)
{
	static const char *const media[] = { "conclave-media", "../sfu/conclave-media",
		"../libexec/conclave/conclave-media" };
	static const char *const helper[] = { "conclave-helper", "../helper/conclave-helper",
		"../libexec/conclave/conclave-helper" };
	static const char *const fetch[] = { "conclave-fetch", "../fetch/conclave-fetch",
		"../libexec/conclave/conclave-fetch" };
	struct hall_provider provider;
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
	r = program_find(c->helper_program, folder, helper, ret->helper);
	if (r < 0 || !config_provider(c, &provider, ret->redirect))
		return r;
	*why = "conclave-fetch: is not beside conclaved";
	ask_for(ret, c);
	return program_find("", folder, fetch, ret->fetch);
}
