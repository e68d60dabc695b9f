"""Translation: keys that a source needs and nobody has told yet are asked of whoever tells them.

A source may know a thing only by a key that no record carries; another, which may hold nothing but keys, translates.
Who is asked anyway is waited for first; who translates is asked once about each thing, for all things together.
"""

from collections.abc import Collection, Iterable, Sequence

from model.faults import Ambiguous, SourceFault, Unaskable
from resolvers.gathering import Asking, Gathering, absorb
from resolvers.request import Request
from resolvers.upstreams import Offer
from resolvers.waves import at_once

HOPS = 3
"""So many translations one behind the other are made to come to a key."""
_KEYS_ALONE: frozenset[str] = frozenset()


async def translate(request: Request, noun: str, gatherings: Collection[Gathering], space: str) -> None:
    """Learn the keys of these things in a space, as far as anybody tells."""
    for _hop in range(HOPS):
        asking = translating(request, noun, [(space, one) for one in gatherings if not one.keys_in(space)])
        if not asking:
            return
        loaders = [request.loader(offer, _KEYS_ALONE).block([key for _, key in pairs]) for offer, pairs in asking]
        for (offer, pairs), said in zip(asking, await at_once(loaders), strict=True):
            for (gathering, _), one in zip(pairs, said, strict=True):
                absorb(request, offer, gathering, one)


def translating(
    request: Request, noun: str, wanted: Iterable[tuple[str, Gathering]], asked: Collection[tuple[str, int]] = ()
) -> Asking:
    """Who is to be asked now so that keys become known, where a thing's key in a space is wanted.

    asked: the names of sources that are being asked at this time about things, by their identity. Whoever translates
    from a key that is not known either is asked once that has been translated.
    """
    found: dict[Offer, dict[Gathering, str]] = {}
    open_ = dict.fromkeys(wanted)
    for _hop in range(HOPS):
        further: dict[tuple[str, Gathering], None] = {}
        for space, gathering in open_:
            for teller in request.upstreams.tellers(noun, space):
                if (teller.name, id(gathering)) in asked or gathering.has_heard(teller, space):
                    continue
                key = gathering.key_for(teller)
                if key is not None:
                    found.setdefault(teller, {})[gathering] = key
                elif teller.terms.space is not None:
                    further[teller.terms.space, gathering] = None
        open_ = further
    return [(offer, list(pairs.items())) for offer, pairs in found.items()]


def unasked(offer: Offer, told: Sequence[str]) -> SourceFault:
    """Why a source could not be asked about a thing, of which these keys are told in its space."""
    if len(told) > 1:
        return Ambiguous(offer.name, f"{len(told)} keys in {offer.terms.space!r}")
    return Unaskable(offer.name, f"no key in {offer.terms.space!r}")
