/* SPDX-License-Identifier: EUPL-1.2 */
/* Asks for a sound check, and holds it over a socket. In conclavectl. Invariant: see sound_trial.h. */
#include "server/ctl/sound_trial.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/ctl/answer.h"
#include "server/shell/socket.h"
#include "server/wire/json.h"

#define PATIENCE SECONDS(5)	/* with the worker's answer, which takes milliseconds */
#define ASK_EVERY_MS 20

static void refuse(struct sound_trial *t, const char *why)
{
	t->end = TRIAL_REFUSED;
	(void)snprintf(t->why, sizeof(t->why), "%s", why ? why : "?");
}

/* NULL, with the trial's end, when there is no good answer. */
static struct answer *ask(struct sound_trial *t, const struct place *place, const struct writer *request,
			  uint8_t *buffer)
{
	_cleanup_(answer_freep) struct answer *a = NULL;
	struct bytes text;

	t->trouble = request->ok ? place_ask(place, written(request), buffer, &text) : -EMSGSIZE;
	if (t->trouble < 0) {
		t->end = TRIAL_UNASKED;
		return NULL;
	}
	a = answer_parse(text);
	if (a && answer_boolean(a, "ok"))
		return take(a);
	refuse(t, answer_text(a, "error"));
	return NULL;
}

static struct answer *ask_for_check(struct sound_trial *t, const struct place *place, const struct sound_client *c,
				    uint8_t *buffer)
{
	uint8_t request[SOUND_OFFER + 512], sdp[SOUND_OFFER + 1];
	struct writer w = writer(request, sizeof(request)), offer = writer(sdp, sizeof(sdp));
	struct json j = json_writer(&w);

	sound_client_offer(c, &offer);
	json_open_object(&j, NULL);
	json_text(&j, "verb", "sound-check");
	json_number(&j, "worker", t->worker);
	json_bytes(&j, "sdp", written(&offer));
	json_close_object(&j);
	w.ok = w.ok && offer.ok;
	return ask(t, place, &w, buffer);
}

static struct answer *ask_for_answer(struct sound_trial *t, const struct place *place, const char *check,
				     uint8_t *buffer)
{
	uint8_t request[128];
	struct writer w = writer(request, sizeof(request));
	struct json j = json_writer(&w);

	json_open_object(&j, NULL);
	json_text(&j, "verb", "sound-check-answer");
	json_text(&j, "check", check);
	json_close_object(&j);
	return ask(t, place, &w, buffer);
}

/* The worker answers when it can: asked for again until then. */
static bool wait_for_answer(struct sound_trial *t, const struct place *place, const char *check,
			    struct sound_client *c, uint8_t *buffer)
{
	usec_t until = clock_now() + PATIENCE;

	do {
		_cleanup_(answer_freep) struct answer *a = ask_for_answer(t, place, check, buffer);
		const char *sdp = answer_text(a, "sdp"), *over = answer_text(a, "over");

		if (!a)
			return false;
		if (over) {
			refuse(t, over);
			return false;
		}
		if (sdp) {
			if (!sound_client_begin(c, clock_now(), sdp))
				refuse(t, "sdp");
			return t->end != TRIAL_REFUSED;
		}
		(void)poll(NULL, 0, ASK_EVERY_MS);
	} while (clock_now() < until);
	t->end = TRIAL_UNANSWERED;
	return false;
}

/* A network's "no" is as good as nothing: the next check may be answered. */
static void send_all(struct sound_client *c, int fd)
{
	struct bytes data;
	usec_t now = clock_now();

	while (sound_client_poll(c, now, &data))
		(void)send(fd, data.data, data.size, 0);
}

static void wait_until(int fd, usec_t deadline)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	usec_t now = clock_now();

	if (deadline > now)
		(void)poll(&p, 1, (int)MIN((deadline - now + 999) / 1000, (usec_t)1000));
}

static void hold(struct sound_client *c, int fd)
{
	uint8_t data[LIMIT_DATAGRAM];
	ssize_t n;

	while (sound_client_end(c) == SOUND_GOES_ON) {
		usec_t now;

		send_all(c, fd);
		wait_until(fd, sound_client_deadline(c));
		now = clock_now();
		while ((n = recv(fd, data, sizeof(data), MSG_DONTWAIT)) > 0)
			sound_client_receive(c, now, data, (size_t)n);
		sound_client_timeout(c, now);
	}
	sound_client_close(c);
	send_all(c, fd);
}

static int connect_to(const struct address *at)
{
	struct sockaddr_storage to;
	socklen_t size = address_to_sockaddr(at, false, &to);
	_cleanup_(socket_close) int fd = socket(to.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int r;

	if (fd < 0 || connect(fd, (const struct sockaddr *)&to, size) < 0)
		return -errno;
	r = fd;
	fd = -1;
	return r;
}

static void through(struct sound_trial *t, struct sound_client *c, const struct address *door)
{
	struct address at = *door;
	_cleanup_(socket_close) int fd = -1;

	at.port = (uint16_t)t->port;
	fd = connect_to(&at);
	if (fd < 0) {
		t->trouble = fd;
		return;
	}
	hold(c, fd);
	t->end = TRIAL_HELD;
	t->sound = sound_client_end(c);
	if (t->sound == SOUND_HEARD)
		sound_client_result(c, &t->result);
}

void sound_trial(struct sound_trial *ret, const struct place *place, const struct address *door, unsigned worker,
		 uint8_t *buffer)
{
	_cleanup_(sound_client_freep) struct sound_client *c = NULL;
	_cleanup_(answer_freep) struct answer *a = NULL;
	const char *check;

	*ret = (struct sound_trial){ .end = TRIAL_IMPOSSIBLE, .worker = worker };
	ret->trouble = sound_client_new(&c);
	if (ret->trouble < 0)
		return;
	a = ask_for_check(ret, place, c, buffer);
	if (!a)
		return;
	check = answer_text(a, "check");
	ret->port = (unsigned)answer_number(a, "port");
	ret->end = TRIAL_IMPOSSIBLE;
	if (!check || ret->port == 0 || ret->port > UINT16_MAX)
		refuse(ret, NULL);
	else if (wait_for_answer(ret, place, check, c, buffer))
		through(ret, c, door);
}
