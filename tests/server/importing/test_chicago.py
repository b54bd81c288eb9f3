"""Real inspections of a real city: each row imported, warned or refused with a reason."""

from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import func, select

from server.models.applicant import Premises
from server.models.bureau import District, ItemType
from server.models.case import Case
from server.services.importing.preview import Outcome
from server.services.importing.second_bureau import CHICAGO, bureau_of

FILE = Path(__file__).parents[4] / "shared" / "data" / "chicago" / "inspections_2013q3.csv"


def test_the_second_bureau_is_laid_out_once(db):
    bureau = bureau_of(db)
    assert bureau_of(db) is bureau
    assert db.scalar(select(func.count()).select_from(District)) == 6
    assert db.scalar(select(func.count()).select_from(ItemType)) == 6


@pytest.mark.skipif(not FILE.is_file(), reason=f"{FILE.name} is not beside this checkout")
def test_the_chicago_file_is_imported_whole(db, import_file):
    bureau = bureau_of(db)
    done = import_file(bureau, FILE.read_bytes(), name=FILE.name, preset=CHICAGO)
    seen, batch = done.preview, done.batch

    assert batch.rows_total == 5518
    codes = Counter(found.code.value for found in seen.findings)
    assert set(codes) == {
        "place_missing", "name_missing", "address_missing", "row_repeated",
    }  # fmt: skip
    assert batch.rows_refused == 1 + codes["row_repeated"]
    outcomes = seen.outcomes()
    located = {case.row for case in seen.cases if case.place}
    assert {row for row, outcome in outcomes.items() if outcome is Outcome.NEW} == located
    assert db.scalar(select(func.count()).select_from(Case)) == batch.rows_new
    nowhere = select(func.count()).where(Premises.district_id.is_(None))
    assert db.scalar(nowhere) == 0
    used = set(db.scalars(select(Case.item_type_id)))
    assert used == set(db.scalars(select(ItemType.id)))

    again = import_file(bureau, FILE.read_bytes(), name=FILE.name, preset=CHICAGO)
    assert (again.batch.rows_new, again.batch.rows_known) == (0, batch.rows_new)
