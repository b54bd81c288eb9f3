"""Scripts in Excel: the same script before and after, and every fault named by sheet and row."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest

from inspection.checklist.faults import ScriptRefused
from inspection.checklist.script import load, read_toml
from inspection.checklist.toml_text import toml_of
from inspection.checklist.workbook import script_of, workbook_of

SCRIPTS = Path(__file__).parents[3] / "scripts"
SHIPPED = pytest.mark.parametrize(
    "file", sorted(SCRIPTS.glob("*/*.toml")), ids=lambda file: file.stem
)


def sheets(workbook: bytes):
    """As a spreadsheet program shows them."""
    book = openpyxl.load_workbook(io.BytesIO(workbook))
    return {
        sheet.title: [["" if cell is None else cell for cell in row] for row in sheet.values]
        for sheet in book
    }


@pytest.fixture
def book(content):
    return sheets(workbook_of(content))


def read(book):
    return script_of(book, key="food/small", file="small.xlsx")


def faults_of(book) -> list[str]:
    with pytest.raises(ScriptRefused) as refused:
        read(book)
    return [fault.row for fault in refused.value.faults]


@SHIPPED
def test_a_script_is_the_same_after_excel(file):
    script = load(file)
    again = script_of(sheets(workbook_of(script.content)), key=script.key, file="x.xlsx")
    assert again == script
    assert again.to_json() == script.to_json()


@SHIPPED
def test_a_script_is_spelled_as_the_repository_keeps_it(file):
    assert toml_of(read_toml(file)) == file.read_text(encoding="utf-8")


def test_the_questions_are_the_first_tab(book):
    assert next(iter(book)) == "survey"


def test_what_begins_with_an_equals_sign_is_a_text(content):
    content["survey"][1]["label::zh"] = "=1+1"
    book = openpyxl.load_workbook(io.BytesIO(workbook_of(content)))
    (cell,) = (cell for row in book["survey"] for cell in row if cell.value == "=1+1")
    assert cell.data_type == "s"


def test_what_excel_took_for_a_number_is_a_text_again_and_the_other_way_round(book, content):
    meta = {line[0]: line for line in book["ks_meta"]}
    meta["code"][1] = 101.0
    meta["minutes_video"][1] = str(meta["minutes_video"][1])
    book["settings"][1][0] = 2026112401.0
    script = read(book)
    assert (script.item.code, script.version) == ("101", "2026112401")
    assert script.item.minutes_video == content["ks_meta"]["minutes_video"]


def test_a_fault_is_named_by_its_row_in_the_sheet_also_after_empty_rows(book):
    survey = book["survey"]
    survey[2:2] = [[""] * len(survey[0])] * 3
    survey[5][survey[0].index("name")] = "Not A Name"
    assert "survey 6 Not A Name" in faults_of(book)


def test_a_column_without_a_name_and_two_of_one_name_are_refused(book):
    for row in book["choices"]:
        row += ["x", row[1]]
    book["choices"][0][-2:] = ["", "name"]
    assert faults_of(book) == ["choices 1", "choices 1"]


def test_an_unknown_sheet_is_refused_and_an_empty_one_is_not(book):
    book["Sheet1"] = [["", ""]]
    read(book)
    book["notes"] = [["text"], ["x"]]
    assert faults_of(book) == ["notes"]


def test_a_second_row_of_settings_and_a_cell_said_twice_are_refused(book):
    book["settings"].append(book["settings"][1])
    book["ks_meta"] += [["code", "0102"], ["", "lost"]]
    last = len(book["ks_meta"])
    assert faults_of(book) == [f"ks_meta {last - 1} code", f"ks_meta {last}", "settings 3"]
