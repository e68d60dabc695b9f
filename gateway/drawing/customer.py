"""The picture of a customer: its circuits between its cities or sites on a map, and in a list, the worst first."""

from collections.abc import Sequence

from gateway.drawing import chart, heading, legend, losses
from gateway.drawing.atlas import Frame
from gateway.drawing.facts import Circuit, End, Leaseholder, Loss
from gateway.drawing.lettering import clipped, width
from gateway.drawing.markup import Markup, group, joined, label, node
from gateway.drawing.places import Network, network_of, place_of
from gateway.drawing.placing import worst_first
from gateway.drawing.severity import badge, rank, style_of, worst
from gateway.drawing.sheet import picture
from gateway.drawing.snake import MARGIN, WIDTH
from gateway.drawing.wording import bandwidth, say

LISTED_AT_MOST = 18
ROW = 37.0
LIST = 470.0
"""How wide the list is."""
LEAST, MOST = 520.0, 720.0
"""How high the map is."""


def drawn(customer: Leaseholder, lost: Sequence[Loss], language: str) -> bytes:
    """Draw a customer; `lost` are the fields that nobody could tell."""
    circuits = sorted(customer.circuits.nodes, key=lambda one: (rank(worst(one.alarms.nodes)), one.code))
    lists = [one.alarms for one in circuits]
    alarms = worst_first(alarm for one in lists for alarm in one.nodes)
    untold = bool(losses.of_alarms(lists, language)) and not alarms
    name = customer.name or customer.customer_id
    facts = [customer.customer_id, *_facts(customer, language)]
    top, y = heading.drawn(name, "", facts, None if untold else alarms, language)
    notes = [
        *losses.of_circuits(customer.circuits, language),
        *losses.of_alarms(lists, language),
        *losses.of_fields(lost, language),
    ]
    noted, high = losses.drawn(notes, MARGIN, y, WIDTH - 2 * MARGIN)
    network = network_of(circuits, customer.name or "")
    middle, y = _body(customer, circuits, network, y + high, language)
    signs = [(legend.spot, say(language, "place")), (legend.way, say(language, "bundle"))]
    bottom, y = legend.drawn([*signs, *legend.severities(language)], y + 10)
    title = say(language, "leaseholder", name=" ".join(dict.fromkeys((name, customer.customer_id))))
    said = _description(circuits, facts, notes, language)
    return picture(title, said, language, WIDTH, y, top, noted, middle, bottom)


def _facts(customer: Leaseholder, language: str) -> list[str]:
    circuits = customer.circuits
    drawn_, total = len(circuits.nodes), circuits.total_count
    if total is not None and total > drawn_:
        counted = say(language, "circuits of", drawn=drawn_, count=total)
    elif circuits.page_info.has_next_page:
        counted = say(language, "circuits first", drawn=drawn_)
    else:
        counted = say(language, "one circuit") if drawn_ == 1 else say(language, "circuits", count=drawn_)
    tier = f"{say(language, 'tier')} {customer.tier}" if customer.tier else ""
    return [part for part in (tier, counted) if part]


def _body(
    customer: Leaseholder, circuits: Sequence[Circuit], network: Network, y: float, language: str
) -> tuple[Markup, float]:
    if not circuits:
        return label(say(language, "no circuits"), MARGIN, y + 24, 14, style="dim"), y + 40
    listed, high = _list(customer, circuits, y, language)
    high = max(high, LEAST if len(network.spots) < 8 else MOST)
    wide = WIDTH - LIST - MARGIN - 30
    texts = [
        say(language, "network" if network.cities else "campus"),
        *([say(language, "more places", count=network.hidden)] if network.hidden else []),
        *([say(language, "schematic")] if not any(spot.where for spot in network.spots) else []),
    ]
    parts = [
        node("rect", {"class": "panel", "x": 14, "y": y, "width": wide, "height": high, "rx": 12}),
        label(texts[0], MARGIN, y + 28, 17, bold=True),
        label(" · ".join(texts[1:]), MARGIN, y + 48, 12, style="dim"),
        chart.drawn(network, Frame(20, y + 56, wide - 12, high - 62), language),
        node("rect", {"class": "panel", "x": wide + 26, "y": y, "width": LIST + 28, "height": high, "rx": 12}),
        listed,
    ]
    return joined(*parts), y + high


def _list(customer: Leaseholder, circuits: Sequence[Circuit], y: float, language: str) -> tuple[Markup, float]:
    left = WIDTH - LIST - MARGIN + 36
    right = WIDTH - MARGIN + 2
    parts = [label(say(language, "listed"), left - 22, y + 28, 15, bold=True)]
    at = y + 56
    for circuit in circuits[:LISTED_AT_MOST]:
        parts.append(_row(circuit, left, right, at, customer.name or "", language))
        at += ROW
    total = customer.circuits.total_count
    more = (total if total is not None else len(circuits)) - LISTED_AT_MOST
    if more > 0 or customer.circuits.page_info.has_next_page:
        known = total is not None or not customer.circuits.page_info.has_next_page
        text = say(language, "more circuits", count=more) if known else say(language, "and more")
        parts.append(label(text, left, at + 2, 12, style="dim"))
        at += 24
    return joined(*parts), at - y


def _row(circuit: Circuit, left: float, right: float, y: float, prefix: str, language: str) -> Markup:
    bad = worst(circuit.alarms.nodes)
    state = say(language, circuit.state) if circuit.state else say(language, "no state")
    facts = " · ".join(part for part in (bandwidth(circuit.bandwidth_bps), state) if part)
    taken = width(facts, 11.5)
    ends = f"{_place(circuit.a_end, prefix, language)} — {_place(circuit.z_end, prefix, language)}"
    style = style_of(bad) if bad else ""
    code = clipped(circuit.code, 12.5, right - left - taken - 14, bold=True)
    return group(
        *(
            [badge(bad, left - 14, y + 3, 7)]
            if bad
            else [node("circle", {"class": "okay", "cx": left - 14, "cy": y + 3, "r": 3})]
        ),
        label(code, left, y, 12.5, style=style, bold=True),
        label(facts, right, y, 11.5, style="dim", anchor="end"),
        label(clipped(ends, 11, right - left), left, y + 15, 11, style="dim"),
        tip=f"{circuit.code} · {circuit.name or ''}",
    )


def _place(end: End | None, prefix: str, language: str) -> str:
    site = place_of(end)
    if site is None:
        return (end.address if end else None) or say(language, "placeless")
    return (site.name or "").removeprefix(prefix) or site.city or say(language, "placeless")


def _description(circuits: Sequence[Circuit], facts: Sequence[str], notes: Sequence[str], language: str) -> str:
    said = [" · ".join(facts), *notes]
    for circuit in circuits:
        bad = worst(circuit.alarms.nodes)
        ends = f"{_place(circuit.a_end, '', language)} — {_place(circuit.z_end, '', language)}"
        said.append(f"{circuit.code}: {ends}, {say(language, bad) if bad else say(language, 'no alarms')}")
    return ". ".join(said)
