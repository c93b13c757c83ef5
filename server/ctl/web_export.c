/* SPDX-License-Identifier: EUPL-1.2 */
/* The client for another web server: TO/client with the files, and beside it what three kinds of web servers need to
 * send the headers that conclaved sends. In conclavectl.
 * Invariant: nothing is written into a folder that was there before. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "server/ctl/disk.h"
#include "server/ctl/manifest.h"
#include "server/ctl/web.h"
#include "server/shell/page.h"

#define PATH_SIZE 4096
#define POLICY_SIZE (PAGE_POLICY_SIZE + 4 * CONFIG_ORIGIN_SIZE)
#define SERVER_MARK "<meta name=\"conclave-server\" content=\"\">"
#define PAGE_PATTERN "^/(j|enrol|integrity|meetings/new|m/[A-Za-z0-9_-]{1,64}(/report)?)?$"

struct exporting {
	const struct files *files;
	const char *to;
	const char *server;
	char policy[POLICY_SIZE];
};

static int write_file(const struct exporting *e, const char *folder, const char *path, struct bytes content)
{
	char whole[PATH_SIZE];
	int n = snprintf(whole, sizeof(whole), "%s%s%s", e->to, folder, path);

	if (n < 0 || (size_t)n >= sizeof(whole))
		return -ENAMETOOLONG;
	for (char *slash = whole + strlen(e->to) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		if (mkdir(whole, 0755) < 0 && errno != EEXIST)
			return -errno;
		*slash = '/';
	}
	return disk_write(whole, content);
}

/* The page with the name of the meeting server in it; -EBADMSG when it has no place for that. */
static int name_server(const struct exporting *e, struct writer *w)
{
	const struct file *f = files_find(e->files, MANIFEST_INDEX);
	const uint8_t *mark = f ? memmem(f->data, f->size, SERVER_MARK, strlen(SERVER_MARK)) : NULL;
	size_t before = mark ? (size_t)(mark - f->data) : 0;

	if (!mark)
		return -EBADMSG;
	write_bytes(w, bytes_make(f->data, before));
	write_format(w, "<meta name=\"conclave-server\" content=\"%s\">", e->server);
	before += strlen(SERVER_MARK);
	write_bytes(w, bytes_make(f->data + before, f->size - before));
	return w->ok ? 0 : -EMSGSIZE;
}

static int write_unchanged(const struct exporting *e, const struct manifest *m)
{
	char packed[PATH_SIZE];
	int r = 0;

	for (size_t i = 0; r == 0 && i < m->n; i++) {
		const char *path = m->files[i].path;
		const struct file *f = files_find(e->files, path);

		if (strcmp(path, MANIFEST_INDEX) == 0)
			continue;
		if (!f || manifest_differs(&m->files[i], bytes_make(f->data, f->size)))
			return -EBADMSG;
		r = write_file(e, "/client", path, bytes_make(f->data, f->size));
		(void)snprintf(packed, sizeof(packed), "%s.gz", path);
		if (r == 0 && f->gzip)
			r = write_file(e, "/client", packed, bytes_make(f->gzip, f->gzip_size));
	}
	return r;
}

static void write_headers(struct writer *w, const struct exporting *e, const char *before, const char *between,
	const char *after)
{
	write_format(w, "%sContent-Security-Policy%s%s%s\n", before, between, e->policy, after);
	for (size_t i = 0; i < PAGE_HEADERS; i++)
		write_format(w, "%s%s%s%s%s\n", before, page_headers[i].name, between, page_headers[i].value, after);
}

/* Hosts of static pages read such a file from the folder itself. */
static void write_plain(struct writer *w, const struct exporting *e)
{
	write_string(w, "/*\n");
	write_headers(w, e, "  ", ": ", "");
}

static void write_nginx(struct writer *w, const struct exporting *e)
{
	write_string(w, "# For nginx: the map outside, the rest inside `server { listen 443 ssl; … }`.\n"
		"# Its root is the folder client.\n"
		"map $uri $conclave_caching { ~^/assets/ \"public, max-age=31536000, immutable\"; default no-cache; }\n"
		"location ~ \"" PAGE_PATTERN "\" { try_files /index.html =404; }\n"
		"location / { try_files $uri =404; }\n"
		"gzip_static on;\ncharset utf-8;\nserver_tokens off;\n"
		"types { text/html html; text/javascript js; text/css css; application/json json; image/svg+xml svg;\n"
		"  font/woff2 woff2; text/plain txt sig; }\n"
		"add_header Cache-Control $conclave_caching always;\n");
	write_headers(w, e, "add_header ", " \"", "\" always;");
}

static void write_apache(struct writer *w, const struct exporting *e)
{
	write_string(w, "# For Apache, inside <VirtualHost *:443>, with mod_headers and mod_rewrite. DocumentRoot is the folder\n"
		"# client.\nRewriteEngine On\nRewriteRule \"" PAGE_PATTERN "\" /index.html [L]\n"
		"AddType text/javascript .js\nAddType font/woff2 .woff2\nAddType text/plain .sig\nAddDefaultCharset utf-8\n"
		"Header always set Cache-Control no-cache\n"
		"Header always set Cache-Control \"public, max-age=31536000, immutable\" "
		"\"expr=%{REQUEST_URI} =~ m#^/assets/#\"\n");
	write_headers(w, e, "Header always set ", " \"", "\"");
}

static int write_examples(const struct exporting *e)
{
	static const struct {
		const char *path;
		void (*write)(struct writer *w, const struct exporting *e);
	} examples[] = {
		{ "/_headers", write_plain }, { "/nginx.conf", write_nginx }, { "/apache.conf", write_apache },
	};
	char text[4 * POLICY_SIZE];
	int r = 0;

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(examples); i++) {
		struct writer w = writer(text, sizeof(text));

		examples[i].write(&w, e);
		r = w.ok ? write_file(e, "", examples[i].path, written(&w)) : -EMSGSIZE;
	}
	return r;
}

static int export_all(const struct exporting *e, const struct manifest *m)
{
	static const size_t room = MANIFEST_MOST;
	_cleanup_(mem_freep) uint8_t *index = mem_alloc(room), *list = mem_alloc(room);
	struct writer page = writer(index, room), manifest = writer(list, room);
	int r = index && list ? name_server(e, &page) : -ENOMEM;

	if (r == 0)
		r = manifest_write(&manifest, m, e->server, written(&page));
	if (r == 0)
		r = write_unchanged(e, m);
	if (r == 0)
		r = write_file(e, "/client", MANIFEST_INDEX, written(&page));
	if (r == 0)
		r = write_file(e, "/client", MANIFEST_PATH, written(&manifest));
	return r < 0 ? r : write_examples(e);
}

static bool say(char *why, const char *whose, int r)
{
	(void)snprintf(why, WEB_WHY_SIZE, "%.300s: %s", whose, r == -EEXIST ? "is there already" : r == -EBADMSG ?
		"the built client is not whole; build it again" : strerror(-r));
	return false;
}

static bool export_signed(const struct exporting *e, const char *key, char *why)
{
	char client[PATH_SIZE];

	(void)snprintf(client, sizeof(client), "%.4000s/client", e->to);
	if (key)
		return web_sign(client, key, why);
	(void)snprintf(why, WEB_WHY_SIZE, "the client of %.270s is in %.270s/client; sign it with conclavectl web sign",
		e->server, e->to);
	return true;
}

bool web_export(const char *from, const char *to, const char *server, const char *key, char why[static WEB_WHY_SIZE])
{
	_cleanup_(mem_freep) struct manifest *m = mem_new(struct manifest);
	_cleanup_(files_done) struct files files = { 0 };
	struct exporting e = { .files = &files, .to = to, .server = server };
	char connect[4 * CONFIG_ORIGIN_SIZE];
	struct writer policy = writer(e.policy, sizeof(e.policy)), c = writer(connect, sizeof(connect));
	const struct file *list;
	int r = m ? files_load(&files, from) : -ENOMEM;

	if (r < 0)
		return say(why, from, r);
	list = files_find(&files, MANIFEST_PATH);
	if (!list || !manifest_read(m, bytes_make(list->data, list->size)))
		return say(why, from, -EBADMSG);
	write_format(&c, " %s wss%s", server, server + strlen("https"));
	page_write_policy(&policy, written(&c));
	write_u8(&policy, 0);
	r = !c.ok || !policy.ok ? -EMSGSIZE : mkdir(to, 0755) < 0 ? -errno : export_all(&e, m);
	manifest_done(m);
	return r < 0 ? say(why, r == -EBADMSG ? from : to, r) : export_signed(&e, key, why);
}
