/* SPDX-License-Identifier: EUPL-1.2 */
/* Who may do what: auth/RIGHTS.md as a pure table. In conclaved.
 * Invariant: what is not written in the table is forbidden, and no other place decides a right. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct policy;

enum office { OFFICE_CLERK, OFFICE_CHAIR, OFFICE_MEMBER, OFFICE_GUEST, OFFICE_N };

enum meeting_phase { PHASE_PLANNED, PHASE_OPEN, PHASE_ENDED, PHASE_N };

enum action {
	/* by office: one row of RIGHTS.md each */
	ACT_OPEN_MEETING,
	ACT_ENTER,
	ACT_ADMIT_INVITED,
	ACT_GIVE_LINK,
	ACT_ADMIT_GUEST_OUTSIDE_ITEM,
	ACT_INVITE_STRANGER,
	ACT_TURN_AWAY,
	ACT_MUTE,
	ACT_ASK_TO_SWITCH_ON,
	ACT_STOP_SHARE,
	ACT_GIVE_FLOOR,
	ACT_WITHDRAW_FLOOR,
	ACT_REMOVE_GUEST,
	ACT_REMOVE_MEMBER,
	ACT_OPEN_CLOSE_ITEM,
	ACT_OPEN_TO_AUDIENCE,
	ACT_MAKE_ITEM_CLOSED,
	ACT_NOTE_RECUSAL,
	ACT_REPORT_FAULT,
	ACT_NOTE_PRESENCE,
	ACT_OPEN_VOTE,
	ACT_CLOSE_VOTE,
	ACT_VOTE,
	ACT_SUSPEND,
	ACT_OPEN_CAUCUS,
	ACT_END_MEETING,
	ACT_DOWNLOAD_REPORT,

	/* what each person decides alone */
	ACT_OWN_SOURCES,
	ACT_RAISE_HAND,
	ACT_LEAVE,
	ACT_REFUSE_CONVERSATION,
	ACT_WRITE,
	ACT_RECUSE_ONESELF,
	ACT_OBJECT,
	ACT_DECLARE_ALONE,

	/* what the note of a row says: a reported fault stands until chair or clerk clears it */
	ACT_CLEAR_FAULT,
	/* ARCHITECTURE: the chair reads the room code aloud */
	ACT_READ_CODE,
	/* PRODUCT, Who uses it: the clerk of a body convenes it, hands out what leads in, vouches for its devices */
	ACT_CONVENE,
	ACT_HAND_OUT_LINKS,
	ACT_SIGN_ROSTER,

	ACT_N,
};

enum verdict {
	VERDICT_NO,		/* because of `why` */
	VERDICT_SECOND,		/* yes, once a second person confirms */
	VERDICT_YES,
};

enum rights_why {
	WHY_NONE,		/* it is not a no */
	WHY_OFFICE,		/* never with this office */
	WHY_PHASE,		/* not in this state of the meeting */
	WHY_EARLY,		/* more than 60 minutes before the meeting's time */
	WHY_VOTING,		/* not while a vote is open */
	WHY_NOT_VOTING,		/* only while a vote is open */
	WHY_POLICY,		/* the policy took it away */
};

struct rights_question {
	enum action action;
	enum office office;		/* of who asks */
	enum meeting_phase phase;
	const struct policy *policy;	/* NULL: takes nothing away */
	bool early;			/* it is more than 60 minutes before the meeting's time */
	bool voting;			/* a vote is open */
	bool alone;			/* nobody else of chair and clerk was present for five minutes */
	bool contested;			/* a recusal, by whom it concerns */
};

struct rights_answer {
	enum verdict verdict;
	enum rights_why why;
};

struct rights_answer rights_ask(const struct rights_question *q);

/* What the table says by itself, whatever the state; and the words of the row in RIGHTS.md (NULL for what each person
 * decides alone). */
enum verdict rights_cell(enum action action, enum office office);
const char *rights_row(enum action action);
/* May a policy take from it? Not what each person decides alone, nor their means to report a fault or vote (N11). */
bool rights_is_fixed(enum action action);

/* Of an administrator: each may do what those before it may. */
enum level { LEVEL_READ, LEVEL_OPERATE, LEVEL_CONFIGURE, LEVEL_N };

/* What IT may do: one row of RIGHTS.md's section of that name each. */
enum administration {
	IT_READ_HEALTH,
	IT_READ_ACCOUNTS,
	IT_READ_SECURITY_LOG,
	IT_READ_RETENTION,
	IT_CREATE_BODY,
	IT_CREATE_ACCOUNT,
	IT_CLOSE_ACCOUNT,
	IT_RESET_PASSKEY,
	IT_END_MEETING,
	IT_SET_RETENTION,
	IT_APPOINT,
	IT_SET_POLICY,
	IT_INSTALL_CERTIFICATE,
	IT_BACK_UP,
	IT_VERIFY,

	IT_N,
};

/* No meeting and no office is in the question: there is no state in which an administrator may do more. */
bool rights_administers(enum administration act, enum level level);
const char *rights_administration_row(enum administration act);

const char *office_word(enum office office);
const char *meeting_phase_word(enum meeting_phase phase);
