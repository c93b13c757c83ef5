/* SPDX-License-Identifier: EUPL-1.2 */
/* libc's own resolver. In conclave-fetch. */
#include "fetch/names.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>

#include "base/bytes.h"
#include "base/mem.h"

DEFINE_CLEANUP(struct addrinfo *, freeaddrinfo)

static void write_address(struct writer *w, const struct addrinfo *a)
{
	char text[INET6_ADDRSTRLEN + 32];

	if (getnameinfo(a->ai_addr, a->ai_addrlen, text, sizeof(text), NULL, 0, NI_NUMERICHOST) != 0)
		return;
	if (written(w).size)
		write_u8(w, ',');
	write_string(w, a->ai_family == AF_INET6 ? "[" : "");
	write_string(w, text);
	write_string(w, a->ai_family == AF_INET6 ? "]" : "");
}

bool names_find(const char *host, char ret[static NAMES_TEXT])
{
	const struct addrinfo wanted = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM };
	_cleanup_(freeaddrinfop) struct addrinfo *found = NULL;
	const size_t size = strlen(host);
	struct writer w = writer(ret, NAMES_TEXT - 1);
	char bare[256];

	if (size == 0 || size >= sizeof(bare) || (host[0] == '[' && size < 3))
		return false;
	/* As an address names it, a host of IPv6 stands in brackets. */
	memcpy(bare, host + (host[0] == '['), size + 1 - (host[0] == '['));
	if (host[0] == '[')
		bare[size - 2] = '\0';
	if (getaddrinfo(bare, NULL, &wanted, &found) != 0)
		return false;
	for (const struct addrinfo *a = found; a && write_room(&w) > INET6_ADDRSTRLEN + 40; a = a->ai_next)
		write_address(&w, a);
	if (!w.ok || written(&w).size == 0)
		return false;
	*w.at = '\0';
	return true;
}

void names_open(void)
{
	char none[NAMES_TEXT];

	/* A name that no server has to be asked for. */
	(void)names_find("localhost", none);
}
