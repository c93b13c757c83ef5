/* SPDX-License-Identifier: EUPL-1.2 */
/* conclave-helper: hashes passwords and nothing else. Started by conclaved, which hands it one end of a socket pair; as
 * many as may compute at once are started, each does one job at a time.
 * Invariant: the sandbox is closed before the first frame is read. */
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/channel.h"
#include "base/log.h"
#include "helper/sandbox.h"
#include "helper/serve.h"

struct arguments {
	int fd;
	const char *name;
};

static bool parse_arguments(int argc, char **argv, struct arguments *ret)
{
	static const struct option options[] = {
		{ "fd", required_argument, NULL, 'f' },
		{ "name", required_argument, NULL, 'n' },
		{ 0 },
	};
	int o;

	*ret = (struct arguments){ .fd = -1, .name = "helper" };
	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (o == 'f' && channel_parse_fd(optarg, &ret->fd))
			continue;
		if (o == 'n') {
			ret->name = optarg;
			continue;
		}
		return false;
	}
	return optind == argc && ret->fd >= 0;
}

int main(int argc, char **argv)
{
	struct arguments arguments;
	int r;

	if (!parse_arguments(argc, argv, &arguments)) {
		fputs("usage: conclave-helper --fd N [--name NAME]\n"
		      "Started by conclaved, which hands it one end of a SEQPACKET socket pair.\n", stderr);
		return 2;
	}
	log_set_process(arguments.name);
	r = sandbox_enter();
	if (r < 0) {
		log_error("sandbox-failed", LOG_ERROR(r));
		return 1;
	}
	r = serve(arguments.fd);
	if (r < 0)
		log_error("helper-failed", LOG_ERROR(r));
	return r < 0 ? 1 : 0;
}
