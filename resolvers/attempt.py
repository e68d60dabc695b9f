"""One call to a source, whatever may happen: its answer, or a fault."""

import logging
from collections.abc import Awaitable
from typing import TypeVar

from model.faults import SourceFault
from resolvers.upstreams import Offer

log = logging.getLogger("trunkline.sources")
T = TypeVar("T")


async def attempt(offer: Offer, call: Awaitable[T]) -> T | SourceFault:
    """Await a source's answer, which its guards bound in time; whatever goes wrong is a fault of the source.

    A bug in a connector, too, takes away only what its source could say, never the whole answer.
    """
    try:
        return await call
    except Exception as err:  # noqa: BLE001 - all of them are a fault of the source
        return fault_of(offer, err)


def fault_of(offer: Offer, err: Exception) -> SourceFault:
    """The fault that a call to a source has ended with; it is told to the log, too."""
    if isinstance(err, SourceFault):
        fault = err.with_traceback(None)  # its traceback holds the caller's frame, which holds the fault
        fault.__cause__ = fault.__context__ = None
    else:
        log.error("source %s failed unexpectedly at %s", offer.name, offer.lookup, exc_info=err)
        fault = SourceFault(offer.name, "unexpected")
    log.info("source %s at %s: %s %s", offer.name, offer.lookup, fault.code, fault.detail)
    return fault
