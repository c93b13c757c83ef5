/* SPDX-License-Identifier: EUPL-1.2 */
/* The administration: its levels, its log, its ends; and how long what is kept (RIGHTS N10, REQUIREMENTS R101). In
 * tests only. */
#include "base/limits.h"
#include "base/mem.h"
#include "server/hall/protocol.h"
#include "server/records/credentials.h"
#include "tests/gate/browser.h"

static struct stage s;
static struct browser looker, operator, boss, clerk;

static void enrol(struct browser *b, unsigned actor, const char *email, const char *level)
{
	char request[256], token[44];

	browser_open(b, &s, actor, true);
	(void)snprintf(request, sizeof(request), "{\"verb\":\"admin-add\",\"email\":\"%s\",\"level\":\"%s\"}", email, level);
	check(stage_made(&s, request));
	check(strstr(s.answer, STAGE_ADMIN_ORIGIN "/enrol#"));
	stage_token(&s, 0, token);
	check_eq(browser_enrol_passkey(b, token), 200);
	check(strncmp(b->cookie, "__Host-admin=", 13) == 0);
}

static int setup(void **state __attribute__((unused)))
{
	stage_open(&s, NULL);
	enrol(&looker, 0, "lezer@it.example", "read");
	enrol(&operator, 1, "beheer@it.example", "operate");
	enrol(&boss, 2, "hoofd@it.example", "configure");
	browser_open(&clerk, &s, 3, false);
	return 0;
}

static int teardown(void **state __attribute__((unused)))
{
	browser_close(&looker);
	browser_close(&operator);
	browser_close(&boss);
	browser_close(&clerk);
	stage_close(&s);
	return 0;
}

/* Every request of the administration, with the row of RIGHTS.md that allows it; in an order in which each can be done.
 * For # stands the level: everyone's people and bodies are their own. */
static const struct { const char *path, *body; enum administration act; unsigned status; } asked[] = {
	{ "/api/admin/overview", "{}", IT_READ_HEALTH, 200 },
	{ "/api/admin/bodies", "{}", IT_READ_ACCOUNTS, 200 },
	{ "/api/admin/users", "{}", IT_READ_ACCOUNTS, 200 },
	{ "/api/admin/admins", "{}", IT_READ_ACCOUNTS, 200 },
	{ "/api/admin/retention", "{}", IT_READ_RETENTION, 200 },
	{ "/api/admin/security", "{}", IT_READ_SECURITY_LOG, 200 },
	{ "/api/admin/bodies/add", "{\"name\":\"Raad #\"}", IT_CREATE_BODY, 200 },
	{ "/api/admin/users/add", "{\"name\":\"A\",\"email\":\"a#@x.example\"}", IT_CREATE_ACCOUNT, 200 },
	{ "/api/admin/users/reset", "{\"email\":\"a#@x.example\"}", IT_RESET_PASSKEY, 200 },
	{ "/api/admin/users/close", "{\"email\":\"a#@x.example\"}", IT_CLOSE_ACCOUNT, 200 },
	{ "/api/admin/users/import", "{\"csv\":\"B,b#@x.example\\n\"}", IT_CREATE_ACCOUNT, 200 },
	{ "/api/admin/admins/add", "{\"email\":\"c#@x.example\",\"level\":\"read\"}", IT_APPOINT, 200 },
	{ "/api/admin/admins/close", "{\"email\":\"c#@x.example\"}", IT_APPOINT, 200 },
	{ "/api/admin/retention/set", "{\"security\":60,\"meetings\":10}", IT_SET_RETENTION, 200 },
	{ "/api/admin/meeting-end", "{\"meeting\":\"aaaaaaaaaa\",\"reason\":\"r#\"}", IT_END_MEETING, 409 },
};

static unsigned ask_as(struct browser *b, size_t i, unsigned level)
{
	char body[128];

	check(strlen(asked[i].body) < sizeof(body));
	for (size_t k = 0; k <= strlen(asked[i].body); k++)
		body[k] = asked[i].body[k] == '#' ? (char)('0' + level) : asked[i].body[k];
	return browser_ask(b, asked[i].path, body);
}

/* ATTACKS C29, of the administration: every request at every level is what the table says. */
TEST(every_request_by_every_level_is_what_the_table_says)
{
	struct browser *by_level[LEVEL_N] = { &looker, &operator, &boss };

	for (size_t i = 0; i < ARRAY_SIZE(asked); i++) {
		for (unsigned level = 0; level < LEVEL_N; level++) {
			struct browser *b = by_level[level];
			bool may = rights_administers(asked[i].act, (enum level)level);

			if (ask_as(b, i, level) != (may ? asked[i].status : 403))
				fail_msg("%s at level %u: %s", asked[i].path, level, b->body);
			if (!may)
				browser_refused(b, 403, "not-allowed");
		}
	}
}

/* None is left out above. */
TEST(every_request_of_the_administration_is_asked)
{
	static const char prefix[] = "/api/admin/";

	for (int kind = 0; kind < REQUEST_N; kind++) {
		const char *path = protocol_requests[kind].path;
		bool found = false;

		for (size_t i = 0; i < ARRAY_SIZE(asked); i++)
			found = found || strcmp(asked[i].path, path) == 0;
		check_eq(found, strncmp(path, prefix, strlen(prefix)) == 0);
	}
}

/* Neither with nor without being signed in, at the public listener; nor the other way round. */
TEST(administration_answers_at_its_own_listener_only)
{
	for (size_t i = 0; i < ARRAY_SIZE(asked); i++) {
		boss.admin = false;
		(void)ask_as(&boss, i, 0);
		browser_refused(&boss, 404, "not-found");
		boss.admin = clerk.admin = true;
		(void)ask_as(&clerk, i, 0);
		browser_refused(&clerk, 401, "signed-out");
	}
}

TEST(N10_administrator_has_no_way_into_a_meeting)
{
	static const char *const paths[] = { "/api/link", "/api/resume", "/api/meetings", "/api/enter", "/api/convene",
		"/api/invitations", "/api/roster", "/api/me/device" };

	stage_demo(&s);
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		(void)browser_ask(&boss, paths[i], "{}");
		browser_refused(&boss, 404, "not-found");
		/* Its session is none of an account's. */
		boss.admin = false;
		check(browser_ask(&boss, paths[i], "{}") != 200);
		boss.admin = true;
	}
	/* One address is not both. */
	check(!stage_made(&s, "{\"verb\":\"user-add\",\"name\":\"Hoofd\",\"email\":\"HOOFD@it.example\"}"));
	check(strstr(s.answer, "takes part in no meeting"));
	/* What it sees of a meeting has no title and no name. */
	check_eq(browser_ask(&boss, "/api/admin/overview", "{}"), 200);
	check(browser_has(&boss, "\"meetings\":[{\"id\":\""));
	check(!browser_has(&boss, "demonstratie") && !browser_has(&boss, "Hilde"));
}

TEST(import_is_all_or_nothing_and_names_each_bad_line)
{
	check(stage_made(&s, "{\"verb\":\"body-add\",\"name\":\"Raad\"}"));
	(void)browser_ask(&boss, "/api/admin/users/import", "{\"csv\":\"name;email;body;office;party\\r\\n"
		"An;an@x.example;Raad;chair;\\r\\n\\\"Bo; de\\\";bo@x.example;Raad;chair;\\r\\n;leeg@x.example\\r\\n"
		"Cas;cas;Raad;member;\\r\\nDirk;dirk@x.example;Nergens;member;\\r\\nEls;els@x.example;Raad;guest;\\r\\n"
		"Fien;fien@x.example;;;;te veel\\r\\n\"}");
	check_eq(boss.status, 409);
	check_text(boss.body, "{\"error\":{\"code\":\"bad-lines\"},\"lines\":["
		"{\"line\":3,\"code\":\"office-taken\"},{\"line\":4,\"code\":\"wrong-name\"},"
		"{\"line\":5,\"code\":\"wrong-email\"},{\"line\":6,\"code\":\"no-body\"},"
		"{\"line\":7,\"code\":\"wrong-office\"},{\"line\":8,\"code\":\"wrong-line\"}]}");
	check_eq(browser_ask(&boss, "/api/admin/users", "{}"), 200);
	check_text(boss.body, "{\"users\":[]}");
	check_eq(browser_ask(&boss, "/api/admin/users/import", "{\"csv\":\"An,an@x.example,Raad,chair,\\n"
		"\\\"De Smet, Bo\\\",BO@x.example,Raad,member,Groen\\n\"}"), 200);
	check(browser_has(&boss, "{\"name\":\"De Smet, Bo\",\"email\":\"BO@x.example\",\"link\":\"" STAGE_ORIGIN "/enrol#"));
	check_eq(browser_ask(&boss, "/api/admin/bodies", "{}"), 200);
	check(browser_has(&boss, "{\"name\":\"De Smet, Bo\",\"email\":\"bo@x.example\",\"office\":\"member\","
		"\"party\":\"Groen\"}"));
}

/* ATTACKS C26: at every door where a name comes in. */
#define UNSEEN "Jan\xe2\x80\x8b Peeters"

TEST(C26_a_name_with_what_nobody_sees_is_refused)
{
	(void)browser_ask(&boss, "/api/admin/users/add", "{\"name\":\"" UNSEEN "\",\"email\":\"a@x.example\"}");
	browser_refused(&boss, 400, "bad-request");
	check_eq(browser_ask(&boss, "/api/admin/users/import", "{\"csv\":\"" UNSEEN ",a@x.example\\n\"}"), 409);
	check(browser_has(&boss, "\"lines\":[{\"line\":1,\"code\":\"wrong-name\"}]"));
	check(!stage_made(&s, "{\"verb\":\"user-add\",\"name\":\"" UNSEEN "\",\"email\":\"a@x.example\"}"));
	check(!stage_made(&s, "{\"verb\":\"meeting-create\",\"title\":\"T\",\"starts\":\"2026-03-12T18:30Z\",\"people\":["
		"{\"name\":\"" UNSEEN "\",\"email\":\"a@x.example\",\"office\":\"chair\"}]}"));
	check_eq(browser_ask(&boss, "/api/admin/users", "{}"), 200);
	check_text(boss.body, "{\"users\":[]}");
	stage_demo(&s);
	actor_arrive(&s.actors[CLERK]);
	actor_say(&s.actors[CLERK], "{\"type\":\"invite\",\"name\":\"" UNSEEN "\",\"email\":\"a@x.example\","
		"\"office\":\"member\",\"reason\":{\"code\":\"agreed\"}}");
	actor_error(&s.actors[CLERK], "wrong-field", "invite", "name");
}

/* However many: the answer is whole, and fits. */
TEST(import_names_as_many_bad_lines_as_it_would_take)
{
	static char csv[64 * 1024];
	size_t n = 0;
	unsigned told = 0;

	for (int i = 0; i < 20000; i++, n += 3)
		memcpy(csv + n, "x\\n", 4);
	check_eq(browser_askf(&boss, "/api/admin/users/import", "{\"csv\":\"%s\"}", csv), 409);
	for (const char *at = boss.body; (at = strstr(at, "\"line\":")); at++)
		told++;
	check_eq(told, 400);
	check_text(boss.body + strlen(boss.body) - 3, "}]}");
}

TEST(each_change_stands_in_the_security_log_without_secrets)
{
	char link[256];

	check_eq(browser_ask(&operator, "/api/admin/users/add", "{\"name\":\"A\",\"email\":\"a@x.example\"}"), 200);
	check(stage_field(operator.body, "link", 0, link, sizeof(link)));
	check_eq(browser_ask(&looker, "/api/admin/security", "{}"), 200);
	check(browser_has(&looker, "\"kind\":\"user-added\",\"who\":\"beheer@it.example\",\"about\":\"a@x.example\"}"));
	check(browser_has(&looker, "\"kind\":\"enrolled\",\"who\":\"hoofd@it.example\",\"about\":\"passkey\"}"));
	check(!browser_has(&looker, strchr(link, '#') + 1));
}

TEST(last_administrator_who_may_configure_stays)
{
	(void)browser_ask(&boss, "/api/admin/admins/close", "{\"email\":\"hoofd@it.example\"}");
	browser_refused(&boss, 409, "last-one");
	check_eq(browser_ask(&boss, "/api/admin/admins/close", "{\"email\":\"lezer@it.example\"}"), 200);
	(void)browser_ask(&looker, "/api/admin/overview", "{}");
	browser_refused(&looker, 401, "signed-out");
}

TEST(administrators_sessions_are_short)
{
	stage_pass(&s, MINUTES(29));
	check_eq(browser_ask(&boss, "/api/admin/overview", "{}"), 200);
	stage_pass(&s, MINUTES(31));
	(void)browser_ask(&boss, "/api/admin/overview", "{}");
	browser_refused(&boss, 401, "signed-out");
	check_eq(browser_sign_in_passkey(&boss), 200);
	for (int i = 0; i < 8 * 60 / 20 - 1; i++) {
		stage_pass(&s, MINUTES(20));
		check_eq(browser_ask(&boss, "/api/admin/overview", "{}"), 200);
	}
	stage_pass(&s, MINUTES(21));
	(void)browser_ask(&boss, "/api/admin/overview", "{}");
	browser_refused(&boss, 401, "signed-out");
}

#define DAYS(n) (MINUTES(60) * 24 * (n))

/* Sign in anew: days have passed. */
static unsigned look(const char *path)
{
	check_eq(browser_sign_in_passkey(&boss), 200);
	return browser_ask(&boss, path, "{}");
}

static unsigned count_meetings(void)
{
	unsigned n = 0;

	check(stage_made(&s, "{\"verb\":\"meeting-list\"}"));
	for (const char *at = s.answer; (at = strstr(at, "\"title\"")); at++)
		n++;
	return n;
}

TEST(R101_security_log_is_kept_ninety_days)
{
	check_eq(look("/api/admin/retention"), 200);
	check_text(boss.body, "{\"retention\":{\"media\":0,\"messages\":0,\"lobby\":0,\"security\":90,\"meetings\":30}}");
	check_eq(browser_ask(&boss, "/api/admin/users/add", "{\"name\":\"A\",\"email\":\"a@x.example\"}"), 200);
	stage_pass(&s, DAYS(89));
	check_eq(look("/api/admin/security"), 200);
	check(browser_has(&boss, "\"user-added\""));
	stage_pass(&s, DAYS(1) + MINUTES(61));
	check_eq(look("/api/admin/security"), 200);
	check(!browser_has(&boss, "\"user-added\""));
	(void)browser_ask(&boss, "/api/admin/retention/set", "{\"security\":29,\"meetings\":30}");
	browser_refused(&boss, 400, "bad-request");
	check_eq(browser_ask(&boss, "/api/admin/retention/set", "{\"security\":30,\"meetings\":7}"), 200);
	check(browser_has(&boss, "\"security\":30,\"meetings\":7"));
}

static unsigned count_security(const char *kind)
{
	struct security_row *rows = mem_new_array(struct security_row, 80000);
	int n = security_last(s.db, rows, 80000);
	unsigned found = 0;

	check(n >= 0 && n < 80000);
	for (int i = 0; i < n; i++)
		found += strcmp(rows[i].kind, kind) == 0;
	mem_free(rows);
	return found;
}

/* What strangers make pushes out what strangers made. */
TEST(security_log_holds_no_more_than_its_cap)
{
	for (unsigned i = 0; i < LIMIT_SECURITY + 2 * SECURITY_TRIM_EVERY; i++)
		check_eq(security_add(s.db, s.wall, "user-added", NULL, NULL), 0);
	for (unsigned i = 0; i < LIMIT_SECURITY_REFUSED + 2 * SECURITY_TRIM_EVERY; i++)
		check_eq(security_add(s.db, s.wall, SECURITY_REFUSED, NULL, NULL), 0);
	check_ge(count_security(SECURITY_REFUSED), (unsigned)LIMIT_SECURITY_REFUSED);
	check_le(count_security(SECURITY_REFUSED), (unsigned)LIMIT_SECURITY_REFUSED + SECURITY_TRIM_EVERY);
	check_ge(count_security("user-added"), (unsigned)LIMIT_SECURITY - SECURITY_TRIM_EVERY);
	check_le(count_security("user-added"), (unsigned)LIMIT_SECURITY + SECURITY_TRIM_EVERY);
}

TEST(tables_of_people_have_a_cap)
{
	struct account_row account = { 0 };
	char request[256];

	for (unsigned i = 0; i < LIMIT_ACCOUNTS; i++) {
		(void)snprintf(account.email, sizeof(account.email), "u%u@x.example", i);
		check_eq(accounts_add(s.db, &account), 0);
	}
	(void)browser_ask(&boss, "/api/admin/users/add", "{\"name\":\"A\",\"email\":\"a@x.example\"}");
	browser_refused(&boss, 409, "too-many");
	for (unsigned i = 0; i < LIMIT_ADMINISTRATORS; i++) {
		(void)snprintf(request, sizeof(request), "{\"verb\":\"admin-add\",\"email\":\"a%u@it.example\",\"level\":\"read\"}",
			i);
		check_eq(stage_made(&s, request), i < LIMIT_ADMINISTRATORS - 3);	/* three are there */
	}
	for (unsigned i = 0; i <= LIMIT_BODIES; i++) {
		(void)snprintf(request, sizeof(request), "{\"verb\":\"body-add\",\"name\":\"Raad %u\"}", i);
		check_eq(stage_made(&s, request), i < LIMIT_BODIES);
	}
}

/* An end that could not be recorded is not told of in the security log. */
TEST(meeting_that_did_not_end_is_not_said_to_have)
{
	unsigned refused = 0;

	stage_demo(&s);
	for (unsigned n = 1; n < 1000; n++) {
		s.lenient = true;
		(void)mem_fail_at(n, 0);
		(void)browser_askf(&boss, "/api/admin/meeting-end", "{\"meeting\":\"%s\",\"reason\":\"r\"}", s.meeting);
		(void)mem_fail_at(0, 0);
		s.lenient = false;
		if (boss.status == 200)
			break;
		refused++;
		stage_pass(&s, SECONDS(2));
		check_eq(count_security("meeting-ended"), 0);
	}
	check_ge(refused, 3u);
	check_eq(count_security("meeting-ended"), 1);
}

TEST(R101_meeting_is_kept_until_exported_and_thirty_days)
{
	char request[128];

	stage_demo(&s);
	stage_everyone_in(&s);
	(void)snprintf(request, sizeof(request), "{\"verb\":\"meeting-end\",\"meeting\":\"%s\",\"reason\":\"klaar\"}",
		s.meeting);
	check(stage_made(&s, request));
	/* However long: nobody has its record yet. */
	stage_pass(&s, DAYS(200));
	check_eq(count_meetings(), 1);
	(void)snprintf(request, sizeof(request), "{\"verb\":\"log-export\",\"meeting\":\"%s\",\"entries\":0,\"from\":0}",
		s.meeting);
	check(stage_made(&s, request));
	stage_pass(&s, DAYS(29));
	check_eq(count_meetings(), 1);
	check(stage_made(&s, request));			/* again does not make it longer */
	stage_pass(&s, DAYS(1) + MINUTES(61));
	check_eq(count_meetings(), 0);
	check(!stage_made(&s, request));
	check_eq(look("/api/admin/security"), 200);
	check(browser_has(&boss, "\"meeting-erased\""));
}

/* Who was there has its record by the page, too; the open part alone is none. */
TEST(R101_report_and_log_of_the_page_count_as_exports)
{
	static const struct { const char *path, *part; unsigned left; } ways[] = {
		{ "/api/report", ",\"part\":\"open\"", 1 }, { "/api/report", "", 0 }, { "/api/log", "", 0 },
	};
	char request[128], body[64];
	struct hall_answer answer;

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		stage_demo(&s);
		stage_everyone_in(&s);
		(void)snprintf(request, sizeof(request), "{\"verb\":\"meeting-end\",\"meeting\":\"%s\",\"reason\":\"klaar\"}",
			s.meeting);
		check(stage_made(&s, request));
		(void)snprintf(body, sizeof(body), "{\"meeting\":\"%s\"%s}", s.meeting, ways[i].part);
		check_eq(actor_ask(&s.actors[CLERK], ways[i].path, body, &answer), 200);
		stage_drain(&s);
		stage_pass(&s, DAYS(30) + MINUTES(61));
		(void)snprintf(request, sizeof(request), "{\"verb\":\"meeting-show\",\"meeting\":\"%s\"}", s.meeting);
		check_eq(stage_made(&s, request), ways[i].left);
	}
}

TEST(R101_meeting_that_has_not_ended_stays)
{
	char request[128];

	stage_demo(&s);
	(void)snprintf(request, sizeof(request), "{\"verb\":\"log-export\",\"meeting\":\"%s\",\"entries\":0,\"from\":0}",
		s.meeting);
	check(stage_made(&s, request));
	stage_pass(&s, DAYS(40));
	check_eq(count_meetings(), 1);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(every_request_by_every_level_is_what_the_table_says, setup, teardown),
	cmocka_unit_test(every_request_of_the_administration_is_asked),
	cmocka_unit_test_setup_teardown(administration_answers_at_its_own_listener_only, setup, teardown),
	cmocka_unit_test_setup_teardown(N10_administrator_has_no_way_into_a_meeting, setup, teardown),
	cmocka_unit_test_setup_teardown(import_is_all_or_nothing_and_names_each_bad_line, setup, teardown),
	cmocka_unit_test_setup_teardown(C26_a_name_with_what_nobody_sees_is_refused, setup, teardown),
	cmocka_unit_test_setup_teardown(import_names_as_many_bad_lines_as_it_would_take, setup, teardown),
	cmocka_unit_test_setup_teardown(each_change_stands_in_the_security_log_without_secrets, setup, teardown),
	cmocka_unit_test_setup_teardown(last_administrator_who_may_configure_stays, setup, teardown),
	cmocka_unit_test_setup_teardown(administrators_sessions_are_short, setup, teardown),
	cmocka_unit_test_setup_teardown(R101_security_log_is_kept_ninety_days, setup, teardown),
	cmocka_unit_test_setup_teardown(security_log_holds_no_more_than_its_cap, setup, teardown),
	cmocka_unit_test_setup_teardown(tables_of_people_have_a_cap, setup, teardown),
	cmocka_unit_test_setup_teardown(meeting_that_did_not_end_is_not_said_to_have, setup, teardown),
	cmocka_unit_test_setup_teardown(R101_meeting_is_kept_until_exported_and_thirty_days, setup, teardown),
	cmocka_unit_test_setup_teardown(R101_report_and_log_of_the_page_count_as_exports, setup, teardown),
	cmocka_unit_test_setup_teardown(R101_meeting_that_has_not_ended_stays, setup, teardown),
};

RUN_TESTS(tests)
