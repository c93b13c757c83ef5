/* SPDX-License-Identifier: EUPL-1.2 */
/* Every message that a client receives is written here. In conclaved.
 * Invariant: what goes to somebody in the lobby holds no other person's name. */
#include "auth/turn.h"
#include "server/hall/delivery.h"
#include "server/hall/message.h"
#include "server/proof/epoch.h"
#include "server/records/accounts.h"
#include "server/wire/base64.h"

static void broadcast(struct hall *h, struct meeting *m, struct bytes text)
{
	struct person *p;

	meeting_for_each(p, m) {
		struct connection *c = p->live.connection;

		/* Who is about to receive everything needs no part of it. */
		if (c && c->live.informed && !(c->tell & TELL_STATE))
			connection_send(h, c, text);
	}
}

void somebody_write(struct json *j, const char *key, const struct person *p)
{
	if (!p) {
		json_null(j, key);
		return;
	}
	json_open_object(j, key);
	json_number(j, "id", p->id);
	json_text(j, "name", p->name);
	json_text(j, "office", office_word(person_office(p)));
	json_close_object(j);
}

void reason_write(struct json *j, enum reason_code reason, const char *text)
{
	if (!reason) {
		json_null(j, "reason");
		return;
	}
	json_open_object(j, "reason");
	json_text(j, "code", words_reasons[reason - 1]);
	if (text && *text)
		json_text(j, "text", text);
	json_close_object(j);
}

static void write_sources(struct json *j, uint32_t sources)
{
	json_open_object(j, "sources");
	for (int i = 0; i < SOURCE_N; i++)
		json_boolean(j, protocol_source_keys[i], sources & SOURCE_BIT(i));
	json_close_object(j);
}

void meeting_write(struct json *j, const struct meeting *m)
{
	json_open_object(j, "meeting");
	json_text(j, "id", m->row.id);
	json_text(j, "title", m->row.title);
	json_text(j, "body", m->row.body);
	json_time(j, "starts", m->row.starts);
	json_text(j, "language", m->row.language);
	json_text(j, "phase", meeting_phase_word(m->fold->phase));
	json_close_object(j);
}

static void write_person(struct json *j, const char *key, const struct person *p)
{
	json_open_object(j, key);
	json_number(j, "id", p->id);
	json_text(j, "name", p->name);
	json_text(j, "office", office_word(person_office(p)));
	json_text(j, "party", p->party);
	json_text(j, "connection", person_fold(p)->lost ? "reconnecting" : "connected");
	write_sources(j, p->live.sources);
	json_boolean(j, "heard", p->live.heard);
	json_text(j, "hush", person_fold(p)->withdrawn ? "floor-withdrawn" : person_is_muted(p) ? "muted" : NULL);
	json_number(j, "hand", fold_place(p->meeting->fold, p->id));
	json_boolean(j, "floor", p->meeting->fold->floor == p->id);
	json_text(j, "device", p->live.device[0] ? p->live.device : NULL);
	json_boolean(j, "caucus", conversation_is_in_caucus(p));
	json_close_object(j);
}

static void write_waiting(struct json *j, const char *key, struct meeting *m, bool shown)
{
	struct person *p;

	json_open_list(j, key);
	meeting_for_each(p, m) {
		if (!shown || !p->live.waiting)
			continue;
		json_open_object(j, NULL);
		json_number(j, "id", p->id);
		json_text(j, "name", p->name);
		json_text(j, "office", office_word(person_office(p)));
		json_text(j, "device", p->live.device[0] ? p->live.device : NULL);
		json_text(j, "known", p->known ? "account" : "link");
		json_close_object(j);
	}
	json_close_list(j);
}

static void write_slots(struct hall *h, struct json *j, const struct feed *peer)
{
	json_open_list(j, "slots");
	for (uint32_t i = 0; peer && i < peer->n_slots; i++) {
		const struct slot *s = &peer->slots[i];
		const struct feed *from = feed_find(h, s->from);

		if (!from || from->leaving)
			continue;
		json_open_object(j, NULL);
		json_text(j, "mid", s->mid);
		json_number(j, "person", from->person->id);
		json_text(j, "source", protocol_sources[s->source]);
		json_close_object(j);
	}
	json_close_list(j);
}

static void write_media(struct json *j, const struct feed *peer)
{
	char id[MEDIA_ID_SIZE];

	if (!peer) {
		json_null(j, "media");
		return;
	}
	feed_print_id(peer->id, id);
	json_text(j, "media", id);
}

static void write_item_id(struct json *j, uint32_t item)
{
	if (item)
		json_number(j, "item", item);
	else
		json_null(j, "item");
}

void entry_write(struct json *j, const char *key, struct meeting *m, const struct event *e)
{
	json_open_object(j, key);
	json_number(j, "seq", e->seq);
	json_time(j, "at", e->wall);
	json_text(j, "kind", event_words[e->kind]);
	somebody_write(j, "by", meeting_person(m, e->by));
	somebody_write(j, "who", meeting_person(m, e->who));
	reason_write(j, e->reason, e->text);
	json_text(j, "note", e->note ? event_notes[e->note - 1] : e->reason ? NULL : e->text);
	write_item_id(j, e->item);
	json_close_object(j);
}

static void write_request(struct hall *h, struct json *j, const char *key, struct meeting *m,
	const struct fold_request *q)
{
	usec_t left = q->until > h->now ? q->until - h->now : 0;
	const struct invitation_row *guest = meeting_guest(m, q->id);

	json_open_object(j, key);
	json_number(j, "id", q->id);
	json_text(j, "action", event_notes[q->action - 1]);
	somebody_write(j, "by", meeting_person(m, q->by));
	somebody_write(j, "who", meeting_person(m, q->who));
	json_text(j, "name", guest ? guest->name : NULL);
	write_item_id(j, q->item);
	reason_write(j, q->reason, q->text);
	json_number(j, "seconds", (int64_t)(MIN(left, SECOND_TIME) / SECONDS(1)));
	json_close_object(j);
}

static void write_floor(struct json *j, const struct meeting *m)
{
	const struct fold *f = m->fold;

	json_open_object(j, "floor");
	if (f->floor) {
		json_number(j, "person", f->floor);
		json_time(j, "since", f->floor_wall);
	} else {
		json_null(j, "person");
		json_null(j, "since");
	}
	json_close_object(j);
	json_open_list(j, "speakers");
	for (uint32_t i = 0; i < f->n_speakers; i++)
		json_number(j, NULL, f->speakers[i]);
	json_close_list(j);
}

static void write_suspended(struct json *j, struct meeting *m)
{
	const struct fold_suspension *s = &m->fold->suspension;

	if (!s->on) {
		json_null(j, "suspended");
		return;
	}
	json_open_object(j, "suspended");
	somebody_write(j, "by", meeting_person(m, s->by));
	reason_write(j, s->reason, s->text);
	json_time(j, "since", s->wall);
	json_close_object(j);
}

static void write_faults(struct json *j, struct meeting *m)
{
	json_open_list(j, "faults");
	for (int i = 0; i < LIMIT_FAULTS && m->fold->faults[i].id; i++) {
		const struct fold_fault *f = &m->fold->faults[i];

		json_open_object(j, NULL);
		json_number(j, "id", f->id);
		somebody_write(j, "by", meeting_person(m, f->by));
		json_text(j, "note", f->text);
		json_time(j, "at", f->wall);
		json_close_object(j);
	}
	json_close_list(j);
}

void tell_welcome(struct hall *h, struct connection *c)
{
	static const char *const words[] = {
		[CONNECTION_OPENED] = "outside", [CONNECTION_OUTSIDE] = "outside", [CONNECTION_LOBBY] = "lobby",
		[CONNECTION_INSIDE] = "inside", [CONNECTION_ASIDE] = "aside", [CONNECTION_OVER] = "outside",
	};
	const struct person *p = c->live.person;
	char account[EMAIL_SIZE];
	struct message m;

	message_begin(h, &m, "welcome");
	json_number(&m.j, "version", PROTOCOL_VERSION);
	json_number(&m.j, "you", p->id);
	json_text(&m.j, "name", p->name);
	json_text(&m.j, "office", office_word(person_office(p)));
	json_text(&m.j, "phase", words[connection_phase(c)]);
	json_text(&m.j, "account", p->known && email_fold(p->email, account) ? account : NULL);
	meeting_write(&m.j, p->meeting);
	connection_send(h, c, message_end(&m));
}

void tell_answer(struct hall *h, struct connection *c, struct peer_id media, struct bytes sdp)
{
	char id[MEDIA_ID_SIZE];
	struct message m;

	feed_print_id(media, id);
	message_begin(h, &m, "answer");
	json_text(&m.j, "media", id);
	json_bytes(&m.j, "sdp", sdp);
	connection_send(h, c, message_end(&m));
}

void tell_sound_check(struct hall *h, struct connection *c, struct bytes sdp)
{
	struct message m;

	message_begin(h, &m, "sound-check-answer");
	json_bytes(&m.j, "sdp", sdp);
	connection_send(h, c, message_end(&m));
}

void tell_media_lost(struct hall *h, struct connection *c)
{
	struct message m;

	message_begin(h, &m, "media-lost");
	connection_send(h, c, message_end(&m));
}

void tell_person(struct hall *h, const struct person *p)
{
	struct message m;

	message_begin(h, &m, "person");
	write_person(&m.j, "person", p);
	broadcast(h, p->meeting, message_end(&m));
}

void tell_gone(struct hall *h, const struct person *p, const char *why)
{
	struct message m;

	message_begin(h, &m, "gone");
	json_number(&m.j, "id", p->id);
	json_text(&m.j, "why", why);
	broadcast(h, p->meeting, message_end(&m));
}

void tell_entry(struct hall *h, struct meeting *meeting, uint32_t seq)
{
	const struct event *e = fold_entry(meeting->fold, seq);
	struct message m;

	if (!e)
		return;
	message_begin(h, &m, "entry");
	entry_write(&m.j, "entry", meeting, e);
	broadcast(h, meeting, message_end(&m));
}

void head_write(struct json *j, const struct hall *h, const struct head *head)
{
	char root[BASE64_SIZE(DIGEST_SIZE)], key[BASE64_SIZE(SIGNATURE_KEY_SIZE)];
	char signer[BASE64_SIZE(SIGNATURE_KEY_SIZE)];
	struct writer w = writer(root, sizeof(root)), k = writer(key, sizeof(key)), s = writer(signer, sizeof(signer));

	if (!head->checkpoint.size) {
		json_null(j, "head");
		return;
	}
	base64_write(&w, bytes_make(head->checkpoint.root.bytes, DIGEST_SIZE));
	base64_write(&k, bytes_make(log_key_first(h->key)->bytes, SIGNATURE_KEY_SIZE));
	base64_write(&s, bytes_make(head->key.bytes, SIGNATURE_KEY_SIZE));
	json_open_object(j, "head");
	json_number(j, "size", head->checkpoint.size);
	json_bytes(j, "root", written(&w));
	json_text(j, "note", head->note);
	json_bytes(j, "key", written(&k));
	json_number(j, "epoch", head->epoch);
	json_bytes(j, "signer", written(&s));
	json_close_object(j);
}

void tell_head(struct hall *h, struct meeting *meeting)
{
	struct message m;

	message_begin(h, &m, "head");
	head_write(&m.j, h, &meeting->head);
	broadcast(h, meeting, message_end(&m));
}

struct epoch_notes {
	struct json *j;
	bool whole;
};

/* What stands before them in the message is small. */
static bool write_epoch(void *user, const char *note)
{
	struct epoch_notes *n = user;

	n->whole = write_room(n->j->w) > 2 * EPOCH_NOTE_SIZE;
	if (!n->whole)
		return false;
	json_open_object(n->j, NULL);
	json_text(n->j, "note", note);
	json_close_object(n->j);
	return true;
}

bool tell_proof(struct hall *h, struct connection *c, uint32_t from, uint32_t epoch, const struct tree_proof *proof)
{
	const struct head *head = &c->live.person->meeting->head;
	char hashes[BASE64_SIZE(TREE_PROOF_MOST * DIGEST_SIZE)];
	struct writer w = writer(hashes, sizeof(hashes));
	struct message m;
	struct epoch_notes notes = { .j = &m.j, .whole = true };
	int r;

	base64_write(&w, bytes_make(proof->hashes, proof->n * sizeof(proof->hashes[0])));
	message_begin(h, &m, "proof");
	json_number(&m.j, "from", from);
	json_number(&m.j, "size", head->checkpoint.size);
	json_bytes(&m.j, "hashes", written(&w));
	json_open_list(&m.j, "epochs");
	r = log_key_notes(h->db, epoch, head->epoch, write_epoch, &notes);
	json_close_list(&m.j);
	connection_send(h, c, message_end(&m));
	return r == 0 && notes.whole;
}

void tell_roster(struct hall *h, struct meeting *meeting)
{
	struct message m;

	message_begin(h, &m, "roster");
	roster_write(h, &m.j, meeting);
	broadcast(h, meeting, message_end(&m));
}

void tell_request(struct hall *h, struct meeting *meeting, uint32_t id)
{
	const struct fold_request *q = fold_request(meeting->fold, id);
	struct message m;

	if (!q)
		return;
	message_begin(h, &m, "request");
	write_request(h, &m.j, "request", meeting, q);
	broadcast(h, meeting, message_end(&m));
}

void tell_meeting_changed(struct hall *h, struct meeting *meeting)
{
	struct fold_changes told = meeting->told, changes = meeting->fold->changes;
	struct message m;

	meeting->told = changes;
	if (told.suspension != changes.suspension) {
		message_begin(h, &m, "suspended");
		write_suspended(&m.j, meeting);
		broadcast(h, meeting, message_end(&m));
	}
	if (told.floor != changes.floor) {
		message_begin(h, &m, "floor");
		write_floor(&m.j, meeting);
		broadcast(h, meeting, message_end(&m));
	}
	if (told.faults != changes.faults) {
		message_begin(h, &m, "faults");
		write_faults(&m.j, meeting);
		broadcast(h, meeting, message_end(&m));
	}
	if (told.agenda != changes.agenda) {
		message_begin(h, &m, "items");
		agenda_write(&m.j, meeting, h->now);
		broadcast(h, meeting, message_end(&m));
	}
}

static void send_to(struct hall *h, const struct person *p, struct bytes text)
{
	struct connection *c = p->live.connection;

	if (c && c->live.informed)
		connection_send(h, c, text);
}

void tell_done_to(struct hall *h, const struct deed *d, const char *type, const char *source)
{
	struct message m;

	message_begin(h, &m, type);
	json_text(&m.j, "source", source);
	somebody_write(&m.j, "by", d->by);
	reason_write(&m.j, d->reason, d->text);
	send_to(h, d->who, message_end(&m));
}

void tell_link(struct hall *h, const struct person *to, const struct person *who, struct token *token)
{
	char link[LINK_SIZE];
	struct message m;

	seat_print_link(h, token, link);
	message_begin(h, &m, "link");
	somebody_write(&m.j, "person", who);
	json_text(&m.j, "link", link);
	send_to(h, to, message_end(&m));
	mem_wipe(link, sizeof(link));
	mem_wipe(h->scratch, SCRATCH_SIZE);
}

void tell_request_over(struct hall *h, struct meeting *meeting, uint32_t id, const char *outcome)
{
	struct message m;

	message_begin(h, &m, "request-over");
	json_number(&m.j, "id", id);
	json_text(&m.j, "outcome", outcome);
	broadcast(h, meeting, message_end(&m));
}

struct bytes tell_lobby(struct hall *h, const struct connection *c)
{
	struct message m;

	message_begin(h, &m, "lobby");
	json_boolean(&m.j, "opened", c->live.person->meeting->fold->phase == PHASE_OPEN);
	return message_end(&m);
}

struct bytes tell_aside(struct hall *h, const struct connection *c)
{
	const struct person *p = c->live.person;
	struct meeting *meeting = p->meeting;
	uint32_t open = meeting->fold->agenda.open;
	const struct recusal *noted = agenda_noted(&meeting->fold->agenda, open, p->id);
	const struct item_row *item = meeting_item(meeting, open);
	struct message m;

	message_begin(h, &m, "aside");
	json_text(&m.j, "why", "recused");
	json_open_object(&m.j, "item");
	json_number(&m.j, "id", open);
	json_text(&m.j, "title", item ? item->title : NULL);
	json_close_object(&m.j);
	somebody_write(&m.j, "by", noted ? meeting_person(meeting, noted->by) : NULL);
	reason_write(&m.j, noted ? noted->reason : REASON_NONE, noted ? noted->text : NULL);
	json_time(&m.j, "since", person_fold(p)->aside_wall);
	return message_end(&m);
}

/* The last `n` entries. */
static void write_entries(struct json *j, struct meeting *m, uint32_t n)
{
	uint32_t last = m->fold->seq, first = last > n ? last - n + 1 : 1;

	json_open_list(j, "entries");
	for (uint32_t seq = first; seq <= last && n; seq++) {
		const struct event *e = fold_entry(m->fold, seq);

		if (e)
			entry_write(j, NULL, m, e);
	}
	json_close_list(j);
}

/* As browsers take them; left out when there is none, or no memory: other ways are open. */
static void write_relays(const struct hall *h, struct json *j, const struct person *you)
{
	uint8_t text[BASE64_SIZE(HMAC_SHA1_SIZE)];
	struct writer w = writer(text, sizeof(text));
	struct turn_login login;

	if (!h->turn || !turn_login(h->turn, h->wall, you->meeting->row.number, you->id, &login))
		return;
	base64_write(&w, bytes_make(login.tag, sizeof(login.tag)));
	json_open_list(j, "relays");
	for (uint32_t i = 0; i < h->turn->n; i++) {
		json_open_object(j, NULL);
		json_text(j, "url", h->turn->urls[i]);
		json_text(j, "username", login.username);
		json_bytes(j, "credential", written(&w));
		json_close_object(j);
	}
	json_close_list(j);
}

static struct bytes compose_state(struct hall *h, const struct connection *c, uint32_t entries)
{
	struct person *you = c->live.person, *p;
	struct meeting *meeting = you->meeting;
	struct message m;

	message_begin(h, &m, "state");
	json_number(&m.j, "you", you->id);
	meeting_write(&m.j, meeting);
	json_open_list(&m.j, "people");
	meeting_for_each(p, meeting)
		if (person_is_inside(p))
			write_person(&m.j, NULL, p);
	json_close_list(&m.j);
	write_waiting(&m.j, "waiting", meeting, person_leads(you));
	write_slots(h, &m.j, you->live.feed);
	write_media(&m.j, you->live.feed);
	write_sources(&m.j, you->live.sources);
	write_entries(&m.j, meeting, entries);
	json_open_list(&m.j, "requests");
	for (int i = 0; i < LIMIT_REQUESTS && meeting->fold->requests[i].id; i++)
		write_request(h, &m.j, NULL, meeting, &meeting->fold->requests[i]);
	json_close_list(&m.j);
	write_floor(&m.j, meeting);
	write_suspended(&m.j, meeting);
	write_faults(&m.j, meeting);
	head_write(&m.j, h, &meeting->head);
	write_delivery(&m.j, you);
	roster_write(h, &m.j, meeting);
	agenda_write(&m.j, meeting, h->now);
	write_relays(h, &m.j, you);
	return message_end(&m);
}

/* 200 entries are 40 KB as people write them; of the longest possible ones only as many as fit are sent. */
struct bytes tell_state(struct hall *h, const struct connection *c)
{
	struct bytes text = { 0 };

	for (uint32_t n = FOLD_ENTRIES; !text.size && n; n /= 2)
		text = compose_state(h, c, n);
	return text;
}

struct bytes tell_waiting(struct hall *h, const struct connection *c)
{
	struct message m;

	message_begin(h, &m, "waiting");
	write_waiting(&m.j, "people", c->live.person->meeting, person_leads(c->live.person));
	return message_end(&m);
}

struct bytes tell_slots(struct hall *h, const struct connection *c)
{
	struct message m;

	message_begin(h, &m, "slots");
	write_slots(h, &m.j, c->live.person->live.feed);
	return message_end(&m);
}

static void write_layers(struct json *j, const struct feed *p, enum source_kind source)
{
	json_open_list(j, protocol_source_keys[source]);
	for (unsigned i = 0; i < MSG_LAYERS; i++)
		if (!p || p->watched[source] & 1u << i)
			json_number(j, NULL, i + 1);
	json_close_list(j);
}

struct bytes tell_watched(struct hall *h, const struct connection *c)
{
	const struct feed *p = c->live.person->live.feed;
	struct message m;

	message_begin(h, &m, "watched");
	write_layers(&m.j, p, SOURCE_CAMERA);
	write_layers(&m.j, p, SOURCE_SCREEN);
	return message_end(&m);
}

struct bytes tell_error(struct hall *h, const char *code, const char *re, const char *field)
{
	struct message m;

	message_begin(h, &m, "error");
	json_text(&m.j, "code", code);
	json_text(&m.j, "re", re);
	json_text(&m.j, "field", field);
	return message_end(&m);
}

struct bytes tell_over(struct hall *h, const char *why, const struct person *by, enum reason_code reason,
	const char *text)
{
	struct message m;

	message_begin(h, &m, "over");
	json_text(&m.j, "why", why);
	if (by) {
		json_open_object(&m.j, "by");
		json_text(&m.j, "name", by->name);
		json_text(&m.j, "office", office_word(person_office(by)));
		json_close_object(&m.j);
	} else {
		json_null(&m.j, "by");
	}
	reason_write(&m.j, reason, text);
	return message_end(&m);
}
