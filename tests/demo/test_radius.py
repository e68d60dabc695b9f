"""The RADIUS accounting service, over HTTP."""

from typing import Any

import pytest

from demo.systems.radius import MOST_KEYS

pytestmark = pytest.mark.anyio


class Accounts:
    """Somebody who may ask the accounting service."""

    def __init__(self, desk: Any) -> None:
        self._desk = desk
        address = desk.running.systems["radius"].address
        self._base = address["apis"]["acct"]
        self.headers = {address["auth"]["header"]: address["auth"]["value"]}

    async def ask(self, path: str, body: object = None) -> Any:
        """Get a path, or post a question to it."""
        method = "GET" if body is None else "POST"
        return await self._desk.client.request(method, self._base + path, json=body, headers=self.headers)

    async def sessions(self, page: int = 1, size: int = 500, **asked: object) -> Any:
        """The sessions that a filter chooses."""
        answer = await self.ask("/sessions/query", {"filter": asked, "page": page, "size": size})
        assert answer.is_success, answer.text
        return answer.json()


@pytest.fixture
def accounts(desk: Any) -> Accounts:
    """Somebody with the key."""
    return Accounts(desk)


async def test_domains_are_on_the_vpdn_circuits(accounts: Accounts, desk: Any) -> None:
    """By realm in any case, by customer and by circuit, repeated; a domain is open while its circuit is active."""
    for domain in desk.running.operator.domains:
        for query in (f"realm={domain.realm.upper()}", f"accessCircuit={domain.circuit.code}&accessCircuit=NOBODY"):
            (row,) = (await accounts.ask(f"/realms?{query}")).json()["realms"]
            assert [domain.realm, domain.circuit.code] == [row["realm"], row["accessCircuit"]]
            assert ("1" if domain.circuit.state == "active" else "0") == row["enabled"]
    owners = [domain.circuit.customer.id for domain in desk.running.operator.domains]
    found = (await accounts.ask("/realms?" + "&".join(f"custNo={owner}" for owner in set(owners)))).json()
    assert str(len(owners)) == found["total"]


async def test_sessions_add_up(accounts: Accounts, desk: Any) -> None:
    """All sessions of all realms are those of the truth, once each, the newest first."""
    realms = [domain.realm for domain in desk.running.operator.domains]
    pages = [await accounts.sessions(realms=realms, page=page, size=40) for page in (1, 2)]
    rows = (await accounts.sessions(realms=realms))["sessions"]
    assert [row for page in pages for row in page["sessions"]] == rows[:80]
    totals = desk.running.truth.totals
    stopped = sum(row["acctStatusType"] == "Stop" for row in rows)
    assert (totals.sessions, totals.sessions_by_state["stopped"]) == (len(rows), stopped)
    assert {row["userName"].partition("@")[2] for row in rows} <= set(realms)
    starts = [int(row["acctStartTime"]) for row in rows]
    assert sorted(starts, reverse=True) == starts


async def test_a_session_is_told_by_its_attributes(accounts: Accounts, desk: Any) -> None:
    """Numbers and times are strings; octets are those of the time that it has lasted; a tunnel has both ends."""
    session = desk.running.operator.sessions[-1]
    (row,) = (await accounts.sessions(sessionIds=[session.id]))["sessions"]
    assert str(session.up * int(row["acctSessionTime"])) == row["acctInputOctets"]
    assert int(row["acctStartTime"]) <= int(row["eventTimestamp"])
    (tunnel,) = (await accounts.ask(f"/tunnels?tunnelId={session.tunnel.id}")).json()["tunnels"]
    assert [row["tunnelClientAuthId"], row["tunnelServerAuthId"]] == [
        tunnel["tunnelClientAuthId"],
        tunnel["tunnelServerAuthId"],
    ]
    assert row in (await accounts.sessions(tunnelIds=[session.tunnel.id]))["sessions"]


async def test_sessions_grow_with_the_clock(desk: Any) -> None:
    """What is not over goes on: an hour later it has lasted an hour longer."""
    accounts, session = Accounts(desk), next(one for one in desk.running.operator.sessions if not one.stopped)
    (before,) = (await accounts.sessions(sessionIds=[session.id]))["sessions"]
    await desk.control("POST", "/clock", {"advance_s": 3600})
    (after,) = (await accounts.sessions(sessionIds=[session.id]))["sessions"]
    await desk.control("POST", "/clock", {"to": "2026-11-20T08:00:00Z"})
    assert 3600 == int(after["acctSessionTime"]) - int(before["acctSessionTime"])
    assert int(after["acctOutputOctets"]) > int(before["acctOutputOctets"])


async def test_sessions_are_filtered(accounts: Accounts, desk: Any) -> None:
    """By state and by when they started."""
    realms = [domain.realm for domain in desk.running.operator.domains]
    everything = (await accounts.sessions(realms=realms))["sessions"]
    middle = int(everything[len(everything) // 2]["acctStartTime"])
    late = (await accounts.sessions(realms=realms, startedFrom=middle, statusTypes=["Stop"]))["sessions"]
    expected = [row for row in everything if int(row["acctStartTime"]) >= middle and row["acctStatusType"] == "Stop"]
    assert expected == late
    assert 0 < len(late) < len(everything)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/realms", None),
        ("/realms?who=knows", None),
        ("/tunnels?realm=a&page=0", None),
        ("/sessions/query", {"filter": {}}),
        ("/sessions/query", {"filter": {"names": ["a"]}}),
        ("/sessions/query", {"filter": {"realms": [f"r{n}" for n in range(MOST_KEYS + 1)]}}),
    ],
)
async def test_what_makes_no_sense_is_refused(accounts: Accounts, path: str, body: object) -> None:
    """An empty filter, a strange one, or too much of it."""
    assert 400 == (await accounts.ask(path, body)).status_code


async def test_nobody_is_let_in_without_the_key(accounts: Accounts) -> None:
    """401, and nothing else."""
    accounts.headers = {}
    assert 401 == (await accounts.ask("/realms?realm=a")).status_code
    assert 401 == (await accounts.ask("/sessions/query", {"filter": {"realms": ["a"]}})).status_code
