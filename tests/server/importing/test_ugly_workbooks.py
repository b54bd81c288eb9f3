"""Each row of a workbook as bureaus send it ends imported, warned or refused, with its cell."""

from server.services.importing.findings import Severity
from server.services.importing.preview import Outcome


def test_each_row_ends_as_expected_and_each_finding_names_its_cell(ugly, preview):
    case = ugly()
    seen = preview(case.content, **case.choices)

    told = [(f.cell, f.code.value, f.values, f.shown) for f in seen.findings]
    assert seen.outcomes() == case.outcomes, told
    assert {(found.cell, found.code.value) for found in seen.findings} == case.findings
    leftovers = {row: kind.value for row, kind in seen.checked.leftovers}
    assert leftovers == case.leftovers


def test_a_refused_row_always_has_an_error_and_a_new_one_none(ugly, preview):
    case = ugly()
    seen = preview(case.content, **case.choices)

    errors = {f.row for f in seen.findings if f.severity is Severity.ERROR}
    outcomes = seen.outcomes()
    assert errors == {row for row, outcome in outcomes.items() if outcome is Outcome.REFUSED}
    silent = {row for row, outcome in outcomes.items() if outcome is Outcome.NEW}
    assert not silent & {found.row for found in seen.findings}


def test_importing_it_again_changes_nothing(ugly, bureau, import_file, db):
    case = ugly()
    first = import_file(bureau, case.content, **case.choices)
    again = import_file(bureau, case.content, **case.choices)

    stored = sum(outcome in (Outcome.NEW, Outcome.WARNED) for outcome in case.outcomes.values())
    assert first.batch.rows_new == stored
    assert again.batch.rows_new == 0
    assert again.batch.rows_known == stored
