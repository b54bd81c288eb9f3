"""Home care with visits that two carers make together, against the best published plans.

The nearest public relative of joint surveys. Mankowska, Meisel and Bierwirth's instances (Health
Care Management Science 17, 2014) and the plans of Ceschia, Di Gaspero, Rosati and Schaerf
(International Transactions in Operational Research, 2024); every answer is judged from the
instance alone.
"""

from __future__ import annotations

import csv
import json
import statistics

from care_judge import cost
from planning_children import one_core
from planning_solves import Solves, missing
from rows import Row

from tests.scheduler.benchmark_problems import DATA, care_problem

FOLDER = DATA / "hhcrsp"
SIZES = (25, 50, 75, 100, 200)
QUICK = ("InstanzCPLEX_HCSRP_25_1", "InstanzCPLEX_HCSRP_50_2", "InstanzVNS_HCSRP_100_4")
SEEDS, SECONDS = 5, 10.0


def measure(quick: bool) -> list[Row]:
    """Three instances and 3 s each where it is to be quick."""
    if lost := missing("care", "hhcrsp"):
        return lost
    with (FOLDER / "solution_costs.csv").open(encoding="utf-8") as file:
        published = {
            row["instance"]: (int(row["patients"]), float(row["cost"]))
            for row in csv.DictReader(file)
            if int(row["patients"]) in SIZES
        }
    solves = Solves("care")
    with one_core():
        ratios = {
            name: median
            for name in (QUICK if quick else published)
            if (median := _of_published(solves, name, published[name][1], quick=quick))
        }
    if not ratios:
        return solves.rows()
    told = "care, our cost of the published"
    rows = [
        Row(f"{told}, mean", statistics.mean(ratios.values()), "share", _goal(quick, "<= 1.01"))
    ]
    better = statistics.mean(ratio < 1 for ratio in ratios.values())
    rows.append(Row("care, cheaper than published", better, "share", _goal(quick, ">= 0.25")))
    for size in SIZES:
        of_size = [ratio for name, ratio in ratios.items() if published[name][0] == size]
        if of_size:
            rows.append(Row(f"{told}, {size} patients", statistics.mean(of_size), "share"))
    return rows + solves.rows()


def _goal(quick: bool, target: str) -> str:
    """So little time is judged by nobody."""
    return "" if quick else target


def _of_published(solves: Solves, name: str, published: float, *, quick: bool) -> float | None:
    """The median of the seeds; None where there is no right answer."""
    path = FOLDER / f"{name}.json"
    problem, told = care_problem(path), json.loads(path.read_text(encoding="utf-8"))
    services = {
        patient["id"]: [visit["service"] for visit in patient["required_caregivers"]]
        for patient in told["patients"]
    }
    found = []
    for seed in range(1, 2 if quick else SEEDS + 1):
        seconds = 3.0 if quick else SECONDS
        plan = solves.our_plan(problem, "care", path, seed=seed, seconds=seconds)
        if plan is None:
            continue
        routes = {
            trip.officers[0]: [(stop.task, services[stop.task][stop.part]) for stop in trip.stops]
            for trip in plan.trips
        }
        try:
            found.append(cost(told, routes) / published)
        except ValueError as wrong:
            solves.fail("ours", f"{name}: {wrong}")
    return statistics.median(found) if found else None
