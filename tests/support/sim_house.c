/* SPDX-License-Identifier: EUPL-1.2 */
/* Post between two processes, datagrams between them and browsers. In tests only. Invariant: see sim_house.h. */
#include "tests/support/sim_house.h"

#include "base/log.h"
#include "base/mem.h"
#include "server/hall/protocol.h"

#define HOUSE_PORT 8443

/* Only the product's allocations are counted and fail, not those of its test. */
static void product_begins(struct house *h)
{
	(void)mem_fail_at(h->fail_at, 0);
}

static void product_ends(struct house *h)
{
	unsigned long asked = mem_fail_at(0, 0);

	h->asked += asked;
	h->fail_at = h->fail_at > asked ? h->fail_at - asked : 0;
}

#define PRODUCT(h, call) do { product_begins(h); call; product_ends(h); } while (0)

uint64_t house_seed(uint64_t fallback)
{
	const char *text = getenv("CONCLAVE_SEED");
	uint64_t seed = text ? strtoull(text, NULL, 10) : fallback;

	print_message("# seed %llu (CONCLAVE_SEED repeats it)\n", (unsigned long long)seed);
	return seed;
}

/* The post. */

static void post_put(struct house_post *post, struct bytes message)
{
	struct house_letter *l = &post->letters[(post->first + post->count) % HOUSE_LETTERS];

	check(post->count < HOUSE_LETTERS);
	l->data = malloc(message.size);
	check(l->data);
	memcpy(l->data, message.data, message.size);
	l->size = message.size;
	post->count++;
}

static struct house_letter post_take(struct house_post *post)
{
	struct house_letter l = post->letters[post->first];

	post->first = (post->first + 1) % HOUSE_LETTERS;
	post->count--;
	return l;
}

static void post_empty(struct house_post *post)
{
	while (post->count)
		free(post_take(post).data);
}

/* What reaches a person. */

static enum source_kind source_of(const struct wire_node *n)
{
	return (enum source_kind)wire_word(n, "source", protocol_sources);
}

static void hear_slots(struct house_person *p, const struct wire_node *root)
{
	struct sim_browser *b = p->browser;
	size_t n = wire_count(root, "slots");

	if (!b)
		return;
	/* First what is no more, so that nobody is in two lines on the way. */
	for (uint32_t i = 0; i < b->setup.n_slots; i++) {
		const struct wire_node *slot = NULL;

		for (size_t k = 0; k < n && !slot; k++) {
			slot = wire_item(root, "slots", k);
			if (strcmp(wire_text(slot, "mid"), b->setup.slots[i].mid) != 0)
				slot = NULL;
		}
		if (!slot || wire_integer(slot, "person") != b->plates[i].person ||
		    source_of(slot) != b->plates[i].source)
			sim_browser_plate(b, p->house->now, b->setup.slots[i].mid, 0, SOURCE_MICROPHONE);
	}
	for (size_t k = 0; k < n; k++) {
		const struct wire_node *slot = wire_item(root, "slots", k);

		sim_browser_plate(b, p->house->now, wire_text(slot, "mid"), (uint32_t)wire_integer(slot, "person"),
			source_of(slot));
	}
}

static void hear_state(struct house_person *p, const struct wire_node *root)
{
	const struct wire_node *sources = wire_object(root, "sources");

	p->states++;
	p->inside = true;
	snprintf(p->state_media, sizeof(p->state_media), "%s", wire_text(root, "media") ?: "");
	p->state_sources = (wire_boolean(sources, "microphone") ? SOURCE_BIT(SOURCE_MICROPHONE) : 0) |
		(wire_boolean(sources, "camera") ? SOURCE_BIT(SOURCE_CAMERA) : 0) |
		(wire_boolean(sources, "screen") ? SOURCE_BIT(SOURCE_SCREEN) : 0) |
		(wire_boolean(sources, "screen_sound") ? SOURCE_BIT(SOURCE_SCREEN_SOUND) : 0);
	hear_slots(p, root);
}

static void hear_answer(struct house_person *p, const struct wire_node *root)
{
	p->answers++;
	if (p->browser)
		sim_browser_answered(p->browser, p->house->now, wire_text(root, "media"), wire_text(root, "sdp"));
}

static void hear(struct house_person *p, const char *text)
{
	struct wire_problem problem;
	_cleanup_(wire_freep) struct wire *w = NULL;
	const struct wire_node *root;
	const char *type;

	if (wire_parse(&w, bytes_of_string(text), "type", protocol_server, &problem) < 0) {
		fail_msg("%s (%s): %s", problem.code, problem.field, text);
		return;
	}
	root = wire_root(w);
	type = wire_type(w)->name;
	p->messages++;
	if (strcmp(type, "welcome") == 0)
		p->id = (uint32_t)wire_integer(root, "you");
	else if (strcmp(type, "state") == 0)
		hear_state(p, root);
	else if (strcmp(type, "slots") == 0)
		hear_slots(p, root);
	else if (strcmp(type, "answer") == 0)
		hear_answer(p, root);
	else if (strcmp(type, "lobby") == 0)
		p->lobbies++;
	else if (strcmp(type, "media-lost") == 0)
		p->media_lost = true;
	else if (strcmp(type, "request") == 0)
		p->request = (long)wire_integer(wire_object(root, "request"), "id");
	else if (strcmp(type, "error") == 0)
		snprintf(p->last_error, sizeof(p->last_error), "%s", wire_text(root, "code"));
	if (strcmp(type, "over") == 0) {
		snprintf(p->over, sizeof(p->over), "%s", wire_text(root, "why"));
		p->inside = false;
	}
}

/* The hall. */

struct house_mail {
	struct hall_out out;
	char *text;
};

static struct house_person *person_of(struct house *h, const void *user)
{
	for (unsigned i = 0; i < HOUSE_PEOPLE; i++)
		if (h->people[i].actor == user)
			return &h->people[i];
	fail_msg("the hall speaks to nobody");
	return NULL;
}

static void hang_up(struct house *h, struct actor *a)
{
	struct connection *c = take(a->connection);

	if (c)
		PRODUCT(h, hall_disconnect(h->stage.hall, c));
}

static void deliver(struct house *h, const struct house_mail *m)
{
	struct house_person *p;

	switch (m->out.kind) {
	case HALL_SEND:
		p = person_of(h, m->out.user);
		if (p->actor->connection)
			hear(p, m->text);
		break;
	case HALL_CLOSE:
		p = person_of(h, m->out.user);
		p->actor->closed = m->out.close_code;
		hang_up(h, p->actor);
		break;
	case HALL_MEDIA:
		if (h->controlled)
			post_put(&h->to_media, bytes_make(m->text, m->out.text.size));
		break;
	case HALL_ANSWER:
	case HALL_HELPER:
	case HALL_HELPER_END:
	case HALL_FETCH:
		break;
	}
}

/* Its bytes, of which a text ends in a zero. */
static void keep_output(struct house_mail *m)
{
	static uint8_t buffer[LIMIT_CHANNEL_MESSAGE];
	struct writer w = writer(buffer, sizeof(buffer));
	struct media_command c;

	if (m->out.kind == HALL_MEDIA) {
		c = *m->out.command;
		if (c.kind == MEDIA_CONFIGURE)	/* the stage's hall has an address that is none */
			check(address_parse_ip(&c.addresses[0], "198.51.100.1"));
		check(media_command_write(&w, &c));
		m->out.text = written(&w);
	}
	m->text = malloc(m->out.text.size + 1);
	check(m->text);
	if (m->out.text.size)
		memcpy(m->text, m->out.text.data, m->out.text.size);
	m->text[m->out.text.size] = 0;
}

static bool poll_hall(struct house *h, struct hall_out *out)
{
	bool r;

	PRODUCT(h, r = hall_poll(h->stage.hall, out));
	return r;
}

/* Closing a connection is an input of its own, hence the second round; a commit that failed is told in the next. */
static void drain_hall(struct house *h)
{
	static struct house_mail mail[4096];
	size_t n;
	int r;

	do {
		for (n = 0; poll_hall(h, &mail[n].out); n++) {
			check(n + 1 < ARRAY_SIZE(mail));
			keep_output(&mail[n]);
		}
		PRODUCT(h, r = hall_commit(h->stage.hall));
		check(r == 0 || h->failing);
		for (size_t i = 0; i < n; i++) {
			if (r == 0)
				deliver(h, &mail[i]);
			free(mail[i].text);
		}
	} while (n || r < 0);
}

static void tick(struct house *h)
{
	h->stage.wall += h->now - h->stage.now;
	h->stage.now = h->now;
	if (h->stage.hall)
		hall_set_time(h->stage.hall, h->now, h->stage.wall);
}

/* The worker. */

static struct sim_browser *browser_at(struct house *h, const struct address *at)
{
	for (unsigned i = 0; i < HOUSE_PEOPLE; i++)
		if (h->people[i].browser && address_equal(&h->people[i].browser->at, at))
			return h->people[i].browser;
	return NULL;
}

/* Sends or posts one thing; false: there is none. */
static bool drain_session(struct house *h)
{
	static uint8_t area[LIMIT_DATAGRAM + LINK_TAIL], buffer[LIMIT_CHANNEL_MESSAGE];
	struct writer w = writer(buffer, sizeof(buffer));
	struct session_out out;
	struct sim_browser *b;
	bool r;

	PRODUCT(h, r = sessions_poll(h->sessions, h->now, area, &out));
	if (!r)
		return false;
	if (out.is_event) {
		check(media_event_write(&w, &out.event));
		if (h->controlled)
			post_put(&h->to_hall, written(&w));
		return true;
	}
	b = browser_at(h, &out.to);
	if (b)
		sim_network_send(&h->air, h->now, &b->down, b, false, false, bytes_make(area, out.size));
	else
		h->strays++;
	return true;
}

static void read_command(struct house *h)
{
	struct house_letter l = post_take(&h->to_media);
	struct media_command c;

	check(media_command_read(bytes_make(l.data, l.size), &c));
	PRODUCT(h, sessions_command(h->sessions, h->now, &c));
	free(l.data);
}

static void read_event(struct house *h)
{
	struct house_letter l = post_take(&h->to_hall);
	struct media_event e;

	check(media_event_read(bytes_make(l.data, l.size), &e));
	PRODUCT(h, hall_media_event(h->stage.hall, 0, &e));
	drain_hall(h);
	free(l.data);
}

/* All that the last input caused, on both sides. */
static void settle(struct house *h)
{
	if (h->stage.hall)
		drain_hall(h);
	for (;;) {
		if (h->sessions && drain_session(h))
			continue;
		if (h->to_media.count)
			read_command(h);
		else if (h->to_hall.count)
			read_event(h);
		else
			return;
	}
}

static void worker_start(struct house *h)
{
	check_eq(pool_new(&h->pool, HOUSE_POOL), 0);
	check_eq(links_new(&h->links), 0);
	check_eq(sessions_new(&h->sessions, h->links, h->pool, HOUSE_PORT, random_next(&h->random)), 0);
}

static void worker_stop(struct house *h)
{
	h->sessions = sessions_free(h->sessions);
	h->links = links_free(h->links);
	if (h->pool)
		check_eq(pool_free_count(h->pool), HOUSE_POOL);
	h->pool = pool_free(h->pool);
}

struct house *house_new(uint64_t seed)
{
	struct house *h = mem_new(struct house);

	check(h);
	seed = house_seed(seed);
	random_seed(&h->random, seed);
	sim_network_init(&h->air, seed + 1);
	sim_network_init(&h->inside, seed + 2);
	h->line.delay = MSEC(20);
	h->port = 5000;
	stage_open(&h->stage, NULL);
	stage_demo(&h->stage);
	log_set_level((enum log_level)0);
	h->now = h->stage.now;
	for (unsigned i = 0; i < HOUSE_PEOPLE; i++)
		h->people[i] = (struct house_person){ .house = h, .actor = &h->stage.actors[i] };
	worker_start(h);
	house_hall_adopts(h);
	return h;
}

struct house *house_free(struct house *h)
{
	for (unsigned i = 0; i < HOUSE_PEOPLE; i++)
		sim_browser_free(h->people[i].browser);
	post_empty(&h->to_media);
	post_empty(&h->to_hall);
	worker_stop(h);
	stage_close(&h->stage);
	sim_network_done(&h->air);
	sim_network_done(&h->inside);
	mem_free(h);
	return NULL;
}

/* What the stage's own drain brought, while it asked for something over HTTPS. */
static void hear_stage(struct house *h)
{
	check_eq(h->stage.n_media, 0);
	for (unsigned i = 0; i < HOUSE_PEOPLE; i++) {
		struct actor *a = h->people[i].actor;

		for (size_t k = 0; k < a->n_messages; k++)
			hear(&h->people[i], a->messages[k]);
		actor_forget(a);
	}
}

static void web_socket(struct house_person *p)
{
	struct house *h = p->house;

	hang_up(h, p->actor);
	p->actor->closed = 0;
	p->over[0] = 0;
	PRODUCT(h, p->actor->connection = hall_connect(h->stage.hall, p->actor->jar, p->actor));
	check(p->actor->connection || h->failing);
	settle(h);
	house_say(p, "{\"type\":\"hello\",\"version\":1,\"seat\":\"%s\"}", p->actor->seat);
}

void house_arrive(struct house_person *p)
{
	struct hall_answer answer;

	tick(p->house);
	PRODUCT(p->house, (void)actor_link(p->actor, p->actor->link, &answer));
	check(answer.status == 200 || p->house->failing);
	hear_stage(p->house);
	web_socket(p);
	house_say(p, "{\"type\":\"join\"}");
}

void house_return(struct house_person *p)
{
	struct hall_answer answer;

	tick(p->house);
	PRODUCT(p->house, (void)actor_resume(p->actor, &answer));
	check(answer.status == 200 || p->house->failing);
	hear_stage(p->house);
	web_socket(p);
}

void house_break(struct house_person *p)
{
	tick(p->house);
	hang_up(p->house, p->actor);
	settle(p->house);
}

static void say(struct house_person *p, struct bytes text)
{
	if (!p->actor->connection)
		return;
	tick(p->house);
	PRODUCT(p->house, hall_receive(p->house->stage.hall, p->actor->connection, text));
	settle(p->house);
}

void house_say(struct house_person *p, const char *format, ...)
{
	char text[512];
	va_list arguments;
	int n;

	va_start(arguments, format);
	n = vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	check(n > 0 && (size_t)n < sizeof(text));
	p->last_error[0] = 0;
	say(p, bytes_of_string(text));
}

void house_admit(struct house_person *by, const struct house_person *who)
{
	house_say(by, "{\"type\":\"admit\",\"person\":%u}", who->id);
}

void house_hang_up(struct house_person *p)
{
	if (!p->browser)
		return;
	sim_network_forget(&p->house->air, p->browser);
	sim_network_forget(&p->house->inside, p->browser);
	p->browser = sim_browser_free(p->browser);
	p->sending = false;
}

/* Behind the first line that has a mid: there candidates of a whole bundle stand. */
static void add_candidates(const char *candidates, struct bytes offer, struct writer *w)
{
	const char *text = (const char *)offer.data, *mid = memmem(text, offer.size, "a=mid:", 6), *at;

	check(mid);
	at = memmem(mid, offer.size - (size_t)(mid - text), "\\r\\n", 4);
	check(at);
	at += 4;
	write_bytes(w, bytes_make(text, (size_t)(at - text)));
	write_string(w, candidates);
	write_bytes(w, bytes_make(at, offer.size - (size_t)(at - text)));
	check(w->ok);
}

void house_offer(struct house_person *p)
{
	static uint8_t more[LIMIT_OFFER];
	struct writer with = writer(more, sizeof(more));
	static uint8_t buffer[LIMIT_OFFER];
	struct writer w = writer(buffer, sizeof(buffer));
	struct address at;

	check(address_parse_ip(&at, "192.0.2.1"));
	at.port = p->house->port++;
	house_hang_up(p);
	p->browser = sim_browser_new(p->id, &p->house->random, &at);
	p->browser->up = p->browser->down = p->house->line;
	p->media_lost = false;
	p->last_error[0] = 0;
	sim_browser_offer(p->browser, &w);
	if (p->candidates)
		add_candidates(p->candidates, written(&w), &with);
	say(p, written(p->candidates ? &with : &w));
}

void house_set_sources(struct house_person *p, uint32_t sources)
{
	const char *const words[] = { "false", "true" };

	for (unsigned kind = 0; kind < SOURCE_N && p->sending; kind++)
		if ((p->wanted ^ sources) & SOURCE_BIT(kind))
			sim_sender_switch(&p->browser->sender, p->house->now, (enum source_kind)kind,
				sources >> kind & 1);
	p->wanted = sources;
	house_say(p, "{\"type\":\"sources\",\"microphone\":%s,\"camera\":%s,\"screen\":%s,\"screen_sound\":%s}",
		words[sources >> SOURCE_MICROPHONE & 1], words[sources >> SOURCE_CAMERA & 1],
		words[sources >> SOURCE_SCREEN & 1], words[sources >> SOURCE_SCREEN_SOUND & 1]);
}

void house_open(struct house *h)
{
	for (unsigned i = 0; i < HOUSE_PEOPLE; i++) {
		struct house_person *p = &h->people[i];

		house_arrive(p);
		if (i >= MARLEEN)
			house_admit(&h->people[i % 2 ? CLERK : CHAIR], p);
		check(p->inside);
		house_offer(p);
		house_set_sources(p, HOUSE_SOURCES);
		house_run(h, MSEC(130));
	}
	house_run(h, SECONDS(2));
}

void house_media_dies(struct house *h)
{
	worker_stop(h);
	post_empty(&h->to_media);
	post_empty(&h->to_hall);
	h->controlled = false;
	tick(h);
	PRODUCT(h, hall_media_down(h->stage.hall, 0));
	settle(h);
}

void house_media_comes(struct house *h)
{
	worker_start(h);
	house_hall_adopts(h);
}

static void set_unled(struct house *h, bool unled)
{
	for (unsigned i = 0; i < HOUSE_PEOPLE; i++)
		if (h->people[i].browser)
			h->people[i].browser->unled = unled;
}

void house_hall_dies(struct house *h)
{
	set_unled(h, true);
	stage_stop(&h->stage);
	post_empty(&h->to_media);
	post_empty(&h->to_hall);
	h->controlled = false;
}

void house_hall_comes(struct house *h)
{
	tick(h);
	check_eq(stage_start(&h->stage), 0);
	settle(h);
}

void house_hall_adopts(struct house *h)
{
	tick(h);
	h->controlled = true;
	PRODUCT(h, hall_media_up(h->stage.hall, 0));
	settle(h);
	set_unled(h, false);
}

void house_forget_past(struct house *h)
{
	for (unsigned i = 0; i < HOUSE_PEOPLE; i++)
		if (h->people[i].browser)
			sim_browser_forget_past(h->people[i].browser);
}

/* Time. */

static void arrive(struct house *h, struct sim_datagram *d)
{
	struct sim_browser *b = d->person;
	struct packet *packet;

	if (!d->to_room) {
		sim_browser_receive(b, h->now, d->data, d->size, &h->inside);
		return;
	}
	if (!h->sessions)
		return;
	packet = packet_new(h->pool);
	check(packet);
	packet->size = d->size;
	memcpy(packet->data, d->data, d->size);
	PRODUCT(h, sessions_receive(h->sessions, h->now, &b->at, packet));
	packet_unref(packet);
	settle(h);
}

/* From inside the browser to the air: protected. */
static void leave(struct house *h, const struct sim_datagram *d)
{
	uint8_t data[LIMIT_DATAGRAM + LINK_TAIL];
	struct sim_browser *b = d->person;
	size_t size = d->size;

	memcpy(data, d->data, size);
	check_eq((d->rtcp ? dtls_client_protect_rtcp : dtls_client_protect_rtp)(b->dtls, data, &size), 0);
	sim_network_send(&h->air, h->now, &b->up, b, true, d->rtcp, bytes_make(data, size));
}

static void run_browser(struct house_person *p)
{
	struct house *h = p->house;
	struct sim_browser *b = p->browser;
	struct bytes data;

	if (!p->sending && sim_browser_connected(b)) {
		p->sending = true;
		for (unsigned kind = 0; kind < SOURCE_N; kind++)
			if (p->wanted & SOURCE_BIT(kind))
				sim_sender_switch(&b->sender, h->now, (enum source_kind)kind, true);
	}
	sim_browser_run(b, h->now, &h->inside);
	while (dtls_client_poll(b->dtls, &data))
		sim_network_send(&h->air, h->now, &b->up, b, true, true, data);
}

static void carry(struct house *h)
{
	struct sim_datagram *d;

	while ((d = sim_network_take(&h->air, h->now))) {
		arrive(h, d);
		sim_network_give_back(&h->air, d);
	}
	for (unsigned i = 0; i < HOUSE_PEOPLE; i++)
		if (h->people[i].browser)
			run_browser(&h->people[i]);
	while ((d = sim_network_take(&h->inside, h->now))) {
		leave(h, d);
		sim_network_give_back(&h->inside, d);
	}
}

static void meet_deadlines(struct house *h)
{
	if (h->sessions && sessions_deadline(h->sessions) <= h->now) {
		PRODUCT(h, sessions_timeout(h->sessions, h->now));
		settle(h);
		check(sessions_deadline(h->sessions) > h->now);	/* or a loop would spin */
	}
	if (h->stage.hall && hall_deadline(h->stage.hall) <= h->now) {
		tick(h);
		PRODUCT(h, hall_timeout(h->stage.hall));
		settle(h);
		check(hall_deadline(h->stage.hall) > h->now || h->failing);
	}
}

static usec_t next_of(const struct house *h)
{
	usec_t next = MIN(sim_network_next(&h->air), sim_network_next(&h->inside));

	if (h->sessions)
		next = MIN(next, sessions_deadline(h->sessions));
	if (h->stage.hall)
		next = MIN(next, hall_deadline(h->stage.hall));
	for (unsigned i = 0; i < HOUSE_PEOPLE; i++)
		if (h->people[i].browser)
			next = MIN(next, sim_browser_next(h->people[i].browser));
	return next;
}

void house_run(struct house *h, usec_t span)
{
	usec_t end = h->now + span;

	for (;;) {
		usec_t next;

		carry(h);
		meet_deadlines(h);
		next = next_of(h);
		if (next > end)
			break;
		h->now = MAX(next, h->now);
		if (h->stage.hall)
			tick(h);
	}
	h->now = end;
	tick(h);
}
