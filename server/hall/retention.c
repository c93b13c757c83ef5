/* SPDX-License-Identifier: EUPL-1.2 */
/* How long what is kept: REQUIREMENTS R101. In conclaved.
 * Invariant: only a meeting that has ended, and whose record somebody has, is erased, and then whole: its row says so
 * first, for no entry can be taken out of one that does not. Of media, of who waited in the lobby, and of what people
 * wrote to each other nothing is ever stored. */
#include "server/hall/gate.h"

#include "base/log.h"
#include "server/hall/security.h"

#define DAY (MINUTES(60) * 24)
#define MEETINGS_AT_ONCE 4		/* an hour later come the next */

struct retention retention_read(struct hall *h)
{
	struct retention r = { .security_days = RETENTION_SECURITY_DAYS, .meeting_days = RETENTION_MEETING_DAYS };

	(void)settings_read(h->db, "retention-security", &r.security_days);
	(void)settings_read(h->db, "retention-meetings", &r.meeting_days);
	return r;
}

bool retention_set(struct hall *h, const struct retention *r)
{
	return settings_set(h->db, "retention-security", r->security_days) == 0 &&
		settings_set(h->db, "retention-meetings", r->meeting_days) == 0;
}

void retention_exported(struct hall *h, uint32_t meeting)
{
	(void)store_meeting_exported(h->db, meeting, h->wall);
}

static usec_t days_ago(const struct hall *h, int64_t days)
{
	usec_t ago = DAY * (usec_t)days;

	return h->wall > ago ? h->wall - ago : 0;
}

static int erase_meetings(struct hall *h, const struct retention *r)
{
	struct meeting_row rows[MEETINGS_AT_ONCE];
	int n = store_meetings_due(h->db, days_ago(h, r->meeting_days), rows, ARRAY_SIZE(rows));

	for (int i = 0; i < n; i++) {
		int e = store_meeting_erase(h->db, rows[i].number);

		if (e < 0)
			return e;
		note_security(h, "meeting-erased", NULL, rows[i].id);
		log_info("meeting-erased", LOG_NUMBER("meeting", rows[i].number));
	}
	return MIN(n, 0);
}

void retention_enforce(struct hall *h)
{
	struct retention kept = retention_read(h);
	int r = security_expire(h->db, days_ago(h, kept.security_days));

	if (r == 0)
		r = enrolments_expire(h->db, h->wall > 2 * ENROLMENT_LIFE ? h->wall - 2 * ENROLMENT_LIFE : 0);
	if (r == 0)
		r = erase_meetings(h, &kept);
	if (r < 0) {
		log_error("retention-failed", LOG_ERROR(r));
		hall_undo(h);
	}
}
