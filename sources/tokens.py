"""A position in a list as an opaque word, for whoever wants to go on there."""

import base64
from collections.abc import Mapping

import msgspec

_TOKEN_AT_MOST = 4096


def token(position: Mapping[str, str]) -> str | None:
    """A position as an opaque word for `page`; None for one that is too long to be handed around."""
    word = base64.urlsafe_b64encode(msgspec.json.encode(dict(position))).decode().rstrip("=")
    return word if len(word) <= _TOKEN_AT_MOST else None


def position_of(word: str, names: frozenset[str]) -> Mapping[str, str]:
    """The position behind a word; ValueError for what was not made by `token`, or names other parameters."""
    if len(word) > _TOKEN_AT_MOST:
        raise ValueError("too long")
    padded = word + "=" * (-len(word) % 4)
    try:
        position = msgspec.json.decode(base64.b64decode(padded, altchars=b"-_", validate=True), type=dict[str, str])
    except (msgspec.MsgspecError, ValueError) as err:
        raise ValueError("no position") from err
    if not position or not names.issuperset(position):
        raise ValueError("no position of this list")
    return position
