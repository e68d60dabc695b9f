"""What can go wrong with a source, how it is brought about in the pretend operator, and where that can be done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

Trouble = Mapping[str, Any]

FAULTS: Mapping[str, Trouble] = MappingProxyType(
    {
        "refused": {"kind": "down"},
        "reset": {"kind": "resetting"},
        "hanging": {"kind": "hanging"},
        "stalling": {"kind": "truncating", "how": "stall"},
        "trickling": {"kind": "trickling", "ms": 100},
        "slow": {"kind": "slow", "ms": 250},
        "too late": {"kind": "slow", "ms": 1500},
        "500": {"kind": "failing", "status": 500},
        "503, Retry-After": {"kind": "failing", "status": 503, "retry_after": 1},
        "429, Retry-After": {"kind": "failing", "status": 429, "retry_after": 1},
        "503, Retry-After of a year": {"kind": "failing", "status": 503, "retry_after": 31_536_000},
        "401": {"kind": "failing", "status": 401},
        "403 now and then": {"kind": "failing", "status": 403, "every": 2},
        "404": {"kind": "failing", "status": 404},
        "flapping": {"kind": "failing", "status": 503, "every": 2},
        "cut off": {"kind": "truncating", "how": "cut"},
        "half a document": {"kind": "truncating", "how": "broken-json"},
        "half the rows": {"kind": "truncating", "how": "rows"},
        "noise": {"kind": "garbage", "how": "bytes"},
        "other shape": {"kind": "garbage", "how": "shape"},
        "login page": {"kind": "garbage", "how": "html"},
        "empty 200": {"kind": "garbage", "how": "nothing"},
        "error under 200": {"kind": "garbage", "how": "error"},
        "gzip that is none": {"kind": "garbage", "how": "gzip"},
        "others' rows": {"kind": "unfiltered"},
    }
)
CACHES = ("cold", "warm", "stale")
"""Nothing is kept; all is kept and as good as new; all is kept and past its time."""


@dataclass(frozen=True)
class Behind:
    """Where a source is found: its system, the path of its interface, and what it speaks.

    while_fails: system and path of what has to fail for it to be asked at all. filtered: whether its system can be made
    to forget filters. counted: whether it says how many rows there are, so that it can be known that some are missing.
    """

    source: str
    system: str
    speaks: str = "JSON"
    path: str = "/"
    while_fails: tuple[str, str] | None = None
    filtered: bool = True
    counted: bool = True

    def can_have(self, fault: str) -> bool:
        """Whether this fault can be brought about, and be known."""
        return (self.filtered or fault != "others' rows") and (self.counted or fault != "half the rows")

    def trouble(self, fault: str) -> Trouble:
        """The trouble, as far as it concerns this source."""
        trouble = FAULTS[fault]
        return trouble if trouble["kind"] == "down" else {**trouble, "path": self.path}

    def struck(self, fault: str) -> frozenset[str]:
        """The sources that this fault takes away: whoever shares a system is refused together."""
        alike = (one.source for one in SOURCES if one.system == self.system)
        return frozenset(alike) if FAULTS[fault]["kind"] == "down" else frozenset([self.source])


_RESOURCES = "/tmf-api/resourceInventoryManagement"
SOURCES: Sequence[Behind] = (
    Behind("crm", "crm"),
    Behind("inventory", "inventory", path="/tmf-api/serviceInventory"),
    Behind("resources", "inventory", path=_RESOURCES),
    Behind("alarms", "alarms", counted=False),
    Behind("tickets", "tickets"),
    Behind("products", "products"),
    Behind("parties", "parties", path="/tmf-api/party/v4/organization"),
    Behind("people", "parties", path="/tmf-api/party/v4/individual"),
    Behind("orders", "orders"),
    Behind("metrics", "metrics", "Prometheus", filtered=False, counted=False),
    Behind("vendor", "vendor", counted=False),
    Behind("legacy", "legacy", "pages", while_fails=("inventory", _RESOURCES), counted=False),
    Behind("provisioning", "provisioning", "SOAP", counted=False),
    Behind("radius", "radius"),
    Behind("facilities", "facilities", "GraphQL", filtered=False, counted=False),
)
"""All of the demo's."""


@dataclass(frozen=True)
class Cell:
    """One source, one fault, one state of what is kept."""

    behind: Behind
    fault: str
    cache: str

    def __str__(self) -> str:
        return f"{self.behind.source}: {self.fault}, {self.cache}"


def cells() -> Sequence[Cell]:
    """The whole matrix."""
    return [
        Cell(behind, fault, cache)
        for behind in SOURCES
        for fault in FAULTS
        for cache in CACHES
        if behind.can_have(fault)
    ]
