/* SPDX-License-Identifier: EUPL-1.2 */
/* Findings, and how they are shown. In conclavectl. */
#include "server/ctl/finding.h"

#include <assert.h>
#include <stdarg.h>
#include <string.h>

#include "server/wire/json.h"

/* As long as the longest name of a check and of a grade. */
#define CHECK_WIDTH 11
#define GRADE_WIDTH 9

static void finding_set(struct finding *f, enum grade grade, const char *mend, const char *format, va_list arguments)
	__attribute__((format(printf, 4, 0)));
static void finding_set(struct finding *f, enum grade grade, const char *mend, const char *format, va_list arguments)
{
	assert((grade == GRADE_OK) == (mend[0] == '\0'));
	f->grade = grade;
	(void)vsnprintf(f->says, sizeof(f->says), format, arguments);
	(void)snprintf(f->mend, sizeof(f->mend), "%s", mend);
}

void finding_ok(struct finding *f, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	finding_set(f, GRADE_OK, "", format, arguments);
	va_end(arguments);
}

void finding_attention(struct finding *f, const char *mend, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	finding_set(f, GRADE_ATTENTION, mend, format, arguments);
	va_end(arguments);
}

void finding_broken(struct finding *f, const char *mend, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	finding_set(f, GRADE_BROKEN, mend, format, arguments);
	va_end(arguments);
}

const char *grade_word(enum grade grade)
{
	switch (grade) {
	case GRADE_OK:
		return "ok";
	case GRADE_ATTENTION:
		return "attention";
	case GRADE_BROKEN:
		break;
	}
	return "broken";
}

static const char *grade_shown(const struct finding *f)
{
	static const char *const dutch[] = { [GRADE_OK] = "in orde", [GRADE_ATTENTION] = "let op",
		[GRADE_BROKEN] = "stuk" };

	return f->dutch ? dutch[f->grade] : grade_word(f->grade);
}

void findings_print(FILE *out, const struct finding *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		(void)fprintf(out, "%-*s  %-*s  %s\n", CHECK_WIDTH, list[i].check, GRADE_WIDTH,
			grade_shown(&list[i]), list[i].says);
		if (list[i].mend[0])
			(void)fprintf(out, "%*s  %-*s  %s\n", CHECK_WIDTH, "", GRADE_WIDTH,
				TEXT(&list[i], "  mend:", "  doe:"), list[i].mend);
	}
}

void findings_write(struct writer *w, const struct finding *list, size_t n)
{
	struct json j = json_writer(w);

	json_open_object(&j, NULL);
	json_boolean(&j, "ok", findings_broken(list, n) == 0);
	json_open_list(&j, "checks");
	for (size_t i = 0; i < n; i++) {
		json_open_object(&j, NULL);
		json_text(&j, "check", list[i].check);
		json_text(&j, "state", grade_word(list[i].grade));
		json_text(&j, "says", list[i].says);
		json_text(&j, "mend", list[i].mend[0] ? list[i].mend : NULL);
		json_close_object(&j);
	}
	json_close_list(&j);
	json_close_object(&j);
}

size_t findings_broken(const struct finding *list, size_t n)
{
	size_t broken = 0;

	for (size_t i = 0; i < n; i++)
		broken += list[i].grade == GRADE_BROKEN;
	return broken;
}
