/* SPDX-License-Identifier: EUPL-1.2 */
/* All links of a worker: which datagram belongs to whom, and what is due. In conclave-media.
 * Invariant: STUN finds its link by ufrag, DTLS by path alone, SRTP by path, or by SSRC under a budget; each only
 * acts once it is authentic. */
#include "sfu/link/links.h"

#include <errno.h>

#include "base/mem.h"
#include "base/random.h"
#include "sfu/link/cipher.h"
#include "sfu/link/demux.h"

/* Of one who sends nothing but reports; Firefox has a reporter for each m-line. */
#define REPORTERS_NOTED 16
#define TRIALS_PER_SECOND 50	/* of a source, to authenticate at a path that is not its own */

_Static_assert(LINK_FINGERPRINT_SIZE == CERTIFICATE_FINGERPRINT_SIZE, "one digest");

DEFINE_CLEANUP(struct links *, links_free)

static int links_init(struct links *l)
{
	int r = srtp_library_open();

	if (r < 0)
		return r;
	l->has_srtp = true;
	r = paths_init(&l->paths, LIMIT_PEERS * LIMIT_PATHS_PER_PEER);
	if (r < 0)
		return r;
	r = map_init(&l->ssrcs, LIMIT_PEERS * (LIMIT_STREAMS_PER_PEER + REPORTERS_NOTED));
	if (r < 0)
		return r;
	r = ice_new(&l->ice, 2 * LIMIT_PEERS);
	if (r < 0)
		return r;
	return dtls_context_new(&l->dtls);
}

int links_new(struct links **ret)
{
	_cleanup_(links_freep) struct links *l = mem_new(struct links);
	int r;

	if (!l)
		return -ENOMEM;
	list_init(&l->links);
	list_init(&l->ready);
	l->deadline = USEC_NEVER;
	random_bytes(&l->trial_key, sizeof(l->trial_key));
	r = links_init(l);
	if (r < 0)
		return r;
	*ret = take(l);
	return 0;
}

struct links *links_free(struct links *l)
{
	struct link *k;

	if (!l)
		return NULL;
	while ((k = list_first(&l->links, struct link, in_links)))
		link_free(k);
	dtls_context_free(l->dtls);
	ice_free(l->ice);
	map_done(&l->ssrcs);
	paths_done(&l->paths);
	if (l->has_srtp)
		srtp_library_close();
	mem_free(l);
	return NULL;
}

const uint8_t *links_fingerprint(const struct links *l)
{
	return dtls_context_fingerprint(l->dtls);
}

const char *links_cipher(const struct links *l)
{
	(void)l;
	return cipher_name();	/* links_new() fails without one */
}

void links_set_worker(struct links *l, unsigned number)
{
	ice_set_worker(l->ice, number);
}

bool links_knows(const struct links *l, const struct address *at)
{
	return paths_get(&l->paths, at) != NULL;
}

void links_count(const struct links *l, struct links_numbers *ret)
{
	*ret = l->numbers;
}

int links_add(struct links *l, struct link **ret, usec_t now, void *user,
	      const uint8_t peer_fingerprint[LINK_FINGERPRINT_SIZE])
{
	struct link *k;
	int r;

	if (l->n_links == LIMIT_PEERS)
		return -ENOSPC;
	r = link_new(&k, l, now, user, peer_fingerprint);
	if (r < 0)
		return r;
	list_push_back(&l->links, &k->in_links);
	l->n_links++;
	l->deadline = MIN(l->deadline, link_deadline(k));
	*ret = k;
	return 0;
}

void links_remove(struct links *l, struct link *k)
{
	l->n_links--;
	link_free(k);
}

void links_stir(struct links *l, struct link *k)
{
	list_remove(&k->in_ready);
	list_push_back(&l->ready, &k->in_ready);
	l->deadline = MIN(l->deadline, link_deadline(k));
}

/* What comes in. */

static bool links_receive_stun(struct links *l, usec_t now, const struct address *from, struct bytes in)
{
	struct ice_check check;

	if (!ice_receive(l->ice, from, in, l->reply, &check) || check.login->link->closed)
		return false;
	l->reply_size = check.reply_size;
	l->reply_to = *from;
	l->reply_user = check.login->link->user;
	link_receive_check(check.login->link, now, from, &check);
	return true;
}

static bool budget_spend(struct budget *b, usec_t now, usec_t span, unsigned most)
{
	if (now - b->since >= span || b->spent == 0)
		*b = (struct budget){ .since = now };
	if (b->spent == most)
		return false;
	b->spent++;
	return true;
}

/* A turn of the worker has one `now`. What is passed over here, a browser says again after 50 ms. */
static bool links_may_shake_hands(struct links *l, usec_t now, struct link *k)
{
	return k->srtp || (budget_spend(&k->handshakes, now, 1, LIMIT_HANDSHAKES_PER_PEER) &&
			   budget_spend(&l->handshakes, now, 1, LIMIT_HANDSHAKES_PER_TURN));
}

static bool links_receive_dtls(struct links *l, usec_t now, const struct address *from, struct bytes in)
{
	struct link *k = paths_get(&l->paths, from);

	if (!k || k->closed || !links_may_shake_hands(l, now, k))
		return false;
	link_receive_dtls(k, now, from, in.data, in.size);
	return true;
}

/* A source is an IPv4 address, or the half of an IPv6 address that a network gives out at will. */
static bool links_may_try(struct links *l, usec_t now, const struct address *from)
{
	struct address source = { .family = from->family };

	memcpy(source.ip, from->ip, 8);
	return budget_spend(&l->trials[address_hash(&source, l->trial_key) % ARRAY_SIZE(l->trials)], now, SECONDS(1),
			    TRIALS_PER_SECOND);
}

static uint32_t media_ssrc(enum demux_kind kind, struct bytes in)
{
	struct reader r = reader(in);

	read_skip(&r, kind == DEMUX_RTP ? 8 : 4);
	return read_u32(&r);
}

static bool link_unprotect(struct link *k, enum demux_kind kind, uint8_t *data, size_t *size, struct srtp_in *ret)
{
	if (!k->srtp || k->closed)
		return false;
	return kind == DEMUX_RTP ? srtp_session_unprotect_rtp(k->srtp, data, size, ret) :
		srtp_session_unprotect_rtcp(k->srtp, data, size, ret);
}

/* A path that is not this SSRC's own: after a change of network, or of a NAT's mind. On a copy, since a packet of
 * somebody else who happens to have the same SSRC must survive it. */
static struct link *links_try(struct links *l, usec_t now, const struct address *from, enum demux_kind kind,
			      uint32_t ssrc, uint8_t *data, size_t *size, struct srtp_in *ret)
{
	struct link *k = map_get(&l->ssrcs, ssrc);

	if (!k || !links_may_try(l, now, from))
		return NULL;
	memcpy(l->trial_packet, data, *size);
	if (!link_unprotect(k, kind, l->trial_packet, size, ret))
		return NULL;
	memcpy(data, l->trial_packet, *size);
	return k;
}

static struct link *links_unprotect(struct links *l, usec_t now, const struct address *from, enum demux_kind kind,
				    uint8_t *data, size_t *size, struct srtp_in *ret)
{
	struct link *here = paths_get(&l->paths, from), *k;
	uint32_t ssrc = media_ssrc(kind, bytes_make(data, *size));

	if (!here || !here->srtp || (kind == DEMUX_RTP && !srtp_session_knows(here->srtp, ssrc))) {
		k = links_try(l, now, from, kind, ssrc, data, size, ret);
		if (k)
			return k;
	}
	return here && link_unprotect(here, kind, data, size, ret) ? here : NULL;
}

/* By which it is found again at another address. The first keeps an SSRC; there is room for all. */
static void links_note_ssrc(struct links *l, struct link *k, enum demux_kind kind, uint32_t ssrc)
{
	if (kind == DEMUX_RTCP && k->n_reporters == REPORTERS_NOTED)
		return;
	if (map_put(&l->ssrcs, ssrc, k) == 0 && kind == DEMUX_RTCP)
		k->n_reporters++;
}

static bool links_receive_media(struct links *l, usec_t now, const struct address *from, enum demux_kind kind,
				uint8_t *data, size_t size, struct link_in *ret)
{
	struct srtp_in in;
	struct link *k = links_unprotect(l, now, from, kind, data, &size, &in);

	if (!k) {
		l->numbers.srtp_refused++;
		return false;
	}
	link_hear(k, now);
	if (in.first)
		links_note_ssrc(l, k, kind, in.ssrc);
	if (in.newest && !address_equal(from, &k->to)) {
		link_add_path(k, now, from);
		k->to = *from;
	}
	*ret = (struct link_in){
		.kind = kind == DEMUX_RTP ? LINK_IN_RTP : LINK_IN_RTCP,
		.user = k->user,
		.size = size,
	};
	return true;
}

static bool links_dispatch(struct links *l, usec_t now, const struct address *from, uint8_t *data, size_t size,
			   struct link_in *ret)
{
	struct bytes in = bytes_make(data, size);
	enum demux_kind kind = demux(in);

	switch (kind) {
	case DEMUX_NOTHING:
		return false;
	case DEMUX_STUN:
		return links_receive_stun(l, now, from, in);
	case DEMUX_DTLS:
		return links_receive_dtls(l, now, from, in);
	case DEMUX_RTP:
	case DEMUX_RTCP:
		return links_receive_media(l, now, from, kind, data, size, ret);
	}
	return false;
}

void links_receive(struct links *l, usec_t now, const struct address *from, uint8_t *data, size_t size,
		   struct link_in *ret)
{
	*ret = (struct link_in){ .kind = LINK_IN_NOTHING };
	if (size > LIMIT_DATAGRAM || !links_dispatch(l, now, from, data, size, ret))
		l->numbers.datagrams_dropped++;
}

void links_timeout(struct links *l, usec_t now)
{
	struct link *k;

	if (now < l->deadline)
		return;
	l->deadline = USEC_NEVER;
	list_for_each(k, &l->links, in_links) {
		usec_t deadline = link_deadline(k);

		if (now >= deadline) {
			link_timeout(k, now);
			links_stir(l, k);
		} else {
			l->deadline = MIN(l->deadline, deadline);
		}
	}
}

usec_t links_deadline(const struct links *l)
{
	return l->deadline;
}

bool links_poll(struct links *l, struct link_out *ret)
{
	struct link *k;

	if (l->reply_size) {
		*ret = (struct link_out){
			.kind = LINK_SEND,
			.user = l->reply_user,
			.to = l->reply_to,
			.data = bytes_make(l->reply, l->reply_size),
		};
		l->reply_size = 0;
		return true;
	}
	while ((k = list_first(&l->ready, struct link, in_ready))) {
		if (link_poll(k, ret))
			return true;
		list_remove(&k->in_ready);
	}
	return false;
}
