"""What would let a survey in that found no place: the cheapest changes, each of them tried out.

A change is looked for by granting all of its kind (every leave given back, every district open),
putting the survey in, and reading off what it has really used. That alone is then granted, and
the survey put in once more: only what let it in is told. Causes say which kinds are worth trying.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Set
from dataclasses import replace
from itertools import islice

from scheduler import change as price
from scheduler import minutes, rules
from scheduler.change import (
    NEW,
    BackFromLeave,
    ByVideo,
    Change,
    GiveWay,
    LaterDeadline,
    MoreCars,
    MoreDesks,
    Nothing,
    OpenDistrict,
    Overtime,
    WiderWindow,
    let_in,
    other_times,
    with_task,
)
from scheduler.explain import why_not
from scheduler.minutes import Span, between
from scheduler.plan import Cause, Plan
from scheduler.problem import Problem
from scheduler.replay import Place, neighbourhood, place_of, places, with_one_more
from scheduler.staff import Car, Officer, Room
from scheduler.task import Mode, Task

#: Overtime that may be asked for, in minutes; and in which steps it is granted.
MOST_OVERTIME, OVERTIME_STEP = 90, 5

#: Surveys that are asked to give way, and other bases that are asked to lend officers.
MOST_GIVING_WAY, MOST_LENDING = 2, 2

#: Surveys that are put back into their places for one answer: about 0.3 s of it.
MOST_REPLAYED = 9_000


def changes(
    problem: Problem,
    plan: Plan,
    task: Task,
    *,
    most: int = 3,
    video: Mode | None = None,
    leave: Mapping[str, Collection[Span]] | None = None,
) -> tuple[Change, ...]:
    """The cheapest changes, one of each kind, each of which alone lets the survey in.

    ``video`` is a way by video the survey was not to be done in, but could be. ``leave`` is what
    of each officer's time away he could give back, span by span; None: all of it.
    """
    told = next((left for left in plan.unplanned if left.task == task.key), None)
    reasons = (told or why_not(problem, plan, task)).reasons
    causes = {reason.cause for reason in reasons}
    strength = _Strength(MOST_REPLAYED)

    def at(bases: Iterable[int]) -> list[_Base]:
        return [_Base(problem, plan, task, base, video, leave, strength) for base in bases]

    near, far = _bases(problem, task)
    here = at(near)
    if any(base.put_in(Nothing()) for base in here):
        return (Nothing(),)
    found: list[Change] = []
    for least, helps, look in _KINDS:
        if len(found) >= most and least >= found[most - 1].price:
            break
        if causes & helps:
            bases = here if look is not _open_district else [*here, *at(far[:MOST_LENDING])]
            offers = [change for base in bases if (change := look(base))]
            found = sorted([*found, *sorted(offers, key=_price)[:1]], key=_price)
    return tuple(found[:most])


def _bases(problem: Problem, task: Task) -> tuple[list[int], list[int]]:
    """From where somebody may enter the survey's district, and where else somebody could judge
    it; the nearest first."""
    sites = [mode.site for mode in task.modes if mode.site is not None]
    types = frozenset[str]().union(*(mode.required_types for mode in task.modes))

    def way(base: int) -> tuple[int, int]:
        return min((problem.travel[base][site] for site in sites), default=0), base

    promised = task.pinned.officers if task.pinned else None
    officers = [one for one in problem.officers if promised is None or one.key in promised]
    near = {one.base for one in officers if rules.may_enter(one, task)}
    judges = {one.base for one in officers if types & one.qualifications}
    return sorted(near, key=way), sorted(judges - near, key=way)


class _Strength:
    """How many surveys may still be put back into their places before we have looked enough."""

    def __init__(self, surveys: int) -> None:
        self._left = surveys

    def spend(self, surveys: int) -> bool:
        self._left -= surveys
        return self._left >= 0


class _Base:
    """One base, where a survey that found no place is tried again."""

    def __init__(
        self,
        problem: Problem,
        plan: Plan,
        task: Task,
        base: int,
        video: Mode | None,
        leave: Mapping[str, Collection[Span]] | None,
        strength: _Strength,
    ) -> None:
        self.problem, self.plan = neighbourhood(problem, plan, task, base)
        self.task = next(one for one in self.problem.tasks if one.key == task.key)
        there = next(one.key for one in problem.officers if one.base == base)
        self.site = next(one.base for one in self.problem.officers if one.key == there)
        self.video, self.leave = video, leave
        self._strength = strength

    def put_in(self, change: Change) -> Change | None:
        """The change, if it lets the survey in."""
        if not self._strength.spend(len(self.problem.tasks)):
            return None
        return change if let_in(self.problem, self.plan, self.task, change) else None

    def place(self, granted: Problem) -> Place | None:
        """Where the survey goes when more is granted than there is."""
        if not self._strength.spend(len(self.problem.tasks)):
            return None
        found = with_one_more(granted, self.plan, self.task.key)
        return place_of(found, self.task.key) if found else None

    def crew(self, place: Place) -> list[Officer]:
        officers = {officer.key: officer for officer in self.problem.officers}
        return [officers[key] for key in place.officers]


def _overtime(at: _Base) -> Change | None:
    """As little as will do: what lets it in with much is tried with a third of that."""
    found: Change | None = None
    for most in (MOST_OVERTIME, MOST_OVERTIME // 3):
        everybody = tuple(_longer(officer, most) for officer in at.problem.officers)
        place = at.place(replace(at.problem, officers=everybody))
        if place is None:
            break
        less = _beyond_shift(at.crew(place), place)
        if less and (found is None or less.price < found.price):
            found = at.put_in(less) or found
    return found


def _beyond_shift(crew: list[Officer], place: Place) -> Overtime | None:
    busy = between(place.leaves, place.back)
    missing = {one.key: busy & ~rules.shift(one, place.day) for one in crew}
    stretches = list(minutes.gaps(_any(missing.values())))
    if len(stretches) != 1:
        return None
    [(start, end)] = stretches
    end = start + -(-(end - start) // OVERTIME_STEP) * OVERTIME_STEP
    return Overtime(
        tuple(key for key, some in missing.items() if some), Span(place.day, start, end)
    )


def _wider_window(at: _Base) -> Change | None:
    if not at.task.windows:
        return None
    at_any_time = replace(at.task, windows=())
    place = at.place(with_task(at.problem, at_any_time))
    return at.put_in(WiderWindow(Span(place.day, place.start, place.end))) if place else None


def _by_video(at: _Base) -> Change | None:
    return at.put_in(ByVideo(at.video)) if at.video else None


def _give_way(at: _Base) -> Change | None:
    policy, task = at.problem.policy, at.task
    for other, span in islice(_in_its_place(at), MOST_GIVING_WAY):
        left_out = GiveWay(other.key, False, span, policy.unplanned_cost * other.priority)
        moved = GiveWay(other.key, True, span, price.MOVED_PRICE)
        if other_times(other, span, len(at.problem.days)) and at.put_in(moved):
            return moved
        if other.priority < task.priority and at.put_in(left_out):
            return left_out
    return None


def _in_its_place(at: _Base) -> list[tuple[Task, Span]]:
    """Whose officers could take the survey instead, at that time: the least important first."""
    problem, task = at.problem, at.task
    tasks = {one.key: one for one in problem.tasks}
    found = []
    for key, place in places(at.plan):
        other = tasks[key]
        instead = [mode for mode in task.modes if mode.kind is other.modes[place.mode].kind]
        if other.pinned is None and any(
            rules.crew_may(task, mode, at.crew(place), problem.policy)
            and rules.starts_allowed(task, mode, place.day, problem.policy) >> place.start & 1
            for mode in instead
        ):
            longer = place.end - place.start - min(mode.minutes for mode in instead)
            found.append((other.priority, -longer, other, Span(place.day, place.start, place.end)))
    found.sort(key=lambda one: one[:2])
    return [(other, span) for _, _, other, span in found]


def _open_district(at: _Base) -> Change | None:
    everybody = [officer.key for officer in at.problem.officers]
    granted = OpenDistrict(tuple(everybody), at.task.district)
    place = at.place(granted.applied(at.problem, at.task))
    if place is None:
        return None
    crew, mode = at.crew(place), at.task.modes[place.mode]
    must = rules.outside_district(at.task, mode, crew)
    may = tuple(officer for officer in crew if not rules.may_enter(officer, at.task))
    for lent in (must, may):  # a witness need not enter, unless he is to judge too
        keys = tuple(officer.key for officer in lent)
        if lent and (change := at.put_in(OpenDistrict(keys, at.task.district))):
            return change
    return None


def _more_desks(at: _Base) -> Change | None:
    room = Room(NEW, at.site)
    place = at.place(replace(at.problem, rooms=(*at.problem.rooms, room)))
    return at.put_in(MoreDesks(place.officers, place.day)) if place else None


def _more_cars(at: _Base) -> Change | None:
    car = Car(NEW, at.site)
    place = at.place(replace(at.problem, cars=(*at.problem.cars, car)))
    return at.put_in(MoreCars(place.officers, place.day)) if place else None


def _back_from_leave(at: _Base) -> Change | None:
    def at_work(officer: Officer) -> Officer:
        given = officer.away if at.leave is None else at.leave.get(officer.key, ())
        return replace(officer, away=tuple(span for span in officer.away if span not in given))

    everybody = tuple(map(at_work, at.problem.officers))
    place = at.place(replace(at.problem, officers=everybody))
    if place is None:
        return None
    needed = Span(place.day, place.leaves, place.back)
    away = [one.key for one in at.crew(place) if rules.on_leave(one, place.day) & needed.minutes]
    return at.put_in(BackFromLeave(tuple(away), needed))


def _later_deadline(at: _Base) -> Change | None:
    due = at.task.deadline
    if due is None:
        return None
    place = at.place(with_task(at.problem, replace(at.task, deadline=None)))
    if place is None:
        return None
    for day in sorted({due + 1, place.day}):
        if change := at.put_in(LaterDeadline(day, day - due)):
            return change
    return None


_TIME = {
    Cause.CALENDAR_FULL, Cause.OVERTIME, Cause.WHOLE_SHIFT, Cause.CREW, Cause.NO_CAR,
    Cause.ROOM_FULL,
}  # fmt: skip

#: The least a change of each kind costs, the causes it may help against, and how it is looked for.
_KINDS: tuple[tuple[int, Set[Cause], Callable[[_Base], Change | None]], ...] = (
    (
        price.OVERTIME_PRICE * OVERTIME_STEP,
        _TIME | {Cause.WINDOW, Cause.DEADLINE, Cause.AWAY},
        _overtime,
    ),
    (price.WINDOW_PRICE, _TIME | {Cause.WINDOW, Cause.DEADLINE, Cause.AWAY}, _wider_window),
    (price.VIDEO_PRICE, set(Cause), _by_video),
    (price.MOVED_PRICE, _TIME, _give_way),
    (price.DISTRICT_PRICE, {Cause.DISTRICT}, _open_district),
    (price.DESK_PRICE, {Cause.ROOM_FULL}, _more_desks),
    (price.CAR_PRICE, {Cause.NO_CAR}, _more_cars),
    (price.LEAVE_PRICE, _TIME | {Cause.AWAY}, _back_from_leave),
    (price.DEADLINE_PRICE, _TIME | {Cause.DEADLINE, Cause.AWAY}, _later_deadline),
)


def _longer(officer: Officer, by: int) -> Officer:
    """With so many minutes more at the end of each shift that he is there to end."""
    more = tuple(
        Span(span.day, span.end, span.end + by)
        for span in officer.shifts
        if rules.duty(officer, span.day) >> span.end - 1 & 1
    )
    return replace(officer, shifts=(*officer.shifts, *more))


def _any(sets: Iterable[int]) -> int:
    """The minutes in any of the sets."""
    together = 0
    for one in sets:
        together |= one
    return together


def _price(change: Change) -> int:
    return change.price
