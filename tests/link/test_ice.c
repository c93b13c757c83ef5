/* SPDX-License-Identifier: EUPL-1.2 */
/* sfu/link/ice against messages written by hand. In tests only. */
#include <errno.h>

#include "base/mem.h"
#include "sfu/link/ice.h"
#include "tests/support/check.h"
#include "tests/support/link_world.h"
#include "tests/support/stun_message.h"

struct fixture {
	struct ice *ice;
	struct ice_login login;
	struct ice_check check;
	struct address from;
	uint8_t reply[ICE_MESSAGE_MAX];
};

static void fixture_init(struct fixture *f)
{
	*f = (struct fixture){ .from = address_of("192.0.2.7", 40000) };
	check_eq(ice_new(&f->ice, 4), 0);
	check_eq(ice_add(f->ice, &f->login, NULL), 0);
}

static void fixture_done(struct fixture *f)
{
	ice_remove(f->ice, &f->login);
	ice_free(f->ice);
}

/* In a buffer of exactly its size, so that the sanitizer sees every step beyond. */
static bool receive(struct fixture *f, struct bytes in)
{
	uint8_t *exact = mem_alloc(in.size);
	bool r;

	memcpy(exact, in.data, in.size);
	f->check = (struct ice_check){ 0 };
	r = ice_receive(f->ice, &f->from, bytes_make(exact, in.size), f->reply, &f->check);
	mem_free(exact);
	return r;
}

static struct bytes reply(const struct fixture *f)
{
	return bytes_make(f->reply, f->check.reply_size);
}

static void answers(const char *ip)
{
	struct fixture f;
	struct stun_message m;
	struct address mapped;

	fixture_init(&f);
	f.from = address_of(ip, 40000);
	for (int nominate = 0; nominate < 2; nominate++) {
		stun_check(&m, f.login.ufrag, f.login.pwd, nominate);
		check(receive(&f, stun_bytes(&m)));
		check(f.check.login == &f.login);
		check_eq(f.check.nominates, nominate);
		check(stun_is_success(reply(&f), f.login.pwd));
		check(stun_mapped(reply(&f), &mapped));
		check(address_equal(&mapped, &f.from));
		/* A11: about as much as came; IPv6 has 12 bytes more of address. */
		check_le(f.check.reply_size, stun_bytes(&m).size + (f.from.family == 6 ? 8 : 0));
		assert_memory_equal(f.reply + 4, m.data + 4, 16);
	}
	fixture_done(&f);
}

TEST(answers_ipv4) { answers("192.0.2.7"); }
TEST(answers_ipv6) { answers("2001:db8::7"); }

/* Chromium's attribute that nobody needs to understand, and a GOOG-NETWORK-INFO. */
TEST(optional_attributes_are_passed_over)
{
	struct fixture f;
	struct stun_message m;
	char username[32];

	fixture_init(&f);
	(void)snprintf(username, sizeof(username), "%s:x", f.login.ufrag);
	stun_begin(&m, 0x0001);
	stun_attribute(&m, STUN_USERNAME, username, strlen(username));
	stun_attribute(&m, 0xc057, "\0\1\0\2", 4);
	stun_attribute(&m, STUN_PRIORITY, "\1\2\3\4", 4);
	stun_integrity(&m, f.login.pwd);
	stun_fingerprint(&m);
	check(receive(&f, stun_bytes(&m)));
	check(stun_is_success(reply(&f), f.login.pwd));
	fixture_done(&f);
}

TEST(credentials_are_long_and_of_their_alphabet)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	struct ice_login logins[4] = { 0 };
	struct ice_login fifth;
	struct ice *i;

	check_eq(ice_new(&i, 4), 0);
	for (size_t n = 0; n < ARRAY_SIZE(logins); n++) {
		check_eq(ice_add(i, &logins[n], NULL), 0);
		check_eq(strlen(logins[n].ufrag), LINK_UFRAG_SIZE);
		check_eq(strlen(logins[n].pwd), LINK_PWD_SIZE);
		check_eq(strspn(logins[n].pwd, letters), LINK_PWD_SIZE);
		for (size_t m = 0; m < n; m++)
			check(strcmp(logins[n].ufrag, logins[m].ufrag) && strcmp(logins[n].pwd, logins[m].pwd));
	}
	check_eq(ice_add(i, &fifth, NULL), -ENOSPC);
	for (size_t n = 0; n < ARRAY_SIZE(logins); n++)
		ice_remove(i, &logins[n]);
	check_eq(ice_add(i, &fifth, NULL), 0);
	ice_remove(i, &fifth);
	ice_remove(i, &fifth);
	ice_free(i);
}

/* A10: no USERNAME, another's ufrag, the right one cut or longer, a wrong password. */
TEST(A10_wrong_credentials)
{
	static const char *const forms[] = { "%.7s:x", "%sx:x", "x%s:x", "%s", "%s:", "%s;x", ":%s", "" };
	struct fixture f;
	struct stun_message m;

	fixture_init(&f);
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		char username[32];
		struct writer w = writer(username, sizeof(username));

		if (strstr(forms[i], "%.7s"))
			write_format(&w, "%.7s:x", f.login.ufrag);
		else
			for (const char *c = forms[i]; *c; c++) {
				if (c[0] == '%' && c[1] == 's') {
					write_string(&w, f.login.ufrag);
					c++;
				} else {
					write_u8(&w, (uint8_t)*c);
				}
			}
		stun_begin(&m, 0x0001);
		stun_attribute(&m, STUN_USERNAME, username, written(&w).size);
		stun_integrity(&m, f.login.pwd);
		stun_fingerprint(&m);
		check(!receive(&f, stun_bytes(&m)));
	}
	stun_begin(&m, 0x0001);
	check(!receive(&f, stun_bytes(&m)));
	stun_integrity(&m, f.login.pwd);
	stun_fingerprint(&m);
	check(!receive(&f, stun_bytes(&m)));
	stun_check(&m, f.login.ufrag, "not-the-password-24-chars", false);
	check(!receive(&f, stun_bytes(&m)));
	stun_check(&m, f.login.ufrag, "", false);
	check(!receive(&f, stun_bytes(&m)));
	stun_check(&m, "AAAAAAAA", f.login.pwd, false);
	check(!receive(&f, stun_bytes(&m)));
	/* The one that is right, so that the silence above says something. */
	stun_check(&m, f.login.ufrag, f.login.pwd, false);
	check(receive(&f, stun_bytes(&m)));
	fixture_done(&f);
}

/* A13: every bit flipped, every truncation, a trailing byte. */
TEST(A13_damaged)
{
	struct fixture f;
	struct stun_message m;
	struct bytes good;

	fixture_init(&f);
	stun_check(&m, f.login.ufrag, f.login.pwd, true);
	good = stun_bytes(&m);
	for (size_t bit = 0; bit < 8 * good.size; bit++) {
		m.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		check(!receive(&f, good));
		m.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	for (size_t n = 0; n < good.size; n++)
		check(!receive(&f, bytes_make(good.data, n)));
	m.data[good.size] = 0;
	check(!receive(&f, bytes_make(good.data, good.size + 1)));
	check(!receive(&f, bytes_make(good.data, good.size + 4)));
	check(receive(&f, good));
	fixture_done(&f);
}

static void begin(struct fixture *f, struct stun_message *m)
{
	char username[32];

	(void)snprintf(username, sizeof(username), "%s:x", f->login.ufrag);
	stun_begin(m, 0x0001);
	stun_attribute(m, STUN_USERNAME, username, strlen(username));
}

/* A13: attributes that lie, in messages whose integrity is right wherever it can be. */
TEST(A13_structure)
{
	struct fixture f;
	struct stun_message m;
	uint8_t short_hash[20] = { 0 };

	fixture_init(&f);
	/* MESSAGE-INTEGRITY of other lengths; of none at all at the very end, which libnice would read beyond. */
	for (size_t n = 0; n < 20; n += 4) {
		begin(&f, &m);
		stun_attribute(&m, STUN_MESSAGE_INTEGRITY, short_hash, n);
		stun_fingerprint(&m);
		check(!receive(&f, stun_bytes(&m)));
	}
	/* Twice. */
	begin(&f, &m);
	stun_integrity(&m, f.login.pwd);
	stun_integrity(&m, f.login.pwd);
	stun_fingerprint(&m);
	check(!receive(&f, stun_bytes(&m)));
	/* Something behind it. */
	begin(&f, &m);
	stun_integrity(&m, f.login.pwd);
	stun_attribute(&m, STUN_USE_CANDIDATE, NULL, 0);
	stun_fingerprint(&m);
	check(!receive(&f, stun_bytes(&m)));
	/* FINGERPRINT not last, missing, or of another length. */
	begin(&f, &m);
	stun_integrity(&m, f.login.pwd);
	stun_fingerprint(&m);
	stun_attribute(&m, STUN_PRIORITY, "abcd", 4);
	check(!receive(&f, stun_bytes(&m)));
	begin(&f, &m);
	stun_integrity(&m, f.login.pwd);
	check(!receive(&f, stun_bytes(&m)));
	stun_attribute(&m, STUN_FINGERPRINT, "ab", 2);
	check(!receive(&f, stun_bytes(&m)));
	/* Two names. */
	begin(&f, &m);
	stun_attribute(&m, STUN_USERNAME, "AAAAAAAA:x", 10);
	stun_integrity(&m, f.login.pwd);
	stun_fingerprint(&m);
	check(!receive(&f, stun_bytes(&m)));
	/* A length that leads past the end, and the one that overflows 16 bits when padded. */
	for (int n = 0; n < 2; n++) {
		begin(&f, &m);
		stun_attribute(&m, STUN_PRIORITY, "abcd", 4);
		stun_integrity(&m, f.login.pwd);
		stun_fingerprint(&m);
		m.data[38] = 0xff;	/* of PRIORITY: behind 20 and 16 bytes, and its type */
		m.data[39] = n ? 0xfc : 0xff;
		check(!receive(&f, stun_bytes(&m)));
	}
	fixture_done(&f);
}

/* Other classes and methods, with everything else right; TURN's too (A17). */
TEST(A17_other_messages)
{
	static const uint16_t types[] = {
		0x0011, 0x0101, 0x0111,			/* binding: indication, success, error */
		0x0002, 0x0003, 0x0004, 0x0006, 0x0007, 0x0008, 0x0009, 0x0016, 0x0017,
	};
	struct fixture f;
	struct stun_message m;

	fixture_init(&f);
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		begin(&f, &m);
		m.data[0] = (uint8_t)(types[i] >> 8);
		m.data[1] = (uint8_t)types[i];
		stun_integrity(&m, f.login.pwd);
		stun_fingerprint(&m);
		check(!receive(&f, stun_bytes(&m)));
	}
	fixture_done(&f);
}

/* A12: what must be understood and is not: silence unless authentic, and then never more than was asked. */
TEST(A12_unknown_attributes)
{
	struct fixture f;
	struct stun_message m;
	unsigned errors = 0;

	fixture_init(&f);
	for (uint16_t n = 1; n <= 40; n++) {
		begin(&f, &m);
		for (uint16_t i = 0; i < n; i++)
			stun_attribute(&m, (uint16_t)(0x4000 + i), "x", 1);
		stun_integrity(&m, "another-password");
		stun_fingerprint(&m);
		check(!receive(&f, stun_bytes(&m)));

		begin(&f, &m);
		for (uint16_t i = 0; i < n; i++)
			stun_attribute(&m, (uint16_t)(0x4000 + i), "x", 1);
		stun_integrity(&m, f.login.pwd);
		stun_fingerprint(&m);
		check(receive(&f, stun_bytes(&m)));
		check_le(f.check.reply_size, stun_bytes(&m).size);
		check(!f.check.nominates);
		if (f.check.reply_size) {
			check_eq(stun_error(reply(&f)), 420);
			errors++;
		}
	}
	check(errors > 20);
	begin(&f, &m);
	for (uint16_t i = 0; i < 100; i++)
		stun_attribute(&m, (uint16_t)(0x4000 + i), NULL, 0);
	stun_integrity(&m, f.login.pwd);
	stun_fingerprint(&m);
	check(!receive(&f, stun_bytes(&m)));	/* more than anybody sends */
	fixture_done(&f);
}

/* A15: we are never the controlling side, whatever the tie-breaker. */
TEST(A15_role_conflict)
{
	static const uint8_t ties[][8] = {
		{ 0 }, { 1 }, { 0, 0, 0, 0, 0, 0, 0, 1 }, { 255, 255, 255, 255, 255, 255, 255, 255 },
	};
	struct fixture f;
	struct stun_message m;

	fixture_init(&f);
	for (size_t i = 0; i < ARRAY_SIZE(ties); i++) {
		begin(&f, &m);
		stun_attribute(&m, STUN_ICE_CONTROLLED, ties[i], 8);
		stun_attribute(&m, STUN_USE_CANDIDATE, NULL, 0);
		stun_integrity(&m, f.login.pwd);
		stun_fingerprint(&m);
		check(receive(&f, stun_bytes(&m)));
		check(!f.check.nominates);
		check_le(f.check.reply_size, stun_bytes(&m).size);
		/* With 0, as small as ours, libnice would take the other role; it has none here to take, and says
		 * yes. */
		check(f.check.reply_size == 0 || stun_error(reply(&f)) == 487 ||
		      (i == 0 && stun_is_success(reply(&f), f.login.pwd)));
	}
	stun_check(&m, f.login.ufrag, f.login.pwd, true);
	check(receive(&f, stun_bytes(&m)));
	check(stun_is_success(reply(&f), f.login.pwd));
	fixture_done(&f);
}

TEST(moving_keeps_what_the_peer_knows)
{
	struct fixture f;
	struct ice_login old = { 0 };
	struct stun_message m;

	fixture_init(&f);
	stun_check(&m, f.login.ufrag, f.login.pwd, false);
	ice_move(f.ice, &old, &f.login);
	check_eq(f.login.ufrag[0], 0);
	check(receive(&f, stun_bytes(&m)));
	check(f.check.login == &old);
	ice_remove(f.ice, &old);
	check(!receive(&f, stun_bytes(&m)));
	fixture_done(&f);
}

TEST(no_memory)
{
	struct ice *i;

	for (unsigned long n = 1; n <= 2; n++) {
		mem_fail_at(n, 0);
		check_eq(ice_new(&i, 4), -ENOMEM);
		mem_fail_at(0, 0);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(answers_ipv4),
	cmocka_unit_test(answers_ipv6),
	cmocka_unit_test(optional_attributes_are_passed_over),
	cmocka_unit_test(credentials_are_long_and_of_their_alphabet),
	cmocka_unit_test(A10_wrong_credentials),
	cmocka_unit_test(A12_unknown_attributes),
	cmocka_unit_test(A13_damaged),
	cmocka_unit_test(A13_structure),
	cmocka_unit_test(A15_role_conflict),
	cmocka_unit_test(A17_other_messages),
	cmocka_unit_test(moving_keeps_what_the_peer_knows),
	cmocka_unit_test(no_memory),
};

RUN_TESTS(tests)
