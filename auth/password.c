/* SPDX-License-Identifier: EUPL-1.2 */
/* The frames between conclaved and conclave-helper. In both. */
#include "auth/password.h"

/* The hash of 32 random bytes that nobody kept. */
const char password_of_nobody[] =
	"$argon2id$v=19$m=19456,t=2,p=1$X7/1IXP2m0/ajO31RNFttg$NsWZA49XAWk+ZlKNYPtV04GvuOLsGgy6r+Lj9HRuCqw";

static bool is_request(const struct password_request *q)
{
	if (q->password.size == 0 || q->password.size > PASSWORD_BYTES)
		return false;
	if (q->job == PASSWORD_HASH)
		return q->stored.size == 0;
	return q->job == PASSWORD_CHECK && q->stored.size > 0 && q->stored.size <= PASSWORD_STORED;
}

bool password_request_read(struct bytes in, struct password_request *ret)
{
	struct password_request q = { 0 };
	struct reader r = reader(in);

	q.job = read_u8(&r);
	q.number = read_u32(&r);
	q.password = read_bytes(&r, read_u16(&r));
	q.stored = read_bytes(&r, read_u8(&r));
	if (!r.ok || read_left(&r) > 0 || !is_request(&q))
		return false;
	*ret = q;
	return true;
}

bool password_request_write(struct writer *w, const struct password_request *q)
{
	if (!is_request(q))
		return false;
	write_u8(w, (uint8_t)q->job);
	write_u32(w, q->number);
	write_u16(w, (uint16_t)q->password.size);
	write_bytes(w, q->password);
	write_u8(w, (uint8_t)q->stored.size);
	write_bytes(w, q->stored);
	return w->ok;
}

static bool is_answer(const struct password_answer *a)
{
	if (a->result == PASSWORD_HASHED)
		return a->stored.size > 0 && a->stored.size <= PASSWORD_STORED;
	return a->result > PASSWORD_HASHED && a->result <= PASSWORD_FAILED && a->stored.size == 0;
}

bool password_answer_read(struct bytes in, struct password_answer *ret)
{
	struct password_answer a = { 0 };
	struct reader r = reader(in);

	a.result = read_u8(&r);
	a.number = read_u32(&r);
	a.stored = read_bytes(&r, read_u8(&r));
	if (!r.ok || read_left(&r) > 0 || !is_answer(&a))
		return false;
	*ret = a;
	return true;
}

bool password_answer_write(struct writer *w, const struct password_answer *a)
{
	if (!is_answer(a))
		return false;
	write_u8(w, (uint8_t)a->result);
	write_u32(w, a->number);
	write_u8(w, (uint8_t)a->stored.size);
	write_bytes(w, a->stored);
	return w->ok;
}
