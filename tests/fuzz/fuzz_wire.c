/* SPDX-License-Identifier: EUPL-1.2 */
/* What clients say, as a sequence, into a hall where five people have seats. In fuzz targets only.
 * A line is one step: a digit and a message, `c` and a digit (that person connects and says hello), `d` and a digit (is
 * disconnected), `t` (three seconds pass), `m` and a digit (the media process says something of that person's peer).
 * Invariant: every input begins with the same records, since nothing is ever committed. */
#include <assert.h>
#include <string.h>

#include "auth/signature.h"
#include "base/log.h"
#include "server/hall/inside.h"
#include "tests/fuzz/fuzz.h"

#define PEOPLE 5
#define WALL SECONDS(1773340200)
#define STEPS 64

static struct db *db;

static struct person_at {
	char cookies[128];
	char seat[SEAT_LETTERS + 1];
	struct connection *connection;
	bool closed;
} people[PEOPLE];

static struct hall *open_hall(usec_t now)
{
	static struct log_key *key;
	const char *why;
	struct hall_config config = { .origin = "https://localhost", .seed = 1 };
	struct hall *h = NULL;
	int r = key ? 0 : log_key_open(&key, db, NULL, WALL, &why);

	assert(r == 0);
	config.key = key;
	r = hall_new(&h, db, &config, now, WALL);
	assert(r == 0);
	return h;
}

static void take_seat(struct hall *h, struct person_at *p, const char *token)
{
	char body[96] = "{\"token\":\"";
	struct hall_answer answer;
	struct writer w = writer(body, sizeof(body));

	write_format(&w, "{\"token\":\"%.43s\"}", token);
	hall_request(h, &(struct hall_request){ .path = "/api/link", .body = written(&w), .cookies = "" }, &answer);
	assert(answer.status == 200);
	memcpy(p->seat, strstr(answer.body, "\"seat\":\"") + 8, SEAT_LETTERS);
	memcpy(p->cookies, answer.set_cookie, strcspn(answer.set_cookie, ";"));
}

/* Once: the records that every input finds. */
static void prepare(void)
{
	static char answer[4096];
	struct writer w = writer(answer, sizeof(answer) - 1);
	const char *why, *at = answer;
	struct hall *h;
	int r;

	log_set_level((enum log_level)0);
	r = db_open(&db, ":memory:", &why);
	assert(r == 0);
	h = open_hall(SECONDS(1000));
	hall_control(h, bytes_of_string("{\"verb\":\"demo\"}"), &w);
	for (int i = 0; i < PEOPLE; i++) {
		at = strstr(at, "/j#");
		assert(at);
		take_seat(h, &people[i], at + 3);
		at += 3;
	}
	hall_free(h);
}

static void check_output(const struct hall_out *out)
{
	struct wire_problem problem;
	struct wire *w = NULL;
	int r;

	switch (out->kind) {
	case HALL_SEND:
		r = wire_parse(&w, out->text, "type", protocol_server, &problem);
		assert(r == 0);
		wire_free(w);
		break;
	case HALL_CLOSE:
		((struct person_at *)out->user)->closed = true;
		break;
	case HALL_MEDIA:
		assert(out->command->kind >= MEDIA_CONFIGURE && out->command->kind <= MEDIA_COMMAND_LAST);
		break;
	case HALL_ANSWER:
	case HALL_HELPER:
	case HALL_HELPER_END:
	case HALL_FETCH:
		break;
	}
}

static void drain(struct hall *h)
{
	struct hall_out out;

	while (hall_poll(h, &out))
		check_output(&out);
	hall_keep(h);
	for (int i = 0; i < PEOPLE; i++) {
		if (!people[i].connection || !people[i].closed)
			continue;
		hall_disconnect(h, people[i].connection);
		people[i].connection = NULL;
		drain(h);
	}
}

static void check_state(struct hall *h)
{
	struct meeting *m;
	struct person *p;

	list_for_each(m, &h->meetings, in_hall) {
		meeting_for_each(p, m) {
			assert(!p->live.feed || (person_is_inside(p) && !p->live.feed->leaving));
			assert(!p->live.waiting || !person_is_inside(p));
			assert(!person_is_inside(p) || m->fold->phase == PHASE_OPEN);
			assert(!p->live.connection || p->live.connection->live.person == p);
		}
	}
}

static void come(struct hall *h, struct person_at *p)
{
	char hello[64];
	struct writer w = writer(hello, sizeof(hello));

	if (p->connection)
		hall_disconnect(h, p->connection);
	p->closed = false;
	p->connection = hall_connect(h, p->cookies, p);
	assert(p->connection);
	write_format(&w, "{\"type\":\"hello\",\"version\":1,\"seat\":\"%s\"}", p->seat);
	hall_receive(h, p->connection, written(&w));
}

static void media(struct hall *h, uint32_t n, struct bytes rest)
{
	struct reader r = reader(rest);
	struct media_event e = { .kind = (enum media_event_kind)(read_u8(&r) % (MEDIA_EVENT_LAST + 1)),
		.on = read_u8(&r) & 1, .mid = "0", .word = "timeout", .sources = 15, .version = MSG_VERSION,
		.meeting = { 1 }, .seat = n + 1 };
	struct meeting *m = list_first(&h->meetings, struct meeting, in_hall);
	struct feed *f = m ? m->people[n].live.feed : NULL;

	e.peer.value = f ? f->id.value : 1 + n;
	e.from.value = e.on ? e.peer.value : 0;
	hall_media_event(h, 0, &e);
}

static void step(struct hall *h, struct bytes line, usec_t *now)
{
	uint8_t what = line.size ? line.data[0] : 0, digit = line.size > 1 ? line.data[1] : '0';
	uint32_t n = what >= '0' && what <= '9' ? (uint32_t)(what - '0') % PEOPLE : digit % PEOPLE;
	struct person_at *p = &people[n];

	hall_set_time(h, *now, WALL);
	if (what == 'c') {
		come(h, p);
	} else if (what == 'd' && p->connection) {
		hall_disconnect(h, p->connection);
		p->connection = NULL;
	} else if (what == 't') {
		*now += SECONDS(3);
		hall_set_time(h, *now, WALL);
		hall_timeout(h);
	} else if (what == 'm') {
		media(h, n, line.size > 2 ? bytes_make(line.data + 2, line.size - 2) : bytes_make(NULL, 0));
	} else if (line.size && p->connection && !p->closed) {
		hall_receive(h, p->connection, bytes_make(line.data + 1, line.size - 1));
	}
	drain(h);
	check_state(h);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	usec_t now = SECONDS(1000);
	struct hall *h;

	if (!db)
		prepare();
	h = open_hall(now);
	hall_media_up(h, 0);
	for (int steps = 0; size && steps < STEPS; steps++) {
		const uint8_t *end = memchr(data, '\n', size);
		size_t n = end ? (size_t)(end - data) : size;

		step(h, bytes_make(data, n), &now);
		data += end ? n + 1 : n;
		size -= end ? n + 1 : n;
	}
	hall_free(h);
	db_rollback(db);
	for (int i = 0; i < PEOPLE; i++)
		people[i].connection = NULL;
	return 0;
}
