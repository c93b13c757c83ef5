/* SPDX-License-Identifier: EUPL-1.2 */
/* Life and death of the media workers. In conclaved.
 * Invariant: a worker has a channel exactly while it is not OFF; `due` is when it is to be looked at next. */
#include "server/shell/workers.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "base/channel.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "server/shell/process.h"
#include "server/shell/socket.h"

#define WORKER_READY_PATIENCE SECONDS(10)	/* from the channel to READY: a start with sanitizers takes 1 s */
#define WORKER_FIRST_PAUSE MSEC(50)		/* before the second try; doubles */
#define WORKER_LAST_PAUSE SECONDS(2)
#define WORKER_PROVEN SECONDS(10)		/* who lived so long is started again at once */
#define WORKER_TURN 256			/* messages of one worker in a turn: about 5 ms */
#define WORKERS_STOP_PATIENCE 3000		/* ms */

enum worker_phase { WORKER_OFF, WORKER_GREETED, WORKER_READY };

struct worker {
	/* owned */
	struct channel channel;
	struct loop_source *in_loop;		/* of the channel */
	struct loop_source *watch;		/* of the process */
	int process;				/* pidfd, -1 = none known */

	/* borrowed */
	struct workers *workers;

	/* state */
	enum worker_phase phase;
	unsigned number;
	usec_t due;				/* OFF: the next try; GREETED: patience ends */
	usec_t retry;				/* OFF: not before */
	usec_t since;				/* it is up */
	usec_t pause;
	bool tell_up, tell_down, readable;
	unsigned told;				/* in this turn */
	bool ended;				/* down as soon as what it said has been read */
	bool ending;				/* it said so: no death */
};

struct workers {
	/* owned */
	struct worker *list;

	/* borrowed */
	struct workers_config config;

	/* state */
	struct workers_numbers numbers;
	uint8_t buffer[LIMIT_CHANNEL_MESSAGE];
};

DEFINE_CLEANUP(struct workers *, workers_free)

int workers_new(struct workers **ret, const struct workers_config *config)
{
	_cleanup_(workers_freep) struct workers *w = mem_new(struct workers);

	if (!w)
		return -ENOMEM;
	w->list = mem_new_array(struct worker, config->n);
	if (!w->list)
		return -ENOMEM;
	w->config = *config;
	for (unsigned i = 0; i < config->n; i++)
		w->list[i] = (struct worker){ .workers = w, .number = i, .process = -1 };
	*ret = take(w);
	return 0;
}

static void worker_forget_process(struct worker *one)
{
	one->watch = loop_remove(one->watch);
	socket_close(&one->process);
}

static void worker_close_channel(struct worker *one)
{
	one->in_loop = loop_remove(one->in_loop);
	channel_done(&one->channel);
}

struct workers *workers_free(struct workers *w)
{
	if (!w)
		return NULL;
	for (unsigned i = 0; w->list && i < w->config.n; i++) {
		worker_close_channel(&w->list[i]);
		worker_forget_process(&w->list[i]);
	}
	mem_free(w->list);
	mem_free(w);
	return NULL;
}

/* Down: tells so once, and is due again, at once if it had lived for long. */
static void worker_down(struct worker *one, usec_t now)
{
	struct workers_numbers *numbers = &one->workers->numbers;
	bool proven = one->ending || (one->phase == WORKER_READY && now - one->since >= WORKER_PROVEN);

	if (one->phase == WORKER_OFF)
		return;
	worker_close_channel(one);
	one->phase = WORKER_OFF;
	one->tell_down = !one->tell_up;		/* nobody heard that it was up */
	one->tell_up = false;
	one->readable = false;
	one->pause = proven ? 0 : one->pause;
	one->retry = now + one->pause;
	/* Whose end is near may still be connected to: its end is waited for, for a moment. */
	one->due = one->process >= 0 ? MAX(one->retry, now + WORKER_FIRST_PAUSE) : one->retry;
	one->pause = one->pause ? MIN(one->pause * 2, WORKER_LAST_PAUSE) : WORKER_FIRST_PAUSE;
	if (one->ending) {
		numbers->drained++;
		log_info("worker-drained", LOG_NUMBER("worker", one->number));
	} else {
		numbers->died++;
		log_warn("worker-down", LOG_NUMBER("worker", one->number));
	}
	one->ending = false;
}

static void worker_on_channel(void *user, unsigned events, usec_t now)
{
	struct worker *one = user;

	if (events & (LOOP_READ | LOOP_HANGUP))
		one->readable = true;
	one->told = 0;
	if ((events & LOOP_WRITE) && channel_flush(&one->channel) < 0)
		worker_down(one, now);
	else if (one->in_loop && !channel_wants_write(&one->channel))
		(void)loop_change(one->in_loop, LOOP_READ | LOOP_HANGUP);
}

/* Its end is seen here first; what it said before is still read from the channel. */
static void worker_on_process(void *user, unsigned events __attribute__((unused)), usec_t now)
{
	struct worker *one = user;

	if (!process_ended(one->process, 0))
		return;
	worker_forget_process(one);
	one->ended = true;
	if (one->phase == WORKER_OFF)
		one->due = MAX(one->retry, now);
	else
		one->readable = true;
}

static int worker_watch(struct worker *one, int process)
{
	int r = loop_add(one->workers->config.loop, &one->watch, process, LOOP_READ, worker_on_process, one);

	if (r < 0)
		return r;
	one->process = process;
	one->ended = false;
	return 0;
}

/* Takes a connected socket: the worker is up as soon as it can be talked to. */
static int worker_greet(struct worker *one, int fd, usec_t now)
{
	int r = channel_init(&one->channel, fd);

	if (r < 0) {
		(void)close(fd);
		return r;
	}
	r = loop_add(one->workers->config.loop, &one->in_loop, fd, LOOP_READ | LOOP_HANGUP, worker_on_channel, one);
	if (r < 0) {
		channel_done(&one->channel);
		return r;
	}
	one->phase = WORKER_GREETED;
	one->ended = false;
	one->tell_up = true;
	one->since = now;
	one->due = now + WORKER_READY_PATIENCE;
	return 0;
}

/* Takes what the spawner handed us, or closes it. */
static int worker_take(struct worker *one, struct spawned *spawned, usec_t now)
{
	int r = 0;

	if (one->process >= 0)
		socket_close(&spawned->process);	/* one that we know already */
	else
		r = worker_watch(one, spawned->process);
	if (r < 0) {
		socket_close(&spawned->process);
		socket_close(&spawned->channel);
		return r;
	}
	return worker_greet(one, spawned->channel, now);
}

/* One that outlived the conclaved before us, or lost its patience with our channel. */
static int worker_adopt(struct worker *one, usec_t now)
{
	struct spawned spawned;
	int r = spawner_adopt(one->workers->config.spawner, one->number, &spawned);

	if (r < 0)
		return r;
	one->workers->numbers.adopted++;
	log_info("worker-adopted", LOG_NUMBER("worker", one->number));
	return worker_take(one, &spawned, now);
}

static int worker_start(struct worker *one, usec_t now)
{
	struct spawned spawned;
	int r = spawner_start(one->workers->config.spawner, SPAWNER_MEDIA, one->number, &spawned);

	if (r < 0)
		return r;
	one->workers->numbers.started++;
	log_info("worker-started", LOG_NUMBER("worker", one->number));
	return worker_take(one, &spawned, now);
}

static void worker_signal(const struct worker *one, int signal)
{
	int r = spawner_signal(one->workers->config.spawner, SPAWNER_MEDIA, one->number, signal);

	if (r < 0 && r != -ESRCH)
		log_error("worker-signal-failed", LOG_NUMBER("worker", one->number), LOG_ERROR(r));
}

static void worker_try(struct worker *one, usec_t now)
{
	int r = worker_adopt(one, now);

	if (r < 0 && one->process >= 0 && !process_ended(one->process, 0)) {
		/* It lives, but cannot be talked to; its end comes as an event. */
		worker_signal(one, SIGKILL);
		r = -EBUSY;
	} else if (r < 0) {
		worker_forget_process(one);
		r = worker_start(one, now);
	}
	if (r == 0)
		return;
	one->pause = MAX(one->pause, WORKER_FIRST_PAUSE);
	one->due = now + one->pause;
	one->pause = MIN(one->pause * 2, WORKER_LAST_PAUSE);
	log_throttled(LOG_LEVEL_ERROR, now, SECONDS(10), "worker-start-failed", LOG_NUMBER("worker", one->number),
		LOG_ERROR(r));
}

void workers_timeout(struct workers *w, usec_t now)
{
	for (unsigned i = 0; i < w->config.n; i++) {
		struct worker *one = &w->list[i];

		if (one->phase == WORKER_READY || one->due > now)
			continue;
		if (one->phase == WORKER_OFF) {
			worker_try(one, now);
			continue;
		}
		log_error("worker-not-ready", LOG_NUMBER("worker", one->number));
		if (one->process >= 0)
			worker_signal(one, SIGKILL);
		worker_down(one, now);
	}
}

usec_t workers_deadline(const struct workers *w)
{
	usec_t deadline = USEC_NEVER;

	for (unsigned i = 0; i < w->config.n; i++)
		if (w->list[i].phase != WORKER_READY)
			deadline = MIN(deadline, w->list[i].due);
	return deadline;
}

static void worker_ready(struct worker *one, const struct media_event *e)
{
	struct workers_numbers *numbers = &one->workers->numbers;

	one->phase = WORKER_READY;
	if (one->number == 0)
		memcpy(numbers->cipher, e->word, sizeof(numbers->cipher));
	log_info("worker-ready", LOG_NUMBER("worker", one->number), LOG_NUMBER("port", e->port),
		LOG_WORD("cipher", e->word));
}

/* One message, if there is one. */
static bool worker_receive(struct worker *one, usec_t now, struct media_event *ret)
{
	struct workers *w = one->workers;
	struct bytes message;
	int r = channel_receive(&one->channel, w->buffer, sizeof(w->buffer), &message);

	if (r == 0) {
		one->readable = false;
		if (one->ended)
			worker_down(one, now);
		return false;
	}
	if (r < 0 || !media_event_read(message, ret)) {
		if (r >= 0 || r == -EMSGSIZE)
			log_error("worker-unintelligible", LOG_NUMBER("worker", one->number));
		worker_down(one, now);
		return false;
	}
	/* One of another release, which outlived an upgrade: the one that comes in its place is ours. */
	if (ret->kind == MEDIA_READY && ret->version != MSG_VERSION) {
		log_error("worker-version", LOG_NUMBER("worker", one->number), LOG_NUMBER("version", ret->version));
		worker_signal(one, SIGKILL);
		worker_down(one, now);
		return false;
	}
	if (ret->kind == MEDIA_READY)
		worker_ready(one, ret);
	one->ending |= ret->kind == MEDIA_ENDING;
	/* The rest waits for the next turn, in its socket: whoever never stops must not keep us from others. */
	if (++one->told == WORKER_TURN)
		one->readable = false;
	return true;
}

bool workers_poll(struct workers *w, usec_t now, struct worker_event *ret)
{
	for (unsigned i = 0; i < w->config.n; i++) {
		struct worker *one = &w->list[i];

		ret->worker = i;
		if (one->tell_down) {
			one->tell_down = false;
			ret->kind = WORKER_DOWN;
			return true;
		}
		if (one->tell_up) {
			one->tell_up = false;
			ret->kind = WORKER_UP;
			return true;
		}
		if (one->phase != WORKER_OFF && one->readable && worker_receive(one, now, &ret->says)) {
			ret->kind = WORKER_SAYS;
			return true;
		}
		if (one->tell_down)
			i--;		/* it died while we read */
	}
	return false;
}

void workers_send(struct workers *w, unsigned worker, struct bytes command)
{
	struct worker *one = &w->list[worker];
	int r;

	assert(worker < w->config.n);
	if (one->phase == WORKER_OFF)
		return;
	r = channel_send(&one->channel, command);
	if (r < 0) {
		log_error("worker-send-failed", LOG_NUMBER("worker", worker), LOG_ERROR(r));
		one->ended = true;
		one->readable = true;
		return;
	}
	if (channel_wants_write(&one->channel))
		(void)loop_change(one->in_loop, LOOP_READ | LOOP_WRITE | LOOP_HANGUP);
}

static int worker_hand_over(struct worker *one, int fd, const struct address *from)
{
	struct media_command c = { .kind = MEDIA_TAKE_TCP, .from = *from };
	uint8_t text[64];
	struct writer out = writer(text, sizeof(text));

	if (one->phase != WORKER_READY)
		return -ENOTCONN;
	return media_command_write(&out, &c) ? channel_send_with(&one->channel, written(&out), fd) : -EMSGSIZE;
}

void workers_hand_over(struct workers *w, unsigned worker, int fd, const struct address *from)
{
	if (worker >= w->config.n || worker_hand_over(&w->list[worker], fd, from) < 0)
		w->numbers.refused++;
	(void)close(fd);
}

void workers_stop(struct workers *w)
{
	for (unsigned i = 0; i < w->config.n; i++)
		if (w->list[i].process >= 0)
			worker_signal(&w->list[i], SIGTERM);
	for (unsigned i = 0; i < w->config.n; i++) {
		struct pollfd p = { .fd = w->list[i].process, .events = POLLIN };

		if (p.fd >= 0 && poll(&p, 1, WORKERS_STOP_PATIENCE) != 1)
			log_warn("worker-lives-on", LOG_NUMBER("worker", i));
	}
}

void workers_count(const struct workers *w, struct workers_numbers *ret)
{
	*ret = w->numbers;
	ret->up = 0;
	for (unsigned i = 0; i < w->config.n; i++)
		ret->up += w->list[i].phase == WORKER_READY;
}
