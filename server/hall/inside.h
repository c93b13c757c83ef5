/* SPDX-License-Identifier: EUPL-1.2 */
/* What the files behind server/hall/hall.h share. In conclaved.
 * Invariant: nothing here allocates to make an output that must not be lost: closing a connection and every
 * command to a worker are marks on what exists, and become outputs when polled. */
#pragma once

#include "auth/policy.h"
#include "base/map.h"
#include "base/random.h"
#include "server/hall/hall.h"
#include "server/hall/meeting.h"
#include "server/hall/protocol.h"
#include "server/records/log_key.h"
#include "server/wire/wire.h"

#define PROTOCOL_VERSION 1
#define WORKERS_MOST LIMIT_WORKERS
_Static_assert(WORKERS_MOST <= MEDIA_WORKERS_MOST, "each has its letter");
#define HELLO_TIME SECONDS(10)		/* PROTOCOL: nothing within this closes */
#define RETRY_TIME SECONDS(1)		/* after the records refused something */
#define LINK_SIZE 512
#define SCRATCH_SIZE (240 * 1024)	/* the longest message; less than LIMIT_SEND_QUEUE */
#define CLOSE_DONE 1000
#define CLOSE_BINARY 1003
#define CLOSE_POLICY 1008
#define CLOSE_TOO_LARGE 1009
#define CLOSE_NO_MEMORY 1011

enum connection_phase { CONNECTION_OPENED, CONNECTION_OUTSIDE, CONNECTION_LOBBY, CONNECTION_INSIDE, CONNECTION_ASIDE,
	CONNECTION_OVER };

/* Whole lists, written when polled, however often they changed since. */
enum { TELL_LOBBY = 1, TELL_STATE = 2, TELL_WAITING = 4, TELL_SLOTS = 8, TELL_WANTED = 16, TELL_ASIDE = 32,
	TELL_WATCHED = 64 };

struct connection_live {
	/* borrowed */
	struct person *person;		/* NULL before hello, and once it is over */

	/* state */
	bool informed;			/* was, or is about to be, sent the state: receives what happens inside */
	unsigned close_code;		/* 0 = stays open */
	bool closed;			/* CLOSE was polled */
};

struct connection {
	/* owned */
	char *cookies;			/* of the upgrade, until hello */
	struct list texts;		/* of struct text, to be sent */

	/* borrowed */
	void *user;

	/* state */
	struct list in_hall;
	struct list in_ready;		/* in hall.ready when there is something to poll */
	struct connection_live live;
	struct connection_live kept;
	unsigned tell;			/* TELL_… */
	uint32_t wanted_from;		/* TELL_WANTED: groups behind it are still to be told of */
	uint32_t proved;		/* the head for which it asked a proof last */
	usec_t layouts_due;		/* when the next would be at the even pace */
	bool alive;			/* answers pings */
	usec_t hello_by;
};

struct text {
	struct list in_queue;
	size_t size;
	uint8_t data[];
};

/* What an offer hands on to the worker. */
struct offer {
	bool restart;
	size_t size;
	struct media_line lines[LIMIT_SLOTS];
	uint32_t n_lines;
	uint8_t sdp[];
};

struct slot {
	char mid[MSG_MID_SIZE + 1];
	struct peer_id from;
	enum source_kind source;
};

struct feed {
	/* owned */
	struct offer *offer;		/* not yet polled */

	/* borrowed */
	struct person *person;		/* NULL: nobody's; it is only there to be removed */

	/* state */
	struct list in_hall;
	struct list in_changed;		/* in hall.changed_feeds when there is a command to poll */
	struct peer_id id;
	unsigned worker;
	bool fresh;			/* made since the last commit */
	bool known;			/* to the worker */
	bool answered;
	bool leaving;			/* the worker is told to remove it; freed at the commit after that */
	bool removed;			/* … and REMOVE_PEER was polled */
	bool silent;
	bool tell_sources;
	bool tell_rank;
	uint32_t sources;		/* that the worker was told last */
	uint32_t rank;
	struct slot slots[LIMIT_SLOTS];
	uint32_t n_slots;
	bool tell_layout;
	struct media_wish wishes[LIMIT_SLOTS];	/* the newest layout */
	uint32_t n_wishes;
	uint32_t watched[SOURCE_N];	/* bits of the layers that somebody is sent; before the worker says so, all */
};

struct worker {
	bool up;
	bool ready;
	bool configure;			/* CONFIGURE is to be polled */
	bool presented;			/* it has told of everybody who was on it */
	bool draining;			/* gets no meeting that another could take */
	bool ending;			/* END was polled */
	uint16_t port;
	char cipher[48];
};

struct gate;

struct hall {
	/* owned */
	struct gate *gate;		/* who is who */
	struct list meetings;
	struct list connections;
	struct list feeds;
	struct list sound_checks;	/* in the order in which they end */
	struct map feeds_by_id;
	char *origin;
	char *client;			/* the origin of personal links */
	uint8_t *scratch;
	char *answer;			/* to the last request */
	struct text *polled;		/* what the last hall_poll() gave out */
	struct offer *polled_offer;
	struct note *notes;		/* security.c: what waits to leave */

	/* borrowed */
	struct db *db;
	struct log_key *key;		/* of the proceedings */

	/* state */
	struct list ready;
	struct list changed_feeds;
	size_t answer_room;
	size_t n_connections;
	uint32_t n_meetings;
	usec_t now;
	usec_t wall;
	struct worker workers[WORKERS_MOST];
	struct media_command command;
	struct address addresses[MSG_ADDRESSES];
	uint32_t n_addresses;
	uint16_t tcp_port;
	const struct turn *turn;	/* borrowed; NULL: no relay */
	struct connection *acting;	/* whose message this drain carries out */
	const char *act;
	bool anybody_changed;		/* a person or a meeting: others are to be told */
	bool delivery_changed;		/* of a group: somebody may have to be told, or asked */
	bool unhealthy;			/* the records refused something, and took nothing since */
	struct random random;		/* ids, which are no secrets */
	usec_t retry_at;		/* unhealthy: when that is tried again */
	usec_t hand_on_at;		/* the key of the proceedings; USEC_NEVER = it signed nothing */
	struct hall_numbers numbers;
	struct hall_machine machine;
	unsigned first_note, n_notes, committed_notes;	/* in `notes`, a ring */
	uint64_t noted;
	struct policy policy;
};

/* records.c: the way into the proceedings */

/* An act. All of the events are recorded, take effect and are shown to everyone inside; or nothing happens: false. */
bool hall_act(struct hall *h, struct meeting *m, struct event *events, size_t n);
/* An observed fact: takes effect at once, and is recorded now or when that is possible again. */
void hall_observe(struct hall *h, struct meeting *m, struct event *e);
/* After a refusal: every RETRY_TIME, whether the records work again; then all that waited is recorded. */
void hall_recover(struct hall *h);
struct rights_answer hall_ask(const struct hall *h, const struct person *p, enum action action);
struct rights_answer hall_ask_contested(const struct hall *h, const struct person *p, enum action action);
/* seal.c: checkpoints of what is recorded */

/* When one is due: in the same transaction as what it covers. */
void meeting_seal_due(struct hall *h, struct meeting *m);
/* All that is not yet covered. 0 or a negative errno. */
int meeting_seal(struct hall *h, struct meeting *m);
usec_t meeting_seal_deadline(const struct meeting *m);
/* At the start, and in each hall_timeout(), last: the key that signs is handed on when that is due. */
void hall_plan_hand_on(struct hall *h);
void hall_hand_on_due(struct hall *h);
void act_proof(struct hall *h, struct connection *c, const struct wire_node *message);

/* export.c: the proceedings of one meeting, as lines of server/proof/transcript.h */
void hall_export(struct hall *h, const struct wire_node *request, struct writer *w);
/* The whole file. 0 or a negative errno. */
int export_write(struct hall *h, struct meeting *m, struct writer *w);
/* By the administration; committed. verbs.c */
bool meeting_end_by_administration(struct hall *h, struct meeting *m, const char *reason);
void control_refuse(struct writer *w, const char *why);		/* verbs.c */

/* records.c: after a commit, and when one failed. */
void hall_keep(struct hall *h);
void hall_restore(struct hall *h);
/* Half of an act was written: nothing of it stays, and nothing else of this transaction. */
void hall_undo(struct hall *h);

/* aside.c: carries out what the fold says of who is aside or put out */
void aside_settle(struct hall *h, struct meeting *m);

/* people.c: coming and going */

void person_enter(struct hall *h, struct person *p);		/* is inside now */
/* No longer: others are told why. `dropped` when others decided that. */
void person_exit(struct hall *h, struct person *p, const char *why, bool dropped);
/* … but not out of what was private between them and others. */
void person_part(struct hall *h, struct person *p, const char *why);
void person_wait(struct hall *h, struct person *p, bool waits);
/* What time and silence do to this person; and when that is next. */
void person_watch(struct hall *h, struct person *p);
usec_t person_deadline(const struct person *p);
void person_set_sources(struct hall *h, struct person *p, uint32_t sources);
/* From the message's `device`, if it names one. */
void person_set_device(struct hall *h, struct person *p, const struct wire_node *message);
void person_change(struct hall *h, struct person *p);		/* others are told, once for many changes */
void hall_tell_changed(struct hall *h);
/* Everybody out: it is over. */
void meeting_over(struct hall *h, struct meeting *m, const struct person *by, enum reason_code reason,
	const char *text);
void meeting_opened(struct hall *h, struct meeting *m);

/* connection.c */

enum connection_phase connection_phase(const struct connection *c);
void connection_send(struct hall *h, struct connection *c, struct bytes text);
void connection_tell(struct hall *h, struct connection *c, unsigned what);
void connection_close(struct hall *h, struct connection *c, unsigned code);
void connection_error(struct hall *h, struct connection *c, const char *code, const char *re, const char *field);
/* The last word, and the end of its tie to the person. `by` and the reason may be missing. */
void connection_over(struct hall *h, struct connection *c, const char *why, const struct person *by,
	enum reason_code reason, const char *text);
struct connection *connection_free(struct hall *h, struct connection *c);
void connection_receive(struct hall *h, struct connection *c, struct bytes text);

struct deed;

/* acts.c: one function a message that does something inside */

void act_join(struct hall *h, struct connection *c, const struct wire_node *message);
void act_stop_waiting(struct hall *h, struct connection *c);
void act_admit(struct hall *h, struct connection *c, const struct wire_node *message);
void act_turn_away(struct hall *h, struct connection *c, const struct wire_node *message);
void act_leave(struct hall *h, struct connection *c);
void act_end(struct hall *h, struct connection *c, const struct wire_node *message);
void act_suspend(struct hall *h, struct connection *c, const struct wire_node *message);
void act_resume(struct hall *h, struct connection *c);
void act_fault(struct hall *h, struct connection *c, const struct wire_node *message);
void act_clear_fault(struct hall *h, struct connection *c, const struct wire_node *message);
void act_object(struct hall *h, struct connection *c, const struct wire_node *message);
void act_code_read(struct hall *h, struct connection *c);

/* acts_floor.c */

void act_hand(struct hall *h, struct connection *c, const struct wire_node *message);
void act_floor(struct hall *h, struct connection *c, const struct wire_node *message);
void act_floor_end(struct hall *h, struct connection *c);
void act_order(struct hall *h, struct connection *c, const struct wire_node *message);
void act_withdraw_floor(struct hall *h, struct connection *c, const struct wire_node *message);
void act_restore_floor(struct hall *h, struct connection *c, const struct wire_node *message);

/* acts_item.c */

void act_item_open(struct hall *h, struct connection *c, const struct wire_node *message);
void act_item_close(struct hall *h, struct connection *c, const struct wire_node *message);
void act_doors_open(struct hall *h, struct connection *c, const struct wire_node *message);
void act_doors_close(struct hall *h, struct connection *c, const struct wire_node *message);
void act_declare_alone(struct hall *h, struct connection *c, const struct wire_node *message);
void act_recuse(struct hall *h, struct connection *c, const struct wire_node *message);
void act_note_recusal(struct hall *h, struct connection *c, const struct wire_node *message);
void act_note_presence(struct hall *h, struct connection *c, const struct wire_node *message);
void item_watch(struct hall *h, struct meeting *m);
usec_t item_deadline(const struct meeting *m);

/* acts_over.c: what an office may do to another person */

void act_mute(struct hall *h, struct connection *c, const struct wire_node *message);
void act_ask_on(struct hall *h, struct connection *c, const struct wire_node *message);
void act_stop_share(struct hall *h, struct connection *c, const struct wire_node *message);
void act_remove(struct hall *h, struct connection *c, const struct wire_node *message);
void act_new_link(struct hall *h, struct connection *c, const struct wire_node *message);
void act_invite(struct hall *h, struct connection *c, const struct wire_node *message);

/* deed.c: what all of these begin and end with */

struct deed {
	/* borrowed */
	struct person *by;		/* who does it, or asked for it */
	struct person *who;		/* to whom, or NULL */
	struct person *second;		/* who confirmed it, or NULL */
	const char *text;		/* of the reason, or NULL */
	const struct invitation_row *guest;	/* of an invitation */

	/* state */
	enum event_note action;		/* NOTE_END and behind */
	enum reason_code reason;
	uint32_t item;			/* of the agenda, or 0 */
	bool contested;			/* of a recusal */
	uint32_t request;		/* what was confirmed */
};

#define DEED_FACTS 2
void deed_refuse(struct hall *h, struct connection *c, const char *code);
const char *deed_code(struct rights_answer answer);
/* May this person do it alone? If not, they are told. */
bool deed_may(struct hall *h, struct connection *c, enum action action);
/* To give back what was taken is never up to the policy. */
bool deed_may_give_back(struct hall *h, struct connection *c, enum action action);
/* From the message's `reason`; what is missing is told. */
bool deed_take_reason(struct hall *h, struct connection *c, const struct wire_node *message, struct deed *d);
/* From the message's `person`, who must be inside; if not, that is told. */
bool deed_take_person(struct hall *h, struct connection *c, const struct wire_node *message, struct deed *d);
/* … and somebody else. */
bool deed_take_another(struct hall *h, struct connection *c, const struct wire_node *message, struct deed *d);
/* Into the proceedings, all or nothing: its confirmation, then these facts, the first with the reason. */
bool deed_record(struct hall *h, const struct deed *d, const struct event *facts, size_t n);

/* second.c: what may need a second person */

/* May this person do it alone or with a second one? If neither, they are told. */
bool second_may(struct hall *h, struct connection *c, enum event_note action);
/* Does it, or asks for the second person, or says why not. */
void second_do(struct hall *h, struct connection *c, struct deed *d);
void act_confirm(struct hall *h, struct connection *c, const struct wire_node *message);
void act_refuse(struct hall *h, struct connection *c, const struct wire_node *message);
/* Requests that waited too long; and, after a restart, those whose guest nobody remembers. */
void second_expire(struct hall *h, struct meeting *m);
void second_forget_invites(struct hall *h, struct meeting *m);
const struct invitation_row *meeting_guest(const struct meeting *m, uint32_t request);	/* NULL when forgotten */

/* deeds.c: what each of them does. NULL, or the error that says why it cannot be done now */
const char *deed_obstacle(const struct deed *d);
void deed_perform(struct hall *h, const struct deed *d);

/* mask.c: what a worker may forward of a person, whatever they send */

uint32_t mask_sources(const struct person *p);
uint32_t mask_rank(const struct person *p);
void mask_settle(struct hall *h, struct meeting *m);

/* chair.c */

void chair_watch(struct hall *h, struct meeting *m);
usec_t chair_deadline(const struct meeting *m);
/* tell.c: messages, composed */

void tell_welcome(struct hall *h, struct connection *c);
void tell_answer(struct hall *h, struct connection *c, struct peer_id media, struct bytes sdp);
void tell_sound_check(struct hall *h, struct connection *c, struct bytes sdp);
void tell_media_lost(struct hall *h, struct connection *c);
/* To everyone who was informed. */
void tell_person(struct hall *h, const struct person *p);
void tell_gone(struct hall *h, const struct person *p, const char *why);
void tell_entry(struct hall *h, struct meeting *m, uint32_t seq);
void tell_head(struct hall *h, struct meeting *m);
/* With the notes of the epochs behind `epoch`; false when not all of them fit. */
bool tell_proof(struct hall *h, struct connection *c, uint32_t from, uint32_t epoch, const struct tree_proof *proof);
void tell_request(struct hall *h, struct meeting *m, uint32_t id);
/* The floor, the suspension and the faults, those of them that changed. */
void tell_meeting_changed(struct hall *h, struct meeting *m);
/* To one person, if they are inside and there. */
void tell_done_to(struct hall *h, const struct deed *d, const char *type, const char *source);
void tell_link(struct hall *h, const struct person *to, const struct person *who, struct token *token);
void tell_request_over(struct hall *h, struct meeting *m, uint32_t id, const char *outcome);
/* Parts of messages, and of the report. */
struct json;
void somebody_write(struct json *j, const char *key, const struct person *p);
void reason_write(struct json *j, enum reason_code reason, const char *text);
void entry_write(struct json *j, const char *key, struct meeting *m, const struct event *e);
void head_write(struct json *j, const struct hall *h, const struct head *head);
void meeting_write(struct json *j, const struct meeting *m);
/* What a connection's `tell` marks stand for, one message each; empty when memory or room failed. */
struct bytes tell_lobby(struct hall *h, const struct connection *c);
struct bytes tell_state(struct hall *h, const struct connection *c);
struct bytes tell_waiting(struct hall *h, const struct connection *c);
struct bytes tell_aside(struct hall *h, const struct connection *c);
struct bytes tell_slots(struct hall *h, const struct connection *c);
struct bytes tell_watched(struct hall *h, const struct connection *c);
struct bytes tell_error(struct hall *h, const char *code, const char *re, const char *field);
struct bytes tell_over(struct hall *h, const char *why, const struct person *by, enum reason_code reason,
	const char *text);

/* tell_agenda.c: `items` and `session` */
struct json;
void agenda_write(struct json *j, const struct meeting *m, usec_t now);
void agenda_write_recused(struct json *j, const struct meeting *m, const struct agenda *a, uint32_t item);

/* feed.c: media connections */

#define MEDIA_ID_SIZE 9
void feed_print_id(struct peer_id id, char ret[static MEDIA_ID_SIZE]);
void feed_offer(struct hall *h, struct connection *c, const struct wire_node *message);
void feed_layout(struct hall *h, struct connection *c, const struct wire_node *message);
/* After a commit that failed: what was to be told to workers and about them may not have left. */
void feed_restore(struct hall *h);
/* People on this worker, or on their way there. */
uint32_t feed_count(const struct hall *h, unsigned worker);
/* The worker on which the people of this meeting are. -1: nowhere. */
int feed_home(const struct hall *h, const struct meeting *m);
/* Where they are, or are to be from now on; -1: there is no worker for it at this moment. */
int feed_find_home(const struct hall *h, const struct meeting *m);
struct peer_id feed_fresh_id(struct hall *h);
void feed_leave(struct hall *h, struct feed *p);
struct feed *feed_free(struct hall *h, struct feed *p);
struct feed *feed_find(const struct hall *h, struct peer_id id);
void feed_change(struct hall *h, struct feed *p);
bool feed_poll(struct hall *h, struct hall_out *ret);

/* A peer that no offer made: the worker had it when we came. */
int feed_new(struct hall *h, struct person *p, unsigned worker, struct peer_id id, struct feed **ret);

/* seats.c */

/* The seat that this person had ends, and whoever sits in it is out. An event of that was recorded. */
void seat_end(struct hall *h, struct person *p, bool was_inside, const struct person *by, enum reason_code reason,
	const char *text);
/* Not committed; an unused one of before dies. */
bool seat_make_link(struct hall *h, const struct person *p, struct token *ret);
/* Forgets the token. */
void seat_print_link(const struct hall *h, struct token *token, char ret[static LINK_SIZE]);
int invitation_detail(const struct invitation_row *p, struct event *e);

void hall_letters(struct hall *h, char *ret, size_t n);		/* n random ones, and the final zero */

/* The one seat of that meeting, ended or not, that these cookies open. */
bool seat_find(struct hall *h, const char *meeting, const char *cookies, struct seat_row *ret);
/* The seat's person, if the secret among the cookies opens it. NULL: *why says what to answer. */
struct person *seat_open(struct hall *h, const char *id, const char *cookies, const char **why);
struct meeting *hall_meeting(struct hall *h, uint32_t number);
struct meeting *hall_find_meeting(struct hall *h, const char *id);
