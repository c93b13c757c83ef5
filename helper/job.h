/* SPDX-License-Identifier: EUPL-1.2 */
/* One frame in, one frame out. In conclave-helper. Invariant: nothing of a job is left when its answer is written. */
#pragma once

#include <stdbool.h>

#include "base/bytes.h"

/* False when it is no request, or the answer does not fit: there is nothing to say then. */
bool job_answer(struct bytes frame, struct writer *answer);
