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
    except SourceFault as err:
        fault = err.with_traceback(None)  # its traceback holds this frame, which holds the fault
        fault.__cause__ = fault.__context__ = None
    except Exception:
        log.exception("source %s failed unexpectedly at %s", offer.name, offer.lookup)
        fault = SourceFault(offer.name, "unexpected")
    log.info("source %s at %s: %s %s", offer.name, offer.lookup, fault.code, fault.detail)
    return fault
