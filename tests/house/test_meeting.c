/* SPDX-License-Identifier: EUPL-1.2 */
/* Five people meet through all that decides and forwards: links, lobby, offers, DTLS-SRTP, sound and pictures, on a
 * good network and a bad one. In tests only.
 * Invariant: under each plate is the person whom it names (sim_browser.h checks every packet). */
#include "tests/support/sim_house.h"

static struct sim_slot *sees(struct house_person *p, const struct house_person *who, enum source_kind kind)
{
	struct sim_slot *slot = sim_browser_sees(p->browser, who->id, kind);

	check(slot);
	return slot;
}

/* Each of them at each other, without a hitch for the last `span`. */
static void check_all_well(struct house_person *const *people, unsigned n, usec_t span)
{
	for (unsigned i = 0; i < n; i++)
		for (unsigned k = 0; k < n; k++) {
			const struct sim_slot *sound, *picture;

			if (i == k)
				continue;
			sound = sees(people[i], people[k], SOURCE_MICROPHONE);
			picture = sees(people[i], people[k], SOURCE_CAMERA);
			check_ge(sound->packets, span / MSEC(20) - 2);
			check_le(sound->longest_gap, MSEC(21));
			check_ge(picture->decoded, span / MSEC(40) - 2);
			check_le(picture->longest_freeze, MSEC(80));
		}
}

static void everyone(struct house *h, struct house_person *people[HOUSE_PEOPLE])
{
	for (unsigned i = 0; i < HOUSE_PEOPLE; i++)
		people[i] = &h->people[i];
}

TEST(five_people_see_and_hear_each_other)
{
	struct house *h = house_new(1);
	struct house_person *all[HOUSE_PEOPLE];

	everyone(h, all);
	house_open(h);
	house_forget_past(h);
	house_run(h, SECONDS(5));
	check_all_well(all, HOUSE_PEOPLE, SECONDS(5));
	for (unsigned i = 0; i < HOUSE_PEOPLE; i++) {
		check_text(dtls_client_profile(all[i]->browser->dtls), "AEAD_AES_128_GCM");
		check_eq(all[i]->browser->refused, 0);
	}
	check_eq(h->strays, 0);
	house_free(h);
}

/* That the check above would see it. */
TEST(a_plate_that_lies_is_caught)
{
	struct house *h = house_new(7);
	struct sim_browser *b;
	struct sim_plate *jan, *marleen;
	uint32_t person;

	house_open(h);
	b = h->people[CLERK].browser;
	jan = &b->plates[sees(&h->people[CLERK], &h->people[JAN], SOURCE_CAMERA) - b->receiver.slots];
	marleen = &b->plates[sees(&h->people[CLERK], &h->people[MARLEEN], SOURCE_CAMERA) - b->receiver.slots];
	person = jan->person;
	jan->person = marleen->person;
	marleen->person = person;
	b->trusting = true;
	house_run(h, SECONDS(1));
	check_ge(b->lies, 50);
	house_free(h);
}

TEST(five_people_on_bad_lines)
{
	struct house *h = house_new(2);
	usec_t freeze = 0, gap = 0;
	uint64_t decoded = UINT64_MAX;

	h->line.loss = 50;
	h->line.jitter = MSEC(30);
	h->line.duplicate = 20;
	house_open(h);
	house_run(h, SECONDS(3));
	house_forget_past(h);
	house_run(h, SECONDS(20));
	for (unsigned i = 0; i < HOUSE_PEOPLE; i++)
		for (unsigned k = 0; k < HOUSE_PEOPLE; k++) {
			const struct sim_slot *sound, *picture;

			if (i == k)
				continue;
			sound = sees(&h->people[i], &h->people[k], SOURCE_MICROPHONE);
			picture = sees(&h->people[i], &h->people[k], SOURCE_CAMERA);
			check_ge(sound->packets, 860);	/* nine tenths get through twice 5 % */
			check(picture->recovered > 0);
			gap = MAX(gap, sound->longest_gap);
			freeze = MAX(freeze, picture->longest_freeze);
			decoded = MIN(decoded, picture->decoded);
		}
	print_message("# longest gap %llu ms, longest freeze %llu ms, fewest frames %llu\n", (unsigned long long)gap / 1000,
		(unsigned long long)freeze / 1000, (unsigned long long)decoded);
	check_le(gap, MSEC(200));
	check_le(freeze, MSEC(1500));
	check_ge(decoded, 450);
	house_free(h);
}

TEST(a_reload_gives_a_new_connection_and_disturbs_nobody)
{
	struct house *h = house_new(3);
	struct house_person *all[HOUSE_PEOPLE], *jan = &h->people[JAN];
	struct house_person *others[] = {
		&h->people[CLERK], &h->people[CHAIR], &h->people[MARLEEN], &h->people[FATIMA],
	};
	char media[16];

	everyone(h, all);
	house_open(h);
	snprintf(media, sizeof(media), "%s", jan->browser->media);
	house_forget_past(h);
	house_hang_up(jan);
	house_break(jan);
	house_run(h, MSEC(700));
	house_return(jan);
	check(jan->inside);
	check_text(jan->state_media, media);	/* it lives until he offers anew */
	house_offer(jan);
	house_set_sources(jan, HOUSE_SOURCES);
	house_run(h, SECONDS(2));
	check(strcmp(jan->browser->media, media) != 0);
	check_all_well(others, 4, MSEC(2700));
	house_forget_past(h);
	house_run(h, SECONDS(2));
	check_all_well(all, HOUSE_PEOPLE, SECONDS(2));
	house_free(h);
}

TEST(who_leaves_comes_back_through_the_lobby)
{
	struct house *h = house_new(4);
	struct house_person *all[HOUSE_PEOPLE], *marleen = &h->people[MARLEEN];
	struct house_person *others[] = { &h->people[CLERK], &h->people[CHAIR], &h->people[JAN], &h->people[FATIMA] };
	uint64_t states, came;

	everyone(h, all);
	house_open(h);
	house_forget_past(h);
	house_say(marleen, "{\"type\":\"leave\"}");
	check_text(marleen->over, "left");
	house_run(h, MSEC(100));	/* what was under way */
	came = marleen->browser->datagrams;
	house_run(h, SECONDS(1));
	check_eq(marleen->browser->datagrams, came);
	for (unsigned i = 0; i < 4; i++)
		for (unsigned kind = 0; kind < SOURCE_N; kind++)
			check(!sim_browser_sees(others[i]->browser, marleen->id, (enum source_kind)kind));
	house_hang_up(marleen);
	states = marleen->states;
	house_return(marleen);
	house_say(marleen, "{\"type\":\"join\"}");
	house_run(h, SECONDS(1));
	check_eq(marleen->states, states);
	house_offer(marleen);
	check_text(marleen->last_error, "wrong-phase");
	house_admit(&h->people[CHAIR], marleen);
	check(marleen->inside);
	house_offer(marleen);
	house_set_sources(marleen, HOUSE_SOURCES);
	house_run(h, SECONDS(2));
	check_all_well(others, 4, MSEC(4100));
	house_forget_past(h);
	house_run(h, SECONDS(2));
	check_all_well(all, HOUSE_PEOPLE, SECONDS(2));
	house_free(h);
}

TEST(who_waits_gets_nothing)
{
	struct house *h = house_new(5);
	struct house_person *fatima = &h->people[FATIMA];
	uint8_t forged[LINK_FINGERPRINT_SIZE] = { 0 };

	for (unsigned i = CLERK; i <= CHAIR; i++) {
		house_arrive(&h->people[i]);
		house_offer(&h->people[i]);
		house_set_sources(&h->people[i], HOUSE_SOURCES);
	}
	house_arrive(fatima);
	house_offer(fatima);
	check_text(fatima->last_error, "wrong-phase");
	house_set_sources(fatima, HOUSE_SOURCES);
	check_text(fatima->last_error, "wrong-phase");
	/* Without an answer there is nothing to go by but guesses. */
	dtls_client_start(fatima->browser->dtls, h->now, "aaaaaaaa", "aaaaaaaaaaaaaaaaaaaaaaaa", forged);
	house_run(h, SECONDS(10));
	check_eq(fatima->answers + fatima->states, 0);
	check_eq(fatima->browser->datagrams, 0);
	check_eq(fatima->messages, 4);		/* welcome, lobby, and the two refusals */
	check(!sim_browser_sees(h->people[CLERK].browser, fatima->id, SOURCE_MICROPHONE));
	/* Let in, the same browser is answered: what was checked above can be seen to fail. */
	house_admit(&h->people[CLERK], fatima);
	house_offer(fatima);
	house_set_sources(fatima, HOUSE_SOURCES);
	house_run(h, SECONDS(2));
	check(fatima->answers == 1 && fatima->browser->datagrams > 100);
	check(sees(&h->people[CLERK], fatima, SOURCE_MICROPHONE)->packets > 50);
	house_free(h);
}

/* Nothing to and nothing from, once what was under way has passed; and back at nobody's word. */
TEST(who_is_out_for_an_item_neither_sees_nor_is_seen)
{
	struct house *h = house_new(8);
	struct house_person *all[HOUSE_PEOPLE], *marleen = &h->people[MARLEEN];
	struct house_person *others[] = { &h->people[CLERK], &h->people[CHAIR], &h->people[JAN], &h->people[FATIMA] };
	uint64_t came, states;

	everyone(h, all);
	house_open(h);
	house_say(marleen, "{\"type\":\"recuse\",\"item\":2}");
	house_forget_past(h);
	states = marleen->states;
	house_say(&h->people[CLERK], "{\"type\":\"item-open\",\"item\":2}");
	house_run(h, MSEC(100));
	came = marleen->browser->datagrams;
	house_run(h, SECONDS(3));	/* her browser goes on sending, into the void */
	check_eq(marleen->browser->datagrams, came);
	for (unsigned i = 0; i < 4; i++)
		for (unsigned kind = 0; kind < SOURCE_N; kind++)
			check(!sim_browser_sees(others[i]->browser, marleen->id, (enum source_kind)kind));
	house_offer(marleen);
	check_text(marleen->last_error, "wrong-phase");
	check_eq(marleen->states, states);
	check_all_well(others, 4, MSEC(3100));
	house_say(&h->people[CHAIR], "{\"type\":\"item-close\",\"item\":2}");
	check_eq(marleen->states, states + 1);
	house_offer(marleen);
	house_set_sources(marleen, HOUSE_SOURCES);
	house_run(h, SECONDS(2));
	house_forget_past(h);
	house_run(h, SECONDS(2));
	check_all_well(all, HOUSE_PEOPLE, SECONDS(2));
	house_free(h);
}

TEST(two_offices_end_it_for_all)
{
	struct house *h = house_new(6);
	uint64_t came[HOUSE_PEOPLE];

	house_open(h);
	house_say(&h->people[JAN], "{\"type\":\"end\",\"reason\":{\"code\":\"agreed\"}}");
	check_text(h->people[JAN].last_error, "not-allowed");
	house_say(&h->people[CLERK], "{\"type\":\"end\",\"reason\":{\"code\":\"agreed\"}}");
	check(h->people[CHAIR].request > 0);
	house_run(h, SECONDS(1));
	check(h->people[CHAIR].inside);
	house_say(&h->people[CHAIR], "{\"type\":\"confirm\",\"request\":%ld}", h->people[CHAIR].request);
	house_run(h, MSEC(100));
	for (unsigned i = 0; i < HOUSE_PEOPLE; i++) {
		check_text(h->people[i].over, "ended");
		check_eq(h->people[i].actor->closed, 1000);
		came[i] = h->people[i].browser->datagrams;
	}
	house_run(h, SECONDS(5));	/* their browsers go on sending, into the void */
	for (unsigned i = 0; i < HOUSE_PEOPLE; i++)
		check_eq(h->people[i].browser->datagrams, came[i]);
	check_eq(pool_free_count(h->pool), HOUSE_POOL);
	house_free(h);
}

/* ATTACKS C20: an offer names whom it likes; the worker answers whoever knows the secret, and sends nobody else
 * anything. Trickled candidates have no message. */
TEST(C20_nothing_is_sent_to_a_candidate)
{
#define CANDIDATE(rest) "a=candidate:1 1 udp 2130706431 " rest " typ host\\r\\n"
	struct house *h = house_new(10);

	h->people[JAN].candidates = CANDIDATE("127.0.0.1 22") CANDIDATE("169.254.169.254 80") CANDIDATE("10.0.0.1 53")
		CANDIDATE("255.255.255.255 9") CANDIDATE("192.0.2.255 9") CANDIDATE("224.0.0.251 5353")
		CANDIDATE("::1 22") CANDIDATE("ff02::1 9") CANDIDATE("0.0.0.0 1")
		CANDIDATE("3f1c9a7e-0000-4000-8000-000000000000.local 5000") CANDIDATE("intranet.example 443");
	house_open(h);
	house_run(h, SECONDS(5));
	check_text(h->people[JAN].last_error, "");
	check(sees(&h->people[CHAIR], &h->people[JAN], SOURCE_MICROPHONE)->packets > 0);
	check_eq(h->strays, 0);
	house_hang_up(&h->people[JAN]);		/* what goes to where nobody is any more is counted */
	house_run(h, SECONDS(1));
	check_ge(h->strays, 10u);
	house_free(h);
#undef CANDIDATE
}

/* Lines without a delay: what the worker sends is there in the same instant; what comes later was sent later. */
static struct house *next_door(uint64_t seed)
{
	struct house *h = house_new(seed);

	h->line = (struct sim_line){ .delay = 0 };
	house_open(h);
	house_run(h, SECONDS(1));
	return h;
}

/* ATTACKS B15: not within 100 ms but with the act. His browser goes on sending. */
TEST(B15_not_one_packet_is_forwarded_after_the_mute)
{
	struct house *h = next_door(8);
	struct house_person *jan = &h->people[JAN];
	struct sim_slot *sound[HOUSE_PEOPLE] = { NULL };
	uint64_t came[HOUSE_PEOPLE] = { 0 }, sent;

	for (unsigned i = 0; i < HOUSE_PEOPLE; i++)
		if (i != JAN)
			sound[i] = sees(&h->people[i], jan, SOURCE_MICROPHONE);
	house_forget_past(h);
	house_run(h, SECONDS(1));
	house_say(&h->people[CLERK], "{\"type\":\"mute\",\"person\":%u,\"reason\":{\"code\":\"agreed\"}}", jan->id);
	check_text(h->people[CLERK].last_error, "");
	sent = jan->browser->up.sent;
	for (unsigned i = 0; i < HOUSE_PEOPLE; i++) {
		if (i == JAN)
			continue;
		came[i] = sound[i]->packets;
		check_ge(came[i], 45u);			/* they came until then */
	}
	house_run(h, SECONDS(2));
	check_ge(jan->browser->up.sent, sent + 90);
	for (unsigned i = 0; i < HOUSE_PEOPLE; i++)
		if (i != JAN)
			check_eq(sound[i]->packets, came[i]);
	house_free(h);
}

/* ATTACKS B16: not within 50 ms but with the confirmation, in both directions. */
TEST(B16_not_one_packet_comes_or_goes_after_the_removal)
{
	struct house *h = next_door(9);
	struct house_person *jan = &h->people[JAN];
	struct sim_slot *picture = sees(&h->people[MARLEEN], jan, SOURCE_CAMERA);
	uint64_t came, seen;

	house_say(&h->people[CLERK], "{\"type\":\"remove\",\"person\":%u,\"reason\":{\"code\":\"agreed\"}}", jan->id);
	check(h->people[CHAIR].request > 0);
	house_forget_past(h);
	came = jan->browser->datagrams;
	house_run(h, SECONDS(1));
	check_ge(jan->browser->datagrams, came + 45);	/* until it is confirmed */
	check_ge(picture->packets, 20u);
	house_say(&h->people[CHAIR], "{\"type\":\"confirm\",\"request\":%ld}", h->people[CHAIR].request);
	check_text(jan->over, "removed");
	came = jan->browser->datagrams;
	seen = picture->packets;
	house_run(h, SECONDS(2));
	check_eq(jan->browser->datagrams, came);
	check_eq(picture->packets, seen);
	house_free(h);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(five_people_see_and_hear_each_other),
	cmocka_unit_test(a_plate_that_lies_is_caught),
	cmocka_unit_test(five_people_on_bad_lines),
	cmocka_unit_test(a_reload_gives_a_new_connection_and_disturbs_nobody),
	cmocka_unit_test(who_leaves_comes_back_through_the_lobby),
	cmocka_unit_test(who_waits_gets_nothing),
	cmocka_unit_test(who_is_out_for_an_item_neither_sees_nor_is_seen),
	cmocka_unit_test(two_offices_end_it_for_all),
	cmocka_unit_test(C20_nothing_is_sent_to_a_candidate),
	cmocka_unit_test(B15_not_one_packet_is_forwarded_after_the_mute),
	cmocka_unit_test(B16_not_one_packet_comes_or_goes_after_the_removal),
};

RUN_TESTS(tests)
