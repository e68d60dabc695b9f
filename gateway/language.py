"""In which language a person is spoken to: what the address says, else what the browser likes best, else English."""

from enum import StrEnum

from starlette.requests import Request as HttpRequest

from gateway.assets import qualities


class Language(StrEnum):
    """The languages of the pages and pictures, as HTML's `lang` names them."""

    ENGLISH = "en"
    CHINESE = "zh"


def language_of(http: HttpRequest) -> Language:
    """Choose for one request: `?lang=zh`, or `Accept-Language` [RFC 9110, 12.5.4]."""
    named = _known(http.query_params.get("lang", ""))
    return named or preferred(http.headers.get("accept-language", ""))


def preferred(accept_language: str) -> Language:
    """The one of ours that a browser likes best; the first named where it likes two alike."""
    liked = [(quality, language) for name, quality in qualities(accept_language).items() if (language := _known(name))]
    best = max(liked, key=lambda one: one[0], default=(0.0, Language.ENGLISH))
    return best[1] if best[0] > 0 else Language.ENGLISH


def _known(name: str) -> Language | None:
    """`zh-Hans-CN` is Chinese, and `en-GB` English."""
    primary = name.strip().lower().partition("-")[0]
    return next((language for language in Language if language == primary), None)
