#!/bin/bash
# SQLite embedded, WAL, synchronous=FULL, transactions of 10,000 events.
. "$(dirname "$0")/lib.sh"
need libsqlite3-dev gcc
workload
build sqlite -lsqlite3
job() { "$CACHE/sqlite" "$RUN/db" "$CSV" "$@"; }
fresh; job dedup 10000
fresh; job totals 10000; job check 0
job rebuild 0; job check 0
fresh; job latency 1
