/* SPDX-License-Identifier: EUPL-1.2 */
/* The frames between conclaved and conclave-fetch. In both. */
#include "auth/oidc_frame.h"

static bool is_seen(struct bytes text, size_t most)
{
	for (size_t i = 0; i < text.size; i++)
		if (text.data[i] <= ' ' || text.data[i] >= 0x7f)
			return false;
	return text.size > 0 && text.size <= most;
}

static bool is_request(const struct oidc_request *q)
{
	return is_seen(q->code, OIDC_CODE_MOST) && is_seen(q->verifier, OIDC_SECRET_MOST) &&
		is_seen(q->nonce, OIDC_SECRET_MOST);
}

bool oidc_request_read(struct bytes in, struct oidc_request *ret)
{
	struct oidc_request q = { 0 };
	struct reader r = reader(in);

	q.number = read_u32(&r);
	q.code = read_bytes(&r, read_u16(&r));
	q.verifier = read_bytes(&r, read_u8(&r));
	q.nonce = read_bytes(&r, read_u8(&r));
	if (!r.ok || read_left(&r) > 0 || !is_request(&q))
		return false;
	*ret = q;
	return true;
}

bool oidc_request_write(struct writer *w, const struct oidc_request *q)
{
	if (!is_request(q))
		return false;
	write_u32(w, q->number);
	write_u16(w, (uint16_t)q->code.size);
	write_bytes(w, q->code);
	write_u8(w, (uint8_t)q->verifier.size);
	write_bytes(w, q->verifier);
	write_u8(w, (uint8_t)q->nonce.size);
	write_bytes(w, q->nonce);
	return w->ok;
}

static bool is_answer(const struct oidc_answer *a)
{
	switch (a->result) {
	case OIDC_READY:
		return a->number == 0 && is_seen(a->text, OIDC_URL_SIZE - 1);
	case OIDC_IS:
		return !a->says_issuer && is_seen(a->text, OIDC_ADDRESS_MOST);
	case OIDC_REFUSED:
	case OIDC_UNREACHABLE:
		return !a->says_issuer && a->text.size == 0;
	}
	return false;
}

bool oidc_result_read(struct bytes in, struct oidc_answer *ret)
{
	struct oidc_answer a = { 0 };
	struct reader r = reader(in);
	uint8_t says;

	a.result = read_u8(&r);
	a.number = read_u32(&r);
	says = read_u8(&r);
	a.says_issuer = says;
	a.text = read_bytes(&r, read_u16(&r));
	if (!r.ok || read_left(&r) > 0 || says > 1 || !is_answer(&a))
		return false;
	*ret = a;
	return true;
}

bool oidc_result_write(struct writer *w, const struct oidc_answer *a)
{
	if (!is_answer(a))
		return false;
	write_u8(w, (uint8_t)a->result);
	write_u32(w, a->number);
	write_u8(w, a->says_issuer);
	write_u16(w, (uint16_t)a->text.size);
	write_bytes(w, a->text);
	return w->ok;
}
