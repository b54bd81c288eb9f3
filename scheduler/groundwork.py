"""What is worked out once for a problem, before the passes of the solver."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from scheduler import cost, crews, rules
from scheduler.problem import Problem
from scheduler.staff import Car, Officer, Room
from scheduler.task import Kind, Mode, Task


@dataclass(frozen=True, slots=True, eq=False)
class Crew:
    """Officers of one base who go together; there is one object for each such crew."""

    officers: tuple[Officer, ...]
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Team:
    """The crews of one base that would carry out a survey, alone, at the same cost."""

    base: int
    cost: int
    crews: tuple[Crew, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Option:
    """One way to carry out one task: when it may start each day, and who may do it."""

    task: Task
    index: int  # of the mode among the task's modes
    mode: Mode
    starts: tuple[int, ...]  # a set of minutes a day
    teams: tuple[Team, ...]

    @property
    def site(self) -> int:
        """Where an on-site survey is."""
        assert self.mode.site is not None
        return self.mode.site


class Groundwork:
    """The options of every task, the ways in minutes, and how much each officer is in demand."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.ways = [[rules.way(seconds) for seconds in row] for row in problem.travel]
        self.cars: dict[int, list[Car]] = {}
        for car in problem.cars:
            self.cars.setdefault(car.base, []).append(car)
        self.rooms: dict[int, list[Room]] = {}
        for room in problem.rooms:
            self.rooms.setdefault(room.base, []).append(room)
        self._crews: dict[tuple[str, ...], Crew] = {}
        self._may: dict[tuple[Option, Crew], bool] = {}
        #: On-site surveys a crew may carry out: it will find more stops for its round.
        self.useful: Counter[Crew] = Counter()
        #: Surveys that need this officer, each shared among the crews that may do it.
        self.demand: Counter[str] = Counter()
        self.options: dict[str, tuple[Option, ...]] = {}

    def add(self, task: Task) -> None:
        """Work out the options of one task; all are added before the first pass."""
        self.options[task.key] = tuple(self._option(task, i) for i in range(len(task.modes)))

    def may(self, option: Option, crew: Crew) -> bool:
        """Whether a crew on its round may also carry out this survey."""
        known = self._may.get((option, crew))
        if known is None:
            policy = self.problem.policy
            known = rules.crew_may(option.task, option.mode, crew.officers, policy)
            self._may[option, crew] = known
        return known

    def setup(self, came_from: int | None, site: int) -> int:
        """Minutes for arriving at a site."""
        return rules.setup(self.problem.policy, came_from=came_from, site=site)

    def _option(self, task: Task, index: int) -> Option:
        mode = task.modes[index]
        by_cost: dict[tuple[int, int], list[Crew]] = {}
        count = 0
        for officers in crews.crews_for(self.problem, task, mode):
            crew = self._crew(officers)
            by_cost.setdefault((self._cost(task, mode, crew), officers[0].base), []).append(crew)
            count += 1
        for crew in (crew for together in by_cost.values() for crew in together):
            self.useful[crew] += mode.kind is Kind.ON_SITE
            for key in crew.keys:
                self.demand[key] += 1_000_000 // count
        days = range(len(self.problem.days))
        return Option(
            task=task,
            index=index,
            mode=mode,
            starts=tuple(
                rules.starts_allowed(task, mode, day, self.problem.policy) for day in days
            ),
            teams=tuple(Team(base, price, tuple(by_cost[price, base])) for price, base in by_cost),
        )

    def _crew(self, officers: tuple[Officer, ...]) -> Crew:
        keys = tuple(officer.key for officer in officers)
        return self._crews.setdefault(keys, Crew(officers, keys))

    def _cost(self, task: Task, mode: Mode, crew: Crew) -> int:
        policy = self.problem.policy
        price = cost.visit_cost(policy, task, crew.officers)
        price += cost.pair_cost(policy, crew.officers)
        if mode.site is not None:
            base = crew.officers[0].base
            price += policy.trip_cost + cost.route_cost(self.problem, base, [mode.site])
        return price
