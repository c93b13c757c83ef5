/* SPDX-License-Identifier: EUPL-1.2 */
/* Does the server run, and can it be reached? In conclavectl.
 * Invariant: nothing is asked of the server that it records. */
#include "server/ctl/checks.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "server/shell/socket.h"

#define START_IT "start conclaved, and look at what it logs"

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
		finding_ok(f, "the server answers at %s and can hold meetings", where);
	else if (r == 503)
		finding_broken(f, "if this lasts longer than a few seconds, look at the server's log",
			"the server answers, but cannot hold meetings now: %s", why ? why : "it does not say why");
	else if (r == -ECONNREFUSED)
		finding_broken(f, START_IT, "nothing listens at %s", where);
	else if (r == -EPROTO)
		finding_broken(f, "see the checks `certificate` and `port`", "something listens at %s, but a secure "
			"connection did not come about", where);
	else if (r == -EBADMSG || r > 0)
		finding_broken(f, "find out what listens there: ss -ltnp", "what answers at %s is not Conclave", where);
	else
		finding_broken(f, START_IT, "the server could not be asked at %s: %s", where, strerror(-r));
}

void check_reachable(struct finding *f, struct patient *p)
{
	char where[ADDRESS_TEXT_SIZE + 16], host[CONFIG_HOST_SIZE + 10];
	const struct config *c = &p->place->config;
	struct address at, ip;
	struct bytes body = { 0 };
	int r;

	(void)where_to_knock(c, 0, &at);
	r = tls_get(&at, config_authority(c, c->hosts[0], host), address_parse_ip(&ip, c->hosts[0]) ? "" : c->hosts[0],
		"/healthz", p->buffer, sizeof(p->buffer), &body);
	judge_health(f, print_place(&at, where), r, body);
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
			finding_broken(f, START_IT, "TCP port %u takes no connection at %s: %s", c->port,
				print_place(&at, where), strerror(-r));
			return;
		}
	}
	finding_ok(f, "TCP port %u takes connections; that a firewall lets them through can only be seen from another "
		"machine", c->port);
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
			finding_broken(f, "conclaved starts it again by itself; if this lasts, look at the server's log",
				"media process %u of %u does not work", i + 1, c->workers);
			return;
		}
		if (!(bound & 1u << i)) {
			finding_broken(f, "restart conclaved, and look at what it logs",
				"UDP port %u is not open for sound and picture", c->port + i);
			return;
		}
		cipher = answer_text(w, "cipher");
	}
	finding_ok(f, "%u media process%s, from UDP port %u on, enciphering with %s", c->workers,
		c->workers == 1 ? "" : "es", c->port, cipher && *cipher ? cipher : "a cipher it does not name");
}

void check_media(struct finding *f, struct patient *p)
{
	char why[PLACE_WHY_SIZE];

	if (patient_status(p)) {
		judge_media(f, &p->place->config, p->status, find_bound(p));
		return;
	}
	place_explain(p->place, p->trouble, why);
	finding_broken(f, START_IT, "the media processes are not known: %.500s", why);
}

/* Only a look at its first bytes: a whole check belongs to the server, which holds the database. */
static void check_database_file(struct finding *f, struct patient *p)
{
	char path[CONFIG_PATH_SIZE];
	struct bytes head;

	if (!config_state_path(&p->place->config, "conclave.db", path))
		path[0] = '\0';
	if (access(path, F_OK) < 0) {
		finding_attention(f, START_IT, "there is no database yet; the server makes it at its first start");
		return;
	}
	head = patient_read(p, path);
	head.size = MIN(head.size, (size_t)16);
	/* https://sqlite.org/fileformat.html, 1.3 */
	if (!bytes_equal(head, bytes_make("SQLite format 3", 16)))
		finding_broken(f, "put back a copy of it", "%.300s is not a database, or cannot be read", path);
	else
		finding_attention(f, START_IT, "the server does not run, so its database was not checked beyond its "
			"first bytes");
}

void check_database(struct finding *f, struct patient *p)
{
	_cleanup_(answer_freep) struct answer *list = NULL;
	struct bytes text;
	int r = place_ask(p->place, bytes_of_string("{\"verb\":\"meeting-list\"}"), p->buffer, &text);

	if (r < 0) {
		check_database_file(f, p);
		return;
	}
	list = answer_parse(text);
	if (!list || !answer_boolean(list, "ok"))
		finding_broken(f, "look at the server's log; put back a copy of the database", "the server cannot read "
			"its database");
	else
		finding_ok(f, "the server reads its database, and checked it when it started");
}
