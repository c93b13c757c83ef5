# SPDX-License-Identifier: EUPL-1.2
# The OCI image: made of two roots it is the same, every hash in it is right, and what it holds runs. Sourced by
# tests/deploy/run.
# shellcheck shell=bash

# A root with the package and nothing else.
image_root() {
	new_root "$1" "$2" && cp "$3" "$2/srv/conclave.deb" &&
		install_deb "$2" /srv/conclave.deb && rm "$2/etc/apt/apt.conf.d/99throwaway" &&
		umount -R "$2/dev" "$2/proc"
}

try_image() {
	local suite=$1 root=$2 port=$3 log=$out/deploy-$1-image.log deb one two
	export SOURCE_DATE_EPOCH
	SOURCE_DATE_EPOCH=$(git -C "$top" log -1 --format=%ct)
	deb=$(package_for "$root" "$log") || { fail "$suite: no package to make an image of, see $log"; return; }
	for one in one two; do
		{ image_root "$suite" "$work/$one" "$deb" && "$top/deploy/image" "$work/$one" "$work/$one.tar"; } \
			>>"$log" 2>&1 || { fail "$suite: no image is made, see $log"; return; }
	done
	verdict "$suite: an image, made of two roots, is the same" quietly cmp "$work/one.tar" "$work/two.tar"
	verdict "$suite: every hash and size in it is right, and no key of this machine is in it" \
		quietly "$here/look_at_image.py" "$work/one.tar" "$work/unpacked"
	cp "$work/one.tar" "$work/changed.tar"
	printf x | dd of="$work/changed.tar" bs=1 seek=5000000 conv=notrunc status=none
	refused "$suite: a changed byte is found" quietly "$here/look_at_image.py" "$work/changed.tar" "$work/no"
	two=$(skopeo_says "$work/one.tar" "$log")
	verdict "$suite: Debian's skopeo reads it${two:+ ($two)}" [ "$two" != refused ]
	run_image "$suite" "$port" "$log"
}

# Of a program that knows images, where this machine's Debian has it.
skopeo_says() {
	command -v skopeo >/dev/null || apt-get install -y -q --no-install-recommends skopeo >>"$2" 2>&1 ||
		{ echo "not tried: there is none"; return; }
	skopeo inspect "oci-archive:$1" >>"$2" 2>&1 && skopeo copy -q "oci-archive:$1" "oci:$work/copied" >>"$2" 2>&1 &&
		echo "inspected and copied" || echo refused
}

# As a container would: the image's own user and command, a pair of keys and an empty volume from outside.
run_image() {
	local suite=$1 port=$2 log=$3 r=$work/unpacked user
	mount_root "$r" || { fail "$suite: the image cannot be tried"; return; }
	user=$(within "$r" id -u conclave)
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
		-addext subjectAltName=DNS:localhost -keyout "$r/etc/conclave/tls/key.pem" \
		-out "$r/etc/conclave/tls/cert.pem" 2>>"$log"
	chown "$user" "$r/etc/conclave/tls/key.pem" "$r/var/lib/conclave"
	port_of "$r" "$port"
	verdict "$suite: what the image holds runs" start_installed "$r" "$log" "$port" || return
	verdict "$suite: and makes a meeting" quietly within "$r" setpriv --reuid conclave --regid conclave \
		--clear-groups conclavectl --config /etc/conclave/conclaved.conf demo
	end "$server"
}
