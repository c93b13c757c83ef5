/* SPDX-License-Identifier: EUPL-1.2 */
/* A made-up voice through one media worker's UDP port and back. In conclavectl.
 * Invariant: it is a sound check as those of the lobby are: in no meeting, recorded nowhere, and over when it ends. */
#pragma once

#include "base/address.h"
#include "server/ctl/place.h"
#include "server/ctl/sound_client.h"

enum trial_end {
	TRIAL_UNASKED,		/* the server does not run, or does not listen to this user */
	TRIAL_REFUSED,		/* `why` */
	TRIAL_UNANSWERED,	/* the media worker said nothing */
	TRIAL_HELD,		/* `sound` */
	TRIAL_IMPOSSIBLE,	/* here: `trouble` */
};

struct sound_trial {
	enum trial_end end;
	enum sound_end sound;
	int trouble;		/* a negative errno */
	unsigned worker;
	unsigned port;		/* UDP's */
	char why[160];
	struct sound_result result;	/* when the sound was heard */
};

/* `door` is where the server listens, whatever the port; `buffer` is of LIMIT_CHANNEL_MESSAGE. Takes four seconds. */
void sound_trial(struct sound_trial *ret, const struct place *place, const struct address *door, unsigned worker,
		 uint8_t *buffer);
