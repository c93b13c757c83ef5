/* SPDX-License-Identifier: EUPL-1.2 */
/* Reads the command line. In conclavectl. */
#include "server/ctl/options.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "server/proof/checkpoint.h"
#include "server/records/store.h"
#include "server/shell/config.h"
#include "server/wire/text.h"

#define VERB_BIT(v) (1u << (v))
#define EVERY_VERB (VERB_BIT(CTL_N) - 1)

static const struct {
	const char *group;	/* NULL when the verb is one word */
	const char *word;
	const char *operands[2];
} verbs[CTL_N] = {
	[CTL_MEETING_CREATE] = { "meeting", "create", { NULL } },
	[CTL_MEETING_LIST] = { "meeting", "list", { NULL } },
	[CTL_MEETING_SHOW] = { "meeting", "show", { "ID" } },
	[CTL_MEETING_END] = { "meeting", "end", { "ID" } },
	[CTL_INVITE] = { NULL, "invite", { "ID", "EMAIL" } },
	[CTL_DEMO] = { NULL, "demo", { NULL } },
	[CTL_DOCTOR] = { NULL, "doctor", { NULL } },
	[CTL_LOG_EXPORT] = { "log", "export", { "ID" } },
	[CTL_LOG_VERIFY] = { "log", "verify", { "FILE" } },
	[CTL_BODY_ADD] = { "body", "add", { "NAME" } },
	[CTL_BODY_LIST] = { "body", "list", { NULL } },
	[CTL_USER_ADD] = { "user", "add", { "NAME" } },
	[CTL_USER_LIST] = { "user", "list", { NULL } },
	[CTL_USER_CLOSE] = { "user", "close", { "EMAIL" } },
	[CTL_USER_RESET] = { "user", "reset", { "EMAIL" } },
	[CTL_USER_IMPORT] = { "user", "import", { "FILE" } },
	[CTL_ADMIN_ADD] = { "admin", "add", { "EMAIL" } },
	[CTL_ADMIN_LIST] = { "admin", "list", { NULL } },
	[CTL_ADMIN_CLOSE] = { "admin", "close", { "EMAIL" } },
	[CTL_WEB_KEY] = { "web", "key", { "FILE" } },
	[CTL_WEB_SIGN] = { "web", "sign", { "DIR" } },
	[CTL_WEB_EXPORT] = { "web", "export", { "DIR" } },
	[CTL_WEB_VERIFY] = { "web", "verify", { "URL" } },
	[CTL_WORKER_LIST] = { "worker", "list", { NULL } },
	[CTL_WORKER_DRAIN] = { "worker", "drain", { "NUMBER" } },
	[CTL_BACKUP] = { NULL, "backup", { "FILE" } },
	[CTL_BACKUP_KEY] = { NULL, "backup-key", { "FILE" } },
	[CTL_RESTORE] = { NULL, "restore", { "FILE" } },
	[CTL_RELOAD] = { NULL, "reload", { NULL } },
};

struct parsing {
	struct options *options;
	char *why;
};

static bool complain(char *why, const char *format, ...) __attribute__((format(printf, 2, 3)));
static bool complain(char *why, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(why, CTL_WHY_SIZE, format, arguments);
	va_end(arguments);
	return false;
}

static bool set_line(const char **to, const char *value, size_t most, const char *option, char *why)
{
	if (*to)
		return complain(why, "%s stands there twice", option);
	if (!text_is_line(bytes_of_string(value), 1, most))
		return complain(why, "%s must be one line of 1 to %zu characters", option, most);
	*to = value;
	return true;
}

static bool copy_text(char to[static CTL_TEXT_SIZE], const char *from, size_t size)
{
	if (size == 0 || size >= CTL_TEXT_SIZE)
		return false;
	memcpy(to, from, size);
	to[size] = '\0';
	return true;
}

bool options_parse_person(struct ctl_person *ret, const char *text)
{
	const char *open = strrchr(text, '<'), *email = open ? open + 1 : text, *at = strchr(email, '@');
	size_t name_size = open ? (size_t)(open - text) : at ? (size_t)(at - text) : 0;
	size_t email_size = strlen(email);
	struct ctl_person p = { .office = ret->office };

	while (name_size && text[name_size - 1] == ' ')
		name_size--;
	if (open && (email_size == 0 || email[--email_size] != '>'))
		return false;
	if (!copy_text(p.name, text, name_size) || !copy_text(p.email, email, email_size))
		return false;
	if (!text_is_line(bytes_of_string(p.name), 1, LIMIT_NAME) ||
	    !text_is_line(bytes_of_string(p.email), 3, LIMIT_EMAIL) || !text_is_email(bytes_of_string(p.email)))
		return false;
	*ret = p;
	return true;
}

static bool set_person(struct parsing *p, const char *option, const char *office, const char *value)
{
	struct options *o = p->options;

	if (o->n_people == LIMIT_PEOPLE_PER_MEETING)
		return complain(p->why, "a meeting has %d people at most", LIMIT_PEOPLE_PER_MEETING);
	o->people[o->n_people].office = office;
	if (!options_parse_person(&o->people[o->n_people], value))
		return complain(p->why, "%s must be 'Name <email>' or an e-mail address", option);
	o->n_people++;
	return true;
}

static bool set_config(struct parsing *p, const char *value)
{
	return set_line(&p->options->config, value, 4096, "--config", p->why);
}

static bool set_title(struct parsing *p, const char *value)
{
	return set_line(&p->options->title, value, LIMIT_NAME, "--title", p->why);
}

static bool set_body(struct parsing *p, const char *value)
{
	return set_line(&p->options->body, value, LIMIT_NAME, "--body", p->why);
}

static bool set_reason(struct parsing *p, const char *value)
{
	return set_line(&p->options->reason, value, LIMIT_REASON, "--reason", p->why);
}

static bool set_only(struct parsing *p, const char *value)
{
	return set_line(&p->options->only, value, LIMIT_NAME, "--only", p->why);
}

static bool set_output(struct parsing *p, const char *value)
{
	return set_line(&p->options->output, value, 4096, "--output", p->why);
}

static bool set_checkpoint(struct parsing *p, const char *value)
{
	struct options *o = p->options;

	if (o->n_checkpoints == CTL_CHECKPOINTS)
		return complain(p->why, "--checkpoint can be given %d times", CTL_CHECKPOINTS);
	return set_line(&o->checkpoints[o->n_checkpoints++], value, 4096, "--checkpoint", p->why);
}

static bool set_key(struct parsing *p, const char *value)
{
	return set_line(&p->options->key, value, 4096, "--key", p->why);
}

static bool set_ca(struct parsing *p, const char *value)
{
	return set_line(&p->options->ca, value, 4096, "--ca", p->why);
}

static bool set_to(struct parsing *p, const char *value)
{
	return set_line(&p->options->to, value, 4096, "--to", p->why);
}

static bool set_into(struct parsing *p, const char *value)
{
	return set_line(&p->options->into, value, 4096, "--into", p->why);
}

/* What it must be depends on the verb: web_is_complete(), log_is_complete(). */
static bool set_server(struct parsing *p, const char *value)
{
	return set_line(&p->options->server, value, CONFIG_ORIGIN_SIZE, "--server", p->why);
}

static bool set_starts(struct parsing *p, const char *value)
{
	usec_t wall;

	if (!text_parse_time(bytes_of_string(value), &wall))
		return complain(p->why, "--starts must be a date, a time and a zone, such as 2026-12-01T19:30:00+01:00");
	return set_line(&p->options->starts, value, LIMIT_NAME, "--starts", p->why);
}

static bool set_language(struct parsing *p, const char *value)
{
	static const char *const languages[] = { "nl", "fr", "de", "en" };

	for (size_t i = 0; i < ARRAY_SIZE(languages); i++)
		if (strcmp(value, languages[i]) == 0)
			return set_line(&p->options->language, value, LIMIT_NAME, "--language", p->why);
	return complain(p->why, "--language must be nl, fr, de or en");
}

static bool set_clerk(struct parsing *p, const char *value) { return set_person(p, "--clerk", "clerk", value); }
static bool set_chair(struct parsing *p, const char *value) { return set_person(p, "--chair", "chair", value); }
static bool set_member(struct parsing *p, const char *value) { return set_person(p, "--member", "member", value); }
static bool set_guest(struct parsing *p, const char *value) { return set_person(p, "--guest", "guest", value); }

/* Somebody who is a member too; that is for the server to say. */
static bool set_substitute(struct parsing *p, const char *value)
{
	struct ctl_person *who = &p->options->substitute;

	if (who->office)
		return complain(p->why, "--substitute can be given once");
	who->office = "member";
	return options_parse_person(who, value) ||
	       complain(p->why, "--substitute must be 'Name <email>' or an e-mail address");
}

/* One of these words. */
static bool set_word(const char **to, const char *const *words, const char *value, const char *option, char *why)
{
	for (size_t i = 0; words[i]; i++)
		if (strcmp(value, words[i]) == 0)
			return set_line(to, value, LIMIT_NAME, option, why);
	return false;
}

static bool set_office(struct parsing *p, const char *value)
{
	static const char *const offices[] = { "chair", "clerk", "member", NULL };

	return set_word(&p->options->office, offices, value, "--office", p->why) ||
	       complain(p->why, "--office must be chair, clerk or member, once");
}

static bool set_level(struct parsing *p, const char *value)
{
	static const char *const levels[] = { "read", "operate", "configure", NULL };

	return set_word(&p->options->level, levels, value, "--level", p->why) ||
	       complain(p->why, "--level must be read, operate or configure, once");
}

static bool set_links(struct parsing *p, const char *value)
{
	static const char *const links[] = { "everyone", NULL };

	return set_word(&p->options->links, links, value, "--links", p->why) ||
	       complain(p->why, "--links must be everyone, once; without it the configuration says what a link is worth");
}

static bool set_party(struct parsing *p, const char *value)
{
	return set_line(&p->options->party, value, LIMIT_NAME, "--party", p->why);
}

static bool set_email(struct parsing *p, const char *value)
{
	return set_line(&p->options->email, value, LIMIT_EMAIL, "--email", p->why);
}

bool options_next_guest(const char **at, char ret[static CTL_TEXT_SIZE])
{
	static const char key[] = ";guest=";
	size_t size;

	if (strncmp(*at, key, strlen(key)) != 0)
		return false;
	size = strcspn(*at + strlen(key), ";");
	if (!copy_text(ret, *at + strlen(key), size) || !text_is_email(bytes_of_string(ret)))
		return false;
	*at += strlen(key) + size;
	return true;
}

/* TITLE;open or TITLE;closed, and guests behind. The title may hold any other sign. */
static bool read_item(struct ctl_item *ret, const char *value)
{
	size_t size = strcspn(value, ";");
	const char *session = value + size, *guests = session + strcspn(session + !!*session, ";") + !!*session;
	struct bytes word = bytes_make(session, (size_t)(guests - session));
	char guest[CTL_TEXT_SIZE];

	ret->for_audience = bytes_equal_string(word, ";open");
	if (!ret->for_audience && !bytes_equal_string(word, ";closed"))
		return false;
	ret->guests = guests;
	while (options_next_guest(&guests, guest))
		continue;
	return !*guests && copy_text(ret->title, value, size) &&
	       text_is_line(bytes_of_string(ret->title), 1, LIMIT_NAME);
}

static bool set_item(struct parsing *p, const char *value)
{
	struct options *o = p->options;

	if (o->n_items == LIMIT_ITEMS)
		return complain(p->why, "an agenda has %d items at most", LIMIT_ITEMS);
	if (!read_item(&o->items[o->n_items], value))
		return complain(p->why,
				"--item must be 'TITLE;open' or 'TITLE;closed', then ';guest=EMAIL' for each guest");
	o->n_items++;
	return true;
}

static const struct {
	const char *name;
	unsigned verbs;
	bool (*set)(struct parsing *p, const char *value);
} settings[] = {
	{ "--config", EVERY_VERB, set_config },
	{ "--title", VERB_BIT(CTL_MEETING_CREATE), set_title },
	{ "--starts", VERB_BIT(CTL_MEETING_CREATE), set_starts },
	{ "--body", VERB_BIT(CTL_MEETING_CREATE) | VERB_BIT(CTL_USER_ADD), set_body },
	{ "--links", VERB_BIT(CTL_MEETING_CREATE), set_links },
	{ "--email", VERB_BIT(CTL_USER_ADD), set_email },
	{ "--office", VERB_BIT(CTL_USER_ADD), set_office },
	{ "--party", VERB_BIT(CTL_USER_ADD), set_party },
	{ "--level", VERB_BIT(CTL_ADMIN_ADD), set_level },
	{ "--language", VERB_BIT(CTL_MEETING_CREATE) | VERB_BIT(CTL_DOCTOR), set_language },
	{ "--clerk", VERB_BIT(CTL_MEETING_CREATE), set_clerk },
	{ "--chair", VERB_BIT(CTL_MEETING_CREATE), set_chair },
	{ "--member", VERB_BIT(CTL_MEETING_CREATE), set_member },
	{ "--guest", VERB_BIT(CTL_MEETING_CREATE), set_guest },
	{ "--substitute", VERB_BIT(CTL_MEETING_CREATE), set_substitute },
	{ "--item", VERB_BIT(CTL_MEETING_CREATE), set_item },
	{ "--reason", VERB_BIT(CTL_MEETING_END), set_reason },
	{ "--only", VERB_BIT(CTL_DOCTOR), set_only },
	{ "--output", VERB_BIT(CTL_LOG_EXPORT) | VERB_BIT(CTL_LOG_VERIFY), set_output },
	{ "--checkpoint", VERB_BIT(CTL_LOG_VERIFY), set_checkpoint },
	{ "--key", VERB_BIT(CTL_WEB_SIGN) | VERB_BIT(CTL_WEB_EXPORT) | VERB_BIT(CTL_WEB_VERIFY) |
		VERB_BIT(CTL_RESTORE), set_key },
	{ "--to", VERB_BIT(CTL_BACKUP), set_to },
	{ "--into", VERB_BIT(CTL_RESTORE), set_into },
	{ "--server", VERB_BIT(CTL_WEB_EXPORT) | VERB_BIT(CTL_LOG_VERIFY), set_server },
	{ "--ca", VERB_BIT(CTL_WEB_VERIFY), set_ca },
};

static size_t find_setting(const char *argument, size_t size)
{
	size_t i = 0;

	while (i < ARRAY_SIZE(settings) &&
	       (strlen(settings[i].name) != size || strncmp(settings[i].name, argument, size) != 0))
		i++;
	return i;
}

/* What stands on the line besides options, and which options there were. */
struct line {
	const char *words[4];
	size_t n_words;
	unsigned allowed;	/* verbs that know every option given */
	const char *last[CTL_N];	/* an option that the verb does not know */
};

static bool take_option(struct parsing *p, struct line *l, const char *argument, const char *following, int *i)
{
	size_t size = strcspn(argument, "="), s = find_setting(argument, size);
	const char *value = argument[size] ? argument + size + 1 : following;

	if (s == ARRAY_SIZE(settings))
		return complain(p->why, "%.60s is not an option that conclavectl knows", argument);
	if (!value)
		return complain(p->why, "%s needs a value behind it", settings[s].name);
	if (!argument[size])
		++*i;
	for (unsigned v = 0; v < CTL_N; v++)
		if (!(settings[s].verbs & VERB_BIT(v)))
			l->last[v] = settings[s].name;
	return settings[s].set(p, value);
}

static bool read_line(struct parsing *p, struct line *l, int n, char *const arguments[])
{
	bool plain = false;

	for (int i = 0; i < n; i++) {
		const char *a = arguments[i];

		if (!plain && strcmp(a, "--") == 0) {
			plain = true;
		} else if (!plain && (strcmp(a, "--help") == 0 || strcmp(a, "-h") == 0)) {
			p->options->help = true;
		} else if (!plain && strcmp(a, "--json") == 0) {
			p->options->json = true;
		} else if (!plain && strcmp(a, "--rehearse") == 0) {
			p->options->rehearse = true;
		} else if (!plain && strcmp(a, "--media") == 0) {
			p->options->media = true;
		} else if (!plain && a[0] == '-') {
			if (!take_option(p, l, a, i + 1 < n ? arguments[i + 1] : NULL, &i))
				return false;
		} else if (l->n_words == ARRAY_SIZE(l->words)) {
			return complain(p->why, "'%.60s' is one word too many", a);
		} else {
			l->words[l->n_words++] = a;
		}
	}
	return true;
}

/* How many words the verb took; 0 when there is none of that name. */
static size_t find_verb(const struct line *l, enum ctl_verb *ret)
{
	for (unsigned v = 0; v < CTL_N; v++) {
		size_t n = verbs[v].group ? 2 : 1;

		if (l->n_words < n || strcmp(l->words[n - 1], verbs[v].word) != 0)
			continue;
		if (verbs[v].group && strcmp(l->words[0], verbs[v].group) != 0)
			continue;
		*ret = (enum ctl_verb)v;
		return n;
	}
	return 0;
}

static bool is_group(const char *word)
{
	for (unsigned v = 0; v < CTL_N; v++)
		if (verbs[v].group && strcmp(verbs[v].group, word) == 0)
			return true;
	return false;
}

static bool complain_of_verb(const struct line *l, char *why)
{
	if (l->n_words == 0)
		return complain(why, "say what to do; conclavectl --help lists it");
	if (strcmp(l->words[0], "meeting") == 0)
		return complain(why, "meeting: then create, list, show or end");
	if (strcmp(l->words[0], "log") == 0)
		return complain(why, "log: then export or verify");
	if (strcmp(l->words[0], "body") == 0)
		return complain(why, "body: then add or list");
	if (strcmp(l->words[0], "user") == 0)
		return complain(why, "user: then add, list, close, reset or import");
	if (strcmp(l->words[0], "admin") == 0)
		return complain(why, "admin: then add, list or close");
	if (strcmp(l->words[0], "web") == 0)
		return complain(why, "web: then key, sign, export or verify");
	if (strcmp(l->words[0], "worker") == 0)
		return complain(why, "worker: then list or drain");
	return complain(why, "'%.60s' is nothing that conclavectl can do; conclavectl --help lists what it can",
		l->words[0]);
}

static const char **operand_of(struct options *o, const char *wanted)
{
	if (wanted && strcmp(wanted, "FILE") == 0)
		return &o->file;
	if (wanted && strcmp(wanted, "DIR") == 0)
		return &o->folder;
	if (wanted && strcmp(wanted, "URL") == 0)
		return &o->url;
	if (wanted && strcmp(wanted, "NUMBER") == 0)
		return &o->worker;
	if (wanted && strcmp(wanted, "NAME") == 0)
		return &o->name;
	return wanted && strcmp(wanted, "EMAIL") == 0 ? &o->email : &o->meeting;
}

static bool take_operands(struct options *o, const char *const *words, size_t n, char *why)
{
	const char **to[] = { operand_of(o, verbs[o->verb].operands[0]), &o->email };

	for (size_t i = 0; i < ARRAY_SIZE(to); i++) {
		const char *wanted = verbs[o->verb].operands[i];

		if (!wanted && n > i)
			return complain(why, "'%.60s' is one word too many", words[i]);
		if (!wanted)
			return true;
		if (n <= i)
			return complain(why, "%s is missing", wanted);
		*to[i] = words[i];
	}
	return n <= ARRAY_SIZE(to) || complain(why, "'%.60s' is one word too many", words[ARRAY_SIZE(to)]);
}

/* An origin, with or without the slash behind it. */
static bool is_site(const char *url)
{
	char origin[CONFIG_ORIGIN_SIZE];
	size_t size = strlen(url);

	if (size && url[size - 1] == '/')
		size--;
	if (size >= sizeof(origin))
		return false;
	memcpy(origin, url, size);
	origin[size] = '\0';
	return config_is_origin(origin);
}

static bool web_is_complete(const struct options *o, char *why)
{
	if (o->verb == CTL_WEB_SIGN && !o->key)
		return complain(why, "--key is missing: the file that conclavectl web key made");
	if (o->verb == CTL_WEB_EXPORT && !o->server)
		return complain(why, "--server is missing: the meeting server that the client is to talk to");
	if (o->verb == CTL_WEB_EXPORT && !config_is_origin(o->server))
		return complain(why, "--server must be an origin such as https://meeting.example.org");
	if (o->verb == CTL_WEB_VERIFY && !is_site(o->url))
		return complain(why, "'%.60s' is not an address such as https://client.example.org", o->url);
	return true;
}

/* 0 to LIMIT_WORKERS - 1. */
static bool is_worker(const char *text)
{
	size_t size = strspn(text, "0123456789");
	int number = text[0] - '0';

	if (size == 2 && text[0] != '0')
		number = 10 * number + text[1] - '0';
	else if (size != 1)
		return false;
	return !text[size] && number < LIMIT_WORKERS;
}

static bool log_is_complete(const struct options *o, char *why)
{
	const size_t letters = SERVER_ID_SIZE - 1;

	if (o->verb != CTL_LOG_VERIFY || !o->server ||
	    (strlen(o->server) == letters && strspn(o->server, "0123456789abcdef") == letters))
		return true;
	return complain(why, "--server must be the id of a server: the %zu letters that its proceedings name", letters);
}

static bool is_complete(const struct options *o, char *why)
{
	if (o->rehearse && (o->verb != CTL_RESTORE || o->into))
		return complain(why, "--rehearse goes with restore, and without --into");
	if (o->media && (o->verb != CTL_DOCTOR || o->only))
		return complain(why, "--media goes with doctor, and without --only");
	if (!web_is_complete(o, why) || !log_is_complete(o, why))
		return false;
	if (o->verb == CTL_DOCTOR && o->language && strcmp(o->language, "nl") != 0 && strcmp(o->language, "en") != 0)
		return complain(why, "--language must be nl or en for doctor");
	if (o->verb == CTL_MEETING_CREATE && !o->title)
		return complain(why, "--title is missing");
	if (o->verb == CTL_MEETING_CREATE && !o->starts)
		return complain(why, "--starts is missing");
	if (o->verb == CTL_MEETING_CREATE && o->n_people == 0 && !o->body)
		return complain(why, "nobody is invited: name at least a --clerk or a --chair");
	if (o->verb == CTL_USER_ADD && !o->email)
		return complain(why, "--email is missing");
	if (o->verb == CTL_USER_ADD && !o->body != !o->office)
		return complain(why, "--body and --office go together");
	if (o->verb == CTL_ADMIN_ADD && !o->level)
		return complain(why, "--level is missing: read, operate or configure");
	if (o->name && !text_is_line(bytes_of_string(o->name), 1, LIMIT_NAME))
		return complain(why, "NAME must be one line of 1 to %d characters", LIMIT_NAME);
	if (o->worker && !is_worker(o->worker))
		return complain(why, "'%.60s' is not the number of a media worker: conclavectl worker list shows them",
			o->worker);
	if (o->verb == CTL_MEETING_END && !o->reason)
		return complain(why, "--reason is missing: everybody in the meeting will read it");
	if (o->meeting && !text_is_letters(bytes_of_string(o->meeting), MEETING_LETTERS))
		return complain(why, "'%.60s' is not the id of a meeting: those are %d small letters", o->meeting,
			MEETING_LETTERS);
	if (o->email && !text_is_email(bytes_of_string(o->email)))
		return complain(why, "'%.60s' is not an e-mail address", o->email);
	return true;
}

bool options_parse(struct options *ret, int n, char *const arguments[], char why[static CTL_WHY_SIZE])
{
	struct parsing p = { .options = ret, .why = why };
	struct line l = { .n_words = 0 };
	size_t taken;

	memset(ret, 0, sizeof(*ret));
	if (!read_line(&p, &l, n, arguments))
		return false;
	ret->verb = CTL_N;
	taken = find_verb(&l, &ret->verb);
	if (ret->help && (taken || l.n_words == 0 || is_group(l.words[0])))
		return true;
	if (!taken)
		return complain_of_verb(&l, why);
	if (l.last[ret->verb])
		return complain(why, "%s has nothing to do with %s", l.last[ret->verb], verbs[ret->verb].word);
	return take_operands(ret, l.words + taken, l.n_words - taken, why) && is_complete(ret, why);
}
