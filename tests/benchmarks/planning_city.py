"""A bureau with everything in it: joint surveys, video, priorities; and offers while one waits."""

from __future__ import annotations

import statistics
import time
from dataclasses import replace
from pathlib import Path
from random import Random

import planning_parts
from planning_children import one_core
from planning_solves import Solves, missing
from rows import Row

from scheduler.minutes import Span
from scheduler.offers import HeldPlan
from scheduler.problem import Problem
from scheduler.solver import solve
from tests.scheduler.benchmark_problems import DATA, bureau_problem

DAY = DATA / "bureau" / "day_15x100_s1.json"
WEEK = DATA / "bureau" / "week_60x5x1200_s1.json"
CITY = DATA / "bureau" / "city_400x5x6000_s1.json"
CITY_OF_CREWS = DATA / "crews" / "city6_week_s1.json"
SECONDS, LONG = 30, 600
SEEDS = 5

#: Surveys asked about, each for every morning and afternoon of the week.
ASKED = 1_000
HALVES = ((0, 720), (720, 1440))


def measure(quick: bool) -> list[Row]:
    """The week and no more than a few seconds where it is to be quick."""
    if lost := missing("city", "bureau"):
        return lost
    solves = Solves("city")
    with one_core():
        if quick:
            rows = _joint(solves, [(WEEK, 5), (CITY, 8)])
        else:
            rows = [
                *_first(solves),
                *_joint(solves, [(DAY, 5), (WEEK, 10), (CITY, SECONDS)]),
                *_long(solves),
            ]
        rows += _offers(quick)
    if not quick:
        rows += planning_parts.measure(solves, CITY, CITY_OF_CREWS, seconds=SECONDS)
    return rows + solves.rows()


def _first(solves: Solves) -> list[Row]:
    made = [solves.ours("full", CITY, seed=seed, seconds=None) for seed in range(1, SEEDS + 1)]
    if not (times := [1000 * one["first"] for one in made if one]):
        return []
    return [Row("city, first complete plan", statistics.median(times), "ms", "<= 200")]


def _joint(solves: Solves, given: list[tuple[Path, float]]) -> list[Row]:
    """Of all joint surveys that could be carried out were there nothing else, those planned."""
    possible = planned = 0
    for path, seconds in given:
        problem = bureau_problem(path, full=True)
        alone = {task.key for task in problem.tasks if task.modes[0].crews}
        alone -= {key for key in alone if not _possible(problem, key)}
        possible += len(alone)
        if plan := solves.our_plan(problem, "full", path, seed=1, seconds=seconds):
            planned += len(alone - {left.task for left in plan.unplanned})
    return [Row("joint surveys planned of those possible alone", 100 * planned / possible, "%",
                ">= 98")]  # fmt: skip


def _possible(problem: Problem, key: str) -> bool:
    only = tuple(task for task in problem.tasks if task.key == key)
    return not solve(replace(problem, tasks=only), seconds=5, iterations=100).unplanned


def _long(solves: Solves) -> list[Row]:
    """What half a minute reaches of what ten do, and the memory it takes."""
    after = solves.ours("full", CITY, seed=1, seconds=LONG)
    rows, costs = [], []
    for seed in range(1, SEEDS + 1):
        answer = solves.ours("full", CITY, seed=seed, seconds=SECONDS)
        if answer:
            costs.append(answer["costs"][-1][1])
            rows = [Row("city, memory", answer["megabytes"], "MB", "<= 300")]
    if after and costs:
        beyond = 100 * (statistics.median(costs) / after["costs"][-1][1] - 1)
        rows.append(Row(f"city, {SECONDS} s above {LONG} s", beyond, "%", "<= 2"))
    return rows


def _offers(quick: bool) -> list[Row]:
    """Some surveys are taken out of a plan of the city, and asked about one after the other."""
    problem = bureau_problem(CITY, full=True)
    plan = solve(problem, seconds=3 if quick else SECONDS, all_seconds=True)
    asked = Random(1).sample([task.key for task in problem.tasks], ASKED)
    held = HeldPlan(problem, plan.without(set(asked)))
    halves = [Span(day, *half) for day in range(len(problem.days)) for half in HALVES]
    taken, found = [], 0
    for key in asked:
        began = time.perf_counter()
        found += bool(held.offers(key, halves))
        taken.append(1000 * (time.perf_counter() - began))
    return [
        Row("offers of a week's half-days, city, median", statistics.median(taken), "ms"),
        Row("offers of a week's half-days, city, p99", statistics.quantiles(taken, n=100)[98],
            "ms", "<= 1"),
        Row("offers, surveys that had one", 100 * found / len(asked), "%"),
    ]  # fmt: skip
