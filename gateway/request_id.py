"""A name for each request, by which the client's error and the operator's log line find each other.

Systems that are asked on its behalf hear it, too, and the trace that it is part of.
"""

import re
from os import urandom

from gateway.traceparent import HEADER as TRACEPARENT
from gateway.traceparent import Traceparent, traceparent
from sources.passed_on import PassedOn, pass_on, passed_on, passing_on

HEADER = "x-request-id"

_SANE = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)


def request_id() -> str:
    """Name the request that is being answered; `-` outside of any."""
    return passed_on().get(HEADER, "-")


def trace() -> Traceparent | None:
    """The trace that the request is part of, if any."""
    return traceparent(passed_on().get(TRACEPARENT))


def sane(given: str | None) -> str:
    """The id that a proxy gave, if it is one; else a new one."""
    return given if given and _SANE.fullmatch(given) else new_id()


def new_id() -> str:
    """A name that no other request has."""
    return urandom(16).hex()


def naming(name: str, given: str | None = None) -> passing_on:
    """A block in which the request goes by this name. given: what it says of a trace that it is part of."""
    return passing_on(_passed(name, given))


def go_by(name: str, given: str | None) -> None:
    """Go by this name for as long as the present task lasts."""
    pass_on(_passed(name, given))


def _passed(name: str, given: str | None) -> PassedOn:
    known = traceparent(given) if given else None
    return PassedOn({HEADER: name, **known.headers} if known else {HEADER: name})
