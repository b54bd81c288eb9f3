"""Nobody is left with most of the work where another could have done it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scheduler.check import violations
from scheduler.cost import cost_of
from scheduler.fairness import shared_out
from scheduler.plan import DeskVisit, Plan, Stop, Trip
from scheduler.problem import Pin, Policy, Span
from scheduler.solver import solve

NINE, FIVE = 540, 1020


def minutes_of(plan: Plan, *keys: str) -> list[int]:
    return [
        sum(one.back - one.depart for one in plan.trips if key in one.officers)
        + sum(one.end - one.start for one in plan.desk_visits if key in one.officers)
        for key in keys
    ]


def visits(count: int, lead: str = "wang", second: str | None = None) -> tuple[DeskVisit, ...]:
    return tuple(
        DeskVisit(f"视频{n}", 0, lead, second, "云踏勘室", 0, NINE + 30 * n, NINE + 30 * n + 20)
        for n in range(count)
    )


def test_video_surveys_are_shared_among_those_who_may_judge_them(bureau):
    problem = bureau.problem(*(bureau.video(f"视频{n}") for n in range(8)))

    plan = shared_out(problem, Plan((), visits(8)))

    assert violations(problem, plan) == []
    assert minutes_of(plan, "wang", "li", "zhao", "chen") == [40, 40, 40, 40]


def test_who_works_half_the_time_gets_half_the_work(bureau):
    officers = (
        bureau.officer("wang", shifts=(Span(0, NINE, FIVE),)),
        bureau.officer("li", shifts=(Span(0, NINE, 780),)),
    )
    problem = bureau.problem(*(bureau.video(f"视频{n}") for n in range(6)), officers=officers)

    plan = shared_out(problem, Plan((), visits(6)))

    assert minutes_of(plan, "wang", "li") == [80, 40]


def test_a_round_changes_hands_only_as_far_as_its_surveys_are_still_judged(bureau):
    officers = tuple(
        bureau.officer(key, qualifications=types)
        for key, types in (
            ("wang", frozenset({"bakery"})),
            ("li", frozenset()),
            ("zhao", frozenset()),
        )
    )
    stop = Stop("面包店", 0, arrive=550, start=560, end=590)
    trip = Trip("鄂A1", ("wang", "li"), 0, NINE, 600, (stop,), travel_seconds=1200)
    problem = bureau.problem(
        bureau.on_site("面包店"), *(bureau.video(f"视频{n}") for n in range(4)), officers=officers
    )
    at_desk = tuple(
        replace(one, start=one.start + 120, end=one.end + 120, second="li") for one in visits(4)
    )

    plan = shared_out(problem, Plan((trip,), at_desk))

    assert violations(problem, plan) == []
    assert all("wang" in one.officers for one in (*plan.trips, *plan.desk_visits))
    busy = minutes_of(plan, "li", "zhao")
    assert max(busy) - min(busy) <= 20


@pytest.mark.parametrize(
    ("held", "policy"),
    [({"pinned": Pin(0, frozenset({"wang"}), 0, NINE)}, Policy()), ({}, Policy(whole_shift=True))],
    ids=["promised", "a whole shift"],
)
def test_what_must_not_change_hands_does_not(bureau, held, policy):
    problem = bureau.problem(bureau.video("视频0", **held), bureau.video("视频1"), policy=policy)
    plan = Plan((), visits(1))
    both = Plan((), visits(2)) if not held else plan

    assert shared_out(problem, both).desk_visits[0].lead == "wang"


def test_help_from_another_district_is_not_bought_for_fairness(bureau):
    helper = bureau.officer("li", home="洪山", allowed=frozenset({"武昌"}))
    problem = bureau.problem(
        *(bureau.video(f"视频{n}") for n in range(4)), officers=(bureau.officer("wang"), helper)
    )

    assert shared_out(problem, Plan((), visits(4))).desk_visits == visits(4)


def test_a_days_plan_is_shared_out_and_costs_what_it_cost(bureau):
    tasks = [bureau.video(f"视频{n}") for n in range(12)]
    tasks += [bureau.on_site(f"店{n}", site=1 + n % 4) for n in range(6)]
    problem = bureau.problem(*tasks)

    plan = solve(problem, seconds=5, iterations=2_000)

    assert violations(problem, plan) == []
    # two are out for five hours; the others have the desks to themselves
    assert sorted(minutes_of(plan, "wang", "li", "zhao", "chen")) == [120, 120, 300, 300]
    assert cost_of(problem, shared_out(problem, plan)) == cost_of(problem, plan)
