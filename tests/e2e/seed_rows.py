#!/usr/bin/env python3
"""Every row of the sources stands in its programme file, as `ogniwo config show` tells it: each column is judged.
What is shown loads again and is the same, and a figure may get a later version.

Usage: seed_rows.py OGNIWO PROGRAMMES ROWS"""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

ogniwo, folder, rows = sys.argv[1:]
FILES = {"000": "zmp", "001": "zmp", "002": "jobtown", "003": "abc", "004": "lubuskie"}
SOURCES = {"000": "WUP w Białymstoku (strona projektu)", "001": "WUP w Białymstoku (prezentacja)",
           "002": "Urząd Miasta Kielce", "003": "WUP w Krakowie", "004": "Plan działań na 2013 r., zadanie "}
KINDS = {"T": "target", "A": "achieved", "F": "money", "C": "context"}
COLUMNS = ("task", "indicator", "unit", "kind", "op", "value", "filter", "where", "parts", "scope", "as_of", "source",
           "phrase")
# What a `where` says beside its filter: which events, and of whom.
EVENTS = {"kind", "task", "support", "outcome", "activity", "unit", "subject"}
SUBJECTS = {"person": "person", "entity": "entity", "employer": "entity"}
faults = 0


def fault(text):
    global faults
    faults += 1
    print(text)


def load(path):
    done = subprocess.run([ogniwo, "config", "show", path, "--format", "json"], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{path} does not load: {done.stderr}")
    return json.loads(done.stdout)


shown = {name: load(f"{folder}/{name}.yaml") for name in sorted(set(FILES.values()))}


def words(pairs):
    """{"age": {"from": 15, "to": 24}, "sex": ["woman"]} as the rows have it: "age=15..24 sex=woman"."""
    def text(value):
        if isinstance(value, dict):
            return f"{value['from']}..{value['to']}"
        return "|".join(sorted(value)) if isinstance(value, list) else str(value)
    return " ".join(sorted(f"{key}={text(value)}" for key, value in pairs.items())) or "-"


def ordered(text):
    def sorted_values(pair):
        key, equals, values = pair.partition("=")
        return key + equals + "|".join(sorted(values.split("|")))
    return " ".join(sorted(sorted_values(pair) for pair in text.split()))


def number_of(target, unit):
    if "number" not in target:
        return "none" if unit != "date" else target.get("value", "none")
    if unit == "date":
        return target["value"]
    low, high = target["number"], target["number_to"]
    return f"{low:g}" if low == high else f"{low:g}..{high:g}"


def exact(text):
    """A value of the rows, with numbers as Python prints them; "-" is none."""
    if text == "-" or "-" in text:
        return "none" if text == "-" else text
    return "..".join(f"{float(part):g}" if part != "none" else part for part in text.split(".."))


def where_of(indicator, with_kind):
    if "of" in indicator:
        return words({key: indicator[key] for key in ("of", "per", "over", "level") if key in indicator})
    where = indicator["where"]
    return words({key: value for key, value in where.items() if key not in EVENTS or (with_kind and key == "kind")})


def tasks_of(programme, indicator):
    """What the indicator counts in; of a ratio or mean, what it is made of."""
    if "of" in indicator:
        made_of = [programme["by_id"][indicator[key]] for key in ("of", "per") if key in indicator]
        return "|".join(sorted({tasks_of(programme, other) for other in made_of}))
    return "|".join(indicator["where"].get("task", [])) or "-"


def told(programme, target, row):
    """The row as the file has it, but for the words."""
    indicator = programme["by_id"].get(target.get("indicator"))
    scope = {key: target[key] for key in ("task", "region", "partner", "from", "to", "each") if key in target}
    part = indicator.get("part_of", indicator.get("parts", "-")) if indicator else "-"
    return {
        "task": tasks_of(programme, indicator) if indicator else scope.get("task", "-"),
        "unit": target.get("unit") or (indicator["unit"] if indicator else "-"),
        "op": target["op"],
        "value": number_of(target, row["unit"]),
        "where": where_of(indicator, "kind=" in row["where"]) if indicator else "-",
        "subject": indicator["where"]["subject"] if indicator and "where" in indicator else "-",
        "parts": part,
        "scope": words(scope),
        "as_of": target.get("as_of", "-"),
        "source": target.get("source", "-"),
    }


def subject_of(row):
    """Units never mix: who is counted follows from what is counted. Of a ratio or mean, its parts say it."""
    return "-" if row["kind"] == "C" or "of=" in row["where"] else SUBJECTS.get(row["unit"], "any")


def wanted(row):
    plan = row["source"] == "004"
    return {**{key: row[key] for key in ("task", "parts", "as_of")},
            "unit": "person" if row["indicator"] == "-" else row["unit"],
            "op": "none" if row["op"] == "-" else row["op"], "value": exact(row["value"]),
            "subject": subject_of(row),
            "where": ordered(row["where"]), "scope": ordered(row["scope"]),
            "source": SOURCES[row["source"]] + (row["task"] if plan else "")}


def is_its(target, row):
    money = f"money_{row['task']}" if row["indicator"] == "money" else row["indicator"]
    named = None if row["kind"] == "C" else money
    return (target.get("indicator") == named and target["kind"] == KINDS[row["kind"]] and
            row["phrase"] in target.get("words", "") and
            (row["source"] == "004" or target["source"] == SOURCES[row["source"]]))


def judge(row, line):
    programme = shown[FILES[row["source"]]]
    programme["by_id"] = {indicator["id"]: indicator for indicator in programme["indicators"]}
    found = [target for target in programme["targets"] if is_its(target, row)]
    if len(found) != 1:
        fault(f"{len(found)} times: {line}")
        return
    has, wants = told(programme, found[0], row), wanted(row)
    for column in wants:
        if has[column] != wants[column]:
            fault(f"{column} is {has[column]}, not {wants[column]}: {line}")


count = 0
for line in open(rows, encoding="utf-8"):
    if not line.startswith("#"):
        count += 1
        judge(dict(zip(COLUMNS, (field.strip() for field in line.split(" | ", len(COLUMNS) - 1)))), line.strip())

with tempfile.TemporaryDirectory() as place:
    shutil.copytree(f"{folder}/../regions", f"{place}/regions")
    for name, programme in shown.items():
        again = {key: value for key, value in programme.items() if key != "by_id"}
        for target in again["targets"]:  # said besides, for scripts
            target.pop("number", None), target.pop("number_to", None)
        file = pathlib.Path(place, f"{name}.yaml")
        file.write_text(json.dumps({**again, "regions": ["regions/pl.csv", "regions/europe.csv"]}), encoding="utf-8")
        loaded = load(file)
        for target in loaded["targets"]:
            target.pop("number", None), target.pop("number_to", None)
        if loaded != again:
            fault(f"{name} is another one when what is shown is loaded")

    # "Money may change": a later version stands beside the one before.
    text = pathlib.Path(folder, "lubuskie.yaml").read_text(encoding="utf-8").replace("../regions", "regions")
    later = "targets:\n  - {indicator: money_2.5.3, kind: money, value: 7.700 tys. zł, as_of: 2013-03-01}\n"
    pathlib.Path(place, "later.yaml").write_text(text.replace("targets:\n", later), encoding="utf-8")
    versions = [(target.get("as_of", "-"), target["number"]) for target in load(f"{place}/later.yaml")["targets"]
                if target.get("indicator") == "money_2.5.3"]
    if versions != [("2013-03-01", 7700000), ("-", 7665600)]:
        fault(f"a later version: {versions}")

print(f"{count} rows, {faults} faults")
sys.exit(faults != 0 or count != 108)
