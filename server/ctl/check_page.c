/* SPDX-License-Identifier: EUPL-1.2 */
/* What does a browser get that comes to the front door? In conclavectl.
 * Invariant: one page is asked for, like any browser would. */
#include "server/ctl/checks.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>
#include <string.h>

#include "base/mem.h"
#include "server/ctl/https.h"
#include "server/shell/page.h"

#define DNS_PATIENCE_S 2

DEFINE_CLEANUP(struct addrinfo *, freeaddrinfo)
DEFINE_CLEANUP(struct ifaddrs *, freeifaddrs)

/* False with a finding when there is nothing to look at. */
static bool page_is_there(struct finding *f, struct patient *p)
{
	if (patient_page(p))
		return true;
	finding_attention(f, TEXT(f, "see the check `reachable`", "zie de controle `reachable`"),
		TEXT(f,
			"the server did not show its page, so this was not looked at",
			"de server toonde zijn pagina niet, dus dit is niet nagekeken"));
	return false;
}

void judge_served(struct finding *f, bool same)
{
	if (same)
		finding_ok(f, TEXT(f,
			"the server shows the certificate that stands in the file",
			"de server toont het certificaat dat in het bestand staat"));
	else
		finding_attention(f, TEXT(f,
			"conclavectl reload, which says why when it refuses; if it stays so, something else stands before it",
			"conclavectl reload, dat zegt waarom wanneer het weigert; blijft het zo, dan staat er iets anders "
			"voor"), TEXT(f,
				"the server shows another certificate than the one in the file",
				"de server toont een ander certificaat dan dat in het bestand"));
}

void check_served(struct finding *f, struct patient *p)
{
	const struct config *c = &p->place->config;
	struct tls_certificate facts;

	if (!page_is_there(f, p))
		return;
	tls_inspect(&facts, c->certificate, c->key);
	judge_served(f, memcmp(facts.hash, p->page.hash, sizeof(facts.hash)) == 0);
}

void judge_protocol(struct finding *f, bool newest, int takes_old)
{
	if (takes_old > 0)
		finding_broken(f, TEXT(f,
			"find out what stands before conclaved, which refuses that: ss -ltnp",
			"zoek uit wat er voor conclaved staat, dat dit zelf weigert: ss -ltnp"),
			TEXT(f,
				"connections come about with TLS 1.1 or older, which is broken",
				"verbindingen komen tot stand met TLS 1.1 of ouder, wat gebroken is"));
	else if (!newest)
		finding_attention(f, TEXT(f,
			"allow TLS 1.3 in this machine's openssl.cnf",
			"sta TLS 1.3 toe in openssl.cnf van deze machine"),
			TEXT(f,
				"connections come about with TLS 1.2, not 1.3",
				"verbindingen gebruiken TLS 1.2, niet 1.3"));
	else
		finding_ok(f, TEXT(f,
			"connections come about with TLS 1.3; what is older than 1.2 is refused",
			"verbindingen gebruiken TLS 1.3; wat ouder is dan 1.2 wordt geweigerd"));
}

void check_protocol(struct finding *f, struct patient *p)
{
	struct address at;

	if (!page_is_there(f, p))
		return;
	patient_door(p, &at);
	judge_protocol(f, p->page.newest, tls_takes_old(&at, patient_name(p)));
}

void judge_headers(struct finding *f, struct bytes head)
{
	const struct https_answer a = { .head = head };
	struct bytes value;

	for (size_t i = 0; i < PAGE_HEADERS; i++) {
		if (https_header(&a, page_headers[i].name, &value) == 1 &&
		    bytes_equal_string(value, page_headers[i].value))
			continue;
		finding_broken(f, TEXT(f,
			"let whatever stands before conclaved pass its headers on as they are",
			"laat wat er voor conclaved staat zijn kopregels ongewijzigd doorgeven"),
			TEXT(f,
				"the page comes without the header %s that protects it, or with another value",
				"de pagina komt zonder de kopregel %s die haar beschermt, of met een andere waarde"),
			page_headers[i].name);
		return;
	}
	finding_ok(f, TEXT(f,
		"all %d headers that protect the page arrive",
		"alle %d kopregels die de pagina beschermen komen aan"), PAGE_HEADERS);
}

void check_headers(struct finding *f, struct patient *p)
{
	if (page_is_there(f, p))
		judge_headers(f, p->page.head);
}

static bool starts_with(struct bytes text, struct bytes with)
{
	return text.size >= with.size && memcmp(text.data, with.data, with.size) == 0;
}

/* Only behind connect-src the server may have added something: its own WebSockets. */
static bool is_our_policy(struct bytes value)
{
	static const char mark[] = "connect-src 'self'";
	char text[PAGE_POLICY_SIZE];
	struct writer w = writer(text, sizeof(text));
	struct bytes whole, rest;
	const uint8_t *at, *end;

	page_write_policy(&w, bytes_make(NULL, 0));
	whole = written(&w);
	at = memmem(whole.data, whole.size, mark, strlen(mark));
	if (!at)
		return false;
	at += strlen(mark);
	if (!starts_with(value, bytes_make(whole.data, (size_t)(at - whole.data))))
		return false;
	rest = bytes_make(value.data + (at - whole.data), value.size - (size_t)(at - whole.data));
	end = rest.size ? memchr(rest.data, ';', rest.size) : NULL;
	return end && bytes_equal(bytes_make(end, rest.size - (size_t)(end - rest.data)),
		bytes_make(at, whole.size - (size_t)(at - whole.data)));
}

void judge_policy(struct finding *f, struct bytes head)
{
	const struct https_answer a = { .head = head };
	struct bytes value;

	if (https_header(&a, "Content-Security-Policy", &value) == 1 && is_our_policy(value))
		finding_ok(f, TEXT(f,
			"the page may run no code but its own",
			"de pagina mag geen andere code uitvoeren dan haar eigen"));
	else
		finding_broken(f, TEXT(f,
			"let whatever stands before conclaved pass its headers on as they are",
			"laat wat er voor conclaved staat zijn kopregels ongewijzigd doorgeven"),
			TEXT(f,
				"the page comes without its Content-Security-Policy, or with another",
				"de pagina komt zonder haar Content-Security-Policy, of met een andere"));
}

void check_policy(struct finding *f, struct patient *p)
{
	if (page_is_there(f, p))
		judge_policy(f, p->page.head);
}

/* Does any address of that name belong to this machine? Also true for what the configuration says is reached from
 * outside. */
static bool is_ours(const struct addrinfo *found, const struct ifaddrs *own, const struct config *c)
{
	struct address a, b;

	for (; found; found = found->ai_next) {
		if (!address_from_sockaddr(&a, found->ai_addr, found->ai_addrlen))
			continue;
		for (uint32_t i = 0; i < c->n_media_addresses; i++)
			if (memcmp(a.ip, c->media_addresses[i].ip, sizeof(a.ip)) == 0)
				return true;
		for (const struct ifaddrs *i = own; i; i = i->ifa_next)
			if (i->ifa_addr && address_from_sockaddr(&b, i->ifa_addr, i->ifa_addr->sa_family == AF_INET6 ?
			    sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in)) &&
			    memcmp(a.ip, b.ip, sizeof(a.ip)) == 0)
				return true;
	}
	return false;
}

static enum name_state look_up(const struct config *c, const char *host)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	_cleanup_(freeaddrinfop) struct addrinfo *found = NULL;
	_cleanup_(freeifaddrsp) struct ifaddrs *own = NULL;
	struct address ip;

	if (address_parse_ip(&ip, host))
		return NAME_IS_NONE;
	/* A closed network may have no name server at all, and then nobody is to wait for it long. */
	if (res_init() == 0) {
		_res.retrans = DNS_PATIENCE_S;
		_res.retry = 1;
	}
	if (getaddrinfo(host, NULL, &hints, &found) != 0)
		return NAME_UNKNOWN;
	if (getifaddrs(&own) < 0)
		own = NULL;
	return is_ours(found, own, c) ? NAME_OURS : NAME_ELSEWHERE;
}

void judge_name(struct finding *f, const char *host, enum name_state state)
{
	switch (state) {
	case NAME_IS_NONE:
	case NAME_OURS:
		finding_ok(f, TEXT(f,
			"the names of the configuration lead to this machine; a CAA record at your domain says who "
			"may certify them",
			"de namen van de configuratie leiden naar deze machine; een CAA-record bij uw domein zegt "
			"wie ze mag certificeren"));
		return;
	case NAME_UNKNOWN:
		finding_attention(f, TEXT(f,
			"fine on a closed network whose devices know the name otherwise; else make its A and AAAA "
			"records",
			"goed op een gesloten netwerk waar toestellen de naam anders kennen; maak anders de A- en "
			"AAAA-records"), TEXT(f,
				"this machine finds no address for %.300s",
				"deze machine vindt geen adres voor %.300s"), host);
		return;
	case NAME_ELSEWHERE:
		break;
	}
	finding_attention(f, TEXT(f,
		"fine behind a router or proxy, with `media_addresses` set; else correct the A and AAAA records",
		"goed achter een router of proxy, met `media_addresses` ingesteld; verbeter anders de A- en "
		"AAAA-records"), TEXT(f,
			"%.300s leads to an address that is not this machine's",
			"%.300s leidt naar een adres dat niet van deze machine is"), host);
}

void check_names(struct finding *f, struct patient *p)
{
	const struct config *c = &p->place->config;
	enum name_state state = NAME_IS_NONE;
	uint32_t i;

	for (i = 0; i < c->n_hosts; i++) {
		state = look_up(c, c->hosts[i]);
		if (state == NAME_UNKNOWN || state == NAME_ELSEWHERE)
			break;
	}
	judge_name(f, c->hosts[MIN(i, c->n_hosts - 1)], state);
}
