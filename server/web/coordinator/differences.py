"""Drawing a repair: what it changes, survey by survey."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduler.plan import Plan as Answer
from server.adapters.travel import road_metres
from server.clock import moment_of
from server.models.account import Account
from server.models.bureau import Mode
from server.models.expert import Expert
from server.models.round import Plan
from server.models.survey import Survey
from server.services import casework
from server.services.planning.answering import left_out
from server.services.planning.repairing import before_of, proposal_of
from server.web.coordinator.payload import (
    AppointmentOut,
    ChangeKind,
    ChangeOut,
    Person,
    PlanRow,
    ReasonOut,
    RepairOut,
)
from server.web.coordinator.rounds import NO_PLACE, reasons_out, which
from server.web.words import language

#: Who gets a message when it is accepted.
TOLD = (ChangeKind.LOST, ChangeKind.MOVED, ChangeKind.ADDED)


def repair_out(db: Session, made: Plan, account: Account) -> RepairOut:
    """The worst first: who is lost, moved, met by somebody else, added, still without a place."""
    old, proposal = before_of(made), proposal_of(made)
    names = _names(db, made.bureau_id)
    before = _appointments(made, old, names)
    after = _appointments(made, proposal.after, names)
    reasons = left_out(made) | {key: [{"cause": NO_PLACE}] for key in made.no_place}
    kinds = {int(key): ChangeKind.MOVED for key in proposal.moved}
    kinds |= {int(key): ChangeKind.OTHER_CREW for key in proposal.other_crew}
    kinds |= {int(key): ChangeKind.LOST for key in proposal.lost}
    kinds |= {int(key): ChangeKind.ADDED for key in proposal.added}
    kinds |= {key: ChangeKind.NO_PLACE for key in reasons if key not in before}
    surveys = casework.unplanned_details(db, account, list(kinds))
    changes = [
        _change(
            surveys[key],
            kind,
            before.get(key),
            after.get(key),
            reasons_out(reasons.get(key, []), language()),
        )
        for key, kind in kinds.items()
        if key in surveys
    ]
    order = list(ChangeKind)
    return RepairOut(
        **PlanRow.model_validate(made).model_dump(),
        changes=sorted(changes, key=lambda one: (order.index(one.kind), _when(one))),
        kept=len(before.keys() - kinds.keys()),
        told=sum(one.kind in TOLD for one in changes),
        travel_minutes_before=round(old.travel_seconds / 60),
        travel_minutes_after=round(proposal.after.travel_seconds / 60),
        km_before=round(road_metres(old.travel_seconds) / 1000),
        km_after=round(road_metres(proposal.after.travel_seconds) / 1000),
    )


def _change(
    survey: Survey,
    kind: ChangeKind,
    before: AppointmentOut | None,
    after: AppointmentOut | None,
    reasons: list[ReasonOut],
) -> ChangeOut:
    return ChangeOut(
        **which(survey),
        kind=kind,
        survey_by=survey.case.survey_by,
        before=before,
        after=after,
        reasons=reasons,
    )


def _when(change: ChangeOut) -> str:
    told = change.before or change.after
    return told.starts_at.isoformat() if told else change.survey_by.isoformat()


def _names(db: Session, bureau_id: int) -> dict[str, Person]:
    experts = db.scalars(select(Expert).where(Expert.bureau_id == bureau_id))
    return {str(expert.id): Person.model_validate(expert) for expert in experts}


def _appointments(
    made: Plan, answer: Answer, names: dict[str, Person]
) -> dict[int, AppointmentOut]:
    """By survey, what its applicant is told; what is held for somebody else is left out."""
    found: dict[int, AppointmentOut] = {}

    def note(
        task: str, mode: Mode, day: int, start: int, end: int, officers: Iterable[str]
    ) -> None:
        if not task.isdecimal():
            return
        on = made.first_day + timedelta(days=day)
        lead, *others = (names[key] for key in officers)
        found[int(task)] = AppointmentOut(
            mode=mode,
            starts_at=moment_of(on, start),
            ends_at=moment_of(on, end),
            lead=lead,
            second=others[0] if others else None,
        )

    for trip in answer.trips:
        for stop in trip.stops:
            note(stop.task, Mode.ON_SITE, trip.day, stop.start, stop.end, trip.officers)
    for visit in answer.desk_visits:
        note(visit.task, Mode.VIDEO, visit.day, visit.start, visit.end, visit.officers)
    return found
