/* SPDX-License-Identifier: EUPL-1.2 */
/* conclave-media: started by conclaved, which hands it its sockets. Invariant: every library is initialised before the
 * sandbox closes, and no packet is read before that. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/channel.h"
#include "base/log.h"
#include "base/mem.h"
#include "sfu/sandbox.h"
#include "sfu/worker.h"

DEFINE_CLEANUP(struct worker *, worker_free)

struct arguments {
	int socket_fd;
	int control_fd;
	const char *name;
};

static bool parse_arguments(int argc, char **argv, struct arguments *ret)
{
	static const struct option options[] = {
		{ "socket-fd", required_argument, NULL, 's' },
		{ "control-fd", required_argument, NULL, 'c' },
		{ "name", required_argument, NULL, 'n' },
		{ 0 },
	};
	int o;

	*ret = (struct arguments){ .socket_fd = -1, .control_fd = -1, .name = "media" };
	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (o == 's' && channel_parse_fd(optarg, &ret->socket_fd))
			continue;
		if (o == 'c' && channel_parse_fd(optarg, &ret->control_fd))
			continue;
		if (o == 'n') {
			ret->name = optarg;
			continue;
		}
		return false;
	}
	return optind == argc && ret->socket_fd >= 0 && ret->control_fd >= 0;
}

/* What to do about it is said in one word; the number alone would leave an administrator guessing. */
static const char *start_failure(int r)
{
	if (r == -ENOTSUP)
		return "libsrtp-refused-our-ciphers";
	if (r == -EAFNOSUPPORT || r == -ENOTSOCK)
		return "socket-fd-is-no-udp-socket";
	return "worker";
}

int main(int argc, char **argv)
{
	_cleanup_(worker_freep) struct worker *worker = NULL;
	struct arguments arguments;
	int r;

	if (!parse_arguments(argc, argv, &arguments)) {
		fputs("usage: conclave-media --socket-fd N --control-fd N [--name NAME]\n"
		      "Started by conclaved, which hands it a bound UDP socket and a listening control socket.\n", stderr);
		return 2;
	}
	log_set_process(arguments.name);
	r = worker_new(&worker, arguments.socket_fd, arguments.control_fd);
	if (r < 0) {
		log_error("start-failed", LOG_WORD("why", start_failure(r)), LOG_ERROR(r));
		return 1;
	}
	r = sandbox_enter();
	if (r < 0) {
		log_error("sandbox-failed", LOG_ERROR(r));
		return 1;
	}
	r = worker_run(worker);
	if (r < 0)
		log_error("worker-failed", LOG_ERROR(r));
	return r < 0 ? 1 : 0;
}
