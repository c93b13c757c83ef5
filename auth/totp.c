/* SPDX-License-Identifier: EUPL-1.2 */
/* Time-based codes. In conclaved. Invariant: how long a check takes does not tell which step was right. */
#include "auth/totp.h"

#include "auth/hmac.h"
#include "base/mem.h"
#include "base/random.h"

#define TOTP_RANGE 1000000	/* of TOTP_DIGITS digits */

void totp_new(struct totp_secret *ret)
{
	random_bytes(ret->bytes, sizeof(ret->bytes));
}

/* RFC 4226, 5.3. */
static bool code_of_step(const struct totp_secret *secret, uint64_t step, uint32_t *ret)
{
	uint8_t message[8], mac[HMAC_SHA1_SIZE];
	struct writer w = writer(message, sizeof(message));
	struct reader r;

	write_u64(&w, step);
	if (!hmac_sha1(bytes_make(secret->bytes, sizeof(secret->bytes)), written(&w), mac))
		return false;
	r = reader(bytes_make(mac, sizeof(mac)));
	read_skip(&r, mac[HMAC_SHA1_SIZE - 1] & 15);
	*ret = (read_u32(&r) & INT32_MAX) % TOTP_RANGE;
	mem_wipe(mac, sizeof(mac));
	return true;
}

static bool parse_code(struct bytes typed, uint32_t *ret)
{
	uint32_t code = 0;
	unsigned digits = 0;

	for (size_t i = 0; i < typed.size; i++) {
		uint8_t c = typed.data[i];

		if (c == ' ')
			continue;
		if (c < '0' || c > '9' || ++digits > TOTP_DIGITS)
			return false;
		code = code * 10 + c - '0';
	}
	*ret = code;
	return digits == TOTP_DIGITS;
}

enum totp_why totp_check(const struct totp_secret *secret, usec_t wall, struct bytes typed, uint64_t last,
	uint64_t *ret)
{
	uint64_t now = wall / TOTP_STEP, found = 0;
	uint32_t shown, code;

	if (!parse_code(typed, &shown))
		return TOTP_NO_CODE;
	/* The latest step wins, should two have the same code. */
	for (uint64_t step = now ? now - 1 : 0; step <= now + 1; step++) {
		if (!code_of_step(secret, step, &code))
			return TOTP_NO_MEMORY;
		found = code == shown ? step : found;
	}
	if (!found)
		return TOTP_WRONG;
	if (found <= last)
		return TOTP_SEEN;
	*ret = found;
	return TOTP_OK;
}

bool totp_code(const struct totp_secret *secret, usec_t wall, char ret[static TOTP_DIGITS + 1])
{
	uint32_t code;

	if (!code_of_step(secret, wall / TOTP_STEP, &code))
		return false;
	for (int i = TOTP_DIGITS - 1; i >= 0; i--, code /= 10)
		ret[i] = (char)('0' + code % 10);
	ret[TOTP_DIGITS] = '\0';
	return true;
}

void totp_print(const struct totp_secret *secret, struct totp_text *ret)
{
	static const char alphabet[32 + 1] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	size_t at = 0;

	/* Five bytes are eight letters, and there are four times five. */
	for (size_t i = 0; i < TOTP_SECRET_SIZE; i += 5) {
		struct reader r = reader(bytes_make(secret->bytes + i, 5));
		uint64_t bits = read_be(&r, 5);

		for (int shift = 35; shift >= 0; shift -= 5)
			ret->text[at++] = alphabet[bits >> shift & 31];
	}
	ret->text[at] = '\0';
}

/* RFC 3986, 2.1. */
static void write_encoded(struct writer *w, struct bytes in)
{
	for (size_t i = 0; i < in.size; i++) {
		uint8_t c = in.data[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
			c == '-' || c == '.' || c == '_' || c == '~';

		if (plain)
			write_u8(w, c);
		else
			write_format(w, "%%%02X", c);
	}
}

bool totp_address(struct writer *w, struct bytes issuer, struct bytes account, const struct totp_secret *secret)
{
	struct totp_text text;

	totp_print(secret, &text);
	write_string(w, "otpauth://totp/");
	write_encoded(w, issuer);
	write_u8(w, ':');
	write_encoded(w, account);
	write_string(w, "?secret=");
	write_string(w, text.text);
	write_string(w, "&issuer=");
	write_encoded(w, issuer);
	/* Every app's defaults, said all the same. */
	write_string(w, "&algorithm=SHA1&digits=6&period=30");
	mem_wipe(&text, sizeof(text));
	return w->ok;
}
