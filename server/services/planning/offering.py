"""When somebody could come (可约时段): asked of the promised plan, which stays in memory.

A bureau's appointments of the next days are held once for each scope. Holding them anew takes as
long as reading them, seconds for a city; a question after that reads one row, the bureau's, and is
answered in a fraction of a millisecond. An offer promises nothing: `appointing` asks anew.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, join

from scheduler import rules
from scheduler.minutes import Span
from scheduler.offers import HeldPlan
from scheduler.plan import DeskVisit, Plan
from scheduler.problem import Problem
from scheduler.task import Mode, Task
from server.adapters.calendar import WorkingDays
from server.adapters.travel import Travel
from server.clock import local_day, local_minute, moment_of
from server.errors import MoveRefused, NotFound, NothingToPlan
from server.models.applicant import Premises
from server.models.bureau import Bureau, ItemType
from server.models.bureau import Mode as SurveyMode
from server.models.case import Case, CaseStatus
from server.models.survey import Survey, SurveyStatus
from server.services.planning.asking import waiting
from server.services.planning.keeping import left_as_they_are
from server.services.planning.repairing import ROOM, Question, ask, with_ways
from server.services.planning.staffing import NOTICE
from server.services.scope import Scope

#: Today and a week of working days: what somebody on the telephone can picture.
WORKING_DAYS = 6

#: Mornings and afternoons, minutes after 00:00 local time.
HALVES = ((0, 12 * 60), (12 * 60, 24 * 60))

#: What nobody counts grows old: a confirmed appointment, a duty, the two hours' notice of a change.
HELD_FOR = timedelta(minutes=10)

#: What of a bureau an answer depends on.
_SETTINGS = (
    Bureau.longitude,
    Bureau.latitude,
    Bureau.crew_size,
    Bureau.video_officers,
    Bureau.on_site_grid,
    Bureau.cars,
    Bureau.video_rooms,
)

#: What of a survey and its case an answer depends on.
_TOLD = (
    Survey.only_on_site,
    Case.survey_by,
    Case.applicant_id,
    ItemType.code,
    ItemType.modes,
    ItemType.preferred,
    ItemType.minutes_video,
    ItemType.minutes_on_site,
    Premises.district_id,
    Premises.longitude,
    Premises.latitude,
)

_RECORDS = (
    join(Survey, Case, Survey.case_id == Case.id)
    .join(ItemType, Case.item_type_id == ItemType.id)
    .join(Premises, Case.premises_id == Premises.id)
    .join(Bureau, Survey.bureau_id == Bureau.id)
)

#: Put together once: it is what every question waits for.
_ASKED = select(Survey.status, Case.status, Bureau.promises, *_SETTINGS, *_TOLD).select_from(
    _RECORDS
)

#: Surveys, promised and waiting, that all held plans together keep in memory: about 10 KB each.
MOST_HELD = 30_000

#: The most urgent of those that wait; one that waits behind them has the plan held anew for it.
MOST_WAITING = 6_000


@dataclass(frozen=True, slots=True)
class Offered:
    """An appointment that could be promised. ``on_way``: a round that is made anyway comes by."""

    mode: SurveyMode
    starts_at: datetime
    ends_at: datetime
    driving_minutes: int  # how much longer somebody is on the road for it
    on_way: bool


@dataclass(frozen=True, slots=True)
class Offers:
    """The cheapest of each half-day, the cheapest of all first; `days` are those people work on."""

    days: tuple[date, ...]
    items: tuple[Offered, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which survey, and what an answer depends on: as it was read when the question came."""

    survey_id: int
    told: tuple[object, ...]
    promises: int
    settings: tuple[object, ...]


def about(db: Session, survey_id: int, scope: Scope) -> Asked:
    """The question when a survey of the scope could be made. One row is read, whatever is held.

    Raises:
        NotFound: no such survey, or outside the scope.
        MoveRefused: it has an appointment, or is over.
    """
    row = db.execute(_ASKED.where(Survey.id == survey_id, scope.surveys())).one_or_none()
    if row is None:
        raise NotFound(f"survey {survey_id}")
    status, case_status, promises, *rest = row
    must_wait(survey_id, status, case_status)
    settings, told = rest[: len(_SETTINGS)], rest[len(_SETTINGS) :]
    return Asked(survey_id, tuple(told), promises, tuple(settings))


def must_wait(survey_id: int, status: SurveyStatus, case_status: CaseStatus) -> None:
    """Raises: MoveRefused: the survey has an appointment, or is over."""
    if status is not SurveyStatus.OPEN or case_status is not CaseStatus.RECEIVED:
        raise MoveRefused(f"survey {survey_id} is {status}", subject="survey")


class HeldPlans:
    """The promised plans of this process, by scope. Safe to use from any thread.

    Who asks first after a change waits until the plan is held anew, and whoever asks meanwhile
    waits with them. The plans that were not asked for longest are let go.
    """

    def __init__(
        self, open_session: Callable[[], Session], travel: Travel, calendar: WorkingDays
    ) -> None:
        self._open_session, self._travel, self._calendar = open_session, travel, calendar
        self._held: OrderedDict[Scope, _Held] = OrderedDict()
        self._lock = threading.Lock()
        self._turns: dict[Scope, threading.Lock] = {}

    def offers(self, asked: Asked, scope: Scope, *, at: datetime) -> Offers:
        """When the survey could be made, an hour from now at the earliest.

        No transaction may be open: this may take as long as reading all that was promised.

        Raises:
            NothingToPlan: nobody works on these days, or nobody knows where the survey is.
        """
        held = self._fitting(asked, scope, at)
        if held is None:
            with self._turn(scope):
                held = self._fitting(asked, scope, at) or self._hold(asked, scope, at)
        return held.offers(asked.survey_id, at=at)

    def _turn(self, scope: Scope) -> threading.Lock:
        with self._lock:
            return self._turns.setdefault(scope, threading.Lock())

    def _fitting(self, asked: Asked, scope: Scope, at: datetime) -> _Held | None:
        with self._lock:
            held = self._held.get(scope)
            if held is None or not held.fits(asked, at):
                return None
            self._held.move_to_end(scope)
            return held

    def _hold(self, asked: Asked, scope: Scope, at: datetime) -> _Held:
        with self._lock:
            self._held.pop(scope, None)  # not two of one scope in memory
        with self._open_session() as db:
            told, settings, question = _question(db, asked, scope, at=at, calendar=self._calendar)
        held = _Held.of(with_ways(question, self._travel), told, settings, at=at)
        with self._lock:
            self._held[scope] = held
            while len(self._held) > 1 and sum(one.size for one in self._held.values()) > MOST_HELD:
                self._held.popitem(last=False)
        return held


@dataclass(frozen=True, slots=True)
class _Held:
    """One plan in memory, and what it was made from."""

    plan: HeldPlan
    days: tuple[date, ...]
    on_duty: tuple[int, ...]  # of these days
    modes: dict[int, tuple[Mode, ...]]
    told: dict[int, tuple[object, ...]]  # of the surveys that wait
    promises: int
    settings: tuple[object, ...]
    at: datetime
    size: int
    _one_at_a_time: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def of(
        cls,
        question: Question,
        told: dict[int, tuple[object, ...]],
        settings: tuple[object, ...],
        *,
        at: datetime,
    ) -> _Held:
        plan = HeldPlan(question.problem, _with_what_is_taken(question))
        if plan.broken:
            question = left_as_they_are(question, plan.broken)
            plan = HeldPlan(question.problem, _with_what_is_taken(question))
        problem = question.problem
        shifts = (span for officer in problem.officers for span in officer.shifts)
        return cls(
            plan=plan,
            days=problem.days,
            on_duty=tuple(sorted({span.day for span in shifts})),
            modes={int(one.key): one.modes for one in problem.tasks if one.key.isdecimal()},
            told=told,
            promises=question.promises,
            settings=settings,
            at=at,
            size=len(problem.tasks),
        )

    def fits(self, asked: Asked, at: datetime) -> bool:
        """Whether what it was made from is what the question was asked of, or newer."""
        return (
            self.promises >= asked.promises
            and self.settings == asked.settings
            and self.told.get(asked.survey_id) == asked.told
            and self.at <= at < self.at + HELD_FOR
            and local_day(at) == self.days[0]
        )

    def offers(self, survey_id: int, *, at: datetime) -> Offers:
        if (modes := self.modes.get(survey_id)) is None:
            raise NothingToPlan(f"nobody knows where survey {survey_id} is", cause="no_place")
        with self._one_at_a_time:
            found = self.plan.offers(str(survey_id), self._periods(at + NOTICE))
        items = [
            Offered(
                mode=SurveyMode(modes[one.mode].kind),
                starts_at=moment_of(self.days[one.day], one.start),
                ends_at=moment_of(self.days[one.day], one.start + modes[one.mode].minutes),
                driving_minutes=max(0, -(-one.driving // 60)),  # roads may be shorter by a detour
                on_way=one.on_way,
            )
            for one in sorted(found, key=lambda one: one.cost)
        ]
        return Offers(tuple(self.days[number] for number in self.on_duty), tuple(items))

    def _periods(self, soonest: datetime) -> list[Span]:
        today, minute = local_day(soonest), local_minute(soonest)
        return [
            Span(number, max(begins, minute) if self.days[number] == today else begins, ends)
            for number in self.on_duty
            for begins, ends in HALVES
            if self.days[number] > today or (self.days[number] == today and minute < ends)
        ]


def _question(
    db: Session, asked: Asked, scope: Scope, *, at: datetime, calendar: WorkingDays
) -> tuple[dict[int, tuple[object, ...]], tuple[object, ...], Question]:
    """Everything promised for the next working days, and everything that waits."""
    settings = about(db, asked.survey_id, scope).settings
    most_urgent = db.scalars(waiting(scope).limit(MOST_WAITING))
    waits = {one.id: one for one in (*most_urgent, db.get_one(Survey, asked.survey_id))}
    told = db.execute(select(Survey.id, *_TOLD).select_from(_RECORDS).where(Survey.id.in_(waits)))
    days = _next_days(local_day(at), calendar)
    question = ask(
        db,
        db.get_one(Bureau, scope.bureau_id),
        first_day=days[0],
        last_day=days[-1],
        at=at,
        calendar=calendar,
        scope=scope,
        beside=list(waits.values()),
    )
    return {key: tuple(rest) for key, *rest in told}, settings, question


def _next_days(today: date, calendar: WorkingDays) -> Sequence[date]:
    days = [today]
    working = int(calendar.is_working(today))
    while working < WORKING_DAYS:
        days.append(days[-1] + timedelta(days=1))
        working += calendar.is_working(days[-1])
    return days


def _with_what_is_taken(question: Question) -> Plan:
    """What was promised, and what is held for appointments that may not change."""
    problem, before = question.problem, question.before
    taken = [_taken(problem, task) for task in problem.tasks if task.pinned is not None]
    return Plan(before.trips, (*before.desk_visits, *taken))


def _taken(problem: Problem, task: Task) -> DeskVisit:
    assert task.pinned is not None
    pin, mode = task.pinned, task.modes[task.pinned.mode]
    crew = [officer for officer in problem.officers if officer.key in pin.officers]
    crew.sort(key=lambda officer: not rules.may_lead(task, mode, officer))
    return DeskVisit(
        task=task.key,
        mode=pin.mode,
        lead=crew[0].key,
        second=crew[1].key if len(crew) > 1 else None,
        room=ROOM,
        day=pin.day,
        start=pin.start,
        end=pin.start + mode.minutes,
    )
