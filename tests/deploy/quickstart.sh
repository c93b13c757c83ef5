# SPDX-License-Identifier: EUPL-1.2
# From a clean clone to a running server, as a town would try it; and the C tests there. Sourced by tests/deploy/run.
# shellcheck shell=bash

start_quickstart() {
	: >"$3"
	launch "$1" "$3" env CONCLAVE_PORT="$2" /srv/conclave/deploy/quickstart
}

# Healthy, and its links are printed.
quickstart_is_up() { grep -qs "running on" "$2" && answers "$1"; }
up_or_dead() { quickstart_is_up "$1" "$2" || ! kill -0 "$3" 2>/dev/null; }
quickstart_comes() { until_true "$1" up_or_dead "${@:2}" && quickstart_is_up "$2" "$3"; }

try_quickstart() {
	local suite=$1 root=$2 port=$3 begin took links
	local first=$out/deploy-$suite-first.log second=$out/deploy-$suite-second.log
	begin=$SECONDS
	start_quickstart "$root" "$port" "$first"
	quickstart_comes 1500 "$port" "$first" "$server" ||
		{ fail "$suite: quickstart did not come up, see $first"; end "$server"; return; }
	pass "$suite: quickstart is healthy after $((SECONDS - begin)) s"
	links=$(grep -c "https://localhost:$port/j#" "$first")
	verdict "$suite: five links" [ "$links" = 5 ]
	end "$server"
	refused "$suite: Ctrl-C stops it" answers "$port"
	begin=$(date +%s%N)
	start_quickstart "$root" "$port" "$second"
	quickstart_comes 60 "$port" "$second" "$server"
	took=$((($(date +%s%N) - begin) / 1000000))
	verdict "$suite: the second start takes $took ms" [ "$took" -lt 5000 ]
	end "$server"
	verdict "$suite: the meeting was kept" cmp -s \
		<(grep -o "https://localhost:$port/j#[A-Za-z0-9_-]*" "$first") \
		<(grep -o "https://localhost:$port/j#[A-Za-z0-9_-]*" "$second")
}

# This release's compiler and libraries: warnings are errors, and every C test passes.
try_c_tests() {
	local suite=$1 root=$2 log=$out/deploy-$1-c.log line
	within "$root" /srv/conclave/tests/run c >"$log" 2>&1
	line=$(tail -n 1 "$log")
	verdict "$suite: the C tests, $line" grep -qx '[1-9][0-9]* passed, 0 failed' <<<"$line"
}
