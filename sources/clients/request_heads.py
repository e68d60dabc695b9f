"""Requests as they are sent: what one says like the one before it is written once."""

from collections.abc import Mapping
from typing import Final

from model.faults import Rejected

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

    def request(
        self, method: str, target: str, passed: Mapping[str, str], headers: Mapping[str, str], body: bytes | None
    ) -> bytes:
        """A request's bytes; Rejected for one that would not be read as it is meant [RFC 9112, 11.1].

        passed: headers, too, which give way to the others.
        """
        if headers != self._headers:
            self._remember(headers)
        if self._names.isdisjoint(passed):
            fields = len(self._names) + len(passed)
            head = f"{method} {target} HTTP/1.1\r\n{self._before}{_lines(passed)}{self._after}"
        else:
            every = {**self._always, **passed, **headers}
            fields = len(every)
            head = f"{method} {target} HTTP/1.1\r\n{_lines(every)}"
        if body is not None or method == "POST":
            fields += 1
            head += f"Content-Length: {len(body or b'')}\r\n"
        if head.count("\n") != fields + 1 or head.count("\r") != fields + 1 or "\0" in head or not head.isascii():
            raise Rejected(self._source, "a request that cannot be sent (what is no header)")
        said = f"{head}\r\n".encode("ascii")
        return said + body if body else said

    def _remember(self, headers: Mapping[str, str]) -> None:
        every = {**self._always, **headers}
        self._headers = dict(headers)
        self._names = frozenset(every)
        self._before = _lines({name: every[name] for name in self._always})
        self._after = _lines({name: value for name, value in headers.items() if name not in self._always})


def _lines(headers: Mapping[str, str]) -> str:
    lines = ""
    for name, value in headers.items():
        lines += f"{_titles[name]}{value}\r\n"
    return lines
