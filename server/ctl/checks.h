/* SPDX-License-Identifier: EUPL-1.2 */
/* The doctor's checks: each looks, and hands what it saw to a judge. In conclavectl.
 * Invariant: judge_* are pure; check_* change nothing on the machine. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/bytes.h"
#include "server/ctl/answer.h"
#include "server/ctl/finding.h"
#include "server/ctl/patient.h"
#include "server/ctl/sound_trial.h"
#include "server/ctl/tls.h"

void check_reachable(struct finding *f, struct patient *p);
void check_port(struct finding *f, struct patient *p);
void check_media(struct finding *f, struct patient *p);
void check_sound(struct finding *f, struct patient *p);
void check_helper(struct finding *f, struct patient *p);
void check_cipher(struct finding *f, struct patient *p);
void check_sandbox(struct finding *f, struct patient *p);
void check_certificate(struct finding *f, struct patient *p);
void check_chain(struct finding *f, struct patient *p);
void check_key(struct finding *f, struct patient *p);
void check_served(struct finding *f, struct patient *p);
void check_protocol(struct finding *f, struct patient *p);
void check_headers(struct finding *f, struct patient *p);
void check_policy(struct finding *f, struct patient *p);
void check_names(struct finding *f, struct patient *p);
void check_database(struct finding *f, struct patient *p);
void check_proceedings(struct finding *f, struct patient *p);
void check_epoch(struct finding *f, struct patient *p);
void check_retention(struct finding *f, struct patient *p);
void check_backup(struct finding *f, struct patient *p);
void check_state(struct finding *f, struct patient *p);
void check_disk(struct finding *f, struct patient *p);
void check_inodes(struct finding *f, struct patient *p);
void check_clock(struct finding *f, struct patient *p);
void check_zones(struct finding *f, struct patient *p);
void check_versions(struct finding *f, struct patient *p);
void check_age(struct finding *f, struct patient *p);
void check_openssl(struct finding *f, struct patient *p);
void check_limits(struct finding *f, struct patient *p);
void check_buffers(struct finding *f, struct patient *p);
void check_memory(struct finding *f, struct patient *p);
void check_swap(struct finding *f, struct patient *p);
void check_seccomp(struct finding *f, struct patient *p);
void check_landlock(struct finding *f, struct patient *p);
void check_segments(struct finding *f, struct patient *p);
void check_provider(struct finding *f, struct patient *p);
void check_secret(struct finding *f, struct patient *p);
void check_redirect(struct finding *f, struct patient *p);
void check_skew(struct finding *f, struct patient *p);

/* check_server.c */
/* `r` and `body` of tls_get() for /healthz. */
void judge_health(struct finding *f, const char *where, int r, struct bytes body);
/* Is the local port `port` among the sockets of /proc/net/udp or udp6? */
bool udp_is_bound(struct bytes table, uint16_t port);
/* `bound` has a bit for each worker whose UDP port is taken; `status` is the server's. */
void judge_media(struct finding *f, const struct config *c, const struct answer *status, uint32_t bound);

void judge_helper(struct finding *f, int n);
/* At most `most` of the decimal numbers that stand there; how many. */
int count_numbers(struct bytes text, uint64_t *ret, int most);

/* check_media.c */
/* `state` as the server tells it, or NULL. True, without a finding, when sound may be sent through this worker. */
bool judge_worker(struct finding *f, unsigned worker, const char *state);
void judge_sound(struct finding *f, const struct sound_trial *t);
/* All of them let it through; `r` is the worst of each. */
void judge_whole(struct finding *f, unsigned workers, unsigned port, const struct sound_result *r);

/* check_certificate.c; `covered` has a bit for each host of the configuration. */
void judge_certificate(struct finding *f, const struct config *c, const struct tls_certificate *facts,
	uint32_t covered, int64_t now);
void judge_chain(struct finding *f, enum tls_chain chain);
/* The mode of the key's file, less the right by which root lets a server that runs as another user read it, as the
 * package does: that of the group to which the server's state folder belongs. */
unsigned key_mode(const struct stat *key, const struct stat *state);
/* `mode` as above; `bits` as in struct tls_certificate. */
void judge_key(struct finding *f, const char *path, unsigned mode, uint32_t bits);

/* check_provider.c; `told` is what the server says of its provider. Times in seconds. */
void judge_provider(struct finding *f, const struct answer *told, int64_t now);
/* `r` and `st` of stat(2); `server`: the user that the server runs as, NULL = it does not run. */
void judge_secret(struct finding *f, const char *path, int r, const struct stat *st, const uid_t *server);
/* `configured` and `issuer` are what the configuration now says. */
void judge_redirect(struct finding *f, const char *configured, const struct answer *told, const char *issuer);
void judge_skew(struct finding *f, bool known, int64_t ahead);

/* check_page.c; `head` are the lines of the page's headers. */
enum name_state { NAME_IS_NONE, NAME_OURS, NAME_ELSEWHERE, NAME_UNKNOWN };	/* NONE: it is an address itself */
void judge_served(struct finding *f, bool same);
void judge_protocol(struct finding *f, bool newest, int takes_old);
void judge_headers(struct finding *f, struct bytes head);
void judge_policy(struct finding *f, struct bytes head);
void judge_name(struct finding *f, const char *host, enum name_state state);

/* check_records.c; `trouble`: why the records were not looked into, a negative errno. Times in seconds. */
void judge_database(struct finding *f, int trouble, const struct inspection *i);
void judge_proceedings(struct finding *f, int trouble, const struct inspection *i);
void judge_retention(struct finding *f, int trouble, const struct inspection *i);
void judge_epoch(struct finding *f, bool used, int64_t age);
void judge_backup(struct finding *f, int64_t made, int64_t now);	/* 0 = never */

/* check_kernel.c; files of /proc as they are. */
bool proc_value(struct bytes text, const char *name, uint64_t *ret, int base);
void judge_sandbox(struct finding *f, struct bytes status);
void judge_memory(struct finding *f, struct bytes meminfo);
void judge_swap(struct finding *f, struct bytes table);
void judge_buffers(struct finding *f, struct bytes most);
void judge_seccomp(struct finding *f, struct bytes actions);
void judge_landlock(struct finding *f, long version);
void judge_segments(struct finding *f, bool offered);
void judge_cipher(struct finding *f, const char *name, struct bytes cpuinfo);
void judge_openssl(struct finding *f, int level);

/* check_machine.c */
void judge_inodes(struct finding *f, uint64_t all, uint64_t left);
void judge_age(struct finding *f, int64_t days);
void judge_zones(struct finding *f, bool found);
void judge_disk(struct finding *f, uint64_t free_bytes);
/* Seconds since 1970; `synchronised` < 0 = nobody could say. */
void judge_clock(struct finding *f, int64_t now, int64_t built, int synchronised);
/* The soft limit of open files in /proc/PID/limits; false when it is not there. UINT64_MAX is unlimited. */
bool limits_read(struct bytes text, uint64_t *ret);
void judge_limits(struct finding *f, uint64_t files);
/* Libraries in /proc/PID/maps that were replaced on disk since the process started, joined by commas. */
size_t maps_replaced(struct bytes text, struct writer *names);
