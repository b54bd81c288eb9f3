"""Words to numbers and back: a problem as the kernel is told it, and its answer as a plan.

The kernel knows no rules. What `scheduler.rules` say about officers, starts and hours is worked
out here, once for all surveys that are alike in it, and handed over as sets and stretches.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from math import lcm
from typing import Any

from yunkan_kernel import Search, Setting, Ways

from scheduler import cost, minutes, rules
from scheduler.crews import officers_needed
from scheduler.plan import Appointment, DeskVisit, Plan, Stop, Trip, Unplanned
from scheduler.problem import Problem
from scheduler.staff import Car, Officer
from scheduler.task import Kind, Mode, Pin, Task
from scheduler.travel import StraightLine

#: What a promised survey weighs against one that is not: no plan gives it up for others.
PROMISED = 1_000

#: Loads of cars and surveys stay below this; a car without a limit holds it.
NO_LIMIT = 1_000_000_000

#: What of a task cannot matter to who may go; surveys that are alike in the rest share a standing.
_WHEN_AND_WHERE = {
    "key", "modes", "windows", "release", "due", "deadline", "priority", "penalty", "pinned",
    "load", "begin_by",
}  # fmt: skip
_WHO_MAY_GO = [field.name for field in fields(Task) if field.name not in _WHEN_AND_WHERE]

Stretch = tuple[int, int, int]  # day, from, until
Window = tuple[int, int, int, int]  # day, first start, last start, step


@dataclass(frozen=True, slots=True)
class _Told:
    """What a number of the kernel's stands for: a survey, by its index, or where ``part`` is not
    0 what another crew does of it in one of its options."""

    survey: int
    part: int = 0
    option: int = -1


class Numbered:
    """A problem with every officer, car, task and base by its number."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._days = range(len(problem.days))
        self.setting = Setting(len(problem.days), ways_of(problem))
        self.bases = sorted(
            {officer.base for officer in problem.officers}
            | {car.base for car in problem.cars}
            | {room.base for room in problem.rooms}
        )
        self._car_kinds: list[list[Car]] = []
        self._options: list[list[int]] = []  # by task: the mode each of its options stands for
        self._told: list[_Told] = []  # by number
        self._numbers: dict[tuple[int, int, int], int] = {}  # by task, option and crew
        self._standings: dict[Any, int] = {}
        self._windows: dict[Any, list[Window]] = {}
        self._work: dict[int, int] = {}  # by day
        self._state_policy()
        self._add_bases()
        self._add_officers()
        self._add_cars()

    @classmethod
    def of(cls, problem: Problem, before: Mapping[str, Appointment]) -> Numbered:
        """A whole problem, with the appointments of a plan that was made before."""
        numbered = cls(problem)
        for task in problem.tasks:
            appointment = before.get(task.key)
            known = appointment is not None and appointment.mode < len(task.modes)
            numbered.add(task, appointment if known else None)
        numbered.seal()
        return numbered

    def add(self, task: Task, appointment: Appointment | None = None) -> None:
        """State one survey; all are added, in order, before `seal`.

        One that has an ``appointment`` costs nothing where it is kept, something where others
        come, and more where it is moved.
        """
        policy = self._problem.policy
        weight = PROMISED if task.pinned else 1
        left_out = cost.left_out_cost(policy, task) * weight
        if task.begin_by is None:
            number = self.setting.add_task(left_out, task.load, task.pinned is not None)
        else:
            tardy = policy.tardy_cost * task.priority
            number = self.setting.add_task(
                left_out, task.load, task.pinned is not None, task.begin_by, tardy
            )
        self._told.append(_Told(len(self._options)))
        self._options.append([])
        if appointment is not None and task.pinned is None:
            self._add_kept(number, task, appointment)
        for index, mode in enumerate(task.modes):
            if rules.other_way_promised(task, mode):
                continue
            moved = 0 if appointment is None or task.pinned else policy.moved_cost
            standings = self._standings_of(task, mode)
            for price, starts in self._priced(task, mode):
                self._add_option(number, index, mode, standings, moved + price, starts)

    def _add_kept(self, number: int, task: Task, appointment: Appointment) -> None:
        mode = task.modes[appointment.mode]
        same = replace(task, pinned=Pin(appointment.mode, appointment.officers, 0, 0))
        for starts in self._kept_starts(task, mode, appointment):
            for price, whose in ((0, same), (self._problem.policy.other_crew_cost, task)):
                standings = self._standings_of(whose, mode)
                price += cost.way_cost(self._problem.policy, task, mode, appointment.day)
                self._add_option(number, appointment.mode, mode, standings, price, starts)

    def _kept_starts(self, task: Task, mode: Mode, appointment: Appointment) -> list[list[Window]]:
        """When an appointment is kept: about when it was given, or where it was given for a minute
        beside the grid, at that minute, and on the grid about then."""
        policy, day, start = self._problem.policy, appointment.day, appointment.start
        near = [
            window
            for told in self._starts(task, mode)
            if (window := _near(told, appointment, policy.leeway_minutes, mode))
        ]
        on_grid = mode.kind is Kind.VIDEO or rules.on_site_grid(policy) >> start & 1
        if on_grid or not rules.starts_in_time(task, mode, day) >> start & 1:
            return [near]
        return [[(day, start, start, 1)], near] if near else [[(day, start, start, 1)]]

    def _add_option(
        self,
        number: int,
        index: int,
        mode: Mode,
        standings: Sequence[int],
        price: int,
        starts: list[Window],
    ) -> None:
        """One standing for each crew; the first is the survey's own, the others come along."""
        survey = self._told[number].survey
        option = len(self._options[survey])
        self._options[survey].append(index)
        first = next((start for _, start, _, _ in starts), 0)
        site = -1 if mode.site is None else mode.site
        self.setting.add_option(number, standings[0], mode.minutes, site, price, starts)
        self._numbers[survey, option, 0] = number
        for crew, standing in enumerate(standings[1:], start=1):
            earliest, latest = mode.begins_after(crew)
            self._numbers[survey, option, crew] = self.setting.add_companion(
                number, standing, earliest, latest, self._later_starts(survey, mode, crew, first)
            )
            self._told.append(_Told(survey, crew, option))

    def keep(self, search: Search, plan: Plan) -> set[str]:
        """Let a search start from a plan, as far as that can still be carried out.

        Returns the surveys of the problem that it plans and that could not be kept.
        """
        broken: set[str] = set()
        surveys = {task.key: number for number, task in enumerate(self._problem.tasks)}
        officers = {one.key: number for number, one in enumerate(self._problem.officers)}
        kinds = {car.key: kind for kind, cars in enumerate(self._car_kinds) for car in cars}
        for trip in plan.trips:
            known = trip.car in kinds and all(key in officers for key in trip.officers)
            if not known or not search.keep_round(
                trip.day,
                kinds[trip.car],
                [officers[key] for key in trip.officers],
                trip.depart,
                [self._kept(surveys[s.task], s) for s in trip.stops if s.task in surveys],
            ):
                broken.update(stop.task for stop in trip.stops)
        for visit in plan.desk_visits:
            if visit.task not in surveys:
                continue
            survey = surveys[visit.task]
            option = self._option(survey, visit.mode)
            known = all(key in officers for key in visit.officers)
            if not known or not search.keep_desk_visit(
                self._numbers.get((survey, option, 0), -1),
                option,
                officers[visit.lead],
                -1 if visit.second is None else officers[visit.second],
                visit.day,
                visit.start,
            ):
                broken.add(visit.task)
        return broken & surveys.keys()

    def offer(
        self, search: Search, survey: int, day: int, first: int, last: int
    ) -> tuple[int, int, int, int, bool] | None:
        """Of a survey's cheapest place between two minutes of a day: mode, start, added cost,
        added driving, and whether a round that is made anyway comes by."""
        if not 0 <= day < len(self._problem.days):
            return None
        found = search.offer(self._numbers[survey, 0, 0], day, first, last)
        if found is None:
            return None
        option, start, price, driving, on_way = found
        return self._options[survey][option], start, price, driving, on_way

    def _kept(self, survey: int, stop: Stop) -> tuple[int, int, int]:
        option = self._option(survey, stop.mode)
        number = self._numbers.get((survey, option, stop.part), -1)
        return number, option if stop.part == 0 else 0, stop.start

    def _option(self, survey: int, mode: int) -> int:
        """The first option that stands for a mode: the one that keeps an appointment, if any."""
        options = self._options[survey]
        return options.index(mode) if mode in options else -1

    def minutes(self, number: int, option: int) -> int:
        """How long one way to carry out a survey takes, by the kernel's numbers."""
        survey = self._told[number].survey
        return self._problem.tasks[survey].modes[self._options[survey][option]].minutes

    def seal(self) -> None:
        """Say that every survey has been stated."""
        self.setting.seal()

    def plan(self, search: Search) -> Plan:
        """The best plan the search knows; what it leaves out has no reasons yet."""
        trips = sorted(self._trips(search), key=lambda trip: (trip.day, trip.depart, trip.car))
        visits = sorted(self._desk_visits(search), key=lambda v: (v.day, v.start, v.task))
        planned = {stop.task for trip in trips for stop in trip.stops}
        planned.update(visit.task for visit in visits)
        left = (task.key for task in self._problem.tasks if task.key not in planned)
        unplanned = tuple(Unplanned(key, ()) for key in left)
        return Plan(tuple(trips), tuple(visits), unplanned)

    # From words to numbers.

    def _state_policy(self) -> None:
        policy = self._problem.policy
        self.setting.grid = policy.on_site_grid
        self.setting.setup_minutes = policy.setup_minutes
        self.setting.trip_cost = policy.trip_cost
        self.setting.arrival_cost = policy.arrival_cost
        self.setting.cross_district_cost = policy.cross_district_cost
        self.setting.unusual_pair_cost = policy.unusual_pair_cost
        self.setting.repeated_pair_cost = policy.repeated_pair_cost
        self.setting.fixed_roster = policy.fixed_roster
        self.setting.waiting_cost = policy.waiting_cost
        self.setting.whole_shift = policy.whole_shift
        self.setting.worst_tardy_cost = policy.worst_tardy_cost

    def _add_bases(self) -> None:
        for site in self.bases:
            desks = sum(room.capacity for room in self._problem.rooms if room.base == site)
            self.setting.add_base(site, desks)

    def _add_officers(self) -> None:
        needed = {
            item_type
            for task in self._problem.tasks
            for mode in task.modes
            if mode.kind is Kind.ON_SITE
            for item_type in mode.required_types
        }
        for officer in self._problem.officers:
            self.setting.add_officer(
                self.bases.index(officer.base),
                list(self._stretches(lambda day, one=officer: rules.duty(one, day))),  # type: ignore[misc]
                len(officer.qualifications & needed),
                NO_LIMIT // 4 if officer.most_minutes is None else officer.most_minutes,
            )
        by_key = {officer.key: number for number, officer in enumerate(self._problem.officers)}
        for officer in self._problem.officers:
            for key in officer.usual_partners:
                partner = by_key.get(key)
                if partner is not None and self._are_usual(officer, partner):
                    self.setting.add_usual_pair(by_key[officer.key], partner)
            for key in officer.recent_partners & by_key.keys():
                self.setting.add_recent_pair(by_key[officer.key], by_key[key])

    def _are_usual(self, officer: Officer, partner: int) -> bool:
        return officer.key in self._problem.officers[partner].usual_partners

    def _add_cars(self) -> None:
        kinds: dict[tuple[Any, ...], list[Car]] = {}
        for car in self._problem.cars:
            kinds.setdefault((car.base, car.seats, car.load, car.away), []).append(car)
        latest = max(
            (span.end for officer in self._problem.officers for span in officer.shifts), default=0
        )
        whole_day = minutes.between(0, latest)
        for cars in kinds.values():
            car = cars[0]
            free = self._stretches(lambda day, one=car: rules.car_free(one, day) & whole_day)  # type: ignore[misc]
            self.setting.add_cars(
                self.bases.index(car.base),
                len(cars),
                car.seats,
                NO_LIMIT if car.load is None else car.load,
                list(free),
            )
            self._car_kinds.append(cars)

    def _stretches(self, free: Callable[[int], int]) -> Iterator[Stretch]:
        for day in self._days:
            for start, end in minutes.gaps(free(day)):
                yield day, start, end

    def _standings_of(self, task: Task, mode: Mode) -> list[int]:
        """By crew, the number of the standing (who may carry it out) of surveys like this one."""
        promised = task.pinned.officers if task.pinned else None
        alike = [getattr(task, name) for name in _WHO_MAY_GO]
        found = []
        for part in mode.parts:
            key = (part.kind, part.officers, part.qualified, part.required_types, promised, *alike)
            key = (*key, bool(mode.crews))
            if key not in self._standings:
                self._standings[key] = self._new_standing(task, part, promised, bool(mode.crews))
            found.append(self._standings[key])
        return found

    def _new_standing(
        self, task: Task, mode: Mode, promised: frozenset[str] | None, others_come: bool
    ) -> int:
        """Of what was promised one crew is a part where ``others_come``, and all of it else."""
        staff = [
            (number, officer)
            for number, officer in enumerate(self._problem.officers)
            if promised is None or officer.key in promised
        ]
        needed = officers_needed(self._problem, task, mode)
        return self.setting.add_standing(
            max(needed, len(promised)) if promised and not others_come else needed,
            mode.qualified,
            [number for number, officer in staff if rules.may_go(task, mode, officer)],
            [number for number, officer in staff if rules.may_lead(task, mode, officer)],
            [number for number, officer in staff if rules.foreign(task, officer)],
            [
                [number for number, officer in staff if rules.may_judge(task, item_type, officer)]
                for item_type in sorted(mode.required_types)
            ],
        )

    def _priced(self, task: Task, mode: Mode) -> Iterator[tuple[int, list[Window]]]:
        """What the survey costs that way, and when it may start at that price."""
        by_price: dict[int, list[Window]] = {}
        for window in self._starts(task, mode):
            price = cost.way_cost(self._problem.policy, task, mode, window[0])
            by_price.setdefault(price, []).append(window)
        return iter(by_price.items() or [(0, [])])

    def _starts(self, task: Task, mode: Mode) -> list[Window]:
        """When the survey may start, as runs of minutes a step apart."""
        promised = (task.pinned.day, task.pinned.start) if task.pinned else None
        when = (task.windows, task.release, task.deadline, promised)
        key = (mode.kind, mode.minutes, bool(mode.crews), *when)
        if key not in self._windows:
            self._windows[key] = list(self._runs(task, mode))
        return self._windows[key]

    def _later_starts(self, survey: int, mode: Mode, part: int, first: int) -> list[Window]:
        """When crews may start that come after the first, or in the same minute. ``first`` is one
        of the minutes at which that may start, and the only one beside the grid."""
        task, policy = self._problem.tasks[survey], self._problem.policy
        return [
            window
            for day in self._days
            for window in _stepping(
                day,
                rules.later_starts_allowed(task, mode, part, day, policy, first=first)
                & self._working(day),
                policy.on_site_grid,
            )
        ]

    def _working(self, day: int) -> int:
        """The minutes of a day until everybody has gone home."""
        if day not in self._work:
            shifts = (span for officer in self._problem.officers for span in officer.shifts)
            latest = max((span.end for span in shifts if span.day == day), default=0)
            self._work[day] = minutes.between(0, latest)
        return self._work[day]

    def _runs(self, task: Task, mode: Mode) -> Iterator[Window]:
        policy = self._problem.policy
        step = policy.video_grid if mode.kind is Kind.VIDEO else policy.on_site_grid
        if mode.crews:
            step = lcm(step, policy.meeting_grid)
        for day in self._days:
            starts = rules.starts_allowed(task, mode, day, policy) & self._working(day)
            yield from _stepping(day, starts, step)

    # From numbers to words.

    def _trips(self, search: Search) -> Iterator[Trip]:
        taken: dict[tuple[str, int], int] = {}  # by car and day: until when it is out
        for day, kind, crew, depart, back, stops in sorted(
            search.rounds(), key=lambda told: (told[0], told[3], told[2])
        ):
            # cars of a kind are interchangeable: the first that is back takes the next round
            car = next(
                car.key for car in self._car_kinds[kind] if taken.get((car.key, day), 0) <= depart
            )
            taken[car, day] = back
            told = [self._stop(*one) for one in stops]
            modes = [self._problem.tasks[survey].modes[stop.mode] for survey, stop in told]
            judged = [mode.parts[stop.part] for mode, (_, stop) in zip(modes, told, strict=True)]
            officers = lead_first([self._problem.officers[number] for number in crew], judged)
            sites = [mode.site for mode in modes if mode.site is not None]
            yield Trip(
                car=car,
                officers=tuple(officer.key for officer in officers),
                day=day,
                depart=depart,
                back=back,
                stops=tuple(stop for _, stop in told),
                travel_seconds=cost.travel_seconds(self._problem, officers[0].base, sites),
            )

    def _stop(self, number: int, option: int, arrive: int, start: int) -> tuple[int, Stop]:
        """The survey a crew's stop belongs to, and the stop."""
        told = self._told[number]
        survey = self._problem.tasks[told.survey]
        mode = self._options[told.survey][told.option if told.part else option]
        end = start + survey.modes[mode].minutes
        return told.survey, Stop(survey.key, mode, arrive, start, end, told.part)

    def _desk_visits(self, search: Search) -> Iterator[DeskVisit]:
        taken: dict[tuple[str, int], list[int]] = {}  # by room and day: until when each desk is
        for number, option, lead, second, day, start in sorted(
            search.desk_visits(), key=lambda told: (told[4], told[5], told[0])
        ):
            task = self._told[number].survey
            survey, officer = self._problem.tasks[task], self._problem.officers[lead]
            mode = self._options[task][option]
            end = start + survey.modes[mode].minutes
            for room in self._problem.rooms:
                if room.base != officer.base:
                    continue
                desks = taken.setdefault((room.key, day), [0] * room.capacity)
                desk = min(range(room.capacity), key=desks.__getitem__)
                if desks[desk] <= start:
                    desks[desk] = end
                    break
            yield DeskVisit(
                task=survey.key,
                mode=mode,
                lead=officer.key,
                second=self._problem.officers[second].key if second >= 0 else None,
                room=room.key,
                day=day,
                start=start,
                end=end,
            )


def _stepping(day: int, starts: int, step: int) -> Iterator[Window]:
    """A set of minutes as runs of minutes a step apart."""
    if step == 1:
        for start, end in minutes.gaps(starts):
            yield day, start, end - 1, 1
        return
    while starts:
        first = last = minutes.first(starts)
        while starts >> last + step & 1:
            last += step
        yield day, first, last, step
        starts &= -1 << last + 1


def lead_first(crew: Iterable[Officer], modes: Iterable[Mode]) -> list[Officer]:
    """Of a round's crew the officer who can judge most goes first."""
    needed = [mode.required_types for mode in modes]
    return sorted(crew, key=lambda one: -sum(len(types & one.qualifications) for types in needed))


def _near(window: Window, appointment: Appointment, leeway: int, mode: Mode) -> Window | None:
    """The part of a window in which an appointment counts as kept: to the minute, where somebody
    waits at a screen or other crews come."""
    day, first, last, step = window
    start = appointment.start
    if day != appointment.day or not first - step < start < last + step:
        return None
    if mode.kind is Kind.VIDEO or mode.crews:
        return (day, start, start, step) if first <= start <= last else None
    soonest = first + max(0, -(-(start - leeway - first) // step) * step)
    latest = last - max(0, -(-(last - start - leeway) // step) * step)
    return (day, soonest, latest, step) if soonest <= latest else None


def ways_of(problem: Problem) -> Ways:
    """The problem's driving times as the kernel knows them."""
    if isinstance(problem.travel, StraightLine):
        return problem.travel.ways
    sites = len(problem.travel) or 1  # a block is never empty
    block = array("i", [0] if not problem.travel else [])
    for row in problem.travel:
        block.extend(row)
    return Ways(memoryview(block).cast("B").cast("i", (sites, sites)))
