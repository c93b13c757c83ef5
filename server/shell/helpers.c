/* SPDX-License-Identifier: EUPL-1.2 */
/* Life and death of the helpers. In conclaved.
 * Invariant: a helper has a channel and a process, or neither; `due` is when one without is started again. */
#include "server/shell/helpers.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "auth/password.h"
#include "base/channel.h"
#include "base/log.h"
#include "base/mem.h"
#include "server/shell/process.h"
#include "server/shell/socket.h"

#define HELPER_FIRST_PAUSE MSEC(50)
#define HELPER_LAST_PAUSE SECONDS(2)	/* ATTACKS G19: back within 2 s */
#define HELPER_END_PATIENCE 1000	/* ms; SIGKILL takes 1 */

struct helper {
	/* owned */
	struct channel channel;
	struct loop_source *in_loop;
	int process;			/* pidfd; -1 = none */

	/* state */
	usec_t due, pause;
	bool tell_up, tell_down, readable, ended;
};

struct helpers {
	/* owned */
	struct helper *list;

	/* borrowed */
	struct helpers_config config;

	/* state */
	uint8_t buffer[PASSWORD_FRAME + 1];
};

DEFINE_CLEANUP(struct helpers *, helpers_free)

int helpers_new(struct helpers **ret, const struct helpers_config *config)
{
	_cleanup_(helpers_freep) struct helpers *h = mem_new(struct helpers);

	if (!h)
		return -ENOMEM;
	h->list = mem_new_array(struct helper, MAX(config->n, 1u));
	if (!h->list)
		return -ENOMEM;
	h->config = *config;
	for (unsigned i = 0; i < config->n; i++) {
		h->list[i].process = -1;
		h->list[i].channel.fd = -1;
		list_init(&h->list[i].channel.queue);
	}
	*ret = take(h);
	return 0;
}

static void helper_stop(struct helpers *h, struct helper *one)
{
	one->in_loop = loop_remove(one->in_loop);
	channel_done(&one->channel);
	if (one->process < 0)
		return;
	(void)spawner_signal(h->config.spawner, h->config.kind, (unsigned)(one - h->list), SIGKILL);
	if (!process_ended(one->process, HELPER_END_PATIENCE))
		log_warn("helper-lives-on");
	socket_close(&one->process);
}

struct helpers *helpers_free(struct helpers *h)
{
	if (!h)
		return NULL;
	for (unsigned i = 0; h->list && i < h->config.n; i++)
		helper_stop(h, &h->list[i]);
	mem_free(h->list);
	mem_wipe(h->buffer, sizeof(h->buffer));
	mem_free(h);
	return NULL;
}

static void helper_on_channel(void *user, unsigned events, usec_t now __attribute__((unused)))
{
	struct helper *one = user;

	if (events & (LOOP_READ | LOOP_HANGUP))
		one->readable = true;
	if ((events & LOOP_WRITE) && channel_flush(&one->channel) < 0)
		one->ended = true;
}

static int helper_start(struct helpers *h, struct helper *one)
{
	struct spawned spawned;
	int r = spawner_start(h->config.spawner, h->config.kind, (unsigned)(one - h->list), &spawned);

	if (r < 0)
		return r;
	one->process = spawned.process;
	r = channel_init(&one->channel, spawned.channel);
	if (r < 0) {
		socket_close(&spawned.channel);
		one->channel.fd = -1;
		return r;
	}
	return loop_add(h->config.loop, &one->in_loop, spawned.channel, LOOP_READ | LOOP_HANGUP, helper_on_channel,
		one);
}

static void helper_down(struct helpers *h, struct helper *one, usec_t now)
{
	helper_stop(h, one);
	one->tell_down = !one->tell_up;		/* nobody heard that it was up */
	one->tell_up = one->readable = one->ended = false;
	one->pause = one->pause ? MIN(one->pause * 2, HELPER_LAST_PAUSE) : HELPER_FIRST_PAUSE;
	one->due = now + one->pause;
}

void helpers_timeout(struct helpers *h, usec_t now)
{
	for (unsigned i = 0; i < h->config.n; i++) {
		struct helper *one = &h->list[i];
		int r;

		if (one->process >= 0 || one->tell_down || now < one->due)
			continue;
		r = helper_start(h, one);
		if (r == 0) {
			one->tell_up = true;
			continue;
		}
		log_throttled(LOG_LEVEL_ERROR, now, SECONDS(10), "helper-not-started", LOG_ERROR(r));
		one->tell_up = true;		/* so that nobody is told of an end */
		helper_down(h, one, now);
	}
}

usec_t helpers_deadline(const struct helpers *h)
{
	usec_t deadline = USEC_NEVER;

	for (unsigned i = 0; i < h->config.n; i++)
		if (h->list[i].process < 0)
			deadline = MIN(deadline, h->list[i].due);
	return deadline;
}

static bool helper_poll(struct helpers *h, struct helper *one, usec_t now, struct helper_event *ret)
{
	int r;

	if (one->tell_down || one->tell_up) {
		ret->kind = one->tell_up ? HELPER_UP : HELPER_DOWN;
		one->tell_down = one->tell_up = false;
		return true;
	}
	if (one->readable && one->process >= 0) {
		r = channel_receive(&one->channel, h->buffer, sizeof(h->buffer), &ret->frame);
		if (r > 0) {
			one->pause = 0;		/* it works */
			ret->kind = HELPER_SAYS;
			return true;
		}
		one->readable = false;
		one->ended = one->ended || r < 0;
	}
	if (!one->ended)
		return false;
	log_warn("helper-down");
	helper_down(h, one, now);
	one->tell_down = false;
	ret->kind = HELPER_DOWN;
	return true;
}

bool helpers_poll(struct helpers *h, usec_t now, struct helper_event *ret)
{
	for (unsigned i = 0; i < h->config.n; i++) {
		*ret = (struct helper_event){ .helper = i };
		if (helper_poll(h, &h->list[i], now, ret))
			return true;
	}
	return false;
}

void helpers_send(struct helpers *h, unsigned helper, struct bytes frame)
{
	struct helper *one = &h->list[helper];

	if (one->process >= 0 && channel_send(&one->channel, frame) < 0)
		one->ended = true;
}

void helpers_end(struct helpers *h, unsigned helper)
{
	if (h->list[helper].process >= 0)
		h->list[helper].ended = true;
}
