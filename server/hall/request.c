/* SPDX-License-Identifier: EUPL-1.2 */
/* POST /api/…: which function answers, and who may ask at all. In conclaved.
 * Invariant: what one request was answered is wiped before the next one is looked at. */
#include "server/hall/request.h"

#include <string.h>

#include "base/log.h"

#define ANSWER_LEAST 4096

/* Whose listener a request may come by. */
enum listener { PUBLIC = 1, ADMINISTRATION = 2, EITHER = 3 };

static const struct {
	void (*answer)(struct hall *h, struct request *q);
	enum listener by;
} rows[REQUEST_N] = {
	[REQUEST_LINK] = { ask_link, PUBLIC },
	[REQUEST_RESUME] = { ask_resume, PUBLIC },
};

/* The old room may hold secrets. */
static bool make_room(struct hall *h, size_t size)
{
	char *room;

	if (h->answer)
		mem_wipe(h->answer, h->answer_room);
	if (size <= h->answer_room)
		return true;
	room = mem_alloc(size);
	if (!room)
		return false;
	mem_free(h->answer);
	h->answer = room;
	h->answer_room = size;
	return true;
}

bool request_begin(struct hall *h, const struct request *q, size_t size, struct writer *w)
{
	*q->answer = (struct hall_answer){ .status = 200, .body = "" };
	if (!make_room(h, MAX(size, (size_t)ANSWER_LEAST))) {
		*q->answer = (struct hall_answer){ .status = 503, .body = "{\"error\":{\"code\":\"unavailable\"}}" };
		return false;
	}
	*w = writer(h->answer, h->answer_room - 1);
	return true;
}

void request_end(struct hall *h, const struct request *q, const struct writer *w)
{
	if (!w->ok) {
		*q->answer = (struct hall_answer){ 0 };
		request_refuse(h, q, 503, "too-long");
		return;
	}
	h->answer[written(w).size] = '\0';
	q->answer->body = h->answer;
}

void request_done(struct hall *h, const struct request *q)
{
	struct writer w;

	if (!request_begin(h, q, 0, &w))
		return;
	write_string(&w, "{}");
	request_end(h, q, &w);
}

void request_refuse(struct hall *h, const struct request *q, unsigned status, const char *code)
{
	struct writer w;

	if (!request_begin(h, q, 0, &w))
		return;
	q->answer->status = status;
	write_format(&w, "{\"error\":{\"code\":\"%s\"}}", code);
	request_end(h, q, &w);
}

static int find(const struct hall_request *http)
{
	for (int i = 0; i < REQUEST_N; i++)
		if (strcmp(protocol_requests[i].path, http->path) == 0)
			return rows[i].by & (http->admin ? ADMINISTRATION : PUBLIC) ? i : -1;
	return -1;
}

void hall_request(struct hall *h, const struct hall_request *http, struct hall_answer *ret)
{
	_cleanup_(wire_freep) struct wire *w = NULL;
	struct request q = { .http = http, .answer = ret };
	struct wire_problem problem;
	int kind = find(http);

	h->acting = NULL;
	if (kind < 0) {
		request_refuse(h, &q, 404, "not-found");
	} else if (wire_parse(&w, http->body, NULL, protocol_requests[kind].type, &problem) < 0) {
		request_refuse(h, &q, 400, "bad-request");
	} else {
		q.body = wire_root(w);
		rows[kind].answer(h, &q);
	}
}
