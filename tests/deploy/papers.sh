# SPDX-License-Identifier: EUPL-1.2
# What the programs that will read them say of the installed units, profile, firewall and alerts; each also finds what
# is wrong in a copy that was spoilt. Sourced by tests/deploy/run.
# shellcheck shell=bash

try_papers() {
	local suite=$1 root=$2 log=$out/deploy-$1-papers.log unit
	: >"$log"
	package_for "$root" "$log" >/dev/null && within "$root" sh -c 'apt-get install -y -q --no-install-recommends \
		systemd apparmor nftables prometheus iproute2 man-db /srv/package/conclave_*.deb' >>"$log" 2>&1 ||
		{ fail "$suite: what reads the papers is not installed, see $log"; return; }
	mkdir -p "$work/spoilt"
	mount --bind "$work/spoilt" "$root/mnt"
	for unit in conclaved conclave-backup; do
		verdict "$suite: $unit.service, exposure $(exposure "$root" "$unit.service"), at most 1.0" \
			exposed_at_most "$root" 10 "$unit.service"
	done
	spoil "$root" "$(unit_of "$root")/conclaved.service" '/^Protect/d'
	refused "$suite: a unit with fewer protections would be seen" exposed_at_most "$root" 10 /mnt/conclaved.service
	verdict "$suite: systemd understands the units" silently "$log" within "$root" systemd-analyze verify \
		conclaved.service conclaved.socket conclave-backup.service conclave-backup.timer
	verdict "$suite: apparmor_parser takes the profile" parses "$root" "$log" /etc/apparmor.d/usr.bin.conclaved
	spoil "$root" /etc/apparmor.d/usr.bin.conclaved 's/network unix,/network moon,/'
	refused "$suite: and no other word" parses "$root" "$log" /mnt/usr.bin.conclaved
	rm -f "$root/etc/protocols"	# a minimal Debian has none
	verdict "$suite: nft takes the firewall's example" filters "$root" "$log" \
		/usr/share/doc/conclave/examples/nftables.conf
	spoil "$root" /usr/share/doc/conclave/examples/nftables.conf 's/^\(\s*\)#\(meta\|tcp\)/\1\2/'
	verdict "$suite: and its lines for some" filters "$root" "$log" /mnt/nftables.conf
	spoil "$root" /usr/share/doc/conclave/examples/nftables.conf s/policy/police/
	refused "$suite: and no other word" filters "$root" "$log" /mnt/nftables.conf
	cp "$top"/deploy/monitoring/* "$root/etc/prometheus/"
	verdict "$suite: promtool takes alerts and settings" alerts "$root" "$log" /etc/prometheus/scrape.yml
	spoil "$root" /etc/prometheus/conclave-rules.yml 's/expr: /expr: )/'
	refused "$suite: and no alert that is none" quietly within "$root" promtool check rules /mnt/conclave-rules.yml
	verdict "$suite: man pages have no fault" silently "$log" pages "$root"
}

# spoil ROOT FILE WHAT: a copy with one fault, in /mnt of the root.
spoil() {
	sed "$3" "$1$2" >"$work/spoilt/$(basename "$2")"
	! cmp -s "$1$2" "$work/spoilt/$(basename "$2")" || fail "the fault seeded in $2 is none"
}

unit_of() { dirname "$(within "$1" dpkg -L conclave | grep 'conclaved.service$')"; }
exposure() {
	within "$1" systemd-analyze security --offline=true --no-pager "$2" 2>/dev/null |
		sed -n 's/.*exposure level for .*: \([0-9.]*\).*/\1/p'
}
exposed_at_most() {
	within "$1" systemd-analyze security --offline=true --no-pager --threshold="$2" "$3" >/dev/null 2>&1
}
parses() { within "$1" apparmor_parser --skip-kernel-load --skip-cache "$3" >>"$2" 2>&1; }
filters() { unshare --net chroot "$1" /usr/sbin/nft --check --file "$3" >>"$2" 2>&1; }
alerts() { within "$1" promtool check config "$3" >>"$2" 2>&1; }
pages() {
	within "$1" sh -c 'apt-get install -y -q --no-install-recommends mandoc >/dev/null 2>&1
		mandoc -T lint -W warning /srv/conclave/deploy/man/*'
}

# What has nothing to say, and ends well.
silently() {
	local said
	said=$("${@:2}" 2>&1) && [[ -z $said ]] || { echo "$said" >>"$1"; return 1; }
}
