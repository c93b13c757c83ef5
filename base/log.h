/* SPDX-License-Identifier: EUPL-1.2 */
/* A log that may be read aloud. In every process.
 * Invariant: a line has an event name and typed fields; names, addresses, links and SDP have no printer here but the
 * redacting one. One line per turn of a life, none per packet. */
#pragma once

#include <stdint.h>

#include "base/clock.h"

enum log_level { LOG_LEVEL_ERROR = 3, LOG_LEVEL_WARN = 4, LOG_LEVEL_INFO = 6, LOG_LEVEL_DEBUG = 7 };

enum log_field_kind {
	LOG_FIELD_END, LOG_FIELD_ID, LOG_FIELD_NUMBER, LOG_FIELD_WORD, LOG_FIELD_ERROR, LOG_FIELD_SECRET
};

struct log_field {
	enum log_field_kind kind;
	const char *name;
	int64_t number;
	const char *text;
};

#define LOG_ID(n, v) { LOG_FIELD_ID, (n), (int64_t)(v), (const char *)0 }		/* the first three bytes */
#define LOG_NUMBER(n, v) { LOG_FIELD_NUMBER, (n), (int64_t)(v), (const char *)0 }
#define LOG_WORD(n, v) { LOG_FIELD_WORD, (n), 0, (v) }	/* our own words, paths, versions; encoded, cut at 200 bytes */
#define LOG_ERROR(r) { LOG_FIELD_ERROR, "error", (int64_t)(r), (const char *)0 }	/* a negative errno, by name */
#define LOG_SECRET(n, v) { LOG_FIELD_SECRET, (n), 0, (v) }	/* prints its length only */

void log_write(enum log_level level, const char *event, const struct log_field *fields);
/* Debug is off until asked for. */
void log_set_level(enum log_level most);
void log_set_process(const char *name);

#define log_at(level, event, ...) \
	log_write((level), (event), (const struct log_field[]){ __VA_ARGS__ __VA_OPT__(,) { LOG_FIELD_END, 0, 0, 0 } })
#define log_info(event, ...) log_at(LOG_LEVEL_INFO, event, __VA_ARGS__)
#define log_warn(event, ...) log_at(LOG_LEVEL_WARN, event, __VA_ARGS__)
#define log_error(event, ...) log_at(LOG_LEVEL_ERROR, event, __VA_ARGS__)
#define log_debug(event, ...) log_at(LOG_LEVEL_DEBUG, event, __VA_ARGS__)

/* Once every `interval` for each call site; says how many were held back. Uses the caller's `now`. */
#define log_throttled(level, now, interval, event, ...) do { \
		static usec_t next_; static uint64_t held_; \
		if ((now) < next_) { held_++; break; } \
		next_ = (now) + (interval); \
		log_at((level), (event), __VA_ARGS__ __VA_OPT__(,) LOG_NUMBER("held_back", held_)); \
		held_ = 0; \
	} while (0)
