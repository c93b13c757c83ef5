/* SPDX-License-Identifier: EUPL-1.2 */
/* What an administrator may write down, and what is said about the rest. */
#include "server/shell/config.h"

#include "base/mem.h"
#include "tests/support/check.h"

#define GOOD "state = /var/lib/conclave\nport = 8443\nhost = raad.example, 192.0.2.7\ncertificate = /etc/c.pem\n" \
	"key = /etc/k.pem\nweb_root = /usr/share/conclave\n"

static bool read_text(struct config *c, const char *text, char error[static CONFIG_ERROR_SIZE])
{
	return config_read(c, bytes_of_string(text), "conclave.conf", error);
}

#define TURN "conclave.conf: turn_urls must be up to 4 addresses such as turns:turn.example.org:443?transport=tcp"

#define ORIGINS \
	"conclave.conf: client_origins must be origins such as https://client.example.org, with commas between"

TEST(good_configuration_is_read)
{
	struct config c;
	char error[CONFIG_ERROR_SIZE], authority[CONFIG_HOST_SIZE + 10], path[CONFIG_PATH_SIZE], ip[ADDRESS_TEXT_SIZE];

	check(read_text(&c, GOOD "# a remark\nworkers = 2\nlisten = 192.0.2.7, 2001:db8::1\n"
		"media_addresses = 203.0.113.9\nmetrics_listen = [::1]:9000\nmedia_program = /opt/conclave-media\n"
		"admin_listen = 127.0.0.2:9001\nhelper_program = /opt/conclave-helper\nlinks = everyone\n"
		"client_origins = https://client.example, https://client.example:8444\n"
		"turn_urls = turns:turn.example:443?transport=tcp, turn:[2001:db8::1]:3478\nturn_secret_file = /etc/turn\n"
		"syslog = /run/collector/log\n", error));
	check_text(error, "");
	check_text(c.state, "/var/lib/conclave");
	check_eq(c.port, 8443);
	check_eq(c.workers, 2);
	check_eq(c.n_hosts, 2);
	check_text(c.hosts[0], "raad.example");
	check_text(c.hosts[1], "192.0.2.7");
	check_eq(c.n_listen, 2);
	check_text(address_print_ip(&c.listen[1], ip), "2001:db8::1");
	check_eq(c.n_media_addresses, 1);
	check_eq(c.n_turn_urls, 2);
	check_text(c.turn_urls[1], "turn:[2001:db8::1]:3478");
	check_text(c.turn_secret_file, "/etc/turn");
	check_text(c.syslog, "/run/collector/log");
	check_eq(c.metrics.family, 6);
	check_eq(c.metrics.port, 9000);
	check_eq(c.admin.port, 9001);
	check_text(c.helper_program, "/opt/conclave-helper");
	check(c.links_for_everyone);
	check_eq(c.n_clients, 2);
	check_text(c.clients[1], "https://client.example:8444");
	check_text(c.media_program, "/opt/conclave-media");
	check_text(config_authority(&c, "raad.example", authority), "raad.example:8443");
	check_text(config_authority(&c, "::1", authority), "[::1]:8443");
	c.port = 443;
	check_text(config_authority(&c, "raad.example", authority), "raad.example");
	check(config_state_path(&c, "lock", path));
	check_text(path, "/var/lib/conclave/lock");
}

TEST(what_is_left_out_has_a_sensible_value)
{
	struct config c;
	char error[CONFIG_ERROR_SIZE];

	check(read_text(&c, "state=a\nhost=localhost\ncertificate=b\nkey=c\nweb_root=d\n", error));
	check_eq(c.port, 8443);
	check_eq(c.workers, 1);
	check_eq(c.n_listen, 0);
	check_eq(c.n_media_addresses, 0);
	check_eq(c.metrics.family, 4);
	check_eq(c.metrics.port, 9443);
	check_eq(c.admin.port, 9444);
	check(!c.links_for_everyone);
	check(read_text(&c, GOOD "metrics_listen = off\n", error));
	check_eq(c.metrics.family, 0);
}

TEST(every_mistake_is_named)
{
	static const struct { const char *text, *error; } mistakes[] = {
		{ GOOD "colour = red\n", "conclave.conf: colour is not a key that Conclave knows" },
		{ GOOD "port = 8443\n", "conclave.conf: port stands there twice" },
		{ GOOD "[server]\nworkers = 1\n", "conclave.conf: has no sections, but [server] stands in it" },
		{ GOOD "workers\n", "conclave.conf:7: is not of the form key = value" },
		{ "host = a\n", "conclave.conf: state is missing" },
		{ "state=a\ncertificate=b\nkey=c\nweb_root=d\n", "conclave.conf: host is missing" },
		{ "port = 0\n", "conclave.conf: port must be a number from 1 to 65519" },
		{ "port = 65520\n", "conclave.conf: port must be a number from 1 to 65519" },
		{ "port = 8443x\n", "conclave.conf: port must be a number from 1 to 65519" },
		{ "port = -1\n", "conclave.conf: port must be a number from 1 to 65519" },
		{ "workers = 0\n", "conclave.conf: workers must be a number from 1 to 16" },
		{ "workers = 17\n", "conclave.conf: workers must be a number from 1 to 16" },
		{ "state =\n", "conclave.conf: state must be a folder" },
		{ "host = Raad.example\n",
			"conclave.conf: host must be names in small letters, or IP addresses, with commas between" },
		{ "host = a,,b\n", "conclave.conf: host must be names in small letters, or IP addresses, with commas between" },
		{ "host = a' *\n", "conclave.conf: host must be names in small letters, or IP addresses, with commas between" },
		{ "listen = localhost\n", "conclave.conf: listen must be IP addresses, with commas between" },
		{ "media_addresses = example.org\n",
			"conclave.conf: media_addresses must be IP addresses, with commas between" },
		{ "turn_urls = https://turn.example\n", TURN },
		{ "turn_urls = turn:\n", TURN },
		{ "turn_urls = turn:a?transport=sctp\n", TURN },
		{ "turn_urls = turn:a/b\n", TURN },
		{ "turn_urls = turn:a, turn:b, turn:c, turn:d, turn:e\n", TURN },
		{ GOOD "turn_urls = turn:a\n", "conclave.conf: turn_urls and turn_secret_file belong together" },
		{ GOOD "syslog = log\n", "conclave.conf: syslog must be the path of a socket, of at most 107 bytes, such as "
			"/dev/log" },
		{ GOOD "turn_secret_file = /x\n", "conclave.conf: turn_urls and turn_secret_file belong together" },
		{ "client_origins = http://client.example\n", ORIGINS },
		{ "client_origins = https://client.example/\n", ORIGINS },
		{ "client_origins = https://client.example:443\n", ORIGINS },
		{ "client_origins = https://client.example:0443\n", ORIGINS },
		{ "client_origins = https://*.example\n", ORIGINS },
		{ "links = members\n", "conclave.conf: links must be guests or everyone" },
		{ "admin_listen = 192.0.2.1:9444\n", "conclave.conf: admin_listen must be a loopback address with its port, "
		  "such as 127.0.0.1:9443, or off" },
		{ "metrics_listen = 0.0.0.0:9443\n", "conclave.conf: metrics_listen must be a loopback address with its port, "
			"such as 127.0.0.1:9443, or off" },
		{ "metrics_listen = 127.0.0.1\n", "conclave.conf: metrics_listen must be a loopback address with its port, "
			"such as 127.0.0.1:9443, or off" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(mistakes); i++) {
		struct config c = { .port = 1 };
		char error[CONFIG_ERROR_SIZE];

		check(!read_text(&c, mistakes[i].text, error));
		check_text(error, mistakes[i].error);
		check_eq(c.port, 1);	/* untouched */
	}
}

/* inih would take the end of a long line for a line of its own. */
TEST(long_line_is_refused)
{
	struct config c;
	char error[CONFIG_ERROR_SIZE], text[512] = GOOD "media_program = ";
	size_t n = strlen(text);

	memset(text + n, 'x', 220);
	check(!read_text(&c, text, error));
	check_text(error, "conclave.conf:7: the line is longer than 198 characters");
}

TEST(what_is_no_text_is_refused)
{
	struct config c;
	char error[CONFIG_ERROR_SIZE];

	check(!config_read(&c, bytes_make("state = a\0b", 11), "x", error));
	check_text(error, "x: is not a text");
	check(!config_load(&c, "/nonexistent/conclave.conf", error));
	check_text(error, "/nonexistent/conclave.conf: No such file or directory");
	check(!config_load(&c, "/", error));
	check_text(error, "/: Is a directory");
}

TEST(too_many_are_refused)
{
	struct config c;
	char error[CONFIG_ERROR_SIZE];

	check(!read_text(&c, "listen = 10.0.0.1,10.0.0.2,10.0.0.3,10.0.0.4,10.0.0.5,10.0.0.6,10.0.0.7,10.0.0.8,10.0.0.9\n",
		error));
	check(!read_text(&c, "host = a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q\n", error));
}

TEST(no_memory_is_said)
{
	struct config c;
	char error[CONFIG_ERROR_SIZE];

	for (unsigned long n = 1; n <= 2; n++) {
		mem_fail_at(n, 0);
		check(!read_text(&c, GOOD, error));
		check_text(error, "conclave.conf: no memory to read it");
		mem_fail_at(0, 0);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(good_configuration_is_read),
	cmocka_unit_test(what_is_left_out_has_a_sensible_value),
	cmocka_unit_test(every_mistake_is_named),
	cmocka_unit_test(long_line_is_refused),
	cmocka_unit_test(what_is_no_text_is_refused),
	cmocka_unit_test(too_many_are_refused),
	cmocka_unit_test(no_memory_is_said),
};

RUN_TESTS(tests)
