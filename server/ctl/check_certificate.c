/* SPDX-License-Identifier: EUPL-1.2 */
/* Will browsers believe that this server is the one they asked for? In conclavectl.
 * Invariant: reads two files, and shows nothing of the key. */
#include "server/ctl/checks.h"

#include <inttypes.h>
#include <sys/stat.h>

#define DAY INT64_C(86400)
#define NOTICE_DAYS 30
#define KEY_BITS 112	/* RSA of 2048 bits; a curve of 256 has 128 (NIST SP 800-57, part 1, table 2) */

#define RENEW(f) TEXT(f, "renew the certificate, put it in its place, and say conclavectl reload", \
	"vernieuw het certificaat, zet het op zijn plaats en geef conclavectl reload")

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
		finding_broken(f, TEXT(f,
			"put the certificate there as PEM, readable for the user that conclaved runs as",
			"zet het certificaat daar als PEM, leesbaar voor de gebruiker van conclaved"),
			TEXT(f, "no certificate can be read from %.500s", "uit %.500s is geen certificaat te lezen"),
			c->certificate);
	else if (!facts->key_read)
		finding_broken(f, TEXT(f,
			"put the key there as PEM without a passphrase, readable for the user that conclaved runs "
			"as",
			"zet de sleutel daar als PEM zonder wachtwoord, leesbaar voor de gebruiker van conclaved"), TEXT(f,
				"no private key can be read from %.500s",
				"uit %.500s is geen privésleutel te lezen"), c->key);
	else if (!facts->key_matches)
		finding_broken(f, TEXT(f,
			"configure a certificate and a key that were made for each other",
			"stel een certificaat en een sleutel in die voor elkaar gemaakt zijn"),
			TEXT(f,
				"the private key does not belong to the certificate",
				"de privésleutel hoort niet bij het certificaat"));
	else
		return true;
	return false;
}

static void judge_time_left(struct finding *f, const struct tls_certificate *facts, int64_t days)
{
	if (days < NOTICE_DAYS)
		finding_attention(f, RENEW(f), TEXT(f,
			"the certificate runs out; whole days left: %" PRId64,
			"het certificaat verloopt; nog volle dagen: %" PRId64), days);
	else if (facts->self_signed)
		finding_attention(f, TEXT(f,
			"fine for trying out; for real meetings get a certificate from an authority that browsers "
			"know",
			"goed om te proberen; neem voor echte vergaderingen een certificaat van een instantie die "
			"browsers kennen"), TEXT(f,
				"the certificate signed itself, so browsers warn of it; it is valid for %" PRId64 " "
				"days more",
				"het certificaat ondertekende zichzelf, dus browsers waarschuwen ervoor; het is "
				"nog %" PRId64 " dagen geldig"), days);
	else
		finding_ok(f, TEXT(f,
			"the certificate belongs to its key, stands for every host, and is valid for %" PRId64 " "
			"days more",
			"het certificaat hoort bij zijn sleutel, geldt voor elke naam, en is nog %" PRId64 " dagen "
			"geldig"), days);
}

void judge_certificate(struct finding *f, const struct config *c, const struct tls_certificate *facts,
	uint32_t covered, int64_t now)
{
	int64_t days = (facts->not_after - now) / DAY;
	const char *host = uncovered(c, covered);

	if (!judge_files(f, c, facts))
		return;
	if (now >= facts->not_after)
		finding_broken(f, RENEW(f), TEXT(f,
			"the certificate ran out %" PRId64 " days ago",
			"het certificaat is %" PRId64 " dagen geleden verlopen"), -days);
	else if (now < facts->not_before)
		finding_broken(f, TEXT(f,
			"set the machine's clock; if that is right, get a certificate that is valid now",
			"zet de klok van de machine juist; staat die goed, neem dan een certificaat dat nu geldt"),
			TEXT(f, "the certificate is not valid yet", "het certificaat is nog niet geldig"));
	else if (host)
		finding_broken(f, TEXT(f,
			"get a certificate for every host of the configuration, or take the host out of it",
			"neem een certificaat voor elke naam in de configuratie, of haal de naam eruit"),
			TEXT(f, "the certificate does not stand for %s", "het certificaat geldt niet voor %s"), host);
	else
		judge_time_left(f, facts, days);
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

void judge_chain(struct finding *f, enum tls_chain chain)
{
	switch (chain) {
	case TLS_CHAIN_KNOWN:
		finding_ok(f, TEXT(f,
			"the certificate leads to an authority that this machine knows",
			"het certificaat leidt naar een instantie die deze machine kent"));
		return;
	case TLS_CHAIN_PRIVATE:
		finding_attention(f, TEXT(f,
			"right for a closed network, when every device has that authority installed",
			"juist voor een gesloten netwerk, als elk toestel die instantie geïnstalleerd heeft"),
			TEXT(f,
				"the certificate leads to an authority of your own, which browsers do not know by "
				"themselves",
				"het certificaat leidt naar een eigen instantie, die browsers niet vanzelf kennen"));
		return;
	case TLS_CHAIN_ALONE:
		finding_ok(f, TEXT(f,
			"the certificate signed itself, so there is no chain; see the check `certificate`",
			"het certificaat ondertekende zichzelf, dus er is geen keten; zie de controle `certificate`"));
		return;
	case TLS_CHAIN_BROKEN:
		break;
	}
	finding_broken(f, TEXT(f,
		"put the certificates between behind the server's own in that file: often fullchain.pem",
		"zet de tussenliggende certificaten achter dat van de server in dat bestand: vaak fullchain.pem"),
		TEXT(f,
			"the chain of certificates leads nowhere: some browsers will refuse it, others not",
			"de keten van certificaten leidt nergens heen: sommige browsers weigeren ze, andere niet"));
}

void check_chain(struct finding *f, struct patient *p)
{
	judge_chain(f, tls_chain(p->place->config.certificate));
}

void judge_key(struct finding *f, const char *path, unsigned mode, uint32_t bits)
{
	if (mode & 07)
		finding_broken(f, TEXT(f,
			"chmod 600, on the file of the key; then get a new key and certificate",
			"chmod 600 op het bestand van de sleutel; neem daarna een nieuwe sleutel en certificaat"),
			TEXT(f,
				"everybody on this machine may read the private key %.400s",
				"iedereen op deze machine mag de privésleutel %.400s lezen"), path);
	else if (mode & 077)
		finding_attention(f, TEXT(f,
			"chmod 600, on the file of the key, unless that group is meant to",
			"chmod 600 op het bestand van de sleutel, tenzij die groep dat mag"),
			TEXT(f,
				"others than its owner may read the private key %.400s",
				"anderen dan de eigenaar mogen de privésleutel %.400s lezen"), path);
	else if (bits < KEY_BITS)
		finding_broken(f, TEXT(f,
			"make a key on the curve P-256, or RSA of 2048 bits or more, and get a certificate for it",
			"maak een sleutel op de kromme P-256, of RSA van minstens 2048 bits, en neem er een "
			"certificaat voor"), TEXT(f, "the private key is too short", "de privésleutel is te kort"));
	else
		finding_ok(f, TEXT(f,
			"the private key is strong, and only its owner and the server may read it",
			"de privésleutel is sterk, en alleen leesbaar voor de eigenaar en de server"));
}

unsigned key_mode(const struct stat *key, const struct stat *state)
{
	bool handed = key->st_uid == 0 && state->st_uid != 0 && state->st_gid == key->st_gid;

	return key->st_mode & 0777u & (handed ? ~040u : ~0u);
}

void check_key(struct finding *f, struct patient *p)
{
	const struct config *c = &p->place->config;
	struct tls_certificate facts;
	struct stat st, state = { 0 };

	(void)stat(c->state, &state);	/* the check `state` tells when there is none */
	tls_inspect(&facts, c->certificate, c->key);
	if (stat(c->key, &st) < 0 || !facts.key_read)
		finding_broken(f, TEXT(f, "see the check `certificate`", "zie de controle `certificate`"),
			TEXT(f, "there is no private key in %.500s", "er is geen privésleutel in %.500s"), c->key);
	else
		judge_key(f, c->key, key_mode(&st, &state), facts.certificate_read ? facts.key_bits : KEY_BITS);
}
