#!/bin/bash
# PostgreSQL, fsync and synchronous_commit on, COPY of 10,000 events a transaction, LISTEN and NOTIFY.
. "$(dirname "$0")/lib.sh"
need postgresql libpq-dev gcc
workload
build postgres -I/usr/include/postgresql -lpq
BIN=$(ls -d /usr/lib/postgresql/*/bin | tail -1)
fresh
chown postgres "$RUN"
runuser -u postgres -- "$BIN/initdb" -D "$RUN/db" -A trust -U postgres --no-locale -E UTF8 >/dev/null
cat >>"$RUN/db/postgresql.conf" <<C
listen_addresses=''
unix_socket_directories='$RUN'
shared_buffers=2GB
work_mem=256MB
maintenance_work_mem=512MB
max_wal_size=8GB
checkpoint_timeout=30min
synchronous_commit=on
fsync=on
jit=off
autovacuum=off
C
runuser -u postgres -- "$BIN/postgres" -D "$RUN/db" >"$RUN/log" 2>&1 &
SERVER=$!
for _ in $(seq 100); do "$BIN/pg_isready" -q -h "$RUN" && break; sleep 0.1; done
SERVER=$(head -1 "$RUN/db/postmaster.pid")
job() { "$CACHE/postgres" "host=$RUN user=postgres dbname=postgres" "$CSV" "$@"; }
job dedup 10000
job totals 10000; job check 0
job rebuild 0; job check 0
job latency 1
stop_server -INT
