/* SPDX-License-Identifier: EUPL-1.2 */
/* auth/oidc.c, oidc_keys.c: the ID tokens of ATTACKS D16, and what is wrong with each. In tests only. */
#include "tests/support/issuer.h"
#include "tests/support/check.h"

/* Each forgery is wrong in one respect: beside it stands a token that is right. */
struct forgery {
	const char *what, *with;
	enum oidc_why why;
};

static enum oidc_why judge(struct issuer *i, const struct oidc_wanted *wanted)
{
	_cleanup_(oidc_keys_freep) struct oidc_keys *keys = issuer_keys(i);
	char email[OIDC_EMAIL_SIZE] = "nobody";
	enum oidc_why why;

	check(keys);
	why = oidc_check(keys, wanted, issuer_token(i), email);
	check_text(email, why == OIDC_OK ? "An.Peeters@council.example" : "nobody");
	return why;
}

static void judge_all(const struct forgery *list, size_t n, bool header)
{
	const struct oidc_wanted wanted = issuer_wanted();
	struct issuer i;

	issuer_init(&i, OIDC_ES256);
	for (size_t k = 0; k < n; k++) {
		issuer_reset(&i);
		check_eq(judge(&i, &wanted), OIDC_OK);
		if (header)
			issuer_header(&i, list[k].what, list[k].with);
		else
			issuer_claim(&i, list[k].what, list[k].with);
		if (judge(&i, &wanted) != list[k].why)
			fail_msg("%s -> %s: %s, not %s", list[k].what, list[k].with, oidc_why_word(judge(&i, &wanted)),
				oidc_why_word(list[k].why));
	}
	issuer_done(&i);
}

TEST(a_right_token_of_each_algorithm_names_its_owner)
{
	const struct oidc_wanted wanted = issuer_wanted();

	for (unsigned a = 0; a < OIDC_ALGORITHM_N; a++) {
		struct issuer i;

		issuer_init(&i, a);
		check_eq(judge(&i, &wanted), OIDC_OK);
		issuer_done(&i);
	}
}

/* Also with the signature that would be right for it. */
TEST(the_token_does_not_choose_its_algorithm)
{
	const struct oidc_wanted wanted = issuer_wanted();

	for (unsigned configured = 0; configured < OIDC_ALGORITHM_N; configured++) {
		static const char *const others[] = { "none", "None", "NONE", "nOnE", "HS256", "HS512", "RS256",
			"PS256", "ES256", "RS512", "ES384", "EdDSA", "" };
		struct issuer i;

		issuer_init(&i, configured);
		for (size_t k = 0; k < ARRAY_SIZE(others); k++) {
			if (strcmp(others[k], oidc_algorithm_word(configured)) == 0)
				continue;
			for (unsigned way = ISSUER_RIGHT; way <= ISSUER_SHARED_SECRET; way++) {
				issuer_reset(&i);
				i.way = way;
				issuer_header(&i, oidc_algorithm_word(configured), others[k]);
				check_eq(judge(&i, &wanted), OIDC_ALGORITHM);
			}
		}
		issuer_reset(&i);
		issuer_header(&i, "\"alg\"", "\"algorithm\"");
		check_eq(judge(&i, &wanted), OIDC_ALGORITHM);
		issuer_done(&i);
	}
}

/* The right word in the header, and under it another signature. */
TEST(what_is_not_signed_by_the_provider_is_refused)
{
	const struct oidc_wanted wanted = issuer_wanted();

	for (unsigned a = 0; a < OIDC_ALGORITHM_N; a++) {
		struct issuer i, other;

		issuer_init(&i, a);
		issuer_init(&other, a);
		for (unsigned way = ISSUER_UNSIGNED; way <= ISSUER_DER; way++) {
			i.way = way;
			check_eq(judge(&i, &wanted), way == ISSUER_DER && a != OIDC_ES256 ? OIDC_OK : OIDC_SIGNATURE);
		}
		issuer_reset(&i);
		{
			_cleanup_(oidc_keys_freep) struct oidc_keys *keys = issuer_keys(&i);
			char email[OIDC_EMAIL_SIZE];

			check_eq(oidc_check(keys, &wanted, issuer_token(&other), email), OIDC_SIGNATURE);
			check_eq(oidc_check(keys, &wanted, issuer_token(&i), email), OIDC_OK);
		}
		issuer_done(&i);
		issuer_done(&other);
	}
}

/* PKCS #1 1.5 where PSS was configured, and the other way round: with the same key. */
TEST(the_two_signatures_of_rsa_do_not_stand_for_each_other)
{
	const struct oidc_wanted wanted = issuer_wanted();
	char email[OIDC_EMAIL_SIZE];
	struct issuer i;

	issuer_init(&i, OIDC_RS256);
	for (unsigned a = OIDC_RS256; a <= OIDC_PS256; a++) {
		_cleanup_(oidc_keys_freep) struct oidc_keys *keys = NULL;

		i.algorithm = a;
		issuer_reset(&i);
		keys = issuer_keys(&i);
		i.algorithm = a == OIDC_RS256 ? OIDC_PS256 : OIDC_RS256;
		check_eq(oidc_check(keys, &wanted, issuer_token(&i), email), OIDC_SIGNATURE);
		i.algorithm = a;
		check_eq(oidc_check(keys, &wanted, issuer_token(&i), email), OIDC_OK);
	}
	issuer_done(&i);
}

TEST(every_letter_counts)
{
	const struct oidc_wanted wanted = issuer_wanted();
	char email[OIDC_EMAIL_SIZE], changed[ISSUER_TEXT];
	_cleanup_(oidc_keys_freep) struct oidc_keys *keys = NULL;
	struct bytes token;
	struct issuer i;

	issuer_init(&i, OIDC_ES256);
	keys = issuer_keys(&i);
	token = issuer_token(&i);
	for (size_t at = 0; at < token.size; at++) {
		memcpy(changed, token.data, token.size);
		changed[at] = changed[at] == 'A' ? 'B' : 'A';
		check(oidc_check(keys, &wanted, bytes_make(changed, token.size), email) != OIDC_OK);
		check(oidc_check(keys, &wanted, bytes_make(token.data, at), email) != OIDC_OK);
	}
	memcpy(changed, token.data, token.size);
	memcpy(changed + token.size, ".e30", 4);
	check_eq(oidc_check(keys, &wanted, bytes_make(changed, token.size + 4), email), OIDC_MALFORMED);
	check_eq(oidc_check(keys, &wanted, token, email), OIDC_OK);
	issuer_done(&i);
}

TEST(a_header_brings_no_key_and_no_address)
{
	static const struct forgery list[] = {
		{ "{", "{\"jku\":\"https://evil.example/keys\",", OIDC_HEADER },
		{ "{", "{\"x5u\":\"https://evil.example/chain\",", OIDC_HEADER },
		{ "{", "{\"jwk\":{\"kty\":\"oct\",\"k\":\"AA\"},", OIDC_HEADER },
		{ "{", "{\"x5c\":[\"MIIB\"],", OIDC_HEADER },
		{ "{", "{\"crit\":[\"exp\"],", OIDC_HEADER },
		{ "{", "{\"b64\":false,", OIDC_HEADER },
		{ "{", "{\"zip\":\"DEF\",", OIDC_HEADER },
		{ "JWT", "JWE", OIDC_HEADER },
		{ "JWT", "at+jwt", OIDC_HEADER },
		{ "first", "second", OIDC_KEY },
		{ "first", "../../first", OIDC_KEY },
		{ "first", "", OIDC_KEY },
		{ "\"first\"", "null", OIDC_MALFORMED },
		{ "{", "{\"alg\":\"none\",", OIDC_MALFORMED },	/* twice */
		{ "{", "[{", OIDC_MALFORMED },
	};

	judge_all(list, ARRAY_SIZE(list), true);
}

TEST(every_claim_is_checked)
{
	static const struct forgery list[] = {
		{ "https://login.example", "https://login.example/", OIDC_ISSUER },
		{ "https://login.example", "https://evil.example", OIDC_ISSUER },
		{ "https://login.example", "", OIDC_ISSUER },
		{ "\"iss\"", "\"issuer\"", OIDC_ISSUER },
		{ "\"conclave\"", "\"another\"", OIDC_AUDIENCE },
		{ "\"conclave\"", "\"conclave2\"", OIDC_AUDIENCE },
		{ "\"conclave\"", "[\"another\"]", OIDC_AUDIENCE },
		{ "\"conclave\"", "[]", OIDC_AUDIENCE },
		{ "\"conclave\"", "[\"conclave\",\"another\"]", OIDC_AUDIENCE },
		{ "\"conclave\"", "[\"conclave\",\"another\"],\"azp\":\"conclave\"", OIDC_AUDIENCE },
		{ "\"conclave\"", "\"conclave\",\"azp\":\"another\"", OIDC_AUDIENCE },
		{ "\"conclave\"", "\"conclave\",\"azp\":null", OIDC_AUDIENCE },
		{ "\"conclave\"", "{\"conclave\":1}", OIDC_AUDIENCE },
		{ "1800000300", "1799999940", OIDC_TIME },	/* over, the skew included */
		{ "1800000300", "0", OIDC_TIME },
		{ "1800000300", "-1", OIDC_TIME },
		{ "1800000300", "\"1800000300\"", OIDC_TIME },
		{ "1800000300", "1e300", OIDC_TIME },
		{ "\"exp\"", "\"expires\"", OIDC_TIME },
		{ "1799999999", "1800000061", OIDC_TIME },	/* issued in the future */
		{ "1799999999", "1799999399", OIDC_TIME },	/* long ago */
		{ "\"iat\"", "\"issued\"", OIDC_TIME },
		{ "\"iat\"", "\"nbf\":1800000061,\"iat\"", OIDC_TIME },
		{ "\"iat\"", "\"nbf\":\"now\",\"iat\"", OIDC_TIME },
		{ "n-once", "n-other", OIDC_NONCE },
		{ "n-once", "", OIDC_NONCE },
		{ "\"nonce\"", "\"none\"", OIDC_NONCE },
		{ "\"77\"", "\"\"", OIDC_MALFORMED },
		{ "\"77\"", "77", OIDC_MALFORMED },
		{ "true", "false", OIDC_EMAIL },
		{ "true", "\"true\"", OIDC_EMAIL },
		{ "true", "1", OIDC_EMAIL },
		{ "\"email_verified\"", "\"verified\"", OIDC_EMAIL },
		{ "\"email\"", "\"mail\"", OIDC_EMAIL },
		{ "An.Peeters@council.example", "An.Peeters", OIDC_EMAIL },
		{ "An.Peeters@council.example", "@council.example", OIDC_EMAIL },
		{ "An.Peeters@council.example", "a@b@council.example", OIDC_EMAIL },
		{ "An.Peeters@council.example", "An Peeters@council.example", OIDC_EMAIL },
		{ "An.Peeters@council.example", "An.Peeters@council.example\\n", OIDC_EMAIL },
		{ "An.Peeters@council.example", "An.Peeters@council.example\\u0000", OIDC_MALFORMED },
		{ "{", "{\"email\":\"chair@council.example\",", OIDC_MALFORMED },	/* twice */
		{ "}", "} ", OIDC_OK },
		{ "}", "", OIDC_MALFORMED },
	};

	judge_all(list, ARRAY_SIZE(list), false);
}

TEST(an_audience_of_one_may_stand_in_a_list)
{
	static const struct forgery list[] = {
		{ "\"conclave\"", "[\"conclave\"]", OIDC_OK },
		{ "\"conclave\"", "\"conclave\",\"azp\":\"conclave\"", OIDC_OK },
		{ "1800000300", "1799999941", OIDC_OK },
		{ "1799999999", "1800000060", OIDC_OK },
		{ "1799999999", "1799999400", OIDC_OK },
		{ "\"iat\"", "\"nbf\":1800000060,\"iat\"", OIDC_OK },
	};

	judge_all(list, ARRAY_SIZE(list), false);
}

/* A token without a nonce must not fit a question without one, should there ever be such a question. */
TEST(an_empty_nonce_matches_nothing)
{
	struct oidc_wanted wanted = issuer_wanted();
	struct issuer i;

	issuer_init(&i, OIDC_ES256);
	wanted.nonce = "";
	issuer_claim(&i, "n-once", "");
	check_eq(judge(&i, &wanted), OIDC_NONCE);
	issuer_done(&i);
}

TEST(the_level_is_asked_for_where_it_was_configured)
{
	struct oidc_wanted wanted = issuer_wanted();
	struct issuer i;

	issuer_init(&i, OIDC_ES256);
	wanted.acr = "urn:level:substantial";
	check_eq(judge(&i, &wanted), OIDC_LEVEL);
	issuer_claim(&i, "\"iat\"", "\"acr\":\"urn:level:low\",\"iat\"");
	check_eq(judge(&i, &wanted), OIDC_LEVEL);
	issuer_claim(&i, "low", "substantial");
	check_eq(judge(&i, &wanted), OIDC_OK);
	wanted.verified = "xms_edov";
	check_eq(judge(&i, &wanted), OIDC_EMAIL);
	issuer_claim(&i, "email_verified", "xms_edov");
	check_eq(judge(&i, &wanted), OIDC_OK);
	issuer_done(&i);
}

TEST(a_token_that_is_too_long_is_not_looked_at)
{
	const struct oidc_wanted wanted = issuer_wanted();
	_cleanup_(oidc_keys_freep) struct oidc_keys *keys = NULL;
	static char long_one[OIDC_TOKEN_MOST + 1];
	char email[OIDC_EMAIL_SIZE];
	struct issuer i;

	issuer_init(&i, OIDC_ES256);
	keys = issuer_keys(&i);
	memset(long_one, 'A', sizeof(long_one));
	check_eq(oidc_check(keys, &wanted, bytes_make(long_one, sizeof(long_one)), email), OIDC_MALFORMED);
	check_eq(oidc_check(keys, &wanted, bytes_make(NULL, 0), email), OIDC_MALFORMED);
	check_eq(oidc_check(keys, &wanted, bytes_of_string(".."), email), OIDC_MALFORMED);
	issuer_done(&i);
}

/* Is this key kept, in a set with others that are of no use? */
static bool has_first(struct issuer *i, enum oidc_algorithm algorithm, const char *more, const char *what,
	const char *with)
{
	char jwk[4096], set[8192];
	int n;

	snprintf(jwk, sizeof(jwk), "%s", issuer_jwk(i, "first", more));
	if (what)
		issuer_swap(jwk, sizeof(jwk), what, with);
	n = snprintf(set, sizeof(set), "{\"keys\":[3,{\"kty\":\"oct\",\"k\":\"AA\",\"kid\":\"first\"},%s]}", jwk);
	_cleanup_(oidc_keys_freep) struct oidc_keys *keys = oidc_keys_read(algorithm, bytes_make(set, (size_t)n));

	return keys && oidc_keys_find(keys, "first") == 0;
}

TEST(keys_of_other_kinds_are_not_kept)
{
	struct issuer rsa, curve;

	issuer_init(&rsa, OIDC_RS256);
	issuer_init(&curve, OIDC_ES256);
	check(has_first(&rsa, OIDC_RS256, "", NULL, NULL));
	check(has_first(&rsa, OIDC_PS256, "", NULL, NULL));
	check(has_first(&curve, OIDC_ES256, "", NULL, NULL));
	check(!has_first(&rsa, OIDC_ES256, "", NULL, NULL));
	check(!has_first(&curve, OIDC_RS256, "", NULL, NULL));
	check(has_first(&rsa, OIDC_RS256, ",\"alg\":\"RS256\"", NULL, NULL));
	check(!has_first(&rsa, OIDC_PS256, ",\"alg\":\"RS256\"", NULL, NULL));
	check(has_first(&rsa, OIDC_RS256, ",\"use\":\"sig\"", NULL, NULL));
	check(!has_first(&rsa, OIDC_RS256, ",\"use\":\"enc\"", NULL, NULL));
	check(!has_first(&curve, OIDC_ES256, "", "P-256", "P-384"));
	check(!has_first(&curve, OIDC_ES256, "", "\"x\":\"", "\"x\":\"AAAA"));
	check(!has_first(&rsa, OIDC_RS256, "", "AQAB", "AQ"));	/* exponent 1 */
	issuer_done(&rsa);
	issuer_done(&curve);
}

TEST(a_set_without_a_key_that_fits_is_none)
{
	static const char *const sets[] = { "", "{}", "[]", "{\"keys\":{}}", "{\"keys\":[]}", "{\"keys\":[[]]}",
		"{\"keys\":[{}]}", "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}]}",
		"{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA\",\"y\":\"AA\"}]}" };

	for (unsigned a = 0; a < OIDC_ALGORITHM_N; a++)
		for (size_t i = 0; i < ARRAY_SIZE(sets); i++)
			check(!oidc_keys_read(a, bytes_of_string(sets[i])));
}

TEST(a_token_may_leave_its_key_unnamed_where_there_is_one_only)
{
	const struct oidc_wanted wanted = issuer_wanted();
	char one[2048], email[OIDC_EMAIL_SIZE], set[8192];
	_cleanup_(oidc_keys_freep) struct oidc_keys *two = NULL;
	struct issuer i, other;
	int n;

	issuer_init(&i, OIDC_ES256);
	issuer_init(&other, OIDC_ES256);
	issuer_header(&i, "\"kid\":\"first\",", "");
	check_eq(judge(&i, &wanted), OIDC_OK);
	snprintf(one, sizeof(one), "%s", issuer_jwk(&i, "first", ""));
	n = snprintf(set, sizeof(set), "{\"keys\":[%s,%s]}", one, issuer_jwk(&other, "second", ""));
	two = oidc_keys_read(OIDC_ES256, bytes_make(set, (size_t)n));
	check(two);
	check_eq(oidc_check(two, &wanted, issuer_token(&i), email), OIDC_KEY);
	/* The second key's token by the first key's name, and by its own. */
	check_eq(oidc_check(two, &wanted, issuer_token(&other), email), OIDC_SIGNATURE);
	issuer_header(&other, "first", "second");
	check_eq(oidc_check(two, &wanted, issuer_token(&other), email), OIDC_OK);
	issuer_done(&i);
	issuer_done(&other);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_right_token_of_each_algorithm_names_its_owner),
	cmocka_unit_test(the_token_does_not_choose_its_algorithm),
	cmocka_unit_test(what_is_not_signed_by_the_provider_is_refused),
	cmocka_unit_test(the_two_signatures_of_rsa_do_not_stand_for_each_other),
	cmocka_unit_test(every_letter_counts),
	cmocka_unit_test(a_header_brings_no_key_and_no_address),
	cmocka_unit_test(every_claim_is_checked),
	cmocka_unit_test(an_audience_of_one_may_stand_in_a_list),
	cmocka_unit_test(an_empty_nonce_matches_nothing),
	cmocka_unit_test(the_level_is_asked_for_where_it_was_configured),
	cmocka_unit_test(a_token_that_is_too_long_is_not_looked_at),
	cmocka_unit_test(keys_of_other_kinds_are_not_kept),
	cmocka_unit_test(a_set_without_a_key_that_fits_is_none),
	cmocka_unit_test(a_token_may_leave_its_key_unnamed_where_there_is_one_only),
};

RUN_TESTS(tests)
