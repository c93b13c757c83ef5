/* SPDX-License-Identifier: EUPL-1.2 */
/* Looks at the server from outside. In conclavectl. */
#include "server/ctl/patient.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "server/shell/socket.h"

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
