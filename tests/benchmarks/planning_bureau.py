"""A bureau's day and week with single officers: surveys left out and driving, against the peers.

All are judged by `scheduler.check`, a survey left out before any driving.
"""

from __future__ import annotations

import json
import statistics
from collections import defaultdict
from collections.abc import Iterable

from planning_children import one_core
from planning_environment import peers
from planning_routing import plan_of, routing_of
from planning_solves import Solves, missing
from rows import Row

from scheduler.bound import THOROUGH, lower_bound
from scheduler.cost import cost_of
from scheduler.plan import Plan
from tests.scheduler.benchmark_problems import DATA, bureau_problem

DAY = DATA / "bureau" / "day_15x100_s1.json"
WEEK = DATA / "bureau" / "week_60x5x1200_s1.json"
SEEDS = 5

#: What the bound of a day, and that of a week, may take.
BOUND_SECONDS = 300
WEEK_BOUND_SECONDS = 900

Turn = tuple[str, float]  # an engine and its seconds
Plans = dict[Turn, list[Plan]]

DAY_TURNS: list[Turn] = [("ours", 5), ("vroom", 30), ("pyvrp", 30), ("ortools", 30)]
WEEK_TURNS: list[Turn] = [("ours", 10), ("vroom", 10), ("vroom", 30), ("pyvrp", 30)]


def measure(quick: bool) -> list[Row]:
    if lost := missing("bureau", "bureau"):
        return lost
    with one_core():
        if quick:
            solves = Solves("bureau")
            return [*_day(solves, [("ours", 2)], seeds=1), *solves.rows()]
        solves = Solves("bureau", peers())
        return [
            *_day(solves, DAY_TURNS, seeds=SEEDS),
            *_week(solves, WEEK_TURNS, seeds=SEEDS),
            *solves.rows(),
        ]


def _day(solves: Solves, turns: list[Turn], *, seeds: int) -> list[Row]:
    plans = _plans(solves, DAY.name, turns, seeds)
    rows = _told("bureau day", plans)
    others = [plan for (engine, _), made in plans.items() if engine != "ours" for plan in made]
    ours = [plan for (engine, _), made in plans.items() if engine == "ours" for plan in made]
    if ours and others:
        rows += _above_the_bound(ours)
        fewest = min(len(plan.unplanned) for plan in others)
        most = max(len(plan.unplanned) for plan in ours)
        title = "bureau day, most left out by ours, fewest by a peer"
        rows.append(Row(title, most, "surveys", f"<= {fewest}"))
    return rows


def _above_the_bound(plans: list[Plan]) -> list[Row]:
    problem = bureau_problem(DAY)
    costs = [cost_of(problem, plan) for plan in plans]
    bound = lower_bound(problem, seconds=BOUND_SECONDS, known=min(costs), effort=THOROUGH)
    title = "bureau day, ours above the set-partitioning bound"
    return [Row(title, 100 * (statistics.median(costs) / bound.cost - 1), "%", "<= 1")]


def _week(solves: Solves, turns: list[Turn], *, seeds: int) -> list[Row]:
    plans = _plans(solves, WEEK.name, turns, seeds)
    rows = _told("bureau week", plans)
    ours = plans.get(turns[0])
    if not ours:
        return rows
    most = max(len(plan.unplanned) for plan in ours)
    rows.append(Row("bureau week, most left out by ours", most, "surveys", "<= 0"))
    least = lower_bound(bureau_problem(WEEK), seconds=WEEK_BOUND_SECONDS).cost
    title = "bureau week, ours above the least that any plan could drive"
    rows.append(Row(title, 100 * (_driving(ours) / least - 1), "%"))
    goals = {("vroom", 10): "<= 0.7", ("vroom", 30): "<= 0.8", ("pyvrp", 30): ""}
    for (engine, seconds), goal in goals.items():
        if others := plans.get((engine, seconds)):
            ratio = _driving(ours) / _driving(others)
            title = f"bureau week, our driving of {engine}'s in {seconds} s"
            rows.append(Row(title, ratio, "share", goal))
            title = f"bureau week, the least possible of {engine}'s in {seconds} s"
            rows.append(Row(title, least / _driving(others), "share"))
    return rows


def _told(title: str, plans: Plans) -> list[Row]:
    """The median of the seeds."""
    rows = []
    for (engine, seconds), made in plans.items():
        left = statistics.median(len(plan.unplanned) for plan in made)
        who = f"{title}, {engine} {seconds:g} s"
        rows += [
            Row(f"{who}, left out", left, "surveys"),
            Row(f"{who}, driving", _driving(made), "s"),
        ]
    return rows


def _driving(plans: Iterable[Plan]) -> float:
    return statistics.median(plan.travel_seconds for plan in plans)


def _plans(solves: Solves, name: str, turns: list[Turn], seeds: int) -> Plans:
    """Plans that break no rule, one a seed. Engines take turns: all meet the same other work."""
    path = DATA / "bureau" / name
    problem = bureau_problem(path)
    places = json.loads(path.read_text(encoding="utf-8"))["locs"]
    routing = routing_of(problem, places).json() if solves.peers else {}
    plans: Plans = defaultdict(list)
    for seed in range(1, seeds + 1):
        for engine, seconds in turns:
            if engine == "ours":
                plan = solves.our_plan(problem, "bureau", path, seed=seed, seconds=seconds)
            elif solves.peers:
                routes = solves.routes(engine, routing, seed=seed, seconds=seconds)
                if routes is None:
                    continue
                plan = solves.judged(engine, problem, plan_of(problem, routes))
            else:
                continue
            if plan:
                plans[engine, seconds].append(plan)
    return plans
