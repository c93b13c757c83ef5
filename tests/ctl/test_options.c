/* SPDX-License-Identifier: EUPL-1.2 */
/* The command line: what is understood, and what is said about the rest. */
#include "server/ctl/options.h"

#include "base/mem.h"
#include "base/random.h"
#include "tests/support/check.h"

#define MOST_WORDS 16

static struct options o;
static char why[CTL_WHY_SIZE];

/* Splits at "|", since names have spaces. */
static bool parse(const char *line)
{
	static char copy[2048];
	char *words[MOST_WORDS];
	int n = 0;

	check(strlen(line) < sizeof(copy));
	memcpy(copy, line, strlen(line) + 1);
	why[0] = '\0';
	for (char *word = *copy ? copy : NULL, *bar; word; word = bar ? bar + 1 : NULL) {
		bar = strchr(word, '|');
		if (bar)
			*bar = '\0';
		check(n < MOST_WORDS);
		words[n++] = word;
	}
	return options_parse(&o, n, words, why);
}

TEST(every_verb_is_understood)
{
	static const struct { const char *line; enum ctl_verb verb; } lines[] = {
		{ "meeting|create|--title|T|--starts|2026-12-01T19:30Z|--chair|a@b", CTL_MEETING_CREATE },
		{ "meeting|list", CTL_MEETING_LIST },
		{ "meeting|show|abcdefghij", CTL_MEETING_SHOW },
		{ "meeting|end|abcdefghij|--reason|R", CTL_MEETING_END },
		{ "invite|abcdefghij|a@b", CTL_INVITE },
		{ "demo", CTL_DEMO },
		{ "doctor", CTL_DOCTOR },
		{ "log|export|abcdefghij|--output|f.json", CTL_LOG_EXPORT },
		{ "log|verify|f|--checkpoint|a|--checkpoint|b|--server|0123456789abcdef", CTL_LOG_VERIFY },
		{ "body|add|Gemeenteraad", CTL_BODY_ADD },
		{ "body|list", CTL_BODY_LIST },
		{ "user|add|Jan Peeters|--email|a@b|--body|Raad|--office|member|--party|P", CTL_USER_ADD },
		{ "user|list", CTL_USER_LIST },
		{ "user|close|a@b", CTL_USER_CLOSE },
		{ "user|reset|a@b", CTL_USER_RESET },
		{ "user|import|f.csv", CTL_USER_IMPORT },
		{ "admin|add|a@b|--level|configure", CTL_ADMIN_ADD },
		{ "admin|list", CTL_ADMIN_LIST },
		{ "admin|close|a@b", CTL_ADMIN_CLOSE },
		{ "worker|list", CTL_WORKER_LIST },
		{ "worker|drain|15", CTL_WORKER_DRAIN },
		{ "web|key|f.key", CTL_WEB_KEY },
		{ "web|sign|d|--key|f.key", CTL_WEB_SIGN },
		{ "web|export|d|--server|https://meeting.example:8443|--key|f.key", CTL_WEB_EXPORT },
		{ "web|verify|https://client.example/|--key|conclave/web+x+y|--ca|f.pem", CTL_WEB_VERIFY },
		{ "backup|f|--to|f.pub", CTL_BACKUP },
		{ "backup-key|f", CTL_BACKUP_KEY },
		{ "restore|f|--key|k|--into|d", CTL_RESTORE },
		{ "reload", CTL_RELOAD },
	};

	check_eq(ARRAY_SIZE(lines), CTL_N);
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		check(parse(lines[i].line));
		check_eq(o.verb, lines[i].verb);
		check(!o.help && !o.json && !o.config);
	}
}

TEST(whole_meeting_is_read)
{
	check(parse("meeting|create|--title|Zitting van maart|--starts=2026-12-01T19:30:00+01:00|--body|Gemeenteraad|"
		"--clerk|Hilde Aerts <hilde@example.org>|--member|jan@example.org|--guest=Zoë <z@example.org>|"
		"--language|fr"));
	check_text(o.title, "Zitting van maart");
	check_text(o.starts, "2026-12-01T19:30:00+01:00");
	check_text(o.body, "Gemeenteraad");
	check_text(o.language, "fr");
	check_eq(o.n_people, 3);
	check_text(o.people[0].name, "Hilde Aerts");
	check_text(o.people[0].email, "hilde@example.org");
	check_text(o.people[0].office, "clerk");
	check_text(o.people[1].name, "jan");
	check_text(o.people[1].office, "member");
	check_text(o.people[2].name, "Zoë");
	check_text(o.people[2].office, "guest");
}

TEST(options_stand_anywhere)
{
	check(parse("--json|--config|/etc/c.conf|meeting|--config=|list") == false);
	check(parse("--json|--config|/etc/c.conf|meeting|list"));
	check(o.json);
	check_text(o.config, "/etc/c.conf");
	check(parse("meeting|list|--json|--config=/etc/c=d.conf"));
	check_text(o.config, "/etc/c=d.conf");
	check(parse("meeting|show|--json|--|abcdefghij"));
	check_text(o.meeting, "abcdefghij");
	check(parse("invite|abcdefghij|jan@example.org"));
	check_text(o.email, "jan@example.org");
	/* A value may look like an option. */
	check(parse("meeting|end|abcdefghij|--reason|--json"));
	check_text(o.reason, "--json");
	check(!o.json);
}

TEST(help_is_there_for_everything)
{
	check(parse("--help"));
	check(o.help);
	check_eq(o.verb, CTL_N);
	check(parse("meeting|--help"));
	check_eq(o.verb, CTL_N);
	check(parse("meeting|create|--help"));
	check_eq(o.verb, CTL_MEETING_CREATE);
	check(parse("invite|-h"));
	check(!parse("nonsense|--help"));
	for (unsigned v = 0; v <= CTL_N; v++) {
		check(strncmp(options_help((enum ctl_verb)v), "conclavectl ", 12) == 0);
		check(strstr(options_help((enum ctl_verb)v), "--json"));
	}
}

TEST(every_mistake_is_named)
{
	static const struct { const char *line, *why; } lines[] = {
		{ "", "say what to do" },
		{ "meeting", "meeting: then create" },
		{ "meeting|burn", "meeting: then create" },
		{ "user|close|jan", "is not an e-mail address" },
		{ "user|add|Jan", "--email is missing" },
		{ "user|add|Jan|--email|jan@x|--body|Raad", "--body and --office go together" },
		{ "user|add|Jan|--email|jan@x|--office|guest", "--office must be" },
		{ "user|add|--email|jan@x", "NAME is missing" },
		{ "user|add|a\nb|--email|jan@x", "NAME must be" },
		{ "admin|add|a@b", "--level is missing" },
		{ "worker", "worker: then list or drain" },
		{ "worker|drain", "NUMBER is missing" },
		{ "worker|drain|16", "is not the number of a media worker" },
		{ "worker|drain|01", "is not the number of a media worker" },
		{ "worker|drain|1x", "is not the number of a media worker" },
		{ "worker|drain|", "is not the number of a media worker" },
		{ "admin|add|a@b|--level|root", "--level must be" },
		{ "user|list|--level|read", "--level has nothing to do with list" },
		{ "meeting|create|--links|guests", "--links must be" },
		{ "body", "body: then add" },
		{ "user", "user: then add" },
		{ "admin|burn", "admin: then add" },
		{ "burn|x", "'burn' is nothing" },
		{ "backup", "FILE is missing" },
		{ "backup|f|--key|k", "--key has nothing to do with backup" },
		{ "backup|f|--rehearse", "--rehearse goes with restore" },
		{ "restore|f|--rehearse|--into|d", "--rehearse goes with restore" },
		{ "list", "'list' is nothing" },
		{ "demo|x", "'x' is one word too many" },
		{ "invite|abcdefghij|a@b|c", "'c' is one word too many" },
		{ "invite|abcdefghij|a@b|c|d", "'d' is one word too many" },
		{ "meeting|show", "ID is missing" },
		{ "invite|abcdefghij", "EMAIL is missing" },
		{ "meeting|show|ABCDEFGHIJ", "is not the id of a meeting" },
		{ "meeting|show|abcdefghijk", "is not the id of a meeting" },
		{ "invite|abcdefghij|jan", "is not an e-mail address" },
		{ "meeting|end|abcdefghij", "--reason is missing" },
		{ "meeting|end|abcdefghij|--reason|", "--reason must be" },
		{ "meeting|end|abcdefghij|--reason|a\nb", "--reason must be" },
		{ "meeting|end|abcdefghij|--reason|a\xff", "--reason must be" },
		{ "meeting|end|abcdefghij|--reason|a|--reason|b", "--reason stands there twice" },
		{ "demo|--config", "--config needs a value" },
		{ "demo|--title|x", "--title has nothing to do with demo" },
		{ "meeting|list|--only|disk", "--only has nothing to do with list" },
		{ "demo|--bogus", "--bogus is not an option" },
		{ "demo|--jsonx", "--jsonx is not an option" },
		{ "demo|-", "- is not an option" },
		{ "meeting|create|--starts|2026-12-01T19:30Z|--chair|a@b", "--title is missing" },
		{ "meeting|create|--title|T|--chair|a@b", "--starts is missing" },
		{ "meeting|create|--title|T|--starts|2026-12-01T19:30Z", "nobody is invited" },
		{ "meeting|create|--starts|2026-12-01T19:30", "--starts must be" },
		{ "meeting|create|--starts|2026-13-01T19:30Z", "--starts must be" },
		{ "meeting|create|--starts|tomorrow", "--starts must be" },
		{ "meeting|create|--language|es", "--language must be" },
		{ "meeting|create|--chair|Greet", "--chair must be" },
		{ "meeting|create|--substitute|Jan", "--substitute must be" },
		{ "meeting|create|--substitute|a@b|--substitute|c@d", "--substitute can be given once" },
		{ "meeting|create|--item|Begroting", "--item must be" },
		{ "log|verify|f|--server|https://localhost", "--server must be the id" },
		{ "log|verify|f|--server|0123456789abcdeg", "--server must be the id" },
		{ "web|export|d|--server|0123456789abcdef", "--server must be an origin" },
		{ "meeting|create|--item|;open", "--item must be" },
		{ "meeting|create|--item|Begroting;", "--item must be" },
		{ "meeting|create|--item|Begroting;half", "--item must be" },
		{ "meeting|create|--item|Begroting;open;", "--item must be" },
		{ "meeting|create|--item|Begroting;open;guest=", "--item must be" },
		{ "meeting|create|--item|Begroting;open;guest=piet", "--item must be" },
		{ "meeting|create|--item|Begroting;open;guest=p@x;els@x", "--item must be" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		check(!parse(lines[i].line));
		check(strstr(why, lines[i].why));
		check(!strchr(why, '\n'));
	}
}

TEST(person_is_a_name_with_an_address)
{
	static const char *const good[][3] = {
		{ "Jan Peeters <jan@example.org>", "Jan Peeters", "jan@example.org" },
		{ "Jan  <jan@example.org>", "Jan", "jan@example.org" },
		{ "Jan<jan@example.org>", "Jan", "jan@example.org" },
		{ "jan.peeters@example.org", "jan.peeters", "jan.peeters@example.org" },
		{ "Fatima <fa> El Idrissi <f@example.org>", "Fatima <fa> El Idrissi", "f@example.org" },
	};
	static const char *const bad[] = {
		"", "Jan", "Jan <jan@example.org", "Jan <jan>", "<jan@example.org>", "  <jan@example.org>", "jan@",
		"@example", "Jan <jan@example.org> x", "Jan <>", "Jan <", "J\x01n <jan@example.org>",
		"Jan <jan @example.org>",
	};
	struct ctl_person p = { .office = "member" };
	char long_name[LIMIT_NAME + 8];

	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		check(options_parse_person(&p, good[i][0]));
		check_text(p.name, good[i][1]);
		check_text(p.email, good[i][2]);
		check_text(p.office, "member");
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		check(!options_parse_person(&p, bad[i]));
	check_text(p.email, "f@example.org");	/* untouched by what failed */
	memset(long_name, 'n', sizeof(long_name));
	memcpy(long_name + LIMIT_NAME, " <a@b>", 7);
	check(options_parse_person(&p, long_name));
	memcpy(long_name + LIMIT_NAME, "n<a@b>", 7);
	check(!options_parse_person(&p, long_name));
}

TEST(only_so_many_people_fit)
{
	char *words[2 * LIMIT_PEOPLE_PER_MEETING + 8];
	int n = 0;

	words[n++] = (char *)(uintptr_t)"meeting";
	words[n++] = (char *)(uintptr_t)"create";
	words[n++] = (char *)(uintptr_t)"--title=T";
	words[n++] = (char *)(uintptr_t)"--starts=2026-12-01T19:30Z";
	for (int i = 0; i < LIMIT_PEOPLE_PER_MEETING; i++)
		words[n++] = (char *)(uintptr_t)"--member=a@b";
	check(options_parse(&o, n, words, why));
	words[n++] = (char *)(uintptr_t)"--member=a@b";
	check(!options_parse(&o, n, words, why));
	check(strstr(why, "128 people at most"));
}

TEST(no_line_of_words_confuses_it)
{
	static const char *const words[] = {
		"meeting", "create", "list", "show", "end", "invite", "demo", "doctor", "--help", "--json", "--", "-",
		"", "--config", "--config=", "--title", "--title=T", "--starts", "--reason=R", "--member",
		"--member=a@b", "a@b", "abcdefghij", "--only", "--item", "<", "=", "--=", "\xff",
	};
	unsigned understood = 0;
	struct random random;
	char *line[8];

	random_seed(&random, 1);
	for (int round = 0; round < 200000; round++) {
		int n = (int)random_below(&random, ARRAY_SIZE(line) + 1);

		for (int i = 0; i < n; i++)
			line[i] = (char *)(uintptr_t)words[random_below(&random, ARRAY_SIZE(words))];
		why[0] = '\0';
		if (options_parse(&o, n, line, why))
			understood++;
		else
			check(why[0] && !strchr(why, '\n'));
	}
	check(understood > 1000);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(every_verb_is_understood),
	cmocka_unit_test(whole_meeting_is_read),
	cmocka_unit_test(options_stand_anywhere),
	cmocka_unit_test(help_is_there_for_everything),
	cmocka_unit_test(every_mistake_is_named),
	cmocka_unit_test(person_is_a_name_with_an_address),
	cmocka_unit_test(only_so_many_people_fit),
	cmocka_unit_test(no_line_of_words_confuses_it),
};

RUN_TESTS(tests)
