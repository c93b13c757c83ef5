/* SPDX-License-Identifier: EUPL-1.2 */
/* The control socket. In conclaved.
 * Invariant: `waiting` is in the order of arrival; an asker that was told by control_poll() lives until its answer. */
#include "server/shell/control.h"

#include <errno.h>
#include <unistd.h>

#include "base/channel.h"
#include "base/limits.h"
#include "base/list.h"
#include "base/log.h"
#include "base/mem.h"
#include "server/shell/config.h"
#include "server/shell/socket.h"

#define CONTROL_PATIENCE SECONDS(5)
#define CONTROL_ASKERS 16

struct asker {
	/* owned */
	struct channel channel;
	struct loop_source *in_loop;

	/* borrowed */
	struct control *control;

	/* state */
	struct list in_list;
	usec_t deadline;
	bool readable;
};

struct control {
	/* owned */
	struct loop_source *in_loop;
	struct list waiting;		/* for their request */
	struct list told;		/* owed an answer */
	int listener;

	/* borrowed */
	struct loop *loop;

	/* state */
	unsigned n;
	char path[CONFIG_PATH_SIZE];
	uint8_t buffer[LIMIT_CHANNEL_MESSAGE];
};

DEFINE_CLEANUP(struct control *, control_free)

static void asker_free(struct asker *a)
{
	a->control->n--;
	list_remove(&a->in_list);
	a->in_loop = loop_remove(a->in_loop);
	channel_done(&a->channel);
	mem_free(a);
}

static void askers_free(struct list *l)
{
	struct asker *a;

	while ((a = list_first(l, struct asker, in_list)))
		asker_free(a);
}

static void asker_on_request(void *user, unsigned events __attribute__((unused)), usec_t now __attribute__((unused)))
{
	struct asker *a = user;

	a->readable = true;
}

static int asker_new(struct control *c, int fd, usec_t now)
{
	_cleanup_(mem_freep) struct asker *a = mem_new(struct asker);
	int r;

	if (!a)
		return -ENOMEM;
	*a = (struct asker){ .control = c, .deadline = now + CONTROL_PATIENCE };
	r = channel_init(&a->channel, fd);
	if (r < 0)
		return r;
	r = loop_add(c->loop, &a->in_loop, fd, LOOP_READ | LOOP_HANGUP, asker_on_request, a);
	if (r < 0) {
		a->channel.fd = -1;		/* the caller's again */
		return r;
	}
	list_push_back(&c->waiting, &a->in_list);
	c->n++;
	(void)take(a);
	return 0;
}

static void control_on_arrival(void *user, unsigned events __attribute__((unused)), usec_t now)
{
	struct control *c = user;
	uint32_t uid;
	int fd = channel_accept(c->listener, &uid);

	if (fd < 0)
		return;
	if (uid != 0 && uid != geteuid())
		log_throttled(LOG_LEVEL_WARN, now, SECONDS(1), "control-refused", LOG_NUMBER("uid", uid));
	else if (c->n < CONTROL_ASKERS && asker_new(c, fd, now) == 0)
		return;
	(void)close(fd);
}

int control_new(struct control **ret, struct loop *loop, const char *path)
{
	_cleanup_(control_freep) struct control *c = mem_new(struct control);
	int r;

	if (!c)
		return -ENOMEM;
	list_init(&c->waiting);
	list_init(&c->told);
	c->loop = loop;
	c->listener = -1;
	if (strlen(path) >= sizeof(c->path))
		return -ENAMETOOLONG;
	r = channel_listen(path);
	if (r < 0)
		return r;
	c->listener = r;
	memcpy(c->path, path, strlen(path) + 1);
	r = loop_add(loop, &c->in_loop, c->listener, LOOP_READ, control_on_arrival, c);
	if (r < 0)
		return r;
	*ret = take(c);
	return 0;
}

struct control *control_free(struct control *c)
{
	if (!c)
		return NULL;
	askers_free(&c->waiting);
	askers_free(&c->told);
	c->in_loop = loop_remove(c->in_loop);
	socket_close(&c->listener);
	if (c->path[0])
		(void)unlink(c->path);
	mem_free(c);
	return NULL;
}

bool control_poll(struct control *c, struct asker **ret, struct bytes *request)
{
	struct asker *a, *following;

	list_for_each_safe(a, following, &c->waiting, in_list) {
		int r = a->readable ? channel_receive(&a->channel, c->buffer, sizeof(c->buffer), request) : 0;

		a->readable = false;
		if (r < 0)
			asker_free(a);
		if (r <= 0)
			continue;
		/* It is not read from again; who hangs up meanwhile is answered in vain. */
		a->in_loop = loop_remove(a->in_loop);
		list_remove(&a->in_list);
		list_push_back(&c->told, &a->in_list);
		*ret = a;
		return true;
	}
	return false;
}

void control_answer(struct asker *a, struct bytes answer)
{
	/* Nothing else is in its buffers, so it fits, or nobody reads; what was sent can be read after the close. */
	(void)channel_send(&a->channel, answer);
	asker_free(a);
}

usec_t control_deadline(const struct control *c)
{
	const struct asker *a = list_first(&c->waiting, struct asker, in_list);

	return a ? a->deadline : USEC_NEVER;
}

void control_timeout(struct control *c, usec_t now)
{
	struct asker *a;

	while ((a = list_first(&c->waiting, struct asker, in_list)) && a->deadline <= now)
		asker_free(a);
}
