"""What a question costs its upstream systems, at most: from the lookups that they offer.

The law is one call a source a wave, and more only where keys do not fit into one call or rows onto one page. From
that follows how many calls a field can cost, given how many parents it has. Two things nobody knows beforehand: how
many keys fit into a call that is bounded by its bytes (a cautious figure is taken), and how much belongs to a
customer (a generous one is). Sources that stand by are not counted: they are asked while another fails, in its place.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from gateway.guard.cost import LISTED, Asked, Field
from model.caller import Caller
from model.nouns import NOUNS
from resolvers.rows import PAGE_SIZE, PAGES_AT_MOST
from resolvers.upstreams import Upstreams

KEYS_A_CALL = 50
"""So many keys fit into one request line, at least."""
ROWS_A_PAGE = 100
"""So many rows come with one page, at least."""
BELONGING = 200
"""So many circuits are taken to be a customer's."""
NETWORK = 500
"""So many different elements, or links, are met in one operation at most."""
SCANNED = PAGES_AT_MOST * PAGE_SIZE
"""So many rows are read, at most, where a source cannot filter or order its list."""
PRICES_REMEMBERED = 2_000


class Cost(Struct, frozen=True):
    """Upstream calls, and rows: things that they are asked for."""

    calls: int = 0
    rows: int = 0


class Offers:
    """How many keys each lookup takes a call, of one gateway's sources, by what it answers."""

    def __init__(self, upstreams: Upstreams) -> None:
        self.sources = len(upstreams.sources)
        self.by_key = {
            noun: [
                _keys(offer.terms.keys_at_most)
                for offer in upstreams.identifying(noun)
                if not upstreams.stands_by(offer)
            ]
            for noun in NOUNS
        }
        self.translating: dict[str, list[int]] = {noun: [] for noun in NOUNS}
        self.lists = dict.fromkeys(NOUNS, 0)
        self._by_noun: dict[tuple[str, str], list[int]] = {}
        for source in upstreams.sources.values():
            for (noun, by), terms in (((lookup.noun, lookup.by), terms) for lookup, terms in source.lookups.items()):
                if source.name in upstreams.policy(noun).standby:
                    continue
                if by is None:
                    self.lists[noun] += 1
                elif by in NOUNS or by == "parent":
                    owner = noun if by == "parent" else by
                    self._by_noun.setdefault((noun, owner), []).append(_keys(terms.keys_at_most))
                elif by != NOUNS[noun].id:
                    self.translating[noun].append(_keys(terms.keys_at_most))

    def belonging(self, noun: str, to: str) -> Sequence[int]:
        """Lookups of a noun by another; by any other where the parents are of none."""
        if to in NOUNS:
            return self._by_noun.get((noun, to), ())
        return [keys for (of, _), sizes in self._by_noun.items() if of == noun for keys in sizes]


class Tariff:
    """Prices what operations ask, at one gateway's sources."""

    def __init__(self, upstreams: Upstreams) -> None:
        self._offers = Offers(upstreams)
        self._prices: dict[tuple[Any, ...], Cost] = {}

    def cost(self, asked: Asked, variables: Mapping[str, Any], caller: Caller) -> Cost:
        """What an operation will cost at most, as far as that can be known; remembered by what it depends on."""
        told: tuple[int | None, ...] = ()
        for name in asked.variables:
            value = variables.get(name)
            told += (value if isinstance(value, int) else None,)
        customers = 0 if caller.staff else max(1, len(caller.customers))
        key = (asked, customers, told)
        cost = self._prices.get(key)
        if cost is None:
            if len(self._prices) >= PRICES_REMEMBERED:
                self._prices.clear()
            cost = self._prices[key] = _Pricing(self._offers, variables, customers).all(asked.fields, 1)
        return cost


class _Pricing:
    """The pricing of one operation; `customers`: how many the caller asks for, 0 for staff, who see all."""

    def __init__(self, offers: Offers, variables: Mapping[str, Any], customers: int) -> None:
        self._offers = offers
        self._variables = variables
        self._customers = customers

    def all(self, fields: Sequence[Field], parents: int) -> Cost:
        calls = rows = 0
        for field in fields:
            if field.wanted(self._variables):
                things = parents * self._each(field)
                below = self.all(field.below, things)
                calls += below.calls + self._asking(field, parents, things)
                rows += below.rows + (things if field.nouns else 0)
        return Cost(calls, rows)

    def _each(self, field: Field) -> int:
        if field.first is not None:
            return field.first.given(self._variables)
        return LISTED if field.listed else 1

    def _asking(self, field: Field, parents: int, things: int) -> int:
        """Calls for what a field itself asks."""
        if not field.nouns:
            return self._offers.sources if field.name == "sources" else 0
        if field.by == "" and field.listed:
            return sum(self._list(noun, field, things) for noun in field.nouns)
        if field.listed:
            return sum(self._joined(noun, field, parents, things) for noun in field.nouns)
        return sum(self._referred(noun, things) for noun in field.nouns)

    def _referred(self, noun: str, things: int) -> int:
        """Calls to find out what is meant by references."""
        if NOUNS[noun].shared:
            things = min(things, NETWORK)
        elif noun == "customer" and self._customers:
            things = min(things, self._customers + KEYS_A_CALL)
        return _calls(self._offers.translating[noun], things) + self._described(noun, things)

    def _described(self, noun: str, things: int) -> int:
        """Calls to hear all who know things of a noun by their keys."""
        return _calls(self._offers.by_key[noun], things) + self._gate(noun, things)

    def _gate(self, noun: str, things: int) -> int:
        """Calls to find out whose they are, for who may not see all."""
        if not self._customers or NOUNS[noun].shared:
            return 0
        owners = len(self._offers.translating["customer"])
        if "via" not in NOUNS[noun].owner:
            return owners
        touched = ("domain", "circuit") if NOUNS[noun].owner == "via domain" else ("circuit",)
        asked = (
            sizes for kept in (self._offers.translating, self._offers.by_key) for one in touched for sizes in kept[one]
        )
        return owners + _calls(list(asked), things)

    def _joined(self, noun: str, field: Field, parents: int, things: int) -> int:
        """Calls for what belongs to parents, and to hear all about it."""
        lookups = self._offers.belonging(noun, field.by)
        if field.by == "customer" and not lookups and "via" in NOUNS[noun].owner:
            return self._of_circuits(noun, parents)
        if field.by == "circuit" and noun == "session":
            return self._of_domains(noun, parents)
        if not lookups:
            return self._referred(noun, things)
        judged = max(things, parents * BELONGING) if field.choosy else things
        calls = _calls(lookups, parents) + things // ROWS_A_PAGE
        if not NOUNS[noun].keyed:
            # whoever sees a circuit, or a domain, sees what is on it: only others that it names are asked about
            return calls + self._gate(noun, min(things, KEYS_A_CALL) if field.by in ("circuit", "domain") else things)
        return calls + self._described(noun, judged) + self._alarmed(noun, field, judged)

    def _of_circuits(self, noun: str, customers: int) -> int:
        """Calls for what belongs to customers by their circuits alone."""
        circuits = customers * BELONGING
        owned = _calls(self._offers.belonging("circuit", "customer"), customers) + circuits // ROWS_A_PAGE
        about = _calls(self._offers.belonging(noun, "circuit"), circuits) + self._gate(noun, circuits)
        return owned + self._described("circuit", circuits) + about

    def _of_domains(self, noun: str, circuits: int) -> int:
        """Calls for what belongs to circuits by their domains alone, of which each is taken to have one."""
        known = _calls(self._offers.belonging("domain", "circuit"), circuits) + self._described("domain", circuits)
        return known + _calls(self._offers.belonging(noun, "domain"), circuits) + self._gate(noun, circuits)

    def _alarmed(self, noun: str, field: Field, judged: int) -> int:
        """Calls to tell which circuits have alarms, which a filter may ask."""
        return _calls(self._offers.belonging("alarm", "circuit"), judged) if field.choosy and noun == "circuit" else 0

    def _list(self, noun: str, field: Field, things: int) -> int:
        """Calls for a root list: pages of the whole for staff, what belongs to their customers for others."""
        if self._customers:
            owners = self._described("customer", self._customers)
            if noun == "customer":
                return owners
            owned = Field(field.name, "customer", field.nouns, None, True, field.choosy, (), ())
            return owners + self._joined(noun, owned, self._customers, self._customers * BELONGING)
        scans = field.choosy or len(field.nouns) > 1 or not NOUNS[noun].keyed
        read = SCANNED if scans else things
        pages = PAGES_AT_MOST if scans else 1 + things // ROWS_A_PAGE
        described = self._described(noun, read) if NOUNS[noun].keyed else 0
        return pages * self._offers.lists[noun] + described + self._alarmed(noun, field, read)


def _keys(at_most: int | None) -> int:
    return min(at_most or KEYS_A_CALL, KEYS_A_CALL)


def _calls(sizes: Sequence[int], keys: int) -> int:
    """One call of each lookup for so many keys as go into one."""
    return sum(-(-keys // size) for size in sizes)
