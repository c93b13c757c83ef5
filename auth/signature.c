/* SPDX-License-Identifier: EUPL-1.2 */
/* The door to libcrypto's Ed25519, and the file that a key lives in. In conclaved and conclavectl. */
#include "auth/signature.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/random.h"

struct signer {
	/* owned */
	EVP_PKEY *key;

	/* state */
	struct signature_key public;
};

/* Takes the key, or its absence. */
static int signer_new(struct signer **ret, EVP_PKEY *key)
{
	_cleanup_(signer_freep) struct signer *s = mem_new(struct signer);
	size_t size = SIGNATURE_KEY_SIZE;

	if (!s) {
		EVP_PKEY_free(key);
		return -ENOMEM;
	}
	s->key = key;
	if (!key || EVP_PKEY_get_base_id(key) != EVP_PKEY_ED25519 ||
	    !EVP_PKEY_get_raw_public_key(key, s->public.bytes, &size) || size != SIGNATURE_KEY_SIZE)
		return -EBADMSG;
	*ret = take(s);
	return 0;
}

int signer_from_seed(struct signer **ret, const uint8_t seed[static SIGNATURE_KEY_SIZE])
{
	/* RFC 8410, 7: PKCS #8 around a seed. Decoded from it OpenSSL keeps the key in its locked memory, which it does
	 * not for a raw one. */
	uint8_t der[16 + SIGNATURE_KEY_SIZE] = { 0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70,
		0x04, 0x22, 0x04, 0x20 };
	const uint8_t *at = der;
	EVP_PKEY *key;

	memcpy(der + 16, seed, SIGNATURE_KEY_SIZE);
	key = d2i_PrivateKey(EVP_PKEY_ED25519, NULL, &at, sizeof(der));
	mem_wipe(der, sizeof(der));
	return key ? signer_new(ret, key) : -ENOMEM;
}

struct signer *signer_free(struct signer *s)
{
	if (s)
		EVP_PKEY_free(s->key);
	mem_free(s);
	return NULL;
}

static int check_file(int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EBADMSG;
	return st.st_mode & 077 ? -EPERM : 0;
}

/* Nobody is asked for a passphrase: a key that needs one is none of ours. */
static int no_passphrase(char *text __attribute__((unused)), int size __attribute__((unused)),
	int writing __attribute__((unused)), void *user __attribute__((unused)))
{
	return -1;
}

int signer_open(struct signer **ret, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	FILE *file;
	int r;

	if (fd < 0)
		return -errno;
	r = check_file(fd);
	file = r == 0 ? fdopen(fd, "r") : NULL;
	if (!file) {
		r = r < 0 ? r : -errno;
		(void)close(fd);
		return r;
	}
	r = signer_new(ret, PEM_read_PrivateKey(file, NULL, no_passphrase, NULL));
	(void)fclose(file);
	return r;
}

static int write_key(const struct signer *s, int fd)
{
	FILE *file = fdopen(fd, "w");
	int r = 0;

	if (!file) {
		r = -errno;
		(void)close(fd);
		return r;
	}
	if (!PEM_write_PrivateKey(file, s->key, NULL, NULL, 0, NULL, NULL) || fflush(file) == EOF ||
	    fsync(fd) < 0)
		r = -EIO;
	if (fclose(file) == EOF && r == 0)
		r = -EIO;
	return r;
}

/* The name itself must outlive a power cut, too. */
static int sync_folder(const char *path)
{
	char folder[4096] = ".";
	const char *slash = strrchr(path, '/');
	size_t size = slash ? (size_t)(slash - path) : 0;
	int fd, r = 0;

	if (size >= sizeof(folder))
		return -ENAMETOOLONG;
	if (slash) {
		memcpy(folder, size ? path : "/", size ? size : 1);
		folder[size ? size : 1] = '\0';
	}
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (fsync(fd) < 0)
		r = -errno;
	(void)close(fd);
	return r;
}

/* Under another name first, so that half a key never stands under its own. */
static int store_key(const struct signer *s, const char *path)
{
	char draft[4096];
	int n = snprintf(draft, sizeof(draft), "%s.new", path);
	int fd, r;

	if (n < 0 || (size_t)n >= sizeof(draft))
		return -ENAMETOOLONG;
	(void)unlink(draft);
	fd = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -errno;
	r = write_key(s, fd);
	if (r == 0 && link(draft, path) < 0)
		r = -errno;
	(void)unlink(draft);
	return r < 0 ? r : sync_folder(path);
}

int signer_create(struct signer **ret, const char *path)
{
	_cleanup_(signer_freep) struct signer *s = NULL;
	uint8_t seed[SIGNATURE_KEY_SIZE];
	int r;

	random_bytes(seed, sizeof(seed));
	r = signer_from_seed(&s, seed);
	mem_wipe(seed, sizeof(seed));
	if (r == 0)
		r = store_key(s, path);
	if (r < 0)
		return r;
	*ret = take(s);
	return 0;
}

/* In its place: a new file would leave the old bytes where they are. */
static int overwrite(const char *path)
{
	static const uint8_t nothing[512];
	int r = 0, fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
	struct stat st;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0)
		r = -errno;
	for (off_t left = r < 0 ? 0 : st.st_size; r == 0 && left > 0; left -= (off_t)sizeof(nothing)) {
		size_t n = MIN((size_t)left, sizeof(nothing));

		if (write(fd, nothing, n) != (ssize_t)n)
			r = -EIO;
	}
	if (r == 0 && fsync(fd) < 0)
		r = -errno;
	(void)close(fd);
	return r;
}

int signer_replace(const char *next, const char *path)
{
	int r = overwrite(path);

	if (r == 0 || r == -ENOENT)
		r = rename(next, path) < 0 ? -errno : 0;
	return r < 0 ? r : sync_folder(path);
}

int signer_erase(const char *path)
{
	int r = overwrite(path);

	if (r == 0)
		r = unlink(path) < 0 ? -errno : 0;
	return r == -ENOENT ? 0 : r;
}

const struct signature_key *signer_public(const struct signer *s)
{
	return &s->public;
}

int signer_sign(const struct signer *s, struct bytes message, uint8_t ret[static SIGNATURE_SIZE])
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	size_t size = SIGNATURE_SIZE;
	bool done = context && EVP_DigestSignInit(context, NULL, NULL, NULL, s->key) == 1 &&
		EVP_DigestSign(context, ret, &size, message.data, message.size) == 1;

	EVP_MD_CTX_free(context);
	return done && size == SIGNATURE_SIZE ? 0 : -ENOMEM;
}

bool signature_is_valid(const struct signature_key *key, struct bytes message,
	const uint8_t signature[static SIGNATURE_SIZE])
{
	EVP_PKEY *public = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key->bytes, SIGNATURE_KEY_SIZE);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool valid = public && context && EVP_DigestVerifyInit(context, NULL, NULL, NULL, public) == 1 &&
		EVP_DigestVerify(context, signature, SIGNATURE_SIZE, message.data, message.size) == 1;

	EVP_MD_CTX_free(context);
	EVP_PKEY_free(public);
	return valid;
}
