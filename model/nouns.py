"""The nouns, each with what its records look like, how a thing is identified and who owns it."""

from collections.abc import Mapping
from types import MappingProxyType

from msgspec import Struct
from msgspec.structs import fields as struct_fields

from model.records import (
    Alarm,
    Circuit,
    Customer,
    Domain,
    Element,
    KpiSeries,
    Link,
    Record,
    Route,
    Session,
    Site,
    Ticket,
    Tunnel,
)

BOOKKEEPING = frozenset({"native_id", "keys", "raw", "said"})
"""What a record holds besides its noun's own fields."""


class Noun(Struct, frozen=True):
    """A kind of record.

    identity: the fields that together name a thing across sources (the business key); empty where a thing
    belongs to one source alone and is named `source:native id`, kept in the field `id`.
    owner: the field that holds the owning customer, or `via NOUN` (whoever owns that thing), or `shared`.
    """

    name: str
    record: type[Record]
    id: str
    identity: tuple[str, ...]
    owner: str
    fields: frozenset[str]
    substance: str
    """The field without which a record tells nothing; rows of another kind, from a system that forgets its filters,
    lack it. Empty where any field may be all that is known."""
    keyed: bool
    """Whether one business key names a thing in all sources, so that it can be asked for by it."""

    @property
    def shared(self) -> bool:
        """Whether a thing of this noun belongs to no customer in particular."""
        return self.owner == "shared"


def _noun(
    name: str, record: type[Record], id_: str, identity: tuple[str, ...], owner: str, substance: str = ""
) -> Noun:
    own = frozenset(field.name for field in struct_fields(record)) - BOOKKEEPING
    return Noun(name, record, id_, identity, owner, own, substance, identity == (id_,))


NOUNS: Mapping[str, Noun] = MappingProxyType(
    {
        noun.name: noun
        for noun in (
            _noun("customer", Customer, "customer_id", ("customer_id",), "customer_id"),
            _noun("site", Site, "site_id", ("site_id",), "customer"),
            _noun("circuit", Circuit, "code", ("code",), "customer"),
            _noun("route", Route, "circuit", ("circuit", "role"), "via circuit", substance="hops"),
            _noun("element", Element, "element_id", ("element_id",), "shared"),
            _noun("link", Link, "link_id", ("link_id",), "shared"),
            _noun("alarm", Alarm, "alarm_id", (), "via circuits"),
            _noun("kpi", KpiSeries, "circuit", ("circuit", "kpi"), "via circuit"),
            _noun("ticket", Ticket, "ticket_id", (), "customer or via circuits"),
            _noun("domain", Domain, "realm", ("realm",), "customer or via circuit"),
            _noun("session", Session, "session_id", (), "via domain"),
            _noun("tunnel", Tunnel, "tunnel_id", (), "via domain"),
        )
    }
)
