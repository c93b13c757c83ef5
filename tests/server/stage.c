/* SPDX-License-Identifier: EUPL-1.2 */
/* Playing the shell of conclaved: one input, then drain, commit, deliver. In tests only. */
#include "tests/server/stage.h"

#include "base/log.h"
#include "base/mem.h"
#include "server/hall/protocol.h"

#define WALL SECONDS(1773340200)	/* 2026-03-12T18:30:00Z */

struct pending {
	struct hall_out out;
	char *text;
};

void stage_open(struct stage *s, const char *path)
{
	const char *why = NULL;
	char key[256];

	*s = (struct stage){ .now = SECONDS(1000), .wall = WALL };
	log_set_level(LOG_LEVEL_ERROR);
	for (int i = 0; i < STAGE_ACTORS; i++)
		s->actors[i].stage = s;
	if (db_open(&s->db, path ? path : ":memory:", &why) < 0)
		fail_msg("%s", why);
	if (path)
		snprintf(key, sizeof(key), "%s.key", path);
	if (log_key_open(&s->key, s->db, path ? key : NULL, s->wall, &why) < 0)
		fail_msg("%s", why);
	check_eq(stage_start(s), 0);
}

int stage_start(struct stage *s)
{
	static const char *const origins[] = { STAGE_ORIGIN, NULL };
	static const struct hall_provider provider = { .issuer = "https://login.example", .client = "conclave",
		.redirect = STAGE_ORIGIN "/" };
	struct hall_config config = { .origin = STAGE_ORIGIN, .n_addresses = 1, .seed = s->now,
		.key = s->key, .policy = s->policy, .turn = s->turn, .party = "localhost", .origins = origins,
		.admin_origin = STAGE_ADMIN_ORIGIN, .vault = &s->vault, .helpers = 2,
		.links_for_everyone = !s->sign_in_first, .provider = s->provider ? &provider : NULL };

	return hall_new(&s->hall, s->db, &config, s->now, s->wall);
}

void stage_stop(struct stage *s)
{
	s->hall = hall_free(s->hall);
	for (int i = 0; i < STAGE_ACTORS; i++) {
		s->actors[i].connection = NULL;
		actor_forget(&s->actors[i]);
	}
	db_rollback(s->db);
	log_key_settle(s->key, false);
}

/* Bytes as a text of one's own; strndup() would look beyond them for their end. */
static char *text_of(struct bytes b)
{
	char *text = malloc(b.size + 1);

	check(text != NULL);
	memcpy(text, b.data, b.size);
	text[b.size] = 0;
	return text;
}

void stage_restart(struct stage *s)
{
	stage_stop(s);
	check_eq(stage_start(s), 0);
	stage_drain(s);
}

void stage_close(struct stage *s)
{
	stage_stop(s);
	s->db = db_close(s->db);
	s->key = log_key_free(s->key);
}

/* Also that the hall says nothing that PROTOCOL.md does not know. */
static void deliver(struct stage *s, struct actor *a, const char *text)
{
	struct wire_problem problem;
	struct wire *w = NULL;

	if (wire_parse(&w, bytes_of_string(text), "type", protocol_server, &problem) < 0 && !s->lenient)
		fail_msg("%s (%s): %s", problem.code, problem.field, text);
	wire_free(w);
	if (a->n_messages == ACTOR_MESSAGES)
		actor_forget(a);
	a->messages[a->n_messages] = strdup(text);
	check(a->messages[a->n_messages]);
	a->n_messages++;
	a->n_received++;
}

static void deliver_media(struct stage *s, unsigned worker, const struct media_command *c)
{
	if (s->n_media == STAGE_MEDIA)
		s->n_media = 0;
	s->media[s->n_media] = (struct stage_media){
		.worker = worker, .kind = c->kind, .peer = c->peer, .meeting = c->meeting, .seat = c->seat,
		.sources = c->sources, .rank = c->rank, .n_lines = c->n_lines, .sdp_size = c->sdp.size,
		.n_wishes = c->n_wishes, .echo = c->echo,
	};
	memcpy(s->media[s->n_media++].wishes, c->wishes, sizeof(s->media[0].wishes));
}

static void carry_out(struct stage *s, struct pending *p)
{
	struct actor *a = p->out.user;

	switch (p->out.kind) {
	case HALL_SEND:
		if (a->connection)
			deliver(s, a, p->text);
		break;
	case HALL_CLOSE:
		a->closed = p->out.close_code;
		break;
	case HALL_MEDIA:
	case HALL_ANSWER:
	case HALL_HELPER:
	case HALL_HELPER_END:
	case HALL_FETCH:
		break;
	}
}

/* Kept at once: both are gone with the next poll. */
static void take_late(struct stage *s, const struct hall_out *out)
{
	if (out->kind == HALL_HELPER) {
		check(out->text.size <= sizeof(s->frame));
		memcpy(s->frame, out->text.data, out->text.size);
		s->frame_size = out->text.size;
		s->frame_helper = out->worker;
		s->n_frames++;
	} else if (out->kind == HALL_FETCH) {
		check(out->text.size <= sizeof(s->fetch_frame));
		memcpy(s->fetch_frame, out->text.data, out->text.size);
		s->fetch_size = out->text.size;
		s->n_fetches++;
	} else if (out->kind == HALL_ANSWER) {
		s->late_ticket = out->answer->ticket;
		s->late_status = out->answer->status;
		check(strlen(out->answer->body) < sizeof(s->late_body));
		memcpy(s->late_body, out->answer->body, strlen(out->answer->body) + 1);
		memcpy(s->late_cookie, out->answer->set_cookie, sizeof(s->late_cookie));
	}
}

void stage_drain(struct stage *s)
{
	static struct pending pending[4096];
	static struct stage_media media[STAGE_MEDIA];
	size_t n = 0, media_before = s->n_media;
	int r;

	memcpy(media, s->media, sizeof(media));
	for (;;) {
		struct pending *p = &pending[n];

		check(n < ARRAY_SIZE(pending));
		if (!hall_poll(s->hall, &p->out))
			break;
		p->text = NULL;
		if (p->out.kind == HALL_SEND)
			p->text = text_of(p->out.text);
		if (p->out.kind == HALL_MEDIA)
			deliver_media(s, p->out.worker, p->out.command);
		take_late(s, &p->out);
		n++;
	}
	r = hall_commit(s->hall);
	if (r < 0) {
		memcpy(s->media, media, sizeof(media));
		s->n_media = media_before;
	}
	for (size_t i = 0; i < n; i++) {
		if (r == 0)
			carry_out(s, &pending[i]);
		free(pending[i].text);
	}
	/* What it says of the failure comes with the next drain; and closed connections are gone after it. */
	if (r < 0)
		stage_drain(s);
	for (int i = 0; i < STAGE_ACTORS; i++) {
		struct actor *a = &s->actors[i];

		if (a->connection && a->closed)
			actor_disconnect(a);
	}
}

static void tick(struct stage *s)
{
	hall_set_time(s->hall, s->now, s->wall);
}

void stage_pass(struct stage *s, usec_t time)
{
	usec_t until = s->now + time;
	unsigned rounds = 0;

	for (;;) {
		usec_t at = MAX(hall_deadline(s->hall), s->now);

		if (at > until)
			break;
		/* A deadline that is met and stays would keep the loop from ever sleeping; once more is for a
		 * commit that failed. */
		rounds = at > s->now ? 0 : rounds + 1;
		check(rounds <= 3);
		s->wall += at - s->now;
		s->now = at;
		tick(s);
		hall_timeout(s->hall);
		stage_drain(s);
	}
	s->wall += until - s->now;
	s->now = until;
	tick(s);
}

const char *stage_verb(struct stage *s, const char *request)
{
	struct writer w = writer(s->answer, sizeof(s->answer) - 1);
	struct bytes answer;

	tick(s);
	hall_control(s->hall, bytes_of_string(request), &w);
	check(w.ok);
	answer = written(&w);
	s->answer[answer.size] = '\0';
	stage_drain(s);
	return s->answer;
}

bool stage_made(struct stage *s, const char *request)
{
	return strncmp(stage_verb(s, request), "{\"ok\":true", 10) == 0;
}

long stage_id(const char *json)
{
	const char *at = strstr(json, "\"id\":");

	assert_non_null(at);
	return strtol(at + 5, NULL, 10);
}

bool stage_field(const char *json, const char *name, unsigned n, char *ret, size_t size)
{
	char key[64];
	const char *at = json, *end;

	snprintf(key, sizeof(key), "\"%s\":\"", name);
	for (unsigned i = 0; i <= n; i++) {
		at = strstr(at, key);
		if (!at)
			return false;
		at += strlen(key);
	}
	end = strchr(at, '"');
	check(end && (size_t)(end - at) < size);
	memcpy(ret, at, (size_t)(end - at));
	ret[end - at] = '\0';
	return true;
}

void stage_demo(struct stage *s)
{
	char link[256];

	check(stage_made(s, "{\"verb\":\"demo\"}"));
	check(stage_field(s->answer, "meeting", 0, s->meeting, sizeof(s->meeting)));
	for (unsigned i = 0; i < 5; i++) {
		check(stage_field(s->answer, "link", i, link, sizeof(link)));
		check(strncmp(link, STAGE_ORIGIN "/j#", strlen(STAGE_ORIGIN "/j#")) == 0);
		check_eq(strlen(strchr(link, '#') + 1), 43);
		memcpy(s->actors[i].link, strchr(link, '#') + 1, 44);
	}
}

static void convene(struct stage *s, size_t n, const char *more)
{
	static const char *const emails[] = { "hilde", "greet", "marleen", "jan", "fatima", "piet", "els" };
	char request[1024], text[256], link[256];

	snprintf(request, sizeof(request), "%s%s}",
		"{\"verb\":\"meeting-create\",\"title\":\"Raad\",\"starts\":\"2026-03-12T18:30Z\","
		"\"substitute\":\"marleen@x.example\",\"people\":["
		"{\"name\":\"Hilde Aerts\",\"email\":\"hilde@x.example\",\"office\":\"clerk\"},"
		"{\"name\":\"Greet Verhaeghe\",\"email\":\"greet@x.example\",\"office\":\"chair\"},"
		"{\"name\":\"Marleen Goossens\",\"email\":\"marleen@x.example\",\"office\":\"member\"},"
		"{\"name\":\"Jan Peeters\",\"email\":\"jan@x.example\",\"office\":\"member\"},"
		"{\"name\":\"Fatima El Idrissi\",\"email\":\"fatima@x.example\",\"office\":\"member\"},"
		"{\"name\":\"Piet Claes\",\"email\":\"piet@x.example\",\"office\":\"guest\"}", more);
	check(stage_made(s, request));
	check(stage_field(s->answer, "meeting", 0, s->meeting, sizeof(s->meeting)));
	for (size_t i = 0; i < n; i++) {
		snprintf(text, sizeof(text), "{\"verb\":\"invite\",\"meeting\":\"%s\",\"email\":\"%s@x.example\"}", s->meeting,
			emails[i]);
		check(stage_made(s, text));
		check(stage_field(s->answer, "link", 0, link, sizeof(link)));
		memcpy(s->actors[i].link, strchr(link, '#') + 1, 44);
	}
}

void stage_convene(struct stage *s)
{
	convene(s, 6, "]");
}

void stage_convene_items(struct stage *s)
{
	convene(s, 7, ",{\"name\":\"Els Maes\",\"email\":\"els@x.example\",\"office\":\"guest\"}],\"items\":["
		"{\"title\":\"Verslag\",\"convened\":\"open\"},"
		"{\"title\":\"Aanstelling\",\"convened\":\"closed\",\"guests\":[{\"email\":\"piet@x.example\"}]}]");
}

/* The jar has one cookie a seat; a renewed one takes the place of the old. */
void actor_keep_cookie(struct actor *a, const char *set_cookie)
{
	char pair[256], kept[sizeof(a->jar)] = "", *part, *rest = a->jar;
	size_t name = strcspn(set_cookie, "="), size = strcspn(set_cookie, ";");

	check(size > name && size < sizeof(pair));
	memcpy(pair, set_cookie, size);
	pair[size] = '\0';
	while ((part = strsep(&rest, ";"))) {
		part += strspn(part, " ");
		if (*part && strncmp(part, pair, name + 1) != 0) {
			strncat(kept, part, sizeof(kept) - strlen(kept) - 1);
			strncat(kept, "; ", sizeof(kept) - strlen(kept) - 1);
		}
	}
	strncat(kept, pair, sizeof(kept) - strlen(kept) - 1);
	memcpy(a->jar, kept, sizeof(kept));
}

static unsigned ask(struct actor *a, const char *body, bool link, struct hall_answer *ret)
{
	tick(a->stage);
	hall_request(a->stage->hall, &(struct hall_request){ .path = link ? "/api/link" : "/api/resume",
		.body = bytes_of_string(body), .cookies = a->jar }, ret);
	if (ret->status == 200) {
		check(stage_field(ret->body, "seat", 0, a->seat, sizeof(a->seat)));
		check(stage_field(ret->body, "meeting", 0, a->meeting, sizeof(a->meeting)));
		actor_keep_cookie(a, ret->set_cookie);
	} else {
		check_text(ret->set_cookie, "");
	}
	stage_drain(a->stage);
	return ret->status;
}

unsigned actor_ask(struct actor *a, const char *path, const char *body, struct hall_answer *ret)
{
	tick(a->stage);
	hall_request(a->stage->hall, &(struct hall_request){ .path = path, .body = bytes_of_string(body),
		.cookies = a->jar }, ret);
	stage_drain(a->stage);
	return ret->status;
}

unsigned actor_link(struct actor *a, const char *token, struct hall_answer *ret)
{
	char body[256];

	snprintf(body, sizeof(body), "{\"token\":\"%s\"}", token);
	return ask(a, body, true, ret);
}

unsigned actor_resume(struct actor *a, struct hall_answer *ret)
{
	char body[64];

	snprintf(body, sizeof(body), "{\"seat\":\"%s\"}", a->seat);
	return ask(a, body, false, ret);
}

unsigned actor_resume_meeting(struct actor *a, const char *meeting, struct hall_answer *ret)
{
	char body[64];

	snprintf(body, sizeof(body), "{\"meeting\":\"%s\"}", meeting);
	return ask(a, body, false, ret);
}

void actor_connect(struct actor *a)
{
	if (a->connection)
		actor_disconnect(a);
	tick(a->stage);
	a->closed = 0;
	actor_forget(a);
	a->connection = hall_connect(a->stage->hall, a->jar, a);
	check(a->connection || a->stage->lenient);
}

void actor_disconnect(struct actor *a)
{
	struct connection *c = a->connection;

	if (!c)
		return;
	tick(a->stage);
	a->connection = NULL;
	hall_disconnect(a->stage->hall, c);
	stage_drain(a->stage);
}

void actor_say(struct actor *a, const char *json)
{
	if (!a->connection)
		return;
	tick(a->stage);
	hall_receive(a->stage->hall, a->connection, bytes_of_string(json));
	stage_drain(a->stage);
}

void actor_hello(struct actor *a)
{
	char text[96];

	snprintf(text, sizeof(text), "{\"type\":\"hello\",\"version\":1,\"seat\":\"%s\"}", a->seat);
	actor_say(a, text);
}

void actor_arrive(struct actor *a)
{
	struct hall_answer answer;

	check_eq(actor_link(a, a->link, &answer), 200);
	actor_connect(a);
	actor_hello(a);
	actor_hears(a, "welcome", NULL);
	actor_say(a, "{\"type\":\"join\"}");
	actor_forget(a);
}

void actor_forget(struct actor *a)
{
	for (size_t i = 0; i < a->n_messages; i++)
		free(a->messages[i]);
	a->n_messages = 0;
}

static bool is_type(const char *message, const char *type)
{
	char start[64];

	snprintf(start, sizeof(start), "{\"type\":\"%s\"", type);
	return strncmp(message, start, strlen(start)) == 0;
}

bool actor_has(const struct actor *a, const char *type)
{
	for (size_t i = 0; i < a->n_messages; i++)
		if (is_type(a->messages[i], type))
			return true;
	return false;
}

const char *actor_hears(struct actor *a, const char *type, const char *part)
{
	static char heard[256 * 1024];

	while (a->n_messages) {
		char *message = a->messages[0];
		bool found = is_type(message, type) && (!part || strstr(message, part));

		snprintf(heard, sizeof(heard), "%s", message);
		a->n_messages--;
		memmove(a->messages, a->messages + 1, a->n_messages * sizeof(a->messages[0]));
		free(message);
		if (found)
			return heard;
	}
	fail_msg("nobody said %s with %s; last: %.300s", type, part ? part : "anything", heard);
	return NULL;
}

void actor_error(struct actor *a, const char *code, const char *re, const char *field)
{
	char expected[256], quoted_re[64] = "null", quoted_field[96] = "null";

	if (re)
		snprintf(quoted_re, sizeof(quoted_re), "\"%s\"", re);
	if (field)
		snprintf(quoted_field, sizeof(quoted_field), "\"%s\"", field);
	snprintf(expected, sizeof(expected), "{\"type\":\"error\",\"code\":\"%s\",\"re\":%s,\"field\":%s}", code, quoted_re,
		quoted_field);
	check_text(actor_hears(a, "error", NULL), expected);
}

void stage_everyone_in(struct stage *s)
{
	int last = s->actors[PIET].link[0] ? PIET : FATIMA;

	actor_arrive(&s->actors[CLERK]);
	for (int i = CHAIR; i <= last; i++)
		actor_arrive(&s->actors[i]);
	for (int i = MARLEEN; i <= last; i++) {
		char text[64];

		snprintf(text, sizeof(text), "{\"type\":\"admit\",\"person\":%d}", i + 1);
		actor_say(&s->actors[CLERK], text);
	}
	for (int i = 0; i <= last; i++)
		actor_forget(&s->actors[i]);
}

void stage_open_inside(struct stage *s)
{
	stage_open(s, NULL);
	stage_demo(s);
	stage_media_up(s);
	stage_everyone_in(s);
	s->n_media = 0;
}

void stage_worker_up(struct stage *s, unsigned worker)
{
	static const struct media_event ready = { .kind = MEDIA_READY, .version = MSG_VERSION, .port = 8443,
		.word = "AEAD_AES_128_GCM (OpenSSL)" };

	tick(s);
	hall_media_up(s->hall, worker);
	stage_drain(s);
	stage_worker_event(s, worker, &ready);
}

void stage_worker_event(struct stage *s, unsigned worker, const struct media_event *e)
{
	tick(s);
	hall_media_event(s->hall, worker, e);
	stage_drain(s);
}

void stage_worker_down(struct stage *s, unsigned worker)
{
	tick(s);
	hall_media_down(s->hall, worker);
	stage_drain(s);
}

void stage_media_up(struct stage *s)
{
	stage_worker_up(s, 0);
}

void stage_media_event(struct stage *s, const struct media_event *e)
{
	stage_worker_event(s, 0, e);
}

bool stage_media_has(const struct stage *s, enum media_command_kind kind)
{
	for (size_t i = 0; i < s->n_media; i++)
		if (s->media[i].kind == kind)
			return true;
	return false;
}

struct stage_media stage_media_hears(struct stage *s, enum media_command_kind kind)
{
	while (s->n_media) {
		struct stage_media m = s->media[0];

		s->n_media--;
		memmove(s->media, s->media + 1, s->n_media * sizeof(s->media[0]));
		if (m.kind == kind)
			return m;
	}
	fail_msg("no command %d", (int)kind);
	return (struct stage_media){ 0 };
}

struct stage_media actor_offers(struct actor *a)
{
	actor_say(a, STAGE_OFFER);
	return stage_media_hears(a->stage, MEDIA_ADD_PEER);
}
