/* SPDX-License-Identifier: EUPL-1.2 */
/* Requests and responses, without a socket. In conclaved.
 * Invariant: nothing that a client wrote appears in a response. */
#include "server/shell/http.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/limits.h"
#include "base/mem.h"

#define HTTP_ID_LETTERS 64

/* Pages of the administration; those of everybody are in page.c. The client itself finds out which. */
static const char *const admin_pages[] = { "/admin", "/enrol" };

static bool http_knows_origin(const struct http *h, const char *origin)
{
	for (size_t i = 0; i < h->n_origins; i++)
		if (strcmp(h->origins[i], origin) == 0)
			return true;
	return false;
}

/* Text of the configuration, never of the request. */
static const char *http_find_client(const struct http *h, const char *origin)
{
	for (uint32_t i = 0; !h->admin && i < h->config->n_clients; i++)
		if (strcmp(h->config->clients[i], origin) == 0)
			return h->config->clients[i];
	return NULL;
}

static bool is_api(const char *path)
{
	return strncmp(path, "/api/", strlen("/api/")) == 0;
}

const char *http_client(const struct http *h, const struct http_request *q)
{
	return is_api(q->path) ? http_find_client(h, q->origin) : NULL;
}

static void http_add_origin(struct http *h, const char *host, uint16_t port)
{
	char *origin = h->origins[h->n_origins], authority[CONFIG_HOST_SIZE + 10];

	(void)snprintf(origin, HTTP_ORIGIN_SIZE, "https://%s", config_authority_at(host, port, authority));
	if (!http_knows_origin(h, origin))
		h->n_origins++;
}

static void http_write_csp(struct http *h)
{
	char connect[HTTP_ORIGINS * HTTP_ORIGIN_SIZE];
	struct writer sockets = writer(connect, sizeof(connect)), w = writer(h->csp, sizeof(h->csp) - 1);

	for (size_t i = 0; i < h->n_origins; i++)
		write_format(&sockets, " wss%s", h->origins[i] + strlen("https"));
	page_write_policy(&w, written(&sockets));
	assert(sockets.ok && w.ok);
}

void http_init(struct http *h, const struct config *c, const struct files *files)
{
	*h = (struct http){ .files = files, .config = c };
	for (uint32_t i = 0; i < c->n_hosts; i++)
		http_add_origin(h, c->hosts[i], c->port);
	http_add_origin(h, "127.0.0.1", c->port);
	http_add_origin(h, "::1", c->port);
	http_write_csp(h);
}

void http_init_admin(struct http *h, const struct config *c, const struct files *files)
{
	*h = (struct http){ .files = files, .config = c, .admin = true };
	http_add_origin(h, "localhost", c->admin.port);
	http_add_origin(h, "127.0.0.1", c->admin.port);
	http_add_origin(h, "::1", c->admin.port);
	http_write_csp(h);
}

size_t http_body_most(const struct http *h, const char *path)
{
	if (h->admin && strcmp(path, "/api/admin/users/import") == 0)
		return LIMIT_IMPORT_BODY;
	return strcmp(path, "/api/roster") == 0 ? LIMIT_ROSTER_BODY : LIMIT_REQUEST_BODY;
}

/* A name of ours in Host keeps a page that rebinds its own name to our address away (RFC 9110, 7.4). */
static bool http_knows_host(const struct http *h, const char *host)
{
	for (size_t i = 0; i < h->n_origins; i++)
		if (strcasecmp(h->origins[i] + strlen("https://"), host) == 0)
			return true;
	return false;
}

void http_answer_json(struct http_response *ret, unsigned status, struct bytes body, const char *set_cookie)
{
	*ret = (struct http_response){
		.status = status, .type = "application/json", .body = body, .length = body.size,
		.set_cookie = set_cookie,
	};
}

static const struct { unsigned status; const char *reason, *body; } statuses[] = {
	{ 200, "OK", "" },
	{ 204, "No Content", "" },
	{ 304, "Not Modified", "" },
	{ 400, "Bad Request", "{\"error\":{\"code\":\"bad-request\"}}" },
	{ 401, "Unauthorized", "{\"error\":{\"code\":\"signed-out\"}}" },
	{ 403, "Forbidden", "{\"error\":{\"code\":\"origin\"}}" },
	{ 404, "Not Found", "{\"error\":{\"code\":\"not-found\"}}" },
	{ 405, "Method Not Allowed", "{\"error\":{\"code\":\"method\"}}" },
	{ 409, "Conflict", "{\"error\":{\"code\":\"conflict\"}}" },
	{ 413, "Content Too Large", "{\"error\":{\"code\":\"too-large\"}}" },
	{ 421, "Misdirected Request", "{\"error\":{\"code\":\"host\"}}" },
	{ 426, "Upgrade Required", "{\"error\":{\"code\":\"upgrade\"}}" },
	{ 429, "Too Many Requests", "{\"error\":{\"code\":\"slow-down\"}}" },
	{ 503, "Service Unavailable", "{\"error\":{\"code\":\"unavailable\"}}" },
};

static size_t status_index(unsigned status)
{
	for (size_t i = 0; i < ARRAY_SIZE(statuses); i++)
		if (statuses[i].status == status)
			return i;
	return ARRAY_SIZE(statuses) - 1;
}

/* Whoever sends what no browser sends has to begin anew: no pipelined rest of it is read as a request. */
void http_answer_error(struct http_response *ret, unsigned status)
{
	size_t i = status_index(status);

	http_answer_json(ret, statuses[i].status, bytes_of_string(statuses[i].body), "");
	ret->close = status != 404 && status != 429 && status != 503;
}

static bool is_word(const char *s, size_t size)
{
	if (size == 0 || size > HTTP_ID_LETTERS)
		return false;
	return strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") >= size;
}

/* /m/ID and /m/ID/report */
static bool is_meeting_page(const char *path)
{
	const char *id, *end;

	if (path[0] != '/' || path[1] != 'm' || path[2] != '/')
		return false;
	id = path + 3;
	end = strchrnul(id, '/');
	return is_word(id, (size_t)(end - id)) && (*end == '\0' || strcmp(end, "/report") == 0);
}

static bool is_among(const char *path, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(path, list[i]) == 0)
			return true;
	return false;
}

static bool http_is_page(const struct http *h, const char *path)
{
	if (h->admin)
		return is_among(path, admin_pages, ARRAY_SIZE(admin_pages));
	return is_among(path, page_paths, PAGE_PATHS) || is_meeting_page(path);
}

static const struct file *http_find(const struct http *h, const char *path)
{
	return files_find(h->files, http_is_page(h, path) ? "/index.html" : path);
}

static bool tag_matches(const char *if_none_match, const char *tag)
{
	return strcmp(if_none_match, "*") == 0 || strstr(if_none_match, tag);
}

/* RFC 9110, 12.5.3: `gzip` in the list, and not with a weight of nothing. */
static bool accepts_gzip(const char *accept)
{
	const char *at = accept;

	while ((at = strcasestr(at, "gzip"))) {
		const char *end = at + strlen("gzip");
		bool whole = (at == accept || strchr(", \t", at[-1])) && (!*end || strchr(", \t;", *end));

		end += strspn(end, " \t");
		if (whole && *end != ';')
			return true;
		end += strspn(end, "; \t");
		if (whole && !(strncasecmp(end, "q=0", 3) == 0 && strspn(end + 3, ".0") == strcspn(end + 3, ", \t")))
			return true;
		at = end;
	}
	return false;
}

static void http_answer_file(const struct http_request *q, const struct file *f, struct http_response *ret)
{
	bool gzip = f->gzip && accepts_gzip(q->accept_encoding);
	bool same = tag_matches(q->if_none_match, gzip ? f->gzip_tag : f->tag);

	*ret = (struct http_response){
		.status = same ? 304 : 200, .type = f->type, .file = f, .gzip = gzip,
		.length = gzip ? f->gzip_size : f->size, .set_cookie = "",
	};
	if (!same && q->method == HTTP_GET)
		ret->body = gzip ? bytes_make(f->gzip, f->gzip_size) : bytes_make(f->data, f->size);
}

static void http_answer_method(struct http_response *ret, const char *allow)
{
	http_answer_error(ret, 405);
	ret->allow = allow;
}

/* Our own page, or one of a named origin of the same site: to any other the browser gives no cookie of ours, since
 * those are SameSite=Strict; it is refused all the same. */
static bool http_knows_page(const struct http *h, const struct http_request *q)
{
	const char *site = http_knows_origin(h, q->origin) ? "same-origin" : http_client(h, q) ? "same-site" : NULL;

	return site && (!q->fetch_site[0] || strcmp(q->fetch_site, site) == 0);
}

/* JSON cannot be posted by a foreign page without asking first; the Origin is looked at all the same (C01). */
static unsigned http_judge_api(const struct http *h, const struct http_request *q)
{
	static const char json[] = "application/json";
	size_t n = strlen(json);

	if (!http_knows_page(h, q))
		return 403;
	if (q->too_large)
		return 413;
	if (strncasecmp(q->content_type, json, n) != 0 || (q->content_type[n] && !strchr("; ", q->content_type[n])))
		return 400;
	return 0;
}

static enum http_verdict http_ask(const struct http *h, const struct http_request *q, struct http_response *ret)
{
	unsigned status;

	/* Asked by a browser before it posts from another origin (Fetch, 4.9). */
	if (q->method == HTTP_OPTIONS && http_client(h, q) && http_knows_page(h, q) && !q->has_body) {
		*ret = (struct http_response){ .status = 204, .set_cookie = "" };
		return HTTP_ANSWERED;
	}
	if (q->method != HTTP_POST) {
		http_answer_method(ret, "POST");
		return HTTP_ANSWERED;
	}
	status = http_judge_api(h, q);
	if (status == 0)
		return HTTP_ASK_HALL;
	http_answer_error(ret, status);
	return HTTP_ANSWERED;
}

enum http_verdict http_judge(const struct http *h, const struct http_request *q, struct http_response *ret)
{
	bool health = !h->admin && strcmp(q->path, "/healthz") == 0;
	const struct file *f = http_find(h, q->path);

	if (q->malformed)
		http_answer_error(ret, 400);
	else if (!http_knows_host(h, q->host))
		http_answer_error(ret, q->host[0] ? 421 : 400);
	else if (is_api(q->path))
		return http_ask(h, q, ret);
	else if (q->method != HTTP_GET && q->method != HTTP_HEAD)
		http_answer_method(ret, "GET, HEAD");
	else if (q->has_body)
		http_answer_error(ret, 400);
	else if (health)
		return HTTP_ASK_HEALTH;
	else if (!h->admin && strcmp(q->path, "/ws") == 0)
		http_answer_error(ret, 426);
	else if (f)
		http_answer_file(q, f, ret);
	else
		http_answer_error(ret, 404);
	return HTTP_ANSWERED;
}

void http_judge_metrics(const struct http_request *q, struct bytes text, struct http_response *ret)
{
	if (q->malformed || q->has_body) {
		http_answer_error(ret, 400);
	} else if (strcmp(q->path, "/metrics") != 0) {
		http_answer_error(ret, 404);
	} else if (q->method != HTTP_GET) {
		http_answer_method(ret, "GET");
	} else {
		http_answer_json(ret, 200, text, "");
		ret->type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
	}
}

/* RFC 6455, 4.1: base64 of 16 bytes. */
static bool is_key(const char *key)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	return strlen(key) == 24 && strspn(key, alphabet) == 22 && key[22] == '=' && key[23] == '=';
}

unsigned http_judge_upgrade(const struct http *h, const struct http_upgrade *u)
{
	if (strcasecmp(u->upgrade, "websocket") != 0 || !u->is_get || u->malformed)
		return 400;
	if (h->admin || strcmp(u->path, "/ws") != 0)
		return 404;
	if (!http_knows_origin(h, u->origin) && !http_find_client(h, u->origin))
		return 403;
	if (!http_knows_host(h, u->host))
		return u->host[0] ? 421 : 400;
	if (strcmp(u->version, "13") != 0)
		return 426;
	return strcmp(u->protocol, "conclave") == 0 && is_key(u->key) ? 0 : 400;
}

static const char *caching(const struct file *f)
{
	if (!f)
		return "no-store";
	return f->immutable ? "public, max-age=31536000, immutable" : "no-cache";
}

static void write_client(const struct http_response *r, struct writer *w)
{
	write_format(w, "Access-Control-Allow-Origin: %s\r\nAccess-Control-Allow-Credentials: true\r\nVary: Origin\r\n"
		"Access-Control-Expose-Headers: Retry-After\r\n",
		r->client);
	if (r->status == 204)
		write_string(w, "Access-Control-Allow-Methods: POST\r\nAccess-Control-Allow-Headers: content-type\r\n"
			"Access-Control-Max-Age: 600\r\n");
}

bool http_write_head(const struct http *h, const struct http_response *r, struct writer *w)
{
	write_format(w, "HTTP/1.1 %u %s\r\n", r->status, statuses[status_index(r->status)].reason);
	if (r->status == 426)
		write_string(w, "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n");
	if (r->close)
		write_format(w, "Connection: %s\r\n", r->status == 426 ? "Upgrade, close" : "close");
	if (r->status != 304 && r->status != 204)
		write_format(w, "Content-Type: %s\r\nContent-Length: %zu\r\n", r->type, r->length);
	if (r->file)
		write_format(w, "ETag: %s\r\n", r->gzip ? r->file->gzip_tag : r->file->tag);
	if (r->file && r->file->gzip)
		write_string(w, "Vary: Accept-Encoding\r\n");
	if (r->gzip)
		write_string(w, "Content-Encoding: gzip\r\n");
	if (r->client)
		write_client(r, w);
	if (r->wait)
		write_format(w, "Retry-After: %u\r\n", r->wait);
	if (r->allow)
		write_format(w, "Allow: %s\r\n", r->allow);
	if (r->set_cookie[0])
		write_format(w, "Set-Cookie: %s\r\n", r->set_cookie);
	write_format(w, "Cache-Control: %s\r\nContent-Security-Policy: ", caching(r->file));
	write_string(w, h->csp);
	write_string(w, "\r\n");
	for (size_t i = 0; i < PAGE_HEADERS; i++)
		write_format(w, "%s: %s\r\n", page_headers[i].name, page_headers[i].value);
	write_string(w, "\r\n");
	return w->ok;
}
