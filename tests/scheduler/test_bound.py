"""Lower bounds: never above the best plan there is, and seldom far below it."""

from __future__ import annotations

import statistics
from dataclasses import replace
from itertools import permutations
from random import Random

import pytest
from yunkan_kernel import Pricing

from scheduler.ascent import climb
from scheduler.bound import USUAL, NoBound, lower_bound
from scheduler.cost import cost_of, travel_seconds
from scheduler.covering import Covering
from scheduler.minutes import Span
from scheduler.numbering import ways_of
from scheduler.policy import Policy
from scheduler.problem import Kind, Mode, Problem
from scheduler.solver import solve
from scheduler.staff import Car
from scheduler.travel import StraightLine
from tests.scheduler.exactness import best_plan
from tests.scheduler.exactness_problems import busy_bureau

BUREAUS = 40


def without_meetings(number: int) -> Problem:
    """A small busy bureau where one crew does all of each survey."""
    problem = busy_bureau(number)
    tasks = tuple(
        replace(task, modes=tuple(replace(mode, crews=()) for mode in task.modes))
        for task in problem.tasks
        if not (task.pinned and task.modes[task.pinned.mode].crews)
    )
    return replace(problem, tasks=tasks)


def of_single_officers(number: int) -> Problem:
    """The same where a car takes one officer, and each survey on site needs no more."""
    problem = without_meetings(number)
    tasks = tuple(
        replace(task, modes=tuple(map(_by_one, task.modes)), pinned=None) for task in problem.tasks
    )
    return replace(
        problem,
        tasks=tasks,
        cars=tuple(replace(car, seats=1) for car in problem.cars),
        policy=replace(problem.policy, officers_on_site=1),
    )


def _by_one(mode: Mode) -> Mode:
    if mode.kind is Kind.VIDEO:
        return mode
    return replace(
        mode, required_types=frozenset(sorted(mode.required_types)[:1]), qualified=1, officers=1
    )


@pytest.mark.slow
@pytest.mark.parametrize("small", [without_meetings, of_single_officers])
def test_no_plan_costs_less_than_the_bound_of_a_small_bureau(small):
    shares = []
    for number in range(BUREAUS):
        problem = small(number)
        best = cost_of(problem, best_plan(problem))
        planned = cost_of(problem, solve(problem, seconds=60, iterations=2_000))
        bound = lower_bound(problem, seconds=60)
        closer = lower_bound(problem, seconds=60, known=2 * planned + 1_000)

        assert bound.finished, f"bureau {number}"
        assert bound.cost <= best, f"bureau {number}"
        assert bound.cost <= closer.cost <= planned, f"bureau {number}"
        shares.append(closer.cost / planned if planned else 1.0)

    assert statistics.median(shares) > 0.98


def test_no_plan_costs_less_than_the_bound_where_a_round_takes_the_whole_shift():
    for number in range(BUREAUS):
        problem = of_single_officers(number)
        problem = replace(problem, policy=replace(problem.policy, whole_shift=True))

        plan = solve(problem, seconds=60, iterations=500)

        assert lower_bound(problem, seconds=60).cost <= cost_of(problem, plan), f"bureau {number}"


def test_many_single_officers_prices_are_climbed_to_close_below_the_bound(bureau):
    chance = Random(1)
    places = [(chance.randrange(20_000), chance.randrange(20_000)) for _ in range(21)]
    days = [Span(day, 540, 1020) for day in (0, 1)]
    officers = tuple(
        bureau.officer(f"officer {number}", shifts=tuple(days), qualifications=frozenset({kind}))
        for number, kind in enumerate(("bakery", "bakery", "clinic", "clinic"))
    )
    problem = bureau.problem(
        *(
            bureau.on_site(
                f"survey {site}", site=site, types=frozenset({("bakery", "clinic")[site % 2]})
            )
            for site in range(1, 21)
        ),
        officers=officers,
        cars=tuple(Car(f"car {number}", 0, seats=1) for number in range(4)),
        travel=StraightLine(tuple(places), detour=1.3, speed=9.0, plane=True),
        policy=Policy(officers_on_site=1, whole_shift=True),
    )

    climbed, _ = climb(Covering(problem, USUAL), 200_000, lambda: False)

    bound = lower_bound(problem, seconds=60)
    plan = solve(problem, seconds=60, iterations=5_000)
    assert 0.97 * bound.cost <= climbed <= bound.cost <= cost_of(problem, plan)


def test_a_bureau_with_one_round_is_bounded_to_the_second(bureau):
    problem = bureau.problem(bureau.on_site("a"), bureau.on_site("b", site=2))

    plan = solve(problem, seconds=60, iterations=500)

    assert lower_bound(problem, seconds=60).cost == cost_of(problem, plan)


def test_nobody_is_in_two_places_where_a_cheaper_plan_is_sought(bureau):
    fire = frozenset({"fire"})
    at_ten = (Span(0, 600, 630),)
    problem = bureau.problem(
        bureau.on_site("a", site=1, types=fire, windows=at_ten),
        bureau.on_site("b", site=4, types=fire, windows=at_ten),
        officers=(
            bureau.officer("wang", qualifications=fire),
            *map(bureau.officer, ("li", "zhao", "chen")),
        ),
    )
    plan = solve(problem, seconds=60, iterations=500)
    least = cost_of(problem, plan)

    counted = lower_bound(problem, seconds=60)
    named = lower_bound(problem, seconds=60, known=least + 1)

    assert len(plan.unplanned) == 1
    assert counted.cost < named.cost == least


def test_the_cheapest_round_is_the_one_that_trying_every_order_finds(bureau):
    chance = Random(1)
    for _ in range(20):
        travel = tuple(
            tuple(0 if a == b else 60 * chance.randint(1, 30) for b in range(6)) for a in range(6)
        )
        problem = bureau.problem(travel=travel)
        earns = [chance.randrange(4_000) for _ in range(5)]
        pricing = Pricing(
            ways_of(problem), 0, 540, 660, setup_minutes=10, trip_cost=900, arrival_cost=300
        )
        for survey in range(5):
            pricing.add_visit(survey, survey + 1, 20, 0, [(540, 640)])

        complete, rounds = pricing.cheapest(
            earns, round=0, minute=0, longer=[], near=5, most_labels=10_000, most_rounds=1
        )

        assert complete
        cheapest = 0
        for number in range(1, 6):
            for order in permutations(range(1, 6), number):
                stops = zip((0, *order), (*order, 0), strict=True)
                minutes = sum(travel[a][b] // 60 for a, b in stops) + 30 * number
                if minutes <= 120:
                    price = 900 + 300 * number + travel_seconds(problem, 0, order)
                    cheapest = min(cheapest, price - sum(earns[site - 1] for site in order))
        assert min((price for price, *_ in rounds), default=0) == cheapest


def test_crews_that_meet_are_not_bounded(bureau):
    types = frozenset({"bakery", "fire"})
    crews = (frozenset({"bakery"}), frozenset({"fire"}))
    meeting = Mode(Kind.ON_SITE, 30, types, site=1, crews=crews)
    problem = bureau.problem(replace(bureau.on_site("a"), modes=(meeting,)))

    with pytest.raises(NoBound, match="crews meet"):
        lower_bound(problem, seconds=60)


def test_who_stops_asking_is_told_only_what_is_proven(bureau):
    bound = lower_bound(bureau.problem(bureau.on_site("a")), seconds=60, cancelled=lambda: True)

    assert bound.cost == 0
    assert not bound.finished
