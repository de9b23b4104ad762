#!/usr/bin/env python3
"""The JSON Schema that `ogniwo config schema` prints, held against the program that reads the files: it takes all
that the program takes, and refuses every wrong structure and every wrong word.

Usage: schema.py OGNIWO SOURCE-FOLDER"""
import copy
import json
import pathlib
import re
import subprocess
import sys
import tempfile

try:
    import yaml
    from jsonschema import Draft202012Validator
except ImportError as missing:
    print(f"{missing}: scripts/setup installs it")
    sys.exit(77)

import wrong_files

ogniwo, source = (str(pathlib.Path(word).resolve()) for word in sys.argv[1:])
faults = 0
# Of the wrong files those that the schema refuses, by what was put into them (where that is nothing, by what was
# taken away); those of which YAML makes no document. All others have a fault that no schema sees.
REFUSED = {
    "titel: \"P", "sexes: [woman]", "programme: P1\n", "id: A1, ", "partner: KLUCZ", "unit: [person]", "lead:", "id: " + "L" * 73, "id: A 1",
    "May 2010", "from: 25, to: 131", "region: house", "count: ratio",
}
NO_YAML = {"{id: LEAD, title: Lider", "---\nlive:\n"}
# How the program tells of a wrong structure, form or word.
STRUCTURE = re.compile("unknown key|lacks the key|must be a list|must be one value|must hold keys|has [0-9]+ entries|"
                       "is not allowed for|must be a whole number|cannot be a code|is no date|is empty|bytes long|"
                       "a line end|nothing is counted|nobody is older|"
                       "count: [a-z]+ (has no|needs) ")
# Both readings of one file must do: YAML 1.1, in which PyYAML reads, and the core of 1.2, in which editors do.
CORE = [("null", "^(?:~|null|Null|NULL|)$", "~nN\0"), ("bool", "^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
        ("int", "^(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$", "-+0123456789"),
        ("float", r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$", "-+.0123456789")]


SAFE = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class CoreLoader(SAFE):
    yaml_implicit_resolvers = {}


for name, pattern, first in CORE:
    CoreLoader.add_implicit_resolver(f"tag:yaml.org,2002:{name}", re.compile(pattern), [c.strip("\0") for c in first])


def readings(text):
    for loader in SAFE, CoreLoader:
        # A date is a text in JSON.
        yield json.loads(json.dumps(yaml.load(text, loader), default=str))


def same(what, wanted, got):
    global faults
    if wanted != got:
        faults += 1
        print(f"{what}:\n  wanted {wanted}\n  got    {got}")


def run(*words, folder=None):
    return subprocess.run([ogniwo, "config", *words], cwd=folder, capture_output=True, text=True)


def validator(*words):
    printed = run("schema", *words).stdout
    schema = json.loads(printed)
    same("the draft", "https://json-schema.org/draft/2020-12/schema", schema["$schema"])
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def errors(against, document):
    return [f"{'/'.join(map(str, error.absolute_path))}: {error.message}" for error in against.iter_errors(document)]


def complaints(against, text):
    return [error for reading in readings(text) for error in errors(against, reading)]


programme, included = validator(), validator("indicators")
same("the programme's is the default", run("schema").stdout, run("schema", "programme").stdout)
same("another file has none", 64, run("schema", "broker").returncode)

# ---- what is good ----
shipped = sorted(pathlib.Path(source, "config/programmes").glob("*.yaml"))
shipped += [pathlib.Path(source, "tests/unit/tools/every_key.yaml")]
for file in shipped:
    same(file.name, [], complaints(programme, file.read_text(encoding="utf-8")))
    same(f"config show {file.name}", [], complaints(programme, run("show", str(file)).stdout))
for file in sorted(pathlib.Path(source, "config/indicators").glob("*.yaml")):
    same(file.name, [], complaints(included, file.read_text(encoding="utf-8")))
same("four and one", True, len(shipped) >= 5)
numbers = json.loads(run("show", "--format", "json", str(shipped[0])).stdout)
same("numbers besides are no file", {"number", "number_to"},
     {name for error in programme.iter_errors(numbers) for name in re.findall("'(number[a-z_]*)'", error.message)})

# ---- the wrong files ----
good = wrong_files.good_file(f"{source}/tests/unit/config")
same("the good file", [], complaints(programme, good))
same("all of them are known", REFUSED | NO_YAML, {put or find for find, put, *_ in wrong_files.WRONG} & (REFUSED | NO_YAML))
for find, put, *_ in wrong_files.WRONG:
    # There is no 29 February 2011, and PyYAML does not make a date of it.
    quoted = put.replace("2011-02-29", "'2011-02-29'")
    try:
        same(put or find, (put or find) in REFUSED, complaints(programme, good.replace(find, quoted, 1)) != [])
        same(f"{put or find}: is YAML", False, put in NO_YAML)
    except yaml.YAMLError:
        same(f"{put}: is no YAML", True, put in NO_YAML)

# ---- one change each, in every place, against the program ----
# What text is read from is not always a text: YAML makes numbers, booleans and dates of these.
odd = """programme: 2009
title: true
starts_on: 1.5.2010
ends_on: 2012-12-31
lead: 2.4
partners: [{id: 2.4, title: 12}, {id: 2.40, title: no}, {id: yes, title: "1", parent: 2.4}]
age_bands: [{id: 15-24, from: "15", to: 24}]
indicators:
  - {id: 1, title: 1.50, unit: person, count: persons, where: {partner: [2.4, 2.40], complete: true, age: {to: "24"}}}
targets: [{indicator: 1, kind: target, value: 1.323}, {indicator: 1, kind: achieved, value: 7665600.50, as_of: 2011-1-1}]
live: [{indicator: 1, by: [sex]}]
""".replace("2011-1-1", "2011-01-01")


def places(value, path=()):
    yield path, value
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inside in below:
        yield from places(inside, path + (key,))


def put_at(document, path, value):
    changed = copy.deepcopy(document)
    holder = changed
    for key in path[:-1]:
        holder = holder[key]
    if value is None:
        del holder[path[-1]]
    else:
        holder[path[-1]] = value
    return changed


def changes(value):
    """What may stand in place of a value; None takes the key away."""
    if isinstance(value, dict):
        return ["zzz", [], {}, {**value, "zzz": 1}, *({**value, key: "women"} for key in ("of", "per")),
                *({**value, key: word} for key, word in (("over", "month"), ("level", "county"), ("region", "event"))),
                *({**value, "count": mode} for mode in ("persons", "ratio", "mean", "quantity")), None]
    if isinstance(value, list):
        return ["zzz", {}, [], value * 2, ["zzz"], [[]], [""], None]
    return [[], {}, "", "zzz", "a b", "a\u00a0b", "z" * 65, "z" * 257, "a\nb", "015", -1, 131, True, None]


def names_in(path):
    return tuple(key for key in path if isinstance(key, str))


def variants(document):
    """Of like entries the first; a wrong word in each, because not all entries have all keys."""
    done = set()
    for path, value in places(document):
        for change in changes(value) if path else ():
            like = names_in(path), isinstance(path[-1], int), json.dumps(change)
            if like not in done or change == "zzz":
                done.add(like)
                yield path, change, put_at(document, path, change)


def as_file(document):
    """A key at the margin each, by which `config check` tells what file it is."""
    return "".join(f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in document.items())


with tempfile.TemporaryDirectory() as folder:
    every_key = pathlib.Path(source, "tests/unit/tools/every_key.yaml")
    document = {"regions": [str(pathlib.Path(source, "tests/unit/config/regions.csv"))],
                **json.loads(run("show", str(every_key)).stdout)}
    cases = [((), "nothing", document), *variants(document)]
    told = {}
    pathlib.Path(folder, "odd.yaml").write_text(odd, encoding="utf-8")
    same("odd", "odd.yaml: fine (programme file)\n", run("check", "odd.yaml", folder=folder).stdout)
    for number, (path, change, changed) in enumerate(cases):
        pathlib.Path(folder, f"{number}.yaml").write_text(as_file(changed), encoding="utf-8")
    names = [f"{number}.yaml" for number in range(len(cases))]
    for start in range(0, len(names), 1000):
        done = run("check", *names[start:start + 1000], folder=folder)
        for line in done.stdout.splitlines() + done.stderr.splitlines():
            name, _, rest = line.partition(":")
            told[name] = rest
same("each is judged", set(names), set(told))
seen = {"taken": 0, "structure": 0, "other": 0}
lists = {}
for name, (path, change, changed) in zip(names, cases):
    what = f"{'/'.join(map(str, path))} = {json.dumps(change)} ({told[name]})"
    refusals = errors(programme, changed)
    if told[name] == " fine (programme file)":
        seen["taken"] += 1
        same(what, [], refusals)
    elif STRUCTURE.search(told[name]):
        seen["structure"] += 1
        same(f"{what}: refused", True, refusals != [])
    else:
        seen["other"] += 1
    word = re.search('"zzz" is not allowed for "([a-z]+)".*: write one of (.*)$', told[name])
    if word:
        lists[names_in(path)] = word[2]
same("what is not changed is taken", " fine (programme file)", told["0.yaml"])
same("odd", [], complaints(programme, odd))
same("of each sort there are many", [], [sort for sort, count in seen.items() if count < 50])

# ---- every key, and the words that the program names, are those of the schema ----
def keys_of(schema, path=()):
    """Each key with its words, or with nothing."""
    schema = programme.schema["$defs"][schema["$ref"].split("/")[-1]] if "$ref" in schema else schema
    if path and "enum" in schema:
        yield path, ", ".join(word for word in schema["enum"] if isinstance(word, str))
    elif path:
        yield path, None
    if "items" in schema:
        yield from keys_of(schema["items"], path)
    for key, inside in schema.get("properties", {}).items():
        yield from keys_of(inside, path + (key,))


keys = {}
for path, words in keys_of(programme.schema):
    keys[path] = words or keys.get(path)
shown = {names_in(path) for path, _ in places(document)} - {()}
same("every key is in every_key.yaml, and no other", {("include",)},
     {path for path in set(keys) ^ shown if path[-1] != "parent"})
same("the words of every key", {path: words for path, words in keys.items() if words}, lists)
print(seen, len(lists), "lists of words")
sys.exit(faults > 0)
