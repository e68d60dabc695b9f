"""Lists whose pages do not go on as was agreed; at most 4 pages and 50 rows of one are read."""

from collections.abc import Sequence
from typing import Any

from model.faults import Malformed, Unavailable
from tests.sources.broken.at_json import DECLARED, FIRST, SECOND, written
from tests.sources.broken.case import BOTH, Broken, Medium
from tests.sources.broken.wire import Answering, Heard, http

_OFFSET = "each: rows\npaging: {by: offset, size: 2, total: {at: total}}\n"
_NUMBERED = "each: rows\npaging: {by: page, size: 2}\n"
_CURSOR = "each: rows\npaging: {by: cursor, cursor: after, limit: null, next: {at: next}}\n"
_LINK = "each: rows\npaging: {by: link, follow: [after], limit: null, next: {at: next}}\n"
_HEADER = "each: rows\npaging: {by: link, follow: [after], limit: null}\n"
_FURTHER = {"id": 3, "code": "BJ-3", "name": "电路三", "speed": 1, "owner": "C9"}


def _declared(paging: str) -> str:
    """The rows of a page stand beside what tells how to go on."""
    each, paged = paging.splitlines()
    return f"{DECLARED.replace('keys:', f'{each}, keys:')}{paged}\n"


def _page(rows: Sequence[Any] = (FIRST, SECOND), *headers: str, **more: Any) -> bytes:
    return http(written({"rows": list(rows), **more}), *headers)


def _at(name: str, heard: Heard) -> int:
    return int(heard.query.get(name, ["0"])[0])


def _on_and_on(*, by: str, total: int | None = None) -> Answering:
    """Another page at each place, without end."""

    def answer(heard: Heard) -> bytes:
        place = _at(by, heard)
        rows = (
            (FIRST, SECOND) if place <= (by == "page") else ({**_FURTHER, "id": place}, {**_FURTHER, "id": -place - 1})
        )
        return _page(rows, **({"total": total} if total else {}), next=str(place + 1))

    return answer


def _then(second: bytes, **first: Any) -> Answering:
    """A first page that has a next one, and what comes in its place."""
    return lambda heard: (
        second if heard.query.get("after", heard.query.get("offset")) not in (None, ["0"]) else _page(**first)
    )


def _paged(*pages: Sequence[Any], totals: Sequence[int]) -> Answering:
    """These pages of two rows, each with its own total."""

    def answer(heard: Heard) -> bytes:
        number = min(_at("offset", heard) // 2, len(pages))
        return _page((*pages, ())[number], total=(*totals, totals[-1])[number])

    return answer


def _cycling(heard: Heard) -> bytes:
    following = {"": "a", "a": "b", "b": "a"}[heard.query.get("after", [""])[0]]
    return _page((FIRST, SECOND) if following == "a" else ({**_FURTHER, "id": following},), next=following)


def _case(says: bytes | Answering, paging: str, becomes: Any = BOTH, *, complete: bool = False) -> Broken:
    return Broken(says, becomes, complete=complete, declared=_declared(paging))


def _unending(paging: str, by: str) -> Broken:
    return _case(_on_and_on(by=by), paging)


BROKEN = {
    "the same page at every offset": _case(_page(), _OFFSET.replace(", total: {at: total}", "")),
    "offsets without end": _unending(_OFFSET, "offset"),
    "a total larger than there are rows": _case(_then(_page(()), total=9), _OFFSET),
    "a total of billions": _case(_then(_page(()), total=10**12), _OFFSET),
    "a total of 30 digits": _case(_then(_page(()), total=10**30), _OFFSET),
    "no rows, and a total": Broken(
        _page((), total=2), {}, lost=dict.fromkeys(BOTH, Malformed), complete=False, declared=_declared(_OFFSET)
    ),
    "the same page at every offset, and a total": _case(_page(total=4), _OFFSET),
    "a page that begins before the former one ended": _case(
        _paged((FIRST, SECOND), (SECOND, _FURTHER), totals=(4, 4)), _OFFSET
    ),
    "a total that grows": _case(_paged((FIRST, SECOND), (_FURTHER,), totals=(3, 4)), _OFFSET),
    "a total that falls": _case(_paged((FIRST, SECOND), (_FURTHER,), totals=(4, 3)), _OFFSET),
    "a total smaller than there are rows": _case(_page(total=1), _OFFSET, complete=True),
    "a total below nothing": _case(_then(_page(()), total=-5), _OFFSET, complete=True),
    "a total that is no number": _case(_then(_page(()), total="many"), _OFFSET, complete=True),
    "rows that are fewer than their total, all at once": _case(
        _page(total=5), _OFFSET.replace("by: offset", "by: none")
    ),
    "the same page under every number": _case(_page(), _NUMBERED),
    "numbered pages without end": _unending(_NUMBERED, "page"),
    "a cursor that stays": _case(_page(next="x"), _CURSOR),
    "a cursor that cycles": _case(_cycling, _CURSOR),
    "cursors without end": _unending(_CURSOR, "after"),
    "a cursor of 1 MB": _case(_page(next="x" * 90_000), _CURSOR),
    "a cursor that is an object": _case(_page(next={"$gt": ""}), _CURSOR),
    "a second page that fails": _case(_then(http("", status=500), next="2"), _CURSOR, Unavailable),
    "a second page that is cut off": _case(_then(http(b'{"rows": ['), next="2"), _CURSOR, Malformed),
    "a second page without rows' place": _case(_then(http(b"{}"), next="2"), _CURSOR, Malformed),
    "a next link to another host": _case(_page(next="http://evil.example/?page=2"), _LINK),
    "a next link to another host, with our parameter": _case(
        _then(_page(()), next="http://evil.example/?after=2"), _LINK, complete=True
    ),
    "a next link to a file": _case(_page(next="file:///etc/passwd"), _LINK),
    "a next link that is no address": _case(_page(next="http://[::1"), _LINK),
    "a next link that is a number": _case(_page(next=7), _LINK),
    "a Link header that is none": _case(
        _page((FIRST, SECOND), 'link: <<>>; rel="next", <http://[>; rel=next'), _HEADER
    ),
}
LISTS = Medium("lists", DECLARED, _page(total=2), BROKEN)
