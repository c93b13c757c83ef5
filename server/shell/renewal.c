/* SPDX-License-Identifier: EUPL-1.2 */
#include "server/shell/renewal.h"

#include "base/log.h"
#include "base/mem.h"
#include "server/shell/pair.h"
#include "server/shell/socket.h"

static const unsigned steps[] = { 30, 14, 7, 1, 0 };	/* days; ATTACKS G13 */

unsigned renewal_step(usec_t ends, usec_t wall)
{
	unsigned n = 0;

	while (ends && n < ARRAY_SIZE(steps) && wall + SECONDS(86400) * steps[n] >= ends)
		n++;
	return n;
}

static int show(struct renewal *r, usec_t wall, const char **why)
{
	int files[2], n = spawner_open_pair(r->spawner, files);

	*why = "certificate, key: one of the files cannot be opened";
	if (n < 0)
		return n;
	n = pair_show(r->pair, files, r->host, wall, why);
	socket_close(&files[0]);
	socket_close(&files[1]);
	return n;
}

const char *renewal_try(struct renewal *r, usec_t now, usec_t wall)
{
	usec_t before = pair_ends(r->pair);
	const char *why;
	int n = show(r, wall, &why);

	r->due = now;
	if (n < 0) {
		r->refused++;
		log_error("certificate-refused", LOG_WORD("what", why), LOG_ERROR(n));
		return why;
	}
	r->done++;
	if (pair_ends(r->pair) != before)
		r->told = 0;
	log_info("certificate-changed");
	return NULL;
}

usec_t renewal_deadline(const struct renewal *r)
{
	return r->due;
}

bool renewal_timeout(struct renewal *r, usec_t now, usec_t wall, unsigned *ret)
{
	unsigned step;

	if (now < r->due)
		return false;
	r->due = now + RENEWAL_LOOK;
	step = renewal_step(pair_ends(r->pair), wall);
	if (step <= r->told)
		return false;
	r->told = step;
	*ret = steps[step - 1];
	if (*ret)
		log_warn("certificate-ends", LOG_NUMBER("days", *ret), LOG_WORD("mend", "renew, conclavectl reload"));
	else
		log_error("certificate-ended", LOG_WORD("mend", "renew, conclavectl reload"));
	return true;
}
