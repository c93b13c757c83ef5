/* SPDX-License-Identifier: EUPL-1.2 */
/* The first bytes of a connection: the verdict on all of them never contradicts the one on fewer. */
#include <assert.h>

#include "base/media.h"
#include "server/shell/knock.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum knock last = KNOCK_MORE;
	size_t wanted = 0;

	for (size_t n = 0; n <= size && n <= KNOCK_MOST; n++) {
		unsigned worker = 0;
		size_t need = 0;
		enum knock verdict = knock_read(bytes_make(data, n), &need, &worker);

		assert(last == KNOCK_MORE || verdict == last);
		if (verdict == KNOCK_MORE) {
			assert(need > n && need <= KNOCK_MOST);
			wanted = need;
		} else {
			assert(last != KNOCK_MORE || n == wanted || verdict == KNOCK_WRONG);
			assert(worker < MEDIA_WORKERS_MOST || verdict != KNOCK_ICE);
		}
		last = verdict;
	}
	return 0;
}
