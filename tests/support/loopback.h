/* SPDX-License-Identifier: EUPL-1.2 */
/* A UDP socket that only this machine reaches. In tests only.
 * Invariant: what was sent to it stands in its buffer when the call returns. */
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "tests/support/check.h"

/* The caller closes it. */
static inline int loopback_bound(struct sockaddr_in *ret)
{
	struct sockaddr_in name = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(name);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	check_ge(fd, 0);
	check_eq(bind(fd, (struct sockaddr *)&name, size), 0);
	check_eq(getsockname(fd, (struct sockaddr *)&name, &size), 0);
	*ret = name;
	return fd;
}
