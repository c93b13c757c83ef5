/* SPDX-License-Identifier: EUPL-1.2 */
/* The door of malloc, and ownership made visible. In every process.
 * Invariant: memory comes zeroed, and every allocation can be made to fail by a test. */
#pragma once

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* Zeroed memory, or NULL when there is none (or when a test asked for that). */
void *mem_alloc(size_t size) __attribute__((malloc, warn_unused_result));
/* NULL too when n * size overflows. */
void *mem_alloc_array(size_t n, size_t size) __attribute__((malloc, warn_unused_result));
/* A grown copy of an owned block, new bytes zeroed; on NULL the old block is untouched. */
void *mem_grow(void *old, size_t old_size, size_t new_size) __attribute__((warn_unused_result));
char *mem_copy_string(const char *s) __attribute__((malloc, warn_unused_result));
void mem_free(void *p);

/* From now on what is freed at the end of the heap goes back to the system at once, but for 64 KiB. For a process that
 * needs much for a moment, and speed of the allocator never. */
void mem_keep_little(void);

/* Overwrites a secret in a way that the compiler keeps. */
void mem_wipe(void *p, size_t size);

/* Tests only: the n-th allocation from now fails (1 = the next), and so do all after it when `forever`; 0 ends that.
 * Returns how many allocations were asked for since the last call. */
unsigned long mem_fail_at(unsigned long n, int forever);

#define mem_new(type) ((type *)mem_alloc(sizeof(type)))
#define mem_new_array(type, n) ((type *)mem_alloc_array((n), sizeof(type)))

/* _cleanup_(x_freep) struct x *x = NULL; … *ret = take(x); */
#define _cleanup_(f) __attribute__((cleanup(f)))
#define take(p) ({ __typeof__(p) taken_ = (p); (p) = NULL; taken_; })
#define DEFINE_CLEANUP(type, function) \
	static inline void function##p(type *p) { if (*p) (void)function(*p); }

static inline void mem_freep(void *p) { mem_free(*(void **)p); }

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
/* Each use has names of its own, so that they nest. */
#define MEM_GLUE_(a, b) a##b
#define MEM_GLUE(a, b) MEM_GLUE_(a, b)
#define MEM_CHOOSE_(a, op, b, x, y) ({ __typeof__(a) x = (a); __typeof__(b) y = (b); x op y ? x : y; })
#define MIN(a, b) MEM_CHOOSE_(a, <, b, MEM_GLUE(min_a_, __COUNTER__), MEM_GLUE(min_b_, __COUNTER__))
#define MAX(a, b) MEM_CHOOSE_(a, >, b, MEM_GLUE(max_a_, __COUNTER__), MEM_GLUE(max_b_, __COUNTER__))
