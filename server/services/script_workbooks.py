"""Scripts in Excel, taken out of the scripts folder and put back once sound; and as XForms."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from inspection.checklist.catalogue import FILE as CATALOGUE
from inspection.checklist.catalogue import load_catalogue
from inspection.checklist.check import against_catalogue
from inspection.checklist.faults import Fault, ScriptRefused
from inspection.checklist.listing import entry_text, unlistable
from inspection.checklist.point import Text
from inspection.checklist.script import Script, load
from inspection.checklist.toml_text import toml_of
from inspection.checklist.workbook import script_of, workbook_of
from inspection.checklist.xform import Audience, xform_of
from server.errors import NoScript
from server.services.importing.findings import Cause
from server.services.importing.guard import Kind, kind_of_file, refused
from server.services.importing.reading import Sheet, open_book


def taken_out(folder: Path, key: str) -> bytes:
    """The script as an .xlsx file.

    Raises:
        NoScript: there is none under this key.
        ScriptRefused: its file has faults.
    """
    return workbook_of(_script(folder, key).content)


def as_xform(folder: Path, key: str, audience: Audience) -> str:
    """The script as an XForm.

    Raises:
        NoScript: there is none under this key.
        ScriptRefused: its file has faults.
    """
    return xform_of(_script(folder, key), audience)


def put_back(folder: Path, key: str, workbook: bytes, *, file: str) -> Script:
    """Make the script in a workbook the one of the library. Nothing is written unless it is sound.

    An item type that the catalogue does not list yet is put there.

    Raises:
        SpreadsheetRefused: the file cannot be opened, or is no .xlsx.
        ScriptRefused: with every fault, each naming sheet, row and cure.
    """
    script, catalogue = read(workbook, key, file), load_catalogue(folder)
    is_new = catalogue.entry(key) is None
    if is_new:
        faults = unlistable(script, catalogue, file)
    else:
        faults = [replace(fault, file=file) for fault in against_catalogue(script, catalogue)]
    if faults:
        raise ScriptRefused(faults)
    target = folder / f"{key}.toml"
    if target.is_file():
        must_be_later(load(target), script, file)
    target.parent.mkdir(exist_ok=True)
    _write(target, toml_of(script.content))
    if is_new:
        listed = (folder / CATALOGUE).read_text("utf-8").rstrip("\n") + "\n"
        _write(folder / CATALOGUE, listed + entry_text(script))
    return script


def _write(target: Path, text: str) -> None:
    """All of it or nothing: whoever reads meanwhile finds the file as it was."""
    beside = target.with_suffix(".new")
    beside.write_text(text, encoding="utf-8", newline="\n")
    os.replace(beside, target)


def _script(folder: Path, key: str) -> Script:
    file = folder / f"{key}.toml"
    if not file.is_file():
        raise NoScript(key)
    return load(file)


def read(workbook: bytes, key: str, file: str) -> Script:
    """The script in a workbook.

    Raises:
        SpreadsheetRefused: the file cannot be opened, or is no .xlsx.
        ScriptRefused: with every fault, each naming sheet, row and cure.
    """
    if kind_of_file(workbook) is not Kind.XLSX:
        raise refused(Cause.NOT_A_WORKBOOK)
    book = open_book(workbook)
    if book.has_macros:
        problem = Text("文件里有宏", "there are macros in the file")
        cure = Text("另存为不含宏的 .xlsx", "save it as .xlsx without macros")
        raise ScriptRefused([Fault(file, "file", problem, cure)])
    sheets = [book.sheet(name) for name in book.names]
    cells = [(sheet, row) for sheet in sheets for row, _ in sorted(sheet.formulas)]
    if cells:
        raise ScriptRefused([_formula(file, sheet, row) for sheet, row in cells])
    return script_of({sheet.name: sheet.rows for sheet in sheets if sheet.rows}, key=key, file=file)


def _formula(file: str, sheet: Sheet, row: int) -> Fault:
    problem = Text("单元格里是公式", "a cell holds a formula")
    cure = Text("复制后选择性粘贴为数值", "copy it and paste it as a value")
    return Fault(file, f"{sheet.name} {row}", problem, cure)


def must_be_later(before: Script, now: Script, file: str) -> None:
    """Two contents must not go by one version.

    Raises:
        ScriptRefused: it has changed, but its version is not after the one before.
    """
    if now.sha256 != before.sha256 and now.version <= before.version:
        problem = Text(
            f"内容改了，版本号 {now.version} 没有比 {before.version} 大",
            f"it has changed, but version {now.version} is not after {before.version}",
        )
        cure = Text("在 settings 里写今天的日期和序号", "write today and a number in settings")
        raise ScriptRefused([Fault(file, "settings 2", problem, cure)])


def must_not_be_among(published: Sequence[Script], now: Script, file: str) -> None:
    """A version is published once.

    Raises:
        ScriptRefused: it was published already, word for word.
    """
    if any(one.sha256 == now.sha256 for one in published):
        problem = Text(
            f"{now.version} 版已经发布过，内容一字未改",
            f"version {now.version} was published already, and nothing in it has changed",
        )
        cure = Text(
            "改好内容再上传，版本号写今天的日期和序号",
            "change it, and write today and a number in settings",
        )
        raise ScriptRefused([Fault(file, "settings 2", problem, cure)])


def must_be_of_same_item_type(before: Script, now: Script, file: str) -> None:
    """A workbook chosen by mistake must not become the script of another item type.

    Raises:
        ScriptRefused: its code is not that of the script before.
    """
    if now.item.code != before.item.code:
        problem = Text(
            f"这是事项 {now.item.code}“{now.title.zh}”的脚本，"
            f"不是 {before.item.code}“{before.title.zh}”的",
            f"it is the script of {now.item.code}, {now.title.en}, "
            f"not of {before.item.code}, {before.title.en}",
        )
        cure = Text("选对文件，或改回 code", "choose the right file, or put the code back")
        raise ScriptRefused([Fault(file, "ks_meta code", problem, cure)])
