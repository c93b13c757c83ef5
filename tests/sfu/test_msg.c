/* SPDX-License-Identifier: EUPL-1.2 */
/* sfu/msg.c: every command and event survives the way through bytes; nothing else is taken. */
#include "tests/support/check.h"

#include "sfu/msg.h"

static uint8_t buffer[LIMIT_CHANNEL_MESSAGE];

static struct media_command full_command(enum media_command_kind kind)
{
	struct media_command c = { .kind = kind, .peer = { 0xfedcba98 } };

	if (kind == MEDIA_CONFIGURE) {
		c.number = MEDIA_WORKERS_MOST - 1;
		c.tcp_port = 8443;
		c.n_addresses = 2;
		check(address_parse_ip(&c.addresses[0], "192.0.2.7"));
		check(address_parse_ip(&c.addresses[1], "2001:db8::7"));
		c.addresses[1].port = 8444;
	}
	if (kind == MEDIA_TAKE_TCP) {
		check(address_parse_ip(&c.from, "2001:db8::9"));
		c.from.port = 40000;
	}
	if (kind == MEDIA_ADD_PEER || kind == MEDIA_RESTART_ICE) {
		c.sdp = bytes_of_string("v=0\r\n");
		c.n_lines = LIMIT_SLOTS;
		for (uint32_t i = 0; i < LIMIT_SLOTS; i++) {
			(void)snprintf(c.lines[i].mid, sizeof(c.lines[i].mid), "%u", i);
			c.lines[i].role = ROLE_VIDEO;
		}
	}
	if (kind == MEDIA_ADD_PEER) {
		c.meeting.value = 7;
		c.seat = 9;
		c.echo = true;
	}
	if (kind == MEDIA_ADD_PEER || kind == MEDIA_SET_SOURCES)
		c.sources = SOURCE_BIT(SOURCE_CAMERA);
	if (kind == MEDIA_ADD_PEER || kind == MEDIA_SET_RANK)
		c.rank = 3;
	if (kind == MEDIA_SET_LAYOUT) {
		c.n_wishes = LIMIT_SLOTS;
		for (uint32_t i = 0; i < LIMIT_SLOTS; i++)
			c.wishes[i] = (struct media_wish){ .mid = "77", .width = (uint16_t)(i * 1000), .height = 540 };
	}
	return c;
}

static struct bytes command_bytes(const struct media_command *c)
{
	struct writer w = writer(buffer, sizeof(buffer));

	check(media_command_write(&w, c));
	return written(&w);
}

static void same_command(const struct media_command *a, const struct media_command *b)
{
	check_eq(a->kind, b->kind);
	check_eq(a->peer.value, b->peer.value);
	check_eq(a->meeting.value, b->meeting.value);
	check_eq(a->seat, b->seat);
	check_eq(a->sources, b->sources);
	check_eq(a->rank, b->rank);
	check_eq(a->echo, b->echo);
	check(bytes_equal(a->sdp, b->sdp));
	check_eq(a->n_lines, b->n_lines);
	check_eq(a->n_addresses, b->n_addresses);
	check_eq(a->number, b->number);
	check_eq(a->tcp_port, b->tcp_port);
	check(address_equal(&a->from, &b->from));
	assert_memory_equal(a->lines, b->lines, sizeof(a->lines));
	assert_memory_equal(a->addresses, b->addresses, sizeof(a->addresses));
	check_eq(a->n_wishes, b->n_wishes);
	assert_memory_equal(a->wishes, b->wishes, sizeof(a->wishes));
}

TEST(every_command_returns)
{
	for (int kind = MEDIA_CONFIGURE; kind <= MEDIA_COMMAND_LAST; kind++) {
		struct media_command c = full_command((enum media_command_kind)kind), back;

		check(media_command_read(command_bytes(&c), &back));
		same_command(&c, &back);
	}
}

TEST(every_truncation_and_every_tail_of_a_command_is_refused)
{
	for (int kind = MEDIA_CONFIGURE; kind <= MEDIA_COMMAND_LAST; kind++) {
		struct media_command c = full_command((enum media_command_kind)kind), back;
		struct bytes b = command_bytes(&c);

		for (size_t n = 0; n < b.size; n++)
			check(!media_command_read(bytes_make(b.data, n), &back));
		buffer[b.size] = 0;
		check(!media_command_read(bytes_make(b.data, b.size + 1), &back));
	}
}

TEST(commands_over_their_caps_are_refused_on_both_sides)
{
	struct media_command c = full_command(MEDIA_ADD_PEER), back;
	struct writer w = writer(buffer, sizeof(buffer));
	static uint8_t large[LIMIT_MESSAGE + 1];
	struct bytes b;

	c.sdp = bytes_make(large, sizeof(large));
	check(!media_command_write(&w, &c));

	c = full_command(MEDIA_ADD_PEER);
	c.n_lines = 1;
	b = command_bytes(&c);
	/* kind, peer, meeting, seat, sources, rank, echo, lines, mid */
	buffer[1 + 4 + 4 + 4 + 4 + 4 + 1 + 1 + 1 + 1] = ROLE_N;
	check(!media_command_read(b, &back));
	b = command_bytes(&c);
	buffer[1 + 4 + 4 + 4 + 4 + 4 + 1] = LIMIT_SLOTS + 1;
	check(!media_command_read(b, &back));
	b = command_bytes(&c);
	check(media_command_read(b, &back));
	buffer[1 + 4 + 4 + 4 + 4 + 4] = 2;
	check(!media_command_read(b, &back));
	c = full_command(MEDIA_SET_LAYOUT);
	b = command_bytes(&c);
	buffer[1 + 4] = LIMIT_SLOTS + 1;
	check(!media_command_read(b, &back));
	c.n_wishes = LIMIT_SLOTS + 1;
	w = writer(buffer, sizeof(buffer));
	check(!media_command_write(&w, &c));
	buffer[0] = MEDIA_COMMAND_LAST + 1;
	check(!media_command_read(bytes_make(buffer, 5), &back));
	buffer[0] = 0;
	check(!media_command_read(bytes_make(buffer, 5), &back));
}

static struct media_event full_event(enum media_event_kind kind)
{
	struct media_event e = { .kind = kind, .peer = { 5 } };

	switch (kind) {
	case MEDIA_READY:
		e.version = MSG_VERSION;
		e.port = 8443;
		memcpy(e.word, "openssl-evp", sizeof("openssl-evp"));
		break;
	case MEDIA_PRESENT:
		e.meeting.value = 1;
		e.seat = 2;
		e.sources = 3;
		e.on = true;
		break;
	case MEDIA_PRESENT_END:
		break;
	case MEDIA_ANSWER:
		e.sdp = bytes_of_string("v=0");
		break;
	case MEDIA_REFUSED:
	case MEDIA_CONNECTED:
	case MEDIA_GONE:
		memset(e.word, 'x', sizeof(e.word) - 1);
		break;
	case MEDIA_SLOT:
		e.from.value = 6;
		e.source = SOURCE_SCREEN;
		memset(e.mid, '9', MSG_MID_SIZE);
		break;
	case MEDIA_HEARD:
	case MEDIA_SILENT:
		e.on = true;
		break;
	case MEDIA_WATCHED:
		e.source = SOURCE_CAMERA;
		e.layers = 5;
		break;
	case MEDIA_NUMBERS:
		e.born = UINT64_MAX;
		for (int i = 0; i < COUNT_N; i++)
			e.counts[i] = (uint64_t)i << 40 | 1;
		break;
	case MEDIA_ENDING:
		break;
	}
	return e;
}

TEST(every_event_returns_and_no_part_of_one)
{
	for (int kind = MEDIA_READY; kind <= MEDIA_EVENT_LAST; kind++) {
		struct media_event e = full_event((enum media_event_kind)kind), back;
		struct writer w = writer(buffer, sizeof(buffer));
		struct bytes b;

		check(media_event_write(&w, &e));
		b = written(&w);
		for (size_t n = 0; n < b.size; n++)
			check(!media_event_read(bytes_make(b.data, n), &back));
		check(media_event_read(b, &back));
		check_eq(back.kind, e.kind);
		check_eq(back.peer.value, e.peer.value);
		check_eq(back.meeting.value, e.meeting.value);
		check_eq(back.seat, e.seat);
		check_eq(back.sources, e.sources);
		check_eq(back.from.value, e.from.value);
		check_eq(back.source, e.source);
		check_eq(back.on, e.on);
		check_eq(back.port, e.port);
		check_text(back.word, e.word);
		check_text(back.mid, e.mid);
		check(bytes_equal(back.sdp, e.sdp));
		check_eq(back.layers, e.layers);
		check_eq(back.born, e.born);
		assert_memory_equal(back.counts, e.counts, sizeof(e.counts));
	}
}

TEST(an_event_with_a_flag_of_two_an_unknown_source_or_layer_is_refused)
{
	struct media_event e = full_event(MEDIA_HEARD), back;
	struct writer w = writer(buffer, sizeof(buffer));

	check(media_event_write(&w, &e));
	buffer[5] = 2;
	check(!media_event_read(written(&w), &back));
	e = full_event(MEDIA_SLOT);
	w = writer(buffer, sizeof(buffer));
	check(media_event_write(&w, &e));
	buffer[9] = SOURCE_N;
	check(!media_event_read(written(&w), &back));
	e = full_event(MEDIA_WATCHED);
	w = writer(buffer, sizeof(buffer));
	check(media_event_write(&w, &e));
	buffer[6] = 1u << MSG_LAYERS;
	check(!media_event_read(written(&w), &back));
	buffer[6] = 0;
	check(media_event_read(written(&w), &back));
	buffer[5] = SOURCE_N;
	check(!media_event_read(written(&w), &back));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(every_command_returns),
	cmocka_unit_test(every_truncation_and_every_tail_of_a_command_is_refused),
	cmocka_unit_test(commands_over_their_caps_are_refused_on_both_sides),
	cmocka_unit_test(every_event_returns_and_no_part_of_one),
	cmocka_unit_test(an_event_with_a_flag_of_two_an_unknown_source_or_layer_is_refused),
};
RUN_TESTS(tests)
