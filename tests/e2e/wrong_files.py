#!/usr/bin/env python3
"""Thirty wrong programme files, each one change away from a good one, and what `ogniwo config check` says of each:
exit code, file, line, column, cause and cure.

Usage: wrong_files.py OGNIWO FOLDER, where the folder holds good.yaml and regions.csv"""
import pathlib
import shutil
import subprocess
import sys
import tempfile

# What is found in the good file, what is put there, where that is told, and how.
WRONG = [
    ("{id: LEAD, title: Lider}", "{id: LEAD, title: Lider", "8:5",
     "this is not YAML: did not find expected ',' or '}': close the list with ] or the entry with }"),
    ("live:\n", "---\nlive:\n", "49:1",
     "a second document starts here: leave out the \"---\" and all that follows it"),
    ("title: \"P", "titel: \"P", "2:1", "unknown key \"titel\" in the file (did you mean \"title\"?)"),
    ("sex: [woman]", "sexes: [woman]", "33:7", "unknown key \"sexes\" in where (did you mean \"sex\"?)"),
    ("programme: P1\n", "", "1:1", "the file lacks the key \"programme\": add it"),
    ("id: A1, ", "", "11:5", "an entry of \"tasks\" lacks the key \"id\": add it"),
    ("lead: LEAD", "lead: LEAD\nlead: KLUCZ", "6:1",
     "the key \"lead\" stands in line 5 already: leave one of them out"),
    ("partner: [KLUCZ]", "partner: KLUCZ", "32:16", "\"partner\" must be a list: write [KLUCZ]"),
    ("unit: person", "unit: [person]", "26:11", "\"unit\" must be one value, not a list"),
    ("lead: LEAD", "lead:", "5:6",
     "\"lead\" is empty: write a value, or leave the key out where it is optional"),
    ("from: 15, to: 24}\n", "from: 015, to: 24}\n", "21:23",
     "\"from\" must be a whole number, written in digits without leading zeros"),
    ("id: LEAD", "id: " + "L" * 73, "7:10", "\"id\" is 73 bytes long: 64 are allowed"),
    ("id: A1", "id: A 1", "11:10",
     "\"A 1\" cannot be a code: leave out blanks, commas, semicolons, bars and quotation marks"),
    ("id: A1", "id: A", "11:10", "the id \"A\" stands in line 10 already: choose another"),
    ("parent: A}", "parent: B}", "11:36", "there is no \"B\" in \"tasks\": add it there, or correct it"),
    ("title: Zadanie A}", "title: Zadanie A, parent: A1}", "10:39",
     "the parents of \"A\" form a circle: leave one of them out"),
    ("2012-12-31", "2009-12-31", "4:10",
     "the programme ends before it starts: exchange starts_on and ends_on"),
    ("2012-12-31", "2011-02-29", "4:10", "there is no day 2011-02-29: correct the date"),
    ("2010-01-01", "May 2010", "3:12", "\"May 2010\" is no date: write YYYY-MM-DD"),
    ("from: 25, to: 130", "from: 25, to: 131", "22:29", "nobody is older than 130 years: write 130 at most"),
    ("id: hours", "id: all", "37:9", "\"all\" means every indicator: choose another id"),
    ("region: home", "region: house", "28:13",
     "\"house\" is not allowed for \"region\" (did you mean \"home\"?): write one of event, home"),
    ("[training, coaching]", "[training, training]", "31:27",
     "\"training\" stands twice in \"support\": leave one out"),
    ("region: [PL-12]", "region: [PL-13]", "35:16",
     "the region tables have no \"PL-13\": add it to one of the files under \"regions\", or correct it"),
    ("where: {unit: [hour]}", "where: {unit: [PLN]}", "39:11",
     "a quantity is summed in one unit: add unit: [hour] to \"where\""),
    ("window: [none]", "subject: any", "36:16",
     "people and entities are never counted together: with the unit \"person\" write subject: person"),
    ("region: home", "part_of: coached", "28:14",
     "\"coached\" is a part of itself: leave one part_of of the circle out"),
    ("count: participations", "count: ratio", "42:37", "a ratio is told in percent: write unit: percent"),
    ("op: teen", "op: teen, value: 12", "48:57",
     "op: teen means 11 to 19: leave value out, or choose another op"),
    ("value: 12.5,", "", "44:5",
     "this target lacks \"value\": add it, or write op: none where no number is given"),
    ("by: [region, sex], level", "by: [sex], level", "51:44",
     "\"level\" says how far regions are rolled up: add region to \"by\", or leave level out"),
]


def check(ogniwo, folder):
    done = subprocess.run([ogniwo, "config", "check", "wrong.yaml"], cwd=folder, capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def good_file(source):
    """The good file, and what makes its regions known, at the end, so that no line moves."""
    return pathlib.Path(source, "good.yaml").read_text(encoding="utf-8") + "regions: [regions.csv]\n"


def main(ogniwo, source):
    faults = 0

    def same(what, wanted, got):
        nonlocal faults
        if wanted != got:
            faults += 1
            print(f"{what}:\n  wanted {wanted}\n  got    {got}")

    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(f"{source}/regions.csv", folder)
        good = good_file(source)
        file = pathlib.Path(folder, "wrong.yaml")
        file.write_text(good, encoding="utf-8")
        same("the good file", (0, "wrong.yaml: fine (programme file)\n", ""), check(ogniwo, folder))
        for find, put, place, text in WRONG:
            same(f"{find!r} is there", True, find in good)
            file.write_text(good.replace(find, put, 1), encoding="utf-8")
            same(put, (78, "", f"wrong.yaml:{place}: {text}\n"), check(ogniwo, folder))
    same("thirty and more", True, len(WRONG) >= 30)
    return faults


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]) > 0)
