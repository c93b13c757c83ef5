/* SPDX-License-Identifier: EUPL-1.2 */
/* What is kept for one connection, and where it ends (ATTACKS C06, C09, C16). */
#include "server/shell/peer.h"

#include <errno.h>

#include "base/mem.h"
#include "tests/support/check.h"

static struct peer *new_peer(void)
{
	struct peer *p;

	check_eq(peer_new(&p, NULL), 0);
	return p;
}

TEST(message_comes_whole_from_its_pieces)
{
	struct peer *p = new_peer();
	struct bytes message;

	check_eq(peer_take_piece(p, bytes_of_string("one "), 4, false), PEER_MORE);
	check_eq(peer_take_piece(p, bytes_of_string("two "), 0, false), PEER_MORE);
	check_eq(peer_take_piece(p, bytes_of_string("three"), 0, true), PEER_WHOLE);
	message = peer_take_message(p);
	check_bytes(message, "one two three", 13);
	mem_free((void *)message.data);
	check_eq(peer_take_piece(p, bytes_of_string(""), 0, true), PEER_WHOLE);
	message = peer_take_message(p);
	check_eq(message.size, 0);
	mem_free((void *)message.data);
	(void)peer_free(p);
}

TEST(message_of_64_kib_fits_and_no_byte_more)
{
	static uint8_t text[LIMIT_MESSAGE];
	struct peer *p = new_peer();
	struct bytes message;

	check_eq(peer_take_piece(p, bytes_make(text, sizeof(text)), 0, true), PEER_WHOLE);
	message = peer_take_message(p);
	check_eq(message.size, LIMIT_MESSAGE);
	mem_free((void *)message.data);
	check_eq(peer_take_piece(p, bytes_make(text, sizeof(text)), 1, false), PEER_TOO_LARGE);
	check_eq(p->partial_room, 0);	/* nothing was kept for it */
	for (int i = 0; i < 64; i++)
		check_eq(peer_take_piece(p, bytes_make(text, 1024), 0, false), PEER_MORE);
	check_eq(peer_take_piece(p, bytes_make(text, 1), 0, true), PEER_TOO_LARGE);
	check_eq(p->partial_room, LIMIT_MESSAGE);
	(void)peer_free(p);
}

TEST(announced_length_alone_is_enough_to_refuse)
{
	struct peer *p = new_peer();

	check_eq(peer_take_piece(p, bytes_of_string("x"), UINT64_MAX, true), PEER_TOO_LARGE);
	check_eq(peer_take_piece(p, bytes_of_string("x"), LIMIT_MESSAGE, true), PEER_TOO_LARGE);
	check_eq(p->partial_room, 0);
	(void)peer_free(p);
}

TEST(burst_of_100_then_50_a_second)
{
	struct peer *p = new_peer();
	usec_t now = SECONDS(1000);
	unsigned heard = 0;

	for (int i = 0; i < 5000; i++)
		heard += peer_may_speak(p, now);
	check_eq(heard, LIMIT_MESSAGES_BURST);
	for (int i = 0; i < 5000; i++)
		heard += peer_may_speak(p, now + SECONDS(1) * (usec_t)i / 5000);
	check_eq(heard, LIMIT_MESSAGES_BURST + LIMIT_MESSAGES_PER_SECOND - 1);
	heard = 0;
	now += SECONDS(60);
	for (int i = 0; i < 500; i++, now += MSEC(20))
		heard += peer_may_speak(p, now);
	check_eq(heard, 500);		/* who keeps to the pace is never refused */
	(void)peer_free(p);
}

TEST(queue_is_bounded_and_keeps_its_order)
{
	static uint8_t text[LIMIT_MESSAGE];
	struct peer *p = new_peer();
	struct peer_message *m;
	int n = 0;

	while (peer_queue(p, bytes_make(text, 10000)) == 0)
		n++;
	check_eq(n, LIMIT_SEND_QUEUE / (10000 + sizeof(*m)));
	check_eq(peer_queue(p, bytes_make(text, 10000)), -ENOBUFS);
	check_le(p->queued, LIMIT_SEND_QUEUE);
	while ((m = peer_next(p)))
		peer_sent(p, m);
	check_eq(p->queued, 0);
	check_eq(peer_queue(p, bytes_of_string("a")), 0);
	check_eq(peer_queue(p, bytes_of_string("b")), 0);
	m = peer_next(p);
	check_bytes(bytes_make(m->data, m->size), "a", 1);
	(void)peer_free(p);		/* with two in the queue */
}

TEST(answer_goes_out_in_pieces)
{
	static const struct files none;
	static struct http http;
	struct config c = { .port = 443, .n_hosts = 1, .hosts = { "a" } };
	static uint8_t data[50000];
	struct file f = { .data = data, .size = sizeof(data), .type = "x", .tag = "\"1\"" };
	struct http_response r = { .status = 200, .type = "x", .file = &f, .body = bytes_make(data, sizeof(data)),
		.length = sizeof(data), .set_cookie = "" };
	struct peer *p = new_peer();
	size_t out = 0, head;
	struct bytes piece;

	http_init(&http, &c, &none);
	check_eq(peer_answer(p, &http, &r), 0);
	check_eq(p->phase, PEER_ANSWERING);
	head = p->answer_size;
	while ((piece = peer_answer_piece(p, 16384)).size) {
		check_le(piece.size, 16384);
		peer_answer_sent(p, piece.size);
		out += piece.size;
	}
	check_eq(out, head + sizeof(data));
	http_answer_json(&r, 200, bytes_of_string("{}"), "");
	check_eq(peer_answer(p, &http, &r), 0);
	piece = peer_answer_piece(p, 16384);
	check_bytes(bytes_make(piece.data + piece.size - 6, 6), "\r\n\r\n{}", 6);
	(void)peer_free(p);
}

TEST(request_keeps_what_fits)
{
	static char large[LIMIT_HEADERS];
	static uint8_t body[LIMIT_REQUEST_BODY];
	struct peer *p = new_peer();
	struct peer_request *q = peer_begin_request(p);
	const char *a = peer_keep(q, bytes_of_string("localhost"));

	check_text(a, "localhost");
	check(!peer_keep(q, bytes_make(large, sizeof(large) - 10)));
	check(peer_keep(q, bytes_make(large, sizeof(large) - 11)));
	check(!peer_keep(q, bytes_make(large, 0)));
	check_text(a, "localhost");
	check(!peer_keep_body(q, bytes_make(body, 1)));	/* none was announced */
	check(peer_expect_body(q, sizeof(body)));
	check(peer_keep_body(q, bytes_make(body, sizeof(body))));
	check(!peer_keep_body(q, bytes_make(body, 1)));
	(void)peer_free(p);
}

TEST(no_memory_changes_nothing)
{
	static const struct files none;
	static struct http http;
	struct config c = { .port = 443, .n_hosts = 1, .hosts = { "a" } };
	struct http_response r;
	struct peer *p = new_peer(), *other = NULL;

	http_init(&http, &c, &none);
	http_answer_error(&r, 400);
	mem_fail_at(1, 1);
	check_eq(peer_new(&other, NULL), -ENOMEM);
	check(!other);
	check_eq(peer_queue(p, bytes_of_string("x")), -ENOMEM);
	check_eq(peer_take_piece(p, bytes_of_string("x"), 0, true), PEER_NO_MEMORY);
	check(!peer_begin_request(p));
	check_eq(peer_answer(p, &http, &r), -ENOMEM);
	mem_fail_at(0, 0);
	check_eq(p->queued, 0);
	check_eq(p->phase, PEER_IDLE);
	(void)peer_free(p);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(message_comes_whole_from_its_pieces),
	cmocka_unit_test(message_of_64_kib_fits_and_no_byte_more),
	cmocka_unit_test(announced_length_alone_is_enough_to_refuse),
	cmocka_unit_test(burst_of_100_then_50_a_second),
	cmocka_unit_test(queue_is_bounded_and_keeps_its_order),
	cmocka_unit_test(answer_goes_out_in_pieces),
	cmocka_unit_test(request_keeps_what_fits),
	cmocka_unit_test(no_memory_changes_nothing),
};

RUN_TESTS(tests)
