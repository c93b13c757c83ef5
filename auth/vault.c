/* SPDX-License-Identifier: EUPL-1.2 */
/* Sealing (OpenSSL's AES-GCM), and the file of the key. In conclaved.
 * Invariant: a nonce is random and used once; at 2^32 of them a key would have to be replaced. */
#include "auth/vault.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/random.h"

static void fd_close(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
}

int vault_open(struct vault *ret, const char *path)
{
	_cleanup_(fd_close) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	uint8_t key[VAULT_KEY_SIZE + 1];
	struct stat st;
	ssize_t n;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || (st.st_mode & 077))
		return -EBADMSG;
	n = read(fd, key, sizeof(key));
	if (n == VAULT_KEY_SIZE)
		memcpy(ret->key, key, VAULT_KEY_SIZE);
	mem_wipe(key, sizeof(key));
	return n < 0 ? -errno : n == VAULT_KEY_SIZE ? 0 : -EBADMSG;
}

int vault_create(struct vault *ret, const char *path)
{
	_cleanup_(fd_close) int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	ssize_t n;

	if (fd < 0)
		return -errno;
	random_bytes(ret->key, sizeof(ret->key));
	n = write(fd, ret->key, sizeof(ret->key));
	if (n == VAULT_KEY_SIZE && fsync(fd) == 0)
		return 0;
	/* Half a key must not be taken for one at the next start. */
	(void)unlink(path);
	return -EIO;
}

/* Tied to the row: what is copied into another one does not open there. */
static bool begin(EVP_CIPHER_CTX *c, const struct vault *v, const uint8_t *nonce, uint32_t row, int encrypt)
{
	uint8_t whose[4] = { (uint8_t)(row >> 24), (uint8_t)(row >> 16), (uint8_t)(row >> 8), (uint8_t)row };
	int n;

	return c && EVP_CipherInit_ex(c, EVP_aes_256_gcm(), NULL, v->key, nonce, encrypt) == 1 &&
		EVP_CipherUpdate(c, NULL, &n, whose, sizeof(whose)) == 1;
}

bool vault_seal(const struct vault *v, uint32_t row, const struct totp_secret *secret,
	uint8_t ret[static VAULT_SEALED_SIZE])
{
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	uint8_t *text = ret + VAULT_NONCE_SIZE, *tag = text + TOTP_SECRET_SIZE;
	bool done;
	int n;

	random_bytes(ret, VAULT_NONCE_SIZE);
	done = begin(c, v, ret, row, 1) && EVP_CipherUpdate(c, text, &n, secret->bytes, TOTP_SECRET_SIZE) == 1 &&
		EVP_CipherFinal_ex(c, tag, &n) == 1 &&
		EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_GET_TAG, VAULT_TAG_SIZE, tag) == 1;
	EVP_CIPHER_CTX_free(c);
	return done;
}

bool vault_unseal(const struct vault *v, uint32_t row, const uint8_t sealed[static VAULT_SEALED_SIZE],
	struct totp_secret *ret)
{
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	const uint8_t *text = sealed + VAULT_NONCE_SIZE;
	uint8_t tag[VAULT_TAG_SIZE];
	bool done;
	int n;

	memcpy(tag, text + TOTP_SECRET_SIZE, sizeof(tag));
	done = begin(c, v, sealed, row, 0) && EVP_CipherUpdate(c, ret->bytes, &n, text, TOTP_SECRET_SIZE) == 1 &&
		EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_SET_TAG, VAULT_TAG_SIZE, tag) == 1 &&
		EVP_CipherFinal_ex(c, tag, &n) == 1;
	EVP_CIPHER_CTX_free(c);
	if (!done)
		mem_wipe(ret, sizeof(*ret));
	return done;
}
