"""One cell at a time: whatever it holds, a reader answers with a value or a doubt."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.services.importing import cells
from server.services.importing.caserow import Known
from server.services.importing.columns import READERS, letters
from server.services.importing.findings import Code, Doubt, Severity
from server.services.importing.headings import Column, Field, Headings
from server.services.importing.matching import DistrictNames, ItemNames
from server.services.importing.reading import Sheet
from server.services.importing.rows import check_rows

ANYTHING = st.one_of(
    st.text(),
    st.text("0123456789.-/年月日°′″EWNSOIX０１　 +()=", max_size=24),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
)


@given(st.sampled_from(list(READERS)), ANYTHING)
def test_no_cell_ever_raises_and_a_grave_doubt_has_no_value(name, value):
    meant, doubt = READERS[name](value)
    assert doubt is None or isinstance(doubt, Doubt)
    if doubt and doubt.code.severity is Severity.ERROR:
        assert meant is None


@given(st.lists(st.lists(ANYTHING, max_size=21), max_size=6))
def test_no_row_ever_raises_and_each_ends_in_exactly_one_way(rows):
    fields = list(Field)
    headings = Headings(1, tuple(Column(i, f.value, f) for i, f in enumerate(fields)))
    known = Known(ItemNames([]), DistrictNames([]), office=(108.9, 34.3))
    sheet = Sheet("x", [["head"], *rows])
    seen = check_rows(sheet, headings, known=known, today=date(2026, 11, 24))
    ended = [case.row for case in seen.cases] + seen.refused + [row for row, _ in seen.leftovers]
    assert sorted(ended) == [number for number, row in enumerate(rows, 2) if any(row)]


@pytest.mark.parametrize(
    ("value", "days"),
    [("15个工作日", 15), ("20(工作日)", 20), (5.0, 5), ("即办", 0), ("无", None), ("", None)],
)
def test_terms_in_working_days(value, days):
    assert cells.read_days(value) == (days, None)


@pytest.mark.parametrize(
    ("value", "text"),
    [(time(9, 30), "09:30"), ("上午 9：00", "上午 9：00"), (13909200316.0, "13909200316")],
)
def test_times_and_numbers_are_shown_as_the_clerk_sees_them(value, text):
    assert cells.read_text(value) == (text, None)


@pytest.mark.parametrize("value", [46086, 46086.75, "46086", date(2026, 3, 5), "2026-3-5T23:59Z"])
def test_an_excel_day_is_the_day_the_clerk_meant(value):
    assert cells.read_date(value) == (date(2026, 3, 5), None)


@pytest.mark.parametrize("value", [timedelta(1), 5, "5", "99999", "2026", 0.5])
def test_a_number_that_is_no_day_is_not_guessed(value):
    assert cells.read_date(value)[1] == Doubt(Code.DATE_UNREADABLE)


def test_a_case_number_is_never_reformatted():
    assert cells.read_number("  00〔2026〕-007 ") == ("00〔2026〕-007", None)
    assert cells.read_number("9" * 51)[1].code is Code.TOO_LONG
    assert cells.read_number(datetime(2026, 3, 5))[1].code is Code.BECAME_DATE  # noqa: DTZ001


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("+8613909200316", "13909200316"),
        ("86-139 0920 0316", "13909200316"),
        ("139-0920-0316", "13909200316"),
        ("13909200316/029-86524321", "13909200316"),
        ("029 86524321", "02986524321"),
        ("029－86524321", "029-86524321"),
        (13909200316.0, "13909200316"),
    ],
)
def test_telephone_numbers_lose_their_decoration(value, number):
    assert cells.read_phone(value) == (number, None)


def test_columns_are_lettered_as_in_a_spreadsheet():
    assert [letters(index) for index in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
