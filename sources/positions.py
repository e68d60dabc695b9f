"""YAML whose every node knows its line and column, and mistakes that say where they stand."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

Where = tuple[str | int, ...]
"""The way to a value: names of mappings and places (from 0) in lists."""
M = TypeVar("M", bound=BaseModel)

_TEXT = "tag:yaml.org,2002:str"
_TIMESTAMP = "tag:yaml.org,2002:timestamp"
_MERGE = "tag:yaml.org,2002:merge"


@dataclass(frozen=True, order=True)
class Place:
    """A spot in a file; line and column count from 1."""

    file: str
    line: int
    column: int


@dataclass(frozen=True, order=True)
class Mistake:
    """One thing that is wrong in a configuration file, as whoever wrote it wants to read it."""

    file: str
    line: int
    column: int
    where: str
    expected: str
    found: str = ""

    def __str__(self) -> str:
        spot = f"{self.file}:{self.line}:{self.column}: "
        where = f"{self.where}: " if self.where else ""
        found = f", found {self.found}" if self.found else ""
        return f"{spot}{where}{self.expected}{found}"


class ConfigurationError(Exception):
    """A configuration cannot be used: all of its mistakes, in the order in which they stand in the file."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(sorted(set(mistakes)))
        super().__init__("\n".join(map(str, self.mistakes)))


@dataclass
class Document:
    """One YAML file: its data, plain, and where each value stands.

    `mistakes` are those of the YAML itself (syntax, a name given twice); `data` is then what could be read.
    """

    file: str
    data: Any = None
    mistakes: list[Mistake] = field(default_factory=list)
    root: Node | None = None

    @classmethod
    def read(cls, path: Path) -> "Document":
        """Read a file; one that cannot be read is a document with one mistake."""
        try:
            return cls.parse(path.read_text(encoding="utf-8"), path.name)
        except (OSError, UnicodeDecodeError) as err:
            why = err.strerror if isinstance(err, OSError) else "it is not UTF-8"
            return cls(path.name, mistakes=[Mistake(path.name, 1, 1, "", "expected a readable file", str(why))])

    @classmethod
    def parse(cls, text: str, file: str) -> "Document":
        """Read YAML 1.2 from text; `file` is the name by which mistakes call it."""
        document = cls(file)
        reader = YAML(typ="safe", pure=True)
        try:
            document.root = reader.compose(text)
        except YAMLError as err:
            document.mistakes.append(_syntax(file, err))
            return document
        if document.root is not None:
            document.data = _Reading(document, reader).plain(document.root, ())
        return document

    def locate(self, where: Where) -> tuple[int, int]:
        """Line and column of a value (of its name, in a mapping), or of the nearest thing around it."""
        *_, (place, _) = self._descend(where)
        return place.line, place.column

    def place(self, where: Where) -> Place:
        """Where a value stands, or the nearest thing around it."""
        return Place(self.file, *self.locate(where))

    def holds(self, where: Where) -> bool:
        """Whether this file itself says something there."""
        return sum(1 for _ in self._descend(where)) == len(where) + 1

    def _descend(self, where: Where) -> Iterator[tuple[Place, Node | None]]:
        node = self.root
        yield _place(self.file, node), node
        for step in where:
            found = _child(node, step)
            if found is None:
                return
            mark, node = found
            yield _place(self.file, mark), node


@dataclass
class _Reading:
    """Turns nodes into plain data, remembering what is wrong on the way."""

    document: Document
    reader: YAML
    around: list[Node] = field(default_factory=list)

    def plain(self, node: Node, where: Where) -> Any:
        if any(node is outer for outer in self.around):
            return self.wrong(node, where, "expected no alias to what stands around it")
        self.around.append(node)
        try:
            if isinstance(node, MappingNode):
                return self.mapping(node, where)
            if isinstance(node, SequenceNode):
                return [self.plain(item, (*where, i)) for i, item in enumerate(node.value)]
            return self.scalar(node, where)
        finally:
            self.around.pop()

    def mapping(self, node: MappingNode, where: Where) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for name, value in node.value:
            if not isinstance(name, ScalarNode) or str(name.tag) == _MERGE:
                self.wrong(name, where, "expected a plain name")
            elif name.value in data:
                self.wrong(name, (*where, name.value), "expected each name once", repr(name.value))
            else:
                data[name.value] = self.plain(value, (*where, name.value))
        return data

    def scalar(self, node: Node, where: Where) -> Any:
        if str(node.tag) in {_TEXT, _TIMESTAMP}:
            return str(node.value)
        try:
            return self.reader.constructor.construct_object(node)
        except (YAMLError, ValueError):
            return self.wrong(node, where, "expected plain text, a number, true, false or null", repr(node.value))

    def wrong(self, node: Node, where: Where, expected: str, found: str = "") -> None:
        place = _place(self.document.file, node)
        self.document.mistakes.append(
            Mistake(place.file, place.line, place.column, dotted(where), expected, found),
        )


def dotted(where: Where) -> str:
    """`sources.tickets.lookups.circuit by code.each[0]`."""
    text = ""
    for step in where:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else str(step)
    return text


def validated(model: type[M], document: Document, where: Where = (), *, default: Any = None) -> M:
    """Read a part of a document into a model; raise ConfigurationError with all that is wrong with it."""
    data = part(document.data, where)
    if data is None:
        data = {} if default is None else default
    try:
        return model.model_validate(data)
    except ValidationError as err:
        raise ConfigurationError(mistakes_of(err, data, [(document, where)], where)) from err


def part(data: Any, where: Where) -> Any:
    """The value at a place in plain data; None where there is nothing."""
    for step in where:
        if isinstance(data, Mapping):
            data = data.get(str(step))
        elif isinstance(data, Sequence) and not isinstance(data, str) and isinstance(step, int) and step < len(data):
            data = data[step]
        else:
            return None
    return data


def mistakes_of(
    err: ValidationError, data: Any, layers: Sequence[tuple[Document, Where]], where: Where = ()
) -> list[Mistake]:
    """What a model does not accept, each where it stands.

    layers: the files that the data was laid together from, each with the place in it; the first that says a
    thing is the one to blame. where: how the data is called.
    """
    found = []
    for detail in err.errors(include_url=False):
        way = _way(detail["loc"], data)
        document, below = next(((file, at) for file, at in layers if file.holds((*at, *way))), layers[0])
        line, column = document.locate((*below, *way))
        expected, value = _words(detail["type"], detail["msg"], detail.get("input"))
        found.append(Mistake(document.file, line, column, dotted((*where, *way)), expected, value))
    return found


def _way(loc: tuple[str | int, ...], data: Any) -> Where:
    """The location without the names of the branches that the validator tried."""
    way: list[str | int] = []
    for last, step in ((i == len(loc) - 1, step) for i, step in enumerate(loc)):
        if _has(data, step):
            way.append(step)
            data = data[step]
        elif last and isinstance(data, Mapping) and str(step).isidentifier():
            way.append(step)
    return tuple(way)


def _has(data: Any, step: str | int) -> bool:
    if isinstance(data, list):
        return isinstance(step, int) and step < len(data)
    return isinstance(data, Mapping) and step in data


_KINDS = {
    "missing": "expected to be given",
    "string_type": "expected text",
    "int_type": "expected a whole number",
    "float_type": "expected a number",
    "bool_type": "expected true or false",
    "list_type": "expected a list",
    "dict_type": "expected a mapping",
    "model_type": "expected a mapping",
    "extra_forbidden": "expected no such name",
}


def _words(kind: str, message: str, value: Any) -> tuple[str, str]:
    if kind == "missing":
        return _KINDS[kind], ""
    expected = _KINDS.get(kind)
    if expected is None:
        text = message.removeprefix("Value error, ").removeprefix("Assertion failed, ")
        text = text.replace("Input should be", "expected", 1)
        expected = text if text.startswith("expected") else f"expected: {text}"
    hidden = kind == "hidden" or (kind not in _KINDS and isinstance(value, (Mapping, list)))
    return expected, "" if hidden else _shown(value)


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    text = "nothing" if value is None else "true" if value is True else "false" if value is False else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _syntax(file: str, err: YAMLError) -> Mistake:
    mark = err.problem_mark if isinstance(err, MarkedYAMLError) else None
    problem = (err.problem if isinstance(err, MarkedYAMLError) else None) or "it cannot be read"
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
    return Mistake(file, line, column, "", f"expected YAML: {problem}")


def _place(file: str, node: Node | None) -> Place:
    if node is None:
        return Place(file, 1, 1)
    return Place(file, node.start_mark.line + 1, node.start_mark.column + 1)


def _child(node: Node | None, step: str | int) -> tuple[Node, Node] | None:
    if isinstance(node, MappingNode):
        return next(((name, value) for name, value in node.value if name.value == step), None)
    if isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step], node.value[step]
    return None
