"""The record is drafted as officers go, and remembers who worded what."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from inspection.record.survey import Language
from server.models.observer import Capacity, ObserverStatus
from server.models.record import RecordEdit
from server.models.round import Visit
from server.models.survey import SurveyStatus
from server.services import checklists, observing
from server.services.drafting import draft_of

NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)
on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def draft(db):
    def read(survey, language=Language.ZH):
        return draft_of(db, survey, checklists.worked_of(db, survey), language)

    return read


@pytest.fixture
def desk(officers, caller):
    return {account.sign_in_name: caller(account) for account in officers.values()}


@on_one_database
def test_the_draft_says_at_any_moment_what_was_found_so_far(begun, fill, draft, town):
    survey = begun(second=town.second)
    before = draft(survey)
    assert "检查 0 项" in before.text
    assert "项尚未检查" in before.text

    fill(survey, unmet=("waste_bins",))
    after, english = draft(survey), draft(survey, Language.EN)

    assert after.text.startswith("2026年11月24日 12:00 起，踏勘人员李敏（主办）、王建国（协办）")
    assert "不通过 1 项" in after.text
    assert "尚未检查" not in after.text
    assert "李敏 (lead officer) and 王建国 (second officer) surveyed" in english.text
    (point,) = after.points
    assert (point.point, point.found) == ("waste_bins", "看不清")
    assert point.to_do
    assert english.points[0].to_do != point.to_do


@on_one_database
def test_who_watched_is_named_and_who_was_only_invited_is_not(begun, draft, town, db):
    survey = begun()
    call, _ = town.call(db.query(Visit).filter_by(survey_id=survey.id).one())
    watched, invited = (
        observing.invite(db, call, name=name, capacity=Capacity.CITIZEN, hours_after=1)[0]
        for name in ("王红", "刘洋")
    )
    assert "旁听" not in draft(survey).text

    observing.came(watched, at=NOON)
    observing.went(watched, at=NOON)
    db.flush()

    assert invited.status is ObserverStatus.INVITED
    assert "。经申请人同意，王红（社会监督员）旁听。按《" in draft(survey).text
    english = draft(survey, Language.EN).text
    assert "王红 (citizen supervisor) watched, as the applicant had agreed." in english


@on_one_database
def test_who_worded_the_record_and_what_was_there_before_is_kept(begun, fill, desk, db, town):
    survey = begun(second=town.second)
    fill(survey)
    address = f"/api/v1/surveys/{survey.id}"
    drafted = desk["limin"].get(f"{address}/draft").json
    assert drafted["text"] == drafted["drafted"]
    assert drafted["edits"] == []

    first = desk["limin"].post(f"{address}/words", {"text": "经营者在场，逐项看过。"}).json
    edit = first["edits"][0]
    assert (first["text"], edit["name"]) == ("经营者在场，逐项看过。", "李敏")
    assert edit["drafted"] == drafted["drafted"]

    unseen = desk["jianguo"].post(f"{address}/words", {"text": "另一段话"})
    assert (unseen.status_code, unseen.json["code"]) == (409, "changed_meanwhile")
    second = (
        desk["jianguo"].post(f"{address}/words", {"text": "两人在场。", "after": edit["id"]}).json
    )
    assert [one["name"] for one in second["edits"]] == ["李敏", "王建国"]
    back = (
        desk["limin"]
        .post(f"{address}/words", {"text": "", "after": second["edits"][-1]["id"]})
        .json
    )
    assert back["text"] == drafted["drafted"]
    assert db.scalar(select(func.count()).select_from(RecordEdit)) == 3


@on_one_database
def test_the_draft_as_it_is_and_the_same_words_again_are_no_edit(begun, desk, db):
    survey = begun()
    address = f"/api/v1/surveys/{survey.id}"
    drafted = desk["limin"].get(f"{address}/draft").json["drafted"]

    desk["limin"].post(f"{address}/words", {"text": f"{drafted} "})
    assert db.scalar(select(func.count()).select_from(RecordEdit)) == 0
    for _ in range(2):
        desk["limin"].post(f"{address}/words", {"text": "看过。"})
    assert db.scalar(select(func.count()).select_from(RecordEdit)) == 1


@on_one_database
def test_words_that_no_longer_fit_the_answers_are_told(begun, fill, desk, draft):
    survey = begun()
    desk["limin"].post(f"/api/v1/surveys/{survey.id}/words", {"text": "看过一半。"})
    assert not draft(survey).outdated

    fill(survey)

    assert draft(survey).outdated
    assert draft(survey).text == "看过一半。"


@on_one_database
def test_nobody_words_the_record_after_the_verdict(begun, desk, db):
    survey = begun()
    survey.move(SurveyStatus.CONCLUDED, by="limin", at=NOON)
    db.commit()

    refused = desk["limin"].post(f"/api/v1/surveys/{survey.id}/words", {"text": "补一句"})

    assert (refused.status_code, refused.json["code"]) == (409, "move_refused")
    assert db.scalar(select(func.count()).select_from(RecordEdit)) == 0
