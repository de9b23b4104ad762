#!/bin/bash
# Redis streams, append-only file synced at each write ("always").
. "$(dirname "$0")/lib.sh"
need redis-server libhiredis-dev gcc
workload
build redis -lhiredis
PORT=${PORT:-16379}
start() {
    ! listening "$PORT" || { echo "# something listens on $PORT already: give another PORT"; exit 1; }
    fresh
    redis-server --port "$PORT" --bind 127.0.0.1 --dir "$RUN" --save '' --appendonly yes --appendfsync always \
        --auto-aof-rewrite-percentage 0 --stream-node-max-bytes 16384 --daemonize no --logfile "$RUN/log" >/dev/null 2>&1 &
    SERVER=$!
    for _ in $(seq 300); do
        kill -0 "$SERVER" 2>/dev/null || break
        ! listening "$PORT" || return 0
        sleep 0.1
    done
    echo "# redis-server does not listen on $PORT"
    exit 1
}
job() { "$CACHE/redis" "$PORT" "$CSV" "$@"; }
start; job xadd 1000; stop_server
start; job totals 200; job check 1; job replay 5000; stop_server
start; job latency 1; stop_server
