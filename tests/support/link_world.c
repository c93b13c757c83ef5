/* SPDX-License-Identifier: EUPL-1.2 */
/* Carries datagrams between links and clients. In tests only. Invariant: as in the header. */
#include "tests/support/link_world.h"

#include "base/mem.h"
#include "sfu/link/demux.h"
#include "tests/support/check.h"

#define SERVER_SSRC 0x5e5e0000u

struct address address_of(const char *ip, uint16_t port)
{
	struct address a;

	check(address_parse_ip(&a, ip));
	a.port = port;
	return a;
}

size_t write_rtp(uint8_t *data, size_t size, uint32_t ssrc, uint16_t sequence, size_t payload)
{
	struct writer w = writer(data, size);

	write_u8(&w, 0x80);
	write_u8(&w, 111);
	write_u16(&w, sequence);
	write_u32(&w, 960u * sequence);
	write_u32(&w, ssrc);
	for (size_t i = 0; i < payload; i++)
		write_u8(&w, (uint8_t)i);
	check(w.ok);
	return written(&w).size;
}

void world_init(struct world *w)
{
	*w = (struct world){ .now = SECONDS(1000) };
	check_eq(links_new(&w->links), 0);
}

void world_done(struct world *w)
{
	for (unsigned i = 0; i < w->n_ends; i++)
		dtls_client_free(w->ends[i].client);
	links_free(w->links);
}

unsigned world_add_as(struct world *w, const struct dtls_client_options *options, const uint8_t *fingerprint)
{
	struct end *e = &w->ends[w->n_ends];

	check(w->n_ends < WORLD_ENDS);
	check_eq(dtls_client_new(&e->client, options), 0);
	check_eq(links_add(w->links, &e->link, w->now, e, fingerprint ?: dtls_client_fingerprint(e->client)), 0);
	e->at = address_of("192.0.2.1", (uint16_t)(5000 + w->n_ends));
	e->ssrc = 0xa0000000u + w->n_ends;
	return w->n_ends++;
}

unsigned world_add(struct world *w, const struct dtls_client_options *options)
{
	return world_add_as(w, options, NULL);
}

void world_start(struct world *w, unsigned end)
{
	struct end *e = &w->ends[end];

	dtls_client_start(e->client, w->now, link_ufrag(e->link), link_pwd(e->link), links_fingerprint(w->links));
}

static bool world_loses(struct world *w, enum world_way way, struct bytes data)
{
	unsigned n;

	if (demux(data) != DEMUX_DTLS)
		return false;
	n = w->dtls[way]++;
	if (way == TO_CLIENT)
		w->largest = MAX(w->largest, data.size);
	return w->lost[way] == WORLD_EVERY || (n < 64 && w->lost[way] >> n & 1);
}

static void world_deliver(struct world *w, const struct link_out *out)
{
	uint8_t data[LIMIT_DATAGRAM];
	struct dtls_client_in in;

	w->answers++;
	for (unsigned i = 0; i < w->n_ends; i++) {
		if (!address_equal(&w->ends[i].at, &out->to))
			continue;
		if (world_loses(w, TO_CLIENT, out->data))
			return;
		memcpy(data, out->data.data, out->data.size);
		dtls_client_receive(w->ends[i].client, w->now, data, out->data.size, &in);
		return;
	}
	w->strays++;
	w->stray_bytes += out->data.size;
}

static void world_carry_out(struct world *w, const struct link_out *out)
{
	struct end *e = out->user;

	switch (out->kind) {
	case LINK_SEND:
		world_deliver(w, out);
		break;
	case LINK_CONNECTED:
		e->connected++;
		(void)snprintf(e->profile, sizeof(e->profile), "%s", out->word);
		break;
	case LINK_SILENT:
		e->silent = out->on;
		e->silences += out->on;
		break;
	case LINK_SUSPENDED:
		e->suspended = out->on;
		break;
	case LINK_CLOSED:
		(void)snprintf(e->closed, sizeof(e->closed), "%s", out->word);
		links_remove(w->links, e->link);
		e->link = NULL;
		break;
	}
}

static void world_drain(struct world *w)
{
	struct link_out out;

	while (links_poll(w->links, &out))
		world_carry_out(w, &out);
}

struct link_in world_throw(struct world *w, const struct address *from, const void *data, size_t size)
{
	uint8_t copy[LIMIT_DATAGRAM + LINK_TAIL];
	struct link_in in;
	struct end *e;

	check(size <= sizeof(copy));
	memcpy(copy, data, size);
	links_receive(w->links, w->now, from, copy, size, &in);
	e = in.user;
	if (in.kind == LINK_IN_RTP)
		e->rtp++;
	else if (in.kind == LINK_IN_RTCP)
		e->rtcp++;
	world_drain(w);
	return in;
}

void world_settle(struct world *w)
{
	bool said;

	world_drain(w);
	do {
		said = false;
		for (unsigned i = 0; i < w->n_ends; i++) {
			struct bytes data;

			while (dtls_client_poll(w->ends[i].client, &data)) {
				said = true;
				if (!world_loses(w, TO_SERVER, data))
					(void)world_throw(w, &w->ends[i].at, data.data, data.size);
			}
		}
	} while (said);
}

static usec_t world_deadline(const struct world *w)
{
	usec_t first = links_deadline(w->links);

	for (unsigned i = 0; i < w->n_ends; i++)
		first = MIN(first, dtls_client_deadline(w->ends[i].client));
	return first;
}

void world_run(struct world *w, usec_t until)
{
	for (;;) {
		usec_t next;

		world_settle(w);
		next = world_deadline(w);
		if (next > until)
			break;
		w->now = MAX(w->now, next);
		links_timeout(w->links, w->now);
		for (unsigned i = 0; i < w->n_ends; i++)
			dtls_client_timeout(w->ends[i].client, w->now);
	}
	w->now = until;
}

unsigned world_join(struct world *w)
{
	unsigned end = world_add(w, NULL);

	world_start(w, end);
	world_run(w, w->now + SECONDS(1));
	check_eq(w->ends[end].connected, 1);
	check(dtls_client_connected(w->ends[end].client));
	return end;
}

size_t world_rtp(struct world *w, unsigned end, uint8_t *data)
{
	struct end *e = &w->ends[end];
	size_t size = write_rtp(data, 200, e->ssrc, e->sequence++, 100);

	check_eq(dtls_client_protect_rtp(e->client, data, &size), 0);
	return size;
}

/* An empty receiver report (RFC 3550, 6.4.2). */
size_t world_rtcp(struct world *w, unsigned end, uint8_t *data)
{
	struct end *e = &w->ends[end];
	struct writer out = writer(data, 200);
	size_t size = 8;

	write_u8(&out, 0x80);
	write_u8(&out, 201);
	write_u16(&out, 1);
	write_u32(&out, e->ssrc);
	check_eq(dtls_client_protect_rtcp(e->client, data, &size), 0);
	return size;
}

bool world_speak(struct world *w, unsigned end)
{
	uint8_t data[300];
	size_t size = world_rtp(w, end, data);

	return world_throw(w, &w->ends[end].at, data, size).kind == LINK_IN_RTP;
}

bool world_report(struct world *w, unsigned end)
{
	uint8_t data[300];
	size_t size = world_rtcp(w, end, data);

	return world_throw(w, &w->ends[end].at, data, size).kind == LINK_IN_RTCP;
}

bool world_listen(struct world *w, unsigned end, struct address *to)
{
	struct end *e = &w->ends[end];
	uint8_t data[300];
	size_t size = write_rtp(data, sizeof(data), SERVER_SSRC + end, e->server_sequence++, 100);
	struct dtls_client_in in = { 0 };
	struct address at;

	if (link_protect_rtp(e->link, 0, data, &size, &at) < 0)
		return false;
	if (to)
		*to = at;
	if (address_equal(&at, &e->at))
		dtls_client_receive(e->client, w->now, data, size, &in);
	e->client_rtp += in.kind == CLIENT_IN_RTP;
	return in.kind == CLIENT_IN_RTP;
}
