# SPDX-License-Identifier: EUPL-1.2
"""The tables that the lint holds the tree to; extend them here, each line with its reason in ARCHITECTURE.md.

Invariant: tables only, no code.
"""

# Which folder may include what (paths from the root; a folder, or one header). The longest key that fits counts.
# Every folder may include itself, but not the folders below it unless they are named.
MAY_INCLUDE = {
    "base": [],
    "sfu/rtp": ["base"],
    "sfu/sdp": ["base"],
    "sfu/net": ["base"],
    "sfu/client": ["base", "sfu/link"],
    "sfu/link": ["base"],
    "sfu/room": ["base", "sfu/rtp"],
    "sfu": ["base", "sfu/rtp", "sfu/sdp", "sfu/net", "sfu/link", "sfu/room"],
    "auth": ["base"],
    "helper": ["base", "auth/password.h"],
    "fetch": ["base", "auth"],
    "server/wire": ["base"],
    "server/proof": ["base", "auth", "server/wire"],
    "server/records": ["base", "auth", "server/wire", "server/proof"],
    "server/hall": ["base", "auth", "sfu/msg.h", "server/wire", "server/proof", "server/records"],
    "server/shell": ["base", "auth", "sfu/msg.h", "server/wire", "server/records", "server/hall"],
    "server": ["base", "auth", "sfu/msg.h", "server/wire", "server/proof", "server/records", "server/hall",
               "server/shell"],
    # a client that tries the media's way
    "server/ctl": ["base", "auth", "sfu/client", "server/wire", "server/proof", "server/records", "server/hall",
                   "server/shell"],
}

# A header that crosses a border may itself include only this.
NARROW = {
    "sfu/msg.h": ["base"],
    "auth/password.h": ["base"],
}

# A unit test may include its folder, what that may include, and tests/support. Other folders of tests/ may include all.
UNIT_TESTS = {
    "tests/base": "base",
    "tests/rtp": "sfu/rtp",
    "tests/sdp": "sfu/sdp",
    "tests/net": "sfu/net",
    "tests/link": "sfu/link",
    "tests/room": "sfu/room",
    "tests/auth": "auth",
    "tests/helper": "helper",
    "tests/fetch": "fetch",
    "tests/server": "server",
    "tests/ctl": "server/ctl",
}

# The door of each library: which of its headers stand in which of our files. A header that matches no line is refused.
DOORS = [
    # (pattern of the header, files that may include it)
    (r"sqlite3\.h", ["server/records/db.c", "server/records/copy.c"]),
    (r"libwebsockets\.h", ["server/shell/ws.c"]),
    # auth/client_data.c, auth/oidc_json.c: what a browser's authenticator and a provider of sign-ins say; auth may not
    # call up to the wire
    (r"jansson\.h", ["server/wire/wire.c", "server/ctl/answer.c", "auth/client_data.c", "auth/oidc_json.c"]),
    (r"ini\.h", ["server/shell/config.c"]),
    (r"seccomp\.h", ["base/confine.c"]),
    (r"cbor\.h|cbor/.*", ["auth/cbor_walk.c"]),
    (r"argon2\.h", ["helper/argon.c"]),
    (r"curl/.*", ["fetch/https.c"]),
    # sfu/client: the other end of a path
    (r"(stun|nice)/.*|nice\.h", ["sfu/link/ice.c", "sfu/client/dtls_client.c"]),
    # libsrtp proper, and the hook under which its ciphers are replaced by OpenSSL's
    (r"srtp2/srtp\.h", ["sfu/link/srtp_session.c", "sfu/link/cipher.c"]),
    (r"srtp2/(auth|cipher|crypto_types)\.h", ["sfu/link/cipher.c", "sfu/link/gcm_mb.c"]),
    (r"opus/.*|opus\.h", ["server/ctl/voice.c"]),
    (r"intel-ipsec-mb\.h", ["sfu/link/gcm_mb.c"]),
    # OpenSSL: per purpose
    (r"openssl/.*", [
        "sfu/link/dtls.c",            # DTLS
        "sfu/client/dtls_client.c",   # DTLS, the other end of it
        "sfu/link/certificate.c",     # its certificate
        "sfu/link/cipher.c",          # ciphers under libsrtp
        "sfu/link/gcm_mb.c",          # comparison of tags
        "auth/digest.c",              # hashes and comparison of secrets
        "auth/hmac.c",                # challenges, six digits
        "auth/public_key.c",          # passkeys, providers of sign-ins
        "auth/locked.c",              # where it keeps private keys
        "auth/signature.c",           # the key of the proceedings
        "server/shell/pair.c",        # the certificate that browsers see
        "auth/vault.c",               # seeds of six-digit codes
        "server/ctl/envelope.c",      # what backups travel in
        "server/ctl/tls.c",           # the server's certificate, and whether its door opens
        "server/ctl/https.c",         # a client that checks whom it talks to
    ]),
    # tests
    (r"cmocka\.h", ["tests/support/check.h"]),
]

# What counts as libc or Linux, besides the folders below.
SYSTEM_HEADERS = set("""
    alloca arpa assert ctype dirent elf endian errno fcntl fenv float fnmatch ftw getopt glob grp ifaddrs inttypes
    langinfo libgen limits link locale malloc math mntent netdb paths poll pthread pwd regex resolv sched search
    semaphore setjmp signal spawn stdalign stdarg stdatomic stdbool stddef stdint stdio stdlib stdnoreturn string
    strings syscall sysexits syslog termios threads time uchar ucontext unistd utime wchar wctype wordexp
""".split())
SYSTEM_FOLDERS = ("sys/", "linux/", "net/", "netinet/", "arpa/", "asm/", "asm-generic/")

# Calls that no file makes, and calls that only a door makes: (what, files that may).
BANNED_CALLS = [
    ("strcpy strcat stpcpy sprintf vsprintf gets strtok", []),
    ("atoi atol atoll atof", []),
    ("rand srand rand_r random_r drand48 lrand48", []),
    ("time localtime gmtime ctime asctime mktime", []),
    ("system popen execlp execvp tmpnam mktemp alloca", []),
    ("pthread_create thrd_create", []),
]
DOOR_CALLS = [
    ("malloc calloc realloc reallocarray free strdup strndup asprintf vasprintf posix_memalign aligned_alloc",
     ["base/mem.c"]),
    ("clock_gettime gettimeofday", ["base/clock.c"]),
    ("getrandom getentropy", ["base/random.c"]),
    ("sleep usleep nanosleep clock_nanosleep", []),
]
# A test waits for what happens, never for a while.
SLEEPS = {
    "c": ["sleep", "usleep", "nanosleep", "clock_nanosleep"],
    "js": ["waitForTimeout"],
    "py": ["time.sleep"],
}

# Which part of web/src may not import which; a part is a folder, or a file without its ending. Types are free.
# `update` and `state` are pure; `view` reaches the world through events only.
WEB_MAY_NOT = {
    "view": ["wire", "media", "crypto", "store"],
    "state": ["wire", "media", "crypto", "store", "view"],
    "update": ["media", "crypto", "store", "view"],
    "text": ["wire", "media", "crypto", "store", "view", "update"],
    "wire": ["crypto"],
    "store": ["crypto"],
    "crypto": ["view", "update", "media"],
}

# Names that look like an address and are none: nobody is asked for them.
NAMESPACES = [
    "http://www.w3.org/",
    "http://www.webrtc.org/experiments/rtp-hdrext/",
    "http://www.ietf.org/id/",
    "https://aomediacodec.github.io/av1-rtp-spec/#",
]

# Sizes (CONTRIBUTING.md)
FILE_LINES = 800
FUNCTION_LINES = 100
LINE_COLUMNS = 120
