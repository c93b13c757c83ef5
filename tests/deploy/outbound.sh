# SPDX-License-Identifier: EUPL-1.2
# Nobody is called: every server of a whole run of tests/wire under strace, and what its processes asked of the kernel
# read afterwards. Sourced by tests/deploy/run; once, not in a root: it is the same program.
# shellcheck shell=bash

watched() { strace -ff -qq -v -s 0 -e trace=network,execve -e signal=none -o "$1/seeded" "${@:2}" >/dev/null 2>&1; }

try_outbound() {
	local log=$out/deploy-outbound.log said line
	command -v strace >/dev/null || apt-get install -y -q strace >"$log" 2>&1
	: >"$log"
	mkdir -p "$work"/{watch,tcp,udp}
	watched "$work/tcp" timeout 5 bash -c ': </dev/tcp/127.0.0.1/9'
	refused "a call that was seeded is found" "$here/outbound.py" "$work/tcp" >>"$log"
	watched "$work/udp" bash -c 'echo x >/dev/udp/127.0.0.1/9'
	refused "a datagram to a stranger too" "$here/outbound.py" "$work/udp" >>"$log"
	CONCLAVE_WATCH=$work/watch CONCLAVE_BUILD=$programs "$top/tests/wire/run" >>"$log" 2>&1
	line=$(tail -n 1 "$log")
	# What measures times may fail beside a tracer; what counts here is that the tests were run.
	verdict "tests/wire ran under strace, $line" [ "${line%% *}" -ge 70 ]
	verdict "and a meeting with sound and picture" \
		quietly env CONCLAVE_WATCH="$work/watch" CONCLAVE_BUILD="$programs" node "$here/media.mjs"
	said=$("$here/outbound.py" "$work/watch")
	verdict "nobody was called: $(tail -n 1 <<<"$said")" \
		[ $? = 0 -a "$(grep -c conclave-media <<<"$said")" = 1 -a "$(grep -c conclave-helper <<<"$said")" = 1 ]
	echo "$said" >>"$log"
}
