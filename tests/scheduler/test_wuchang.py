"""A day like Wuchang's: 17 officers, 5 cars, 60 surveys, 45 of them by video."""

from __future__ import annotations

import json
import math
import time
from datetime import date, timedelta
from pathlib import Path

import pytest

from scheduler.check import violations
from scheduler.problem import Car, Kind, Mode, Officer, Policy, Problem, Room, Span, Task
from scheduler.solver import solve

CREWS = Path(__file__).parents[2].parent / "shared" / "data" / "crews"


def read(path: Path) -> Problem:
    """A crew instance as a problem; its field names are explained beside the instances."""
    told = json.loads(path.read_text(encoding="utf-8"))
    spans = [Span(h["day"], h["start"] // 60, h["end"] // 60) for h in told["halfdays"]]
    bases = [base["location"] for base in told["bases"]]
    ways, settings, cost = told["travel"], told["settings"], told["cost"]

    def seconds(start: list[float], end: list[float]) -> int:
        kilometres = math.dist(start, end) * ways["detour"]
        return round(kilometres / ways["speed_kmh"] * 3600 + ways["fixed_s"])

    def task(told: dict) -> Task:
        kind = Kind.ON_SITE if told["mode"] == "onsite" else Kind.VIDEO
        types = frozenset(map(str, told["types"]))
        return Task(
            key=str(told["id"]),
            district=str(told["district"]),
            modes=(Mode(kind, told["minutes"], types, site=told["site"]),),
            windows=tuple(spans[half] for half in told["halfdays"]),
            deadline=told["due"],
            priority=told["priority"],
            recused=frozenset(map(str, told["recused"])),
        )

    places = told["locations"]
    return Problem(
        days=tuple(date(2026, 11, 23) + timedelta(days=day) for day in range(told["days"])),
        officers=tuple(
            Officer(
                key=str(officer["id"]),
                base=bases[officer["base"]],
                qualifications=frozenset(map(str, officer["types"])),
                home=str(officer["base"]),
                allowed=frozenset(map(str, officer["districts"])),
                shifts=tuple(spans),
                away=tuple(spans[half] for half in officer["leave"]),
            )
            for officer in told["officers"]
        ),
        cars=tuple(
            Car(f"{base['id']}-{number}", base["location"])
            for base in told["bases"]
            for number in range(base["cars"])
        ),
        rooms=tuple(
            Room(str(base["id"]), base["location"], base["video_rooms"]) for base in told["bases"]
        ),
        tasks=tuple(map(task, told["surveys"])),
        travel=tuple(
            tuple(0 if a == b else seconds(places[a], places[b]) for b in range(len(places)))
            for a in range(len(places))
        ),
        policy=Policy(
            officers_on_site=settings["onsite_officers"],
            officers_on_video=settings["video_officers"],
            video_grid=told["video_grid"] // 60,
            setup_minutes=settings["setup_s"] // 60,
            unplanned_cost=cost["unassigned"],
            trip_cost=cost["trip"],
            arrival_cost=cost["visit"],
        ),
    )


@pytest.mark.skipif(not CREWS.exists(), reason="the crew instances are not beside the checkout")
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_day_is_planned_whole_within_three_seconds(seed):
    problem = read(CREWS / f"wuchang_day_s{seed}.json")
    began = time.process_time()

    plan = solve(problem, seconds=3, iterations=20000)

    assert time.process_time() - began < 3
    assert violations(problem, plan) == []
    assert plan.unplanned == ()
    assert (len(problem.tasks), len(plan.desk_visits)) == (60, 45)


@pytest.mark.skipif(not CREWS.exists(), reason="the crew instances are not beside the checkout")
def test_a_day_with_too_few_officers_says_why_surveys_are_left_out():
    problem = read(CREWS / "wuchang_day_s1_o12c3.json")

    plan = solve(problem, seconds=3, iterations=20000)

    assert violations(problem, plan) == []
    assert 2 <= len(plan.unplanned) <= 8  # two is the proven optimum
    for left in plan.unplanned:
        assert sum(reason.officers for reason in left.reasons) == len(problem.officers)
