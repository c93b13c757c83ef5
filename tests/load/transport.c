/* SPDX-License-Identifier: EUPL-1.2 */
/* recvmmsg with time stamps, thirty-two at a time. In the load tool. Invariant: see transport.h. */
#include "tests/load/transport.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/mem.h"
#include "tests/load/sdp.h"
#include "tests/support/stun_message.h"

#define BATCH 32
#define BUFFER (8 * 1024 * 1024)
#define STUN_HEADER 20
#define STUN_SUCCESS 0x0101
#define CONTROL (CMSG_SPACE(sizeof(struct timespec)) + CMSG_SPACE(sizeof(uint32_t)))

union control {
	struct cmsghdr aligned;
	uint8_t bytes[CONTROL];
};

static int transport_bind(struct transport *t, const struct address *here)
{
	struct sockaddr_in name = { .sin_family = AF_INET };
	socklen_t size = sizeof(name);

	memcpy(&name.sin_addr, here->ip, sizeof(name.sin_addr));
	if (bind(t->fd, (struct sockaddr *)&name, size) < 0) {
		name.sin_addr.s_addr = INADDR_ANY;
		if (bind(t->fd, (struct sockaddr *)&name, size) < 0)
			return -errno;
	}
	if (getsockname(t->fd, (struct sockaddr *)&name, &size) < 0)
		return -errno;
	return address_from_sockaddr(&t->at, (struct sockaddr *)&name, size) ? 0 : -EIO;
}

int transport_init(struct transport *t, const struct address *here)
{
	struct dtls_client_options options = { .profiles = "SRTP_AEAD_AES_128_GCM" };
	int yes = 1, size = BUFFER, r;

	*t = (struct transport){ .fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0) };
	if (t->fd < 0)
		return -errno;
	if (setsockopt(t->fd, SOL_SOCKET, SO_TIMESTAMPNS, &yes, sizeof(yes)) < 0 ||
	    setsockopt(t->fd, SOL_SOCKET, SO_RXQ_OVFL, &yes, sizeof(yes)) < 0)
		return -errno;
	if (setsockopt(t->fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0)
		(void)setsockopt(t->fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	r = transport_bind(t, here);
	return r < 0 ? r : dtls_client_new(&t->dtls, &options);
}

void transport_done(struct transport *t)
{
	dtls_client_free(t->dtls);
	if (t->fd > 0)
		(void)close(t->fd);
}

static void transport_flush(struct transport *t)
{
	struct bytes d;

	while (dtls_client_poll(t->dtls, &d))
		if (send(t->fd, d.data, d.size, MSG_DONTWAIT) < 0)
			t->failed++;
}

bool transport_start(struct transport *t, usec_t now, const char *sdp, const struct address *to)
{
	struct sdp_side side;
	struct sockaddr_storage name;
	socklen_t size;

	if (!sdp_read_side(sdp, &side))
		return false;
	if (to->family)
		side.at = (struct address){ .family = to->family, .port = to->port ?: side.at.port };
	if (to->family)
		memcpy(side.at.ip, to->ip, sizeof(side.at.ip));
	t->server = side.at;
	size = address_to_sockaddr(&side.at, false, &name);
	if (connect(t->fd, (struct sockaddr *)&name, size) < 0)
		return false;
	t->started = now;
	dtls_client_start(t->dtls, now, side.ufrag, side.pwd, side.fingerprint);
	transport_flush(t);
	return true;
}

static usec_t note_control(struct transport *t, struct msghdr *m)
{
	struct timespec at = { 0 };

	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
		uint32_t lost;

		if (c->cmsg_level != SOL_SOCKET)
			continue;
		if (c->cmsg_type == SCM_TIMESTAMPNS)
			memcpy(&at, CMSG_DATA(c), sizeof(at));
		if (c->cmsg_type == SO_RXQ_OVFL) {
			memcpy(&lost, CMSG_DATA(c), sizeof(lost));
			t->overflown = lost;
		}
	}
	return SECONDS(at.tv_sec) + (usec_t)at.tv_nsec / 1000;
}

/* An answer to a check of the server's own, of which it waits for the first (libnice does even as a lite agent). */
static void answer_check(struct transport *t, const uint8_t *data, size_t size)
{
	uint8_t mapped[8] = { 0, 1 };
	struct stun_message m;

	if (size < STUN_HEADER)
		return;
	stun_begin(&m, STUN_SUCCESS);
	memcpy(m.data + 8, data + 8, STUN_HEADER - 8);
	for (unsigned i = 0; i < 4; i++)
		mapped[4 + i] = t->server.ip[i] ^ data[4 + i];
	mapped[2] = (uint8_t)(t->server.port >> 8) ^ data[4];
	mapped[3] = (uint8_t)t->server.port ^ data[5];
	stun_attribute(&m, STUN_XOR_MAPPED_ADDRESS, mapped, sizeof(mapped));
	stun_integrity(&m, SDP_PASSWORD);
	stun_fingerprint(&m);
	(void)send(t->fd, stun_bytes(&m).data, stun_bytes(&m).size, MSG_DONTWAIT);
}

static void take_datagram(struct transport *t, usec_t now, usec_t at, uint8_t *data, size_t size,
	transport_callback plain, void *user)
{
	struct dtls_client_in in;

	if (size && data[0] == 0 && data[1] == 1) {
		answer_check(t, data, size);
		return;
	}
	dtls_client_receive(t->dtls, now, data, size, &in);
	switch (in.kind) {
	case CLIENT_IN_NOTHING:
		t->refused++;
		return;
	case CLIENT_IN_STUN:
	case CLIENT_IN_DTLS:
		if (!t->connected && dtls_client_connected(t->dtls))
			t->connected = now;
		return;
	case CLIENT_IN_RTP:
	case CLIENT_IN_RTCP:
		plain(user, now, at, in.kind == CLIENT_IN_RTCP, bytes_make(data, in.size));
		return;
	}
}

static int receive_batch(struct transport *t, usec_t now, transport_callback plain, void *user)
{
	static uint8_t data[BATCH][LIMIT_DATAGRAM + 548];
	static union control controls[BATCH];
	struct mmsghdr messages[BATCH];
	struct iovec spans[BATCH];
	int n;

	for (unsigned i = 0; i < BATCH; i++) {
		spans[i] = (struct iovec){ .iov_base = data[i], .iov_len = sizeof(data[i]) };
		messages[i].msg_hdr = (struct msghdr){
			.msg_iov = &spans[i], .msg_iovlen = 1, .msg_control = controls[i].bytes,
			.msg_controllen = sizeof(controls[i].bytes),
		};
	}
	n = recvmmsg(t->fd, messages, BATCH, MSG_DONTWAIT, NULL);
	for (int i = 0; i < n; i++)
		take_datagram(t, now, note_control(t, &messages[i].msg_hdr), data[i], messages[i].msg_len, plain, user);
	return n;
}

void transport_turn(struct transport *t, usec_t now, transport_callback plain, void *user)
{
	if (!t->started)
		return;
	while (receive_batch(t, now, plain, user) == BATCH)
		;
	if (dtls_client_deadline(t->dtls) <= now)
		dtls_client_timeout(t->dtls, now);
	transport_flush(t);
}

void transport_send(struct transport *t, uint8_t *data, size_t size, bool rtcp)
{
	int r = rtcp ? dtls_client_protect_rtcp(t->dtls, data, &size) : dtls_client_protect_rtp(t->dtls, data, &size);

	if (r < 0 || send(t->fd, data, size, MSG_DONTWAIT) < 0)
		t->failed++;
}
