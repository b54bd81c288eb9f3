"""What kind of file came in, and whether it is safe to open: decided by content, not by name."""

from __future__ import annotations

import io
import re
import zipfile
from copy import copy
from enum import StrEnum

from server.errors import SpreadsheetRefused
from server.services.importing.findings import Cause

MOST_BYTES = 50 * 1024 * 1024  # of the file as it came
MOST_BYTES_UNPACKED = 200 * 1024 * 1024
MOST_PARTS = 2000  # files inside an .xlsx

_OLE = bytes.fromhex("D0CF11E0A1B11AE1")  # .xls, and an encrypted .xlsx
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")  # [MS-OFFCRYPTO] 2.3.4
#: The first record of an .xls, then the one that says it is encrypted, [MS-XLS] 2.4.117.
_PASSWORD_RECORD = re.compile(
    rb"\x09\x08(?:\x10\x00.{16}|\x08\x00.{8})(?:\x86\x00\x00\x00)?\x2f\x00", re.DOTALL
)
_OTHER_KINDS = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")


class Kind(StrEnum):
    XLSX = "xlsx"
    XLS = "xls"
    CSV = "csv"


def refused(cause: Cause, **values: object) -> SpreadsheetRefused:
    return SpreadsheetRefused(cause.value, cause=cause.value, **values)


def kind_of_file(content: bytes) -> Kind:
    """Which of the three kinds this is.

    Raises:
        SpreadsheetRefused: none of them, encrypted, or too large, packed or unpacked.
    """
    if not content.strip():
        raise refused(Cause.EMPTY_FILE)
    if len(content) > MOST_BYTES:
        raise refused(Cause.TOO_LARGE, most=MOST_BYTES >> 20)
    if content.startswith(b"PK"):
        _check_package(content)
        return Kind.XLSX
    if content.startswith(_OLE):
        if _ENCRYPTED_STREAM in content or _PASSWORD_RECORD.search(content):
            raise refused(Cause.ENCRYPTED)
        return Kind.XLS
    if content.startswith(b"\x09\x08") or content.startswith(b"\x09\x04"):
        return Kind.XLS  # BIFF without its container, as old systems write it
    head = content[:2048].lstrip().lower()
    if b"<html" in head or b"<table" in head or head.startswith(b"<!doctype html"):
        raise refused(Cause.WEB_PAGE)
    if head.startswith(b"<?xml") or content.startswith(_OTHER_KINDS):
        raise refused(Cause.NOT_A_WORKBOOK)
    return Kind.CSV


def _check_package(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = package.infolist()
            if len(parts) > MOST_PARTS:
                raise refused(Cause.UNPACKS_TOO_LARGE, most=MOST_BYTES_UNPACKED >> 20)
            if any(part.flag_bits & 1 for part in parts):
                raise refused(Cause.ENCRYPTED)
            if "xl/workbook.xml" not in {part.filename for part in parts}:
                raise refused(Cause.NOT_A_WORKBOOK)
            _unpack_within_limit(package, parts)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, ValueError, OSError) as problem:
        raise refused(Cause.UNREADABLE) from problem


def _unpack_within_limit(package: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> None:
    """Really unpack, and count: the sizes a hostile archive states need not be true."""
    left = MOST_BYTES_UNPACKED
    for part in parts:
        if part.file_size > left:
            raise refused(Cause.UNPACKS_TOO_LARGE, most=MOST_BYTES_UNPACKED >> 20)
        unbelieved = copy(part)
        unbelieved.file_size = left + 1  # read on past the stated end
        unbelieved.CRC = None  # type: ignore[assignment]  # of the stated bytes only
        with package.open(unbelieved) as stream:
            while chunk := stream.read(1 << 20):
                left -= len(chunk)
                if left < 0:
                    raise refused(Cause.UNPACKS_TOO_LARGE, most=MOST_BYTES_UNPACKED >> 20)
