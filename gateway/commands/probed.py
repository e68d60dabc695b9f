"""What `trunkline probe` has seen, for people and for programs; no credential is in either."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec
from msgspec import UNSET, Struct
from msgspec.structs import fields

from gateway.terminal import say, show
from model.answer import Answer
from model.faults import BadRequest, Drifted, Malformed, SourceFault, Unauthorised
from model.keys import Key, Lookup
from model.nouns import BOOKKEEPING, NOUNS
from model.records import Record
from resolvers.spelling import Spelling
from sources.grammar.source import SourceDeclaration
from sources.positions import Place
from sources.probing.masks import Masks
from sources.probing.probe import Probed
from sources.probing.sights import How, Sight
from sources.probing.spots import Spots
from sources.probing.tape import Exchange
from sources.probing.written import answer, question

EXAMPLE = 60
"""Characters of a value that is shown as an example."""
_RECORDS = 20
"""So many records are shown to people; programs get all of them."""


class Report(Struct, frozen=True):
    """One probe, and where its parts are declared.

    spelling: how the noun's business keys are written, where it has any. shown: characters of each body.
    """

    source: str
    lookup: Lookup
    keys: Sequence[Key]
    probed: Probed
    declared: SourceDeclaration
    spots: Spots
    masks: Masks
    spelling: Spelling | None
    shown: int

    def tell(self) -> None:
        """Print it for people."""
        for exchange in self.probed.exchanges:
            self._tell_exchange(exchange)
        self._tell_records()
        if self.probed.seen.rows:
            self._tell_fields()
        self._tell_odd()
        for line in self._failures():
            say(line)

    def _tell_exchange(self, exchange: Exchange) -> None:
        told = exchanged(self, exchange)
        say(f"{told['method']} {told['url']}")
        for name, value in told["headers"].items():
            say(f"    {name}: {value}")
        if told["body"]:
            say(told["body"])
        say(
            f"<-  {told['status']}  {told['type']}  {told['bytes']} bytes"
            if "status" in told
            else f"<-  {told['code']}"
        )
        say(told.get("answer", ""))
        say()

    def _tell_records(self) -> None:
        told = list(recorded(self))
        rows = self.probed.seen.rows
        say(f"{_count(len(told), 'record')}" + (f" of {_count(rows, 'row')}" if rows else ""))
        for one in told[:_RECORDS]:
            say()
            for name, value in one.items():
                say(f"    {name:<22} {_compact(value)}")
        if len(told) > _RECORDS:
            say(f"    ... and {len(told) - _RECORDS} more")
        say()

    def _tell_fields(self) -> None:
        show(("field", "path", "found", "such as", "declared at"), map(tuple, looked(self)))
        unread = self.probed.seen.unread
        say("not mapped: what no path reads" if unread else "not mapped: nothing, every value is read")
        if unread:
            show(("path", "such as"), ((one.path, _example(one.value, self.masks)) for one in unread))

    def _tell_odd(self) -> None:
        for key in self.probed.seen.unasked:
            say(f"nobody asked for {_compact(key)}: its rows are dropped ({_at(self.spots.part('match', 'keys'))})")
            if str(key).casefold() in {str(asked).casefold() for asked in self.keys}:
                say("    it differs in case alone from what was asked for: match_case: false takes it for that")
        for key in unanswered(self):
            say(f"no answer to {_compact(key)}")
        said = spelt(self)
        for key, written in list(said.items())[:1]:
            say(f"keys that are written otherwise here: {len(said)}, such as {_example(key, self.masks)} for {written}")
        for kind, times in sorted(oddities(self).items()):
            say(f"{kind}: {times}")

    def _failures(self) -> Iterator[str]:
        for fault in self.probed.faults:
            yield f"{_at(spot_of(self, fault))}: {fault.code}  {self.masks(str(fault))}"


def as_data(report: Report) -> dict[str, Any]:
    """All of it, as plain data."""
    names = ("field", "path", "found", "example", "at")
    return {
        "lookup": str(report.lookup),
        "keys": list(report.keys),
        "exchanges": [exchanged(report, exchange) for exchange in report.probed.exchanges],
        "records": list(recorded(report)),
        "rows": report.probed.seen.rows,
        "fields": [dict(zip(names, line, strict=True)) for line in looked(report)],
        "unmapped": [
            {"path": one.path, "example": _example(one.value, report.masks)} for one in report.probed.seen.unread
        ],
        "unasked": list(report.probed.seen.unasked),
        "unanswered": list(unanswered(report)),
        "rewritten": {report.masks(key): written for key, written in spelt(report).items()},
        "oddities": oddities(report),
        "faults": [
            {"code": fault.code, "detail": report.masks(fault.detail), "at": _at(spot_of(report, fault))}
            for fault in report.probed.faults
        ],
    }


def spelt(report: Report) -> dict[str, str]:
    """Business keys of the records that are brought to another form, as `nouns` says, with that form."""
    write, name = report.spelling, NOUNS[report.lookup.noun].id
    found = [
        getattr(record, name)
        for said in report.probed.answers.values()
        for record in (said.records if isinstance(said, Answer) else ())
    ]
    return {key: write(key) for key in found if isinstance(key, str) and write(key) != key} if write else {}


def oddities(report: Report) -> dict[str, int]:
    """What was counted, of the source and of its keys."""
    spelt(report)
    of_keys = report.spelling.oddities.counts if report.spelling is not None else {}
    return {**report.probed.oddities, **{kind: times for (kind, _), times in of_keys.items()}}


def exchanged(report: Report, exchange: Exchange) -> dict[str, Any]:
    """One request and its answer."""
    masks, request, came = report.masks, exchange.request, exchange.came
    told: dict[str, Any] = {
        "method": request.method,
        "url": masks(report.declared.url.rstrip("/") + request.target),
        "headers": masks.headers(request),
        "body": masks(question(request.body)),
    }
    if isinstance(came, SourceFault):
        return {**told, "code": came.code}
    text = masks(answer(came, getattr(report.declared, "encoding", None)))
    cut = f"\n... {len(text) - report.shown} characters more" if len(text) > report.shown else ""
    kind = came.headers.get("content-type", "")
    return {**told, "status": came.status, "type": kind, "bytes": len(came.body), "answer": text[: report.shown] + cut}


def recorded(report: Report) -> Iterator[dict[str, Any]]:
    """The records, with the fields that are set."""
    for said in report.probed.answers.values():
        for record in said.records if isinstance(said, Answer) else ():
            yield _plain(record, report)


def _plain(record: Record, report: Report) -> dict[str, Any]:
    names = [one.name for one in fields(record) if one.name not in BOOKKEEPING - {"native_id"}]
    told = {name: value for name in names if (value := getattr(record, name)) is not UNSET}
    keys = {space: key for space, key in record.keys.items() if space != report.source}  # its own is the native id
    if keys:
        told["keys"] = keys
    plain: dict[str, Any] = msgspec.json.decode(report.masks(msgspec.json.encode(told).decode()))
    return plain


def looked(report: Report) -> Iterator[tuple[str, str, str, str, str]]:
    """Every field that is declared: its path, in how many rows it found something, an example, where it stands."""
    seen = report.probed.seen
    by_field: dict[tuple[str, ...], list[Sight]] = {}
    for sight in seen.sights:
        by_field.setdefault(sight.way, []).append(sight)
    for way, sights in by_field.items():
        worst = min(sights, key=lambda one: _WORST.index(one.how))
        found = sum(one.how is not How.ABSENT for one in sights)
        how = worst.how.value if worst.how in _ODD else f"in {found} of {len(sights)}" if found else How.ABSENT.value
        shown = worst if worst.how in _ODD else next((one for one in sights if one.raw is not None), worst)
        example = "" if shown.raw is None else _example(shown.raw, report.masks)
        yield _dotted(way), sights[0].path, how, example, _at(report.spots.field(way))


_ODD = (How.UNREADABLE, How.UNKNOWN)
_WORST = (*_ODD, How.READ, How.NULL, How.ABSENT)


def unanswered(report: Report) -> Iterable[Key]:
    """The keys of which the source knows nothing."""
    if report.probed.fault is not None:
        return []
    answers = report.probed.answers
    return [key for key in report.keys if key not in answers or _is_empty(answers[key])]


def _is_empty(said: Answer | SourceFault) -> bool:
    return isinstance(said, Answer) and not said.records


def spot_of(report: Report, fault: SourceFault) -> Place:
    """Where in YAML that is declared with which a fault has to do."""
    match fault:
        case Unauthorised():
            return report.spots.access()
        case Drifted():
            return report.spots.part("expect", "each", "answer")
        case Malformed():
            return report.spots.part("each")
        case BadRequest():
            return report.spots.part("keys", "body", "query")
        case _:
            return report.spots.part()


def _at(place: Place) -> str:
    return f"{place.file}:{place.line}:{place.column}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s'[: number != 1]}"


def _dotted(way: Sequence[str]) -> str:
    return ".".join(step for step in way if step != "record")


def _example(value: Any, masks: Masks) -> str:
    """The beginning of a value; masked before it is cut, for half a secret is one, too."""
    text = masks(value if isinstance(value, str) else msgspec.json.encode(value, enc_hook=str).decode())
    return text if len(text) <= EXAMPLE else f"{text[:EXAMPLE]}..."


def _compact(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
