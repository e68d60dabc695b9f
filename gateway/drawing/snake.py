"""Where the cards of a route stand: in rows that turn back, so that the next card is always beside the last one.

card -> card -> card -> card -> card
                                  |
card <- card <- card <- card <- card
"""

from collections.abc import Sequence

from msgspec import Struct

COLUMNS = 5
CARD = 178.0
GAP = 104.0
ROW_GAP = 62.0
MARGIN = 36.0
TURN = 22.0
WIDTH = 2 * MARGIN + COLUMNS * CARD + (COLUMNS - 1) * GAP
FOOT = 17.0
"""How far above a card's lower edge the route passes through it."""


class Spot(Struct, frozen=True):
    """Where a card stands. `forward`: the route runs from left to right through it."""

    x: float
    y: float
    height: float
    forward: bool

    @property
    def line(self) -> float:
        """The height at which the route passes through it."""
        return self.y + self.height - FOOT

    @property
    def entry(self) -> float:
        """Where the route comes in."""
        return self.x if self.forward else self.x + CARD

    @property
    def exit(self) -> float:
        """Where it goes on."""
        return self.x + CARD if self.forward else self.x


def laid_out(heights: Sequence[float], y: float) -> tuple[list[Spot], float]:
    """A place for a card of each height, below `y`; and where the last row ends. All cards of a row are as high."""
    spots: list[Spot] = []
    for start in range(0, len(heights), COLUMNS):
        row = heights[start : start + COLUMNS]
        forward = (start // COLUMNS) % 2 == 0
        for place in range(len(row)):
            column = place if forward else COLUMNS - 1 - place
            spots.append(Spot(MARGIN + column * (CARD + GAP), y, max(row), forward))
        y += max(row) + ROW_GAP
    return spots, y - (ROW_GAP if spots else 0)
