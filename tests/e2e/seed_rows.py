#!/usr/bin/env python3
"""Every row of the sources stands in its programme file, as `ogniwo config show` tells it.

Usage: seed_rows.py OGNIWO PROGRAMMES ROWS"""
import json
import subprocess
import sys

ogniwo, folder, rows = sys.argv[1:]
FILES = {"000": "zmp", "001": "zmp", "002": "jobtown", "003": "abc", "004": "lubuskie"}
KINDS = {"T": "target", "A": "achieved", "F": "money", "C": "context"}


def load(name):
    text = subprocess.run([ogniwo, "config", "show", f"{folder}/{name}.yaml", "--format", "json"],
                          check=True, capture_output=True).stdout
    return json.loads(text)


shown = {name: load(name) for name in sorted(set(FILES.values()))}


def is_number(target, value, unit):
    if value in ("-", "none"):
        return "number" not in target
    if unit == "date":
        return target.get("value") == value
    low, _, high = value.partition("..")
    return target.get("number") == float(low) and target.get("number_to") == float(high or low)


def matches(target, row, units):
    task, indicator, unit, kind, op, value, _, _, phrase = row
    money = indicator in ("money", "wage_refund_money")
    wanted = f"money_{task}" if indicator == "money" else indicator
    context = kind == "C"
    named = target.get("indicator") is None if context else target.get("indicator") == wanted
    return (named and target["kind"] == ("context" if context else KINDS[kind]) and
            target["op"] == ("none" if op == "-" else op) and is_number(target, value, unit) and
            unit in ("-", target.get("unit") or units.get(target.get("indicator"))) and
            phrase in target.get("words", "") and (not money or unit == "PLN"))


count = faults = 0
for line in open(rows, encoding="utf-8"):
    if line.startswith("#"):
        continue
    row = [field.strip() for field in line.split(" | ", 8)]
    programme = shown[FILES[row[7]]]
    units = {i["id"]: i["unit"] for i in programme["indicators"]}
    found = sum(matches(target, row, units) for target in programme["targets"])
    count += 1
    if found != 1:
        faults += 1
        near = [t for t in programme["targets"] if row[8] in t.get("words", "")]
        print(f"{found} times: {' | '.join(row)}\n  near: {json.dumps(near, ensure_ascii=False)}")
print(f"{count} rows, {faults} faults")
sys.exit(faults != 0 or count != 108)
