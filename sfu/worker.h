/* SPDX-License-Identifier: EUPL-1.2 */
/* A media worker: the drain loop between socket, links, rooms and the controller. In conclave-media, its root object.
 * Invariant: the only place that reads the clock, with its loop, and, with its sessions, that knows both links and
 * rooms; it knows numbers, never names; media goes on while there is no controller, for 30 s at most. */
#pragma once

struct worker;

/* Takes both descriptors: a bound UDP socket and a listening SEQPACKET socket; when it fails, the process is to end.
 * -ENOTSUP: libsrtp refused our ciphers. -EAFNOSUPPORT: not a UDP socket. */
int worker_new(struct worker **ret, int socket_fd, int control_fd);
struct worker *worker_free(struct worker *w);
/* Until 30 s passed without a controller or one said so (0), or something broke (negative errno). */
int worker_run(struct worker *w);
