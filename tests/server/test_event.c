/* SPDX-License-Identifier: EUPL-1.2 */
/* server/proof/event.c: the canonical bytes of an entry, which may never change again. In tests only. */
#include <errno.h>

#include "server/hall/fold.h"
#include "server/proof/event.h"
#include "tests/support/check.h"

static const char meeting[] = "abcdefghij";
static char text[] = "morgen \"pas\"";

static struct event example(void)
{
	return (struct event){ .seq = 7, .wall = SECONDS(1773340200), .kind = EVENT_TURNED_AWAY, .by = 1, .who = 4,
		.reason = REASON_WRITTEN, .text = text };
}

TEST(the_body_is_canonical)
{
	char body[EVENT_BODY_SIZE];
	struct writer w = writer(body, sizeof(body));
	struct event e = example();

	event_write_body(&e, &w);
	write_u8(&w, 0);
	check_text(body, "{\"who\":4,\"reason\":{\"code\":\"written\",\"text\":\"morgen \\\"pas\\\"\"}}");
}

/* Computed with another program from the description in event.h:
 * printf '\0conclave event 1' + sized("abcdefghij") + sized("turned-away") + sized(body) + 7 + 1 + milliseconds */
TEST(the_hash_is_the_one_that_was_written_down)
{
	static const uint8_t expected[DIGEST_SIZE] = {
		0xf2, 0xc6, 0xb9, 0xb3, 0x66, 0x31, 0x72, 0x0d, 0x30, 0x26, 0xb5, 0xcc, 0x13, 0xd2, 0x68, 0x6a,
		0x73, 0xbe, 0xc6, 0x3b, 0x7b, 0x03, 0xc9, 0xa5, 0xa0, 0x17, 0xc9, 0x78, 0x4a, 0xfa, 0x80, 0xf3 };
	char body[EVENT_BODY_SIZE];
	struct writer w = writer(body, sizeof(body));
	struct event e = example();
	struct digest d;

	event_write_body(&e, &w);
	check_eq(event_leaf_hash(&e, meeting, written(&w), &d), 0);
	assert_memory_equal(d.bytes, expected, DIGEST_SIZE);
}

TEST(every_field_is_under_the_hash)
{
	struct digest first, d;
	struct event e = example();
	struct bytes body = bytes_of_string("{}");

	check_eq(event_leaf_hash(&e, meeting, body, &first), 0);
#define DIFFERS(change) do { \
		e = example(); \
		change; \
		check_eq(event_leaf_hash(&e, meeting, body, &d), 0); \
		check(!digest_equal(&first, &d)); \
	} while (0)
	DIFFERS(e.seq++);
	DIFFERS(e.by++);
	DIFFERS(e.wall += MSEC(1));
	DIFFERS(e.kind = EVENT_LEFT);
	e = example();
	check_eq(event_leaf_hash(&e, "abcdefghik", body, &d), 0);
	check(!digest_equal(&first, &d));
	check_eq(event_leaf_hash(&e, meeting, bytes_of_string("{ }"), &d), 0);
	check(!digest_equal(&first, &d));
	check_eq(event_leaf_hash(&e, meeting, bytes_make(NULL, 0), &d), 0);
}

TEST(a_body_comes_back_as_it_went)
{
	for (int note = 0; note < NOTE_N; note++) {
		for (int reason = 0; reason < REASON_N; reason++) {
			char body[EVENT_BODY_SIZE];
			struct writer w = writer(body, sizeof(body));
			struct event e = { .who = (uint32_t)note, .number = (uint32_t)reason,
				.note = (enum event_note)note, .reason = (enum reason_code)reason,
				.text = reason == REASON_WRITTEN ? text : NULL,
				.detailed = note > 0 };
			struct event back = { 0 };

			memset(e.detail.bytes, note * 50, DIGEST_SIZE);
			event_write_body(&e, &w);
			check_eq(event_read_body(&back, written(&w)), 0);
			check(back.who == e.who && back.number == e.number && back.note == e.note &&
				back.reason == e.reason && back.detailed == e.detailed && !e.text == !back.text);
			check(!e.detailed || digest_equal(&e.detail, &back.detail));
			event_done(&back);
		}
	}
}

TEST(a_body_that_we_did_not_write_is_refused)
{
	static const char *const bad[] = { "", "[]", "{\"who\":0}", "{\"who\":129}", "{\"x\":1}", "{\"note\":\"x\"}",
		"{\"reason\":{}}", "{\"detail\":\"00\"}", "{\"number\":2147483648}",
		"{\"detail\":\"zz00000000000000000000000000000000000000000000000000000000000000\"}" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct event e = { 0 };

		check_eq(event_read_body(&e, bytes_of_string(bad[i])), -EBADMSG);
		event_done(&e);
	}
}

/* No event, however wrong, leaves the fold's arrays; each is applied to each state that the others make. */
TEST(a_fold_takes_any_event)
{
	static const uint32_t numbers[] = { 0, 1, 5, LIMIT_PEOPLE_PER_MEETING, LIMIT_PEOPLE_PER_MEETING + 1, INT32_MAX,
		UINT32_MAX };
	struct fold *f = NULL;
	uint32_t seq = 0;

	check_eq(fold_new(&f), 0);
	for (int round = 0; round < 3; round++)
		for (int kind = 0; kind <= EVENT_N; kind++)
			for (size_t i = 0; i < ARRAY_SIZE(numbers) * ARRAY_SIZE(numbers); i++) {
				seq++;
				fold_apply(f, &(struct event){ .seq = seq, .kind = (enum event_kind)kind,
					.by = numbers[i % ARRAY_SIZE(numbers)], .who = numbers[i / ARRAY_SIZE(numbers)],
					.number = numbers[i % ARRAY_SIZE(numbers)] }, seq);
			}
	check_eq(f->seq, seq);
	check(fold_entry(f, seq) && fold_entry(f, seq - FOLD_ENTRIES + 1) && !fold_entry(f, seq - FOLD_ENTRIES));
	check(!fold_entry(f, 0) && !fold_entry(f, seq + 1));
	fold_free(f);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(the_body_is_canonical),
	cmocka_unit_test(the_hash_is_the_one_that_was_written_down),
	cmocka_unit_test(every_field_is_under_the_hash),
	cmocka_unit_test(a_body_comes_back_as_it_went),
	cmocka_unit_test(a_body_that_we_did_not_write_is_refused),
	cmocka_unit_test(a_fold_takes_any_event),
};

RUN_TESTS(tests)
