/* SPDX-License-Identifier: EUPL-1.2 */
/* The part of the writer that is too large to be inline. In every process.
 * Invariant: what does not fit whole is not written at all. */
#include "base/bytes.h"

#include <stdarg.h>
#include <stdio.h>

/* Long enough for a line of any format we write; a longer text belongs to write_string(). */
#define FORMAT_SIZE 4096

void write_format(struct writer *w, const char *format, ...)
{
	char text[FORMAT_SIZE];
	va_list arguments;
	int n;

	va_start(arguments, format);
	n = vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	if (n < 0 || (size_t)n >= sizeof(text)) {
		w->ok = false;
		return;
	}
	write_bytes(w, bytes_make(text, (size_t)n));
}
