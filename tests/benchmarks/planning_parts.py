"""A city as it is planned in parts, against the same city planned as one in the same time."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from planning_children import one_core
from planning_solves import Solves
from rows import Row

from scheduler.cost import cost_of
from scheduler.dividing import across, divided
from scheduler.plan import Plan
from scheduler.problem import Problem
from scheduler.solver import solve
from server.services.planning.in_parts import FOR_PARTS
from tests.scheduler.benchmark_problems import bureau_problem, crew_problem

PROCESSES = 2


def measure(solves: Solves, city: Path, crews: Path, *, seconds: float) -> list[Row]:
    """On one core, and with the parts on two; above the cost of the whole on one."""
    rows = []
    for title, problem in (
        ("city", bureau_problem(city, full=True)),
        ("city of crews", crew_problem(crews)),
    ):
        with one_core():
            whole = _cost(solves, problem, solve(problem, seconds=seconds, seed=1))
            apart = _cost(solves, problem, _in_parts(problem, seconds, processes=1))
        beside = _cost(solves, problem, _in_parts(problem, seconds, processes=PROCESSES))
        for how, cost in (("one core", apart), (f"{PROCESSES} processes", beside)):
            above = 100 * (cost / whole - 1)
            rows.append(Row(f"{title} in parts, {how}, above the whole", above, "%", "<= 0.5"))
    return rows


def _in_parts(problem: Problem, seconds: float, *, processes: int) -> Plan:
    """The parts one after the other or side by side, in as much time; then across them."""
    parts = divided(problem)
    surveys = sum(len(part.tasks) for part in parts)
    each = [seconds * FOR_PARTS * processes * len(part.tasks) / surveys for part in parts]
    if processes == 1:
        plans = list(map(_planned, parts, each))
    else:
        fresh = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(processes, mp_context=fresh) as pool:
            list(pool.map(abs, range(processes)))  # starting them counts for nobody
            plans = list(pool.map(_planned, parts, each))
    return across(problem, plans, seconds=seconds * (1 - FOR_PARTS), seed=1)


def _planned(part: Problem, seconds: float) -> Plan:
    return solve(part, seconds=seconds, seed=1)


def _cost(solves: Solves, problem: Problem, plan: Plan) -> float:
    """Infinite where a rule is broken."""
    judged = solves.judged("ours", problem, plan)
    return cost_of(problem, judged) if judged else float("inf")
