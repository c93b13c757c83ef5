/* SPDX-License-Identifier: EUPL-1.2 */
/* ATTACKS B17: who is not admitted gets nothing, whatever they try. In tests only.
 * Invariant: the same search finds the names once somebody is inside, so that it would have found them before. */
#include "auth/turn.h"
#include "base/random.h"
#include "server/hall/protocol.h"
#include "tests/server/stage.h"

static const char *const secrets[] = { "Aerts", "Verhaeghe", "Goossens", "El Idrissi", "lindebeke.example",
	"ice-", "candidate", "relays", "turn:", "a=", "\"sdp\"", "\"slots\"", "\"entries\"", "\"heard\"" };

static struct stage s;

static const char *leaked(const struct actor *a)
{
	for (size_t i = 0; i < a->n_messages; i++)
		for (size_t k = 0; k < sizeof(secrets) / sizeof(secrets[0]); k++)
			if (strstr(a->messages[i], secrets[k]))
				return secrets[k];
	return NULL;
}

static void try_everything(struct actor *a, struct random *random)
{
	static const char *const messages[] = {
		"{\"type\":\"join\"}", "{\"type\":\"stop-waiting\"}",
		"{\"type\":\"offer\",\"sdp\":\"v=0\\r\\n\",\"roles\":{\"0\":\"audio\"},\"restart\":false,\"media\":null}",
		"{\"type\":\"offer\",\"sdp\":\"v=0\\r\\n\",\"roles\":{\"0\":\"audio\"},\"restart\":true,\"media\":\"00000001\"}",
		"{\"type\":\"sources\",\"microphone\":true,\"camera\":true,\"screen\":true,\"screen_sound\":true}",
		"{\"type\":\"admit\",\"person\":4}", "{\"type\":\"admit\",\"person\":1}",
		"{\"type\":\"turn-away\",\"person\":3,\"reason\":{\"code\":\"agreed\"}}",
		"{\"type\":\"end\",\"reason\":{\"code\":\"agreed\"}}", "{\"type\":\"confirm\",\"request\":1}",
		"{\"type\":\"refuse\",\"request\":1}", "{\"type\":\"hello\",\"version\":1,\"seat\":\"abcdefgh\"}",
		"{\"type\":\"state\"}", "{\"type\":\"people\"}", "{\"type\":\"admitted\"}", "nonsense",
	};

	actor_say(a, messages[random_below(random, sizeof(messages) / sizeof(messages[0]))]);
}

static const struct turn relay = { .urls = { "turn:192.0.2.9" }, .n = 1, .secret = "0123456789abcdef",
				   .secret_size = 16 };

static void everyone_else_meets(void)
{
	stage_open(&s, NULL);
	s.turn = &relay;
	stage_restart(&s);
	stage_demo(&s);
	stage_media_up(&s);
	stage_everyone_in(&s);
	actor_say(&s.actors[JAN], "{\"type\":\"leave\"}");
	for (int i = 0; i < 5; i++)
		actor_forget(&s.actors[i]);
	s.n_media = 0;
}

static void others_act(struct random *random)
{
	static const char *const messages[] = {
		"{\"type\":\"sources\",\"microphone\":true,\"camera\":false,\"screen\":false,\"screen_sound\":false}",
		"{\"type\":\"sources\",\"microphone\":false,\"camera\":false,\"screen\":false,\"screen_sound\":false}",
		"{\"type\":\"end\",\"reason\":{\"code\":\"written\",\"text\":\"Verhaeghe\"}}",
	};

	actor_say(&s.actors[CLERK], messages[random_below(random, 3)]);
	if (random_below(random, 8) == 0)
		stage_pass(&s, MINUTES(2));
}

TEST(who_waits_gets_nothing)
{
	struct actor *jan = &s.actors[JAN];
	struct hall_answer answer;
	struct random random;

	everyone_else_meets();
	random_seed(&random, 17);
	for (int i = 0; i < 3000; i++) {
		if (!jan->connection) {
			check_eq(actor_resume(jan, &answer), 200);
			actor_connect(jan);
			actor_hello(jan);
		}
		try_everything(jan, &random);
		others_act(&random);
		if (leaked(jan))
			fail_msg("step %d: %s", i, leaked(jan));
		check(!actor_has(jan, "state") && !actor_has(jan, "person") && !actor_has(jan, "entry"));
		check(!stage_media_has(&s, MEDIA_ADD_PEER));
		actor_forget(jan);
	}
	/* The search would have found it. */
	actor_connect(jan);
	check_eq(actor_resume(jan, &answer), 200);
	actor_connect(jan);
	actor_hello(jan);
	actor_say(jan, "{\"type\":\"join\"}");
	actor_say(&s.actors[CLERK], "{\"type\":\"admit\",\"person\":4}");
	check(leaked(jan));
	check(actor_hears(jan, "state", "\"relays\":[{\"url\":\"turn:192.0.2.9\",\"username\":\""));
	stage_close(&s);
}

TEST(a_stranger_gets_less)
{
	struct actor *stranger = &s.actors[50];
	struct random random;

	everyone_else_meets();
	random_seed(&random, 18);
	for (int i = 0; i < 500; i++) {
		actor_connect(stranger);
		try_everything(stranger, &random);
		check_eq(stranger->closed, 1008);
		check(!actor_has(stranger, "welcome"));
		check(!leaked(stranger));
	}
	stage_close(&s);
}

TEST(who_says_nothing_is_closed)
{
	struct actor *stranger = &s.actors[50];

	everyone_else_meets();
	actor_connect(stranger);
	stage_pass(&s, SECONDS(10) - 1);
	check_eq(stranger->closed, 0);
	stage_pass(&s, 1);
	check_eq(stranger->closed, 1008);
	stage_close(&s);
}

TEST(who_left_or_was_turned_away_hears_nothing_more)
{
	struct actor *fatima = &s.actors[FATIMA], *marleen = &s.actors[MARLEEN];

	everyone_else_meets();
	actor_say(fatima, "{\"type\":\"leave\"}");
	actor_hears(fatima, "over", NULL);
	actor_say(marleen, "{\"type\":\"sources\",\"microphone\":true,\"camera\":true,\"screen\":false,\"screen_sound\":false}");
	check_eq(fatima->n_messages, 0);
	stage_close(&s);
}

TEST(misuse_is_named_and_closed)
{
	static const struct { enum hall_misuse why; unsigned code; const char *error; } table[] = {
		{ HALL_TOO_LARGE, 1009, "too-large" },
		{ HALL_TOO_FAST, 1008, "slow-down" },
		{ HALL_BINARY, 1003, NULL },
	};
	struct actor *jan = &s.actors[MARLEEN];
	struct hall_answer answer;

	everyone_else_meets();
	for (size_t i = 0; i < 3; i++) {
		check_eq(actor_resume(jan, &answer), 200);
		actor_connect(jan);
		actor_hello(jan);
		hall_misused(s.hall, jan->connection, table[i].why);
		stage_drain(&s);
		check_eq(jan->closed, table[i].code);
		if (table[i].error)
			actor_error(jan, table[i].error, NULL, NULL);
	}
	stage_close(&s);
}

TEST(connections_are_capped)
{
	static struct connection *all[LIMIT_CONNECTIONS];

	stage_open(&s, NULL);
	for (int i = 0; i < LIMIT_CONNECTIONS; i++) {
		all[i] = hall_connect(s.hall, "", &s.actors[0]);
		assert_non_null(all[i]);
	}
	assert_null(hall_connect(s.hall, "", &s.actors[0]));
	hall_disconnect(s.hall, all[7]);
	all[7] = hall_connect(s.hall, "", &s.actors[0]);
	assert_non_null(all[7]);
	stage_close(&s);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(who_waits_gets_nothing),
	cmocka_unit_test(a_stranger_gets_less),
	cmocka_unit_test(who_says_nothing_is_closed),
	cmocka_unit_test(who_left_or_was_turned_away_hears_nothing_more),
	cmocka_unit_test(misuse_is_named_and_closed),
	cmocka_unit_test(connections_are_capped),
};

RUN_TESTS(tests)
