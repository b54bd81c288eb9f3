"""A trip or a desk visit of the planner becomes a round; a round becomes a promise."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from scheduler.plan import DeskVisit, Trip
from server.clock import moment_of
from server.errors import PlanOutdated
from server.models.bureau import Mode
from server.models.case import CaseStatus
from server.models.expert import Booking
from server.models.round import Plan, Round, Visit
from server.models.survey import SurveyStatus
from server.services.planning.holding import waits


def promise(visit: Visit, mode: Mode, *, by: str, at: datetime) -> None:
    """Give the applicant this time.

    Raises:
        PlanOutdated: the survey was scheduled, withdrawn or changed meanwhile.
    """
    survey = visit.survey
    if not waits(visit):
        raise PlanOutdated(f"survey {survey.id} is {survey.status}", cause="survey_changed")
    visit.promised = True
    survey.mode = mode
    survey.move(SurveyStatus.SCHEDULED, by=by, at=at)
    survey.case.move(CaseStatus.PLANNED, by=by, at=at)
    survey.case.move(CaseStatus.NOTIFIED, by=by, at=at)


def book(db: Session, round_: Round) -> None:
    """Take its officers' time. The database refuses what overlaps (`DoubleBooked`)."""
    for expert_id in (round_.lead_id, round_.second_id):
        if expert_id is not None:
            db.add(
                Booking(
                    expert_id=expert_id,
                    round_id=round_.id,
                    starts_at=round_.leaves_at,
                    ends_at=round_.back_at,
                )
            )


def trip_round(plan: Plan, trip: Trip) -> Round:
    """A draft round of a crew in its car, with its visits."""
    day = _day(plan, trip.day)
    lead, *others = (int(key) for key in trip.officers)
    return Round(
        bureau_id=plan.bureau_id,
        plan=plan,
        mode=Mode.ON_SITE,
        lead_id=lead,
        second_id=others[0] if others else None,
        car=int(trip.car),
        leaves_at=moment_of(day, trip.depart),
        back_at=moment_of(day, trip.back),
        travel_seconds=trip.travel_seconds,
        visits=[
            Visit(
                survey_id=int(stop.task),
                starts_at=moment_of(day, stop.start),
                ends_at=moment_of(day, stop.end),
            )
            for stop in trip.stops
        ],
    )


def desk_round(plan: Plan, visit: DeskVisit) -> Round:
    """A draft round of one appointment at a desk."""
    day = _day(plan, visit.day)
    starts_at, ends_at = moment_of(day, visit.start), moment_of(day, visit.end)
    return Round(
        bureau_id=plan.bureau_id,
        plan=plan,
        mode=Mode.VIDEO,
        lead_id=int(visit.lead),
        second_id=int(visit.second) if visit.second else None,
        leaves_at=starts_at,
        back_at=ends_at,
        visits=[Visit(survey_id=int(visit.task), starts_at=starts_at, ends_at=ends_at)],
    )


def _day(plan: Plan, number: int) -> date:
    return plan.first_day + timedelta(days=number)
