"""What the benchmark tells peers is our problem, and bad answers are found out."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from scheduler.check import Rule, violations
from scheduler.cost import cost_of
from scheduler.problem import Car, Kind, Mode, Officer, Policy, Problem, Span, Task
from scheduler.solver import solve
from tests.benchmarks import care_judge
from tests.benchmarks.planning_routing import DAY, Vehicle, merged, plan_of, routing_of
from tests.benchmarks.vrptw_judge import length
from tests.scheduler.benchmark_problems import (
    CARE_PARTS,
    Vrptw,
    bureau_problem,
    care_problem,
    vrptw_problem,
)

NINE, FIVE = 540, 1020
SQUARE = Vrptw(
    vehicles=2,
    capacity=10,
    distance=[[0, 50, 70], [50, 0, 50], [70, 50, 0]],
    customers=[(0, 0, 1000, 0), (6, 100, 200, 90), (4, 0, 1000, 90)],
    places=[(0, 0), (5, 0), (5, 5)],
)


@pytest.fixture
def bureau(bureau):
    """Two officers for two days; one of them may not judge clinics."""
    shifts = (Span(0, NINE, FIVE), Span(1, NINE, FIVE))
    wang = Officer("wang", 0, frozenset({"bakery", "clinic"}), "武昌", shifts)
    li = Officer("li", 0, frozenset({"bakery"}), "武昌", shifts)

    def task(key: str, site: int, item_type: str, *windows: Span) -> Task:
        return Task(key, "武昌", (Mode(Kind.ON_SITE, 30, frozenset({item_type}), site),), windows)

    return Problem(
        days=bureau.days,
        officers=(wang, li),
        cars=(Car("鄂A1", 0), Car("鄂A2", 0)),
        tasks=(
            task("面包店", 1, "bakery", Span(0, NINE, FIVE), Span(1, NINE, FIVE)),
            task("诊所", 2, "clinic", Span(1, 600, 660)),
        ),
        travel=((0, 61, 120), (61, 0, 120), (120, 120, 0)),
        policy=Policy(
            officers_on_site=1, whole_shift=True, setup_minutes=0, trip_cost=0, arrival_cost=0,
            cross_district_cost=0,
        ),
    )  # fmt: skip


def test_peers_are_told_our_ways_hours_windows_and_who_may(bureau):
    routing = routing_of(bureau, [(0, 0)] * 3)

    assert routing.cost[0] == [0, 61, 120]
    assert routing.duration[0] == [0, 120, 120]  # a way lasts whole minutes
    both, bakeries = routing.vehicles[0].kind, routing.vehicles[2].kind
    assert routing.vehicles == [
        Vehicle(kind, 0, (NINE + day * DAY) * 60, (FIVE + day * DAY) * 60, 0)
        for kind in (both, bakeries)
        for day in (0, 1)
    ]
    bakery, clinic = routing.jobs
    assert (bakery.kinds, clinic.kinds) == (sorted([both, bakeries]), [both])
    assert bakery.starts == [(NINE * 60, (FIVE - 30 + DAY) * 60)]  # nobody works at night
    assert clinic.starts == [((600 + DAY) * 60, (630 + DAY) * 60)]
    assert clinic.service == 30 * 60
    assert routing.prize == 100_000


def test_a_gap_in_which_somebody_could_start_stays():
    day_and_next = [(540, 600), (700, 800)]

    assert merged(day_and_next, [(500, 600), (700, 900)]) == [(540, 800)]
    assert merged(day_and_next, [(500, 601)]) == day_and_next
    assert merged(day_and_next, [(699, 900)]) == day_and_next
    assert merged(day_and_next, [(650, 640)]) == [(540, 800)]  # he could not be back in time


def test_what_is_more_than_routing_is_not_told(bureau):
    for policy in (Policy(), Policy(officers_on_site=1, whole_shift=True, setup_minutes=0)):
        problem = Problem(
            bureau.days, bureau.officers, bureau.tasks, bureau.travel, bureau.cars, policy=policy
        )
        with pytest.raises(ValueError, match=r"more than routing|all that costs"):
            routing_of(problem, [(0, 0)] * 3)


def test_a_peers_routes_become_a_plan_that_is_judged_like_ours(bureau):
    wang_tomorrow, li_tomorrow = 1, 3

    plan = plan_of(bureau, [(wang_tomorrow, [0, 1])])
    assert violations(bureau, plan) == []
    assert [stop.start for stop in plan.trips[0].stops] == [NINE + 2, 600]
    assert plan.travel_seconds == 61 + 120 + 120

    wrong = plan_of(bureau, [(li_tomorrow, [1])])
    assert {one.rule for one in violations(bureau, wrong)} == {Rule.QUALIFIED}
    late = plan_of(bureau, [(0, [1, 0])])  # the clinic is asked for tomorrow
    assert Rule.SHIFT in {one.rule for one in violations(bureau, late)}
    twice = plan_of(bureau, [(0, [0]), (wang_tomorrow, [0])])
    assert Rule.ONCE in {one.rule for one in violations(bureau, twice)}


def test_routes_are_judged_from_the_instance_alone():
    assert length(SQUARE, [[1, 2]]) == 50 + 50 + 70
    assert length(SQUARE, [[2], [1], []]) == 140 + 100

    for routes, wrong in (
        ([[1]], "once"),
        ([[1, 2], [2]], "once"),
        ([[2, 1]], "late at 1"),
    ):
        with pytest.raises(ValueError, match=wrong):
            length(SQUARE, routes)
    with pytest.raises(ValueError, match="too much"):
        length(replace(SQUARE, capacity=9), [[1, 2]])


def test_our_routes_of_an_instance_pass_both_judges():
    problem = vrptw_problem(SQUARE)

    plan = solve(problem, seconds=1, iterations=200)

    assert violations(problem, plan) == []
    routes = [[int(stop.task) for stop in trip.stops] for trip in plan.trips]
    assert length(SQUARE, routes) == 170
    routing = routing_of(problem, SQUARE.places, unit=60, all_jobs=True)
    assert routing.cost == routing.duration == SQUARE.distance
    assert [job.starts for job in routing.jobs] == [[(100, 200)], [(0, 1000)]]
    assert [(v.leaves, v.back, v.load) for v in routing.vehicles] == [(0, 1000, 10)] * 2


def test_a_part_of_a_city_is_its_first_districts_with_those_at_home_there(tmp_path):
    file = tmp_path / "city.json"

    def expert(home: int) -> dict[str, object]:
        hours = {"shift": [NINE * 60, FIVE * 60], "leave": []}
        return {"home": home, "cats": [1], "allowed": [home], **hours}

    def survey(district: int, place: int) -> dict[str, object]:
        windows = [[0, NINE * 60, NINE * 60]]
        return {"dist": district, "loc": place, "cat": 1, "svc": 600, "win": windows}

    told = {
        "days": 1,
        "ndist": 2,
        "locs": [[0, 0], [28, 0], [0, 28], [28, 28]],
        "experts": [expert(1), expert(0)],
        "surveys": [survey(1, 2), survey(0, 3)],
    }
    file.write_text(json.dumps(told))

    whole, part = bureau_problem(file), bureau_problem(file, surveys=1)

    assert (len(whole.officers), len(part.officers)) == (2, 1)
    assert part.officers[0].home == part.tasks[0].district == "0"
    site = part.tasks[0].modes[0].site
    assert part.travel[part.officers[0].base][site] == whole.travel[0][3]
    assert len(part.travel) == 3


CARE = {
    "patients": [
        {
            "id": "lifted by two",
            "time_window": [20.0, 30.0],
            "required_caregivers": [{"service": s, "duration": 10.0} for s in ("lift", "hold")],
            "synchronization": {"type": "simultaneous"},
        },
        {
            "id": "washed, then fed",
            "time_window": [0.0, 100.0],
            "required_caregivers": [{"service": s, "duration": 5.0} for s in ("lift", "feed")],
            "synchronization": {"type": "sequential", "distance": [15, 30]},
        },
        {
            "id": "alone",
            "time_window": [0.0, 8.0],
            "required_caregivers": [{"service": "feed", "duration": 7.0}],
        },
    ],
    "caregivers": [
        {"id": "one", "abilities": ["lift"]},
        {"id": "other", "abilities": ["hold", "feed"]},
    ],
    "distances": [
        [0.0, 12.5, 20.0, 10.0],
        [12.5, 0.0, 10.0, 15.0],
        [20.0, 10.0, 0.0, 20.0],
        [10.0, 15.0, 20.0, 0.0],
    ],
}


def test_home_care_is_planned_and_judged_by_its_instance(tmp_path):
    path = tmp_path / "care.json"
    path.write_text(json.dumps(CARE), encoding="utf-8")
    problem = care_problem(path)

    plan = solve(problem, seconds=20, iterations=2_000)

    assert violations(problem, plan) == []
    routes = {
        "one": [("lifted by two", "lift"), ("washed, then fed", "lift")],
        "other": [("alone", "feed"), ("lifted by two", "hold"), ("washed, then fed", "feed")],
    }
    # alone from minute 10 and both lifters from 32, each 2 too late; washed from 52, fed from 67
    ways = (12.5 + 10 + 20) + (10 + 15 + 10 + 20)
    assert care_judge.cost(CARE, routes) == pytest.approx((ways + 3 * 2 + 2) / 3)
    assert cost_of(problem, plan) / 60 / CARE_PARTS / 3 == pytest.approx((ways + 8) / 3)


@pytest.mark.parametrize(
    ("routes", "wrong"),
    [
        ({"one": [("alone", "feed")]}, "not every service"),
        (
            {
                "one": [("lifted by two", "lift"), ("washed, then fed", "lift"), ("alone", "feed")],
                "other": [("lifted by two", "hold"), ("washed, then fed", "feed")],
            },
            "cannot give",
        ),
        (
            {
                "one": [("lifted by two", "lift"), ("washed, then fed", "lift")],
                "other": [
                    ("washed, then fed", "feed"),
                    ("lifted by two", "hold"),
                    ("alone", "feed"),
                ],
            },
            "two wait for each other",
        ),
    ],
)
def test_home_care_that_cannot_be_given_is_found_out(routes, wrong):
    with pytest.raises(ValueError, match=wrong):
        care_judge.cost(CARE, routes)
