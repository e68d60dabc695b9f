"""What a picture has to say of what is not in it."""

from collections.abc import Iterable, Sequence

from gateway.drawing.facts import Alarms, Circuits, Loss, Missing
from gateway.drawing.lettering import wrapped
from gateway.drawing.markup import NOTHING, Markup, joined, label, node
from gateway.drawing.wording import CHINESE, known, say

AT_MOST = 12
"""Lines of notes at most."""
LINE = 18.0
SIZE = 12.5


def of_fields(losses: Iterable[Loss], language: str) -> list[str]:
    """Fields that nobody could tell: one line for each reason."""
    fields: dict[str, dict[str, None]] = {}
    for loss in losses:
        why = " ".join(filter(None, (loss.source, loss.code)))
        fields.setdefault(why, {})[_what(loss.field, language)] = None
    between = "、" if language == CHINESE else ", "
    return [say(language, "unknown", what=between.join(names), why=why) for why, names in fields.items()]


def of_alarms(lists: Sequence[Alarms], language: str) -> list[str]:
    """How complete the alarms are, of a circuit and of all that it passes."""
    there = any(alarms.nodes for alarms in lists)
    missing = sorted({(one.source, one.code) for alarms in lists for one in alarms.missing})
    stale = any(alarms.completeness == "STALE" for alarms in lists)
    cut = any(alarms.page_info.has_next_page for alarms in lists)
    return _of_list("alarms", [Missing(*one) for one in missing], there, stale, cut, language)


def of_circuits(circuits: Circuits, language: str) -> list[str]:
    """How complete a customer's list of circuits is; that it goes on is said elsewhere."""
    stale = circuits.completeness == "STALE"
    return _of_list("circuits", circuits.missing, bool(circuits.nodes), stale, False, language)


def _of_list(what: str, missing: Iterable[Missing], there: bool, stale: bool, cut: bool, language: str) -> list[str]:
    name = _what(what, language)
    key = "short" if there else "unknown"
    found = [say(language, key, what=name, why=f"{one.source} {one.code}") for one in missing]
    if stale:
        found.append(say(language, "stale", what=name))
    if cut:
        found.append(say(language, "cut", what=name))
    return found


def _what(field: str, language: str) -> str:
    return say(language, f"what {field}") if known(f"what {field}") else field


def drawn(notes: Sequence[str], x: float, y: float, room: float) -> tuple[Markup, float]:
    """Notes as lines on a ground of their own; and how high that is."""
    lines = [line for note in notes[:AT_MOST] for line in wrapped(f"▲ {note}", SIZE, room - 24, lines=2)]
    if len(notes) > AT_MOST:
        lines.append(f"▲ … +{len(notes) - AT_MOST}")
    if not lines:
        return NOTHING, 0.0
    height = len(lines) * LINE + 14
    ground = node("rect", {"class": "note", "x": x, "y": y, "width": room, "height": height, "rx": 6})
    texts = [label(line, x + 12, y + 20 + at * LINE, SIZE, style="noted") for at, line in enumerate(lines)]
    return joined(ground, *texts), height + 12
