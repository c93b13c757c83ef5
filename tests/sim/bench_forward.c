/* SPDX-License-Identifier: EUPL-1.2 */
/* What a worker spends on a forwarded packet: everyone receives everyone, over a real socket on the loopback
 * interface, in one process and virtual time. A benchmark, in no test run:
 *   ninja -C BUILD tests/sim/bench_forward && BUILD/tests/sim/bench_forward PEOPLE [SECONDS [GAP [numbers]]]
 *   valgrind --tool=callgrind --collect-atstart=no --toggle-collect=serve BUILD/tests/sim/bench_forward 10 4
 * GAP: the worker looks at its socket no sooner than so many microseconds after the last time; 0 finds each packet
 * alone, 2000 is a busy worker. "numbers": packets bear transport-wide numbers; since nobody reports on them, pictures
 * begin after three seconds. Invariant: only the time inside serve() counts, and every packet that is sent arrives. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

/* Its turns, one by one, without a controller: no other file sees them. */
#include "sfu/worker.c"

#include "tests/sfu/offer.h"
#include "tests/support/check.h"
#include "tests/support/loopback.h"
#include "sfu/client/dtls_client.h"

#define PEOPLE_MOST 30
#define FRAME_LEAST 1875	/* 600 kbit/s at 30 a second, a quarter up and down */
#define FRAME_MOST 3125
#define PACKET_MOST 1140
#define SOUND 99
#define PACKET_GAP 20		/* us between the packets of a frame */
#define VP8_HEAD 5

struct source {
	usec_t next;
	usec_t interval;
	uint16_t sequence;
	uint32_t timestamp;
	uint32_t left;		/* bytes of the frame in hand */
	uint32_t parts;		/* packets of it that are still to come */
	bool first;		/* … of which the next is the first */
	uint32_t frames;	/* one a second is a key frame */
};

struct person {
	struct dtls_client *dtls;
	int fd;
	struct address at;
	struct source sources[2];
	uint64_t received;
};

static struct {
	struct worker *worker;
	struct sockaddr_in port;
	struct person people[PEOPLE_MOST];
	unsigned n;
	struct random random;
	usec_t now;
	uint64_t sent, nanoseconds;
	bool reports;
	uint8_t sdp[LIMIT_MESSAGE];
	size_t sdp_size;
} b;

/* Joining, in memory. */

static void deliver(const struct session_out *out, uint8_t *data)
{
	struct dtls_client_in in;

	if (out->is_event && out->event.kind == MEDIA_ANSWER) {
		memcpy(b.sdp, out->event.sdp.data, out->event.sdp.size);
		b.sdp_size = out->event.sdp.size;
	}
	for (unsigned i = 0; i < b.n && !out->is_event; i++)
		if (address_equal(&b.people[i].at, &out->to))
			dtls_client_receive(b.people[i].dtls, b.now, data, out->size, &in);
}

static void take_out(void)
{
	uint8_t area[LIMIT_DATAGRAM + LINK_TAIL];
	struct session_out out;

	while (sessions_poll(b.worker->sessions, b.now, area, &out))
		deliver(&out, area);
}

static void shake_hands(struct person *p)
{
	struct bytes data;

	while (dtls_client_poll(p->dtls, &data)) {
		struct packet *packet = packet_new(b.worker->pool);

		memcpy(packet->data, data.data, data.size);
		packet->size = (uint32_t)data.size;
		sessions_receive(b.worker->sessions, b.now, &p->at, packet);
		packet_unref(packet);
		take_out();
	}
}

static void sdp_value(const char *name, char *ret, size_t size)
{
	const char *at = memmem(b.sdp, b.sdp_size, name, strlen(name));

	check(at);
	at += strlen(name);
	check(strcspn(at, "\r") < size);
	memcpy(ret, at, strcspn(at, "\r"));
	ret[strcspn(at, "\r")] = 0;
}

static void join(struct person *p, uint32_t number)
{
	static struct offer_line lines[2 * PEOPLE_MOST] = {
		{ .mid = "0", .role = ROLE_MICROPHONE, .direction = "sendonly" },
		{ .mid = "1", .role = ROLE_CAMERA, .video = true, .direction = "sendonly" },
	};
	static char mids[2 * PEOPLE_MOST][4];
	static uint8_t text[LIMIT_MESSAGE];
	struct writer sdp = writer(text, sizeof(text));
	struct media_command c = {
		.kind = MEDIA_ADD_PEER, .peer = { number }, .meeting = { 1 }, .seat = number,
		.sources = SOURCE_BIT(SOURCE_MICROPHONE) | SOURCE_BIT(SOURCE_CAMERA),
	};
	char ufrag[64], pwd[64];

	for (unsigned i = 2; i < 2 * b.n; i++) {
		(void)snprintf(mids[i], sizeof(mids[i]), "%02u", i % 100);
		lines[i] = (struct offer_line){
			.mid = mids[i], .role = i % 2 ? ROLE_VIDEO : ROLE_AUDIO, .video = i % 2,
			.direction = "recvonly", .reports = b.reports,
		};
	}
	check_eq(dtls_client_new(&p->dtls, NULL), 0);
	offer_write(&sdp, dtls_client_fingerprint(p->dtls), lines, 2 * b.n, &c);
	sessions_command(b.worker->sessions, b.now, &c);
	take_out();
	sdp_value("a=ice-ufrag:", ufrag, sizeof(ufrag));
	sdp_value("a=ice-pwd:", pwd, sizeof(pwd));
	dtls_client_start(p->dtls, b.now, ufrag, pwd, links_fingerprint(b.worker->links));
	shake_hands(p);
	check(dtls_client_connected(p->dtls));
}

/* Media. */

static void begin_frame(struct source *s, bool video)
{
	uint32_t bytes = video ? FRAME_LEAST + random_below(&b.random, FRAME_MOST - FRAME_LEAST) : SOUND;

	s->left = bytes;
	s->first = true;
	s->frames++;
	s->parts = (bytes + PACKET_MOST - 1) / PACKET_MOST;
	s->timestamp += video ? 3000 : 960;
}

/* As browsers cut: evenly, the longer packets last. */
static void write_packet(const struct person *p, struct source *s, bool video, struct writer *w)
{
	uint32_t size = s->left / s->parts;
	bool first = s->first;

	s->left -= size;
	s->parts--;
	s->first = false;
	write_u8(w, 0x90);
	write_u8(w, (uint8_t)((video ? 96 : 111) | (video && !s->parts ? 0x80 : 0)));
	write_u16(w, s->sequence++);
	write_u32(w, s->timestamp);
	write_u32(w, (uint32_t)(p - b.people) * 2 + video + 1000);
	write_u32(w, 0xbede0001);
	write_u32(w, video ? 0x40310000 : 0x40300000);	/* the mid, as id 4 */
	if (video) {
		write_u32(w, first ? 0x90808001 : 0x80808001);
		write_u8(w, s->frames % 30 != 1);	/* a key frame's is even */
		size -= VP8_HEAD;
	}
	for (uint32_t i = 0; i < size; i++)
		write_u8(w, (uint8_t)i);
}

static void send_packet(struct person *p, struct source *s, bool video)
{
	uint8_t data[LIMIT_DATAGRAM + LINK_TAIL];
	struct writer w = writer(data, LIMIT_DATAGRAM);
	size_t size;

	if (!s->parts)
		begin_frame(s, video);
	write_packet(p, s, video, &w);
	s->next += s->parts ? PACKET_GAP : s->interval;
	size = written(&w).size;
	check_eq(dtls_client_protect_rtp(p->dtls, data, &size), 0);
	check_eq(sendto(p->fd, data, size, 0, (struct sockaddr *)&b.port, sizeof(b.port)), (ssize_t)size);
	b.sent++;
}

static void take_in(struct person *p)
{
	uint8_t data[LIMIT_DATAGRAM];

	while (recv(p->fd, data, sizeof(data), MSG_DONTWAIT) > 0)
		p->received += (data[1] & 0x7f) < 64 || (data[1] & 0x7f) > 95;	/* RFC 5761: no RTCP */
}

/* One turn of the worker; callgrind collects inside. */
__attribute__((noinline, noclone)) static void serve(bool packets)
{
	struct worker *w = b.worker;

	if (packets)
		on_packets(w, LOOP_READ, b.now);
	if (b.now >= sessions_deadline(w->sessions)) {
		sessions_timeout(w->sessions, b.now);
		drain(w, b.now);
		settle(w, b.now);
	}
}

static void serve_timed(bool packets)
{
	struct timespec before, after;

	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &before);
	serve(packets);
	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &after);
	b.nanoseconds += (uint64_t)((after.tv_sec - before.tv_sec) * 1000000000 + after.tv_nsec - before.tv_nsec);
	for (unsigned i = 0; i < b.n; i++)
		take_in(&b.people[i]);
}

static struct source *next_source(struct person **ret)
{
	struct source *next = NULL;

	for (unsigned i = 0; i < 2 * b.n; i++) {
		struct source *s = &b.people[i / 2].sources[i % 2];

		if (next && next->next <= s->next)
			continue;
		next = s;
		*ret = &b.people[i / 2];
	}
	return next;
}

static void run(usec_t until, usec_t gap)
{
	usec_t wake = USEC_NEVER, last = b.now;

	for (;;) {
		struct person *p;
		struct source *s = next_source(&p);
		usec_t due = MIN(wake, MAX(sessions_deadline(b.worker->sessions), last));

		if (MIN(due, s->next) >= until)
			return;
		if (s->next < due) {
			b.now = s->next;
			send_packet(p, s, s == &p->sources[1]);
			wake = MIN(wake, MAX(b.now, last + gap));
			continue;
		}
		b.now = last = due;
		serve_timed(wake <= due);
		wake = wake <= due ? USEC_NEVER : wake;
	}
}

static void open_all(void)
{
	struct sockaddr_in none;
	int fd = loopback_bound(&b.port);

	log_set_level((enum log_level)0);
	random_seed(&b.random, 5);
	b.now = clock_now();
	check_eq(worker_new(&b.worker, fd, loopback_bound(&none)), 0);
	for (unsigned i = 0; i < b.n; i++) {
		struct person *p = &b.people[i];
		struct sockaddr_in name;

		p->fd = loopback_bound(&name);
		check(address_from_sockaddr(&p->at, (struct sockaddr *)&name, sizeof(name)));
		b.now += MSEC(1);	/* handshakes of one turn are counted */
		join(p, i + 1);
	}
	for (unsigned i = 0; i < 2 * b.n; i++) {
		struct source *s = &b.people[i / 2].sources[i % 2];

		s->interval = i % 2 ? SECONDS(1) / 30 : MSEC(20);
		s->next = b.now + 1 + random_below(&b.random, (uint32_t)s->interval);
	}
}

static void close_all(void)
{
	for (unsigned i = 0; i < b.n; i++) {
		dtls_client_free(b.people[i].dtls);
		close(b.people[i].fd);
	}
	worker_free(b.worker);
}

int main(int argc, char **argv)
{
	usec_t span = SECONDS(argc > 2 ? strtoull(argv[2], NULL, 10) : 10);
	usec_t gap = argc > 3 ? strtoull(argv[3], NULL, 10) : 0;
	struct udp_numbers n;
	uint64_t received = 0;

	b.reports = argc > 4;
	b.n = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 10;
	if (b.n < 2 || b.n > PEOPLE_MOST)
		return 2;
	open_all();
	run(b.now + span, gap);
	udp_count(b.worker->udp, &n);
	for (unsigned i = 0; i < b.n; i++)
		received += b.people[i].received;
	printf("%u people, gap %llu us: %llu in, %llu received of %llu, %.2f us of CPU each, %.1f bytes each\n", b.n,
		(unsigned long long)gap, (unsigned long long)b.sent, (unsigned long long)received,
		(unsigned long long)(b.sent * (b.n - 1)), (double)b.nanoseconds / 1e3 / (double)received,
		(double)n.bytes_out / (double)n.out);
	close_all();
	return 0;
}
