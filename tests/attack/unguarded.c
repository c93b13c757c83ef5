/* SPDX-License-Identifier: EUPL-1.2 */
/* What conclaved would be without its guard in LWS_CALLBACK_HTTP_CONFIRM_UPGRADE: an ordinary libwebsockets server on
 * the loopback port of its one argument. In tests only: use-after-free.test.mjs shows by it that the harness sees the
 * library's fault (ATTACKS C02). Invariant: answers every request, keeps every connection, ends at SIGTERM. */
#include <libwebsockets.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static volatile sig_atomic_t ended;

static void on_term(int signal __attribute__((unused)))
{
	ended = 1;
}

static int answer(struct lws *wsi, enum lws_callback_reasons reason, void *user __attribute__((unused)),
		void *in __attribute__((unused)), size_t size __attribute__((unused)))
{
	static const char text[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
	unsigned char out[LWS_PRE + sizeof(text)];

	if (reason != LWS_CALLBACK_HTTP)
		return 0;
	memcpy(out + LWS_PRE, text, sizeof(text));
	if (lws_write(wsi, out + LWS_PRE, sizeof(text) - 1, LWS_WRITE_HTTP) < 0)
		return -1;
	return lws_http_transaction_completed(wsi) ? -1 : 0;
}

int main(int argc, char **argv)
{
	static const struct lws_protocols protocols[] = { { .name = "http", .callback = answer }, { 0 } };
	struct lws_context_creation_info info = { .protocols = protocols, .iface = "lo" };
	struct lws_context *context;

	if (argc != 2)
		return 2;
	info.port = (int)strtol(argv[1], NULL, 10);
	info.keepalive_timeout = 5;
	lws_set_log_level(0, NULL);
	(void)fprintf(stderr, "libwebsockets %s\n", lws_get_library_version());
	(void)signal(SIGTERM, on_term);
	context = lws_create_context(&info);
	if (!context)
		return 1;
	while (!ended && lws_service(context, 0) >= 0)
		;
	lws_context_destroy(context);
	return 0;
}
