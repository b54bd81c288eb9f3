"""Crews of two, cars and video rooms: days, weeks and a city, and the same with too few officers.

The best known plans and lower bounds (crews/best/best.csv) are of a study in which ways took
seconds and surveys began every five minutes. Ours may begin at any minute, and each way is rounded
up to whole minutes: a gap to its bound may lie a little beside what the study would call it.
Our own bound (`scheduler.bound`) holds for ours, but lets rounds be driven by halves.
"""

from __future__ import annotations

import csv
import statistics
from dataclasses import dataclass
from pathlib import Path

from planning_children import one_core
from planning_solves import Solves, missing
from rows import Row

from scheduler.bound import lower_bound
from scheduler.cost import cost_of
from scheduler.instances import plan_from_json
from scheduler.plan import Plan
from scheduler.problem import Problem
from tests.scheduler.benchmark_problems import DATA, crew_problem

FOLDER = DATA / "crews"
SEEDS = 5


@dataclass(frozen=True)
class Family:
    """Instances alike, the seconds they get, and what the issue asks: percent above the bound,
    and milliseconds to the first complete plan."""

    title: str
    pattern: str
    short: str  # what the names of the short-staffed ones end with
    seconds: float
    gap: float
    first: float | None = None

    def names(self, ending: str) -> list[str]:
        return [self.pattern.format(seed) + ending for seed in (1, 2, 3)]


DAYS = Family("Wuchang day", "wuchang_day_s{}", "_o12c3", seconds=1, gap=0, first=10)
WEEKS = Family("Wuchang week", "wuchang_week_s{}", "_o10c3", seconds=5, gap=0.3)
CITY = Family("city week", "city6_week_s{}", "_o60c15", seconds=30, gap=0.5, first=200)

#: What our own bound of one instance may take.
BOUND_SECONDS = 60

#: The most memory a city may take.
MEGABYTES = 300


def measure(quick: bool) -> list[Row]:
    """The days alone where it is to be quick."""
    if lost := missing("crews", "crews"):
        return lost
    solves, rows = Solves("crews"), []
    with one_core():
        for family in (DAYS,) if quick else (DAYS, WEEKS, CITY):
            rows += _first(solves, family)
            rows += _measured(solves, family, seeds=1 if quick else SEEDS)
    return rows + solves.rows()


def _first(solves: Solves, family: Family) -> list[Row]:
    """The first complete plan, once the kernel has been told the problem."""
    made = [
        solves.ours("crews", FOLDER / f"{name}.json", seed=seed, seconds=None)
        for name in family.names("")
        for seed in (1, 2, 3)
    ]
    if not (times := [1000 * one["first"] for one in made if one]):
        return []
    target = f"<= {family.first:g}" if family.first else ""
    title = f"crews, {family.title}, first complete plan"
    return [Row(title, statistics.median(times), "ms", target)]


def _measured(solves: Solves, family: Family, *, seeds: int) -> list[Row]:
    with (FOLDER / "best" / "best.csv").open(encoding="utf-8") as file:
        best = {row["instance"]: row for row in csv.DictReader(file)}
    title, rows = f"crews, {family.title} {family.seconds:g} s", []
    megabytes = 0.0
    for ending, staff in (("", ""), (family.short, ", short-staffed")):
        gaps, ours, beyond, more = [], [], [], []
        for name in family.names(ending):
            path = FOLDER / f"{name}.json"
            problem = crew_problem(path)
            plans = []
            for seed in range(1, seeds + 1):
                plan, held = _plan(solves, problem, path, seed=seed, seconds=family.seconds)
                megabytes = max(megabytes, held)
                if plan:
                    plans.append(plan)
            if not plans:
                continue
            known = best[name]
            costs = [cost_of(problem, plan) for plan in plans]
            cost = statistics.median(costs)
            left = int(known["unassigned_priority"])
            known_cost = int(known["cost"]) + problem.policy.unplanned_cost * left
            gaps.append(_percent(cost, int(known["lower_bound_total"])))
            if not staff:
                bound = lower_bound(problem, seconds=BOUND_SECONDS, known=min(costs))
                ours.append(_percent(cost, bound.cost))
            beyond.append(_percent(cost, known_cost))
            more.append(max(_priority_left(problem, plan) for plan in plans) - left)
        if not gaps:
            continue
        if not staff:
            rows += [
                Row(f"{title}, above the bound, mean", statistics.mean(gaps), "%",
                    f"<= {family.gap:g}"),
                Row(f"{title}, above the bound, worst", max(gaps), "%"),
                Row(f"{title}, above our bound, mean", statistics.mean(ours), "%",
                    f"<= {family.gap:g}"),
            ]  # fmt: skip
        # where officers are few the bounds are far too low to say anything
        rows += [
            Row(f"{title}{staff}, above the best known, mean", statistics.mean(beyond), "%"),
            Row(f"{title}{staff}, priority left out beyond best known", max(more), "", "<= 0"),
        ]
    goal = f"<= {MEGABYTES}" if family is CITY else ""
    return [*rows, Row(f"{title}, memory, most", megabytes, "MB", goal)]


def _plan(
    solves: Solves, problem: Problem, path: Path, *, seed: int, seconds: float
) -> tuple[Plan | None, float]:
    answer = solves.ours("crews", path, seed=seed, seconds=seconds)
    if answer is None:
        return None, 0
    return solves.judged("ours", problem, plan_from_json(answer["plan"])), answer["megabytes"]


def _percent(cost: float, known: float) -> float:
    return 100 * (cost / known - 1)


def _priority_left(problem: Problem, plan: Plan) -> int:
    priority = {task.key: task.priority for task in problem.tasks}
    return sum(priority[left.task] for left in plan.unplanned)
