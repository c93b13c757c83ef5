/* SPDX-License-Identifier: EUPL-1.2 */
/* Sound checks: whoever holds a seat and is not inside yet hears through the server how they sound; so does
 * conclavectl. In conclaved.
 * Invariant: it belongs to no meeting, is recorded nowhere, and nobody else is told of it; what it may reach is the
 * worker's own word for it (MEDIA_ADD_PEER, echo). A seat has one, and it ends when its person goes in. */
#include "server/hall/sound_check.h"

#include <errno.h>

#include "base/log.h"
#include "server/hall/verbs.h"

/* The worker ends it; this is for one that does not say so. */
#define PATIENCE SECONDS(LIMIT_ECHO_SECONDS + 5)

struct sound_check {
	/* owned */
	struct offer *offer;		/* not yet polled */
	char *answer;			/* of conclavectl's, which fetches it */

	/* borrowed */
	struct connection *connection;	/* NULL: conclavectl's */

	/* state */
	struct list in_hall;
	struct peer_id id;
	unsigned worker;
	usec_t until;
	bool known;			/* to the worker */
	bool leaving;			/* the worker is told to remove it; freed at the commit after that */
	bool removed;			/* … and REMOVE_PEER was polled */
	char why[32];			/* conclavectl's is over */
};

static struct sound_check *check_free(struct sound_check *k)
{
	list_remove(&k->in_hall);
	mem_free(k->offer);
	mem_free(k->answer);
	mem_free(k);
	return NULL;
}

static struct sound_check *check_find(const struct hall *h, struct peer_id id)
{
	struct sound_check *k;

	list_for_each(k, &h->sound_checks, in_hall)
		if (k->id.value == id.value)
			return k;
	return NULL;
}

bool sound_check_has(const struct hall *h, struct peer_id id)
{
	return check_find(h, id) != NULL;
}

uint32_t sound_check_count(const struct hall *h, unsigned worker)
{
	const struct sound_check *k;
	uint32_t n = 0;

	list_for_each(k, &h->sound_checks, in_hall)
		n += k->worker == worker && !k->leaving && !k->why[0];
	return n;
}

static void leave(struct sound_check *k)
{
	k->connection = NULL;
	k->leaving = true;
}

static int check_new(struct hall *h, unsigned worker, const char *sdp, struct sound_check **ret)
{
	size_t size = strlen(sdp);
	struct sound_check *k = mem_new(struct sound_check);
	struct offer *o = k ? mem_alloc(sizeof(*o) + size) : NULL;

	if (!o) {
		mem_free(k);
		return -ENOMEM;
	}
	o->size = size;
	memcpy(o->sdp, sdp, size);
	*k = (struct sound_check){ .offer = o, .worker = worker, .id = feed_fresh_id(h), .until = h->now + PATIENCE };
	list_push_back(&h->sound_checks, &k->in_hall);
	*ret = k;
	return 0;
}

/* The generic cell rate algorithm. */
static bool is_in_pace(const struct hall *h, struct person *p)
{
	const usec_t each = SECONDS(60) / LIMIT_SOUND_CHECKS_PER_MINUTE;
	usec_t until = MAX(p->sound_checks_due, h->now) + each;

	if (until - h->now > LIMIT_SOUND_CHECKS_BURST * each)
		return false;
	p->sound_checks_due = until;
	return true;
}

void sound_check_begin(struct hall *h, struct connection *c, const struct wire_node *message)
{
	struct person *p = c->live.person;
	int home = feed_find_home(h, p->meeting);
	struct sound_check *k, *following;

	list_for_each_safe(k, following, &h->sound_checks, in_hall)
		if (k->connection == c)
			leave(k);
	if (!is_in_pace(h, p) || (home >= 0 && sound_check_count(h, (unsigned)home) >= LIMIT_ECHOES))
		connection_error(h, c, "too-many", "sound-check", NULL);
	else if (home < 0 || check_new(h, (unsigned)home, wire_text(message, "sdp"), &k) < 0)
		connection_error(h, c, "media-unavailable", "sound-check", NULL);
	else
		k->connection = c;
}

/* No more of it: whoever asked is told why; conclavectl asks. */
static void end(struct hall *h, struct sound_check *k, const char *code, const char *word)
{
	struct writer why = writer(k->why, sizeof(k->why) - 1);

	if (!k->connection && !k->leaving) {
		write_string(&why, word);
		return;
	}
	if (k->connection && code)
		connection_error(h, k->connection, code, "sound-check", word);
	check_free(k);
}

static void answered(struct hall *h, struct sound_check *k, struct bytes sdp)
{
	if (k->connection) {
		tell_sound_check(h, k->connection, sdp);
		return;
	}
	mem_free(k->answer);
	k->answer = mem_alloc(sdp.size + 1);
	if (!k->answer)
		return;		/* it asks in vain, and says so */
	memcpy(k->answer, sdp.data, sdp.size);
	k->answer[sdp.size] = 0;
}

void sound_check_event(struct hall *h, unsigned worker, const struct media_event *e)
{
	struct sound_check *k = check_find(h, e->peer);

	if (!k || k->worker != worker || k->leaving)
		return;
	if (e->kind == MEDIA_ANSWER)
		answered(h, k, e->sdp);
	else if (e->kind == MEDIA_REFUSED)
		end(h, k, "offer-refused", e->word);
	else if (e->kind == MEDIA_GONE)
		end(h, k, strcmp(e->word, "over") == 0 || strcmp(e->word, "closed") == 0 ? NULL : "offer-refused",
		    e->word);
}

void sound_check_down(struct hall *h, unsigned worker)
{
	struct sound_check *k, *following;

	list_for_each_safe(k, following, &h->sound_checks, in_hall)
		if (k->worker == worker && !k->why[0])
			end(h, k, "media-unavailable", "down");
}

void sound_check_forget(struct hall *h, const struct connection *c)
{
	struct sound_check *k;

	list_for_each(k, &h->sound_checks, in_hall)
		if (k->connection == c)
			leave(k);
}

static bool may_go_on(const struct connection *c)
{
	enum connection_phase phase = connection_phase(c);

	return phase == CONNECTION_OUTSIDE || phase == CONNECTION_LOBBY;
}

void sound_check_timeout(struct hall *h)
{
	struct sound_check *k, *following;

	list_for_each_safe(k, following, &h->sound_checks, in_hall) {
		if (h->now < k->until)
			break;
		check_free(k);
	}
}

usec_t sound_check_deadline(const struct hall *h)
{
	const struct sound_check *k = list_first(&h->sound_checks, struct sound_check, in_hall);

	return k ? k->until : USEC_NEVER;
}

void sound_check_keep(struct hall *h)
{
	struct sound_check *k, *following;

	list_for_each_safe(k, following, &h->sound_checks, in_hall)
		if (k->removed)
			check_free(k);
}

/* What was polled may never have left. */
void sound_check_restore(struct hall *h)
{
	struct sound_check *k;

	list_for_each(k, &h->sound_checks, in_hall) {
		if (k->connection)
			connection_error(h, k->connection, "media-unavailable", "sound-check", NULL);
		k->removed = false;
		leave(k);
	}
}

void sound_check_free_all(struct hall *h)
{
	struct sound_check *k, *following;

	list_for_each_safe(k, following, &h->sound_checks, in_hall)
		check_free(k);
}

/* What there is to say of it. False: nothing. */
static bool command_of(struct hall *h, struct sound_check *k, struct media_command *c)
{
	struct offer *o = k->leaving ? NULL : take(k->offer);

	*c = (struct media_command){ .peer = k->id };
	if (!o && (!k->leaving || k->removed))
		return false;
	if (!o) {
		c->kind = MEDIA_REMOVE_PEER;
		k->removed = true;
		return k->known;
	}
	c->kind = MEDIA_ADD_PEER;
	c->echo = true;
	c->sources = SOURCE_BIT(SOURCE_MICROPHONE);
	c->sdp = bytes_make(o->sdp, o->size);
	h->polled_offer = o;
	k->known = true;
	return true;
}

bool sound_check_poll(struct hall *h, struct hall_out *ret)
{
	struct sound_check *k;

	list_for_each(k, &h->sound_checks, in_hall) {
		if (k->connection && !may_go_on(k->connection))
			leave(k);
		if (!command_of(h, k, &h->command))
			continue;
		*ret = (struct hall_out){ .kind = HALL_MEDIA, .worker = k->worker, .command = &h->command };
		return true;
	}
	return false;
}

void sound_check_ask(struct hall *h, const struct wire_node *request, struct writer *w)
{
	unsigned number = (unsigned)wire_integer(request, "worker");
	struct sound_check *k;
	char id[MEDIA_ID_SIZE];
	struct json j;

	if (!h->workers[number].ready)
		control_refuse(w, "there is no media worker of that number, or it is not running");
	else if (sound_check_count(h, number) >= LIMIT_ECHOES)
		control_refuse(w, "there are too many sound checks at this moment");
	else if (check_new(h, number, wire_text(request, "sdp"), &k) < 0)
		control_refuse(w, "there is not enough memory");
	else {
		feed_print_id(k->id, id);
		j = control_begin(w);
		json_text(&j, "check", id);
		json_number(&j, "port", h->workers[number].port);
		json_close_object(&j);
	}
}

static struct sound_check *check_of_control(const struct hall *h, const char *name)
{
	char id[MEDIA_ID_SIZE];
	struct sound_check *k;

	list_for_each(k, &h->sound_checks, in_hall) {
		feed_print_id(k->id, id);
		if (!k->connection && !k->leaving && strcmp(id, name) == 0)
			return k;
	}
	return NULL;
}

void sound_check_fetch(struct hall *h, const struct wire_node *request, struct writer *w)
{
	struct sound_check *k = check_of_control(h, wire_text(request, "check"));
	struct json j;

	if (!k) {
		control_refuse(w, "there is no such sound check, or it is over");
		return;
	}
	j = control_begin(w);
	json_text(&j, "sdp", k->answer);
	json_text(&j, "over", k->why[0] ? k->why : NULL);
	json_close_object(&j);
}
