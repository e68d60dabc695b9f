"""Answers that HTTP itself, or what carries it, has broken."""

import gzip
import itertools
import zlib

from model.faults import BadRequest, Malformed, Overloaded, Rejected, TimedOut, Unauthorised, Unavailable
from tests.sources.broken.at_json import DECLARED, GOOD
from tests.sources.broken.case import BOTH, LEAK, NONE, Broken, Medium
from tests.sources.broken.wire import Answering, Heard, Said, Then, chunked, cut, headed, http

_OK = http(GOOD)
_HEAD = headed(f"content-length: {len(GOOD)}")
_LONG = b" " * 65536
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_PAGE = f"<!doctype html><title>{LEAK}</title>"
_GZIP = "content-encoding: gzip"


def _sent_on(to: str, status: int = 302) -> bytes:
    return http(_PAGE, f"location: {to}", status=status, kind="text/html")


def _round(heard: Heard) -> bytes:
    return _sent_on("/crm/b" if heard.path.endswith("/a") else "/crm/a")


def _without_end(start: bytes, more: bytes = _LONG, pause: float = 0.0) -> Answering:
    return lambda heard: Said(itertools.chain([start], itertools.repeat(more)), pause=pause)


def _numbered(heard: Heard) -> Said:
    del heard
    return Said(itertools.chain([headed()[:-2]], (b"x-%d: y\r\n" % n * 1000 for n in itertools.count(0, 1000))))


def _status(status: int, *headers: str) -> bytes:
    return http(_PAGE, *headers, status=status, kind="text/html")


BROKEN = {
    "cut before a byte": Broken(cut(b""), Unavailable),
    "reset before a byte": Broken(cut(b"", Then.IS_RESET), Unavailable),
    "cut in the status line": Broken(cut(b"HTTP/1.1 20"), Unavailable),
    "cut in the head": Broken(cut(_HEAD[:30]), Unavailable),
    "cut after the head": Broken(cut(_HEAD), Unavailable),
    "cut in the body": Broken(cut(_OK[:-20]), Unavailable),
    "reset in the body": Broken(cut(_OK[:-20], Then.IS_RESET), Unavailable),
    "silence": Broken(cut(b"", Then.IS_SILENT), TimedOut, hangs=True),
    "silence after the head": Broken(cut(_HEAD, Then.IS_SILENT), TimedOut, hangs=True),
    "a length longer than the body": Broken(cut(_OK[:-2], Then.IS_SILENT), TimedOut, hangs=True),
    "a length shorter than the body": Broken(headed("content-length: 40") + GOOD, Malformed),
    "a length of nothing before a body": Broken(headed("content-length: 0") + GOOD, Malformed),
    "two lengths that differ": Broken(headed("content-length: 5", f"content-length: {len(GOOD)}") + GOOD, Unavailable),
    "a length that is no number": Broken(headed("content-length: many") + GOOD, Unavailable),
    "a length below nothing": Broken(headed("content-length: -1") + GOOD, Unavailable),
    "no length, and the connection ends": Broken(cut(headed() + GOOD), BOTH),
    "no length, and the connection ends early": Broken(cut(headed() + GOOD[:-9]), Malformed),
    "a second answer after the first": Broken(_OK + http(f'["{LEAK}"]'), BOTH),
    "another protocol": Broken(cut(b"SSH-2.0-OpenSSH_9.2 LEAK\r\n"), Unavailable),
    "HTTP/0.9": Broken(cut(GOOD), Unavailable),
    "HTTP/2 without asking": Broken(
        cut(b"\0\0\x12\x04\0\0\0\0\0\0\3\0\0\0\x80\0\4\0\1\0\0\0\5\0\xff\xff\xff"), Unavailable
    ),
    "a status that is no number": Broken(b"HTTP/1.1 OK fine\r\n\r\n" + GOOD, Unavailable),
    "a status of four digits": Broken(b"HTTP/1.1 2000 OK\r\ncontent-length: 0\r\n\r\n", Unavailable),
    "a head of binary": Broken(b"HTTP/1.1 200 OK\r\nx-\0: \1\r\ncontent-length: 2\r\n\r\n[]", Unavailable),
    "a header of 1 MB": Broken(headed("x: " + "y" * 1_000_000, "content-length: 2") + b"[]", Unavailable),
    "10,000 headers": Broken(headed(*(f"x-{n}: y" for n in range(10_000)), "content-length: 2") + b"[]", Unavailable),
    "headers without end": Broken(_numbered, Unavailable),
    "a chunk of no size": Broken(headed("transfer-encoding: chunked") + b"many\r\n" + GOOD, Unavailable),
    "a chunk shorter than it says": Broken(cut(headed("transfer-encoding: chunked") + b"fff\r\n" + GOOD), Unavailable),
    "a chunk longer than it says": Broken(
        headed("transfer-encoding: chunked") + b"5\r\n" + GOOD + b"\r\n0\r\n\r\n", Unavailable
    ),
    "chunks without an end": Broken(cut(chunked(GOOD, end=b"")), Unavailable),
    "a chunk of 2^64 bytes": Broken(
        headed("transfer-encoding: chunked") + b"10000000000000000\r\n" + GOOD, Unavailable
    ),
    "chunks and a length": Broken(
        headed("transfer-encoding: chunked", "content-length: 3") + chunked(GOOD).partition(b"\r\n\r\n")[2], BOTH
    ),
    "an encoding of transfers that there is not": Broken(cut(headed("transfer-encoding: klingon") + GOOD), BOTH),
    "103 before the answer": Broken(b"HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n" + _OK, BOTH),
    "100 without end": Broken(_without_end(_CONTINUE, _CONTINUE, 0.01), TimedOut, hangs=True),
    "101": Broken(b"HTTP/1.1 101 Switching Protocols\r\nupgrade: klingon\r\nconnection: upgrade\r\n\r\n", Malformed),
    "gzip that is none": Broken(http(GOOD, _GZIP), Malformed),
    "gzip that ends early": Broken(http(gzip.compress(GOOD)[:-12], _GZIP), Malformed),
    "gzip with a wrong checksum": Broken(http(gzip.compress(GOOD)[:-8] + b"\0" * 8, _GZIP), Malformed),
    "gzip, and more after it": Broken(http(gzip.compress(GOOD) + LEAK.encode(), _GZIP), Malformed),
    "gzip in two members": Broken(http(gzip.compress(GOOD[:50]) + gzip.compress(GOOD[50:]), _GZIP), BOTH),
    "gzip of nothing, without end": Broken(_without_end(headed(_GZIP), gzip.compress(b"") * 1000), Malformed),
    "gzip within gzip": Broken(http(gzip.compress(gzip.compress(GOOD)), _GZIP), Malformed),
    "gzip within gzip, as it says": Broken(
        http(gzip.compress(gzip.compress(GOOD)), "content-encoding: gzip, gzip"), Malformed
    ),
    "gzip unsaid": Broken(http(gzip.compress(GOOD)), Malformed),
    "a bomb": Broken(http(gzip.compress(b" " * 50_000_000), _GZIP), Malformed),
    "a bomb within a bomb": Broken(http(gzip.compress(gzip.compress(b" " * 50_000_000) * 50), _GZIP), Malformed),
    "brotli, unasked": Broken(http(GOOD, "content-encoding: br"), Malformed),
    "zstd, unasked": Broken(http(GOOD, "content-encoding: zstd"), Malformed),
    "deflate, with its head": Broken(http(zlib.compress(GOOD), "content-encoding: deflate"), BOTH),
    "deflate, without its head": Broken(http(zlib.compress(GOOD)[2:-4], "content-encoding: deflate"), Malformed),
    "a body of 50 MB": Broken(Said([headed("content-length: 52428800"), *[_LONG] * 800]), Malformed),
    "a body without end": Broken(_without_end(headed()), Malformed),
    "a chunked body without end": Broken(
        _without_end(headed("transfer-encoding: chunked") + b"ffffffff\r\n"), Malformed
    ),
    "a slow drip of the head": Broken(_without_end(b"HTTP/1.1 200 O", b"O", 0.02), TimedOut, hangs=True),
    "a slow drip of the body": Broken(_without_end(headed(), b" ", 0.02), TimedOut, hangs=True),
    "a redirect for ever": Broken(_sent_on("/crm/x"), Malformed),
    "a redirect round and round": Broken(_round, Malformed),
    "a redirect nowhere": Broken(http(_PAGE, status=302, kind="text/html"), Malformed),
    "a redirect to another host": Broken(_sent_on(f"http://{LEAK}.example/"), Rejected),
    "a redirect to another port": Broken(_sent_on("http://127.0.0.1:1/"), Rejected),
    "a redirect to another scheme": Broken(_sent_on("https://127.0.0.1/"), Rejected),
    "a redirect to a host without a scheme": Broken(_sent_on("//127.0.0.1:1/"), Rejected),
    "a redirect to a file": Broken(_sent_on("file:///etc/passwd"), Rejected),
    "a redirect with credentials": Broken(_sent_on(f"http://me:{LEAK}@169.254.169.254/latest/meta-data"), Rejected),
    "a redirect to no address": Broken(_sent_on("http://[::1"), Rejected),
    "206": Broken(http(GOOD, "content-range: bytes 0-99/200", status=206), BOTH, complete=False),
    "204 with a body": Broken(headed(status=204) + GOOD, NONE),
    "205": Broken(http(b"", status=205), Malformed),
    "300": Broken(_status(300), Malformed),
    "304": Broken(headed(status=304), Malformed),
    "400": Broken(_status(400), BadRequest),
    "401": Broken(_status(401, "www-authenticate: Basic"), Unauthorised),
    "403": Broken(_status(403), Unauthorised),
    "404": Broken(_status(404), BadRequest),
    "405": Broken(_status(405), BadRequest),
    "407": Broken(_status(407), Unauthorised),
    "409": Broken(_status(409), Rejected),
    "410": Broken(_status(410), BadRequest),
    "414": Broken(_status(414), BadRequest),
    "418": Broken(_status(418), BadRequest),
    "422": Broken(_status(422), BadRequest),
    "429 with Retry-After": Broken(_status(429, "retry-after: 1"), Overloaded),
    "429 with a nonsense Retry-After": Broken(_status(429, f"retry-after: {'9' * 400}"), Overloaded),
    "500 with good JSON": Broken(http(GOOD, status=500), Unavailable),
    "502 with a page": Broken(_status(502), Unavailable),
    "503 with Retry-After in no digits of ours": Broken(_status(503, "retry-after: \xb2"), Overloaded),
    "503 with Retry-After below nothing": Broken(_status(503, "retry-after: -5"), Overloaded),
    "503 with Retry-After in a year that is none": Broken(
        _status(503, f"retry-after: Fri, 31 Dec {'9' * 20} 23:59:59 GMT"), Overloaded
    ),
    "503 with Retry-After of years": Broken(_status(503, "retry-after: Fri, 31 Dec 9999 23:59:59 GMT"), Overloaded),
    "503 with Retry-After before all time": Broken(
        _status(503, "retry-after: Mon, 01 Jan 0000 00:00:00 GMT"), Overloaded
    ),
    "504": Broken(_status(504), Unavailable),
    "599": Broken(_status(599), Unavailable),
    "999": Broken(_status(999), Unavailable),
}
HTTP = Medium("HTTP", DECLARED, _OK, BROKEN)
