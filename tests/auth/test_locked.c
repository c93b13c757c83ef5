/* SPDX-License-Identifier: EUPL-1.2 */
/* auth/locked.c: private keys stand in locked memory. In tests only. */
#include "auth/locked.h"

#include <fcntl.h>
#include <unistd.h>

#include "auth/signature.h"
#include "tests/support/check.h"

static long locked_by_kernel(void)
{
	char text[8192];
	const char *at;
	int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, text, sizeof(text) - 1);

	check(n > 0);
	text[n] = '\0';
	at = strstr(text, "\nVmLck:");
	check(at);
	check_eq(close(fd), 0);
	return strtol(at + strlen("\nVmLck:"), NULL, 10);
}

TEST(a_key_stands_in_locked_memory)
{
	static const uint8_t seed[SIGNATURE_KEY_SIZE] = { 7 };
	struct signer *s = NULL;

	check_eq(locked_by_kernel(), 0);
	check_eq(signer_from_seed(&s, seed), 0);
	check_eq(locked_used(), 0);		/* not before it was asked for */
	s = signer_free(s);
	check_eq(locked_open(), 0);
#if !defined(__SANITIZE_ADDRESS__)	/* which locks nothing */
	check_ge(locked_by_kernel(), 1024);	/* kB */
#endif
	check_eq(signer_from_seed(&s, seed), 0);
	check_ge(locked_used(), SIGNATURE_KEY_SIZE);
	s = signer_free(s);
	check_eq(locked_used(), 0);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_key_stands_in_locked_memory),
};

RUN_TESTS(tests)
