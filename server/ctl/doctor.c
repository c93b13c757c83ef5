/* SPDX-License-Identifier: EUPL-1.2 */
/* The checks in their order. In conclavectl. */
#include "server/ctl/doctor.h"

#include <assert.h>
#include <string.h>

#include "base/mem.h"
#include "server/ctl/checks.h"

static const struct {
	const char *name;
	void (*check)(struct finding *f, struct patient *p);
} checks[] = {
	{ "reachable", check_reachable },
	{ "certificate", check_certificate },
	{ "port", check_port },
	{ "media", check_media },
	{ "state", check_state },
	{ "disk", check_disk },
	{ "clock", check_clock },
	{ "database", check_database },
	{ "versions", check_versions },
	{ "limits", check_limits },
};

static_assert(ARRAY_SIZE(checks) == DOCTOR_CHECKS, "the caller's array has room for every check");

bool doctor_knows(const char *check)
{
	for (size_t i = 0; i < ARRAY_SIZE(checks); i++)
		if (strcmp(check, checks[i].name) == 0)
			return true;
	return false;
}

int doctor_look(struct finding ret[static DOCTOR_CHECKS], const struct place *place, const char *only, usec_t wall)
{
	_cleanup_(patient_freep) struct patient *p = NULL;
	int n = 0, r = patient_new(&p, place, wall);

	if (r < 0)
		return r;
	for (size_t i = 0; i < ARRAY_SIZE(checks); i++) {
		if (only && strcmp(only, checks[i].name) != 0)
			continue;
		ret[n] = (struct finding){ .check = checks[i].name };
		checks[i].check(&ret[n++], p);
	}
	return n;
}
