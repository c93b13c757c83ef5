/* SPDX-License-Identifier: EUPL-1.2 */
/* Opening the records. In conclaved. */
#include "server/shell/archive.h"

#include <errno.h>

#include "base/mem.h"
#include "server/shell/state.h"

int archive_open(struct archive *a, const struct config *c, const char **why)
{
	char records[CONFIG_PATH_SIZE], key[CONFIG_PATH_SIZE];
	int r;

	*why = "the path is too long";
	if (!config_state_path(c, "conclave.db", records) || !config_state_path(c, "log-key.pem", key))
		return -ENAMETOOLONG;
	r = db_open(&a->db, records, why);
	if (r == 0)
		r = log_key_open(&a->key, a->db, key, clock_wall(), why);
	if (r < 0)
		return r;
	*why = "state: vault-key is not the key that was made there, for its owner alone";
	return state_open_vault(c, &a->vault);
}

void archive_done(struct archive *a)
{
	a->key = log_key_free(a->key);
	mem_wipe(&a->vault, sizeof(a->vault));
	a->db = db_close(a->db);
}
