"""One page of a list: where it starts, and what it comes to as an answer that can be gone on from."""

from collections.abc import Sequence
from datetime import UTC, datetime

from model.answer import Answer
from model.ask import Ask
from model.faults import BadRequest
from model.records import Record
from sources.answered import AnsweredLookup
from sources.paging import Page, Position, checked, is_cut
from sources.tokens import position_of, token


def start(one: AnsweredLookup, after: str | None, ask: Ask) -> Position:
    """The position of a page: the first one, or that of an `after` of this list; BadRequest for any other."""
    size = min(one.size, max(1, ask.limit)) if ask.limit is not None else one.size
    try:
        position = one.paging.first(size) if after is None else position_of(after, one.paging.names)
        return checked(position, one.paging, one.size)
    except ValueError as err:
        raise BadRequest(one.source, f"{one.lookup}: an `after` that is not of this list") from err


def listed(
    one: AnsweredLookup, position: Position, page: Page, records: Sequence[Record], *, complete: bool = True
) -> Answer:
    """The records of a page as an answer; incomplete if it does not move on, or has fewer rows than there are."""
    following = one.paging.following(position, page)
    after = token(following) if following is not None and dict(following) != dict(position) else None
    before = one.paging.before(position) if following is None and page.total is not None else None
    short = before is not None and page.total is not None and before + page.received < page.total
    cut = one.may_be_cut and is_cut(page)
    return Answer(
        records=records,
        as_of=datetime.now(UTC),
        complete=complete and (after is not None or following is None) and not short and not cut,
        total=page.total,
        after=after,
    )
