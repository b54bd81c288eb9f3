"""What an expert draws on a still (圈画): strokes as values, and a picture with them drawn in.

Places are shares of the picture, so that they hold at any size: (0, 0) is its upper left corner,
(1, 1) its lower right one. The page draws by the same measures (`static/shared/strokes.js`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from PIL import Image, ImageDraw, ImageFont

from inspection import fonts
from inspection.evidence.intake import Picture

Place = tuple[float, float]

#: Places of one line; the page leaves out those that are too near each other to be seen apart.
MOST_PLACES = 200
#: Characters of a text: a few words beside an arrow.
MOST_LETTERS = 20

#: Light on a dark edge, so that it is seen on any ground. Gamboge and ink of the pages.
INK, EDGE = "#efc264", "#10171d"
#: Shares of the picture's longer side.
WIDTH, EDGE_WIDTH, LETTER, HEAD = 0.006, 0.003, 0.035, 0.03


class Kind(StrEnum):
    ARROW = "arrow"  # 箭头: from, to
    CIRCLE = "circle"  # 圈: two opposite corners of what it goes round
    LINE = "line"  # 线: as the hand went
    TEXT = "text"  # 字: where it begins, at half its height


#: How many places each has.
PLACES = {Kind.ARROW: (2, 2), Kind.CIRCLE: (2, 2), Kind.LINE: (2, MOST_PLACES), Kind.TEXT: (1, 1)}


@dataclass(frozen=True, slots=True)
class Stroke:
    """One of them (一笔). `text` is for `Kind.TEXT` and empty else.

    Raises:
        ValueError: too few or too many places, one outside the picture, or a text that does not
            fit the kind.
    """

    kind: Kind
    places: tuple[Place, ...]
    text: str = ""

    def __post_init__(self) -> None:
        least, most = PLACES[self.kind]
        if not least <= len(self.places) <= most:
            raise ValueError(f"{self.kind} has {least} to {most} places, not {len(self.places)}")
        if not all(0 <= share <= 1 for place in self.places for share in place):
            raise ValueError("a place outside the picture")
        if (self.kind is Kind.TEXT) != bool(self.text.strip()) or len(self.text) > MOST_LETTERS:
            raise ValueError(f"{self.kind} does not go with the text {self.text!r}")


def drawn(picture: Picture, strokes: Sequence[Stroke]) -> Picture:
    """The picture with the strokes on it; the one given stays as it is."""
    image = Image.frombytes("RGB", (picture.width, picture.height), picture.pixels)
    side = max(image.size)
    draw = ImageDraw.Draw(image)
    for stroke in strokes:
        at = [(x * image.width, y * image.height) for x, y in stroke.places]
        if stroke.kind is Kind.TEXT:
            _write(draw, at[0], stroke.text, side)
            continue
        for line in _lines(stroke.kind, at, side):
            _line(draw, line, EDGE, (WIDTH + 2 * EDGE_WIDTH) * side)
        for line in _lines(stroke.kind, at, side):
            _line(draw, line, INK, WIDTH * side)
    return Picture(picture.width, picture.height, image.tobytes())


def _lines(kind: Kind, at: list[Place], side: int) -> list[list[Place]]:
    match kind:
        case Kind.ARROW:
            return [at, _head(at[0], at[1], HEAD * side)]
        case Kind.CIRCLE:
            return [_round(at[0], at[1])]
        case _:
            return [at]


def _head(tail: Place, tip: Place, length: float) -> list[Place]:
    """The two short strokes at the tip, each half a right angle from the shaft."""
    back = math.atan2(tail[1] - tip[1], tail[0] - tip[0])
    one, other = (
        (tip[0] + length * math.cos(back + turn), tip[1] + length * math.sin(back + turn))
        for turn in (math.pi / 6, -math.pi / 6)
    )
    return [one, tip, other]


def _round(corner: Place, opposite: Place) -> list[Place]:
    middle = ((corner[0] + opposite[0]) / 2, (corner[1] + opposite[1]) / 2)
    across, down = abs(opposite[0] - corner[0]) / 2, abs(opposite[1] - corner[1]) / 2
    return [
        (middle[0] + across * math.cos(turn), middle[1] + down * math.sin(turn))
        for turn in (2 * math.pi * step / 72 for step in range(73))
    ]


def _line(draw: ImageDraw.ImageDraw, places: list[Place], ink: str, width: float) -> None:
    draw.line(places, fill=ink, width=max(1, round(width)), joint="curve")
    for x, y in (places[0], places[-1]):  # Pillow cuts ends off square
        draw.circle((x, y), width / 2, fill=ink)


def _write(draw: ImageDraw.ImageDraw, at: Place, text: str, side: int) -> None:
    font = ImageFont.truetype(
        fonts.BOLD, max(14, round(LETTER * side)), layout_engine=ImageFont.Layout.BASIC
    )
    edge = max(1, round(EDGE_WIDTH * side))
    draw.text(
        at,
        fonts.visible(text.replace("\n", " ")),
        font=font,
        fill=INK,
        anchor="lm",
        stroke_width=edge,
        stroke_fill=EDGE,
    )
