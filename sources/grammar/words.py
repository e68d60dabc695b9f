"""What all parts of the grammar share: strictness, durations, and help for who misspelt a name."""

import codecs
import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Annotated, Any, ClassVar, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    ModelWrapValidatorHandler,
    ValidationError,
    ValidatorFunctionWrapHandler,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError

_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h)")
_LABEL = re.compile(r"[^\W\d][\w./:-]*")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


class Declared(BaseModel):
    """A part of a declaration: strict, frozen, and helpful about a name that it does not know."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)
    short: ClassVar[Sequence[str]] = ()
    """The types, as JSON Schema names them, of what may be written instead of a mapping."""

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """What editors are told: the mapping, or what may be written in its place."""
        told = handler(core)
        if cls.short:
            whole = handler.resolve_ref_schema(told)
            mapping = {**whole}
            whole.clear()
            whole["anyOf"] = [{"type": list(cls.short)}, mapping]
        return told

    @model_validator(mode="wrap")
    @classmethod
    def _say_what_is_known(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        try:
            return handler(data)
        except ValidationError as err:
            raise ValidationError.from_exception_data(
                cls.__name__, [_helped(cls, one) for one in err.errors()]
            ) from None


def _helped(model: type[BaseModel], detail: Any) -> InitErrorDetails:
    kind: Any = detail["type"]
    found = detail["input"]
    if kind == "extra_forbidden" and len(detail["loc"]) == 1:
        found = detail["loc"][0]
        kind = PydanticCustomError("unknown_name", "{expected}", {"expected": one_of(found, model.model_fields)})
        return InitErrorDetails(type=kind, loc=detail["loc"], input=found)
    return _again(detail)


def _again(detail: Any) -> InitErrorDetails:
    """A mistake as it was, to be raised from further out."""
    kind: Any = detail["type"]
    if kind not in _STANDARD:
        kind = PydanticCustomError(kind, "{words}", {"words": detail["msg"]})
    return InitErrorDetails(type=kind, loc=detail["loc"], input=detail["input"])


_STANDARD = frozenset({"missing", "string_type", "int_type", "float_type", "bool_type", "list_type", "dict_type"})


def one_of(found: object, known: Iterable[str]) -> str:
    """`expected 'timeout'` for what looks misspelt, else `expected one of ...`."""
    names = sorted(known)
    close = [name for name in names if name.casefold() == str(found).casefold()]
    close = close or get_close_matches(str(found), names, 1, 0.7)
    return f"expected {close[0]!r}" if close else f"expected one of {', '.join(names)}"


def mistake(expected: str, found: object, *loc: str | int) -> InitErrorDetails:
    """One mistake at a place below the value that is being checked."""
    kind = PydanticCustomError("mistake", "{expected}", {"expected": expected})
    return InitErrorDetails(type=kind, loc=loc, input=found)


def raise_all(mistakes: list[InitErrorDetails]) -> None:
    """Raise these mistakes, if there are any."""
    if mistakes:
        raise ValidationError.from_exception_data("declaration", mistakes)


def checked(handler: ValidatorFunctionWrapHandler, data: Any, names: list[InitErrorDetails]) -> Any:
    """What the handler makes of the data; its mistakes and those found in the names are raised together."""
    try:
        value = handler(data)
    except ValidationError as err:
        carried = [_again(one) for one in err.errors()]
        raise_all([*carried, *names])
    raise_all(names)
    return value


def pairs(data: Any) -> list[tuple[str, Any]]:
    """The names and values of a mapping that is not yet validated; none of anything else."""
    return [(str(name), value) for name, value in data.items()] if isinstance(data, dict) else []


def _seconds(value: object) -> float:
    if isinstance(value, str) and (match := _DURATION.fullmatch(value.strip())) and float(match[1]) > 0:
        return float(match[1]) * _SECONDS[match[2]]
    if isinstance(value, float):
        return value
    raise ValueError("expected a duration such as 2s")


_DURATIONS = Annotated[str, Field(pattern=rf"^\s*{_DURATION.pattern}\s*$")]
Duration = Annotated[float, BeforeValidator(_seconds, json_schema_input_type=_DURATIONS)]
"""Seconds, written `500ms`, `2s`, `1m`."""


def _label(name: str) -> str:
    if not _LABEL.fullmatch(name):
        raise ValueError("expected the name of a label")
    return name


Label = Annotated[str, AfterValidator(_label)]
"""The name of a label, as Prometheus and its kin allow them; since version 3 with dots and in other scripts, too."""


def _expression(text: str) -> str:
    try:
        re.compile(text)
    except re.error as err:
        raise ValueError(f"expected a regular expression ({err})") from err
    return text


Expression = Annotated[str, AfterValidator(_expression)]
"""A regular expression."""


def _encoding(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError as err:
        raise ValueError("expected a character set such as gb18030") from err


Encoding = Annotated[str, AfterValidator(_encoding)]
"""The name of a character set, as Python knows it."""


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError) as err:
        raise ValueError("expected an IANA time zone such as Asia/Shanghai") from err
    return value


Zone = Annotated[str, AfterValidator(_zone)]
"""The name of a time zone, as IANA has it."""


_SIZES = {"KiB": 1024, "MiB": 1024**2}


def _size(value: object) -> object:
    if isinstance(value, str):
        number, _, unit = value.partition(" ")
        if not number.isdigit() or unit not in _SIZES:
            raise ValueError("expected a size such as 16 MiB, or a number of bytes")
        return int(number) * _SIZES[unit]
    return value


_SIZED = int | Annotated[str, Field(pattern=r"^\d+ (KiB|MiB)$")]
Size = Annotated[int, BeforeValidator(_size, json_schema_input_type=_SIZED), Field(ge=1)]
"""Bytes, written `64 KiB`, `16 MiB`, or as a number."""
