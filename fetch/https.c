/* SPDX-License-Identifier: EUPL-1.2 */
/* The door to libcurl. In conclave-fetch. */
#include "fetch/https.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>

#include "fetch/names.h"

struct https {
	/* owned */
	uint8_t *authorities;
	uint8_t *answer;

	/* state */
	size_t authorities_size, size;
	bool too_long;
};

DEFINE_CLEANUP(CURL *, curl_easy_cleanup)
DEFINE_CLEANUP(CURLU *, curl_url_cleanup)
DEFINE_CLEANUP(struct curl_slist *, curl_slist_free_all)

static void curl_textp(char **text)
{
	curl_free(*text);
}

int https_new(struct https **ret, struct bytes authorities)
{
	_cleanup_(https_freep) struct https *h = mem_new(struct https);

	if (!h)
		return -ENOMEM;
	h->authorities = mem_alloc(authorities.size + 1);
	h->answer = mem_alloc(HTTPS_MOST);
	if (!h->authorities || !h->answer || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return -ENOMEM;
	if (authorities.size)
		memcpy(h->authorities, authorities.data, authorities.size);
	h->authorities_size = authorities.size;
	*ret = take(h);
	return 0;
}

struct https *https_free(struct https *h)
{
	if (!h)
		return NULL;
	curl_global_cleanup();
	mem_free(h->authorities);
	mem_free(h->answer);
	mem_free(h);
	return NULL;
}

static size_t take_part(char *data, size_t size, size_t n, void *user)
{
	struct https *h = user;

	size *= n;		/* size is 1, says curl */
	if (size > HTTPS_MOST - h->size) {
		h->too_long = true;
		return 0;
	}
	memcpy(h->answer + h->size, data, size);
	h->size += size;
	return size;
}

/* "HOST:PORT:ADDRESS,…": so libcurl asks nobody for addresses, which it would do in a thread. */
static struct curl_slist *resolve(const char *url)
{
	_cleanup_(curl_url_cleanupp) CURLU *parsed = curl_url();
	_cleanup_(curl_textp) char *host = NULL;
	_cleanup_(curl_textp) char *port = NULL;
	char addresses[NAMES_TEXT], line[NAMES_TEXT + 300];
	int n;

	if (!parsed || curl_url_set(parsed, CURLUPART_URL, url, 0) != CURLUE_OK ||
	    curl_url_get(parsed, CURLUPART_HOST, &host, 0) != CURLUE_OK ||
	    curl_url_get(parsed, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) != CURLUE_OK ||
	    !names_find(host, addresses))
		return NULL;
	n = snprintf(line, sizeof(line), "%s:%s:%s", host, port, addresses);
	return n > 0 && (size_t)n < sizeof(line) ? curl_slist_append(NULL, line) : NULL;
}

static bool set_limits(CURL *c)
{
	return curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "https") == CURLE_OK &&
		curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0l) == CURLE_OK &&
		curl_easy_setopt(c, CURLOPT_PROXY, "") == CURLE_OK &&
		curl_easy_setopt(c, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED) == CURLE_OK &&
		curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1l) == CURLE_OK &&
		curl_easy_setopt(c, CURLOPT_TIMEOUT, (long)HTTPS_PATIENCE) == CURLE_OK &&
		curl_easy_setopt(c, CURLOPT_MAXFILESIZE, (long)HTTPS_MOST) == CURLE_OK &&
		curl_easy_setopt(c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) == CURLE_OK &&
		curl_easy_setopt(c, CURLOPT_FORBID_REUSE, 1l) == CURLE_OK;
}

static bool set_trust(CURL *c, struct https *h)
{
	struct curl_blob blob = { .data = h->authorities, .len = h->authorities_size, .flags = CURL_BLOB_NOCOPY };

	return curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1l) == CURLE_OK &&
		curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2l) == CURLE_OK &&
		curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK &&
		curl_easy_setopt(c, CURLOPT_CAPATH, NULL) == CURLE_OK &&
		curl_easy_setopt(c, CURLOPT_CAINFO, NULL) == CURLE_OK &&
		curl_easy_setopt(c, CURLOPT_CAINFO_BLOB, &blob) == CURLE_OK;
}

static bool set_question(CURL *c, struct https *h, const struct party_asking *q, struct curl_slist *names,
	struct curl_slist *headers)
{
	return curl_easy_setopt(c, CURLOPT_URL, q->url) == CURLE_OK &&
		curl_easy_setopt(c, CURLOPT_RESOLVE, names) == CURLE_OK &&
		curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers) == CURLE_OK &&
		(!q->body || curl_easy_setopt(c, CURLOPT_POSTFIELDS, q->body) == CURLE_OK) &&
		(!q->user || (curl_easy_setopt(c, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC) == CURLE_OK &&
			curl_easy_setopt(c, CURLOPT_USERNAME, q->user) == CURLE_OK &&
			curl_easy_setopt(c, CURLOPT_PASSWORD, q->password) == CURLE_OK)) &&
		curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take_part) == CURLE_OK &&
		curl_easy_setopt(c, CURLOPT_WRITEDATA, h) == CURLE_OK;
}

static int outcome(const struct https *h, CURLcode code)
{
	if (h->too_long || code == CURLE_FILESIZE_EXCEEDED)
		return -EFBIG;
	if (code == CURLE_OK)
		return 0;
	if (code == CURLE_OPERATION_TIMEDOUT)
		return -ETIMEDOUT;
	return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE ? -EACCES : -ECONNREFUSED;
}

/* RFC 9110, 6.6.1. 0: there is none, or it says nothing. */
static int64_t date_of(CURL *c)
{
	struct curl_header *date;
	time_t at = curl_easy_header(c, "Date", 0, CURLH_HEADER, -1, &date) == CURLHE_OK ?
		curl_getdate(date->value, NULL) : -1;

	return at > 0 ? at : 0;
}

int https_ask(void *user, const struct party_asking *q, struct party_heard *ret)
{
	struct https *h = user;
	_cleanup_(curl_slist_free_allp) struct curl_slist *headers =
		curl_slist_append(NULL, "Accept: application/json");
	_cleanup_(curl_slist_free_allp) struct curl_slist *names = resolve(q->url);
	_cleanup_(curl_easy_cleanupp) CURL *c = curl_easy_init();
	long code = 0;
	int r;

	mem_wipe(h->answer, h->size);
	h->size = 0;
	h->too_long = false;
	if (!c || !headers)
		return -ENOMEM;
	if (!names)
		return -EHOSTUNREACH;
	if (!set_limits(c) || !set_trust(c, h) || !set_question(c, h, q, names, headers))
		return -EINVAL;
	r = outcome(h, curl_easy_perform(c));
	if (r < 0)
		return r;
	if (curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &code) != CURLE_OK)
		return -EIO;
	*ret = (struct party_heard){ .status = (unsigned)code, .body = bytes_make(h->answer, h->size),
		.date = date_of(c) };
	return 0;
}
