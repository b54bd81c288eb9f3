"""A week of food inspections that a city really made: what planning them anew would have saved.

Not known are the inspectors, of whom each of the six teams is given five, nor in which order they
drove. So both plans are ours, by the same planner in the same time: one keeps the city's own team
and day of every visit, the other is free in both.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from planning_children import one_core
from planning_solves import Solves, missing
from rows import Row

from scheduler.check import violations
from scheduler.problem import (
    Car,
    Kind,
    Mode,
    Officer,
    Policy,
    Problem,
    Span,
    StraightLine,
    Task,
)
from scheduler.solver import solve
from tests.scheduler.benchmark_problems import DATA

INSPECTIONS = DATA / "chicago" / "inspections_2013q3.csv"
MONDAY, DAYS = date(2013, 8, 5), 5
CITY_HALL = (-87.6320, 41.8838)
INSPECTORS, MINUTES = 5, 45
SHIFT = (8 * 60, 16 * 60)
SECONDS = 20


def measure(quick: bool) -> list[Row]:
    if lost := missing("Chicago", "chicago"):
        return lost
    problem = _week()
    solves = Solves("Chicago")
    driven = {}
    with one_core():
        for name, asked in (("kept", problem), ("free", _free(problem))):
            plan = solve(asked, seconds=3 if quick else SECONDS, all_seconds=True)
            if plan.unplanned or violations(asked, plan):
                solves.fail("ours", f"{name}: {len(plan.unplanned)} left out, or a rule broken")
            driven[name] = plan.travel_seconds / 3600
    return [
        Row("Chicago, visits of the week", len(problem.tasks), "visits"),
        Row("Chicago, driving with the city's own team and day", driven["kept"], "h"),
        Row("Chicago, driving planned freely", driven["free"], "h"),
        Row("Chicago, saved", 100 * (1 - driven["free"] / driven["kept"]), "%"),
        *solves.rows(),
    ]


def _week() -> Problem:
    """Each visit by its own team, on its own day."""
    visits = list(_visits())
    teams = sorted({team for _, team, _ in visits})
    places = [CITY_HALL, *dict.fromkeys(place for _, _, place in visits)]
    shifts = tuple(Span(day, *SHIFT) for day in range(DAYS))
    return Problem(
        days=tuple(MONDAY + timedelta(days=day) for day in range(DAYS)),
        officers=tuple(
            Officer(f"{team} {number}", 0, frozenset({team}), "Chicago", shifts)
            for team in teams
            for number in range(1, INSPECTORS + 1)
        ),
        cars=tuple(Car(str(number), 0) for number in range(INSPECTORS * len(teams))),
        tasks=tuple(
            Task(
                str(number),
                "Chicago",
                (Mode(Kind.ON_SITE, MINUTES, frozenset({team}), site=places.index(place)),),
                windows=(Span(day, *SHIFT),),
            )
            for number, (day, team, place) in enumerate(visits)
        ),
        travel=StraightLine(tuple(places), detour=1.35, speed=25_000 / 3600),
        policy=Policy(
            officers_on_site=1, setup_minutes=0, trip_cost=0, arrival_cost=0, waiting_cost=0
        ),
    )


def _free(problem: Problem) -> Problem:
    """The same visits by anybody, on any day of the week."""
    teams = frozenset().union(*(officer.qualifications for officer in problem.officers))
    return replace(
        problem,
        officers=tuple(replace(officer, qualifications=teams) for officer in problem.officers),
        tasks=tuple(replace(task, windows=()) for task in problem.tasks),
    )


def _visits() -> Iterable[tuple[int, str, tuple[float, float]]]:
    """Day of the week, team and place of those whose place is known."""
    with INSPECTIONS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            day = (date.fromisoformat(row["inspection_date"]) - MONDAY).days
            if 0 <= day < DAYS and row["latitude"]:
                yield day, row["inspector_team"], (float(row["longitude"]), float(row["latitude"]))
