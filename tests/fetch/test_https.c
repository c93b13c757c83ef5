/* SPDX-License-Identifier: EUPL-1.2 */
/* fetch/https.c before a provider that does what none should: another's certificate, an answer without end, a way to
 * somewhere else (ATTACKS D16). In tests only. Invariant: every provider is a process that has ended with its test. */
#include "fetch/https.h"

#include <arpa/inet.h>
#include <errno.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "fetch/names.h"
#include "tests/support/check.h"

#define HEARD 4096
#define DAY 86400

/* What the provider says to who asks, and as whom. */
struct manner {
	const char *name;	/* in its certificate; NULL = localhost */
	const char *head;	/* of its answer */
	size_t body;		/* that many letters x behind it */
	int newest;		/* version of TLS; 0 = whatever the library has */
};

static struct {
	EVP_PKEY *key;
	X509 *certificate;
	pid_t pid;
	int fd;			/* on which it tells what it was asked */
	char heard[HEARD];
} provider;

static char pem[4096], url[128];
static uint16_t port;
static struct https *https;

static void certify(const char *name)
{
	char alternative[128];
	X509_EXTENSION *extension;
	X509 *x = X509_new();

	snprintf(alternative, sizeof(alternative), "DNS:%s", name);
	provider.key = EVP_EC_gen("P-256");
	extension = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, alternative);
	check(provider.key && x && extension);
	check(X509_set_version(x, X509_VERSION_3) && ASN1_INTEGER_set(X509_get_serialNumber(x), 1));
	check(X509_gmtime_adj(X509_getm_notBefore(x), -DAY) && X509_gmtime_adj(X509_getm_notAfter(x), DAY));
	check(X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC, (const uint8_t *)"test", -1, -1,
		0));
	check(X509_set_issuer_name(x, X509_get_subject_name(x)) && X509_set_pubkey(x, provider.key));
	check(X509_add_ext(x, extension, -1) && X509_sign(x, provider.key, EVP_sha256()));
	X509_EXTENSION_free(extension);
	provider.certificate = x;
}

static struct bytes certificate_text(void)
{
	BIO *bio = BIO_new(BIO_s_mem());
	int n;

	check(bio && PEM_write_bio_X509(bio, provider.certificate));
	n = BIO_read(bio, pem, sizeof(pem));
	check(n > 0 && n < (int)sizeof(pem));
	BIO_free(bio);
	return bytes_make(pem, (size_t)n);
}

/* True when all of a question is there: its head, and as much body as that says. */
static bool is_whole(const char *heard)
{
	const char *end = strstr(heard, "\r\n\r\n"), *size = strstr(heard, "Content-Length: ");

	return end && strlen(end + 4) >= (size ? strtoul(size + 16, NULL, 10) : 0);
}

static void hear(SSL *ssl, char heard[static HEARD])
{
	size_t size = 0, more;

	while (size < HEARD - 1 && !is_whole(heard) && SSL_read_ex(ssl, heard + size, HEARD - 1 - size, &more) == 1)
		size += more;
}

static void say(SSL *ssl, const struct manner *m)
{
	char part[4096];

	memset(part, 'x', sizeof(part));
	(void)SSL_write(ssl, m->head, (int)strlen(m->head));
	for (size_t left = m->body; left;) {
		size_t n = left < sizeof(part) ? left : sizeof(part);

		if (SSL_write(ssl, part, (int)n) <= 0)
			return;
		left -= n;
	}
}

/* One conversation, in a process of its own; tells what it heard, which is nothing where no handshake came about. */
static void converse(int listener, int tell, const struct manner *m)
{
	SSL_CTX *context = SSL_CTX_new(TLS_server_method());
	char heard[HEARD] = "";
	SSL *ssl;
	int fd = accept(listener, NULL, NULL);

	(void)close(listener);
	if (m->newest) {
		SSL_CTX_set_security_level(context, 0);
		(void)SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
		(void)SSL_CTX_set_max_proto_version(context, m->newest);
	}
	(void)SSL_CTX_use_certificate(context, provider.certificate);
	(void)SSL_CTX_use_PrivateKey(context, provider.key);
	ssl = SSL_new(context);
	(void)SSL_set_fd(ssl, fd);
	if (SSL_accept(ssl) == 1) {
		hear(ssl, heard);
		say(ssl, m);
		(void)SSL_shutdown(ssl);
	}
	(void)send(tell, heard, strlen(heard), MSG_NOSIGNAL);
	SSL_free(ssl);
	SSL_CTX_free(context);
	(void)close(fd);
	(void)close(tell);
}

static int listen_somewhere(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	check(fd >= 0 && bind(fd, (const struct sockaddr *)&at, size) == 0 && listen(fd, 4) == 0);
	check_eq(getsockname(fd, (struct sockaddr *)&at, &size), 0);
	port = ntohs(at.sin_port);
	snprintf(url, sizeof(url), "https://localhost:%u/keys?a=1", port);
	return fd;
}

static void forget(void)
{
	X509_free(provider.certificate);
	EVP_PKEY_free(provider.key);
}

/* `trusted`: its certificate is the one that is believed, and not another of the same name. */
static void provide(const struct manner *m, bool trusted)
{
	const char *name = m->name ? m->name : "localhost";
	int pair[2], listener = listen_somewhere();

	certify(name);
	check_eq(https_new(&https, certificate_text()), 0);
	if (!trusted) {
		forget();
		certify(name);
	}
	check_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	provider.fd = pair[0];
	provider.pid = fork();
	check(provider.pid >= 0);
	if (provider.pid == 0) {
		(void)close(pair[0]);
		(void)signal(SIGPIPE, SIG_IGN);
		converse(listener, pair[1], m);
		_exit(0);
	}
	check_eq(close(pair[1]), 0);
	check_eq(close(listener), 0);
}

/* What the provider heard. */
static const char *ended(void)
{
	size_t size = 0;
	ssize_t n;
	int status;

	while ((n = recv(provider.fd, provider.heard + size, sizeof(provider.heard) - 1 - size, 0)) > 0)
		size += (size_t)n;
	provider.heard[size] = '\0';
	check_eq(close(provider.fd), 0);
	check_eq(waitpid(provider.pid, &status, 0), provider.pid);
	check_eq(status, 0);
	forget();
	https = https_free(https);
	return provider.heard;
}

static int64_t date;		/* of the last answer */

static int ask(const char *body, unsigned *status, struct bytes *ret)
{
	const struct party_asking q = { .url = url, .body = body, .user = body ? "conclave" : NULL,
		.password = body ? "s%20p%26c" : NULL };

	struct party_heard heard = { 0 };
	int r = https_ask(https, &q, &heard);

	if (r == 0) {
		*status = heard.status;
		*ret = heard.body;
		date = heard.date;
	}
	return r;
}

#define OK_OF(size) "HTTP/1.1 200 OK\r\nContent-Length: " size "\r\n\r\n"

/* The provider with these manners, asked once; and nothing but a handshake may have come about. */
static int ask_in_vain(const struct manner *m, bool trusted)
{
	unsigned status = 0;
	struct bytes body;
	int r;

	provide(m, trusted);
	r = ask(NULL, &status, &body);
	check_text(ended(), "");
	check_eq(status, 0);
	return r;
}

static int ask_once(const struct manner *m, unsigned *status, size_t *size)
{
	struct bytes body = { 0 };
	int r;

	provide(m, true);
	r = ask(NULL, status, &body);
	*size = body.size;
	(void)ended();
	return r;
}

TEST(a_question_carries_nothing_of_ours)
{
	const struct manner m = { .head = OK_OF("2") "{}" };
	unsigned status;
	struct bytes body;
	const char *heard;

	provide(&m, true);
	check_eq(ask(NULL, &status, &body), 0);
	check_eq(status, 200);
	check_bytes(body, "{}", 2);
	heard = ended();
	check(strstr(heard, "GET /keys?a=1 HTTP/1.1\r\n") == heard);
	check(strstr(heard, "\r\nAccept: application/json\r\n"));
	check(!strstr(heard, "Authorization") && !strstr(heard, "Cookie") && !strstr(heard, "User-Agent"));
}

/* What time it is there, in any of the spellings of RFC 9110, 5.6.7; what is no time says nothing. */
TEST(an_answer_says_what_time_it_is)
{
	static const struct { const char *head; int64_t date; } answers[] = {
		{ "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 0\r\n\r\n", 784111777 },
		{ "HTTP/1.1 404 No\r\ndate: Sunday, 06-Nov-94 08:49:37 GMT\r\nContent-Length: 0\r\n\r\n", 784111777 },
		{ OK_OF("0"), 0 },
		{ "HTTP/1.1 200 OK\r\nDate: noon\r\nContent-Length: 0\r\n\r\n", 0 },
		{ "HTTP/1.1 200 OK\r\nDate:\r\nContent-Length: 0\r\n\r\n", 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(answers); i++) {
		const struct manner m = { .head = answers[i].head };
		unsigned status;
		size_t size;

		check_eq(ask_once(&m, &status, &size), 0);
		check_eq(date, answers[i].date);
	}
}

TEST(a_code_goes_out_with_name_and_secret)
{
	const struct manner m = { .head = "HTTP/1.1 400 No\r\nContent-Length: 0\r\n\r\n" };
	unsigned status;
	struct bytes body;
	const char *heard;

	provide(&m, true);
	check_eq(ask("code=1&x=2", &status, &body), 0);
	check_eq(status, 400);
	check_eq(body.size, 0);
	heard = ended();
	check(strstr(heard, "POST /keys?a=1 HTTP/1.1\r\n") == heard);
	check(strstr(heard, "\r\nAuthorization: Basic Y29uY2xhdmU6cyUyMHAlMjZj\r\n"));
	check(strstr(heard, "\r\n\r\ncode=1&x=2"));
}

TEST(D16_nobody_whose_certificate_is_not_trusted_is_asked)
{
	const struct manner fine = { .head = OK_OF("0") }, other = { .name = "login.example", .head = OK_OF("0") },
		old = { .head = OK_OF("0"), .newest = TLS1_1_VERSION };

	check_eq(ask_in_vain(&fine, false), -EACCES);
	check_eq(ask_in_vain(&other, true), -EACCES);
	check_eq(ask_in_vain(&old, true), -ECONNREFUSED);
}

TEST(D16_a_way_to_somewhere_else_is_not_followed)
{
	const struct manner m = { .head = "HTTP/1.1 302 Found\r\nLocation: https://localhost/\r\nContent-Length: 0\r\n\r\n" };
	unsigned status = 0;
	size_t size;

	check_eq(ask_once(&m, &status, &size), 0);
	check_eq(status, 302);
}

TEST(an_answer_has_an_end)
{
	const struct manner most = { .head = OK_OF("262144"), .body = HTTPS_MOST },
		announced = { .head = OK_OF("262145"), .body = HTTPS_MOST + 1 },
		endless = { .head = "HTTP/1.1 200 OK\r\n\r\n", .body = 4 * HTTPS_MOST },
		half = { .head = OK_OF("100"), .body = 10 }, nonsense = { .head = "what?\r\n\r\n" };
	unsigned status;
	size_t size;

	check_eq(ask_once(&most, &status, &size), 0);
	check_eq(size, HTTPS_MOST);
	check_eq(ask_once(&announced, &status, &size), -EFBIG);
	check_eq(ask_once(&endless, &status, &size), -EFBIG);
	check_eq(ask_once(&half, &status, &size), -ECONNREFUSED);
	check_eq(ask_once(&nonsense, &status, &size), -ECONNREFUSED);
}

/* An address at which nobody listens, or that is none. */
static int ask_at(const char *where)
{
	const struct party_asking q = { .url = where };
	struct party_heard heard;

	return https_ask(https, &q, &heard);
}

TEST(where_nobody_is_nobody_is_asked)
{
	struct pollfd knocks = { .events = POLLIN };
	char plain[128], longer[400];
	int listener = listen_somewhere();

	certify("localhost");
	check_eq(https_new(&https, certificate_text()), 0);
	forget();
	/* Somebody listens there, but this is not the way to speak to him. */
	snprintf(plain, sizeof(plain), "http://localhost:%u/", port);
	check_eq(ask_at(plain), -ECONNREFUSED);
	snprintf(plain, sizeof(plain), "file://localhost/etc/hosts");
	check(ask_at(plain) < 0);
	knocks.fd = listener;
	check_eq(poll(&knocks, 1, 0), 0);
	check_eq(close(listener), 0);
	check_eq(ask_at(url), -ECONNREFUSED);
	check_eq(ask_at("https://"), -EHOSTUNREACH);
	check_eq(ask_at("https://[::zz]/"), -EHOSTUNREACH);
	snprintf(longer, sizeof(longer), "https://n%0300u.example/", 1u);
	check_eq(ask_at(longer), -EHOSTUNREACH);
	https = https_free(https);
}

TEST(addresses_are_found_without_a_question)
{
	char found[NAMES_TEXT];

	check(names_find("192.0.2.7", found));
	check_text(found, "192.0.2.7");
	check(names_find("[2001:db8::7]", found));
	check_text(found, "[2001:db8::7]");
	check(names_find("localhost", found));
	check(strstr(found, "127.0.0.1") || strstr(found, "[::1]"));
	check(!names_find("", found));
	check(!names_find("[", found));
}

TEST(without_memory_there_is_none)
{
	for (unsigned long n = 1; n <= 3; n++) {
		(void)mem_fail_at(n, 0);
		check_eq(https_new(&https, bytes_make(pem, 10)), -ENOMEM);
		(void)mem_fail_at(0, 0);
		check(!https);
	}
}

/* A proxy that is not there, as an environment might name it: whoever asked it would get no answer. */
static int setup(void **state __attribute__((unused)))
{
	return setenv("https_proxy", "http://127.0.0.1:1", 1) | setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup(a_question_carries_nothing_of_ours, setup),
	cmocka_unit_test(an_answer_says_what_time_it_is),
	cmocka_unit_test(a_code_goes_out_with_name_and_secret),
	cmocka_unit_test(D16_nobody_whose_certificate_is_not_trusted_is_asked),
	cmocka_unit_test(D16_a_way_to_somewhere_else_is_not_followed),
	cmocka_unit_test(an_answer_has_an_end),
	cmocka_unit_test(where_nobody_is_nobody_is_asked),
	cmocka_unit_test(addresses_are_found_without_a_question),
	cmocka_unit_test(without_memory_there_is_none),
};

RUN_TESTS(tests)
