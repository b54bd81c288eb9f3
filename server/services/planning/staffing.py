"""Who can be sent when: calendars, leave and appointments become officers and cars."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from scheduler import rules
from scheduler.minutes import Span
from scheduler.staff import Car, Officer
from server.adapters.calendar import WorkingDays
from server.clock import local_minute, moment_of
from server.models.bureau import Bureau
from server.models.bureau import Mode as SurveyMode
from server.models.expert import Booking, Expert
from server.models.round import Round
from server.services.planning.overrunning import Overruns
from server.services.scope import Scope

#: Nobody is sent out, or called, with less notice than this.
NOTICE = timedelta(hours=1)

#: The bureau's place among the planner's sites: trips start and end here.
BUREAU_SITE = 0


def officers_of(
    db: Session,
    scope: Scope,
    days: Sequence[date],
    taken: Sequence[Round],
    districts: dict[int, str],
    *,
    at: datetime,
    calendar: WorkingDays,
    late: Overruns,
) -> list[Officer]:
    """Who may work in the scope on these days; `taken` rounds are time away for their officers,
    and `late` ones for longer than was planned."""
    experts = db.scalars(
        select(Expert)
        .where(scope.experts(), Expert.active)
        .options(
            selectinload(Expert.shifts),
            selectinload(Expert.absences),
            selectinload(Expert.duties),
            selectinload(Expert.districts),
            selectinload(Expert.item_types),
        )
        .order_by(Expert.id)
    )
    booked: dict[int, list[tuple[datetime, datetime]]] = {}
    rounds = [round_.id for round_ in taken]
    for booking in db.scalars(select(Booking).where(Booking.round_id.in_(rounds))):
        back_at = booking.ends_at + late.delay(booking.round_id)
        booked.setdefault(booking.expert_id, []).append((booking.starts_at, back_at))
    too_soon = (moment_of(days[0], 0), at + NOTICE)
    officers = []
    for expert in experts:
        shifts = shifts_of(expert, days, calendar)
        if not shifts or not expert.item_types:
            continue
        busy = [(absence.starts_at, absence.ends_at) for absence in expert.absences]
        busy += booked.get(expert.id, [])
        if too_soon[0] < too_soon[1]:
            busy.append(too_soon)
        officer = Officer(
            key=str(expert.id),
            base=BUREAU_SITE,
            qualifications=frozenset(item.code for item in expert.item_types),
            home=districts[expert.home_district_id],
            shifts=shifts,
            allowed=frozenset(districts[district.id] for district in expert.districts),
            away=tuple(spans_of(busy, days)),
        )
        if any(rules.duty(officer, number) for number in range(len(days))):
            officers.append(officer)
    return officers


def shifts_of(expert: Expert, days: Sequence[date], calendar: WorkingDays) -> tuple[Span, ...]:
    """Usual shifts on working days, and weekend duty on the days it was given for."""
    spans = []
    for number, day in enumerate(days):
        if calendar.is_working(day):
            spans += [
                Span(number, shift.begins, shift.ends)
                for shift in expert.shifts
                if shift.weekday == min(day.weekday(), 4)  # 调休: a worked weekend is like a Friday
            ]
        spans += [Span(number, duty.begins, duty.ends) for duty in expert.duties if duty.day == day]
    return tuple(spans)


def cars_of(
    bureau: Bureau,
    on_site: Sequence[Round],
    days: Sequence[date],
    *,
    late: Overruns,
) -> list[Car]:
    away: dict[int | None, list[tuple[datetime, datetime]]] = {}
    for round_ in on_site:
        back_at = round_.back_at + late.delay(round_.id)
        away.setdefault(round_.car, []).append((round_.leaves_at, back_at))
    return [
        Car(str(number), BUREAU_SITE, away=tuple(spans_of(away.get(number, ()), days)))
        for number in range(1, bureau.cars + 1)
    ]


def still_to_come(round_: Round, at: datetime) -> bool:
    """A video appointment that can be pinned: on-site rounds, and what is near, just take time."""
    return round_.mode is SurveyMode.VIDEO and round_.leaves_at >= at + NOTICE


def spans_of(times: Iterable[tuple[datetime, datetime]], days: Sequence[date]) -> Iterable[Span]:
    """Moments cut into minutes of the planned days; parts outside them fall away."""
    for starts_at, ends_at in times:
        for number, day in enumerate(days):
            begin = max(starts_at, moment_of(day, 0))
            end = min(ends_at, moment_of(day, 24 * 60))
            if begin < end:
                start = local_minute(begin)
                length = -(-int((end - begin).total_seconds()) // 60)
                yield Span(number, start, min(start + length, 24 * 60))
