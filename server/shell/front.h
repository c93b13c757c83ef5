/* SPDX-License-Identifier: EUPL-1.2 */
/* What stands towards browsers: the pages, who may ask for them, the listening sockets, the connections and the
 * certificate they are shown. In conclaved. Invariant: what is here decides about connections and pages, and about no
 * meeting; a front that is open has all of its parts. */
#pragma once

#include "base/loop.h"
#include "server/shell/config.h"
#include "server/shell/files.h"
#include "server/shell/http.h"
#include "server/shell/listener.h"
#include "server/shell/renewal.h"
#include "server/shell/source.h"
#include "server/shell/ws.h"

struct front {
	/* owned */
	struct files files;
	struct sources sources;
	struct listener *listener;
	struct ws *ws;
	struct renewal renewal;

	/* state */
	struct http http, admin;
};

/* Nothing listens yet. `loop`, `spawner` and `c` are borrowed. 0, or a negative errno with `why`, a sentence. */
int front_open(struct front *f, const struct config *c, struct loop *loop, struct spawner *spawner, const char **why);
void front_done(struct front *f);

void front_timeout(struct front *f, usec_t now);
usec_t front_deadline(const struct front *f);
