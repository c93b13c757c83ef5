/* SPDX-License-Identifier: EUPL-1.2 */
/* Messages between conclaved and its workers: what is accepted can be written again, and is then the same. */
#include <assert.h>
#include <string.h>

#include "sfu/msg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t again[LIMIT_CHANNEL_MESSAGE];
	struct bytes in = bytes_make(data, size);
	struct writer w = writer(again, sizeof(again));
	struct media_command command;
	struct media_event event;

	if (media_command_read(in, &command)) {
		assert(media_command_write(&w, &command));
		assert(bytes_equal(written(&w), in));
	}
	w = writer(again, sizeof(again));
	if (media_event_read(in, &event)) {
		assert(media_event_write(&w, &event));
		assert(bytes_equal(written(&w), in));
	}
	return 0;
}
