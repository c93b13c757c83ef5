/* SPDX-License-Identifier: EUPL-1.2 */
/* From the hall to whom it concerns. In conclaved. */
#include "server/shell/carrier.h"

#include "base/log.h"
#include "base/mem.h"

void carrier_init(struct carrier *c)
{
	list_init(&c->outbox);
}

static void keep(struct carrier *c, const struct hall_out *out)
{
	struct writer w = writer(c->scratch, sizeof(c->scratch));

	if (outbox_keep(&c->outbox, out, &w))
		return;
	log_error("output-lost");
	if (out->kind == HALL_SEND || out->kind == HALL_CLOSE)
		ws_drop(c->ws, out->user);
}

void carrier_drain(struct carrier *c)
{
	struct hall_out out;

	while (hall_poll(c->hall, &out))
		keep(c, &out);
}

void carrier_keep_answer(struct carrier *c, struct peer *p, const struct hall_answer *a)
{
	p->ticket = a->ticket;
	if (!a->ticket && !outbox_add_answer(&c->outbox, p, a))
		ws_drop(c->ws, p);
}

void carrier_keep_control(struct carrier *c, struct asker *a, struct bytes answer)
{
	struct output *o = outbox_add(&c->outbox, OUTPUT_CONTROL, answer);

	if (o)
		o->asker = a;
	else
		control_answer(a, bytes_of_string("{\"ok\":false,\"error\":\"The server is out of memory.\"}"));
}

void carrier_keep_seated(struct carrier *c, struct peer *p)
{
	struct output *o = outbox_add(&c->outbox, OUTPUT_SEATED, (struct bytes){ 0 });

	if (o)
		o->peer = p;
}

static void answer(struct carrier *c, struct peer *peer, const struct output *o, bool recorded)
{
	struct http_response r;

	if (recorded)
		output_print_answer(o, &r);
	else
		http_answer_error(&r, 503);
	ws_answer(c->ws, peer, &r);
}

static void answer_control(const struct output *o, bool recorded)
{
	static const char refused[] = "{\"ok\":false,\"error\":\"It could not be recorded, so it did not happen. "
		"Is the disk full?\"}";

	control_answer(o->asker, recorded ? bytes_make(o->data, o->size) : bytes_of_string(refused));
}

/* What the hall said while it could not record is dropped; whoever asked by HTTP or conclavectl is told. */
static void carry_out(struct carrier *c, const struct output *o, bool recorded)
{
	struct peer *peer;

	switch (o->kind) {
	case OUTPUT_SEND:
		if (recorded)
			ws_send(c->ws, o->peer, bytes_make(o->data, o->size));
		break;
	case OUTPUT_CLOSE:
		if (recorded)
			ws_close(c->ws, o->peer, o->number);
		break;
	case OUTPUT_MEDIA:
		if (recorded)
			workers_send(c->workers, o->number, bytes_make(o->data, o->size));
		break;
	case OUTPUT_ANSWER:
		answer(c, o->peer, o, recorded);
		break;
	case OUTPUT_LATE:
		peer = ws_find(c->ws, o->ticket);
		if (peer)
			answer(c, peer, o, recorded);
		break;
	case OUTPUT_HELPER:
		helpers_send(c->helpers, o->number, bytes_make(o->data, o->size));
		break;
	case OUTPUT_HELPER_END:
		helpers_end(c->helpers, o->number);
		break;
	case OUTPUT_FETCH:
		helpers_send(c->fetch, 0, bytes_make(o->data, o->size));
		break;
	case OUTPUT_CONTROL:
		answer_control(o, recorded);
		break;
	case OUTPUT_SEATED:
		if (recorded && o->peer->phase == PEER_SOCKET)
			ws_seated(c->ws, o->peer);
		break;
	}
}

bool carrier_commit(struct carrier *c, usec_t now)
{
	struct output *o;
	int r = hall_commit(c->hall);

	if (r < 0) {
		c->failed++;
		log_throttled(LOG_LEVEL_ERROR, now, SECONDS(1), "not-recorded", LOG_ERROR(r));
	}
	while ((o = list_first(&c->outbox, struct output, in_outbox))) {
		carry_out(c, o, r == 0);
		(void)output_free(o);
	}
	return r == 0;
}
