/* SPDX-License-Identifier: EUPL-1.2 */
/* Does the server run, and can it be reached? In conclavectl.
 * Invariant: nothing is asked of the server that it records. */
#include "server/ctl/checks.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "server/shell/socket.h"

#define CHILDREN 64	/* workers, helpers, the spawner */

#define START_IT(f) TEXT(f, "start conclaved, and look at what it logs", "start conclaved, en kijk wat het logt")

/* Where the server listens, seen from this machine; false beyond the last. */
static bool where_to_knock(const struct config *c, uint32_t i, struct address *ret)
{
	static const uint8_t every[16] = { 0 };

	if (i >= MAX(c->n_listen, 1u))
		return false;
	*ret = (struct address){ .family = 4 };
	if (c->n_listen)
		*ret = c->listen[i];
	if (memcmp(ret->ip, every, sizeof(every)) == 0)
		(void)address_parse_ip(ret, ret->family == 4 ? "127.0.0.1" : "::1");
	ret->port = c->port;
	return true;
}

static const char *print_place(const struct address *a, char text[static ADDRESS_TEXT_SIZE + 16])
{
	char ip[ADDRESS_TEXT_SIZE];

	(void)snprintf(text, ADDRESS_TEXT_SIZE + 16, a->family == 6 ? "[%s]:%u" : "%s:%u", address_print_ip(a, ip),
		a->port);
	return text;
}

void judge_health(struct finding *f, const char *where, int r, struct bytes body)
{
	_cleanup_(answer_freep) struct answer *a = r == 503 ? answer_parse(body) : NULL;
	const char *why = a ? answer_text(a, "why") : NULL;

	if (r == 200)
		finding_ok(f, TEXT(f,
			"the server answers at %s and can hold meetings",
			"de server antwoordt op %s en kan vergaderingen houden"), where);
	else if (r == 503)
		finding_broken(f, TEXT(f,
			"if this lasts longer than a few seconds, look at the server's log",
			"duurt dit langer dan een paar seconden, kijk dan in het log van de server"),
			TEXT(f,
				"the server answers, but cannot hold meetings now: %s",
				"de server antwoordt, maar kan nu geen vergaderingen houden: %s"),
			why ? why : TEXT(f, "it does not say why", "hij zegt niet waarom"));
	else if (r == -ECONNREFUSED)
		finding_broken(f, START_IT(f), TEXT(f, "nothing listens at %s", "niets luistert op %s"), where);
	else if (r == -EPROTO)
		finding_broken(f, TEXT(f,
			"see the checks `certificate` and `port`",
			"zie de controles `certificate` en `port`"),
			TEXT(f,
				"something listens at %s, but a secure connection did not come about",
				"er luistert iets op %s, maar een veilige verbinding kwam niet tot stand"), where);
	else if (r == -EBADMSG || r > 0)
		finding_broken(f, TEXT(f,
			"find out what listens there: ss -ltnp",
			"zoek uit wat daar luistert: ss -ltnp"),
			TEXT(f, "what answers at %s is not Conclave", "wat op %s antwoordt, is niet Conclave"), where);
	else
		finding_broken(f, START_IT(f), TEXT(f,
			"the server could not be asked at %s: %s",
			"op %s kon niets gevraagd worden: %s"), where, strerror(-r));
}

void check_reachable(struct finding *f, struct patient *p)
{
	char where[ADDRESS_TEXT_SIZE + 16], host[CONFIG_HOST_SIZE + 10];
	const struct config *c = &p->place->config;
	struct tls_seen seen = { 0 };
	struct address at;
	int r;

	(void)where_to_knock(c, 0, &at);
	r = tls_get(&at, config_authority(c, c->hosts[0], host), patient_name(p), "/healthz", p->buffer,
		sizeof(p->buffer), &seen);
	judge_health(f, print_place(&at, where), r, seen.body);
}

/* 0 or a negative errno. A local connection is made at once or not at all. */
static int knock(const struct address *at)
{
	struct sockaddr_storage to;
	socklen_t size = address_to_sockaddr(at, false, &to);
	_cleanup_(socket_close) int fd = socket(to.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	return fd < 0 || connect(fd, (const struct sockaddr *)&to, size) < 0 ? -errno : 0;
}

void check_port(struct finding *f, struct patient *p)
{
	const struct config *c = &p->place->config;
	char where[ADDRESS_TEXT_SIZE + 16];
	struct address at;

	for (uint32_t i = 0; where_to_knock(c, i, &at); i++) {
		int r = knock(&at);

		if (r < 0) {
			finding_broken(f, START_IT(f), TEXT(f,
				"TCP port %u takes no connection at %s: %s",
				"TCP-poort %u neemt geen verbinding aan op %s: %s"), c->port, print_place(&at, where),
				strerror(-r));
			return;
		}
	}
	finding_ok(f, TEXT(f,
		"TCP port %u takes connections; that a firewall lets them through can only be seen from another "
		"machine",
		"TCP-poort %u neemt verbindingen aan; dat een firewall ze doorlaat, is alleen vanaf een andere "
		"machine te zien"), c->port);
}

/* Lines such as "  12: 00000000:20FB 00000000:0000 07 …", the first address being the local one (proc(5)). */
bool udp_is_bound(struct bytes table, uint16_t port)
{
	const char *at = (const char *)table.data, *end = at + table.size;

	while (at && at < end) {
		const char *line = at, *newline = memchr(at, '\n', (size_t)(end - at));
		const char *stop = newline ? newline : end;
		const char *number = memchr(line, ':', (size_t)(stop - line));
		const char *local = number ? memchr(number + 1, ':', (size_t)(stop - number - 1)) : NULL;
		char hex[5] = "";

		at = newline ? newline + 1 : end;
		if (!local || stop - local < 5)
			continue;
		memcpy(hex, local + 1, 4);
		if (strtoul(hex, NULL, 16) == port)
			return true;
	}
	return false;
}

static uint32_t find_bound(struct patient *p)
{
	static const char *const tables[] = { "/proc/net/udp", "/proc/net/udp6" };
	const struct config *c = &p->place->config;
	uint32_t bound = 0;

	for (size_t t = 0; t < ARRAY_SIZE(tables); t++) {
		struct bytes table = patient_read(p, tables[t]);

		for (uint32_t i = 0; i < c->workers; i++)
			if (udp_is_bound(table, (uint16_t)(c->port + i)))
				bound |= 1u << i;
	}
	return bound;
}

static const struct answer *find_worker(const struct answer *status, uint32_t number)
{
	const struct answer *list = answer_get(status, "workers");

	for (size_t i = 0; i < answer_count(list); i++)
		if (answer_number(answer_item(list, i), "number") == number)
			return answer_item(list, i);
	return NULL;
}

void judge_media(struct finding *f, const struct config *c, const struct answer *status, uint32_t bound)
{
	const char *cipher = NULL;

	for (uint32_t i = 0; i < c->workers; i++) {
		const struct answer *w = find_worker(status, i);

		if (!w || !answer_boolean(w, "ready")) {
			finding_broken(f, TEXT(f,
				"conclaved starts it again by itself; if this lasts, look at the server's log",
				"conclaved herstart het zelf; duurt dit, kijk dan in het log van de server"),
				TEXT(f, "media process %u of %u does not work", "mediaproces %u van %u werkt niet"),
				i + 1, c->workers);
			return;
		}
		if (!(bound & 1u << i)) {
			finding_broken(f, TEXT(f,
				"restart conclaved, and look at what it logs",
				"herstart conclaved, en kijk wat het logt"), TEXT(f,
					"UDP port %u is not open for sound and picture",
					"UDP-poort %u staat niet open voor geluid en beeld"), c->port + i);
			return;
		}
		cipher = answer_text(w, "cipher");
	}
	finding_ok(f, TEXT(f,
		"media processes: %u, from UDP port %u on, enciphering with %s",
		"mediaprocessen: %u, vanaf UDP-poort %u, versleuteld met %s"), c->workers, c->port,
		cipher && *cipher ? cipher : "?");
}

void check_media(struct finding *f, struct patient *p)
{
	if (patient_status(p))
		judge_media(f, &p->place->config, p->status, find_bound(p));
	else
		finding_broken(f, START_IT(f), TEXT(f,
			"the media processes are not known, since the server does not run or does not listen to "
			"this user",
			"de mediaprocessen zijn niet gekend, want de server draait niet of luistert niet naar deze "
			"gebruiker"));
}

void judge_helper(struct finding *f, int n)
{
	if (n > 0)
		finding_ok(f, TEXT(f,
			"the helpers that check passwords run: %d",
			"de helpers die wachtwoorden nakijken lopen: %d"), n);
	else
		finding_broken(f, TEXT(f,
			"conclaved starts it again by itself; if this lasts, look at the server's log",
			"conclaved herstart het zelf; duurt dit, kijk dan in het log van de server"),
			TEXT(f,
				"no helper runs, so nobody can sign in with a password",
				"er loopt geen helper, dus niemand kan met een wachtwoord aanmelden"));
}

static bool is_helper(struct patient *p, uint64_t process)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "/proc/%" PRIu64 "/comm", process);
	return bytes_equal_string(patient_read(p, path), "conclave-helper\n");
}

int count_numbers(struct bytes text, uint64_t *ret, int most)
{
	struct reader r = reader(text);
	int n = 0;
	bool in = false;

	while (read_left(&r)) {
		uint8_t c = read_u8(&r);
		bool digit = c >= '0' && c <= '9';

		if (digit && !in) {
			if (n == most)
				break;
			ret[n++] = 0;
		}
		if (digit)
			ret[n - 1] = ret[n - 1] * 10 + (uint64_t)(c - '0');
		in = digit;
	}
	return n;
}

void check_helper(struct finding *f, struct patient *p)
{
	uint64_t children[CHILDREN] = { 0 };
	struct place_owner owner;
	char name[64];
	int n, helpers = 0;

	if (place_owner(p->place, &owner) < 0) {
		finding_attention(f, START_IT(f), TEXT(f,
			"the server does not run, so its helpers were not looked for",
			"de server draait niet, dus zijn helpers zijn niet gezocht"));
		return;
	}
	(void)snprintf(name, sizeof(name), "task/%d/children", owner.pid);
	n = count_numbers(patient_read_process(p, name), children, CHILDREN);
	for (int i = 0; i < n; i++)
		helpers += is_helper(p, children[i]);
	/* Its spawner is a child, too: a kernel that names none does not tell (CONFIG_PROC_CHILDREN). */
	if (n == 0)
		finding_attention(f, "pgrep -a conclave-helper", TEXT(f,
			"this kernel does not tell whether helpers run",
			"deze kernel zegt niet of er helpers lopen"));
	else
		judge_helper(f, helpers);
}
