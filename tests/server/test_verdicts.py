"""Giving a verdict. The rules are in server/services/verdicts.py."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from server.errors import (
    BadPayload,
    ChecklistIncomplete,
    FindingNotSupported,
    MoveRefused,
    SignatureMissing,
)
from server.models.bureau import Mode
from server.models.case import CaseStatus
from server.models.lifecycle import Event
from server.models.round import RoundStatus
from server.models.survey import SurveyStatus
from server.models.verdict import Finding, SignerRole, Verdict
from server.services import checklists, surveys, verdicts

NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)
LATER = date(2026, 12, 4)


@pytest.fixture
def decide(db):
    def give(survey, finding, *, reason="", rectify_by=None):
        return verdicts.give_verdict(
            db,
            survey,
            checklists.worked_of(db, survey),
            finding=finding,
            reason=reason,
            rectify_by=rectify_by,
            by="limin",
            at=NOON,
        )

    return give


@pytest.fixture
def refuses(db, decide):
    """The verdict is refused, and nothing at all has changed."""

    def check(survey, finding, refusal, **options):
        before = db.scalar(select(func.count()).select_from(Event))
        with pytest.raises(refusal) as refused:
            decide(survey, finding, **options)
        db.commit()
        assert survey.status is SurveyStatus.UNDER_WAY
        assert survey.case.status is CaseStatus.SURVEYING
        assert db.scalar(select(func.count()).select_from(Verdict)) == 0
        assert db.scalar(select(func.count()).select_from(Event)) == before
        return refused.value

    return check


@pytest.mark.parametrize(
    ("finding", "rectify_by", "unmet", "after"),
    [
        (Finding.PASS, None, (), CaseStatus.DECIDED),
        (Finding.RECTIFY, LATER, ("waste_bins",), CaseStatus.RECTIFYING),
        (Finding.FAIL, None, ("sinks", "tableware", "address_matches"), CaseStatus.DECIDED),
    ],
)
def test_a_finding_moves_survey_case_and_round_on(
    begun, fill, sign, decide, db, finding, rectify_by, unmet, after
):
    survey = begun()
    fill(survey, unmet=unmet)
    sign(survey, finding=finding)

    verdict = decide(survey, finding, rectify_by=rectify_by, reason="如上")
    db.commit()

    assert survey.status is SurveyStatus.CONCLUDED
    assert survey.case.status is after
    assert verdict.rectify_by == rectify_by
    assert {one.point for one in verdict.rectifications} == set(unmet)
    assert all(one.text for one in verdict.rectifications)
    event = db.scalars(select(Event).where(Event.subject == "case", Event.to == after.value)).one()
    assert (event.by, event.at, event.came_from) == ("limin", NOON, "surveying")


def test_what_the_answers_suggest_is_kept_beside_the_finding(begun, fill, sign, decide):
    survey = begun()
    fill(survey)
    sign(survey, finding=Finding.FAIL)

    verdict = decide(survey, Finding.FAIL, reason="经营者当场撤回承诺")

    assert (verdict.suggested, verdict.finding) == (Finding.PASS, Finding.FAIL)
    assert verdict.reason == "经营者当场撤回承诺"


def test_a_missing_answer_refuses_the_verdict_and_changes_nothing(begun, fill, refuses):
    survey = begun()
    fill(survey, leave=("menu",))

    refused = refuses(survey, Finding.PASS, ChecklistIncomplete)

    assert refused.values == {"points": ["menu"], "answers": 1, "photos": 2}


def test_a_photo_taken_out_refuses_the_verdict_and_changes_nothing(
    begun, fill, refuses, photograph, db
):
    survey = begun()
    fill(survey, leave=("menu",))
    checklists.answer(
        db, survey, point="menu", value="pass", note="", device="", by="limin", at=NOON
    )
    photograph(survey, "menu")
    photograph(survey, "menu").removed_at = NOON

    refused = refuses(survey, Finding.PASS, ChecklistIncomplete)

    assert refused.values == {"points": ["menu"], "answers": 0, "photos": 1}


def test_a_lead_who_has_not_signed_refuses_the_verdict(begun, fill, refuses):
    survey = begun()
    fill(survey)

    assert refuses(survey, Finding.PASS, SignatureMissing).values == {"roles": ["lead"]}


def test_on_site_both_officers_sign(begun, fill, sign, refuses, decide, town):
    survey = begun(mode=Mode.ON_SITE, second=town.second)
    fill(survey)
    sign(survey, SignerRole.LEAD, SignerRole.APPLICANT)

    assert refuses(survey, Finding.PASS, SignatureMissing).values == {"roles": ["second"]}

    sign(survey, SignerRole.SECOND)
    decide(survey, Finding.PASS)


def test_the_applicant_need_not_sign(begun, fill, sign, decide):
    survey = begun()
    fill(survey)
    sign(survey)

    assert decide(survey, Finding.PASS).finding is Finding.PASS


def test_a_finding_against_the_answers_needs_a_reason(begun, fill, sign, refuses):
    survey = begun()
    fill(survey)
    sign(survey, finding=Finding.FAIL)

    refused = refuses(survey, Finding.FAIL, FindingNotSupported, reason="  ")

    assert refused.values == {"suggested": "pass"}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("finding", "rectify_by", "cause"),
    [
        (Finding.RECTIFY, None, "rectify_by"),
        (Finding.PASS, LATER, "rectify_by"),
        (Finding.RECTIFY, date(2026, 11, 24), "rectify_by_past"),
    ],
    ids=["no last day", "a last day for a pass", "the last day is today"],
)
def test_the_last_day_to_rectify_goes_with_rectify_and_lies_ahead(
    begun, fill, sign, refuses, finding, rectify_by, cause
):
    survey = begun()
    fill(survey)
    sign(survey)

    refused = refuses(survey, finding, BadPayload, rectify_by=rectify_by, reason="如上")

    assert refused.values == {"cause": cause}


def test_a_survey_gets_one_verdict(begun, fill, sign, decide, db):
    survey = begun()
    fill(survey)
    sign(survey)
    decide(survey, Finding.PASS)
    db.commit()

    with pytest.raises(MoveRefused):
        decide(survey, Finding.PASS)


def test_the_round_is_finished_with_its_last_survey(begun, fill, sign, decide, db, town):
    survey = begun()
    fill(survey)
    sign(survey)
    decide(survey, Finding.PASS)
    db.commit()

    round_ = surveys.crew_of(db, survey).status
    assert round_ is RoundStatus.FINISHED
