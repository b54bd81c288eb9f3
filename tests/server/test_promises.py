"""A bureau's promises are counted, so that nobody changes them past somebody else."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.clock import moment_of
from server.errors import BadPayload, NotFound, PlanOutdated
from server.models.account import Role
from server.models.expert import Absence, AbsenceKind
from server.models.session import ConsentChoice
from server.services import leave, promises, rechecks, sessions, surveys

NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)
MONDAY, TUESDAY = date(2026, 11, 30), date(2026, 12, 1)
SICK = {"kind": AbsenceKind.SICK, "first_day": MONDAY, "last_day": TUESDAY, "at": NOON}


@pytest.fixture
def count(town, db):
    """How often promises have changed."""

    def read():
        db.commit()
        return promises.as_of_now(db, town.bureau.id)

    return read


@pytest.fixture
def coordinator(town):
    return town.account(Role.COORDINATOR)


def test_an_appointment_taken_back_counts(town, db, count):
    case, before = town.visit().survey.case, count()

    rechecks.withdraw(db, case, by="zhou", at=NOON, note="x")

    assert count() == before + 1


def test_a_case_withdrawn_before_it_was_promised_anything_does_not_count(town, db, count):
    case, before = town.case(), count()

    rechecks.withdraw(db, case, by="zhou", at=NOON, note="x")

    assert count() == before


def test_a_survey_that_begins_or_an_applicant_who_agrees_does_not_count(town, db, count):
    visit, before = town.visit(), count()
    session, _ = town.call(visit)

    sessions.choose(db, session, choice=ConsentChoice.AGREED, language="zh", device={}, at=NOON)
    surveys.begin(db, visit.survey, by="limin", at=NOON)

    assert count() == before


def test_leave_counts_when_it_is_recorded_and_when_it_is_taken_back(town, db, count, coordinator):
    before = count()

    absence = leave.record(db, coordinator, town.lead.id, **SICK)
    db.commit()
    assert (absence.starts_at, absence.ends_at) == (
        moment_of(MONDAY, 0),
        moment_of(TUESDAY, 24 * 60),
    )
    leave.take_back(db, coordinator, absence.id)

    assert count() == before + 2
    assert db.scalars(select(Absence)).all() == []


def test_only_one_of_two_who_saw_the_same_promises_may_change_them(town, db, engine, count):
    known, bureau_id = count(), town.bureau.id
    db.commit()

    def change(_):
        with Session(engine) as mine:
            try:
                promises.changed_from(mine, bureau_id, known)
            except PlanOutdated as refused:
                return refused.values
            mine.commit()
            return "changed"

    with ThreadPoolExecutor(2) as two:
        outcomes = list(two.map(change, range(2)))

    assert outcomes.count("changed") == outcomes.count({"cause": "promises_changed"}) == 1
    assert count() == known + 1


@pytest.mark.parametrize(
    ("first", "last"), [(TUESDAY, MONDAY), (MONDAY, MONDAY + timedelta(days=400))]
)
def test_leave_that_ends_before_it_begins_or_never_is_refused(
    town, db, count, coordinator, first, last
):
    before = count()

    with pytest.raises(BadPayload):
        leave.record(
            db,
            coordinator,
            town.lead.id,
            kind=AbsenceKind.LEAVE,
            first_day=first,
            last_day=last,
            at=NOON,
        )

    assert count() == before


def test_a_district_records_leave_of_those_who_come_to_it_and_of_nobody_else(town, db):
    yanta = town.account(Role.COORDINATOR, district=town.yanta)

    with pytest.raises(NotFound):
        leave.record(db, yanta, town.lead.id, **SICK)

    absence = leave.record(db, yanta, town.stranger.id, **SICK)
    assert absence.expert_id == town.stranger.id


def test_leave_of_another_bureaus_expert_is_not_found(town, other_bureau, db, coordinator):
    theirs = leave.record(db, other_bureau.account(Role.COORDINATOR), other_bureau.lead.id, **SICK)
    db.commit()

    with pytest.raises(NotFound):
        leave.record(db, coordinator, other_bureau.lead.id, **SICK)
    with pytest.raises(NotFound):
        leave.take_back(db, coordinator, theirs.id)
