"""What is the same for every source, however it is spoken to: where it is, how it lets us in, how long we listen."""

from collections.abc import Collection
from typing import Any, Self

from pydantic import Field

from sources.grammar.access import AuthDeclaration, Url
from sources.grammar.guards import GuardsDeclaration
from sources.grammar.lookup import OwnPath
from sources.grammar.words import Declared, Duration, Size
from sources.secrets import Secret


class LimitsDeclaration(Declared):
    """How much of a source's talk is listened to.

    bytes: of one body, decompressed. depth: of its nesting. pages_at_most and rows_at_most: of one list; what is
    beyond is cut, and the answer says that it is incomplete.
    """

    bytes: Size = 16 * 1024**2
    depth: int = Field(default=64, ge=1)
    pages_at_most: int = Field(default=50, ge=1)
    rows_at_most: int = Field(default=100_000, ge=1)


class HealthDeclaration(Declared):
    """The cheapest request that shows whether a source is there and lets us in."""

    get: OwnPath
    query: dict[str, str | int | bool] = Field(default_factory=dict)


class SourceDeclaration(Declared):
    """One upstream system.

    speaks: how it is spoken to, which decides what else may be declared. label: its name in public. ca: a file of
    certificates to trust instead of the machine's. concurrency: calls at a time. guards: what stands around it.
    """

    preset: str | None = None
    speaks: str
    url: Url
    label: str | None = None
    auth: AuthDeclaration | None = None
    timeout: Duration = 5.0
    headers: dict[str, str | Secret] = Field(default_factory=dict)
    ca: str | None = None
    concurrency: int = Field(default=8, ge=1)
    limits: LimitsDeclaration = LimitsDeclaration()
    request_line_bytes: int = Field(default=4000, ge=256)
    health: HealthDeclaration | None = None
    guards: GuardsDeclaration = GuardsDeclaration()

    @property
    def asked(self) -> Collection[str]:
        """What it can be asked, as `guards` may name it."""
        return ()

    @classmethod
    def read(cls, data: Any) -> Self:
        """Read a declaration; pydantic's ValidationError with all that is wrong with it."""
        return cls.model_validate(data)
