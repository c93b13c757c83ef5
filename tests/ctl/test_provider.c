/* SPDX-License-Identifier: EUPL-1.2 */
/* A provider of sign-ins in order, and one of each fault, in both languages. */
#include "server/ctl/checks.h"

#include <errno.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "tests/support/check.h"

#define NOW 1800000000
#define FOUND "\"found\":true,\"success\":1799999400,\"discovery\":{\"result\":\"done\",\"status\":200}"
#define KEYS "\"keys\":{\"result\":\"done\",\"status\":200}"

static struct finding f;

/* As the server told it, between braces, in English and then in Dutch. */
static void judged(const char *told, enum grade grade, const char *english, const char *dutch)
{
	char text[512];

	(void)snprintf(text, sizeof(text), "{%s}", told);
	for (int i = 0; i < 2; i++) {
		_cleanup_(answer_freep) struct answer *a = answer_parse(bytes_of_string(text));

		check(a);
		f = (struct finding){ .dutch = i };
		judge_provider(&f, a, NOW);
		check_eq(f.grade, grade);
		check(strstr(f.says, i ? dutch : english));
		check((grade == GRADE_OK) == (f.mend[0] == '\0'));
	}
}

static void without(const char *outcome, unsigned status, const char *english, const char *dutch)
{
	char told[256];

	(void)snprintf(told, sizeof(told), "\"found\":false,\"discovery\":{\"result\":\"%s\",\"status\":%u}", outcome,
		status);
	judged(told, GRADE_BROKEN, english, dutch);
}

TEST(a_provider_that_answers_is_in_order)
{
	judged(FOUND "," KEYS, GRADE_OK, "answered 10 minutes ago", "antwoordde 10 minuten geleden");
	judged(FOUND "," KEYS ",\"token\":{\"result\":\"status\",\"status\":400}", GRADE_OK, "was found",
		"is gevonden");
	judged("\"found\":false,\"discovery\":{\"result\":\"done\"}," KEYS, GRADE_ATTENTION, "not offered yet",
		"nog niet aangeboden");
}

TEST(one_that_is_not_found_says_why)
{
	without("name", 0, "no address", "geen adres");
	without("connection", 0, "cannot be reached", "niet te bereiken");
	without("timeout", 0, "cannot be reached", "niet te bereiken");
	without("certificate", 0, "not trusted", "niet vertrouwd");
	check(strstr(f.mend, "oidc_ca_file"));
	without("status", 404, "status 404", "status 404");
	without("unfit", 200, "does not fit", "past niet");
	judged("\"found\":false", GRADE_BROKEN, "may not run", "loopt het niet");
	without("a-word-of-tomorrow", 0, "may not run", "loopt het niet");
}

TEST(keys_that_cannot_be_read_are_told)
{
	judged(FOUND ",\"keys\":{\"result\":\"unfit\",\"status\":200}", GRADE_BROKEN, "none for oidc_algorithm",
		"geen voor oidc_algorithm");
	judged(FOUND ",\"keys\":{\"result\":\"status\",\"status\":503}", GRADE_BROKEN,
		"cannot be read: status, status 503", "niet te lezen: status, status 503");
}

TEST(a_secret_that_the_provider_refuses_is_told)
{
	judged(FOUND "," KEYS ",\"token\":{\"result\":\"status\",\"status\":401}", GRADE_BROKEN, "refuses our secret",
		"weigert ons geheim");
}

static enum grade secret(int r, mode_t mode, uid_t owner, off_t size, const uid_t *server)
{
	const struct stat st = { .st_mode = mode, .st_uid = owner, .st_size = size };

	judge_secret(&f, "/etc/conclave/oidc-secret", r, &st, server);
	return f.grade;
}

TEST(the_secret_is_its_owners_alone)
{
	static const uid_t server = 990, root = 0;

	for (int i = 0; i < 2; i++) {
		f = (struct finding){ .dutch = i };
		check_eq(secret(0, S_IFREG | 0600, 990, 20, &server), GRADE_OK);
		check_eq(secret(0, S_IFREG | 0400, 990, 20, NULL), GRADE_OK);
		check_eq(secret(0, S_IFREG | 0600, 990, 20, &root), GRADE_OK);
		check_eq(secret(0, S_IFREG | 0640, 990, 20, &server), GRADE_BROKEN);
		check(strstr(f.says, i ? "anderen dan de eigenaar" : "others than its owner"));
		check_eq(secret(0, S_IFREG | 0604, 990, 20, &server), GRADE_BROKEN);
		check_eq(secret(0, S_IFDIR | 0700, 990, 20, &server), GRADE_BROKEN);
		check_eq(secret(0, S_IFREG | 0600, 0, 20, &server), GRADE_BROKEN);
		check(strstr(f.says, i ? "loopt als 990" : "as number 990"));
		check_eq(secret(0, S_IFREG | 0600, 990, 0, &server), GRADE_BROKEN);
		check(strstr(f.says, i ? "leeg" : "empty"));
		check_eq(secret(-ENOENT, 0, 0, 0, &server), GRADE_BROKEN);
		check(strstr(f.mend, i ? "één regel" : "one line"));
	}
}

static enum grade redirect(const char *configured, const char *told)
{
	_cleanup_(answer_freep) struct answer *a = answer_parse(bytes_of_string(told));

	check(a);
	judge_redirect(&f, configured, a, "https://login.example");
	return f.grade;
}

TEST(people_are_sent_back_to_the_public_address)
{
#define TOLD(at) "{\"issuer\":\"https://login.example\",\"redirect\":\"" at "\"}"
	for (int i = 0; i < 2; i++) {
		f = (struct finding){ .dutch = i };
		check_eq(redirect("https://raad.example/", TOLD("https://raad.example/")), GRADE_OK);
		check_eq(redirect("https://raad.example:8443/", TOLD("https://raad.example:8443/")), GRADE_OK);
		check_eq(redirect("https://raad.example/", TOLD("https://raad.example:8443/")), GRADE_BROKEN);
		check(strstr(f.mend, i ? "herstart" : "restart"));
		check_eq(redirect("https://raad.example/", "{\"issuer\":\"https://old.example\","
			"\"redirect\":\"https://raad.example/\"}"), GRADE_BROKEN);
		check_eq(redirect("https://raad.example/", "{}"), GRADE_BROKEN);
		check_eq(redirect("https://localhost:8443/", TOLD("https://localhost:8443/")), GRADE_ATTENTION);
		check_eq(redirect("https://192.0.2.7/", TOLD("https://192.0.2.7/")), GRADE_ATTENTION);
		check_eq(redirect("https://[2001:db8::7]/", TOLD("https://[2001:db8::7]/")), GRADE_ATTENTION);
		check(strstr(f.says, i ? "geen naam" : "no name"));
	}
#undef TOLD
}

static enum grade skew(bool known, int64_t ahead)
{
	judge_skew(&f, known, ahead);
	return f.grade;
}

TEST(clocks_may_be_as_far_apart_as_a_token_bears)
{
	for (int i = 0; i < 2; i++) {
		f = (struct finding){ .dutch = i };
		check_eq(skew(true, 0), GRADE_OK);
		check_eq(skew(true, -30), GRADE_OK);
		check_eq(skew(true, 31), GRADE_ATTENTION);
		check_eq(skew(true, -60), GRADE_ATTENTION);
		check_eq(skew(true, 61), GRADE_BROKEN);
		check_eq(skew(true, -3600), GRADE_BROKEN);
		check(strstr(f.says, i ? "verschillen 3600 s" : "3600 s apart"));
		check_eq(skew(false, 0), GRADE_ATTENTION);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_provider_that_answers_is_in_order),
	cmocka_unit_test(one_that_is_not_found_says_why),
	cmocka_unit_test(keys_that_cannot_be_read_are_told),
	cmocka_unit_test(a_secret_that_the_provider_refuses_is_told),
	cmocka_unit_test(the_secret_is_its_owners_alone),
	cmocka_unit_test(people_are_sent_back_to_the_public_address),
	cmocka_unit_test(clocks_may_be_as_far_apart_as_a_token_bears),
};

RUN_TESTS(tests)
