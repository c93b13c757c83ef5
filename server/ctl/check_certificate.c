/* SPDX-License-Identifier: EUPL-1.2 */
/* Will browsers believe that this server is the one they asked for? In conclavectl.
 * Invariant: reads two files, and shows nothing of the key. */
#include "server/ctl/checks.h"

#include <inttypes.h>

#define DAY INT64_C(86400)
#define NOTICE_DAYS 14

#define RENEW "renew the certificate, put it in its place, and restart conclaved"

/* The first host that the certificate does not stand for, or NULL. */
static const char *uncovered(const struct config *c, uint32_t covered)
{
	for (uint32_t i = 0; i < c->n_hosts; i++)
		if (!(covered & 1u << i))
			return c->hosts[i];
	return NULL;
}

static bool judge_files(struct finding *f, const struct config *c, const struct tls_certificate *facts)
{
	if (!facts->certificate_read)
		finding_broken(f, "put the certificate there as PEM, readable for the user that conclaved runs as",
			"no certificate can be read from %.500s", c->certificate);
	else if (!facts->key_read)
		finding_broken(f, "put the key there as PEM without a passphrase, readable for the user that conclaved "
			"runs as", "no private key can be read from %.500s", c->key);
	else if (!facts->key_matches)
		finding_broken(f, "configure a certificate and a key that were made for each other",
			"the private key does not belong to the certificate");
	else
		return true;
	return false;
}

void judge_certificate(struct finding *f, const struct config *c, const struct tls_certificate *facts,
	uint32_t covered, int64_t now)
{
	int64_t days = (facts->not_after - now) / DAY;
	const char *host = uncovered(c, covered);

	if (!judge_files(f, c, facts))
		return;
	if (now >= facts->not_after)
		finding_broken(f, RENEW, "the certificate ran out %" PRId64 " days ago", -days);
	else if (now < facts->not_before)
		finding_broken(f, "set the machine's clock; if that is right, get a certificate that is valid now",
			"the certificate is not valid yet");
	else if (host)
		finding_broken(f, "get a certificate for every host of the configuration, or take the host out of it",
			"the certificate does not stand for %s", host);
	else if (days < NOTICE_DAYS)
		finding_attention(f, RENEW, "the certificate runs out in %" PRId64 " day%s", days,
			days == 1 ? "" : "s");
	else if (facts->self_signed)
		finding_attention(f, "fine for trying out; for real meetings get a certificate from an authority that "
			"browsers know", "the certificate signed itself, so browsers warn of it; it is valid for "
			"%" PRId64 " days more", days);
	else
		finding_ok(f, "the certificate belongs to its key, stands for every host, and is valid for %" PRId64
			" days more", days);
}

void check_certificate(struct finding *f, struct patient *p)
{
	const struct config *c = &p->place->config;
	struct tls_certificate facts;
	uint32_t covered = 0;

	tls_inspect(&facts, c->certificate, c->key);
	for (uint32_t i = 0; facts.certificate_read && i < c->n_hosts; i++)
		if (tls_covers(c->certificate, c->hosts[i]))
			covered |= 1u << i;
	judge_certificate(f, c, &facts, covered, (int64_t)(p->wall / SECONDS(1)));
}
