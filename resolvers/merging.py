"""Generated functions that do for all fields of a thing at once what `choosing.choose` does for one.

One is made for each policy and those who speak of a thing, in their order, when they first do so together. It reads a
field off their records in the order in which their words count, until one tells something. Fields that are merged by
another rule than preference go the careful way where two speak of them, each by itself. The text holds fields' names
and numbers of its own making; every value is bound to a name.

    def made(policy, said):
        s0, s1 = said
        r0 = s0.record
        r1 = s1.record
        v1 = r1.name
        if v1 is UNSET or v1 is None:
            w = r0.name
            if v1 is UNSET or (w is not UNSET and w is not None): v1 = w
        ...
        return Circuit(native_id=r0.native_id, keys=keys, said=said, name=v1, ...)
"""

from collections.abc import Callable, Sequence
from typing import Any

from msgspec import UNSET

from model.keys import NO_KEYS
from model.nouns import NOUNS, Noun
from model.records import Record, Statement
from resolvers.choosing import choose
from resolvers.keys import keys_of
from resolvers.policy import Policy, Rule
from sources.grammar.nouns import shapes

Said = tuple[Statement, ...]
_TOGETHER = 4
"""So many speak of one thing, as a rule; where more do, it is merged a field at a time."""
_KEPT = 500
"""So many functions are kept for a policy; who speaks together with whom is no endless matter."""


def merger(policy: Policy, said: Said) -> Callable[[Policy, Said], Record]:
    """What makes one record of several statements, for all of which the same sources speak in the same order."""
    return _made(policy, said, "", _merging) or carefully_merged


def merged(policy: Policy, said: Said) -> Record:
    """One record of several statements."""
    return merger(policy, said)(policy, said)


def carefully_merged(policy: Policy, said: Said) -> Record:
    """The same, a field at a time."""
    noun = NOUNS[policy.noun]
    values = {field: choose(policy, field, said).value for field in noun.fields}
    return noun.record(native_id=said[0].record.native_id, keys=keys_of(said), said=said, **values)


def givers(policy: Policy, field: str, said: Said) -> Sequence[Statement]:
    """The statements that a field's merged value comes from; none where nobody spoke of it."""
    if len(said) < 2:
        return said if said and getattr(said[0].record, field) is not UNSET else ()
    made = _made(policy, said, field, _giving)
    return made(policy, said) if made else choose(policy, field, said).givers


def _made(policy: Policy, said: Said, field: str, make: Callable[..., Any]) -> Callable[..., Any] | None:
    """The function for those who speak here, about one field or all; None where a thing is better merged carefully."""
    key = (field, *[one.place or one.source for one in said])
    made = policy.made.get(key)
    if made is None and len(said) <= _TOGETHER and len(policy.made) < _KEPT:
        made = policy.made[key] = make(policy, key[1:], field)
    return made


def _merging(policy: Policy, places: Sequence[str], _: str) -> Callable[..., Any]:
    noun = NOUNS[policy.noun]
    text = _Text(policy, noun, places)
    fields = {field: f"v{number}" for number, field in enumerate(sorted(noun.fields))}
    for field, v in fields.items():
        text.field(field, v)
    keys = text.keys()
    values = ", ".join(f"{field}={v}" for field, v in fields.items())
    return text.made(f"Noun(native_id=r0.native_id, keys={keys}, said=said, {values})")


def _giving(policy: Policy, places: Sequence[str], field: str) -> Callable[..., Any]:
    text = _Text(policy, NOUNS[policy.noun], places)
    if policy.rule(field) is not Rule.PREFER:
        return text.made(f"choose(policy, {field!r}, said).givers")
    text.preferred(field, "v", giver="g")
    return text.made("() if v is UNSET else (g,)")


class _Text:
    """The text of one function, and what its names are bound to; `places` are those who speak, or whose place it is."""

    def __init__(self, policy: Policy, noun: Noun, places: Sequence[str]) -> None:
        self._policy, self._places, self._shapes = policy, places, shapes(noun.record)
        self._names: dict[str, Any] = {
            "UNSET": UNSET,
            "NO_KEYS": NO_KEYS,
            "Noun": noun.record,
            "choose": choose,
            "keys_of": keys_of,
        }
        self._records = [f"r{number}" for number in range(len(places))]
        self._lines = [f"{', '.join(f's{number}' for number in range(len(places)))}, = said"]
        self._lines += [f"r{number} = s{number}.record" for number in range(len(places))]

    def made(self, result: str) -> Callable[..., Any]:
        text = "\n".join(["def made(policy, said):", *(f" {line}" for line in self._lines), f" return {result}"])
        exec(compile(text, "<merging>", "exec"), self._names)  # noqa: S102 - see the module: names only
        made: Callable[..., Any] = self._names.pop("made")
        return made

    def field(self, field: str, v: str) -> None:
        """The value that is chosen, in `v`."""
        rule = self._policy.rule(field)
        if rule is Rule.PREFER:
            self.preferred(field, v)
        elif rule is Rule.UNION:
            self._lines += [f"{v} = choose(policy, {field!r}, said).value"]
        else:
            self._compared(field, v)

    def preferred(self, field: str, v: str, giver: str = "") -> None:
        """The value of the first who tells something, else of the first who speaks; in `giver` who that is."""
        first, *rest = self._in_order(field)
        nothing = ["UNSET", "None", *self._unknown(field)]
        self._lines += [f"{v} = r{first}.{field}", *([f"{giver} = s{first}"] if giver else ())]
        for place in rest:
            self._lines += [
                f"if {_any(v, nothing)}:",
                f" w = r{place}.{field}",
                f" if {v} is UNSET or not ({_any('w', nothing)}):",
                f"  {v} = w",
                *([f"  {giver} = s{place}"] if giver else ()),
            ]

    def _compared(self, field: str, v: str) -> None:
        """The value of the only one who speaks, or the one that comes of comparing all."""
        self._lines += [f"{v} = UNSET"]
        for record in self._records:
            self._lines += [
                f"w = {record}.{field}",
                f"if {v} is UNSET: {v} = w",
                f"elif w is not UNSET: {v} = choose(policy, {field!r}, said).value",
            ]

    def keys(self) -> str:
        """The keys that are told: mostly none, or its own by who tells any."""
        untold = " and ".join(f"{record}.native_id is UNSET and not {record}.keys" for record in self._records)
        self._lines += [f"if {untold}: keys = NO_KEYS"]
        if len(set(self._places)) == len(self._places):
            self._names["places"] = self._places
            own = [
                f"({r}.keys == {{places[{n}]: {r}.native_id}} or {r}.native_id is UNSET and not {r}.keys)"
                for n, r in enumerate(self._records)
            ]
            self._lines += [f"elif {' and '.join(own)}: keys = {' | '.join(f'{one}.keys' for one in self._records)}"]
        self._lines += ["else: keys = keys_of(said)"]
        return "keys"

    def _in_order(self, field: str) -> list[int]:
        ranked = self._policy.ranked(field)
        ranks = [ranked.index(place) if place in ranked else len(ranked) for place in self._places]
        return sorted(range(len(ranks)), key=ranks.__getitem__)

    def _unknown(self, field: str) -> list[str]:
        """The field's word for what no standard knows, if it has one."""
        unknown = getattr(self._shapes[field].kind, "UNKNOWN", None)
        if unknown is None:
            return []
        self._names[f"unknown_{field}"] = unknown
        return [f"unknown_{field}"]


def _any(value: str, of: Sequence[str]) -> str:
    return " or ".join(f"{value} is {one}" for one in of)
