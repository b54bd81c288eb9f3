"""What an expert drew is seen where it was drawn, on any ground, and the photo stays as it was."""

from __future__ import annotations

import pytest
from PIL import Image, ImageColor

from inspection.evidence.drawing import EDGE, INK, MOST_PLACES, Kind, Stroke, drawn
from inspection.evidence.intake import Picture

WHITE, BLACK = (255, 255, 255), (0, 0, 0)


def plain(width: int, height: int, colour: tuple[int, int, int] = WHITE) -> Picture:
    return Picture(width, height, bytes(colour) * (width * height))


def seen(picture: Picture, *strokes: Stroke) -> Image.Image:
    made = drawn(picture, strokes)
    return Image.frombytes("RGB", (made.width, made.height), made.pixels)


def test_the_picture_given_stays_as_it_is_and_the_other_is_as_large() -> None:
    before = plain(640, 360)
    kept = before.pixels

    after = drawn(before, [Stroke(Kind.LINE, ((0, 0), (1, 1)))])

    assert before.pixels == kept
    assert (after.width, after.height) == (640, 360)
    assert after.pixels != kept
    assert drawn(before, []).pixels == kept


@pytest.mark.parametrize(
    ("stroke", "on", "off"),
    [
        (Stroke(Kind.ARROW, ((0.1, 0.5), (0.9, 0.5))), (0.5, 0.5), (0.5, 0.2)),
        (Stroke(Kind.CIRCLE, ((0.2, 0.2), (0.8, 0.8))), (0.2, 0.5), (0.5, 0.5)),
        (Stroke(Kind.LINE, ((0.1, 0.1), (0.1, 0.9), (0.9, 0.9))), (0.1, 0.6), (0.6, 0.4)),
    ],
    ids=lambda value: value.kind if isinstance(value, Stroke) else "",
)
@pytest.mark.parametrize("size", [(1280, 720), (720, 1280), (202, 360)])
def test_a_stroke_lies_at_the_same_share_of_every_picture(stroke, on, off, size) -> None:
    image = seen(plain(*size), stroke)

    at = [(round(x * size[0]), round(y * size[1])) for x, y in (on, off)]
    assert [image.getpixel(place) for place in at] == [ImageColor.getrgb(INK), WHITE]


@pytest.mark.parametrize("ground", [WHITE, BLACK, ImageColor.getrgb(INK)])
def test_a_stroke_is_seen_on_any_ground(ground) -> None:
    image = seen(plain(1280, 720, ground), Stroke(Kind.LINE, ((0.1, 0.5), (0.9, 0.5))))

    across = {image.getpixel((640, y)) for y in range(340, 380)}
    assert {ImageColor.getrgb(INK), ImageColor.getrgb(EDGE)} <= across


def test_words_are_written_where_they_begin() -> None:
    image = seen(plain(1280, 720), Stroke(Kind.TEXT, ((0.25, 0.5),), "这里漏水𠮷"))

    left, top, _, bottom = image.convert("L").point(lambda value: 255 - value).getbbox() or (0,) * 4
    assert left == pytest.approx(320, abs=12)
    assert (top + bottom) / 2 == pytest.approx(360, abs=12)


@pytest.mark.parametrize(
    ("kind", "places", "text"),
    [
        (Kind.ARROW, ((0, 0),), ""),
        (Kind.CIRCLE, ((0, 0), (0.5, 0.5), (1, 1)), ""),
        (Kind.LINE, ((0.5, 0.5),) * (MOST_PLACES + 1), ""),
        (Kind.LINE, ((0, 0), (0, 1.01)), ""),
        (Kind.LINE, ((0, 0), (0, float("nan"))), ""),
        (Kind.TEXT, ((0, 0),), " "),
        (Kind.TEXT, ((0, 0),), "长" * 21),
        (Kind.LINE, ((0, 0), (1, 1)), "字"),
    ],
)
def test_what_is_no_stroke_is_not_made(kind, places, text) -> None:
    with pytest.raises(ValueError, match=r"places|place|text"):
        Stroke(kind, places, text)
