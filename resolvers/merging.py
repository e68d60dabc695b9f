"""Generated functions that do for all fields of many things at once what `choosing.choose` does for one of one.

One is made for each policy and those who speak of a thing, in their order, when they first do so together. It copies
the record of the one whose word mostly counts first, and writes what others add: it reads a field off the records in
the order in which their words count, until one tells something. Fields that are merged by another rule than preference
go the careful way where two speak of them, each by itself. The text holds fields' names and numbers of its own making;
every value is bound to a name.

    def made(policy, rows):
        records = []
        for said in rows:
            s0, s1 = said
            r0 = s0.record
            r1 = s1.record
            if (r0.native_id is UNSET or r0.keys.get(places[0]) == r0.native_id) and ...: keys = r0.keys
            ...
            one = replace(r0, keys=keys, raw=NO_RAW, said=said)
            v = r0.name
            if v is UNSET or v is None:
                w = r1.name
                if w is not UNSET and (v is UNSET or not (w is None)): v = w; write(one, 'name', v)
            ...
            records.append(one)
        return records

Where nobody asks who said what, there is another one, which takes records, and gives the very record where others add
nothing to it.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from msgspec import UNSET
from msgspec.structs import force_setattr, replace

from model.nouns import NOUNS
from model.records import NO_RAW, Record, Statement
from resolvers.choosing import choose
from resolvers.keys import keys_of
from resolvers.policy import Policy, Rule
from sources.grammar.nouns import shapes

Said = tuple[Statement, ...]
Merge = Callable[[Policy, Sequence[Said]], list[Record]]
MergeUnsaid = Callable[[Sequence[Sequence[Record]]], list[Record] | None]

_TOGETHER = 4
"""So many speak of one thing, as a rule; where more do, it is merged a field at a time."""
_KEPT = 500
"""So many functions are kept for a policy; who speaks together with whom is no endless matter."""
_UNSAID = "*"
"""Where a function is kept that is about no single field, and is told of no statements."""


def merger(policy: Policy, said: Said) -> Merge:
    """What makes one record of each row of statements, for all of which the same speak in the same order as here."""
    return _made(policy, _places(said), "", _merging) or _each_carefully


def unsaid_merger(policy: Policy, sources: Sequence[str]) -> MergeUnsaid | None:
    """What makes one record of each row of these sources' records, without a word of who said what.

    None where it takes more than preference to choose; what it makes gives None for all where one is known by keys of
    several systems, or brings what its source wrote.
    """
    if any(own.rule is not Rule.PREFER for own in policy.fields.values()):
        return None
    return _made(policy, sources, _UNSAID, _merging_unsaid)


def merged(policy: Policy, said: Said) -> Record:
    """One record of several statements."""
    return merger(policy, said)(policy, (said,))[0]


def carefully_merged(policy: Policy, said: Said) -> Record:
    """The same, a field at a time."""
    noun = NOUNS[policy.noun]
    values = {field: choose(policy, field, said).value for field in noun.fields}
    return noun.record(native_id=said[0].record.native_id, keys=keys_of(said), said=said, **values)


def _each_carefully(policy: Policy, rows: Sequence[Said]) -> list[Record]:
    return [carefully_merged(policy, said) for said in rows]


def givers(policy: Policy, field: str, said: Said) -> Sequence[Statement]:
    """The statements that a field's merged value comes from; none where nobody spoke of it."""
    if len(said) < 2:
        return said if said and getattr(said[0].record, field) is not UNSET else ()
    made = _made(policy, _places(said), field, _giving)
    return made(policy, said) if made else choose(policy, field, said).givers


def _places(said: Said) -> list[str]:
    return [one.place or one.source for one in said]


def _made(policy: Policy, places: Sequence[str], field: str, make: Callable[..., Any]) -> Callable[..., Any] | None:
    """The function for those who speak here, about one field or all; None where a thing is better merged carefully."""
    key = (field, *places)
    made = policy.made.get(key)
    if made is None and len(places) <= _TOGETHER and len(policy.made) < _KEPT:
        made = policy.made[key] = make(policy, places, field)
    return made


def _merging(policy: Policy, places: Sequence[str], _: str) -> Callable[..., Any]:
    text = _Text(policy, places)
    base = text.base
    text.begin_with_statements()
    text.keys()
    native = "" if base == 0 else "native_id=r0.native_id, "
    text.lines += [f"one = replace(r{base}, {native}keys=keys, raw=NO_RAW, said=said)"]
    for field in sorted(NOUNS[policy.noun].fields):
        text.field(field, f"write(one, {field!r}, v)")
    return text.loop("policy, rows", "said")


def _merging_unsaid(policy: Policy, places: Sequence[str], _: str) -> Callable[..., Any]:
    text = _Text(policy, places)
    base = text.base
    text.lines += [f"if r{base}.raw: return None", f"one = r{base}"]
    text.keys_unsaid()
    for field in sorted(NOUNS[policy.noun].fields):
        text.field(field, f"one = replace(one, {field}=v)")
    return text.loop("rows", f"{', '.join(text.records)},")


def _giving(policy: Policy, places: Sequence[str], field: str) -> Callable[..., Any]:
    text = _Text(policy, places)
    if policy.rule(field) is not Rule.PREFER:
        return text.made(f"choose(policy, {field!r}, said).givers")
    text.begin_with_statements()
    text.lines += [f"g = s{text.in_order(field)[0]}"]
    text.preferred(field, "g = s{}".format)
    return text.made("() if v is UNSET else (g,)")


class _Text:
    """The text of one function, and what its names are bound to; `places` are those who speak, or whose place it is.

    base: the place whose word counts first for most of the fields.
    """

    def __init__(self, policy: Policy, places: Sequence[str]) -> None:
        noun = NOUNS[policy.noun]
        self._policy, self._places, self._shapes = policy, places, shapes(noun.record)
        self._names: dict[str, Any] = {
            "UNSET": UNSET,
            "NO_RAW": NO_RAW,
            "choose": choose,
            "keys_of": keys_of,
            "places": places,
            "replace": replace,
            "write": force_setattr,  # into what has just been made, and is nobody else's yet
        }
        self.records = [f"r{number}" for number in range(len(places))]
        self.lines: list[str] = []
        firsts = Counter(self.in_order(field)[0] for field in sorted(noun.fields))
        self.base = max(firsts, key=lambda place: (firsts[place], -place))

    def made(self, result: str) -> Callable[..., Any]:
        """A function about one thing."""
        return self._compiled("policy, said", [*self.lines, f"return {result}"])

    def loop(self, parameters: str, row: str) -> Callable[..., Any]:
        """A function about many: the lines make `one` of each of the rows."""
        lines = [f" {line}" for line in [*self.lines, "records.append(one)"]]
        return self._compiled(parameters, ["records = []", f"for {row} in rows:", *lines, "return records"])

    def _compiled(self, parameters: str, lines: Sequence[str]) -> Callable[..., Any]:
        text = "\n".join([f"def made({parameters}):", *(f" {line}" for line in lines)])
        exec(compile(text, "<merging>", "exec"), self._names)  # noqa: S102 - see the module: names only
        made: Callable[..., Any] = self._names.pop("made")
        return made

    def begin_with_statements(self) -> None:
        """Name what is said, and each record."""
        self.lines += [f"{', '.join(f's{number}' for number in range(len(self._places)))}, = said"]
        self.lines += [f"r{number} = s{number}.record" for number in range(len(self._places))]

    def field(self, field: str, write: str) -> None:
        """Choose the value, in `v`, and write it where it is another than the base tells."""
        rule = self._policy.rule(field)
        if rule is Rule.PREFER and self.in_order(field)[0] == self.base:
            self.preferred(field, lambda _: write)
            return
        if rule is Rule.PREFER:
            self.preferred(field)
        elif rule is Rule.UNION:
            self.lines += [f"v = choose(policy, {field!r}, said).value"]
        else:
            self._compared(field)
        self.lines += [f"if v is not r{self.base}.{field}: {write}"]

    def preferred(self, field: str, then: Callable[[int], str] = lambda _: "") -> None:
        """The value, in `v`, of the first who tells something, else of the first who speaks.

        then: what else is to be done when it is the value of another place than the first.
        """
        first, *rest = self.in_order(field)
        nothing = ["None", *self._unknown(field)]
        self.lines += [f"v = r{first}.{field}"]
        for place in rest:
            self.lines += [
                f"if {_any('v', ['UNSET', *nothing])}:",
                f" w = r{place}.{field}",
                f" if w is not UNSET and (v is UNSET or not ({_any('w', nothing)})): v = w; {then(place)}",
            ]

    def in_order(self, field: str) -> list[int]:
        """The places in the order in which their words count for a field."""
        ranked = self._policy.ranked(field)
        ranks = [ranked.index(place) if place in ranked else len(ranked) for place in self._places]
        return sorted(range(len(ranks)), key=ranks.__getitem__)

    def _compared(self, field: str) -> None:
        """The value of the only one who speaks, or the one that comes of comparing all."""
        self.lines += ["v = UNSET"]
        for record in self.records:
            self.lines += [
                f"w = {record}.{field}",
                "if v is UNSET: v = w",
                f"elif w is not UNSET: v = choose(policy, {field!r}, said).value",
            ]

    def keys(self) -> None:
        """The keys that are told: mostly by the first alone, or its own by who tells any."""
        self.lines += [f"if {self._by_first_alone()}: keys = r0.keys"]
        if own := self._own():
            self.lines += [f"elif {own}: keys = {self._all_keys}"]
        self.lines += ["else: keys = keys_of(said)"]

    def keys_unsaid(self) -> None:
        """The same, without statements: nothing is to be written where they are those of the base."""
        plain = self._by_first_alone() if self.base == 0 else " and ".join(map(_untold, self.records))
        self.lines += [f"if {plain}: pass"]
        if own := self._own():
            self.lines += [f"elif {own}: one = replace(one, native_id=r0.native_id, keys={self._all_keys})"]
        self.lines += ["else: return None"]

    def _by_first_alone(self) -> str:
        first = "(r0.native_id is UNSET or r0.keys.get(places[0]) == r0.native_id)"
        return " and ".join([first, *map(_untold, self.records[1:])])

    def _own(self) -> str:
        """Whether each tells its own or none, where no two speak in one place."""
        if len(set(self._places)) < len(self._places):
            return ""
        own = [f"({r}.keys == {{places[{n}]: {r}.native_id}} or {_untold(r)})" for n, r in enumerate(self.records)]
        return " and ".join(own)

    @property
    def _all_keys(self) -> str:
        return " | ".join(f"{record}.keys" for record in self.records)

    def _unknown(self, field: str) -> list[str]:
        """The field's word for what no standard knows, if it has one."""
        unknown = getattr(self._shapes[field].kind, "UNKNOWN", None)
        if unknown is None:
            return []
        self._names[f"unknown_{field}"] = unknown
        return [f"unknown_{field}"]


def _untold(record: str) -> str:
    return f"{record}.native_id is UNSET and not {record}.keys"


def _any(value: str, of: Sequence[str]) -> str:
    return " or ".join(f"{value} is {one}" for one in of)
