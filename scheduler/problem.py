"""What the planner is told: days, officers, cars, rooms, surveys, ways, and the bureau's policy.

Plain values, no database rows. Everything has a key, sites are numbered from 0, ways take
seconds, days are indices into `Problem.days`, times whole minutes after 00:00 local time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from scheduler import rules
from scheduler.minutes import Span, between
from scheduler.policy import Policy
from scheduler.refusals import Nonsense, ProblemRefused
from scheduler.staff import Car, Officer, Room
from scheduler.task import Kind, Mode, Pin, Task
from scheduler.travel import StraightLine

__all__ = [
    "Car", "Kind", "Mode", "Officer", "Pin", "Policy", "Problem", "Room", "Span", "StraightLine",
    "Task",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Problem:
    """All there is to plan for some days.

    ``travel[a][b]`` is the driving time from site ``a`` to site ``b`` in seconds.

    Raises:
        ProblemRefused: something makes no sense; the message names it.
    """

    days: tuple[date, ...]
    officers: tuple[Officer, ...]
    tasks: tuple[Task, ...]
    travel: Sequence[Sequence[int]] | StraightLine
    cars: tuple[Car, ...] = ()
    rooms: tuple[Room, ...] = ()
    policy: Policy = field(default_factory=Policy)

    def __post_init__(self) -> None:
        _refuse_unordered(self.days)
        if not isinstance(self.travel, StraightLine):
            _refuse_table(self.travel)
        for kind, keys in (
            ("officer", [officer.key for officer in self.officers]),
            ("car", [car.key for car in self.cars]),
            ("room", [room.key for room in self.rooms]),
            ("survey", [task.key for task in self.tasks]),
        ):
            _refuse_twice(kind, keys)
        for officer in self.officers:
            thing = f"officer {officer.key}"
            self._refuse_site(officer.base, thing)
            self._refuse_days(officer.shifts + officer.away, "a shift or leave", thing)
            if not any(rules.duty(officer, day) for day in range(len(self.days))):
                raise ProblemRefused(Nonsense.NO_WORKING_TIME, thing)
        for car in self.cars:
            self._refuse_site(car.base, f"car {car.key}")
            self._refuse_days(car.away, "an absence", f"car {car.key}")
        for room in self.rooms:
            self._refuse_site(room.base, f"room {room.key}")
        for task in self.tasks:
            self._refuse_days(task.windows, "a window", f"survey {task.key}")
            for mode in task.modes:
                if mode.site is not None:
                    self._refuse_site(mode.site, f"survey {task.key}")
            if task.pinned is None:
                _refuse_beside_grid(task, self.policy.on_site_grid)
        self._refuse_broken_promises()

    def _refuse_site(self, site: int, thing: str) -> None:
        if site >= len(self.travel):
            raise ProblemRefused(Nonsense.UNKNOWN_SITE, thing, site=site)

    def _refuse_days(self, spans: tuple[Span, ...], what: str, thing: str) -> None:
        for span in spans:
            self._refuse_day(span.day, what, thing)

    def _refuse_day(self, day: int, what: str, thing: str) -> None:
        if day >= len(self.days):
            last = len(self.days) - 1
            raise ProblemRefused(Nonsense.OTHER_DAY, thing, what=what, day=day, last=last)

    def _refuse_broken_promises(self) -> None:
        """A promise nobody can keep is settled by a person before anything is planned."""
        officers = {officer.key: officer for officer in self.officers}
        promised: dict[tuple[str, int], dict[str, int]] = {}
        for task in self.tasks:
            if task.pinned is None:
                continue
            pin, thing = task.pinned, f"survey {task.key}"
            self._refuse_day(pin.day, "the promise", thing)
            for key in sorted(pin.officers - officers.keys()):
                raise ProblemRefused(Nonsense.UNKNOWN_OFFICER, thing, officer=key)
            crew = [officers[key] for key in sorted(pin.officers)]
            if broken := _rules_broken(task, pin, crew, self.policy):
                raise ProblemRefused(Nonsense.PIN_IMPOSSIBLE, thing, rules=", ".join(broken))
            busy = between(pin.start, pin.start + task.modes[pin.mode].minutes)
            for officer in crew:
                others = promised.setdefault((officer.key, pin.day), {})
                for other, taken in others.items():
                    if taken & busy:
                        raise ProblemRefused(
                            Nonsense.PIN_DOUBLE, thing, other=other, officer=officer.key
                        )
                others[task.key] = busy


def _rules_broken(task: Task, pin: Pin, crew: list[Officer], policy: Policy) -> list[str]:
    mode = task.modes[pin.mode]
    busy = between(pin.start, pin.start + mode.minutes)
    leads = [[lead, *(other for other in crew if other is not lead)] for lead in crew]
    broken = {
        "officers": not crew or bool(rules.officers_missing(mode, crew, policy)),
        "recused": bool(rules.recused(task, crew)),
        "qualification or district": not any(
            rules.crew_may(task, mode, order, policy) for order in leads
        ),
        "base": len({officer.base for officer in crew}) > 1,
        "deadline": rules.too_late(task, pin.day),
        "window or start": not rules.starts_allowed(task, mode, pin.day, policy) >> pin.start & 1,
        "limit of working hours": any(rules.overtime(one, mode.minutes) for one in crew),
        "shift or leave": any(rules.duty(officer, pin.day) & busy != busy for officer in crew),
    }
    return [name for name, is_broken in broken.items() if is_broken]


def _refuse_beside_grid(task: Task, grid: int) -> None:
    """Crews that come after the first begin on the grid as it does."""
    for mode in task.modes:
        for earliest, latest in mode.after:
            if -(-earliest // grid) * grid > latest:
                raise ProblemRefused(
                    Nonsense.AFTER_GRID,
                    f"survey {task.key}",
                    grid=grid,
                    earliest=earliest,
                    latest=latest,
                )


def _refuse_unordered(days: tuple[date, ...]) -> None:
    for before, day in pairwise(days):
        if day <= before:
            raise ProblemRefused(
                Nonsense.DAYS_OUT_OF_ORDER, "days", day=day.isoformat(), before=before.isoformat()
            )


def _refuse_table(travel: Sequence[Sequence[int]]) -> None:
    for start, row in enumerate(travel):
        if len(row) != len(travel):
            raise ProblemRefused(
                Nonsense.TABLE_NOT_SQUARE,
                "travel times",
                row=start,
                columns=len(row),
                sites=len(travel),
            )
        if {type(seconds) for seconds in row} == {int} and min(row) >= 0 and row[start] == 0:
            continue
        for end, seconds in enumerate(row):
            if type(seconds) is not int or seconds < 0 or (start == end and seconds):
                raise ProblemRefused(
                    Nonsense.UNREACHABLE,
                    "travel times",
                    start=start,
                    end=end,
                    value=f"{seconds!r} seconds",
                )


def _refuse_twice(kind: str, keys: Iterable[str]) -> None:
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            raise ProblemRefused(Nonsense.TWICE, f"{kind} {key}")
        seen.add(key)
