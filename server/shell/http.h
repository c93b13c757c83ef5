/* SPDX-License-Identifier: EUPL-1.2 */
/* What an HTTP request gets. In conclaved.
 * Invariant: pure: a request goes in, a response comes out; every response carries every security header. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "server/shell/config.h"
#include "server/shell/files.h"
#include "server/shell/page.h"

#define HTTP_ORIGINS (CONFIG_HOSTS + 2)
#define HTTP_ORIGIN_SIZE CONFIG_ORIGIN_SIZE
#define HTTP_CSP_SIZE (PAGE_POLICY_SIZE + HTTP_ORIGINS * HTTP_ORIGIN_SIZE)
#define HTTP_HEAD_SIZE (2048 + HTTP_CSP_SIZE)

struct http {
	/* borrowed from the shell, which outlives us */
	const struct files *files;
	const struct config *config;

	/* state */
	char origins[HTTP_ORIGINS][HTTP_ORIGIN_SIZE];	/* "https://HOST:PORT" */
	size_t n_origins;
	char csp[HTTP_CSP_SIZE];
	bool admin;			/* of the administration's listener */
};

enum http_method { HTTP_GET, HTTP_HEAD, HTTP_POST, HTTP_OPTIONS, HTTP_OTHER };

/* A header that was not sent is "". */
struct http_request {
	enum http_method method;
	const char *path;		/* decoded, without the query */
	const char *host;
	const char *origin;
	const char *fetch_site;
	const char *content_type;
	const char *if_none_match;
	const char *accept_encoding;
	const char *cookies;
	const char *agent;
	struct bytes body;
	bool malformed;			/* ambiguous length, Transfer-Encoding, a header twice that may stand once */
	bool has_body;
	bool too_large;			/* the body exceeds http_body_most() */
};

struct http_upgrade {
	const char *upgrade;		/* the value of the header, as the library copied it */
	const char *path;
	const char *host;
	const char *origin;
	const char *protocol;		/* Sec-WebSocket-Protocol */
	const char *version;		/* Sec-WebSocket-Version */
	const char *key;		/* Sec-WebSocket-Key */
	bool is_get;
	bool malformed;			/* as above, or a body was announced */
};

struct http_response {
	unsigned status;
	const char *type;
	struct bytes body;		/* a view: of a file, of a constant, or of the caller's */
	size_t length;			/* Content-Length; differs from body.size for HEAD */
	const struct file *file;	/* NULL, or where ETag and caching come from */
	bool gzip;			/* `body` is the file's compressed form */
	unsigned wait;			/* s, for Retry-After; 0 = none */
	const char *allow;		/* NULL, or for a 405 */
	const char *client;		/* NULL, or the other origin whose page may read this */
	const char *set_cookie;		/* "" for none */
	bool close;			/* the connection ends with this */
};

enum http_verdict {
	HTTP_ANSWERED,			/* the response is complete */
	HTTP_ASK_HALL,			/* ask hall_request() */
	HTTP_ASK_HEALTH,		/* ask hall_healthy() */
};

void http_init(struct http *h, const struct config *c, const struct files *files);
/* The administration's listener: loopback names with its port, other pages, no WebSocket. */
void http_init_admin(struct http *h, const struct config *c, const struct files *files);
/* The most bytes that a body sent there may have. */
size_t http_body_most(const struct http *h, const char *path);
/* The client's other origin from which this was asked; NULL when it was not. */
const char *http_client(const struct http *h, const struct http_request *q);
enum http_verdict http_judge(const struct http *h, const struct http_request *q, struct http_response *ret);
/* The metrics' listener: GET /metrics, where `text` is the answer. */
void http_judge_metrics(const struct http_request *q, struct bytes text, struct http_response *ret);
/* 0 = go ahead, else the status to refuse with (ATTACKS C01–C04). */
unsigned http_judge_upgrade(const struct http *h, const struct http_upgrade *u);
/* A JSON answer; `body` and `set_cookie` are views. */
void http_answer_json(struct http_response *ret, unsigned status, struct bytes body, const char *set_cookie);
/* An answer of ours to what went wrong: {"error":{"code":…}}. */
void http_answer_error(struct http_response *ret, unsigned status);
/* Status line and headers; false when `w` is too small. */
bool http_write_head(const struct http *h, const struct http_response *r, struct writer *w);
