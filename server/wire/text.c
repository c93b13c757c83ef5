/* SPDX-License-Identifier: EUPL-1.2 */
/* Characters, ids and dates. In conclaved. Invariant: no locale, no time zone, no allocation. */
#include "server/wire/text.h"

#include <assert.h>
#include <stdint.h>

#include "base/mem.h"

/* RFC 3629: the next character, or -1 for bytes that are none. */
static int32_t text_next(struct reader *r)
{
	static const uint32_t least[4] = { 0, 0x80, 0x800, 0x10000 };
	uint8_t first = read_u8(r);
	unsigned more = first < 0x80 ? 0 : first >> 5 == 6 ? 1 : first >> 4 == 14 ? 2 : first >> 3 == 30 ? 3 : 4;
	uint32_t c;

	if (more == 4)
		return -1;
	c = more ? first & (0x3fu >> more) : first;
	for (unsigned i = 0; i < more; i++) {
		uint8_t next = read_u8(r);

		if (next >> 6 != 2)
			return -1;
		c = c << 6 | (next & 0x3f);
	}
	if (!r->ok || c < least[more] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return -1;
	return (int32_t)c;
}

static bool is_control(int32_t c)
{
	return c < 0x20 || (c >= 0x7f && c <= 0x9f) || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) ||
		c == 0x2028 || c == 0x2029;
}

bool text_is_line(struct bytes text, size_t least, size_t most)
{
	struct reader r = reader(text);
	size_t n = 0;

	while (read_left(&r)) {
		if (is_control(text_next(&r)))
			return false;
		n++;
	}
	return n >= least && n <= most;
}

/* Unicode 16, DerivedCoreProperties.txt: Default_Ignorable_Code_Point. */
static bool is_ignorable(int32_t c)
{
	static const struct { int32_t first, last; } ranges[] = {
		{ 0xad, 0xad }, { 0x34f, 0x34f }, { 0x61c, 0x61c }, { 0x115f, 0x1160 }, { 0x17b4, 0x17b5 },
		{ 0x180b, 0x180f }, { 0x200b, 0x200f }, { 0x202a, 0x202e }, { 0x2060, 0x206f }, { 0x3164, 0x3164 },
		{ 0xfe00, 0xfe0f }, { 0xfeff, 0xfeff }, { 0xffa0, 0xffa0 }, { 0xfff0, 0xfff8 }, { 0x1bca0, 0x1bca3 },
		{ 0x1d173, 0x1d17a }, { 0xe0000, 0xe0fff },
	};

	for (size_t i = 0; i < ARRAY_SIZE(ranges); i++)
		if (c >= ranges[i].first && c <= ranges[i].last)
			return true;
	return false;
}

bool text_is_proper_name(struct bytes text, size_t least, size_t most)
{
	struct reader r = reader(text);

	while (read_left(&r))
		if (is_ignorable(text_next(&r)))
			return false;
	return text_is_line(text, least, most);
}

bool text_is_letters(struct bytes text, size_t n)
{
	if (text.size != n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (text.data[i] < 'a' || text.data[i] > 'z')
			return false;
	return true;
}

bool text_is_email(struct bytes text)
{
	size_t ats = 0;

	for (size_t i = 0; i < text.size; i++) {
		if (text.data[i] <= ' ' || text.data[i] == '<' || text.data[i] == '>')
			return false;
		ats += text.data[i] == '@';
	}
	return ats == 1 && text.data[0] != '@' && text.data[text.size - 1] != '@';
}

size_t text_json_size(struct bytes text)
{
	size_t size = 0;

	for (size_t i = 0; i < text.size; i++) {
		uint8_t c = text.data[i];

		if (c == '"' || c == '\\' || (c >= '\b' && c <= '\r' && c != '\v'))
			size += 2;
		else
			size += c < 0x20 ? 6 : 1;
	}
	return size;
}

/* Days since 1970-01-01 of a date in the Gregorian calendar, counted in years that start in March. */
static int64_t days_of(int64_t year, int64_t month, int64_t day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t m = (month + 9) % 12;

	return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719468;
}

static bool is_leap(int64_t year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int64_t days_of_month(int64_t year, int64_t month)
{
	static const int8_t days[12] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return days[month - 1] + (month == 2 && is_leap(year));
}

void text_print_time(usec_t wall, char ret[static TEXT_TIME_SIZE])
{
	int64_t day = (int64_t)(wall / SECONDS(86400)), year = 1970, month = 1;
	unsigned ms = (unsigned)(wall % SECONDS(86400) / MSEC(1));
	struct writer w = writer(ret, TEXT_TIME_SIZE);

	assert(wall < SECONDS(253402300800));		/* 10000-01-01 */
	year += day / 366;				/* never too late; at most 22 steps too early by 9999 */
	while (days_of(year + 1, 1, 1) <= day)
		year++;
	while (month < 12 && days_of(year, month + 1, 1) <= day)
		month++;
	write_format(&w, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ", (unsigned)year, (unsigned)month,
		(unsigned)(day - days_of(year, month, 1) + 1), ms / 3600000, ms / 60000 % 60, ms / 1000 % 60,
		ms % 1000);
	write_u8(&w, 0);
	assert(w.ok);
}

static bool read_letter(struct reader *r, char letter)
{
	if (!read_left(r) || *r->at != (uint8_t)letter)
		return false;
	r->at++;
	return true;
}

static int64_t read_digits(struct reader *r, size_t n)
{
	int64_t v = 0;

	for (size_t i = 0; i < n; i++) {
		uint8_t c = read_u8(r);

		if (c < '0' || c > '9')
			r->ok = false;
		v = v * 10 + c - '0';
	}
	return r->ok ? v : -1;
}

/* Minutes east of UTC; clears r->ok when there is no zone. */
static int64_t read_zone(struct reader *r)
{
	int64_t hours, minutes, sign;

	if (read_letter(r, 'Z'))
		return 0;
	sign = read_letter(r, '-') ? -1 : 1;
	if (sign > 0 && !read_letter(r, '+'))
		r->ok = false;
	hours = read_digits(r, 2);
	(void)read_letter(r, ':');
	minutes = read_digits(r, 2);
	if (hours > 14 || minutes > 59)
		r->ok = false;
	return sign * (hours * 60 + minutes);
}

static bool read_date(struct reader *r, int64_t *days)
{
	int64_t year = read_digits(r, 4);
	bool dash = read_letter(r, '-');
	int64_t month = read_digits(r, 2);
	int64_t day;

	dash = read_letter(r, '-') && dash;
	day = read_digits(r, 2);
	if (!r->ok || !dash || year < 1970 || month < 1 || month > 12 || day < 1 || day > days_of_month(year, month))
		return false;
	*days = days_of(year, month, day);
	return true;
}

bool text_parse_time(struct bytes text, usec_t *wall)
{
	struct reader r = reader(text);
	int64_t days, hours, minutes, seconds = 0, ms = 0, total;

	if (!read_date(&r, &days) || !(read_letter(&r, 'T') || read_letter(&r, ' ')))
		return false;
	hours = read_digits(&r, 2);
	if (!read_letter(&r, ':'))
		return false;
	minutes = read_digits(&r, 2);
	if (read_letter(&r, ':')) {
		seconds = read_digits(&r, 2);
		if (read_letter(&r, '.'))
			ms = read_digits(&r, 3);
	}
	total = ((days * 24 + hours) * 60 + minutes - read_zone(&r)) * 60 + seconds;
	if (!r.ok || read_left(&r) || hours > 23 || minutes > 59 || seconds > 59 || total < 0 || total >= 253402300800)
		return false;
	*wall = SECONDS(total) + MSEC(ms);
	return true;
}
