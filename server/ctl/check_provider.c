/* SPDX-License-Identifier: EUPL-1.2 */
/* Can people sign in by the provider of the house? In conclavectl.
 * Invariant: it asks no other machine. What conclaved heard from conclave-fetch is judged: here another user, another
 * firewall rule and no sandbox would be tried, and that nothing but conclave-fetch calls out would be true no more. */
#include "server/ctl/checks.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "auth/oidc.h"
#include "auth/oidc_report.h"

#define SKEW_NOTICE (OIDC_SKEW / 2)

#define LOOK(f) TEXT(f, "journalctl -u conclaved -g provider says more; docs/oidc.md explains it", \
	"journalctl -u conclaved -g provider zegt meer; docs/oidc.md legt het uit")
#define RESTART(f) TEXT(f, "restart conclaved, so that it reads its configuration anew", \
	"herstart conclaved, zodat hij zijn configuratie opnieuw leest")

static void not_configured(struct finding *f)
{
	finding_ok(f, TEXT(f, "no provider of sign-ins is configured", "er is geen aanmelddienst ingesteld"));
}

/* What the server says of its provider; NULL with a finding when there is nothing to judge. */
static const struct answer *ask(struct finding *f, struct patient *p)
{
	const struct answer *status = patient_status(p), *told = status ? answer_get(status, "provider") : NULL;

	if (!p->place->config.oidc_issuer[0])
		not_configured(f);
	else if (!status)
		finding_broken(f, TEXT(f, "see the check `reachable`", "zie de controle `reachable`"),
			TEXT(f, "the server does not say what it knows of its provider of sign-ins",
				"de server zegt niet wat hij van zijn aanmelddienst weet"));
	else if (!told)
		finding_broken(f, RESTART(f), TEXT(f,
			"a provider of sign-ins is configured, but the server that runs has none",
			"er is een aanmelddienst ingesteld, maar de server die loopt heeft er geen"));
	else
		return told;
	return NULL;
}

static enum oidc_outcome outcome_of(const struct answer *told, enum oidc_question q)
{
	const char *word = answer_text(answer_get(told, oidc_question_word(q)), "result");

	for (enum oidc_outcome o = OIDC_OUT_DONE; word && o < OIDC_OUTCOME_N; o++)
		if (strcmp(word, oidc_outcome_word(o)) == 0)
			return o;
	return OIDC_OUTCOME_N;	/* it has not been asked */
}

static void judge_discovery(struct finding *f, enum oidc_outcome outcome, int64_t status)
{
	switch (outcome) {
	case OIDC_OUT_DONE:
		return;
	case OIDC_OUT_NAME:
		finding_broken(f, TEXT(f,
			"let the server ask its name servers, or correct oidc_issuer",
			"laat de server zijn naamservers bevragen, of verbeter oidc_issuer"),
			TEXT(f, "no address is found for the provider's name",
				"voor de naam van de aanmelddienst is geen adres te vinden"));
		return;
	case OIDC_OUT_CONNECTION:
	case OIDC_OUT_TIMEOUT:
		finding_broken(f, TEXT(f,
			"let the server out to that host in the firewall and in its unit: see docs/oidc.md",
			"laat de server naar buiten naar die dienst, in firewall en unit: zie docs/oidc.md"),
			TEXT(f, "the provider of sign-ins cannot be reached", "de aanmelddienst is niet te bereiken"));
		return;
	case OIDC_OUT_CERTIFICATE:
		finding_broken(f, TEXT(f,
			"name the file of its authority's certificate in oidc_ca_file, or install that authority",
			"noem het certificaat van zijn instantie bij oidc_ca_file, of installeer die instantie"),
			TEXT(f, "the provider's certificate is not trusted",
				"het certificaat van de aanmelddienst wordt niet vertrouwd"));
		return;
	case OIDC_OUT_STATUS:
		finding_broken(f, TEXT(f,
			"oidc_issuer with /.well-known/openid-configuration behind it must be its document",
			"oidc_issuer met /.well-known/openid-configuration erachter moet zijn document zijn"),
			TEXT(f, "the provider answers with status %" PRId64 " where its description should be",
				"de aanmelddienst antwoordt met status %" PRId64 " waar zijn beschrijving hoort"),
			status);
		return;
	case OIDC_OUT_UNFIT:
		finding_broken(f, LOOK(f), TEXT(f,
			"what the provider says of itself does not fit oidc_issuer and oidc_algorithm",
			"wat de aanmelddienst van zichzelf zegt past niet bij oidc_issuer en oidc_algorithm"));
		return;
	case OIDC_OUTCOME_N:
		break;
	}
	finding_broken(f, TEXT(f,
		"wait half a minute; then see the check `secret`, and journalctl -u conclaved -g fetch",
		"wacht een halve minuut; zie dan de controle `secret`, en journalctl -u conclaved -g fetch"),
		TEXT(f, "conclave-fetch has not asked the provider anything: it may not run",
			"conclave-fetch heeft de aanmelddienst nog niets gevraagd: misschien loopt het niet"));
}

static bool judge_keys(struct finding *f, enum oidc_outcome outcome, int64_t status)
{
	if (outcome == OIDC_OUT_DONE || outcome == OIDC_OUTCOME_N)
		return true;
	if (outcome == OIDC_OUT_UNFIT)
		finding_broken(f, TEXT(f,
			"set oidc_algorithm to what the provider signs with",
			"stel oidc_algorithm in op wat de aanmelddienst gebruikt"),
			TEXT(f, "among the provider's keys is none for oidc_algorithm",
				"bij de sleutels van de aanmelddienst is er geen voor oidc_algorithm"));
	else
		finding_broken(f, LOOK(f), TEXT(f,
			"the provider's keys cannot be read: %s, status %" PRId64,
			"de sleutels van de aanmelddienst zijn niet te lezen: %s, status %" PRId64),
			oidc_outcome_word(outcome), status);
	return false;
}

static int64_t status_of(const struct answer *told, enum oidc_question q)
{
	return answer_number(answer_get(told, oidc_question_word(q)), "status");
}

void judge_provider(struct finding *f, const struct answer *told, int64_t now)
{
	int64_t success = answer_number(told, "success");

	f->says[0] = '\0';
	judge_discovery(f, outcome_of(told, OIDC_ASKS_DISCOVERY), status_of(told, OIDC_ASKS_DISCOVERY));
	if (f->says[0] || !judge_keys(f, outcome_of(told, OIDC_ASKS_KEYS), status_of(told, OIDC_ASKS_KEYS)))
		return;
	if (status_of(told, OIDC_ASKS_TOKEN) == 401)
		finding_broken(f, TEXT(f,
			"put the secret that the provider gave last into oidc_secret_file, and restart conclaved",
			"zet het laatste geheim van de aanmelddienst in oidc_secret_file, en herstart conclaved"),
			TEXT(f, "the provider refuses our secret, so nobody can sign in by it",
				"de aanmelddienst weigert ons geheim, dus kan niemand zich ermee aanmelden"));
	else if (!answer_boolean(told, "found"))
		finding_attention(f, LOOK(f), TEXT(f,
			"the provider answers, but is not offered yet",
			"de aanmelddienst antwoordt, maar wordt nog niet aangeboden"));
	else
		finding_ok(f, TEXT(f,
			"the provider of sign-ins was found and its keys were read; it answered %" PRId64
			" minutes ago",
			"de aanmelddienst is gevonden en zijn sleutels zijn gelezen; hij antwoordde %" PRId64
			" minuten geleden"), MAX(now - success, INT64_C(0)) / 60);
}

void check_provider(struct finding *f, struct patient *p)
{
	const struct answer *told = ask(f, p);

	if (told)
		judge_provider(f, told, (int64_t)(p->wall / SECONDS(1)));
}

void judge_secret(struct finding *f, const char *path, int r, const struct stat *st, const uid_t *server)
{
	const char *own = TEXT(f,
		"chown conclave and chmod 600, on that file",
		"chown conclave en chmod 600 op dat bestand");

	if (r < 0)
		finding_broken(f, TEXT(f,
			"put the provider's secret there, one line, for the user of conclaved alone",
			"zet daar het geheim van de dienst, één regel, alleen voor de gebruiker van conclaved"),
			"%.400s: %s", path, strerror(-r));
	else if (!S_ISREG(st->st_mode) || (st->st_mode & 077))
		finding_broken(f, own, TEXT(f,
			"others than its owner may read the provider's secret %.400s, so it is not used",
			"anderen dan de eigenaar mogen het geheim %.400s lezen, dus wordt het niet gebruikt"), path);
	else if (server && *server != st->st_uid && *server != 0)
		finding_broken(f, own, TEXT(f,
			"the provider's secret belongs to user number %u, but the server runs as number %u",
			"het geheim van de aanmelddienst is van gebruiker %u, maar de server loopt als %u"),
			st->st_uid, *server);
	else if (st->st_size == 0)
		finding_broken(f, TEXT(f,
			"put the provider's secret there, one line",
			"zet daar het geheim van de aanmelddienst, één regel"),
			TEXT(f, "%.400s is empty", "%.400s is leeg"), path);
	else
		finding_ok(f, TEXT(f,
			"the provider's secret is its owner's alone",
			"het geheim van de aanmelddienst is alleen van de eigenaar"));
}

void check_secret(struct finding *f, struct patient *p)
{
	const struct config *c = &p->place->config;
	struct place_owner owner;
	struct stat st = { 0 };
	int r;

	if (!c->oidc_issuer[0]) {
		not_configured(f);
		return;
	}
	r = stat(c->oidc_secret_file, &st) < 0 ? -errno : 0;
	judge_secret(f, c->oidc_secret_file, r, &st, place_owner(p->place, &owner) == 0 ? &owner.uid : NULL);
}

/* Does the address stand for a name that browsers elsewhere can look up? */
static bool is_public(const char *redirect)
{
	char host[CONFIG_HOST_SIZE] = "";
	struct address ip;
	size_t n;

	redirect += strlen("https://");
	n = redirect[0] == '[' ? 0 : strcspn(redirect, ":/");
	if (n == 0 || n >= sizeof(host))
		return false;
	memcpy(host, redirect, n);
	return strcmp(host, "localhost") != 0 && !address_parse_ip(&ip, host);
}

void judge_redirect(struct finding *f, const char *configured, const struct answer *told, const char *issuer)
{
	const char *redirect = answer_text(told, "redirect"), *its_issuer = answer_text(told, "issuer");

	if (!redirect || !its_issuer || strcmp(redirect, configured) != 0 || strcmp(its_issuer, issuer) != 0)
		finding_broken(f, RESTART(f), TEXT(f,
			"the server sends people to %.180s and back to %.180s; the configuration now says otherwise",
			"de server stuurt mensen naar %.180s en terug naar %.180s; de configuratie zegt nu iets "
			"anders"),
			its_issuer ? its_issuer : "?", redirect ? redirect : "?");
	else if (!is_public(redirect))
		finding_attention(f, TEXT(f,
			"name the host by which people reach the server first at `host` (or client_origins)",
			"zet de naam waaronder mensen de server bereiken eerst bij `host` (of client_origins)"),
			TEXT(f, "the provider sends people back to %.400s, which is no name for everybody",
				"de aanmelddienst stuurt mensen terug naar %.400s: dat is geen naam voor iedereen"),
			redirect);
	else
		finding_ok(f, TEXT(f,
			"the provider sends people back to %.400s: agree exactly this with it",
			"de aanmelddienst stuurt mensen terug naar %.400s: spreek precies dit ermee af"), redirect);
}

void check_redirect(struct finding *f, struct patient *p)
{
	const struct answer *told = ask(f, p);
	char redirect[CONFIG_REDIRECT_SIZE];
	struct hall_provider provider;

	if (told && config_provider(&p->place->config, &provider, redirect))
		judge_redirect(f, redirect, told, provider.issuer);
}

void judge_skew(struct finding *f, bool known, int64_t ahead)
{
	const char *mend = TEXT(f,
		"timedatectl set-ntp true; if this clock is right, tell the provider",
		"timedatectl set-ntp true; staat deze klok juist, meld het dan aan de aanmelddienst");
	int64_t apart = ahead < 0 ? -ahead : ahead;

	if (!known)
		finding_attention(f, LOOK(f), TEXT(f,
			"the provider has not said yet what time it is there",
			"de aanmelddienst heeft nog niet gezegd hoe laat het daar is"));
	else if (apart > OIDC_SKEW)
		finding_broken(f, mend, TEXT(f,
			"the provider's clock and ours are %" PRId64 " s apart, more than the %d s that a sign-in "
			"bears",
			"de klok van de aanmelddienst en de onze verschillen %" PRId64 " s, meer dan de %d s die een "
			"aanmelding verdraagt"), apart, OIDC_SKEW);
	else if (apart > SKEW_NOTICE)
		finding_attention(f, mend, TEXT(f,
			"the provider's clock and ours are %" PRId64 " s apart; from %d s on nobody can sign in by it",
			"de klok van de aanmelddienst en de onze verschillen %" PRId64 " s; vanaf %d s kan niemand "
			"zich ermee aanmelden"), apart, OIDC_SKEW);
	else
		finding_ok(f, TEXT(f,
			"the provider's clock and ours are %" PRId64 " s apart",
			"de klok van de aanmelddienst en de onze verschillen %" PRId64 " s"), apart);
}

void check_skew(struct finding *f, struct patient *p)
{
	const struct answer *told = ask(f, p);

	if (told)
		judge_skew(f, answer_get(told, "ahead"), answer_number(told, "ahead"));
}
