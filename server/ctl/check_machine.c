/* SPDX-License-Identifier: EUPL-1.2 */
/* Is the machine fit for the server? In conclavectl.
 * Invariant: looks at the machine as the server would find it, not at what this user may do. */
#include "server/ctl/checks.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>

#include "base/mem.h"

#define MIB (UINT64_C(1024) * 1024)
#define DISK_LITTLE (500 * MIB)
#define DISK_NONE (50 * MIB)
/* As many as conclaved takes when it may (server/main.c). */
#define FILES_WANTED 4096
/* Its own, and a meeting of a hundred with its pages. */
#define FILES_LEAST 512
/* A file may carry the time of another time zone's clock. */
#define DAY INT64_C(86400)
#define INODES_FEW 1000
#define AGE_OLD 180	/* days */

/* False with a finding when something is wrong. */
static bool folder_is_closed(struct finding *f, const char *path, const struct stat *st)
{
	char mend[sizeof(f->mend)];

	if (!S_ISDIR(st->st_mode)) {
		finding_broken(f, TEXT(f,
			"name a folder in the configuration's `state`",
			"noem een map bij `state` in de configuratie"),
			TEXT(f, "%.500s is not a folder", "%.500s is geen map"), path);
		return false;
	}
	if ((st->st_mode & 077) == 0)
		return true;
	(void)snprintf(mend, sizeof(mend), "chmod 700 %.200s", path);
	finding_broken(f, mend, TEXT(f,
		"others than its owner may look into %.500s (mode %04o)",
		"anderen dan de eigenaar mogen in %.500s kijken (modus %04o)"), path, st->st_mode & 07777u);
	return false;
}

/* Both folders have one owner, who is the one that the server runs as. */
static bool folders_belong(struct finding *f, const struct patient *p, const struct stat *state, const char *run)
{
	const char *mend = TEXT(f,
		"give all of it to the user that conclaved runs as, with chown -R",
		"geef ze helemaal aan de gebruiker van conclaved, met chown -R");
	struct place_owner owner;
	struct stat st;

	if (stat(run, &st) == 0) {
		if (!folder_is_closed(f, run, &st))
			return false;
		if (st.st_uid != state->st_uid) {
			finding_broken(f, mend, TEXT(f,
				"%.500s does not belong to the owner of the folder around it",
				"%.500s is niet van de eigenaar van de map eromheen"), run);
			return false;
		}
	}
	if (place_owner(p->place, &owner) == 0 && owner.uid != state->st_uid) {
		finding_broken(f, mend, TEXT(f,
			"the state folder belongs to user number %u, but the server runs as number %u",
			"de map met gegevens is van gebruiker %u, maar de server loopt als %u"), state->st_uid,
			owner.uid);
		return false;
	}
	return true;
}

void check_state(struct finding *f, struct patient *p)
{
	const struct config *c = &p->place->config;
	char run[CONFIG_PATH_SIZE] = "";
	struct stat state;

	(void)config_state_path(c, "run", run);
	if (stat(c->state, &state) < 0)
		finding_broken(f, TEXT(f,
			"start conclaved, which makes the folder; or correct `state` in the configuration",
			"start conclaved, die de map maakt; of verbeter `state` in de configuratie"), "%.500s: "
			"%s", c->state,
			strerror(errno));
	else if (folder_is_closed(f, c->state, &state) && folders_belong(f, p, &state, run))
		finding_ok(f, TEXT(f,
			"nobody but its owner can look into %.500s",
			"niemand dan de eigenaar kan in %.500s kijken"), c->state);
}

void judge_disk(struct finding *f, uint64_t free_bytes)
{
	const char *mend = TEXT(f,
		"make room on the file system of the state folder, or enlarge it",
		"maak plaats op het bestandssysteem van de map met gegevens, of vergroot het");

	if (free_bytes < DISK_NONE)
		finding_broken(f, mend, TEXT(f,
			"%" PRIu64 " MB are free: soon no act in a meeting can be recorded, and then none is "
			"carried out",
			"er is %" PRIu64 " MB vrij: weldra kan geen handeling in een vergadering meer vastgelegd "
			"worden, en dan gebeurt ze niet"), free_bytes / MIB);
	else if (free_bytes < DISK_LITTLE)
		finding_attention(f, mend, TEXT(f, "only %" PRIu64 " MB are free", "er is maar %" PRIu64 " MB vrij"),
			free_bytes / MIB);
	else
		finding_ok(f, TEXT(f, "%" PRIu64 " MB are free", "er is %" PRIu64 " MB vrij"), free_bytes / MIB);
}

/* A file system that counts none (Btrfs) says 0 of 0. */
void judge_inodes(struct finding *f, uint64_t all, uint64_t left)
{
	if (all && left < INODES_FEW)
		finding_broken(f, TEXT(f,
			"remove files that nobody needs: df -i shows where",
			"verwijder bestanden die niemand nodig heeft: df -i toont waar"), TEXT(f,
				"only %" PRIu64 " more files fit on that file system, whatever room is free",
				"er passen nog maar %" PRIu64 " bestanden op dat bestandssysteem, hoeveel plaats "
				"er ook is"), left);
	else
		finding_ok(f, TEXT(f,
			"enough files fit on the file system",
			"er passen genoeg bestanden op het bestandssysteem"));
}

/* Of the state folder; when it cannot be told, that is the finding. */
static bool file_system(struct finding *f, const struct patient *p, struct statvfs *ret)
{
	const char *state = p->place->config.state;

	if (statvfs(state, ret) == 0)
		return true;
	finding_broken(f, TEXT(f, "see the check `state`", "zie de controle `state`"), "%.500s: %s", state,
		strerror(errno));
	return false;
}

void check_inodes(struct finding *f, struct patient *p)
{
	struct statvfs v;

	if (file_system(f, p, &v))
		judge_inodes(f, v.f_files, v.f_favail);
}

void check_disk(struct finding *f, struct patient *p)
{
	struct statvfs v;

	if (file_system(f, p, &v))
		judge_disk(f, (uint64_t)v.f_bavail * v.f_frsize);
}

void judge_clock(struct finding *f, int64_t now, int64_t built, int synchronised)
{
	const char *mend = TEXT(f,
		"timedatectl set-ntp true, or whatever sets this machine's clock",
		"timedatectl set-ntp true, of wat de klok van deze machine zet");

	if (now < built - DAY)
		finding_broken(f, mend, TEXT(f,
			"the clock says a time before Conclave was built",
			"de klok wijst een tijd aan van voor Conclave gebouwd werd"));
	else if (synchronised == 0)
		finding_attention(f, mend, TEXT(f,
			"the clock is plausible, but nothing keeps it right: the proceedings will carry wrong "
			"times once it drifts",
			"de klok is geloofwaardig, maar niets houdt haar juist: als ze afwijkt, dragen de "
			"verslagen verkeerde tijden"));
	else if (synchronised < 0)
		finding_attention(f, TEXT(f, "ask timedatectl", "vraag het timedatectl"),
			TEXT(f,
				"the clock is plausible; whether anything keeps it right, the kernel does not tell",
				"de klok is geloofwaardig; of iets haar juist houdt, zegt de kernel niet"));
	else
		finding_ok(f, TEXT(f,
			"the clock is plausible and kept right",
			"de klok is geloofwaardig en wordt juist gehouden"));
}

void check_clock(struct finding *f, struct patient *p)
{
	struct timex t = { .modes = 0 };
	struct stat program;
	int r = adjtimex(&t);

	if (stat("/proc/self/exe", &program) < 0)
		program.st_mtime = 0;
	judge_clock(f, (int64_t)(p->wall / SECONDS(1)), program.st_mtime, r < 0 ? -1 : r != TIME_ERROR);
}

bool limits_read(struct bytes text, uint64_t *ret)
{
	static const char name[] = "Max open files";
	const char *line = memmem(text.data, text.size, name, sizeof(name) - 1);
	const char *end = (const char *)text.data + text.size;
	uint64_t n = 0;
	bool any = false;

	if (!line)
		return false;
	for (line += sizeof(name) - 1; line < end && *line == ' '; line++)
		;
	if (end - line >= 9 && memcmp(line, "unlimited", 9) == 0) {
		*ret = UINT64_MAX;
		return true;
	}
	for (; line < end && *line >= '0' && *line <= '9' && n < UINT32_MAX; line++, any = true)
		n = n * 10 + (uint64_t)(*line - '0');
	if (any)
		*ret = n;
	return any;
}

void judge_limits(struct finding *f, uint64_t files)
{
	const char *mend = TEXT(f,
		"LimitNOFILE=4096 in the service's unit, or ulimit -n 4096 before it starts",
		"LimitNOFILE=4096 in de unit van de dienst, of ulimit -n 4096 voor hij start");

	if (files < FILES_LEAST)
		finding_broken(f, mend, TEXT(f,
			"the server may open %" PRIu64 " files and connections: too few for one meeting",
			"de server mag %" PRIu64 " bestanden en verbindingen openen: te weinig voor één vergadering"), files);
	else if (files < FILES_WANTED)
		finding_attention(f, mend, TEXT(f,
			"the server may open %" PRIu64 " files and connections; %d is what it is made for",
			"de server mag %" PRIu64 " bestanden en verbindingen openen; hij is gemaakt voor %d"),
			files, FILES_WANTED);
	else
		finding_ok(f, TEXT(f,
			"the server may open enough files and connections",
			"de server mag genoeg bestanden en verbindingen openen"));
}

void check_limits(struct finding *f, struct patient *p)
{
	struct rlimit own = { 0 };
	uint64_t files;

	/* While it does not run: what it would have if it were started from here. */
	if (!limits_read(patient_read_process(p, "limits"), &files))
		files = getrlimit(RLIMIT_NOFILE, &own) == 0 ? own.rlim_max : 0;
	judge_limits(f, files);
}

/* The file's name without its folders; `line` ends at " (deleted)". */
static struct bytes last_part(struct bytes line)
{
	const uint8_t *slash = memrchr(line.data, '/', line.size);

	return slash ? bytes_make(slash + 1, line.size - (size_t)(slash + 1 - line.data)) : line;
}

size_t maps_replaced(struct bytes text, struct writer *names)
{
	static const char gone[] = " (deleted)";
	struct bytes last = { 0 };
	size_t n = 0;

	while (text.size) {
		const uint8_t *newline = memchr(text.data, '\n', text.size);
		struct bytes line = bytes_make(text.data, newline ? (size_t)(newline - text.data) : text.size);
		size_t tail = sizeof(gone) - 1;

		text.data += line.size + (newline != NULL);
		text.size -= line.size + (newline != NULL);
		if (line.size < tail || memcmp(line.data + line.size - tail, gone, tail) != 0)
			continue;
		line = last_part(bytes_make(line.data, line.size - tail));
		/* A library has several lines, one below the other; shared memory that was unlinked is not one. */
		if (bytes_equal(line, last) || !memmem(line.data, line.size, ".so", 3))
			continue;
		last = line;
		if (n++)
			write_string(names, ", ");
		write_bytes(names, line);
	}
	return n;
}

void check_versions(struct finding *f, struct patient *p)
{
	char names[256];
	struct writer w = writer(names, sizeof(names));
	size_t replaced = maps_replaced(patient_read_process(p, "maps"), &w);

	write_u8(&w, 0);
	if (tls_library_is_older())
		finding_broken(f, TEXT(f,
			"install the OpenSSL that Conclave was built with, or build it again",
			"installeer de OpenSSL waarmee Conclave gebouwd is, of bouw het opnieuw"),
			TEXT(f,
				"%s is older than the one that Conclave was built with",
				"%s is ouder dan die waarmee Conclave gebouwd is"), tls_library());
	else if (replaced)
		finding_attention(f, TEXT(f,
			"restart conclaved when no meeting is held",
			"herstart conclaved wanneer er niemand vergadert"),
			TEXT(f,
				"an update has replaced libraries that the server still runs with: %s",
				"een update verving bibliotheken waarmee de server nog loopt: %s"), w.ok ? names : "…");
	else
		finding_ok(f, TEXT(f,
			"%s; built with libwebsockets %s and SQLite %s",
			"%s; gebouwd met libwebsockets %s en SQLite %s"), tls_library(), BUILT_WITH_WEBSOCKETS,
			BUILT_WITH_SQLITE);
}

void judge_age(struct finding *f, int64_t days)
{
	if (days > AGE_OLD)
		finding_attention(f, TEXT(f,
			"look whether there is a newer version, and read its CHANGELOG",
			"kijk of er een nieuwere versie is, en lees haar CHANGELOG"),
			TEXT(f,
				"this Conclave was installed or built %" PRId64 " days ago; nobody asked the "
				"network for a newer",
				"deze Conclave is %" PRId64 " dagen geleden geïnstalleerd of gebouwd; het net is "
				"niets gevraagd"), days);
	else
		finding_ok(f, TEXT(f,
			"this Conclave is %" PRId64 " days old",
			"deze Conclave is %" PRId64 " dagen oud"), days);
}

void check_age(struct finding *f, struct patient *p)
{
	struct stat program;
	int64_t now = (int64_t)(p->wall / SECONDS(1));

	judge_age(f, stat("/proc/self/exe", &program) == 0 ? (now - program.st_mtime) / DAY : 0);
}

void judge_zones(struct finding *f, bool found)
{
	if (found)
		finding_ok(f, TEXT(f, "the machine knows the time zones", "de machine kent de tijdzones"));
	else
		finding_attention(f, "apt install tzdata", TEXT(f,
			"the machine knows no time zones, so logs and times of meetings are shown in UTC",
			"de machine kent geen tijdzones, dus logs en vergaderuren staan in UTC"));
}

void check_zones(struct finding *f, struct patient *p)
{
	struct bytes zone = patient_read(p, "/usr/share/zoneinfo/Europe/Brussels");

	/* RFC 8536, 3.1 */
	judge_zones(f, zone.size > 4 && memcmp(zone.data, "TZif", 4) == 0);
}
