/* SPDX-License-Identifier: EUPL-1.2 */
/* Are the records whole, kept as long as they should be, and copied elsewhere? In conclavectl.
 * Invariant: the server's own database is read by SQLite's backup interface only; all else looks at that copy. */
#include "server/ctl/checks.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/ctl/backup.h"

#define HOUR INT64_C(3600)
#define DAY (24 * HOUR)
#define BACKUP_LATE (2 * DAY)
#define BACKUP_GONE (14 * DAY)
#define KEY_LATE (6 * HOUR)	/* it is replaced an hour after its first signature */

static void check_stopped_database(struct finding *f, struct patient *p)
{
	char path[CONFIG_PATH_SIZE];
	struct bytes head;

	if (!config_state_path(&p->place->config, "conclave.db", path))
		path[0] = '\0';
	if (access(path, F_OK) < 0) {
		finding_attention(f, TEXT(f,
			"start conclaved, and look at what it logs",
			"start conclaved, en kijk wat het logt"), TEXT(f,
				"there is no database yet; the server makes it at its first start",
				"er is nog geen databank; de server maakt ze bij zijn eerste start"));
		return;
	}
	head = patient_read(p, path);
	head.size = head.size < 16 ? head.size : 16;
	/* https://sqlite.org/fileformat.html, 1.3 */
	if (!bytes_equal(head, bytes_make("SQLite format 3", 16)))
		finding_broken(f, TEXT(f,
			"restore a backup: conclavectl restore --help",
			"zet een back-up terug: conclavectl restore --help"), TEXT(f,
				"%.300s is not a database, or cannot be read",
				"%.300s is geen databank, of is niet te lezen"), path);
	else
		finding_attention(f, TEXT(f,
			"start conclaved, and look at what it logs",
			"start conclaved, en kijk wat het logt"), TEXT(f,
				"the server does not run, so its database was not checked beyond its first bytes",
				"de server draait niet, dus van zijn databank zijn alleen de eerste bytes nagekeken"));
}

/* False with a finding when the records could not be looked into. */
static bool judge_trouble(struct finding *f, int trouble)
{
	if (trouble == 0)
		return true;
	if (trouble == -EFBIG)
		finding_attention(f, TEXT(f,
			"conclavectl backup, then conclavectl restore --rehearse, verifies all of it",
			"conclavectl backup en dan conclavectl restore --rehearse kijkt alles na"),
			TEXT(f,
				"the records are too large to be looked at in memory",
				"de gegevens zijn te groot om in het geheugen na te kijken"));
	else
		finding_attention(f, TEXT(f,
			"see the checks `reachable` and `database`; be root or the server's user",
			"zie de controles `reachable` en `database`; wees root of de gebruiker van de server"),
			TEXT(f, "the records were not looked at: %.200s", "de gegevens zijn niet nagekeken: %.200s"),
			strerror(-trouble));
	return false;
}

void judge_database(struct finding *f, int trouble, const struct inspection *i)
{
	if (!judge_trouble(f, trouble))
		return;
	if (i->whole)
		finding_ok(f, TEXT(f,
			"the database is whole, to its last page",
			"de databank is heel, tot haar laatste bladzijde"));
	else
		finding_broken(f, TEXT(f,
			"stop conclaved, keep the folder as it is, and restore a backup",
			"stop conclaved, bewaar de map zoals ze is, en zet een back-up terug"),
			TEXT(f, "the database is damaged", "de databank is beschadigd"));
}

void check_database(struct finding *f, struct patient *p)
{
	if (patient_status(p))
		judge_database(f, patient_inspect(p), &p->inspection);
	else
		check_stopped_database(f, p);
}

void judge_proceedings(struct finding *f, int trouble, const struct inspection *i)
{
	if (!judge_trouble(f, trouble))
		return;
	if (i->altered)
		finding_broken(f, TEXT(f,
			"keep the folder as it is; export the meetings, and verify them elsewhere",
			"bewaar de map zoals ze is; exporteer de vergaderingen, en kijk ze elders na"),
			TEXT(f,
				"of the newest %" PRIu32 " meetings, %" PRIu32 " have proceedings that are not "
				"what was signed",
				"van de nieuwste %" PRIu32 " vergaderingen hebben er %" PRIu32 " een verslag dat "
				"niet is wat ondertekend werd"), i->meetings, i->altered);
	else if (!i->whole)
		finding_broken(f, TEXT(f, "see the check `database`", "zie de controle `database`"),
			TEXT(f, "the proceedings cannot be read", "de verslagen zijn niet te lezen"));
	else
		finding_ok(f, TEXT(f,
			"the proceedings of the newest meetings are what was signed (%" PRIu32 " verified)",
			"de verslagen van de nieuwste vergaderingen zijn wat ondertekend werd (%" PRIu32 " "
			"nagekeken)"),
			i->meetings);
}

void check_proceedings(struct finding *f, struct patient *p)
{
	judge_proceedings(f, patient_inspect(p), &p->inspection);
}

void judge_retention(struct finding *f, int trouble, const struct inspection *i)
{
	if (!judge_trouble(f, trouble))
		return;
	if (i->overdue)
		finding_attention(f, TEXT(f,
			"look in the log for retention-failed",
			"zoek retention-failed in het log"),
			TEXT(f,
				"meetings that had to be erased by now are still there: %" PRIu32,
				"vergaderingen die al gewist moesten zijn, zijn er nog: %" PRIu32), i->overdue);
	else
		finding_ok(f, TEXT(f,
			"nothing is kept longer than was settled",
			"er wordt niets langer bewaard dan afgesproken"));
}

void check_retention(struct finding *f, struct patient *p)
{
	judge_retention(f, patient_inspect(p), &p->inspection);
}

void judge_epoch(struct finding *f, bool used, int64_t age)
{
	if (used && age > KEY_LATE)
		finding_attention(f, TEXT(f,
			"look in the log for log-key-stays; is the disk full?",
			"zoek log-key-stays in het log; is de schijf vol?"),
			TEXT(f,
				"the key of the proceedings has signed, and is %" PRId64 " hours old: it should "
				"have been replaced",
				"de sleutel van de verslagen heeft ondertekend en is %" PRId64 " uur oud: hij had "
				"vervangen moeten zijn"),
			age / HOUR);
	else
		finding_ok(f, TEXT(f,
			"the key of the proceedings is replaced in time",
			"de sleutel van de verslagen wordt op tijd vervangen"));
}

/* Seconds since 1970, or 0. */
static int64_t time_of(const struct patient *p, const char *name)
{
	char path[CONFIG_PATH_SIZE];
	struct stat st;

	return config_state_path(&p->place->config, name, path) && stat(path, &st) == 0 ? st.st_mtime : 0;
}

void check_epoch(struct finding *f, struct patient *p)
{
	int64_t made = time_of(p, "log-key.pem");
	int trouble = patient_inspect(p);

	if (judge_trouble(f, trouble))
		judge_epoch(f, p->inspection.key_used, made ? (int64_t)(p->wall / SECONDS(1)) - made : 0);
}

void judge_backup(struct finding *f, int64_t made, int64_t now)
{
	const char *mend = TEXT(f,
		"conclavectl backup FILE --to KEY.pub, daily, to another machine",
		"conclavectl backup BESTAND --to SLEUTEL.pub, dagelijks, naar een andere machine");

	if (made == 0)
		finding_attention(f, mend, TEXT(f, "no backup was ever made", "er is nog nooit een back-up gemaakt"));
	else if (now - made > BACKUP_GONE)
		finding_broken(f, mend, TEXT(f,
			"the newest backup is %" PRId64 " days old",
			"de nieuwste back-up is %" PRId64 " dagen oud"), (now - made) / DAY);
	else if (now - made > BACKUP_LATE)
		finding_attention(f, mend, TEXT(f,
			"the newest backup is %" PRId64 " days old",
			"de nieuwste back-up is %" PRId64 " dagen oud"), (now - made) / DAY);
	else
		finding_ok(f, TEXT(f,
			"the newest backup is %" PRId64 " hours old; try it with restore --rehearse",
			"de nieuwste back-up is %" PRId64 " uur oud; probeer hem met restore --rehearse"),
			(now - made) / HOUR);
}

void check_backup(struct finding *f, struct patient *p)
{
	judge_backup(f, time_of(p, BACKUP_STAMP), (int64_t)(p->wall / SECONDS(1)));
}
