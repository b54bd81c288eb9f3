"""One cell at a time: what the clerk typed, or what the spreadsheet program made of it.

Every reader takes any value a spreadsheet can hold and returns the value meant and, perhaps, a
doubt. A grave doubt comes with no value: nothing is guessed.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import TypeVar

from server.models.applicant import IdentifierKind
from server.models.coordinates import Datum, Place, parse_degrees, parse_place
from server.models.identifiers import (
    Fault,
    kind_of,
    phone_fault,
    resident_fault,
    uscc_fault,
    uscc_meant,
)
from server.services.importing.findings import Code, Doubt

Value = str | int | float | bool | date | datetime | time | timedelta
T = TypeVar("T")
Reading = tuple[T | None, Doubt | None]

LONGEST_TEXT = 500
LONGEST_NUMBER = 50  # of an 办件编号, in the national exchange table
_EXACT_BELOW = 10**15  # a float keeps 15 decimal digits; Excel shows no more
_DAY_ZERO = date(1899, 12, 30)  # of Excel's serial days
_SERIALS = range(36526, 73051)  # 2000-01-01 to 2099-12-31


def clean(text: str) -> str:
    """Half-width digits and letters, plain spaces, nothing invisible; Chinese marks stay."""
    if not text.isascii() and _ODD_WIDTH.search(text):
        text = text.translate(_HALF_WIDTH)
    if not text.isprintable():
        text = _INVISIBLE.sub(" ", text)
    return text.strip().removeprefix("'").strip()


_HALF_WIDTH: dict[int, str | None] = {
    **{code: chr(code - 0xFEE0) for code in range(0xFF10, 0xFF5B) if chr(code).isalnum()},
    **dict.fromkeys([0x3000, 0xA0, *range(0x2000, 0x200B), 0x202F, 0x205F], " "),
    **dict.fromkeys([0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x200E, 0x200F, 0x202A, 0x202C]),
    0xFF0D: "-",
    0xFF0B: "+",
    0xFF0F: "/",
    0xFF0E: ".",
}
_ODD_WIDTH = re.compile(f"[{re.escape(''.join(map(chr, _HALF_WIDTH)))}]")
_INVISIBLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")
#: ="00123": how other systems keep Excel from eating zeros.
_QUOTED = re.compile(r'="([^"]*)"')


def shown(value: Value) -> str:
    """The cell as the clerk sees it, more or less."""
    if isinstance(value, str):
        text = clean(value)
        quoted = _QUOTED.fullmatch(text) if text[:2] == '="' else None
        return clean(quoted[1]) if quoted else text
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float | int):
        return _plain_number(value)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, time):
        return value.strftime("%H:%M")
    return str(value)


def _plain_number(value: float) -> str:
    if abs(value) >= _EXACT_BELOW or value != value:
        return f"{value:.6G}"
    return str(int(value)) if value == int(value) else repr(value)


def read_text(value: Value) -> Reading[str]:
    """Free text: a name, an address, a wish."""
    text = shown(value)
    if text.startswith("="):
        return None, Doubt(Code.FORMULA_TEXT)
    if len(text) > LONGEST_TEXT:
        return None, Doubt(Code.TOO_LONG, {"length": len(text), "most": LONGEST_TEXT})
    return text, None


def read_code(value: Value) -> Reading[str]:
    """Anything made of digits that must not lose one: codes and numbers issued elsewhere."""
    if isinstance(value, int | float) and abs(value) >= _EXACT_BELOW:
        return None, Doubt(Code.DIGITS_LOST)
    if isinstance(value, date | time | timedelta):
        return None, Doubt(Code.BECAME_DATE)
    text, doubt = read_text(value)
    if text and _SCIENTIFIC.fullmatch(text):
        return None, Doubt(Code.DIGITS_LOST)
    return text, doubt


_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[Ee]\+?\d+")


def read_number(value: Value) -> Reading[str]:
    """办件编号: opaque, kept as issued with its leading zeros."""
    text, doubt = read_code(value)
    if text and len(text) > LONGEST_NUMBER:
        return None, Doubt(Code.TOO_LONG, {"length": len(text), "most": LONGEST_NUMBER})
    return text, doubt


def read_identifier(value: Value) -> Reading[tuple[IdentifierKind, str]]:
    """证照号码: a credit code, an ID, or something older, checked as far as it can be."""
    text, doubt = read_code(value)
    if not text:
        return None, doubt
    number = re.sub(r"[\s-]", "", text).upper()
    kind = kind_of(number)
    if kind is IdentifierKind.USCC:
        return _judged(kind, number, _uscc_doubt(number))
    if kind is IdentifierKind.RESIDENT:
        return _judged(kind, number, _resident_doubt(number))
    old = len(number) in (9, 13, 15) and number[:-1].isalnum()
    return (kind, text), Doubt(Code.IDENTIFIER_OLD if old else Code.IDENTIFIER_OTHER)


def read_registration(value: Value) -> Reading[tuple[IdentifierKind, str]]:
    """A registration or licence number of some other office: kept, not checked; 0 is none."""
    text, doubt = read_code(value)
    return (IdentifierKind.OTHER, text) if text and text.strip("0") else None, doubt


def _judged(
    kind: IdentifierKind, number: str, doubt: Doubt | None
) -> Reading[tuple[IdentifierKind, str]]:
    warned = doubt is None or doubt.code is Code.IDENTIFIER_OLD
    return ((kind, number) if warned else None), doubt


def _uscc_doubt(code: str) -> Doubt | None:
    fault = uscc_fault(code)
    if fault is Fault.CHECK and code.isdecimal() and code.endswith("000"):
        return Doubt(Code.DIGITS_LOST)  # 15 digits survived, then it was saved as text
    if fault is not None and (meant := uscc_meant(code)):
        return Doubt(Code.USCC_LOOKALIKE, {"meant": meant})
    if fault is Fault.LENGTH:
        return Doubt(Code.USCC_LENGTH, {"length": len(code)})
    if fault is Fault.CHARACTERS:
        return Doubt(Code.USCC_CHARACTERS)
    return Doubt(Code.USCC_CHECK) if fault else None


def _resident_doubt(number: str) -> Doubt | None:
    fault = resident_fault(number)
    if fault is None:
        return Doubt(Code.IDENTIFIER_OLD) if len(number) == 15 else None
    if fault is Fault.CHECK and number.endswith("000"):
        return Doubt(Code.DIGITS_LOST)
    if fault is Fault.LENGTH:
        return Doubt(Code.RESIDENT_LENGTH, {"length": len(number)})
    return Doubt(
        {
            Fault.CHARACTERS: Code.RESIDENT_CHARACTERS,
            Fault.CHECK: Code.RESIDENT_CHECK,
            Fault.DATE: Code.RESIDENT_DATE,
        }[fault]
    )


def read_phone(value: Value) -> Reading[str]:
    """手机号 or 固话, without +86 and spaces; of several, the first."""
    text, doubt = read_code(value)
    if not text:
        return None, doubt
    if phone_fault(text) is None:
        return text, None
    first = re.split(r"[/;,、；，]|\s{2,}|或", text, maxsplit=1)[0]
    number = re.sub(r"[\s()（）.]", "", re.sub(r"[‐-―−]", "-", first))
    number = re.sub(r"^(?:\+|00)?86-?(?=1|0)", "", number)
    if number.startswith("1"):
        number = number.replace("-", "")
    fault = phone_fault(number)
    if fault is None:
        return number, None
    if fault is Fault.LENGTH and len(number) < 11:
        return None, Doubt(Code.PHONE_SHORT, {"missing": 11 - len(number)})
    if fault is Fault.LENGTH:
        return None, Doubt(Code.PHONE_LONG, {"extra": len(number) - 11})
    return None, Doubt(Code.PHONE_WRONG)


def read_date(value: Value) -> Reading[date]:
    """A day, local: 2026.3.5, 2026-3-5, 2026/3/5, 20260305, 2026年3月5日, or a serial day."""
    if isinstance(value, datetime):
        return value.date(), None
    if isinstance(value, date):
        return value, None
    if not isinstance(value, str):
        value = "" if isinstance(value, bool | time | timedelta) else _plain_number(value)
        if not value:
            return None, Doubt(Code.DATE_UNREADABLE)
    text = shown(value)
    if not text:
        return None, None
    if text.isdecimal() and text.isascii() and len(text) == 5 and int(text) in _SERIALS:
        return _DAY_ZERO + timedelta(days=int(text)), None
    if re.fullmatch(r"[3-7]\d{4}\.\d+", text) and int(text[:5]) in _SERIALS:
        return _DAY_ZERO + timedelta(days=int(text[:5])), None
    found = _DATE.fullmatch(text)
    if found is None:
        return None, Doubt(Code.DATE_UNREADABLE)
    year, month, day = (int(part) for part in found.groups() if part)
    try:
        return date(year, month, day), None
    except ValueError:
        return None, Doubt(Code.DATE_IMPOSSIBLE, {"year": year, "month": month, "day": day})


_DATE = re.compile(
    r"(?:(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?|(\d{4})(\d\d)(\d\d))"
    r"(?:[T\s]*(?:上午|下午|中午)?[T\s]*(?:\d{1,2}[:：]\d{2}(?:[:：]\d{2}(?:\.\d+)?)?)?(?:Z|[+-]\d\d:?\d\d)?)?",
    re.ASCII,
)


def read_days(value: Value) -> Reading[int]:
    """A limit in working days: 15, 15个工作日, 20(工作日), 即办. 无 says none, and is none."""
    text = shown(value)
    if text in ("", "无", "/", "-"):
        return None, None
    if text in ("即办", "即时办结", "当场办结", "当日办结"):
        return 0, None
    found = re.fullmatch(r"(\d{1,3})\s*[(（]?个?\s*(?:工作日|天)?[)）]?", text, re.ASCII)
    return (int(found[1]), None) if found else (None, Doubt(Code.DAYS_UNREADABLE))


def read_degrees(value: Value) -> Reading[float]:
    """One coordinate in a column of its own."""
    if isinstance(value, float | int) and not isinstance(value, bool):
        degrees: float | None = float(value) if abs(value) <= 180 else None
    else:
        text = shown(value)
        if not text:
            return None, None
        degrees = float(text) if _PLAIN_DEGREES.fullmatch(text) else parse_degrees(text)
    return degrees, Doubt(Code.PLACE_UNREADABLE) if degrees is None else None


_PLAIN_DEGREES = re.compile(r"(?:1[0-7]\d|\d{1,2})\.\d{1,20}", re.ASCII)


def read_place(value: Value) -> Reading[Place]:
    """Both coordinates in one cell."""
    text = shown(value)
    if not text:
        return None, None
    place = parse_place(text)
    return place, Doubt(Code.PLACE_UNREADABLE) if place is None else None


def read_datum(value: Value) -> Reading[Datum]:
    """坐标系, by any of its names."""
    text = re.sub(r"[\s_-]", "", shown(value)).upper()
    if not text:
        return None, None
    for datum, names in _DATUMS.items():
        if any(name in text for name in names):
            return datum, None
    return None, Doubt(Code.DATUM_UNKNOWN)


_DATUMS = {
    Datum.WGS84: ("WGS84", "GPS", "4326"),
    Datum.GCJ02: ("GCJ02", "火星", "高德", "腾讯"),
    Datum.CGCS2000: ("CGCS2000", "国家2000", "天地图", "4490"),
}
