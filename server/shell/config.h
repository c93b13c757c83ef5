/* SPDX-License-Identifier: EUPL-1.2 */
/* What the administrator wrote down. In conclaved and conclavectl.
 * Invariant: a configuration that was read is complete and sensible; no environment variable changes it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "auth/oidc_keys.h"
#include "auth/oidc_url.h"
#include "auth/policy.h"
#include "auth/turn.h"
#include "base/address.h"
#include "base/bytes.h"
#include "server/hall/hall.h"
#include "sfu/msg.h"

#define CONFIG_PATH_SIZE 512
#define CONFIG_HOST_SIZE 256	/* RFC 1035, 2.3.4: a name has at most 255 octets */
#define CONFIG_HOSTS 16
#define CONFIG_LISTEN 8
#define CONFIG_CLIENTS 8
#define CONFIG_ORIGIN_SIZE (CONFIG_HOST_SIZE + 20)
#define CONFIG_WORKERS 16
#define CONFIG_ERROR_SIZE 256
#define CONFIG_LINE_SIZE 200
#define CONFIG_REDIRECT_SIZE (CONFIG_ORIGIN_SIZE + 16)

struct config {
	char state[CONFIG_PATH_SIZE];
	char certificate[CONFIG_PATH_SIZE];
	char key[CONFIG_PATH_SIZE];
	char web_root[CONFIG_PATH_SIZE];
	char policy_file[CONFIG_PATH_SIZE];	/* "" = none */
	char media_program[CONFIG_PATH_SIZE];	/* "" = beside our own executable */
	char helper_program[CONFIG_PATH_SIZE];	/* likewise */
	char hosts[CONFIG_HOSTS][CONFIG_HOST_SIZE];	/* the first one stands in links; never empty */
	uint32_t n_hosts;
	char clients[CONFIG_CLIENTS][CONFIG_ORIGIN_SIZE];	/* "https://HOST:PORT": others that serve the client */
	uint32_t n_clients;
	struct address listen[CONFIG_LISTEN];	/* none = every address */
	uint32_t n_listen;
	struct address media_addresses[MSG_ADDRESSES];	/* port 0; none = the machine's own */
	uint32_t n_media_addresses;
	char turn_urls[TURN_URLS][TURN_URL_SIZE];	/* of a relay; none = no relay */
	uint32_t n_turn_urls;
	char turn_secret_file[CONFIG_PATH_SIZE];	/* where there are urls, there is one */
	char syslog[CONFIG_PATH_SIZE];		/* a socket; "" = none */
	char oidc_issuer[OIDC_URL_SIZE];	/* of sign-ins; "" = no provider */
	char oidc_client_id[CONFIG_LINE_SIZE], oidc_secret_file[CONFIG_PATH_SIZE];	/* where it stands, these do */
	char oidc_ca_file[CONFIG_PATH_SIZE];	/* "" = the system's */
	char oidc_acr[CONFIG_LINE_SIZE], oidc_verified_claim[CONFIG_LINE_SIZE];
	enum oidc_algorithm oidc_algorithm;
	struct address metrics;			/* family 0 = off; always loopback */
	struct address admin;			/* likewise */
	struct policy policy;			/* what that file takes away */
	uint32_t workers;
	uint16_t port;
	bool links_for_everyone;		/* a link alone lets a member in, too (PROTOCOL, Seats) */
};

/* On false `error` is one plain line that names `name` and, where it helps, the line. */
bool config_read(struct config *ret, struct bytes text, const char *name, char error[static CONFIG_ERROR_SIZE]);
bool config_load(struct config *ret, const char *path, char error[static CONFIG_ERROR_SIZE]);
/* "HOST", or "HOST:PORT" when the port is not 443; an IPv6 address in brackets. Returns text. */
const char *config_authority(const struct config *c, const char *host, char text[static CONFIG_HOST_SIZE + 10]);
const char *config_authority_at(const char *host, uint16_t port_number, char text[static CONFIG_HOST_SIZE + 10]);
/* Is it "https://HOST" or "https://HOST:PORT", as a browser writes an origin? */
bool config_is_origin(const char *text);
/* False: none is configured. What is returned is borrowed, from `c` and `redirect`. */
bool config_provider(const struct config *c, struct hall_provider *ret, char redirect[static CONFIG_REDIRECT_SIZE]);
/* STATE/NAME; false when it does not fit. */
bool config_state_path(const struct config *c, const char *name, char path[static CONFIG_PATH_SIZE]);
