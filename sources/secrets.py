"""Secrets: named in the configuration, kept in the environment or in files, read again when they change."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Self, TypeAlias

from pydantic import BaseModel, PrivateAttr, model_validator
from pydantic_core import PydanticCustomError

from sources.grammar.words import Declared

Where: TypeAlias = tuple[str | int, ...]
"""The way to a value within a declaration."""


class Secret(Declared):
    """`{env: NAME}` or `{file: PATH}`. Its value is never part of what it shows of itself."""

    env: str | None = None
    file: str | None = None
    _read: tuple[int, str] | None = PrivateAttr(default=None)

    @model_validator(mode="before")
    @classmethod
    def _not_in_the_open(cls, data: object) -> object:
        if isinstance(data, str):
            raise PydanticCustomError("hidden", "expected a secret by name: a mapping of env or file")
        return data

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.env is None) == (self.file is None):
            raise ValueError("expected either env or file")
        return self

    def value(self) -> str:
        """The secret as it is now; LookupError when it is gone."""
        if self.env is not None:
            value = os.environ.get(self.env)
            if not value:
                raise LookupError(f"the environment variable {self.env} to be set")
            return value
        return self._from_file(Path(self.file or ""))

    def _from_file(self, path: Path) -> str:
        try:
            changed = path.stat().st_mtime_ns
            if self._read is None or self._read[0] != changed:
                self._read = (changed, path.read_text(encoding="utf-8").strip())
        except (OSError, UnicodeDecodeError) as err:
            raise LookupError(f"the file {path} to be readable") from err
        return self._read[1]


def absent_secrets(declared: object, where: Where = ()) -> Iterator[tuple[Where, str]]:
    """The secrets within a declaration that are not there now: where they are named, and what was expected."""
    if isinstance(declared, Secret):
        try:
            declared.value()
        except LookupError as err:
            yield where, f"expected {err.args[0]}"
    elif isinstance(declared, BaseModel):
        for name in declared.model_fields_set:
            yield from absent_secrets(getattr(declared, name), (*where, name))
    elif isinstance(declared, Mapping):
        for name, value in declared.items():
            yield from absent_secrets(value, (*where, str(name)))
    elif isinstance(declared, list | tuple):
        for place, value in enumerate(declared):
            yield from absent_secrets(value, (*where, place))


def revealed(value: str | Secret) -> str:
    """The text of what may be plain or secret; LookupError when a secret is gone."""
    return value if isinstance(value, str) else value.value()
