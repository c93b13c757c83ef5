/* SPDX-License-Identifier: EUPL-1.2 */
/* conclavectl: reads what is asked, asks the server, prints the answer.
 * Invariant: ends with 0 when it was done, 1 when it was refused or failed, 2 when it was not asked properly; in the
 * latter two one plain line on standard error says why. */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/mem.h"
#include "server/ctl/answer.h"
#include "server/ctl/backup.h"
#include "server/ctl/doctor.h"
#include "server/ctl/log.h"
#include "server/ctl/options.h"
#include "server/ctl/place.h"
#include "server/ctl/request.h"
#include "server/ctl/show.h"
#include "server/ctl/web.h"
#include "server/wire/json.h"

enum { DONE, FAILED, WRONG };

/* The findings, or a request and its answer. */
static uint8_t request[LIMIT_CHANNEL_MESSAGE], response[LIMIT_CHANNEL_MESSAGE];

static int say(int status, const char *why)
{
	(void)fprintf(stderr, "conclavectl: %s\n", why);
	return status;
}

static void print_json(struct bytes text)
{
	(void)fwrite(text.data, 1, text.size, stdout);
	(void)fputc('\n', stdout);
}

static int ask(const struct options *o, const struct place *place)
{
	_cleanup_(answer_freep) struct answer *a = NULL;
	struct writer w = writer(request, sizeof(request));
	struct bytes text = { 0 };
	char why[PLACE_WHY_SIZE];
	const char *error;
	int r;

	request_write(&w, o);
	if (!w.ok)
		return say(WRONG, "that is more than one request can hold; invite fewer people at once");
	r = place_ask(place, written(&w), response, &text);
	if (r < 0) {
		place_explain(place, r, why);
		return say(FAILED, why);
	}
	a = answer_parse(text);
	if (!a)
		return say(FAILED, "the server's answer was not understood; is conclaved of the same version?");
	if (o->json)
		print_json(text);
	if (!answer_boolean(a, "ok")) {
		error = answer_text(a, "error");
		if (!o->json)
			show_bad_lines(stderr, a);
		return say(FAILED, error ? error : "the server refused, and did not say why");
	}
	if (!o->json)
		show_answer(stdout, o, a);
	return DONE;
}

static int import(const struct options *o, const struct place *place)
{
	static char csv[LIMIT_CHANNEL_MESSAGE];
	struct options with = *o;
	FILE *file = fopen(o->file, "re");
	size_t n;
	bool failed;

	if (!file)
		return say(FAILED, strerror(errno));
	n = fread(csv, 1, sizeof(csv), file);
	failed = ferror(file);
	(void)fclose(file);
	if (failed || n == sizeof(csv) || memchr(csv, '\0', n))
		return say(FAILED, "the file cannot be read as a text of less than 128 KiB");
	csv[n] = '\0';
	with.csv = csv;
	return ask(&with, place);
}

static int doctor(const struct options *o, const struct place *place)
{
	const struct doctor_question q = { .place = place, .only = o->only, .media = o->media, .wall = clock_wall(),
		.dutch = o->language ? strcmp(o->language, "nl") == 0 :
			doctor_is_dutch(getenv("LC_ALL"), getenv("LC_MESSAGES"), getenv("LANG")) };
	struct finding findings[DOCTOR_CHECKS];
	struct writer w = writer(response, sizeof(response));
	size_t broken;
	int n;

	if (!place->configured)
		return say(FAILED, "doctor needs the configuration of the server; name it with --config FILE");
	n = doctor_look(findings, &q);
	if (n < 0)
		return say(FAILED, strerror(-n));
	if (o->json) {
		findings_write(&w, findings, (size_t)n);
		print_json(written(&w));
	} else {
		findings_print(stdout, findings, (size_t)n);
	}
	broken = findings_broken(findings, (size_t)n);
	if (broken == 0)
		return DONE;
	if (q.dutch)
		return say(FAILED, "er is iets stuk; wat hierboven staat, zegt hoe het te herstellen is");
	return say(FAILED, broken == 1 ? "one thing is broken; what was printed says how to mend it" :
		"several things are broken; what was printed says how to mend them");
}

static int export(const struct options *o, const struct place *place)
{
	char why[PLACE_WHY_SIZE];
	int64_t entries;

	if (!log_export(place, o->meeting, o->output, &entries, why))
		return say(FAILED, why);
	if (o->output && o->json)
		(void)printf("{\"ok\":true,\"entries\":%" PRId64 "}\n", entries);
	else if (o->output)
		(void)printf("%" PRId64 " entries were written to %s\n", entries, o->output);
	return DONE;
}

static int verify(const struct options *o)
{
	struct writer w = writer(response, sizeof(response));
	char why[PLACE_WHY_SIZE];
	const struct log_question q = { .path = o->file, .checkpoints = o->checkpoints,
		.n_checkpoints = o->n_checkpoints, .server = o->server, .proof = o->output };
	bool whole = log_verify(&q, o->json ? &w : NULL, why);

	if (o->json)
		print_json(written(&w));
	else if (whole)
		(void)printf("%s\n", why);
	return whole ? DONE : say(FAILED, why);
}

static int told(const struct options *o, bool done, const char *why)
{
	struct writer w = writer(response, sizeof(response));
	struct json j = json_writer(&w);

	json_open_object(&j, NULL);
	json_boolean(&j, "ok", done);
	json_text(&j, done ? "done" : "error", why);
	json_close_object(&j);
	if (o->json)
		print_json(written(&w));
	else if (done)
		(void)printf("%s\n", why);
	return done ? DONE : say(FAILED, why);
}

static int web_compare(const struct options *o)
{
	struct web_wanted wanted = { .url = o->url, .key = o->key, .ca = o->ca };
	struct writer w = writer(response, sizeof(response));
	char why[WEB_WHY_SIZE];
	bool same = web_verify(&wanted, o->json ? &w : NULL, why);

	if (o->json)
		print_json(written(&w));
	else if (same)
		(void)printf("%s\n", why);
	return same ? DONE : say(FAILED, why);
}

static int web_copy(const struct options *o, const struct place *place)
{
	char why[WEB_WHY_SIZE];
	bool done;

	if (!place->configured)
		return say(FAILED, "web export needs the configuration of the server; name it with --config FILE");
	done = web_export(place->config.web_root, o->folder, o->server, o->key, why);
	return told(o, done, why);
}

/* For the security log of a server that runs; the backup is none the worse without. */
static void note_backup(const struct place *place)
{
	struct bytes ignored;

	(void)place_ask(place, bytes_of_string("{\"verb\":\"backup-made\"}"), response, &ignored);
}

static int back_up(const struct options *o, const struct place *place)
{
	char why[BACKUP_WHY_SIZE];
	bool done;

	if (!place->configured)
		return say(FAILED, "backup needs the configuration of the server; name it with --config FILE");
	done = backup_make(place, o->file, o->to, (int64_t)clock_wall(), why);
	if (done)
		note_backup(place);
	return told(o, done, why);
}

static int restore(const struct options *o)
{
	const char *into = o->into ? o->into : getenv("CONCLAVE_STATE");
	char why[BACKUP_WHY_SIZE];
	bool done;

	if (!o->rehearse && (!into || !*into))
		return say(WRONG, "name the empty state folder with --into DIR");
	done = o->rehearse ? backup_rehearse(o->file, o->key, (int64_t)clock_wall(), why) :
		backup_restore(o->file, o->key, into, (int64_t)clock_wall(), why);
	return told(o, done, why);
}

static int make_backup_key(const struct options *o)
{
	char why[BACKUP_WHY_SIZE];
	bool done = backup_key(o->file, why);

	return told(o, done, why);
}

/* The verbs that need no server and no configuration; -1 for the others. */
static int run_alone(const struct options *o)
{
	char why[WEB_WHY_SIZE];
	bool done;

	if (o->verb == CTL_LOG_VERIFY)
		return verify(o);
	if (o->verb == CTL_WEB_VERIFY)
		return web_compare(o);
	if (o->verb == CTL_BACKUP_KEY)
		return make_backup_key(o);
	if (o->verb == CTL_RESTORE)
		return restore(o);
	if (o->verb != CTL_WEB_KEY && o->verb != CTL_WEB_SIGN)
		return -1;
	done = o->verb == CTL_WEB_KEY ? web_key(o->file, why) : web_sign(o->folder, o->key, why);
	return told(o, done, why);
}

static int run(const struct options *o)
{
	_cleanup_(mem_freep) struct place *place = mem_new(struct place);
	char why[PLACE_WHY_SIZE];
	int alone = run_alone(o);

	if (alone >= 0)
		return alone;
	if (!place)
		return say(FAILED, "there is not enough memory");
	if (!place_find(place, o->config, getenv("CONCLAVE_STATE"), why))
		return say(FAILED, why);
	if (o->verb == CTL_LOG_EXPORT)
		return export(o, place);
	if (o->verb == CTL_WEB_EXPORT)
		return web_copy(o, place);
	if (o->verb == CTL_BACKUP)
		return back_up(o, place);
	if (o->verb == CTL_USER_IMPORT)
		return import(o, place);
	return o->verb == CTL_DOCTOR ? doctor(o, place) : ask(o, place);
}

/* What could not be printed was not done, as far as anybody can tell. */
static int finish(int status)
{
	if (fflush(stdout) == EOF || ferror(stdout))
		return status == DONE ? say(FAILED, "the answer could not be printed") : status;
	return status;
}

int main(int argc, char **argv)
{
	_cleanup_(mem_freep) struct options *o = mem_new(struct options);
	char why[CTL_WHY_SIZE];

	(void)signal(SIGPIPE, SIG_IGN);
	if (!o)
		return say(FAILED, "there is not enough memory");
	if (!options_parse(o, argc - 1, argv + 1, why))
		return say(WRONG, why);
	if (o->help) {
		(void)fputs(options_help(o->verb), stdout);
		return finish(DONE);
	}
	if (o->only && !doctor_knows(o->only))
		return say(WRONG, "--only names no check; conclavectl doctor --help lists them");
	return finish(run(o));
}
