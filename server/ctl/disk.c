/* SPDX-License-Identifier: EUPL-1.2 */
/* Reading and writing files as a whole. In conclavectl. */
#include "server/ctl/disk.h"

#include <errno.h>
#include <stdio.h>

#include "base/mem.h"

#define FIRST_ROOM (64u * 1024)
#define PATH_SIZE 4096

int disk_read(const char *path, size_t most, uint8_t **ret, size_t *ret_size)
{
	_cleanup_(mem_freep) uint8_t *data = NULL;
	size_t room = 0, size = 0;
	FILE *f = fopen(path, "re");
	int r = f ? 0 : -errno;

	while (r == 0 && !feof(f)) {
		if (size == room) {
			size_t more = room ? 2 * room : FIRST_ROOM;
			uint8_t *grown = mem_grow(data, room, more);

			if (!grown)
				return fclose(f) == EOF ? -EIO : -ENOMEM;
			data = grown;
			room = more;
		}
		size += fread(data + size, 1, room - size, f);
		r = ferror(f) ? -EIO : size > most ? -EFBIG : 0;
	}
	if (f)
		(void)fclose(f);
	if (r == 0) {
		*ret = take(data);
		*ret_size = size;
	}
	return r;
}

int disk_write(const char *path, struct bytes content)
{
	char draft[PATH_SIZE];
	int n = snprintf(draft, sizeof(draft), "%s.new", path), r = 0;
	FILE *f;

	if (n < 0 || (size_t)n >= sizeof(draft))
		return -ENAMETOOLONG;
	f = fopen(draft, "we");
	if (!f)
		return -errno;
	if (content.size && fwrite(content.data, 1, content.size, f) != content.size)
		r = -EIO;
	if (fclose(f) == EOF && r == 0)
		r = -errno;
	if (r == 0 && rename(draft, path) < 0)
		r = -errno;
	if (r < 0)
		(void)remove(draft);
	return r;
}
