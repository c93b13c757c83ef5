/* SPDX-License-Identifier: EUPL-1.2 */
/* The table of auth/RIGHTS.md, cell for cell; tests/auth/test_rights.c reads that file and walks both. In conclaved.
 * Invariant: pure; the same question has the same answer. */
#include "auth/rights.h"

#include <assert.h>
#include <stddef.h>

#include "auth/policy.h"

#define NEVER VERDICT_NO
#define TWO VERDICT_SECOND
#define ALONE VERDICT_YES

enum {
	IN_PLANNED = 1 << PHASE_PLANNED,
	IN_OPEN = 1 << PHASE_OPEN,
	IN_ENDED = 1 << PHASE_ENDED,
	ALWAYS = IN_PLANNED | IN_OPEN | IN_ENDED,
};

enum vote_rule { VOTE_ANY, VOTE_NOT_OPEN, VOTE_OPEN };

struct right {
	enum verdict cells[OFFICE_N];
	unsigned phases;		/* bits of enum meeting_phase */
	enum vote_rule vote;
	bool fixed;
	const char *row;
};

static const struct right rights[ACT_N] = {
	/*				    clerk  chair  member guest */
	[ACT_OPEN_MEETING]		= { { ALONE, ALONE, NEVER, NEVER }, IN_PLANNED, VOTE_ANY, false,
		"open the meeting" },
	[ACT_ENTER]			= { { ALONE, ALONE, NEVER, NEVER }, IN_OPEN, VOTE_ANY, false,
		"enter without being admitted" },
	[ACT_ADMIT_INVITED]		= { { ALONE, ALONE, NEVER, NEVER }, IN_OPEN, VOTE_ANY, false,
		"admit an invited person from the lobby" },
	[ACT_GIVE_LINK]			= { { ALONE, ALONE, NEVER, NEVER }, IN_PLANNED | IN_OPEN, VOTE_ANY, false,
		"give an invited person a new link" },
	[ACT_ADMIT_GUEST_OUTSIDE_ITEM]	= { { TWO,   TWO,   NEVER, NEVER }, IN_OPEN, VOTE_ANY, false,
		"admit a guest outside their agenda item" },
	[ACT_INVITE_STRANGER]		= { { TWO,   TWO,   NEVER, NEVER }, IN_PLANNED | IN_OPEN, VOTE_NOT_OPEN, false,
		"invite a person who is not on the list" },
	[ACT_TURN_AWAY]			= { { ALONE, ALONE, NEVER, NEVER }, IN_OPEN, VOTE_ANY, false,
		"turn a person away from the lobby" },
	[ACT_MUTE]			= { { ALONE, ALONE, NEVER, NEVER }, IN_OPEN, VOTE_ANY, false,
		"mute a microphone" },
	[ACT_ASK_TO_SWITCH_ON]		= { { ALONE, ALONE, NEVER, NEVER }, IN_OPEN, VOTE_ANY, false,
		"ask somebody to switch a microphone or camera on" },
	[ACT_STOP_SHARE]		= { { ALONE, ALONE, NEVER, NEVER }, IN_OPEN, VOTE_ANY, false,
		"stop a screen share" },
	[ACT_GIVE_FLOOR]		= { { ALONE, ALONE, NEVER, NEVER }, IN_OPEN, VOTE_ANY, false,
		"give the floor, put the speaker list in order" },
	[ACT_WITHDRAW_FLOOR]		= { { NEVER, ALONE, NEVER, NEVER }, IN_OPEN, VOTE_NOT_OPEN, false,
		"withdraw the floor (not heard until it is given back or the item ends)" },
	[ACT_REMOVE_GUEST]		= { { ALONE, ALONE, NEVER, NEVER }, IN_OPEN, VOTE_ANY, false,
		"remove a guest" },
	[ACT_REMOVE_MEMBER]		= { { TWO,   TWO,   NEVER, NEVER }, IN_OPEN, VOTE_ANY, false,
		"remove a member" },
	[ACT_OPEN_CLOSE_ITEM]		= { { ALONE, ALONE, NEVER, NEVER }, IN_OPEN, VOTE_ANY, false,
		"open and close an agenda item" },
	[ACT_OPEN_TO_AUDIENCE]		= { { TWO,   TWO,   NEVER, NEVER }, IN_OPEN, VOTE_ANY, false,
		"open an item to an audience" },
	[ACT_MAKE_ITEM_CLOSED]		= { { ALONE, ALONE, NEVER, NEVER }, IN_OPEN, VOTE_ANY, false,
		"close an item" },
	[ACT_NOTE_RECUSAL]		= { { ALONE, ALONE, NEVER, NEVER }, IN_OPEN, VOTE_ANY, false,
		"note a recusal" },
	[ACT_REPORT_FAULT]		= { { ALONE, ALONE, ALONE, ALONE }, IN_OPEN, VOTE_ANY, true,
		"report a fault" },
	[ACT_NOTE_PRESENCE]		= { { ALONE, ALONE, NEVER, NEVER }, IN_OPEN, VOTE_ANY, false,
		"note presence, hold a roll call" },
	[ACT_OPEN_VOTE]			= { { NEVER, ALONE, NEVER, NEVER }, IN_OPEN, VOTE_NOT_OPEN, false,
		"open a vote" },
	[ACT_CLOSE_VOTE]		= { { NEVER, ALONE, NEVER, NEVER }, IN_OPEN, VOTE_OPEN, false,
		"close a vote, declare the result" },
	[ACT_VOTE]			= { { NEVER, ALONE, ALONE, NEVER }, IN_OPEN, VOTE_OPEN, true,
		"vote" },
	[ACT_SUSPEND]			= { { ALONE, ALONE, NEVER, NEVER }, IN_OPEN, VOTE_ANY, false,
		"suspend and resume the meeting" },
	[ACT_OPEN_CAUCUS]		= { { ALONE, ALONE, ALONE, NEVER }, IN_OPEN, VOTE_ANY, false,
		"open a caucus" },
	[ACT_END_MEETING]		= { { TWO,   TWO,   NEVER, NEVER }, IN_OPEN, VOTE_ANY, false,
		"end the meeting for all" },
	[ACT_DOWNLOAD_REPORT]		= { { ALONE, ALONE, ALONE, NEVER }, IN_OPEN | IN_ENDED, VOTE_ANY, false,
		"download the report" },

	[ACT_OWN_SOURCES]		= { { ALONE, ALONE, ALONE, ALONE }, IN_OPEN, VOTE_ANY, true, NULL },
	[ACT_RAISE_HAND]		= { { ALONE, ALONE, ALONE, ALONE }, IN_OPEN, VOTE_ANY, true, NULL },
	[ACT_LEAVE]			= { { ALONE, ALONE, ALONE, ALONE }, ALWAYS, VOTE_ANY, true, NULL },
	[ACT_REFUSE_CONVERSATION]	= { { ALONE, ALONE, ALONE, ALONE }, IN_OPEN, VOTE_ANY, true, NULL },
	[ACT_WRITE]			= { { ALONE, ALONE, ALONE, ALONE }, IN_OPEN, VOTE_ANY, true, NULL },
	[ACT_RECUSE_ONESELF]		= { { ALONE, ALONE, ALONE, ALONE }, IN_OPEN, VOTE_ANY, true, NULL },
	[ACT_OBJECT]			= { { ALONE, ALONE, ALONE, ALONE }, IN_OPEN, VOTE_ANY, true, NULL },
	[ACT_DECLARE_ALONE]		= { { ALONE, ALONE, ALONE, ALONE }, IN_OPEN, VOTE_ANY, true, NULL },

	[ACT_CLEAR_FAULT]		= { { ALONE, ALONE, NEVER, NEVER }, IN_OPEN, VOTE_ANY, true, NULL },
	[ACT_READ_CODE]			= { { NEVER, ALONE, NEVER, NEVER }, IN_OPEN, VOTE_ANY, true, NULL },
	[ACT_CONVENE]			= { { ALONE, NEVER, NEVER, NEVER }, IN_PLANNED, VOTE_ANY, true, NULL },
	[ACT_HAND_OUT_LINKS]		= { { ALONE, NEVER, NEVER, NEVER }, IN_PLANNED, VOTE_ANY, true, NULL },
	[ACT_SIGN_ROSTER]		= { { ALONE, NEVER, NEVER, NEVER }, ALWAYS, VOTE_ANY, true, NULL },
};

static struct rights_answer no(enum rights_why why)
{
	return (struct rights_answer){ .verdict = VERDICT_NO, .why = why };
}

enum verdict rights_cell(enum action action, enum office office)
{
	assert(action < ACT_N && office < OFFICE_N);
	return rights[action].cells[office];
}

const char *rights_row(enum action action)
{
	assert(action < ACT_N);
	return rights[action].row;
}

bool rights_is_fixed(enum action action)
{
	assert(action < ACT_N);
	return rights[action].fixed;
}

struct rights_answer rights_ask(const struct rights_question *q)
{
	const struct right *right = &rights[q->action];
	enum verdict verdict = rights_cell(q->action, q->office);
	/* RIGHTS.md, the note of this row alone: nobody else of the two was present for five minutes. */
	bool alone = q->action == ACT_END_MEETING && q->alone;

	if (verdict == VERDICT_NO)
		return no(WHY_OFFICE);
	if (!(right->phases & 1u << q->phase))
		return no(WHY_PHASE);
	if (q->action == ACT_OPEN_MEETING && q->early)
		return no(WHY_EARLY);
	if (right->vote == VOTE_NOT_OPEN && q->voting)
		return no(WHY_VOTING);
	if (right->vote == VOTE_OPEN && !q->voting)
		return no(WHY_NOT_VOTING);
	if (alone)
		verdict = VERDICT_YES;
	/* … and of this one: the meeting would decide by vote; without votes the chair does. */
	if (q->action == ACT_NOTE_RECUSAL && q->contested && q->office == OFFICE_CLERK)
		verdict = VERDICT_SECOND;
	if (q->policy)
		verdict = policy_limit(q->policy, q->action, verdict, alone);
	if (verdict == VERDICT_NO)
		return no(WHY_POLICY);
	return (struct rights_answer){ .verdict = verdict, .why = WHY_NONE };
}

/* RIGHTS.md, What IT may do. Nobody at all: not by the administration's pages, whatever their level. */
#define NOBODY LEVEL_N

static const struct {
	enum level least;
	const char *row;
} administrations[IT_N] = {
	[IT_READ_HEALTH]		= { LEVEL_READ, "read health and metrics" },
	[IT_READ_ACCOUNTS]		= { LEVEL_READ, "read which bodies, accounts and administrators there are" },
	[IT_READ_SECURITY_LOG]		= { LEVEL_READ, "read the security log" },
	[IT_READ_RETENTION]		= { LEVEL_READ, "read how long what is kept" },
	[IT_CREATE_BODY]		= { LEVEL_OPERATE, "create a body" },
	[IT_CREATE_ACCOUNT]		= { LEVEL_OPERATE, "create accounts, give them an office in a body" },
	[IT_CLOSE_ACCOUNT]		= { LEVEL_OPERATE, "close an account" },
	[IT_RESET_PASSKEY]		= { LEVEL_OPERATE, "reset a passkey" },
	[IT_END_MEETING]		= { LEVEL_OPERATE, "end a running meeting for maintenance" },
	[IT_SET_RETENTION]		= { LEVEL_CONFIGURE, "set retention" },
	[IT_APPOINT]			= { LEVEL_CONFIGURE, "create and close administrators" },
	[IT_SET_POLICY]			= { NOBODY, "set policy ceilings" },
	[IT_INSTALL_CERTIFICATE]	= { NOBODY, "install certificates" },
	[IT_BACK_UP]			= { NOBODY, "back up, restore" },
	[IT_VERIFY]			= { NOBODY, "verify proceedings" },
};

bool rights_administers(enum administration act, enum level level)
{
	assert(act < IT_N && level < LEVEL_N);
	return level >= administrations[act].least;
}

const char *rights_administration_row(enum administration act)
{
	assert(act < IT_N);
	return administrations[act].row;
}

const char *office_word(enum office office)
{
	static const char *const words[OFFICE_N] = { "clerk", "chair", "member", "guest" };

	assert(office < OFFICE_N);
	return words[office];
}

const char *meeting_phase_word(enum meeting_phase phase)
{
	static const char *const words[PHASE_N] = { "planned", "open", "ended" };

	assert(phase < PHASE_N);
	return words[phase];
}
