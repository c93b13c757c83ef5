/* SPDX-License-Identifier: EUPL-1.2 */
/* A browser with an authenticator, before a stage's hall: enrols, signs in, asks. In tests only.
 * Invariant: what it says it has from the answers, as a page would. */
#pragma once

#include "auth/challenge.h"
#include "auth/totp.h"
#include "tests/auth/device.h"
#include "tests/server/stage.h"

struct browser {
	struct stage *stage;
	struct actor *actor;		/* whose cookies and WebSocket these are */
	bool admin;			/* at the administration's listener */
	uint8_t source;			/* 192.0.2.N */
	struct device device;
	char handle[64];
	struct totp_secret secret;	/* of the six digits */
	const char *agent;		/* its User-Agent header, or NULL */
	bool made;			/* the device has its key */

	/* the last answer */
	unsigned status, wait;
	uint32_t ticket;
	char cookie[256];
	char body[256 * 1024];
};

void browser_open(struct browser *b, struct stage *s, unsigned actor, bool admin);
void browser_close(struct browser *b);
/* The status; 0 when the answer is to come later. */
unsigned browser_ask(struct browser *b, const char *path, const char *body);
unsigned browser_askf(struct browser *b, const char *path, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* The last answer holds this. */
bool browser_has(const struct browser *b, const char *part);
/* The code of the last answer's error is this. */
void browser_refused(const struct browser *b, unsigned status, const char *code);

/* The token of a link that a verb just printed. */
void stage_token(struct stage *s, unsigned nth, char ret[static 44]);
unsigned browser_enrol_passkey(struct browser *b, const char *token);
unsigned browser_sign_in_passkey(struct browser *b);
/* The JSON of what the device says to this challenge. */
void browser_attest(struct browser *b, const char *challenge, char *ret, size_t size);
void browser_assert(struct browser *b, const char *challenge, char *ret, size_t size);
/* Begins, and leaves the helper's answer to the test. */
unsigned browser_enrol_password(struct browser *b, const char *token, const char *password);
unsigned browser_sign_in_password(struct browser *b, const char *email, const char *password);
/* The six digits of now. */
void browser_code(const struct browser *b, char ret[static TOTP_DIGITS + 1]);

/* conclave-fetch has found the provider. */
void provider_up(struct stage *s, bool says_issuer);
/* What conclave-fetch was asked last; and its answer, after which the late answer is this browser's. */
struct oidc_request provider_asked(const struct stage *s);
void provider_answers(struct browser *b, enum oidc_result result, const char *email);

/* What the helper was asked last; and its answer, after which the late answer is this browser's. */
enum password_job helper_job(const struct stage *s);
void helper_answers(struct browser *b, enum password_result result);
