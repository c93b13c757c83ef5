/* SPDX-License-Identifier: EUPL-1.2 */
/* sfu/negotiate.c. Invariant: each refusal differs from an accepted offer in one thing. */
#include "tests/support/check.h"

#include "base/mem.h"
#include "sfu/negotiate.h"
#include "tests/sfu/offer.h"

#define LINES 5

static const struct offer_line fine[LINES] = {
	{ .mid = "0", .role = ROLE_MICROPHONE, .direction = "sendrecv" },
	{ .mid = "1", .role = ROLE_CAMERA, .video = true, .direction = "sendonly" },
	{ .mid = "2", .role = ROLE_AUDIO, .direction = "recvonly" },
	{ .mid = "3", .role = ROLE_VIDEO, .video = true, .direction = "recvonly" },
	{ .mid = "4", .role = ROLE_SCREEN, .video = true, .direction = "sendrecv" },
};
static const uint8_t fingerprint[32] = { 0xab, 0xcd };

static uint8_t text[16 * 1024];
static struct media_command command;
static struct negotiation negotiation;
static struct random source;

static const char *negotiate(const struct offer_line *lines, size_t n, const struct room_peer_setup *standing)
{
	struct writer w = writer(text, sizeof(text));

	command = (struct media_command){ .peer = { 7 }, .sources = 3, .rank = 9 };
	offer_write(&w, fingerprint, lines, n, &command);
	check(w.ok);
	return negotiate_offer(&negotiation, &command, standing, &source);
}

TEST(what_is_accepted)
{
	const struct room_peer_setup *s = &negotiation.setup;

	random_seed(&source, 1);
	check(!negotiate(fine, LINES, NULL));
	check_eq(memcmp(negotiation.fingerprint, fingerprint, sizeof(fingerprint)), 0);
	check_eq(s->id.value, 7);
	check_eq(s->allowed, 3);
	check_eq(s->rank, 9);
	check_eq(s->opus, 111);
	check_eq(s->vp8, 96);
	check_eq(s->vp8_rtx, 97);
	check_eq(s->vp9, ROOM_NO_PAYLOAD_TYPE);
	check_eq(s->ext_mid, 4);
	check(s->sources[SOURCE_MICROPHONE].offered && s->sources[SOURCE_CAMERA].offered);
	check(s->sources[SOURCE_SCREEN].offered && !s->sources[SOURCE_SCREEN_SOUND].offered);
	check_text(s->sources[SOURCE_CAMERA].mid, "1");
	check_eq(s->n_slots, 4);
	check_eq(s->slots[0].kind, SLOT_AUDIO);
	check_text(s->slots[2].mid, "3");
	check_eq(s->slots[2].kind, SLOT_VIDEO);
	check_eq(s->slots[3].kind, SLOT_SCREEN);
}

/* RFC 3550, 8: within a session all SSRCs differ; sound has no retransmissions. */
TEST(ssrcs_are_different)
{
	const struct room_peer_setup *s = &negotiation.setup;

	check(!negotiate(fine, LINES, NULL));
	check(s->feedback_ssrc != 0);
	for (uint32_t i = 0; i < s->n_slots; i++) {
		check(s->slots[i].ssrc != 0 && s->slots[i].ssrc != s->feedback_ssrc);
		check_eq(s->slots[i].rtx_ssrc != 0, s->slots[i].kind != SLOT_AUDIO);
		check(s->slots[i].ssrc != s->slots[i].rtx_ssrc);
		for (uint32_t k = 0; k < i; k++)
			check(s->slots[i].ssrc != s->slots[k].ssrc && s->slots[i].ssrc != s->slots[k].rtx_ssrc);
	}
}

TEST(every_role_has_its_place)
{
	static const struct offer_line lines[] = {
		{ .mid = "a", .role = ROLE_SCREEN_SOUND, .direction = "sendrecv" },
		{ .mid = "b", .role = ROLE_NONE, .direction = "sendrecv" },
		{ .mid = "c", .role = ROLE_CAMERA, .video = true, .direction = "inactive" },
		{ .mid = "d", .role = ROLE_CAMERA, .video = true, .direction = "recvonly" },
	};
	const struct room_peer_setup *s = &negotiation.setup;

	check(!negotiate(lines, ARRAY_SIZE(lines), NULL));
	check(s->sources[SOURCE_SCREEN_SOUND].offered);
	check(!s->sources[SOURCE_CAMERA].offered);
	check_eq(s->n_slots, 2);
	check_eq(s->slots[0].kind, SLOT_SCREEN_SOUND);
	check_eq(s->slots[1].kind, SLOT_VIDEO);
	check_text(s->slots[1].mid, "d");
}

TEST(who_reports_on_what_arrives)
{
	static const struct offer_line lines[] = {
		{ .mid = "a", .role = ROLE_AUDIO, .direction = "recvonly" },
		{ .mid = "b", .role = ROLE_VIDEO, .video = true, .direction = "recvonly", .reports = true },
	};
	const struct room_peer_setup *s = &negotiation.setup;

	check(!negotiate(lines, 1, NULL));
	check(!s->twcc_out && !s->slots[0].twcc);
	check(!negotiate(lines, 2, NULL));
	/* Firefox says so of video only: what is not counted must not seem lost. */
	check(s->twcc_out && !s->slots[0].twcc && s->slots[1].twcc);
	check_eq(s->ext_twcc, 3);
}

/* What a browser sends again has a new transport-wide number: on a line where it writes them nothing is asked for. */
TEST(whose_lost_sound_is_sent_again)
{
	static const struct offer_line lines[] = {
		{ .mid = "a", .role = ROLE_MICROPHONE, .direction = "sendonly", .repeats = true },
		{ .mid = "b", .role = ROLE_AUDIO, .direction = "recvonly", .repeats = true, .reports = true },
		{ .mid = "c", .role = ROLE_SCREEN_SOUND, .direction = "sendrecv", .repeats = true, .reports = true },
		{ .mid = "d", .role = ROLE_AUDIO, .direction = "recvonly" },
		{ .mid = "e", .role = ROLE_VIDEO, .video = true, .direction = "recvonly" },
	};
	const struct room_peer_setup *s = &negotiation.setup;
	struct room_peer_setup standing;
	struct offer_line other[2];

	check(!negotiate(lines, ARRAY_SIZE(lines), NULL));
	check(s->sources[SOURCE_MICROPHONE].repeats && !s->sources[SOURCE_SCREEN_SOUND].repeats);
	check(s->slots[0].repeats && s->slots[0].twcc && !s->slots[1].repeats);
	check(!s->slots[2].repeats && !s->slots[3].repeats);

	/* Nor is it agreed later. */
	for (size_t i = 0; i < 2; i++) {
		check(!negotiate(lines, 2, NULL));
		standing = negotiation.setup;
		check(!negotiate(lines, 2, &standing));
		memcpy(other, lines, sizeof(other));
		other[i].repeats = false;
		check_text(negotiate(other, 2, &standing), "lines-changed");
	}
}

TEST(what_is_refused)
{
	static const struct { const char *why; size_t line; struct offer_line instead; } cases[] = {
		{ "role-cannot-send", 2, { .mid = "2", .role = ROLE_AUDIO, .direction = "sendrecv" } },
		{ "role-twice", 2, { .mid = "2", .role = ROLE_MICROPHONE, .direction = "sendonly" } },
		{ "role-of-other-kind", 2, { .mid = "2", .role = ROLE_VIDEO, .direction = "recvonly" } },
		{ "role-of-other-kind", 3, { .mid = "3", .role = ROLE_AUDIO, .video = true, .direction = "recvonly" } },
		{ "no-codec", 2, { .mid = "2", .role = ROLE_AUDIO, .direction = "recvonly", .codec = "PCMU/8000" } },
		{ "codecs-differ", 2,
		  { .mid = "2", .role = ROLE_AUDIO, .direction = "recvonly", .payload_type = 112 } },
		{ "extensions-differ", 2, { .mid = "2", .role = ROLE_AUDIO, .direction = "recvonly", .extension = 5 } },
		{ "duplicate-mid", 2, { .mid = "1", .role = ROLE_AUDIO, .direction = "recvonly" } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct offer_line lines[LINES];
		const char *why;

		memcpy(lines, fine, sizeof(lines));
		check(!negotiate(lines, LINES, NULL));
		lines[cases[i].line] = cases[i].instead;
		why = negotiate(lines, LINES, NULL);
		check(why);
		check_text(why, cases[i].why);
	}
}

TEST(an_ice_restart_keeps_the_lines)
{
	struct room_peer_setup standing;
	struct offer_line lines[LINES];

	check(!negotiate(fine, LINES, NULL));
	standing = negotiation.setup;
	check(!negotiate(fine, LINES, &standing));
	check_eq(memcmp(&negotiation.setup, &standing, sizeof(standing)), 0);

	check_text(negotiate(fine, LINES - 1, &standing), "lines-changed");
	memcpy(lines, fine, sizeof(lines));
	lines[2].mid = "9";
	check_text(negotiate(lines, LINES, &standing), "lines-changed");
	lines[2] = fine[2];
	lines[2].role = ROLE_SCREEN_SOUND;
	check_text(negotiate(lines, LINES, &standing), "lines-changed");
}

static bool holds(struct bytes haystack, const char *needle)
{
	return memmem(haystack.data, haystack.size, needle, strlen(needle)) != NULL;
}

TEST(the_answer)
{
	struct address addresses[2] = { 0 };
	struct negotiation_answer a = {
		.ufrag = "ourufrag", .pwd = "0123456789abcdef01234567", .fingerprint = fingerprint, .session_id = 5,
		.version = 2, .addresses = addresses, .n_addresses = 2, .port = 3478,
	};
	uint8_t out[16 * 1024], small[256];
	struct writer w = writer(out, sizeof(out)), too_small = writer(small, sizeof(small));

	check(address_parse_ip(&addresses[0], "192.0.2.7"));
	check(address_parse_ip(&addresses[1], "192.0.2.8"));
	addresses[1].port = 9;
	check(!negotiate(fine, LINES, NULL));
	check(negotiate_answer(&w, &negotiation, &a));
	check(holds(written(&w), "o=- 5 2 IN IP4 "));
	check(holds(written(&w), "a=ice-ufrag:ourufrag\r\n"));
	check(holds(written(&w), "192.0.2.7 3478 typ host"));
	check(holds(written(&w), "192.0.2.8 9 typ host"));
	check(holds(written(&w), "a=sendrecv\r\n"));
	check(!negotiate_answer(&too_small, &negotiation, &a));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(what_is_accepted),
	cmocka_unit_test(ssrcs_are_different),
	cmocka_unit_test(every_role_has_its_place),
	cmocka_unit_test(who_reports_on_what_arrives),
	cmocka_unit_test(whose_lost_sound_is_sent_again),
	cmocka_unit_test(what_is_refused),
	cmocka_unit_test(an_ice_restart_keeps_the_lines),
	cmocka_unit_test(the_answer),
};

RUN_TESTS(tests)
