/* SPDX-License-Identifier: EUPL-1.2 */
/* From notes to events. In conclaved. */
#include "server/shell/inbox.h"

#include "base/mem.h"

struct note {
	/* owned */
	struct bytes text;	/* TEXT */

	/* borrowed */
	struct peer *peer;

	/* state */
	struct list in_inbox;
	enum note_kind kind;
};

static void note_free(struct note *n)
{
	list_remove(&n->in_inbox);
	mem_free((void *)n->text.data);
	mem_free(n);
}

static void peers_free(struct list *l)
{
	struct peer *p;

	while ((p = list_first(l, struct peer, in_all)))
		(void)peer_free(p);
}

void inbox_init(struct inbox *i)
{
	list_init(&i->notes);
	list_init(&i->gone);
	list_init(&i->dead);
	i->told = NULL;
}

void inbox_done(struct inbox *i)
{
	struct note *n;
	struct peer *p;

	while ((n = list_first(&i->notes, struct note, in_inbox)))
		note_free(n);
	if (i->told)
		note_free(take(i->told));
	list_for_each(p, &i->gone, in_all)
		p->connection = NULL;		/* the hall has ended before us */
	peers_free(&i->gone);
	peers_free(&i->dead);
}

bool inbox_note(struct inbox *i, enum note_kind kind, struct peer *p, struct bytes text)
{
	struct note *n = mem_new(struct note);

	if (!n) {
		mem_free((void *)text.data);
		return false;
	}
	*n = (struct note){ .kind = kind, .peer = p, .text = text };
	list_push_back(&i->notes, &n->in_inbox);
	return true;
}

void inbox_note_gone(struct inbox *i, struct peer *p)
{
	list_remove(&p->in_all);
	list_push_back(&i->gone, &p->in_all);
}

static bool peer_alive(struct peer *p, usec_t now, struct ws_event *ret)
{
	p->heard = now;
	p->silent = false;
	ret->kind = WS_ALIVE;
	return true;
}

static bool peer_misused(struct peer *p, enum hall_misuse why, struct ws_event *ret)
{
	p->deaf = true;
	ret->kind = WS_MISUSED;
	ret->misuse = why;
	return true;
}

static bool note_tell_text(const struct note *n, usec_t now, struct ws_event *ret)
{
	struct peer *p = n->peer;

	if (p->phase == PEER_ENDING)
		return false;
	p->heard = now;
	p->spoke = true;
	if (!peer_may_speak(p, now))
		return !p->deaf && peer_misused(p, HALL_TOO_FAST, ret);
	ret->kind = WS_TEXT;
	ret->text = n->text;
	return true;
}

/* False when nobody needs to hear of it any more. */
static bool note_tell(const struct note *n, usec_t now, struct ws_event *ret)
{
	struct peer *p = n->peer;

	*ret = (struct ws_event){ .peer = p };
	switch (n->kind) {
	case NOTE_REQUEST:
		ret->kind = WS_REQUEST;
		return p->phase == PEER_ASKED;
	case NOTE_OPEN:
		ret->kind = WS_OPEN;
		p->opened = p->heard = now;
		return p->phase == PEER_SOCKET;
	case NOTE_TEXT:
		return note_tell_text(n, now, ret);
	case NOTE_TOO_LARGE:
		return peer_misused(p, HALL_TOO_LARGE, ret);
	case NOTE_BINARY:
		return peer_misused(p, HALL_BINARY, ret);
	case NOTE_PONG:
		return peer_alive(p, now, ret);
	case NOTE_SILENT:
		ret->kind = WS_SILENT;
		return true;
	}
	return false;
}

static bool inbox_tell_gone(struct inbox *i, struct ws_event *ret)
{
	struct peer *p = list_first(&i->gone, struct peer, in_all);

	if (!p)
		return false;
	list_remove(&p->in_all);
	list_push_back(&i->dead, &p->in_all);
	*ret = (struct ws_event){ .kind = WS_GONE, .peer = p };
	return true;
}

bool inbox_poll(struct inbox *i, usec_t now, struct ws_event *ret)
{
	for (;;) {
		if (i->told)
			note_free(take(i->told));
		i->told = list_first(&i->notes, struct note, in_inbox);
		if (!i->told)
			return inbox_tell_gone(i, ret);
		list_remove(&i->told->in_inbox);
		if (note_tell(i->told, now, ret))
			return true;
	}
}

void inbox_sweep(struct inbox *i)
{
	peers_free(&i->dead);
}
