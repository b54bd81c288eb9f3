"""Routing with windows: our planner, told of officers and rounds, against the best known routes.

Distances as the DIMACS challenge counts them; every answer is judged from the instance alone.
"""

from __future__ import annotations

import csv
import statistics
from collections import defaultdict
from collections.abc import Iterable

from planning_children import one_core
from planning_environment import peers
from planning_routing import routing_of
from planning_solves import Solves, missing
from rows import Row
from vrptw_judge import length

from tests.scheduler.benchmark_problems import DATA, Vrptw, read_vrptw, vrptw_problem

FOLDER = DATA / "vrptw"

#: By number of customers: clustered, random and mixed places; six with short days, six with long.
INSTANCES = {
    100: ("solomon/C104", "solomon/R207", "solomon/RC108"),
    200: ("homberger/C2_2_8", "homberger/R1_2_6", "homberger/RC2_2_5"),
    400: ("homberger/C1_4_9", "homberger/R2_4_3", "homberger/RC1_4_4"),
    1000: ("homberger/C2_10_6", "homberger/R1_10_5", "homberger/RC2_10_8"),
}
FULL = tuple(name for names in INSTANCES.values() for name in names)
QUICK = ("solomon/C104", "solomon/R207", "homberger/R1_2_6")
ENGINES = ("ours", "pyvrp", "vroom", "ortools")

Gaps = dict[tuple[str, str], float]  # percent above best known, by engine and instance


def measure(quick: bool) -> list[Row]:
    if lost := missing("vrptw", "vrptw"):
        return lost
    with one_core():
        solves = Solves("vrptw", peers())
        engines: tuple[str, ...] = ENGINES[:2] if quick else ENGINES
        if solves.peers is None:
            engines = ENGINES[:1]
        gaps = (
            _gaps(solves, QUICK, engines, seeds=1, seconds=2)
            if quick
            else _gaps(solves, FULL, engines, seeds=5, seconds=10)
        )
    # so little time is judged by nobody
    target, ratio = ("", "") if quick else ("<= 0.8", "<= 0.3")
    rows = []
    for engine in engines:
        goal = target if engine == "ours" else ""
        rows += _mean(f"vrptw, gap to best known, {engine}", gaps, engine, FULL, goal)
    if "pyvrp" in engines:
        both = [name for name in FULL if {("ours", name), ("pyvrp", name)} <= gaps.keys()]
        of_pyvrp = sum(gaps["pyvrp", name] for name in both)
        if of_pyvrp > 0:
            share = sum(gaps["ours", name] for name in both) / of_pyvrp
            rows.append(Row("vrptw, our gap of PyVRP's", share, "share", ratio))
    if not quick:
        for size, names in INSTANCES.items():
            for engine in engines:
                rows += _mean(f"vrptw, {size} customers, {engine}", gaps, engine, names)
    return rows + solves.rows()


def _mean(title: str, gaps: Gaps, engine: str, names: Iterable[str], target: str = "") -> list[Row]:
    known = [gaps[engine, name] for name in names if (engine, name) in gaps]
    return [Row(title, statistics.mean(known), "%", target)] if known else []


def _gaps(
    solves: Solves, names: Iterable[str], engines: Iterable[str], *, seeds: int, seconds: float
) -> Gaps:
    """The median of the seeds. Engines take turns, so that all meet the same other work."""
    with (FOLDER / "best_known.csv").open(encoding="utf-8") as file:
        best = {row["instance"]: float(row["best_known"]) for row in csv.DictReader(file)}
    seen: dict[tuple[str, str], list[float]] = defaultdict(list)
    for name in names:
        told = read_vrptw(FOLDER / f"{name}.txt")
        turns = [(seed, engine) for seed in range(1, seeds + 1) for engine in engines]
        for seed, engine in turns:
            routes = _routes(solves, engine, name, told, seed=seed, seconds=seconds)
            if routes is None:
                continue
            try:
                tenths = length(told, routes)
            except ValueError as wrong:
                solves.fail(engine, f"{name}: {wrong}")
                continue
            known = best[name.split("/")[1]]
            seen[engine, name].append(100 * (tenths / 10 / known - 1))
    return {key: statistics.median(values) for key, values in seen.items()}


def _routes(
    solves: Solves, engine: str, name: str, told: Vrptw, *, seed: int, seconds: float
) -> list[list[int]] | None:
    """Customers in order, by route."""
    problem = vrptw_problem(told)
    if engine == "ours":
        path = FOLDER / f"{name}.txt"
        plan = solves.our_plan(problem, "vrptw", path, seed=seed, seconds=seconds)
        return (
            None
            if plan is None
            else [[int(stop.task) for stop in trip.stops] for trip in plan.trips]
        )
    routing = routing_of(problem, told.places, unit=60, all_jobs=True)
    routes = solves.routes(engine, routing.json(), seed=seed, seconds=seconds)
    return None if routes is None else [[1 + job for job in jobs] for _, jobs in routes]
