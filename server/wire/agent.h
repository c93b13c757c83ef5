/* SPDX-License-Identifier: EUPL-1.2 */
/* What a browser calls itself, in words of ours: so that people know their own devices again. In conclaved.
 * Invariant: pure; whatever the header says, what comes out is one of these words. It proves nothing. */
#pragma once

extern const char *const agent_browsers[];	/* ends with NULL; the last word is "other" */
extern const char *const agent_systems[];	/* likewise */

struct agent {
	const char *browser, *system;
};

/* From a User-Agent header (RFC 9110, 10.1.5); "" when there was none. */
struct agent agent_read(const char *header);
/* The word itself as it stands in the list; "other" for one that does not. */
const char *agent_word(const char *const *words, const char *word);
