/* SPDX-License-Identifier: EUPL-1.2 */
/* What a served index.html would run, and whom it may talk to. In conclavectl.
 * Invariant: pure; what is not written as our build writes it counts as foreign. */
#pragma once

#include "server/ctl/manifest.h"

/* Every <script> and every <link> to a script or style names a listed file with its hash, and none has content of its
 * own. On false `which` is the path of a file that was not listed, with a space before it, or "". It lives as long as
 * nobody calls this again. */
bool page_scripts_are_listed(struct bytes html, const struct manifest *m, const char **which);
/* Sources of connect-src, each with a space before it: sockets of exact hosts, and nothing with a star. */
bool page_connects_plainly(struct bytes sources);
