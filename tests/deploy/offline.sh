# SPDX-License-Identifier: EUPL-1.2
# The archive for machines without a network: what is not as signed is refused, and from it alone, in a network
# namespace that has only a loopback, comes a first meeting; and the records of another machine. Sourced by
# tests/deploy/run.
# shellcheck shell=bash

# The package of this commit in this root, built if no other part did.
package_for() {
	[[ -d $1/srv/package ]] || within "$1" /srv/conclave/deploy/package /srv/package >>"$2" 2>&1 || return
	built_in "$1" /srv/package
}

make_archive() {
	local root=$1
	package_for "$root" "$2" >/dev/null &&
		within "$root" sh -c 'cd /srv/conclave/deploy && ./offline key /srv/signing &&
			./offline key /srv/another && ./offline /srv/package/conclave_*.deb /srv/signing /srv/offline' \
			>>"$2" 2>&1
}

# Everything in this root from here on without a network.
alone() { nsenter --net="$work/net" -- "$@"; }

no_network() {
	: >"$work/net"
	unshare --net="$work/net" ip link set lo up &&
		! alone timeout 5 bash -c ': </dev/tcp/192.0.2.1/80' 2>/dev/null &&
		[ "$(alone ip -o link | wc -l)" = 1 ]
}

install_in() { alone chroot "$1" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 "${@:2}"; }

# refuses ROOT LOG WHAT KEY CHANGE: a copy of the archive with something wrong installs nothing.
refuses() {
	local r=$1 log=$2
	rm -rf "$r/srv/changed"
	cp -a "$r/srv/archive" "$r/srv/changed"
	(cd "$r/srv/changed" && eval "$5")
	if install_in "$r" /srv/changed/install "$4" >>"$log" 2>&1 || [ -e "$r/usr/bin/conclaved" ]; then
		fail "$suite: offline, $3 is installed"
	else
		pass "$suite: offline, $3 is refused, and nothing installed"
	fi
}

try_offline() {
	local suite=$1 root=$2 port=$3 log=$out/deploy-$1-offline.log r=$work/alone begin meeting
	: >"$log"
	make_archive "$root" "$log" || { fail "$suite: no archive is made, see $log"; return; }
	new_root "$suite" "$r" && verdict "$suite: a root, and no network" no_network || return
	within "$root" cat /srv/signing.pub >"$r/srv/KEY.pub"
	within "$root" cat /srv/another.pub >"$r/srv/another.pub"
	mkdir "$r/srv/archive"
	tar -C "$r/srv/archive" --strip-components=1 -xf "$root"/srv/offline/conclave-offline_*.tar
	refuses "$r" "$log" "an archive signed by another" /srv/another.pub :
	refuses "$r" "$log" "an archive with its own key" /srv/changed/KEY.pub 'cp ../KEY.pub .'
	refuses "$r" "$log" "a changed package" /srv/KEY.pub 'printf x >>"$(ls packages/conclave_*.deb)"'
	refuses "$r" "$log" "a changed list of hashes" /srv/KEY.pub 'sed -i s/0/1/ SHA256SUMS'
	refuses "$r" "$log" "a package more" /srv/KEY.pub 'cp packages/conclave_*.deb packages/more.deb'
	refuses "$r" "$log" "an archive of another release" /srv/KEY.pub \
		'echo "sid amd64" >for; sed -i "s/.*  .\/for$/$(sha256sum for | cut -c1-64)  .\/for/" SHA256SUMS
		openssl pkeyutl -sign -rawin -inkey "$root/srv/signing" -in SHA256SUMS -out SHA256SUMS.sig'
	begin=$SECONDS
	verdict "$suite: offline, the archive installs" \
		quietly install_in "$r" /srv/archive/install /srv/KEY.pub || return
	port_of "$r" "$port"
	verdict "$suite: offline, it runs" start_alone "$r" "$log" "$port" || return
	meeting=$(install_in "$r" conclavectl meeting create --title Proef --starts 2030-01-01T19:30:00Z \
		--chair 'Greet <greet@example.org>' 2>>"$log")
	verdict "$suite: offline, from the archive to a first meeting, $((SECONDS - begin)) s in four steps" \
		quietly install_in "$r" conclavectl invite "$meeting" greet@example.org
	end "$server"
}

start_alone() {
	local network=(nsenter --net="$work/net" --)
	launch "$1" "$2" setpriv --reuid conclave --regid conclave --clear-groups --no-new-privs \
		/usr/bin/conclaved --config /etc/conclave/conclaved.conf
	until_true 60 alone curl -ksf --max-time 2 "https://localhost:$3/healthz" >/dev/null
}
