"""What is said of surveys that are left out: whether it is true, and how long changes take.

Two bureaus with too few officers: a week of crews, and 1,200 surveys of single officers, of whom
some have left. Judged as in the tests, by planning again (tests/scheduler/explanations.py).
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from planning_children import one_core
from planning_solves import missing
from rows import Row

from scheduler.changes import changes
from scheduler.plan import Plan
from scheduler.problem import Problem
from scheduler.solver import solve
from tests.scheduler.benchmark_problems import DATA, bureau_problem, crew_problem
from tests.scheduler.explanations import unhelpful, untrue

CREWS = DATA / "crews" / "wuchang_week_s1_o10c3.json"
WEEK = DATA / "bureau" / "week_60x5x1200_s1.json"

#: Of the week's officers every seventh has left.
LEFT = 7

#: Surveys looked at in each bureau.
MOST = 25


def measure(quick: bool) -> list[Row]:
    if lost := missing("explanations", "crews") + missing("explanations", "bureau"):
        return lost
    with one_core():
        told = list(_told(seconds=2 if quick else 10, most=6 if quick else MOST))
    true = [one for one, _, _ in told]
    helpful = [good for _, tried, _ in told for good in tried]
    slowest = max((seconds for _, _, seconds in told), default=0)
    return [
        Row("explanations, looked at", len(true), "surveys"),
        Row("explanations, true on replay", 100 * _share(true), "%", ">= 100"),
        Row("explanations, changes that let the survey in", 100 * _share(helpful), "%", ">= 100"),
        Row("explanations, changes offered", len(helpful), "changes"),
        Row("explanations, changes found in, slowest", slowest, "s of CPU", "<= 0.3"),
    ]


def _told(*, seconds: float, most: int) -> Iterator[tuple[bool, list[bool], float]]:
    """Of each survey: whether its reasons are true, which changes help, the seconds they took."""
    for problem in (crew_problem(CREWS), _short_staffed(WEEK)):
        plan = solve(problem, seconds=seconds)
        yield from _of_plan(problem, plan, most)


def _of_plan(problem: Problem, plan: Plan, most: int) -> Iterator[tuple[bool, list[bool], float]]:
    tasks = {task.key: task for task in problem.tasks}
    for left in plan.unplanned[:most]:
        task = tasks[left.task]
        began = time.process_time()
        offered = changes(problem, plan, task)
        took = time.process_time() - began
        helpful = [not unhelpful(problem, plan, task, change) for change in offered]
        yield not untrue(problem, plan, left), helpful, took


def _short_staffed(path: Path) -> Problem:
    problem = bureau_problem(path)
    stay = (one for number, one in enumerate(problem.officers) if number % LEFT)
    return replace(problem, officers=tuple(stay))


def _share(judged: list[bool]) -> float:
    return sum(judged) / len(judged) if judged else 1.0
