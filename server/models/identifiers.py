"""The numbers bureaus write down: what is wrong with one, and how it is shown to others.

Checksums come from python-stdnum. Its whole-number checks are not used: they refuse an ID whose
county has since been abolished, and a credit code whose first two characters are letters, and
both are valid.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from enum import StrEnum
from functools import lru_cache

from stdnum.cn import ric, uscc

from server.models.applicant import IdentifierKind


class Fault(StrEnum):
    """What is wrong with an identifier."""

    LENGTH = "length"
    CHARACTERS = "characters"
    DATE = "date"
    CHECK = "check"


_USCC = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"(?:0\d{2,3}-?)?[2-9]\d{6,7}(?:-\d{1,6})?|400-?\d{3}-?\d{4}")
_LOOKALIKES = str.maketrans("OIZSV", "01257")


def kind_of(number: str) -> IdentifierKind:
    """Which identifier this is meant to be, judged by its shape alone.

    18 digits (the last may be X) can be both; the checksum decides, and a tie is a person's.
    """
    if not number:
        return IdentifierKind.NONE
    if re.fullmatch(r"\d{17}[\dX]", number):
        fits_company = resident_fault(number) is not None and uscc_fault(number) is None
        like_company = number[:2] in ("91", "92", "93") or not _born(number[6:14])
        if fits_company or (resident_fault(number) is not None and like_company):
            return IdentifierKind.USCC
        return IdentifierKind.RESIDENT
    if re.fullmatch(r"\d{15}", number) and _born("19" + number[6:12]):
        return IdentifierKind.RESIDENT
    if re.fullmatch(r"\d{17}|\d{19}", number) and _born(number[6:14]):
        return IdentifierKind.RESIDENT
    if re.fullmatch(r"[0-9A-Z]{17,19}", number):
        return IdentifierKind.USCC
    return IdentifierKind.OTHER


@lru_cache(maxsize=1024)  # one cell is judged, then told what is wrong
def uscc_fault(code: str) -> Fault | None:
    """统一社会信用代码, GB 32100-2015: 18 characters without I, O, S, V, Z; the last checks."""
    if len(code) != 18:
        return Fault.LENGTH
    if not _USCC.fullmatch(code):
        return Fault.CHARACTERS
    return None if uscc.calc_check_digit(code[:17]) == code[17] else Fault.CHECK


def uscc_meant(code: str) -> str | None:
    """The code that was probably meant where O stands for 0, I for 1 and so on; to be confirmed."""
    meant = code.translate(_LOOKALIKES)
    return meant if meant != code and uscc_fault(meant) is None else None


@lru_cache(maxsize=1024)
def resident_fault(number: str) -> Fault | None:
    """公民身份号码, GB 11643. Old ones of 15 digits have no check digit and stay as they are."""
    if len(number) == 15 and number.isdecimal():
        return None if _born("19" + number[6:12]) else Fault.DATE
    if len(number) != 18:
        return Fault.LENGTH
    if not re.fullmatch(r"\d{17}[\dX]", number):
        return Fault.CHARACTERS
    if ric.calc_check_digit(number) != number[17]:
        return Fault.CHECK
    return None if _born(number[6:14]) else Fault.DATE


def _born(day: str) -> bool:
    """Whether YYYYMMDD is a day on which somebody may have been born."""
    try:
        return date(int(day[:4]), int(day[4:6]), int(day[6:])).year > 1850
    except ValueError:
        return False


def phone_fault(number: str) -> Fault | None:
    """手机号 of 11 digits, or 固话 with or without its area code; already without +86, spaces."""
    if _MOBILE.fullmatch(number) or _LANDLINE.fullmatch(number):
        return None
    if not re.fullmatch(r"[\d-]+", number):
        return Fault.CHARACTERS
    return Fault.LENGTH if number.startswith("1") and len(number) != 11 else Fault.CHARACTERS


def is_district_code(code: str) -> bool:
    """行政区划代码: 6 digits of GB/T 2260, 9 with the street, 12 with the community."""
    return re.fullmatch(r"[1-8]\d{5}(?:\d{3}(?:\d{3})?)?", code) is not None


def is_basic_code(code: str) -> bool:
    """事项基本编码: 12 characters, a main item ends in Y ("00016421300Y")."""
    return re.fullmatch(r"\d{11}[\dY]", code) is not None


def is_task_code(code: str) -> bool:
    """实施编码: 18 of the authority's credit code, 1 level, 12 of the basic code.

    Provinces also have forms of their own: a code that is not of this form earns a warning.
    """
    return len(code) == 31 and uscc_fault(code[:18]) is None and is_basic_code(code[19:])


def address_key(address: str) -> str:
    """One place, one key: without spaces, punctuation, and differences of width and case."""
    plain = unicodedata.normalize("NFKC", address).upper().replace("#", "号")
    return _NOT_PART_OF_A_PLACE.sub("", _DASHES.sub("-", plain))


_DASHES = re.compile(r"[‐-―−~～至]")
_NOT_PART_OF_A_PLACE = re.compile(r"[\s,.;:'\"()\[\]、。·【】《》<>]+")


def mask_identifier(number: str) -> str:
    """610***********1234; short ones keep only their last two."""
    if len(number) < 9:
        return "*" * max(len(number) - 2, 0) + number[-2:]
    return number[:3] + "*" * (len(number) - 7) + number[-4:]


def mask_phone(number: str) -> str:
    """138****5678; a landline keeps its area code and last four."""
    if _MOBILE.fullmatch(number):
        return f"{number[:3]}****{number[7:]}"
    area, dash, rest = number.partition("-")
    if dash and area.startswith("0"):
        return f"{area}-{'*' * max(len(rest) - 4, 1)}{rest[-4:]}"
    return "*" * max(len(number) - 4, 0) + number[-4:]


def mask_name(name: str) -> str:
    """张*: of a person. Names of businesses are public and stay."""
    return f"{name[0]}*" if name else ""


def mask_address(address: str) -> str:
    """The address as far as the street: 未央区凤城五路***."""
    if street := _STREET.match(address):
        return f"{street[0]}***"
    return re.sub(r"\d+", "***", address)


_STREET = re.compile(r"[^\d]*?(?:大道|路|街|道|巷|里|村|镇)(?![道区])")
