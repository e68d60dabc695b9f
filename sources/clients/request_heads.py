"""Requests as they are sent: what one says like the one before it is written once."""

from collections.abc import Mapping
from typing import Final

from model.faults import Rejected
from sources.passed_on import PassedOn
from sources.requests import Request

_TITLES_AT_MOST: Final = 256


class _Titles(dict[str, str]):
    """Headers' names as they are written: in title case, which old servers want. So many are remembered."""

    def __missing__(self, name: str) -> str:
        title = f"{name.title()}: "
        if len(self) < _TITLES_AT_MOST:
            self[name] = title
        return title


_titles = _Titles()


class Writer:
    """Writes requests to one host.

    It remembers the headers of the request before, which are most often those of the next one, too.
    """

    def __init__(self, source: str, host: str) -> None:
        self._source = source
        self._always = {"host": host, "accept-encoding": "gzip", "user-agent": "trunkline"}
        self._remember({})

    def written(self, request: Request, passed: PassedOn) -> bytes:
        """A request's bytes; Rejected for one that would not be read as it is meant [RFC 9112, 11.1].

        request: its target one that stands as it is. passed: headers, too, which give way to the request's own.
        """
        headers, body, method = request.headers, request.body, request.method
        if headers != self._headers:
            self._remember(headers)
        if self._names.isdisjoint(passed):
            if passed.lines is None:
                passed.lines = self._lines(passed)
            lines = f"{self._before}{passed.lines}{self._after}"
        else:
            lines = self._lines({**self._always, **passed, **headers})
        if body is None and method != "POST":
            return f"{method} {request.target} HTTP/1.1\r\n{lines}\r\n".encode("ascii")
        length = len(body) if body else 0
        head = f"{method} {request.target} HTTP/1.1\r\n{lines}Content-Length: {length}\r\n\r\n".encode("ascii")
        return head + body if body else head

    def _remember(self, headers: Mapping[str, str]) -> None:
        every = {**self._always, **headers}
        before = self._lines({name: every[name] for name in self._always})
        after = self._lines({name: value for name, value in headers.items() if name not in self._always})
        self._headers, self._names, self._before, self._after = dict(headers), frozenset(every), before, after

    def _lines(self, headers: Mapping[str, str]) -> str:
        lines = ""
        for name, value in headers.items():
            lines += f"{_titles[name]}{value}\r\n"
        ends = len(headers)
        if lines.count("\n") != ends or lines.count("\r") != ends or "\0" in lines or not lines.isascii():
            raise Rejected(self._source, "a request that cannot be sent (what is no header)")
        return lines
