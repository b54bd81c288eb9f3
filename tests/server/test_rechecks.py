"""After the verdict: looking again at what was put right, and letting a case go."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from server.errors import MoveRefused
from server.models.case import CaseStatus
from server.models.expert import Booking
from server.models.survey import Survey, SurveyStatus
from server.models.verdict import Finding, Rectification, Verdict
from server.services import rechecks

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)


def _surveys(db, case):
    return list(db.scalars(select(Survey).where(Survey.case_id == case.id).order_by(Survey.id)))


@pytest.fixture
def rectifying(town, db):
    """A case whose survey found one thing to put right."""
    visit = town.visit()
    survey, case = visit.survey, visit.survey.case
    survey.move(SurveyStatus.UNDER_WAY, by="li", at=NOON)
    case.move(CaseStatus.SURVEYING, by="li", at=NOON)
    db.add(
        Verdict(
            survey_id=survey.id,
            finding=Finding.RECTIFY,
            suggested=Finding.RECTIFY,
            rectify_by=date(2026, 12, 4),
            by="li",
            at=NOON,
            rectifications=[Rectification(point="sinks", text="水池分开")],
        )
    )
    survey.move(SurveyStatus.CONCLUDED, by="li", at=NOON)
    case.move(CaseStatus.RECTIFYING, by="li", at=NOON)
    db.commit()
    return case


def test_a_recheck_is_a_second_survey_and_the_first_stays_as_it_was(rectifying, db):
    rechecks.order_recheck(db, rectifying, by="zhou", at=NOON)
    db.commit()

    first, second = _surveys(db, rectifying)
    assert rectifying.status is CaseStatus.RECEIVED
    assert (first.status, first.recheck) == (SurveyStatus.CONCLUDED, False)
    assert (second.status, second.recheck) == (SurveyStatus.OPEN, True)
    assert db.scalars(select(Rectification)).one().done_at == NOON


def test_only_a_case_with_something_to_put_right_is_rechecked(town, db):
    case = town.case()

    with pytest.raises(MoveRefused):
        rechecks.order_recheck(db, case, by="zhou", at=NOON)

    assert len(_surveys(db, case)) == 1


def test_a_withdrawn_case_frees_its_officer_and_voids_its_survey(town, db):
    visit = town.visit()
    case = visit.survey.case

    rechecks.withdraw(db, case, by="zhou", at=NOON, note="申请人放弃")
    db.commit()

    assert case.status is CaseStatus.WITHDRAWN
    assert visit.survey.status is SurveyStatus.VOID
    assert not visit.promised
    assert db.scalars(select(Booking)).all() == []


def test_a_case_under_survey_cannot_be_withdrawn_and_nothing_changes(town, db):
    visit = town.visit()
    visit.survey.move(SurveyStatus.UNDER_WAY, by="li", at=NOON)
    visit.survey.case.move(CaseStatus.SURVEYING, by="li", at=NOON)
    db.commit()

    with pytest.raises(MoveRefused):
        rechecks.withdraw(db, visit.survey.case, by="zhou", at=NOON, note="x")

    assert visit.promised
    assert visit.survey.status is SurveyStatus.UNDER_WAY
