#!/usr/bin/env python3
"""ratios.py RESULTS: median, least and most of each figure that `run` gathered; then Ogniwo beside its peers."""
import re
import statistics
import sys

samples, wrong, failed = {}, [], []
for line in open(sys.argv[1]):
    match = re.match(r"peer=(\S+) mode=(\S+) metric=(\S+) value=(\S+)", line)
    if match:
        samples.setdefault(match.groups()[:3], []).append(float(match[4]))
    elif " WRONG" in line:
        wrong.append(line)
    elif not line.startswith("#"):
        failed.append(line)


def ours(metric):
    return next((v for (peer, _, m), v in samples.items() if peer == "ogniwo" and m == metric), None)


for (peer, mode, metric), values in samples.items():
    print("%-11s %-36s %-34s %12.6g (%.6g-%.6g) n=%d" % (
        peer, mode, metric, statistics.median(values), min(values), max(values), len(values)))

print()
for title, metric, wanted, smaller in (
        ("ingest with totals", "ingest_events_per_s", r"dedup\+totals$", False),
        ("ingest, peers without totals", "ingest_events_per_s", r"(dedup|xadd-nodedup)$", False),
        ("rebuild", "rebuild_events_per_s", r"(group-by|c-aggregate)$", False),
        ("latency p50", "latency_sent_to_receipt_ms_p50", r",", True),
        ("latency p99", "latency_sent_to_receipt_ms_p99", r",", True)):
    own = ours(metric)
    theirs = {"rebuild_events_per_s": "replay_eps", "ingest_events_per_s": "ingest_eps"}.get(
        metric, "latency_ms_" + metric[-3:])
    for (peer, mode, m), values in samples.items():
        if own and m == theirs and re.search(wanted, mode):
            ratio = statistics.median(own) / statistics.median(values)
            print("%-30s %6.2f x %s %s%s" % (title, ratio, peer, mode, " (less is better)" if smaller else ""))

for line in wrong:
    print("totals are wrong:", line, end="")
for line in failed:
    print("said:", line, end="")
sys.exit(bool(wrong))
