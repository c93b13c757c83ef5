/* SPDX-License-Identifier: EUPL-1.2 */
/* conclave-fetch: asks the provider of sign-ins who somebody is, and nothing else. Started by conclaved where one is
 * configured; the only process of ours that speaks to another machine first.
 * Invariant: the sandbox is closed before the first byte goes out or comes in. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/channel.h"
#include "base/log.h"
#include "fetch/https.h"
#include "fetch/names.h"
#include "fetch/sandbox.h"
#include "fetch/serve.h"

#define AUTHORITIES "/etc/ssl/certs/ca-certificates.crt"
#define AUTHORITIES_MOST (4u * 1024 * 1024)
#define SECRET_MOST 256

struct arguments {
	int fd;
	const char *secret_file, *authorities;
	struct party_config party;
};

static void fd_close(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
}

static bool parse_one(struct arguments *a, int o)
{
	const char **text = o == 'i' ? &a->party.issuer : o == 'c' ? &a->party.client : o == 'r' ? &a->party.redirect :
		o == 's' ? &a->secret_file : o == 't' ? &a->authorities : o == 'l' ? &a->party.acr :
		o == 'v' ? &a->party.verified : NULL;

	if (o == 'f')
		return channel_parse_fd(optarg, &a->fd);
	if (o == 'a')
		return oidc_algorithm_read(optarg, &a->party.algorithm);
	if (!text)
		return false;
	*text = optarg;
	return true;
}

static bool parse_arguments(int argc, char **argv, struct arguments *ret)
{
	static const struct option options[] = {
		{ "fd", required_argument, NULL, 'f' }, { "issuer", required_argument, NULL, 'i' },
		{ "client", required_argument, NULL, 'c' }, { "redirect", required_argument, NULL, 'r' },
		{ "secret-file", required_argument, NULL, 's' }, { "ca-file", required_argument, NULL, 't' },
		{ "algorithm", required_argument, NULL, 'a' }, { "acr", required_argument, NULL, 'l' },
		{ "verified", required_argument, NULL, 'v' }, { 0 },
	};
	int o;

	*ret = (struct arguments){ .fd = -1, .authorities = AUTHORITIES, .party = { .verified = "email_verified" } };
	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1)
		if (!parse_one(ret, o))
			return false;
	return optind == argc && ret->fd >= 0 && ret->party.issuer && ret->party.client && ret->party.redirect &&
		ret->secret_file;
}

/* The whole of a file of at most `most` bytes, into memory that is the caller's. */
static int read_file(const char *path, size_t most, mode_t others, uint8_t **ret, size_t *size)
{
	_cleanup_(fd_close) int fd = open(path, O_RDONLY | O_CLOEXEC);
	_cleanup_(mem_freep) uint8_t *text = NULL;
	struct stat st;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || (st.st_mode & others))
		return -EPERM;
	if (st.st_size <= 0 || (size_t)st.st_size > most)
		return -EFBIG;
	text = mem_alloc((size_t)st.st_size + 1);
	if (!text)
		return -ENOMEM;
	n = read(fd, text, (size_t)st.st_size);
	if (n != st.st_size)
		return n < 0 ? -errno : -EIO;
	*size = (size_t)n;
	*ret = take(text);
	return 0;
}

static int read_secret(const char *path, char ret[static SECRET_MOST + 1])
{
	_cleanup_(mem_freep) uint8_t *text = NULL;
	size_t size;
	int r = read_file(path, SECRET_MOST, 077, &text, &size);

	if (r < 0)
		return r;
	if (text[size - 1] == '\n')
		size--;
	memcpy(ret, text, size);
	ret[size] = '\0';
	mem_wipe(text, size);
	return size == 0 || strlen(ret) != size || strchr(ret, '\n') ? -EBADMSG : 0;
}

static int failed(const char *what, int r)
{
	log_error("start-failed", LOG_WORD("what", what), LOG_ERROR(r));
	return r;
}

static int run(struct arguments *a)
{
	static char secret[SECRET_MOST + 1];
	_cleanup_(mem_freep) uint8_t *authorities = NULL;
	_cleanup_(https_freep) struct https *https = NULL;
	_cleanup_(party_freep) struct party *party = NULL;
	size_t size;
	int r = read_secret(a->secret_file, secret);

	if (r < 0)
		return failed("oidc_secret_file: it is not one line, for its owner alone", r);
	r = read_file(a->authorities, AUTHORITIES_MOST, 0, &authorities, &size);
	if (r < 0)
		return failed("oidc_ca_file: it cannot be read", r);
	a->party.secret = secret;
	r = https_new(&https, bytes_make(authorities, size));
	if (r == 0)
		r = party_new(&party, &a->party, https_ask, https);
	if (r < 0)
		return failed("no memory", r);
	names_open();
	r = sandbox_enter();
	if (r < 0)
		return failed("the sandbox", r);
	r = serve(a->fd, party);
	mem_wipe(secret, sizeof(secret));
	return r;
}

int main(int argc, char **argv)
{
	struct arguments arguments;

	if (!parse_arguments(argc, argv, &arguments)) {
		fputs("usage: conclave-fetch --fd N --issuer URL --client ID --secret-file FILE --redirect URL\n"
		      "\t[--algorithm RS256|PS256|ES256] [--ca-file FILE] [--acr LEVEL] [--verified CLAIM]\n"
		      "Started by conclaved, which hands it one end of a SEQPACKET socket pair.\n", stderr);
		return 2;
	}
	log_set_process("fetch");
	return run(&arguments) < 0 ? 1 : 0;
}
