/* SPDX-License-Identifier: EUPL-1.2 */
/* A relay for networks that let nothing but TLS through (RFC 8656): who may use it, and until when. In conclaved.
 * Invariant: what is given says a number and a time, no name, and ends by itself; the secret leaves for nobody. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "auth/hmac.h"
#include "base/clock.h"

#define TURN_URLS 4
#define TURN_URL_SIZE 200
#define TURN_SECRET_SIZE 256
#define TURN_USERNAME_SIZE 48
/* Longer than any sitting: a relay asks for it again at each refresh. */
#define TURN_LASTS MINUTES(24 * 60)

struct turn {
	char urls[TURN_URLS][TURN_URL_SIZE];	/* "turns:turn.example.org:443?transport=tcp" */
	uint32_t n;
	char secret[TURN_SECRET_SIZE];		/* shared with the relay */
	size_t secret_size;
};

struct turn_login {
	char username[TURN_USERNAME_SIZE];
	uint8_t tag[HMAC_SHA1_SIZE];		/* in base64 it is the password */
};

/* turn: or turns:, a name or an address, and at most a port and a transport (RFC 7065). */
bool turn_is_url(const char *text);
/* The relays' own convention (coturn: use-auth-secret): HMAC-SHA1 over "UNTIL:WHO". False when memory is short. */
bool turn_login(const struct turn *t, usec_t wall, uint32_t meeting, uint32_t person, struct turn_login *ret);
