"""A published plan is repaired: what was promised stays, and as little as possible moves."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scheduler.check import violations
from scheduler.plan import Plan
from scheduler.problem import Pin, Policy, Problem, Span
from scheduler.replan import repair
from scheduler.solver import solve
from tests.scheduler.benchmark_problems import DATA, crew_problem


def with_leave(problem: Problem, key: str, *away: Span) -> Problem:
    officers = tuple(
        replace(one, away=(*one.away, *away)) if one.key == key else one for one in problem.officers
    )
    return replace(problem, officers=officers)


def busy_on(plan: Plan, key: str, day: int) -> bool:
    return any(trip.day == day and key in trip.officers for trip in plan.trips) or any(
        visit.day == day and key in visit.officers for visit in plan.desk_visits
    )


@pytest.fixture
def week(bureau):
    """Two days that are well filled, and the plan for them."""
    tasks = [bureau.on_site(f"现场{n}", site=1 + n % 4, minutes=45) for n in range(6)]
    tasks += [bureau.video(f"视频{n}", minutes=30) for n in range(8)]
    problem = bureau.problem(*tasks)
    plan = solve(problem, seconds=20, iterations=2_000)
    assert not plan.unplanned
    return problem, plan


def test_a_plan_that_still_holds_stays_as_it_is(week):
    problem, plan = week

    proposed = repair(problem, plan, iterations=500)

    assert (proposed.moved, proposed.lost, proposed.added) == ((), (), ())
    assert violations(problem, proposed.plan) == []


def test_when_an_officer_falls_ill_others_come_at_the_time_that_was_given(week):
    problem, plan = week
    ill = next(one.key for one in problem.officers if busy_on(plan, one.key, 0))

    problem = with_leave(problem, ill, Span(0, 0, 1440))
    proposed = repair(problem, plan, iterations=2_000)

    assert violations(problem, proposed.plan) == []
    assert not busy_on(proposed.plan, ill, 0)
    assert not proposed.lost
    assert proposed.other_crew  # somebody stands in
    assert len(proposed.moved) <= 1


def test_an_urgent_case_finds_a_place_without_moving_anybody(week, bureau):
    problem, plan = week

    problem = replace(problem, tasks=(*problem.tasks, bureau.video("急件", minutes=30, priority=3)))
    proposed = repair(problem, plan, iterations=1_000)

    assert proposed.added == ("急件",)
    assert proposed.moved == ()


def test_a_case_that_is_withdrawn_leaves_the_others_where_they_were(week):
    problem, plan = week

    problem = replace(problem, tasks=problem.tasks[1:])
    proposed = repair(problem, plan, iterations=500)

    assert (proposed.moved, proposed.lost) == ((), ())
    assert violations(problem, proposed.plan) == []


def test_a_pinned_appointment_is_never_moved(bureau):
    pin = Pin(mode=0, officers=frozenset({"zhao", "chen"}), day=0, start=600)
    tasks = [bureau.on_site(f"现场{n}", site=1 + n % 4, minutes=60) for n in range(5)]
    problem = bureau.problem(*tasks, bureau.on_site("面包店", pinned=pin))
    plan = solve(problem, seconds=5, iterations=1_000)

    problem = with_leave(problem, "wang", Span(0, 0, 1440))
    proposed = repair(problem, plan, iterations=1_000)

    [stop] = [s for trip in proposed.plan.trips for s in trip.stops if s.task == "面包店"]
    assert stop.start == 600
    assert "面包店" not in (*proposed.moved, *proposed.other_crew, *proposed.lost)


def test_an_urgent_case_that_fits_nowhere_else_moves_the_one_that_can_move(bureau):
    nine = (Span(0, 540, 570),)
    officers = (bureau.officer("wang"),)
    only_at_nine = bureau.video("奶茶店", minutes=30, windows=nine)
    plan = solve(bureau.problem(only_at_nine, officers=officers), seconds=5, iterations=100)
    urgent = bureau.video("急件", minutes=30, windows=nine, priority=3)

    problem = bureau.problem(replace(only_at_nine, windows=()), urgent, officers=officers)
    proposed = repair(problem, plan, iterations=500)

    assert (proposed.added, proposed.moved, proposed.lost) == (("急件",), ("奶茶店",), ())


def test_the_same_seed_and_count_propose_the_same(week):
    problem, plan = week
    problem = with_leave(problem, "li", Span(0, 0, 1440))

    proposals = [repair(problem, plan, seed=3, iterations=800) for _ in range(2)]

    assert proposals[0] == proposals[1]


def test_a_plan_that_speaks_of_what_is_gone_is_read_as_far_as_it_goes(week, bureau):
    _, plan = week

    problem = bureau.problem(bureau.video("新的"), policy=Policy(), cars=())
    proposed = repair(problem, plan, iterations=100)

    assert proposed.added == ("新的",)
    assert proposed.lost == ()


@pytest.mark.skipif(not (DATA / "crews").exists(), reason="the crew instances are not there")
def test_a_sick_officer_in_a_bureaus_week_moves_at_most_three_appointments():
    problem = crew_problem(DATA / "crews" / "wuchang_week_s1.json")
    plan = solve(problem, seconds=20, iterations=10_000)

    for ill in [one.key for one in problem.officers if busy_on(plan, one.key, 1)][:4]:
        present = with_leave(problem, ill, Span(1, 0, 1440))
        proposed = repair(present, plan, iterations=2_000)

        assert violations(present, proposed.plan) == []
        assert len(proposed.moved) <= 3
        assert not proposed.lost
