# SPDX-License-Identifier: EUPL-1.2
# Signing in by a real provider with the programs that the package installed, its conclave-fetch among them. Sourced by
# tests/deploy/run.
# shellcheck shell=bash

# What is installed, laid out as a build is.
installed_as_built() {
	within "$1" sh -c 'apt-get install -y -q --no-install-recommends /srv/package/conclave_*.deb &&
		mkdir -p /srv/installed/server /srv/installed/sfu /srv/installed/helper &&
		ln -sf /usr/bin/conclaved /usr/bin/conclavectl /srv/installed/server/ &&
		ln -sf /usr/libexec/conclave/conclave-media /srv/installed/sfu/ &&
		ln -sf /usr/libexec/conclave/conclave-helper /srv/installed/helper/'
}

# The provider is a library of npm's, run by this release's node, in the root where the package was built; the pages are
# looked at by `tests/run oidc`, since there is no browser here.
try_oidc() {
	local suite=$1 root=$2 log=$out/deploy-$1-oidc.log line
	: >"$log"
	package_for "$root" "$log" >/dev/null && quietly installed_as_built "$root" && quietly within "$root" \
		npm --prefix /srv/conclave/tests/oidc ci --no-audit --no-fund ||
		{ fail "$suite: neither package nor provider, see $log"; return; }
	quietly within "$root" env CONCLAVE_BUILD=/srv/installed timeout 300 /srv/conclave/tests/oidc/run --no-browser
	line=$(tail -n 1 "$log")
	verdict "$suite: the installed programs sign in by a real provider, $line" \
		grep -qx '[1-9][0-9]* passed, 0 failed' <<<"$line"
}
