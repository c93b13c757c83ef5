/* SPDX-License-Identifier: EUPL-1.2 */
/* Looks at the server from outside. In conclavectl. */
#include "server/ctl/patient.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/records/copy.h"
#include "server/shell/socket.h"

#define COPY_MOST (INT64_C(256) << 20)	/* it is held in memory */
#define NEWEST_MEETINGS 10

int patient_new(struct patient **ret, const struct place *place, usec_t wall)
{
	struct patient *p = mem_new(struct patient);

	if (!p)
		return -ENOMEM;
	p->place = place;
	p->wall = wall;
	*ret = p;
	return 0;
}

struct patient *patient_free(struct patient *p)
{
	if (!p)
		return NULL;
	p->status = answer_free(p->status);
	mem_free(p);
	return NULL;
}

const struct answer *patient_status(struct patient *p)
{
	struct bytes text;

	if (p->asked)
		return p->status;
	p->asked = true;
	p->trouble = place_ask(p->place, bytes_of_string("{\"verb\":\"status\"}"), p->buffer, &text);
	p->status = p->trouble < 0 ? NULL : answer_parse(text);
	if (p->status && !answer_boolean(p->status, "ok"))
		p->status = answer_free(p->status);
	return p->status;
}

void patient_door(const struct patient *p, struct address *ret)
{
	static const uint8_t every[16] = { 0 };
	const struct config *c = &p->place->config;

	*ret = (struct address){ .family = 4 };
	if (c->n_listen)
		*ret = c->listen[0];
	if (memcmp(ret->ip, every, sizeof(every)) == 0)
		(void)address_parse_ip(ret, ret->family == 4 ? "127.0.0.1" : "::1");
	ret->port = c->port;
}

const char *patient_name(const struct patient *p)
{
	struct address ip;

	return address_parse_ip(&ip, p->place->config.hosts[0]) ? "" : p->place->config.hosts[0];
}

bool patient_page(struct patient *p)
{
	const struct config *c = &p->place->config;
	char host[CONFIG_HOST_SIZE + 10];
	struct address at;

	if (!p->looked) {
		p->looked = true;
		patient_door(p, &at);
		p->page_status = tls_get(&at, config_authority(c, c->hosts[0], host), patient_name(p), "/",
			p->page_buffer, sizeof(p->page_buffer), &p->page);
	}
	return p->page_status == 200;
}

static bool copy_name(char ret[static CONFIG_PATH_SIZE], const char *folder, const char *suffix)
{
	int n = snprintf(ret, CONFIG_PATH_SIZE, "%s/copy.db%s", folder, suffix);

	return n > 0 && n < CONFIG_PATH_SIZE;
}

/* In memory where that is a folder: what is read there was never on another disk. */
static int inspect_in(struct patient *p, const char *from, const char *folder)
{
	char to[CONFIG_PATH_SIZE];
	const char *why;
	int r = copy_name(to, folder, "") ? copy_make(from, to, NULL, 0, &why) : -ENAMETOOLONG;

	/* What cannot be copied for its damage is an answer, not a trouble. */
	if (r == -EBADMSG)
		return 0;
	return r < 0 ? r : inspect(&p->inspection, to, NEWEST_MEETINGS, p->wall);
}

static int copy_and_inspect(struct patient *p)
{
	static const char *const files[] = { "", "-wal", "-shm", "-journal" };
	char folder[] = "/dev/shm/conclave-doctor-XXXXXX", elsewhere[] = "/tmp/conclave-doctor-XXXXXX";
	char from[CONFIG_PATH_SIZE], path[CONFIG_PATH_SIZE];
	const char *made;
	struct stat st;
	int r;

	if (!config_state_path(&p->place->config, "conclave.db", from))
		return -ENAMETOOLONG;
	if (stat(from, &st) < 0)
		return -errno;
	if (st.st_size > COPY_MOST)
		return -EFBIG;
	made = mkdtemp(folder);
	if (!made)
		made = mkdtemp(elsewhere);
	if (!made)
		return -errno;
	r = inspect_in(p, from, made);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		if (copy_name(path, made, files[i]))
			(void)unlink(path);
	(void)rmdir(made);
	return r;
}

int patient_inspect(struct patient *p)
{
	if (!p->inspected) {
		p->inspected = true;
		p->inspect_trouble = patient_status(p) ? copy_and_inspect(p) : -ENOTCONN;
	}
	return p->inspect_trouble;
}

struct bytes patient_read(struct patient *p, const char *path)
{
	_cleanup_(socket_close) int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t got = 0;
	ssize_t n;

	while (fd >= 0 && got < sizeof(p->buffer) && (n = read(fd, p->buffer + got, sizeof(p->buffer) - got)) > 0)
		got += (size_t)n;
	return bytes_make(p->buffer, got);
}

struct bytes patient_read_process(struct patient *p, const char *name)
{
	struct place_owner owner;
	char path[64];

	if (place_owner(p->place, &owner) < 0)
		return bytes_make(p->buffer, 0);
	(void)snprintf(path, sizeof(path), "/proc/%d/%s", owner.pid, name);
	return patient_read(p, path);
}
