/* SPDX-License-Identifier: EUPL-1.2 */
/* A queue of copies. In conclaved. */
#include "server/shell/outbox.h"

#include "base/mem.h"

static struct output *outbox_push(struct list *outbox, enum output_kind kind, size_t size)
{
	struct output *o = mem_alloc(sizeof(*o) + size);

	if (!o)
		return NULL;
	o->kind = kind;
	o->size = size;
	list_push_back(outbox, &o->in_outbox);
	return o;
}

struct output *outbox_add(struct list *outbox, enum output_kind kind, struct bytes data)
{
	struct output *o = outbox_push(outbox, kind, data.size);

	if (o && data.size)
		memcpy(o->data, data.data, data.size);
	return o;
}

struct output *outbox_add_answer(struct list *outbox, struct peer *peer, const struct hall_answer *a)
{
	size_t body = strlen(a->body), cookie = strlen(a->set_cookie) + 1;
	struct output *o = outbox_push(outbox, OUTPUT_ANSWER, body + cookie);

	if (!o)
		return NULL;
	memcpy(o->data, a->body, body);
	memcpy(o->data + body, a->set_cookie, cookie);
	o->peer = peer;
	o->number = a->status;
	o->wait = a->wait;
	o->plain = a->plain;
	o->ticket = a->ticket;
	o->cookie = body;
	return o;
}

struct output *outbox_keep(struct list *outbox, const struct hall_out *out, struct writer *scratch)
{
	struct output *o = NULL;

	switch (out->kind) {
	case HALL_SEND:
		o = outbox_add(outbox, OUTPUT_SEND, out->text);
		break;
	case HALL_CLOSE:
		o = outbox_add(outbox, OUTPUT_CLOSE, (struct bytes){ 0 });
		break;
	case HALL_MEDIA:
		if (media_command_write(scratch, out->command))
			o = outbox_add(outbox, OUTPUT_MEDIA, written(scratch));
		break;
	case HALL_ANSWER:
		o = outbox_add_answer(outbox, NULL, out->answer);
		if (o)
			o->kind = OUTPUT_LATE;
		break;
	case HALL_HELPER:
		o = outbox_add(outbox, OUTPUT_HELPER, out->text);
		break;
	case HALL_HELPER_END:
		o = outbox_add(outbox, OUTPUT_HELPER_END, (struct bytes){ 0 });
		break;
	case HALL_FETCH:
		o = outbox_add(outbox, OUTPUT_FETCH, out->text);
		break;
	}
	if (!o || out->kind == HALL_ANSWER)
		return o;
	o->peer = out->user;
	o->number = out->kind == HALL_CLOSE ? out->close_code : out->worker;
	return o;
}

void output_print_answer(const struct output *o, struct http_response *ret)
{
	http_answer_json(ret, o->number, bytes_make(o->data, o->cookie), (const char *)o->data + o->cookie);
	ret->wait = o->wait;
	if (o->plain)
		ret->type = "text/plain; charset=utf-8";
}

struct output *output_free(struct output *o)
{
	if (!o)
		return NULL;
	list_remove(&o->in_outbox);
	/* Links and the secrets of seats pass here. */
	if (o->kind == OUTPUT_ANSWER || o->kind == OUTPUT_LATE || o->kind == OUTPUT_CONTROL ||
	    o->kind == OUTPUT_HELPER || o->kind == OUTPUT_FETCH)
		mem_wipe(o->data, o->size);
	mem_free(o);
	return NULL;
}
