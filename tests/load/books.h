/* SPDX-License-Identifier: EUPL-1.2 */
/* The kernel's books on other processes. In the load tool. Invariant: a process that is gone counts nothing. */
#pragma once

#include <stdint.h>

/* Seconds of processor time, of all threads, in user and kernel mode; of its own with 0. */
double books_cpu(unsigned pid);
/* KiB of memory, what is shared divided among those who share it. */
uint64_t books_pss(unsigned pid);
