/* SPDX-License-Identifier: EUPL-1.2 */
/* The two ceremonies, step by step in the order of WebAuthn 7.1 and 7.2. In conclaved.
 * Invariant: the challenge is used up last, and only by who passed everything else, so that strangers use up none. */
#include "auth/passkey.h"

#include <assert.h>

#include "auth/authenticator.h"
#include "auth/client_data.h"
#include "auth/digest.h"
#include "auth/public_key.h"
#include "base/mem.h"

const int passkey_algorithms[PASSKEY_ALGORITHMS] = { COSE_ES256, COSE_EDDSA, COSE_RS256 };

const char *passkey_why_word(enum passkey_why why)
{
	static const char *const words[PASSKEY_WHY_N] = {
		"ok", "client-data", "type", "challenge", "expired", "used", "origin", "malformed", "attestation",
		"party", "not-present", "not-verified", "backup", "id", "user", "algorithm", "key", "signature",
		"counter", "no-memory",
	};

	assert(why < PASSKEY_WHY_N);
	return words[why];
}

int passkey_party_init(struct passkey_party *p, const char *id, const char *const *origins,
	const uint8_t key[static CHALLENGE_KEY_SIZE])
{
	struct passkey_party fresh = { .id = id, .origins = origins };
	int r = challenge_used_init(&fresh.used);

	if (r < 0)
		return r;
	memcpy(fresh.key, key, sizeof(fresh.key));
	*p = fresh;
	mem_wipe(fresh.key, sizeof(fresh.key));
	return 0;
}

void passkey_party_done(struct passkey_party *p)
{
	challenge_used_done(&p->used);
	mem_wipe(p->key, sizeof(p->key));
}

int passkey_begin(const struct passkey_party *p, enum challenge_purpose purpose, struct bytes binding, usec_t now,
	struct challenge *ret)
{
	return challenge_new(p->key, purpose, binding, now, ret);
}

static bool is_our_origin(const struct passkey_party *p, const char *origin)
{
	for (size_t i = 0; p->origins[i]; i++)
		if (strcmp(p->origins[i], origin) == 0)
			return true;
	return false;
}

/* 7.1 steps 5 to 11, 7.2 steps 9 to 14. */
static enum passkey_why check_client_data(const struct passkey_party *p, const struct passkey_ceremony *c,
	struct bytes json, const char *type, struct client_data *ret)
{
	if (!client_data_read(json, ret))
		return PASSKEY_CLIENT_DATA;
	if (strcmp(ret->type, type) != 0)
		return PASSKEY_TYPE;
	switch (challenge_check(p->key, c->purpose, c->binding, c->now, bytes_of_string(ret->challenge))) {
	case CHALLENGE_FOREIGN:
		return PASSKEY_CHALLENGE;
	case CHALLENGE_EXPIRED:
		return PASSKEY_EXPIRED;
	case CHALLENGE_OK:
		break;
	}
	return is_our_origin(p, ret->origin) && !ret->framed ? PASSKEY_OK : PASSKEY_ORIGIN;
}

/* 7.1 steps 14 to 18, 7.2 steps 15 to 19. */
static enum passkey_why check_data(const struct passkey_party *p, const struct passkey_ceremony *c,
	const struct authenticator_data *d)
{
	struct digest party;

	if (digest_sha256(bytes_of_string(p->id), &party) < 0)
		return PASSKEY_NO_MEMORY;
	if (!bytes_equal(d->party, bytes_make(party.bytes, sizeof(party.bytes))))
		return PASSKEY_PARTY;
	if (!(d->flags & AUTHENTICATOR_PRESENT))
		return PASSKEY_NOT_PRESENT;
	if (c->verify && !(d->flags & AUTHENTICATOR_VERIFIED))
		return PASSKEY_NOT_VERIFIED;
	if (d->flags & AUTHENTICATOR_BACKED_UP && !(d->flags & AUTHENTICATOR_BACKUP_ELIGIBLE))
		return PASSKEY_BACKUP;
	return PASSKEY_OK;
}

static bool is_listed(int64_t algorithm)
{
	for (size_t i = 0; i < PASSKEY_ALGORITHMS; i++)
		if (passkey_algorithms[i] == algorithm)
			return true;
	return false;
}

/* 7.1 steps 20 and 25, and the key itself. */
static enum passkey_why take_credential(const struct authenticator_data *d, struct passkey *ret)
{
	size_t size = sizeof(ret->key);

	if (d->id.size == 0 || d->id.size > PASSKEY_ID_MOST)
		return PASSKEY_ID;
	if (!is_listed(d->key.algorithm))
		return PASSKEY_ALGORITHM;
	if (!public_key_from_cose(&d->key, ret->key, &size))
		return PASSKEY_KEY;
	ret->key_size = (uint16_t)size;
	memcpy(ret->id, d->id.data, d->id.size);
	ret->id_size = (uint16_t)d->id.size;
	ret->counter = d->counter;
	ret->backup_eligible = d->flags & AUTHENTICATOR_BACKUP_ELIGIBLE;
	ret->backed_up = d->flags & AUTHENTICATOR_BACKED_UP;
	return PASSKEY_OK;
}

static enum passkey_why use_up(struct passkey_party *p, const struct client_data *client)
{
	return challenge_use(&p->used, bytes_of_string(client->challenge)) ? PASSKEY_OK : PASSKEY_USED;
}

enum passkey_why passkey_register(struct passkey_party *p, const struct passkey_ceremony *c, struct bytes client_data,
	struct bytes attestation_object, struct passkey *ret)
{
	struct authenticator_data data;
	struct attestation attestation;
	struct passkey fresh = { 0 };
	struct client_data client;
	enum passkey_why why;

	why = check_client_data(p, c, client_data, "webauthn.create", &client);
	if (why != PASSKEY_OK)
		return why;
	if (!attestation_read(attestation_object, &attestation))
		return PASSKEY_MALFORMED;
	if (!bytes_equal_string(attestation.format, "none") || !attestation.empty)
		return PASSKEY_ATTESTATION;
	if (!authenticator_data_read(attestation.data, &data) || !(data.flags & AUTHENTICATOR_ATTESTED))
		return PASSKEY_MALFORMED;
	why = check_data(p, c, &data);
	if (why == PASSKEY_OK)
		why = take_credential(&data, &fresh);
	if (why == PASSKEY_OK)
		why = use_up(p, &client);
	if (why == PASSKEY_OK)
		*ret = fresh;
	return why;
}

/* What is signed: authenticator data, and the hash of the client's data behind it. */
static enum passkey_why check_signature(const struct passkey *stored, const struct passkey_assertion *a)
{
	uint8_t message[LIMIT_ATTESTATION + DIGEST_SIZE];
	struct writer w = writer(message, sizeof(message));
	struct digest hash;

	if (digest_sha256(a->client_data, &hash) < 0)
		return PASSKEY_NO_MEMORY;
	write_bytes(&w, a->authenticator_data);
	write_bytes(&w, bytes_make(hash.bytes, sizeof(hash.bytes)));
	assert(w.ok);		/* authenticator_data_read() took it */
	return public_key_verify(bytes_make(stored->key, stored->key_size), written(&w), a->signature) ?
		PASSKEY_OK : PASSKEY_SIGNATURE;
}

/* 7.2 step 22: who counts, counts up. */
static bool is_counted_up(const struct passkey *stored, uint32_t counter)
{
	return counter > stored->counter || (counter == 0 && stored->counter == 0);
}

enum passkey_why passkey_assert(struct passkey_party *p, const struct passkey_ceremony *c,
	const struct passkey_assertion *a, struct bytes user, struct passkey *stored)
{
	struct authenticator_data data;
	struct client_data client;
	enum passkey_why why;

	assert(c->purpose != CHALLENGE_REGISTER);
	if (!bytes_equal(a->id, bytes_make(stored->id, stored->id_size)))
		return PASSKEY_ID;
	if (a->user_handle.size && !bytes_equal(a->user_handle, user))
		return PASSKEY_USER;
	why = check_client_data(p, c, a->client_data, "webauthn.get", &client);
	if (why != PASSKEY_OK)
		return why;
	if (!authenticator_data_read(a->authenticator_data, &data) || data.flags & AUTHENTICATOR_ATTESTED)
		return PASSKEY_MALFORMED;
	why = check_data(p, c, &data);
	if (why == PASSKEY_OK && stored->backup_eligible != !!(data.flags & AUTHENTICATOR_BACKUP_ELIGIBLE))
		why = PASSKEY_BACKUP;
	if (why == PASSKEY_OK)
		why = check_signature(stored, a);
	if (why == PASSKEY_OK && !is_counted_up(stored, data.counter))
		why = PASSKEY_COUNTER;
	if (why == PASSKEY_OK)
		why = use_up(p, &client);
	if (why != PASSKEY_OK)
		return why;
	stored->counter = data.counter;
	stored->backed_up = data.flags & AUTHENTICATOR_BACKED_UP;
	return PASSKEY_OK;
}
