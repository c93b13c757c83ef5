/* SPDX-License-Identifier: EUPL-1.2 */
/* What the doctor found, in plain words. In conclavectl.
 * Invariant: what is not in order carries its mend. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/bytes.h"

enum grade { GRADE_OK, GRADE_ATTENTION, GRADE_BROKEN };

struct finding {
	const char *check;	/* borrowed; the same in every language */
	bool dutch;		/* else English */
	enum grade grade;
	char says[640];
	char mend[256];		/* "" when in order */
};

/* One of two formats with the same arguments, which the compiler compares with both. */
#define TEXT(f, english, dutch_text) ((f)->dutch ? (dutch_text) : (english))

void finding_ok(struct finding *f, const char *format, ...) __attribute__((format(printf, 2, 3)));
void finding_attention(struct finding *f, const char *mend, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void finding_broken(struct finding *f, const char *mend, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

const char *grade_word(enum grade grade);	/* for scripts */
void findings_print(FILE *out, const struct finding *list, size_t n);
void findings_write(struct writer *w, const struct finding *list, size_t n);
size_t findings_broken(const struct finding *list, size_t n);
