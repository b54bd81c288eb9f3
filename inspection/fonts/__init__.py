"""The two fonts everything printed or drawn by the product uses, and what they can write."""

import struct
import unicodedata
from functools import cache
from pathlib import Path

#: Where the fonts lie; see README.md there for source, version and licence.
FOLDER = Path(__file__).resolve().parent
REGULAR = FOLDER / "NotoSansSC-Regular.ttf"
BOLD = FOLDER / "NotoSansSC-Bold.ttf"


def missing(text: str) -> str:
    """The characters of ``text`` that have no glyph in either weight, each once, in order."""
    known = _written_by_both()
    return "".join(dict.fromkeys(sign for sign in text if ord(sign) not in known))


def visible(text: str) -> str:
    """``text`` without empty boxes: a sign that has no glyph, such as 𠮷, becomes 〔U+20BB7〕.

    A rare name must not stop a survey, and a box hides what was meant; the code point says it
    exactly. Line ends stay. Controls and marks of direction are spelled out too, so that nobody's
    name can turn a line of the record around. Variation selectors, which only choose between
    shapes of the same character, are dropped.
    """
    known = _written_by_both()
    written = []
    for sign in unicodedata.normalize("NFC", text.replace("\r\n", "\n")):
        if sign == "\n":
            written.append(sign)
        elif _chooses_a_shape(sign):
            continue
        elif unicodedata.category(sign) in _UNSEEN or ord(sign) not in known:
            written.append(f"〔U+{ord(sign):04X}〕")
        else:
            written.append(sign)
    return "".join(written)


#: Controls, marks without a shape, private use, surrogates; line and paragraph separators.
_UNSEEN = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}


def _chooses_a_shape(sign: str) -> bool:
    return "\ufe00" <= sign <= "\ufe0f" or "\U000e0100" <= sign <= "\U000e01ef"


@cache
def _written_by_both() -> frozenset[int]:
    return _code_points(REGULAR) & _code_points(BOLD)


def _code_points(font: Path) -> frozenset[int]:
    """The code points a font maps to a glyph: its ``cmap`` table in format 12 (OpenType 1.9)."""
    file = font.read_bytes()
    start = _table(file, b"cmap")
    (count,) = struct.unpack_from(">H", file, start + 2)
    for number in range(count):
        platform, encoding, offset = struct.unpack_from(">HHL", file, start + 4 + 8 * number)
        if (platform, encoding) == (3, 10):  # Windows, full Unicode
            return frozenset(_groups(file, start + offset))
    raise ValueError(f"{font.name} has no full Unicode character map")


def _table(file: bytes, wanted: bytes) -> int:
    (count,) = struct.unpack_from(">H", file, 4)
    for number in range(count):
        tag, _, offset, _ = struct.unpack_from(">4sLLL", file, 12 + 16 * number)
        if tag == wanted:
            return int(offset)
    raise ValueError(f"the font has no {wanted.decode()} table")


def _groups(file: bytes, start: int) -> list[int]:
    (count,) = struct.unpack_from(">L", file, start + 12)
    points: list[int] = []
    for number in range(count):
        first, last, glyph = struct.unpack_from(">LLL", file, start + 16 + 12 * number)
        points.extend(range(first, last + 1) if glyph else range(first + 1, last + 1))
    return points
