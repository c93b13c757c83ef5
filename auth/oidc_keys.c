/* SPDX-License-Identifier: EUPL-1.2 */
/* From JWK to the same DER as passkeys have, through the same checks. In conclave-fetch. */
#include "auth/oidc_keys.h"

#include "auth/base64url.h"
#include "auth/oidc_json.h"
#include "auth/public_key.h"

#define KEYS_MOST 16
#define KEY_NAME 256
#define KEY_DER 600		/* RSA of 4096 bits takes 550 */
#define NUMBER_MOST 512		/* bytes of a modulus */
#define HALF 32			/* of a signature on P-256 */

struct oidc_key {
	char name[KEY_NAME];	/* "" = it has none */
	uint8_t der[KEY_DER];
	size_t size;
};

struct oidc_keys {
	enum oidc_algorithm algorithm;
	unsigned n;
	struct oidc_key list[KEYS_MOST];
};

static const char *const words[OIDC_ALGORITHM_N] = { "RS256", "PS256", "ES256" };

const char *oidc_algorithm_word(enum oidc_algorithm a)
{
	return words[a];
}

bool oidc_algorithm_read(const char *word, enum oidc_algorithm *ret)
{
	for (unsigned i = 0; i < OIDC_ALGORITHM_N; i++) {
		if (strcmp(word, words[i]) != 0)
			continue;
		*ret = i;
		return true;
	}
	return false;
}

/* A number in base64url, without the zero in front that some write. */
static bool read_number(const struct oidc_json *key, const char *name, uint8_t room[static NUMBER_MOST + 1],
	struct bytes *ret)
{
	const char *text = oidc_json_text(key, name);
	size_t size = text ? strlen(text) * 3 / 4 : 0;

	if (size == 0 || size > NUMBER_MOST + 1 || !base64url_read(bytes_of_string(text), room, size))
		return false;
	*ret = room[0] == 0 && size > 1 && strcmp(name, "n") == 0 ? bytes_make(room + 1, size - 1) :
		bytes_make(room, size);
	return true;
}

static bool read_rsa(const struct oidc_json *o, struct oidc_key *ret)
{
	uint8_t modulus[NUMBER_MOST + 1], exponent[NUMBER_MOST + 1];
	struct cose_key key = { .type = COSE_TYPE_RSA, .algorithm = COSE_RS256 };

	return oidc_json_is(o, "kty", "RSA") && read_number(o, "n", modulus, &key.modulus) &&
		read_number(o, "e", exponent, &key.x) && public_key_from_cose(&key, ret->der, &ret->size);
}

static bool read_curve(const struct oidc_json *o, struct oidc_key *ret)
{
	uint8_t x[NUMBER_MOST + 1], y[NUMBER_MOST + 1];
	struct cose_key key = { .type = COSE_TYPE_EC2, .algorithm = COSE_ES256, .curve = COSE_CURVE_P256 };

	return oidc_json_is(o, "kty", "EC") && oidc_json_is(o, "crv", "P-256") && read_number(o, "x", x, &key.x) &&
		read_number(o, "y", y, &key.y) && public_key_from_cose(&key, ret->der, &ret->size);
}

static bool read_key(enum oidc_algorithm algorithm, const struct oidc_json *o, struct oidc_key *ret)
{
	const char *name = oidc_json_has(o, "kid") ? oidc_json_text(o, "kid") : "";

	if (!name || strlen(name) >= KEY_NAME || (oidc_json_has(o, "use") && !oidc_json_is(o, "use", "sig")) ||
	    (oidc_json_has(o, "alg") && !oidc_json_is(o, "alg", words[algorithm])))
		return false;
	memcpy(ret->name, name, strlen(name) + 1);
	ret->size = KEY_DER;
	switch (algorithm) {
	case OIDC_RS256:
	case OIDC_PS256:
		return read_rsa(o, ret);
	case OIDC_ES256:
		return read_curve(o, ret);
	case OIDC_ALGORITHM_N:
		break;
	}
	return false;
}

struct oidc_keys *oidc_keys_read(enum oidc_algorithm algorithm, struct bytes json)
{
	_cleanup_(oidc_json_freep) struct oidc_json *root = oidc_json_read(json, OIDC_JSON_MOST);
	_cleanup_(oidc_keys_freep) struct oidc_keys *k = root ? mem_new(struct oidc_keys) : NULL;

	if (!k)
		return NULL;
	k->algorithm = algorithm;
	for (size_t i = 0; i < oidc_json_count(root, "keys") && k->n < KEYS_MOST; i++) {
		const struct oidc_json *o = oidc_json_at(root, "keys", i);

		/* Of two with one name it could not be said which is meant. */
		if (o && read_key(algorithm, o, &k->list[k->n]) && oidc_keys_find(k, k->list[k->n].name) < 0)
			k->n++;
	}
	return k->n ? take(k) : NULL;
}

struct oidc_keys *oidc_keys_free(struct oidc_keys *k)
{
	mem_free(k);
	return NULL;
}

enum oidc_algorithm oidc_keys_algorithm(const struct oidc_keys *k)
{
	return k->algorithm;
}

int oidc_keys_find(const struct oidc_keys *k, const char *name)
{
	if (!name)
		return k->n == 1 ? 0 : -1;
	for (unsigned i = 0; i < k->n; i++)
		if (strcmp(k->list[i].name, name) == 0)
			return (int)i;
	return -1;
}

/* A whole number of ASN.1: without zeros in front, but for the one that keeps it positive. */
static void write_integer(struct writer *w, struct bytes number)
{
	while (number.size > 1 && number.data[0] == 0)
		number = bytes_make(number.data + 1, number.size - 1);
	write_u8(w, 0x02);
	write_u8(w, (uint8_t)(number.size + (number.data[0] >> 7)));
	if (number.data[0] >> 7)
		write_u8(w, 0);
	write_bytes(w, number);
}

/* RFC 7518, 3.4: r and s stand side by side; OpenSSL wants them in a SEQUENCE. */
static bool verify_on_curve(struct bytes der, struct bytes message, struct bytes signature)
{
	uint8_t room[2 + 2 * (3 + HALF)];
	struct writer w = writer(room, sizeof(room));

	if (signature.size != 2 * HALF)
		return false;
	write_u8(&w, 0x30);
	write_u8(&w, 0);
	write_integer(&w, bytes_make(signature.data, HALF));
	write_integer(&w, bytes_make(signature.data + HALF, HALF));
	room[1] = (uint8_t)(written(&w).size - 2);
	return public_key_verify(der, message, written(&w));
}

bool oidc_keys_verify(const struct oidc_keys *k, int place, struct bytes message, struct bytes signature)
{
	const struct bytes der = bytes_make(k->list[place].der, k->list[place].size);

	switch (k->algorithm) {
	case OIDC_RS256:
		return public_key_verify(der, message, signature);
	case OIDC_PS256:
		return public_key_verify_pss(der, message, signature);
	case OIDC_ES256:
		return verify_on_curve(der, message, signature);
	case OIDC_ALGORITHM_N:
		break;
	}
	return false;
}
