/* SPDX-License-Identifier: EUPL-1.2 */
/* `conclavectl web`: the client as files: who vouches for it, on another web server, and whether a server serves it. In
 * conclavectl. Invariant: a client is called the published one only when every byte of it was compared. */
#pragma once

#include <stdbool.h>

#include "base/bytes.h"

#define WEB_WHY_SIZE 640

/* On true and on false `why` is one plain line. */

/* A new release key in `file`, and its public half in `file`.pub. */
bool web_key(const char *file, char why[static WEB_WHY_SIZE]);
/* Writes FOLDER/manifest.sig, after comparing every file in the folder with its list. */
bool web_sign(const char *folder, const char *key, char why[static WEB_WHY_SIZE]);
/* From the built client in `from` a new folder `to`, for a web server that names `server` as the meeting server; signed
 * unless `key` is NULL. */
bool web_export(const char *from, const char *to, const char *server, const char *key, char why[static WEB_WHY_SIZE]);

struct web_wanted {
	const char *url;
	const char *key;	/* the public key, or a file with it; NULL: no signature is looked at */
	const char *ca;		/* NULL: the system's */
};
/* Also as JSON, unless `json` is NULL. */
bool web_verify(const struct web_wanted *wanted, struct writer *json, char why[static WEB_WHY_SIZE]);
