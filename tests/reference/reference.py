"""reference: what the totals of a log must be, by sets and loops.

Written from the words of the design and of docs/programme-file.md, with no look at how the engine
does it: nothing is kept between two counts, everything is counted from the first entry on.
"""

from generate import DIMENSIONS, EPOCH, LEVELS

import datetime


def valid(row, on):
    return (row[3] is None or row[3] <= on) and (row[4] is None or on <= row[4])


def chain(regions, code, on):
    """The region and all above it on the day, as (code, level). A home whose code is not valid on the day stands
    where it stood last before, or else first after."""
    out = []
    lines = [row for row in regions if row[0] == code]
    if lines and not any(valid(row, on) for row in lines):
        ended = [row[4] for row in lines if row[4] is not None and row[4] < on]
        on = max(ended) if ended else min(row[3] for row in lines)
    while code:
        rows = [row for row in regions if row[0] == code and valid(row, on)]
        if not rows:
            break
        out.append((code, rows[0][1]))
        code = rows[0][2]
    return out


def label_region(programme, code, on, level):
    if level is None:
        return code or "-"
    for above, its_level in chain(programme["regions"], code, on):
        if its_level == level:
            return above
    return "-"


def label_age(programme, age):
    for band, first, last in programme["bands"]:
        if age >= 0 and first <= age <= last:
            return band
    return "-"


def label(programme, indicator, view, dimension, event):
    profile = event["profile"] or {}
    date = EPOCH + datetime.timedelta(days=event["on"])
    if dimension == "partner":
        return event["partner"]
    if dimension == "region":
        home = indicator["region"] == "home"
        code = profile.get("home_region", "") if home else event["region"]
        return label_region(programme, code, event["on"], view["level"])
    if dimension == "month":
        return "%04d-%02d" % (date.year, date.month)
    if dimension == "quarter":
        return "%04d-Q%d" % (date.year, (date.month + 2) // 3)
    if dimension == "year":
        return "%04d" % date.year
    if dimension == "sex":
        sex = profile.get("sex", "unknown")
        return "-" if sex == "unknown" else sex
    if dimension == "age":
        return label_age(programme, profile.get("age", -1))
    if dimension in ("education", "status"):
        return profile.get(dimension, "") or "-"
    return event[dimension] or "-"  # task, kind


def matches(programme, indicator, event):
    where, profile = indicator["where"], event["profile"] or {}
    people = indicator["count"] in ("persons", "participations")
    if people and event["person"] == 0:
        return False
    for name in ("kind", "task", "support", "outcome", "activity", "unit", "partner", "window"):
        if name in where and event[name] not in where[name]:
            return False
    for name in ("education", "status"):
        if name in where and profile.get(name, "") not in where[name]:
            return False
    if "sex" in where and profile.get("sex", "unknown") not in where["sex"]:
        return False
    if "flag" in where and not set(profile.get("flags", [])) & set(where["flag"]):
        return False
    if "region" in where:
        above = {code for code, _ in chain(programme["regions"], event["region"], event["on"])}
        if not above & set(where["region"]):
            return False
    if "age" in where:
        age, (low, high) = profile.get("age", -1), where["age"]
        if age < 0 or (low is not None and age < low) or (high is not None and age > high):
            return False
    if "stay" in where:
        stay = "first" if event["participation"] <= 1 else "again"
        if stay not in where["stay"]:
            return False
    if "complete" in where:
        known = profile.get("sex", "unknown") != "unknown" and profile.get("age", -1) >= 0
        if not (known and profile.get("education") and profile.get("status")):
            return False
    subject = where.get("subject", "person" if people else "any")
    if people and indicator["unit"] == "entity":
        subject = "entity"
    if subject == "person":
        return event["person"] != 0 and not event["entity"]
    if subject == "entity":
        return event["person"] != 0 and event["entity"]
    return True


def views_of(programme):
    """(indicator, ordered dimensions, level), each once."""
    seen, out = set(), []
    wanted = [{"indicator": "all", "by": [], "level": None}] + programme["live"]
    for view in wanted:
        for indicator in programme["indicators"]:
            if view["indicator"] not in ("all", indicator["id"]):
                continue
            by = [d for d in DIMENSIONS if d in view["by"]]
            key = (indicator["id"], tuple(by), view["level"])
            if key not in seen:
                seen.add(key)
                out.append((indicator, {"by": by, "level": view["level"]}))
    return out


def count_cell(mode, facts):
    """facts: (partner, who, weight, quantity) of one cell."""
    if mode == "occurrences":
        value = sum(weight for _, _, weight, _ in facts)
        return value, value
    if mode == "quantity":
        value = sum(weight * quantity for _, _, weight, quantity in facts)
        return value, value
    net = {}
    for partner, who, weight, _ in facts:
        net[partner, who] = net.get((partner, who), 0) + weight
    pairs = {pair for pair, weight in net.items() if weight > 0}
    people = {who for _, who in pairs}
    return (len(people) if mode == "persons" else len(pairs)), len(pairs)


class People:
    """Who each office's person is, after all that the log says of it."""

    def __init__(self):
        self.introduced = {}  # (node, the node's number): the broker's number
        self.identity = {}  # the same: who it is
        self.follows = {}  # a broker's number: who is introduced under it
        self.splits = 0

    def introduce(self, pair, number):
        self.introduced[pair] = number
        self.identity[pair] = self.follows.setdefault(number, ("number", number))

    def merge(self, pairs):
        pairs = [pair for pair in pairs if pair in self.introduced]
        if not pairs:
            return
        one = self.identity[pairs[0]]
        all_of_them = {self.identity[pair] for pair in pairs}
        for table in (self.identity, self.follows):
            for key in table:
                if table[key] in all_of_them:
                    table[key] = one

    def split(self, pairs):
        new = ("split", self.splits)
        self.splits += 1
        pairs = [pair for pair in pairs if pair in self.introduced]
        for pair in pairs:
            self.identity[pair] = new
        for number in {self.introduced[pair] for pair in pairs}:
            behind = [pair for pair in self.introduced if self.introduced[pair] == number
                      and self.identity[pair] == self.follows[number]]
            if not behind:
                self.follows[number] = new


class Reference:
    def __init__(self, world):
        self.world = world
        self.marks = {}  # what an event says to a view depends on nothing else: kept

    def events_through(self, position):
        """The programme in force at the position, and all accepted events of entries up to it.

        Entry 1 is the genesis, so that the world's first entry has position 2."""
        programme, partners, out = None, {}, []
        entries = self.world["entries"][:position - 1]
        people = self.people_of(entries)
        for number, entry in enumerate(entries):
            if "programme" in entry:
                programme = entry["programme"]["description"]
            elif "node" in entry:
                partners[entry["node"]["id"]] = entry["node"]["partner"]
            elif "batch" in entry:
                out += self.accepted(number, entry["batch"], partners, people)
        return programme, out

    def people_of(self, entries):
        """Identities as of the last entry hold from the first one on."""
        people = People()
        for entry in entries:
            if "merge" in entry:
                people.merge([tuple(pair) for pair in entry["merge"]])
            elif "split" in entry:
                people.split([tuple(pair) for pair in entry["split"]])
            elif "batch" in entry:
                batch = entry["batch"]
                for offset, number in enumerate(batch["persons"]):
                    people.introduce((batch["node"], batch["first_person"] + offset), number)
        return people

    def accepted(self, number, batch, partners, people):
        refused = {index for index, _ in batch["rejected"]}
        for index, event in enumerate(batch["events"]):
            if index in refused:
                continue
            who = None
            if event["person"]:
                who = (event["entity"], people.identity[batch["node"], event["person"]])
            partner = partners[batch["node"]]
            yield (number, index), dict(event, partner=partner), who

    def told(self, programme, indicator, view, name, event):
        key = (id(programme), indicator["id"], tuple(view["by"]), view["level"], name)
        if key not in self.marks:
            self.marks[key] = None
            if matches(programme, indicator, event):
                self.marks[key] = tuple(label(programme, indicator, view, d, event)
                                        for d in view["by"])
        return self.marks[key]

    def cells(self, programme, events, indicator, view):
        """Labels to (value, partner sum), where one of them is not 0."""
        cells = {}
        for name, event, who in events:
            labels = self.told(programme, indicator, view, name, event)
            if labels is not None:
                weight = -1 if event["withdrawal"] else 1
                cells.setdefault(labels, []).append(
                    (event["partner"], who, weight, event["quantity"]))
        counted = {labels: count_cell(indicator["count"], facts)
                   for labels, facts in cells.items()}
        return {labels: count for labels, count in counted.items() if count != (0, 0)}

    def ratio(self, programme, events, indicator, view):
        of, per = (self.cells(programme, events, named(programme, indicator[key]), view)
                   for key in ("of", "per"))
        out = {}
        for labels in set(of) | set(per) | (set() if view["by"] else {()}):
            parts = of.get(labels, (0, 0))[0] * 10000, per.get(labels, (0, 0))[0]
            out[labels] = quotient(*parts)
        return out

    def mean(self, programme, events, indicator, view):
        of, over = named(programme, indicator["of"]), indicator["over"]
        times = 1 if of["count"] == "quantity" else 100
        if over == "month":
            events = [e for e in events if programme["starts"] <= e[1]["on"] <= programme["ends"]]
        by = [d for d in DIMENSIONS if d in view["by"] or d == over]
        at = [by.index(d) for d in view["by"]]
        cells = {} if view["by"] else {(): []}
        for labels, (value, _) in self.cells(programme, events, of, dict(view, by=by)).items():
            values = cells.setdefault(tuple(labels[i] for i in at), [])
            if labels[by.index(over)] != "-":
                values.append(value)
        out = {}
        for labels, values in cells.items():
            count = len(values)
            if over == "month":
                count = len(months_of(programme, events, dict(zip(view["by"], labels))))
            out[labels] = quotient(times * sum(values), count)
        return out

    def rows(self, programme, events, indicator, view):
        """Labels to what a line says behind them."""
        if indicator["count"] in ("ratio", "mean"):
            derive = self.ratio if indicator["count"] == "ratio" else self.mean
            rows = derive(programme, events, indicator, view)
            return {labels: (value, value) for labels, value in rows.items()}
        rows = self.cells(programme, events, indicator, view)
        return rows if view["by"] else {(): rows.get((), (0, 0))}

    def lines(self, position, until=None):
        """The canonical lines of the totals at a position, in no particular order."""
        programme, events = self.events_through(position)
        if programme is None:
            return []
        events = [e for e in events if until is None or e[1]["on"] <= until]
        out = []
        for indicator, view in views_of(programme):
            level = view["level"] or "-"
            for labels, numbers in self.rows(programme, events, indicator, view).items():
                out.append("%s|%s|%s|%s|%s|%s|%s" % (
                    (programme["id"], indicator["id"], ",".join(view["by"]), level,
                     ",".join(labels)) + numbers))
        return out


def named(programme, name):
    return next(i for i in programme["indicators"] if i["id"] == name)


def quotient(number, by):
    """Rounded half away from zero; nothing where there is nothing to divide by."""
    if by == 0:
        return "-"
    half = (2 * abs(number) + by) // (2 * by)
    return -half if number < 0 else half


def months_of(programme, events, labels):
    """The months from the programme's first to the last with an event, within the cell's own."""
    weights = {}
    for _, event, _ in events:
        date = EPOCH + datetime.timedelta(days=event["on"])
        month = 12 * date.year + date.month - 1
        weights[month] = weights.get(month, 0) + (-1 if event["withdrawal"] else 1)
    held = [month for month, weight in weights.items() if weight > 0]
    first = EPOCH + datetime.timedelta(days=programme["starts"])
    months = range(12 * first.year + first.month - 1, max(held) + 1) if held else []

    def inside(month):
        year, number = divmod(month, 12)
        return (labels.get("year", "%04d" % year) == "%04d" % year
                and labels.get("quarter", "%04d-Q%d" % (year, number // 3 + 1))
                == "%04d-Q%d" % (year, number // 3 + 1)
                and labels.get("month", "%04d-%02d" % (year, number + 1))
                == "%04d-%02d" % (year, number + 1))

    return [month for month in months if inside(month)]


assert LEVELS[0] == "country"
