"""The home page: from what is known for its viewer to HTML. Nothing here asks anyone."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from hashlib import sha256
from html import escape
from importlib.resources import files
from shlex import quote
from string import Template
from urllib.parse import quote as quoted

from msgspec import Struct

from gateway.language import Language
from gateway.pages.wording import WORDS

_here = files("gateway.pages")
_PAGE = Template((_here / "home.html").read_text(encoding="utf-8"))
_STYLE = (_here / "home.css").read_text(encoding="utf-8")
_SCRIPT = (_here / "home.js").read_text(encoding="utf-8")
FAVICON = (_here / "favicon.svg").read_bytes()


def _fingerprint(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


POLICY = "; ".join(
    (
        "default-src 'none'",
        f"script-src {_fingerprint(_SCRIPT)}",
        f"style-src {_fingerprint(_STYLE)}",
        "img-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
"""Only our own style and script, by what is in them; requests to this gateway alone."""


class SourceState(Struct, frozen=True, omit_defaults=True):
    """A source in its viewer's eyes. `name`, `ms` and `lookups` are for staff."""

    label: str
    state: str
    code: str | None = None
    name: str | None = None
    ms: float | None = None
    lookups: Sequence[str] | None = None


class Figures(Struct, frozen=True):
    """How many there are of each, where that is told, and a circuit worth looking at, with its customer."""

    counts: Mapping[str, int | None]
    circuit: str | None = None
    customer: str | None = None


class Home(Struct, frozen=True):
    """What the page shows. `sources` is None for those who may see none; `url` is where the gateway is reached."""

    url: str
    sources: Sequence[SourceState] | None
    figures: Figures | None
    customers: Sequence[str] = ()


def rendered(home: Home, language: Language) -> bytes:
    """Write the page."""
    words = {f"w_{key.replace(' ', '_')}": _say(language, key) for key in WORDS}
    return _PAGE.substitute(
        words,
        lang="zh-Hans" if language is Language.CHINESE else "en",
        style=_STYLE,
        switch=_switch(language),
        figures=_figures(home, language),
        sources=_sources(home.sources, language),
        curl=escape(_curl(home)),
        picture=_picture(home.figures, language),
        script=f"<script>{_SCRIPT}</script>" if home.sources else "",
    ).encode()


def _say(language: Language, key: str) -> str:
    return WORDS[key][language is Language.CHINESE]


def _switch(language: Language) -> str:
    names = {Language.ENGLISH: ("English", "en"), Language.CHINESE: ("中文", "zh-Hans")}
    return "".join(
        f'<a href="/?lang={one}" lang="{tag}"{" aria-current=true" if one is language else ""}>{name}</a>'
        for one, (name, tag) in names.items()
    )


def _figures(home: Home, language: Language) -> str:
    counted: list[tuple[str, str, str]] = []
    if home.sources:
        up = sum(source.state == "UP" for source in home.sources)
        counted.append((_say(language, "answering"), f"{up} / {len(home.sources)}", ' id="up"'))
    if home.figures:
        for key, count in home.figures.counts.items():
            counted.append((_say(language, key), f"{count:,}" if count is not None else "—", ""))
    if not counted:
        return ""
    cells = "".join(f"<div><dt>{name}</dt><dd{extra}>{value}</dd></div>" for name, value, extra in counted)
    title = _say(language, "figures")
    return f'<section aria-labelledby="figures"><h2 id="figures">{title}</h2><dl class="figures">{cells}</dl></section>'


def _sources(sources: Sequence[SourceState] | None, language: Language) -> str:
    title = f'<h2 id="connected">{_say(language, "sources")}</h2>'
    if sources is None:
        inside = f'<p class="quiet">{_say(language, "stranger")}</p>'
    elif not sources:
        inside = f'<p class="quiet">{_say(language, "no sources")}</p>'
    else:
        words = "".join(f' data-{key}="{escape(_say(language, key))}"' for key in ("up", "down", "asked", "lost"))
        items = "".join(_source(source, language) for source in sources)
        inside = f'<ul class="sources" id="sources"{words}>{items}</ul>'
        inside += f'<p class="quiet" id="when">{_say(language, "as loaded")}</p>'
    return f'<section aria-labelledby="connected">{title}{inside}</section>'


def _source(source: SourceState, language: Language) -> str:
    """One source; the script writes the same."""
    up = source.state == "UP"
    state = f"● {_say(language, 'up')}" if up else f"▲ {_say(language, 'down')}"
    ms = None if source.ms is None else f"{source.ms:.0f} ms"
    about = " · ".join(escape(part) for part in (source.name, source.code, ms) if part)
    more = f'<span class="more">{escape(", ".join(source.lookups))}</span>' if source.lookups else ""
    return (
        f"<li{'' if up else ' class=down'}><strong><span>{escape(source.label)}</span>"
        f'<span class="state">{state}</span></strong><span class="about">{about}</span>{more}</li>'
    )


def _curl(home: Home) -> str:
    code = home.figures.circuit if home.figures else None
    about = f'circuit(code: \\"{code}\\") {{ name state bandwidthBps customer {{ name }} ' if code else ""
    query = (
        about + "alarms { completeness nodes { perceivedSeverity probableCause } } }" if code else "viewer { subject }"
    )
    lines = [
        f"curl -s {quote(home.url + '/graphql')} -H 'content-type: application/json'",
        *([f"-H {quote('X-Trunkline-Customer: ' + ','.join(home.customers))}"] if home.customers else []),
        "-d " + quote(f'{{"query": "{{ {query} }}"}}'),
    ]
    return " \\\n  ".join(lines)


def _picture(figures: Figures | None, language: Language) -> str:
    if figures is None or figures.circuit is None:
        return ""
    address = f"/topology/circuit/{quoted(figures.circuit)}.svg?lang={language}"
    code = escape(figures.circuit)
    caption = _say(language, "of circuit").format(code=code)
    if figures.customer:
        more = f"/topology/customer/{quoted(figures.customer)}.svg?lang={language}"
        caption += f' <a href="{escape(more)}">{_say(language, "of customer")}</a>'
    return (
        f'<section aria-labelledby="picture"><h2 id="picture">{_say(language, "picture")}</h2>'
        f'<figure><a href="{escape(address)}"><img src="{escape(address)}" '
        f'alt="{_say(language, "alt").format(code=code)}"></a><figcaption>{caption}</figcaption></figure></section>'
    )
