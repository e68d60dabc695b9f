"""One call to a source, whatever may happen: its answer, or a fault."""

import asyncio
import logging
from collections.abc import Awaitable
from typing import TypeVar

from model.faults import SourceFault, TimedOut
from resolvers.upstreams import Offer

log = logging.getLogger("trunkline.sources")
T = TypeVar("T")


async def attempt(offer: Offer, deadline: float, call: Awaitable[T]) -> T | SourceFault:
    """Await a source's answer until the deadline (of the loop's clock); whatever goes wrong is a fault of the source.

    A bug in a connector, too, takes away only what its source could say, never the whole answer.
    """
    try:
        async with asyncio.timeout_at(deadline):
            return await call
    except TimeoutError:
        fault: SourceFault = TimedOut(offer.name, "the request's deadline passed")
    except SourceFault as err:
        fault = err
    except Exception:
        log.exception("source %s failed unexpectedly at %s", offer.name, offer.lookup)
        fault = SourceFault(offer.name, "unexpected")
    log.info("source %s at %s: %s %s", offer.name, offer.lookup, fault.code, fault.detail)
    return fault
