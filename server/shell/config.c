/* SPDX-License-Identifier: EUPL-1.2 */
/* The door to inih. In conclaved and conclavectl.
 * Invariant: a key is known, stands once, and has a value of its kind; anything else is one line of complaint. */
#include "server/shell/config.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <ini.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/mem.h"

#define CONFIG_FILE_SIZE (64 * 1024)
/* inih reads lines into 200 bytes (INI_MAX_LINE) and takes the rest of a longer one for the next line. */
#define CONFIG_LINE 198
#define CONFIG_KEYS 26

struct config_reading {
	/* borrowed */
	struct config *config;
	const char *name;
	char *error;

	/* state */
	unsigned seen;		/* a bit for each key */
};

struct config_key {
	const char *name;
	bool (*set)(struct config *c, const char *value);
	const char *wanted;	/* completes "… must be" */
};

static bool complain(char *error, const char *format, ...) __attribute__((format(printf, 2, 3)));
static bool complain(char *error, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(error, CONFIG_ERROR_SIZE, format, arguments);
	va_end(arguments);
	return false;
}

static bool set_text(char *to, size_t size, const char *value)
{
	size_t n = strlen(value);

	if (n == 0 || n >= size)
		return false;
	memcpy(to, value, n + 1);
	return true;
}

static bool set_number(const char *value, unsigned long least, unsigned long most, unsigned long *ret)
{
	unsigned long n;
	char *end;

	if (*value < '0' || *value > '9')
		return false;
	errno = 0;
	n = strtoul(value, &end, 10);
	if (errno || *end || n < least || n > most)
		return false;
	*ret = n;
	return true;
}

/* Calls `one` for each part of a list that commas separate; spaces around a part do not count. */
static bool each_part(struct config *c, const char *value, bool (*one)(struct config *c, const char *part))
{
	char part[CONFIG_HOST_SIZE];

	for (;;) {
		size_t n = strcspn(value, ",");
		const char *start = value + strspn(value, " \t");
		size_t size = start < value + n ? (size_t)(value + n - start) : 0;

		while (size && (start[size - 1] == ' ' || start[size - 1] == '\t'))
			size--;
		if (size == 0 || size >= sizeof(part))
			return false;
		memcpy(part, start, size);
		part[size] = '\0';
		if (!one(c, part))
			return false;
		if (!value[n])
			return true;
		value += n + 1;
	}
}

static bool set_state(struct config *c, const char *value) { return set_text(c->state, sizeof(c->state), value); }
static bool set_key(struct config *c, const char *value) { return set_text(c->key, sizeof(c->key), value); }

static bool set_certificate(struct config *c, const char *value)
{
	return set_text(c->certificate, sizeof(c->certificate), value);
}

static bool set_web_root(struct config *c, const char *value)
{
	return set_text(c->web_root, sizeof(c->web_root), value);
}

static bool set_policy(struct config *c, const char *value)
{
	return set_text(c->policy_file, sizeof(c->policy_file), value);
}

static bool add_turn_url(struct config *c, const char *part)
{
	if (c->n_turn_urls == TURN_URLS || !turn_is_url(part))
		return false;
	return set_text(c->turn_urls[c->n_turn_urls++], TURN_URL_SIZE, part);
}

static bool set_turn_secret_file(struct config *c, const char *value)
{
	return set_text(c->turn_secret_file, sizeof(c->turn_secret_file), value);
}

static bool set_media_program(struct config *c, const char *value)
{
	return set_text(c->media_program, sizeof(c->media_program), value);
}

static bool set_helper_program(struct config *c, const char *value)
{
	return set_text(c->helper_program, sizeof(c->helper_program), value);
}

static bool set_links(struct config *c, const char *value)
{
	c->links_for_everyone = strcmp(value, "everyone") == 0;
	return c->links_for_everyone || strcmp(value, "guests") == 0;
}

static bool set_oidc_issuer(struct config *c, const char *value)
{
	return oidc_url_is_good(value) && !strchr(value, '?') &&
		set_text(c->oidc_issuer, sizeof(c->oidc_issuer), value);
}

/* What goes into an address, a header or an argument as it is. */
static bool set_word(char *to, size_t size, const char *value)
{
	for (const char *at = value; *at; at++)
		if (*at <= ' ' || *at > '~')
			return false;
	return value[0] != '-' && set_text(to, size, value);
}

static bool set_oidc_client_id(struct config *c, const char *value)
{
	return set_word(c->oidc_client_id, sizeof(c->oidc_client_id), value);
}

static bool set_oidc_secret_file(struct config *c, const char *value)
{
	return set_text(c->oidc_secret_file, sizeof(c->oidc_secret_file), value);
}

static bool set_oidc_ca_file(struct config *c, const char *value)
{
	return set_text(c->oidc_ca_file, sizeof(c->oidc_ca_file), value);
}

static bool set_oidc_algorithm(struct config *c, const char *value)
{
	return oidc_algorithm_read(value, &c->oidc_algorithm);
}

static bool set_oidc_acr(struct config *c, const char *value)
{
	return set_word(c->oidc_acr, sizeof(c->oidc_acr), value);
}

static bool set_oidc_verified_claim(struct config *c, const char *value)
{
	return set_word(c->oidc_verified_claim, sizeof(c->oidc_verified_claim), value);
}

static bool set_port(struct config *c, const char *value)
{
	unsigned long n;

	/* Workers use the ports that follow (CONTRACT). */
	if (!set_number(value, 1, 65535 - CONFIG_WORKERS, &n))
		return false;
	c->port = (uint16_t)n;
	return true;
}

static bool set_workers(struct config *c, const char *value)
{
	unsigned long n;

	if (!set_number(value, 1, CONFIG_WORKERS, &n))
		return false;
	c->workers = (uint32_t)n;
	return true;
}

/* A name as it stands in a certificate, or an IP address without brackets. Nothing here may break a header. */
static bool host_is_good(const char *host)
{
	struct address a;

	if (address_parse_ip(&a, host))
		return true;
	if (strlen(host) > 253 || *host == '.' || *host == '-')
		return false;
	for (; *host; host++)
		if (!((*host >= 'a' && *host <= 'z') || (*host >= '0' && *host <= '9') || *host == '-' || *host == '.'))
			return false;
	return true;
}

static bool add_host(struct config *c, const char *part)
{
	if (c->n_hosts == CONFIG_HOSTS || !host_is_good(part))
		return false;
	return set_text(c->hosts[c->n_hosts++], CONFIG_HOST_SIZE, part);
}

bool config_is_origin(const char *text)
{
	static const char scheme[] = "https://";
	char host[CONFIG_HOST_SIZE];
	unsigned long port = 0;
	size_t size;

	if (strncmp(text, scheme, strlen(scheme)) != 0)
		return false;
	text += strlen(scheme);
	size = strcspn(text, ":");
	if (size == 0 || size >= sizeof(host))
		return false;
	memcpy(host, text, size);
	host[size] = '\0';
	if (text[size] && (text[size + 1] == '0' || !set_number(text + size + 1, 1, 65535, &port) || port == 443))
		return false;
	return host_is_good(host);
}

static bool add_client(struct config *c, const char *part)
{
	if (c->n_clients == CONFIG_CLIENTS || !config_is_origin(part))
		return false;
	return set_text(c->clients[c->n_clients++], CONFIG_ORIGIN_SIZE, part);
}

static bool add_listen(struct config *c, const char *part)
{
	return c->n_listen < CONFIG_LISTEN && address_parse_ip(&c->listen[c->n_listen++], part);
}

static bool add_media_address(struct config *c, const char *part)
{
	return c->n_media_addresses < MSG_ADDRESSES &&
		address_parse_ip(&c->media_addresses[c->n_media_addresses++], part);
}

static bool set_hosts(struct config *c, const char *value) { return each_part(c, value, add_host); }
static bool set_clients(struct config *c, const char *value) { return each_part(c, value, add_client); }
static bool set_listen(struct config *c, const char *value) { return each_part(c, value, add_listen); }

static bool set_turn_urls(struct config *c, const char *value) { return each_part(c, value, add_turn_url); }

static bool set_media_addresses(struct config *c, const char *value)
{
	return each_part(c, value, add_media_address);
}

static bool address_is_loopback(const struct address *a)
{
	static const uint8_t one[16] = { [15] = 1 };

	return a->family == 4 ? a->ip[0] == 127 : memcmp(a->ip, one, sizeof(one)) == 0;
}

/* IP:PORT with an IPv6 address in brackets, or "off". */
static bool set_loopback(struct address *to, const char *value)
{
	const char *colon = strrchr(value, ':');
	char ip[ADDRESS_TEXT_SIZE];
	unsigned long port;
	size_t size;

	if (strcmp(value, "off") == 0) {
		*to = (struct address){ 0 };
		return true;
	}
	if (!colon || !set_number(colon + 1, 1, 65535, &port))
		return false;
	size = (size_t)(colon - value);
	if (size > 2 && value[0] == '[' && value[size - 1] == ']') {
		value++;
		size -= 2;
	}
	if (size >= sizeof(ip))
		return false;
	memcpy(ip, value, size);
	ip[size] = '\0';
	if (!address_parse_ip(to, ip) || !address_is_loopback(to))
		return false;
	to->port = (uint16_t)port;
	return true;
}

static bool set_syslog(struct config *c, const char *value)
{
	return value[0] == '/' && strlen(value) < sizeof(((struct sockaddr_un *)NULL)->sun_path) &&
		set_text(c->syslog, sizeof(c->syslog), value);
}

static bool set_metrics(struct config *c, const char *value) { return set_loopback(&c->metrics, value); }
static bool set_admin(struct config *c, const char *value) { return set_loopback(&c->admin, value); }

static const struct config_key keys[] = {
	{ "state", set_state, "a folder" },
	{ "port", set_port, "a number from 1 to 65519" },
	{ "listen", set_listen, "IP addresses, with commas between" },
	{ "host", set_hosts, "names in small letters, or IP addresses, with commas between" },
	{ "client_origins", set_clients, "origins such as https://client.example.org, with commas between" },
	{ "certificate", set_certificate, "a file" },
	{ "key", set_key, "a file" },
	{ "web_root", set_web_root, "a folder" },
	{ "workers", set_workers, "a number from 1 to 16" },
	{ "media_addresses", set_media_addresses, "IP addresses, with commas between" },
	{ "turn_urls", set_turn_urls, "up to 4 addresses such as turns:turn.example.org:443?transport=tcp" },
	{ "turn_secret_file", set_turn_secret_file, "a file" },
	{ "media_program", set_media_program, "a file" },
	{ "helper_program", set_helper_program, "a file" },
	{ "policy", set_policy, "a file" },
	{ "links", set_links, "guests or everyone" },
	{ "syslog", set_syslog, "the path of a socket, of at most 107 bytes, such as /dev/log" },
	{ "oidc_issuer", set_oidc_issuer, "an address that begins with https://" },
	{ "oidc_client_id", set_oidc_client_id, "a word without spaces" },
	{ "oidc_secret_file", set_oidc_secret_file, "a file" },
	{ "oidc_algorithm", set_oidc_algorithm, "RS256, PS256 or ES256" },
	{ "oidc_acr", set_oidc_acr, "a word without spaces" },
	{ "oidc_verified_claim", set_oidc_verified_claim, "a word without spaces" },
	{ "oidc_ca_file", set_oidc_ca_file, "a file" },
	{ "metrics_listen", set_metrics, "a loopback address with its port, such as 127.0.0.1:9443, or off" },
	{ "admin_listen", set_admin, "a loopback address with its port, such as 127.0.0.1:9443, or off" },
};

static_assert(ARRAY_SIZE(keys) <= CONFIG_KEYS, "`seen` has a bit for each key");

/* inih's callback: 0 stops us from believing the file; the first complaint is the one that is kept. */
static int config_take(void *user, const char *section, const char *key, const char *value)
{
	struct config_reading *r = user;

	if (r->error[0])
		return 0;
	if (section[0])
		return complain(r->error, "%s: has no sections, but [%.40s] stands in it", r->name, section);
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		if (strcmp(keys[i].name, key) != 0)
			continue;
		if (r->seen & 1u << i)
			return complain(r->error, "%s: %s stands there twice", r->name, key);
		r->seen |= 1u << i;
		if (!value || !keys[i].set(r->config, value))
			return complain(r->error, "%s: %s must be %s", r->name, key, keys[i].wanted);
		return 1;
	}
	return complain(r->error, "%s: %.40s is not a key that Conclave knows", r->name, key);
}

static bool config_lines_fit(const char *text, const char *name, char *error)
{
	unsigned line = 1;

	while (*text) {
		size_t n = strcspn(text, "\n");

		if (n > CONFIG_LINE)
			return complain(error, "%s:%u: the line is longer than %d characters", name, line, CONFIG_LINE);
		text += n + (text[n] == '\n');
		line++;
	}
	return true;
}

static bool config_is_complete(const struct config *c, const char *name, char *error)
{
	const struct { const char *key, *value; } needed[] = {
		{ "state", c->state }, { "certificate", c->certificate }, { "key", c->key },
		{ "web_root", c->web_root }, { "host", c->hosts[0] },
	};

	for (size_t i = 0; i < ARRAY_SIZE(needed); i++)
		if (!needed[i].value[0])
			return complain(error, "%s: %s is missing", name, needed[i].key);
	if (!c->n_turn_urls != !c->turn_secret_file[0])
		return complain(error, "%s: turn_urls and turn_secret_file belong together", name);
	if (!c->oidc_issuer[0] != !c->oidc_client_id[0] || !c->oidc_issuer[0] != !c->oidc_secret_file[0])
		return complain(error, "%s: oidc_issuer, oidc_client_id and oidc_secret_file belong together", name);
	return true;
}

bool config_read(struct config *ret, struct bytes text, const char *name, char error[static CONFIG_ERROR_SIZE])
{
	_cleanup_(mem_freep) struct config *c = mem_new(struct config);
	_cleanup_(mem_freep) char *copy = mem_alloc(text.size + 1);
	struct config_reading r = { .config = c, .name = name, .error = error };
	int line;

	error[0] = '\0';
	if (!c || !copy)
		return complain(error, "%s: no memory to read it", name);
	if (text.size)
		memcpy(copy, text.data, text.size);
	if (strlen(copy) != text.size)
		return complain(error, "%s: is not a text", name);
	if (!config_lines_fit(copy, name, error))
		return false;
	c->port = 8443;
	c->workers = 1;
	policy_init(&c->policy);
	(void)set_metrics(c, "127.0.0.1:9443");
	(void)set_admin(c, "127.0.0.1:9444");
	line = ini_parse_string(copy, config_take, &r);
	if (line && !error[0])
		return complain(error, "%s:%d: is not of the form key = value", name, line);
	if (error[0] || !config_is_complete(c, name, error))
		return false;
	*ret = *c;
	return true;
}

static void fd_close(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
}

/* The whole of a file of at most size - 1 bytes. */
static bool read_file(const char *path, char *text, size_t size, struct bytes *ret, char *error)
{
	_cleanup_(fd_close) int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t at = 0;
	ssize_t n;

	if (fd < 0)
		return complain(error, "%s: %s", path, strerror(errno));
	do {
		n = read(fd, text + at, size - at);
		if (n < 0 && errno != EINTR)
			return complain(error, "%s: %s", path, strerror(errno));
		at += n > 0 ? (size_t)n : 0;
		if (at == size)
			return complain(error, "%s: is larger than %zu bytes", path, size - 1);
	} while (n != 0);
	*ret = bytes_make(text, at);
	return true;
}

static bool load_policy(struct config *c, char *error)
{
	char text[LIMIT_POLICY + 1], why[POLICY_ERROR_SIZE];
	struct bytes file;

	if (!c->policy_file[0])
		return true;
	if (!read_file(c->policy_file, text, sizeof(text), &file, error))
		return false;
	return policy_read(&c->policy, file, why) || complain(error, "%.100s: %s", c->policy_file, why);
}

bool config_load(struct config *ret, const char *path, char error[static CONFIG_ERROR_SIZE])
{
	_cleanup_(mem_freep) char *text = mem_alloc(CONFIG_FILE_SIZE);
	_cleanup_(mem_freep) struct config *c = mem_new(struct config);
	struct bytes file;

	if (!text || !c)
		return complain(error, "%s: no memory to read it", path);
	if (!read_file(path, text, CONFIG_FILE_SIZE, &file, error) || !config_read(c, file, path, error) ||
	    !load_policy(c, error))
		return false;
	*ret = *c;
	return true;
}

const char *config_authority(const struct config *c, const char *host, char text[static CONFIG_HOST_SIZE + 10])
{
	return config_authority_at(host, c->port, text);
}

const char *config_authority_at(const char *host, uint16_t port_number, char text[static CONFIG_HOST_SIZE + 10])
{
	bool v6 = strchr(host, ':');
	char port[8] = "";

	if (port_number != 443)
		(void)snprintf(port, sizeof(port), ":%u", port_number);
	(void)snprintf(text, CONFIG_HOST_SIZE + 10, "%s%s%s%s", v6 ? "[" : "", host, v6 ? "]" : "", port);
	return text;
}

bool config_provider(const struct config *c, struct hall_provider *ret, char redirect[static CONFIG_REDIRECT_SIZE])
{
	char authority[CONFIG_HOST_SIZE + 10];

	if (!c->oidc_issuer[0])
		return false;
	if (c->n_clients)
		(void)snprintf(redirect, CONFIG_REDIRECT_SIZE, "%s/", c->clients[0]);
	else
		(void)snprintf(redirect, CONFIG_REDIRECT_SIZE, "https://%s/",
			config_authority(c, c->hosts[0], authority));
	*ret = (struct hall_provider){ .issuer = c->oidc_issuer, .client = c->oidc_client_id, .redirect = redirect,
		.acr = c->oidc_acr[0] ? c->oidc_acr : NULL };
	return true;
}

bool config_state_path(const struct config *c, const char *name, char path[static CONFIG_PATH_SIZE])
{
	int n = snprintf(path, CONFIG_PATH_SIZE, "%s/%s", c->state, name);

	return n > 0 && n < CONFIG_PATH_SIZE;
}
