"""Views of a photo for people (水印视图): small, upright, and saying on themselves what they are.

The original is never drawn on. A view carries no metadata, and no glyph of it is an empty box: a
character the font lacks is written as its code point (`inspection.fonts.visible`).
"""

import io
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from inspection import fonts
from inspection.evidence.exif import BEIJING
from inspection.evidence.intake import Picture

#: Longest side of a thumbnail, in pixels.
THUMBNAIL_SIDE = 480


@dataclass(frozen=True, slots=True)
class Caption:
    """What a view says about its photo; ``at`` is aware and shown in Beijing time."""

    bureau: str
    case_number: str
    point: str  # the checklist point it was taken for
    at: datetime
    officer: str
    evidence_number: str
    sha256: str

    def lines(self) -> list[str]:
        """Three lines: whose case, what is seen and when, which piece of evidence."""
        return [
            f"{self.bureau}　办件 {self.case_number}",
            f"{self.point}　{in_words(self.at)}　勘验人 {self.officer}",
            f"佐证 {self.evidence_number}　SHA-256 {short(self.sha256)}",
        ]

    def brief(self) -> list[str]:
        """What there is room for on a thumbnail."""
        return [f"{self.evidence_number}　{in_words(self.at)}"]


def view(picture: Picture, caption: Caption) -> bytes:
    """The photo as JPEG for looking at, longest side 1600 pixels, with the whole caption."""
    image = _image(picture)
    return _jpeg(_captioned(image, caption.lines(), size=max(18, max(image.size) // 56)), 84)


def thumbnail(picture: Picture, caption: Caption) -> bytes:
    """The photo as a small JPEG for lists and for the printed record, with a brief caption."""
    image = _image(picture)
    image.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.BICUBIC, reducing_gap=2.0)
    return _jpeg(_captioned(image, caption.brief(), size=20), 80)


def in_words(at: datetime) -> str:
    """2026年11月24日 10:38, Beijing time."""
    local = at.astimezone(BEIJING)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"


def short(sha256: str) -> str:
    """Enough of a digest to tell two pieces of a case apart by eye: 9f86d081 884c7d65."""
    return f"{sha256[:8]} {sha256[8:16]}"


#: How much of the ground the band leaves: white on the brightest ground keeps a contrast of 6:1,
#: above the 4.5:1 of WCAG 2.2, and what lies under the band can still be made out.
_GROUND_LEFT = 0.38
#: The band covers at most this share of a picture; beyond that it hangs below it.
_MOST_COVERED = 1 / 4
#: Narrower pictures are laid on a wider dark sheet, or no line would fit.
_NARROWEST = 320


def _captioned(image: Image.Image, lines: list[str], *, size: int) -> Image.Image:
    font = _font(size)
    pad = size // 2
    width = max(image.width, _NARROWEST)
    rows = [row for line in lines for row in _wrapped(fonts.visible(line), font, width - 2 * pad)]
    step = round(size * 1.45)
    band = step * len(rows) + 2 * (pad // 2)

    covered = min(band, int(image.height * _MOST_COVERED))
    sheet = Image.new("RGB", (width, image.height + band - covered), "black")
    sheet.paste(image, ((width - image.width) // 2, 0))
    strip = (0, sheet.height - band, sheet.width, sheet.height)
    ground = sheet.crop(strip)
    sheet.paste(Image.blend(Image.new("RGB", ground.size, "black"), ground, _GROUND_LEFT), strip)

    draw = ImageDraw.Draw(sheet)
    for number, row in enumerate(rows):
        middle = strip[1] + pad // 2 + step * number + step // 2
        draw.text((pad, middle), row, font=font, fill="white", anchor="lm")
    return sheet


def _wrapped(line: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """Rows no wider than ``width`` pixels; Chinese breaks anywhere, and so does a long number."""
    rows = [""]
    for sign in line.replace("\n", " "):
        if rows[-1] and font.getlength(rows[-1] + sign) > width:
            rows.append("")
        rows[-1] += sign
    return [row.strip("　 ") for row in rows]


@lru_cache(maxsize=32)
def _font(size: int) -> ImageFont.FreeTypeFont:
    # Basic layout: one glyph a code point, so the character map alone decides what is drawn.
    return ImageFont.truetype(fonts.REGULAR, size, layout_engine=ImageFont.Layout.BASIC)


def _image(picture: Picture) -> Image.Image:
    return Image.frombytes("RGB", (picture.width, picture.height), picture.pixels)


def _jpeg(image: Image.Image, quality: int) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality)
    return file.getvalue()
