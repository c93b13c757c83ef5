/* SPDX-License-Identifier: EUPL-1.2 */
/* A media worker: the drain loop between socket, links, rooms and the controller. In conclave-media, its root object.
 * Invariant: one input, then everything it caused is carried out before the next, but that media waits for what it
 * can leave with (SESSIONS_COALESCE), and for no command; the loop reads `now` once for all inputs of a wake-up, and
 * worker_run() once more for what is due after them. */
#include "sfu/worker.h"

#include <errno.h>
#include <unistd.h>

#include "base/channel.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/mem.h"
#include "base/random.h"
#include "sfu/forward_time.h"
#include "sfu/net/tcp.h"
#include "sfu/net/udp.h"
#include "sfu/sessions.h"

#define ALONE_LIMIT SECONDS(30)
#define NUMBERS_EVERY SECONDS(1)	/* at most; a worker with nothing to do is not woken for it */
#define TRIM_EVERY SECONDS(10)	/* the same: what a burst needed once is given back */
#define RECEIVE_ROUNDS 16	/* batches of one wake-up: commands are never starved by packets, */
#define COMMANDS_PER_TURN 16	/* nor packets by commands */

struct worker {
	/* owned */
	struct loop *loop;
	struct udp *udp;
	struct tcp *tcp;
	struct pool *pool;
	struct links *links;
	struct sessions *sessions;
	struct channel controller;
	int listener;
	struct loop_source *udp_source;
	struct loop_source *tcp_source;
	struct loop_source *listener_source;
	struct loop_source *controller_source;

	/* state */
	uint32_t starter;	/* the user who may control us, beside root */
	usec_t alone_since;	/* USEC_NEVER while a controller is there */
	usec_t numbers_due;	/* USEC_NEVER: nothing has happened since they were told */
	usec_t trim_due;	/* USEC_NEVER: nothing has happened since there was nothing left to give back */
	uint64_t born;
	bool ending;
	struct forward_time forward;
	uint8_t message[LIMIT_CHANNEL_MESSAGE];
	uint8_t outgoing[LIMIT_CHANNEL_MESSAGE];
};

static void controller_gone(struct worker *w, usec_t now, int why)
{
	if (w->controller.fd < 0)
		return;
	w->controller_source = loop_remove(w->controller_source);
	channel_done(&w->controller);
	w->alone_since = now;
	log_info("controller-gone", LOG_ERROR(why));
}

static void tell(struct worker *w, usec_t now, const struct media_event *e)
{
	struct writer out = writer(w->outgoing, sizeof(w->outgoing));
	int r;

	if (w->controller.fd < 0)
		return;		/* the next controller is told what stands */
	r = media_event_write(&out, e) ? channel_send(&w->controller, written(&out)) : -EMSGSIZE;
	if (r < 0)
		controller_gone(w, now, r);
}

static void tell_numbers(struct worker *w, usec_t now)
{
	struct media_event e = { .kind = MEDIA_NUMBERS, .born = w->born };

	w->numbers_due = USEC_NEVER;
	sessions_count(w->sessions, e.counts);
	forward_time_count(&w->forward, e.counts);
	tell(w, now, &e);
}

/* What waits here to be read into may be of the last burst, too. */
static void trim(struct worker *w, usec_t now)
{
	udp_release(w->udp);
	w->trim_due = pool_trim(w->pool) ? now + TRIM_EVERY : USEC_NEVER;
}

static void flush(struct worker *w)
{
	udp_flush(w->udp);
	if (w->forward.n)
		forward_time_sent(&w->forward, clock_now());
}

/* Room for the next datagram. What waited leaves here when there is none, so that its time is taken here, too. */
static uint8_t *reserve(struct worker *w)
{
	if (udp_is_full(w->udp))
		flush(w);
	return udp_reserve(w->udp);
}

static void carry_out(struct worker *w, usec_t now, const uint8_t *area, const struct session_out *out)
{
	if (out->is_event) {
		tell(w, now, &out->event);
		return;
	}
	if (out->to.tcp) {
		tcp_send(w->tcp, &out->to, bytes_make(area, out->size), out->is_picture);
		return;
	}
	udp_commit(w->udp, &out->to, out->size);
	if (out->arrived)
		forward_time_add(&w->forward, out->arrived);
}

/* Everything that inputs have caused: datagrams go to the send area, facts to the controller. */
static void drain(struct worker *w, usec_t now)
{
	struct session_out out;
	uint8_t *area;

	while (sessions_poll(w->sessions, now, area = reserve(w), &out))
		carry_out(w, now, area, &out);
}

/* The same but for what rooms have, unless that has become too much to wait. */
static void drain_answers(struct worker *w, usec_t now)
{
	struct session_out out;
	uint8_t *area;

	while (sessions_poll_answers(w->sessions, now, area = reserve(w), &out))
		carry_out(w, now, area, &out);
	if (sessions_send_by(w->sessions) == 0)
		drain(w, now);
}

static void settle(struct worker *w, usec_t now)
{
	int r;

	flush(w);
	tcp_flush(w->tcp);
	w->numbers_due = MIN(w->numbers_due, now + NUMBERS_EVERY);
	w->trim_due = MIN(w->trim_due, now + TRIM_EVERY);
	if (w->controller.fd < 0)
		return;
	r = loop_change(w->controller_source, LOOP_READ | (channel_wants_write(&w->controller) ? LOOP_WRITE : 0));
	if (r < 0)
		controller_gone(w, now, r);
}

/* Takes the packet. */
static void hear(struct worker *w, usec_t now, const struct address *from, struct packet *packet)
{
	sessions_receive(w->sessions, now, from, packet);
	packet_unref(packet);
	drain_answers(w, now);
}

static void on_packets(void *user, unsigned events __attribute__((unused)), usec_t now)
{
	struct worker *w = user;
	struct udp_in in[UDP_BATCH];

	for (unsigned round = 0; round < RECEIVE_ROUNDS; round++) {
		int n = udp_receive(w->udp, w->pool, in);

		if (n < 0)
			log_throttled(LOG_LEVEL_ERROR, now, SECONDS(10), "receive-failed", LOG_ERROR(n));
		if (n <= 0)
			break;
		for (int i = 0; i < n; i++)
			hear(w, now, &in[i].from, in[i].packet);
		if (now >= sessions_send_by(w->sessions))
			drain(w, now);
		if (n < UDP_BATCH)
			break;		/* dry, most likely; if not, the descriptor still says so */
	}
	settle(w, now);
}

/* Of a connection the first frame must be an authentic check; from then on it is a path of somebody's. */
static void on_connections(void *user, unsigned events __attribute__((unused)), usec_t now)
{
	struct worker *w = user;
	struct tcp_in in;
	int r = tcp_turn(w->tcp);

	if (r < 0)
		log_throttled(LOG_LEVEL_ERROR, now, SECONDS(10), "connections-failed", LOG_ERROR(r));
	while (tcp_receive(w->tcp, now, w->pool, &in)) {
		hear(w, now, &in.from, in.packet);
		if (!links_knows(w->links, &in.from))
			tcp_close(w->tcp, &in.from);
	}
	if (now >= sessions_send_by(w->sessions))
		drain(w, now);
	settle(w, now);
}

/* Those that never became a path, or are none any more: their person is gone, or has newer ones. */
static void sweep_connections(struct worker *w, usec_t now)
{
	struct address at;
	size_t i = 0;

	tcp_timeout(w->tcp, now);
	while (tcp_next(w->tcp, now, &i, &at))
		if (!links_knows(w->links, &at))
			tcp_close(w->tcp, &at);
}

/* Takes the descriptor; whoever is refused sees the connection end. */
static void take_connection(struct worker *w, usec_t now, const struct address *from, int fd)
{
	struct address at;
	int r = tcp_add(w->tcp, now, fd, from, &at);

	if (r == 0)
		return;
	(void)close(fd);
	log_throttled(LOG_LEVEL_WARN, now, SECONDS(10), "connection-refused", LOG_ERROR(r));
}

static void close_descriptor(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
}

/* 1 when one was carried out, 0 when none waits or it was the last, or a negative errno. */
static int read_command(struct worker *w, usec_t now)
{
	struct media_command command;
	struct bytes message;
	_cleanup_(close_descriptor) int fd = -1;
	int r = channel_receive_with(&w->controller, w->message, sizeof(w->message), &message, &fd);

	if (r <= 0)
		return r;
	if (!media_command_read(message, &command))
		return -EBADMSG;	/* another version of us: it must not half-understand us */
	if (command.kind == MEDIA_TAKE_TCP) {
		if (fd >= 0)
			take_connection(w, now, &command.from, fd);
		fd = -1;
		return 1;
	}
	drain(w, now);
	sessions_command(w->sessions, now, &command);
	w->ending = command.kind == MEDIA_END;
	drain(w, now);
	return !w->ending;
}

static void on_controller(void *user, unsigned events, usec_t now)
{
	struct worker *w = user;
	int r = events & LOOP_WRITE ? channel_flush(&w->controller) : 0;

	for (unsigned i = 0; r >= 0 && i < COMMANDS_PER_TURN; i++) {
		r = read_command(w, now);
		if (r == 0)
			break;
	}
	if (r < 0)
		controller_gone(w, now, r);
	settle(w, now);
}

/* Takes the descriptor, whatever comes of it. */
static int controller_take(struct worker *w, int fd)
{
	int r = channel_init(&w->controller, fd);

	if (r < 0) {
		(void)close(fd);
		return r;
	}
	r = loop_add(w->loop, &w->controller_source, fd, LOOP_READ, on_controller, w);
	if (r < 0)
		channel_done(&w->controller);
	return r;
}

/* The newest wins: a conclaved that was killed may be noticed later than its successor connects. */
static void on_listener(void *user, unsigned events __attribute__((unused)), usec_t now)
{
	struct worker *w = user;
	uint32_t uid;
	int fd = channel_accept(w->listener, &uid);
	int r;

	if (fd < 0) {
		if (fd != -EAGAIN)
			log_throttled(LOG_LEVEL_ERROR, now, SECONDS(10), "accept-failed", LOG_ERROR(fd));
		return;
	}
	if (uid != 0 && uid != w->starter) {
		log_throttled(LOG_LEVEL_WARN, now, SECONDS(10), "controller-refused", LOG_NUMBER("uid", uid));
		(void)close(fd);
		return;
	}
	controller_gone(w, now, -ESTALE);
	r = controller_take(w, fd);
	if (r < 0) {
		log_error("controller-failed", LOG_ERROR(r));
		return;
	}
	w->alone_since = USEC_NEVER;
	log_info("controller-here");
}

struct worker *worker_free(struct worker *w)
{
	if (!w)
		return NULL;
	loop_remove(w->controller_source);
	loop_remove(w->listener_source);
	loop_remove(w->tcp_source);
	loop_remove(w->udp_source);
	channel_done(&w->controller);
	sessions_free(w->sessions);
	links_free(w->links);
	tcp_free(w->tcp);
	udp_close(w->udp);
	pool_free(w->pool);
	loop_free(w->loop);
	(void)close(w->listener);
	mem_free(w);
	return NULL;
}
DEFINE_CLEANUP(struct worker *, worker_free)

int worker_new(struct worker **ret, int socket_fd, int control_fd)
{
	_cleanup_(worker_freep) struct worker *w = mem_new(struct worker);
	usec_t now = clock_now();
	uint64_t seed;
	int r;

	if (!w)
		return -ENOMEM;
	w->listener = control_fd;
	w->controller.fd = -1;
	list_init(&w->controller.queue);
	w->starter = getuid();
	w->alone_since = now;
	w->numbers_due = w->trim_due = USEC_NEVER;
	random_bytes(&seed, sizeof(seed));
	random_bytes(&w->born, sizeof(w->born));
	if ((r = udp_open(&w->udp, socket_fd)) < 0 ||
	    (r = tcp_new(&w->tcp)) < 0 ||
	    (r = pool_new(&w->pool, LIMIT_POOL_PACKETS)) < 0 ||
	    (r = links_new(&w->links)) < 0 ||
	    (r = sessions_new(&w->sessions, w->links, w->pool, udp_port(w->udp), seed)) < 0 ||
	    (r = loop_new(&w->loop)) < 0 ||
	    (r = loop_add(w->loop, &w->udp_source, udp_fd(w->udp), LOOP_READ, on_packets, w)) < 0 ||
	    (r = loop_add(w->loop, &w->tcp_source, tcp_fd(w->tcp), LOOP_READ, on_connections, w)) < 0 ||
	    (r = loop_add(w->loop, &w->listener_source, w->listener, LOOP_READ, on_listener, w)) < 0)
		return r;
	log_info("worker-ready", LOG_NUMBER("port", udp_port(w->udp)), LOG_WORD("cipher", links_cipher(w->links)));
	*ret = take(w);
	return 0;
}

static usec_t alone_deadline(const struct worker *w)
{
	return w->alone_since == USEC_NEVER ? USEC_NEVER : w->alone_since + ALONE_LIMIT;
}

static usec_t deadline(const struct worker *w)
{
	usec_t media = MIN(sessions_deadline(w->sessions), tcp_deadline(w->tcp));

	return MIN(MIN(media, MIN(w->numbers_due, w->trim_due)), alone_deadline(w));
}

/* What time alone asks for. */
static void timeout(struct worker *w, usec_t now)
{
	if (now >= tcp_deadline(w->tcp))
		sweep_connections(w, now);
	if (now >= sessions_deadline(w->sessions)) {
		sessions_timeout(w->sessions, now);
		drain(w, now);
		settle(w, now);
	}
	if (now >= w->numbers_due)
		tell_numbers(w, now);
	if (now >= w->trim_due)
		trim(w, now);
}

int worker_run(struct worker *w)
{
	usec_t now;
	int r;

	for (;;) {
		r = loop_run_once(w->loop, deadline(w));
		if (r < 0)
			return r;
		if (w->ending) {
			log_info("worker-ends");
			return 0;
		}
		now = clock_now();
		if (now >= alone_deadline(w)) {
			log_info("worker-alone");
			return 0;
		}
		timeout(w, now);
	}
}
