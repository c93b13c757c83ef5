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
	bool on_request;	/* it takes seconds, and the server takes part in it */
	bool of_provider;	/* of sign-ins: where one is configured, or on request */
} checks[] = {
	{ "reachable", check_reachable },
	{ "port", check_port },
	{ "media", check_media },
	{ "sound", check_sound, .on_request = true },
	{ "helper", check_helper },
	{ "cipher", check_cipher },
	{ "sandbox", check_sandbox },
	{ "certificate", check_certificate },
	{ "chain", check_chain },
	{ "key", check_key },
	{ "served", check_served },
	{ "protocol", check_protocol },
	{ "headers", check_headers },
	{ "policy", check_policy },
	{ "names", check_names },
	{ "database", check_database },
	{ "proceedings", check_proceedings },
	{ "epoch", check_epoch },
	{ "retention", check_retention },
	{ "backup", check_backup },
	{ "state", check_state },
	{ "disk", check_disk },
	{ "inodes", check_inodes },
	{ "clock", check_clock },
	{ "zones", check_zones },
	{ "versions", check_versions },
	{ "age", check_age },
	{ "openssl", check_openssl },
	{ "limits", check_limits },
	{ "buffers", check_buffers },
	{ "memory", check_memory },
	{ "swap", check_swap },
	{ "seccomp", check_seccomp },
	{ "landlock", check_landlock },
	{ "segments", check_segments },
	{ "provider", check_provider, .of_provider = true },
	{ "secret", check_secret, .of_provider = true },
	{ "redirect", check_redirect, .of_provider = true },
	{ "skew", check_skew, .of_provider = true },
};

static_assert(ARRAY_SIZE(checks) == DOCTOR_CHECKS, "the caller's array has room for every check");

bool doctor_knows(const char *check)
{
	for (size_t i = 0; i < ARRAY_SIZE(checks); i++)
		if (strcmp(check, checks[i].name) == 0)
			return true;
	return false;
}

bool doctor_is_dutch(const char *lc_all, const char *lc_messages, const char *lang)
{
	const char *said = lc_all && *lc_all ? lc_all : lc_messages && *lc_messages ? lc_messages : lang;

	return said && strncmp(said, "nl", 2) == 0 && (!said[2] || strchr("_.@", said[2]));
}

int doctor_look(struct finding ret[static DOCTOR_CHECKS], const struct doctor_question *q)
{
	_cleanup_(patient_freep) struct patient *p = NULL;
	int n = 0, r = patient_new(&p, q->place, q->wall);

	if (r < 0)
		return r;
	for (size_t i = 0; i < ARRAY_SIZE(checks); i++) {
		if (q->only && strcmp(q->only, checks[i].name) != 0)
			continue;
		if (checks[i].on_request && !q->only && !q->media)
			continue;
		if (checks[i].of_provider && !q->only && !q->place->config.oidc_issuer[0])
			continue;
		ret[n] = (struct finding){ .check = checks[i].name, .dutch = q->dutch };
		checks[i].check(&ret[n++], p);
	}
	return n;
}
