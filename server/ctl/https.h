/* SPDX-License-Identifier: EUPL-1.2 */
/* GET from a server whose certificate is checked. In conclavectl.
 * Invariant: nothing is read from a server that the trusted certificates do not vouch for under the name asked for. */
#pragma once

#include <stdbool.h>

#include "base/bytes.h"
#include "server/shell/config.h"

#define HTTPS_WHY_SIZE 256

struct https;

struct https_answer {
	/* owned */
	uint8_t *data;

	/* state */
	int status;
	struct bytes head;	/* the lines of the headers, each with its CR LF */
	struct bytes body;
};

/* `origin`: "https://HOST[:PORT]". `ca`: a PEM file that is trusted instead of the system's, or NULL. On false `why` is
 * one plain line. */
bool https_new(struct https **ret, const char *origin, const char *ca, char why[static HTTPS_WHY_SIZE]);
struct https *https_free(struct https *h);
/* An answer of at most `most` bytes, head and body. */
bool https_get(struct https *h, const char *path, size_t most, struct https_answer *ret,
	char why[static HTTPS_WHY_SIZE]);
void https_answer_done(struct https_answer *a);

/* How often the header stands there; the value of its first, without spaces around. */
size_t https_header(const struct https_answer *a, const char *name, struct bytes *ret);
/* What came over the line as an answer; it takes over `data`. False when it is none, or not whole. */
bool https_parse(struct https_answer *ret, uint8_t *data, size_t size);
