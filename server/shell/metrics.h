/* SPDX-License-Identifier: EUPL-1.2 */
/* What is counted, in the words of CONTRACT.md. In conclaved.
 * Invariant: a figure is printed only when somebody counts it; no name and no id is ever a label. */
#pragma once

#include "base/bytes.h"
#include "server/hall/hall.h"
#include "server/shell/listener.h"
#include "server/shell/workers.h"

/* What one media process said last. */
struct metrics_media {
	uint64_t born;			/* 0 = nothing yet */
	uint64_t counts[COUNT_N];
};

struct metrics {
	struct hall_numbers hall;
	struct listener_numbers listener;
	struct workers_numbers workers;
	struct metrics_media media[LIMIT_WORKERS];
	uint64_t past[COUNT_N];		/* of processes that are gone, together */
	uint64_t profile_gcm, profile_other;	/* of SRTP */
	uint64_t commits_failed;
	usec_t certificate_ends;	/* wall; 0 = unknown */
	uint64_t certificate_changed, certificate_refused;
	uint64_t syslog_sent, syslog_lost;	/* lines */
};

/* The sums over all workers never fall: a process that is gone keeps its share. */
void metrics_hear(struct metrics *m, unsigned worker, const struct media_event *e);
#define METRICS_SIZE 16384		/* of the longest text, with room to spare */
/* OpenMetrics 1.0 text, with its "# EOF". */
void metrics_write(struct writer *w, const struct metrics *m);
