/* SPDX-License-Identifier: EUPL-1.2 */
/* Key delivery: one meeting's group, its conversations, and who vouched for whose device. In conclaved.
 * Invariant: in memory only, and gone with the meeting; nothing of it enters the proceedings, the database or the log.
 * What reaches a person goes the way of every other message; nobody who is not inside, or is aside, sends or receives
 * any. */
#pragma once

#include "server/hall/inside.h"
#include "server/hall/resume.h"
#include "server/wire/json.h"

#define KEYS_CREATE_TIME SECONDS(5)	/* then the next one is asked */
#define KEYS_BARREN_TIME SECONDS(10)	/* that members who lost the line have to come back */
#define KEYS_WANTED_TIME MSEC(200)	/* at least between two lists of who asks */

enum conversation_kind { CONVERSATION_PRIVATE, CONVERSATION_CAUCUS };

struct group {
	/* owned */
	struct keys keys;

	/* borrowed */
	struct conversation *conversation;	/* NULL: the meeting's */

	/* state */
	usec_t create_by;		/* who was asked to make it */
	usec_t barren_since;		/* USEC_NEVER: there is somebody who can add those who ask */
	usec_t wanted_at;		/* not before this */
};

struct conversation {
	struct group group;
	struct list in_delivery;
	uint32_t id;
	uint32_t by;
	enum conversation_kind kind;
	struct crowd readers;
	struct crowd kept_readers;	/* at the last commit */
	bool fresh;			/* made since then */
	bool over;			/* freed at the commit */
};

struct voucher {
	uint32_t by;			/* 0 = nobody vouched */
	char device[DEVICE_LETTERS + 1];
	char signature[VOUCHER_LETTERS + 1];
};

/* How much a person had sent to others, as the time when the next would be due at the even pace. */
struct pace {
	usec_t sent;
	usec_t fetched;
};

struct delivery {
	struct group group;
	struct resume resume;
	struct list conversations;
	struct voucher vouchers[LIMIT_PEOPLE_PER_MEETING];	/* by id − 1 */
	struct voucher kept_vouchers[LIMIT_PEOPLE_PER_MEETING];	/* at the last commit, while `vouched` */
	struct pace paces[LIMIT_PEOPLE_PER_MEETING];
	uint32_t last_id;		/* of a conversation */
	bool vouched;			/* since the last commit */
	bool restarted;			/* somebody may still hold the keys of a group that is forgotten here */
};

struct delivery *delivery_new(void);
struct delivery *delivery_free(struct delivery *d);
void delivery_keep(struct delivery *d);
/* Was anything undone? */
bool delivery_restore(struct delivery *d);

/* delivery.c: one group */

/* Who can be reached: inside, not aside, and there. NULL when not. */
struct connection *delivery_line(const struct person *p);
struct crowd delivery_there(struct meeting *m);
void group_init(struct group *g, struct conversation *c, size_t log_most);
uint32_t group_id(const struct group *g);
/* Of the message's `group`, if this person may take part in it; if not, that is told. */
struct group *delivery_group(struct hall *h, struct connection *c, const struct wire_node *message);
/* The line came or went; they went aside; they are no longer inside, `dropped` when others decided that. */
void delivery_change(struct hall *h);
void delivery_aside(struct hall *h, struct person *p);
void delivery_exit(struct hall *h, struct person *p, bool dropped);
void delivery_vouch(struct hall *h, struct person *p, const struct person *by, const char *signature);
/* Whoever asks is passed on, a group that nobody holds is made anew, a restart is settled. */
void delivery_settle(struct hall *h);
usec_t delivery_deadline(const struct meeting *m);

/* delivery_acts.c */
void act_key_join(struct hall *h, struct connection *c, const struct wire_node *message);
void act_key_create(struct hall *h, struct connection *c, const struct wire_node *message);
void act_key_commit(struct hall *h, struct connection *c, const struct wire_node *message);
void act_key_since(struct hall *h, struct connection *c, const struct wire_node *message);
void act_key_message(struct hall *h, struct connection *c, const struct wire_node *message);
void act_key_resume(struct hall *h, struct connection *c, const struct wire_node *message);

/* conversation.c */
void act_conversation_open(struct hall *h, struct connection *c, const struct wire_node *message);
void act_conversation_refuse(struct hall *h, struct connection *c, const struct wire_node *message);
void act_conversation_leave(struct hall *h, struct connection *c, const struct wire_node *message);
struct conversation *conversation_free(struct conversation *c);
struct conversation *conversation_find(const struct delivery *d, uint32_t id);
/* They read no more. The others are told why. */
void conversation_part(struct hall *h, struct meeting *m, struct conversation *c, struct person *p, const char *why);
/* Who was not in its group, or is not any more: others see who is in a caucus. */
void conversation_changed(struct hall *h, struct meeting *m, const struct group *g, const struct crowd *people);
bool conversation_is_in_caucus(const struct person *p);

#define delivery_for_each(c, d) list_for_each(c, &(d)->conversations, in_delivery)

/* delivery_tell.c: messages, composed. To those of `people` who can be reached */

void tell_key_group(struct hall *h, struct meeting *m, const struct group *g, const struct crowd *people);
void tell_key_wanted(struct hall *h, struct meeting *m, const struct group *g, const struct crowd *people);
void tell_key_commit(struct hall *h, struct meeting *m, const struct group *g, uint32_t epoch,
	const struct crowd *people);
void tell_key_welcome(struct hall *h, struct meeting *m, const struct group *g, uint32_t by, const char *welcome,
	const struct crowd *people);
void tell_key_message(struct hall *h, const struct group *g, const struct person *by, uint32_t epoch, const char *body,
	const struct crowd *people);
/* key-create, key-lost: nothing but the group */
void tell_key_word(struct hall *h, struct connection *c, const char *type, const struct group *g);
void tell_key_behind(struct hall *h, struct connection *c, const struct group *g);
void tell_conversation(struct hall *h, struct meeting *m, const struct conversation *c);
void tell_conversation_left(struct hall *h, const struct conversation *c, const struct person *p, const char *why);
void tell_conversation_over(struct hall *h, struct meeting *m, const struct conversation *c);
void tell_voucher(struct hall *h, const struct person *p);
/* The next list of who asks, for somebody who came back; empty when there is none. */
struct bytes tell_key_wanted_next(struct hall *h, struct connection *c);
/* In the state. */
void write_delivery(struct json *j, const struct person *you);
