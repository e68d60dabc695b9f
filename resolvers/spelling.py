r"""How business keys are written: what the configuration says of it, and the one form that every key is brought to.

    key:
      case: upper
      prefixes: [LINE-, 专线]
      pattern: '(?P<city>[A-Z]{4})[-_/]?(?P<tech>SDH|OTN)[-_/]?0*(?P<number>\d+)'
      parts: [city, tech, number]
      join: "-"

brings `line-bjsh_sdh_0017`, `BJSH/SDH17` and `专线BJSH-SDH-17` to `BJSH-SDH-17`.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Annotated, Literal, Self

from msgspec import UNSET
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from resolvers.backtracking import LONGEST, WAYS_AT_MOST, ways
from sources.oddities import Oddities

KNOWN_AT_MOST = 20_000
"""So many keys are remembered with the form that they are brought to, of each noun."""
UNLIKE = "keys that no pattern is like"
UNSTABLE = "keys that have no one form"

_BLANKS = re.compile(r"\s+")
_FOLDS: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {"upper": str.upper, "lower": str.lower, "keep": lambda text: text}
)
_NOTHING = (None, UNSET)


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _expression(text: str) -> str:
    try:
        named, tries = re.compile(text).groupindex, ways(text)
    except (re.error, RecursionError, OverflowError) as err:
        raise ValueError(f"expected a regular expression ({err})") from err
    if not named:
        raise ValueError("expected a regular expression with named groups")
    if tries > WAYS_AT_MOST:
        raise ValueError("expected fewer repetitions, and none within another: a key may be tried in too many ways")
    return text


Pattern = Annotated[str, AfterValidator(_expression)]
"""A regular expression with named groups, for the whole of a key, that does not take long on any."""


class KeyPolicy(BaseModel):
    """How a noun's business key is written before it is compared.

    Width and blanks never count; `case` if that is said. prefixes: taken away where a key begins with one. pattern: for
    the whole of what is left, or several, of which the first counts that is like it; of its named groups those that
    `parts` names (by default its own, in their order), and that take part, are joined by `join`. A key that no
    pattern is like stays as it is.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    case: Literal["keep", "upper", "lower"] = "keep"
    prefixes: tuple[Annotated[str, Field(min_length=1)], ...] = ()
    pattern: Annotated[tuple[Pattern, ...], BeforeValidator(_listed, json_schema_input_type=str | list[str])] = ()
    parts: tuple[str, ...] = ()
    join: str = "-"

    @model_validator(mode="after")
    def _parts_are_groups(self) -> Self:
        if self.parts and not self.pattern:
            raise ValueError("expected pattern beside parts")
        for pattern in self.pattern:
            groups = re.compile(pattern).groupindex
            missing = [part for part in self.parts if part not in groups]
            if missing:
                raise ValueError(f"expected parts to be groups of every pattern, found no {missing[0]!r} in {pattern}")
        return self


class Spelling:
    """Writes a business key in the one form in which it is compared, shown and asked for.

    Most keys are written so already: `known` are those that were (and nothing at all), for whoever has many to look at.
    `oddities` counts the keys that have no such form, each once as long as it is remembered.
    """

    __slots__ = ("_fold", "_forms", "_join", "_patterns", "_prefixes", "known", "oddities")

    def __init__(self, key: KeyPolicy, noun: str = "") -> None:
        self._fold = _FOLDS[key.case]
        self._prefixes = tuple(map(self._plain, key.prefixes))
        patterns = map(re.compile, key.pattern)
        self._patterns = tuple((pattern, key.parts or tuple(pattern.groupindex)) for pattern in patterns)
        self._join = key.join
        self._forms: dict[str, str] = {}
        self.known: set[object] = {*_NOTHING}
        self.oddities = Oddities(f"nouns.{noun}")

    def __call__(self, text: str) -> str:
        """The key in its one form."""
        if text in self.known:
            return text
        written = self._forms.get(text)
        if written is None:
            written = self._written(text)
            self._remember(text, written)
        return written

    def _written(self, text: str) -> str:
        plain = self._bare(self._plain(text))
        if not self._patterns:
            return plain
        written = self._parted(plain)
        if written is None:
            self.oddities.note(UNLIKE, "key", text)
            return plain
        again = self._bare(self._plain(written))
        if (self._parted(again) or again) != written:
            self.oddities.note(UNSTABLE, "key", text)
            return plain
        return written

    def _plain(self, text: str) -> str:
        return self._fold(_BLANKS.sub("", text if text.isascii() else unicodedata.normalize("NFKC", text)))

    def _bare(self, text: str) -> str:
        """The key without its prefixes; a prefix alone is a key."""
        while prefix := next((one for one in self._prefixes if text.startswith(one) and text != one), None):
            text = text[len(prefix) :]
        return text

    def _parted(self, text: str) -> str | None:
        """The named parts of a key, joined; None if no pattern is like it."""
        if len(text) > LONGEST:
            return None
        for pattern, parts in self._patterns:
            if match := pattern.fullmatch(text):
                return self._joined([match[part] for part in parts])
        return None

    def _joined(self, parts: Sequence[str | None]) -> str | None:
        return self._join.join(part for part in parts if part) or None

    def _remember(self, text: str, written: str) -> None:
        if len(self.known) + len(self._forms) >= KNOWN_AT_MOST:
            self._forms.clear()
            self.known.clear()  # the very set is in others' hands
            self.known.update(_NOTHING)
        if written == text:
            self.known.add(text)
        else:
            self._forms[text] = written
