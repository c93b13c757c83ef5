/* SPDX-License-Identifier: EUPL-1.2 */
/* A STUN message as it came, which must be refused; then the same bytes as the attributes of a check that is signed, so
 * that libnice gets to see them. */
#include <assert.h>
#include <string.h>

#include "sfu/link/ice.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/stun_message.h"

#define ATTRIBUTES_MOST 1100

static void sign(struct stun_message *m, const struct ice_login *login, const uint8_t *attributes, size_t size)
{
	struct writer w;
	char username[16];

	w = writer(username, sizeof(username));
	write_format(&w, "%s:x", login->ufrag);
	stun_begin(m, 0x0001);
	stun_attribute(m, STUN_USERNAME, username, written(&w).size);
	write_bytes(&m->w, bytes_make(attributes, size & ~(size_t)3));
	stun_integrity(m, login->pwd);
	stun_fingerprint(m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct ice *ice;
	static struct ice_login login;
	struct address from = { .family = 6, .ip = { 0x20, 0x01 }, .port = 1 };
	uint8_t reply[ICE_MESSAGE_MAX];
	struct stun_message m;
	struct ice_check check;

	if (!ice && (ice_new(&ice, 1) < 0 || ice_add(ice, &login, NULL) < 0))
		return 0;
	assert(!ice_receive(ice, &from, bytes_make(data, size), reply, &check));
	if (size > ATTRIBUTES_MOST)
		return 0;
	sign(&m, &login, data, size);
	if (ice_receive(ice, &from, stun_bytes(&m), reply, &check)) {
		assert(check.login == &login);
		assert(check.reply_size <= sizeof(reply));
		/* An answer is a success, or no longer than the question. */
		assert(check.reply_size == 0 || stun_is_success(bytes_make(reply, check.reply_size), login.pwd) ||
		       check.reply_size <= stun_bytes(&m).size);
	}
	return 0;
}
