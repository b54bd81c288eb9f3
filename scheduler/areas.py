"""Which districts are planned together: one alone, or several that share too little to part it.

A survey is its own district's where that can make it, else the least busy area's that can. What no
area can make alone (help from elsewhere, crews of several districts that meet) belongs to none.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field

from scheduler import rules
from scheduler.problem import Problem
from scheduler.staff import Officer
from scheduler.task import Kind, Mode, Pin, Task

#: What a survey on site takes beside its own minutes: only to weigh areas against each other.
WAY_MINUTES = 30

#: An area has at least one car or desk; one that should have less than this is too small for that.
LEAST_SHARE = 0.5

Kept = tuple[Kind, int]
"""What a base keeps: cars for surveys on site, desks for those by video."""


@dataclass(slots=True, eq=False)
class Area:
    """An area (片区): officers of some districts, and the surveys that are theirs to make.

    ``wanted`` are the minutes its surveys take of what each base keeps, where one is as likely to
    be made in any way, and from any base, from which it can be.
    """

    officers: list[Officer] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    wanted: dict[Kept, float] = field(default_factory=lambda: defaultdict(float))

    @property
    def work(self) -> float:
        """All the minutes wanted."""
        return sum(self.wanted.values())

    def give(self, task: Task, ways: Sequence[tuple[Mode, set[int]]]) -> None:
        """Make a survey the area's, with the bases from which it can be made in each way."""
        self.tasks.append(task)
        likely = 1 / max(1, sum(len(bases) for _, bases in ways))
        for mode, bases in ways:
            for base in bases:
                self.wanted[mode.kind, base] += likely * taken(mode)

    def take_in(self, other: Area) -> None:
        """Plan another area's districts together with these."""
        self.officers += other.officers
        self.tasks += other.tasks
        for kept, wanted in other.wanted.items():
            self.wanted[kept] += wanted


def areas_of(problem: Problem) -> list[Area]:
    """The areas of a problem, the one with most to do first.

    Each has a car and a desk to itself at every base where it wants any, and a desk for each
    promise; officers promised to go out together are in one area.
    """
    stands_for = _promised_together(problem)
    by_home: dict[str, Area] = {}
    for officer in problem.officers:
        by_home.setdefault(stands_for[officer.home], Area()).officers.append(officer)
    areas = list(by_home.values())
    known: dict[Hashable, list[list[set[int]]]] = {}
    for task in problem.tasks:
        if task.pinned is not None:
            home, base = _promised_at(problem, task, task.pinned)
            by_home[stands_for[home]].give(task, [(task.modes[task.pinned.mode], {base})])
            continue
        alike = (task.district, task.recused, *map(_who, task.modes))
        if alike not in known:
            known[alike] = [[_bases(problem, area, task, way) for way in task.modes]
                            for area in areas]  # fmt: skip
        able = {area: ways for area, ways in zip(areas, known[alike], strict=True) if any(ways)}
        if able:
            own = by_home.get(stands_for.get(task.district, ""))
            area = own if own in able else min(able, key=lambda one: one.work / len(one.officers))
            area.give(task, list(zip(task.modes, able[area], strict=True)))
    _bring_together(problem, areas)
    return sorted(areas, key=lambda area: -area.work)


def taken(mode: Mode) -> int:
    """The minutes a survey takes that way, of one crew's car or of a desk."""
    return mode.minutes + (WAY_MINUTES if mode.kind is Kind.ON_SITE else 0)


def kept_at(problem: Problem, kept: Kept) -> int:
    """How many cars or desks a base has."""
    kind, base = kept
    if kind is Kind.ON_SITE:
        return sum(car.base == base for car in problem.cars)
    return sum(room.capacity for room in problem.rooms if room.base == base)


def _promised_together(problem: Problem) -> dict[str, str]:
    """By district, the one that stands for all whose officers are promised to go out together."""
    home = {officer.key: officer.home for officer in problem.officers}
    stands_for = {one: one for one in home.values()}
    for task in problem.tasks:
        if task.pinned is None or task.modes[task.pinned.mode].kind is Kind.VIDEO:
            continue
        joined = {stands_for[home[key]] for key in task.pinned.officers}
        for one, other in stands_for.items():
            if other in joined:
                stands_for[one] = min(joined)
    return stands_for


def _promised_at(problem: Problem, task: Task, pin: Pin) -> tuple[str, int]:
    """The district that makes a promised survey, its own if one of its officers comes; and from
    which base."""
    crew = [one for one in problem.officers if one.key in pin.officers]
    homes = {one.home for one in crew}
    return task.district if task.district in homes else min(homes), crew[0].base


def _who(mode: Mode) -> Hashable:
    """What of a way to make a survey matters to who can make it so."""
    return mode.kind, mode.officers, mode.qualified, mode.required_types, mode.crews


def _bases(problem: Problem, area: Area, task: Task, mode: Mode) -> set[int]:
    """From which bases an area can make a survey that way; crews that meet may differ in theirs."""
    found = [set(_manned(problem, area.officers, task, part)) for part in mode.parts]
    return set().union(*found) if all(found) else set()


def _manned(problem: Problem, officers: Sequence[Officer], task: Task, mode: Mode) -> Iterator[int]:
    """Bases with a car or a desk, where enough may go and enough can judge each item type."""
    for base in sorted({officer.base for officer in officers}):
        staff = [one for one in officers if one.base == base and rules.may_go(task, mode, one)]
        led = mode.kind is Kind.ON_SITE or any(rules.may_lead(task, mode, one) for one in staff)
        judged = all(
            sum(rules.may_judge(task, item_type, one) for one in staff) >= mode.qualified
            for item_type in mode.required_types
        )
        enough = len(staff) >= problem.policy.officers_for(mode)
        if led and judged and enough and kept_at(problem, (mode.kind, base)):
            yield base


def _bring_together(problem: Problem, areas: list[Area]) -> None:
    """Join the two with the least to do, of those that share a base, until none has too little."""
    while (short := next(_short(problem, areas), None)) is not None:
        kept, area = short
        others = [one for one in areas if one is not area and one.wanted.get(kept)]
        min(others, key=lambda one: one.wanted[kept]).take_in(area)
        areas.remove(area)


def _short(problem: Problem, areas: Sequence[Area]) -> Iterator[tuple[Kept, Area]]:
    """Where areas share what a base keeps and there is too little of it, the smallest of them."""
    for kept in sorted({kept for area in areas for kept in area.wanted}):
        sharing = [area for area in areas if area.wanted.get(kept)]
        if len(sharing) < 2:
            continue
        there = kept_at(problem, kept)
        least = min(sharing, key=lambda one: one.wanted[kept])
        share = there * least.wanted[kept] / sum(area.wanted[kept] for area in sharing)
        if share < LEAST_SHARE or sum(needed(area, kept) for area in sharing) > there:
            yield kept, least


def needed(area: Area, kept: Kept) -> int:
    """How many an area that wants any cannot do without: one, or as many desks as promises take
    at one moment."""
    if not area.wanted.get(kept):
        return 0
    return max(1, _at_once(area, kept))


def _at_once(area: Area, kept: Kept) -> int:
    """How many desks promises take at one moment."""
    kind, base = kept
    bases = {officer.key: officer.base for officer in area.officers}
    taken_by: Counter[tuple[int, int]] = Counter()
    for task in area.tasks:
        if task.pinned is None or kind is Kind.ON_SITE:
            continue
        if base in {bases.get(key) for key in task.pinned.officers}:
            pin, mode = task.pinned, task.modes[task.pinned.mode]
            taken_by.update((pin.day, pin.start + m) for m in range(mode.minutes))
    return max(taken_by.values(), default=0)
