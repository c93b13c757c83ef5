/* SPDX-License-Identifier: EUPL-1.2 */
/* From configuration to terms. In conclaved. */
#include "server/shell/terms.h"

#include <stdio.h>

#include "base/mem.h"
#include "base/random.h"
#include "server/shell/addresses.h"
#include "server/shell/relay.h"

static void name_origins(struct terms *t, const struct config *c, const struct front *f)
{
	char authority[CONFIG_HOST_SIZE + 10];

	(void)snprintf(t->origin, sizeof(t->origin), "https://%s", config_authority(c, c->hosts[0], authority));
	for (size_t i = 0; i < f->http.n_origins; i++)
		t->origins[i] = f->http.origins[i];
	t->hall.origin = t->origin;
	t->hall.origins = t->origins;
	t->hall.client = c->n_clients ? c->clients[0] : NULL;
	t->hall.party = c->hosts[0];
	t->hall.admin_origin = c->admin.family ? f->admin.origins[0] : NULL;
	t->hall.provider = config_provider(c, &t->provider, t->redirect) ? &t->provider : NULL;
}

int terms_open(struct terms *t, const struct config *c, const struct front *f, const struct archive *a,
	unsigned helpers, const char **why)
{
	int r = relay_load(&t->turn, c);

	*why = "turn_secret_file: it is not one line of 16 letters or more, for its owner alone";
	if (r < 0)
		return r;
	name_origins(t, c, f);
	t->hall.turn = t->turn.n ? &t->turn : NULL;
	t->hall.tcp_port = c->port;
	t->hall.vault = &a->vault;
	t->hall.key = a->key;
	t->hall.policy = &c->policy;
	t->hall.helpers = helpers;
	t->hall.links_for_everyone = c->links_for_everyone;
	random_bytes(&t->hall.seed, sizeof(t->hall.seed));
	*why = "the addresses of this machine cannot be found";
	return addresses_offered(c, t->hall.addresses, &t->hall.n_addresses);
}

void terms_done(struct terms *t)
{
	mem_wipe(&t->turn, sizeof(t->turn));
}
