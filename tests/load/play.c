/* SPDX-License-Identifier: EUPL-1.2 */
/* One loop that wakes every millisecond: all sockets of media are emptied, all that is due is sent. In the load tool.
 * Invariant: see play.h. */
#include "tests/load/play.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "sfu/rtp/rtp.h"
#include "tests/load/books.h"

#define TURN MSEC(1)
#define SIGN_EVERY MSEC(5)
#define REPORT_EVERY SECONDS(1)
#define ARRIVALS_EVERY MSEC(100)	/* as Chromium, on a good line */
#define STRAGGLERS MSEC(700)	/* what is under way when the window closes */
#define TAIL 36			/* of a packet, for its tag */

static void on_answer(void *user, usec_t now, const struct web_answer *a)
{
	struct participant *p = user;

	p->play->options.side->on_answer(p, now, a);
}

static void on_open(void *user, usec_t now)
{
	struct participant *p = user;

	p->play->options.side->on_open(p, now);
}

static void on_message(void *user, usec_t now, struct bytes text)
{
	struct participant *p = user;

	p->play->options.side->on_message(p, now, text);
}

static void on_over(void *user, usec_t now __attribute__((unused)), const char *why)
{
	participant_fail(user, why);
}

void participant_ready(struct participant *p)
{
	p->ready = true;
}

void participant_fail(struct participant *p, const char *why)
{
	static char kept[128];

	p->over = true;
	if (p->play->why)
		return;
	snprintf(kept, sizeof(kept), "%s", why ?: "over");
	p->play->why = kept;
	p->play->whose = p->number;
}

void participant_say(struct participant *p, const char *text)
{
	web_send(&p->web, bytes_of_string(text));
}

struct sdp_ours participant_ours(const struct participant *p, unsigned path)
{
	return (struct sdp_ours){ dtls_client_fingerprint(p->paths[path].dtls), p->paths[path].at };
}

static int participant_init(struct participant *p, struct play *play, unsigned number)
{
	const struct play_options *o = &play->options;
	int r;

	p->play = play;
	p->number = number;
	p->next_report = USEC_NEVER;
	twcc_recorder_init(&p->arrivals);
	p->web = (struct web){
		.server = &o->server, .loop = play->loop, .tls = o->tls, .user = p,
		.on_answer = on_answer, .on_open = on_open, .on_message = on_message, .on_over = on_over,
	};
	sender_init(&p->sender, number, o->seed, number <= o->microphones, true, o->simulcast, &play->window);
	r = tally_init(&p->tally, o->people, &play->latency, &play->window);
	for (unsigned i = 0; r >= 0 && i < ARRAY_SIZE(p->paths); i++)
		r = transport_init(&p->paths[i], &o->server);
	return r;
}

int play_init(struct play *p, const struct play_options *options)
{
	int r;

	*p = (struct play){ .options = *options, .window = { USEC_NEVER, USEC_NEVER } };
	p->options.voices = options->voices ?: options->people - 1;
	p->options.tiles = options->tiles ?: options->people - 1;
	p->people = mem_new_array(struct participant, options->people);
	if (!p->people)
		return -ENOMEM;
	r = loop_new(&p->loop);
	for (unsigned i = 0; r >= 0 && i < options->people; i++)
		r = participant_init(&p->people[i], p, i + 1);
	return r;
}

void play_done(struct play *p)
{
	for (unsigned i = 0; p->people && i < p->options.people; i++) {
		struct participant *one = &p->people[i];

		web_close(&one->web);
		for (unsigned n = 0; n < ARRAY_SIZE(one->paths); n++)
			transport_done(&one->paths[n]);
		tally_done(&one->tally);
	}
	mem_free(p->people);
	loop_free(p->loop);
}

static void note_arrival(struct participant *p, usec_t at, struct bytes packet)
{
	struct rtp_extension_walk walk;
	struct rtp_extension e;
	struct rtp rtp;

	if (!rtp_parse(packet, &rtp))
		return;
	walk = rtp_extension_walk(&rtp);
	while (rtp_extension_next(&walk, &e))
		if (e.id == SENDER_EXT_TWCC && e.value.size == 2)
			twcc_recorder_note(&p->arrivals, (uint16_t)(e.value.data[0] << 8 | e.value.data[1]), at);
}

static void on_plain(void *user, usec_t now, usec_t at, bool rtcp, struct bytes packet)
{
	struct participant *p = user;

	if (!rtcp) {
		note_arrival(p, at, packet);
		tally_rtp(&p->tally, now, at, packet, SENDER_OPUS);
		return;
	}
	sender_rtcp(&p->sender, packet);
	tally_rtcp(&p->tally, now, packet);
}

static struct transport *receiving(struct participant *p)
{
	return &p->paths[p->paths[1].started ? 1 : 0];
}

/* Janus reckons otherwise, and has paths of its own for what it sends. */
static void send_arrivals(struct participant *p, usec_t now)
{
	uint8_t data[LIMIT_DATAGRAM + TAIL];

	if (now < p->next_arrivals)
		return;
	p->next_arrivals = now + ARRIVALS_EVERY;
	while (!p->paths[1].started && twcc_recorder_pending(&p->arrivals)) {
		struct writer w = writer(data, LIMIT_DATAGRAM);

		twcc_recorder_write(&p->arrivals, &w, p->sender.streams[0].ssrc, 0);
		transport_send(&p->paths[0], data, written(&w).size, true);
	}
}

static void send_reports(struct participant *p, usec_t now)
{
	uint8_t data[LIMIT_DATAGRAM + TAIL];
	struct writer w = writer(data, LIMIT_DATAGRAM);

	if (sender_report(&p->sender, now, clock_wall(), &w))
		transport_send(&p->paths[0], data, written(&w).size, true);
	if (now < p->next_report)
		return;
	p->next_report = now + REPORT_EVERY;
	p->play->options.side->tick(p, now);
	for (unsigned from = 0;; from += TALLY_REPORTS) {
		w = writer(data, LIMIT_DATAGRAM);
		if (!tally_report(&p->tally, now, p->sender.streams[0].ssrc, from, &w))
			break;
		transport_send(receiving(p), data, written(&w).size, true);
	}
	for (unsigned at = 0;;) {
		w = writer(data, LIMIT_DATAGRAM);
		if (!tally_request(&p->tally, now, p->sender.streams[0].ssrc, &at, &w))
			break;
		transport_send(receiving(p), data, written(&w).size, true);
	}
}

static void turn_participant(struct participant *p, usec_t now)
{
	uint8_t data[LIMIT_DATAGRAM + TAIL];

	for (unsigned i = 0; i < ARRAY_SIZE(p->paths); i++)
		transport_turn(&p->paths[i], now, on_plain, p);
	if (!p->inside && p->paths[0].connected) {
		p->inside = p->paths[0].connected;
		p->next_report = now + MSEC(200);
		sender_start(&p->sender, now);
	}
	if (!p->inside)
		return;
	for (;;) {
		struct writer w = writer(data, LIMIT_DATAGRAM);

		if (!sender_poll(&p->sender, now, clock_wall(), &w))
			break;
		transport_send(&p->paths[0], data, written(&w).size, false);
	}
	send_reports(p, now);
	send_arrivals(p, now);
}

/* Who is first in a turn changes, so that nobody is always late. False: something went wrong. */
static bool play_turn(struct play *p, usec_t *now)
{
	static unsigned first;
	unsigned n = p->options.people;
	int r = loop_run_once(p->loop, *now + TURN);

	if (r < 0)
		p->why = strerror(-r);
	*now = clock_now();
	first = (first + 1) % n;
	for (unsigned i = 0; i < n; i++)
		turn_participant(&p->people[(first + i) % n], *now);
	return !p->why;
}

/* Turns until then, or until `done` says so; false when it did not within `patience`. */
static bool play_until(struct play *p, usec_t *now, bool (*done)(const struct play *p), const char *what)
{
	usec_t late = *now + p->options.patience;

	while (!done(p)) {
		if (!play_turn(p, now))
			return false;
		if (*now > late) {
			p->why = what;
			return false;
		}
	}
	return true;
}

static bool play_for(struct play *p, usec_t *now, usec_t span)
{
	usec_t end = *now + span;

	while (*now < end)
		if (!play_turn(p, now))
			return false;
	return true;
}

static bool all_ready(const struct play *p)
{
	for (unsigned i = 0; i < p->options.people; i++)
		if (!p->people[i].ready)
			return false;
	return true;
}

static bool all_inside(const struct play *p)
{
	for (unsigned i = 0; i < p->options.people; i++)
		if (!p->people[i].inside)
			return false;
	return true;
}

static bool clerk_inside(const struct play *p)
{
	return p->people[0].inside;
}

/* How many faces this participant has seen. */
static unsigned faces(const struct play *p, const struct participant *one)
{
	unsigned n = 0;

	for (unsigned i = 0; i < p->options.people; i++)
		n += one->tally.first_picture[i] != 0;
	return n;
}

static bool all_seen(const struct play *p)
{
	unsigned wanted = MIN(p->options.tiles, p->options.people - 1);

	for (unsigned i = 0; i < p->options.people; i++)
		if (faces(p, &p->people[i]) < wanted)
			return false;
	return true;
}

static bool play_sign_in(struct play *p, usec_t *now)
{
	for (unsigned i = 0; i < p->options.people; i++) {
		int r = p->options.side->begin(&p->people[i]);

		if (r < 0) {
			p->why = strerror(-r);
			return false;
		}
		if (!play_for(p, now, SIGN_EVERY))
			return false;
	}
	return play_until(p, now, all_ready, "not everybody could sign in");
}

static bool play_join(struct play *p, usec_t *now)
{
	for (unsigned i = 0; i < p->options.people; i++) {
		p->people[i].pressed = *now;
		p->options.side->press(&p->people[i], *now);
		/* The one who admits has to be there. */
		if (i == 0 && !play_until(p, now, clerk_inside, "the first could not join"))
			return false;
		if (!play_for(p, now, p->options.join_every))
			return false;
	}
	return play_until(p, now, all_inside, "not everybody could join") &&
		play_until(p, now, all_seen, "not everybody saw everybody");
}

static double cpu_of(const struct play *p)
{
	double sum = 0;

	for (unsigned i = 0; i < p->options.n_pids; i++)
		sum += books_cpu(p->options.pids[i]);
	return sum;
}

static uint64_t pss_of(const struct play *p)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < p->options.n_pids; i++)
		sum += books_pss(p->options.pids[i]);
	return sum;
}

static void begin_window(struct play *p)
{
	p->latency = (struct times){ 0 };
	for (unsigned i = 0; i < p->options.people; i++) {
		tally_begin(&p->people[i].tally);
		sender_begin(&p->people[i].sender);
	}
	p->window.begin = clock_wall();
	p->window.end = p->window.begin + p->options.window;
	p->cpu[0] = cpu_of(p);
	p->own[0] = books_cpu(0);
}

static bool play_window(struct play *p, usec_t *now)
{
	begin_window(p);
	if (!play_for(p, now, p->options.window))
		return false;
	p->cpu[1] = cpu_of(p);
	p->own[1] = books_cpu(0);
	if (!play_for(p, now, STRAGGLERS))
		return false;
	p->pss_after = pss_of(p);
	play_print(p);
	return true;
}

bool play_run(struct play *p)
{
	usec_t now = clock_now();

	p->pss_before = pss_of(p);
	if (!play_sign_in(p, &now) || !play_join(p, &now) || !play_for(p, &now, p->options.settle))
		return false;
	for (unsigned i = 0; i < p->options.windows; i++)
		if (!play_window(p, &now))
			return false;
	return true;
}
