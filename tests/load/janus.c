/* SPDX-License-Identifier: EUPL-1.2 */
/* Janus' VideoRoom over its WebSocket transport: one handle publishes, one subscribes to everybody. In the load tool.
 * Invariant: of each subscriber handle at most one negotiation is under way; who came meanwhile is in the next. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/mem.h"
#include "tests/load/play.h"
#include "tests/load/sdp.h"

#define ROOM 1234
#define SDP_MOST (256 * 1024)
#define KEEP_ALIVE 20

static void say(struct participant *p, json_t *message)
{
	char *text;

	json_object_set_new(message, "transaction", json_string("t"));
	if (p->session)
		json_object_set_new(message, "session_id", json_integer((json_int_t)p->session));
	text = json_dumps(message, JSON_COMPACT);
	if (text)
		web_send(&p->web, bytes_of_string(text));
	mem_free(text);
	json_decref(message);
}

/* To a handle; `jsep` may be NULL. */
static void ask(struct participant *p, const struct janus_handle *h, json_t *body, json_t *jsep)
{
	json_t *m = json_pack("{ss sI so}", "janus", "message", "handle_id", (json_int_t)h->id, "body", body);

	if (jsep)
		json_object_set_new(m, "jsep", jsep);
	say(p, m);
}

static json_t *describe(const char *type, const char *sdp)
{
	return json_pack("{ss ss sb}", "type", type, "sdp", sdp, "trickle", 0);
}

static int janus_begin(struct participant *p)
{
	return web_upgrade(&p->web, "/", "janus-protocol", NULL);
}

static void janus_on_answer(struct participant *p, usec_t now __attribute__((unused)),
	const struct web_answer *a __attribute__((unused)))
{
	participant_fail(p, "an answer that nobody asked for");
}

static void janus_on_open(struct participant *p, usec_t now __attribute__((unused)))
{
	say(p, json_pack("{ss}", "janus", "create"));
}

static void attach(struct participant *p)
{
	say(p, json_pack("{ss ss}", "janus", "attach", "plugin", "janus.plugin.videoroom"));
}

static void janus_press(struct participant *p, usec_t now __attribute__((unused)))
{
	ask(p, &p->publisher, json_pack("{ss ss si si}", "request", "join", "ptype", "publisher", "room", ROOM, "id",
		(int)p->number), NULL);
}

static void publish(struct participant *p)
{
	static char sdp[SDP_MOST];
	struct writer w = writer(sdp, sizeof(sdp) - 1);
	struct sdp_ours ours = participant_ours(p, 0);

	sdp_write_offer(&w, &p->sender, &ours, 0, 0);
	*w.at = 0;
	ask(p, &p->publisher, json_pack("{ss}", "request", "publish"), describe("offer", sdp));
}

static void subscribe(struct participant *p)
{
	struct janus_handle *h = &p->subscriber;
	json_t *streams, *body;

	if (h->busy || !h->n_wanted)
		return;
	streams = json_array();
	for (unsigned i = 0; i < h->n_wanted; i++)
		json_array_append_new(streams, json_pack("{sI}", "feed", (json_int_t)h->wanted[i]));
	h->n_wanted = 0;
	h->busy = true;
	h->started = false;
	if (h->open)
		body = json_pack("{ss so}", "request", "subscribe", "streams", streams);
	else
		body = json_pack("{ss ss si so}", "request", "join", "ptype", "subscriber", "room", ROOM, "streams",
			streams);
	h->open = true;
	ask(p, h, body, NULL);
}

static void note_publishers(struct participant *p, json_t *list)
{
	struct janus_handle *h = &p->subscriber;
	json_t *one;
	size_t i;

	json_array_foreach(list, i, one)
		if (h->n_wanted < PLAY_PEOPLE)
			h->wanted[h->n_wanted++] = (uint64_t)json_integer_value(json_object_get(one, "id"));
	subscribe(p);
}

static void take_answer(struct participant *p, usec_t now, const char *sdp)
{
	if (!transport_start(&p->paths[0], now, sdp, &p->play->options.media))
		participant_fail(p, "an answer that cannot be used");
}

/* The first offer opens the path, the next ones only add lines to it. */
static void take_offer(struct participant *p, usec_t now, const char *offer)
{
	static char sdp[SDP_MOST];
	struct writer w = writer(sdp, sizeof(sdp) - 1);
	struct sdp_ours ours = participant_ours(p, 1);

	if (!sdp_write_answer(&w, offer, &ours) || !w.ok) {
		participant_fail(p, "an offer without lines");
		return;
	}
	*w.at = 0;
	ask(p, &p->subscriber, json_pack("{ss}", "request", "start"), describe("answer", sdp));
	if (!p->paths[1].started && !transport_start(&p->paths[1], now, offer, &p->play->options.media))
		participant_fail(p, "an offer that cannot be used");
}

/* A negotiation is over when Janus has said so and the path is up. */
static void settle(struct participant *p)
{
	if (!p->subscriber.up || !p->subscriber.started)
		return;
	p->subscriber.busy = false;
	subscribe(p);
}

static void take_event(struct participant *p, usec_t now, json_t *m)
{
	json_t *data = json_object_get(json_object_get(m, "plugindata"), "data"), *jsep = json_object_get(m, "jsep");
	const char *event = json_string_value(json_object_get(data, "videoroom"));
	const char *sdp = json_string_value(json_object_get(jsep, "sdp"));
	const char *type = json_string_value(json_object_get(jsep, "type"));
	uint64_t from = (uint64_t)json_integer_value(json_object_get(m, "sender"));

	if (json_object_get(data, "error")) {
		fprintf(stderr, "janus: %s\n", json_string_value(json_object_get(data, "error")));
		participant_fail(p, "janus refused");
		return;
	}
	if (event && strcmp(event, "joined") == 0)
		publish(p);
	if (sdp && type && strcmp(type, "answer") == 0 && from == p->publisher.id)
		take_answer(p, now, sdp);
	if (sdp && type && strcmp(type, "offer") == 0 && from == p->subscriber.id)
		take_offer(p, now, sdp);
	if (from == p->subscriber.id && (json_object_get(data, "started") ||
					 (event && strcmp(event, "updated") == 0 && !jsep))) {
		p->subscriber.started = true;
		settle(p);
	}
	if (from == p->publisher.id)
		note_publishers(p, json_object_get(data, "publishers"));
}

static void take_success(struct participant *p, json_t *m)
{
	uint64_t id = (uint64_t)json_integer_value(json_object_get(json_object_get(m, "data"), "id"));

	if (!id)
		return;		/* of another request */
	if (!p->session) {
		p->session = id;
		attach(p);
	} else if (!p->publisher.id) {
		p->publisher.id = id;
		attach(p);
	} else if (!p->subscriber.id) {
		p->subscriber.id = id;
		participant_ready(p);
	}
}

static void take_up(struct participant *p, json_t *m)
{
	if ((uint64_t)json_integer_value(json_object_get(m, "sender")) != p->subscriber.id)
		return;
	p->subscriber.up = true;
	settle(p);
}

static void janus_on_message(struct participant *p, usec_t now, struct bytes text)
{
	json_t *m = json_loadb((const char *)text.data, text.size, 0, NULL);
	const char *kind = json_string_value(json_object_get(m, "janus"));

	if (!kind)
		participant_fail(p, "a message that is no JSON");
	else if (strcmp(kind, "success") == 0)
		take_success(p, m);
	else if (strcmp(kind, "event") == 0)
		take_event(p, now, m);
	else if (strcmp(kind, "webrtcup") == 0)
		take_up(p, m);
	else if (strcmp(kind, "error") == 0 || strcmp(kind, "hangup") == 0 || strcmp(kind, "timeout") == 0)
		participant_fail(p, "janus hung up");
	json_decref(m);
}

static void janus_tick(struct participant *p, usec_t now)
{
	if (p->session && now / SECONDS(1) % KEEP_ALIVE == p->number % KEEP_ALIVE)
		say(p, json_pack("{ss}", "janus", "keepalive"));
}

const struct side side_janus = {
	.name = "janus",
	.begin = janus_begin,
	.press = janus_press,
	.on_answer = janus_on_answer,
	.on_open = janus_on_open,
	.on_message = janus_on_message,
	.tick = janus_tick,
};
