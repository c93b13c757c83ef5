/* SPDX-License-Identifier: EUPL-1.2 */
/* Letter by letter, so that there is nothing to be fooled. In conclaved and conclave-fetch. */
#include "auth/oidc_url.h"

#include "auth/base64url.h"

static bool is_plain(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr("-._~", c));
}

/* A name or an IPv4 address with its port, or an IPv6 address in brackets with its port. */
static bool is_authority(const char *text, size_t size)
{
	const char *colon = memrchr(text, ':', size), *bracket = memrchr(text, ']', size);
	size_t host = colon && (!bracket || bracket < colon) ? (size_t)(colon - text) : size;

	for (size_t i = host + 1; i < size; i++)
		if (text[i] < '0' || text[i] > '9')
			return false;
	if (host == 0 || size - host == 1 || size - host > 6)
		return false;
	for (size_t i = 0; i < host; i++)
		if (!is_plain((unsigned char)text[i]) && !strchr("[:]", text[i]))
			return false;
	return text[0] == '[' ? text[host - 1] == ']' : !memchr(text, ':', host) && !bracket;
}

bool oidc_url_is_good(const char *url)
{
	static const char scheme[] = "https://";
	const size_t before = strlen(scheme);
	size_t authority;

	if (strlen(url) >= OIDC_URL_SIZE || strncmp(url, scheme, before) != 0)
		return false;
	authority = strcspn(url + before, "/?");
	if (!is_authority(url + before, authority))
		return false;
	for (const char *at = url + before + authority; *at; at++)
		if (!is_plain((unsigned char)*at) && !strchr("/?&=%+:@!$,;*()'", *at))
			return false;
	return true;
}

void oidc_url_escape(struct writer *w, const char *text)
{
	for (; *text; text++) {
		if (is_plain((unsigned char)*text))
			write_u8(w, (uint8_t)*text);
		else
			write_format(w, "%%%02X", (unsigned char)*text);
	}
}

static void write_parameter(struct writer *w, const char *name, const char *value)
{
	write_u8(w, '&');
	write_string(w, name);
	write_u8(w, '=');
	oidc_url_escape(w, value);
}

static bool write_challenge(struct writer *w, const char *verifier)
{
	struct digest hash;

	if (digest_sha256(bytes_of_string(verifier), &hash) < 0)
		return false;
	write_string(w, "&code_challenge_method=S256&code_challenge=");
	base64url_write(w, bytes_make(hash.bytes, sizeof(hash.bytes)));
	return true;
}

bool oidc_url_ask(struct writer *w, const struct oidc_asking *a)
{
	write_string(w, a->endpoint);
	write_u8(w, strchr(a->endpoint, '?') ? '&' : '?');
	write_string(w, "response_type=code&scope=openid%20email");
	write_parameter(w, "client_id", a->client);
	write_parameter(w, "redirect_uri", a->redirect);
	write_parameter(w, "state", a->state);
	write_parameter(w, "nonce", a->nonce);
	if (a->acr)
		write_parameter(w, "acr_values", a->acr);
	return write_challenge(w, a->verifier) && w->ok;
}
