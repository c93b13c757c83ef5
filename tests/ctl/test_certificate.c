/* SPDX-License-Identifier: EUPL-1.2 */
/* A certificate in order, and one of each fault. */
#include "server/ctl/checks.h"

#include "base/mem.h"
#include "tests/support/check.h"

#define DAY 86400

static struct config config;
static struct finding f;

/* As conclavectl looks at it, at another time than now. */
static enum grade look(const char *certificate, const char *key, int64_t (*when)(const struct tls_certificate *))
{
	struct tls_certificate facts;
	uint32_t covered = 0;

	(void)snprintf(config.certificate, sizeof(config.certificate), "%s/%s", CTL_DATA, certificate);
	(void)snprintf(config.key, sizeof(config.key), "%s/%s", CTL_DATA, key);
	tls_inspect(&facts, config.certificate, config.key);
	for (uint32_t i = 0; i < config.n_hosts; i++)
		if (tls_covers(config.certificate, config.hosts[i]))
			covered |= 1u << i;
	judge_certificate(&f, &config, &facts, covered, when(&facts));
	return f.grade;
}

static int64_t midway(const struct tls_certificate *c) { return c->not_before / 2 + c->not_after / 2; }
static int64_t second_early(const struct tls_certificate *c) { return c->not_before - 1; }
static int64_t first_second(const struct tls_certificate *c) { return c->not_before; }
static int64_t month_left(const struct tls_certificate *c) { return c->not_after - 30 * DAY; }
static int64_t less_left(const struct tls_certificate *c) { return c->not_after - 30 * DAY + 1; }
static int64_t last_second(const struct tls_certificate *c) { return c->not_after - 1; }
static int64_t ended(const struct tls_certificate *c) { return c->not_after; }

static int setup(void **state __attribute__((unused)))
{
	static const char *const hosts[] = { "raad.example.org" };

	config = (struct config){ .n_hosts = 1 };
	memcpy(config.hosts[0], hosts[0], strlen(hosts[0]) + 1);
	return 0;
}

TEST(good_one_is_in_order)
{
	check_eq(look("issued.pem", "key.pem", midway), GRADE_OK);
	check(strstr(f.says, "days more"));
	check_text(f.mend, "");
	check_eq(look("issued.pem", "key.pem", first_second), GRADE_OK);
}

TEST(time_runs_out)
{
	check_eq(look("issued.pem", "key.pem", second_early), GRADE_BROKEN);
	check(strstr(f.says, "not valid yet"));
	check_eq(look("issued.pem", "key.pem", month_left), GRADE_OK);
	check_eq(look("issued.pem", "key.pem", less_left), GRADE_ATTENTION);
	check(strstr(f.says, "days left: 29"));
	check_eq(look("issued.pem", "key.pem", last_second), GRADE_ATTENTION);
	check_eq(look("issued.pem", "key.pem", ended), GRADE_BROKEN);
	check(strstr(f.says, "ran out"));
	check(strstr(f.mend, "renew"));
}

TEST(files_are_missing_or_wrong)
{
	check_eq(look("absent.pem", "key.pem", midway), GRADE_BROKEN);
	check(strstr(f.says, "no certificate"));
	check_eq(look("key.pem", "key.pem", midway), GRADE_BROKEN);
	check(strstr(f.says, "no certificate"));
	check_eq(look("issued.pem", "absent.pem", midway), GRADE_BROKEN);
	check(strstr(f.says, "no private key"));
	check_eq(look("issued.pem", "locked-key.pem", midway), GRADE_BROKEN);
	check(strstr(f.says, "no private key"));
	check_eq(look("issued.pem", "other-key.pem", midway), GRADE_BROKEN);
	check(strstr(f.says, "does not belong"));
}

TEST(own_signature_deserves_attention)
{
	check_eq(look("certificate.pem", "key.pem", midway), GRADE_ATTENTION);
	check(strstr(f.says, "signed itself"));
}

TEST(chain_leads_somewhere_or_not)
{
	check_eq(tls_chain(CTL_DATA "/certificate.pem"), TLS_CHAIN_ALONE);
	check_eq(tls_chain(CTL_DATA "/issued.pem"), TLS_CHAIN_BROKEN);
	check_eq(tls_chain(CTL_DATA "/absent.pem"), TLS_CHAIN_BROKEN);
	judge_chain(&f, TLS_CHAIN_KNOWN);
	check_eq(f.grade, GRADE_OK);
	judge_chain(&f, TLS_CHAIN_ALONE);
	check_eq(f.grade, GRADE_OK);
	judge_chain(&f, TLS_CHAIN_PRIVATE);
	check_eq(f.grade, GRADE_ATTENTION);
	judge_chain(&f, TLS_CHAIN_BROKEN);
	check_eq(f.grade, GRADE_BROKEN);
	check(strstr(f.mend, "fullchain.pem"));
}

TEST(key_is_strong_and_its_owners_alone)
{
	struct tls_certificate facts;

	tls_inspect(&facts, CTL_DATA "/issued.pem", CTL_DATA "/key.pem");
	check_eq(facts.key_bits, 128);
	judge_key(&f, "key.pem", 0600, facts.key_bits);
	check_eq(f.grade, GRADE_OK);
	judge_key(&f, "key.pem", 0640, facts.key_bits);
	check_eq(f.grade, GRADE_ATTENTION);
	judge_key(&f, "key.pem", 0604, facts.key_bits);
	check_eq(f.grade, GRADE_BROKEN);
	judge_key(&f, "key.pem", 0600, 80);
	check_eq(f.grade, GRADE_BROKEN);
	check(strstr(f.says, "too short"));
}

TEST(root_may_hand_the_key_to_the_server)
{
	const struct stat key = { .st_mode = S_IFREG | 0640, .st_uid = 0, .st_gid = 110 };
	const struct stat server = { .st_uid = 110, .st_gid = 110 }, other = { .st_uid = 110, .st_gid = 100 };
	const struct stat root = { .st_gid = 110 }, written = { .st_mode = S_IFREG | 0660, .st_gid = 110 };
	const struct stat own = { .st_mode = S_IFREG | 0640, .st_uid = 110, .st_gid = 110 };
	const struct stat open = { .st_mode = S_IFREG | 0644, .st_gid = 110 };

	check_eq(key_mode(&key, &server), 0600);
	check_eq(key_mode(&key, &other), 0640);
	check_eq(key_mode(&key, &root), 0640);
	check_eq(key_mode(&own, &server), 0640);
	check_eq(key_mode(&written, &server), 0620);
	check_eq(key_mode(&open, &server), 0604);
}

TEST(every_host_must_be_covered)
{
	static const char *const good[] = { "raad.example.org", "192.0.2.7", "2001:db8::7", "2001:db8:0::7" };
	static const char *const bad[] = { "example.org", "x.raad.example.org", "192.0.2.8", "::1", "localhost" };

	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		check(tls_covers(CTL_DATA "/certificate.pem", good[i]));
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		check(!tls_covers(CTL_DATA "/certificate.pem", bad[i]));
	check(!tls_covers(CTL_DATA "/absent.pem", "raad.example.org"));
	memcpy(config.hosts[1], "192.0.2.7", 10);
	config.n_hosts = 2;
	check_eq(look("certificate.pem", "key.pem", midway), GRADE_ATTENTION);
	check_eq(look("issued.pem", "key.pem", midway), GRADE_BROKEN);
	check(strstr(f.says, "192.0.2.7"));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup(good_one_is_in_order, setup),
	cmocka_unit_test_setup(time_runs_out, setup),
	cmocka_unit_test_setup(files_are_missing_or_wrong, setup),
	cmocka_unit_test_setup(own_signature_deserves_attention, setup),
	cmocka_unit_test(chain_leads_somewhere_or_not),
	cmocka_unit_test(key_is_strong_and_its_owners_alone),
	cmocka_unit_test(root_may_hand_the_key_to_the_server),
	cmocka_unit_test_setup(every_host_must_be_covered, setup),
};

RUN_TESTS(tests)
