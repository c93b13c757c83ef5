/* SPDX-License-Identifier: EUPL-1.2 */
/* Which new password is taken: length, and enough of it that is one's own. In conclaved.
 * Invariant: letters that belong to a listed word, a year, a row or a repetition do not count as one's own. */
#include "auth/password.h"

#include <assert.h>

#include "base/mem.h"

#define OWN_LEAST 6	/* characters that no list explains */
#define WORD_LEAST 4	/* letters of a word about the person: shorter ones occur in everything */
#define ROW_LEAST 3	/* letters that make a row: abc, 321, aaa */
#define PERIOD_MOST 7	/* "abcdabcdabcd" is four letters */

/* What is tried first here: the world's most common ones and their parts, the words of this house, names of teams and
 * months. In lower case, and with the letters that digits and signs stand for. */
static const char *const common[] = {
	"password", "passwort", "passe", "motdepasse", "wachtwoord", "paswoord", "kennwort", "geheim", "secret",
	"welcome", "welkom", "willkommen", "bienvenue", "hallo", "hello", "bonjour", "goedemorgen", "goeiedag",
	"admin", "administrator", "beheerder", "root", "user", "gebruiker", "guest", "gast", "login", "aanmelden",
	"test", "testing", "demo", "default", "changeme", "temporary", "tijdelijk", "letmein", "access", "master",
	"qwerty", "qwertz", "azerty", "qwertyuiop", "azertyuiop", "asdf", "asdfgh", "asdfghjkl", "qsdfgh",
	"zxcvbn", "zxcvbnm", "wxcvbn", "yxcvbn", "1qaz2wsx", "qazwsx", "1q2w3e4r", "q1w2e3r4", "zaq1", "poiuyt",
	"iloveyou", "ikhouvanjou", "jetaime", "liefde", "love", "schatje", "schat", "lieverd", "princess",
	"prinses", "sunshine", "zonnetje", "dragon", "monkey", "aapje", "football", "voetbal", "baseball",
	"superman", "batman", "pokemon", "starwars", "whatever", "trustno", "shadow", "michael", "charlie",
	"jordan", "ashley", "jessica", "daniel", "thomas", "nicolas", "sofie", "computer", "internet", "google",
	"facebook", "microsoft", "windows", "samsung", "apple", "iphone", "zoom", "teams", "freedom", "vrijheid",
	"liberte", "summer", "winter", "spring", "autumn", "zomer", "lente", "herfst", "sommer", "herbst", "hiver",
	"printemps", "automne", "januari", "februari", "maart", "april", "juni", "juli", "augustus", "september",
	"oktober", "november", "december", "maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag",
	"zondag", "gemeente", "gemeenteraad", "gemeentehuis", "stadhuis", "raadslid", "raad", "college",
	"burgemeester", "schepen", "voorzitter", "secretaris", "directeur", "algemeen", "financieel", "ocmw",
	"bijzonder", "comite", "besloten", "vergadering", "zitting", "politiek", "fractie", "council", "conclave",
	"mayor", "commune", "mairie", "conseil", "gemeinde", "rathaus", "vlaanderen", "vlaams", "belgie",
	"belgium", "belgique", "brussel", "antwerpen", "brugge", "leuven", "mechelen", "hasselt", "limburg",
	"anderlecht", "clubbrugge", "standard", "duivels", "soleil", "doudou", "chouchou", "loulou", "marseille",
	"hasi", "schalke", "bayern", "correcthorse", "batterystaple",
};

static_assert(ARRAY_SIZE(common) <= 200, "a short list, by heart");

struct judged {
	struct bytes text;
	uint8_t lower[PASSWORD_BYTES];
	uint8_t plain[PASSWORD_BYTES];	/* lower, with letters for the digits and signs that stand for them */
	bool explained[PASSWORD_BYTES];
};

const char *password_why_word(enum password_why why)
{
	static const char *const words[PASSWORD_WHY_N] = { "ok", "short", "long", "not-text", "common", "personal" };

	assert(why < PASSWORD_WHY_N);
	return words[why];
}

/* The size of the character (RFC 3629, 4) that the bytes begin with; 0 if it is none, or a control character. */
static size_t character_size(struct bytes in)
{
	uint8_t c = in.data[0], second = in.size > 1 ? in.data[1] : 0;
	size_t size = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;

	if (c < 0x20 || c == 0x7f || (c >= 0x80 && c < 0xc2) || c > 0xf4 || size > in.size)
		return 0;
	if ((c == 0xc2 && second < 0xa0) || (c == 0xe0 && second < 0xa0) || (c == 0xed && second > 0x9f) ||
	    (c == 0xf0 && second < 0x90) || (c == 0xf4 && second > 0x8f))
		return 0;
	for (size_t i = 1; i < size; i++)
		if ((in.data[i] & 0xc0) != 0x80)
			return 0;
	return size;
}

/* False if it is no text. */
static bool count_characters(struct bytes text, size_t *ret)
{
	size_t n = 0;

	for (size_t at = 0; at < text.size; n++) {
		size_t size = character_size(bytes_make(text.data + at, text.size - at));

		if (size == 0)
			return false;
		at += size;
	}
	*ret = n;
	return true;
}

static uint8_t lower_case(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
}

static uint8_t plain_letter(uint8_t c)
{
	static const char stands[] = "013457@$!", for_letter[] = "oieastasi";
	const char *at = c ? strchr(stands, c) : NULL;

	return at ? (uint8_t)for_letter[at - stands] : c;
}

static void explain(struct judged *j, size_t at, size_t size)
{
	for (size_t i = at; i < at + size; i++)
		j->explained[i] = true;
}

/* Wherever the word stands, as it is or in disguise; it is in lower case. */
static void explain_word(struct judged *j, struct bytes word)
{
	if (word.size < WORD_LEAST)
		return;
	for (size_t at = 0; at + word.size <= j->text.size; at++)
		if (memcmp(j->lower + at, word.data, word.size) == 0 ||
		    memcmp(j->plain + at, word.data, word.size) == 0)
			explain(j, at, word.size);
}

/* Letters that follow each other with the same step of -1, 0 or 1. */
static void explain_rows(struct judged *j)
{
	size_t start = 0;
	int step = 2;

	for (size_t i = 1; i <= j->text.size; i++) {
		int now = i < j->text.size ? j->lower[i] - j->lower[i - 1] : 2;

		if (now == step && now >= -1 && now <= 1)
			continue;
		if (step >= -1 && step <= 1 && i - start >= ROW_LEAST)
			explain(j, start, i - start);
		start = i - 1;
		step = now;
	}
}

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static void explain_years(struct judged *j)
{
	for (size_t at = 0; at + 4 <= j->text.size; at++) {
		const uint8_t *c = j->lower + at;

		if (((c[0] == '1' && c[1] == '9') || (c[0] == '2' && c[1] == '0')) && is_digit(c[2]) && is_digit(c[3]))
			explain(j, at, 4);
	}
}

static bool is_repetition(const struct judged *j)
{
	for (size_t period = 1; period <= PERIOD_MOST && period * 2 <= j->text.size; period++)
		if (memcmp(j->lower, j->lower + period, j->text.size - period) == 0)
			return true;
	return false;
}

static size_t count_own(const struct judged *j)
{
	size_t n = 0;

	for (size_t i = 0; i < j->text.size; i++)
		n += !j->explained[i] && (j->text.data[i] & 0xc0) != 0x80;
	return n;
}

static bool is_letter(uint8_t c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || c >= 0x80;
}

/* Its words one by one: what stands between anything but letters and digits. */
static void explain_text(struct judged *j, struct bytes text)
{
	uint8_t word[64];
	size_t size = 0;

	for (size_t i = 0; i <= text.size; i++) {
		uint8_t c = i < text.size ? lower_case(text.data[i]) : ' ';

		if (is_letter(c)) {
			if (size < sizeof(word))
				word[size++] = c;
			continue;
		}
		explain_word(j, bytes_make(word, size));
		size = 0;
	}
}

static enum password_why judge(struct judged *j, const struct bytes *about, size_t n)
{
	for (size_t i = 0; i < j->text.size; i++) {
		j->lower[i] = lower_case(j->text.data[i]);
		j->plain[i] = plain_letter(j->lower[i]);
	}
	for (size_t i = 0; i < ARRAY_SIZE(common); i++)
		explain_word(j, bytes_of_string(common[i]));
	explain_rows(j);
	explain_years(j);
	if (is_repetition(j) || count_own(j) < OWN_LEAST)
		return PASSWORD_COMMON;
	for (size_t i = 0; i < n; i++)
		explain_text(j, about[i]);
	return count_own(j) < OWN_LEAST ? PASSWORD_PERSONAL : PASSWORD_OK;
}

enum password_why password_judge(struct bytes password, const struct bytes *about, size_t n)
{
	struct judged j = { .text = password };
	enum password_why why;
	size_t characters;

	if (password.size > PASSWORD_BYTES)
		return PASSWORD_LONG;
	if (!count_characters(password, &characters))
		return PASSWORD_NOT_TEXT;
	if (characters < PASSWORD_LEAST)
		return PASSWORD_SHORT;
	if (characters > PASSWORD_MOST)
		return PASSWORD_LONG;
	why = judge(&j, about, n);
	mem_wipe(&j, sizeof(j));
	return why;
}
