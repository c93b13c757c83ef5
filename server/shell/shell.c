/* SPDX-License-Identifier: EUPL-1.2 */
/* conclaved's turn: wait, hear, decide, record, act. In conclaved.
 * Invariant: what the hall hears in a turn it hears at one time; `outbox` is empty between two turns. */
#include "server/shell/shell.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "auth/signature.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/mem.h"
#include "base/random.h"
#include "server/hall/hall.h"
#include "server/records/db.h"
#include "server/records/log_key.h"
#include "server/shell/addresses.h"
#include "server/shell/control.h"
#include "server/shell/files.h"
#include "server/shell/helpers.h"
#include "server/shell/http.h"
#include "server/shell/listener.h"
#include "server/shell/metrics.h"
#include "server/shell/notify.h"
#include "server/shell/outbox.h"
#include "server/shell/ports.h"
#include "server/shell/relay.h"
#include "server/shell/renewal.h"
#include "server/shell/signals.h"
#include "server/shell/socket.h"
#include "server/shell/source.h"
#include "server/shell/state.h"
#include "server/shell/syslog.h"
#include "server/shell/workers.h"
#include "server/shell/ws.h"

struct shell {
	/* owned */
	struct state state;
	struct loop *loop;
	struct files files;
	struct sources sources;
	struct listener *listener;
	struct ws *ws;
	struct renewal renewal;
	struct syslog syslog;
	struct control *control;
	struct workers *workers;
	struct helpers *helpers;
	struct helpers *fetch;		/* one conclave-fetch, or none */
	struct db *db;
	struct log_key *key;
	struct vault vault;
	struct hall *hall;
	int signals;
	struct loop_source *signals_in_loop;

	/* borrowed */
	const struct config *config;
	struct spawner *spawner;
	struct notify *notify;
	struct loop_source *spawner_in_loop;

	/* state */
	struct http http, admin;
	struct turn turn;
	struct list outbox;
	struct metrics metrics;
	const char *origins[HTTP_ORIGINS + 1];	/* of http */
	unsigned n_helpers;
	bool stopping;
	bool alone;		/* the spawner has died: what we could no longer start, another conclaved can */
	uint8_t scratch[LIMIT_CHANNEL_MESSAGE];
};

/* What the hall said, kept until it is recorded. */

static void shell_keep(struct shell *s, const struct hall_out *out)
{
	struct writer w = writer(s->scratch, sizeof(s->scratch));

	if (outbox_keep(&s->outbox, out, &w))
		return;
	log_error("output-lost");
	if (out->kind == HALL_SEND || out->kind == HALL_CLOSE)
		ws_drop(s->ws, out->user);
}

static void shell_drain(struct shell *s)
{
	struct hall_out out;

	while (hall_poll(s->hall, &out))
		shell_keep(s, &out);
}

static void shell_keep_answer(struct shell *s, struct peer *p, const struct hall_answer *a)
{
	p->ticket = a->ticket;
	if (!a->ticket && !outbox_add_answer(&s->outbox, p, a))
		ws_drop(s->ws, p);
}

/* Carrying out. */

static void output_answer(struct shell *s, struct peer *peer, const struct output *o, bool recorded)
{
	struct http_response r;

	if (recorded)
		output_print_answer(o, &r);
	else
		http_answer_error(&r, 503);
	ws_answer(s->ws, peer, &r);
}

static void output_control(const struct output *o, bool recorded)
{
	static const char refused[] = "{\"ok\":false,\"error\":\"It could not be recorded, so it did not happen. "
		"Is the disk full?\"}";

	control_answer(o->asker, recorded ? bytes_make(o->data, o->size) : bytes_of_string(refused));
}

/* What the hall said while it could not record is dropped; whoever asked by HTTP or conclavectl is told. */
static void output_carry_out(struct shell *s, const struct output *o, bool recorded)
{
	struct peer *peer;

	switch (o->kind) {
	case OUTPUT_SEND:
		if (recorded)
			ws_send(s->ws, o->peer, bytes_make(o->data, o->size));
		break;
	case OUTPUT_CLOSE:
		if (recorded)
			ws_close(s->ws, o->peer, o->number);
		break;
	case OUTPUT_MEDIA:
		if (recorded)
			workers_send(s->workers, o->number, bytes_make(o->data, o->size));
		break;
	case OUTPUT_ANSWER:
		output_answer(s, o->peer, o, recorded);
		break;
	case OUTPUT_LATE:
		peer = ws_find(s->ws, o->ticket);
		if (peer)
			output_answer(s, peer, o, recorded);
		break;
	case OUTPUT_HELPER:
		helpers_send(s->helpers, o->number, bytes_make(o->data, o->size));
		break;
	case OUTPUT_HELPER_END:
		helpers_end(s->helpers, o->number);
		break;
	case OUTPUT_FETCH:
		helpers_send(s->fetch, 0, bytes_make(o->data, o->size));
		break;
	case OUTPUT_CONTROL:
		output_control(o, recorded);
		break;
	case OUTPUT_SEATED:
		if (recorded && o->peer->phase == PEER_SOCKET)
			ws_seated(s->ws, o->peer);
		break;
	}
}

static bool shell_commit(struct shell *s, usec_t now)
{
	struct output *o;
	int r = hall_commit(s->hall);

	if (r < 0) {
		s->metrics.commits_failed++;
		log_throttled(LOG_LEVEL_ERROR, now, SECONDS(1), "not-recorded", LOG_ERROR(r));
	}
	while ((o = list_first(&s->outbox, struct output, in_outbox))) {
		output_carry_out(s, o, r == 0);
		(void)output_free(o);
	}
	return r == 0;
}

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
	ws_answer(s->ws, p, &r);
}

static void shell_answer_metrics(struct shell *s, struct peer *p)
{
	char text[METRICS_SIZE];
	struct writer w = writer(text, sizeof(text));
	struct http_response r;

	hall_count(s->hall, &s->metrics.hall);
	workers_count(s->workers, &s->metrics.workers);
	s->metrics.listener = listener_count(s->listener);
	s->metrics.certificate_ends = pair_ends(s->renewal.pair);
	s->metrics.syslog_sent = s->syslog.sent;
	s->metrics.syslog_lost = s->syslog.lost;
	s->metrics.certificate_changed = s->renewal.done;
	s->metrics.certificate_refused = s->renewal.refused;
	metrics_write(&w, &s->metrics);
	http_judge_metrics(&p->request->http, written(&w), &r);
	ws_answer(s->ws, p, &r);
}

/* For the administration's page. */
static void shell_look_at_machine(struct shell *s)
{
	struct hall_machine m = { .certificate_ends = pair_ends(s->renewal.pair) };
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
	switch (http_judge(p->door == LISTENER_ADMIN ? &s->admin : &s->http, q, &r)) {
	case HTTP_ANSWERED:
		ws_answer(s->ws, p, &r);
		return;
	case HTTP_ASK_HEALTH:
		shell_answer_health(s, p);
		return;
	case HTTP_ASK_HALL:
		if (p->door == LISTENER_ADMIN)
			shell_look_at_machine(s);
		hall_request(s->hall, &(struct hall_request){ .path = q->path, .cookies = q->cookies, .body = q->body,
			.agent = q->agent, .source = p->from, .admin = p->door == LISTENER_ADMIN }, &a);
		shell_keep_answer(s, p, &a);
		mem_wipe(&a, sizeof(a));
		return;
	}
}

static void shell_hear_open(struct shell *s, struct peer *p)
{
	p->connection = hall_connect(s->hall, p->cookies, p);
	peer_forget_cookies(p);
	if (!p->connection)
		ws_close(s->ws, p, 1013);	/* RFC 6455's registry: try again later */
}

static void shell_hear_text(struct shell *s, struct peer *p, struct bytes text)
{
	struct output *o;

	hall_receive(s->hall, p->connection, text);
	if (!p->source)
		return;
	shell_drain(s);
	o = outbox_add(&s->outbox, OUTPUT_SEATED, (struct bytes){ 0 });
	if (o)
		o->peer = p;
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
	const char *why = renewal_try(&s->renewal, clock_now(), clock_wall());

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
		write_format(w, "{\"ok\":true,\"ends\":%" PRIu64 "}", pair_ends(s->renewal.pair) / SECONDS(1));
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
	struct output *o;

	if (hall_control(s->hall, request, &w) == HALL_RELOAD)
		shell_answer_reload(s, &w);
	if (!w.ok) {
		w = writer(answer, sizeof(answer));
		write_string(&w, "{\"ok\":false,\"error\":\"The answer is too long.\"}");
	}
	shell_drain(s);
	o = outbox_add(&s->outbox, OUTPUT_CONTROL, written(&w));
	mem_wipe(answer, written(&w).size);
	if (o)
		o->asker = a;
	else
		control_answer(a, bytes_of_string("{\"ok\":false,\"error\":\"The server is out of memory.\"}"));
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
		shell_drain(s);
	}
	while (helpers_poll(s->helpers, now, &helper)) {
		shell_hear_helper(s, &helper);
		shell_drain(s);
	}
	while (helpers_poll(s->fetch, now, &helper)) {
		shell_hear_fetch(s, &helper);
		shell_drain(s);
	}
	while (control_poll(s->control, &asker, &request))
		shell_hear_control(s, asker, request);
	while (ws_poll(s->ws, now, &browser)) {
		shell_hear_browser(s, &browser);
		shell_drain(s);
	}
}

static void shell_watch_certificate(struct shell *s, usec_t now)
{
	static const char *const kinds[] = { "certificate-ended", "certificate-ends" };
	unsigned days;
	char about[16];

	if (!renewal_timeout(&s->renewal, now, clock_wall(), &days))
		return;
	(void)snprintf(about, sizeof(about), "%u", days);
	hall_note(s->hall, kinds[days > 0], days ? about : NULL);
}

static void shell_timeouts(struct shell *s, usec_t now)
{
	shell_watch_certificate(s, now);
	listener_timeout(s->listener, now);
	control_timeout(s->control, now);
	workers_timeout(s->workers, now);
	helpers_timeout(s->helpers, now);
	helpers_timeout(s->fetch, now);
	ws_timeout(s->ws, now);
	notify_timeout(s->notify, now);
	syslog_timeout(&s->syslog, now);
	if (hall_deadline(s->hall) <= now) {
		hall_timeout(s->hall);
		shell_drain(s);
	}
}

static usec_t shell_deadline(const struct shell *s)
{
	usec_t deadline = MIN(listener_deadline(s->listener), control_deadline(s->control));

	deadline = MIN(deadline, workers_deadline(s->workers));
	deadline = MIN(deadline, helpers_deadline(s->helpers));
	deadline = MIN(deadline, helpers_deadline(s->fetch));
	deadline = MIN(deadline, ws_deadline(s->ws));
	deadline = MIN(deadline, notify_deadline(s->notify));
	deadline = MIN(deadline, renewal_deadline(&s->renewal));
	deadline = MIN(deadline, syslog_deadline(&s->syslog));
	return MIN(deadline, hall_deadline(s->hall));
}

static void shell_admit(struct shell *s, const struct arrival *a)
{
	if (!a->ice) {
		ws_adopt(s->ws, a);
		return;
	}
	(void)sources_leave(&s->sources, a->source);	/* the worker keeps it only if it is a participant's */
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
	while (listener_poll(s->listener, &arrival))
		shell_admit(s, &arrival);
	shell_timeouts(s, now);
	shell_hear(s, now);
	/* After a failure the hall has rebuilt itself, and has something to say about it. */
	if (!shell_commit(s, now)) {
		shell_drain(s);
		(void)shell_commit(s, now);
	}
	shell_tell_security(s, now);
	ws_sweep(s->ws);
	if (!s->stopping)
		ws_wait(s->ws, shell_deadline(s), now);
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
	(void)shell_commit(s, clock_now());
	shell_tell_security(s, clock_now());
	if (s->alone)
		return -ECHILD;
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
	int r = ports_open(s->listener, s->config, &what);

	return r < 0 ? shell_failed(what, r) : 0;
}

static int shell_open_key(struct shell *s)
{
	char path[CONFIG_PATH_SIZE];
	const char *why = "the path is too long";
	int r = config_state_path(s->config, "log-key.pem", path) ?
		log_key_open(&s->key, s->db, path, clock_wall(), &why) : -ENAMETOOLONG;

	return r < 0 ? shell_failed(why, r) : 0;
}

static int shell_open_records(struct shell *s)
{
	char path[CONFIG_PATH_SIZE];
	const char *why = "the path is too long";
	int r = config_state_path(s->config, "conclave.db", path) ? db_open(&s->db, path, &why) : -ENAMETOOLONG;

	if (r < 0)
		return shell_failed(why, r);
	r = shell_open_key(s);
	if (r < 0)
		return r;
	r = state_open_vault(s->config, &s->vault);
	return r < 0 ? shell_failed("state: vault-key is not the key that was made there, for its owner alone", r) : 0;
}

static int shell_open_relay(struct shell *s)
{
	int r = relay_load(&s->turn, s->config);

	return r < 0 ? shell_failed("turn_secret_file: it is not one line of 16 letters or more, for its owner alone", r) : 0;
}

static int shell_open_hall(struct shell *s)
{
	_cleanup_(mem_freep) struct hall_config *config = mem_new(struct hall_config);
	char origin[HTTP_ORIGIN_SIZE], authority[CONFIG_HOST_SIZE + 10], redirect[CONFIG_REDIRECT_SIZE];
	struct hall_provider provider;
	int r;

	if (!config)
		return -ENOMEM;
	(void)config_authority(s->config, s->config->hosts[0], authority);
	(void)snprintf(origin, sizeof(origin), "https://%s", authority);
	config->origin = origin;
	config->client = s->config->n_clients ? s->config->clients[0] : NULL;
	config->party = s->config->hosts[0];
	for (size_t i = 0; i < s->http.n_origins; i++)
		s->origins[i] = s->http.origins[i];
	config->origins = s->origins;
	config->admin_origin = s->config->admin.family ? s->admin.origins[0] : NULL;
	config->vault = &s->vault;
	config->helpers = s->n_helpers;
	config->provider = config_provider(s->config, &provider, redirect) ? &provider : NULL;
	config->links_for_everyone = s->config->links_for_everyone;
	config->key = s->key;
	config->policy = &s->config->policy;
	random_bytes(&config->seed, sizeof(config->seed));
	config->tcp_port = s->config->port;
	config->turn = s->turn.n ? &s->turn : NULL;
	r = addresses_offered(s->config, config->addresses, &config->n_addresses);
	if (r < 0)
		return shell_failed("the addresses of this machine cannot be found", r);
	r = hall_new(&s->hall, s->db, config, clock_now(), clock_wall());
	return r < 0 ? shell_failed("the records cannot be read", r) : 0;
}

static int shell_open_web(struct shell *s)
{
	struct ws_config config = {
		.certificate = s->config->certificate, .key = s->config->key, .http = &s->http, .admin = &s->admin,
		.sources = &s->sources, .loop_fd = loop_fd(s->loop),
	};
	int r = files_load(&s->files, s->config->web_root);

	if (r < 0)
		return shell_failed("web_root: the client cannot be loaded from there", r);
	http_init(&s->http, s->config, &s->files);
	http_init_admin(&s->admin, s->config, &s->files);
	r = sources_init(&s->sources);
	if (r == 0)
		r = listener_new(&s->listener, s->loop, &s->sources);
	if (r < 0)
		return shell_failed("no memory, or no descriptors", r);
	r = ws_new(&s->ws, &config);
	if (r < 0)
		return shell_failed("certificate, key: they cannot be used", r);
	s->renewal = (struct renewal){ .pair = pair_new(ws_connections(s->ws)), .spawner = s->spawner,
		.host = s->config->hosts[0] };
	return s->renewal.pair ? 0 : shell_failed("no memory, or no descriptors", -ENOMEM);
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
	list_init(&s->outbox);
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
	if ((r = shell_open_web(s)) < 0 ||
	    (r = shell_open_ports(s)) < 0 || (r = shell_open_records(s)) < 0 || (r = shell_open_relay(s)) < 0 ||
	    (r = shell_open_hall(s)) < 0 ||
	    (r = shell_open_control(s)) < 0 || (r = shell_open_workers(s)) < 0 ||
	    (r = shell_open_helpers(s)) < 0)
		return r;
	*ret = take(s);
	return 0;
}

struct shell *shell_free(struct shell *s)
{
	if (!s)
		return NULL;
	assert(list_empty(&s->outbox));
	s->workers = workers_free(s->workers);
	s->helpers = helpers_free(s->helpers);
	s->fetch = helpers_free(s->fetch);
	s->control = control_free(s->control);
	s->hall = hall_free(s->hall);
	s->key = log_key_free(s->key);
	mem_wipe(&s->vault, sizeof(s->vault));
	mem_wipe(&s->turn, sizeof(s->turn));
	s->db = db_close(s->db);
	s->listener = listener_free(s->listener);
	s->ws = ws_free(s->ws);
	s->renewal.pair = pair_free(s->renewal.pair);
	sources_done(&s->sources);
	syslog_done(&s->syslog);
	files_done(&s->files);
	s->signals_in_loop = loop_remove(s->signals_in_loop);
	s->spawner_in_loop = loop_remove(s->spawner_in_loop);
	socket_close(&s->signals);
	s->loop = loop_free(s->loop);
	state_done(&s->state);
	mem_free(s);
	return NULL;
}
