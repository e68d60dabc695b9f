"""The demo's story, told on the terminal: what happens in the network, and what the gateway says of it.

The pretend operator's systems answer as of its own clock. Each chapter puts that clock forward, says what has
happened, gives a query to run at that point, and tells in short what comes back.
"""

import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import httpx
from msgspec import Struct, convert

Say = Callable[[str], None]

QUERY = """query Story($code: String!, $from: DateTime!, $to: DateTime!) {
  circuit(code: $code) {
    code name state operationalState
    alarms(filter: {state: [RAISED, UPDATED]}) {
      totalCount
      nodes { perceivedSeverity probableCause plannedWork element { name } }
    }
    tickets(filter: {state: [ACKNOWLEDGED, PENDING, IN_PROGRESS]}) { nodes { title state sla { kind dueAt } } }
    kpi(kpi: AVAILABILITY, from: $from, to: $to, step: "PT5M") { points { at value } }
  }
}"""


class Chapter(Struct, rename="camel"):
    """One chapter, as the pretend operator tells it: when it begins, and which circuits it is about."""

    id: str
    title: dict[str, str]
    at: str
    happened: dict[str, str]
    circuits: list[str]
    down: list[str]
    switched: list[str]


def chapters(control: str) -> list[Chapter]:
    """Ask the pretend operator for its story."""
    told = httpx.get(f"{control}/story", timeout=60).raise_for_status().json()
    return convert(told["chapters"], list[Chapter])


def tell(control: str, endpoint: str, say: Say, pace: float, stopped: threading.Event) -> None:
    """Tell the whole story, a chapter every `pace` seconds, until it is over or stopped."""
    story = chapters(control)
    heroes = [circuit for chapter in story for circuit in chapter.down]
    heroes += [circuit for chapter in story for circuit in chapter.switched]
    for number, chapter in enumerate(story, 1):
        if stopped.is_set():
            return
        httpx.post(f"{control}/clock", json={"to": chapter.at}, timeout=60).raise_for_status()
        say("")
        say(f"[{number}/{len(story)}] {chapter.at}  {chapter.title['en']} · {chapter.title['zh']}")
        say(f"      {chapter.happened['en']}")
        say(f"      {chapter.happened['zh']}")
        # the circuit to look at: one that goes down somewhere in the story, else one that is saved by its protection
        code = next((circuit for circuit in heroes if circuit in chapter.circuits), chapter.circuits[0])
        variables = {"code": code, "from": _earlier(chapter.at), "to": chapter.at}
        say(f"      run: {_curl(endpoint, code)}")
        for line in summary(_ask(endpoint, variables)):
            say(f"      {line}")
        stopped.wait(pace)
    say("")
    say("That was the story. The clock stands at its end; Ctrl-C ends the demo.")


def summary(answer: dict[str, Any]) -> Iterator[str]:
    """What an answer to the story's query says, in a few lines."""
    for error in answer.get("errors", []):
        yield f"! {error['message']}"
    circuit = (answer.get("data") or {}).get("circuit")
    if circuit is None:
        return
    alarms, tickets = circuit["alarms"]["nodes"], circuit["tickets"]["nodes"]
    yield f"{circuit['code']} {circuit['name']}: {circuit['operationalState']}"
    yield f"{circuit['alarms']['totalCount']} active alarms" + "".join(sorted({f" · {_alarm(one)}" for one in alarms}))
    for ticket in tickets:
        yield f"ticket {ticket['state']}: {ticket['title']}"
    values = [point["value"] for point in (circuit["kpi"] or {"points": []})["points"] if point["value"] is not None]
    if values:
        yield f"availability of the last hour, by 5 minutes: lowest {min(values):.4f}, last {values[-1]:.4f}"


def _alarm(alarm: dict[str, Any]) -> str:
    where = f" at {alarm['element']['name']}" if alarm["element"] else ""
    planned = " (planned work)" if alarm["plannedWork"] else ""
    return f"{alarm['perceivedSeverity']} {alarm['probableCause']}{where}{planned}"


def _earlier(moment: str) -> str:
    return (datetime.fromisoformat(moment) - timedelta(hours=1)).isoformat()


def _ask(endpoint: str, variables: dict[str, str]) -> dict[str, Any]:
    answer = httpx.post(endpoint, json={"query": QUERY, "variables": variables}, timeout=60)
    told: dict[str, Any] = answer.json()
    return told


def _curl(endpoint: str, code: str) -> str:
    query = (
        f'{{ circuit(code: \\"{code}\\") {{ name operationalState alarms {{ nodes {{ probableCause state }} }} '
        "tickets { nodes { title state } } } }"
    )
    return f"""curl -s {endpoint} -H 'content-type: application/json' -d '{{"query": "{query}"}}'"""
