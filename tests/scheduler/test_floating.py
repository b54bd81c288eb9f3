"""Officers who go alone and all day meet in whatever minute comes of their rounds."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise, permutations, product
from random import Random

import pytest
from yunkan_kernel import Search

from scheduler.check import violations
from scheduler.cost import cost_of
from scheduler.numbering import Numbered
from scheduler.plan import Plan
from scheduler.problem import Car, Kind, Mode, Policy, Problem, Span, Task
from scheduler.replan import repair
from scheduler.solver import solve

NINE, FIVE = 540, 1020
FOOD, FIRE = frozenset({"food"}), frozenset({"fire"})
POLICY = Policy(
    officers_on_site=1,
    whole_shift=True,
    meeting_grid=1,
    setup_minutes=0,
    trip_cost=0,
    arrival_cost=0,
    waiting_cost=0,
    tardy_cost=50,
    worst_tardy_cost=70,
)

Visit = tuple[int, int]  # a task, by its number, and what of it


def chance_problem(bureau, seed: int) -> Problem:
    """Five visits at three to four places, most of them by one of two officers who meet."""
    chance = Random(seed)
    tasks = []
    for number in range(3 + seed % 2):
        begin_by = NINE + chance.randrange(240)
        kinds = chance.choice([FOOD, FIRE]) if number > 1 - seed % 2 else FOOD | FIRE
        meet = len(kinds) > 1
        mode = Mode(
            Kind.ON_SITE,
            chance.randrange(10, 60),
            kinds,
            site=number + 1,
            crews=(FOOD, FIRE) if meet else (),
            after=(chance.choice([(0, 0), (20, 45)]),) if meet else (),
        )
        opens = begin_by - chance.randrange(120)
        tasks.append(
            Task(f"店{number}", "武昌", (mode,), windows=(Span(0, opens, FIVE),), begin_by=begin_by)
        )
    officers = [
        bureau.officer("wang", qualifications=FOOD),
        bureau.officer("zhao", qualifications=FIRE),
        bureau.officer("li", qualifications=FOOD | FIRE),
    ]
    places = [(chance.randrange(40), chance.randrange(40)) for _ in range(5)]
    travel = [[60 * (abs(a - c) + abs(b - d)) for c, d in places] for a, b in places]
    return bureau.problem(
        *tasks, officers=tuple(officers), cars=tuple(Car(f"车{n}", 0) for n in range(3)),
        travel=travel, policy=POLICY,
    )  # fmt: skip


def cost_of_rounds(problem: Problem, rounds: list[tuple[Visit, ...]]) -> int | None:
    """What rounds cost when everybody hurries; None where they cannot be."""
    starts = {visit: 0 for visits in rounds for visit in visits}
    modes = [task.modes[0] for task in problem.tasks]
    before: dict[Visit, int] = {}
    while before != starts:
        before = dict(starts)
        for visits in rounds:
            clock, place = NINE, 0
            for visit in visits:
                mode = modes[visit[0]]
                clock += problem.travel[place][mode.site] // 60
                opens = problem.tasks[visit[0]].windows[0].start
                starts[visit] = clock = max(clock, starts[visit], opens)
                clock, place = clock + mode.minutes, mode.site
            if clock + problem.travel[place][0] // 60 > FIVE:
                return None
        for number, mode in enumerate(modes):
            if mode.crews:
                earliest, latest = mode.begins_after(1)
                first, second = (number, 0), (number, 1)
                starts[second] = max(starts[second], starts[first] + earliest)
                starts[first] = max(starts[first], starts[second] - latest)
    driving = sum(
        problem.travel[one][other]
        for visits in rounds
        for sites in [[0, *(modes[number].site for number, _ in visits), 0]]
        for one, other in pairwise(sites)
    )
    late = [max(0, start - problem.tasks[number].begin_by) for (number, _), start in starts.items()]
    return driving + POLICY.tardy_cost * sum(late) + POLICY.worst_tardy_cost * max(late)


def all_rounds(problem: Problem) -> Iterator[list[tuple[Visit, ...]]]:
    parts = {
        (number, part): mode.crews[part] if mode.crews else mode.required_types
        for number, task in enumerate(problem.tasks)
        for mode in task.modes
        for part in range(len(mode.parts))
    }
    able = [
        [who for who, one in enumerate(problem.officers) if types <= one.qualifications]
        for types in parts.values()
    ]
    for whose in product(*able):
        orders = [
            list(
                permutations([visit for visit, one in zip(parts, whose, strict=True) if one == who])
            )
            for who in range(len(problem.officers))
        ]
        yield from map(list, product(*orders))


@pytest.mark.parametrize("seed", range(12))
def test_nobody_could_meet_at_less_cost(bureau, seed):
    problem = chance_problem(bureau, seed)

    plan = solve(problem, seconds=30, iterations=1_500)

    assert violations(problem, plan) == []
    costs = (cost_of_rounds(problem, rounds) for rounds in all_rounds(problem))
    assert cost_of(problem, plan) == min(cost for cost in costs if cost is not None)


@pytest.mark.parametrize("seed", range(4))
def test_the_kernel_counts_as_the_rules_do(bureau, seed):
    problem = chance_problem(bureau, seed)
    numbered = Numbered.of(problem, {})
    search = Search(numbered.setting, seed)
    search.construct(None)
    for _ in range(30):
        search.improve(9, 3, True, None)
        assert search.cost == cost_of(problem, numbered.plan(search))


def test_a_plan_is_kept_and_mended_to_the_minute(bureau):
    problem = chance_problem(bureau, 1)
    plan = solve(problem, seconds=30, iterations=500)

    again = solve(problem, seconds=30, iterations=200, start=plan)
    same = repair(problem, plan, iterations=200)

    assert cost_of(problem, again) <= cost_of(problem, plan)
    assert starts_of(same.plan) == starts_of(plan)


def starts_of(plan: Plan) -> dict[Visit, int]:
    return {(stop.task, stop.part): stop.start for trip in plan.trips for stop in trip.stops}
