#!/bin/bash
# DuckDB embedded (@duckdb/node-api): INSERT OR IGNORE of 10,000 events a transaction, rebuild by GROUP BY.
. "$(dirname "$0")/lib.sh"
command -v node >/dev/null && command -v npm >/dev/null || { echo "# duckdb: needs node and npm"; exit 1; }
workload
D=$CACHE/duckdb-npm
mkdir -p "$D"
[ -d "$D/node_modules/@duckdb/node-api" ] ||
    (cd "$D" && npm init -y >/dev/null 2>&1 && npm install @duckdb/node-api >npm.log 2>&1) ||
    { echo "# duckdb: npm could not install it"; exit 1; }
job() { NODE_PATH="$D/node_modules" node "$HERE/duckdb.js" "$RUN/db" "$CSV" "$@"; }
fresh
job ingest 10000 wal-fsync
job rebuild 0 table
