/* SPDX-License-Identifier: EUPL-1.2 */
/* What the files behind POST /api/… share: the request as they see it, and how it is answered. In conclaved.
 * Invariant: a function that answers is called with a body that its table allowed, and by somebody whom its row in
 * request.c lets ask. */
#pragma once

#include "server/hall/inside.h"
#include "server/wire/agent.h"
#include "server/wire/json.h"

struct session_row;

struct request {
	/* borrowed */
	const struct hall_request *http;
	const struct wire_node *body;
	struct hall_answer *answer;
	const struct session_row *session;	/* NULL where none is asked for */
	const struct digest *old;		/* of the session to be replaced, where no cookie is at hand */
	struct agent agent;			/* what the browser says it is */
	const char *who;			/* an administrator's address, for the security log */
};

/* An answer of 200 with room for so many bytes; false: out of memory, and answered so. End it with request_end(). */
bool request_begin(struct hall *h, const struct request *q, size_t size, struct writer *w);
/* An answer that did not fit into its room is a 503. */
void request_end(struct hall *h, const struct request *q, const struct writer *w);
/* 200 and {}. */
void request_done(struct hall *h, const struct request *q);
void request_refuse(struct hall *h, const struct request *q, unsigned status, const char *code);

/* One function a row of protocol_requests. */
void ask_link(struct hall *h, struct request *q);
void ask_resume(struct hall *h, struct request *q);
void ask_enrol(struct hall *h, struct request *q);
void ask_enrol_passkey(struct hall *h, struct request *q);
void ask_enrol_password_begin(struct hall *h, struct request *q);
void ask_enrol_password(struct hall *h, struct request *q);
void ask_sign_in(struct hall *h, struct request *q);
void ask_sign_in_passkey(struct hall *h, struct request *q);
void ask_sign_in_password(struct hall *h, struct request *q);
void ask_sign_in_recovery(struct hall *h, struct request *q);
void ask_sign_in_oidc_begin(struct hall *h, struct request *q);
void ask_sign_in_oidc(struct hall *h, struct request *q);
void ask_sign_out(struct hall *h, struct request *q);
void ask_me(struct hall *h, struct request *q);
void ask_sessions(struct hall *h, struct request *q);
void ask_session_end(struct hall *h, struct request *q);
void ask_sessions_end_others(struct hall *h, struct request *q);
void ask_passkey_begin(struct hall *h, struct request *q);
void ask_passkey(struct hall *h, struct request *q);
void ask_passkey_remove(struct hall *h, struct request *q);
void ask_device(struct hall *h, struct request *q);
void ask_meetings(struct hall *h, struct request *q);
void ask_enter(struct hall *h, struct request *q);
void ask_convene(struct hall *h, struct request *q);
void ask_invitations(struct hall *h, struct request *q);
void ask_report(struct hall *h, struct request *q);
void ask_log(struct hall *h, struct request *q);
void ask_roster(struct hall *h, struct request *q);
void ask_admin_overview(struct hall *h, struct request *q);
void ask_admin_bodies(struct hall *h, struct request *q);
void ask_admin_body_add(struct hall *h, struct request *q);
void ask_admin_users(struct hall *h, struct request *q);
void ask_admin_user_add(struct hall *h, struct request *q);
void ask_admin_user_close(struct hall *h, struct request *q);
void ask_admin_user_reset(struct hall *h, struct request *q);
void ask_admin_import(struct hall *h, struct request *q);
void ask_admin_administrators(struct hall *h, struct request *q);
void ask_admin_administrator_add(struct hall *h, struct request *q);
void ask_admin_administrator_close(struct hall *h, struct request *q);
void ask_admin_retention(struct hall *h, struct request *q);
void ask_admin_retention_set(struct hall *h, struct request *q);
void ask_admin_security(struct hall *h, struct request *q);
void ask_admin_meeting_end(struct hall *h, struct request *q);
