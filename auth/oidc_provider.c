/* SPDX-License-Identifier: EUPL-1.2 */
/* A provider may leave much unsaid; what it does say must fit. In conclave-fetch. */
#include "auth/oidc_provider.h"

#include <stdio.h>

#include "auth/oidc_json.h"

static const char *const words[OIDC_PROVIDER_N] = { "fine", "malformed", "other-issuer", "algorithm", "pkce",
	"secret" };

const char *oidc_refusal_word(enum oidc_refusal r)
{
	return words[r];
}

bool oidc_discovery_url(const char *issuer, char ret[static OIDC_URL_SIZE])
{
	const size_t size = strlen(issuer);
	int n;

	if (!oidc_url_is_good(issuer))
		return false;
	n = snprintf(ret, OIDC_URL_SIZE, "%s%s.well-known/openid-configuration", issuer,
		issuer[size - 1] == '/' ? "" : "/");
	return n > 0 && n < OIDC_URL_SIZE;
}

static bool read_url(const struct oidc_json *o, const char *key, char ret[static OIDC_URL_SIZE])
{
	const char *url = oidc_json_text(o, key);

	if (!url || !oidc_url_is_good(url))
		return false;
	memcpy(ret, url, strlen(url) + 1);
	return true;
}

/* What is not said is supposed to be so. */
static bool offers(const struct oidc_json *o, const char *key, const char *what)
{
	return !oidc_json_has(o, key) || oidc_json_lists(o, key, what);
}

enum oidc_refusal oidc_provider_read(struct oidc_provider *ret, const char *issuer, enum oidc_algorithm algorithm,
	struct bytes json)
{
	_cleanup_(oidc_json_freep) struct oidc_json *o = oidc_json_read(json, OIDC_JSON_MOST);
	struct oidc_provider p = { 0 };

	if (!o)
		return OIDC_PROVIDER_MALFORMED;
	if (!oidc_json_is(o, "issuer", issuer))
		return OIDC_PROVIDER_OTHER;
	if (!read_url(o, "authorization_endpoint", p.authorize) || !read_url(o, "token_endpoint", p.token) ||
	    !read_url(o, "jwks_uri", p.keys))
		return OIDC_PROVIDER_MALFORMED;
	if (!offers(o, "id_token_signing_alg_values_supported", oidc_algorithm_word(algorithm)))
		return OIDC_PROVIDER_ALGORITHM;
	/* Entra ID has it, and does not say so. */
	if (!offers(o, "code_challenge_methods_supported", "S256"))
		return OIDC_PROVIDER_PKCE;
	p.posts_secret = !offers(o, "token_endpoint_auth_methods_supported", "client_secret_basic");
	if (p.posts_secret && !offers(o, "token_endpoint_auth_methods_supported", "client_secret_post"))
		return OIDC_PROVIDER_SECRET;
	p.says_issuer = oidc_json_is_true(o, "authorization_response_iss_parameter_supported");
	*ret = p;
	return OIDC_PROVIDER_FINE;
}

bool oidc_answer_read(struct bytes json, char *ret, size_t size)
{
	_cleanup_(oidc_json_freep) struct oidc_json *o = oidc_json_read(json, OIDC_JSON_MOST);
	const char *token = oidc_json_text(o, "id_token");

	if (!token || strlen(token) >= size)
		return false;
	memcpy(ret, token, strlen(token) + 1);
	return true;
}
