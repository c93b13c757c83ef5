/* SPDX-License-Identifier: EUPL-1.2 */
/* server/protocol's JSON Schemas are the tables of server/hall/protocol.c, rendered. In tests only.
 * `test_server_schema --write` writes them anew after the tables changed; otherwise every byte is compared. */
#include "server/hall/protocol.h"
#include "server/wire/json.h"
#include "tests/support/check.h"

#include <sys/stat.h>

#define DRAFT "https://json-schema.org/draft/2020-12/schema"
#define LINE_PATTERN "^[^\\u0000-\\u001f\\u007f-\\u009f\\u2028-\\u202e\\u2066-\\u2069]*$"
#define TIME_PATTERN "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z$"

static void render_fields(struct json *j, const struct wire_field *fields, const char *type);

static void render_type(struct json *j, const char *type, const struct wire_field *f)
{
	if (!(f->flags & WIRE_NULLABLE)) {
		json_text(j, "type", type);
		return;
	}
	json_open_list(j, "type");
	json_text(j, NULL, type);
	json_text(j, NULL, "null");
	json_close_list(j);
}

static void render_words(struct json *j, const struct wire_field *f)
{
	json_open_list(j, "enum");
	for (const char *const *w = f->words; *w; w++)
		json_text(j, NULL, *w);
	if (f->flags & WIRE_NULLABLE)
		json_null(j, NULL);
	json_close_list(j);
}

static void render_map(struct json *j, const struct wire_field *f)
{
	render_type(j, "object", f);
	json_number(j, "maxProperties", f->most);
	json_open_object(j, "propertyNames");
	json_text(j, "pattern", "^[!-~]{1,16}$");
	json_close_object(j);
	json_open_object(j, "additionalProperties");
	render_words(j, f);
	json_close_object(j);
}

/* The one spelling of its bytes: what the last letter holds beyond them is nothing. */
#define BASE64_PATTERN "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$"

static void render_text(struct json *j, const struct wire_field *f)
{
	char letters[32];

	render_type(j, "string", f);
	switch (f->kind) {
	case WIRE_LINE:
		json_number(j, "minLength", f->least);
		json_number(j, "maxLength", f->most);
		json_text(j, "pattern", LINE_PATTERN);
		break;
	case WIRE_TEXT:		/* the table counts bytes as JSON writes them, which a schema cannot */
		json_number(j, "maxLength", f->most);
		break;
	case WIRE_BASE64:
		json_number(j, "minLength", f->least);
		json_number(j, "maxLength", f->most);
		json_text(j, "pattern", BASE64_PATTERN);
		break;
	case WIRE_LETTERS:
		snprintf(letters, sizeof(letters), "^[a-z]{%d}$", (int)f->most);
		json_text(j, "pattern", letters);
		break;
	case WIRE_TIME:
		json_text(j, "pattern", TIME_PATTERN);
		break;
	case WIRE_INTEGER:
	case WIRE_BOOLEAN:
	case WIRE_WORD:
	case WIRE_OBJECT:
	case WIRE_LIST:
	case WIRE_BASE64S:
	case WIRE_NUMBERS:
	case WIRE_MAP:
		break;
	}
}

static void render_field(struct json *j, const struct wire_field *f)
{
	json_open_object(j, f->name);
	switch (f->kind) {
	case WIRE_INTEGER:
		render_type(j, "integer", f);
		json_number(j, "minimum", f->least);
		json_number(j, "maximum", f->most);
		break;
	case WIRE_BOOLEAN:
		render_type(j, "boolean", f);
		break;
	case WIRE_LINE:
	case WIRE_TEXT:
	case WIRE_LETTERS:
	case WIRE_BASE64:
	case WIRE_TIME:
		render_text(j, f);
		break;
	case WIRE_WORD:
		render_words(j, f);
		break;
	case WIRE_OBJECT:
		render_type(j, "object", f);
		render_fields(j, f->fields, NULL);
		break;
	case WIRE_LIST:
		render_type(j, "array", f);
		json_number(j, "minItems", f->least);
		json_number(j, "maxItems", f->most);
		json_open_object(j, "items");
		json_text(j, "type", "object");
		render_fields(j, f->fields, NULL);
		json_close_object(j);
		break;
	case WIRE_BASE64S:	/* together they are no longer than one may be, which a schema cannot say */
		render_type(j, "array", f);
		json_number(j, "maxItems", f->most);
		json_open_object(j, "items");
		render_text(j, &(struct wire_field){ .kind = WIRE_BASE64, .least = 4, .most = f->least });
		json_close_object(j);
		break;
	case WIRE_NUMBERS:
		render_type(j, "array", f);
		if (f->least)
			json_number(j, "minItems", f->least);
		json_number(j, "maxItems", f->most);
		json_boolean(j, "uniqueItems", true);
		json_open_object(j, "items");
		json_text(j, "type", "integer");
		json_number(j, "minimum", 1);
		json_number(j, "maximum", WIRE_ID_MOST);
		json_close_object(j);
		break;
	case WIRE_MAP:
		render_map(j, f);
		break;
	}
	json_close_object(j);
}

/* PROTOCOL.md: `text` is required with `written`. */
static void render_rule_of_reason(struct json *j)
{
	json_open_object(j, "if");
	json_open_object(j, "properties");
	json_open_object(j, "code");
	json_text(j, "const", "written");
	json_close_object(j);
	json_close_object(j);
	json_close_object(j);
	json_open_object(j, "then");
	json_open_list(j, "required");
	json_text(j, NULL, "text");
	json_close_list(j);
	json_close_object(j);
}

static void render_fields(struct json *j, const struct wire_field *fields, const char *type)
{
	json_open_object(j, "properties");
	if (type) {
		json_open_object(j, "type");
		json_text(j, "const", type);
		json_close_object(j);
	}
	for (const struct wire_field *f = fields; f->name; f++)
		render_field(j, f);
	json_close_object(j);
	json_open_list(j, "required");
	if (type)
		json_text(j, NULL, "type");
	for (const struct wire_field *f = fields; f->name; f++)
		if (!(f->flags & WIRE_OPTIONAL))
			json_text(j, NULL, f->name);
	json_close_list(j);
	json_boolean(j, "additionalProperties", false);
	if (fields == words_reason)
		render_rule_of_reason(j);
}

/* Two spaces a level, since people read these files. */
static void indent(FILE *f, const char *json)
{
	bool quoted = false;
	int depth = 0;

	for (const char *c = json; *c; c++) {
		bool opens = !quoted && (*c == '{' || *c == '['), closes = !quoted && (*c == '}' || *c == ']');
		bool empty = closes && (c[-1] == '{' || c[-1] == '[');

		if (quoted && *c == '\\') {
			fputc(*c++, f);
		} else if (*c == '"') {
			quoted = !quoted;
		}
		depth -= closes;
		if (closes && !empty)
			fprintf(f, "\n%*s", 2 * depth, "");
		fputc(*c, f);
		depth += opens;
		if ((opens && c[1] != '}' && c[1] != ']') || (!quoted && *c == ','))
			fprintf(f, "\n%*s", 2 * depth, "");
		if (!quoted && *c == ':')
			fputc(' ', f);
	}
	fputc('\n', f);
}

static void render(const struct wire_type *t, char *ret, size_t size)
{
	static char text[64 * 1024];
	struct writer w = writer(text, sizeof(text) - 1);
	struct json j = json_writer(&w);
	FILE *f = fmemopen(ret, size, "w");

	assert_non_null(f);
	json_open_object(&j, NULL);
	json_text(&j, "$schema", DRAFT);
	json_text(&j, "title", t->name);
	json_text(&j, "type", "object");
	render_fields(&j, t->fields, t->name);
	json_close_object(&j);
	write_u8(&w, 0);
	check(w.ok);
	indent(f, text);
	fclose(f);
}

static void path_of(const char *folder, const char *name, char *ret, size_t size)
{
	snprintf(ret, size, "%s/%s/%s.json", PROTOCOL_DIR, folder, name);
}

static void check_file(const char *folder, const struct wire_type *t)
{
	static char expected[64 * 1024], stands[64 * 1024];
	char path[4096];
	size_t n;
	FILE *f;

	render(t, expected, sizeof(expected));
	path_of(folder, t->name, path, sizeof(path));
	f = fopen(path, "r");
	if (!f)
		fail_msg("%s is missing", path);
	n = fread(stands, 1, sizeof(stands) - 1, f);
	stands[n] = '\0';
	fclose(f);
	if (strcmp(stands, expected) != 0)
		fail_msg("%s is not what the table says; see the head of this test", path);
}

TEST(every_message_of_the_client_has_its_schema)
{
	for (const struct wire_type *t = protocol_client; t->name; t++)
		check_file("client", t);
}

TEST(every_message_of_the_server_has_its_schema)
{
	for (const struct wire_type *t = protocol_server; t->name; t++)
		check_file("server", t);
}

static int write_files(const char *folder, const struct wire_type *t)
{
	static char text[64 * 1024];
	char path[4096];
	FILE *f;

	for (; t->name; t++) {
		render(t, text, sizeof(text));
		path_of(folder, t->name, path, sizeof(path));
		f = fopen(path, "w");
		if (!f || fputs(text, f) == EOF || fclose(f) == EOF)
			return 1;
	}
	return 0;
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(every_message_of_the_client_has_its_schema),
	cmocka_unit_test(every_message_of_the_server_has_its_schema),
};

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "--write") == 0) {
		(void)mkdir(PROTOCOL_DIR, 0755);
		(void)mkdir(PROTOCOL_DIR "/client", 0755);
		(void)mkdir(PROTOCOL_DIR "/server", 0755);
		return write_files("client", protocol_client) || write_files("server", protocol_server);
	}
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
