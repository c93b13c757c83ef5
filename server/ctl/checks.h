/* SPDX-License-Identifier: EUPL-1.2 */
/* The doctor's checks: each looks, and hands what it saw to a judge. In conclavectl.
 * Invariant: judge_* are pure; check_* change nothing on the machine. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "server/ctl/answer.h"
#include "server/ctl/finding.h"
#include "server/ctl/patient.h"
#include "server/ctl/tls.h"

void check_reachable(struct finding *f, struct patient *p);
void check_port(struct finding *f, struct patient *p);
void check_media(struct finding *f, struct patient *p);
void check_database(struct finding *f, struct patient *p);
void check_certificate(struct finding *f, struct patient *p);
void check_state(struct finding *f, struct patient *p);
void check_disk(struct finding *f, struct patient *p);
void check_clock(struct finding *f, struct patient *p);
void check_versions(struct finding *f, struct patient *p);
void check_limits(struct finding *f, struct patient *p);

/* check_server.c */
/* `r` and `body` of tls_get() for /healthz. */
void judge_health(struct finding *f, const char *where, int r, struct bytes body);
/* Is the local port `port` among the sockets of /proc/net/udp or udp6? */
bool udp_is_bound(struct bytes table, uint16_t port);
/* `bound` has a bit for each worker whose UDP port is taken; `status` is the server's. */
void judge_media(struct finding *f, const struct config *c, const struct answer *status, uint32_t bound);

/* check_certificate.c; `covered` has a bit for each host of the configuration. */
void judge_certificate(struct finding *f, const struct config *c, const struct tls_certificate *facts,
	uint32_t covered, int64_t now);

/* check_machine.c */
void judge_disk(struct finding *f, uint64_t free_bytes);
/* Seconds since 1970; `synchronised` < 0 = nobody could say. */
void judge_clock(struct finding *f, int64_t now, int64_t built, int synchronised);
/* The soft limit of open files in /proc/PID/limits; false when it is not there. UINT64_MAX is unlimited. */
bool limits_read(struct bytes text, uint64_t *ret);
void judge_limits(struct finding *f, uint64_t files);
/* Libraries in /proc/PID/maps that were replaced on disk since the process started, joined by commas. */
size_t maps_replaced(struct bytes text, struct writer *names);
