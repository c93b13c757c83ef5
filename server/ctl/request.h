/* SPDX-License-Identifier: EUPL-1.2 */
/* What conclaved is asked, as JSON. In conclavectl. Invariant: pure. */
#pragma once

#include <stdbool.h>

#include "base/bytes.h"
#include "server/ctl/options.h"

/* Not for CTL_DOCTOR. `w` needs LIMIT_CHANNEL_MESSAGE. */
void request_write(struct writer *w, const struct options *o);
/* One part of the proceedings: lines from `from` on, of as many entries as the first answer said (0 = it is asked). */
void request_write_export(struct writer *w, const char *meeting, int64_t entries, int64_t from);
