"""From records to the planner's question, and from its answer to booked rounds."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scheduler.check import violations
from scheduler.instances import plan_from_json
from scheduler.minutes import Span
from scheduler.task import Kind
from server.adapters.calendar import StateCouncilCalendar
from server.adapters.travel import StraightLine
from server.clock import moment_of, utcnow
from server.errors import BadPayload, DoubleBooked, MoveRefused, NothingToPlan, PlanOutdated
from server.models.account import Role
from server.models.bureau import Mode, ModeRule
from server.models.case import CaseStatus
from server.models.expert import Absence, AbsenceKind, Booking, WeekendDuty
from server.models.round import Plan, PlanStatus, Round, RoundStatus
from server.models.session import InspectionSession, JoinLink
from server.models.survey import Survey, SurveyStatus
from server.services import recusals
from server.services.planning import answering, computing
from server.services.planning.asking import ask

MONDAY, FRIDAY = date(2026, 11, 30), date(2026, 12, 4)
SATURDAY = date(2026, 12, 5)
SUNDAY_NOON = datetime(2026, 11, 29, 4, tzinfo=UTC)
MORNING, AFTERNOON = 9 * 60, 18 * 60


@pytest.fixture
def question(town, db):
    """What the planner is asked about some days (a working week, unless said otherwise)."""

    def of(first=MONDAY, last=FRIDAY, at=SUNDAY_NOON, own=None):
        return ask(
            db,
            town.bureau,
            first_day=first,
            last_day=last,
            at=at,
            travel=StraightLine(),
            calendar=StateCouncilCalendar(own),
        )

    return of


@pytest.fixture
def case(town):
    return town.case()


@pytest.fixture
def plan(town, db, engine):
    """A computed draft for some cases."""

    def make(cases=3, *, at=SUNDAY_NOON, cancelled=False):
        for _ in range(cases):
            town.case()
        ordered = computing.order(
            db,
            town.bureau,
            first_day=MONDAY,
            last_day=FRIDAY,
            seconds=0.3,
            seed=1,
            by="zhou",
            at=at,
            travel=StraightLine(),
            calendar=StateCouncilCalendar(),
        )
        db.commit()
        if cancelled:
            computing.cancel(db, ordered, by="zhou", at=at)
            db.commit()
        carry_out(db, engine, ordered, at=at)
        return ordered

    return make


@pytest.fixture
def publish(db):
    def promise(plan, at=SUNDAY_NOON, **how):
        done = answering.publish(db, plan, by="zhou", at=at, link_hours_after=2, **how)
        db.commit()
        return done

    return promise


def carry_out(db, engine, plan, *, at):
    """The worker's part, while nobody else holds a transaction open."""
    plan_id = plan.id
    db.commit()
    computing.compute(lambda: Session(engine), plan_id, now=lambda: at)
    db.expire_all()


def officer(problem, expert):
    return next((one for one in problem.officers if one.key == str(expert.id)), None)


# --- what the planner is asked --------------------------------------------------------------


@pytest.mark.usefixtures("case")
def test_officers_bring_their_qualifications_districts_and_hours(question, town, db):
    town.lead.districts.append(town.yanta)
    town.stranger.item_types.clear()
    db.commit()

    problem = question().problem

    lead = officer(problem, town.lead)
    assert lead.qualifications == {"0101"}
    assert (lead.home, lead.allowed) == ("610112", {"610113"})
    assert lead.shifts == tuple(Span(day, MORNING, AFTERNOON) for day in range(5))
    assert officer(problem, town.stranger) is None  # qualified for nothing


@pytest.mark.usefixtures("case")
def test_who_is_on_leave_is_away(question, town, db):
    begins, ends = moment_of(MONDAY, 13 * 60), moment_of(MONDAY + timedelta(days=1), 10 * 60)
    town.lead.absences.append(Absence(kind=AbsenceKind.SICK, starts_at=begins, ends_at=ends))
    db.commit()

    away = officer(question().problem, town.lead).away

    assert away == (Span(0, 13 * 60, 24 * 60), Span(1, 0, 10 * 60))


@pytest.mark.usefixtures("case")
def test_nobody_works_on_holidays_but_on_weekend_duty(question, town, db):
    with pytest.raises(NothingToPlan) as refused:
        question(date(2026, 10, 1), date(2026, 10, 3), datetime(2026, 9, 28, tzinfo=UTC))
    assert refused.value.values == {"cause": "nobody"}

    town.lead.duties.append(WeekendDuty(day=SATURDAY, begins=600, ends=720))
    db.commit()

    officers = question(SATURDAY, SATURDAY).problem.officers
    assert [(one.key, one.shifts) for one in officers] == [
        (str(town.lead.id), (Span(0, 600, 720),))
    ]


@pytest.mark.usefixtures("case")
def test_a_worked_weekend_is_a_working_day(question, town):
    problem = question(SATURDAY, SATURDAY, own={SATURDAY: True}).problem

    assert officer(problem, town.lead).shifts == (Span(0, MORNING, AFTERNOON),)


@pytest.mark.usefixtures("case")
def test_nobody_is_sent_out_with_less_than_an_hours_notice(question, town):
    half_past_ten = moment_of(MONDAY, 10 * 60 + 30)

    problem = question(at=half_past_ten).problem

    assert officer(problem, town.lead).away == (Span(0, 0, 11 * 60 + 30),)


@pytest.mark.usefixtures("case")
def test_a_published_trip_takes_its_crew_and_its_car_away(question, town, db):
    visit = town.visit(
        mode=Mode.ON_SITE, second=town.second, starts_at=moment_of(MONDAY, 600), minutes=90
    )
    visit.round.car = 2
    db.commit()

    problem = question().problem

    taken = (Span(0, 600, 690),)
    assert officer(problem, town.lead).away == officer(problem, town.second).away == taken
    assert officer(problem, town.stranger).away == ()
    assert [car.away for car in problem.cars] == [(), taken]


@pytest.mark.usefixtures("case")
def test_a_published_video_call_stays_where_it_is(question, town):
    visit = town.visit(starts_at=moment_of(MONDAY, 600))

    tasks = {task.key: task for task in question().problem.tasks}

    pin = tasks[str(visit.survey_id)].pinned
    assert (pin.officers, pin.day, pin.start) == ({str(town.lead.id)}, 0, 600)
    assert len(tasks) == 2


def test_a_case_says_how_soon_and_how_it_may_be_surveyed(question, case, db):
    case.survey_by = MONDAY + timedelta(days=1)
    db.commit()

    (task,) = question().problem.tasks

    assert (task.deadline, task.district) == (1, "610112")
    assert [(mode.kind, mode.minutes) for mode in task.modes] == [
        (Kind.VIDEO, 30),
        (Kind.ON_SITE, 45),
    ]


def test_who_asked_for_a_visit_is_not_called(question, case, db):
    db.scalars(select(Survey)).one().only_on_site = True
    db.commit()

    (task,) = question().problem.tasks

    assert [mode.kind for mode in task.modes] == [Kind.ON_SITE]


def test_nobody_judges_an_applicant_they_must_not_judge(question, case, town, db):
    by = town.account(Role.COORDINATOR)
    at = utcnow()
    for expert in (town.lead, town.second):
        made = recusals.record(db, by, case, expert.id, reason="亲属", at=at)
    recusals.withdraw(db, by, case, made.id, at=at)
    db.commit()

    (task,) = question().problem.tasks

    assert task.recused == {str(town.lead.id)}


def test_a_place_nobody_knows_can_be_called_but_not_driven_to(question, case, town, db):
    case.premises.longitude = case.premises.latitude = None
    db.commit()
    assert [mode.kind for mode in question().problem.tasks[0].modes] == [Kind.VIDEO]

    town.item.modes = ModeRule.ON_SITE
    db.commit()
    asked = question()

    assert asked.problem.tasks == ()
    assert [survey.case_id for survey in asked.no_place] == [case.id]


def test_without_a_waiting_survey_there_is_nothing_to_plan(question):
    with pytest.raises(NothingToPlan) as refused:
        question()

    assert refused.value.values == {"cause": "no_survey"}


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (FRIDAY, MONDAY),
        (MONDAY - timedelta(days=3), FRIDAY),
        (MONDAY, MONDAY + timedelta(days=31)),
    ],
    ids=["backwards", "in the past", "too long"],
)
def test_days_that_cannot_be_planned(town, db, case, first, last):
    with pytest.raises(BadPayload):
        computing.order(
            db,
            town.bureau,
            first_day=first,
            last_day=last,
            seconds=1,
            seed=0,
            by="zhou",
            at=SUNDAY_NOON,
            travel=StraightLine(),
            calendar=StateCouncilCalendar(),
        )

    assert db.scalar(select(func.count()).select_from(Plan)) == 0


# --- what it answers ------------------------------------------------------------------------


def test_a_computed_plan_breaks_no_rule_and_becomes_draft_rounds(plan):
    draft = plan(4)

    assert (draft.status, draft.progress, draft.error) == (PlanStatus.DRAFT, 1.0, "")
    assert violations(answering.question_of(draft), plan_from_json(json.dumps(draft.result))) == []
    surveys = [visit.survey_id for round_ in draft.rounds for visit in round_.visits]
    assert len(surveys) == len(set(surveys)) == 4
    assert {round_.status for round_ in draft.rounds} == {RoundStatus.DRAFT}
    assert not any(visit.promised for round_ in draft.rounds for visit in round_.visits)


def test_publishing_books_officers_opens_calls_and_notifies_cases(plan, publish, db, town):
    draft = plan(3)

    done = publish(draft)

    assert (draft.status, done.surveys) == (PlanStatus.PUBLISHED, 3)
    assert town.bureau.promises == 1
    video = [round_ for round_ in draft.rounds if round_.mode is Mode.VIDEO]
    crews = sum(1 + (round_.second_id is not None) for round_ in draft.rounds)
    assert db.scalar(select(func.count()).select_from(Booking)) == crews
    assert db.scalar(select(func.count()).select_from(InspectionSession)) == len(video)
    assert len(done.invitations) == db.scalar(select(func.count()).select_from(JoinLink))
    for round_ in draft.rounds:
        for visit in round_.visits:
            assert visit.promised
            assert visit.survey.status is SurveyStatus.SCHEDULED
            assert visit.survey.mode is round_.mode
            assert visit.survey.case.status is CaseStatus.NOTIFIED


def nothing_was_promised(db, draft):
    db.rollback()
    db.expire_all()
    assert draft.status is PlanStatus.DRAFT
    assert {round_.status for round_ in draft.rounds} == {RoundStatus.DRAFT}
    for round_ in draft.rounds:
        for visit in round_.visits:
            assert not visit.promised
            assert visit.survey.status is SurveyStatus.OPEN
    assert db.scalar(select(func.count()).select_from(InspectionSession)) == 0


def its_lead_is_taken(db, round_):
    """Somebody else was quicker."""
    times = {"starts_at": round_.leaves_at, "ends_at": round_.back_at}
    db.add(Booking(expert_id=round_.lead_id, round_id=round_.id, **times))
    db.commit()


def test_one_officer_who_is_taken_by_now_stops_the_whole_plan(plan, publish, db):
    draft = plan(3)
    last = draft.rounds[-1]
    its_lead_is_taken(db, last)

    with pytest.raises(DoubleBooked):
        publish(draft)

    nothing_was_promised(db, draft)
    assert db.scalar(select(func.count()).select_from(Booking)) == 1


def test_one_case_withdrawn_meanwhile_stops_the_whole_plan(plan, publish, db):
    draft = plan(3)
    visit = draft.rounds[-1].visits[-1]
    visit.survey.case.move(CaseStatus.WITHDRAWN, by="zhou", at=SUNDAY_NOON)
    db.commit()

    with pytest.raises(PlanOutdated) as refused:
        publish(draft)

    assert refused.value.values == {"cause": "survey_changed"}
    nothing_was_promised(db, draft)


def test_a_plan_that_should_have_begun_is_too_old(plan, publish, db):
    draft = plan(2)

    with pytest.raises(PlanOutdated) as refused:
        publish(draft, at=moment_of(FRIDAY, 24 * 60))

    assert refused.value.values == {"cause": "past"}
    nothing_was_promised(db, draft)


def test_the_rest_of_a_plan_is_published_without_a_case_withdrawn_meanwhile(plan, publish, db):
    draft = plan(4)
    gone = draft.rounds[-1].visits[-1].survey
    gone.case.move(CaseStatus.WITHDRAWN, by="zhou", at=SUNDAY_NOON)
    db.commit()

    done = publish(draft, rest=True)

    assert (draft.status, done.surveys, done.waiting) == (PlanStatus.PUBLISHED, 3, 0)
    for round_ in draft.rounds:
        for visit in round_.visits:
            assert visit.promised is (round_.status is RoundStatus.PUBLISHED)
            assert visit.promised is (visit.survey_id != gone.id)


def test_the_rest_of_a_plan_is_published_without_a_round_whose_officer_is_taken(plan, publish, db):
    draft = plan(3)
    taken = draft.rounds[-1]
    its_lead_is_taken(db, taken)

    done = publish(draft, rest=True)

    assert taken.status is RoundStatus.CANCELLED
    assert done.rounds == len(draft.rounds) - 1
    assert done.waiting == len(taken.visits) == 3 - done.surveys
    for visit in taken.visits:
        assert not visit.promised
        assert visit.survey.status is SurveyStatus.OPEN


def test_a_desk_that_is_taken_later_in_an_appointment_is_taken(plan, publish, town, db):
    town.item.modes = ModeRule.VIDEO
    town.bureau.video_rooms = 1
    draft = plan(1)
    [mine] = draft.rounds
    later = Round(
        bureau_id=town.bureau.id,
        plan=Plan(
            bureau_id=town.bureau.id, first_day=MONDAY, last_day=FRIDAY, by="zhou", seconds=1
        ),
        mode=Mode.VIDEO,
        lead_id=mine.second_id or mine.lead_id,
        leaves_at=mine.leaves_at + (mine.back_at - mine.leaves_at) / 2,
        back_at=mine.back_at + timedelta(minutes=30),
        status=RoundStatus.PUBLISHED,
    )
    db.add(later)
    db.commit()

    with pytest.raises(PlanOutdated) as refused:
        publish(draft)

    assert refused.value.values == {"cause": "desk_taken"}


def test_of_two_plans_of_the_same_cases_nothing_is_left_of_the_second(plan, publish, town, db):
    first, second = plan(2), plan(0)
    publish(first)

    with pytest.raises(PlanOutdated) as refused:
        publish(second, rest=True)

    assert refused.value.values == {"cause": "nothing_left"}
    db.rollback()
    db.expire_all()
    assert second.status is PlanStatus.DRAFT
    assert {round_.status for round_ in second.rounds} == {RoundStatus.DRAFT}


def test_a_plan_is_published_once(plan, publish):
    draft = plan(1)
    publish(draft)

    with pytest.raises(MoveRefused):
        publish(draft)


def test_a_plan_cancelled_before_it_began_is_never_computed(plan, db):
    cancelled = plan(2, cancelled=True)

    assert cancelled.status is PlanStatus.DISCARDED
    assert cancelled.result == {}
    assert db.scalar(select(func.count()).select_from(Round)) == 0


def test_a_plan_cancelled_while_it_is_computed_keeps_a_result_that_holds(town, db, engine):
    for _ in range(3):
        town.case()
    ordered = computing.order(
        db,
        town.bureau,
        first_day=MONDAY,
        last_day=FRIDAY,
        seconds=30,
        seed=1,
        by="zhou",
        at=SUNDAY_NOON,
        travel=StraightLine(),
        calendar=StateCouncilCalendar(),
    )
    ordered.move(PlanStatus.RUNNING, by="system", at=SUNDAY_NOON)
    computing.cancel(db, ordered, by="zhou", at=SUNDAY_NOON)
    db.commit()

    carry_out(db, engine, ordered, at=SUNDAY_NOON)

    assert ordered.status is PlanStatus.DRAFT
    assert (
        violations(answering.question_of(ordered), plan_from_json(json.dumps(ordered.result))) == []
    )


def test_a_discarded_draft_leaves_its_surveys_waiting(plan, db, question):
    draft = plan(2)

    answering.discard(draft, by="zhou", at=SUNDAY_NOON)
    db.commit()

    assert draft.status is PlanStatus.DISCARDED
    assert {round_.status for round_ in draft.rounds} == {RoundStatus.CANCELLED}
    assert len(question().problem.tasks) == 2


def test_planning_again_leaves_what_was_promised(plan, publish, db):
    first = plan(2)
    publish(first)
    promised = {
        (visit.survey_id, visit.starts_at) for round_ in first.rounds for visit in round_.visits
    }

    second = plan(2)
    publish(second)

    again = {visit.survey_id for round_ in second.rounds for visit in round_.visits}
    assert len(again) == 2
    assert not again & {survey for survey, _ in promised}
