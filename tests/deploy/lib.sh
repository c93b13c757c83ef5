# SPDX-License-Identifier: EUPL-1.2
# What the parts of tests/deploy/run share: verdicts, clean roots of a Debian release, and a server in one of them.
# Invariant: what was mounted or started here is unmounted and ended here.
# shellcheck shell=bash

passed=0 failed=0
pass() { echo "ok - $*"; passed=$((passed + 1)); }
fail() { echo "not ok - $*"; failed=$((failed + 1)); }

# verdict WHAT COMMAND…
verdict() {
	if "${@:2}"; then pass "$1"; else fail "$1"; return 1; fi
}

# refused WHAT COMMAND…: passes when the command does not.
refused() {
	if "${@:2}"; then fail "$1"; return 1; else pass "$1"; fi
}

# Into the log of the part that runs.
quietly() { "$@" >>"$log" 2>&1; }

# The base systems are kept from run to run; remove the folder for new ones.
cache=${CONCLAVE_TEST_CACHE:-${TMPDIR:-/var/tmp}/conclave-roots}
folders=() servers=()

cleanup() {
	local pid folder at
	for pid in "${servers[@]}"; do kill -TERM "$pid" 2>/dev/null; done
	for folder in "${folders[@]}"; do
		kill_in "$folder"
		while read -r at; do umount -l "$at" 2>/dev/null; done \
			< <(awk -v f="$folder/" 'index($2, f) == 1 { print $2 }' /proc/mounts | sort -r)
		rm -rf --one-file-system "$folder"
	done
}

# What still runs inside a root that goes away: processes that this run started, a media worker for one.
kill_in() {
	local entry
	for entry in /proc/[0-9]*; do
		[[ $(readlink "$entry/root" 2>/dev/null) != "$1"/* ]] || kill -KILL "${entry#/proc/}" 2>/dev/null
	done
}

mirror() {
	apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null | grep -v security | head -n 1
}

# A base system with what a normal installation has, and nothing else.
base_of() {
	local suite=$1
	[[ -f $cache/$suite.done ]] && return
	mkdir -p "$cache"
	rm -rf --one-file-system "${cache:?}/$suite"
	debootstrap --variant=minbase --include=ca-certificates,git "$suite" "$cache/$suite" "$(mirror)" \
		>"$out/deploy-$suite-debootstrap.log" 2>&1 && touch "$cache/$suite.done"
}

# new_root SUITE FOLDER
new_root() {
	cp -a "$cache/$1" "$2" && mount_root "$2" && equip_root "$2"
}

# What the package is, installed in a root that has nothing of ours.
install_deb() {
	within "$1" sh -c "apt-get update -q && apt-get install -y -q --no-install-recommends $2"
}

mount_root() {
	mount -t proc proc "$1/proc" && mount --rbind /dev "$1/dev" && mount --make-rslave "$1/dev"
}

# This machine's way to the registries.
equip_root() {
	local r=$1
	cp -L /etc/resolv.conf /etc/hosts "$r/etc/"
	cp /etc/apt/apt.conf.d/*registry* "$r/etc/apt/apt.conf.d/" 2>/dev/null
	cp -r /etc/apt/auth.conf.d "$r/etc/apt/" 2>/dev/null
	# Nothing here has to outlive a power cut.
	echo 'DPkg::Options:: "--force-unsafe-io";' >"$r/etc/apt/apt.conf.d/99throwaway"
	cp /etc/ssl/certs/ca-certificates.crt "$r/etc/ssl/certs/"
	npm config get registry 2>/dev/null | sed 's/^/registry=/' >"$r/root/.npmrc"
	echo "cafile=/etc/ssl/certs/ca-certificates.crt" >>"$r/root/.npmrc"
}

environment=(/usr/bin/env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8
	DEBIAN_FRONTEND=noninteractive)
within() { chroot "$1" "${environment[@]}" "${@:2}"; }

# launch ROOT LOG COMMAND…: in the background. $server is the command's own pid: a function there would be a shell's.
launch() {
	(exec ${network[@]+"${network[@]}"} chroot "$1" "${environment[@]}" "${@:3}") >>"$2" 2>&1 &
	server=$!
	servers+=("$server")
}

answers() { curl -ksf --max-time 2 "https://localhost:$1/healthz" >/dev/null; }

# Nothing is ever read from it: a wait that starts no process. One each time would, in half an hour, bring back process
# numbers that this shell still remembers, and then it waits for ever.
exec {never}<> <(:)

# until_true SECONDS COMMAND…
until_true() {
	local end=$((SECONDS + $1))
	until "${@:2}"; do
		((SECONDS < end)) || return 1
		read -rt 0.1 -u "$never" || :
	done
}

# start_installed ROOT LOG PORT: as conclaved.service starts it: its own user, no new privileges. Its pid is $server.
start_installed() {
	launch "$1" "$2" setpriv --reuid conclave --regid conclave --clear-groups --no-new-privs \
		/usr/bin/conclaved --config /etc/conclave/conclaved.conf
	until_true 60 answers "$3"
}

end() {
	kill -TERM "$1" 2>/dev/null	# a job in the background of a script ignores SIGINT
	wait "$1" 2>/dev/null
}

# port_of ROOT PORT: with metrics and administration beside it, as quickstart does.
port_of() {
	sed -i "s/^port = .*/port = $2/; s/^;\(metrics\)_listen = .*/\1_listen = 127.0.0.1:$(($2 + 1000))/
		s/^;\(admin\)_listen = .*/\1_listen = 127.0.0.1:$(($2 + 1001))/" "$1/etc/conclave/conclaved.conf"
}
