/* SPDX-License-Identifier: EUPL-1.2 */
/* Logins for a relay. In conclaved. */
#include "auth/turn.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *after(const char *text, const char *start)
{
	size_t n = strlen(start);

	return strncmp(text, start, n) == 0 ? text + n : NULL;
}

bool turn_is_url(const char *text)
{
	const char *host = after(text, "turn:"), *end;

	if (!host)
		host = after(text, "turns:");
	if (!host || strlen(text) >= TURN_URL_SIZE)
		return false;
	end = host + strspn(host, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-:[]");
	return end != host &&
		(*end == '\0' || strcmp(end, "?transport=tcp") == 0 || strcmp(end, "?transport=udp") == 0);
}

bool turn_login(const struct turn *t, usec_t wall, uint32_t meeting, uint32_t person, struct turn_login *ret)
{
	struct turn_login made;

	(void)snprintf(made.username, sizeof(made.username), "%" PRIu64 ":%" PRIu32 "-%" PRIu32,
		(uint64_t)((wall + TURN_LASTS) / SECONDS(1)), meeting, person);
	if (!hmac_sha1(bytes_make(t->secret, t->secret_size), bytes_of_string(made.username), made.tag))
		return false;
	*ret = made;
	return true;
}
