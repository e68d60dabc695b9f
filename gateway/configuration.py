"""What `trunkline.yaml` says, as a whole: read once, or refused with every mistake in it at once."""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import BaseModel

from auth.policy import Policy, RolePolicy, shipped_policy
from gateway.admission import AuthSection, StoreSection
from gateway.settings import Settings
from gateway.upstream_schemas import schema_mistakes
from model.caller import Role
from model.nouns import NOUNS
from resolvers.correlation import CORRELATED
from resolvers.policy import NounPolicy
from sources.configuration import read_sources
from sources.grammar.source import SourceDeclaration
from sources.grammar.words import Declared, one_of
from sources.positions import ConfigurationError, Document, Mistake, Where, dotted, part, validated
from sources.secrets import absent_secrets

S = TypeVar("S", bound=BaseModel)


class _File(Declared):
    """The sections that a file has; each is read by who knows what it means."""

    version: Literal[1]
    sources: Any
    nouns: Any = None
    gateway: Any = None
    auth: Any = None
    store: Any = None
    policy: Any = None


@dataclass(frozen=True)
class Configuration:
    """The sources, how their words are merged, and what the file says of the gateway itself."""

    sources: Mapping[str, SourceDeclaration]
    nouns: Mapping[str, NounPolicy]
    gateway: Settings
    auth: AuthSection | None = None
    store: StoreSection | None = None
    policy: Policy = dataclasses.field(default_factory=shipped_policy)
    absent: Sequence[Mistake] = ()

    @property
    def labels(self) -> dict[str, str]:
        """The names of sources in public."""
        return {name: declared.label for name, declared in self.sources.items() if declared.label}


def load(path: Path, *, without_secrets: bool = False) -> Configuration:
    """Read a file; ConfigurationError has all of its mistakes, each with its line and column.

    without_secrets: a source's secret that is not there is no mistake but told in `absent`: that source alone cannot be
    asked until it is.
    """
    return understand(Document.read(path), without_secrets=without_secrets)


def understand(document: Document, *, without_secrets: bool = False) -> Configuration:
    """Read what a document says; ConfigurationError has all of its mistakes."""
    if document.data is None and document.mistakes:
        raise ConfigurationError(document.mistakes)
    reading = _Reading(document)
    reading.section(_File, ())
    absent: list[Mistake] = []
    sources = reading.sources(absent)
    nouns = reading.nouns()
    gateway = reading.section(Settings, ("gateway",))
    auth, store = reading.auth(), reading.said(StoreSection, "store")
    roles = reading.roles()
    if not without_secrets:
        reading.mistakes += absent
    if reading.mistakes or gateway is None:
        raise ConfigurationError(reading.mistakes)
    return Configuration(sources, nouns, gateway, auth, store, {**shipped_policy(), **roles}, absent)


class _Reading:
    """One pass over a document that goes on after a mistake."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.mistakes: list[Mistake] = list(document.mistakes)

    def section(self, model: type[S], where: Where) -> S | None:
        try:
            read = validated(model, self.document, where)
        except ConfigurationError as error:
            self.mistakes += error.mistakes
            return None
        for way, expected in absent_secrets(read):
            self.mistaken((*where, *way), expected)
        return read

    def said(self, model: type[S], name: str) -> S | None:
        return None if part(self.document.data, (name,)) is None else self.section(model, (name,))

    def auth(self) -> AuthSection | None:
        auth = self.said(AuthSection, "auth")
        if auth and part(self.document.data, ("store",)) is None:
            for name, issuer in auth.issuers.items():
                if issuer.grants == "store":
                    self.mistaken(
                        ("auth", "issuers", name, "grants"), "expected a section store: to say what these may"
                    )
        return auth

    def sources(self, absent: list[Mistake]) -> dict[str, SourceDeclaration]:
        """The sources; `absent` takes those of their secrets that are not there now."""
        try:
            sources = read_sources(self.document, absent=absent)
        except ConfigurationError as error:
            self.mistakes += error.mistakes
            return {}
        self.mistakes += schema_mistakes(self.document, sources)
        return sources

    def nouns(self) -> dict[str, NounPolicy]:
        said = part(self.document.data, ("nouns",))
        if said is None:
            return {}
        if not isinstance(said, Mapping):
            self.mistaken(("nouns",), "expected a mapping of nouns")
            return {}
        policies = {}
        for name, policy in said.items():
            if name not in NOUNS:
                self.mistaken(("nouns", name), one_of(name, NOUNS), repr(name))
            elif read := self.policy(name, policy):
                policies[name] = read
        return policies

    def roles(self) -> dict[Role, RolePolicy]:
        """The roles that the file shows otherwise than the shipped policy does."""
        said = part(self.document.data, ("policy",))
        if said is None:
            return {}
        if not isinstance(said, Mapping):
            self.mistaken(("policy",), "expected a mapping of roles")
            return {}
        roles = {}
        for name in said:
            if name not in set(Role):
                self.mistaken(("policy", name), one_of(str(name), [role.value for role in Role]), repr(name))
            elif read := self.section(RolePolicy, ("policy", name)):
                roles[Role(name)] = read
        return roles

    def policy(self, noun: str, said: Any) -> NounPolicy | None:
        where = ("nouns", noun)
        sources, fields = part(self.document.data, ("sources",)), part(said, ("fields",))
        for place, source in _named_sources(said, where):
            if isinstance(sources, Mapping) and source not in sources:
                self.mistaken(place, one_of(source, sources), repr(source))
        for field in fields if isinstance(fields, Mapping) else ():
            if field not in NOUNS[noun].fields:
                self.mistaken((*where, "fields", field), one_of(field, NOUNS[noun].fields), repr(field))
        self.correlation(noun, part(said, ("correlate",)), (*where, "correlate"))
        return self.section(NounPolicy, where)

    def correlation(self, noun: str, rules: Any, where: Where) -> None:
        if rules is not None and noun not in CORRELATED:
            self.mistaken(where, f"expected no correlate: a {noun} is known by its key")
        for place, rule in enumerate(rules if isinstance(rules, list) else ()):
            for name in ("equal", "within"):
                for field in part(rule, (name,)) or ():
                    if field not in NOUNS[noun].fields:
                        self.mistaken((*where, place, name), one_of(field, NOUNS[noun].fields), repr(field))

    def mistaken(self, where: Where, expected: str, found: str = "") -> None:
        line, column = self.document.locate(where)
        self.mistakes.append(Mistake(self.document.file, line, column, dotted(where), expected, found))


def _named_sources(said: Any, where: Where) -> Iterator[tuple[Where, str]]:
    """Every source that a policy names, and where it does, however wrong the rest of it may be."""
    if isinstance(said, Mapping):
        for name, value in said.items():
            if name in ("authority", "standby", "prefer") and isinstance(value, list):
                yield from (((*where, name, place), one) for place, one in enumerate(value) if isinstance(one, str))
            elif name == "fields" and isinstance(value, Mapping):
                for field in value:
                    yield from _named_sources(value[field], (*where, name, field))
