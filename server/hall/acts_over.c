/* SPDX-License-Identifier: EUPL-1.2 */
/* The few rights over another person, as messages. In conclaved.
 * Invariant: none of them switches anything on (RIGHTS N1), and each names a reason. */
#include "server/hall/inside.h"

#include <strings.h>

#include "server/wire/text.h"

static void over_another(struct hall *h, struct connection *c, const struct wire_node *message, enum event_note action)
{
	struct deed d = { .by = c->live.person, .action = action };

	if (second_may(h, c, action) && deed_take_another(h, c, message, &d) && deed_take_reason(h, c, message, &d))
		second_do(h, c, &d);
}

void act_mute(struct hall *h, struct connection *c, const struct wire_node *message)
{
	over_another(h, c, message, NOTE_MUTE);
}

void act_stop_share(struct hall *h, struct connection *c, const struct wire_node *message)
{
	over_another(h, c, message, NOTE_STOP_SHARE);
}

void act_remove(struct hall *h, struct connection *c, const struct wire_node *message)
{
	over_another(h, c, message, NOTE_REMOVE);
}

void act_ask_on(struct hall *h, struct connection *c, const struct wire_node *message)
{
	struct deed d = { .by = c->live.person };
	int source = wire_word(message, "source", protocol_askable);
	struct event e = { .kind = EVENT_ASKED_ON, .note = source ? NOTE_CAMERA : NOTE_MICROPHONE };

	if (!deed_may(h, c, ACT_ASK_TO_SWITCH_ON) || !deed_take_another(h, c, message, &d) ||
	    !deed_take_reason(h, c, message, &d))
		return;
	if (deed_record(h, &d, &e, 1))
		tell_done_to(h, &d, "asked", protocol_askable[source]);
}

/* Whoever is invited, wherever they are. */
void act_new_link(struct hall *h, struct connection *c, const struct wire_node *message)
{
	struct deed d = { .by = c->live.person, .action = NOTE_NEW_LINK };

	if (!second_may(h, c, d.action))
		return;
	d.who = meeting_person(d.by->meeting, (uint32_t)wire_integer(message, "person"));
	if (!d.who)
		deed_refuse(h, c, "not-inside");
	else if (d.who == d.by)
		deed_refuse(h, c, "is-self");
	else if (deed_take_reason(h, c, message, &d))
		second_do(h, c, &d);
}

static void copy_line(char *to, size_t size, const char *from)
{
	memcpy(to, from, MIN(strlen(from), size - 1));
}

/* Does anybody stand, or will stand, in this meeting under that address? */
static bool is_taken(struct meeting *m, const char *email)
{
	for (int i = 0; i < LIMIT_REQUESTS; i++)
		if (fold_request(m->fold, m->invites[i].request) && strcasecmp(m->invites[i].row.email, email) == 0)
			return true;
	return meeting_find_email(m, email);
}

void act_invite(struct hall *h, struct connection *c, const struct wire_node *message)
{
	struct deed d = { .by = c->live.person, .action = NOTE_INVITE };
	const char *email = wire_text(message, "email");
	struct invitation_row row = { 0 };

	if (!second_may(h, c, d.action) || !deed_take_reason(h, c, message, &d))
		return;
	if (!text_is_email(bytes_of_string(email)) || is_taken(d.by->meeting, email)) {
		connection_error(h, c, "wrong-field", h->act, "email");
		return;
	}
	row.office = wire_word(message, "office", protocol_invitable) ? OFFICE_GUEST : OFFICE_MEMBER;
	copy_line(row.name, sizeof(row.name), wire_text(message, "name"));
	copy_line(row.email, sizeof(row.email), email);
	random_bytes(row.salt, sizeof(row.salt));
	d.guest = &row;
	second_do(h, c, &d);
}
