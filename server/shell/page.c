/* SPDX-License-Identifier: EUPL-1.2 */
/* The headers of the page, as a table. In conclaved and conclavectl. */
#include "server/shell/page.h"

/* ATTACKS C15. The page needs camera, microphone and screen; everything else a browser could offer is off.
 * Integrity-Policy: a script whose hash nothing names is blocked (measured in Chromium 156 and Firefox 153; neither
 * applies it to workers). */
const struct page_header page_headers[PAGE_HEADERS] = {
	{ "Strict-Transport-Security", "max-age=31536000; includeSubDomains" },
	{ "X-Content-Type-Options", "nosniff" },
	{ "X-Frame-Options", "DENY" },
	{ "Referrer-Policy", "no-referrer" },
	{ "Cross-Origin-Opener-Policy", "same-origin" },
	{ "Cross-Origin-Resource-Policy", "same-origin" },
	{ "Cross-Origin-Embedder-Policy", "require-corp" },
	{ "Integrity-Policy", "blocked-destinations=(script)" },
	{ "Permissions-Policy", "camera=(self), microphone=(self), display-capture=(self), fullscreen=(self), "
		"autoplay=(self), accelerometer=(), ambient-light-sensor=(), bluetooth=(), browsing-topics=(), "
		"encrypted-media=(), geolocation=(), gyroscope=(), hid=(), idle-detection=(), interest-cohort=(), "
		"local-fonts=(), magnetometer=(), midi=(), payment=(), publickey-credentials-create=(self), "
		"publickey-credentials-get=(self), serial=(), usb=(), xr-spatial-tracking=()" },
};

const char *const page_paths[PAGE_PATHS] = { "/", "/j", "/enrol", "/integrity", "/meetings/new" };

void page_write_policy(struct writer *w, struct bytes connect)
{
	write_string(w, "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
		"font-src 'self'; connect-src 'self'");
	write_bytes(w, connect);
	write_string(w, "; media-src 'self' blob:; worker-src 'self'; manifest-src 'self'; base-uri 'none'; "
		"form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
		"trusted-types lit-html conclave-worker");
}
