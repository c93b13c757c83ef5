/* SPDX-License-Identifier: EUPL-1.2 */
/* The key file, and what is sealed with it. */
#include "auth/vault.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/check.h"

static char folder[64], path[128];

static int setup(void **state __attribute__((unused)))
{
	(void)snprintf(folder, sizeof(folder), "/tmp/conclave-vault-XXXXXX");
	check(mkdtemp(folder));
	(void)snprintf(path, sizeof(path), "%s/vault-key", folder);
	return 0;
}

static int teardown(void **state __attribute__((unused)))
{
	(void)unlink(path);
	return rmdir(folder);
}

TEST(what_is_sealed_opens_for_its_row_alone)
{
	struct totp_secret secret, opened;
	uint8_t sealed[VAULT_SEALED_SIZE], again[VAULT_SEALED_SIZE];
	struct vault v, same;
	struct stat st;

	check_eq(vault_open(&v, path), -ENOENT);
	check_eq(vault_create(&v, path), 0);
	check_eq(stat(path, &st), 0);
	check_eq(st.st_mode & 0777, 0600);
	check_eq(vault_open(&same, path), 0);
	totp_new(&secret);
	check(vault_seal(&v, 7, &secret, sealed));
	check(vault_seal(&v, 7, &secret, again));
	check(memcmp(sealed, again, sizeof(sealed)) != 0);
	check(vault_unseal(&same, 7, sealed, &opened));
	check_bytes(bytes_make(opened.bytes, sizeof(opened.bytes)), secret.bytes, sizeof(secret.bytes));
	check(!vault_unseal(&v, 8, sealed, &opened));
	for (size_t i = 0; i < sizeof(sealed); i++) {
		sealed[i] ^= 1;
		check(!vault_unseal(&v, 7, sealed, &opened));
		sealed[i] ^= 1;
	}
	check(vault_unseal(&v, 7, sealed, &opened));
}

TEST(key_that_is_none_is_refused)
{
	struct vault v;
	int fd;

	check_eq(vault_create(&v, path), 0);
	check_eq(vault_create(&v, path), -EEXIST);
	check_eq(chmod(path, 0640), 0);
	check_eq(vault_open(&v, path), -EBADMSG);
	check_eq(chmod(path, 0600), 0);
	check_eq(truncate(path, VAULT_KEY_SIZE - 1), 0);
	check_eq(vault_open(&v, path), -EBADMSG);
	check_eq(truncate(path, VAULT_KEY_SIZE + 1), 0);
	check_eq(vault_open(&v, path), -EBADMSG);
	check_eq(unlink(path), 0);
	fd = symlink("/dev/zero", path);
	check_eq(fd, 0);
	check_eq(vault_open(&v, path), -ELOOP);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(what_is_sealed_opens_for_its_row_alone, setup, teardown),
	cmocka_unit_test_setup_teardown(key_that_is_none_is_refused, setup, teardown),
};

RUN_TESTS(tests)
