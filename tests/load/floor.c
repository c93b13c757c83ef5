/* SPDX-License-Identifier: EUPL-1.2 */
/* The floor of this machine: what one forwarded packet costs when nothing is decided. floor [MS]: each variant for so
 * long, five times, taking turns; prints a line each: what, a tab, the median of the ns of processor time a packet.
 * Invariant: what is sent was protected before, by our own session, each packet with a new sequence number. */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/random.h"
#include "sfu/link/srtp_session.h"

#define ROUNDS 5
#define BURST 30		/* divisible by every group */
#define PACKET 1100		/* of RTP; the tag comes on top */
#define SOUND 111
#define TAG 16
#define AREA (PACKET + 64)

struct variant {
	const char *what;
	size_t size;		/* of the plain packet */
	unsigned group;		/* datagrams of one UDP_SEGMENT send; 1: sendmmsg of single ones; 0: none is sent */
	double ns[ROUNDS];
};

static struct variant variants[] = {
	{ .what = "protect, 1100 B", .size = PACKET },
	{ .what = "protect, 111 B", .size = SOUND },
	{ .what = "protect + sendmmsg, 1100 B", .size = PACKET, .group = 1 },
	{ .what = "protect + sendmmsg, 111 B", .size = SOUND, .group = 1 },
	{ .what = "protect + UDP_SEGMENT groups of 3, 1100 B", .size = PACKET, .group = 3 },
	{ .what = "protect + UDP_SEGMENT groups of 5, 1100 B", .size = PACKET, .group = 5 },
	{ .what = "protect + UDP_SEGMENT groups of 10, 1100 B", .size = PACKET, .group = 10 },
};

struct floor {
	struct srtp_session *session;
	struct sockaddr_in to;
	int fd, sink;
	uint16_t sequence;
	uint8_t areas[BURST * AREA];
};

static void die(const char *what)
{
	fprintf(stderr, "floor: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* Nobody reads: a small buffer that is full, so that what comes is dropped where it would be read. */
static void open_sockets(struct floor *f)
{
	socklen_t size = sizeof(f->to);
	int small = 1;

	f->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	f->sink = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	f->to = (struct sockaddr_in){ .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	if (f->fd < 0 || f->sink < 0 || setsockopt(f->sink, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small)) < 0 ||
	    bind(f->sink, (struct sockaddr *)&f->to, size) < 0 ||
	    getsockname(f->sink, (struct sockaddr *)&f->to, &size) < 0)
		die("socket");
}

/* One behind the other, as they would leave; the size of each on the wire. */
static size_t protect_burst(struct floor *f, size_t plain)
{
	size_t wire = plain + TAG;

	for (unsigned i = 0; i < BURST; i++) {
		uint8_t *p = f->areas + i * wire;
		size_t size = plain;

		memset(p, 0, 12);
		p[0] = 0x80;
		p[1] = 96;
		p[2] = (uint8_t)(f->sequence >> 8);
		p[3] = (uint8_t)f->sequence++;
		p[11] = 1;
		if (srtp_session_protect_rtp(f->session, 0, p, &size) < 0 || size != wire)
			die("protect");
	}
	return wire;
}

static void send_burst(struct floor *f, size_t wire, unsigned group)
{
	union {
		struct cmsghdr aligned;
		uint8_t bytes[CMSG_SPACE(sizeof(uint16_t))];
	} control[BURST] = { 0 };
	struct mmsghdr messages[BURST];
	struct iovec spans[BURST];
	unsigned n = BURST / group;

	for (unsigned i = 0; i < n; i++) {
		struct msghdr *m = &messages[i].msg_hdr;
		uint16_t segment = (uint16_t)wire;
		struct cmsghdr *c;

		spans[i] = (struct iovec){ f->areas + i * group * wire, group * wire };
		*m = (struct msghdr){
			.msg_name = &f->to, .msg_namelen = sizeof(f->to), .msg_iov = &spans[i], .msg_iovlen = 1,
		};
		if (group == 1)
			continue;
		m->msg_control = control[i].bytes;
		m->msg_controllen = sizeof(control[i].bytes);
		c = CMSG_FIRSTHDR(m);
		c->cmsg_level = SOL_UDP;
		c->cmsg_type = UDP_SEGMENT;
		c->cmsg_len = CMSG_LEN(sizeof(segment));
		memcpy(CMSG_DATA(c), &segment, sizeof(segment));
	}
	for (unsigned done = 0; done < n;) {
		int r = sendmmsg(f->fd, messages + done, n - done, 0);

		if (r <= 0)
			die("send");
		done += (unsigned)r;
	}
}

/* Of this process: on a machine that others use, the clock on the wall says nothing. */
static usec_t cpu_now(void)
{
	struct rusage u;

	if (getrusage(RUSAGE_SELF, &u) < 0)
		die("getrusage");
	return SECONDS(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + (usec_t)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

static double measure(struct floor *f, const struct variant *v, usec_t span)
{
	usec_t begin = cpu_now(), end;
	uint64_t packets = 0;

	do {
		for (unsigned i = 0; i < 10; i++) {
			size_t wire = protect_burst(f, v->size);

			if (v->group)
				send_burst(f, wire, v->group);
			packets += BURST;
		}
		end = cpu_now();
	} while (end < begin + span);
	return (double)(end - begin) * 1000 / (double)packets;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	static struct floor f;
	struct srtp_keys keys = { .suite = SRTP_SUITE_AEAD_AES_128_GCM };
	usec_t span = MSEC(argc > 1 ? strtoul(argv[1], NULL, 10) : 200);

	random_bytes(keys.outbound, sizeof(keys.outbound));
	random_bytes(keys.inbound, sizeof(keys.inbound));
	if (srtp_library_open() < 0 || srtp_session_new(&f.session, &keys) < 0)
		die("srtp");
	open_sockets(&f);
	for (unsigned round = 0; round < ROUNDS; round++)
		for (size_t i = 0; i < ARRAY_SIZE(variants); i++)
			variants[i].ns[round] = measure(&f, &variants[i], span);
	for (size_t i = 0; i < ARRAY_SIZE(variants); i++) {
		qsort(variants[i].ns, ROUNDS, sizeof(double), compare);
		printf("%s\t%.0f\n", variants[i].what, variants[i].ns[ROUNDS / 2]);
	}
	srtp_session_free(f.session);
	srtp_library_close();
	(void)close(f.fd);
	(void)close(f.sink);
	return 0;
}
