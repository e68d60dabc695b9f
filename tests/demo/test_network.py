"""The network and the routes over it."""

from collections import Counter
from itertools import pairwise

import pytest

from demo.operator import Operator
from demo.world.cities import chinanet
from demo.world.routes import Hop


@pytest.fixture(scope="module")
def operator() -> Operator:
    """An operator of 1,000 circuits, not running."""
    return Operator(seed=7, circuits=1000)


def links(hops: list[Hop]) -> set[str]:
    """The links of a route."""
    return {hop.link.id for hop in hops if hop.link}


def risk_groups(hops: list[Hop]) -> set[str]:
    """The risk groups of a route."""
    return {hop.link.risk_group for hop in hops if hop.link}


def test_backbone_is_the_published_one() -> None:
    """The backbone has the Topology Zoo's 38 cities and 62 links, all inside China."""
    cities, spans = chinanet()
    assert (38, 62) == (len(cities), len(spans))
    assert all(73 < city.longitude < 135 and 18 < city.latitude < 54 for city in cities)


def test_routes_are_unbroken(operator: Operator) -> None:
    """Each link of a route starts at its hop's out port and ends at the next hop's in port, from site to site."""
    for circuit in operator.circuits:
        hops = operator.route(circuit, "WORKING")
        assert (circuit.a_site.element, circuit.z_site.element) == (hops[0].element, hops[-1].element)
        assert (circuit.a_port, circuit.z_port) == (hops[0].in_port, hops[-1].out_port)
        assert 3 <= len(hops) <= 17
        for hop, following in pairwise(hops):
            assert hop.link is not None
            assert {hop.element, following.element} == {hop.link.a, hop.link.z}
            assert (hop.out_port, following.in_port) == (hop.link.port(hop.element), hop.link.port(following.element))


def test_protection_shares_nothing_that_can_fail(operator: Operator) -> None:
    """Where a circuit is protected, its two routes share no link and no risk group; about 40 % are."""
    protected = [circuit for circuit in operator.circuits if circuit.protected]
    assert 0.35 < len(protected) / len(operator.circuits) < 0.45
    for circuit in protected:
        working, protection = operator.route(circuit, "WORKING"), operator.route(circuit, "PROTECTION")
        assert (working[0].element, working[-1].element) == (protection[0].element, protection[-1].element)
        assert not links(working) & links(protection)
        assert not risk_groups(working) & risk_groups(protection)


def test_an_unprotected_circuit_has_no_protection_route(operator: Operator) -> None:
    """Asking for what a circuit has not is an error that names it."""
    circuit = next(circuit for circuit in operator.circuits if not circuit.protected)
    with pytest.raises(LookupError, match=circuit.code):
        operator.route(circuit, "PROTECTION")


def test_some_links_share_a_duct(operator: Operator) -> None:
    """Risk groups are worth the name: on the backbone and in the cities, some hold several links."""
    groups = Counter(link.risk_group for link in operator.network.links.values())
    assert sum(count > 1 for count in groups.values()) > 20


def test_no_port_is_used_twice(operator: Operator) -> None:
    """Every end of a link and of a circuit has a port of its own."""
    ports = [(end, link.port(end)) for link in operator.network.links.values() for end in (link.a, link.z)]
    ports += [(circuit.a_site.element, circuit.a_port) for circuit in operator.circuits]
    ports += [(circuit.z_site.element, circuit.z_port) for circuit in operator.circuits]
    assert len(ports) == len(set(ports))
