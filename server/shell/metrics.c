/* SPDX-License-Identifier: EUPL-1.2 */
/* OpenMetrics text. In conclaved. */
#include "server/shell/metrics.h"

#include <assert.h>
#include <inttypes.h>


static void metric(struct writer *w, const char *name, const char *type, const char *help)
{
	write_format(w, "# TYPE %s %s\n# HELP %s %s\n", name, type, name, help);
}

static void gauge(struct writer *w, const char *name, const char *help, uint64_t value)
{
	metric(w, name, "gauge", help);
	write_format(w, "%s %" PRIu64 "\n", name, value);
}

/* OpenMetrics names the family without the suffix that its samples carry. */
static void counter(struct writer *w, const char *name, const char *help, uint64_t value)
{
	metric(w, name, "counter", help);
	write_format(w, "%s_total %" PRIu64 "\n", name, value);
}

static void sample(struct writer *w, const char *name, const char *label, const char *of, uint64_t value)
{
	write_format(w, "%s_total{%s=\"%s\"} %" PRIu64 "\n", name, label, of, value);
}

/* What observe() is to know of a histogram. `buckets` has one more than `limits`: what was longer. */
struct histogram {
	const char *name;
	const char *help;
	const uint64_t *limits;		/* in units of 1 / `each` s */
	size_t n;
	uint64_t each;
	const uint64_t *buckets;
	uint64_t usec;			/* the sum */
};

/* Without a trailing zero and never in exponents: one value has one spelling. */
static void seconds(struct writer *w, uint64_t value, uint64_t each)
{
	uint64_t rest = value % each;

	write_format(w, "%" PRIu64 ".", value / each);
	do {
		rest *= 10;
		write_u8(w, (uint8_t)('0' + rest / each));
		rest %= each;
	} while (rest);
}

static void histogram(struct writer *w, const struct histogram *h)
{
	uint64_t sum = 0;

	metric(w, h->name, "histogram", h->help);
	for (size_t i = 0; i < h->n; i++) {
		sum += h->buckets[i];
		write_format(w, "%s_bucket{le=\"", h->name);
		seconds(w, h->limits[i], h->each);
		write_format(w, "\"} %" PRIu64 "\n", sum);
	}
	sum += h->buckets[h->n];
	write_format(w, "%s_bucket{le=\"+Inf\"} %" PRIu64 "\n%s_count %" PRIu64 "\n%s_sum ", h->name, sum, h->name,
		sum, h->name);
	seconds(w, h->usec, SECONDS(1));
	write_u8(w, '\n');
}

void metrics_hear(struct metrics *m, unsigned worker, const struct media_event *e)
{
	struct metrics_media *media = &m->media[worker];

	assert(worker < LIMIT_WORKERS);
	if (e->kind == MEDIA_CONNECTED && strcmp(e->word, "AEAD_AES_128_GCM") == 0)
		m->profile_gcm++;
	else if (e->kind == MEDIA_CONNECTED)
		m->profile_other++;
	if (e->kind != MEDIA_NUMBERS)
		return;
	for (int i = 0; i < COUNT_N && media->born != e->born; i++)
		m->past[i] += media->counts[i];
	media->born = e->born;
	memcpy(media->counts, e->counts, sizeof(media->counts));
}

static void sum_media(const struct metrics *m, uint64_t ret[static COUNT_N])
{
	memcpy(ret, m->past, sizeof(m->past));
	for (unsigned i = 0; i < LIMIT_WORKERS; i++)
		for (int k = 0; k < COUNT_N; k++)
			ret[k] += m->media[i].counts[k];
}

static void metrics_write_forwarding(struct writer *w, const uint64_t counts[static COUNT_N])
{
	static const uint64_t limits[] = MEDIA_FORWARD_LIMITS;

	metric(w, "conclave_rtp_packets", "counter", "RTP and RTCP packets that authenticated, or were sent.");
	sample(w, "conclave_rtp_packets", "direction", "in", counts[COUNT_PACKETS_IN]);
	sample(w, "conclave_rtp_packets", "direction", "out", counts[COUNT_PACKETS_OUT]);
	metric(w, "conclave_rtp_bytes", "counter", "Bytes of those, before encryption.");
	sample(w, "conclave_rtp_bytes", "direction", "in", counts[COUNT_BYTES_IN]);
	sample(w, "conclave_rtp_bytes", "direction", "out", counts[COUNT_BYTES_OUT]);
	counter(w, "conclave_rtp_lost", "Packets of participants that never arrived.", counts[COUNT_LOST]);
	counter(w, "conclave_rtp_dropped", "Packets that belonged to nothing, or had no room.", counts[COUNT_DROPPED]);
	counter(w, "conclave_nack", "Lost packets asked for again.", counts[COUNT_NACKS]);
	counter(w, "conclave_pli", "Key frames asked for.", counts[COUNT_PLIS]);
	histogram(w, &(struct histogram){ .name = "conclave_forward_seconds",
		.help = "In our hands: from the wake-up that read the first of what is sent together to its sendmmsg.",
		.limits = limits, .n = ARRAY_SIZE(limits), .each = SECONDS(1), .buckets = counts + COUNT_FORWARD,
		.usec = counts[COUNT_FORWARD_USEC] });
}

static void metrics_write_workers(struct writer *w, const struct workers_numbers *n)
{
	gauge(w, "conclave_media_workers", "Media workers that are ready.", n->up);
	counter(w, "conclave_media_workers_started", "Media workers started.", n->started);
	counter(w, "conclave_media_workers_adopted", "Living media workers taken over.", n->adopted);
	counter(w, "conclave_media_workers_died", "Media workers lost.", n->died);
	counter(w, "conclave_media_workers_drained", "Media workers that ended for maintenance.", n->drained);
	if (!n->cipher[0])
		return;
	metric(w, "conclave_media_cipher", "info", "What enciphers the media.");
	write_format(w, "conclave_media_cipher_info{name=\"%s\"} 1\n", n->cipher);
}

static void metrics_write_media(struct writer *w, const struct metrics *m)
{
	uint64_t counts[COUNT_N];

	sum_media(m, counts);
	metrics_write_workers(w, &m->workers);
	metrics_write_forwarding(w, counts);
	metric(w, "conclave_dtls_handshakes", "counter", "Media connections that were, or could not be, secured.");
	sample(w, "conclave_dtls_handshakes", "result", "done", counts[COUNT_HANDSHAKES_DONE]);
	sample(w, "conclave_dtls_handshakes", "result", "failed", counts[COUNT_HANDSHAKES_FAILED]);
	sample(w, "conclave_dtls_handshakes", "result", "fingerprint", counts[COUNT_HANDSHAKES_FINGERPRINT]);
	sample(w, "conclave_dtls_handshakes", "result", "timeout", counts[COUNT_HANDSHAKES_TIMEOUT]);
	metric(w, "conclave_srtp_profiles", "counter", "Media connections by their SRTP profile.");
	sample(w, "conclave_srtp_profiles", "profile", "AEAD_AES_128_GCM", m->profile_gcm);
	sample(w, "conclave_srtp_profiles", "profile", "other", m->profile_other);
}

static void metrics_write_hall(struct writer *w, const struct hall_numbers *n)
{
	static const uint64_t limits[] = HALL_JOIN_LIMITS;

	gauge(w, "conclave_participants", "People inside a meeting.", n->participants);
	gauge(w, "conclave_meetings", "Meetings that are open.", n->meetings);
	gauge(w, "conclave_connections", "WebSockets.", n->connections);
	counter(w, "conclave_joins", "Entries into a meeting.", n->joins);
	histogram(w, &(struct histogram){ .name = "conclave_join_seconds",
		.help = "From entering a meeting, by one's own press or by being admitted, to media secured.",
		.limits = limits, .n = ARRAY_SIZE(limits), .each = 1000, .buckets = n->joining,
		.usec = n->joining_usec });
	metric(w, "conclave_events", "counter", "Entries in the proceedings of all meetings, by their kind.");
	for (int i = 0; n->words && i < EVENT_N; i++)
		sample(w, "conclave_events", "kind", n->words[i], n->kinds[i]);
}

/* Where a provider is configured: elsewhere there is nothing to count. */
static void metrics_write_fetch(struct writer *w, const struct hall_fetch_numbers *n)
{
	if (!n->configured)
		return;
	gauge(w, "conclave_provider_found", "1: the provider of sign-ins was found, and is offered.", n->found);
	metric(w, "conclave_fetch_requests", "counter", "Questions of conclave-fetch to the provider.");
	for (enum oidc_question q = 0; q < OIDC_QUESTION_N; q++)
		sample(w, "conclave_fetch_requests", "question", oidc_question_word(q), n->requests[q]);
	metric(w, "conclave_fetch_failures", "counter", "Those that failed, by what it was.");
	for (enum oidc_outcome o = OIDC_OUT_DONE + 1; o < OIDC_OUTCOME_N; o++)
		sample(w, "conclave_fetch_failures", "kind", oidc_outcome_word(o), n->failures[o]);
	gauge(w, "conclave_fetch_success_seconds", "When one succeeded last, in seconds since 1970; 0: none yet.",
		n->last_success / SECONDS(1));
	metric(w, "conclave_sign_ons", "counter", "Sign-ins that were put to the provider, by what it proved.");
	sample(w, "conclave_sign_ons", "result", "proven", n->sign_ons_proven);
	sample(w, "conclave_sign_ons", "result", "refused", n->sign_ons_refused);
	sample(w, "conclave_sign_ons", "result", "unanswered", n->sign_ons_unanswered);
}

void metrics_write(struct writer *w, const struct metrics *m)
{
	metrics_write_hall(w, &m->hall);
	counter(w, "conclave_commits_failed", "Acts undone since they could not be recorded.", m->commits_failed);
	gauge(w, "conclave_certificate_ends_seconds", "When the certificate runs out, in seconds since 1970; 0: unknown.",
		m->certificate_ends / SECONDS(1));
	metric(w, "conclave_certificate_reloads", "counter", "Certificates put in the place of the one before, and refused.");
	sample(w, "conclave_certificate_reloads", "result", "done", m->certificate_changed);
	sample(w, "conclave_certificate_reloads", "result", "refused", m->certificate_refused);
	metric(w, "conclave_syslog_lines", "counter", "Lines of the security log for syslog.");
	sample(w, "conclave_syslog_lines", "result", "sent", m->syslog_sent);
	sample(w, "conclave_syslog_lines", "result", "lost", m->syslog_lost);
	counter(w, "conclave_tcp_accepted", "TCP connections accepted.", m->listener.accepted);
	counter(w, "conclave_tcp_refused", "TCP connections over a cap, too late, or not TLS.", m->listener.refused);
	counter(w, "conclave_tcp_starved", "TCP connections refused for want of a descriptor.", m->listener.starved);
	metrics_write_media(w, m);
	metrics_write_fetch(w, &m->hall.fetch);
	write_string(w, "# EOF\n");
}
