/* SPDX-License-Identifier: EUPL-1.2 */
/* Which addresses a host has. In conclave-fetch. Invariant: whoever is asked, no thread is made for it. */
#pragma once

#include <stdbool.h>

#define NAMES_TEXT 512

/* With commas between; those of IPv6 in brackets. False: none was found. */
bool names_find(const char *host, char ret[static NAMES_TEXT]);
/* Loads what libc loads at its first question, while there are files. */
void names_open(void);
