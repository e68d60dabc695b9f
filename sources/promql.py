"""Selectors in Prometheus' query language, with every value escaped for where it stands."""

import re
from collections.abc import Mapping, Sequence

_RE2_SIGNS = re.compile(r"[\\.+*?()|\[\]{}^$]")


def selector(metrics: Sequence[str], labels: Mapping[str, str], label: str, values: Sequence[str]) -> str:
    """The series of these metrics with these labels, whose `label` is one of the values."""
    name = metrics[0] if len(metrics) == 1 else ""
    matchers = [] if name else [f'__name__=~"{"|".join(metrics)}"']
    matchers += [f"{one}={quoted(value)}" for one, value in labels.items()]
    matchers.append(one_of(label, values))
    return f"{name}{{{','.join(matchers)}}}"


def one_of(label: str, values: Sequence[str]) -> str:
    """The matcher for a label that is one of several values; an expression only where there are several."""
    if len(values) == 1:
        return f"{label}={quoted(values[0])}"
    return f"{label}=~{quoted('|'.join(map(literal, values)))}"


def literal(value: str) -> str:
    """A regular expression that matches this text alone [RE2; the same signs as Go's QuoteMeta]."""
    return _RE2_SIGNS.sub(r"\\\g<0>", value)


def quoted(value: str) -> str:
    """A string of the query language."""
    value = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return f'"{value}"'
