/* SPDX-License-Identifier: EUPL-1.2 */
/* The words by which impair is told what to do, on its command line and on standard input. In impair and its test.
 * Invariant: an order is carried out whole or not at all. */
#pragma once

#include <stdbool.h>

#include "tests/load/lane.h"

enum lane_way { LANE_UP, LANE_DOWN, LANE_WAYS };	/* up: to the server */

enum order { ORDER_WRONG, ORDER_CONDITION, ORDER_COUNTS, ORDER_REBIND, ORDER_STRAND };

/* `WAY KEY VALUE…`, WAY one of up, down, both: delay, jitter, queue MS · loss, duplicate PERCENT ·
 * burst PERCENT PACKETS · reorder PERCENT MS · rate KBIT/S (0: no limit) · clear. Or `counts`, `rebind`, `strand`. */
enum order order_read(const char *line, struct lane_conditions c[static LANE_WAYS]);
