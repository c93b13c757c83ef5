/* SPDX-License-Identifier: EUPL-1.2 */
#include "server/hall/security.h"

#include <errno.h>

#include "server/records/credentials.h"

#define SECURITY_WAITING 256

/* What may leave of `about`: never a label that somebody wrote. */
enum about { ABOUT_NOTHING, ABOUT_WORD, ABOUT_ACCOUNT };

struct kind {
	const char *word;
	struct security_event event;
	enum about about;
};

/* docs/security-events.md; the numbers stay. */
static const struct kind kinds[] = {
	{ "signed-in", { 101, SECURITY_DONE }, ABOUT_WORD },
	{ SECURITY_REFUSED, { 102, SECURITY_DENIED }, ABOUT_WORD },
	{ "signed-out", { 103, SECURITY_DONE }, ABOUT_NOTHING },
	{ "session-ended", { 104, SECURITY_DONE }, ABOUT_NOTHING },
	{ "other-sessions-ended", { 105, SECURITY_DONE }, ABOUT_NOTHING },
	{ "enrolled", { 111, SECURITY_CHANGED }, ABOUT_WORD },
	{ "passkey-added", { 112, SECURITY_CHANGED }, ABOUT_NOTHING },
	{ "passkey-removed", { 113, SECURITY_CHANGED }, ABOUT_NOTHING },
	{ "user-added", { 201, SECURITY_CHANGED }, ABOUT_ACCOUNT },
	{ "user-changed", { 202, SECURITY_CHANGED }, ABOUT_ACCOUNT },
	{ "user-closed", { 203, SECURITY_CHANGED }, ABOUT_ACCOUNT },
	{ "user-reset", { 204, SECURITY_CHANGED }, ABOUT_ACCOUNT },
	{ "users-imported", { 205, SECURITY_CHANGED }, ABOUT_NOTHING },
	{ "admin-added", { 211, SECURITY_CHANGED }, ABOUT_ACCOUNT },
	{ "admin-closed", { 212, SECURITY_CHANGED }, ABOUT_ACCOUNT },
	{ "body-added", { 221, SECURITY_CHANGED }, ABOUT_NOTHING },
	{ "roster-signed", { 222, SECURITY_CHANGED }, ABOUT_NOTHING },
	{ "retention-set", { 231, SECURITY_CHANGED }, ABOUT_WORD },
	{ "meeting-ended", { 232, SECURITY_CHANGED }, ABOUT_WORD },
	{ "meeting-erased", { 233, SECURITY_CHANGED }, ABOUT_WORD },
	{ "started", { 301, SECURITY_DONE }, ABOUT_NOTHING },
	{ "stopped", { 302, SECURITY_DONE }, ABOUT_NOTHING },
	{ "certificate-changed", { 311, SECURITY_CHANGED }, ABOUT_NOTHING },
	{ "certificate-refused", { 312, SECURITY_FAILED }, ABOUT_NOTHING },
	{ "certificate-ends", { 313, SECURITY_FAILED }, ABOUT_WORD },
	{ "certificate-ended", { 314, SECURITY_FAILED }, ABOUT_NOTHING },
	{ "backup-made", { 321, SECURITY_DONE }, ABOUT_NOTHING },
	{ "restored", { 322, SECURITY_CHANGED }, ABOUT_NOTHING },
};

/* A word that has no number yet. */
static const struct kind unlisted = { NULL, { 199, SECURITY_CHANGED }, ABOUT_NOTHING };

/* Of the proceedings; 0 = is not told. */
static const struct security_event entries[EVENT_N] = {
	[EVENT_MEETING_CREATED] = { 401, SECURITY_DONE },
	[EVENT_MEETING_OPENED] = { 402, SECURITY_DONE },
	[EVENT_ENDED] = { 403, SECURITY_DONE },
	[EVENT_SERVER_RESTARTED] = { 404, SECURITY_FAILED },
	[EVENT_LINK_MADE] = { 411, SECURITY_CHANGED },
	[EVENT_LINK_RENEWED] = { 412, SECURITY_CHANGED },
	[EVENT_SEAT_TAKEN] = { 413, SECURITY_DONE },
	[EVENT_ENTERED] = { 414, SECURITY_DONE },
	[EVENT_ADMITTED] = { 415, SECURITY_DONE },
	[EVENT_TURNED_AWAY] = { 416, SECURITY_DENIED },
	[EVENT_LEFT] = { 417, SECURITY_DONE },
	[EVENT_REMOVED] = { 418, SECURITY_DENIED },
	[EVENT_RECUSED] = { 419, SECURITY_DONE },
	[EVENT_SUBSTITUTE_NAMED] = { 421, SECURITY_CHANGED },
	[EVENT_CHAIR_SUBSTITUTED] = { 422, SECURITY_CHANGED },
	[EVENT_CHAIR_RETURNED] = { 423, SECURITY_CHANGED },
	[EVENT_DOORS_OPENED] = { 431, SECURITY_CHANGED },
	[EVENT_DOORS_CLOSED] = { 432, SECURITY_CHANGED },
};

struct note {
	struct hall_security said;
	char who[EMAIL_SIZE];
	char about[EMAIL_SIZE];
};

int security_new(struct hall *h)
{
	h->notes = mem_new_array(struct note, SECURITY_WAITING);
	return h->notes ? 0 : -ENOMEM;
}

void security_free(struct hall *h)
{
	mem_free(h->notes);
	h->notes = NULL;
}

static const struct kind *find_kind(const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (strcmp(kinds[i].word, word) == 0)
			return &kinds[i];
	return &unlisted;
}

static void copy(char to[static EMAIL_SIZE], const char *from)
{
	size_t n = from ? strlen(from) : 0;

	n = MIN(n, (size_t)EMAIL_SIZE - 1);
	if (n)
		memcpy(to, from, n);
	to[n] = '\0';
}

/* NULL when it is lost, which its number then shows. */
static struct note *note_add(struct hall *h, const char *word, struct security_event event)
{
	struct note *n = &h->notes[(h->first_note + h->n_notes) % SECURITY_WAITING];

	h->noted++;
	if (h->n_notes == SECURITY_WAITING)
		return NULL;
	h->n_notes++;
	n->said = (struct hall_security){ .number = h->noted, .at = h->wall, .word = word, .event = event,
		.account = "", .target = "", .about = "" };
	return n;
}

static void tell(struct hall *h, const char *word, const char *who, const char *about)
{
	const struct kind *kind = find_kind(word);
	struct note *n = note_add(h, kind->word ? kind->word : "unlisted", kind->event);

	if (!n)
		return;
	copy(n->who, who);
	copy(n->about, kind->about == ABOUT_NOTHING ? NULL : about);
	n->said.account = n->who;
	n->said.target = kind->about == ABOUT_ACCOUNT ? n->about : "";
	n->said.about = kind->about == ABOUT_WORD ? n->about : "";
}

void note_security(struct hall *h, const char *word, const char *who, const char *about)
{
	/* In the transaction of what it tells of; that it could not be written is found out there. */
	(void)security_add(h->db, h->wall, word, who && who[0] ? who : NULL, about && about[0] ? about : NULL);
	tell(h, word, who, about);
}

void hall_note(struct hall *h, const char *word, const char *about)
{
	/* Nobody's act is to be undone for it. */
	if (h->unhealthy)
		tell(h, word, NULL, about);
	else
		note_security(h, word, NULL, about);
}

void note_entry(struct hall *h, const struct meeting *m, const struct event *e)
{
	struct note *n = entries[e->kind].id ? note_add(h, event_words[e->kind], entries[e->kind]) : NULL;

	if (!n)
		return;
	n->said.meeting = m->row.number;
	n->said.entry = e->seq;
	n->said.by = e->by;
	n->said.person = e->who;
}

void security_keep(struct hall *h)
{
	h->committed_notes = h->n_notes;
}

void security_restore(struct hall *h)
{
	h->noted -= h->n_notes - h->committed_notes;
	h->n_notes = h->committed_notes;
}

bool hall_poll_security(struct hall *h, struct hall_security *ret)
{
	if (!h->committed_notes)
		return false;
	*ret = h->notes[h->first_note].said;
	h->first_note = (h->first_note + 1) % SECURITY_WAITING;
	h->n_notes--;
	h->committed_notes--;
	return true;
}
