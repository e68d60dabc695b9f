"""Selectors in Prometheus' query language, with every value escaped for where it stands."""

import re
from collections.abc import Mapping, Sequence

_PLAIN_METRIC = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_PLAIN_LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_RE2_SIGNS = re.compile(r"[\\.+*?()|\[\]{}^$]")


def selector(metrics: Sequence[str], labels: Mapping[str, str], label: str, values: Sequence[str]) -> str:
    """The series of these metrics with these labels, whose `label` is one of the values."""
    first, *others = metrics
    within = [one_of("__name__", metrics)] if others else [] if _PLAIN_METRIC.fullmatch(first) else [quoted(first)]
    matchers = [*within, *(f"{named(one)}={quoted(value)}" for one, value in labels.items()), one_of(label, values)]
    return f"{'' if within else first}{{{','.join(matchers)}}}"


def one_of(label: str, values: Sequence[str]) -> str:
    """The matcher for a label that is one of several values; an expression only where there are several."""
    if len(values) == 1:
        return f"{named(label)}={quoted(values[0])}"
    return f"{named(label)}=~{quoted('|'.join(map(literal, values)))}"


def named(name: str) -> str:
    """The name of a label: in quotes where only version 3 knows such names."""
    return name if _PLAIN_LABEL.fullmatch(name) else quoted(name)


def literal(value: str) -> str:
    """A regular expression that matches this text alone [RE2; the same signs as Go's QuoteMeta]."""
    return _RE2_SIGNS.sub(r"\\\g<0>", value)


def quoted(value: str) -> str:
    """A string of the query language."""
    value = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return f'"{value}"'
