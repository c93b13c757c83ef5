/* SPDX-License-Identifier: EUPL-1.2 */
/* The door to OpenSSL's CMS. In conclavectl. */
#include "server/ctl/envelope.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include "base/mem.h"

#define ENVELOPE_DAYS (50L * 365)	/* nobody asks the date; the key lasts as long as backups do */
#define PATH_SIZE 4096

DEFINE_CLEANUP(X509 *, X509_free)
DEFINE_CLEANUP(EVP_PKEY *, EVP_PKEY_free)
DEFINE_CLEANUP(BIO *, BIO_free)
DEFINE_CLEANUP(FILE *, fclose)
DEFINE_CLEANUP(CMS_ContentInfo *, CMS_ContentInfo_free)

static int name_it(X509 *c)
{
	static const unsigned char whose[] = "Conclave backup";
	X509_NAME *name = X509_get_subject_name(c);

	return X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, whose, -1, -1, 0) &&
		X509_set_issuer_name(c, name);
}

static X509 *certify(EVP_PKEY *key)
{
	_cleanup_(X509_freep) X509 *c = X509_new();
	uint64_t serial;	/* by which a backup says for which of several keys it is */

	if (!c || RAND_bytes((unsigned char *)&serial, sizeof(serial)) != 1 || !X509_set_version(c, X509_VERSION_3) ||
	    !ASN1_INTEGER_set_uint64(X509_get_serialNumber(c), serial >> 1) ||
	    !X509_gmtime_adj(X509_getm_notBefore(c), 0) ||
	    !X509_time_adj_ex(X509_getm_notAfter(c), ENVELOPE_DAYS, 0, NULL) || !name_it(c) ||
	    !X509_set_pubkey(c, key) || !X509_sign(c, key, EVP_sha256()))
		return NULL;
	return take(c);
}

static FILE *new_file(const char *path, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);

	return fd < 0 ? NULL : fdopen(fd, "w");
}

static int write_pair(const char *path, EVP_PKEY *key, X509 *c)
{
	FILE *file = new_file(path, 0600);
	bool done;

	if (!file)
		return -errno;
	done = (!key || PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL)) && PEM_write_X509(file, c) &&
		fflush(file) == 0 && fsync(fileno(file)) == 0;
	if (fclose(file) == 0 && done)
		return 0;
	(void)unlink(path);
	return -EIO;
}

int envelope_make_key(const char *path)
{
	_cleanup_(EVP_PKEY_freep) EVP_PKEY *key = EVP_EC_gen("P-256");
	_cleanup_(X509_freep) X509 *c = key ? certify(key) : NULL;
	char public[PATH_SIZE];
	int n = snprintf(public, sizeof(public), "%s.pub", path), r;

	if (n < 0 || (size_t)n >= sizeof(public))
		return -ENAMETOOLONG;
	if (!c)
		return -ENOMEM;
	r = write_pair(path, key, c);
	if (r == 0) {
		r = write_pair(public, NULL, c);
		if (r < 0)
			(void)unlink(path);
	}
	return r;
}

static X509 *read_certificate(const char *path)
{
	_cleanup_(fclosep) FILE *file = fopen(path, "re");

	return file ? PEM_read_X509(file, NULL, NULL, NULL) : NULL;
}

static EVP_PKEY *read_key(const char *path)
{
	_cleanup_(fclosep) FILE *file = fopen(path, "re");

	return file ? PEM_read_PrivateKey(file, NULL, NULL, NULL) : NULL;
}

static int bytes_of(BIO *bio, uint8_t **ret, size_t *ret_size)
{
	const char *data;
	long size = BIO_get_mem_data(bio, &data);

	*ret = size > 0 ? mem_alloc((size_t)size) : NULL;
	if (!*ret)
		return size > 0 ? -ENOMEM : -EBADMSG;
	memcpy(*ret, data, (size_t)size);
	*ret_size = (size_t)size;
	return 0;
}

static BIO *read_from(struct bytes b)
{
	return b.size <= INT_MAX ? BIO_new_mem_buf(b.data, (int)b.size) : NULL;
}

/* RFC 5753's default for deriving the wrapping key is SHA-1. */
static bool address_to(CMS_ContentInfo *cms, X509 *recipient)
{
	CMS_RecipientInfo *to = CMS_add1_recipient_cert(cms, recipient, CMS_KEY_PARAM);
	EVP_PKEY_CTX *context = to ? CMS_RecipientInfo_get0_pkey_ctx(to) : NULL;

	return context && EVP_PKEY_CTX_set_ecdh_kdf_md(context, EVP_sha256()) > 0;
}

int envelope_seal(const char *recipient, struct bytes content, uint8_t **ret, size_t *ret_size)
{
	_cleanup_(X509_freep) X509 *to = read_certificate(recipient);
	_cleanup_(BIO_freep) BIO *in = read_from(content);
	_cleanup_(BIO_freep) BIO *out = BIO_new(BIO_s_mem());
	_cleanup_(CMS_ContentInfo_freep) CMS_ContentInfo *cms = NULL;

	if (!to || EVP_PKEY_get_base_id(X509_get0_pubkey(to)) != EVP_PKEY_EC)
		return -EINVAL;
	if (!in)
		return -EFBIG;
	cms = CMS_AuthEnvelopedData_create(EVP_aes_256_gcm());
	if (!out || !cms || !address_to(cms, to) || !CMS_set_detached(cms, 0) ||
	    !CMS_final(cms, in, NULL, CMS_BINARY) || !i2d_CMS_bio(out, cms))
		return -ENOMEM;
	return bytes_of(out, ret, ret_size);
}

int envelope_open(const char *key, struct bytes sealed, uint8_t **ret, size_t *ret_size)
{
	_cleanup_(EVP_PKEY_freep) EVP_PKEY *own = read_key(key);
	_cleanup_(X509_freep) X509 *certificate = read_certificate(key);
	_cleanup_(BIO_freep) BIO *in = read_from(sealed);
	_cleanup_(BIO_freep) BIO *out = BIO_new(BIO_s_mem());
	_cleanup_(CMS_ContentInfo_freep) CMS_ContentInfo *cms = NULL;

	if (!own || !certificate)
		return -EINVAL;
	if (!in)
		return -EFBIG;
	if (!out)
		return -ENOMEM;
	cms = d2i_CMS_bio(in, NULL);
	if (!cms || OBJ_obj2nid(CMS_get0_type(cms)) != NID_id_smime_ct_authEnvelopedData ||
	    !CMS_decrypt(cms, own, certificate, NULL, out, CMS_BINARY))
		return -EBADMSG;
	return bytes_of(out, ret, ret_size);
}
