"""Surveys on site start on the bureau's grid; what was promised for another minute stays."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.adapters.calendar import StateCouncilCalendar
from server.adapters.travel import StraightLine
from server.clock import local_minute, moment_of
from server.errors import BadPayload, CannotBeThere, OfferTaken
from server.models.account import Role
from server.models.bureau import Mode, ModeRule
from server.models.expert import AbsenceKind
from server.models.lifecycle import Event
from server.models.round import RoundStatus, Visit
from server.models.survey import Survey
from server.services import choosing, leave
from server.services.planning import adopting, answering, appointing, offering, repairing
from server.services.planning.appointing import Chosen
from server.services.planning.offering import HeldPlans
from server.services.planning.wishing import Wish
from server.services.scope import Scope

MONDAY, FRIDAY = date(2026, 11, 30), date(2026, 12, 4)
SUNDAY_NOON = datetime(2026, 11, 29, 4, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ODD = moment_of(MONDAY, 10 * 60 + 17)


@pytest.fixture
def only_on_site(town, db):
    """Every case is surveyed on site, for an odd number of minutes."""
    town.item.modes, town.item.preferred = ModeRule.ON_SITE, Mode.ON_SITE
    town.item.minutes_on_site = 43
    db.commit()


@pytest.fixture
def promised(by_car):
    """`promised()`: 李敏 and 王建国 come at 10:17 on Monday unless said otherwise."""
    return lambda starts_at=ODD: by_car(starts_at, minutes=43, there=27, back=17)


@pytest.fixture
def propose(proposed):
    return lambda wish=None: proposed(MONDAY, FRIDAY, at=SUNDAY_NOON, wish=wish)


def starts(plan):
    visits = [visit for round_ in plan.rounds for visit in round_.visits]
    assert all(visit.round.mode is Mode.ON_SITE for visit in visits)
    return [local_minute(visit.starts_at) for visit in visits]


@pytest.mark.usefixtures("only_on_site")
def test_a_plan_puts_every_survey_on_site_on_the_grid_of_its_bureau(town, db, computed):
    begun = []
    for minutes in (5, 15, 1):
        choosing.on_site_grid(db, town.bureau, minutes, by="zheng", at=SUNDAY_NOON)
        for _ in range(3):
            town.case()
        plan = computed(MONDAY, FRIDAY, at=SUNDAY_NOON)
        begun.append(starts(plan))
        answering.discard(plan, by="zhou", at=SUNDAY_NOON)
        db.commit()

    every_five, every_quarter, any_minute = begun
    assert len(every_five) == 3
    assert not any(start % 5 for start in every_five)
    assert len(every_quarter) == 6
    assert not any(start % 15 for start in every_quarter)
    assert any(start % 5 for start in any_minute)


@pytest.mark.usefixtures("only_on_site")
def test_what_was_promised_beside_the_grid_stays_and_new_rounds_go_around_it(
    town, db, computed, promised
):
    visit = promised()
    town.case()

    plan = computed(MONDAY, MONDAY, at=SUNDAY_NOON)
    answering.publish(db, plan, by="zhou", at=SUNDAY_NOON, link_hours_after=2)
    db.commit()

    (start,) = starts(plan)
    assert start % 5 == 0
    assert (visit.starts_at, visit.round.status) == (ODD, RoundStatus.PUBLISHED)


@pytest.mark.usefixtures("only_on_site")
def test_a_repair_leaves_promises_beside_the_grid_to_the_minute_and_adds_on_it(
    town, db, promised, propose
):
    touching = ODD + (27 + 43 + 17) * MINUTE  # leaves the minute the first is back
    visits = [promised(), promised(touching)]
    urgent = town.case()
    urgent.survey_by = MONDAY
    db.commit()

    made = propose()

    assert (made.changes["moved"], made.changes["lost"]) == ([], [])
    added = str(db.scalars(select(Survey.id).where(Survey.case_id == urgent.id)).one())
    assert made.changes["added"] == [added]
    stops = [stop for trip in repairing.proposal_of(made).after.trips for stop in trip.stops]
    begun = {stop.task: stop.start for stop in stops}
    assert [begun[str(visit.survey_id)] for visit in visits] == [617, 704]
    assert begun[added] % 5 == 0


@pytest.mark.usefixtures("only_on_site")
def test_who_is_moved_because_somebody_is_ill_is_moved_onto_the_grid(town, db, promised, propose):
    visit = promised()
    leave.record(
        db,
        town.account("coordinator"),
        town.lead.id,
        kind=AbsenceKind.SICK,
        first_day=MONDAY,
        last_day=MONDAY,
        at=SUNDAY_NOON,
    )
    db.commit()

    made = propose()
    assert made.changes["moved"] == [str(visit.survey_id)]  # nobody else makes a pair
    adopting.adopt(db, made, by="zhou", at=SUNDAY_NOON, link_hours_after=2)
    db.commit()

    now = db.scalars(select(Visit).where(Visit.survey_id == visit.survey_id, Visit.promised)).one()
    assert now.starts_at > ODD
    assert local_minute(now.starts_at) % 5 == 0


@pytest.mark.usefixtures("only_on_site")
def test_an_appointment_is_put_on_the_grid_by_hand_or_keeps_the_minute_it_has(promised, propose):
    visit = promised()

    with pytest.raises(CannotBeThere) as refused:
        propose(Wish(visit.survey_id, ODD + 60 * MINUTE))
    assert refused.value.values == {"cause": "grid", "minutes": 5}

    later = propose(Wish(visit.survey_id, ODD + 63 * MINUTE))
    assert later.changes["moved"] == [str(visit.survey_id)]
    same = propose(Wish(visit.survey_id, ODD))
    assert same.changes == {**same.changes, "moved": [], "other_crew": [], "lost": []}


@pytest.mark.usefixtures("only_on_site")
def test_times_that_are_offered_lie_on_the_grid_and_on_the_next_one_once_it_changes(
    town, db, engine, promised
):
    promised()
    case = town.case()
    survey = db.scalars(select(Survey).where(Survey.case_id == case.id)).one()
    scope = Scope(town.bureau.id)
    held = HeldPlans(lambda: Session(engine), StraightLine(), StateCouncilCalendar())

    def offered():
        asked = offering.about(db, survey.id, scope)
        db.rollback()
        return [one.starts_at for one in held.offers(asked, scope, at=SUNDAY_NOON).items]

    every_five = offered()
    choosing.on_site_grid(db, town.bureau, 30, by="zheng", at=SUNDAY_NOON)
    db.commit()
    half_hours = offered()

    assert every_five
    assert not any(local_minute(one) % 5 for one in every_five)
    assert half_hours
    assert not any(local_minute(one) % 30 for one in half_hours)
    with pytest.raises(OfferTaken):
        taken(db, survey, half_hours[0] + 10 * MINUTE, scope)
    _question, proposal = taken(db, survey, half_hours[0], scope)
    assert proposal.added == (str(survey.id),)


def taken(db, survey, starts_at, scope):
    chosen = Chosen(Mode.ON_SITE, starts_at)
    question = appointing.ask(
        db, survey, chosen, at=SUNDAY_NOON, calendar=StateCouncilCalendar(), scope=scope
    )
    db.rollback()
    return appointing.settle(repairing.with_ways(question, StraightLine()), survey.id)


def test_an_administrator_chooses_the_grid_and_that_is_written_down(sign_in_as, town, db):
    administrator = sign_in_as(Role.ADMINISTRATOR)

    assert administrator.get("/api/v1/bureau-settings").json["on_site_grid"] == 5
    answer = administrator.patch("/api/v1/bureau-settings", {"on_site_grid": 15})

    assert answer.json["on_site_grid"] == 15
    db.refresh(town.bureau)
    assert town.bureau.on_site_grid == 15
    assert [one.to for one in db.query(Event).filter_by(subject="bureau")] == ["on site every 15"]
    coordinator = sign_in_as(Role.COORDINATOR)
    board = coordinator.get("/api/v1/board?from=2026-11-30&to=2026-12-04").json
    assert board["bureau"]["on_site_grid"] == 15
    assert coordinator.patch("/api/v1/bureau-settings", {}).status_code == 403


@pytest.mark.parametrize("minutes", [0, 7, 90, 60, -5, "every", "15", True, 2.5])
def test_a_grid_that_nobody_could_remember_is_refused_and_changes_nothing(
    sign_in_as, town, db, minutes
):
    answer = sign_in_as(Role.ADMINISTRATOR).patch(
        "/api/v1/bureau-settings", {"on_site_grid": minutes}
    )

    assert (answer.status_code, answer.json["code"]) == (400, "bad_payload")
    if type(minutes) is int:
        assert answer.json["title"] == "现场踏勘的开始时间只能按 1、5、10、15 或 30 分钟取整"
    db.refresh(town.bureau)
    assert town.bureau.on_site_grid == 5


def test_the_service_refuses_it_before_anything_is_written(town, db):
    with pytest.raises(BadPayload) as refused:
        choosing.on_site_grid(db, town.bureau, 7, by="zheng", at=SUNDAY_NOON)

    assert refused.value.values == {"cause": "on_site_grid"}
    assert town.bureau.on_site_grid == 5
