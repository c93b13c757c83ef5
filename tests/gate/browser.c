/* SPDX-License-Identifier: EUPL-1.2 */
/* Asking, as a page would. In tests only. */
#include "tests/gate/browser.h"

#include <stdarg.h>
#include <stdio.h>

#include "auth/base64url.h"

void browser_open(struct browser *b, struct stage *s, unsigned actor, bool admin)
{
	*b = (struct browser){ .stage = s, .actor = &s->actors[actor], .admin = admin, .source = (uint8_t)(actor + 1) };
}

void browser_close(struct browser *b)
{
	if (b->made)
		device_done(&b->device);
	b->made = false;
}

static void keep(struct browser *b, unsigned status, const char *body, const char *cookie)
{
	check(strlen(body) < sizeof(b->body));
	memcpy(b->body, body, strlen(body) + 1);
	memcpy(b->cookie, cookie, sizeof(b->cookie));
	b->status = status;
	if (cookie[0])
		actor_keep_cookie(b->actor, cookie);
}

unsigned browser_ask(struct browser *b, const char *path, const char *body)
{
	struct hall_request q = { .path = path, .cookies = b->actor->jar, .body = bytes_of_string(body),
		.source = { .family = 4, .ip = { 192, 0, 2, b->source } }, .admin = b->admin, .agent = b->agent };
	struct hall_answer a;

	hall_set_time(b->stage->hall, b->stage->now, b->stage->wall);
	hall_request(b->stage->hall, &q, &a);
	b->ticket = a.ticket;
	b->wait = a.wait;
	keep(b, a.ticket ? 0 : a.status, a.body, a.set_cookie);
	stage_drain(b->stage);
	return b->status;
}

unsigned browser_askf(struct browser *b, const char *path, const char *format, ...)
{
	static char body[64 * 1024];
	va_list arguments;
	int n;

	va_start(arguments, format);
	n = vsnprintf(body, sizeof(body), format, arguments);
	va_end(arguments);
	check(n > 0 && (size_t)n < sizeof(body));
	return browser_ask(b, path, body);
}

bool browser_has(const struct browser *b, const char *part)
{
	return strstr(b->body, part);
}

void browser_refused(const struct browser *b, unsigned status, const char *code)
{
	char want[128];

	(void)snprintf(want, sizeof(want), "{\"error\":{\"code\":\"%s\"", code);
	if (b->status != status || strncmp(b->body, want, strlen(want)) != 0)
		fail_msg("%u %s instead of %u %s", b->status, b->body, status, code);
	check_text(b->cookie, "");
}

void stage_token(struct stage *s, unsigned nth, char ret[static 44])
{
	char link[256];

	check(stage_field(s->answer, "link", nth, link, sizeof(link)));
	check(strchr(link, '#') && strlen(strchr(link, '#') + 1) == 43);
	memcpy(ret, strchr(link, '#') + 1, 44);
}

static void encode(struct bytes in, char *ret, size_t size)
{
	struct writer w = writer(ret, size);

	base64url_write(&w, in);
	write_u8(&w, 0);
	check(w.ok);
}

static void make_device(struct browser *b)
{
	static uint8_t devices;

	if (b->made)
		return;
	device_init(&b->device, -7, 0);
	b->device.id[0] = devices++;		/* each is another one */
	b->device.party = "localhost";
	b->device.origin = b->admin ? STAGE_ADMIN_ORIGIN : STAGE_ORIGIN;
	b->made = true;
}

void browser_attest(struct browser *b, const char *challenge, char *ret, size_t size)
{
	static struct device_said said;
	char id[3000], client[3000], attestation[8000];

	make_device(b);
	device_register(&b->device, challenge, &said);
	encode(bytes_make(b->device.id, b->device.id_size), id, sizeof(id));
	encode(said.client, client, sizeof(client));
	encode(said.attestation, attestation, sizeof(attestation));
	check(snprintf(ret, size, "{\"id\":\"%s\",\"clientDataJSON\":\"%s\",\"attestationObject\":\"%s\"}", id, client,
		attestation) < (int)size);
}

void browser_assert(struct browser *b, const char *challenge, char *ret, size_t size)
{
	static struct device_said said;
	char id[3000], client[3000], data[3000], signature[2000];

	make_device(b);
	device_assert(&b->device, challenge, &said);
	encode(bytes_make(b->device.id, b->device.id_size), id, sizeof(id));
	encode(said.client, client, sizeof(client));
	encode(said.data, data, sizeof(data));
	encode(said.signature, signature, sizeof(signature));
	check(snprintf(ret, size, "{\"id\":\"%s\",\"clientDataJSON\":\"%s\",\"authenticatorData\":\"%s\","
		"\"signature\":\"%s\",\"userHandle\":\"%s\"}", id, client, data, signature, b->handle) < (int)size);
}

unsigned browser_enrol_passkey(struct browser *b, const char *token)
{
	char challenge[CHALLENGE_LETTERS + 1], credential[16 * 1024];
	const char *user;

	if (browser_askf(b, "/api/enrol", "{\"token\":\"%s\"}", token) != 200)
		return b->status;
	check(stage_field(b->body, "challenge", 0, challenge, sizeof(challenge)));
	user = strstr(b->body, "\"user\":");
	check(user && stage_field(user, "id", 0, b->handle, sizeof(b->handle)));
	browser_attest(b, challenge, credential, sizeof(credential));
	return browser_askf(b, "/api/enrol/passkey", "{\"token\":\"%s\",\"credential\":%s,\"label\":\"telefoon\"}", token,
		credential);
}

unsigned browser_sign_in_passkey(struct browser *b)
{
	char challenge[CHALLENGE_LETTERS + 1], credential[16 * 1024];

	check_eq(browser_ask(b, "/api/sign-in", "{}"), 200);
	check(stage_field(b->body, "challenge", 0, challenge, sizeof(challenge)));
	browser_assert(b, challenge, credential, sizeof(credential));
	return browser_askf(b, "/api/sign-in/passkey", "{\"credential\":%s}", credential);
}

void browser_code(const struct browser *b, char ret[static TOTP_DIGITS + 1])
{
	check(totp_code(&b->secret, b->stage->wall, ret));
}

/* RFC 4648, 6, of exactly as many letters as a secret has. */
static void read_secret(const char *text, struct totp_secret *ret)
{
	uint64_t bits = 0;
	size_t n = 0, have = 0;

	for (; *text; text++) {
		const char *at = strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", *text);

		check(at);
		bits = bits << 5 | (uint64_t)(at - "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567");
		for (have += 5; have >= 8; have -= 8)
			ret->bytes[n++] = (uint8_t)(bits >> (have - 8));
	}
	check_eq(n, TOTP_SECRET_SIZE);
}

unsigned browser_enrol_password(struct browser *b, const char *token, const char *password)
{
	char secret[64], code[TOTP_DIGITS + 1];

	if (browser_askf(b, "/api/enrol/password/begin", "{\"token\":\"%s\"}", token) != 200)
		return b->status;
	check(stage_field(b->body, "secret", 0, secret, sizeof(secret)));
	check(browser_has(b, "otpauth://totp/"));
	memset(&b->secret, 0, sizeof(b->secret));
	read_secret(secret, &b->secret);
	browser_code(b, code);
	return browser_askf(b, "/api/enrol/password", "{\"token\":\"%s\",\"password\":\"%s\",\"code\":\"%s\"}", token,
		password, code);
}

unsigned browser_sign_in_password(struct browser *b, const char *email, const char *password)
{
	char code[TOTP_DIGITS + 1];

	browser_code(b, code);
	return browser_askf(b, "/api/sign-in/password", "{\"email\":\"%s\",\"password\":\"%s\",\"code\":\"%s\"}", email,
		password, code);
}

enum password_job helper_job(const struct stage *s)
{
	struct password_request r;

	check(password_request_read(bytes_make(s->frame, s->frame_size), &r));
	return r.job;
}

void helper_answers(struct browser *b, enum password_result result)
{
	static const char stored[] = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0$aGFzaA";
	struct stage *s = b->stage;
	struct password_request r;
	uint8_t frame[PASSWORD_FRAME];
	struct writer w = writer(frame, sizeof(frame));
	struct password_answer a = { .result = result };

	check(password_request_read(bytes_make(s->frame, s->frame_size), &r));
	a.number = r.number;
	if (result == PASSWORD_HASHED)
		a.stored = bytes_of_string(stored);
	check(password_answer_write(&w, &a));
	s->late_ticket = 0;
	hall_set_time(s->hall, s->now, s->wall);
	check(hall_helper_says(s->hall, s->frame_helper, written(&w)));
	stage_drain(s);
	check_eq(s->late_ticket, b->ticket);
	keep(b, s->late_status, s->late_body, s->late_cookie);
}

static bool provider_says(struct stage *s, const struct oidc_answer *a)
{
	uint8_t frame[OIDC_FRAME];
	struct writer w = writer(frame, sizeof(frame));
	bool owed;

	check(oidc_result_write(&w, a));
	hall_set_time(s->hall, s->now, s->wall);
	owed = hall_fetch_says(s->hall, written(&w));
	stage_drain(s);
	return owed;
}

void provider_up(struct stage *s, bool says_issuer)
{
	check(provider_says(s, &(struct oidc_answer){ .result = OIDC_READY, .says_issuer = says_issuer,
		.text = bytes_of_string("https://login.example/ask") }));
}

struct oidc_request provider_asked(const struct stage *s)
{
	struct oidc_request q;

	check(oidc_request_read(bytes_make(s->fetch_frame, s->fetch_size), &q));
	return q;
}

void provider_answers(struct browser *b, enum oidc_result result, const char *email)
{
	struct stage *s = b->stage;

	s->late_ticket = 0;
	check(provider_says(s, &(struct oidc_answer){ .result = result, .number = provider_asked(s).number,
		.text = bytes_of_string(email) }));
	check_eq(s->late_ticket, b->ticket);
	keep(b, s->late_status, s->late_body, s->late_cookie);
}
