/* SPDX-License-Identifier: EUPL-1.2 */
/* auth/rights.c against auth/RIGHTS.md, cell for cell, and the notes that a column cannot say. In tests only.
 * Invariant: the document is read, not repeated here (ATTACKS C29). */
#include "auth/policy.h"
#include "auth/rights.h"
#include "base/mem.h"
#include "tests/support/check.h"

#define HEADING "| action | C | V | M | G | notes |"
#define ADMINISTRATION "| act | R | O | F | notes |"

static enum action action_of_row(const char *words)
{
	for (int a = 0; a < ACT_N; a++)
		if (rights_row((enum action)a) && strcmp(rights_row((enum action)a), words) == 0)
			return (enum action)a;
	return ACT_N;
}

static enum verdict verdict_of_cell(const char *cell)
{
	check(strlen(cell) == 1 && strchr("12-", *cell));
	return *cell == '1' ? VERDICT_YES : *cell == '2' ? VERDICT_SECOND : VERDICT_NO;
}

/* The words between two bars, without the spaces around them; NULL at the end. */
static char *next_cell(char **at)
{
	char *cell = *at, *bar = strchr(*at, '|');

	if (!bar)
		return NULL;
	*bar = '\0';
	*at = bar + 1;
	while (*cell == ' ')
		cell++;
	while (bar > cell && bar[-1] == ' ')
		*--bar = '\0';
	return cell;
}

static void check_row(char *line, bool seen[static ACT_N])
{
	char *at = line + 1, *words = next_cell(&at);
	enum action action = action_of_row(words);

	if (action == ACT_N)
		fail_msg("RIGHTS.md has a row that the table lacks: %s", words);
	check(!seen[action]);
	seen[action] = true;
	for (int office = OFFICE_CLERK; office < OFFICE_N; office++)
		if (rights_cell(action, (enum office)office) != verdict_of_cell(next_cell(&at)))
			fail_msg("%s: another cell for the %s", words, office_word((enum office)office));
}

static void check_administration_row(char *line, bool seen[static IT_N])
{
	char *at = line + 1, *words = next_cell(&at);
	int act = 0;

	while (act < IT_N && strcmp(rights_administration_row((enum administration)act), words) != 0)
		act++;
	if (act == IT_N)
		fail_msg("RIGHTS.md has a row that the table lacks: %s", words);
	check(!seen[act]);
	seen[act] = true;
	for (int level = LEVEL_READ; level < LEVEL_N; level++) {
		enum verdict cell = verdict_of_cell(next_cell(&at));

		check(cell != VERDICT_SECOND);
		if (rights_administers((enum administration)act, (enum level)level) != (cell == VERDICT_YES))
			fail_msg("%s: another cell for level %d", words, level);
	}
}

/* Each row of the document's table with this heading; how many there are. */
static int walk(const char *heading, void (*check_one)(char *line, bool *seen), bool *seen)
{
	FILE *f = fopen(RIGHTS_MD, "r");
	bool inside = false;
	char line[1024];
	int rows = 0;

	assert_non_null(f);
	while (fgets(line, sizeof(line), f)) {
		if (!inside) {
			inside = strncmp(line, heading, strlen(heading)) == 0;
			continue;
		}
		if (line[0] != '|')
			break;
		if (strncmp(line, "| ---", 5) == 0)
			continue;
		check_one(line, seen);
		rows++;
	}
	fclose(f);
	return rows;
}

TEST(the_table_is_the_document_cell_for_cell)
{
	bool seen[ACT_N] = { false };

	check_eq(walk(HEADING, check_row, seen), ACT_DOWNLOAD_REPORT + 1);
	for (int a = 0; a < ACT_N; a++)
		check_eq(seen[a], rights_row((enum action)a) != NULL);
}

TEST(the_administrations_table_is_the_document_cell_for_cell)
{
	bool seen[IT_N] = { false };

	check_eq(walk(ADMINISTRATION, check_administration_row, seen), IT_N);
	for (int act = 0; act < IT_N; act++)
		check(seen[act]);
}

TEST(an_answer_is_never_more_than_its_cell)
{
	struct policy strict;

	policy_init(&strict);
	for (int a = 0; a < ACT_N; a++)
		(void)policy_lower(&strict, (enum action)a, VERDICT_SECOND);
	for (unsigned i = 0; i < ACT_N * OFFICE_N * PHASE_N * 16u; i++) {
		struct rights_question q = {
			.action = (enum action)(i / 16 / PHASE_N / OFFICE_N),
			.office = (enum office)(i / 16 / PHASE_N % OFFICE_N),
			.phase = (enum meeting_phase)(i / 16 % PHASE_N),
			.early = i & 1, .voting = i & 2, .alone = i & 4, .policy = i & 8 ? &strict : NULL,
		};
		struct rights_answer answer = rights_ask(&q);
		enum verdict cell = rights_cell(q.action, q.office);

		check_eq(answer.verdict == VERDICT_NO, answer.why != WHY_NONE);
		if (q.action == ACT_END_MEETING && q.alone && cell == VERDICT_SECOND)
			check(answer.verdict == VERDICT_NO || answer.verdict == VERDICT_YES);
		else
			check_le(answer.verdict, cell);
		if (q.policy && !rights_is_fixed(q.action) && !(q.action == ACT_END_MEETING && q.alone))
			check(answer.verdict != VERDICT_YES);
	}
}

static struct rights_answer ask(enum action action, enum office office, enum meeting_phase phase)
{
	return rights_ask(&(struct rights_question){ .action = action, .office = office, .phase = phase });
}

TEST(a_state_of_the_meeting_forbids)
{
	struct rights_question q = { .action = ACT_OPEN_MEETING, .office = OFFICE_CHAIR, .phase = PHASE_PLANNED };

	check_eq(rights_ask(&q).verdict, VERDICT_YES);
	q.early = true;
	check_eq(rights_ask(&q).why, WHY_EARLY);
	check_eq(ask(ACT_OPEN_MEETING, OFFICE_CHAIR, PHASE_OPEN).why, WHY_PHASE);
	check_eq(ask(ACT_ADMIT_INVITED, OFFICE_CLERK, PHASE_OPEN).verdict, VERDICT_YES);
	check_eq(ask(ACT_ADMIT_INVITED, OFFICE_CLERK, PHASE_PLANNED).why, WHY_PHASE);
	check_eq(ask(ACT_ADMIT_INVITED, OFFICE_MEMBER, PHASE_OPEN).why, WHY_OFFICE);
	for (int a = 0; a < ACT_N; a++)
		if (a != ACT_LEAVE && a != ACT_DOWNLOAD_REPORT)
			check_eq(ask((enum action)a, OFFICE_CHAIR, PHASE_ENDED).verdict, VERDICT_NO);
}

TEST(a_vote_forbids_and_allows)
{
	struct rights_question q = { .action = ACT_WITHDRAW_FLOOR, .office = OFFICE_CHAIR, .phase = PHASE_OPEN,
		.voting = true };

	check_eq(rights_ask(&q).why, WHY_VOTING);
	q.action = ACT_INVITE_STRANGER;
	check_eq(rights_ask(&q).why, WHY_VOTING);
	q.action = ACT_VOTE;
	check_eq(rights_ask(&q).verdict, VERDICT_YES);
	q.voting = false;
	check_eq(rights_ask(&q).why, WHY_NOT_VOTING);
}

TEST(ending_needs_two_unless_the_other_is_long_absent)
{
	struct rights_question q = { .action = ACT_END_MEETING, .office = OFFICE_CLERK, .phase = PHASE_OPEN };
	struct policy p;

	check_eq(rights_ask(&q).verdict, VERDICT_SECOND);
	q.alone = true;
	check_eq(rights_ask(&q).verdict, VERDICT_YES);
	q.office = OFFICE_MEMBER;
	check_eq(rights_ask(&q).verdict, VERDICT_NO);
	q.office = OFFICE_CLERK;
	policy_init(&p);
	check(policy_lower(&p, ACT_END_MEETING, VERDICT_NO));
	q.policy = &p;
	check_eq(rights_ask(&q).why, WHY_POLICY);
}

TEST(being_alone_helps_with_ending_only)
{
	struct rights_question q = { .office = OFFICE_CHAIR, .phase = PHASE_OPEN, .alone = true };
	struct policy p;

	policy_init(&p);
	check(policy_lower(&p, ACT_MUTE, VERDICT_SECOND));
	q.policy = &p;
	q.action = ACT_MUTE;
	check_eq(rights_ask(&q).verdict, VERDICT_SECOND);
	q.action = ACT_REMOVE_MEMBER;
	check_eq(rights_ask(&q).verdict, VERDICT_SECOND);
}

TEST(a_contested_recusal_is_the_chairs_to_decide)
{
	struct rights_question q = { .action = ACT_NOTE_RECUSAL, .office = OFFICE_CLERK, .phase = PHASE_OPEN };

	check_eq(rights_ask(&q).verdict, VERDICT_YES);
	q.contested = true;
	check_eq(rights_ask(&q).verdict, VERDICT_SECOND);
	q.office = OFFICE_CHAIR;
	check_eq(rights_ask(&q).verdict, VERDICT_YES);
	q.office = OFFICE_MEMBER;
	check_eq(rights_ask(&q).verdict, VERDICT_NO);
}

/* Outside the room. */
TEST(the_clerk_alone_convenes_and_vouches)
{
	static const enum action actions[] = { ACT_CONVENE, ACT_HAND_OUT_LINKS, ACT_SIGN_ROSTER };

	for (size_t i = 0; i < ARRAY_SIZE(actions); i++) {
		for (int office = 0; office < OFFICE_N; office++) {
			struct rights_question q = { .action = actions[i], .office = (enum office)office,
				.phase = PHASE_PLANNED };

			check_eq(rights_ask(&q).verdict, office == OFFICE_CLERK ? VERDICT_YES : VERDICT_NO);
			q.phase = PHASE_OPEN;
			check_eq(rights_ask(&q).verdict, office == OFFICE_CLERK && actions[i] == ACT_SIGN_ROSTER ?
				VERDICT_YES : VERDICT_NO);
		}
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(the_clerk_alone_convenes_and_vouches),
	cmocka_unit_test(a_contested_recusal_is_the_chairs_to_decide),
	cmocka_unit_test(the_table_is_the_document_cell_for_cell),
	cmocka_unit_test(the_administrations_table_is_the_document_cell_for_cell),
	cmocka_unit_test(an_answer_is_never_more_than_its_cell),
	cmocka_unit_test(a_state_of_the_meeting_forbids),
	cmocka_unit_test(a_vote_forbids_and_allows),
	cmocka_unit_test(ending_needs_two_unless_the_other_is_long_absent),
	cmocka_unit_test(being_alone_helps_with_ending_only),
};

RUN_TESTS(tests)
