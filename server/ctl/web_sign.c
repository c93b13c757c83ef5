/* SPDX-License-Identifier: EUPL-1.2 */
/* The release key, and signing a built client with it. In conclavectl.
 * Invariant: a list is signed only when every file beside it is as it says. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "server/ctl/disk.h"
#include "server/ctl/manifest.h"
#include "server/ctl/web.h"

#define PATH_SIZE 4096
#define KEY_TEXT_SIZE 160

static bool say(char *why, const char *whose, const char *what)
{
	(void)snprintf(why, WEB_WHY_SIZE, "%.300s: %.300s", whose, what);
	return false;
}

static bool write_public(const char *file, const struct signature_key *key, char *text)
{
	struct writer w = writer(text, KEY_TEXT_SIZE);
	char path[PATH_SIZE];
	int n = snprintf(path, sizeof(path), "%s.pub", file);

	if (n < 0 || (size_t)n >= sizeof(path) || note_write_key(&w, key, RELEASE_KEY_NAME) < 0)
		return false;
	write_u8(&w, '\n');
	if (!w.ok || disk_write(path, written(&w)) < 0)
		return false;
	text[written(&w).size - 1] = '\0';
	return true;
}

bool web_key(const char *file, char why[static WEB_WHY_SIZE])
{
	_cleanup_(signer_freep) struct signer *signer = NULL;
	char text[KEY_TEXT_SIZE];
	int r = signer_create(&signer, file);

	if (r < 0)
		return say(why, file, strerror(-r));
	if (!write_public(file, signer_public(signer), text))
		return say(why, file, "its public half cannot be written beside it");
	(void)snprintf(why, WEB_WHY_SIZE, "%s", text);
	return true;
}

/* What of the folder is not as the list says; NULL when all is. */
static const char *compare(const struct manifest *m, const struct files *files, const char **whose)
{
	const char *difference;

	for (size_t i = 0; i < m->n; i++) {
		const struct file *f = files_find(files, *whose = m->files[i].path);

		if (!f)
			return "is missing";
		difference = manifest_differs(&m->files[i], bytes_make(f->data, f->size));
		if (difference)
			return difference;
	}
	for (size_t i = 0; i < files->n; i++) {
		*whose = files->list[i].path;
		if (!manifest_find(m, *whose) && strcmp(*whose, MANIFEST_PATH) != 0 &&
		    strcmp(*whose, MANIFEST_NOTE_PATH) != 0)
			return "is not in the list";
	}
	return NULL;
}

static bool sign_manifest(const char *folder, struct bytes text, const char *key, char *why)
{
	_cleanup_(signer_freep) struct signer *signer = NULL;
	char note[RELEASE_NOTE_SIZE], path[PATH_SIZE], hash[RELEASE_HASH_SIZE];
	int n = snprintf(path, sizeof(path), "%s" MANIFEST_NOTE_PATH, folder);
	int r = signer_open(&signer, key);

	if (r < 0)
		return say(why, key, r == -EPERM ? "others may read it; chmod 600" : r == -EBADMSG ?
			"is no release key" : strerror(-r));
	r = release_sign(text, signer, note);
	if (r == 0)
		r = release_hash(text, hash);
	if (r == 0)
		r = n < 0 || (size_t)n >= sizeof(path) ? -ENAMETOOLONG : disk_write(path, bytes_of_string(note));
	if (r < 0)
		return say(why, folder, strerror(-r));
	(void)snprintf(why, WEB_WHY_SIZE, "signed: the client whose manifest.json has the SHA-256 %s", hash);
	return true;
}

bool web_sign(const char *folder, const char *key, char why[static WEB_WHY_SIZE])
{
	_cleanup_(mem_freep) struct manifest *m = mem_new(struct manifest);
	_cleanup_(files_done) struct files files = { 0 };
	const char *difference, *whose = MANIFEST_PATH;
	const struct file *list;
	struct bytes text;
	bool done = false;
	int r = files_load(&files, folder);

	if (!m || r < 0)
		return say(why, folder, strerror(m ? -r : ENOMEM));
	list = files_find(&files, MANIFEST_PATH);
	text = list ? bytes_make(list->data, list->size) : (struct bytes){ 0 };
	if (!list || !manifest_read(m, text))
		return say(why, folder, "holds no list of a client's files (manifest.json)");
	difference = compare(m, &files, &whose);
	if (difference)
		(void)say(why, whose, difference);
	else
		done = sign_manifest(folder, text, key, why);
	manifest_done(m);
	return done;
}
