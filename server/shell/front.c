/* SPDX-License-Identifier: EUPL-1.2 */
/* Making and ending what stands towards browsers. In conclaved. */
#include "server/shell/front.h"

#include <errno.h>

#include "base/mem.h"

int front_open(struct front *f, const struct config *c, struct loop *loop, struct spawner *spawner, const char **why)
{
	struct ws_config config = { .certificate = c->certificate, .key = c->key, .http = &f->http, .admin = &f->admin,
		.sources = &f->sources, .loop_fd = loop_fd(loop) };
	int r = files_load(&f->files, c->web_root);

	*why = "web_root: the client cannot be loaded from there";
	if (r < 0)
		return r;
	http_init(&f->http, c, &f->files);
	http_init_admin(&f->admin, c, &f->files);
	*why = "no memory, or no descriptors";
	r = sources_init(&f->sources);
	if (r == 0)
		r = listener_new(&f->listener, loop, &f->sources);
	if (r < 0)
		return r;
	r = ws_new(&f->ws, &config);
	if (r < 0) {
		*why = "certificate, key: they cannot be used";
		return r;
	}
	f->renewal = (struct renewal){ .pair = pair_new(ws_connections(f->ws)), .spawner = spawner,
		.host = c->hosts[0] };
	return f->renewal.pair ? 0 : -ENOMEM;
}

void front_done(struct front *f)
{
	f->listener = listener_free(f->listener);
	f->ws = ws_free(f->ws);
	f->renewal.pair = pair_free(f->renewal.pair);
	sources_done(&f->sources);
	files_done(&f->files);
}

void front_timeout(struct front *f, usec_t now)
{
	listener_timeout(f->listener, now);
	ws_timeout(f->ws, now);
}

usec_t front_deadline(const struct front *f)
{
	return MIN(MIN(listener_deadline(f->listener), ws_deadline(f->ws)), renewal_deadline(&f->renewal));
}
