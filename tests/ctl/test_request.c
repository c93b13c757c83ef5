/* SPDX-License-Identifier: EUPL-1.2 */
/* What conclaved is asked. */
#include "server/ctl/request.h"

#include "base/mem.h"
#include "tests/support/check.h"

static char buffer[LIMIT_CHANNEL_MESSAGE];

static const char *written_for(const struct options *o)
{
	struct writer w = writer(buffer, sizeof(buffer));

	request_write(&w, o);
	write_u8(&w, 0);
	check(w.ok);
	return buffer;
}

TEST(each_verb_has_its_request)
{
	struct options o = { .verb = CTL_DEMO, .json = true, .config = "/etc/c.conf" };

	check_text(written_for(&o), "{\"verb\":\"demo\"}");
	o.verb = CTL_MEETING_LIST;
	check_text(written_for(&o), "{\"verb\":\"meeting-list\"}");
	o.meeting = "abcdefghij";
	o.verb = CTL_MEETING_SHOW;
	check_text(written_for(&o), "{\"verb\":\"meeting-show\",\"meeting\":\"abcdefghij\"}");
	o.verb = CTL_MEETING_END;
	o.reason = "Brand in \"de\" zaal";
	check_text(written_for(&o), "{\"verb\":\"meeting-end\",\"meeting\":\"abcdefghij\","
		"\"reason\":\"Brand in \\\"de\\\" zaal\"}");
	o.reason = NULL;
	o.verb = CTL_INVITE;
	o.email = "jan@example.org";
	check_text(written_for(&o), "{\"verb\":\"invite\",\"meeting\":\"abcdefghij\",\"email\":\"jan@example.org\"}");
	o = (struct options){ .verb = CTL_WORKER_DRAIN, .worker = "12" };
	check_text(written_for(&o), "{\"verb\":\"worker-drain\",\"worker\":12}");
}

TEST(meeting_carries_its_people)
{
	struct options o = {
		.verb = CTL_MEETING_CREATE, .title = "T", .starts = "2026-12-01T19:30Z", .language = "fr",
	};

	o.people[0] = (struct ctl_person){ .office = "chair", .name = "Zoë", .email = "a@b" };
	o.people[1] = (struct ctl_person){ .office = "guest", .name = "G", .email = "c@d" };
	o.n_people = 2;
	check_text(written_for(&o), "{\"verb\":\"meeting-create\",\"title\":\"T\",\"starts\":\"2026-12-01T19:30Z\","
		"\"language\":\"fr\",\"people\":[{\"name\":\"Zoë\",\"email\":\"a@b\",\"office\":\"chair\"},"
		"{\"name\":\"G\",\"email\":\"c@d\",\"office\":\"guest\"}]}");
}

/* As many people as can be, with the longest names and addresses: one message, or known not to be one. */
TEST(largest_meeting_fits_or_says_so)
{
	static struct options o = { .verb = CTL_MEETING_CREATE, .title = "T", .starts = "2026-12-01T19:30Z" };
	struct writer w = writer(buffer, sizeof(buffer));

	for (size_t i = 0; i < LIMIT_PEOPLE_PER_MEETING; i++) {
		o.people[i].office = "member";
		memset(o.people[i].name, 'n', LIMIT_NAME);
		memset(o.people[i].email, 'e', LIMIT_EMAIL);
	}
	o.n_people = LIMIT_PEOPLE_PER_MEETING;
	request_write(&w, &o);
	check(w.ok);
	for (size_t i = 0; i < LIMIT_PEOPLE_PER_MEETING; i++) {
		memset(o.people[i].name, '"', CTL_TEXT_SIZE - 1);
		memset(o.people[i].email, '"', CTL_TEXT_SIZE - 1);
	}
	w = writer(buffer, sizeof(buffer));
	request_write(&w, &o);
	check(!w.ok);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(each_verb_has_its_request),
	cmocka_unit_test(meeting_carries_its_people),
	cmocka_unit_test(largest_meeting_fits_or_says_so),
};

RUN_TESTS(tests)
