/* SPDX-License-Identifier: EUPL-1.2 */
/* Requests and their responses: pages, files, the API's guards, upgrades, headers (ATTACKS C01–C04, C13–C15, C28). */
#include "server/shell/http.h"

#include "base/limits.h"
#include "base/mem.h"
#include "tests/support/check.h"

static const uint8_t page[] = "<!doctype html>";
static struct file list[] = {
	{ .path = (char[]){ "/assets/a-12345678.js" }, .data = (uint8_t[]){ "x" }, .size = 1, .type = "text/javascript",
	  .tag = "\"2\"", .immutable = true },
	{ .path = (char[]){ "/assets/b-12345678.js" }, .data = (uint8_t[]){ "yyy" }, .size = 3,
	  .type = "text/javascript", .tag = "\"3\"", .immutable = true,
	  .gzip = (uint8_t[]){ "zz" }, .gzip_size = 2, .gzip_tag = "\"4\"" },
	{ .path = (char[]){ "/index.html" }, .data = (uint8_t *)page, .size = 15, .type = "text/html", .tag = "\"1\"" },
};
static const struct files files = { .list = list, .n = ARRAY_SIZE(list) };
static struct http http;

static int setup(void **state __attribute__((unused)))
{
	static const struct config c = { .hosts = { "raad.example" }, .n_hosts = 1, .port = 8443 };	/* borrowed */

	http_init(&http, &c, &files);
	return 0;
}

static struct http_request get(const char *path)
{
	return (struct http_request){
		.method = HTTP_GET, .path = path, .host = "raad.example:8443", .origin = "", .fetch_site = "",
		.content_type = "", .if_none_match = "", .accept_encoding = "", .cookies = "",
	};
}

static struct http_request post(const char *path)
{
	struct http_request q = get(path);

	q.method = HTTP_POST;
	q.origin = "https://raad.example:8443";
	q.fetch_site = "same-origin";
	q.content_type = "application/json";
	q.body = bytes_of_string("{}");
	q.has_body = true;
	return q;
}

static unsigned status_of(const struct http_request *q)
{
	struct http_response r = { 0 };

	check_eq(http_judge(&http, q, &r), HTTP_ANSWERED);
	return r.status;
}

TEST(pages_are_the_client)
{
	static const char *const pages[] = {
		"/", "/j", "/enrol", "/integrity", "/meetings/new", "/m/abc-1", "/m/abc-1/report", "/index.html",
	};

	for (size_t i = 0; i < ARRAY_SIZE(pages); i++) {
		struct http_request q = get(pages[i]);
		struct http_response r;

		check_eq(http_judge(&http, &q, &r), HTTP_ANSWERED);
		check_eq(r.status, 200);
		check_bytes(r.body, page, 15);
		check(!r.close);
	}
}

TEST(nothing_else_is_there)
{
	static const char *const others[] = {
		"", "//", "/admin", "/m/", "/m/a/b", "/m/a/report/", "/m/a/reports", "/m/a.b", "/j/", "/meetings",
		"/assets", "/assets/", "/../index.html", "/assets/../index.html", "/assets/a-12345678.js/",
		"/\\index.html", "index.html",
		"/index.html?", "/metrics", "/api", "/.git/config",
	};
	char long_id[128] = "/m/";

	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		struct http_request q = get(others[i]);

		check_eq(status_of(&q), 404);
	}
	memset(long_id + 3, 'a', 65);
	check_eq(status_of(&(struct http_request[]){ get(long_id) }[0]), 404);
}

TEST(files_are_cached_as_their_names_allow)
{
	struct http_request q = get("/assets/a-12345678.js");
	struct http_response r;
	char head[HTTP_HEAD_SIZE + 1] = "";
	struct writer w = writer(head, HTTP_HEAD_SIZE);

	check_eq(http_judge(&http, &q, &r), HTTP_ANSWERED);
	check(http_write_head(&http, &r, &w));
	check(strstr(head, "Cache-Control: public, max-age=31536000, immutable\r\n"));
	check(strstr(head, "ETag: \"2\"\r\n"));
	q = get("/");
	q.if_none_match = "\"1\"";
	check_eq(http_judge(&http, &q, &r), HTTP_ANSWERED);
	check_eq(r.status, 304);
	check_eq(r.body.size, 0);
	q.if_none_match = "\"9\"";
	check_eq(status_of(&q), 200);
	q.method = HTTP_HEAD;
	check_eq(http_judge(&http, &q, &r), HTTP_ANSWERED);
	check_eq(r.status, 200);
	check_eq(r.length, 15);
	check_eq(r.body.size, 0);
}

TEST(compressed_files_go_to_who_takes_them)
{
	static const char *const take[] = {
		"gzip", "gzip, deflate, br", "br;q=1.0, gzip;q=0.8", "deflate,GZIP", "gzip ; q=0.01",
	};
	static const char *const leave[] = {
		"", "br", "gzip;q=0", "gzip; q=0.000", "br, gzip;q=0, *", "xgzip", "gzipped",
	};
	struct http_request q = get("/assets/b-12345678.js");
	char head[HTTP_HEAD_SIZE + 1] = "";
	struct writer w = writer(head, HTTP_HEAD_SIZE);
	struct http_response r;

	for (size_t i = 0; i < ARRAY_SIZE(take); i++) {
		q.accept_encoding = take[i];
		check_eq(http_judge(&http, &q, &r), HTTP_ANSWERED);
		check(r.gzip);
		check_bytes(r.body, "zz", 2);
		check_eq(r.length, 2);
	}
	check(http_write_head(&http, &r, &w));
	check(strstr(head, "\r\nContent-Encoding: gzip\r\n"));
	check(strstr(head, "\r\nVary: Accept-Encoding\r\n"));
	check(strstr(head, "\r\nETag: \"4\"\r\n"));
	check(strstr(head, "\r\nContent-Length: 2\r\n"));
	q.if_none_match = "\"4\"";
	check_eq(status_of(&q), 304);
	for (size_t i = 0; i < ARRAY_SIZE(leave); i++) {
		q.accept_encoding = leave[i];
		check_eq(status_of(&q), 200);	/* the tag is the other form's */
		check_eq(http_judge(&http, &q, &r), HTTP_ANSWERED);
		check(!r.gzip);
		check_bytes(r.body, "yyy", 3);
	}
	memset(head, 0, sizeof(head));
	w = writer(head, HTTP_HEAD_SIZE);
	check(http_write_head(&http, &r, &w));
	check(!strstr(head, "Content-Encoding"));
	check(strstr(head, "\r\nVary: Accept-Encoding\r\n"));
	q = get("/");			/* has no other form */
	q.accept_encoding = "gzip";
	check_eq(http_judge(&http, &q, &r), HTTP_ANSWERED);
	check(!r.gzip);
}

/* Nothing of meetings is on the administration's listener, and nothing of it is on theirs. */
TEST(administration_is_another_place)
{
	static const char *const there[] = { "/admin", "/enrol", "/assets/a-12345678.js", "/index.html" };
	static const char *const not_there[] = {
		"/", "/j", "/m/abc-1", "/m/abc-1/report", "/meetings/new", "/integrity", "/ws", "/healthz", "/metrics",
	};
	struct config c = { .hosts = { "raad.example" }, .n_hosts = 1, .port = 8443, .admin = { .port = 9444 } };
	struct http_request q;
	struct http_response r;
	struct http admin;

	http_init_admin(&admin, &c, &files);
	for (size_t i = 0; i < ARRAY_SIZE(there); i++) {
		q = get(there[i]);
		q.host = "localhost:9444";
		check_eq(http_judge(&admin, &q, &r), HTTP_ANSWERED);
		check_eq(r.status, 200);
	}
	for (size_t i = 0; i < ARRAY_SIZE(not_there); i++) {
		q = get(not_there[i]);
		q.host = "localhost:9444";
		check_eq(http_judge(&admin, &q, &r), HTTP_ANSWERED);
		check_eq(r.status, 404);
	}
	q = get("/admin");
	check_eq(http_judge(&admin, &q, &r), HTTP_ANSWERED);
	check_eq(r.status, 421);	/* under the name of the other one */
	q = post("/api/admin/overview");
	q.host = "localhost:9444";
	check_eq(http_judge(&admin, &q, &r), HTTP_ANSWERED);
	check_eq(r.status, 403);	/* asked by a page of the other one */
	q.origin = "https://localhost:9444";
	check_eq(http_judge(&admin, &q, &r), HTTP_ASK_HALL);
	check_eq(http_body_most(&admin, "/api/admin/users/import"), LIMIT_IMPORT_BODY);
	check_eq(http_body_most(&http, "/api/admin/users/import"), LIMIT_REQUEST_BODY);
	check_eq(http_body_most(&http, "/api/roster"), LIMIT_ROSTER_BODY);
}

TEST(other_methods_are_told_which)
{
	struct http_request q = get("/");
	struct http_response r;

	q.method = HTTP_OTHER;
	check_eq(http_judge(&http, &q, &r), HTTP_ANSWERED);
	check_eq(r.status, 405);
	check_text(r.allow, "GET, HEAD");
	check(r.close);
	q = get("/api/link");
	check_eq(http_judge(&http, &q, &r), HTTP_ANSWERED);
	check_eq(r.status, 405);
	check_text(r.allow, "POST");
	q = post("/");
	check_eq(status_of(&q), 405);
	q = post("/nowhere");
	check_eq(status_of(&q), 405);
}

TEST(host_must_be_ours)
{
	static const char *const good[] = {
		"raad.example:8443", "RAAD.example:8443", "127.0.0.1:8443", "[::1]:8443",
	};
	static const char *const bad[] = {
		"raad.example", "raad.example:443", "evil.example:8443", "raad.example:8443.evil.example",
		"xraad.example:8443",
		"raad.example:84430", "::1:8443", "localhost:8443",
	};
	struct http_request q = get("/");

	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		q.host = good[i];
		check_eq(status_of(&q), 200);
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		q.host = bad[i];
		check_eq(status_of(&q), 421);
	}
	q.host = "";
	check_eq(status_of(&q), 400);
}

TEST(api_is_asked_by_our_own_page_only)
{
	static const char *const bad[] = {
		"", "null", "http://raad.example:8443", "https://raad.example", "https://raad.example:8443/",
		"https://evil.example",
		"https://raad.example:8443.evil.example", "https://xraad.example:8443", "https://raad.example:84431",
		"HTTPS://raad.example:8443",
	};
	struct http_request q = post("/api/link");
	struct http_response r;

	check_eq(http_judge(&http, &q, &r), HTTP_ASK_HALL);
	q.fetch_site = "";		/* older browsers */
	q.content_type = "application/json; charset=utf-8";
	check_eq(http_judge(&http, &q, &r), HTTP_ASK_HALL);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		q.origin = bad[i];
		check_eq(http_judge(&http, &q, &r), HTTP_ANSWERED);
		check_eq(r.status, 403);
		check_bytes(r.body, "{\"error\":{\"code\":\"origin\"}}", 27);
	}
	q = post("/api/resume");
	check_eq(http_judge(&http, &q, &r), HTTP_ASK_HALL);
	q.fetch_site = "same-site";
	check_eq(status_of(&q), 403);
	q = post("/api/resume");
	q.content_type = "text/plain";
	check_eq(status_of(&q), 400);
	q.content_type = "application/jsonp";
	check_eq(status_of(&q), 400);
	q = post("/api/resume");
	q.too_large = true;
	check_eq(status_of(&q), 413);
}

/* The client may be served by another machine of the same site, which the configuration names. */
TEST(a_named_client_elsewhere_is_answered_and_no_other)
{
	static const char *const others[] = { "https://evil.example", "https://client.example:444", "null", "" };
	struct config *c = mem_new(struct config);
	struct http *h = mem_new(struct http);
	struct http_request q = post("/api/resume");
	struct http_upgrade u = { "websocket", "/ws", "raad.example:8443", "https://client.example", "conclave", "13",
		"dGhlIHNhbXBsZSBub25jZQ==", true, false };
	char head[HTTP_HEAD_SIZE + 1] = "";
	struct writer w = writer(head, HTTP_HEAD_SIZE);
	struct http_response r;

	check(c && h);
	*c = (struct config){ .hosts = { "raad.example" }, .n_hosts = 1, .port = 8443,
		.clients = { "https://client.example" }, .n_clients = 1 };
	http_init(h, c, &files);
	q.origin = "https://client.example";
	q.fetch_site = "same-site";
	check_eq(http_judge(h, &q, &r), HTTP_ASK_HALL);
	check(http_client(h, &q) == c->clients[0]);
	q.method = HTTP_OPTIONS;
	q.has_body = false;
	check_eq(http_judge(h, &q, &r), HTTP_ANSWERED);
	check_eq(r.status, 204);
	r.client = http_client(h, &q);
	check(http_write_head(h, &r, &w));
	check(strstr(head, "\r\nAccess-Control-Allow-Origin: https://client.example\r\n"));
	check(strstr(head, "\r\nAccess-Control-Allow-Methods: POST\r\n"));
	check(strstr(head, "\r\nAccess-Control-Expose-Headers: Retry-After\r\n"));
	check(!strstr(head, "Content-Length"));
	check_eq(http_judge_upgrade(h, &u), 0);
	q.fetch_site = "cross-site";
	check_eq(http_judge(h, &q, &r), HTTP_ANSWERED);
	check_eq(r.status, 405);
	q.method = HTTP_POST;
	check_eq(http_judge(h, &q, &r), HTTP_ANSWERED);
	check_eq(r.status, 403);
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		q = post("/api/resume");
		q.origin = u.origin = others[i];
		q.fetch_site = "same-site";
		check(!http_client(h, &q));
		check_eq(http_judge(h, &q, &r), HTTP_ANSWERED);
		check_eq(r.status, 403);
		check_eq(http_judge_upgrade(h, &u), 403);
	}
	q = get("/");
	q.origin = "https://client.example";
	check(!http_client(h, &q));	/* the page itself is read by nobody */
	mem_free(c);
	mem_free(h);
}

TEST(what_is_ambiguous_is_refused_and_closed)
{
	struct http_request q = get("/");
	struct http_response r;

	q.malformed = true;
	check_eq(http_judge(&http, &q, &r), HTTP_ANSWERED);
	check_eq(r.status, 400);
	check(r.close);
	q = get("/");
	q.has_body = true;
	check_eq(status_of(&q), 400);
	q = post("/api/link");
	q.malformed = true;
	check_eq(status_of(&q), 400);
}

TEST(health_is_for_the_hall_to_say)
{
	struct http_request q = get("/healthz");
	struct http_response r;

	check_eq(http_judge(&http, &q, &r), HTTP_ASK_HEALTH);
	q.host = "evil.example";
	check_eq(status_of(&q), 421);
}

static struct http_upgrade upgrade(void)
{
	return (struct http_upgrade){
		.upgrade = "websocket", .path = "/ws", .host = "raad.example:8443",
		.origin = "https://raad.example:8443",
		.protocol = "conclave", .version = "13", .key = "dGhlIHNhbXBsZSBub25jZQ==", .is_get = true,
	};
}

/* What becomes of a good one with one field changed. */
#define check_upgrade(status, field, value) do { \
		struct http_upgrade u_ = upgrade(); \
		u_.field = (value); \
		check_eq(http_judge_upgrade(&http, &u_), (status)); \
	} while (0)

TEST(upgrades_are_exactly_ours)
{
	struct http_upgrade good = upgrade();

	check_eq(http_judge_upgrade(&http, &good), 0);
	check_upgrade(0, upgrade, "WebSocket");
	check_upgrade(400, upgrade, "h2c");
	check_upgrade(400, upgrade, "websocket, foo");
	check_upgrade(404, path, "/");
	check_upgrade(404, path, "/ws/");
	check_upgrade(403, origin, "");
	check_upgrade(403, origin, "null");
	check_upgrade(403, origin, "https://raad.example:8443.evil.example");
	check_upgrade(403, origin, "https://raad.example:8444");
	check_upgrade(403, origin, "http://raad.example:8443");
	check_upgrade(421, host, "evil.example");
	check_upgrade(400, protocol, "");
	check_upgrade(400, protocol, "loop");
	check_upgrade(400, protocol, "conclave, loop");
	check_upgrade(426, version, "8");
	check_upgrade(400, key, "");
	check_upgrade(400, key, "dGhlIHNhbXBsZSBub25jZQ=");
	check_upgrade(400, key, "dGhlIHNhbXBsZSBub25jZ!==");
	check_upgrade(400, is_get, false);
	check_upgrade(400, malformed, true);
}

/* The snapshot of C15: a change of a header is a change of this test. */
TEST(every_response_carries_every_header)
{
	static const char *const needed[] = {
		"Strict-Transport-Security: max-age=31536000; includeSubDomains\r\n",
		"X-Content-Type-Options: nosniff\r\n",
		"Referrer-Policy: no-referrer\r\n",
		"Cross-Origin-Opener-Policy: same-origin\r\n",
		"Cross-Origin-Resource-Policy: same-origin\r\n",
		"Cross-Origin-Embedder-Policy: require-corp\r\n",
		"Integrity-Policy: blocked-destinations=(script)\r\n",
		"Permissions-Policy: camera=(self), microphone=(self), display-capture=(self), fullscreen=(self), "
			"autoplay=(self), accelerometer=(), ",
		"geolocation=(), ",
		"Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
			"font-src 'self'; connect-src 'self' wss://raad.example:8443 wss://127.0.0.1:8443 wss://[::1]:8443; "
			"media-src 'self' blob:; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; "
			"frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types lit-html conclave-worker\r\n",
	};
	static const unsigned statuses[] = { 200, 304, 400, 403, 404, 405, 413, 421, 426, 429, 503 };

	for (size_t s = 0; s < ARRAY_SIZE(statuses); s++) {
		struct http_response r;
		char head[HTTP_HEAD_SIZE + 1] = "";
		struct writer w = writer(head, HTTP_HEAD_SIZE);

		http_answer_error(&r, statuses[s]);
		check_eq(r.status, statuses[s]);
		check(http_write_head(&http, &r, &w));
		for (size_t i = 0; i < ARRAY_SIZE(needed); i++)
			check(strstr(head, needed[i]));
		check(!strstr(head, "unsafe"));
		check(!strstr(head, "Server:"));
		check(!strstr(head, "\r\n\r\n\r\n"));
		check(strcmp(head + strlen(head) - 4, "\r\n\r\n") == 0);
	}
}

TEST(json_answers_set_their_cookie_and_are_not_stored)
{
	struct http_response r;
	char head[HTTP_HEAD_SIZE + 1] = "";
	struct writer w = writer(head, HTTP_HEAD_SIZE);

	http_answer_json(&r, 200, bytes_of_string("{\"a\":1}"), "x=y; Secure");
	check(http_write_head(&http, &r, &w));
	check(strstr(head, "HTTP/1.1 200 OK\r\n"));
	check(strstr(head, "Set-Cookie: x=y; Secure\r\n"));
	check(strstr(head, "Content-Length: 7\r\n"));
	check(strstr(head, "Cache-Control: no-store\r\n"));
}

TEST(head_never_exceeds_its_room)
{
	struct config *c = mem_new(struct config);
	struct http *h = mem_new(struct http);
	struct http_response r;
	uint8_t head[HTTP_HEAD_SIZE];
	struct writer w = writer(head, sizeof(head)), little = writer(head, 100);

	check(c && h);
	c->port = 65519;
	for (c->n_hosts = 0; c->n_hosts < CONFIG_HOSTS; c->n_hosts++)
		memset(c->hosts[c->n_hosts], 'a', 253);
	http_init(h, c, &files);
	http_answer_error(&r, 426);
	check(http_write_head(h, &r, &w));
	check(!http_write_head(h, &r, &little));
	mem_free(c);
	mem_free(h);
}

TEST(metrics_are_at_one_address)
{
	struct http_request q = get("/metrics");
	struct http_response r;

	http_judge_metrics(&q, bytes_of_string("# EOF\n"), &r);
	check_eq(r.status, 200);
	check(strstr(r.type, "openmetrics-text"));
	q.path = "/";
	http_judge_metrics(&q, bytes_of_string(""), &r);
	check_eq(r.status, 404);
	q = post("/metrics");
	q.has_body = false;
	http_judge_metrics(&q, bytes_of_string(""), &r);
	check_eq(r.status, 405);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup(pages_are_the_client, setup),
	cmocka_unit_test_setup(nothing_else_is_there, setup),
	cmocka_unit_test_setup(files_are_cached_as_their_names_allow, setup),
	cmocka_unit_test_setup(compressed_files_go_to_who_takes_them, setup),
	cmocka_unit_test_setup(administration_is_another_place, setup),
	cmocka_unit_test_setup(other_methods_are_told_which, setup),
	cmocka_unit_test_setup(host_must_be_ours, setup),
	cmocka_unit_test_setup(api_is_asked_by_our_own_page_only, setup),
	cmocka_unit_test_setup(a_named_client_elsewhere_is_answered_and_no_other, setup),
	cmocka_unit_test_setup(what_is_ambiguous_is_refused_and_closed, setup),
	cmocka_unit_test_setup(health_is_for_the_hall_to_say, setup),
	cmocka_unit_test_setup(upgrades_are_exactly_ours, setup),
	cmocka_unit_test_setup(every_response_carries_every_header, setup),
	cmocka_unit_test_setup(json_answers_set_their_cookie_and_are_not_stored, setup),
	cmocka_unit_test_setup(head_never_exceeds_its_room, setup),
	cmocka_unit_test_setup(metrics_are_at_one_address, setup),
};

RUN_TESTS(tests)
