"""Which media type a client sends and which it takes [GraphQL over HTTP; RFC 9110, 12.5.1]."""

from collections.abc import Iterator
from email.message import Message
from functools import lru_cache

from gateway.refusals import Refusal, not_acceptable, unsupported

JSON = "application/json"
GRAPHQL = "application/graphql-response+json"


def _parsed(header: str) -> Message:
    message = Message()
    message["content-type"] = header
    return message


def check_content_type(header: str | None) -> None:
    """Let only JSON in UTF-8 pass."""
    if header == JSON:
        return
    if header is None:
        raise unsupported(f"The request body needs a Content-Type of {JSON}.")
    parsed = _parsed(header)
    if parsed.get_content_type() != JSON:
        raise unsupported(f"The request body must be {JSON}.")
    if (parsed.get_content_charset() or "utf-8") not in ("utf-8", "utf8"):
        raise unsupported("The request body must be in UTF-8.")


def _quality(parsed: Message) -> float:
    try:
        return float(str(parsed.get_param("q", "1")))
    except ValueError:
        return 0.0


def _ranges(accept: str) -> Iterator[tuple[str, float]]:
    for part in accept.split(","):
        parsed = _parsed(part.strip())
        media = parsed.get_content_type() if "/" in part else ""
        yield media, _quality(parsed)


def _preference(media: str, ranges: dict[str, float]) -> float:
    for pattern in (media, "application/*", "*/*"):
        if pattern in ranges:
            return ranges[pattern]
    return 0.0


def answer_type(accept: str | None) -> str:
    """Choose the media type of the answer: what the client likes best, plain JSON where it has no preference."""
    if not accept or accept == "*/*":
        return JSON
    return _liked_best(accept)


def likely_type(accept: str | None) -> str:
    """The same, for an answer that has to be given even to who takes none."""
    try:
        return answer_type(accept)
    except Refusal:
        return JSON


@lru_cache(maxsize=256)
def _liked_best(accept: str) -> str:
    ranges = dict(_ranges(accept))
    preferences = {media: _preference(media, ranges) for media in (JSON, GRAPHQL)}
    best = max(preferences, key=lambda media: (preferences[media], _named_first(accept, media)))
    if preferences[best] <= 0:
        raise not_acceptable(f"{JSON} and {GRAPHQL}")
    return best


def _named_first(accept: str, media: str) -> int:
    """How early a client names a media type: the earlier, the larger."""
    at = accept.lower().find(media)
    return -at if at >= 0 else -len(accept) - (media != JSON)
