/* SPDX-License-Identifier: EUPL-1.2 */
/* Sign-ins by the provider of the house, and the talk with conclave-fetch about them. In conclaved.
 * Invariant: there is a struct oidc where a provider is configured, and nowhere else. */
#pragma once

#include "auth/oidc_frame.h"
#include "server/hall/gate.h"
#include "server/wire/json.h"

struct oidc;

int oidc_new(struct oidc **ret, const struct hall_provider *provider);
struct oidc *oidc_free(struct oidc *o);
DEFINE_CLEANUP(struct oidc *, oidc_free)

/* The provider was found: the page may offer it. */
bool oidc_is_ready(const struct hall *h);
/* That request is gone. */
void oidc_forget(struct hall *h, const struct waiting *w);
bool oidc_poll(struct hall *h, struct hall_out *ret);
usec_t oidc_deadline(const struct hall *h);
void oidc_timeout(struct hall *h);
void oidc_count(const struct hall *h, struct hall_fetch_numbers *ret);
/* "provider": what is known of it; nothing where none is configured. */
void oidc_describe(const struct hall *h, struct json *j);
