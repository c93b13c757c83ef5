/* SPDX-License-Identifier: EUPL-1.2 */
/* A command as the request that hall_control() reads. In conclavectl. */
#include "server/ctl/request.h"

#include <stdlib.h>

#include "server/wire/json.h"

static const char *request_verb(enum ctl_verb verb)
{
	switch (verb) {
	case CTL_MEETING_CREATE:
		return "meeting-create";
	case CTL_MEETING_LIST:
		return "meeting-list";
	case CTL_MEETING_SHOW:
		return "meeting-show";
	case CTL_MEETING_END:
		return "meeting-end";
	case CTL_INVITE:
		return "invite";
	case CTL_DEMO:
		return "demo";
	case CTL_LOG_EXPORT:
		return "log-export";
	case CTL_BODY_ADD:
		return "body-add";
	case CTL_BODY_LIST:
		return "body-list";
	case CTL_USER_ADD:
		return "user-add";
	case CTL_USER_LIST:
		return "user-list";
	case CTL_USER_CLOSE:
		return "user-close";
	case CTL_USER_RESET:
		return "user-reset";
	case CTL_USER_IMPORT:
		return "user-import";
	case CTL_ADMIN_ADD:
		return "admin-add";
	case CTL_ADMIN_LIST:
		return "admin-list";
	case CTL_ADMIN_CLOSE:
		return "admin-close";
	case CTL_WORKER_LIST:
		return "worker-list";
	case CTL_WORKER_DRAIN:
		return "worker-drain";
	case CTL_RELOAD:
		return "reload";
	case CTL_LOG_VERIFY:
	case CTL_WEB_KEY:
	case CTL_WEB_SIGN:
	case CTL_WEB_EXPORT:
	case CTL_WEB_VERIFY:
	case CTL_BACKUP:
	case CTL_BACKUP_KEY:
	case CTL_RESTORE:
	case CTL_DOCTOR:
	case CTL_N:
		break;
	}
	return "status";
}

static void write_if(struct json *j, const char *key, const char *text)
{
	if (text)
		json_text(j, key, text);
}

static void write_people(struct json *j, const struct options *o)
{
	json_open_list(j, "people");
	for (size_t i = 0; i < o->n_people; i++) {
		json_open_object(j, NULL);
		json_text(j, "name", o->people[i].name);
		json_text(j, "email", o->people[i].email);
		json_text(j, "office", o->people[i].office);
		json_close_object(j);
	}
	json_close_list(j);
}

static void write_items(struct json *j, const struct options *o)
{
	char guest[CTL_TEXT_SIZE];

	json_open_list(j, "items");
	for (size_t i = 0; i < o->n_items; i++) {
		const char *at = o->items[i].guests;

		json_open_object(j, NULL);
		json_text(j, "title", o->items[i].title);
		json_text(j, "convened", o->items[i].for_audience ? "open" : "closed");
		json_open_list(j, "guests");
		while (options_next_guest(&at, guest)) {
			json_open_object(j, NULL);
			json_text(j, "email", guest);
			json_close_object(j);
		}
		json_close_list(j);
		json_close_object(j);
	}
	json_close_list(j);
}

void request_write_export(struct writer *w, const char *meeting, int64_t entries, int64_t from)
{
	struct json j = json_writer(w);

	json_open_object(&j, NULL);
	json_text(&j, "verb", request_verb(CTL_LOG_EXPORT));
	json_text(&j, "meeting", meeting);
	json_number(&j, "entries", entries);
	json_number(&j, "from", from);
	json_close_object(&j);
}

void request_write(struct writer *w, const struct options *o)
{
	struct json j = json_writer(w);

	json_open_object(&j, NULL);
	json_text(&j, "verb", request_verb(o->verb));
	write_if(&j, "meeting", o->meeting);
	write_if(&j, "email", o->email);
	write_if(&j, "name", o->name);
	write_if(&j, "office", o->office);
	write_if(&j, "party", o->party);
	write_if(&j, "level", o->level);
	write_if(&j, "links", o->links);
	write_if(&j, "csv", o->csv);
	write_if(&j, "title", o->title);
	write_if(&j, "starts", o->starts);
	write_if(&j, "body", o->body);
	write_if(&j, "language", o->language);
	write_if(&j, "reason", o->reason);
	if (o->worker)
		json_number(&j, "worker", strtol(o->worker, NULL, 10));
	if (o->verb == CTL_MEETING_CREATE)
		write_people(&j, o);
	if (o->n_items)
		write_items(&j, o);
	if (o->substitute.office)
		json_text(&j, "substitute", o->substitute.email);
	json_close_object(&j);
}
