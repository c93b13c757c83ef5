/* SPDX-License-Identifier: EUPL-1.2 */
/* OpenMetrics text. In conclaved. */
#include "server/shell/metrics.h"

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

static void metrics_write_media(struct writer *w, const struct metrics *m)
{
	gauge(w, "conclave_media_workers", "Media workers that are ready.", m->workers.up);
	counter(w, "conclave_media_workers_started", "Media workers started.", m->workers.started);
	counter(w, "conclave_media_workers_adopted", "Living media workers taken over.", m->workers.adopted);
	counter(w, "conclave_media_workers_died", "Media workers lost.", m->workers.died);
	if (m->workers.cipher[0]) {
		metric(w, "conclave_media_cipher", "info", "What enciphers the media.");
		write_format(w, "conclave_media_cipher_info{name=\"%s\"} 1\n", m->workers.cipher);
	}
	metric(w, "conclave_dtls_handshakes", "counter", "Media connections that were, or could not be, secured.");
	sample(w, "conclave_dtls_handshakes", "result", "done", m->handshakes_done);
	sample(w, "conclave_dtls_handshakes", "result", "failed", m->handshakes_failed);
	metric(w, "conclave_srtp_profiles", "counter", "Media connections by their SRTP profile.");
	sample(w, "conclave_srtp_profiles", "profile", "AEAD_AES_128_GCM", m->profile_gcm);
	sample(w, "conclave_srtp_profiles", "profile", "other", m->profile_other);
}

void metrics_write(struct writer *w, const struct metrics *m)
{
	gauge(w, "conclave_participants", "People inside a meeting.", m->hall.participants);
	gauge(w, "conclave_meetings", "Meetings that have not ended.", m->hall.meetings);
	gauge(w, "conclave_connections", "WebSockets.", m->hall.connections);
	counter(w, "conclave_joins", "Entries into a meeting.", m->hall.joins);
	metric(w, "conclave_events", "counter", "Entries in the proceedings of all meetings.");
	sample(w, "conclave_events", "kind", "any", m->hall.events);
	counter(w, "conclave_commits_failed", "Acts undone since they could not be recorded.", m->commits_failed);
	counter(w, "conclave_tcp_accepted", "TCP connections accepted.", m->listener.accepted);
	counter(w, "conclave_tcp_refused", "TCP connections over a cap, too late, or not TLS.", m->listener.refused);
	counter(w, "conclave_tcp_starved", "TCP connections refused for want of a descriptor.", m->listener.starved);
	metrics_write_media(w, m);
	write_string(w, "# EOF\n");
}
