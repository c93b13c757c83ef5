/* SPDX-License-Identifier: EUPL-1.2 */
/* A ceiling for each action. In conclaved. Invariant: ceilings fall and never rise. */
#include "auth/policy.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

void policy_init(struct policy *p)
{
	for (int i = 0; i < ACT_N; i++)
		p->ceilings[i] = VERDICT_YES;
}

bool policy_lower(struct policy *p, enum action action, enum verdict ceiling)
{
	assert(action < ACT_N);
	if (rights_is_fixed(action) || ceiling > p->ceilings[action])
		return false;
	p->ceilings[action] = ceiling;
	return true;
}

enum verdict policy_limit(const struct policy *p, enum action action, enum verdict verdict, bool alone)
{
	enum verdict ceiling = p->ceilings[action];

	if (alone && ceiling == VERDICT_SECOND)
		return verdict;
	return ceiling < verdict ? ceiling : verdict;
}

static const struct {
	const char *word;
	bool second;
} names[ACT_N] = {
	[ACT_OPEN_MEETING] = { "open-meeting", false },
	[ACT_ENTER] = { "enter", false },
	[ACT_ADMIT_INVITED] = { "admit", false },
	[ACT_GIVE_LINK] = { "new-link", true },
	[ACT_ADMIT_GUEST_OUTSIDE_ITEM] = { "admit-outside-item", false },
	[ACT_INVITE_STRANGER] = { "invite", true },
	[ACT_TURN_AWAY] = { "turn-away", true },
	[ACT_MUTE] = { "mute", true },
	[ACT_ASK_TO_SWITCH_ON] = { "ask-on", false },
	[ACT_STOP_SHARE] = { "stop-share", true },
	[ACT_GIVE_FLOOR] = { "floor", false },
	[ACT_WITHDRAW_FLOOR] = { "withdraw-floor", true },
	[ACT_REMOVE_GUEST] = { "remove-guest", true },
	[ACT_REMOVE_MEMBER] = { "remove-member", true },
	[ACT_OPEN_CLOSE_ITEM] = { "item", false },
	[ACT_OPEN_TO_AUDIENCE] = { "audience", false },
	[ACT_MAKE_ITEM_CLOSED] = { "close-item", false },
	[ACT_NOTE_RECUSAL] = { "recusal", false },
	[ACT_NOTE_PRESENCE] = { "presence", false },
	[ACT_OPEN_VOTE] = { "open-vote", false },
	[ACT_CLOSE_VOTE] = { "close-vote", false },
	[ACT_SUSPEND] = { "suspend", true },
	[ACT_OPEN_CAUCUS] = { "caucus", false },
	[ACT_END_MEETING] = { "end", true },
	[ACT_DOWNLOAD_REPORT] = { "report", false },
};

const char *policy_word(enum action action)
{
	assert(action < ACT_N);
	return names[action].word;
}

bool policy_knows_second(enum action action)
{
	assert(action < ACT_N);
	return names[action].second;
}

static bool is_word(struct bytes b, const char *word)
{
	return b.size == strlen(word) && memcmp(b.data, word, b.size) == 0;
}

static struct bytes trim(struct bytes b)
{
	while (b.size && (*b.data == ' ' || *b.data == '\t'))
		b = bytes_make(b.data + 1, b.size - 1);
	while (b.size && (b.data[b.size - 1] == ' ' || b.data[b.size - 1] == '\t' || b.data[b.size - 1] == '\r'))
		b.size--;
	return b;
}

/* Up to the first of this byte, or the whole; what follows it stays in *rest. */
static struct bytes cut(struct bytes *rest, uint8_t at)
{
	const uint8_t *found = rest->size ? memchr(rest->data, at, rest->size) : NULL;
	size_t size = found ? (size_t)(found - rest->data) : rest->size, gone = found ? size + 1 : size;
	struct bytes head = bytes_make(rest->data, size);

	*rest = bytes_make(gone ? rest->data + gone : rest->data, rest->size - gone);
	return head;
}

static const char *read_line(struct policy *p, struct bytes line, bool seen[static ACT_N])
{
	struct bytes value = trim(cut(&line, '#')), word = trim(cut(&value, '='));
	enum action action = 0;

	value = trim(value);
	if (!word.size && !value.size)
		return NULL;
	while (action < ACT_N && !(names[action].word && is_word(word, names[action].word)))
		action++;
	if (action == ACT_N)
		return "no such action, or one that no policy may touch";
	if (seen[action])
		return "this action stands there twice";
	seen[action] = true;
	if (is_word(value, "never"))
		return policy_lower(p, action, VERDICT_NO) ? NULL : "no policy may touch this action";
	if (!is_word(value, "two"))
		return "must be ACTION = two or ACTION = never";
	if (!names[action].second)
		return "a second person cannot confirm this action: leave it as it is, or say never";
	return policy_lower(p, action, VERDICT_SECOND) ? NULL : "no policy may touch this action";
}

bool policy_read(struct policy *p, struct bytes text, char error[static POLICY_ERROR_SIZE])
{
	bool seen[ACT_N] = { false };
	struct policy lowered = *p;

	for (unsigned line = 1; text.size; line++) {
		const char *why = read_line(&lowered, cut(&text, '\n'), seen);

		if (!why)
			continue;
		(void)snprintf(error, POLICY_ERROR_SIZE, "line %u: %s", line, why);
		return false;
	}
	*p = lowered;
	return true;
}
