/* SPDX-License-Identifier: EUPL-1.2 */
/* ATTACKS, part A, on the links of a worker in memory. The attacker sends what he likes from where he likes; A is
 * the one he is after, B the one who shall notice nothing. In tests only.
 * Invariant: "silent" is no datagram at all from the server, counted by the world; A11 shows that it does count. */
#include <malloc.h>

#include <openssl/crypto.h>

#include "base/mem.h"
#include "base/random.h"
#include "sfu/link/cipher.h"
#include "tests/support/check.h"
#include "tests/support/link_world.h"
#include "tests/support/stun_message.h"

/* What OpenSSL holds now. */
static size_t held;

static void *held_malloc(size_t n, const char *file, int line)
{
	void *p = malloc(n);

	(void)file;
	(void)line;
	held += malloc_usable_size(p);
	return p;
}

static void held_free(void *p, const char *file, int line)
{
	(void)file;
	(void)line;
	held -= malloc_usable_size(p);
	free(p);
}

static void *held_realloc(void *p, size_t n, const char *file, int line)
{
	(void)file;
	(void)line;
	held -= malloc_usable_size(p);
	p = realloc(p, n);
	held += malloc_usable_size(p);
	return p;
}

static void __attribute__((constructor)) hold_openssl(void)
{
	if (CRYPTO_set_mem_functions(held_malloc, held_realloc, held_free) != 1)
		abort();
}

/* DTLS records by hand (RFC 6347, 4.1, 4.2.2). */

struct fragment {
	uint8_t type;		/* of the handshake message */
	uint32_t length;	/* claimed */
	uint16_t message;	/* its number */
	uint32_t offset;
	struct bytes body;
};

static size_t write_record(uint8_t *data, size_t size, uint8_t type, uint16_t epoch, uint64_t number, struct bytes body)
{
	struct writer w = writer(data, size);

	write_u8(&w, type);
	write_u16(&w, 0xfefd);
	write_u16(&w, epoch);
	write_be(&w, number, 6);
	write_u16(&w, (uint16_t)body.size);
	write_bytes(&w, body);
	check(w.ok);
	return written(&w).size;
}

static size_t write_fragment(uint8_t *data, size_t size, uint64_t number, const struct fragment *f)
{
	uint8_t message[1400];
	struct writer w = writer(message, sizeof(message));

	write_u8(&w, f->type);
	write_u24(&w, f->length);
	write_u16(&w, f->message);
	write_u24(&w, f->offset);
	write_u24(&w, (uint32_t)f->body.size);
	write_bytes(&w, f->body);
	check(w.ok);
	return write_record(data, size, 22, 0, number, written(&w));
}

/* A ClientHello whose list of ciphers is all zeros (TLS_NULL_WITH_NULL_NULL): OpenSSL ends the handshake at once. */
static size_t write_bad_hello(uint8_t *data, size_t size)
{
	static const uint8_t random[32] = { 1 };
	uint8_t body[100];
	struct writer w = writer(body, sizeof(body));

	write_u16(&w, 0xfefd);
	write_bytes(&w, bytes_make(random, sizeof(random)));
	write_u8(&w, 0);		/* session */
	write_u8(&w, 0);		/* cookie */
	write_u16(&w, 8);
	write_u64(&w, 0);		/* four ciphers */
	write_u16(&w, 0x0100);		/* no compression */
	check(w.ok);
	return write_fragment(data, size, 0, &(struct fragment){ 1, (uint32_t)written(&w).size, 0, 0, written(&w) });
}

static void throw_from(struct world *w, const struct address *from, const void *data, size_t size)
{
	(void)world_throw(w, from, data, size);
}

/* A who has a path but no handshake yet, and B in the meeting. */
struct scene {
	struct world w;
	struct address attacker;
	unsigned a, b;
	unsigned answers;	/* before the attack */
};

static void scene_init(struct scene *s, const struct dtls_client_options *options)
{
	struct stun_message m;

	world_init(&s->w);
	s->b = world_join(&s->w);
	s->a = world_add(&s->w, options);
	stun_check(&m, link_ufrag(s->w.ends[s->a].link), link_pwd(s->w.ends[s->a].link), false);
	throw_from(&s->w, &s->w.ends[s->a].at, m.data, stun_bytes(&m).size);
	s->attacker = address_of("203.0.113.66", 666);
	s->answers = s->w.answers;
}

/* B spoke and heard all the while; nothing went to strangers. */
static void scene_done(struct scene *s)
{
	check_eq(s->w.strays, 0);
	check(world_speak(&s->w, s->b));
	check(world_listen(&s->w, s->b, NULL));
	check_text(s->w.ends[s->b].closed, "");
	world_done(&s->w);
}

static void join(struct scene *s)
{
	world_start(&s->w, s->a);
	world_run(&s->w, s->w.now + SECONDS(1));
	check_eq(s->w.ends[s->a].connected, 1);
	check(world_speak(&s->w, s->a));
	check(world_listen(&s->w, s->a, NULL));
}

static void hello_race(const char *ip, uint16_t port)
{
	struct scene s;
	uint8_t data[200];
	size_t size = write_bad_hello(data, sizeof(data));

	scene_init(&s, NULL);
	s.attacker = address_of(ip, port);
	for (int i = 0; i < 100; i++)
		throw_from(&s.w, &s.attacker, data, size);
	check_eq(s.w.answers, s.answers);
	join(&s);
	scene_done(&s);
}

TEST(A01_hello_race) { hello_race("203.0.113.66", 666); }
TEST(A02_hello_race_behind_one_nat) { hello_race("192.0.2.1", 6666); }

TEST(A03_hello_race_with_the_same_source)
{
	struct scene s;
	uint8_t data[200];
	size_t size = write_bad_hello(data, sizeof(data));
	struct links_numbers numbers;

	scene_init(&s, NULL);
	for (int i = 0; i < LIMIT_HANDSHAKE_RETRIES; i++)
		throw_from(&s.w, &s.w.ends[s.a].at, data, size);
	check_eq(s.w.answers, s.answers);	/* not even an alert, which would end A's own handshake */
	links_count(s.w.links, &numbers);
	check_eq(numbers.handshakes_failed, LIMIT_HANDSHAKE_RETRIES);
	join(&s);
	scene_done(&s);
}

/* More than five of them: A has to wait, but for no longer than ten seconds, and is never torn down. */
TEST(A03_is_bounded)
{
	struct scene s;
	uint8_t data[200];
	size_t size = write_bad_hello(data, sizeof(data));
	struct links_numbers numbers;

	scene_init(&s, NULL);
	for (int i = 0; i < 1000; i++)
		throw_from(&s.w, &s.w.ends[s.a].at, data, size);
	links_count(s.w.links, &numbers);
	check_eq(numbers.handshakes_failed, LIMIT_HANDSHAKE_RETRIES + 1);
	world_start(&s.w, s.a);
	world_run(&s.w, s.w.now + SECONDS(9));
	check_eq(s.w.ends[s.a].connected, 0);
	world_run(&s.w, s.w.now + SECONDS(6));
	check_eq(s.w.ends[s.a].connected, 1);
	check(world_speak(&s.w, s.a));
	scene_done(&s);
}

TEST(A04_after_the_handshake)
{
	static const uint8_t close_notify[] = { 1, 0 }, fatal[] = { 2, 40 };
	struct scene s;
	struct dtls_client *other;
	struct bytes hello;
	uint8_t data[1500], junk[60] = { 9 };
	unsigned answers;
	struct address at;

	scene_init(&s, NULL);
	join(&s);
	at = s.w.ends[s.a].at;
	answers = s.w.answers;
	throw_from(&s.w, &at, data, write_bad_hello(data, sizeof(data)));
	/* A HelloRequest, a ChangeCipherSpec, two alerts. */
	throw_from(&s.w, &at, data, write_fragment(data, sizeof(data), 9, &(struct fragment){ .type = 0 }));
	throw_from(&s.w, &at, data, write_record(data, sizeof(data), 20, 0, 10, bytes_make("\1", 1)));
	throw_from(&s.w, &at, data, write_record(data, sizeof(data), 21, 0, 11, bytes_make(close_notify, 2)));
	throw_from(&s.w, &at, data, write_record(data, sizeof(data), 21, 0, 12, bytes_make(fatal, 2)));
	for (uint16_t epoch = 0; epoch < 4; epoch++)
		for (uint8_t type = 19; type < 25; type++)
			throw_from(&s.w, &at, data, write_record(data, sizeof(data), type, epoch, 100,
								 bytes_make(junk, sizeof(junk))));
	/* A whole good hello, of another client. */
	check_eq(dtls_client_new(&other, NULL), 0);
	dtls_client_hello(other, s.w.now);
	while (dtls_client_poll(other, &hello))
		throw_from(&s.w, &at, hello.data, hello.size);
	dtls_client_free(other);
	check_eq(s.w.answers, answers);
	check_text(s.w.ends[s.a].closed, "");
	check(world_speak(&s.w, s.a));
	check(world_listen(&s.w, s.a, NULL));
	/* The counterpart: a goodbye that is A's own. */
	dtls_client_close(s.w.ends[s.a].client);
	world_settle(&s.w);
	check_text(s.w.ends[s.a].closed, "closed");
	scene_done(&s);
}

static const uint8_t filler[1200];

static struct fragment fragment_of(unsigned kind, uint32_t i)
{
	switch (kind) {
	case 0:		/* 16 MiB */
		return (struct fragment){ 1, 0xffffff, 0, 0, bytes_make(filler, 100) };
	case 1:		/* of nothing */
		return (struct fragment){ 1, 300, 0, 0, { 0 } };
	case 2:		/* overlapping */
		return (struct fragment){ 1, 300, 0, 5 + i % 100, bytes_make(filler, 100) };
	case 3:		/* beyond its own end */
		return (struct fragment){ 1, 300, 0, 290, bytes_make(filler, 100) };
	case 4:		/* whole messages to come, as large as they may be */
		return (struct fragment){ 11, 1200, (uint16_t)i, 0, bytes_make(filler, 1200) };
	case 5:		/* the same in pieces that never become whole */
		return (struct fragment){ 11, 16000, (uint16_t)(1 + i % 12), i % 13 * 1200, bytes_make(filler, 1200) };
	default:	/* a message that changes its length */
		return (struct fragment){ 1, 300 + i % 5000, 0, 10, bytes_make(filler, 20) };
	}
}

/* A05: ten thousand fragments of each kind behind a hello that waits for its rest. */
TEST(A05_fragments)
{
	size_t most = 0;

	for (unsigned kind = 0; kind < 7; kind++) {
		static const struct fragment waiting = { 1, 300, 0, 0, { filler, 10 } };
		struct scene s;
		uint8_t data[1500];
		struct address at;
		size_t before;

		scene_init(&s, NULL);
		at = s.w.ends[s.a].at;
		before = held;
		throw_from(&s.w, &at, data, write_fragment(data, sizeof(data), 0, &waiting));
		for (uint32_t i = 0; i < 10000; i++) {
			struct fragment f = fragment_of(kind, i);

			throw_from(&s.w, &at, data, write_fragment(data, sizeof(data), i + 1, &f));
			most = MAX(most, held - before);
		}
		check_eq(s.w.answers, s.answers);
		/* What is left of it is dropped within ten seconds. */
		world_run(&s.w, s.w.now + SECONDS(10));
		check_le(held, before + 1024);
		join(&s);
		scene_done(&s);
	}
	check(most > 100000);		/* something was kept, so there was something to bound */
	check_le(most, LIMIT_HANDSHAKE_BYTES);
}

/* A06: a thousand ICE restarts, a hello after each: never more than one handshake. */
TEST(A06_half_open)
{
	struct scene s;
	struct stun_message m;
	struct end *a;
	size_t before, one = 0;

	scene_init(&s, NULL);
	a = &s.w.ends[s.a];
	s.w.lost[TO_CLIENT] = WORLD_EVERY;
	before = held;
	for (int i = 0; i < 1000; i++) {
		struct dtls_client *c;
		struct bytes hello;

		link_restart_ice(a->link);
		stun_check(&m, link_ufrag(a->link), link_pwd(a->link), true);
		throw_from(&s.w, &a->at, m.data, stun_bytes(&m).size);
		check_eq(dtls_client_new(&c, NULL), 0);
		dtls_client_hello(c, s.w.now);
		while (dtls_client_poll(c, &hello))
			throw_from(&s.w, &a->at, hello.data, hello.size);
		dtls_client_free(c);
		one = one ?: held - before;
		check_le(held, before + 2 * one);
		s.w.now += MSEC(1);
	}
	scene_done(&s);
}

TEST(A09_downgrade)
{
	static const struct dtls_client_options options[] = {
		{ .version = 0xfeff },					/* DTLS 1.0 */
		{ .ciphers = "NULL" },
		{ .ciphers = "ECDHE-ECDSA-AES128-SHA:ECDHE-ECDSA-AES256-SHA384" },	/* CBC */
		{ .ciphers = "ECDHE-RSA-AES128-GCM-SHA256" },		/* we have no RSA */
		{ .profiles = "" },					/* no use_srtp */
		{ .profiles = "SRTP_AES128_CM_SHA1_32" },
		{ .profiles = "SRTP_AEAD_AES_256_GCM" },
		{ .no_certificate = true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
		struct scene s;
		uint8_t data[100];
		size_t size = write_rtp(data, sizeof(data), 1, 1, 20);
		struct address to;

		scene_init(&s, &options[i]);
		world_start(&s.w, s.a);
		world_run(&s.w, s.w.now + SECONDS(5));
		check_eq(s.w.ends[s.a].connected, 0);
		check(!dtls_client_connected(s.w.ends[s.a].client));
		check(link_protect_rtp(s.w.ends[s.a].link, 0, data, &size, &to) < 0);
		world_run(&s.w, s.w.now + SECONDS(25));
		check_text(s.w.ends[s.a].closed, "handshake");
		scene_done(&s);
	}
}

/* Everything that a stranger may think of, from an address that nothing authentic ever came from. */
TEST(A11_not_a_byte_to_strangers)
{
	struct scene s;
	struct stun_message m;
	struct dtls_client *c;
	struct bytes hello;
	uint8_t data[1500];
	struct random random;

	scene_init(&s, NULL);
	join(&s);
	s.answers = s.w.answers;
	random_seed(&random, 11);
	throw_from(&s.w, &s.attacker, data, write_bad_hello(data, sizeof(data)));
	check_eq(dtls_client_new(&c, NULL), 0);
	dtls_client_hello(c, s.w.now);
	while (dtls_client_poll(c, &hello))
		throw_from(&s.w, &s.attacker, hello.data, hello.size);
	dtls_client_free(c);
	stun_check(&m, link_ufrag(s.w.ends[s.a].link), "a-wrong-password", true);
	throw_from(&s.w, &s.attacker, m.data, stun_bytes(&m).size);
	for (uint16_t type = 0; type < 0x20; type++) {	/* A17: Allocate, Refresh, Send … */
		stun_begin(&m, type);
		throw_from(&s.w, &s.attacker, m.data, stun_bytes(&m).size);
		stun_fingerprint(&m);
		throw_from(&s.w, &s.attacker, m.data, stun_bytes(&m).size);
	}
	for (unsigned channel = 0x40; channel < 0x50; channel++)
		throw_from(&s.w, &s.attacker, (uint8_t[]){ (uint8_t)channel, 0, 0, 4, 1, 2, 3, 4, 0, 0, 0, 0 }, 12);
	/* A21: the sweep; A22: a flood of noise. */
	for (unsigned first = 0; first < 256; first++) {
		static const size_t sizes[] = { 0, 1, 2, 7, 8, 11, 12, 13, 19, 20, 60, 1200, 1500, 1501 };

		for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
			uint8_t big[1501];

			for (size_t n = 0; n < sizeof(big); n++)
				big[n] = (uint8_t)random_next(&random);
			big[0] = (uint8_t)first;
			throw_from(&s.w, &s.attacker, big, sizes[i]);
			throw_from(&s.w, &s.w.ends[s.a].at, big, sizes[i]);	/* and as if they were A's */
		}
	}
	for (int i = 0; i < 50000; i++) {
		size_t size = random_below(&random, 200);

		for (size_t n = 0; n < size; n++)
			data[n] = (uint8_t)random_next(&random);
		throw_from(&s.w, &s.attacker, data, size);
	}
	check_eq(s.w.answers, s.answers);
	check(world_speak(&s.w, s.a));
	check(world_listen(&s.w, s.a, NULL));

	/* The counterpart: one good check, and the meter of strays moves. */
	stun_check(&m, link_ufrag(s.w.ends[s.a].link), link_pwd(s.w.ends[s.a].link), true);
	throw_from(&s.w, &s.attacker, m.data, stun_bytes(&m).size);
	check_eq(s.w.strays, 1);
	check(s.w.stray_bytes > 0);
	s.w.strays = 0;
	scene_done(&s);
}

/* A14: A's own check with USE-CANDIDATE, caught and sent again from elsewhere a hundred times. */
TEST(A14_replayed_check)
{
	struct scene s;
	struct bytes check_bytes;
	uint8_t caught[200], packet[300];
	struct address to;
	size_t size;

	scene_init(&s, NULL);
	join(&s);
	check_bytes = dtls_client_last_check(s.w.ends[s.a].client);
	size = check_bytes.size;
	check(size > 0 && size <= sizeof(caught));
	memcpy(caught, check_bytes.data, size);
	for (uint16_t i = 0; i < 100; i++) {
		struct address from = address_of("203.0.113.66", (uint16_t)(1000 + i));

		throw_from(&s.w, &from, caught, size);
		check(world_listen(&s.w, s.a, &to));
		check(address_equal(&to, &s.w.ends[s.a].at));
	}
	check_le(s.w.stray_bytes, 100 * size);	/* answers to him, none longer than what he sent */
	s.w.strays = 0;
	check(world_speak(&s.w, s.a));
	/* The counterpart: what does move media is SRTP that is A's and new. */
	size = world_rtp(&s.w, s.a, packet);
	throw_from(&s.w, &s.attacker, packet, size);
	check(!world_listen(&s.w, s.a, &to));
	check(address_equal(&to, &s.attacker));
	check(world_speak(&s.w, s.a));
	check(world_listen(&s.w, s.a, NULL));
	scene_done(&s);
}

/* After a replayed check the attacker has a path; his hellos still end nothing, and steer nothing. */
TEST(A14_hello_on_a_replayed_path)
{
	struct scene s;
	struct stun_message m;
	uint8_t data[200];
	size_t size = write_bad_hello(data, sizeof(data));
	struct address to;

	scene_init(&s, NULL);
	stun_check(&m, link_ufrag(s.w.ends[s.a].link), link_pwd(s.w.ends[s.a].link), true);
	throw_from(&s.w, &s.attacker, m.data, stun_bytes(&m).size);
	check_eq(s.w.strays, 1);
	for (int i = 0; i < LIMIT_HANDSHAKE_RETRIES; i++)
		throw_from(&s.w, &s.attacker, data, size);
	check_eq(s.w.strays, 1);
	s.w.strays = 0;
	join(&s);
	check(world_listen(&s.w, s.a, &to));
	check(address_equal(&to, &s.w.ends[s.a].at));
	scene_done(&s);
}

static uint64_t gcm_runs(void)
{
	struct cipher_numbers n;

	cipher_count(&n);
	return n.gcm;
}

/* A23: packets with A's SSRC from elsewhere, before and after A's own: nothing is learnt, and few are even tried. */
TEST(A23_rtp_bleed)
{
	struct scene s;
	struct address to;
	uint8_t data[300];
	uint64_t runs;
	size_t size;

	scene_init(&s, NULL);
	for (int phase = 0; phase < 3; phase++) {
		runs = gcm_runs();
		for (uint16_t i = 0; i < 10000; i++) {
			size = write_rtp(data, sizeof(data), s.w.ends[s.a].ssrc, i, 100);
			throw_from(&s.w, &s.attacker, data, size);
		}
		check_le(gcm_runs() - runs, phase == 2 ? 50 : 0);
		switch (phase) {
		case 0:
			world_start(&s.w, s.a);
			world_run(&s.w, s.w.now + SECONDS(1));
			check_eq(s.w.ends[s.a].connected, 1);
			break;
		case 1:
			check(world_speak(&s.w, s.a));
			break;
		default:
			break;
		}
	}
	check(gcm_runs() > runs);	/* some were tried, by the rule */
	check_eq(s.w.ends[s.a].rtp, 1);
	check(world_listen(&s.w, s.a, &to));
	check(address_equal(&to, &s.w.ends[s.a].at));
	check(world_speak(&s.w, s.a));
	scene_done(&s);
}

/* A24: the right address and a wrong tag, ten thousand times. */
TEST(A24_injection)
{
	struct scene s;
	struct links_numbers before, after;
	uint8_t good[300];
	size_t size;

	scene_init(&s, NULL);
	join(&s);
	links_count(s.w.links, &before);
	size = world_rtp(&s.w, s.a, good);
	for (unsigned i = 0; i < 10000; i++) {
		good[size - 1 - i % 16] ^= 1;
		check_eq(world_throw(&s.w, &s.w.ends[s.a].at, good, size).kind, LINK_IN_NOTHING);
		good[size - 1 - i % 16] ^= 1;
	}
	links_count(s.w.links, &after);
	check_eq(after.srtp_refused - before.srtp_refused, 10000);
	check_eq(world_throw(&s.w, &s.w.ends[s.a].at, good, size).kind, LINK_IN_RTP);
	check_text(s.w.ends[s.a].closed, "");
	scene_done(&s);
}

/* A25: a new address, first with what is not A's, then with one packet that is. */
TEST(A25_learning)
{
	struct scene s;
	struct address to, other = address_of("198.51.100.77", 7777);
	uint8_t bad[300], good[300];
	size_t bad_size, size;

	scene_init(&s, NULL);
	join(&s);
	size = world_rtp(&s.w, s.a, good);
	bad_size = size;
	memcpy(bad, good, size);
	bad[20] ^= 1;
	for (int i = 0; i < 49; i++)
		check_eq(world_throw(&s.w, &other, bad, bad_size).kind, LINK_IN_NOTHING);
	check(world_listen(&s.w, s.a, &to));
	check(address_equal(&to, &s.w.ends[s.a].at));
	check_eq(world_throw(&s.w, &other, good, size).kind, LINK_IN_RTP);
	check(!world_listen(&s.w, s.a, &to));
	check(address_equal(&to, &other));
	/* More trials than a source has: the good one waits for the next second, or for a check. */
	check(world_speak(&s.w, s.a));
	size = world_rtp(&s.w, s.a, good);
	for (int i = 0; i < 60; i++)
		throw_from(&s.w, &s.attacker, bad, bad_size);
	check_eq(world_throw(&s.w, &s.attacker, good, size).kind, LINK_IN_NOTHING);
	s.w.now += SECONDS(1);
	check_eq(world_throw(&s.w, &s.attacker, good, size).kind, LINK_IN_RTP);
	check(world_speak(&s.w, s.a));
	scene_done(&s);
}

/* A26: a thousand packets that were here before, from A's address and from elsewhere. */
TEST(A26_replayed_packets)
{
	static struct {
		uint8_t data[300];
		size_t size;
	} caught[1000];
	struct scene s;
	struct address to;

	scene_init(&s, NULL);
	join(&s);
	for (size_t i = 0; i < ARRAY_SIZE(caught); i++) {
		caught[i].size = world_rtp(&s.w, s.a, caught[i].data);
		check_eq(world_throw(&s.w, &s.w.ends[s.a].at, caught[i].data, caught[i].size).kind, LINK_IN_RTP);
	}
	for (size_t i = 0; i < ARRAY_SIZE(caught); i++) {
		check_eq(world_throw(&s.w, &s.w.ends[s.a].at, caught[i].data, caught[i].size).kind, LINK_IN_NOTHING);
		check_eq(world_throw(&s.w, &s.attacker, caught[i].data, caught[i].size).kind, LINK_IN_NOTHING);
	}
	check(world_listen(&s.w, s.a, &to));
	check(address_equal(&to, &s.w.ends[s.a].at));
	scene_done(&s);
}

/* A28: SRTCP of 0 to 11 bytes and more, cut; and the same index again. */
TEST(A28_short_srtcp)
{
	struct scene s;
	uint8_t data[300];
	size_t size;

	scene_init(&s, NULL);
	join(&s);
	size = world_rtcp(&s.w, s.a, data);
	for (size_t n = 0; n < size; n++)
		check_eq(world_throw(&s.w, &s.w.ends[s.a].at, data, n).kind, LINK_IN_NOTHING);
	check_eq(world_throw(&s.w, &s.w.ends[s.a].at, data, size).kind, LINK_IN_RTCP);
	check_eq(world_throw(&s.w, &s.w.ends[s.a].at, data, size).kind, LINK_IN_NOTHING);
	check_eq(s.w.ends[s.a].rtcp, 1);
	scene_done(&s);
}

TEST(A30_mapped_twin)
{
	struct scene s;
	struct address twin = address_of("::ffff:192.0.2.1", 0);
	uint8_t data[300];
	size_t size;

	scene_init(&s, NULL);
	join(&s);
	twin.port = s.w.ends[s.a].at.port;
	size = world_rtp(&s.w, s.a, data);
	check_eq(world_throw(&s.w, &twin, data, size).kind, LINK_IN_RTP);
	check(world_listen(&s.w, s.a, NULL));
	scene_done(&s);
}

/* A31: SCTP, were there any: a chunk is dropped without a word. */
TEST(A31_application_data)
{
	static const uint8_t init[] = {
		0x13, 0x88, 0x13, 0x88, 0, 0, 0, 0, 0x12, 0x34, 0x56, 0x78,
		1, 0, 0, 20, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1,
	};
	struct scene s;
	unsigned answers;

	scene_init(&s, NULL);
	join(&s);
	answers = s.w.answers;
	for (int i = 0; i < 20; i++)
		dtls_client_send_data(s.w.ends[s.a].client, init, sizeof(init));
	world_settle(&s.w);
	check_eq(s.w.answers, answers);
	check_text(s.w.ends[s.a].closed, "");
	check(world_speak(&s.w, s.a));
	check(world_listen(&s.w, s.a, NULL));
	scene_done(&s);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(A01_hello_race),
	cmocka_unit_test(A02_hello_race_behind_one_nat),
	cmocka_unit_test(A03_hello_race_with_the_same_source),
	cmocka_unit_test(A03_is_bounded),
	cmocka_unit_test(A04_after_the_handshake),
	cmocka_unit_test(A05_fragments),
	cmocka_unit_test(A06_half_open),
	cmocka_unit_test(A09_downgrade),
	cmocka_unit_test(A11_not_a_byte_to_strangers),
	cmocka_unit_test(A14_replayed_check),
	cmocka_unit_test(A14_hello_on_a_replayed_path),
	cmocka_unit_test(A23_rtp_bleed),
	cmocka_unit_test(A24_injection),
	cmocka_unit_test(A25_learning),
	cmocka_unit_test(A26_replayed_packets),
	cmocka_unit_test(A28_short_srtcp),
	cmocka_unit_test(A30_mapped_twin),
	cmocka_unit_test(A31_application_data),
};

RUN_TESTS(tests)
