"""The picture of a circuit: its working route and those that protect it, hop by hop, with the alarms where they are."""

from collections.abc import Sequence
from itertools import pairwise

from gateway.drawing import card, heading, joint, legend, losses
from gateway.drawing.facts import Alarm, Circuit, Hop, Loss, Route
from gateway.drawing.joint import Joint
from gateway.drawing.lettering import clipped
from gateway.drawing.markup import Markup, group, joined, label, node
from gateway.drawing.placing import Placed, elsewhere, on_route, worst_first
from gateway.drawing.severity import badge, severity_of, style_of
from gateway.drawing.sheet import picture
from gateway.drawing.snake import MARGIN, WIDTH, laid_out
from gateway.drawing.wording import bandwidth, kilometres, say

HOPS_AT_MOST = 200
"""Hops of a route that are drawn; the rest are counted."""
ELSEWHERE_AT_MOST = 6


def drawn(circuit: Circuit, lost: Sequence[Loss], language: str) -> bytes:
    """Draw a circuit; `lost` are the fields that nobody could tell."""
    routes = circuit.routes or ()
    placed = [on_route(circuit, route) for route in routes]
    alarms = worst_first((*circuit.alarms.nodes, *(alarm for hops in placed for one in hops for alarm in one.here)))
    lists = [circuit.alarms, *(hop.alarms for route in routes for hop in route.hops)]
    untold = bool(losses.of_alarms(lists, language)) and not alarms
    top, y = heading.drawn(
        circuit.code, circuit.name or "", _facts(circuit, language), None if untold else alarms, language
    )
    notes = [*losses.of_alarms(lists, language), *losses.of_fields(lost, language)]
    noted, high = losses.drawn(notes, MARGIN, y, WIDTH - 2 * MARGIN)
    stray, y = _elsewhere(elsewhere(circuit, [one for hops in placed for one in hops]), y + high, language)
    ways: list[Markup] = []
    for route, hops in zip(routes, placed, strict=True):
        way, y = _way(circuit, route, hops, y, language)
        ways.append(way)
    if circuit.routes is not None and not routes:
        ways.append(label(say(language, "no routes"), MARGIN, y + 20, 14, style="dim"))
        y += 44
    signs = [(legend.way, say(language, "WORKING")), (legend.spare, say(language, "PROTECTION"))]
    bottom, y = legend.drawn([*signs, *legend.severities(language)], y + 10)
    title = say(language, "circuit", name=" · ".join(part for part in (circuit.code, circuit.name) if part))
    return picture(
        title, _description(circuit, placed, notes, language), language, WIDTH, y, top, noted, stray, *ways, bottom
    )


def _facts(circuit: Circuit, language: str) -> list[str]:
    customer = circuit.customer
    leased = " ".join(part for part in (customer.name, customer.customer_id) if part) if customer else ""
    return [
        part
        for part in (
            leased,
            say(language, circuit.state) if circuit.state else say(language, "no state"),
            bandwidth(circuit.bandwidth_bps) or say(language, "no bandwidth"),
            circuit.category or "",
            f"{say(language, 'sla')} {circuit.sla_class}" if circuit.sla_class else "",
        )
        if part
    ]


def _elsewhere(alarms: Sequence[Alarm], y: float, language: str) -> tuple[Markup, float]:
    if not alarms:
        return Markup(""), y
    parts = [label(say(language, "elsewhere"), MARGIN, y + 14, 13, bold=True)]
    y += 36
    for alarm in alarms[:ELSEWHERE_AT_MOST]:
        severity = severity_of(alarm)
        line = _said(alarm, alarm.element.element_id if alarm.element else "", language)
        text = clipped(line, 12, WIDTH - 2 * MARGIN - 24)
        parts += [badge(severity, MARGIN + 8, y - 4, 6.5), label(text, MARGIN + 24, y, 12, style=style_of(severity))]
        y += 20
    if len(alarms) > ELSEWHERE_AT_MOST:
        more = say(language, "more alarms", count=len(alarms) - ELSEWHERE_AT_MOST)
        parts.append(label(more, MARGIN + 24, y, 12, style="dim"))
        y += 20
    return joined(*parts), y + 4


def _way(circuit: Circuit, route: Route, placed: Sequence[Placed], top: float, language: str) -> tuple[Markup, float]:
    """One route on a panel of its own, and where that ends."""
    hops = route.hops[:HOPS_AT_MOST]
    leased = (circuit.customer.name or "") if circuit.customer else ""
    cards = [
        card.end_card(circuit.a_end, "a end", leased, language),
        *(card.hop_card(hop, one, language) for hop, one in zip(hops, placed, strict=False)),
    ]
    if len(hops) == len(route.hops):
        cards.append(card.end_card(circuit.z_end, "z end", leased, language))
    texts = _told_of(circuit, route, language)
    spots, end = laid_out([one.height for one in cards], top + 44 + 22 * len(texts))
    joints = [Joint(), *map(_joint, zip(pairwise(hops), placed, strict=False)), Joint()][: len(cards) - 1]
    parts = [
        node("rect", {"class": "panel", "x": 3, "y": top, "width": WIDTH - 6, "height": end - top + 22, "rx": 12}),
        label(say(language, route.role if route.role != "UNKNOWN" else "ROUTE"), MARGIN, top + 28, 17, bold=True),
        *(label(line, MARGIN, top + 50 + 22 * at, 12.5, style="dim") for at, line in enumerate(texts)),
        *(joint.drawn(one, a, z, language) for one, (a, z) in zip(joints, pairwise(spots), strict=True)),
        *(card.drawn(one, spot, language) for one, spot in zip(cards, spots, strict=True)),
    ]
    return group(*parts, style="" if route.role == "WORKING" else "spare"), end + 40


def _joint(between: tuple[tuple[Hop, Hop], Placed]) -> Joint:
    (near, far), placed = between
    return Joint(near.link, placed.link, gap=far.sequence != near.sequence + 1)


def _told_of(circuit: Circuit, route: Route, language: str) -> list[str]:
    """What is said of a route before it is drawn: how long it is, how complete, what it shares with the working one."""
    count = len(route.hops)
    lengths = [hop.link.length_km for hop in route.hops if hop.link and hop.link.length_km is not None]
    first = [say(language, "hop") if count == 1 else say(language, "hops", count=count)]
    if lengths:
        first.append(say(language, "length", km=kilometres(sum(lengths))))
    first.append(say(language, "whole" if route.complete else "broken"))
    if count > HOPS_AT_MOST:
        first.append(say(language, "more hops", count=count - HOPS_AT_MOST))
    shared = _risks(route) & _risks(circuit.routes[0]) if circuit.routes and route.role == "PROTECTION" else set()
    found = [" · ".join(first)] if count else [say(language, "no hops")]
    if shared:
        text = say(language, "shared", groups=", ".join(sorted(shared)))
        found.append(clipped(f"▲ {text}", 12.5, WIDTH - 2 * MARGIN))
    return found


def _risks(route: Route) -> set[str]:
    return {hop.link.risk_group for hop in route.hops if hop.link and hop.link.risk_group}


def _said(alarm: Alarm, place: str, language: str) -> str:
    severity, cause = say(language, severity_of(alarm)), card.cause(alarm, language)
    where = " ".join(part for part in (place, alarm.port) if part)
    return say(language, "on" if where else "of", cause=cause, severity=severity, place=where)


def _description(circuit: Circuit, placed: Sequence[Sequence[Placed]], notes: Sequence[str], language: str) -> str:
    """The picture in words."""
    said = [" · ".join(_facts(circuit, language)), *notes]
    told: set[str] = set()
    for route, hops in zip(circuit.routes or (), placed, strict=True):
        names = [hop.element.name or hop.element.element_id if hop.element else "?" for hop in route.hops]
        said.append(f"{say(language, route.role)}: {' → '.join(names)}")
        for name, one in zip(names, hops, strict=True):
            said += [_said(alarm, name, language) for alarm in one.here if alarm.alarm_id not in told]
            told |= {alarm.alarm_id for alarm in one.here}
    said += [_said(alarm, "", language) for alarm in circuit.alarms.nodes if alarm.alarm_id not in told]
    return ". ".join(said)
