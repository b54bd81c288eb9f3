"""What is no spreadsheet is refused with a cause, before it can do harm."""

import io
import struct
import zipfile

import pytest
import xlwt
from xlwt.CompoundDoc import XlsDoc

from server.errors import SpreadsheetRefused
from server.services.importing import guard, reading
from server.services.importing.preview import Outcome


def zipped(**parts):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name.replace("__", "/"), content)
    return file.getvalue()


def with_sheet_xml(workbook, xml):
    """The same workbook with other XML in its first sheet."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(file, "w") as new:
        for part in old.infolist():
            content = xml if part.filename.endswith("sheet1.xml") else old.read(part)
            new.writestr(part.filename, content, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def encrypted_xls():
    """A workbook with a FILEPASS record, [MS-XLS] 2.4.117, RC4, behind its first record."""
    book = xlwt.Workbook()
    book.add_sheet("名单").write(0, 0, "名称")
    stream = book.get_biff_data()
    begin = 4 + struct.unpack_from("<H", stream, 2)[0]
    filepass = struct.pack("<HHHHH", 0x2F, 54, 1, 1, 1) + bytes(48)
    file = io.BytesIO()
    XlsDoc().save(file, stream[:begin] + filepass + stream[begin:])
    return file.getvalue()


GARBAGE = {
    "nothing at all": (b"", "empty_file"),
    "blank lines": (b" \r\n \r\n", "empty_file"),
    "a .docx with another name": (zipped(word__document_xml="<w/>"), "not_a_workbook"),
    "an encrypted .xlsx": (
        guard._OLE + bytes(504) + "EncryptedPackage".encode("utf-16-le"),
        "encrypted",
    ),
    "an encrypted .xls": (encrypted_xls(), "encrypted"),
    "half an .xlsx": (zipped(xl__workbook_xml="<workbook/>")[:40], "unreadable"),
    "an .xlsx without its parts": (zipped(**{"xl/workbook.xml": "<workbook/>"}), "unreadable"),
    "a broken .xls": (guard._OLE + bytes(5000), "unreadable"),
    "a web page called .xls": (b"<html><table><tr><td>1</td></tr></table>", "web_page"),
    "a PDF": (b"%PDF-1.7 ...", "not_a_workbook"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(100), "not_a_workbook"),
    "bytes of no encoding": (b"\xff\xff\xff\x81 name,\x80", "encoding"),
    "bytes with zeros": ("名称,地址\n".encode() * 60 + b"\0\0\0", "not_a_workbook"),
    "text without a table": ("今天天气很好\n".encode(), "no_heading"),
}


@pytest.mark.parametrize(("content", "cause"), GARBAGE.values(), ids=GARBAGE)
def test_what_is_no_spreadsheet_says_why(content, cause, preview):
    with pytest.raises(SpreadsheetRefused) as refusal:
        preview(content)
    assert refusal.value.values["cause"] == cause


def test_an_empty_sheet_and_an_unknown_sheet_are_refused(make_xlsx, preview):
    with pytest.raises(SpreadsheetRefused) as refusal:
        preview(make_xlsx())
    assert refusal.value.values["cause"] == "empty_sheet"
    with pytest.raises(SpreadsheetRefused) as refusal:
        preview(make_xlsx(["名称"]), sheet="没有")
    assert refusal.value.values["cause"] == "no_sheet"


def test_a_zip_bomb_is_not_unpacked(preview):
    bomb = zipped(xl__workbook_xml="", **{"xl/workbook.xml": "<w/>", "big": bytes(201 << 20)})
    assert len(bomb) < 1 << 20
    with pytest.raises(SpreadsheetRefused) as refusal:
        preview(bomb)
    assert refusal.value.values["cause"] == "unpacks_too_large"


def test_a_zip_bomb_that_lies_about_its_size_is_not_unpacked(preview, monkeypatch):
    monkeypatch.setattr(guard, "MOST_BYTES_UNPACKED", 1 << 20)
    bomb = bytearray(zipped(**{"xl/workbook.xml": "<w/>", "big": bytes(2 << 20)}))
    entry = bomb.rindex(b"PK\x01\x02")
    struct.pack_into("<I", bomb, entry + 24, 10)  # the stated size, in the central directory
    with pytest.raises(SpreadsheetRefused) as refusal:
        preview(bytes(bomb))
    assert refusal.value.values["cause"] == "unpacks_too_large"


def test_a_file_over_the_limit_is_refused_unread(preview, monkeypatch):
    monkeypatch.setattr(guard, "MOST_BYTES", 1000)
    with pytest.raises(SpreadsheetRefused) as refusal:
        preview(b"x" * 1001)
    assert refusal.value.values["cause"] == "too_large"


def test_one_value_in_the_last_cell_of_a_sheet_does_not_eat_the_memory(plain_list, preview):
    xml = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1"><c r="A1" t="n"><v>1</v></c></row>'
        "<row r='1048576'><c r = 'XFD1048576'><v>1</v></c></row></sheetData></worksheet>"
    )
    with pytest.raises(SpreadsheetRefused) as refusal:
        preview(with_sheet_xml(plain_list(1), xml))
    assert refusal.value.values["cause"] == "too_wide"


@pytest.mark.parametrize("blank", [b'<c r="XFD1048576" s="1"/>', b'<c r="XFD1048576" s="1"></c>'])
def test_a_coloured_cell_in_the_last_corner_is_no_size_however_it_is_written(
    plain_list, preview, blank
):
    list_of_one = plain_list(1)
    with zipfile.ZipFile(io.BytesIO(list_of_one)) as package:
        xml = package.read("xl/worksheets/sheet1.xml")
    row = b'<row r="1048576">' + blank + b"</row></sheetData>"

    seen = preview(with_sheet_xml(list_of_one, xml.replace(b"</sheetData>", row)))

    assert seen.outcomes() == preview(list_of_one).outcomes() != {}


def test_more_rows_than_an_import_can_be_are_refused(preview, monkeypatch):
    monkeypatch.setattr(reading, "MOST_ROWS", 10)
    with pytest.raises(SpreadsheetRefused) as refusal:
        preview("名称,地址\n".encode() + b"a,b\n" * 10)
    assert refusal.value.values["cause"] == "too_many_rows"
    assert preview("名称,地址\n".encode() + b",\n" * 1000 + b"a,b\n").missing


def test_a_million_blank_lines_do_no_harm(preview):
    head = "名称,事项,地址,受理日期\n商行,排水许可,未央区文景路 1 号,2026-11-16\n"
    seen = preview(head.encode() + b",,,\n" * 1_000_000)
    assert seen.outcomes() == {2: Outcome.NEW}


def test_without_needed_columns_the_page_is_told_which(make_xlsx, preview):
    seen = preview(make_xlsx(["名称", "联系电话"], ["商行", "13909200316"]))
    assert seen.missing == ("address", "item")
    assert seen.outcomes() == {}
