/* SPDX-License-Identifier: EUPL-1.2 */
/* One participant's secured path. In conclave-media.
 * Invariant: `to` is where SRTP or SRTCP last authenticated with a packet newer than all before it, or, before any did,
 * where the handshake was completed. A STUN check alone never moves it: checks can be replayed (ATTACKS A14). */
#include "sfu/link/links.h"

#include <assert.h>
#include <errno.h>

#include "base/mem.h"

/* ARCHITECTURE, timers. */
#define SILENT_AFTER SECONDS(5)
#define SUSPENDED_AFTER SECONDS(10)
#define CLOSED_AFTER SECONDS(60)
/* From the first check: three attempts of ten seconds. */
#define HANDSHAKE_WITHIN SECONDS(30)

DEFINE_CLEANUP(struct link *, link_free)

int link_new(struct link **ret, struct links *l, usec_t now, void *user, const uint8_t *peer_fingerprint)
{
	_cleanup_(link_freep) struct link *k = mem_new(struct link);
	int r;

	if (!k)
		return -ENOMEM;
	list_init(&k->in_links);
	list_init(&k->in_ready);
	k->links = l;
	k->user = user;
	k->heard = now;
	k->handshake_by = USEC_NEVER;
	r = dtls_new(&k->dtls, l->dtls, peer_fingerprint);
	if (r < 0)
		return r;
	r = ice_add(l->ice, &k->login, k);
	if (r < 0)
		return r;
	*ret = take(k);
	return 0;
}

/* Only the first link with an SSRC stands in the map. */
static void link_forget_ssrc(struct link *k, uint32_t ssrc)
{
	if (map_get(&k->links->ssrcs, ssrc) == k)
		(void)map_remove(&k->links->ssrcs, ssrc);
}

static void link_forget_ssrcs(struct link *k)
{
	uint32_t ssrc;

	for (size_t i = 0; k->srtp && srtp_session_ssrc(k->srtp, i, &ssrc); i++)
		link_forget_ssrc(k, ssrc);
	for (size_t i = 0; k->srtp && srtp_session_reporter(k->srtp, i, &ssrc); i++)
		link_forget_ssrc(k, ssrc);
}

struct link *link_free(struct link *k)
{
	if (!k)
		return NULL;
	link_forget_ssrcs(k);
	for (unsigned i = 0; i < k->n_paths; i++)
		paths_remove(&k->links->paths, &k->paths[i].at);
	list_remove(&k->in_links);
	list_remove(&k->in_ready);
	ice_remove(k->links->ice, &k->login);
	ice_remove(k->links->ice, &k->old_login);
	dtls_free(k->dtls);
	srtp_session_free(k->srtp);
	mem_free(k);
	return NULL;
}

const char *link_ufrag(const struct link *k)
{
	return k->login.ufrag;
}

const char *link_pwd(const struct link *k)
{
	return k->login.pwd;
}

void link_restart_ice(struct link *k)
{
	int r;

	ice_remove(k->links->ice, &k->old_login);
	ice_move(k->links->ice, &k->old_login, &k->login);
	r = ice_add(k->links->ice, &k->login, k);
	assert(r == 0);		/* there is room for two a link */
}

void link_hear(struct link *k, usec_t now)
{
	k->heard = now;
	if (!k->silent)
		return;
	k->silent = k->suspended = false;
	links_stir(k->links, k);
}

void link_close(struct link *k, const char *word)
{
	k->closed = word;
	links_stir(k->links, k);
}

/* Paths. */

static unsigned link_find_path(const struct link *k, const struct address *at)
{
	unsigned i = 0;

	while (i < k->n_paths && !address_equal(&k->paths[i].at, at))
		i++;
	return i;
}

void link_lose_path(struct link *k, const struct address *at)
{
	unsigned i = link_find_path(k, at);

	if (i < k->n_paths)
		k->paths[i] = k->paths[--k->n_paths];
}

static unsigned link_count_tcp(const struct link *k)
{
	unsigned n = 0;

	for (unsigned i = 0; i < k->n_paths; i++)
		n += k->paths[i].at.tcp;
	return n;
}

/* The one that was checked longest ago, but not one in use. */
static unsigned link_oldest_path(const struct link *k, bool tcp)
{
	unsigned oldest = k->n_paths;

	for (unsigned i = 0; i < k->n_paths; i++) {
		if ((tcp && !k->paths[i].at.tcp) || address_equal(&k->paths[i].at, &k->to) ||
		    address_equal(&k->paths[i].at, &k->dtls_to))
			continue;
		if (oldest == k->n_paths || k->paths[i].checked < k->paths[oldest].checked)
			oldest = i;
	}
	return oldest;
}

void link_add_path(struct link *k, usec_t now, const struct address *at)
{
	struct link *other = paths_get(&k->links->paths, at);
	unsigned i = link_find_path(k, at);
	bool tcp_full;

	if (i < k->n_paths) {
		k->paths[i].checked = now;
		return;
	}
	if (other)
		link_lose_path(other, at);	/* a port that a NAT gave to somebody else */
	tcp_full = at->tcp && link_count_tcp(k) == LIMIT_TCP_PER_PEER;
	if (tcp_full || k->n_paths == LIMIT_PATHS_PER_PEER) {
		i = link_oldest_path(k, tcp_full);
		paths_remove(&k->links->paths, &k->paths[i].at);
	} else {
		k->n_paths++;
	}
	k->paths[i].at = *at;
	k->paths[i].checked = now;
	(void)paths_put(&k->links->paths, at, k);	/* sized for all paths of all links */
}

/* What comes in. */

void link_receive_check(struct link *k, usec_t now, const struct address *from, const struct ice_check *check)
{
	link_hear(k, now);
	link_add_path(k, now, from);
	if (!k->srtp && k->handshake_by == USEC_NEVER) {
		k->handshake_by = now + HANDSHAKE_WITHIN;
		links_stir(k->links, k);
	}
	if (check->nominates && check->login == &k->login)
		ice_remove(k->links->ice, &k->old_login);	/* RFC 8445, 9: the restart is over */
}

static int link_install_keys(struct link *k)
{
	struct srtp_keys keys;
	int r = dtls_keys(k->dtls, &keys);

	if (r < 0)
		return r;
	k->suite = keys.suite;
	r = srtp_session_new(&k->srtp, &keys);
	mem_wipe(&keys, sizeof(keys));
	return r;
}

static void link_connect(struct link *k, usec_t now, const struct address *from)
{
	if (link_install_keys(k) < 0) {
		k->links->numbers.handshakes_failed++;
		link_close(k, "handshake");
		return;
	}
	k->links->numbers.handshakes_ok++;
	k->to = *from;
	k->handshake_by = USEC_NEVER;
	link_hear(k, now);
}

void link_receive_dtls(struct link *k, usec_t now, const struct address *from, const uint8_t *data, size_t size)
{
	switch (dtls_receive(k->dtls, now, data, size)) {
	case DTLS_NOTHING:
		break;
	case DTLS_CONNECTED:
		link_connect(k, now, from);
		break;
	case DTLS_FAILED:
		k->links->numbers.handshakes_failed++;
		break;
	case DTLS_WRONG_PEER:
		k->links->numbers.handshakes_failed++;
		link_close(k, "fingerprint");
		break;
	case DTLS_CLOSED:
		link_close(k, "closed");
		break;
	}
	if (dtls_wants_send(k->dtls))
		k->dtls_to = *from;
	links_stir(k->links, k);
}

/* Time. */

void link_timeout(struct link *k, usec_t now)
{
	if (k->closed)
		return;
	dtls_timeout(k->dtls, now);
	if (k->srtp) {
		k->silent = now >= k->heard + SILENT_AFTER;
		k->suspended = now >= k->heard + SUSPENDED_AFTER;
	}
	if (now >= k->heard + CLOSED_AFTER)
		k->closed = "timeout";
	else if (now >= k->handshake_by)
		k->closed = "handshake";
}

usec_t link_deadline(const struct link *k)
{
	usec_t quiet = k->heard + CLOSED_AFTER, handshake;

	if (k->closed)
		return USEC_NEVER;
	if (k->srtp && !k->silent)
		quiet = k->heard + SILENT_AFTER;
	else if (k->srtp && !k->suspended)
		quiet = k->heard + SUSPENDED_AFTER;
	handshake = MIN(k->handshake_by, dtls_deadline(k->dtls));
	return MIN(quiet, handshake);
}

/* What goes out. */

static void link_say(const struct link *k, struct link_out *ret, enum link_out_kind kind, bool on, const char *word)
{
	*ret = (struct link_out){ .kind = kind, .user = k->user, .on = on, .word = word };
}

static bool link_poll_closed(struct link *k, struct link_out *ret)
{
	if (k->told_closed)
		return false;
	k->told_closed = true;
	link_say(k, ret, LINK_CLOSED, true, k->closed);
	return true;
}

bool link_poll(struct link *k, struct link_out *ret)
{
	struct bytes data;

	if (k->closed)
		return link_poll_closed(k, ret);
	if (dtls_poll(k->dtls, &data)) {
		*ret = (struct link_out){ .kind = LINK_SEND, .user = k->user, .to = k->dtls_to, .data = data };
	} else if (k->srtp && !k->told_connected) {
		k->told_connected = true;
		link_say(k, ret, LINK_CONNECTED, true, srtp_suite_name(k->suite));
	} else if (k->silent != k->told_silent) {
		k->told_silent = k->silent;
		link_say(k, ret, LINK_SILENT, k->silent, NULL);
	} else if (k->suspended != k->told_suspended) {
		k->told_suspended = k->suspended;
		link_say(k, ret, LINK_SUSPENDED, k->suspended, NULL);
	} else {
		return false;
	}
	return true;
}

int link_way(const struct link *k, struct address *to)
{
	if (!k->srtp || k->suspended || k->closed)
		return -ENOTCONN;
	*to = k->to;
	return 0;
}

int link_protect_rtp(struct link *k, uint32_t group, uint8_t *data, size_t *size, struct address *to)
{
	int r = link_way(k, to);

	return r < 0 ? r : srtp_session_protect_rtp(k->srtp, group, data, size);
}

int link_protect_rtcp(struct link *k, uint8_t *data, size_t *size, struct address *to)
{
	int r = link_way(k, to);

	return r < 0 ? r : srtp_session_protect_rtcp(k->srtp, data, size);
}
