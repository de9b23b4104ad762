#!/bin/bash
# Ogniwo itself, one pass of ogniwo-bench.
. "$(dirname "$0")/lib.sh"
workload
"${BENCH:-$ROOT/build/release/tests/bench/ogniwo-bench}" --events "$N" --expect "$EXPECT" --passes 1 \
    --folder "${FOLDER:-/var/tmp}" --lines
