#!/usr/bin/env python3
"""ratios.py RESULTS: of what `run` gathered, each figure's median, least and most, then the table of
figures as docs/benchmark.md has it. Ends with 1, and says why, where a part of the run failed."""
import re
import statistics
import sys

PEERS = {"redis": "Redis", "sqlite": "SQLite", "postgresql": "PostgreSQL", "duckdb": "DuckDB"}

# What was done; the goal; Ogniwo's figure; its unit; the peers' figure and which of their modes.
ROWS = (
    ("durable ingest, dedupe, exact totals, CURVE", "20 x the fastest peer",
     "ingest_events_per_s", "events/s", "ingest_eps", r":.*dedup\+totals$"),
    ("the same against stores that keep no totals", "5 x the fastest durable one",
     "ingest_events_per_s", "events/s", "ingest_eps", r"(dedup|xadd-nodedup)$"),
    ("rebuild of all totals", "3 x DuckDB",
     "rebuild_events_per_s", "events/s", "replay_eps", r"(group-by|c-aggregate)$"),
    ("one event sent, durable, visible at a watcher: p50", "level with Redis, ahead of PostgreSQL",
     "latency_sent_to_watcher_ms_p50", "ms", "latency_ms_p50", r"(xread|listen-notify)$"),
    ("the same: p99", "the same",
     "latency_sent_to_watcher_ms_p99", "ms", "latency_ms_p99", r"(xread|listen-notify)$"),
    ("one event sent, durable, receipt stored at the node: p50", "none; SQLite: its commit alone",
     "latency_sent_to_receipt_ms_p50", "ms", "latency_ms_p50", r"commit-only$"),
    ("the same: p99", "none; SQLite: its commit alone",
     "latency_sent_to_receipt_ms_p99", "ms", "latency_ms_p99", r"commit-only$"),
    ("visible at a watcher at half load: p99", "< 20 ms",
     None, "ms", None, None),
    ("bytes an event in the log", "< 40", "log_bytes_per_event", "", None, None),
    ("memory, broker idle", "< 32 MiB", "broker_idle_kib", "MiB", None, None),
    ("memory, node idle", "< 16 MiB", "node_idle_kib", "MiB", None, None),
    ("memory, broker after the load", "none", "broker_loaded_kib", "MiB", None, None),
    ("memory, node right after its import", "none", "node_imported_kib", "MiB", None, None),
    ("memory, node with its share stored", "none", "node_loaded_kib", "MiB", None, None),
    ("import of office rows", "none", "import_rows_per_s", "rows/s", None, None),
)


def gathered(path):
    """Samples by (peer, mode, metric), and what went wrong."""
    samples, faults = {}, []
    for line in open(path):
        match = re.match(r"peer=(\S+) mode=(\S+) metric=(\S+) value=(\S+)", line)
        if match:
            samples.setdefault(match.groups()[:3], []).append(float(match[4]))
        elif line.startswith("failed:") or " WRONG" in line:
            faults.append(line.strip())
    return samples, faults


def number(value):
    for least, divisor, unit in ((1e6, 1e6, " M"), (0, 1, "")):
        if value >= least:
            value /= divisor
            break
    if value >= 1000:
        digits = len(str(int(value))) - 3
        return "{:,}".format(int(round(value, -digits)))
    return "%.3g" % value + unit


def spread(values, unit):
    shown = [v / 1024 for v in values] if unit == "MiB" else values
    text = number(statistics.median(shown))
    return text if len(shown) == 1 else "%s (%s-%s)" % (text, number(min(shown)), number(max(shown)))


def ratio(own, theirs, peer, unit):
    times = statistics.median(own) / statistics.median(theirs)
    if unit != "ms":
        return "%.2g x %s" % (times, peer)
    if 0.95 < times < 1.05:
        return "level with " + peer
    return "%.2g x %s than %s" % ((times, "slower", peer) if times > 1 else (1 / times, "faster", peer))


def table_row(samples, row):
    work, goal, metric, unit, wanted, modes = row
    own = next((v for (peer, _, m), v in samples.items() if peer == "ogniwo" and m == metric), None)
    peers = [(PEERS.get(peer, peer), v) for (peer, mode, m), v in samples.items()
             if wanted and m == wanted and re.search(modes, mode)]
    return "| %s | %s | %s | %s | %s |" % (
        work, goal, (spread(own, unit) + " " + unit).strip() if own else "not measured",
        "; ".join("%s %s" % (peer, spread(v, unit)) for peer, v in peers),
        ", ".join(ratio(own, v, peer, unit) for peer, v in peers) if own else "")


def main():
    samples, faults = gathered(sys.argv[1])
    if not any(peer == "ogniwo" for peer, _, _ in samples):
        faults.append("failed: there is no figure of Ogniwo")
    for (peer, mode, metric), values in samples.items():
        print("%-11s %-36s %-38s %14.9g (%.9g-%.9g) n=%d" % (
            peer, mode, metric, statistics.median(values), min(values), max(values), len(values)))
    print("\n| work | goal | Ogniwo | peers, same run | ratio |\n|---|---|---|---|---|")
    for row in ROWS:
        print(table_row(samples, row))
    if faults:
        print("\nThis run is not to be used:")
        for fault in faults:
            print(fault)
    sys.exit(bool(faults))


main()
