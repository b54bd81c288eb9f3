"""What of a draft still holds: cases, cars, desks and officers may have been promised meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.models.bureau import Bureau, Mode
from server.models.case import CaseStatus
from server.models.expert import Booking
from server.models.round import Plan, Round, RoundStatus, Visit
from server.models.survey import SurveyStatus
from server.services.recusals import recused_in

OFFICER_TAKEN = "officer_taken"


@dataclass(frozen=True, slots=True)
class Outdated:
    """A round of a draft that can no longer be kept as it is.

    `visits` are those whose surveys do not wait any more, or whose applicant its crew must not
    judge; without them it could be kept. With none it cannot be kept at all. `cause` is told apart
    in the words for `plan_outdated`.
    """

    round: Round
    cause: str
    visits: tuple[Visit, ...] = ()


def outdated(db: Session, plan: Plan, *, at: datetime) -> Iterator[Outdated]:
    """What can no longer be kept, by the first reason found.

    Of rounds that want the same car or desk, the later in the plan give way.
    """
    bureau = db.get_one(Bureau, plan.bureau_id)
    from_now = min((round_.leaves_at for round_ in plan.rounds), default=at)
    holding = list(
        db.scalars(
            select(Round).where(
                Round.bureau_id == plan.bureau_id,
                Round.plan_id != plan.id,
                Round.status.in_((RoundStatus.PUBLISHED, RoundStatus.UNDER_WAY)),
                Round.back_at > from_now,
            )
        )
    )
    booked = db.scalars(select(Booking).where(Booking.ends_at > from_now)).all()
    for round_ in plan.rounds:
        gone = tuple(visit for visit in round_.visits if not waits(visit) or _recused(visit))
        why = "recused" if all(waits(visit) for visit in gone) else "survey_changed"
        beside = [other for other in holding if _overlap(other, round_)]
        if round_.leaves_at < at:
            yield Outdated(round_, "past")
        elif len(gone) == len(round_.visits):
            yield Outdated(round_, why)
        elif round_.mode is Mode.ON_SITE and any(
            other.car == round_.car is not None for other in beside
        ):
            yield Outdated(round_, "car_taken")
        elif round_.mode is Mode.VIDEO and _desks(beside, round_) >= bureau.video_rooms:
            yield Outdated(round_, "desk_taken")
        elif _booked(booked, round_):
            yield Outdated(round_, OFFICER_TAKEN)
        else:
            holding.append(round_)
            if gone:
                yield Outdated(round_, why, gone)


def waits(visit: Visit) -> bool:
    """Whether its survey still waits to be promised a time."""
    survey = visit.survey
    return survey.status is SurveyStatus.OPEN and survey.case.status is CaseStatus.RECEIVED


def _recused(visit: Visit) -> bool:
    return bool(recused_in(visit.round.crew, visit.survey.case))


def _overlap(one: Round, other: Round) -> bool:
    return one.leaves_at < other.back_at and other.leaves_at < one.back_at


def _booked(bookings: Iterable[Booking], round_: Round) -> bool:
    crew = {round_.lead_id, round_.second_id}
    return any(
        one.expert_id in crew and one.starts_at < round_.back_at and round_.leaves_at < one.ends_at
        for one in bookings
    )


def _desks(beside: Iterable[Round], round_: Round) -> int:
    """How many desks others take at once while a video round lasts."""
    at_desks = [other for other in beside if other.mode is Mode.VIDEO]
    moments = {max(one.leaves_at, round_.leaves_at) for one in (round_, *at_desks)}
    return max(sum(one.leaves_at <= moment < one.back_at for one in at_desks) for moment in moments)
