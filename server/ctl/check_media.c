/* SPDX-License-Identifier: EUPL-1.2 */
/* Does sound go through the server and come back? In conclavectl, when it is asked for.
 * Invariant: nobody in a meeting notices; nothing of it is recorded. */
#include "server/ctl/checks.h"

#include <stdio.h>
#include <string.h>

#define LOSS_MOST 2		/* of a hundred: of 150 packets three */
#define DELAY_MOST MSEC(50)	/* there and back on one machine, where it takes one or two */
#define LIKENESS_LEAST 0.8	/* whole it is 0.98, and 0.88 with a tenth lost */

static void judge_unasked(struct finding *f)
{
	finding_broken(f, TEXT(f,
		"start conclaved, and look at what it logs; then ask again as root, or as the user it runs as",
		"start conclaved, en kijk wat het logt; vraag het dan opnieuw als root, of als zijn gebruiker"),
		TEXT(f,
			"no sound could be sent, since the server does not run or does not listen to this user",
			"er kon geen geluid gestuurd worden, want de server draait niet of luistert niet naar deze "
			"gebruiker"));
}

bool judge_worker(struct finding *f, unsigned worker, const char *state)
{
	if (state && strcmp(state, "ready") == 0)
		return true;
	if (state && (strcmp(state, "draining") == 0 || strcmp(state, "ending") == 0))
		finding_attention(f, TEXT(f,
			"conclavectl worker list shows who is still on it; a fresh one takes its place after them",
			"conclavectl worker list toont wie er nog op zit; daarna neemt een vers zijn plaats in"),
			TEXT(f,
				"no sound was sent through media process %u, which is being drained",
				"door mediaproces %u ging geen geluid, want het loopt leeg"), worker + 1);
	else
		finding_broken(f, TEXT(f,
			"conclaved starts it again by itself; if this lasts, look at the server's log",
			"conclaved herstart het zelf; duurt dit, kijk dan in het log van de server"),
			TEXT(f, "media process %u does not work", "mediaproces %u werkt niet"), worker + 1);
	return false;
}

static void judge_unreachable(struct finding *f, const struct sound_trial *t)
{
	char mend[sizeof(f->mend)];

	(void)snprintf(mend, sizeof(mend), TEXT(f,
		"let UDP port %u through this machine's own firewall (nft list ruleset), and see the check `media`",
		"laat UDP-poort %u door de firewall van deze machine (nft list ruleset), en zie de controle `media`"),
		t->port);
	finding_broken(f, mend, TEXT(f,
		"what is sent to UDP port %u is not answered",
		"wat naar UDP-poort %u gaat, krijgt geen antwoord"), t->port);
}

static void judge_likeness(struct finding *f, const struct sound_trial *t)
{
	finding_broken(f, TEXT(f,
		"restart conclaved, and look at what it logs",
		"herstart conclaved, en kijk wat het logt"), TEXT(f,
			"what comes back from UDP port %u is not like what was sent: %u %%",
			"wat van UDP-poort %u terugkomt, lijkt niet op wat er gestuurd is: %u %%"), t->port,
			(unsigned)(100 * t->result.likeness));
}

static unsigned milliseconds(usec_t delay)
{
	return (unsigned)((delay + MSEC(1) - 1) / MSEC(1));
}

void judge_whole(struct finding *f, unsigned workers, unsigned port, const struct sound_result *r)
{
	finding_ok(f, TEXT(f,
		"a made-up voice came back through the media processes (%u, from UDP port %u on): lost %u of %u "
		"packets, after %u ms, like what was sent for %u %%; it was not end-to-end encrypted, and nobody "
		"could hear it",
		"een verzonnen stem kwam terug door de mediaprocessen (%u, vanaf UDP-poort %u): %u van %u pakketten "
		"verloren, na %u ms, gelijkend voor %u %%; ze was niet van toestel tot toestel versleuteld, en "
		"niemand kon ze horen"), workers, port, r->sent - r->back, r->sent, milliseconds(r->delay),
		(unsigned)(100 * r->likeness));
}

static void judge_heard(struct finding *f, const struct sound_trial *t)
{
	unsigned lost = t->result.sent - t->result.back;

	if (100 * lost > LOSS_MOST * t->result.sent)
		finding_broken(f, TEXT(f,
			"see the checks `buffers` and `limits`, and whether this machine has too much to do (top)",
			"zie de controles `buffers` en `limits`, en of deze machine te veel te doen heeft (top)"),
			TEXT(f,
				"of %u packets of sound through UDP port %u, %u were lost",
				"van %u pakketten geluid door UDP-poort %u gingen er %u verloren"), t->result.sent,
				t->port, lost);
	else if (t->result.likeness < LIKENESS_LEAST)
		judge_likeness(f, t);
	else if (t->result.delay > DELAY_MOST)
		finding_broken(f, TEXT(f,
			"find out what takes the processor of this machine, or of its host (top: us, sy, st)",
			"zoek uit wat de processor van deze machine, of van haar host, bezet (top: us, sy, st)"),
			TEXT(f,
				"sound through UDP port %u comes back after %u ms on this same machine",
				"geluid door UDP-poort %u komt op deze zelfde machine pas na %u ms terug"), t->port,
				milliseconds(t->result.delay));
	else
		judge_whole(f, 1, t->port, &t->result);
}

static void judge_held(struct finding *f, const struct sound_trial *t)
{
	switch (t->sound) {
	case SOUND_GOES_ON:
	case SOUND_UNREACHABLE:
		judge_unreachable(f, t);
		break;
	case SOUND_UNSECURED:
		finding_broken(f, TEXT(f,
			"see the check `openssl`, restart conclaved, and look at what it logs",
			"zie de controle `openssl`, herstart conclaved, en kijk wat het logt"), TEXT(f,
				"UDP port %u answers, but the DTLS handshake for sound failed",
				"UDP-poort %u antwoordt, maar de DTLS-handdruk voor geluid mislukte"), t->port);
		break;
	case SOUND_HEARD:
		judge_heard(f, t);
		break;
	}
}

void judge_sound(struct finding *f, const struct sound_trial *t)
{
	switch (t->end) {
	case TRIAL_UNASKED:
		judge_unasked(f);
		break;
	case TRIAL_REFUSED:
		finding_broken(f, TEXT(f,
			"try again after a minute; if this lasts, look at the server's log",
			"probeer het na een minuut opnieuw; duurt dit, kijk dan in het log van de server"),
			TEXT(f,
				"media process %u let no sound through: %s",
				"mediaproces %u liet geen geluid door: %s"), t->worker + 1, t->why);
		break;
	case TRIAL_UNANSWERED:
		finding_broken(f, TEXT(f,
			"restart conclaved when no meeting runs, and look at what it logged",
			"herstart conclaved als er geen vergadering loopt, en kijk wat het logde"),
			TEXT(f, "media process %u does not answer", "mediaproces %u antwoordt niet"), t->worker + 1);
		break;
	case TRIAL_IMPOSSIBLE:
		finding_broken(f, TEXT(f,
			"install the packages of conclave anew, and see the check `memory`",
			"installeer de pakketten van conclave opnieuw, en zie de controle `memory`"), TEXT(f,
				"no sound could be sent from here: %s",
				"van hieruit kon geen geluid gestuurd worden: %s"), strerror(-t->trouble));
		break;
	case TRIAL_HELD:
		judge_held(f, t);
		break;
	}
}

static const char *state_of(const struct answer *status, unsigned worker)
{
	const struct answer *list = answer_get(status, "workers");

	for (size_t i = 0; i < answer_count(list); i++)
		if (answer_number(answer_item(list, i), "number") == worker)
			return answer_text(answer_item(list, i), "state");
	return NULL;
}

/* The worst of each. */
static void add_result(struct sound_result *all, const struct sound_result *one)
{
	all->likeness = all->sent ? MIN(all->likeness, one->likeness) : one->likeness;
	all->delay = MAX(all->delay, one->delay);
	all->sent += one->sent;
	all->back += one->back;
}

/* One worker after the other, so that none is measured while another is; the worst is told. */
void check_sound(struct finding *f, struct patient *p)
{
	const struct config *c = &p->place->config;
	struct sound_trial t = { .end = TRIAL_UNASKED };
	struct sound_result all = { 0 };
	struct address door;

	if (!patient_status(p)) {
		judge_sound(f, &t);
		return;
	}
	patient_door(p, &door);
	for (unsigned i = 0; i < c->workers; i++) {
		struct finding one = { .check = f->check, .dutch = f->dutch };

		if (judge_worker(&one, i, state_of(p->status, i))) {
			sound_trial(&t, p->place, &door, i, p->buffer);
			judge_sound(&one, &t);
			add_result(&all, &t.result);
		}
		if (i == 0 || one.grade > f->grade)
			*f = one;
		if (f->grade == GRADE_BROKEN)
			return;
	}
	if (f->grade == GRADE_OK)
		judge_whole(f, c->workers, c->port, &all);
}
