/* SPDX-License-Identifier: EUPL-1.2 */
/* Header, then signature, then claims: no claim is looked at before its signature was. In conclave-fetch. */
#include "auth/oidc.h"

#include "auth/base64url.h"
#include "auth/oidc_json.h"
#include "base/limits.h"

static const char *const words[OIDC_WHY_N] = { "ok", "malformed", "algorithm", "header", "unknown-key", "signature",
	"issuer", "audience", "time", "nonce", "level", "email" };

const char *oidc_why_word(enum oidc_why why)
{
	return words[why];
}

/* The three parts of a JWS (RFC 7515, 3.1), and what is signed: the first two with the dot between. */
struct parts {
	struct bytes header, claims, signature, message;
};

static bool split(struct bytes token, struct parts *ret)
{
	const uint8_t *first, *second, *end = token.data + token.size;

	if (token.size == 0 || token.size > OIDC_TOKEN_MOST)
		return false;
	first = memchr(token.data, '.', token.size);
	second = first ? memchr(first + 1, '.', (size_t)(end - first - 1)) : NULL;
	if (!second || memchr(second + 1, '.', (size_t)(end - second - 1)))
		return false;
	ret->header = bytes_make(token.data, (size_t)(first - token.data));
	ret->claims = bytes_make(first + 1, (size_t)(second - first - 1));
	ret->message = bytes_make(token.data, (size_t)(second - token.data));
	ret->signature = bytes_make(second + 1, (size_t)(end - second - 1));
	return true;
}

static bool decode(struct bytes text, uint8_t *room, size_t most, struct bytes *ret)
{
	const size_t size = text.size * 3 / 4;

	if (size > most || !base64url_read(text, room, size))
		return false;
	*ret = bytes_make(room, size);
	return true;
}

static struct oidc_json *read_part(struct bytes text)
{
	_cleanup_(mem_freep) uint8_t *room = mem_alloc(OIDC_TOKEN_MOST);
	struct bytes json;

	return room && decode(text, room, OIDC_TOKEN_MOST, &json) ? oidc_json_read(json, OIDC_TOKEN_MOST) : NULL;
}

/* The key that the header names, of those that the provider has. */
static enum oidc_why check_header(const struct oidc_keys *keys, struct bytes text, int *place)
{
	/* RFC 7515, 4.1: keys that came along, or the addresses of some; and what must be understood. */
	static const char *const refused[] = { "jku", "jwk", "x5u", "x5c", "crit", "b64", "enc", "zip" };
	_cleanup_(oidc_json_freep) struct oidc_json *header = read_part(text);
	const char *name;

	if (!header)
		return OIDC_MALFORMED;
	if (!oidc_json_is(header, "alg", oidc_algorithm_word(oidc_keys_algorithm(keys))))
		return OIDC_ALGORITHM;
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++)
		if (oidc_json_has(header, refused[i]))
			return OIDC_HEADER;
	if (oidc_json_has(header, "typ") && !oidc_json_is(header, "typ", "JWT"))
		return OIDC_HEADER;
	name = oidc_json_text(header, "kid");
	if (!name && oidc_json_has(header, "kid"))
		return OIDC_MALFORMED;
	*place = oidc_keys_find(keys, name);
	return *place < 0 ? OIDC_KEY : OIDC_OK;
}

static enum oidc_why check_signature(const struct oidc_keys *keys, const struct parts *parts)
{
	uint8_t room[512];
	struct bytes signature;
	int place = -1;
	enum oidc_why why = check_header(keys, parts->header, &place);

	if (why != OIDC_OK)
		return why;
	if (!decode(parts->signature, room, sizeof(room), &signature))
		return OIDC_MALFORMED;
	return oidc_keys_verify(keys, place, parts->message, signature) ? OIDC_OK : OIDC_SIGNATURE;
}

/* For us alone: we know of no other audience that we could trust (3.1.3.7, 3 to 5). */
static bool is_for(const struct oidc_json *claims, const char *client)
{
	if (oidc_json_has(claims, "azp") && !oidc_json_is(claims, "azp", client))
		return false;
	if (oidc_json_text(claims, "aud"))
		return oidc_json_is(claims, "aud", client);
	return oidc_json_count(claims, "aud") == 1 && oidc_json_lists(claims, "aud", client);
}

static bool is_of_now(const struct oidc_json *claims, int64_t now)
{
	int64_t expires, issued, begins;

	/* What was compared first cannot overflow afterwards. */
	if (!oidc_json_number(claims, "exp", &expires) || !oidc_json_number(claims, "iat", &issued) ||
	    expires <= now - OIDC_SKEW || issued > now + OIDC_SKEW || issued < now - OIDC_AGE)
		return false;
	return !oidc_json_has(claims, "nbf") ||
		(oidc_json_number(claims, "nbf", &begins) && begins <= now + OIDC_SKEW);
}

/* RFC 5321, as far as it takes to tell an address from something else; which accounts there are decides the rest. */
static bool is_address(const char *email)
{
	const char *at = strchr(email, '@');
	size_t size = strlen(email);

	if (!at || at == email || !at[1] || size > LIMIT_EMAIL)
		return false;
	for (size_t i = 0; i < size; i++)
		if ((unsigned char)email[i] <= ' ' || (unsigned char)email[i] >= 0x7f)
			return false;
	return !strchr(at + 1, '@');
}

static enum oidc_why check_claims(const struct oidc_json *claims, const struct oidc_wanted *wanted)
{
	const char *subject = oidc_json_text(claims, "sub"), *email = oidc_json_text(claims, "email");

	if (!oidc_json_is(claims, "iss", wanted->issuer))
		return OIDC_ISSUER;
	if (!is_for(claims, wanted->client))
		return OIDC_AUDIENCE;
	if (!is_of_now(claims, wanted->now))
		return OIDC_TIME;
	if (!wanted->nonce[0] || !oidc_json_is(claims, "nonce", wanted->nonce))
		return OIDC_NONCE;
	if (!subject || !subject[0])
		return OIDC_MALFORMED;
	if (wanted->acr && !oidc_json_is(claims, "acr", wanted->acr))
		return OIDC_LEVEL;
	return email && is_address(email) && oidc_json_is_true(claims, wanted->verified) ? OIDC_OK : OIDC_EMAIL;
}

enum oidc_why oidc_check(const struct oidc_keys *keys, const struct oidc_wanted *wanted, struct bytes token,
	char email[static OIDC_EMAIL_SIZE])
{
	_cleanup_(oidc_json_freep) struct oidc_json *claims = NULL;
	struct parts parts;
	enum oidc_why why;

	if (!split(token, &parts))
		return OIDC_MALFORMED;
	why = check_signature(keys, &parts);
	if (why != OIDC_OK)
		return why;
	claims = read_part(parts.claims);
	why = claims ? check_claims(claims, wanted) : OIDC_MALFORMED;
	if (why == OIDC_OK)
		memcpy(email, oidc_json_text(claims, "email"), strlen(oidc_json_text(claims, "email")) + 1);
	return why;
}
