"""generate: a random programme and a random log of it, from a seed.

The same seed gives the same world. A world is plain data: descriptions of programmes as the
reference reads them, the same as a YAML file and a region table as the loader reads them, and the
entries of the log. Codes sort by bytes in other ways than they are listed, on purpose.
"""

import datetime
import json
import random

EPOCH = datetime.date(1970, 1, 1)
KINDS = ["enrolled", "started", "completed", "dropped", "outcome", "activity"]
SEXES = ["unknown", "woman", "man"]
WINDOWS = ["none", "on_leaving", "six_months"]
DIMENSIONS = ["partner", "task", "region", "month", "quarter", "year", "kind", "sex", "age",
              "education", "status"]
LEVELS = ["country", "voivodeship", "subregion", "county", "gmina", "city"]
REJECT_CODES = [10, 11, 12, 20]
NODES_PARTNERS = [0, 1, 2, 0]  # node 4 is a second office of the first partner


def day(year, month, date):
    return (datetime.date(year, month, date) - EPOCH).days


def iso(number):
    return (EPOCH + datetime.timedelta(days=number)).isoformat()


def make_regions(rng):
    """Rows (code, level, parent, valid_from, valid_to); None: always."""
    rows = [("PL", "country", "", None, None), ("DE", "country", "", None, None),
            ("CITY-DE-kl", "city", "DE", None, None)]
    for v in ("PL-20", "PL-08"):
        rows.append((v, "voivodeship", "PL", None, None))
        for s in ("a", "b"):
            rows.append((v + s, "subregion", v, None, None))
    change = day(2011, rng.randint(1, 12), rng.randint(1, 28))
    for index in range(6):
        voivodeship = "PL-20" if index < 3 else "PL-08"
        code = "%s%02d" % (voivodeship, index + 1)
        first, second = (voivodeship + "a", voivodeship + "b")
        if index % 3 == 0:  # a county that changes its subregion
            rows.append((code, "county", first, None, change - 1))
            rows.append((code, "county", second, change, None))
        else:
            rows.append((code, "county", rng.choice([first, second]), None, None))
        rows.append((code + "011", "gmina", code, None, None))
    old, new = "PL-2001", "PL-2002"  # a gmina that changes its county, and one that gets a new code
    rows.append(("PL-G-move", "gmina", old, None, change - 1))
    rows.append(("PL-G-move", "gmina", new, change, None))
    rows.append(("PL-2002072", "gmina", new, None, change - 1))
    rows.append(("PL-2002073", "gmina", new, change, None))
    return rows


def some(rng, items, most=2):
    return rng.sample(items, rng.randint(1, min(most, len(items))))


def make_where(rng, programme, mode, entity):
    where = {}
    lists = programme["lists"]
    chance = rng.choice([0.08, 0.2])
    if rng.random() < 0.6:
        where["kind"] = some(rng, KINDS, 4)
    for name in ("task", "partner", "support", "outcome", "activity", "unit", "education",
                 "status", "flag"):
        if rng.random() < chance / 2:
            where[name] = some(rng, lists[name])
    if rng.random() < chance:
        where["region"] = some(rng, sorted({row[0] for row in programme["regions"]}), 3)
    if rng.random() < chance:
        where["sex"] = some(rng, SEXES)
    if rng.random() < chance:
        low = rng.choice([None, 15, 18, 25, 45])
        high = rng.choice([24, 29, 64]) if low is None else rng.choice([None, low, low + 10])
        where["age"] = (low, high)
    if rng.random() < chance:
        where["window"] = some(rng, WINDOWS)
    if rng.random() < chance:
        where["stay"] = some(rng, ["first", "again"])
    if rng.random() < chance * 0.7:
        where["complete"] = True
    if mode in ("occurrences", "quantity") and rng.random() < 0.3:
        where["subject"] = rng.choice(["person", "entity", "any"])
    if mode == "quantity":
        where["unit"] = [rng.choice(lists["unit"])]
    if entity:
        where.pop("stay", None)
        where.pop("complete", None)
        where["subject"] = "entity"
    return where


def make_indicators(rng, programme):
    out = []
    for number in range(rng.randint(5, 9)):
        mode = rng.choice(["persons", "persons", "participations", "occurrences", "quantity"])
        entity = mode in ("persons", "participations") and rng.random() < 0.2
        where = make_where(rng, programme, mode, entity)
        unit = {"quantity": where.get("unit", [""])[0], "occurrences": "event"}.get(
            mode, "entity" if entity else "person")
        out.append({"id": "%s%d" % (rng.choice("iAzŁ_"), number), "unit": unit, "count": mode,
                    "region": rng.choice(["event", "event", "home"]), "where": where})
    return out


def make_derived(rng, indicators):
    """A ratio and a mean of what there is."""
    out = []
    for mode in ("ratio", "mean"):
        of = rng.choice(indicators)
        alike = [i for i in indicators if i["region"] == of["region"] and i["unit"] == of["unit"]]
        made = {"id": "d" + mode, "unit": of["unit"], "count": mode, "region": of["region"],
                "where": {}, "of": of["id"]}
        if mode == "ratio":
            made["per"] = rng.choice(alike)["id"]
            made["unit"] = "percent"
        else:
            made["over"] = rng.choice(["month", "month", "partner", "task", "sex", "status"])
        out.append(made)
    return out


def make_live(rng, indicators):
    everywhere = [d for d in DIMENSIONS if d not in ("partner", "task")]
    live = [{"indicator": "all", "by": [rng.choice(everywhere)], "level": None}]
    for indicator in indicators:
        for _ in range(rng.randint(1, 2)):
            over = indicator.get("over")
            possible = [d for d in DIMENSIONS if d != over or d == "month"]
            by = rng.sample(possible, rng.randint(1, 3))
            live.append({"indicator": indicator["id"], "by": by, "level": None})
    for entry in live:
        if "region" in entry["by"] and rng.random() < 0.75:
            entry["level"] = rng.choice(LEVELS)
    return live


def make_programme(rng):
    lists = {"partner": ["P2", "p-1", "P10"], "task": ["T2", "T10", "2.4.1"],
             "support": ["coaching", "course", "Żak"], "outcome": ["job", "own"],
             "activity": ["meeting", "fair"], "unit": ["h", "PLN"],
             "education": ["low", "high", "2"], "status": ["jobless", "employed"],
             "flag": ["rural", "care", "disabled"]}
    programme = {"id": "R", "starts": day(2010, 1, 1), "ends": day(2012, 12, 31), "lists": lists,
                 "lead": "p-1", "regions": make_regions(rng),
                 "bands": rng.choice([[("15-24", 15, 24), ("25-49", 25, 49), ("50+", 50, 130)],
                                      [("18-29", 18, 29), ("55+", 55, 130)], []])}
    programme["indicators"] = make_indicators(rng, programme)
    programme["indicators"] += make_derived(rng, programme["indicators"])
    programme["live"] = make_live(rng, programme["indicators"])
    return programme


def next_version(rng, programme):
    """The same lists (codes are never removed), other indicators, bands and breakdowns."""
    new = dict(programme)
    plain = [i for i in programme["indicators"] if "of" not in i]
    kept = rng.sample(plain, len(plain) - 1)
    new["indicators"] = kept + [dict(i, id="n" + i["id"]) for i in make_indicators(rng, new)[:3]]
    new["indicators"] += make_derived(rng, new["indicators"])
    new["bands"] = [("0-17", 0, 17), ("18-34", 18, 34), ("35+", 35, 130)]
    new["live"] = make_live(rng, new["indicators"])
    return new


def quoted(text):
    return json.dumps(text, ensure_ascii=False)


def where_yaml(where):
    parts = []
    for name, value in where.items():
        if name == "age":
            ends = [("from", value[0]), ("to", value[1])]
            text = "{%s}" % ", ".join("%s: %d" % end for end in ends if end[1] is not None)
        elif name == "complete":
            text = "true"
        elif name == "subject":
            text = value
        else:
            text = "[%s]" % ", ".join(quoted(code) for code in value)
        parts.append("%s: %s" % (name, text))
    return "{%s}" % ", ".join(parts)


def programme_yaml(programme):
    lists = programme["lists"]
    lines = ["programme: R", "title: random", "starts_on: " + iso(programme["starts"]),
             "ends_on: " + iso(programme["ends"]), "lead: " + quoted(programme["lead"])]
    for key, name in (("partners", "partner"), ("tasks", "task")):
        lines.append(key + ":")
        lines += ["  - {id: %s, title: x}" % quoted(code) for code in lists[name]]
    lines.append("vocabulary:")
    for name in ("support", "outcome", "activity", "unit", "education", "status", "flag"):
        lines.append("  %s:" % name)
        lines += ["    - {id: %s, title: x}" % quoted(code) for code in lists[name]]
    if programme["bands"]:
        lines.append("age_bands:")
        lines += ["  - {id: %s, from: %d, to: %d}" % (quoted(b[0]), b[1], b[2])
                  for b in programme["bands"]]
    lines.append("indicators:")
    for indicator in programme["indicators"]:
        keys = ["id: " + quoted(indicator["id"]), "title: x", "unit: " + quoted(indicator["unit"]),
                "count: " + indicator["count"]]
        if "of" not in indicator:
            keys.append("region: " + indicator["region"])
        keys += ["%s: %s" % (key, quoted(indicator[key])) for key in ("of", "per", "over")
                 if key in indicator]
        if indicator["where"]:
            keys.append("where: " + where_yaml(indicator["where"]))
        lines.append("  - {%s}" % ", ".join(keys))
    lines.append("live:")
    for view in programme["live"]:
        level = ", level: " + view["level"] if view["level"] else ""
        lines.append("  - {indicator: %s, by: [%s]%s}" % (quoted(view["indicator"]),
                                                         ", ".join(view["by"]), level))
    return "\n".join(lines) + "\n"


def regions_csv(programme):
    lines = ["code;name;level;parent;valid_from;valid_to"]
    for code, level, parent, first, last in programme["regions"]:
        lines.append(";".join([code, "x", level, parent, "" if first is None else iso(first),
                               "" if last is None else iso(last)]))
    return "\n".join(lines) + "\n"


class Office:
    """One node: its people by its own numbers, and what it may still withdraw."""

    def __init__(self, number, partner):
        self.number, self.partner = number, partner
        self.seq = 1
        self.people = []  # of the world: (entity, index), by the node's number - 1
        self.profiles = {}
        self.stays = {}
        self.standing = {}  # sequence -> event, accepted and not withdrawn


class World:
    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.programme = make_programme(self.rng)
        self.offices = [Office(i + 1, self.programme["lists"]["partner"][p])
                        for i, p in enumerate(NODES_PARTNERS)]
        self.numbers = {}  # the broker's, by (entity, index), in the order of arrival
        self.entries = []

    def valid_regions(self, on):
        return [row[0] for row in self.programme["regions"]
                if (row[3] is None or row[3] <= on) and (row[4] is None or on <= row[4])]

    def make_profile(self):
        rng, lists = self.rng, self.programme["lists"]
        everywhere = sorted({row[0] for row in self.programme["regions"]})  # also what has ended
        return {"sex": rng.choice(SEXES + ["woman", "man"]),
                "age": rng.choice([-1, 14, 15, 17, 18, 24, 25, 29, 34, 45, 50, 55, 64, 88]),
                "education": rng.choice(lists["education"] + [""]),
                "status": rng.choice(lists["status"] + [""]),
                "home_region": rng.choice(everywhere + [""]),
                "flags": sorted(rng.sample(lists["flag"], rng.randint(0, 2)))}

    def someone(self, office, fresh):
        """The node's number of a person or entity, perhaps introduced with this batch."""
        rng = self.rng
        if office.people and rng.random() < 0.7:
            return rng.randint(1, len(office.people))
        who = (rng.random() < 0.2, rng.randint(0, 11))
        if who in office.people:
            return office.people.index(who) + 1
        office.people.append(who)
        if who not in self.numbers:
            self.numbers[who] = 3 + 2 * len(self.numbers)  # numbers have gaps
        fresh.append(self.numbers[who])
        number = len(office.people)
        office.profiles[number] = None if who[0] else self.make_profile()
        office.stays[number] = 1
        return number

    def make_event(self, office, fresh):
        rng, lists = self.rng, self.programme["lists"]
        on = rng.randint(self.programme["starts"], self.programme["ends"])
        kind = rng.choice(KINDS)
        event = {"kind": kind, "on": on, "person": 0, "entity": False, "participation": 0,
                 "task": rng.choice(lists["task"] + [""]),
                 "region": rng.choice(self.valid_regions(on) + [""]),
                 "support": rng.choice(lists["support"] + [""]), "outcome": "", "activity": "",
                 "unit": "", "quantity": 0, "window": "none", "profile": None}
        if kind == "outcome":
            event["outcome"] = rng.choice(lists["outcome"])
            event["window"] = rng.choice(WINDOWS)
        if kind == "activity":
            event["activity"] = rng.choice(lists["activity"] + [""])
        if rng.random() < 0.4:
            event["unit"] = rng.choice(lists["unit"])
            event["quantity"] = rng.choice([1, 25, 250, 100000, 7665600])
        if kind != "activity" or rng.random() < 0.6:
            number = self.someone(office, fresh)
            event["person"] = number
            event["entity"] = office.people[number - 1][0]
            if rng.random() < 0.12:
                office.stays[number] += 1
            event["participation"] = office.stays[number]
            event["profile"] = office.profiles[number]
        return event

    def add_pair(self, office, rows, fresh, seq, with_assertion):
        old = office.standing[seq]
        rows.append(dict(old, withdrawal=True, withdraws=seq))
        if with_assertion:
            new = self.make_event(office, fresh)
            rows.append(dict(new, withdrawal=False, withdraws=seq))

    def make_rows(self, office, fresh):
        """Rows of one batch, as lists that are admitted or refused as one."""
        rng, units = self.rng, []
        taken = set()
        for _ in range(rng.randint(2, 9)):
            rows = []
            open_seqs = [s for s in office.standing if s not in taken]
            if open_seqs and rng.random() < 0.35:
                seq = rng.choice(open_seqs)
                taken.add(seq)
                self.add_pair(office, rows, fresh, seq, rng.random() < 0.6)
            else:
                event = self.make_event(office, fresh)
                rows.append(dict(event, withdrawal=False, withdraws=0))
                if rng.random() < 0.1:  # the same once more, as a row of its own
                    rows.append(dict(rows[0]))
            units.append(rows)
        return units

    def add_batch(self, office):
        rng, fresh = self.rng, []
        first_person = len(office.people) + 1
        units = self.make_rows(office, fresh)
        events, rejected = [], []
        for rows in units:
            refused = rng.random() < 0.12
            for row in rows:
                seq = office.seq + len(events)
                if refused:
                    rejected.append([len(events), rng.choice(REJECT_CODES)])
                    row = dict(row, region=rng.choice([row["region"], "XX-nowhere"]))
                elif row["withdrawal"]:
                    del office.standing[row["withdraws"]]
                else:
                    office.standing[seq] = {k: v for k, v in row.items()
                                            if k not in ("withdrawal", "withdraws")}
                events.append(row)
        self.entries.append({"batch": {"node": office.number, "first_seq": office.seq,
                                       "first_person": first_person if fresh else 0,
                                       "persons": fresh, "rejected": rejected,
                                       "events": events}})
        office.seq += len(events)

    def add_people(self):
        """Some people of one kind are one, or some of an office's people are another's."""
        rng = self.rng
        known = [[office.number, index + 1, who[0]] for office in self.offices
                 for index, who in enumerate(office.people)]
        kind = rng.random() < 0.2
        known = [pair[:2] for pair in known if pair[2] == kind]
        if len(known) >= 3:
            merge = rng.random() < 0.6
            chosen = rng.sample(known, rng.randint(2, 3) if merge else rng.randint(1, 2))
            self.entries.append({"merge" if merge else "split": chosen})

    def add_programme(self):
        self.entries.append({"programme": {"yaml": programme_yaml(self.programme),
                                           "regions": regions_csv(self.programme),
                                           "description": self.programme}})


def make_world(seed, batches):
    world = World(seed)
    world.add_programme()
    for office in world.offices:
        world.entries.append({"node": {"id": office.number, "partner": office.partner}})
    change = world.rng.randint(2, 3 * batches)
    for number in range(batches):
        if number == change:
            world.programme = next_version(world.rng, world.programme)
            world.add_programme()
        if world.rng.random() < 0.2:
            world.add_people()
        world.add_batch(world.rng.choice(world.offices))
    starts = world.programme["starts"]
    return {"seed": seed, "entries": world.entries,
            "untils": [starts + world.rng.randint(100, 900)]}
