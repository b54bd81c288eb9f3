"""A repair is accepted: promises that change are taken back and given anew, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, joinedload

from scheduler.plan import DeskVisit, Trip
from scheduler.plan import Plan as Answer
from server.errors import PlanOutdated
from server.models.bureau import Mode
from server.models.expert import Booking
from server.models.round import Plan, PlanStatus, Round, RoundStatus, Visit
from server.models.survey import SurveyStatus
from server.services import promises, sessions
from server.services.planning.overrunning import Overruns, overruns
from server.services.planning.promising import book, desk_round, promise, trip_round
from server.services.planning.repairing import Proposal, before_of, proposal_of
from server.services.planning.standing import confirmed_among, is_broken
from server.services.sessions import Invitation, invite, open_session

#: A proposal is looked at and answered; one that lay longer speaks of another day.
STANDS_FOR = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Promised:
    """A visit whose applicant must be told its time; with a fresh link if it is by video."""

    visit: Visit
    invitation: Invitation | None


@dataclass(slots=True)
class Adopted:
    """What accepting a repair brought about; those it concerns still have to be told.

    `closed` are the calls whose links no longer work.
    """

    moved: list[Promised] = field(default_factory=list)
    added: list[Promised] = field(default_factory=list)
    lost: list[Visit] = field(default_factory=list)
    other_crew: int = 0
    closed: list[int] = field(default_factory=list)


def adopt(db: Session, made: Plan, *, by: str, at: datetime, link_hours_after: float) -> Adopted:
    """Carry a repair out as it was proposed: all of it, or nothing.

    Rounds that change are cancelled and published anew. An appointment that keeps its time keeps
    its visit, its call and its link, whoever comes. The caller tells people and commits.

    Raises:
        PlanOutdated: promises or leave have changed since, an applicant has confirmed what would
            move, a survey has begun, or the proposal is too old.
        DoubleBooked: an officer has been given another appointment in that time.
        MoveRefused: it was accepted or discarded already.
    """
    made.move(PlanStatus.PUBLISHED, by=by, at=at)
    if at - made.created_at > STANDS_FOR:
        raise PlanOutdated("the proposal is too old", cause="too_old")
    assert made.made_from is not None  # only repairs are adopted
    promises.changed_from(db, made.bureau_id, made.made_from)
    before, proposal = before_of(made), proposal_of(made)
    old, new = _rounds(before), _rounds(proposal.after)
    ending = [one for what, one in old.items() if what not in new]
    promised = _promised(db, [key for one in ending for key in _keys(one)])
    late = overruns(db, made.bureau_id, at=at)
    _refuse_what_was_settled(db, promised.values(), proposal, late)
    adopted = Adopted(other_crew=len(proposal.other_crew))
    _cancel(db, {visit.round for visit in promised.values()}, by=by, at=at)
    for key in (*proposal.moved, *proposal.lost):
        visit = promised.pop(int(key))
        session = sessions.of_visit(db, visit)
        adopted.closed += [session.id] if session is not None else []
        sessions.take_back(db, visit, by=by, at=at, note="adjusted")
        if key in proposal.lost:
            adopted.lost.append(visit)
    for what, one in new.items():
        if what not in old:
            round_ = trip_round(made, one) if isinstance(one, Trip) else desk_round(made, one)
            _publish(db, round_, promised, proposal, adopted, by=by, at=at, hours=link_hours_after)
    db.flush()
    return adopted


def _rounds(plan: Answer) -> dict[object, Trip | DeskVisit]:
    """A plan's rounds by what makes them the same; what is held for somebody else is left out."""
    own = (visit for visit in plan.desk_visits if visit.task.isdecimal())
    every: list[Trip | DeskVisit] = [*plan.trips, *own]
    return {_what(one): one for one in every}


def _what(one: Trip | DeskVisit) -> object:
    """Who, when, in what, to whom."""
    if isinstance(one, DeskVisit):
        return one.task, one.lead, one.second, one.day, one.start, one.end
    stops = tuple((stop.task, stop.start, stop.end) for stop in one.stops)
    return one.car, one.officers, one.day, one.depart, one.back, stops


def _keys(one: Trip | DeskVisit) -> list[int]:
    return [int(one.task)] if isinstance(one, DeskVisit) else [int(s.task) for s in one.stops]


def _promised(db: Session, surveys: Iterable[int]) -> dict[int, Visit]:
    found = db.scalars(
        select(Visit)
        .where(Visit.survey_id.in_(list(surveys)), Visit.promised)
        .options(joinedload(Visit.round), joinedload(Visit.survey))
    )
    return {visit.survey_id: visit for visit in found}


def _refuse_what_was_settled(
    db: Session, visits: Iterable[Visit], proposal: Proposal, late: Overruns
) -> None:
    """Raises: PlanOutdated: it has begun, or its applicant has come to count on it since."""
    visits = list(visits)
    confirmed = confirmed_among(db, {visit.round for visit in visits})
    changing = {*proposal.moved, *proposal.other_crew, *proposal.lost}
    for visit in visits:
        begun = visit.round.status is not RoundStatus.PUBLISHED
        if begun or visit.survey.status is not SurveyStatus.SCHEDULED:
            raise PlanOutdated(f"survey {visit.survey_id} has begun", cause="settled_meanwhile")
        counted_on = visit.id in confirmed and not is_broken(visit.round, late)
        if counted_on and str(visit.survey_id) in changing:
            raise PlanOutdated(f"visit {visit.id} is confirmed", cause="settled_meanwhile")


def _cancel(db: Session, rounds: Iterable[Round], *, by: str, at: datetime) -> None:
    """Their officers are free; what they were to visit is still to be settled."""
    for round_ in rounds:
        round_.move(RoundStatus.CANCELLED, by=by, at=at, note="adjusted")
        db.execute(delete(Booking).where(Booking.round_id == round_.id))
    db.flush()


def _publish(
    db: Session,
    round_: Round,
    promised: dict[int, Visit],
    proposal: Proposal,
    adopted: Adopted,
    *,
    by: str,
    at: datetime,
    hours: float,
) -> None:
    """Promise a round of the repair. Who was `promised` a visit in it and keeps it, keeps it."""
    if round_.leaves_at < at:
        raise PlanOutdated("a round would have left already", cause="past")
    drafts, round_.visits = list(round_.visits), []
    db.add(round_)
    db.flush()
    for draft in drafts:
        if (kept := promised.get(draft.survey_id)) is not None:
            kept.starts_at, kept.ends_at = draft.starts_at, draft.ends_at
            kept.round = round_
        else:
            draft.round = round_
            db.add(draft)
    db.flush()
    round_.move(RoundStatus.PUBLISHED, by=by, at=at)
    book(db, round_)
    for draft in drafts:
        if draft.survey_id in promised:
            continue
        promise(draft, round_.mode, by=by, at=at)
        told = Promised(draft, _invited(db, draft, at=at, hours=hours))
        (adopted.moved if str(draft.survey_id) in proposal.moved else adopted.added).append(told)


def _invited(db: Session, visit: Visit, *, at: datetime, hours: float) -> Invitation | None:
    if visit.round.mode is not Mode.VIDEO:
        return None
    return invite(db, open_session(db, visit), hours_after=hours, at=at)
