/* SPDX-License-Identifier: EUPL-1.2 */
/* The gate's life, and its talk with the helpers that compute passwords. In conclaved.
 * Invariant: every request that waits for a helper gets one answer, whatever becomes of the helper. */
#include "server/hall/gate.h"

#include <errno.h>

#include "base/log.h"
#include "server/hall/oidc.h"

#define SWEEP_EVERY SECONDS(20)		/* sessions; retention is due once an hour */
#define RETENTION_EVERY MINUTES(60)

static int set_up(struct gate *g, const struct hall_config *c)
{
	static const char *const nowhere[] = { NULL };
	uint8_t key[CHALLENGE_KEY_SIZE];
	int r;

	random_bytes(key, sizeof(key));
	r = passkey_party_init(&g->party, c->party ? c->party : "localhost", c->origins ? c->origins : nowhere, key);
	if (r == 0) {
		random_bytes(key, sizeof(key));
		r = passkey_party_init(&g->admin_party, "localhost", g->admin_origins, key);
	}
	mem_wipe(key, sizeof(key));
	if (r == 0)
		r = throttle_new(&g->throttle);
	if (r == 0)
		r = hashing_new(&g->hashing, g->n_helpers);
	return r;
}

int gate_new(struct gate **ret, const struct hall_config *config)
{
	struct gate *g = mem_new(struct gate);
	int r = -ENOMEM;

	if (!g)
		return r;
	list_init(&g->waiting);
	g->vault = config->vault;
	g->links_for_everyone = config->links_for_everyone;
	g->n_helpers = MAX(config->helpers, 1u);
	g->helpers = mem_new_array(struct helper_line, g->n_helpers);
	g->admin_origin = mem_copy_string(config->admin_origin ? config->admin_origin : "");
	if (g->helpers && g->admin_origin) {
		g->admin_origins[0] = g->admin_origin;
		r = set_up(g, config);
		if (r == 0 && config->provider)
			r = oidc_new(&g->oidc, config->provider);
	}
	if (r < 0) {
		gate_free(g);
		return r;
	}
	*ret = g;
	return 0;
}

static void waiting_free(struct waiting *w)
{
	if (w->body)
		mem_wipe(w->body, strlen(w->body));
	mem_free(w->body);
	list_remove(&w->in_gate);
	mem_wipe(w, sizeof(*w));
	mem_free(w);
}

struct gate *gate_free(struct gate *g)
{
	struct waiting *w, *following;

	if (!g)
		return NULL;
	list_for_each_safe(w, following, &g->waiting, in_gate)
		waiting_free(w);
	g->hashing = hashing_free(g->hashing);
	g->throttle = throttle_free(g->throttle);
	passkey_party_done(&g->party);
	passkey_party_done(&g->admin_party);
	if (g->helpers)
		mem_wipe(g->helpers, g->n_helpers * sizeof(*g->helpers));
	mem_free(g->helpers);
	mem_free(g->admin_origin);
	g->oidc = oidc_free(g->oidc);
	mem_free(g);
	return NULL;
}

const struct passkey_party *gate_party(const struct hall *h, bool admin)
{
	return admin ? &h->gate->admin_party : &h->gate->party;
}

void holder_print(struct hall *h, uint32_t holder, char ret[static EMAIL_SIZE])
{
	struct administrator_row administrator;
	struct account_row account;

	ret[0] = '\0';
	if (accounts_read(h->db, holder, &account) > 0)
		memcpy(ret, account.email, EMAIL_SIZE);
	else if (administrators_read(h->db, holder, &administrator) > 0)
		memcpy(ret, administrator.email, EMAIL_SIZE);
}

static struct waiting *find_job(struct gate *g, uint32_t job)
{
	struct waiting *w;

	list_for_each(w, &g->waiting, in_gate)
		if (w->job == job && !w->done && !w->asks_provider)
			return w;
	return NULL;
}

static void refuse_hashing(struct hall *h, const struct request *q, enum hashing_take taken)
{
	switch (taken) {
	case HASHING_TAKEN:
		return;
	case HASHING_BUSY:
		return request_refuse(h, q, 429, "busy");
	case HASHING_TOO_LONG:
		return request_refuse(h, q, 413, "too-large");
	case HASHING_DOWN:
	case HASHING_NO_MEMORY:
		return request_refuse(h, q, 503, "unavailable");
	}
}

struct waiting *waiting_keep(struct hall *h, const struct request *q, const struct waiting *what)
{
	struct gate *g = h->gate;
	struct waiting *w = mem_new(struct waiting);

	if (!w)
		return NULL;
	*w = *what;
	if (++g->last_ticket == 0)
		g->last_ticket = 1;
	w->ticket = g->last_ticket;
	w->admin = q->http->admin;
	w->source = q->http->source;
	w->agent = q->agent;
	list_push_back(&g->waiting, &w->in_gate);
	q->answer->ticket = w->ticket;
	return w;
}

bool waiting_add(struct hall *h, const struct request *q, const struct waiting *what, struct bytes password,
	const char *stored)
{
	struct hashing *hashing = h->gate->hashing;
	struct waiting *w = waiting_keep(h, q, what);
	enum hashing_take taken = HASHING_NO_MEMORY;

	if (w)
		taken = stored ? hashing_check(hashing, password, bytes_of_string(stored), &w->job) :
			hashing_hash(hashing, password, &w->job);
	if (taken == HASHING_TAKEN)
		return true;
	if (w)
		waiting_free(w);
	refuse_hashing(h, q, taken);
	return false;
}

/* The answer as it would have been at once, kept until it is polled. */
static void finish(struct hall *h, struct waiting *w, enum password_result result, struct bytes stored)
{
	struct hall_request http = { .path = "", .cookies = "", .source = w->source, .admin = w->admin };
	struct request q = { .http = &http, .answer = &w->answer, .agent = w->agent };

	w->done = true;
	w->answer = (struct hall_answer){ .body = "" };
	if (w->enrols)
		enrolment_hashed(h, w, &q, result, stored);
	else
		waiting_hashed(h, w, result);
	w->body = mem_copy_string(w->answer.body);
}

void gate_drain(struct hall *h)
{
	struct gate *g = h->gate;
	struct hashing_out out;
	struct waiting *w;

	while (hashing_poll(g->hashing, h->now, &out)) {
		switch (out.kind) {
		case HASHING_SEND:
			memcpy(g->helpers[out.helper].frame, out.frame.data, out.frame.size);
			g->helpers[out.helper].size = out.frame.size;
			g->helpers[out.helper].sends = true;
			break;
		case HASHING_END:
			g->helpers[out.helper].ends = true;
			break;
		case HASHING_DONE:
			w = find_job(g, out.number);
			if (w)
				finish(h, w, out.result, out.stored);
			break;
		}
	}
}

/* The last poll's: a password was in it. */
static void forget_frame(struct gate *g)
{
	for (unsigned i = 0; i < g->n_helpers; i++)
		if (!g->helpers[i].sends)
			mem_wipe(g->helpers[i].frame, g->helpers[i].size);
}

static bool poll_helper(struct helper_line *line, unsigned number, struct hall_out *ret)
{
	if (line->ends) {
		line->ends = line->sends = false;
		*ret = (struct hall_out){ .kind = HALL_HELPER_END, .worker = number };
		return true;
	}
	if (line->sends) {
		line->sends = false;
		*ret = (struct hall_out){ .kind = HALL_HELPER, .worker = number,
			.text = bytes_make(line->frame, line->size) };
		return true;
	}
	return false;
}

bool gate_poll(struct hall *h, struct hall_out *ret)
{
	struct gate *g = h->gate;
	struct waiting *w;

	if (g->polled)
		waiting_free(g->polled);
	g->polled = NULL;
	forget_frame(g);
	for (unsigned i = 0; i < g->n_helpers; i++)
		if (poll_helper(&g->helpers[i], i, ret))
			return true;
	if (oidc_poll(h, ret))
		return true;
	list_for_each(w, &g->waiting, in_gate) {
		if (!w->done)
			continue;
		g->polled = w;
		if (w->body)
			w->answer.body = w->body;
		else
			w->answer = (struct hall_answer){ .status = 503,
				.body = "{\"error\":{\"code\":\"unavailable\"}}" };
		w->answer.ticket = w->ticket;
		*ret = (struct hall_out){ .kind = HALL_ANSWER, .answer = &w->answer };
		return true;
	}
	return false;
}

void hall_forget_request(struct hall *h, uint32_t ticket)
{
	struct waiting *w, *following;

	list_for_each_safe(w, following, &h->gate->waiting, in_gate) {
		if (w->ticket != ticket || w == h->gate->polled)
			continue;
		if (w->asks_provider)
			oidc_forget(h, w);
		else if (!w->done)
			hashing_cancel(h->gate->hashing, w->job);
		waiting_free(w);
	}
	gate_drain(h);
}

void hall_helper_up(struct hall *h, unsigned helper)
{
	hashing_up(h->gate->hashing, helper);
	gate_drain(h);
}

void hall_helper_down(struct hall *h, unsigned helper)
{
	h->acting = NULL;
	hashing_down(h->gate->hashing, helper);
	h->gate->helpers[helper].sends = h->gate->helpers[helper].ends = false;
	gate_drain(h);
}

bool hall_helper_says(struct hall *h, unsigned helper, struct bytes frame)
{
	bool owed;

	h->acting = NULL;
	owed = hashing_receive(h->gate->hashing, helper, frame);
	gate_drain(h);
	return owed;
}

usec_t gate_deadline(const struct hall *h)
{
	/* The wall's time of the last look, told in the loop's. */
	usec_t since = h->wall > h->gate->swept ? h->wall - h->gate->swept : 0;
	usec_t sweep = h->now + (since < SWEEP_EVERY ? SWEEP_EVERY - since : 0);

	return MIN(MIN(sweep, hashing_deadline(h->gate->hashing)), oidc_deadline(h));
}

void gate_timeout(struct hall *h)
{
	struct gate *g = h->gate;
	usec_t before = g->swept;

	hashing_timeout(g->hashing, h->now);
	gate_drain(h);
	oidc_timeout(h);
	/* Also when somebody turned the clock back. */
	if (h->wall < before + SWEEP_EVERY && h->wall >= before)
		return;
	g->swept = h->wall;
	if (h->unhealthy)
		return;
	sessions_sweep(h);
	if (h->wall / RETENTION_EVERY != before / RETENTION_EVERY)
		retention_enforce(h);
}
