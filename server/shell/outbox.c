/* SPDX-License-Identifier: EUPL-1.2 */
/* A queue of copies. In conclaved. */
#include "server/shell/outbox.h"

#include "base/mem.h"

struct output *outbox_add(struct list *outbox, enum output_kind kind, struct bytes data)
{
	struct output *o = mem_alloc(sizeof(*o) + data.size);

	if (!o)
		return NULL;
	o->kind = kind;
	o->size = data.size;
	if (data.size)
		memcpy(o->data, data.data, data.size);
	list_push_back(outbox, &o->in_outbox);
	return o;
}

struct output *output_free(struct output *o)
{
	if (!o)
		return NULL;
	list_remove(&o->in_outbox);
	/* Links and the secrets of seats pass here. */
	if (o->kind == OUTPUT_ANSWER || o->kind == OUTPUT_CONTROL)
		mem_wipe(o->data, o->size);
	mem_free(o);
	return NULL;
}
