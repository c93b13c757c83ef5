/* SPDX-License-Identifier: EUPL-1.2 */
/* Asks the kernel for our addresses. In conclaved. */
#include "server/shell/addresses.h"

#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>

#include "base/mem.h"

static void list_free(struct ifaddrs **list)
{
	if (*list)
		freeifaddrs(*list);
}

static bool is_known(const struct address *a, const struct address *list, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if (address_equal(a, &list[i]))
			return true;
	return false;
}

/* fe80::/10 */
static bool is_link_local(const struct address *a)
{
	return a->family == 6 && a->ip[0] == 0xfe && (a->ip[1] & 0xc0) == 0x80;
}

static socklen_t family_size(int family)
{
	return family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
}

static bool is_wanted(const struct ifaddrs *i, bool loopback, struct address *ret)
{
	return i->ifa_addr && (i->ifa_flags & IFF_UP) && !!(i->ifa_flags & IFF_LOOPBACK) == loopback &&
		address_from_sockaddr(ret, i->ifa_addr, family_size(i->ifa_addr->sa_family)) && !is_link_local(ret);
}

int addresses_find(struct address *ret, uint32_t most)
{
	_cleanup_(list_free) struct ifaddrs *list = NULL;
	uint32_t n = 0;

	if (getifaddrs(&list) < 0)
		return -errno;
	for (int loopback = 0; loopback <= 1; loopback++) {
		for (const struct ifaddrs *i = list; i && n < most; i = i->ifa_next) {
			struct address a;

			if (is_wanted(i, loopback, &a) && !is_known(&a, ret, n))
				ret[n++] = a;
		}
	}
	return (int)n;
}

int addresses_offered(const struct config *c, struct address ret[static MSG_ADDRESSES], uint32_t *n)
{
	const struct address *said = c->n_media_addresses ? c->media_addresses : c->listen;
	uint32_t count = c->n_media_addresses ? c->n_media_addresses : c->n_listen;
	int r;

	if (count) {
		memcpy(ret, said, count * sizeof(*ret));
		*n = count;
		return 0;
	}
	r = addresses_find(ret, MSG_ADDRESSES);
	*n = r > 0 ? (uint32_t)r : 0;
	return MIN(r, 0);
}
