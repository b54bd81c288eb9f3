"""Storing an import, storing it again, and taking it back as a whole."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from server.adapters.calendar import StateCouncilCalendar
from server.errors import ChangedMeanwhile, MoveRefused, SpreadsheetRefused
from server.models.applicant import Applicant, Premises
from server.models.case import Case, CaseStatus
from server.models.coordinates import Datum, metres_between, to_wgs84
from server.models.imports import Import, ImportStatus
from server.models.lifecycle import Event
from server.models.survey import Survey, SurveyStatus
from server.services.importing.choices import Choices
from server.services.importing.known import known_to
from server.services.importing.preview import make_preview
from server.services.importing.storing import store
from server.services.importing.undoing import Undone, undo

NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)
HEAD = ["办件编号", "单位名称", "店名", "信用代码", "联系人", "电话", "事项", "地址", "区县",
        "经度", "纬度", "受理日期", "承诺时限", "预约时间", "法人电话"]  # fmt: skip
ROW = ["0012", "长安商贸", "张记小炒", "91110000600037341L", "张桂兰", "13909200316", "餐饮许可",
       "凤城五路 88 号", "大明宫街道", 108.9516, 34.2917, "2026-11-16", "5个工作日", "上午",
       "029-86524321"]  # fmt: skip


def count(db, table):
    return db.scalar(select(func.count()).select_from(table))


def test_a_case_is_stored_with_all_the_sheet_says(db, bureau, import_file, make_xlsx):
    bureau.datum = Datum.GCJ02
    done = import_file(bureau, make_xlsx(HEAD, ROW), source="platform")

    case = db.scalars(select(Case)).one()
    assert (case.source, case.number) == ("platform", "0012")
    assert case.item_type.code == "0101"
    assert case.applicant.identifier == "91110000600037341L"
    assert (case.applicant.contact, case.applicant.phone) == ("张桂兰", "13909200316")
    assert (case.premises.name, case.premises.district.name) == ("张记小炒", "大明宫街道")
    assert (case.accepted_on, case.survey_by) == (date(2026, 11, 16), date(2026, 11, 23))
    assert case.wish == "上午"
    assert case.extra == {"法人电话": "029-86524321"}
    assert case.status is CaseStatus.RECEIVED
    assert done.batch.status is ImportStatus.STORED

    place = case.premises
    assert (place.raw_place, place.datum) == ("108.9516, 34.2917", Datum.GCJ02)
    there = to_wgs84((108.9516, 34.2917), Datum.GCJ02)
    assert metres_between((place.longitude, place.latitude), there) < 0.01

    assert db.scalars(select(Survey)).one().status is SurveyStatus.OPEN
    begun = db.scalars(select(Event).where(Event.subject == "case")).one()
    assert (begun.subject_id, begun.to, begun.by) == (case.id, "received", "chen")


def test_one_address_is_one_place_and_one_code_with_one_contact_one_applicant(
    db, bureau, import_file, make_xlsx
):
    branch = [*ROW[:4], "李敏", "13929210371", *ROW[6:]]
    rows = [["A1", *ROW[1:]], ["A2", *ROW[1:]], ["A3", *branch[1:]]]
    rows[1][7] = "凤城五路８８号，"
    import_file(bureau, make_xlsx(HEAD, *rows))

    assert count(db, Case) == 3
    assert count(db, Premises) == 1
    assert count(db, Applicant) == 2  # a branch keeps the person to call


def test_importing_again_or_more_stores_only_what_is_new(db, bureau, import_file, plain_list):
    import_file(bureau, plain_list(3))
    again = import_file(bureau, plain_list(5))

    assert (again.batch.rows_new, again.batch.rows_known) == (2, 3)
    assert count(db, Case) == count(db, Survey) == 5


def test_the_same_place_under_another_number_is_worth_a_look(bureau, import_file, make_xlsx):
    import_file(bureau, make_xlsx(HEAD, ROW))
    seen = import_file(bureau, make_xlsx(HEAD, ["0099", *ROW[1:]])).preview

    (found,) = seen.findings
    assert (found.cell, found.code) == ("H2", "same_place_before")
    assert found.values == {"number": "0012", "accepted_on": "2026-11-16"}


def test_an_undone_import_leaves_nothing_behind_and_can_be_imported_again(
    db, bureau, import_file, plain_list
):
    first = import_file(bureau, plain_list(2))
    second = import_file(bureau, plain_list(4))
    assert undo(db, second.batch, by="chen", at=NOON) == Undone(removed=2, kept=0)
    db.commit()

    assert second.batch.status is ImportStatus.UNDONE
    assert count(db, Case) == count(db, Survey) == count(db, Premises) == 2
    assert count(db, Applicant) == 2
    assert set(db.scalars(select(Case.import_id))) == {first.batch.id}
    assert import_file(bureau, plain_list(4)).batch.rows_new == 2


def test_a_case_under_way_survives_the_undoing_of_its_import(db, bureau, import_file, plain_list):
    done = import_file(bureau, plain_list(3))
    begun = db.scalars(select(Case)).first()
    begun.move(CaseStatus.PLANNED, by="chen", at=NOON)
    db.commit()

    assert undo(db, done.batch, by="chen", at=NOON) == Undone(removed=2, kept=1)
    db.commit()
    assert db.scalars(select(Case)).all() == [begun]
    assert begun.premises is not None

    with pytest.raises(MoveRefused):
        undo(db, done.batch, by="chen", at=NOON)


def previewed(db, bureau, content):
    known = known_to(db, bureau, Choices(), today=NOON.date())
    seen = make_preview(content, file_name="名单.xlsx", known=known, today=NOON.date())
    batch = Import(
        bureau_id=bureau.id, file_name="名单.xlsx", file_sha256="", by="chen", columns={}
    )
    db.add(batch)
    db.flush()
    return batch, seen


def test_two_previews_of_one_file_cannot_both_be_stored(db, bureau, plain_list):
    content = plain_list(2)
    one, other = previewed(db, bureau, content), previewed(db, bureau, content)
    store(db, *one, calendar=StateCouncilCalendar(), by="chen", at=NOON)
    db.commit()
    with pytest.raises(ChangedMeanwhile):
        store(db, *other, calendar=StateCouncilCalendar(), by="li", at=NOON)
    db.rollback()
    assert count(db, Case) == 2


def test_a_sheet_without_needed_columns_is_not_stored(db, bureau, make_xlsx):
    batch, seen = previewed(db, bureau, make_xlsx(["名称", "联系电话"], ["商行", "1"]))
    with pytest.raises(SpreadsheetRefused) as refusal:
        store(db, batch, seen, calendar=StateCouncilCalendar(), by="chen", at=NOON)
    assert refusal.value.values["fields"] == ["address", "item"]
    assert batch.status is ImportStatus.PREVIEWED
