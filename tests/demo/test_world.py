"""What is generated: always the same, of the promised size, and consistent in itself."""

import pytest

from demo.disagree import Rates
from demo.operator import Operator
from demo.truth import truth
from demo.world.chance import NOW
from demo.world.circuits import bandwidth


@pytest.fixture(scope="module")
def operator() -> Operator:
    """An operator of 1,000 circuits, not running."""
    return Operator(seed=7, circuits=1000)


def test_same_seed_same_truth(operator: Operator) -> None:
    """The same seed makes the same operator, another seed another one."""
    again, other = Operator(seed=7, circuits=1000), Operator(seed=8, circuits=1000)
    assert truth(operator) == truth(again)
    assert (operator.circuits, operator.alarms, operator.tickets) == (again.circuits, again.alarms, again.tickets)
    assert operator.circuits != other.circuits


def test_first_customer_is_big(operator: Operator) -> None:
    """The first customer is a bank with a fifth of all circuits, and has branches."""
    bank = operator.customers[0]
    assert ("C100001", "bank", None) == (bank.id, bank.industry, bank.parent)
    assert 200 == sum(circuit.customer is bank for circuit in operator.circuits)
    assert 4 == sum(customer.parent == bank.id for customer in operator.customers)


def test_small_operators_keep_a_customer_of_sixty() -> None:
    """From 200 circuits on, the first customer has at least 60."""
    small = Operator(seed=7, circuits=200)
    assert 60 == sum(circuit.customer is small.customers[0] for circuit in small.circuits)
    assert 8 == len(small.customers)


def test_names_are_unique(operator: Operator) -> None:
    """No two things of a kind share an id, and no two customers a name."""
    circuits = operator.circuits
    for names in (
        [customer.id for customer in operator.customers],
        [customer.name for customer in operator.customers],
        [site.id for sites in operator.sites_of for site in sites],
        [circuit.code for circuit in circuits],
        [circuit.service_id for circuit in circuits],
        [circuit.trail_id for circuit in circuits],
        [alarm.id for alarm in operator.alarms],
        [ticket.id for ticket in operator.tickets],
    ):
        assert len(names) == len(set(names))


def test_circuits_join_two_sites_of_their_customer(operator: Operator) -> None:
    """A circuit's ends are two sites of its customer on two elements."""
    for circuit in operator.circuits:
        assert circuit.customer.id == circuit.a_site.customer == circuit.z_site.customer
        assert circuit.a_site.element != circuit.z_site.element


def test_a_twentieth_has_one_to_three_active_alarms(operator: Operator) -> None:
    """Five per cent of the circuits have active alarms, no more than three each."""
    found: dict[str, int] = {}
    for alarm in operator.alarms:
        for circuit in alarm.circuits if alarm.active else ():
            found[circuit.code] = found.get(circuit.code, 0) + 1
    assert 50 == len(found)
    assert max(found.values()) <= 3


def test_alarms_are_on_the_routes_of_the_circuits_they_affect(operator: Operator) -> None:
    """An alarm on an element or port is on the working route of every circuit that it names."""
    for alarm in operator.alarms:
        for circuit in alarm.circuits if alarm.element else ():
            places = {
                (hop.element, port)
                for hop in operator.route(circuit, "WORKING")
                for port in (hop.in_port, hop.out_port, None)
            }
            assert (alarm.element, alarm.port) in places
    assert any(len(alarm.circuits) > 1 for alarm in operator.alarms)


def test_times_run_before_the_demos_clock(operator: Operator) -> None:
    """Nothing has happened later than now, and nothing ended before it began."""
    for alarm in operator.alarms:
        moments = [alarm.raised, *filter(None, (alarm.changed, alarm.cleared)), NOW]
        assert moments == sorted(moments)
        assert (alarm.cleared is None) == alarm.active
    for ticket in operator.tickets:
        assert ticket.opened <= ticket.changed <= NOW


@pytest.mark.parametrize(
    ("kbps", "written"), [(2_048, "2048K"), (155_000, "155M"), (2_000_000, "2G"), (100_000_000, "100G")]
)
def test_bandwidths_are_exact_in_both_notations(kbps: int, written: str) -> None:
    """A bandwidth as text loses nothing of the number."""
    assert written == bandwidth(kbps)


def test_rates_are_counted(operator: Operator) -> None:
    """Each planted kind has exactly its rate's share of the circuits, and no circuit has two."""
    told = truth(operator)
    counts = {field: sum(d.field == field for d in told.disagreements) for field in ("name", "customer", "slaClass")}
    assert {"name": 30, "customer": 10, "slaClass": 20} == counts
    assert 30 == sum(d.field == "bandwidthBps" for d in told.disagreements)
    assert [20, 20] == [sum(gap.noun == noun for gap in told.gaps) for noun in ("trail", "agreement")]
    keys = [d.key for d in told.disagreements] + [gap.key for gap in told.gaps]
    assert len(keys) == len(set(keys))
    assert all(len(set(d.values.values())) == 2 for d in told.disagreements)


def test_rates_of_nothing_plant_nothing() -> None:
    """An operator whose systems agree can be had."""
    agreeing = Operator(circuits=20, rates=Rates(0, 0, 0, 0, 0, 0))
    assert ((), ()) == (truth(agreeing).disagreements, truth(agreeing).gaps)


def test_too_few_circuits_are_refused() -> None:
    """An operator that is too small to plant anything in says so."""
    with pytest.raises(ValueError, match="at least 20"):
        Operator(circuits=19)
