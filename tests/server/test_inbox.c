/* SPDX-License-Identifier: EUPL-1.2 */
/* From what the library's callbacks noted to what the shell hears. */
#include "server/shell/inbox.h"

#include "base/mem.h"
#include "tests/support/check.h"

static struct inbox inbox;
static struct peer *peer;
static const usec_t now = SECONDS(100);

static int setup(void **state __attribute__((unused)))
{
	inbox_init(&inbox);
	check_eq(peer_new(&peer, NULL), 0);
	peer->phase = PEER_SOCKET;
	return 0;
}

static int teardown(void **state __attribute__((unused)))
{
	inbox_note_gone(&inbox, peer);
	inbox_done(&inbox);
	return 0;
}

static void note(enum note_kind kind)
{
	check(inbox_note(&inbox, kind, peer, (struct bytes){ 0 }));
}

static void note_text(const char *text)
{
	check(inbox_note(&inbox, NOTE_TEXT, peer, bytes_make(mem_copy_string(text), strlen(text))));
}

/* -1 when there is nothing. */
static int next(struct ws_event *e)
{
	return inbox_poll(&inbox, now, e) ? (int)e->kind : -1;
}

TEST(notes_are_told_in_their_order)
{
	struct ws_event e;

	note(NOTE_OPEN);
	note_text("one");
	note_text("two");
	note(NOTE_PONG);
	check_eq(next(&e), WS_OPEN);
	check_eq(next(&e), WS_TEXT);
	check_bytes(e.text, "one", 3);
	check_eq(next(&e), WS_TEXT);
	check_bytes(e.text, "two", 3);
	check_eq(next(&e), WS_ALIVE);
	check_eq(next(&e), -1);
	check_eq(peer->heard, now);
	check(peer->spoke);
}

TEST(end_is_told_last_and_once)
{
	struct ws_event e;

	note_text("leave");
	inbox_note_gone(&inbox, peer);
	check_eq(next(&e), WS_TEXT);
	check_eq(next(&e), WS_GONE);
	check(e.peer == peer);
	check_eq(next(&e), -1);
	inbox_sweep(&inbox);
	check_eq(peer_new(&peer, NULL), 0);	/* for teardown: the other one is freed */
}

TEST(who_is_gone_already_has_asked_nothing)
{
	struct ws_event e;

	peer->phase = PEER_GONE;
	note(NOTE_REQUEST);
	note(NOTE_OPEN);
	check_eq(next(&e), -1);
}

TEST(flood_is_told_once_and_then_not_heard)
{
	struct ws_event e;
	int texts = 0, misused = 0;

	for (int i = 0; i < 1000; i++)
		note_text("x");
	for (int kind = next(&e); kind >= 0; kind = next(&e)) {
		texts += kind == WS_TEXT;
		if (kind == WS_MISUSED) {
			misused++;
			check_eq(e.misuse, HALL_TOO_FAST);
		}
	}
	check_eq(texts, LIMIT_MESSAGES_BURST);
	check_eq(misused, 1);
	check(peer->deaf);
}

TEST(what_comes_after_our_close_is_not_heard)
{
	struct ws_event e;

	peer->phase = PEER_ENDING;
	note_text("too late");
	check_eq(next(&e), -1);
}

TEST(misuse_is_named)
{
	struct ws_event e;

	note(NOTE_TOO_LARGE);
	note(NOTE_BINARY);
	check_eq(next(&e), WS_MISUSED);
	check_eq(e.misuse, HALL_TOO_LARGE);
	check_eq(next(&e), WS_MISUSED);
	check_eq(e.misuse, HALL_BINARY);
}

TEST(no_memory_is_said)
{
	char *text = mem_copy_string("kept by nobody");

	mem_fail_at(1, 0);
	check(!inbox_note(&inbox, NOTE_TEXT, peer, bytes_make(text, 14)));	/* and frees it: a leak would show */
	mem_fail_at(0, 0);
	note_text("in the inbox when all ends");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(notes_are_told_in_their_order, setup, teardown),
	cmocka_unit_test_setup_teardown(end_is_told_last_and_once, setup, teardown),
	cmocka_unit_test_setup_teardown(who_is_gone_already_has_asked_nothing, setup, teardown),
	cmocka_unit_test_setup_teardown(flood_is_told_once_and_then_not_heard, setup, teardown),
	cmocka_unit_test_setup_teardown(what_comes_after_our_close_is_not_heard, setup, teardown),
	cmocka_unit_test_setup_teardown(misuse_is_named, setup, teardown),
	cmocka_unit_test_setup_teardown(no_memory_is_said, setup, teardown),
};

RUN_TESTS(tests)
