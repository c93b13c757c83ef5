/* SPDX-License-Identifier: EUPL-1.2 */
/* What is counted, in the words of CONTRACT.md. In conclaved.
 * Invariant: a figure is printed only when somebody counts it; no name and no id is ever a label. */
#pragma once

#include "base/bytes.h"
#include "server/hall/hall.h"
#include "server/shell/listener.h"
#include "server/shell/workers.h"

struct metrics {
	struct hall_numbers hall;
	struct listener_numbers listener;
	struct workers_numbers workers;
	uint64_t handshakes_done, handshakes_failed;
	uint64_t profile_gcm, profile_other;	/* of SRTP */
	uint64_t commits_failed;
};

/* OpenMetrics 1.0 text, with its "# EOF". */
void metrics_write(struct writer *w, const struct metrics *m);
