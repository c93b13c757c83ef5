/* SPDX-License-Identifier: EUPL-1.2 */
/* server/PROTOCOL.md, from the seat to the answer. The first participant is the clerk and admits everybody. In the load
 * tool. Invariant: what a message of the server says is all that is known of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/mem.h"
#include "tests/load/play.h"
#include "tests/load/sdp.h"

#define OFFER_MOST 60000
#define CLERK 1

static void say(struct participant *p, json_t *message)
{
	char *text = message ? json_dumps(message, JSON_COMPACT) : NULL;

	if (text)
		web_send(&p->web, bytes_of_string(text));
	mem_free(text);
	json_decref(message);
}

static int conclave_begin(struct participant *p)
{
	const char *link = p->play->options.links[p->number - 1], *token = strchr(link, '#');
	char json[128];

	snprintf(json, sizeof(json), "{\"token\":\"%s\"}", token ? token + 1 : link);
	return web_post(&p->web, "/api/link", json);
}

static void conclave_on_answer(struct participant *p, usec_t now __attribute__((unused)), const struct web_answer *a)
{
	json_t *body = json_loadb((const char *)a->body.data, a->body.size, 0, NULL);
	const char *seat = json_string_value(json_object_get(body, "seat"));

	if (a->status != 200 || !seat || !web_header(a->head, "set-cookie", p->cookie, sizeof(p->cookie))) {
		participant_fail(p, "the link was refused");
	} else {
		snprintf(p->seat, sizeof(p->seat), "%s", seat);
		p->cookie[strcspn(p->cookie, ";")] = 0;
		if (web_upgrade(&p->web, "/ws", "conclave", p->cookie) < 0)
			participant_fail(p, "no second connection");
	}
	json_decref(body);
}

static void conclave_on_open(struct participant *p, usec_t now __attribute__((unused)))
{
	say(p, json_pack("{ss si ss}", "type", "hello", "version", 1, "seat", p->seat));
}

static void conclave_press(struct participant *p, usec_t now __attribute__((unused)))
{
	participant_say(p, "{\"type\":\"join\"}");
}

static void send_offer(struct participant *p)
{
	const struct play_options *o = &p->play->options;
	static char sdp[OFFER_MOST];
	struct writer w = writer(sdp, sizeof(sdp) - 1);
	struct sdp_ours ours = participant_ours(p, 0);
	json_t *roles = json_object();
	char mid[8];

	for (unsigned i = 0; i < p->sender.n_streams; i++) {
		bool camera = p->sender.streams[i].source == SOURCE_CAMERA;

		json_object_set_new(roles, camera ? "1" : "0", json_string(camera ? "camera" : "microphone"));
	}
	for (unsigned i = 0; i < o->voices + o->tiles; i++) {
		snprintf(mid, sizeof(mid), "%u", 2 + i);
		json_object_set_new(roles, mid, json_string(i < o->voices ? "audio" : "video"));
	}
	sdp_write_offer(&w, &p->sender, &ours, o->voices, o->tiles);
	if (!w.ok)
		participant_fail(p, "an offer of more than 60,000 bytes");
	*w.at = 0;
	say(p, json_pack("{ss ss so sb sn}", "type", "offer", "sdp", sdp, "roles", roles, "restart", 0, "media"));
}

static void enter(struct participant *p)
{
	bool microphone = p->number <= p->play->options.microphones;

	say(p, json_pack("{ss sb sb sb sb}", "type", "sources", "microphone", microphone, "camera", 1, "screen", 0,
		"screen_sound", 0));
	send_offer(p);
}

static void admit_all(struct participant *p, json_t *people)
{
	json_t *one;
	size_t i;

	json_array_foreach(people, i, one)
		say(p, json_pack("{ss sI}", "type", "admit", "person", json_integer_value(json_object_get(one, "id"))));
}

static void take_answer(struct participant *p, usec_t now, const char *sdp)
{
	struct address to = p->play->options.media;

	/* Its candidates may be addresses that only others reach. */
	if (!to.family) {
		to = p->play->options.server;
		to.port = 0;
	}
	if (!sdp || !transport_start(&p->paths[0], now, sdp, &to))
		participant_fail(p, "an answer that cannot be used");
}

static void take_message(struct participant *p, usec_t now, const char *type, json_t *m)
{
	const char *code = json_string_value(json_object_get(m, "code"));

	if (strcmp(type, "welcome") == 0)
		participant_ready(p);
	else if (strcmp(type, "state") == 0 && !p->paths[0].started)
		enter(p);
	else if (strcmp(type, "waiting") == 0 && p->number == CLERK)
		admit_all(p, json_object_get(m, "people"));
	else if (strcmp(type, "answer") == 0)
		take_answer(p, now, json_string_value(json_object_get(m, "sdp")));
	else if (strcmp(type, "over") == 0 || strcmp(type, "media-lost") == 0)
		participant_fail(p, type);
	/* Whom the clerk admits twice, because two lists named them, waits no longer. */
	else if (strcmp(type, "error") == 0 && (!code || strcmp(code, "not-waiting") != 0))
		participant_fail(p, code ?: type);
}

static void conclave_on_message(struct participant *p, usec_t now, struct bytes text)
{
	json_t *m = json_loadb((const char *)text.data, text.size, 0, NULL);
	const char *type = json_string_value(json_object_get(m, "type"));

	if (type)
		take_message(p, now, type, m);
	else
		participant_fail(p, "a message that is no JSON");
	json_decref(m);
}

static void conclave_tick(struct participant *p __attribute__((unused)), usec_t now __attribute__((unused)))
{
}

const struct side side_conclave = {
	.name = "conclave",
	.begin = conclave_begin,
	.press = conclave_press,
	.on_answer = conclave_on_answer,
	.on_open = conclave_on_open,
	.on_message = conclave_on_message,
	.tick = conclave_tick,
};
