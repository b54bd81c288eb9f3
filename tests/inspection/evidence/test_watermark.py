"""A view says what it is, can be read on any ground, and carries nothing else."""

import dataclasses
import hashlib
import io
from datetime import UTC, datetime

import pytest
from PIL import Image

from inspection import fonts
from inspection.evidence.intake import Picture
from inspection.evidence.place import Place
from inspection.evidence.seal import Seal, verify
from inspection.evidence.watermark import Caption, thumbnail, view

CAPTION = Caption(
    bureau="西安市未央区行政审批服务局",
    case_number="未央食许 2026-11-0387",
    point="7 清洗水池、洗手池与上下水",
    at=datetime(2026, 11, 24, 2, 38, tzinfo=UTC),
    officer="李敏",
    evidence_number="007",
    sha256="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
)


def plain(width: int, height: int, colour: tuple[int, int, int]) -> Picture:
    return Picture(width, height, bytes(colour) * (width * height))


def opened(jpeg: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(jpeg))
    image.load()
    return image


def test_it_names_bureau_case_point_time_officer_and_evidence() -> None:
    words = "\n".join(CAPTION.lines())

    for part in (
        "西安市未央区行政审批服务局",
        "未央食许 2026-11-0387",
        "7 清洗水池、洗手池与上下水",
        "2026年11月24日 10:38",
        "李敏",
        "007",
        "9f86d081 884c7d65",
    ):
        assert part in words


@pytest.mark.parametrize("colour", [(255, 255, 255), (0, 0, 0), (250, 240, 60), (128, 128, 128)])
def test_white_words_stand_out_from_any_ground(colour: tuple[int, int, int]) -> None:
    image = opened(view(plain(1600, 1200, colour), CAPTION)).convert("L")

    band = image.crop((0, 1080, 1600, 1200))
    ground = band.getpixel((1590, 60))
    assert isinstance(ground, int)
    linear = (ground / 255) ** 2.2
    assert 1.05 / (linear + 0.05) >= 4.5  # WCAG 2.2, 1.4.3
    assert band.getextrema()[1] > 235  # something white is written there


@pytest.mark.parametrize("size", [(1600, 1200), (900, 1600), (1600, 300), (200, 90), (1, 1)])
def test_every_shape_of_picture_gets_its_whole_caption(size: tuple[int, int]) -> None:
    image = opened(view(plain(*size, (255, 255, 255)), CAPTION))

    assert image.width >= 320
    uncovered = image.crop((0, 0, image.width, size[1] * 3 // 4))
    centre = (image.width // 2, uncovered.height // 2)
    assert size[1] < 4 or uncovered.getpixel(centre) == (255, 255, 255)


def test_a_name_without_a_glyph_is_spelled_out_never_an_empty_box() -> None:
    assert fonts.missing("李㛃𠮷𠮷🔥") == "𠮷🔥"
    assert fonts.visible("李㛃𠮷") == "李㛃〔U+20BB7〕"

    picture = plain(1200, 900, (0, 0, 0))
    rare = view(picture, dataclasses.replace(CAPTION, officer="𠮷"))
    spelled = view(picture, dataclasses.replace(CAPTION, officer="〔U+20BB7〕"))
    assert rare == spelled


def test_nothing_in_a_name_can_turn_the_line_around_or_hide() -> None:
    assert fonts.visible("李\u202e敏\x00\x1b") == "李〔U+202E〕敏〔U+0000〕〔U+001B〕"
    assert fonts.visible("葛\U000e0100") == "葛"  # a variant of the same character
    assert fonts.visible("一\r\n二") == "一\n二"


def test_the_fonts_are_the_ones_that_were_checked() -> None:
    readme = (fonts.FOLDER / "README.md").read_text(encoding="utf-8")

    for font in (fonts.REGULAR, fonts.BOLD):
        assert hashlib.sha256(font.read_bytes()).hexdigest() in readme


def test_views_are_small_and_carry_no_metadata() -> None:
    big, small = (
        view(plain(1600, 1200, (9, 9, 9)), CAPTION),
        thumbnail(plain(1600, 1200, (9, 9, 9)), CAPTION),
    )

    assert max(opened(big).size) == 1600
    assert max(opened(small).size) == 480
    for jpeg in (big, small):
        assert b"Exif" not in jpeg
        assert not opened(jpeg).getexif()


def test_a_seal_holds_for_the_sealed_bytes_and_no_others() -> None:
    seal = Seal(
        sha256=hashlib.sha256(b"photo").hexdigest(),
        received_at=datetime(2026, 11, 24, 2, 38, tzinfo=UTC),
        taken_at=None,
        place=Place(34.3471, 108.9402),
        by="张桂兰",
    )

    assert verify(b"photo", seal)
    assert not verify(b"phot0", seal)


def test_a_seal_needs_a_digest_and_the_time_in_utc() -> None:
    good = {"taken_at": None, "place": None, "by": "张桂兰"}
    noon = datetime(2026, 11, 24, 12, tzinfo=UTC)

    with pytest.raises(ValueError, match="SHA-256"):
        Seal(sha256="abc", received_at=noon, **good)
    with pytest.raises(ValueError, match="UTC"):
        Seal(sha256="a" * 64, received_at=noon.replace(tzinfo=None), **good)


@pytest.mark.parametrize("latitude", [float("nan"), float("inf"), 90.1, -91])
def test_there_is_no_place_off_the_globe(latitude: float) -> None:
    with pytest.raises(ValueError, match="latitude"):
        Place(latitude, 108.9)
