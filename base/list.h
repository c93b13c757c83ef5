/* SPDX-License-Identifier: EUPL-1.2 */
/* A doubly linked ring through its members. In every process. Never allocates.
 * Invariant: a node is in one list or linked to itself. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct list {
	struct list *next;
	struct list *prev;
};

#define LIST_INIT(l) { .next = &(l), .prev = &(l) }

static inline void list_init(struct list *l) { l->next = l->prev = l; }
static inline bool list_empty(const struct list *l) { return l->next == l; }

static inline void list_insert_before(struct list *at, struct list *node)
{
	node->prev = at->prev;
	node->next = at;
	at->prev->next = node;
	at->prev = node;
}

static inline void list_push_back(struct list *l, struct list *node) { list_insert_before(l, node); }
static inline void list_push_front(struct list *l, struct list *node) { list_insert_before(l->next, node); }

static inline void list_remove(struct list *node)
{
	node->prev->next = node->next;
	node->next->prev = node->prev;
	list_init(node);
}

#define list_entry(node, type, member) ((type *)((char *)(node) - offsetof(type, member)))
#define list_first(l, type, member) (list_empty(l) ? NULL : list_entry((l)->next, type, member))

#define list_for_each(it, l, member) \
	for ((it) = list_entry((l)->next, __typeof__(*(it)), member); &(it)->member != (l); \
	     (it) = list_entry((it)->member.next, __typeof__(*(it)), member))

/* The current one may be removed, or freed. */
#define list_for_each_safe(it, following, l, member) \
	for ((it) = list_entry((l)->next, __typeof__(*(it)), member), \
	     (following) = list_entry((it)->member.next, __typeof__(*(it)), member); \
	     &(it)->member != (l); \
	     (it) = (following), (following) = list_entry((it)->member.next, __typeof__(*(it)), member))
