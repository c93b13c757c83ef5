/* SPDX-License-Identifier: EUPL-1.2 */
/* The door of libnice, of which we use the STUN messages only. In conclave-media.
 * Invariant: libnice sees no message that ice_read() has not walked. It trusts MESSAGE-INTEGRITY to be 20 bytes and
 * reads past the end of a shorter one (0.1.21, seen under Valgrind). */
#include "sfu/link/ice.h"

#include <assert.h>
#include <errno.h>

#include <stun/stunagent.h>
#include <stun/usages/ice.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/random.h"

#define BINDING_REQUEST 0x0001
#define MAGIC_COOKIE 0x2112a442u	/* RFC 8489, 5 */
#define INTEGRITY_SIZE 20
#define FINGERPRINT_SIZE 4
#define ATTRIBUTES_MOST 64		/* browsers send 7 */

struct ice {
	/* owned */
	StunAgent agent;
	struct map logins;	/* by ufrag, whose 8 letters are the key */

	/* state */
	unsigned worker;
};

_Static_assert(LINK_UFRAG_SIZE == sizeof(uint64_t), "a ufrag is a key of the map");

/* All that a check may carry which must be understood; libnice answers 420 to any other (ATTACKS A12). */
static const uint16_t known_attributes[] = {
	STUN_ATTRIBUTE_USERNAME, STUN_ATTRIBUTE_MESSAGE_INTEGRITY, STUN_ATTRIBUTE_FINGERPRINT, STUN_ATTRIBUTE_PRIORITY,
	STUN_ATTRIBUTE_USE_CANDIDATE, STUN_ATTRIBUTE_ICE_CONTROLLING, STUN_ATTRIBUTE_ICE_CONTROLLED, 0,
};

int ice_new(struct ice **ret, size_t most_logins)
{
	_cleanup_(mem_freep) struct ice *i = mem_new(struct ice);
	int r;

	if (!i)
		return -ENOMEM;
	r = map_init(&i->logins, most_logins);
	if (r < 0)
		return r;
	stun_agent_init(&i->agent, known_attributes, STUN_COMPATIBILITY_RFC5389,
			STUN_AGENT_USAGE_SHORT_TERM_CREDENTIALS | STUN_AGENT_USAGE_USE_FINGERPRINT);
	*ret = take(i);
	return 0;
}

struct ice *ice_free(struct ice *i)
{
	if (!i)
		return NULL;
	map_done(&i->logins);
	mem_free(i);
	return NULL;
}

void ice_set_worker(struct ice *i, unsigned number)
{
	assert(number < MEDIA_WORKERS_MOST);
	i->worker = number;
}

static uint64_t ice_key(const char *ufrag)
{
	uint64_t key;

	memcpy(&key, ufrag, sizeof(key));
	return key;
}

/* ice-char (RFC 8839, 5.4), six random bits each. */
static void ice_draw(char *text, size_t size)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	random_bytes(text, size);
	for (size_t i = 0; i < size; i++)
		text[i] = letters[(uint8_t)text[i] & 63];
	text[size] = '\0';
}

int ice_add(struct ice *i, struct ice_login *login, struct link *link)
{
	int r;

	ice_draw(login->pwd, LINK_PWD_SIZE);
	login->link = link;
	do {
		ice_draw(login->ufrag, LINK_UFRAG_SIZE);
		login->ufrag[0] = MEDIA_WORKER_LETTER(i->worker);
		r = map_put(&i->logins, ice_key(login->ufrag), login);
	} while (r == -EEXIST);
	if (r < 0)
		*login = (struct ice_login){ 0 };
	return r;
}

void ice_move(struct ice *i, struct ice_login *to, struct ice_login *from)
{
	*to = *from;
	ice_remove(i, from);
	(void)map_put(&i->logins, ice_key(to->ufrag), to);	/* its place was just made free */
}

void ice_remove(struct ice *i, struct ice_login *login)
{
	if (login->ufrag[0])
		(void)map_remove(&i->logins, ice_key(login->ufrag));
	mem_wipe(login, sizeof(*login));
}

/* The USERNAME of a binding request that is well formed: MESSAGE-INTEGRITY and FINGERPRINT once, in this order,
 * last. RFC 8489, 14.5 would have attributes after MESSAGE-INTEGRITY ignored; nobody sends any, so such a message is
 * dropped. */
static bool ice_read(struct bytes in, struct bytes *username)
{
	struct reader r = reader(in);
	bool integrity = false;

	*username = (struct bytes){ 0 };
	if (read_u16(&r) != BINDING_REQUEST || read_u16(&r) + 20u != in.size || read_u32(&r) != MAGIC_COOKIE)
		return false;
	read_skip(&r, 12);
	for (int n = 0; r.ok && n < ATTRIBUTES_MOST; n++) {
		uint16_t type = read_u16(&r);
		struct bytes value = read_bytes(&r, read_u16(&r));

		read_skip(&r, -value.size & 3);
		if (!r.ok || (integrity && type != STUN_ATTRIBUTE_FINGERPRINT))
			return false;
		if (type == STUN_ATTRIBUTE_FINGERPRINT)
			return integrity && value.size == FINGERPRINT_SIZE && read_left(&r) == 0;
		if (type == STUN_ATTRIBUTE_MESSAGE_INTEGRITY) {
			integrity = true;
			if (value.size != INTEGRITY_SIZE)
				return false;
		} else if (type == STUN_ATTRIBUTE_USERNAME) {
			if (username->data)
				return false;
			*username = value;
		}
	}
	return false;
}

/* USERNAME is our ufrag, ':', theirs (RFC 8445, 7.2.2). */
static struct ice_login *ice_find(const struct ice *i, struct bytes username)
{
	if (username.size <= LINK_UFRAG_SIZE + 1 || username.data[LINK_UFRAG_SIZE] != ':')
		return NULL;
	return map_get(&i->logins, ice_key((const char *)username.data));
}

static bool ice_give_password(StunAgent *agent, StunMessage *message, uint8_t *username, uint16_t username_size,
			      uint8_t **password, size_t *password_size, void *user)
{
	struct ice_login *login = user;

	(void)agent;
	(void)message;
	(void)username;
	(void)username_size;
	*password = (uint8_t *)login->pwd;
	*password_size = LINK_PWD_SIZE;
	return true;
}

/* An error is no larger than what it answers: a check can be replayed with a forged source. */
static size_t ice_bound(size_t reply, size_t request)
{
	return reply <= request ? reply : 0;
}

static void ice_reply(struct ice *i, const struct address *from, StunMessage *request, size_t request_size,
		      uint8_t *reply, struct ice_check *check)
{
	struct sockaddr_storage source;
	/* Un-mapped: XOR-MAPPED-ADDRESS must name the family that the browser knows itself by. */
	socklen_t source_size = address_to_sockaddr(from, false, &source);
	size_t size = ICE_MESSAGE_MAX;
	StunUsageIceReturn result;
	StunMessage message;
	bool control = false;	/* and a tie-breaker of 0: libnice then never makes us the controlling side */

	result = stun_usage_ice_conncheck_create_reply(&i->agent, request, &message, reply, &size, &source, source_size,
						       &control, 0, STUN_USAGE_ICE_COMPATIBILITY_RFC5245);
	if (result == STUN_USAGE_ICE_RETURN_SUCCESS) {
		check->nominates = stun_usage_ice_conncheck_use_candidate(request);
		check->reply_size = size;
	} else {
		check->reply_size = ice_bound(size, request_size);	/* a role conflict: 487 */
	}
}

bool ice_receive(struct ice *i, const struct address *from, struct bytes in, uint8_t reply[static ICE_MESSAGE_MAX],
		 struct ice_check *ret)
{
	struct ice_check check = { 0 };
	StunValidationStatus status;
	StunMessage request, message;
	struct bytes username;

	if (in.size > ICE_MESSAGE_MAX || !ice_read(in, &username))
		return false;
	check.login = ice_find(i, username);
	if (!check.login)
		return false;
	status = stun_agent_validate(&i->agent, &request, in.data, in.size, ice_give_password, check.login);
	if (status == STUN_VALIDATION_SUCCESS)
		ice_reply(i, from, &request, in.size, reply, &check);
	else if (status == STUN_VALIDATION_UNKNOWN_REQUEST_ATTRIBUTE)
		check.reply_size = ice_bound(stun_agent_build_unknown_attributes_error(&i->agent, &message, reply,
						ICE_MESSAGE_MAX, &request), in.size);
	else
		return false;
	*ret = check;
	return true;
}
