/* SPDX-License-Identifier: EUPL-1.2 */
/* The door to libwebsockets, whose poll() is conclaved's only wait. In conclaved.
 * Invariant: the library's callback notes and never decides; every peer that is not GONE has a live socket. */
#include "server/shell/ws.h"

#include <assert.h>
#include <errno.h>
#include <libwebsockets.h>
#include <poll.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"

static_assert(PEER_ROOM >= LWS_PRE, "the library writes its frame header before a message");
static_assert(offsetof(struct peer_message, data) == offsetof(struct peer_message, room) + PEER_ROOM,
	"and right before it");

#define WS_PATIENCE 10			/* s: for TLS, headers, a body, the first message (ATTACKS C10) */
#define WS_KEEP_ALIVE 5			/* s between two requests */
#define WS_PIECE (16 * 1024)		/* of an answer at a time: one TLS record */
#define WS_RX 4096			/* of a message at a time */
#define WS_LOOK SECONDS(1)		/* each WebSocket is looked at so often, and pinged every second time */
#define WS_SILENCE SECONDS(5)		/* ARCHITECTURE, timers: shown as reconnecting */
#define WS_END SECONDS(60)		/* transport freed */
#define WS_CLOSE_PATIENCE 5		/* s to read what was sent before a close */
/* The library keeps watching for input that it does not take while an answer waits to be written, so that a client
 * could make its poll() return at once, for ever. After as many turns in which nothing happened we wait 1 ms. */
#define WS_SPINS 16
/* µs: the library waits in whole milliseconds, downwards, and would turn through the rest of the last one. */
#define WS_GRAIN 999

struct ws {
	/* owned */
	struct lws_context *context;
	struct list all;	/* peers that can be reached */
	struct inbox inbox;	/* … and those that cannot */

	/* borrowed */
	struct lws_vhost *outside;
	struct lws_vhost *inside;
	void *connections;	/* of the vhost outside: what its TLS is made of */
	const struct http *http;
	const struct http *admin;
	struct sources *sources;

	/* state */
	lws_sorted_usec_list_t alarm;
	struct list round;	/* WebSockets, by next_look */
	unsigned spins;
	bool stirred;
	uint8_t piece[LWS_PRE + WS_PIECE];
};

static struct ws *ws_of(struct lws *wsi)
{
	return lws_context_user(lws_get_context(wsi));
}

static int ws_note(struct ws *ws, enum note_kind kind, struct peer *p, struct bytes text)
{
	return inbox_note(&ws->inbox, kind, p, text) ? 0 : -1;
}

/* HTTP: from the library's header table to a request. */

static bool header_is_once(struct lws *wsi, enum lws_token_indexes h)
{
	return lws_hdr_fragment_length(wsi, h, 1) == 0;
}

/* "" when absent; NULL when it does not fit. */
static const char *header_keep(struct lws *wsi, struct peer_request *q, enum lws_token_indexes h)
{
	char value[LIMIT_HEADERS];
	int n = lws_hdr_copy(wsi, value, sizeof(value), h);

	return n < 0 ? NULL : peer_keep(q, bytes_make(value, (size_t)n));
}

static const char *header_keep_named(struct lws *wsi, struct peer_request *q, const char *name)
{
	char value[256];
	int n = lws_hdr_custom_copy(wsi, value, sizeof(value), name, (int)strlen(name));

	return peer_keep(q, bytes_make(value, n > 0 ? (size_t)n : 0));
}

/* One that is too long says nothing that is wanted. */
static const char *header_keep_agent(struct lws *wsi, struct peer_request *q)
{
	char value[512];
	int n = lws_hdr_copy(wsi, value, sizeof(value), WSI_TOKEN_HTTP_USER_AGENT);

	return peer_keep(q, bytes_make(value, n > 0 ? (size_t)n : 0));
}

/* The library believes any Content-Length, and knows no Transfer-Encoding from a client (research/limits.md 5): what is
 * not one plain number is malformed (C12). */
static bool header_length(struct lws *wsi, size_t *ret)
{
	char value[8];
	int n = lws_hdr_copy(wsi, value, sizeof(value), WSI_TOKEN_HTTP_CONTENT_LENGTH);
	size_t length = 0;

	*ret = 0;
	if (lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_TRANSFER_ENCODING) > 0 ||
	    !header_is_once(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH))
		return false;
	if (lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH) == 0)
		return true;
	for (int i = 0; i < n; i++) {
		if (value[i] < '0' || value[i] > '9')
			return false;
		length = length * 10 + (size_t)(value[i] - '0');
	}
	*ret = length;
	return n > 0;
}

static bool headers_are_once(struct lws *wsi)
{
	static const enum lws_token_indexes single[] = {
		WSI_TOKEN_HOST, WSI_TOKEN_ORIGIN, WSI_TOKEN_HTTP_COOKIE, WSI_TOKEN_HTTP_CONTENT_TYPE, WSI_TOKEN_UPGRADE,
		WSI_TOKEN_PROTOCOL, WSI_TOKEN_VERSION, WSI_TOKEN_KEY,
	};

	for (size_t i = 0; i < ARRAY_SIZE(single); i++)
		if (!header_is_once(wsi, single[i]))
			return false;
	return true;
}

static enum http_method method_of(int method)
{
	switch (method) {
	case LWSHUMETH_GET:
		return HTTP_GET;
	case LWSHUMETH_HEAD:
		return HTTP_HEAD;
	case LWSHUMETH_POST:
		return HTTP_POST;
	case LWSHUMETH_OPTIONS:
		return HTTP_OPTIONS;
	default:		/* an index into the library's table, not an enum of ours */
		return HTTP_OTHER;
	}
}

/* The library takes a request without a version for HTTP/1.0. */
static bool header_version(struct lws *wsi)
{
	char value[10];
	int n = lws_hdr_copy(wsi, value, sizeof(value), WSI_TOKEN_HTTP);

	return n > 0 && (strcmp(value, "HTTP/1.1") == 0 || strcmp(value, "HTTP/1.0") == 0);
}

/* False when the request is too large to be kept. */
static bool request_fill(struct lws *wsi, const struct http *http, struct peer_request *q, struct bytes path)
{
	struct http_request *h = &q->http;
	char *uri;
	int size, method = lws_http_get_uri_and_method(wsi, &uri, &size);
	size_t length = 0;

	h->method = method < 0 ? HTTP_OTHER : method_of(method);
	h->malformed = !header_version(wsi) || !header_length(wsi, &length) || !headers_are_once(wsi) ||
		memchr(path.data, '\0', path.size);
	/* Without a length the library would wait for 100 MiB. */
	if (h->method == HTTP_POST && lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH) == 0)
		h->malformed = true;
	h->has_body = length > 0;
	h->path = peer_keep(q, path);
	h->too_large = h->path && length > http_body_most(http, h->path);
	h->host = header_keep(wsi, q, WSI_TOKEN_HOST);
	h->origin = header_keep(wsi, q, WSI_TOKEN_ORIGIN);
	h->content_type = header_keep(wsi, q, WSI_TOKEN_HTTP_CONTENT_TYPE);
	h->if_none_match = header_keep(wsi, q, WSI_TOKEN_HTTP_IF_NONE_MATCH);
	h->accept_encoding = header_keep(wsi, q, WSI_TOKEN_HTTP_ACCEPT_ENCODING);
	h->cookies = header_keep(wsi, q, WSI_TOKEN_HTTP_COOKIE);
	h->agent = header_keep_agent(wsi, q);
	h->fetch_site = header_keep_named(wsi, q, "sec-fetch-site:");
	if (h->method == HTTP_POST && h->has_body && !h->too_large && !h->malformed && !peer_expect_body(q, length))
		return false;
	return h->path && h->host && h->origin && h->content_type && h->if_none_match && h->accept_encoding &&
		h->cookies && h->agent && h->fetch_site;
}

static const struct http *http_of(const struct ws *ws, const struct peer *p)
{
	return p->door == LISTENER_ADMIN ? ws->admin : ws->http;
}

static int on_request(struct ws *ws, struct lws *wsi, struct peer *p, struct bytes path)
{
	struct peer_request *q;

	if (p->phase != PEER_IDLE)
		return -1;
	q = peer_begin_request(p);
	if (!q || !request_fill(wsi, http_of(ws, p), q, path))
		return -1;
	if (q->body) {
		p->phase = PEER_READING;
		return 0;
	}
	p->phase = PEER_ASKED;
	return ws_note(ws, NOTE_REQUEST, p, (struct bytes){ 0 });
}

/* After a refusal the rest of a body may still come in: it is not looked at. */
static int on_body(struct peer *p, struct bytes piece)
{
	if (p->phase == PEER_READING && !peer_keep_body(p->request, piece))
		return -1;
	return 0;
}

static int on_body_end(struct ws *ws, struct peer *p)
{
	if (p->phase != PEER_READING)
		return 0;
	p->request->http.body = bytes_make(p->request->body, p->request->body_size);
	p->phase = PEER_ASKED;
	return ws_note(ws, NOTE_REQUEST, p, (struct bytes){ 0 });
}

static int on_http_writable(struct ws *ws, struct lws *wsi, struct peer *p)
{
	struct bytes piece;
	int n;

	if (p->phase != PEER_ANSWERING)
		return 0;
	piece = peer_answer_piece(p, WS_PIECE);
	memcpy(ws->piece + LWS_PRE, piece.data, piece.size);
	n = lws_write(wsi, ws->piece + LWS_PRE, piece.size, LWS_WRITE_HTTP);
	if (n < (int)piece.size)
		return -1;
	peer_answer_sent(p, piece.size);
	lws_set_timeout(wsi, PENDING_TIMEOUT_HTTP_CONTENT, WS_PATIENCE);
	if (peer_answer_piece(p, 1).size) {
		lws_callback_on_writable(wsi);
		return 0;
	}
	p->phase = PEER_IDLE;
	if (p->last_answer && !lws_partial_buffered(wsi))
		return -1;
	return lws_http_transaction_completed(wsi) ? -1 : 0;
}

/* Upgrades. */

static const char *header_copy(struct lws *wsi, enum lws_token_indexes h, char *value, size_t size, bool *fits)
{
	if (lws_hdr_copy(wsi, value, (int)size, h) < 0)
		*fits = false;
	return *fits ? value : "";
}

static unsigned upgrade_judge(struct ws *ws, struct lws *wsi, const char *upgrade)
{
	char path[64], host[CONFIG_HOST_SIZE + 10], origin[HTTP_ORIGIN_SIZE], protocol[32], version[8], key[64], *uri;
	bool fits = true;
	size_t length;
	int size;
	struct http_upgrade u = {
		.upgrade = upgrade,
		.path = header_copy(wsi, WSI_TOKEN_GET_URI, path, sizeof(path), &fits),
		.host = header_copy(wsi, WSI_TOKEN_HOST, host, sizeof(host), &fits),
		.origin = header_copy(wsi, WSI_TOKEN_ORIGIN, origin, sizeof(origin), &fits),
		.protocol = header_copy(wsi, WSI_TOKEN_PROTOCOL, protocol, sizeof(protocol), &fits),
		.version = header_copy(wsi, WSI_TOKEN_VERSION, version, sizeof(version), &fits),
		.key = header_copy(wsi, WSI_TOKEN_KEY, key, sizeof(key), &fits),
		.is_get = lws_http_get_uri_and_method(wsi, &uri, &size) == LWSHUMETH_GET,
	};

	u.malformed = !header_version(wsi) || !header_length(wsi, &length) || length || !headers_are_once(wsi);
	return fits ? http_judge_upgrade(ws->http, &u) : 403;
}

static void upgrade_refuse(struct ws *ws, struct lws *wsi, unsigned status)
{
	struct http_response r;
	struct writer w = writer(ws->piece + LWS_PRE, WS_PIECE);

	http_answer_error(&r, status);
	r.close = true;
	if (http_write_head(ws->http, &r, &w)) {
		write_bytes(&w, r.body);
		/* The connection ends anyhow; what does not go out now does not go. */
		(void)lws_write(wsi, ws->piece + LWS_PRE, written(&w).size, LWS_WRITE_HTTP);
	}
}

/* The library calls this also for what it has refused itself, with its header table given back and `in` pointing into
 * it: a use after free (research/security.md 0.1, ATTACKS C02). So `in` is not touched, and nothing but a header that
 * can be read, and reads "websocket", goes on from here; h2c ends here too (C03). */
static int on_upgrade(struct ws *ws, struct lws *wsi, struct peer *p)
{
	char upgrade[16];
	unsigned status;

	if (p->door != LISTENER_PUBLIC || p->phase != PEER_IDLE || lws_hdr_total_length(wsi, WSI_TOKEN_UPGRADE) <= 0)
		return -1;
	if (lws_hdr_copy(wsi, upgrade, sizeof(upgrade), WSI_TOKEN_UPGRADE) <= 0 ||
	    strcasecmp(upgrade, "websocket") != 0)
		return -1;
	status = upgrade_judge(ws, wsi, upgrade);
	if (status == 0)
		return 0;
	upgrade_refuse(ws, wsi, status);
	return -1;
}

/* WebSockets. */

static int on_open(struct ws *ws, struct lws *wsi, struct peer *p)
{
	char cookies[LIMIT_HEADERS];
	int n = lws_hdr_copy(wsi, cookies, sizeof(cookies), WSI_TOKEN_HTTP_COOKIE);

	p->cookies = mem_copy_string(n > 0 ? cookies : "");
	if (n < 0 || !p->cookies)
		return -1;
	p->phase = PEER_SOCKET;
	return ws_note(ws, NOTE_OPEN, p, (struct bytes){ 0 });
}

static int on_text(struct ws *ws, struct lws *wsi, struct peer *p, struct bytes piece)
{
	bool last = lws_is_final_fragment(wsi);

	if (p->phase != PEER_SOCKET || p->deaf)
		return 0;
	p->deaf = true;		/* unless all is well */
	if (lws_frame_is_binary(wsi))
		return ws_note(ws, NOTE_BINARY, p, (struct bytes){ 0 });
	switch (peer_take_piece(p, piece, lws_remaining_packet_payload(wsi), last)) {
	case PEER_NO_MEMORY:
		return -1;
	case PEER_TOO_LARGE:
		return ws_note(ws, NOTE_TOO_LARGE, p, (struct bytes){ 0 });
	case PEER_WHOLE:
		if (ws_note(ws, NOTE_TEXT, p, peer_take_message(p)) < 0)
			return -1;
		break;
	case PEER_MORE:
		break;
	}
	p->deaf = false;
	return 0;
}

static int on_writable(struct lws *wsi, struct peer *p)
{
	struct peer_message *m = peer_next(p);
	int n;

	if (p->wants_ping) {
		uint8_t ping[LWS_PRE + 1] = { 0 };	/* of one byte: the library hides the answer to an empty one */

		p->wants_ping = false;
		n = lws_write(wsi, ping + LWS_PRE, 1, LWS_WRITE_PING);
		if (n < 1)
			return -1;
	} else if (m) {
		size_t size = m->size;

		n = lws_write(wsi, m->data, size, LWS_WRITE_TEXT);
		peer_sent(p, m);
		if (n < (int)size)
			return -1;
	} else if (p->phase == PEER_ENDING) {
		lws_close_reason(wsi, (enum lws_close_status)p->close_code, NULL, 0);
		return -1;
	}
	if (p->wants_ping || peer_next(p) || p->phase == PEER_ENDING)
		lws_callback_on_writable(wsi);
	return 0;
}

static void on_gone(struct ws *ws, struct peer *p)
{
	p->phase = PEER_GONE;
	p->socket = NULL;
	p->source = sources_leave(ws->sources, p->source);
	list_remove(&p->in_round);
	inbox_note_gone(&ws->inbox, p);
}

static int ws_dispatch(struct ws *ws, struct lws *wsi, int reason, struct peer *p, struct bytes in)
{
	switch (reason) {
	case LWS_CALLBACK_HTTP:
		return on_request(ws, wsi, p, in);
	case LWS_CALLBACK_HTTP_BODY:
		return on_body(p, in);
	case LWS_CALLBACK_HTTP_BODY_COMPLETION:
		return on_body_end(ws, p);
	case LWS_CALLBACK_HTTP_WRITEABLE:
		return on_http_writable(ws, wsi, p);
	case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
		return on_upgrade(ws, wsi, p);
	case LWS_CALLBACK_ESTABLISHED:
		return on_open(ws, wsi, p);
	case LWS_CALLBACK_RECEIVE:
		return on_text(ws, wsi, p, in);
	case LWS_CALLBACK_RECEIVE_PONG:
		return ws_note(ws, NOTE_PONG, p, (struct bytes){ 0 });
	case LWS_CALLBACK_SERVER_WRITEABLE:
		return on_writable(wsi, p);
	case LWS_CALLBACK_RAW_ADOPT:		/* CONNECT makes the library fall back to raw bytes */
	case LWS_CALLBACK_RAW_RX:
	case LWS_CALLBACK_RAW_WRITEABLE:
		return -1;
	case LWS_CALLBACK_WSI_DESTROY:
		on_gone(ws, p);
		return 0;
	default:
		return 0;
	}
}

static int ws_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t size)
{
	struct ws *ws = ws_of(wsi);
	struct peer *p;

	if (!ws)
		return 0;
	/* Meant for further authorities of clients; it comes once, when the vhost is made. */
	if (reason == LWS_CALLBACK_OPENSSL_LOAD_EXTRA_SERVER_VERIFY_CERTS) {
		ws->connections = user;
		return 0;
	}
	ws->stirred = true;
	p = lws_get_opaque_user_data(wsi);
	if (!p || p->phase == PEER_GONE)
		return 0;
	p->socket = wsi;
	return ws_dispatch(ws, wsi, (int)reason, p, bytes_make(in, in ? size : 0));
}

static const struct lws_protocols outside_protocols[] = {
	{ .name = "http", .callback = ws_callback, .rx_buffer_size = WS_RX },
	{ .name = "conclave", .callback = ws_callback, .rx_buffer_size = WS_RX },
	{ 0 },
};

static const struct lws_protocols inside_protocols[] = {
	{ .name = "metrics", .callback = ws_callback, .rx_buffer_size = WS_RX },
	{ .name = "loop", .callback = ws_callback },
	{ 0 },
};

/* Its callback has no context, and a stranger can make it speak. */
static usec_t log_now;

static void ws_log(int level __attribute__((unused)), const char *line)
{
	char text[160];
	size_t n = strcspn(line, "\n");

	n = MIN(n, sizeof(text) - 1);
	memcpy(text, line, n);
	text[n] = '\0';
	log_throttled(LOG_LEVEL_WARN, log_now, log_now ? SECONDS(1) : 0, "library-says", LOG_WORD("text", text));
}

DEFINE_CLEANUP(struct ws *, ws_free)

static int ws_make_context(struct ws *ws)
{
	struct lws_context_creation_info info = {
		.port = CONTEXT_PORT_NO_LISTEN,
		.options = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT | LWS_SERVER_OPTION_EXPLICIT_VHOSTS |
			LWS_SERVER_OPTION_VALIDATE_UTF8,
		.user = ws,
		.timeout_secs = WS_PATIENCE,
		.max_http_header_data = LIMIT_HEADERS,
		.max_http_header_pool = LIMIT_CONNECTIONS / 2,
	};

	ws->context = lws_create_context(&info);
	return ws->context ? 0 : -ENOMEM;
}

static int ws_make_vhosts(struct ws *ws, const struct ws_config *config)
{
	struct lws_context_creation_info outside = {
		.vhost_name = "outside",
		.port = CONTEXT_PORT_NO_LISTEN_SERVER,
		.protocols = outside_protocols,
		.options = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT,
		.ssl_cert_filepath = config->certificate,
		.ssl_private_key_filepath = config->key,
		.ssl_options_set = SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1 | SSL_OP_NO_RENEGOTIATION,
		.ssl_cipher_list = "ECDHE+AESGCM:ECDHE+CHACHA20",
		.alpn = "http/1.1",
		.keepalive_timeout = WS_KEEP_ALIVE,
		.timeout_secs_ah_idle = WS_PATIENCE,
	};
	struct lws_context_creation_info inside = {
		.vhost_name = "inside",
		.port = CONTEXT_PORT_NO_LISTEN_SERVER,
		.protocols = inside_protocols,
		.keepalive_timeout = WS_KEEP_ALIVE,
		.timeout_secs_ah_idle = WS_PATIENCE,
	};

	ws->outside = lws_create_vhost(ws->context, &outside);
	if (!ws->outside || !ws->connections)
		return -EINVAL;
	ws->inside = lws_create_vhost(ws->context, &inside);
	return ws->inside ? 0 : -ENOMEM;
}

static int ws_watch(struct ws *ws, int fd)
{
	lws_sock_file_fd_type file = { .filefd = dup(fd) };	/* the library closes its copy */

	if (file.filefd < 0)
		return -errno;
	if (!lws_adopt_descriptor_vhost(ws->inside, LWS_ADOPT_RAW_FILE_DESC, file, "loop", NULL)) {
		(void)close(file.filefd);
		return -ENOMEM;
	}
	return 0;
}

int ws_new(struct ws **ret, const struct ws_config *config)
{
	_cleanup_(ws_freep) struct ws *ws = mem_new(struct ws);
	int r;

	if (!ws)
		return -ENOMEM;
	list_init(&ws->all);
	inbox_init(&ws->inbox);
	list_init(&ws->round);
	ws->http = config->http;
	ws->admin = config->admin;
	ws->sources = config->sources;
	lws_set_log_level(LLL_ERR, ws_log);
	r = ws_make_context(ws);
	if (r == 0)
		r = ws_make_vhosts(ws, config);
	if (r == 0)
		r = ws_watch(ws, config->loop_fd);
	if (r < 0)
		return r;
	*ret = take(ws);
	return 0;
}

struct ws *ws_free(struct ws *ws)
{
	if (!ws)
		return NULL;
	if (ws->context)
		lws_context_destroy(ws->context);	/* every peer becomes GONE */
	inbox_done(&ws->inbox);
	assert(list_empty(&ws->all));
	mem_free(ws);
	return NULL;
}

void ws_adopt(struct ws *ws, const struct arrival *arrival)
{
	bool tls = arrival->door != LISTENER_METRICS;
	struct source *source = arrival->source;
	struct peer *p;
	lws_adopt_desc_t what = {
		.vh = tls ? ws->outside : ws->inside,
		.type = LWS_ADOPT_SOCKET | LWS_ADOPT_HTTP | (tls ? LWS_ADOPT_ALLOW_SSL : 0),
		.fd = { .sockfd = arrival->fd },
	};

	if (peer_new(&p, source) < 0) {
		(void)sources_leave(ws->sources, source);
		(void)close(arrival->fd);
		return;
	}
	list_push_back(&ws->all, &p->in_all);
	p->door = arrival->door;
	p->from = arrival->from;
	what.opaque = p;
	/* On failure the library has closed the socket, and may or may not have told us so. */
	p->socket = lws_adopt_descriptor_vhost_via_info(&what);
	if (!p->socket && p->phase != PEER_GONE)
		on_gone(ws, p);
}

/* The library rings what is due before it waits, and then waits for the next thing: a deadline that passed on the way
 * there would be slept through. */
static void ws_alarm(lws_sorted_usec_list_t *alarm)
{
	lws_cancel_service(lws_container_of(alarm, struct ws, alarm)->context);
}

void ws_wait(struct ws *ws, usec_t deadline, usec_t now)
{
	lws_usec_t left = deadline == USEC_NEVER ? LWS_SET_TIMER_USEC_CANCEL :
		(lws_usec_t)(deadline > now ? MIN(deadline - now, MINUTES(60)) + WS_GRAIN : 1);

	log_now = now;
	lws_sul_schedule(ws->context, 0, &ws->alarm, ws_alarm, left);
	ws->stirred = false;
	(void)lws_service(ws->context, 0);
	ws->spins = ws->stirred ? 0 : ws->spins + 1;
	if (ws->spins > WS_SPINS)
		(void)poll(NULL, 0, 1);
}

bool ws_poll(struct ws *ws, usec_t now, struct ws_event *ret)
{
	if (!inbox_poll(&ws->inbox, now, ret))
		return false;
	if (ret->kind == WS_OPEN) {
		ret->peer->next_look = now + WS_LOOK;
		list_push_back(&ws->round, &ret->peer->in_round);
	}
	return true;
}

usec_t ws_deadline(const struct ws *ws)
{
	const struct peer *p = list_first(&ws->round, struct peer, in_round);

	return p ? p->next_look : USEC_NEVER;
}

static void peer_end(struct peer *p)
{
	lws_set_timeout(p->socket, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC);
}

static void ws_look(struct ws *ws, struct peer *p, usec_t now)
{
	usec_t quiet = now - p->heard;

	list_remove(&p->in_round);
	list_push_back(&ws->round, &p->in_round);
	p->next_look = now + WS_LOOK;
	p->even = !p->even;
	if (p->even) {
		p->wants_ping = true;
		lws_callback_on_writable(p->socket);
	}
	if (quiet >= WS_END) {
		peer_end(p);
	} else if (quiet >= WS_SILENCE && !p->silent) {
		p->silent = true;
		(void)ws_note(ws, NOTE_SILENT, p, (struct bytes){ 0 });
	}
	if (!p->spoke && now - p->opened >= SECONDS(WS_PATIENCE))
		ws_close(ws, p, 1008);
}

void ws_timeout(struct ws *ws, usec_t now)
{
	struct peer *p;

	while ((p = list_first(&ws->round, struct peer, in_round)) && p->next_look <= now)
		ws_look(ws, p, now);
}

void ws_answer(struct ws *ws, struct peer *p, const struct http_response *r)
{
	struct http_response answer = *r;

	if (p->phase != PEER_ASKED)
		return;
	p->ticket = 0;
	answer.close = answer.close || source_is_crowded(p->source);
	if (p->door == LISTENER_PUBLIC)
		answer.client = http_client(ws->http, &p->request->http);
	if (peer_answer(p, http_of(ws, p), &answer) < 0) {
		peer_end(p);
		return;
	}
	lws_set_timeout(p->socket, PENDING_TIMEOUT_HTTP_CONTENT, WS_PATIENCE);
	lws_callback_on_writable(p->socket);
}

struct peer *ws_find(struct ws *ws, uint32_t ticket)
{
	struct peer *p;

	list_for_each(p, &ws->all, in_all)
		if (p->phase == PEER_ASKED && p->ticket == ticket)
			return p;
	return NULL;
}

void *ws_connections(const struct ws *ws)
{
	return ws->connections;
}

void ws_send(struct ws *ws __attribute__((unused)), struct peer *p, struct bytes text)
{
	if (p->phase != PEER_SOCKET)
		return;
	/* Who does not read comes back with a new connection, and is told everything anew. */
	if (peer_queue(p, text) < 0)
		peer_end(p);
	else
		lws_callback_on_writable(p->socket);
}

void ws_close(struct ws *ws __attribute__((unused)), struct peer *p, unsigned code)
{
	if (p->phase != PEER_SOCKET)
		return;
	p->phase = PEER_ENDING;
	p->close_code = code;
	lws_set_timeout(p->socket, PENDING_TIMEOUT_USER_OK, WS_CLOSE_PATIENCE);
	lws_callback_on_writable(p->socket);
}

void ws_drop(struct ws *ws __attribute__((unused)), struct peer *p)
{
	if (p->phase != PEER_GONE)
		peer_end(p);
}

void ws_seated(struct ws *ws, struct peer *p)
{
	p->source = sources_leave(ws->sources, p->source);
}

void ws_sweep(struct ws *ws)
{
	inbox_sweep(&ws->inbox);
}
