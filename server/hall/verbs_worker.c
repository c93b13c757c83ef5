/* SPDX-License-Identifier: EUPL-1.2 */
/* What conclavectl asks about media workers. In conclaved. Invariant: nobody in a meeting notices: a worker that is
 * drained keeps the meetings it has until their people are gone. */
#include "server/hall/verbs.h"

#include "base/log.h"

static uint32_t count_meetings(const struct hall *h, unsigned worker)
{
	const struct meeting *m;
	uint32_t n = 0;

	list_for_each(m, &h->meetings, in_hall)
		n += feed_home(h, m) == (int)worker;
	return n;
}

static const char *state_of(const struct worker *w)
{
	if (w->ending)
		return "ending";
	if (w->draining)
		return "draining";
	return w->ready ? "ready" : "starting";
}

void verbs_write_workers(struct hall *h, struct json *j)
{
	json_open_list(j, "workers");
	for (unsigned i = 0; i < WORKERS_MOST; i++) {
		const struct worker *w = &h->workers[i];

		if (!w->up)
			continue;
		json_open_object(j, NULL);
		json_number(j, "number", i);
		json_text(j, "state", state_of(w));
		json_boolean(j, "ready", w->ready);
		json_number(j, "port", w->port);
		json_number(j, "meetings", count_meetings(h, i));
		json_number(j, "people", feed_count(h, i));
		json_text(j, "cipher", w->cipher);
		json_close_object(j);
	}
	json_close_list(j);
}

static void worker_list(struct hall *h, struct writer *w)
{
	struct json j = control_begin(w);

	verbs_write_workers(h, &j);
	json_close_object(&j);
}

static void worker_drain(struct hall *h, const struct wire_node *request, struct writer *w)
{
	unsigned number = (unsigned)wire_integer(request, "worker");
	struct worker *worker = &h->workers[number];
	struct json j;

	if (!worker->up) {
		control_refuse(w, "there is no media worker of that number, or it is not running");
		return;
	}
	log_info("media-drain", LOG_NUMBER("worker", number));
	worker->draining = true;
	j = control_begin(w);
	json_number(&j, "worker", number);
	json_number(&j, "meetings", count_meetings(h, number));
	json_number(&j, "people", feed_count(h, number));
	json_close_object(&j);
}

void verbs_worker(struct hall *h, enum control_verb verb, const struct wire_node *request, struct writer *w)
{
	if (verb == VERB_WORKER_DRAIN)
		worker_drain(h, request, w);
	else
		worker_list(h, w);
}
