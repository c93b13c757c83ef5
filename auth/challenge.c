/* SPDX-License-Identifier: EUPL-1.2 */
/* Making and checking challenges, and remembering those that were used. In conclaved.
 * Invariant: nothing in a challenge is believed before its MAC is. */
#include "auth/challenge.h"

#include <assert.h>
#include <errno.h>

#include "auth/base64url.h"
#include "auth/hmac.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/random.h"

#define CHALLENGE_SAID (CHALLENGE_RANDOM + 8)	/* bytes before the MAC */

static_assert(CHALLENGE_LETTERS == BASE64URL_LETTERS(CHALLENGE_SIZE), "one is counted from the other");

struct challenge_mark {
	uint64_t random;
	bool taken;
};

/* Every part has a fixed size but the last. */
static bool challenge_mac(const uint8_t key[static CHALLENGE_KEY_SIZE], enum challenge_purpose purpose,
	struct bytes binding, struct bytes said, struct digest *ret)
{
	uint8_t message[1 + CHALLENGE_SAID + CHALLENGE_BINDING];
	struct writer w = writer(message, sizeof(message));

	assert(purpose < CHALLENGE_PURPOSE_N && binding.size > 0 && said.size == CHALLENGE_SAID);
	write_u8(&w, (uint8_t)purpose);
	write_bytes(&w, said);
	write_bytes(&w, binding);
	assert(w.ok);
	return hmac_sha256(bytes_make(key, CHALLENGE_KEY_SIZE), written(&w), ret);
}

int challenge_new(const uint8_t key[static CHALLENGE_KEY_SIZE], enum challenge_purpose purpose, struct bytes binding,
	usec_t now, struct challenge *ret)
{
	uint8_t raw[CHALLENGE_SIZE], random[CHALLENGE_RANDOM];
	struct writer w = writer(raw, sizeof(raw)), text = writer(ret->text, CHALLENGE_LETTERS);
	struct digest mac;

	random_bytes(random, sizeof(random));
	write_bytes(&w, bytes_make(random, sizeof(random)));
	write_u64(&w, now + CHALLENGE_LIFE);
	if (!challenge_mac(key, purpose, binding, written(&w), &mac))
		return -ENOMEM;
	write_bytes(&w, bytes_make(mac.bytes, sizeof(mac.bytes)));
	base64url_write(&text, written(&w));
	assert(w.ok && text.ok);
	ret->text[CHALLENGE_LETTERS] = '\0';
	return 0;
}

enum challenge_why challenge_check(const uint8_t key[static CHALLENGE_KEY_SIZE], enum challenge_purpose purpose,
	struct bytes binding, usec_t now, struct bytes text)
{
	uint8_t raw[CHALLENGE_SIZE];
	struct digest mac, shown;
	struct reader r;

	if (!base64url_read(text, raw, sizeof(raw)) ||
	    !challenge_mac(key, purpose, binding, bytes_make(raw, CHALLENGE_SAID), &mac))
		return CHALLENGE_FOREIGN;
	memcpy(shown.bytes, raw + CHALLENGE_SAID, sizeof(shown.bytes));
	if (!digest_equal(&mac, &shown))
		return CHALLENGE_FOREIGN;
	r = reader(bytes_make(raw, sizeof(raw)));
	read_skip(&r, CHALLENGE_RANDOM);
	return read_u64(&r) > now ? CHALLENGE_OK : CHALLENGE_EXPIRED;
}

int challenge_used_init(struct challenge_used *u)
{
	struct challenge_used fresh = { 0 };
	int r;

	fresh.marks = mem_new_array(struct challenge_mark, LIMIT_CHALLENGES_USED);
	if (!fresh.marks)
		return -ENOMEM;
	r = map_init(&fresh.by_random, LIMIT_CHALLENGES_USED);
	if (r < 0) {
		mem_free(fresh.marks);
		return r;
	}
	*u = fresh;
	return 0;
}

void challenge_used_done(struct challenge_used *u)
{
	map_done(&u->by_random);
	mem_free(u->marks);
	*u = (struct challenge_used){ 0 };
}

/* Half of the random bytes tell them apart: a stranger cannot choose them, for the MAC was ours. */
bool challenge_use(struct challenge_used *u, struct bytes text)
{
	struct challenge_mark *mark = &u->marks[u->at];
	uint8_t raw[CHALLENGE_SIZE];
	uint64_t random;

	if (!base64url_read(text, raw, sizeof(raw)))
		return false;
	memcpy(&random, raw, sizeof(random));
	if (map_get(&u->by_random, random))
		return false;
	if (mark->taken)
		(void)map_remove(&u->by_random, mark->random);
	*mark = (struct challenge_mark){ .random = random, .taken = true };
	if (map_put(&u->by_random, random, mark) < 0)
		return false;
	u->at = (u->at + 1) % LIMIT_CHALLENGES_USED;
	return true;
}
