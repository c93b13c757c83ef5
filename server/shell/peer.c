/* SPDX-License-Identifier: EUPL-1.2 */
/* What is kept for one connection. In conclaved. */
#include "server/shell/peer.h"

#include <assert.h>
#include <errno.h>

#include "base/mem.h"

/* A message grows by doubling from here: most are small, an offer is 28 kB. */
#define PARTIAL_FIRST 2048u

int peer_new(struct peer **ret, struct source *source)
{
	struct peer *p = mem_new(struct peer);

	if (!p)
		return -ENOMEM;
	list_init(&p->queue);
	list_init(&p->in_all);
	list_init(&p->in_round);
	p->source = source;
	*ret = p;
	return 0;
}

/* Cookies and the tokens of links are in it. */
static void request_free(struct peer_request *q)
{
	if (!q)
		return;
	if (q->body)
		mem_wipe(q->body, q->body_room);
	mem_free(q->body);
	mem_wipe(q, sizeof(*q));
	mem_free(q);
}

static void answer_free(struct peer *p)
{
	if (p->answer)
		mem_wipe(p->answer, p->answer_size);
	mem_free(take(p->answer));
}

void peer_forget_cookies(struct peer *p)
{
	if (p->cookies)
		mem_wipe(p->cookies, strlen(p->cookies));
	mem_free(take(p->cookies));
}

struct peer *peer_free(struct peer *p)
{
	struct peer_message *m;

	if (!p)
		return NULL;
	assert(!p->connection && !p->source);
	while ((m = peer_next(p)))
		peer_sent(p, m);
	list_remove(&p->in_all);
	list_remove(&p->in_round);
	request_free(p->request);
	answer_free(p);
	peer_forget_cookies(p);
	mem_free(p->partial);
	mem_free(p);
	return NULL;
}

struct peer_request *peer_begin_request(struct peer *p)
{
	request_free(p->request);
	p->request = mem_new(struct peer_request);
	return p->request;
}

const char *peer_keep(struct peer_request *q, struct bytes value)
{
	char *at = q->text + q->text_size;

	if (value.size >= sizeof(q->text) - q->text_size)
		return NULL;
	if (value.size)
		memcpy(at, value.data, value.size);
	at[value.size] = '\0';
	q->text_size += value.size + 1;
	return at;
}

bool peer_expect_body(struct peer_request *q, size_t size)
{
	q->body = mem_alloc(size);
	q->body_room = q->body ? size : 0;
	return q->body;
}

bool peer_keep_body(struct peer_request *q, struct bytes piece)
{
	if (piece.size > q->body_room - q->body_size)
		return false;
	if (piece.size)
		memcpy(q->body + q->body_size, piece.data, piece.size);
	q->body_size += piece.size;
	return true;
}

int peer_answer(struct peer *p, const struct http *h, const struct http_response *r)
{
	size_t copied = r->file ? 0 : r->body.size;
	_cleanup_(mem_freep) uint8_t *answer = mem_alloc(HTTP_HEAD_SIZE + copied);
	struct writer w = writer(answer, HTTP_HEAD_SIZE + copied);

	if (!answer || !http_write_head(h, r, &w))
		return -ENOMEM;
	write_bytes(&w, bytes_make(r->body.data, copied));
	assert(w.ok);
	answer_free(p);
	p->answer_size = written(&w).size;
	p->answer = take(answer);
	p->answer_at = 0;
	p->rest = r->file ? r->body : (struct bytes){ 0 };
	p->last_answer = r->close;
	p->phase = PEER_ANSWERING;
	request_free(take(p->request));
	return 0;
}

struct bytes peer_answer_piece(const struct peer *p, size_t most)
{
	size_t left = p->answer_size - p->answer_at;

	if (left)
		return bytes_make(p->answer + p->answer_at, MIN(left, most));
	return bytes_make(p->rest.data, MIN(p->rest.size, most));
}

void peer_answer_sent(struct peer *p, size_t size)
{
	if (p->answer_at < p->answer_size)
		p->answer_at += size;
	else
		p->rest = bytes_make(p->rest.data + size, p->rest.size - size);
}

static bool partial_reserve(struct peer *p, size_t size)
{
	size_t room = p->partial_room ? p->partial_room : PARTIAL_FIRST;
	uint8_t *grown;

	while (room < size)
		room *= 2;
	if (room == p->partial_room)
		return true;
	grown = mem_grow(p->partial, p->partial_room, room);
	if (!grown)
		return false;
	p->partial = grown;
	p->partial_room = room;
	return true;
}

enum peer_taken peer_take_piece(struct peer *p, struct bytes piece, uint64_t still_to_come, bool last)
{
	size_t size = p->partial_size + piece.size;

	if (size > LIMIT_MESSAGE || still_to_come > LIMIT_MESSAGE - size)
		return PEER_TOO_LARGE;
	if (!partial_reserve(p, size))
		return PEER_NO_MEMORY;
	if (piece.size)
		memcpy(p->partial + p->partial_size, piece.data, piece.size);
	p->partial_size = size;
	return last && still_to_come == 0 ? PEER_WHOLE : PEER_MORE;
}

struct bytes peer_take_message(struct peer *p)
{
	struct bytes message = bytes_make(take(p->partial), p->partial_size);

	p->partial_size = p->partial_room = 0;
	return message;
}

/* The generic cell rate algorithm: `bucket` is when the next message would be due at the even pace. */
bool peer_may_speak(struct peer *p, usec_t now)
{
	const usec_t pace = SECONDS(1) / LIMIT_MESSAGES_PER_SECOND;
	usec_t due = MAX(p->bucket, now);

	if (due - now > pace * (LIMIT_MESSAGES_BURST - 1))
		return false;
	p->bucket = due + pace;
	return true;
}

int peer_queue(struct peer *p, struct bytes text)
{
	struct peer_message *m;

	if (p->queued + sizeof(*m) + text.size > LIMIT_SEND_QUEUE)
		return -ENOBUFS;
	m = mem_alloc(sizeof(*m) + text.size);
	if (!m)
		return -ENOMEM;
	m->size = text.size;
	if (text.size)
		memcpy(m->data, text.data, text.size);
	list_push_back(&p->queue, &m->in_queue);
	p->queued += sizeof(*m) + text.size;
	return 0;
}

struct peer_message *peer_next(struct peer *p)
{
	return list_first(&p->queue, struct peer_message, in_queue);
}

void peer_sent(struct peer *p, struct peer_message *m)
{
	p->queued -= sizeof(*m) + m->size;
	list_remove(&m->in_queue);
	mem_free(m);
}
