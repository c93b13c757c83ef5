/* SPDX-License-Identifier: EUPL-1.2 */
/* Plays a meeting against a server that runs, and prints a line of JSON for each window. tests/load/run starts it.
 * Invariant: ends by itself, within the patience it was given for each step and the window. */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/mem.h"
#include "tests/load/play.h"

DEFINE_CLEANUP(FILE *, fclose)

static const char usage_text[] =
	"usage: load --server conclave|janus --at IP:PORT --people N [OPTION…]\n"
	"  --links FILE         Conclave: a personal link each line, the clerk's first\n"
	"  --media IP:PORT      send media there instead, as through impair\n"
	"  --microphones N      how many are open (all)\n"
	"  --voices N --tiles N what each can receive (all)\n"
	"  --simulcast          three layers\n"
	"  --seconds S          of a window (10)\n"
	"  --windows N          one after the other, each with a line of its own (1)\n"
	"  --settle MS          before it, after everybody saw everybody (2000)\n"
	"  --join-every MS      between two presses (100)\n"
	"  --patience S         for each step before the window (30)\n"
	"  --seed N\n"
	"  --pid PID            of the server; may be given often\n";

enum { OPT_SERVER = 1, OPT_AT, OPT_PEOPLE, OPT_LINKS, OPT_MEDIA, OPT_MICROPHONES, OPT_VOICES, OPT_TILES, OPT_SIMULCAST,
	OPT_WINDOWS, OPT_SECONDS, OPT_SETTLE, OPT_JOIN_EVERY, OPT_PATIENCE, OPT_SEED, OPT_PID };

static const struct option long_options[] = {
	{ "server", required_argument, NULL, OPT_SERVER },
	{ "at", required_argument, NULL, OPT_AT },
	{ "people", required_argument, NULL, OPT_PEOPLE },
	{ "links", required_argument, NULL, OPT_LINKS },
	{ "media", required_argument, NULL, OPT_MEDIA },
	{ "microphones", required_argument, NULL, OPT_MICROPHONES },
	{ "voices", required_argument, NULL, OPT_VOICES },
	{ "tiles", required_argument, NULL, OPT_TILES },
	{ "simulcast", no_argument, NULL, OPT_SIMULCAST },
	{ "seconds", required_argument, NULL, OPT_SECONDS },
	{ "windows", required_argument, NULL, OPT_WINDOWS },
	{ "settle", required_argument, NULL, OPT_SETTLE },
	{ "join-every", required_argument, NULL, OPT_JOIN_EVERY },
	{ "patience", required_argument, NULL, OPT_PATIENCE },
	{ "seed", required_argument, NULL, OPT_SEED },
	{ "pid", required_argument, NULL, OPT_PID },
	{ 0 },
};

static bool read_number(const char *text, unsigned long most, unsigned *ret)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	*ret = (unsigned)value;
	return *text && !*end && value <= most;
}

static bool read_address(const char *text, struct address *ret)
{
	const char *colon = strrchr(text, ':');
	char ip[ADDRESS_TEXT_SIZE] = "";
	unsigned port;

	if (!colon || (size_t)(colon - text) >= sizeof(ip))
		return false;
	memcpy(ip, text, (size_t)(colon - text));
	if (!address_parse_ip(ret, ip) || !read_number(colon + 1, 65535, &port))
		return false;
	ret->port = (uint16_t)port;
	return true;
}

static bool read_links(const char *path, struct play_options *o)
{
	_cleanup_(fclosep) FILE *file = fopen(path, "re");
	unsigned n = 0;

	o->links = mem_alloc_array(PLAY_PEOPLE, sizeof(o->links[0]));
	while (file && o->links && n < PLAY_PEOPLE && fgets(o->links[n], sizeof(o->links[0]), file)) {
		o->links[n][strcspn(o->links[n], "\r\n")] = 0;
		n++;
	}
	return n >= o->people;
}

static bool read_side(const char *name, struct play_options *o)
{
	o->tls = strcmp(name, "conclave") == 0;
	o->side = o->tls ? &side_conclave : strcmp(name, "janus") == 0 ? &side_janus : NULL;
	return o->side;
}

static bool read_time(const char *text, usec_t unit, usec_t *ret)
{
	unsigned value;

	if (!read_number(text, 100000, &value))
		return false;
	*ret = value * unit;
	return true;
}

static bool read_option(int option, const char *text, struct play_options *o, const char **links)
{
	unsigned number;

	switch (option) {
	case OPT_SERVER:
		return read_side(text, o);
	case OPT_AT:
		return read_address(text, &o->server);
	case OPT_PEOPLE:
		return read_number(text, PLAY_PEOPLE, &o->people) && o->people >= 2;
	case OPT_LINKS:
		*links = text;
		return true;
	case OPT_MEDIA:
		return read_address(text, &o->media);
	case OPT_MICROPHONES:
		return read_number(text, PLAY_PEOPLE, &o->microphones);
	case OPT_VOICES:
		return read_number(text, PLAY_PEOPLE, &o->voices);
	case OPT_TILES:
		return read_number(text, PLAY_PEOPLE, &o->tiles);
	case OPT_SIMULCAST:
		return o->simulcast = true;
	case OPT_SECONDS:
		return read_time(text, SECONDS(1), &o->window) && o->window;
	case OPT_WINDOWS:
		return read_number(text, 100000, &o->windows) && o->windows;
	case OPT_SETTLE:
		return read_time(text, MSEC(1), &o->settle);
	case OPT_JOIN_EVERY:
		return read_time(text, MSEC(1), &o->join_every);
	case OPT_PATIENCE:
		return read_time(text, SECONDS(1), &o->patience);
	case OPT_SEED:
		o->seed = strtoull(text, NULL, 10);
		return true;
	case OPT_PID:
		return o->n_pids < PLAY_PIDS && read_number(text, 1u << 30, &number) &&
			(o->pids[o->n_pids++] = number);
	default:
		return false;
	}
}

static bool read_options(int argc, char **argv, struct play_options *o)
{
	const char *links = NULL;
	int option;

	while ((option = getopt_long(argc, argv, "", long_options, NULL)) > 0)
		if (!read_option(option, optarg, o, &links))
			return false;
	if (optind < argc || !o->side || !o->server.family || !o->people)
		return false;
	o->microphones = MIN(o->microphones, o->people);
	return !o->tls || (links && read_links(links, o));
}

/* Two sockets and a connection for each. */
static void raise_files(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &limit);
	}
}

int main(int argc, char **argv)
{
	struct play_options options = {
		.microphones = PLAY_PEOPLE, .settle = SECONDS(2), .window = SECONDS(10), .windows = 1,
		.join_every = MSEC(100),
		.patience = SECONDS(30), .seed = 1,
	};
	static struct play play;
	bool well;
	int r;

	if (!read_options(argc, argv, &options)) {
		fputs(usage_text, stderr);
		return 2;
	}
	(void)signal(SIGPIPE, SIG_IGN);
	raise_files();
	r = play_init(&play, &options);
	well = r >= 0 && play_run(&play);
	if (!well)
		fprintf(stderr, "load: %s (participant %u)\n", r < 0 ? strerror(-r) : play.why ?: "unknown",
			play.whose);
	if (r >= 0 && !well)
		play_explain(&play);
	play_done(&play);
	mem_free(options.links);
	return well ? 0 : 1;
}
