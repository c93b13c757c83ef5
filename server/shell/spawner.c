/* SPDX-License-Identifier: EUPL-1.2 */
/* Both ends of the spawner's socket. In conclaved and in the spawner. */
#include "server/shell/spawner.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/channel.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "server/shell/activation.h"
#include "server/shell/config.h"
#include "server/shell/process.h"
#include "server/shell/socket.h"

#define SPAWNER_PATIENCE 5	/* s: a start takes 2 ms, with sanitizers on a busy machine 100 */

enum spawner_act { SPAWNER_START = 1, SPAWNER_ADOPT, SPAWNER_SIGNAL, SPAWNER_OPEN_PAIR };

struct spawner_request {
	uint8_t act, kind, number, signal;
};

struct spawner {
	/* owned */
	int fd;
	pid_t pid;
};

/* The spawner's own side. */

struct spawning {
	/* owned */
	int fd;
	int media[CONFIG_WORKERS];	/* pidfds, -1 = nobody was there yet */
	int helpers[LIMIT_HELPERS];
	int fetch;

	/* borrowed */
	const struct spawner_config *config;
};

/* NULL when there is no such place. */
static int *spawning_place(struct spawning *s, const struct spawner_request *q)
{
	if (q->kind == SPAWNER_MEDIA)
		return q->number < s->config->workers ? &s->media[q->number] : NULL;
	if (q->kind == SPAWNER_HELPER)
		return q->number < s->config->helpers ? &s->helpers[q->number] : NULL;
	if (q->kind == SPAWNER_FETCH)
		return q->number == 0 && s->config->fetch ? &s->fetch : NULL;
	return NULL;
}

static bool media_path(const struct spawning *s, unsigned number, char ret[static CONFIG_PATH_SIZE])
{
	int n = snprintf(ret, CONFIG_PATH_SIZE, "%s/media-%u.sock", s->config->folder, number);

	return n > 0 && n < CONFIG_PATH_SIZE;
}

/* Our end of the channel waits in the backlog until the worker has got up. */
static int start_media(const struct spawning *s, unsigned number, struct spawned *ret)
{
	_cleanup_(socket_close) int udp = -1;
	_cleanup_(socket_close) int control = -1;
	char name[24], path[CONFIG_PATH_SIZE];
	char program[] = "conclave-media", socket[] = "--socket-fd=3", handed[] = "--control-fd=4", named[] = "--name";
	char *arguments[] = { program, socket, handed, named, name, NULL };

	if (!media_path(s, number, path))
		return -ENAMETOOLONG;
	(void)snprintf(name, sizeof(name), "media-%u", number);
	udp = socket_open(SOCK_DGRAM, &s->config->listen, (uint16_t)(s->config->port + number));
	if (udp < 0)
		return udp;
	control = channel_listen(path);
	if (control < 0)
		return control;
	ret->process = process_start(s->config->media, arguments, (const int[]){ udp, control }, 2);
	if (ret->process < 0)
		return ret->process;
	ret->channel = channel_connect(path);
	return MIN(ret->channel, 0);
}

/* A program that talks over one socket, which is its descriptor 3. */
static int start_talking(const char *program, char *const arguments[], struct spawned *ret)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	ret->channel = pair[0];
	ret->process = process_start(program, arguments, &pair[1], 1);
	(void)close(pair[1]);
	return MIN(ret->process, 0);
}

static int start_helper(const struct spawning *s, struct spawned *ret)
{
	char *const arguments[] = { (char *)"conclave-helper", (char *)"--fd", (char *)"3", NULL };

	return start_talking(s->config->helper, arguments, ret);
}

static int start_one(const struct spawning *s, const struct spawner_request *q, struct spawned *ret)
{
	if (q->kind == SPAWNER_MEDIA)
		return start_media(s, q->number, ret);
	if (q->kind == SPAWNER_FETCH)
		return start_talking(s->config->fetch, s->config->fetch_arguments, ret);
	return start_helper(s, ret);
}

static int adopt_media(const struct spawning *s, unsigned number, struct spawned *ret)
{
	char path[CONFIG_PATH_SIZE];

	if (!media_path(s, number, path))
		return -ENAMETOOLONG;
	ret->channel = channel_connect(path);
	if (ret->channel < 0)
		return ret->channel;
	ret->process = process_behind(ret->channel);
	return MIN(ret->process, 0);
}

/* A pipe would be waited for, a device would not end. */
static int open_plain(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		return fd;
	(void)close(fd);
	return -EINVAL;
}

/* Both, or none. */
static int open_pair(const struct spawner_config *c, struct spawned *ret)
{
	if (!c->certificate || !c->key)
		return -EINVAL;
	ret->process = open_plain(c->certificate);
	if (ret->process < 0)
		return ret->process;
	ret->channel = open_plain(c->key);
	return MIN(ret->channel, 0);
}

static int spawning_signal(int pidfd, int signal)
{
	if (signal != SIGTERM && signal != SIGKILL)
		return -EINVAL;
	return pidfd < 0 ? -ESRCH : process_signal(pidfd, signal);
}

static int spawning_obey(struct spawning *s, const struct spawner_request *q, struct spawned *ret)
{
	int *place = spawning_place(s, q);
	int r = -EINVAL;

	if (q->act == SPAWNER_OPEN_PAIR)
		return q->kind || q->number || q->signal ? r : open_pair(s->config, ret);
	if (!place)
		return r;
	if (q->act == SPAWNER_SIGNAL)
		return spawning_signal(*place, q->signal);
	if (q->act == SPAWNER_ADOPT && q->kind == SPAWNER_MEDIA)
		r = adopt_media(s, q->number, ret);
	else if (q->act == SPAWNER_START && *place >= 0 && process_lives(*place))
		r = -EBUSY;
	else if (q->act == SPAWNER_START)
		r = start_one(s, q, ret);
	if (ret->process < 0)
		return r;
	/* Also one that cannot be talked to: its place is taken until it has ended. */
	socket_close(place);
	*place = dup(ret->process);
	if (*place < 0)
		r = -errno;
	if (r < 0)
		(void)process_signal(ret->process, SIGKILL);
	return r;
}

static void spawning_answer(int fd, int32_t r, const struct spawned *spawned)
{
	union { struct cmsghdr align; char space[CMSG_SPACE(sizeof(*spawned))]; } control = { 0 };
	struct iovec part = { &r, sizeof(r) };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };

	if (r == 0 && spawned->process >= 0) {
		struct cmsghdr *header = &control.align;

		*header = (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof(*spawned)), .cmsg_level = SOL_SOCKET,
			.cmsg_type = SCM_RIGHTS };
		memcpy(CMSG_DATA(header), spawned, sizeof(*spawned));
		message.msg_control = &control;
		message.msg_controllen = sizeof(control);
	}
	/* Whoever asked may be gone: then the next recv() says so. */
	(void)sendmsg(fd, &message, MSG_NOSIGNAL);
}

/* No room for control data is offered, so the kernel itself closes a descriptor that came along. */
static bool spawning_turn(struct spawning *s)
{
	struct spawned spawned = { .process = -1, .channel = -1 };
	struct spawner_request q;
	ssize_t n;

	do
		n = recv(s->fd, &q, sizeof(q), MSG_TRUNC);
	while (n < 0 && errno == EINTR);
	if (n <= 0)
		return false;
	spawning_answer(s->fd, n == sizeof(q) ? spawning_obey(s, &q, &spawned) : -EBADMSG, &spawned);
	socket_close(&spawned.process);
	socket_close(&spawned.channel);
	return true;
}

/* It takes no orders but conclaved's: a Ctrl-C or a systemctl stop is for conclaved to obey. */
static void spawning_settle(struct spawning *s, const int pair[2])
{
	sigset_t all;

	(void)setsid();
	(void)sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, NULL);
	(void)prctl(PR_SET_NAME, "conclave-spawn");
	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	log_set_process("spawner");
	/* Of what a service manager handed over, the media ports are ours. */
	(void)activation_close(SOCK_STREAM);
	(void)close(pair[0]);
	s->fd = activation_keep_one(pair[1]);
	if (s->fd < 0)
		_exit(1);
	memset(s->media, 0xff, sizeof(s->media));
	memset(s->helpers, 0xff, sizeof(s->helpers));
	s->fetch = -1;
}

static _Noreturn void spawning_run(const int pair[2], const struct spawner_config *config)
{
	struct spawning s = { .config = config };

	spawning_settle(&s, pair);
	while (spawning_turn(&s))
		;
	_exit(0);
}

/* conclaved's side. */

int spawner_new(struct spawner **ret, const struct spawner_config *config)
{
	const struct timeval patience = { .tv_sec = SPAWNER_PATIENCE };
	_cleanup_(mem_freep) struct spawner *s = mem_new(struct spawner);
	int pair[2], r;

	if (!s)
		return -ENOMEM;
	if (config->workers > CONFIG_WORKERS || config->helpers > LIMIT_HELPERS)
		return -EINVAL;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	s->fd = pair[0];
	r = setsockopt(s->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) < 0 ? -errno : 0;
	s->pid = r < 0 ? -1 : fork();
	if (s->pid == 0)
		spawning_run(pair, config);
	if (r == 0 && s->pid < 0)
		r = -errno;
	(void)close(pair[1]);
	if (r < 0) {
		(void)close(s->fd);
		return r;
	}
	*ret = take(s);
	return 0;
}

struct spawner *spawner_free(struct spawner *s)
{
	if (!s)
		return NULL;
	(void)close(s->fd);
	while (waitpid(s->pid, NULL, 0) < 0 && errno == EINTR)
		;
	mem_free(s);
	return NULL;
}

int spawner_fd(const struct spawner *s)
{
	return s->fd;
}

/* `spawned` is -1, -1 when nothing came along. */
static int spawner_hear(struct spawner *s, struct spawned *spawned)
{
	union { struct cmsghdr align; char space[CMSG_SPACE(sizeof(*spawned))]; } control;
	int32_t answer;
	struct iovec part = { &answer, sizeof(answer) };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control,
		.msg_controllen = sizeof(control) };
	struct cmsghdr *header;
	ssize_t n;

	do
		n = recvmsg(s->fd, &message, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n < 0) {
		/* Its answer would come to be taken for the next one's: no more is asked. */
		(void)shutdown(s->fd, SHUT_RDWR);
		return errno == EAGAIN ? -ETIMEDOUT : -errno;
	}
	header = CMSG_FIRSTHDR(&message);
	if (header && header->cmsg_type == SCM_RIGHTS && header->cmsg_len == CMSG_LEN(sizeof(*spawned)))
		memcpy(spawned, CMSG_DATA(header), sizeof(*spawned));
	return n == sizeof(answer) ? answer : -EPIPE;
}

static int spawner_ask(struct spawner *s, struct spawner_request q, struct spawned *ret)
{
	ssize_t n;

	*ret = (struct spawned){ .process = -1, .channel = -1 };
	do
		n = send(s->fd, &q, sizeof(q), MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == ECONNRESET ? -EPIPE : -errno;
	return spawner_hear(s, ret);
}

int spawner_start(struct spawner *s, enum spawner_kind kind, unsigned number, struct spawned *ret)
{
	const struct spawner_request q = { SPAWNER_START, (uint8_t)kind, (uint8_t)number, 0 };

	return spawner_ask(s, q, ret);
}

int spawner_adopt(struct spawner *s, unsigned number, struct spawned *ret)
{
	const struct spawner_request q = { SPAWNER_ADOPT, SPAWNER_MEDIA, (uint8_t)number, 0 };

	return spawner_ask(s, q, ret);
}

int spawner_open_pair(struct spawner *s, int ret[static 2])
{
	struct spawned files;
	int r = spawner_ask(s, (struct spawner_request){ .act = SPAWNER_OPEN_PAIR }, &files);

	if (r < 0)
		return r;
	ret[0] = files.process;
	ret[1] = files.channel;
	return 0;
}

int spawner_signal(struct spawner *s, enum spawner_kind kind, unsigned number, int signal)
{
	const struct spawner_request q = { SPAWNER_SIGNAL, (uint8_t)kind, (uint8_t)number, (uint8_t)signal };
	struct spawned none;

	return spawner_ask(s, q, &none);
}
