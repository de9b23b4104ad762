#!/usr/bin/env python3
"""compare: the engine against the reference, at every position of random worlds.

    compare.py FOLD [--worlds N] [--first SEED] [--batches N]

FOLD is the program of fold.c. Live totals, totals rebuilt from the log, and totals as of a day must
all be what the reference counts. A difference is told with seed, position, view and cell, and ends
the run with 1.
"""

import argparse
import json
import subprocess
import sys

sys.dont_write_bytecode = True

from generate import make_world
from reference import Reference


def told_by(engine):
    """What the engine says of one world: (kind, until, position, lines), in its order."""
    kind, until, position, lines = None, None, 0, []
    for line in engine.stdout:
        line = line.rstrip("\n")
        word = line.split(" ")
        if word[0] in ("live", "rebuilt", "until", "end"):
            if kind:
                yield kind, until, position, lines
            if word[0] == "end":
                return
            kind, position, lines = word[0], int(word[-1]), []
            until = int(word[1]) if kind == "until" else None
        else:
            lines.append(line)
    raise SystemExit("fold ended in the middle of a world: %s" % engine.wait())


def cells(lines):
    return {line.rsplit("|", 2)[0]: line.rsplit("|", 2)[1:] for line in lines}


def tell(told, wanted, seed, options):
    kind, until, position, lines = told
    print("seed %d, position %d, %s%s:" % (seed, position, kind,
                                           "" if until is None else " day %d" % until))
    engine, reference = cells(lines), cells(wanted)
    for cell in sorted(set(engine) | set(reference)):
        if engine.get(cell) != reference.get(cell):
            print("  %s: the engine says %s, the reference %s" % (
                cell, engine.get(cell), reference.get(cell)))
    print("repeat with: compare.py %s --worlds 1 --first %d --batches %d" % (
        options.fold, seed, options.batches))


def compare_world(engine, seed, options):
    world = make_world(seed, options.batches)
    json.dump(world, engine.stdin)
    engine.stdin.write("\n")
    engine.stdin.flush()
    reference, wanted, positions, found = Reference(world), {}, 0, 0
    for told in told_by(engine):
        kind, until, position, lines = told
        positions += kind == "live"
        key = (position, until)
        if key not in wanted:
            wanted = {k: v for k, v in wanted.items() if k[0] == position}
            wanted[key] = sorted(reference.lines(position, until))
        if sorted(lines) != wanted[key] and not found:
            tell(told, wanted[key], seed, options)
            found = 1
    if positions != len(world["entries"]) + 1:
        raise SystemExit("seed %d: fold told %d positions" % (seed, positions))
    return positions, found


def compare_worlds(seeds, options):
    engine = subprocess.Popen([options.fold], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              text=True, encoding="utf-8")
    results = [compare_world(engine, seed, options) for seed in seeds]
    engine.stdin.close()
    if engine.wait() != 0:
        raise SystemExit("fold ended with %d" % engine.returncode)
    return sum(r[0] for r in results), sum(r[1] for r in results)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("fold")
    parser.add_argument("--worlds", type=int, default=200)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--batches", type=int, default=16)
    options = parser.parse_args()
    seeds = range(options.first, options.first + options.worlds)
    positions, found = compare_worlds(seeds, options)
    print("%d worlds, %d positions: %s" % (
        options.worlds, positions, "%d DIFFER" % found if found else "all agree"))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
