/* SPDX-License-Identifier: EUPL-1.2 */
/* conclaved's turn: wait, hear, decide, record, act. In conclaved.
 * Invariant: what the hall hears in a turn it hears at one time; `carrier` is empty between two turns. */
#include "server/shell/shell.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/statvfs.h>

#include "base/log.h"
#include "base/loop.h"
#include "base/mem.h"
#include "server/hall/hall.h"
#include "server/shell/archive.h"
#include "server/shell/carrier.h"
#include "server/shell/control.h"
#include "server/shell/front.h"
#include "server/shell/helpers.h"
#include "server/shell/metrics.h"
#include "server/shell/notify.h"
#include "server/shell/ports.h"
#include "server/shell/signals.h"
#include "server/shell/socket.h"
#include "server/shell/state.h"
#include "server/shell/syslog.h"
#include "server/shell/terms.h"
#include "server/shell/workers.h"

struct shell {
	/* owned */
	struct state state;
	struct loop *loop;
	struct front front;
	struct syslog syslog;
	struct control *control;
	struct workers *workers;
	struct helpers *helpers;
	struct helpers *fetch;		/* one conclave-fetch, or none */
	struct archive archive;
	struct terms terms;
	struct hall *hall;
	int signals;
	struct loop_source *signals_in_loop;

	/* borrowed */
	const struct config *config;
	struct spawner *spawner;
	struct notify *notify;
	struct loop_source *spawner_in_loop;

	/* state */
	struct carrier carrier;
	struct metrics metrics;
	unsigned n_helpers;
	bool stopping;
	bool leaving;		/* another conclaved follows at once and takes the media workers over */
	bool alone;		/* the spawner has died: what we could no longer start, another conclaved can */
};

/* Inputs. */

static void shell_answer_health(struct shell *s, struct peer *p)
{
	char body[512], why[256];
	struct writer reason = writer(why, sizeof(why)), w = writer(body, sizeof(body));
	bool healthy = hall_healthy(s->hall, &reason);
	struct http_response r;

	/* The reasons are sentences of ours: nothing in them needs escaping. */
	if (healthy)
		write_string(&w, "{\"ok\":true}");
	else
		write_format(&w, "{\"ok\":false,\"why\":\"%.*s\"}", (int)written(&reason).size, why);
	http_answer_json(&r, healthy ? 200 : 503, written(&w), "");
	ws_answer(s->front.ws, p, &r);
}

static void shell_answer_metrics(struct shell *s, struct peer *p)
{
	char text[METRICS_SIZE];
	struct writer w = writer(text, sizeof(text));
	struct http_response r;

	hall_count(s->hall, &s->metrics.hall);
	workers_count(s->workers, &s->metrics.workers);
	s->metrics.commits_failed = s->carrier.failed;
	s->metrics.listener = listener_count(s->front.listener);
	s->metrics.certificate_ends = pair_ends(s->front.renewal.pair);
	s->metrics.syslog_sent = s->syslog.sent;
	s->metrics.syslog_lost = s->syslog.lost;
	s->metrics.certificate_changed = s->front.renewal.done;
	s->metrics.certificate_refused = s->front.renewal.refused;
	metrics_write(&w, &s->metrics);
	http_judge_metrics(&p->request->http, written(&w), &r);
	ws_answer(s->front.ws, p, &r);
}

/* For the administration's page. */
static void shell_look_at_machine(struct shell *s)
{
	struct hall_machine m = { .certificate_ends = pair_ends(s->front.renewal.pair) };
	struct statvfs disk;

	if (statvfs(s->config->state, &disk) == 0)
		m.disk_free = (int64_t)(disk.f_bavail * disk.f_frsize);
	hall_set_machine(s->hall, &m);
}

static void shell_hear_request(struct shell *s, struct peer *p)
{
	const struct http_request *q = &p->request->http;
	struct http_response r;
	struct hall_answer a = { 0 };

	if (p->door == LISTENER_METRICS) {
		shell_answer_metrics(s, p);
		return;
	}
	switch (http_judge(p->door == LISTENER_ADMIN ? &s->front.admin : &s->front.http, q, &r)) {
	case HTTP_ANSWERED:
		ws_answer(s->front.ws, p, &r);
		return;
	case HTTP_ASK_HEALTH:
		shell_answer_health(s, p);
		return;
	case HTTP_ASK_HALL:
		if (p->door == LISTENER_ADMIN)
			shell_look_at_machine(s);
		hall_request(s->hall, &(struct hall_request){ .path = q->path, .cookies = q->cookies, .body = q->body,
			.agent = q->agent, .source = p->from, .admin = p->door == LISTENER_ADMIN }, &a);
		carrier_keep_answer(&s->carrier, p, &a);
		mem_wipe(&a, sizeof(a));
		return;
	}
}

static void shell_hear_open(struct shell *s, struct peer *p)
{
	p->connection = hall_connect(s->hall, p->cookies, p);
	peer_forget_cookies(p);
	if (!p->connection)
		ws_close(s->front.ws, p, 1013);	/* RFC 6455's registry: try again later */
}

static void shell_hear_text(struct shell *s, struct peer *p, struct bytes text)
{
	hall_receive(s->hall, p->connection, text);
	if (!p->source)
		return;
	carrier_drain(&s->carrier);
	carrier_keep_seated(&s->carrier, p);
}

static void shell_hear_gone(struct shell *s, struct peer *p)
{
	if (p->ticket)
		hall_forget_request(s->hall, p->ticket);
	if (p->connection)
		hall_disconnect(s->hall, p->connection);
	p->connection = NULL;
}

static void shell_hear_browser(struct shell *s, const struct ws_event *e)
{
	struct peer *p = e->peer;

	switch (e->kind) {
	case WS_REQUEST:
		shell_hear_request(s, p);
		return;
	case WS_OPEN:
		shell_hear_open(s, p);
		return;
	case WS_GONE:
		shell_hear_gone(s, p);
		return;
	case WS_TEXT:
		if (p->connection)
			shell_hear_text(s, p, e->text);
		return;
	case WS_MISUSED:
		if (p->connection)
			hall_misused(s->hall, p->connection, e->misuse);
		return;
	case WS_ALIVE:
	case WS_SILENT:
		if (p->connection)
			hall_alive(s->hall, p->connection, e->kind == WS_ALIVE);
		return;
	}
}

static void shell_hear_worker(struct shell *s, const struct worker_event *e)
{
	switch (e->kind) {
	case WORKER_UP:
		hall_media_up(s->hall, e->worker);
		return;
	case WORKER_SAYS:
		metrics_hear(&s->metrics, e->worker, &e->says);
		hall_media_event(s->hall, e->worker, &e->says);
		return;
	case WORKER_DOWN:
		hall_media_down(s->hall, e->worker);
		return;
	}
}

static void shell_hear_helper(struct shell *s, const struct helper_event *e)
{
	switch (e->kind) {
	case HELPER_UP:
		hall_helper_up(s->hall, e->helper);
		return;
	case HELPER_SAYS:
		if (!hall_helper_says(s->hall, e->helper, e->frame))
			helpers_end(s->helpers, e->helper);
		return;
	case HELPER_DOWN:
		hall_helper_down(s->hall, e->helper);
		return;
	}
}

/* NULL when it was done, else why not. */
static const char *shell_reload(struct shell *s)
{
	const char *why = renewal_try(&s->front.renewal, clock_now(), clock_wall());

	hall_note(s->hall, why ? "certificate-refused" : "certificate-changed", NULL);
	return why;
}

static void shell_answer_reload(struct shell *s, struct writer *w)
{
	const char *why = shell_reload(s);

	/* A sentence of ours: nothing in it needs escaping. */
	if (why)
		write_format(w, "{\"ok\":false,\"error\":\"%s; the one before is still shown\"}", why);
	else
		write_format(w, "{\"ok\":true,\"ends\":%" PRIu64 "}", pair_ends(s->front.renewal.pair) / SECONDS(1));
}

static void shell_hear_fetch(struct shell *s, const struct helper_event *e)
{
	if (e->kind == HELPER_SAYS && !hall_fetch_says(s->hall, e->frame))
		helpers_end(s->fetch, 0);
	if (e->kind == HELPER_DOWN)
		hall_fetch_down(s->hall);
}

static void shell_hear_control(struct shell *s, struct asker *a, struct bytes request)
{
	static uint8_t answer[LIMIT_CHANNEL_MESSAGE];
	struct writer w = writer(answer, sizeof(answer));

	if (hall_control(s->hall, request, &w) == HALL_RELOAD)
		shell_answer_reload(s, &w);
	if (!w.ok) {
		w = writer(answer, sizeof(answer));
		write_string(&w, "{\"ok\":false,\"error\":\"The answer is too long.\"}");
	}
	carrier_drain(&s->carrier);
	carrier_keep_control(&s->carrier, a, written(&w));
	mem_wipe(answer, written(&w).size);
}

/* One input, then drain, until nothing is left. */
static void shell_hear(struct shell *s, usec_t now)
{
	struct worker_event worker;
	struct helper_event helper;
	struct ws_event browser;
	struct asker *asker;
	struct bytes request;

	while (workers_poll(s->workers, now, &worker)) {
		shell_hear_worker(s, &worker);
		carrier_drain(&s->carrier);
	}
	while (helpers_poll(s->helpers, now, &helper)) {
		shell_hear_helper(s, &helper);
		carrier_drain(&s->carrier);
	}
	while (helpers_poll(s->fetch, now, &helper)) {
		shell_hear_fetch(s, &helper);
		carrier_drain(&s->carrier);
	}
	while (control_poll(s->control, &asker, &request))
		shell_hear_control(s, asker, request);
	while (ws_poll(s->front.ws, now, &browser)) {
		shell_hear_browser(s, &browser);
		carrier_drain(&s->carrier);
	}
}

static void shell_watch_certificate(struct shell *s, usec_t now)
{
	static const char *const kinds[] = { "certificate-ended", "certificate-ends" };
	unsigned days;
	char about[16];

	if (!renewal_timeout(&s->front.renewal, now, clock_wall(), &days))
		return;
	(void)snprintf(about, sizeof(about), "%u", days);
	hall_note(s->hall, kinds[days > 0], days ? about : NULL);
}

static void shell_timeouts(struct shell *s, usec_t now)
{
	shell_watch_certificate(s, now);
	front_timeout(&s->front, now);
	control_timeout(s->control, now);
	workers_timeout(s->workers, now);
	helpers_timeout(s->helpers, now);
	helpers_timeout(s->fetch, now);
	notify_timeout(s->notify, now);
	syslog_timeout(&s->syslog, now);
	if (hall_deadline(s->hall) <= now) {
		hall_timeout(s->hall);
		carrier_drain(&s->carrier);
	}
}

static usec_t shell_deadline(const struct shell *s)
{
	usec_t deadline = MIN(front_deadline(&s->front), control_deadline(s->control));

	deadline = MIN(deadline, workers_deadline(s->workers));
	deadline = MIN(deadline, helpers_deadline(s->helpers));
	deadline = MIN(deadline, helpers_deadline(s->fetch));
	deadline = MIN(deadline, notify_deadline(s->notify));
	deadline = MIN(deadline, syslog_deadline(&s->syslog));
	return MIN(deadline, hall_deadline(s->hall));
}

static void shell_admit(struct shell *s, const struct arrival *a)
{
	if (!a->ice) {
		ws_adopt(s->front.ws, a);
		return;
	}
	(void)sources_leave(&s->front.sources, a->source);	/* the worker keeps it only if it is a participant's */
	workers_hand_over(s->workers, a->worker, a->fd, &a->from);
}

static void shell_tell_security(struct shell *s, usec_t now)
{
	struct hall_security e;

	while (hall_poll_security(s->hall, &e))
		syslog_tell(&s->syslog, &e, now);
}

static int shell_turn(struct shell *s)
{
	usec_t now = clock_now();
	struct arrival arrival;
	int r;

	hall_set_time(s->hall, now, clock_wall());
	r = loop_run_once(s->loop, 0);
	if (r < 0)
		return r;
	while (listener_poll(s->front.listener, &arrival))
		shell_admit(s, &arrival);
	shell_timeouts(s, now);
	shell_hear(s, now);
	/* After a failure the hall has rebuilt itself, and has something to say about it. */
	if (!carrier_commit(&s->carrier, now)) {
		carrier_drain(&s->carrier);
		(void)carrier_commit(&s->carrier, now);
	}
	shell_tell_security(s, now);
	ws_sweep(s->front.ws);
	if (!s->stopping)
		ws_wait(s->front.ws, shell_deadline(s), now);
	return 0;
}

int shell_run(struct shell *s)
{
	int r = 0;

	log_info("ready", LOG_NUMBER("port", s->config->port));
	notify_say(s->notify, "READY=1");
	hall_note(s->hall, "started", NULL);
	if (state_was_restored(s->config))
		hall_note(s->hall, "restored", NULL);
	while (r == 0 && !s->stopping)
		r = shell_turn(s);
	log_info("stopping");
	notify_say(s->notify, "STOPPING=1");
	hall_seal(s->hall);
	hall_note(s->hall, "stopped", NULL);
	(void)carrier_commit(&s->carrier, clock_now());
	shell_tell_security(s, clock_now());
	if (s->alone)
		return -ECHILD;
	/* After an update they must be of the new release, so that only who asks for it leaves them. */
	if (!s->leaving)
		workers_stop(s->workers);
	return r;
}

/* Beginning and end. */

static void shell_on_signal(void *user, unsigned events __attribute__((unused)), usec_t now __attribute__((unused)))
{
	struct shell *s = user;

	switch (signals_read(s->signals)) {
	case SIGNALS_NOTHING:
		return;
	case SIGNALS_LEAVE:
		s->leaving = true;
		s->stopping = true;
		return;
	case SIGNALS_STOP:
		s->stopping = true;
		return;
	case SIGNALS_RELOAD:
		(void)shell_reload(s);
		return;
	}
}

static int shell_catch_signals(struct shell *s)
{
	s->signals = signals_open();
	if (s->signals < 0)
		return s->signals;
	return loop_add(s->loop, &s->signals_in_loop, s->signals, LOOP_READ, shell_on_signal, s);
}

static void shell_on_spawner(void *user, unsigned events __attribute__((unused)), usec_t now __attribute__((unused)))
{
	struct shell *s = user;

	log_error("spawner-died");
	s->stopping = s->alone = true;
}

static int shell_failed(const char *what, int r)
{
	log_error("start-failed", LOG_WORD("what", what), LOG_ERROR(r));
	return r;
}

static int shell_open_ports(struct shell *s)
{
	const char *what;
	int r = ports_open(s->front.listener, s->config, &what);

	return r < 0 ? shell_failed(what, r) : 0;
}

static int shell_open_records(struct shell *s)
{
	const char *why;
	int r = archive_open(&s->archive, s->config, &why);

	return r < 0 ? shell_failed(why, r) : 0;
}

static int shell_open_hall(struct shell *s)
{
	const char *why;
	int r = terms_open(&s->terms, s->config, &s->front, &s->archive, s->n_helpers, &why);

	if (r < 0)
		return shell_failed(why, r);
	r = hall_new(&s->hall, s->archive.db, &s->terms.hall, clock_now(), clock_wall());
	return r < 0 ? shell_failed("the records cannot be read", r) : 0;
}

static int shell_open_front(struct shell *s)
{
	const char *why;
	int r = front_open(&s->front, s->config, s->loop, s->spawner, &why);

	return r < 0 ? shell_failed(why, r) : 0;
}

static int shell_open_workers(struct shell *s)
{
	struct workers_config config = { .loop = s->loop, .spawner = s->spawner, .n = s->config->workers };
	int r = workers_new(&s->workers, &config);

	return r < 0 ? shell_failed("the media workers", r) : 0;
}

static int shell_open_control(struct shell *s)
{
	char path[CONFIG_PATH_SIZE];
	int r = config_state_path(s->config, "run/control.sock", path) ? control_new(&s->control, s->loop, path) :
		-ENAMETOOLONG;

	return r < 0 ? shell_failed("state: run/control.sock cannot be made", r) : 0;
}

static int shell_open_helpers(struct shell *s)
{
	struct helpers_config config = { .loop = s->loop, .spawner = s->spawner, .kind = SPAWNER_HELPER,
		.n = s->n_helpers };
	int r = helpers_new(&s->helpers, &config);

	config.kind = SPAWNER_FETCH;
	config.n = s->config->oidc_issuer[0] ? 1 : 0;
	if (r == 0)
		r = helpers_new(&s->fetch, &config);
	return r < 0 ? shell_failed("the helpers", r) : 0;
}

DEFINE_CLEANUP(struct shell *, shell_free)

int shell_new(struct shell **ret, const struct config *config, struct spawner *spawner, unsigned helpers,
	struct notify *notify)
{
	_cleanup_(shell_freep) struct shell *s = mem_new(struct shell);
	const char *why;
	int r;

	if (!s)
		return -ENOMEM;
	carrier_init(&s->carrier);
	s->signals = s->state.lock = s->syslog.fd = -1;
	s->config = config;
	s->spawner = spawner;
	s->notify = notify;
	s->n_helpers = helpers;
	r = state_open(&s->state, config, &why);
	if (r < 0)
		return shell_failed(why, r);
	r = loop_new(&s->loop);
	if (r == 0)
		r = shell_catch_signals(s);
	if (r == 0)
		r = syslog_open(&s->syslog, config->syslog, config->hosts[0]);
	if (r == 0)
		r = loop_add(s->loop, &s->spawner_in_loop, spawner_fd(spawner), LOOP_HANGUP, shell_on_spawner, s);
	if (r < 0)
		return shell_failed("no memory, or no descriptors", r);
	if ((r = shell_open_front(s)) < 0 ||
	    (r = shell_open_ports(s)) < 0 || (r = shell_open_records(s)) < 0 || (r = shell_open_hall(s)) < 0 ||
	    (r = shell_open_control(s)) < 0 || (r = shell_open_workers(s)) < 0 ||
	    (r = shell_open_helpers(s)) < 0)
		return r;
	s->carrier.hall = s->hall;
	s->carrier.ws = s->front.ws;
	s->carrier.workers = s->workers;
	s->carrier.helpers = s->helpers;
	s->carrier.fetch = s->fetch;
	*ret = take(s);
	return 0;
}

struct shell *shell_free(struct shell *s)
{
	if (!s)
		return NULL;
	assert(list_empty(&s->carrier.outbox));
	s->workers = workers_free(s->workers);
	s->helpers = helpers_free(s->helpers);
	s->fetch = helpers_free(s->fetch);
	s->control = control_free(s->control);
	s->hall = hall_free(s->hall);
	terms_done(&s->terms);
	archive_done(&s->archive);
	front_done(&s->front);
	syslog_done(&s->syslog);
	s->signals_in_loop = loop_remove(s->signals_in_loop);
	s->spawner_in_loop = loop_remove(s->spawner_in_loop);
	socket_close(&s->signals);
	s->loop = loop_free(s->loop);
	state_done(&s->state);
	mem_free(s);
	return NULL;
}
