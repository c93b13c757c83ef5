/* SPDX-License-Identifier: EUPL-1.2 */
/* One device before one relying party, as the tests of passkeys begin. In tests only. */
#pragma once

#include "auth/passkey.h"
#include "tests/auth/device.h"

#define CEREMONY_USER "user-1"

struct ceremony {
	struct passkey_party party;
	struct passkey_ceremony expected;
	struct device device;
	struct device_said said;
	struct challenge challenge;
	struct passkey passkey;
};

/* Nothing registered yet. */
void ceremony_init(struct ceremony *c, int algorithm);
void ceremony_done(struct ceremony *c);
/* A fresh challenge of this purpose, as expected from then on. */
void ceremony_begin(struct ceremony *c, enum challenge_purpose purpose);

/* The device answers, and so does auth/passkey.c. */
enum passkey_why ceremony_register(struct ceremony *c);
enum passkey_why ceremony_sign_in(struct ceremony *c);
/* The same for what the device said before, or what a test made of it. */
enum passkey_why ceremony_register_said(struct ceremony *c);
enum passkey_why ceremony_sign_in_said(struct ceremony *c);
