/* SPDX-License-Identifier: EUPL-1.2 */
/* The offers and answers of tests/data/sdp, as browsers wrote them. In tests/sdp only.
 * Invariant: a file that is missing fails the test. */
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "tests/support/check.h"

#define SDP_FILE_MAX (128 * 1024)

static const char *const sdp_offers[] = {
	"aiortc-1.4-offer",
	"chromium-156-offer",
	"chromium-156-offer-1send-9recv",
	"chromium-156-offer-all-extensions",
	"chromium-156-offer-av1-svc",
	"chromium-156-offer-datachannel-gathered",
	"chromium-156-offer-no-simulcast",
	"chromium-156-offer-vp8-only",
	"chromium-156-offer-vp9-svc",
	"firefox-153-offer",
	"firefox-153-offer-1send-9recv",
	"firefox-153-offer-datachannel-gathered",
	"firefox-153-offer-no-simulcast",
	"firefox-153-offer-vp8-only",
};

static const char *const sdp_answers[] = {
	"chromium-156-answer-to-chromium-156-offer",
	"chromium-156-answer-to-firefox-153-offer",
	"firefox-153-answer-to-chromium-156-offer",
	"firefox-153-answer-to-firefox-153-offer",
};

/* Valid until the next call. */
static inline struct bytes sdp_file(const char *name)
{
	static uint8_t text[SDP_FILE_MAX];
	char path[512];
	ssize_t size;
	int fd;

	check_le(snprintf(path, sizeof(path), "%s/%s.sdp", SDP_DATA, name), (int)sizeof(path) - 1);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	check_ge(fd, 0);
	size = read(fd, text, sizeof(text));
	check(size > 0 && (size_t)size < sizeof(text));
	check_eq(close(fd), 0);
	return bytes_make(text, (size_t)size);
}
