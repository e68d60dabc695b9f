"""Under which names the gateway answers.

A page of a foreign site can have its own name point at any address after it was loaded, the loopback included, and
then read what is answered there (DNS rebinding). So a gateway that listens on the loopback answers to `localhost`, and
any to the names that its settings tell. An address in place of a name is nobody's to point elsewhere.
"""

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from ipaddress import ip_address

LOCAL = frozenset({"localhost"})


def names_for(host: str, allowed: Sequence[str]) -> frozenset[str] | None:
    """The names to answer to when listening on a host; None for any."""
    if allowed:
        return frozenset(name.lower() for name in allowed) | (LOCAL if _is_loopback(host) else frozenset())
    return LOCAL if _is_loopback(host) else None


def answers_to(names: Collection[str], path: str, headers: Mapping[str, str]) -> bool:
    """Whether the gateway answers to the name under which it is asked; `/healthz` tells nothing, and answers to all."""
    name = named(headers.get("host", ""))
    return path == "/healthz" or not name or name in names or _is_address(name)


@lru_cache(maxsize=256)
def named(host: str) -> str:
    """The name in a `Host` header, without its port."""
    name = host.lower().strip()
    return name[: name.find("]") + 1] if name.startswith("[") else name.partition(":")[0]


@lru_cache(maxsize=256)
def _is_address(name: str) -> bool:
    try:
        ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    return host.lower() in LOCAL or (_is_address(host) and ip_address(host.strip("[]")).is_loopback)
