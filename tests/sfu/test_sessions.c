/* SPDX-License-Identifier: EUPL-1.2 */
/* sfu/sessions.c, with clients of a browser's transport, in memory and virtual time.
 * Invariant: after each input everything that it caused is taken out. */
#include "tests/support/check.h"

#include "base/log.h"
#include "base/mem.h"
#include "sfu/link/cipher.h"
#include "sfu/rtp/rtcp.h"
#include "sfu/sessions.h"
#include "tests/sfu/offer.h"
#include "sfu/client/dtls_client.h"

#define CLIENTS 2
#define EVENTS (LIMIT_PEERS + 8)

static const struct offer_line lines[] = {
	{ .mid = "0", .role = ROLE_MICROPHONE, .direction = "sendrecv", .repeats = true },
	{ .mid = "1", .role = ROLE_VIDEO, .video = true, .direction = "recvonly" },
	{ .mid = "2", .role = ROLE_CAMERA, .video = true, .direction = "sendonly" },
};

struct client {
	/* owned */
	struct dtls_client *dtls;

	/* state */
	struct address at;
	uint16_t sequence;
	unsigned rtp;		/* packets that reached it */
	bool deaf;		/* they are lost on the way … */
	uint8_t lost[LIMIT_DATAGRAM];	/* … this one last */
	size_t lost_size;
};

static struct {
	/* owned */
	struct pool *pool;
	struct links *links;
	struct sessions *sessions;
	struct client clients[CLIENTS];

	/* state */
	usec_t now;
	struct media_event events[EVENTS];	/* since the last command */
	size_t n_events;
	uint8_t sdp[LIMIT_MESSAGE];		/* of the last answer */
	size_t sdp_size;
} w;

static void deliver(const struct session_out *out, uint8_t *data)
{
	struct dtls_client_in in;

	for (unsigned i = 0; i < CLIENTS; i++) {
		if (!address_equal(&w.clients[i].at, &out->to))
			continue;
		if (w.clients[i].deaf) {
			memcpy(w.clients[i].lost, data, out->size);
			w.clients[i].lost_size = out->size;
			continue;
		}
		dtls_client_receive(w.clients[i].dtls, w.now, data, out->size, &in);
		w.clients[i].rtp += in.kind == CLIENT_IN_RTP;
	}
}

static void drain(void)
{
	uint8_t area[LIMIT_DATAGRAM + LINK_TAIL];
	struct session_out out;

	while (sessions_poll(w.sessions, w.now, area, &out)) {
		if (!out.is_event) {
			deliver(&out, area);
			continue;
		}
		check(w.n_events < EVENTS);
		w.events[w.n_events++] = out.event;
		if (out.event.kind != MEDIA_ANSWER)
			continue;
		memcpy(w.sdp, out.event.sdp.data, out.event.sdp.size);
		w.sdp_size = out.event.sdp.size;
	}
}

static void give(const struct address *from, struct bytes data)
{
	struct packet *p = packet_new(w.pool);

	check(p);
	memcpy(p->data, data.data, data.size);
	p->size = (uint32_t)data.size;
	sessions_receive(w.sessions, w.now, from, p);
	packet_unref(p);
	drain();
}

static void settle(void)
{
	bool said = true;

	while (said) {
		said = false;
		for (unsigned i = 0; i < CLIENTS; i++) {
			struct bytes data;

			while (dtls_client_poll(w.clients[i].dtls, &data)) {
				said = true;
				give(&w.clients[i].at, data);
			}
		}
	}
}

static void command(const struct media_command *c)
{
	w.n_events = 0;
	sessions_command(w.sessions, w.now, c);
	drain();
}

/* The first event of this kind since the last command. */
static const struct media_event *event_of(enum media_event_kind kind)
{
	for (size_t i = 0; i < w.n_events; i++)
		if (w.events[i].kind == kind)
			return &w.events[i];
	return NULL;
}

static size_t count_events(enum media_event_kind kind)
{
	size_t n = 0;

	for (size_t i = 0; i < w.n_events; i++)
		n += w.events[i].kind == kind;
	return n;
}

static void offer_lines(const struct media_command *to, unsigned client, const struct offer_line *what, size_t n)
{
	uint8_t text[8192];
	struct writer sdp = writer(text, sizeof(text));
	struct media_command c = *to;

	offer_write(&sdp, dtls_client_fingerprint(w.clients[client].dtls), what, n, &c);
	check(sdp.ok);
	command(&c);
}

static void offer(enum media_command_kind kind, uint32_t peer, uint32_t meeting, unsigned client)
{
	offer_lines(&(struct media_command){
		.kind = kind, .peer = { peer }, .meeting = { meeting }, .seat = peer + 100,
		.sources = SOURCE_BIT(SOURCE_MICROPHONE),
	}, client, lines, ARRAY_SIZE(lines));
}

/* A sound check: nobody's, in no meeting. */
static void offer_echo(uint32_t peer, unsigned client, const struct offer_line *what, size_t n)
{
	offer_lines(&(struct media_command){
		.kind = MEDIA_ADD_PEER, .peer = { peer }, .echo = true, .sources = SOURCE_BIT(SOURCE_MICROPHONE),
	}, client, what, n);
}

static void sdp_value(const char *name, char *ret, size_t size)
{
	const char *at = memmem(w.sdp, w.sdp_size, name, strlen(name));
	size_t n;

	check(at);
	at += strlen(name);
	n = strcspn(at, "\r");
	check(n < size);
	memcpy(ret, at, n);
	ret[n] = 0;
}

static void start_client(unsigned client)
{
	char ufrag[64], pwd[64];

	sdp_value("a=ice-ufrag:", ufrag, sizeof(ufrag));
	sdp_value("a=ice-pwd:", pwd, sizeof(pwd));
	dtls_client_start(w.clients[client].dtls, w.now, ufrag, pwd, links_fingerprint(w.links));
	settle();
}

static void join(uint32_t peer, unsigned client)
{
	offer(MEDIA_ADD_PEER, peer, 1, client);
	check(event_of(MEDIA_ANSWER));
	start_client(client);
	check(event_of(MEDIA_CONNECTED));
	check_text(event_of(MEDIA_CONNECTED)->word, "AEAD_AES_128_GCM");
	check_eq(event_of(MEDIA_CONNECTED)->peer.value, peer);
}

/* A packet with the mid by which the room knows whose it is. */
static struct packet *media(unsigned client, unsigned type, uint32_t ssrc, char mid, struct bytes payload)
{
	struct client *c = &w.clients[client];
	struct packet *p = packet_new(w.pool);
	struct writer out = writer(p->data, LIMIT_DATAGRAM);
	size_t size;

	write_be(&out, 0x9000 | type, 2);
	write_u16(&out, c->sequence);
	write_u32(&out, 960u * c->sequence++);
	write_u32(&out, ssrc);
	write_be(&out, 0xbede0001, 4);
	write_be(&out, 0x40000000 | (uint32_t)mid << 16, 4);	/* id 4, one byte */
	write_bytes(&out, payload);
	size = written(&out).size;
	check_eq(dtls_client_protect_rtp(c->dtls, p->data, &size), 0);
	p->size = (uint32_t)size;
	return p;
}

/* One packet of sound. */
static struct packet *spoken(unsigned client)
{
	static const uint8_t sound[80];

	return media(client, 111, 4000 + client, '0', bytes_make(sound, sizeof(sound)));
}

/* One of a picture. */
static struct packet *shown(unsigned client, bool key, bool last)
{
	uint8_t picture[80] = { key ? 0x90 : 0x80, 0x80, 0x80, 0x01, !key };

	return media(client, 96 | (last ? 0x80 : 0), 5000 + client, '2', bytes_make(picture, sizeof(picture)));
}

static void speak(unsigned client)
{
	struct packet *p = spoken(client);

	give(&w.clients[client].at, bytes_make(p->data, p->size));
	packet_unref(p);
}

/* Both are there, and the first shows a picture. */
static void watch(void)
{
	join(1, 0);
	join(2, 1);
	command(&(struct media_command){ .kind = MEDIA_SET_SOURCES, .peer = { 1 },
					 .sources = SOURCE_BIT(SOURCE_CAMERA) });
}

static void run_until(usec_t until)
{
	while (sessions_deadline(w.sessions) <= until) {
		w.now = MAX(w.now, sessions_deadline(w.sessions));
		sessions_timeout(w.sessions, w.now);
		drain();
	}
	w.now = until;
}

static int set_up(void **state)
{
	(void)state;
	log_set_level(LOG_LEVEL_ERROR);
	memset(&w, 0, sizeof(w));
	w.now = SECONDS(1000);
	check_eq(pool_new(&w.pool, 4096), 0);
	check_eq(links_new(&w.links), 0);
	check_eq(sessions_new(&w.sessions, w.links, w.pool, 3478, 1), 0);
	for (unsigned i = 0; i < CLIENTS; i++) {
		check(address_parse_ip(&w.clients[i].at, "192.0.2.1"));
		w.clients[i].at.port = (uint16_t)(5000 + i);
		check_eq(dtls_client_new(&w.clients[i].dtls, NULL), 0);
	}
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	for (unsigned i = 0; i < CLIENTS; i++)
		dtls_client_free(w.clients[i].dtls);
	sessions_free(w.sessions);
	links_free(w.links);
	pool_free(w.pool);
	return 0;
}

TEST(two_hear_each_other)
{
	join(1, 0);
	join(2, 1);
	w.n_events = 0;
	speak(0);
	check_eq(w.clients[1].rtp, 1);
	check_eq(w.clients[0].rtp, 0);
	check(event_of(MEDIA_HEARD));
	check_eq(event_of(MEDIA_HEARD)->peer.value, 1);
	check(event_of(MEDIA_HEARD)->on);

	command(&(struct media_command){ .kind = MEDIA_SET_SOURCES, .peer = { 1 } });
	speak(0);
	check_eq(w.clients[1].rtp, 1);
	command(&(struct media_command){ .kind = MEDIA_SET_SOURCES, .peer = { 1 },
					 .sources = SOURCE_BIT(SOURCE_MICROPHONE) });
	check(event_of(MEDIA_SLOT));
	check_text(event_of(MEDIA_SLOT)->mid, "0");
	speak(0);
	check_eq(w.clients[1].rtp, 2);
	command(&(struct media_command){ .kind = MEDIA_SET_RANK, .peer = { 1 }, .rank = 5 });
	check_eq(count_events(MEDIA_REFUSED), 0);
}

/* Media may wait for what it can leave with; a command never finds it waiting. */
TEST(media_waits_and_answers_do_not)
{
	uint8_t area[LIMIT_DATAGRAM + LINK_TAIL];
	struct session_out out;
	struct packet *p;

	join(1, 0);
	join(2, 1);
	check_eq(sessions_send_by(w.sessions), USEC_NEVER);
	p = spoken(0);
	sessions_receive(w.sessions, w.now, &w.clients[0].at, p);
	packet_unref(p);
	check(!sessions_poll_answers(w.sessions, w.now, area, &out));
	check_eq(sessions_send_by(w.sessions), w.now);		/* sound: as soon as what was read is read */
	check_eq(sessions_deadline(w.sessions), w.now);
	check_eq(w.clients[1].rtp, 0);
	drain();
	check_eq(w.clients[1].rtp, 1);
	check_eq(sessions_send_by(w.sessions), USEC_NEVER);
	check(sessions_deadline(w.sessions) > w.now);

	dtls_client_check(w.clients[0].dtls, false);
	settle();
	check_eq(sessions_send_by(w.sessions), USEC_NEVER);	/* a check makes no media wait */
}

/* A part of a picture waits for the next, but not long, and never as many as would be too many. */
TEST(a_picture_is_waited_for)
{
	uint8_t area[LIMIT_DATAGRAM + LINK_TAIL];
	struct session_out out;
	usec_t begun = w.now;
	struct packet *p;
	unsigned n;

	watch();
	for (n = 0; n < 3; n++) {
		p = shown(0, n == 0, n == 2);
		sessions_receive(w.sessions, w.now, &w.clients[0].at, p);
		packet_unref(p);
		check(!sessions_poll_answers(w.sessions, w.now, area, &out));
		check_eq(sessions_send_by(w.sessions), n == 2 ? w.now : begun + SESSIONS_COALESCE);
		w.now += 100;
	}
	drain();
	check_eq(w.clients[1].rtp, 3);

	for (n = 0; sessions_send_by(w.sessions) != 0; n++) {
		check(n < LIMIT_EGRESS);
		p = shown(0, false, false);
		sessions_receive(w.sessions, w.now, &w.clients[0].at, p);
		packet_unref(p);
	}
	check_ge(n, 2);
	drain();
	check_eq(w.clients[1].rtp, 3 + n);
}

TEST(a_controller_that_adopts)
{
	join(1, 0);
	offer(MEDIA_ADD_PEER, 2, 1, 1);
	command(&(struct media_command){ .kind = MEDIA_CONFIGURE });
	check_eq(w.events[0].kind, MEDIA_READY);
	check_eq(w.events[0].version, MSG_VERSION);
	check_eq(w.events[0].port, 3478);
	check_text(w.events[0].word, cipher_name());
	check_eq(count_events(MEDIA_PRESENT), 2);
	check_eq(w.events[1].kind, MEDIA_PRESENT);
	check_eq(w.events[1].peer.value, 1);
	check_eq(w.events[1].seat, 101);
	check_eq(w.events[1].meeting.value, 1);
	check_eq(w.events[1].sources, SOURCE_BIT(SOURCE_MICROPHONE));
	check(w.events[1].on && !w.events[2].on);
	check_eq(w.events[3].kind, MEDIA_PRESENT_END);
	check(event_of(MEDIA_SLOT));		/* what is carried where is told again */
}

/* Who leaves while the list is being told is passed over, and the list still ends. */
TEST(a_list_cut_short)
{
	uint8_t area[LIMIT_DATAGRAM + LINK_TAIL];
	struct session_out out;

	for (uint32_t peer = 1; peer <= 3; peer++)
		offer(MEDIA_ADD_PEER, peer, 1, 0);
	sessions_command(w.sessions, w.now, &(struct media_command){ .kind = MEDIA_CONFIGURE });
	for (unsigned i = 0; i < 2; i++)	/* READY, and the first */
		check(sessions_poll(w.sessions, w.now, area, &out));
	check_eq(out.event.peer.value, 1);
	command(&(struct media_command){ .kind = MEDIA_REMOVE_PEER, .peer = { 2 } });
	check_eq(count_events(MEDIA_PRESENT), 1);
	check_eq(event_of(MEDIA_PRESENT)->peer.value, 3);
	check_eq(count_events(MEDIA_PRESENT_END), 1);
}

TEST(an_ice_restart)
{
	char version[64];

	join(1, 0);
	offer(MEDIA_RESTART_ICE, 1, 1, 0);
	check(event_of(MEDIA_ANSWER));
	sdp_value("o=- ", version, sizeof(version));
	check(strstr(version, " 2 IN IP4"));
	offer(MEDIA_RESTART_ICE, 9, 1, 0);
	check_text(event_of(MEDIA_REFUSED)->word, "no-peer");
	command(&(struct media_command){ .kind = MEDIA_RESTART_ICE, .peer = { 1 }, .sdp = bytes_of_string("v=1") });
	check(event_of(MEDIA_REFUSED));
	speak(0);
	check_eq(count_events(MEDIA_GONE), 0);
}

TEST(the_same_id_again)
{
	join(1, 0);
	offer(MEDIA_ADD_PEER, 1, 1, 1);
	check(event_of(MEDIA_ANSWER));
	command(&(struct media_command){ .kind = MEDIA_CONFIGURE });
	check_eq(count_events(MEDIA_PRESENT), 1);
	check(!event_of(MEDIA_PRESENT)->on);
}

TEST(silence_and_its_end)
{
	join(1, 0);
	w.n_events = 0;
	run_until(w.now + SECONDS(6));
	check(event_of(MEDIA_SILENT) && event_of(MEDIA_SILENT)->on);
	run_until(w.now + SECONDS(5));
	w.n_events = 0;
	speak(0);
	check(event_of(MEDIA_SILENT) && !event_of(MEDIA_SILENT)->on);
	run_until(w.now + SECONDS(61));
	check(event_of(MEDIA_GONE));
	check_text(event_of(MEDIA_GONE)->word, "timeout");
	command(&(struct media_command){ .kind = MEDIA_CONFIGURE });
	check_eq(count_events(MEDIA_PRESENT), 0);
}

TEST(goodbye)
{
	join(1, 0);
	w.n_events = 0;
	dtls_client_close(w.clients[0].dtls);
	settle();
	check(event_of(MEDIA_GONE));
	check_text(event_of(MEDIA_GONE)->word, "closed");
}

TEST(rooms_are_capped)
{
	for (uint32_t i = 1; i <= LIMIT_ROOMS; i++) {
		offer(MEDIA_ADD_PEER, i, i, 0);
		check(event_of(MEDIA_ANSWER));
	}
	offer(MEDIA_ADD_PEER, 999, 999, 0);
	check_text(event_of(MEDIA_REFUSED)->word, "full");
	command(&(struct media_command){ .kind = MEDIA_REMOVE_PEER, .peer = { 1 } });
	offer(MEDIA_ADD_PEER, 999, 999, 0);	/* the first room went with the one who was in it */
	check(event_of(MEDIA_ANSWER));
}

TEST(a_room_is_capped)
{
	for (uint32_t i = 1; i <= LIMIT_PEERS_PER_ROOM; i++) {
		offer(MEDIA_ADD_PEER, i, 1, 0);
		check(event_of(MEDIA_ANSWER));
	}
	offer(MEDIA_ADD_PEER, 999, 1, 0);
	check_text(event_of(MEDIA_REFUSED)->word, "full");
	command(&(struct media_command){ .kind = MEDIA_CONFIGURE });
	check_eq(count_events(MEDIA_PRESENT), LIMIT_PEERS_PER_ROOM);
}

static void join_echo(uint32_t peer, unsigned client)
{
	offer_echo(peer, client, lines, 1);
	check(event_of(MEDIA_ANSWER));
	start_client(client);
	check(event_of(MEDIA_CONNECTED));
}

TEST(a_sound_check_hears_itself)
{
	join_echo(1, 0);
	for (unsigned i = 0; i < 50; i++)
		speak(0);
	check_eq(w.clients[0].rtp, 50);
}

/* The canary: not from a meeting, not from another sound check, and nothing into either. */
TEST(a_sound_check_reaches_nobody_else)
{
	join(1, 0);
	join_echo(2, 1);
	for (unsigned i = 0; i < 50; i++) {
		speak(0);
		speak(1);
	}
	check_eq(w.clients[0].rtp, 0);
	check_eq(w.clients[1].rtp, 50);		/* its own: the other's line has the same mid */
	check(!event_of(MEDIA_HEARD) || event_of(MEDIA_HEARD)->peer.value == 2);
}

TEST(two_sound_checks_are_apart)
{
	join_echo(1, 0);
	join_echo(2, 1);
	speak(0);
	speak(0);
	check_eq(w.clients[0].rtp, 2);
	check_eq(w.clients[1].rtp, 0);
}

TEST(a_sound_check_ends)
{
	join_echo(1, 0);
	for (unsigned i = 0; i < LIMIT_ECHO_SECONDS - 1; i++) {
		speak(0);
		run_until(w.now + SECONDS(1));
	}
	run_until(w.now + SECONDS(1) - 1);
	check(!event_of(MEDIA_GONE));
	speak(0);
	check_eq(w.clients[0].rtp, LIMIT_ECHO_SECONDS);
	run_until(w.now + 1);
	check_eq(event_of(MEDIA_GONE)->peer.value, 1);
	check_text(event_of(MEDIA_GONE)->word, "over");
	speak(0);
	check_eq(w.clients[0].rtp, LIMIT_ECHO_SECONDS);
}

/* A place apart: they keep no meeting out, and meetings none of them. */
TEST(sound_checks_are_capped)
{
	for (uint32_t i = 1; i <= LIMIT_ECHOES; i++) {
		offer_echo(i, 0, lines, 1);
		check(event_of(MEDIA_ANSWER));
	}
	offer_echo(999, 0, lines, 1);
	check_text(event_of(MEDIA_REFUSED)->word, "full");
	for (uint32_t i = 1; i <= LIMIT_ROOMS; i++) {
		offer(MEDIA_ADD_PEER, 1000 + i, i, 0);
		check(event_of(MEDIA_ANSWER));
	}
	run_until(w.now + SECONDS(LIMIT_ECHO_SECONDS));
	offer_echo(999, 0, lines, 1);
	check(event_of(MEDIA_ANSWER));
}

/* It is sound, once each way. */
TEST(a_sound_check_is_of_sound)
{
	static const struct offer_line apart[] = {
		{ .mid = "0", .direction = "sendonly" }, { .mid = "1", .direction = "recvonly" },
	};
	static const struct offer_line deaf[] = { { .mid = "0", .direction = "sendonly" } };
	static const struct offer_line twice[] = {
		{ .mid = "0", .direction = "sendrecv" }, { .mid = "1", .direction = "recvonly" },
	};

	offer_echo(1, 0, apart, ARRAY_SIZE(apart));
	check(event_of(MEDIA_ANSWER));
	offer_echo(2, 0, lines, ARRAY_SIZE(lines));
	check_text(event_of(MEDIA_REFUSED)->word, "role-of-other-kind");
	offer_echo(3, 0, deaf, ARRAY_SIZE(deaf));
	check_text(event_of(MEDIA_REFUSED)->word, "echo-lines");
	offer_echo(4, 0, twice, ARRAY_SIZE(twice));
	check_text(event_of(MEDIA_REFUSED)->word, "echo-lines");
}

static void show(bool key)
{
	struct packet *p = shown(0, key, true);

	give(&w.clients[0].at, bytes_make(p->data, p->size));
	packet_unref(p);
}

static void draw(uint16_t width, uint16_t height)
{
	command(&(struct media_command){ .kind = MEDIA_SET_LAYOUT, .peer = { 2 }, .n_wishes = 1,
					 .wishes = { { .mid = "1", .width = width, .height = height } } });
}

/* What nobody draws reaches nobody, and its sender is told; drawn again, it is told at once. */
TEST(what_is_not_drawn_is_not_sent)
{
	watch();
	show(true);
	check_eq(w.clients[1].rtp, 1);
	draw(0, 0);
	show(false);
	show(true);
	check_eq(w.clients[1].rtp, 1);
	run_until(w.now + SECONDS(4));
	check(event_of(MEDIA_WATCHED));
	check_eq(event_of(MEDIA_WATCHED)->peer.value, 1);
	check_eq(event_of(MEDIA_WATCHED)->source, SOURCE_CAMERA);
	check_eq(event_of(MEDIA_WATCHED)->layers, 0);
	command(&(struct media_command){ .kind = MEDIA_CONFIGURE });	/* the next controller hears of it, too */
	check_eq(event_of(MEDIA_WATCHED)->layers, 0);
	draw(640, 360);
	run_until(w.now + MSEC(100));
	check(event_of(MEDIA_WATCHED));
	check_eq(event_of(MEDIA_WATCHED)->layers, 1);
	show(true);
	check_eq(w.clients[1].rtp, 2);
}

TEST(what_was_counted_stays_when_a_room_goes)
{
	uint64_t after[COUNT_N];

	join(1, 0);
	join(2, 1);
	speak(0);
	speak(0);
	offer(MEDIA_ADD_PEER, 3, 2, 0);
	run_until(w.now + SECONDS(70));		/* its handshake never comes, the others fall silent: no room is left */
	command(&(struct media_command){ .kind = MEDIA_CONFIGURE });
	check_eq(count_events(MEDIA_PRESENT), 0);
	sessions_count(w.sessions, after);
	check_eq(after[COUNT_HANDSHAKES_DONE], 2);
	check_eq(after[COUNT_HANDSHAKES_TIMEOUT] + after[COUNT_HANDSHAKES_FAILED], 1);
	check_eq(after[COUNT_PACKETS_IN], 2);
	check_ge(after[COUNT_PACKETS_OUT], 2);
	check_ge(after[COUNT_BYTES_IN], 2 * 80);
	check_eq(after[COUNT_FORWARD], 0);	/* that is the worker's to measure */
}

/* When it came is known of what is forwarded, and of nothing else. */
TEST(what_is_forwarded_knows_when_it_came)
{
	uint8_t area[LIMIT_DATAGRAM + LINK_TAIL];
	struct session_out out;
	struct packet *p;
	unsigned forwarded = 0;

	join(1, 0);
	join(2, 1);
	for (unsigned n = 0; n < 2; n++) {
		p = spoken(0);
		sessions_receive(w.sessions, w.now, &w.clients[0].at, p);
		packet_unref(p);
		w.now += 70;
	}
	while (sessions_poll(w.sessions, w.now, area, &out)) {
		if (out.is_event || !address_equal(&out.to, &w.clients[1].at))
			continue;
		check_eq(out.arrived, w.now - 140);
		forwarded++;
	}
	check_eq(forwarded, 2);
	run_until(w.now + SECONDS(2));
	p = spoken(0);
	sessions_receive(w.sessions, w.now, &w.clients[0].at, p);
	packet_unref(p);
	while (sessions_poll(w.sessions, w.now, area, &out))
		forwarded += !out.is_event && out.arrived == w.now;
	check_eq(forwarded, 3);
}

static void ask_again(unsigned client)
{
	const uint8_t *lost = w.clients[client].lost;
	uint16_t sequence = (uint16_t)(lost[2] << 8 | lost[3]);
	struct reader r = reader(bytes_make(lost + 8, 4));
	uint8_t data[64 + LINK_TAIL];
	struct writer nack = writer(data, 64);
	size_t size;

	rtcp_write_nack(&nack, 77, read_u32(&r), &sequence, 1);
	size = written(&nack).size;
	check_eq(dtls_client_protect_rtcp(w.clients[client].dtls, data, &size), 0);
	give(&w.clients[client].at, bytes_make(data, size));
}

/* What is encrypted once more under the same number has to be the same bytes; it is, since it is not. */
TEST(lost_sound_comes_as_it_was_sent)
{
	uint8_t first[LIMIT_DATAGRAM];
	size_t size;

	join(1, 0);
	join(2, 1);
	check(memmem(w.sdp, w.sdp_size, "a=rtcp-fb:111 nack\r\n", 20));
	speak(0);
	check_eq(w.clients[1].rtp, 1);
	w.clients[1].deaf = true;
	speak(0);
	size = w.clients[1].lost_size;
	memcpy(first, w.clients[1].lost, size);
	check(size > 100);
	w.clients[1].lost_size = 0;
	run_until(w.now + MSEC(30));
	ask_again(1);
	check_eq(w.clients[1].lost_size, size);
	check_eq(memcmp(first, w.clients[1].lost, size), 0);
	/* And its receiver takes it. */
	w.clients[1].deaf = false;
	run_until(w.now + MSEC(60));
	ask_again(1);
	check_eq(w.clients[1].rtp, 2);
}

TEST(an_end_is_said)
{
	join(1, 0);
	command(&(struct media_command){ .kind = MEDIA_END });
	check_eq(w.n_events, 1);
	check_eq(w.events[0].kind, MEDIA_ENDING);
}

/* Whichever allocation of a join fails, it is refused whole, and the next one is as if nothing had been. */
TEST(no_memory)
{
	bool reached = false;

	for (unsigned long n = 1; !reached; n++) {
		mem_fail_at(n, 0);
		offer(MEDIA_ADD_PEER, 1, 1, 0);
		reached = mem_fail_at(0, 0) < n;
		check(event_of(reached ? MEDIA_ANSWER : MEDIA_REFUSED));
		command(&(struct media_command){ .kind = MEDIA_CONFIGURE });
		check_eq(count_events(MEDIA_PRESENT), reached);
		check(n < 100);
	}
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static const struct CMUnitTest tests[] = {
	CASE(two_hear_each_other),
	CASE(media_waits_and_answers_do_not),
	CASE(a_picture_is_waited_for),
	CASE(what_is_not_drawn_is_not_sent),
	CASE(what_was_counted_stays_when_a_room_goes),
	CASE(what_is_forwarded_knows_when_it_came),
	CASE(lost_sound_comes_as_it_was_sent),
	CASE(an_end_is_said),
	CASE(a_controller_that_adopts),
	CASE(a_list_cut_short),
	CASE(an_ice_restart),
	CASE(the_same_id_again),
	CASE(silence_and_its_end),
	CASE(goodbye),
	CASE(rooms_are_capped),
	CASE(a_room_is_capped),
	CASE(a_sound_check_hears_itself),
	CASE(a_sound_check_reaches_nobody_else),
	CASE(two_sound_checks_are_apart),
	CASE(a_sound_check_ends),
	CASE(sound_checks_are_capped),
	CASE(a_sound_check_is_of_sound),
	CASE(no_memory),
};

RUN_TESTS(tests)
