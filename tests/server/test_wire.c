/* SPDX-License-Identifier: EUPL-1.2 */
/* ATTACKS C18: every message, every field, every kind of nonsense; answered by the right code, changing nothing.
 * In tests only. The matrix is generated from the tables, so that a new field is in it by itself. */
#include <errno.h>

#include "base/mem.h"
#include "server/hall/protocol.h"
#include "server/wire/json.h"
#include "tests/server/stage.h"

#define BUFFER (3 * 1024 * 1024)

/* What takes a field's place. */
enum nonsense {
	MISSING,
	NOTHING,
	BOOLEAN,
	MINUS_ONE,
	TWO_TO_THE_63,
	HUGE_REAL,
	REAL,
	EMPTY,
	MEGABYTE,
	ARRAY,
	OBJECT,
	DEEP,
	LONE_SURROGATE,
	ZERO_BYTE,
	ESCAPED_ZERO,
	BAD_UTF8,
	CONTROL,
	TURNED,
	DUPLICATE,
	RENAMED,
	NONSENSE_N,
};

static char text[BUFFER];
/* 88, of which a field takes as many as it needs. */
#define TWENTY_TWO_AS "AAAAAAAAAAAAAAAAAAAAAA"
static const char many_as[] = TWENTY_TWO_AS TWENTY_TWO_AS TWENTY_TWO_AS TWENTY_TWO_AS;

static void write_valid(struct json *j, const struct wire_field *f)
{
	switch (f->kind) {
	case WIRE_INTEGER:
		json_number(j, f->name, f->least);
		break;
	case WIRE_BOOLEAN:
		json_boolean(j, f->name, false);
		break;
	case WIRE_LINE:
	case WIRE_TEXT:
		if (f->least <= 3) {
			json_text(j, f->name, "abc");
			break;
		}
		json_bytes(j, f->name, bytes_make(many_as, (size_t)f->least));
		break;
	case WIRE_BASE64:
		json_bytes(j, f->name, bytes_make(many_as, (size_t)f->least));
		break;
	case WIRE_BASE64S:
		json_open_list(j, f->name);
		json_text(j, NULL, "AAAA");
		json_text(j, NULL, "AAA=");
		json_close_list(j);
		break;
	case WIRE_LETTERS:
		json_bytes(j, f->name, bytes_make("abcdefghijklmnop", (size_t)f->most));
		break;
	case WIRE_TIME:
		json_time(j, f->name, 0);
		break;
	case WIRE_WORD:
		json_text(j, f->name, f->words[0]);
		break;
	case WIRE_OBJECT:
		json_open_object(j, f->name);
		for (const struct wire_field *k = f->fields; k->name; k++)
			write_valid(j, k);
		json_close_object(j);
		break;
	case WIRE_LIST:
		json_open_list(j, f->name);
		for (int64_t i = 0; i < f->least; i++) {
			json_open_object(j, NULL);
			for (const struct wire_field *k = f->fields; k->name; k++)
				write_valid(j, k);
			json_close_object(j);
		}
		json_close_list(j);
		break;
	case WIRE_NUMBERS:
		json_open_list(j, f->name);
		json_number(j, NULL, 1);
		json_number(j, NULL, 2);
		json_close_list(j);
		break;
	case WIRE_MAP:
		json_open_object(j, f->name);
		json_close_object(j);
		break;
	}
}

static void write_raw(struct json *j, const char *name, const void *value, size_t size)
{
	write_format(j->w, "%s\"%s\":", j->comma ? "," : "", name);
	write_bytes(j->w, bytes_make(value, size));
	j->comma = true;
}

static void write_many(struct json *j, const char *name, const char *open, char c, size_t n, const char *close)
{
	write_format(j->w, "%s\"%s\":%s", j->comma ? "," : "", name, open);
	for (size_t i = 0; i < n; i++)
		write_u8(j->w, (uint8_t)c);
	write_string(j->w, close);
	j->comma = true;
}

static void write_nonsense(struct json *j, const struct wire_field *f, enum nonsense what)
{
	static const struct { const char *value; size_t size; } raws[NONSENSE_N] = {
#define RAW(v) { v, sizeof(v) - 1 }
		[NOTHING] = RAW("null"), [BOOLEAN] = RAW("true"), [MINUS_ONE] = RAW("-1"),
		[TWO_TO_THE_63] = RAW("9223372036854775808"), [HUGE_REAL] = RAW("1e999"), [REAL] = RAW("1.5"),
		[EMPTY] = RAW("\"\""), [ARRAY] = RAW("[]"), [OBJECT] = RAW("{\"x\":1}"),
		[LONE_SURROGATE] = RAW("\"\\ud800\""), [ZERO_BYTE] = RAW("\"a\0b\""),
		[ESCAPED_ZERO] = RAW("\"a\\u0000b\""),
		[BAD_UTF8] = RAW("\"\xc0\xaf\""), [CONTROL] = RAW("\"a\\u0007\""), [TURNED] = RAW("\"\\u202e\""),
	};

	switch (what) {
	case MISSING:
		break;
	case MEGABYTE:
		write_many(j, f->name, "\"", 'x', 1024 * 1024, "\"");
		break;
	case DEEP:
		write_many(j, f->name, "", '[', 100000, "");
		break;
	case DUPLICATE:
		write_valid(j, f);
		write_valid(j, f);
		break;
	case RENAMED:
		write_valid(j, f);
		json_null(j, "zzz");
		break;
	case NOTHING:
	case BOOLEAN:
	case MINUS_ONE:
	case TWO_TO_THE_63:
	case HUGE_REAL:
	case REAL:
	case EMPTY:
	case ARRAY:
	case OBJECT:
	case LONE_SURROGATE:
	case ZERO_BYTE:
	case ESCAPED_ZERO:
	case BAD_UTF8:
	case CONTROL:
	case TURNED:
	case NONSENSE_N:
		write_raw(j, f->name, raws[what].value, raws[what].size);
		break;
	}
}

/* Does this nonsense happen to be what the table allows? */
static bool is_sense(const struct wire_field *f, enum nonsense what)
{
	switch (what) {
	case MISSING:
		return f->flags & WIRE_OPTIONAL;
	case NOTHING:
		return f->flags & WIRE_NULLABLE;
	case BOOLEAN:
		return f->kind == WIRE_BOOLEAN;
	case EMPTY:
		return f->kind == WIRE_TEXT || ((f->kind == WIRE_LINE || f->kind == WIRE_BASE64) && f->least == 0);
	case ARRAY:
		return f->kind == WIRE_BASE64S ||
			((f->kind == WIRE_NUMBERS || f->kind == WIRE_LIST) && f->least == 0);
	case CONTROL:
	case TURNED:
		return f->kind == WIRE_TEXT;
	case MINUS_ONE:
	case TWO_TO_THE_63:
	case HUGE_REAL:
	case REAL:
	case MEGABYTE:
	case OBJECT:
	case DEEP:
	case LONE_SURROGATE:
	case ZERO_BYTE:
	case ESCAPED_ZERO:
	case BAD_UTF8:
	case DUPLICATE:
	case RENAMED:
	case NONSENSE_N:
		break;
	}
	return false;
}

static const char *code_for(const struct wire_field *f, enum nonsense what)
{
	/* An object without what it needs: the field that it lacks is to blame. */
	if (what == OBJECT && f->kind == WIRE_OBJECT)
		return "missing-field";
	switch (what) {
	case MISSING:
		return "missing-field";
	case TWO_TO_THE_63:
	case HUGE_REAL:
	case DEEP:
	case LONE_SURROGATE:
	case ZERO_BYTE:
	case ESCAPED_ZERO:
	case BAD_UTF8:
	case DUPLICATE:
		return "bad-json";
	case MEGABYTE:
	case NOTHING:
	case BOOLEAN:
	case MINUS_ONE:
	case REAL:
	case EMPTY:
	case ARRAY:
	case OBJECT:
	case CONTROL:
	case TURNED:
	case RENAMED:
	case NONSENSE_N:
		break;
	}
	return "wrong-field";
}

/* One message in which `target` is nonsense; everything else is valid. `path` is where. */
struct cell {
	const struct wire_type *type;
	const struct wire_field *target;
	enum nonsense what;
	char path[80];
};

static void write_fields(struct json *j, const struct wire_field *fields, struct cell *c, const char *above)
{
	for (const struct wire_field *f = fields; f->name; f++) {
		char path[64];

		snprintf(path, sizeof(path), "%s%s%s", above, *above ? "." : "", f->name);
		if (f == c->target) {
			/* A table may stand in a message twice; the first place is blamed. */
			if (!c->path[0])
				snprintf(c->path, sizeof(c->path), "%s%s%s", above, *above ? "." : "",
					c->what == RENAMED ? "zzz" : f->name);
			write_nonsense(j, f, c->what);
		} else if (f->kind == WIRE_OBJECT) {
			json_open_object(j, f->name);
			write_fields(j, f->fields, c, path);
			json_close_object(j);
		} else {
			write_valid(j, f);
		}
	}
}

static struct bytes write_message(struct cell *c)
{
	struct writer w = writer(text, sizeof(text));
	struct json j = json_writer(&w);

	json_open_object(&j, NULL);
	json_text(&j, "type", c->type->name);
	write_fields(&j, c->type->fields, c, "");
	json_close_object(&j);
	check(w.ok);
	return written(&w);
}

typedef void (*cell_visit)(struct cell *c);

static unsigned visit_fields(const struct wire_type *t, const struct wire_field *fields, cell_visit visit)
{
	unsigned n = 0;

	for (const struct wire_field *f = fields; f->name; f++) {
		for (int what = 0; what < NONSENSE_N; what++) {
			struct cell c = { .type = t, .target = f, .what = (enum nonsense)what };

			visit(&c);
			n++;
		}
		if (f->kind == WIRE_OBJECT)
			n += visit_fields(t, f->fields, visit);
	}
	return n;
}

static unsigned visit_all(const struct wire_type *types, cell_visit visit)
{
	unsigned n = 0;

	for (; types->name; types++)
		n += visit_fields(types, types->fields, visit);
	return n;
}

static const struct wire_type *direction;

static void check_cell(struct cell *c)
{
	struct bytes message = write_message(c);
	struct wire_problem problem;
	struct wire *w = NULL;
	int r = wire_parse(&w, message, "type", direction, &problem);

	if (is_sense(c->target, c->what)) {
		check_eq(r, 0);
		wire_free(w);
		return;
	}
	if (r != -EBADMSG || strcmp(problem.code, code_for(c->target, c->what)) != 0)
		fail_msg("%s %s, nonsense %d: %d %s", c->type->name, c->path, (int)c->what, r, problem.code);
	if (strcmp(problem.code, "bad-json") != 0) {
		if (strncmp(problem.field, c->path, strlen(c->path)) != 0)
			fail_msg("%s: %s blamed for %s", c->type->name, problem.field, c->path);
		check(problem.type == c->type);
	}
}

TEST(every_field_of_the_client_refuses_nonsense)
{
	direction = protocol_client;
	check_ge(visit_all(protocol_client, check_cell), 15u * NONSENSE_N);
}

TEST(every_field_of_the_server_refuses_nonsense)
{
	direction = protocol_server;
	check_ge(visit_all(protocol_server, check_cell), 40u * NONSENSE_N);
}

static struct stage s;

/* From inside, as the clerk: whatever is said, the meeting stays and so does the connection. */
static void say_cell(struct cell *c)
{
	struct actor *clerk = &s.actors[CLERK];
	struct bytes message = write_message(c);
	const char *error;

	actor_forget(clerk);
	if (message.size > LIMIT_MESSAGE)	/* closes: a test of its own */
		return;
	hall_set_time(s.hall, s.now, s.wall);
	hall_receive(s.hall, clerk->connection, message);
	stage_drain(&s);
	if (is_sense(c->target, c->what)) {
		actor_forget(&s.actors[JAN]);
		return;
	}
	error = actor_hears(clerk, "error", code_for(c->target, c->what));
	check(strstr(error, strcmp(code_for(c->target, c->what), "bad-json") == 0 ? "\"re\":null" : c->type->name));
	check_eq(clerk->closed, 0);
	check(!actor_has(&s.actors[JAN], "entry"));
}

TEST(a_meeting_goes_on_through_all_of_it)
{
	stage_open(&s, NULL);
	stage_demo(&s);
	stage_media_up(&s);
	stage_everyone_in(&s);
	for (const struct wire_type *t = protocol_client; t->name; t++)
		if (strcmp(t->name, "leave") != 0 && strcmp(t->name, "end") != 0)
			visit_fields(t, t->fields, say_cell);
	actor_say(&s.actors[CLERK], "{\"type\":\"sources\",\"microphone\":true,\"camera\":true,\"screen\":false,"
		"\"screen_sound\":false}");
	actor_hears(&s.actors[JAN], "person", "\"id\":1");
	stage_close(&s);
}

TEST(a_message_is_at_most_64_kib)
{
	struct actor *clerk = &s.actors[CLERK];

	stage_open(&s, NULL);
	stage_demo(&s);
	actor_arrive(clerk);
	memset(text, ' ', sizeof(text));
	memcpy(text, "{\"type\":\"join\"}", 15);
	hall_receive(s.hall, clerk->connection, bytes_make(text, LIMIT_MESSAGE));
	stage_drain(&s);
	actor_error(clerk, "wrong-phase", "join", NULL);
	hall_receive(s.hall, clerk->connection, bytes_make(text, LIMIT_MESSAGE + 1));
	stage_drain(&s);
	actor_error(clerk, "too-large", NULL, NULL);
	check_eq(clerk->closed, 1009);
	stage_close(&s);
}

static const char *refusal(const char *json, size_t size, char field[static 64])
{
	struct wire_problem problem;
	struct wire *w = NULL;

	if (wire_parse(&w, bytes_make(json, size), "type", protocol_client, &problem) == 0) {
		wire_free(w);
		return "";
	}
	memcpy(field, problem.field, sizeof(problem.field));
	return problem.code;
}

TEST(what_is_no_message_at_all)
{
	static const struct { const char *json, *code, *field; } table[] = {
		{ "", "bad-json", "" }, { " ", "bad-json", "" }, { "null", "bad-json", "" }, { "[]", "bad-json", "" },
		{ "{}", "missing-field", "type" }, { "{\"type\":1}", "wrong-field", "type" },
		{ "{\"type\":null}", "wrong-field", "type" }, { "{\"type\":\"\"}", "unknown-type", "" },
		{ "{\"type\":\"welcome\"}", "unknown-type", "" },
		{ "{\"type\":\"unmute\",\"person\":1}", "unknown-type", "" },
		{ "{\"type\":\"join\"} x", "bad-json", "" }, { "{\"type\":\"join\"", "bad-json", "" },
		{ "{\"type\":\"join\",\"type\":\"leave\"}", "bad-json", "" }, { "{'type':'join'}", "bad-json", "" },
		{ "{\"type\":\"join\"}", "", "" }, { "\xef\xbb\xbf{\"type\":\"join\"}", "bad-json", "" },
		{ "{\"type\":\"join\",\"\":1}", "wrong-field", "" },
		{ "{\"type\":\"join\",\"a\\\"b\":1}", "wrong-field", "a\"b" },
		{ "{\"type\":\"offer\",\"sdp\":\"\",\"roles\":{\"0\":\"mike\"},\"restart\":false,\"media\":null}", "wrong-field",
			"roles" },
		{ "{\"type\":\"offer\",\"sdp\":\"\",\"roles\":{\"\":\"video\"},\"restart\":false,\"media\":null}", "wrong-field",
			"roles" },
		{ "{\"type\":\"offer\",\"sdp\":\"\",\"roles\":{\"12345678901234567\":\"video\"},\"restart\":false,\"media\":null}",
			"wrong-field", "roles" },
		{ "{\"type\":\"offer\",\"sdp\":\"\",\"roles\":{\"0\":7},\"restart\":false,\"media\":null}", "wrong-field", "roles" },
	};
	char field[64] = "";

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		field[0] = '\0';
		check_text(refusal(table[i].json, strlen(table[i].json), field), table[i].code);
		check_text(field, table[i].field);
	}
}

TEST(long_names_are_not_repeated)
{
	char json[512] = "{\"type\":\"join\",\"", field[64] = "x";

	memset(json + strlen(json), 'n', 300);
	memcpy(json + strlen(json), "\":1}", 5);
	check_text(refusal(json, strlen(json), field), "wrong-field");
	check_text(field, "");
}

TEST(depth_ends_at_the_limit)
{
	char field[64];

	for (size_t depth = 1; depth <= 40; depth++) {
		struct writer w = writer(text, sizeof(text));

		write_string(&w, "{\"type\":\"join\",\"x\":");
		for (size_t i = 1; i < depth; i++)
			write_u8(&w, '[');
		write_string(&w, "\"[[[[\\\"[[[[[[[[[[[[[[[[[[[\"");
		for (size_t i = 1; i < depth; i++)
			write_u8(&w, ']');
		write_string(&w, "}");
		check_text(refusal(text, written(&w).size, field),
			depth <= LIMIT_JSON_DEPTH ? "wrong-field" : "bad-json");
	}
}

/* JSON-encoded, as PROTOCOL.md counts: each line break takes four bytes. */
TEST(an_offer_is_as_large_as_its_encoding)
{
	char field[64];

	for (size_t n = LIMIT_OFFER / 4 - 1; n <= LIMIT_OFFER / 4 + 1; n++) {
		struct writer w = writer(text, sizeof(text));

		write_string(&w, "{\"type\":\"offer\",\"roles\":{},\"restart\":false,\"media\":null,\"sdp\":\"");
		for (size_t i = 0; i < n; i++)
			write_string(&w, "\\r\\n");
		write_string(&w, "\"}");
		check_text(refusal(text, written(&w).size, field), n <= LIMIT_OFFER / 4 ? "" : "wrong-field");
	}
}

TEST(a_list_of_numbers_holds_each_once)
{
	static const char *const bad[] = { "[1,1]", "[0]", "[-1]", "[1.5]", "[2147483648]", "[\"1\"]", "[[1]]",
		"[null]", "{}" };
	static const struct wire_field fields[] = { { .name = "n", .kind = WIRE_NUMBERS, .most = 3 },
		{ .name = NULL } };
	static const struct wire_type type[] = { { "t", fields }, { NULL, NULL } };
	struct wire_problem problem;
	struct wire *w = NULL;
	char json[64];

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		snprintf(json, sizeof(json), "{\"n\":%s}", bad[i]);
		check_eq(wire_parse(&w, bytes_of_string(json), NULL, type, &problem), -EBADMSG);
		check_text(problem.code, "wrong-field");
	}
	check_eq(wire_parse(&w, bytes_of_string("{\"n\":[1,2,3,4]}"), NULL, type, &problem), -EBADMSG);
	check_eq(wire_parse(&w, bytes_of_string("{\"n\":[7,2147483647,1]}"), NULL, type, &problem), 0);
	check_eq(wire_count(wire_root(w), "n"), 3);
	check_eq(wire_number(wire_root(w), "n", 0), 7);
	check_eq(wire_number(wire_root(w), "n", 1), INT32_MAX);
	check_eq(wire_number(wire_root(w), "n", 3), 0);
	wire_free(w);
}

static bool is_taken(const struct wire_field *fields, const char *json)
{
	const struct wire_type type[] = { { "t", fields }, { NULL, NULL } };
	struct wire_problem problem;
	struct wire *w = NULL;
	int r = wire_parse(&w, bytes_of_string(json), NULL, type, &problem);

	wire_free(w);
	return r == 0;
}

TEST(base64_has_one_spelling_and_a_length)
{
	static const struct wire_field one[] = { { .name = "b", .kind = WIRE_BASE64, .least = 4, .most = 8 },
		{ .name = NULL } };
	static const struct wire_field many[] = { { .name = "b", .kind = WIRE_BASE64S, .least = 12, .most = 2 },
		{ .name = NULL } };
	static const char *const good[] = { "AAAA", "AAA=", "AA==", "+/09", "AAAAAAA=", "zg==", "zzw=" };
	static const char *const bad[] = { "", "A", "AAA", "A===", "AB==", "AAB=", "AA=A", "A=AA", "====", "AAAA====",
		"AA A", "AAA-", "AAAAAAAAAAAA", "AAA\\u00e9" };
	char json[64];

	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		snprintf(json, sizeof(json), "{\"b\":\"%s\"}", good[i]);
		check(is_taken(one, json));
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		snprintf(json, sizeof(json), "{\"b\":\"%s\"}", bad[i]);
		check(!is_taken(one, json));
	}
	check(is_taken(many, "{\"b\":[]}") && is_taken(many, "{\"b\":[\"AAAA\",\"AAAAAAA=\"]}"));
	check(!is_taken(many, "{\"b\":[\"AAAAAAAA\",\"AAAAAAAA\"]}"));	/* together 16 */
	check(!is_taken(many, "{\"b\":[\"AAAA\",\"AAAA\",\"AAAA\"]}"));
	check(!is_taken(many, "{\"b\":[\"\"]}") && !is_taken(many, "{\"b\":[7]}"));
	check(!is_taken(many, "{\"b\":\"AAAA\"}"));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(base64_has_one_spelling_and_a_length),
	cmocka_unit_test(a_list_of_numbers_holds_each_once),
	cmocka_unit_test(every_field_of_the_client_refuses_nonsense),
	cmocka_unit_test(every_field_of_the_server_refuses_nonsense),
	cmocka_unit_test(a_meeting_goes_on_through_all_of_it),
	cmocka_unit_test(a_message_is_at_most_64_kib),
	cmocka_unit_test(what_is_no_message_at_all),
	cmocka_unit_test(long_names_are_not_repeated),
	cmocka_unit_test(depth_ends_at_the_limit),
	cmocka_unit_test(an_offer_is_as_large_as_its_encoding),
};

RUN_TESTS(tests)
