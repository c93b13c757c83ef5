/* SPDX-License-Identifier: EUPL-1.2 */
/* Parsing what an authenticator writes. In conclaved. Invariant: every byte of the input was accounted for. */
#include "auth/authenticator.h"

#include "auth/cbor_walk.h"
#include "base/limits.h"

#define PARTY_SIZE 32
#define AAGUID_SIZE 16	/* the model; with attestation "none" it says nothing that could be proven */

static bool ended(const struct cbor_walk *w)
{
	return w->ok && w->left.size == 0;
}

/* Three members in any order, each once. */
bool attestation_read(struct bytes in, struct attestation *ret)
{
	struct cbor_walk w = cbor_walk(in);
	struct attestation a = { 0 };
	unsigned seen = 0;

	if (in.size > LIMIT_ATTESTATION || cbor_walk_expect(&w, CBOR_KIND_MAP).count != 3)
		return false;
	for (int i = 0; i < 3; i++) {
		struct bytes name = cbor_walk_expect(&w, CBOR_KIND_TEXT).bytes;

		if (bytes_equal_string(name, "fmt")) {
			a.format = cbor_walk_expect(&w, CBOR_KIND_TEXT).bytes;
			seen |= 1;
		} else if (bytes_equal_string(name, "attStmt")) {
			struct cbor_walk peek = w;

			a.empty = cbor_walk_expect(&peek, CBOR_KIND_MAP).count == 0;
			w.ok = w.ok && peek.ok;
			cbor_walk_skip(&w);
			seen |= 2;
		} else if (bytes_equal_string(name, "authData")) {
			a.data = cbor_walk_expect(&w, CBOR_KIND_BYTES).bytes;
			seen |= 4;
		}
	}
	if (!ended(&w) || seen != 7)	/* three members, three names: none came twice */
		return false;
	*ret = a;
	return true;
}

/* Labels of RFC 9052, 7 and RFC 9053, 7; -1 is the curve, or of an RSA key the modulus. */
static bool cose_key_member(struct cbor_walk *w, int64_t label, struct cose_key *key)
{
	struct cbor_head head = cbor_walk_next(w);
	bool integer = head.kind == CBOR_KIND_INTEGER, bytes = head.kind == CBOR_KIND_BYTES;

	if (label == 1 && integer)
		key->type = head.integer;
	else if (label == 3 && integer)
		key->algorithm = head.integer;
	else if (label == -1 && integer)
		key->curve = head.integer;
	else if (label == -1 && bytes)
		key->modulus = head.bytes;
	else if (label == -2 && bytes)
		key->x = head.bytes;
	else if (label == -3 && bytes)
		key->y = head.bytes;
	else
		return false;
	return w->ok;
}

#define COSE_LABEL_LEAST -3
#define COSE_LABEL_MOST 3

static bool cose_key_read(struct cbor_walk *w, struct cose_key *ret)
{
	uint64_t n = cbor_walk_expect(w, CBOR_KIND_MAP).count;
	struct cose_key key = { 0 };
	unsigned seen = 0;

	for (uint64_t i = 0; w->ok && i < n; i++) {
		int64_t label = cbor_walk_expect(w, CBOR_KIND_INTEGER).integer;
		unsigned bit;

		if (!w->ok || label < COSE_LABEL_LEAST || label > COSE_LABEL_MOST)
			return false;
		bit = 1u << (label - COSE_LABEL_LEAST);
		if (seen & bit || !cose_key_member(w, label, &key))
			return false;
		seen |= bit;
	}
	*ret = key;
	return w->ok;
}

bool authenticator_data_read(struct bytes in, struct authenticator_data *ret)
{
	struct authenticator_data d = { 0 };
	struct reader r = reader(in);
	struct cbor_walk w;

	if (in.size > LIMIT_ATTESTATION)
		return false;
	d.party = read_bytes(&r, PARTY_SIZE);
	d.flags = read_u8(&r);
	d.counter = read_u32(&r);
	if (d.flags & AUTHENTICATOR_ATTESTED) {
		read_skip(&r, AAGUID_SIZE);
		d.id = read_bytes(&r, read_u16(&r));
	}
	if (!r.ok)
		return false;
	w = cbor_walk(read_rest(&r));
	if (d.flags & AUTHENTICATOR_ATTESTED && !cose_key_read(&w, &d.key))
		return false;
	if (d.flags & AUTHENTICATOR_EXTENDED) {
		struct cbor_walk peek = w;

		(void)cbor_walk_expect(&peek, CBOR_KIND_MAP);
		w.ok = peek.ok;
		cbor_walk_skip(&w);
	}
	if (!ended(&w))
		return false;
	*ret = d;
	return true;
}
