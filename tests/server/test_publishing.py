"""A bureau's own scripts: from Excel to publication by two people, and in force from a day."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta

import openpyxl
import pytest
from sqlalchemy import event

from server.clock import local_day, utcnow
from server.models.account import Role
from server.models.bureau import ItemType, Mode, ModeRule
from server.models.lifecycle import Event
from server.services import checklists, script_versions, surveys

LATER = "2099010101"
KIND = {
    "name": "食品经营许可",
    "modes": ModeRule.EITHER,
    "preferred": Mode.VIDEO,
    "minutes_video": 30,
    "minutes_on_site": 45,
}


@pytest.fixture
def zhou(sign_in_as):
    return sign_in_as(Role.COORDINATOR)


@pytest.fixture
def zheng(sign_in_as):
    return sign_in_as(Role.ADMINISTRATOR)


@pytest.fixture
def item(town, db):
    """The item type of small restaurants, whose library script has nothing open."""
    survey = town.visit().survey
    db.commit()
    return survey.case.item_type


@pytest.fixture
def workbook(zhou, item):
    """`workbook(change)`: what is in force, as a workbook, changed."""

    def make(change=lambda book: None, version=LATER):
        answer = zhou.get(f"/api/v1/scripts/{item.id}/workbook")
        book = openpyxl.load_workbook(io.BytesIO(answer.data))
        book["settings"]["A2"] = version
        change(book)
        file = io.BytesIO()
        book.save(file)
        return file.getvalue()

    return make


@pytest.fixture
def upload(zhou, item):
    def send(content, by=zhou):
        form = {"file": (io.BytesIO(content), "small-restaurant.xlsx")}
        return by.post(f"/api/v1/scripts/{item.id}/drafts", data=form)

    return send


@pytest.fixture
def proposed(upload, workbook, zhou):
    """A new version, proposed: its number."""

    def make(change=relabel, version=LATER):
        draft = upload(workbook(change, version)).json["on_its_way"]
        assert zhou.post(f"/api/v1/script-publications/{draft['id']}/proposal").status_code == 204
        return draft["id"]

    return make


def relabel(book):
    book["survey"]["C3"] = "店门口与污染源的距离"


def publish(by, number, days=0):
    day = local_day(utcnow()) + timedelta(days=days)
    address = f"/api/v1/script-publications/{number}/publication"
    return by.post(address, json={"first_day": day.isoformat()})


def shown(caller, item):
    return caller.get(f"/api/v1/scripts/{item.id}").json


def test_a_bureau_that_published_nothing_works_with_the_library(zhou, item):
    (one,) = [each for each in zhou.get("/api/v1/scripts").json["items"] if each["id"] == item.id]

    assert one["script"] == "food/small-restaurant"
    assert one["version"]
    assert one["publication"] is None
    assert one["on_its_way"] is None


@pytest.fixture
def queries(engine):
    """`queries(ask)`: how often the database was asked meanwhile."""

    def count(ask):
        asked = []

        def note(*_):
            asked.append(1)

        event.listen(engine, "before_cursor_execute", note)
        try:
            assert ask().status_code == 200
        finally:
            event.remove(engine, "before_cursor_execute", note)
        return len(asked)

    return count


def test_the_list_asks_the_database_as_often_for_many_scripts_as_for_one(
    zhou, zheng, item, proposed, upload, workbook, queries, town, db
):
    before = queries(lambda: zhou.get("/api/v1/scripts"))
    publish(zheng, proposed())
    publish(zheng, proposed(relabel, "2099010102"), days=1)
    upload(workbook(relabel, "2099010103"))
    for code, script in (
        ("0102", "food/food-retail"),
        ("0103", "food/school-canteen"),
        ("0104", ""),
    ):
        db.add(ItemType(**{**KIND, "bureau_id": town.bureau.id, "code": code, "script": script}))
    db.commit()

    assert queries(lambda: zhou.get("/api/v1/scripts")) == before

    listed = {one["id"]: one for one in zhou.get("/api/v1/scripts").json["items"]}
    assert len(listed) == 4
    mine = listed[item.id]
    assert (mine["version"], mine["on_its_way"]["version"]) == (LATER, "2099010103")
    assert [one["version"] for one in mine["coming"]] == ["2099010102"]


def test_a_workbook_becomes_a_draft_that_says_what_it_changes(upload, workbook):
    answer = upload(workbook(relabel))

    assert answer.status_code == 201
    assert answer.json["on_its_way"]["status"] == "draft"
    changed = {(one["sheet"], one["row"]): one["cells"] for one in answer.json["differences"]}
    (cell,) = changed["survey", "pollution_distance"]
    assert (cell["column"], cell["now"]) == ("label::zh", "店门口与污染源的距离")
    assert ("settings", "") in changed


def test_who_uploaded_it_cannot_publish_it_and_another_can(proposed, zhou, zheng, item):
    number = proposed()

    refused = publish(zhou, number)
    assert (refused.status_code, refused.json["code"]) == (409, "same_person")
    assert publish(zheng, number).status_code == 204
    assert shown(zhou, item)["version"] == LATER
    assert shown(zhou, item)["on_its_way"] is None


def test_a_draft_is_published_only_once_it_was_proposed(upload, workbook, zheng):
    draft = upload(workbook(relabel)).json["on_its_way"]

    refused = publish(zheng, draft["id"])

    assert (refused.status_code, refused.json["code"]) == (409, "move_refused")


def test_a_survey_that_began_keeps_its_version_and_the_next_begins_with_the_new(
    proposed, zheng, town, db, scripts
):
    early, late = town.visit().survey, town.visit(lead=town.second).survey
    surveys.begin(db, early, by="limin", at=utcnow())
    before = checklists.pin(db, early, scripts).script
    db.commit()

    publish(zheng, proposed())
    surveys.begin(db, late, by="limin", at=utcnow())
    after = checklists.pin(db, late, scripts).script

    assert after.version == LATER
    assert after.points[0].label.zh == "店门口与污染源的距离"
    assert checklists.worked_of(db, early).script == before


def test_a_version_is_in_force_from_its_first_day(proposed, zheng, zhou, item):
    before = shown(zhou, item)["version"]

    assert publish(zheng, proposed(), days=1).status_code == 204

    now = shown(zhou, item)
    assert now["version"] == before
    assert [one["version"] for one in now["coming"]] == [LATER]


def test_a_version_that_was_overtaken_before_its_first_day_never_comes_into_force(
    proposed, zheng, zhou, item, db
):
    publish(zheng, proposed(), days=3)
    publish(zheng, proposed(relabel, "2099010102"))

    assert shown(zhou, item)["version"] == "2099010102"
    assert shown(zhou, item)["coming"] == []
    much_later = local_day(utcnow()) + timedelta(days=4)
    found = script_versions.published(db, item.bureau_id, [item.script], much_later)[item.script]
    assert found.script_version.version == "2099010102"


def test_versions_whose_first_days_follow_each_other_are_all_coming(proposed, zheng, zhou, item):
    publish(zheng, proposed(), days=1)
    publish(zheng, proposed(relabel, "2099010102"), days=2)

    coming = [one["version"] for one in shown(zhou, item)["coming"]]
    assert coming == [LATER, "2099010102"]


def test_a_first_day_that_is_over_is_refused(proposed, zheng):
    refused = publish(zheng, proposed(), days=-1)

    assert (refused.status_code, refused.json["code"]) == (400, "bad_payload")


def test_what_is_open_is_confirmed_by_name_before_it_is_published(
    proposed, zhou, zheng, item, workbook
):
    def doubt(book):
        relabel(book)
        book["ks_basis"]["F2"] = "yes"

    number = proposed(doubt)
    refused = publish(zheng, number)
    assert (refused.status_code, refused.json["code"]) == (409, "script_not_confirmed")
    (law,) = shown(zhou, item)["open"]
    assert law["what"] == "basis"

    said = {"sha256": law["sha256"], "note": "国家法律法规数据库，2026年11月26日"}
    assert zhou.post(f"/api/v1/scripts/{item.id}/confirmations", json=said).status_code == 201
    assert shown(zhou, item)["open"] == []
    (confirmed,) = shown(zheng, item)["confirmed"]
    assert (confirmed["name"], confirmed["note"]) == (law["name"], said["note"])
    assert confirmed["by_name"]
    assert publish(zheng, number).status_code == 204


def test_what_was_confirmed_stays_so_in_a_later_version_that_says_the_same(
    proposed, zhou, zheng, item
):
    def doubt(book):
        relabel(book)
        book["ks_basis"]["F2"] = "yes"

    number = proposed(doubt)
    (law,) = shown(zhou, item)["open"]
    said = {"sha256": law["sha256"], "note": "查过"}
    zhou.post(f"/api/v1/scripts/{item.id}/confirmations", json=said)
    publish(zheng, number)

    def other_words(book):
        book["survey"]["C3"] = "店门与污染源的距离"

    proposed(other_words, "2099010102")
    assert shown(zhou, item)["open"] == []


def test_nobody_confirms_what_they_did_not_see(proposed, zhou, item):
    def doubt(book, articles="第一条"):
        relabel(book)
        columns = [cell.value for cell in book["ks_basis"][1]]
        book["ks_basis"].cell(2, columns.index("articles") + 1).value = articles
        book["ks_basis"]["F2"] = "yes"

    number = proposed(doubt)
    (seen,) = shown(zhou, item)["open"]
    zhou.delete(f"/api/v1/script-publications/{number}")
    proposed(lambda book: doubt(book, "第二条"), "2099010102")

    said = {"sha256": seen["sha256"], "note": "查过"}
    refused = zhou.post(f"/api/v1/scripts/{item.id}/confirmations", json=said)

    assert (refused.status_code, refused.json["code"]) == (409, "changed_meanwhile")
    assert len(shown(zhou, item)["open"]) == 1


def test_a_confirmation_says_where_it_was_looked_up(zhou, item):
    said = {"sha256": "0" * 64, "note": "   "}
    refused = zhou.post(f"/api/v1/scripts/{item.id}/confirmations", json=said)

    assert refused.json["code"] == "bad_payload"


def test_one_version_is_on_its_way_at_a_time(upload, workbook, zhou):
    draft = upload(workbook(relabel)).json["on_its_way"]

    second = upload(workbook(relabel, "2099010102"))
    assert (second.status_code, second.json["code"]) == (409, "changed_meanwhile")

    assert zhou.delete(f"/api/v1/script-publications/{draft['id']}").status_code == 204
    assert upload(workbook(relabel, "2099010102")).status_code == 201


def test_a_version_that_is_not_later_is_refused(proposed, zheng, upload, workbook):
    publish(zheng, proposed())

    refused = upload(workbook(lambda book: book["survey"].__setitem__("C3", "别的"), LATER))

    assert refused.json["code"] == "script_faulty"
    assert refused.json["values"]["faults"][0]["row"] == "settings 2"


def test_a_version_is_published_once(proposed, zheng, upload, workbook):
    publish(zheng, proposed())

    refused = upload(workbook())

    assert refused.json["code"] == "script_faulty"
    (fault,) = refused.json["values"]["faults"]
    assert (fault["row"], "published already" in fault["problem"]["en"]) == ("settings 2", True)


def test_the_librarys_script_may_be_published_as_it_is(upload, workbook, scripts):
    library = scripts.current("food/small-restaurant")

    assert upload(workbook(version=library.version)).status_code == 201


def test_the_workbook_of_another_item_type_is_refused(upload, workbook, zhou, item):
    def of_another(book):
        book["ks_meta"]["B2"] = "0503"

    refused = upload(workbook(of_another))

    assert refused.json["code"] == "script_faulty"
    assert refused.json["values"]["faults"][0]["row"] == "ks_meta code"
    assert shown(zhou, item)["on_its_way"] is None


def test_an_item_type_without_a_script_takes_none_in(upload, workbook, item, db):
    """All of them would have it: they are kept under no key."""
    book = workbook()
    item.script = ""
    db.commit()

    refused = upload(book)

    assert (refused.status_code, refused.json["code"]) == (409, "no_script")


def circle(sheet):
    """The first question waits for the second, which waits for the first."""
    names = [cell.value for cell in sheet[1]]
    column = names.index("relevant") + 1 if "relevant" in names else len(names) + 1
    sheet.cell(1, column).value = "relevant"
    for row, other in ((3, 4), (4, 3)):
        sheet.cell(row, column).value = f"${{{sheet.cell(other, 2).value}}} = 'pass'"


@pytest.mark.parametrize(
    ("spoil", "row", "said"),
    [
        (circle, "survey 3", "before"),
        (lambda s: s.__setitem__("B4", s["B3"].value), "survey 3", "more than once"),
        (lambda s: s.__setitem__("A4", "select_one nothing"), "survey 4", "no choice list"),
        (lambda s: s.__setitem__("B4", "=A1"), "survey 4", "formula"),
        (
            lambda s: s.__setitem__("AZ1", "colour") or s.__setitem__("AZ4", "x"),
            "survey 4",
            "unknown",
        ),
        (lambda s: [s.append(["integer"]) for _ in range(10_000)], "survey", "most is 1,000"),
    ],
)
def test_a_faulty_workbook_is_named_by_row_and_nothing_is_kept(
    upload, workbook, zhou, item, spoil, row, said
):
    answer = upload(workbook(lambda book: spoil(book["survey"])))

    assert (answer.status_code, answer.json["code"]) == (422, "script_faulty")
    faults = answer.json["values"]["faults"]
    assert any(one["row"].startswith(row) and said in one["problem"]["en"] for one in faults), (
        faults
    )
    assert all(one["cure"]["zh"] for one in faults)
    assert shown(zhou, item)["on_its_way"] is None


def test_a_workbook_with_macros_is_refused(upload, workbook, zhou, item):
    book = io.BytesIO(workbook())
    with zipfile.ZipFile(book, "a") as package:
        package.writestr("xl/vbaProject.bin", b"Sub Auto_Open()")

    refused = upload(book.getvalue())

    assert refused.json["code"] == "script_faulty"
    assert "macros" in refused.json["values"]["faults"][0]["problem"]["en"]
    assert shown(zhou, item)["on_its_way"] is None


def test_what_is_no_workbook_is_refused(upload):
    assert upload(b"PK\x03\x04 not really").json["code"] == "spreadsheet_refused"


def test_each_step_is_written_down_with_who_took_it(proposed, zheng, db):
    number = proposed()
    publish(zheng, number)

    told = db.query(Event).filter_by(subject="script_publication", subject_id=number)
    assert [event.to for event in told.order_by(Event.id)] == ["proposed", "published"]
    assert len({event.by for event in told}) == 2


def test_another_bureau_neither_sees_nor_uses_it(proposed, zheng, other_bureau, db, scripts):
    publish(zheng, proposed())

    key = "food/small-restaurant"
    assert checklists.in_force(db, other_bureau.bureau.id, key, scripts).version != LATER
