# SPDX-License-Identifier: EUPL-1.2
# The package: built twice, installed alone, upgraded below a meeting, backed up, restored elsewhere, purged.
# Sourced by tests/deploy/run.
# shellcheck shell=bash

# built_in ROOT FOLDER: the package that stands there.
built_in() { ls "$1$2/"conclave_*.deb; }

# In another folder, under another umask, time zone and language, by another name.
build_elsewhere() {
	local root=$1
	within "$root" git clone -q /srv/conclave /opt/some/where/else &&
		within "$root" sh -c 'umask 077 && TZ=Pacific/Kiritimati LC_ALL=C LOGNAME=somebody \
			/opt/some/where/else/deploy/package /opt/package'
}

# The one before, to upgrade from: of the commit CONCLAVE_PREVIOUS, or what was built, under a lower number.
build_previous() {
	local root=$1
	if [[ -z ${CONCLAVE_PREVIOUS:-} ]]; then
		within "$root" sh -c 'dpkg-deb -R /srv/package/conclave_*.deb /opt/before && mkdir /opt/previous &&
			sed -i "s/^Version: .*/Version: 0.0.9/" /opt/before/DEBIAN/control &&
			dpkg-deb -b /opt/before /opt/previous/'
		return
	fi
	within "$root" git clone -q /srv/conclave /opt/before &&
		within "$root" git -C /opt/before checkout -q "$CONCLAVE_PREVIOUS" &&
		within "$root" sed -i "s/^  version: '.*',$/  version: '0.0.9',/" /opt/before/meson.build &&
		within "$root" git -C /opt/before -c user.name=t -c user.email=t@localhost commit -q -a -m before &&
		within "$root" /opt/before/deploy/package /opt/previous
}

build_packages() {
	local suite=$1 root=$2 log=$3 first second
	within "$root" /srv/conclave/deploy/package /srv/package >>"$log" 2>&1 ||
		{ fail "$suite: the package is not built, see $log"; return 1; }
	first=$(sha256sum <"$(built_in "$root" /srv/package)")
	build_elsewhere "$root" >>"$log" 2>&1
	second=$(sha256sum <"$(built_in "$root" /opt/package)")
	verdict "$suite: built twice, in two places, it is the same" [ "$first" = "$second" ]
	refused "$suite: and one byte more would be seen" \
		[ "$first" = "$( (cat "$(built_in "$root" /opt/package)"; echo) | sha256sum)" ]
	within "$root" apt-get install -y -q --no-install-recommends lintian >>"$log" 2>&1
	verdict "$suite: lintian has nothing to say" quietly within "$root" lintian --fail-on error,warning \
		--allow-root /srv/package/conclave_"$(version_of "$root")".deb
	quietly build_previous "$root" || { fail "$suite: no package to upgrade from, see $log"; return 1; }
}

version_of() { basename "$(built_in "$1" /srv/package)" .deb | sed 's/^conclave_//'; }

media_in() {
	local entry
	for entry in /proc/[0-9]*; do
		[[ $(readlink "$entry/root" 2>/dev/null) == "$1" && $(<"$entry/comm") == conclave-media ]] &&
			echo "${entry#/proc/}"
	done 2>/dev/null
}

# A service manager that writes down what the package asks for, and stops conclaved when it is to be started again, as
# KillMode=process does it: conclaved alone, which ends its own in order. The test starts it again, as Restart= would.
pretend_systemd() {
	local r=$1
	mkdir -p "$r/run/systemd/system"
	cat >"$r/usr/bin/systemctl" <<-'END'
		#!/bin/sh
		echo "$*" >>/run/asked
		case "$*" in
		*try-restart*conclaved.service | stop*conclaved.service) kill -TERM "$(cat /run/pid)" ;;
		esac
	END
	chmod +x "$r/usr/bin/systemctl"
}

asked_for() { grep -q -- "$2" "$1/run/asked"; }

# upgrade ROOT LOG PORT
upgrade() {
	echo "$server" >"$1/run/pid"
	within "$1" apt-get install -y -q --no-install-recommends /srv/conclave.deb >>"$2" 2>&1 || return
	asked_for "$1" 'try-restart.*conclaved.service' && ! asked_for "$1" stop || return
	wait "$server"
	start_installed "$1" "$2" "$3"
}

# What doctor finds of one check: "ok: …". A machine that is busy may hold a voice up; one of some is whole.
doctor_on() {
	within "$1" conclavectl doctor --media --json 2>/dev/null | python3 -c 'import json, sys
print(*("{state}: {says}".format(**f) for f in json.load(sys.stdin)["checks"] if f["check"] == sys.argv[1]))' "$2"
}
sound_is() {
	doctor=$(doctor_on "$1" sound)	# ends with 1 where anything is broken
	[[ $doctor == "$2":* ]]
}

# The sound check through the UDP port of what is installed; then its media process is held, and it says so.
try_doctor() {
	local suite=$1 clean=$2 media doctor=
	verdict "$suite: doctor --media hears a voice come back" until_true 60 sound_is "$clean" ok
	echo "# $doctor"
	quietly within "$clean" conclavectl doctor
	media=$(media_in "$clean")
	kill -STOP "$media"
	verdict "$suite: and none from a media process that stands still" sound_is "$clean" broken
	echo "# $doctor"
	kill -CONT "$media"
}

# What conclavectl says about a meeting is the same, proof included.
proof_of() {
	within "$1" sh -c "conclavectl log export $2 --output /tmp/proof.json && conclavectl log verify /tmp/proof.json"
}

# People are in their meeting; then the package is upgraded below them.
try_upgrade() {
	local suite=$1 clean=$2 port=$3 log=$4 before people
	before=$(media_in "$clean")
	pretend_systemd "$clean"
	within "$clean" conclavectl demo --json >"$work/demo.json"
	coproc STAY { exec node "$top/tests/deploy/stay.mjs" "$port" "$work/demo.json" 2>>"$log"; }
	local stay=$STAY_PID in=${STAY[1]}
	exec {from}<&"${STAY[0]}"
	read -rt 60 people <&"$from"
	verdict "$suite: a meeting runs, $people" [ "$people" = "2 inside" ]
	verdict "$suite: the package is upgraded below it" upgrade "$clean" "$log" "$port"
	echo back >&"$in"
	read -rt 60 people <&"$from"
	verdict "$suite: everybody is back: $people" grep -q '^2 back' <<<"$people"
	wait "$stay" 2>/dev/null
	exec {from}<&-
	verdict "$suite: one media process runs, of the new version" \
		[ "$(media_in "$clean" | wc -l)" = 1 -a "$before" != "$(media_in "$clean")" ]
	verdict "$suite: it is the new version" grep -q "^$(within "$clean" dpkg-query -W -f '${Version}' conclave)_" \
		<<<"$(version_of "$root")"
	verdict "$suite: an upgrade keeps the settings" grep -q "^port = $port" "$clean/etc/conclave/conclaved.conf"
}

try_package() {
	local suite=$1 root=$2 port=$3 log=$out/deploy-$1-package.log begin meeting clean=$work/clean
	: >"$log"
	build_packages "$suite" "$root" "$log" || return
	new_root "$suite" "$clean" || { fail "$suite: no second root"; return; }
	cp "$(built_in "$root" /opt/previous)" "$clean/srv/previous.deb"
	cp "$(built_in "$root" /srv/package)" "$clean/srv/conclave.deb"
	begin=$SECONDS
	quietly install_deb "$clean" /srv/previous.deb ||
		{ fail "$suite: the package does not install, see $log"; return; }
	port_of "$clean" "$port"
	verdict "$suite: installed alone, it runs" start_installed "$clean" "$log" "$port" || return
	meeting=$(within "$clean" conclavectl meeting create --title Proef --starts 2030-01-01T19:30:00Z \
		--chair 'Greet <greet@example.org>' 2>>"$log")
	begin=$((SECONDS - begin))
	verdict "$suite: from nothing to a first meeting, $begin s in four steps (install, set, start, create)" \
		quietly within "$clean" conclavectl invite "$meeting" greet@example.org
	try_doctor "$suite" "$clean"
	try_upgrade "$suite" "$clean" "$port" "$log"
	verdict "$suite: the old meeting's proceedings verify" quietly proof_of "$clean" "$meeting"
	verdict "$suite: a backup is made while it runs" quietly within "$clean" conclavectl backup /srv/b
	end "$server"
	try_restore "$suite" "$clean" "$port" "$log" "$meeting"
	start_installed "$clean" "$log" "$port"
	mkdir "$clean/var/lib/conclave-backups"
	cp "$clean/srv/b" "$clean/var/lib/conclave-backups/"
	echo "$server" >"$clean/run/pid"
	within "$clean" apt-get remove -y -q conclave >>"$log" 2>&1
	verdict "$suite: removed, it is stopped, its socket and timer too" \
		asked_for "$clean" 'stop.*timer.*conclaved.socket conclaved.service'
	refused "$suite: and answers no more" answers "$port"
	verdict "$suite: what was decided is still there" [ -s "$clean/var/lib/conclave/conclave.db" ]
	within "$clean" apt-get purge -y -q conclave >>"$log" 2>&1
	verdict "$suite: purged, nothing of it is left but the backups" left_backups "$clean"
}

# try_restore SUITE ROOT PORT LOG MEETING: the machine is gone; its backup, and the key to it, come to another.
try_restore() {
	local suite=$1 clean=$2 port=$3 log=$4 meeting=$5 fresh=$work/fresh
	new_root "$suite" "$fresh" || { fail "$suite: no third root"; return; }
	cp "$clean"/srv/{conclave.deb,b,b.key} "$fresh/srv/"
	quietly install_deb "$fresh" /srv/conclave.deb
	quietly within "$fresh" sh -c \
		'rm -f /var/lib/conclave/conclaved.conf; conclavectl restore /srv/b --into /var/lib/conclave'
	port_of "$fresh" "$port"
	verdict "$suite: restored on a fresh machine, it runs" start_installed "$fresh" "$log" "$port" || return
	verdict "$suite: and the old meeting's proceedings verify there" quietly proof_of "$fresh" "$meeting"
	end "$server"
}

left_backups() {
	local found
	found=$(cd "$1" && find etc usr var run -xdev -path var/cache -prune -o -iname '*conclave*' -print)
	[[ $found == var/lib/conclave-backups && -s $1/var/lib/conclave-backups/b ]] || { echo "$found"; return 1; }
}
