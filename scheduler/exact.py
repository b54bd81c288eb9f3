"""The best plan that the rounds seen so far allow: set partitioning, solved by SCIP.

The planner's search changes a few rounds at a time and forgets what it gave up. Here it is asked
for all rounds it has tried, and the cheapest set of them is chosen in which every survey is in a
round and each half-day has enough cars and enough of its officers' time. Who goes in a crew is
left open: the search finds that out (`Search.regroup`), and goes on from there.

Rochat and Taillard, "Probabilistic diversification and intensification in local search for vehicle
routing", Journal of Heuristics 1 (1995).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from yunkan_kernel import Search

from scheduler import minutes, rules
from scheduler.numbering import Numbered
from scheduler.problem import Problem
from scheduler.stretches import alone
from scheduler.task import Kind

if TYPE_CHECKING:
    from scheduler.partition import Half, Round, Supply

#: Rounds that are chosen among, for each survey and in all: those that would make the plan dearer
#: by the least. With more of them choosing takes long and seldom finds more.
ROUNDS_PER_SURVEY, MOST_ROUNDS = 20, 2_500

#: Where prices say that a plan could be cheaper by a larger share, they say little: surveys are
#: left out, but not for want of rounds. Choosing would take long and find nothing.
WORTH = 0.1


@dataclass(frozen=True, slots=True)
class Turns:
    """How search and choice take turns."""

    #: How much of a run each part takes, and how far the search has cooled when it begins. Before
    #: one that does not begin hot, rounds are chosen.
    parts: tuple[tuple[float, float], ...]
    #: The most that each may take of the time left: finding prices, and choosing.
    share: float = 0.0
    #: Looked at before the best choice so far has to do, so that the clock decides nothing.
    branches: int = 0
    #: Whether each part that begins hot begins with a plan of its own.
    anew: bool = False


CREWS = Turns(((0.2, 0.0), (0.2, 0.4), (0.2, 0.5), (0.2, 0.6), (0.2, 0.8)), 0.25, 50)

#: Where surveys are few, a search soon finds what it can find from where it began, and one that
#: begins anew finds something else.
FEW = Turns(((0.1, 0.0),) * 6 + ((0.2, 0.5), (0.2, 0.7)), 0.25, 50, anew=True)
MOST_FEW = 100

#: Where not all can be met by officers who go alone, it depends on which rounds fit together; most
#: of those that do are found by searches that know nothing of each other. For no more than so many
#: surveys: rounds of single officers are too many to choose from beyond.
SHORT_STAFFED = Turns(((0.3, 0.0), (0.3, 0.0), (0.2, 0.2), (0.2, 0.5)), 0.3, 1)
MOST_SHORT = 300

SEARCH_ONLY = Turns(((1.0, 0.0),))

#: Where the rounds chosen leave no place for a few surveys, most of all at desks, one is looked for
#: first without going any hotter, for so much of the run.
SETTLED = 0.02

#: Shorter runs are one part.
LEAST_SECONDS, LEAST_ITERATIONS = 0.5, 10_000

GoOn = Callable[[float, int, int, int], bool]


class Clock(Protocol):
    """Says how much time there is, and whether to stop."""

    def left(self) -> float: ...
    def stopped(self) -> bool: ...


def improve(
    problem: Problem,
    numbered: Numbered,
    search: Search,
    *,
    clock: Clock,
    iterations: int,
    by_count: bool,
    go_on: GoOn,
    cooled: float = 0.0,
) -> None:
    """Improve a plan in turns: the search for a while, then the best rounds it has tried.

    ``by_count`` says that the same number of iterations makes the same plan, whatever the clock.
    ``cooled`` is how much of the way from hot to cold lies behind the plan, from 0 to 1.
    """
    long = iterations >= LEAST_ITERATIONS if by_count else clock.left() >= LEAST_SECONDS
    ahead, anew = 1.0, False
    turns = _turns(problem, search, fresh=not cooled) if long else SEARCH_ONLY
    for part, behind in turns.parts:
        if behind:
            rounds = better_rounds(
                problem, numbered, search, clock.stopped, turns.share * clock.left(), turns.branches
            )
            if anew and not rounds:
                search.regroup(search.present())
            elif rounds and not search.regroup(rounds):
                settle = clock.left() * min(1.0, SETTLED / ahead)
                search.improve(settle, round(iterations * SETTLED), by_count, go_on, 1.0, True)
            anew = False
        elif turns.anew and ahead < 1.0:
            search.begin_anew()
            anew = True
        seconds = clock.left() * min(1.0, part / ahead)
        begins = cooled + (1 - cooled) * behind
        search.improve(
            seconds, round(iterations * part), by_count, go_on, begins, turns is not SEARCH_ONLY
        )
        ahead -= part
        if clock.stopped():
            return


def _turns(problem: Problem, search: Search, *, fresh: bool) -> Turns:
    officers = {
        problem.policy.officers_for(mode)
        for task in problem.tasks
        for mode in task.modes
        if mode.kind is Kind.ON_SITE
    }
    if max(officers, default=0) > 1:
        return FEW if fresh and len(problem.tasks) <= MOST_FEW else CREWS
    few = officers and len(problem.tasks) <= MOST_SHORT
    return SHORT_STAFFED if few and alone(problem) and search.left_out else SEARCH_ONLY


def better_rounds(
    problem: Problem,
    numbered: Numbered,
    search: Search,
    stopped: Callable[[], bool],
    seconds: float,
    branches: int = CREWS.branches,
) -> list[int] | None:
    """Numbers of the rounds of a cheaper plan, as `Search.regroup` takes them; None: none found.

    It is cheaper if it can be manned: cars and officers are counted by the half-day, not by the
    minute. Desk visits stay as they are and take their share.
    """
    # loading its solvers takes 60 ms and 20 MB, which only runs that come this far should pay
    from scheduler.partition import Partition, cheapest, sifted

    halves = _Halves(problem, numbered)
    present = set(search.present())
    rounds = list(_tried(numbered, search, halves, present))
    if not rounds:
        return None
    there = [round for round in rounds if round.number in present]
    supply = halves.supply(search, {round.surveys for round in there})
    surveys = sorted({one for round in rounds for one in round.surveys})
    left_out = {one: numbered.setting.unplanned_cost(one) for one in surveys}

    def cost(chosen: list[Round]) -> int:
        met = {one for round in chosen for one in round.surveys}
        missed = sum(price for one, price in left_out.items() if one not in met)
        return sum(round.cost for round in chosen) + missed

    now = cost(there)
    program = Partition(left_out, supply)
    prices = sifted(program, rounds, present, stopped, seconds)
    if prices is None or (now - program.cost > WORTH * now and not alone(problem)):
        return None
    most = min(MOST_ROUNDS, ROUNDS_PER_SURVEY * len(surveys))
    choice = Partition(left_out, supply, branches=branches, present=present)
    choice.add(cheapest(rounds, prices, most, below=now - program.cost))
    if not choice.solve(stopped, seconds):
        return None
    found = choice.chosen()
    return [round.number for round in found] if cost(found) < now else None


class _Halves:
    """When the officers of a base work, in stretches that nobody's round crosses."""

    def __init__(self, problem: Problem, numbered: Numbered) -> None:
        self.problem, self.numbered = problem, numbered
        self.stretches: dict[tuple[int, int], list[tuple[int, int]]] = {}
        for site in numbered.bases:
            for day in range(len(problem.days)):
                working = 0
                for officer in problem.officers:
                    if officer.base == site:
                        working |= rules.duty(officer, day)
                self.stretches[site, day] = list(minutes.gaps(working))

    def of(self, site: int, day: int, minute: int) -> Half:
        """The half-day in which a minute of working time is."""
        stretches = enumerate(self.stretches[site, day])
        return site, day, next(n for n, (start, end) in stretches if start <= minute < end)

    def supply(self, search: Search, replaced: set[tuple[int, ...]]) -> dict[Half, Supply]:
        """What is there for rounds, without what stays: desk visits, and rounds not replaced."""
        from scheduler.partition import Supply

        taken: Counter[tuple[Half, int]] = Counter()  # minutes, by officer
        away: Counter[Half] = Counter()
        for task, option, lead, second, day, start in search.desk_visits():
            half = self.of(self.problem.officers[lead].base, day, start)
            for officer in (lead,) if second < 0 else (lead, second):
                taken[half, officer] += self.numbered.minutes(task, option)
        for day, _, crew, depart, back, stops in search.rounds():
            if tuple(stop[0] for stop in stops) not in replaced:
                half = self.of(self.problem.officers[crew[0]].base, day, depart)
                away[half] += 1
                for officer in crew:
                    taken[half, officer] += back - depart
        found = {}
        for (site, day), stretches in self.stretches.items():
            cars = sum(car.base == site for car in self.problem.cars)
            for number, (start, end) in enumerate(stretches):
                half, span = (site, day, number), minutes.between(start, end)
                alike: Counter[int] = Counter()
                for who, one in enumerate(self.problem.officers):
                    if one.base == site:
                        working = (rules.duty(one, day) & span).bit_count()
                        alike[self.numbered.setting.alike(who)] += working - taken[half, who]
                left = max(0, cars - away[half])
                found[half] = Supply(end - start, left, alike.total(), alike)
        return found


def _tried(
    numbered: Numbered, search: Search, halves: _Halves, present: set[int]
) -> Iterator[Round]:
    """The rounds to choose from; not those with a survey of a round that stays as it is."""
    from scheduler.partition import Round

    replaced = {task for number in present for task in search.seen(number)[-1]}
    planned = {stop[0] for told in search.rounds() for stop in told[5]}
    planned.update(told[0] for told in search.desk_visits())
    stay = planned - replaced
    for number in range(search.seen_count):
        base, day, officers, alike, depart, length, cost, tasks = search.seen(number)
        if stay.isdisjoint(tasks):
            half = halves.of(numbered.bases[base], day, depart)
            yield Round(number, half, officers, alike, length, cost, tasks)
