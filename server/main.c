/* SPDX-License-Identifier: EUPL-1.2 */
/* conclaved: starts in the foreground, with one file of configuration. Invariant: no secret of ours ends up in a core
 * dump, in a file that others can read, or in another process' view of our memory. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "auth/locked.h"
#include "base/log.h"
#include "base/mem.h"
#include "server/shell/activation.h"
#include "server/shell/config.h"
#include "server/shell/programs.h"
#include "server/shell/sandbox.h"
#include "server/shell/shell.h"

/* 2,000 WebSockets, as many strangers, and our own. */
#define DESCRIPTORS 4096

DEFINE_CLEANUP(struct shell *, shell_free)
DEFINE_CLEANUP(struct spawner *, spawner_free)

static const char help[] =
	"conclaved --config FILE\n"
	"The Conclave server: runs in the foreground, logs to standard error, starts its own media workers.\n"
	"SIGTERM and Ctrl-C end it cleanly; so does SIGUSR1, but media go on for 30 s, in which another conclaved takes\n"
	"them over. SIGHUP makes it show the certificate that now stands in its file. conclavectl talks to it.\n";

/* 0, or an exit status plus one. */
static int parse_arguments(int argc, char **argv, const char **config)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int o;

	*config = NULL;
	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (o == 'h') {
			(void)fputs(help, stdout);
			return 1;
		}
		if (o != 'c')
			return 3;
		*config = optarg;
	}
	if (*config && optind == argc)
		return 0;
	(void)fputs(help, stderr);
	return 3;
}

static void harden(void)
{
	struct rlimit none = { 0 }, descriptors;

	(void)umask(077);
	(void)setrlimit(RLIMIT_CORE, &none);
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	/* The library keeps a table of as many as are allowed, which may be a million. */
	if (getrlimit(RLIMIT_NOFILE, &descriptors) == 0) {
		descriptors.rlim_cur = MIN(descriptors.rlim_max, (rlim_t)DESCRIPTORS);
		(void)setrlimit(RLIMIT_NOFILE, &descriptors);
	}
}

/* Before anything is read that others wrote: so the spawner has no secret, and nobody's bytes. */
static int start_spawner(struct spawner **ret, const struct config *c, unsigned *helpers)
{
	_cleanup_(mem_freep) struct programs *programs = mem_new(struct programs);
	struct spawner_config config = { .port = c->port, .workers = c->workers };
	char run[CONFIG_PATH_SIZE];
	const char *why = "no memory";
	int r = programs ? programs_find(programs, c, &why) : -ENOMEM;

	if (r == 0 && !config_state_path(c, "run", run)) {
		why = "state: the path is too long";
		r = -ENAMETOOLONG;
	}
	if (r == 0) {
		config.media = programs->media;
		config.helper = programs->helper;
		config.fetch = programs->fetch[0] ? programs->fetch : NULL;
		config.fetch_arguments = programs->fetch_arguments;
		config.folder = run;
		config.certificate = c->certificate;
		config.key = c->key;
		*helpers = config.helpers = programs->helpers;
		/* A worker has one socket: on the one address that is listened to, or on every one. */
		if (c->n_listen == 1)
			config.listen = c->listen[0];
		why = "the spawner";
		r = spawner_new(ret, &config);
	}
	if (r < 0)
		log_error("start-failed", LOG_WORD("what", why), LOG_ERROR(r));
	return r;
}

int main(int argc, char **argv)
{
	_cleanup_(mem_freep) struct config *config = mem_new(struct config);
	_cleanup_(spawner_freep) struct spawner *spawner = NULL;
	_cleanup_(shell_freep) struct shell *shell = NULL;
	_cleanup_(notify_done) struct notify notify = { .fd = -1 };
	char error[CONFIG_ERROR_SIZE];
	const char *path;
	unsigned helpers;
	int r = parse_arguments(argc, argv, &path);

	if (r)
		return r - 1;
	mem_keep_little();	/* of ten people who joined 1.7 MB stayed otherwise, for nothing */
	log_set_process("conclaved");
	activation_open();
	harden();
	if (!config || !config_load(config, path, error)) {
		(void)fprintf(stderr, "conclaved: %s\n", config ? error : "no memory");
		return 2;
	}
	r = locked_open();
	if (r < 0)
		log_warn("keys-not-locked", LOG_ERROR(r));
	r = notify_open(&notify);
	if (r < 0) {
		log_error("start-failed", LOG_WORD("what", "NOTIFY_SOCKET: nobody answers there"), LOG_ERROR(r));
		return 1;
	}
	if (start_spawner(&spawner, config, &helpers) < 0 ||
	    shell_new(&shell, config, spawner, helpers, &notify) < 0)
		return 1;
	r = sandbox_enter(config);
	if (r < 0) {
		log_error("sandbox-failed", LOG_ERROR(r));
		return 1;
	}
	return shell_run(shell) < 0;
}
