"""Tags by which a phone asks whether an answer is still what it has [RFC 9110, 8.8.3 and 13.1.2].

A tag stands for the data and the errors of an answer. What it tells of the way there (`extensions`: calls, times) is
new each time and says nothing that a client would have to fetch again: the tag is a weak one.
"""

from hashlib import blake2b

import msgspec
from msgspec import Raw, Struct


class _Content(Struct):
    data: Raw = Raw(b"null")
    errors: Raw = Raw(b"null")


_decoder = msgspec.json.Decoder(_Content)


def tag_of(body: bytes) -> str:
    """The tag of an answer in JSON."""
    content = _decoder.decode(body)
    digest = blake2b(content.data, digest_size=16)
    digest.update(b"\0")
    digest.update(content.errors)
    return f'W/"{digest.hexdigest()}"'


def is_known(if_none_match: str | None, tag: str) -> bool:
    """Whether the client has it; compared weakly."""
    if if_none_match is None:
        return False
    given = {one.strip().removeprefix("W/") for one in if_none_match.split(",")}
    return "*" in given or tag.removeprefix("W/") in given
