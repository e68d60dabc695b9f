"""Systems fail: HTTP 200, all that the others know, and what is missing named in its place."""

import pytest

pytestmark = pytest.mark.anyio

LINKED = """
{
  customers(first: 1) {
    completeness missing { source code }
    nodes {
      customerId name
      circuits(first: 20) {
        completeness missing { source code }
        nodes {
          code name state bandwidthBps operationalState
          routes { role hops { sequence element { name } } }
          alarms { completeness missing { source code } nodes { perceivedSeverity } }
          tickets(first: 5) { completeness missing { source code } nodes { ticketId state } }
        }
      }
    }
  }
}
"""
KINDS = {
    "down": ({"kind": "down"}, "SOURCE_REFUSED"),
    "failing": ({"kind": "failing"}, "SOURCE_UNAVAILABLE"),
    "hanging": ({"kind": "hanging"}, "SOURCE_TIMED_OUT"),
    "cut": ({"kind": "truncating", "how": "cut"}, "SOURCE_UNAVAILABLE"),
    "broken": ({"kind": "truncating", "how": "broken-json"}, "SOURCE_MALFORMED"),
    "html": ({"kind": "garbage", "how": "html"}, "SOURCE_MALFORMED"),
    "bytes": ({"kind": "garbage", "how": "bytes"}, "SOURCE_MALFORMED"),
}
LOST = {
    "crm": {"tier"},
    "inventory": {"operationalState"},
    "alarms": set(),
    "tickets": set(),
}
"""System -> the fields that only it knows."""
UNTOUCHED = {
    "crm": ("state", "bandwidthBps", "operationalState", "routes", "alarms", "tickets"),
    "inventory": ("name", "bandwidthBps", "routes", "alarms", "tickets"),
    "alarms": ("name", "state", "bandwidthBps", "operationalState", "routes", "tickets"),
    "tickets": ("name", "state", "bandwidthBps", "operationalState", "routes", "alarms"),
}
"""System -> the fields of a circuit that are just the same without it."""


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("system", ["crm", "inventory", "alarms", "tickets"])
async def test_a_failing_system_takes_away_only_what_only_it_could_say(opening, system, kind):
    """Each system, in each kind of trouble: the rest is there, the list says who is missing, a field errs once."""
    trouble, code = KINDS[kind]
    query = LINKED.replace("customerId name", "customerId name tier") if system == "crm" else LINKED
    async with opening() as gateway:
        healthy = await gateway.ask(query)
        await gateway.trouble(system, **trouble)
        answer = await gateway.ask(query)
        await gateway.heal(system)
        again = await gateway.ask(query)
    assert again["data"] == healthy["data"]
    customers = answer["data"]["customers"]
    customer = customers["nodes"][0]
    circuits = customer["circuits"]
    assert customer["customerId"] == "C100001"
    assert customer["name"] == healthy["data"]["customers"]["nodes"][0]["name"]
    assert len(circuits["nodes"]) == 20
    before = {node["code"]: node for node in healthy["data"]["customers"]["nodes"][0]["circuits"]["nodes"]}
    both = [node for node in circuits["nodes"] if node["code"] in before]
    assert len(both) == 20  # the products, which list circuits while the inventory cannot, know them all
    for field in UNTOUCHED[system]:
        assert [_unnumbered(node[field]) for node in both] == [
            _unnumbered(before[node["code"]][field]) for node in both
        ]
    _missing_is_told(system, code, customers, circuits)
    errors = answer.get("errors", [])
    assert {error["path"][-1] for error in errors} == LOST[system]
    assert len(errors) == len(LOST[system])
    assert {error["extensions"]["code"] for error in errors} <= {code}


def _unnumbered(told):
    """Without the numbers of hops, which the pages that stand by for the inventory count from 1 instead of 0."""
    if isinstance(told, list):
        return [_unnumbered(one) for one in told]
    return (
        {name: _unnumbered(one) for name, one in told.items() if name != "sequence"} if isinstance(told, dict) else told
    )


def _missing_is_told(system, code, customers, circuits):
    alarms, tickets = circuits["nodes"][0]["alarms"], circuits["nodes"][0]["tickets"]
    expected = {
        "crm": (customers, [{"source": "crm", "code": code}]),
        "inventory": (circuits, [{"source": "inventory", "code": code}, {"source": "resources", "code": code}]),
        "alarms": (alarms, [{"source": "alarms", "code": code}]),
        "tickets": (tickets, [{"source": "tickets", "code": code}]),
    }
    for name, (connection, missing) in expected.items():
        if name == system:
            assert connection["missing"] == missing
            assert connection["completeness"] == "PARTIAL"
        elif (name, system) != ("inventory", "crm"):
            assert connection["completeness"] == "COMPLETE"
            assert connection["missing"] == []


async def test_a_slow_system_is_waited_for(opening):
    """Slow is not failing, as long as there is time."""
    async with opening() as gateway:
        healthy = await gateway.data(LINKED)
        await gateway.trouble("tickets", kind="slow", ms=1000)
        assert await gateway.data(LINKED) == healthy


async def test_a_deadline_bounds_the_whole_answer(opening):
    """When the request's own time is up, what is there is answered."""
    async with opening() as gateway:
        gateway.deadline = 0.8
        await gateway.trouble("alarms", kind="hanging")
        answer = await gateway.ask("{ circuits(first: 3) { nodes { code alarms { completeness missing { code } } } } }")
    nodes = answer["data"]["circuits"]["nodes"]
    assert len(nodes) == 3
    assert nodes[0]["alarms"] == {"completeness": "PARTIAL", "missing": [{"code": "SOURCE_TIMED_OUT"}]}


async def test_a_thing_known_by_its_key_is_there_while_nobody_can_describe_it(opening):
    """With CRM and parties down a customer has no name, and still has circuits; the name's absence is an error."""
    query = '{ customer(id: "C100002") { customerId name circuits(first: 1000) { totalCount } } }'
    async with opening() as gateway:
        healthy = await gateway.data(query)
        await gateway.trouble("crm", kind="down")
        await gateway.trouble("parties", kind="down")
        answer = await gateway.ask(query)
    customer = answer["data"]["customer"]
    assert customer["name"] is None
    assert customer["circuits"] == healthy["customer"]["circuits"]
    assert [error["path"] for error in answer["errors"]] == [["customer", "name"]]
    assert answer["errors"][0]["extensions"] == {"code": "SOURCE_REFUSED", "source": "crm", "rows": 1}


async def test_alarms_cannot_be_asked_for_while_nobody_tells_the_service(opening):
    """Alarms are kept by service ids: inventory and products tell them; without both, the list says so."""
    query = """{ customer(id: "C100001") { circuits(first: 2) { nodes { code
        alarms { completeness missing { source code } } } } } }"""
    async with opening() as gateway:
        await gateway.trouble("inventory", kind="down")
        told = (await gateway.data(query))["customer"]["circuits"]["nodes"]
        await gateway.trouble("products", kind="down")
        untold = (await gateway.data(query))["customer"]["circuits"]["nodes"]
    assert [node["alarms"]["completeness"] for node in told] == ["COMPLETE", "COMPLETE"]
    missing = {"completeness": "PARTIAL", "missing": [{"source": "alarms", "code": "SOURCE_KEY_UNKNOWN"}]}
    assert [node["alarms"] for node in untold] == [missing, missing]


async def test_everything_down_is_still_an_answer(opening, operator):
    """Nothing is known, and that is said."""
    async with opening() as gateway:
        for system in operator.systems:
            await gateway.trouble(system, kind="down")
        answer = await gateway.ask("{ customers { completeness nodes { id } } alarms { completeness nodes { id } } }")
        statuses = (await gateway.data("{ sources { name state code } }"))["sources"]
    assert answer["data"] == {
        "customers": {"completeness": "PARTIAL", "nodes": []},
        "alarms": {"completeness": "PARTIAL", "nodes": []},
    }
    assert {status["state"] for status in statuses} == {"DOWN"}
    assert {status["code"] for status in statuses} == {"SOURCE_REFUSED"}


async def test_rows_of_another_kind_displace_no_route(opening):
    """A system that forgets its filters gives trails among the routes: what is told stays true, what is not is told."""
    query = """{ circuits(first: 3, filter: {withActiveAlarms: true}) {
        nodes { code routes { role hops { sequence element { elementId } } } } } }"""
    async with opening() as gateway:
        healthy = (await gateway.data(query))["circuits"]["nodes"]
        await gateway.trouble("inventory", kind="unfiltered")
        answer = await gateway.ask(query)
    told = answer["data"]["circuits"]["nodes"]
    lost = [circuit["code"] for circuit in told if circuit["routes"] is None]
    assert [circuit for circuit in healthy if circuit["code"] not in lost] == [
        circuit for circuit in told if circuit["code"] not in lost
    ]
    assert bool(lost) is bool(answer.get("errors"))
