# lib.sh: sourced by every peer's script: packages, the workload, building, a folder, tidying up.
set -euo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(cd "$HERE/../../.." && pwd)
N=${N:-1000000}
CACHE=${PEERS_CACHE:-/tmp/ogniwo-peers}
W1=${W1:-$ROOT/build/release/tests/bench/ogniwo-bench-w1}
CSV=$CACHE/w1-$N.csv
SERVER= # pid of the server that this script started
RUN=
mkdir -p "$CACHE"

need() { # need PACKAGE...: installs what is missing
    local missing=()
    for package in "$@"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
    done
    [ ${#missing[@]} = 0 ] && return 0
    DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends \
        "${missing[@]}" >"$CACHE/apt.log" 2>&1 || { echo "# cannot install: ${missing[*]}"; exit 1; }
}
build() { # build NAME [OPTION...]: NAME.c to $CACHE/NAME
    local name=$1
    shift
    [ "$CACHE/$name" -nt "$HERE/$name.c" ] && [ "$CACHE/$name" -nt "$HERE/measure.h" ] ||
        cc -O2 -Wall -Wextra -D_GNU_SOURCE -I"$ROOT" -o "$CACHE/$name" "$HERE/$name.c" "$@"
}
workload() { # sets EXPECT, the checksum that must come out
    [ -s "$CSV" ] && [ "$CSV" -nt "$W1" ] || { "$W1" "$N" >"$CSV.new" && mv "$CSV.new" "$CSV"; }
    [ -s "$CSV.expect" ] && [ "$CSV.expect" -nt "$CSV" ] ||
        python3 "$ROOT/tests/bench/reference.py" "$CSV" | sed -n 's/^checksum=//p' >"$CSV.expect"
    EXPECT=$(cat "$CSV.expect")
    export EXPECT
}
fresh() { # an empty folder in $RUN
    [ -z "$RUN" ] || rm -rf "$RUN"
    RUN=$(mktemp -d "${FOLDER:-/var/tmp}/ogniwo-peer-XXXXXX")
    chmod 755 "$RUN"
    sync -f "$RUN"
}
ended() { # ended TENTHS: waits so long for the server's end
    for _ in $(seq "$1"); do kill -0 "$SERVER" 2>/dev/null || return 0; sleep 0.1; done
    return 1
}
stop_server() { # stop_server [SIGNAL]
    [ -n "$SERVER" ] || return 0
    kill "${1:--TERM}" "$SERVER" 2>/dev/null || true
    ended 100 || {
        echo "# server $SERVER did not end in 10 s and is killed"
        kill -KILL "$SERVER" 2>/dev/null || true
        ended 300 || { echo "# server $SERVER is still there"; return 1; }
    }
    SERVER=
}
listening() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; } # listening PORT
tidy_up() { stop_server || true; [ -z "$RUN" ] || rm -rf "$RUN"; }
trap tidy_up EXIT
trap 'exit 130' INT TERM
