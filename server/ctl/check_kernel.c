/* SPDX-License-Identifier: EUPL-1.2 */
/* What the kernel offers, and what it holds the server to. In conclavectl.
 * Invariant: only /proc is read, and nothing that exists is changed. */
#include "server/ctl/checks.h"

#include <inttypes.h>
#include <linux/landlock.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/mem.h"
#include "server/shell/socket.h"

#define KIB_PER_MIB 1024
#define MEMORY_LITTLE 512	/* MiB */
#define MEMORY_NONE 128
#define BUFFER_WANTED (1u << 20)	/* as much as sfu/net/udp.c asks for */

bool proc_value(struct bytes text, const char *name, uint64_t *ret, int base)
{
	const char *at = text.size ? memmem(text.data, text.size, name, strlen(name)) : NULL;
	const char *end = (const char *)text.data + text.size;
	char digits[24] = "";
	size_t n = 0;

	if (!at)
		return false;
	for (at += strlen(name); at < end && (*at == ' ' || *at == '\t'); at++)
		;
	while (at < end && n < sizeof(digits) - 1 && *at != '\n' && *at != ' ')
		digits[n++] = *at++;
	if (n == 0 || !strchr("0123456789abcdef", digits[0]))
		return false;
	*ret = strtoull(digits, NULL, base);
	return true;
}

void judge_sandbox(struct finding *f, struct bytes status)
{
	uint64_t seccomp = 0, closed = 0, capabilities = 1;

	if (!proc_value(status, "\nSeccomp:", &seccomp, 10) || !proc_value(status, "\nNoNewPrivs:", &closed, 10) ||
	    !proc_value(status, "\nCapEff:", &capabilities, 16))
		finding_attention(f, TEXT(f,
			"start conclaved, and be root or its user",
			"start conclaved, en wees root of zijn gebruiker"), TEXT(f,
				"the server's process cannot be seen",
				"het proces van de server is niet te zien"));
	else if (seccomp != 2 || closed != 1)
		finding_attention(f, TEXT(f,
			"look in the log for sandbox-layer-missing; builds for tests have none",
			"zoek sandbox-layer-missing in het log; een testbuild heeft er geen"),
			TEXT(f,
				"the server runs without its own sandbox",
				"de server draait zonder zijn eigen sandbox"));
	else if (capabilities != 0)
		finding_attention(f, TEXT(f,
			"run it as a user of its own, as the systemd unit does",
			"laat hem als eigen gebruiker lopen, zoals de systemd-unit doet"),
			TEXT(f,
				"the server is in its sandbox, but keeps capabilities (%" PRIx64 ")",
				"de server zit in zijn sandbox, maar houdt rechten (%" PRIx64 ")"), capabilities);
	else
		finding_ok(f, TEXT(f,
			"the server is in its sandbox, without any capability",
			"de server zit in zijn sandbox, zonder enig bijzonder recht"));
}

void check_sandbox(struct finding *f, struct patient *p)
{
	judge_sandbox(f, patient_read_process(p, "status"));
}

void judge_memory(struct finding *f, struct bytes meminfo)
{
	uint64_t free_mib;

	if (!proc_value(meminfo, "MemAvailable:", &free_mib, 10)) {
		finding_attention(f, "free -m", TEXT(f,
			"the kernel does not say how much memory is free",
			"de kernel zegt niet hoeveel geheugen er vrij is"));
		return;
	}
	free_mib /= KIB_PER_MIB;
	if (free_mib < MEMORY_NONE)
		finding_broken(f, TEXT(f,
			"end what else runs here, or give the machine more memory",
			"stop wat hier nog loopt, of geef de machine meer geheugen"),
			TEXT(f,
				"%" PRIu64 " MB of memory are available: too few for a meeting",
				"er is %" PRIu64 " MB geheugen vrij: te weinig voor een vergadering"), free_mib);
	else if (free_mib < MEMORY_LITTLE)
		finding_attention(f, TEXT(f,
			"end what else runs here, or give the machine more memory",
			"stop wat hier nog loopt, of geef de machine meer geheugen"),
			TEXT(f,
				"only %" PRIu64 " MB of memory are available",
				"er is maar %" PRIu64 " MB geheugen vrij"),
			free_mib);
	else
		finding_ok(f, TEXT(f, "%" PRIu64 " MB of memory are available", "er is %" PRIu64 " MB geheugen vrij"),
			free_mib);
}

void check_memory(struct finding *f, struct patient *p)
{
	judge_memory(f, patient_read(p, "/proc/meminfo"));
}

/* Lines behind the first: a path, then the rest. What is in memory or behind the device mapper is not plain. */
static bool swaps_plainly(struct bytes table)
{
	struct bytes rest = table;
	bool first = true;

	while (rest.size) {
		const uint8_t *newline = memchr(rest.data, '\n', rest.size);
		size_t size = newline ? (size_t)(newline - rest.data) : rest.size;
		struct bytes line = bytes_make(rest.data, size);

		rest = bytes_make(rest.data + size + (newline != NULL), rest.size - size - (newline != NULL));
		if (!first && line.size > 1 && !(line.size > 9 && (memcmp(line.data, "/dev/zram", 9) == 0 ||
		    memcmp(line.data, "/dev/dm-", 8) == 0)))
			return true;
		first = false;
	}
	return false;
}

void judge_swap(struct finding *f, struct bytes table)
{
	if (swaps_plainly(table))
		finding_attention(f, TEXT(f,
			"encrypt the swap space (crypttab), or use zram, or swapoff -a",
			"versleutel de wisselruimte (crypttab), gebruik zram, of swapoff -a"),
			TEXT(f,
				"memory may be swapped to a disk unencrypted: keys not, but names and agendas might",
				"geheugen kan onversleuteld op schijf belanden: sleutels niet, maar namen en chat "
				"misschien"));
	else
		finding_ok(f, TEXT(f,
			"no memory is swapped to a disk unencrypted",
			"er belandt geen geheugen onversleuteld op schijf"));
}

void check_swap(struct finding *f, struct patient *p)
{
	judge_swap(f, patient_read(p, "/proc/swaps"));
}

void judge_buffers(struct finding *f, struct bytes most)
{
	uint64_t size;

	if (!proc_value(most, "", &size, 10) || size < BUFFER_WANTED)
		finding_attention(f, "sysctl -w net.core.rmem_max=1048576 net.core.wmem_max=1048576",
			TEXT(f,
				"the kernel gives a socket less room than a busy meeting wants",
				"de kernel geeft een socket minder ruimte dan een drukke vergadering wil"));
	else
		finding_ok(f, TEXT(f, "the kernel gives sockets enough room", "de kernel geeft sockets genoeg ruimte"));
}

void check_buffers(struct finding *f, struct patient *p)
{
	judge_buffers(f, patient_read(p, "/proc/sys/net/core/rmem_max"));
}

static void judge_offered(struct finding *f, bool offered, const char *mend, const char *what)
{
	if (offered)
		finding_ok(f, TEXT(f, "the kernel has it: %s", "de kernel heeft het: %s"), what);
	else
		finding_attention(f, mend, TEXT(f, "this kernel lacks %s", "deze kernel mist %s"), what);
}

void judge_seccomp(struct finding *f, struct bytes actions)
{
	judge_offered(f, actions.size && memmem(actions.data, actions.size, "errno", 5),
		TEXT(f,
			"use a kernel with CONFIG_SECCOMP_FILTER, as Debian's is",
			"gebruik een kernel met CONFIG_SECCOMP_FILTER, zoals die van Debian"),
		TEXT(f,
			"seccomp, which takes system calls away from the server",
			"seccomp, dat de server systeemaanroepen afneemt"));
}

void check_seccomp(struct finding *f, struct patient *p)
{
	judge_seccomp(f, patient_read(p, "/proc/sys/kernel/seccomp/actions_avail"));
}

void judge_landlock(struct finding *f, long version)
{
	judge_offered(f, version > 0, TEXT(f,
		"boot with lsm=landlock,… or a kernel of Debian 12 or newer",
		"start op met lsm=landlock,… of met een kernel van Debian 12 of nieuwer"),
		TEXT(f,
			"Landlock, which takes files away from the server",
			"Landlock, dat de server bestanden afneemt"));
}

void check_landlock(struct finding *f, struct patient *p __attribute__((unused)))
{
	judge_landlock(f, syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION));
}

void judge_segments(struct finding *f, bool offered)
{
	judge_offered(f, offered, TEXT(f,
		"use a kernel of 4.18 or newer; without it the server needs more processor time",
		"gebruik een kernel vanaf 4.18; zonder heeft de server meer rekentijd nodig"),
		TEXT(f,
			"UDP_SEGMENT, which sends many packets at once",
			"UDP_SEGMENT, dat veel pakketten ineens verstuurt"));
}

void check_segments(struct finding *f, struct patient *p __attribute__((unused)))
{
	_cleanup_(socket_close) int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int value;
	socklen_t size = sizeof(value);

	judge_segments(f, fd >= 0 && getsockopt(fd, IPPROTO_UDP, UDP_SEGMENT, &value, &size) == 0);
}

void judge_cipher(struct finding *f, const char *name, struct bytes cpuinfo)
{
	bool fast = cpuinfo.size && memmem(cpuinfo.data, cpuinfo.size, " aes", 4);

	if (!name || !*name)
		finding_attention(f, TEXT(f, "see the check `media`", "zie de controle `media`"),
			TEXT(f,
				"the media processes do not say what enciphers",
				"de mediaprocessen zeggen niet waarmee ze versleutelen"));
	else if (!fast)
		finding_attention(f, TEXT(f,
			"let the virtual machine pass the processor's AES instructions on (cpu type host)",
			"laat de virtuele machine de AES-instructies van de processor doorgeven (cpu-type host)"),
			TEXT(f,
				"the processor shows no AES instructions, so %.60s is slow here",
				"de processor toont geen AES-instructies, dus %.60s is hier traag"), name);
	else
		finding_ok(f, TEXT(f,
			"sound and picture are enciphered with %.60s, and the processor helps",
			"geluid en beeld worden versleuteld met %.60s, en de processor helpt"), name);
}

void check_cipher(struct finding *f, struct patient *p)
{
	const struct answer *workers = answer_get(patient_status(p), "workers");
	const char *name = answer_count(workers) ? answer_text(answer_item(workers, 0), "cipher") : NULL;

	judge_cipher(f, name, patient_read(p, "/proc/cpuinfo"));
}

void judge_openssl(struct finding *f, int level)
{
	if (level < 2)
		finding_attention(f, TEXT(f,
			"set CipherString = DEFAULT@SECLEVEL=2 in this machine's openssl.cnf",
			"zet CipherString = DEFAULT@SECLEVEL=2 in openssl.cnf van deze machine"),
			TEXT(f,
				"OpenSSL's security level is %d here; Debian's is 2",
				"het beveiligingsniveau van OpenSSL is hier %d; dat van Debian is 2"), level);
	else
		finding_ok(f, TEXT(f,
			"OpenSSL's security level is %d",
			"het beveiligingsniveau van OpenSSL is %d"), level);
}

void check_openssl(struct finding *f, struct patient *p __attribute__((unused)))
{
	judge_openssl(f, tls_level());
}
