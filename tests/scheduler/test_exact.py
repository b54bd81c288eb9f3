"""Small bureaus, and the best plan there is, proven by other means."""

from __future__ import annotations

import pytest

from scheduler.check import violations
from scheduler.solver import solve
from tests.scheduler.exactness import best_plan, judged_cost
from tests.scheduler.exactness_problems import busy_bureau

BUREAUS = 60


@pytest.mark.slow
def test_the_planner_finds_the_best_plan_of_a_small_bureau_and_never_a_better_one():
    found = 0
    for number in range(BUREAUS):
        problem = busy_bureau(number)
        best = best_plan(problem)
        plan = solve(problem, seconds=60, iterations=4_000)

        assert violations(problem, best) == []
        assert violations(problem, plan) == [], f"bureau {number}"
        assert judged_cost(problem, plan) >= judged_cost(problem, best), f"bureau {number}"
        found += judged_cost(problem, plan) == judged_cost(problem, best)

    assert found >= 0.95 * BUREAUS
