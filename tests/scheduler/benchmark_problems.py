"""Instances from research and from our generators as problems; their fields are explained beside
the data. What the planner calls a minute or a second may be another unit there."""

from __future__ import annotations

import json
import math
import os
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from scheduler.problem import (
    Car,
    Kind,
    Mode,
    Officer,
    Policy,
    Problem,
    Room,
    Span,
    StraightLine,
    Task,
)

#: Beside the checkout, where nothing else is said.
DATA = Path(os.environ.get("YUNKAN_INSTANCES") or Path(__file__).parents[3] / "shared" / "data")

MONDAY = date(2026, 11, 23)


def _days(count: int) -> tuple[date, ...]:
    return tuple(MONDAY + timedelta(days=day) for day in range(count))


@dataclass(frozen=True)
class Vrptw:
    """A vehicle routing instance with windows, in tenths as the DIMACS challenge counts them."""

    vehicles: int
    capacity: int
    distance: list[list[int]]  # truncated to tenths
    customers: list[tuple[int, int, int, int]]  # demand, ready, due, service; the first: depot
    places: list[tuple[float, float]]


def read_vrptw(path: Path) -> Vrptw:
    rows = [line.split() for line in path.read_text().splitlines()]
    fleet = next(number for number, row in enumerate(rows) if row[:1] == ["NUMBER"])
    vehicles, capacity = map(int, rows[fleet + 1])
    points = [
        [float(value) for value in row]
        for row in rows[fleet + 2 :]
        if len(row) == 7 and row[0].isdigit()
    ]
    distance = [
        [int(10 * math.dist(one[1:3], other[1:3]) + 1e-9) for other in points] for one in points
    ]
    customers = [
        (int(demand), int(ready * 10), int(due * 10), int(service * 10))
        for _, _, _, demand, ready, due, service in points
    ]
    places = [(x, y) for _, x, y, *_ in points]
    return Vrptw(vehicles, capacity, distance, customers, places)


def vrptw_problem(told: Vrptw) -> Problem:
    """One officer a vehicle, one whole-day round each; a minute is a tenth, so are 60 seconds."""
    horizon = told.customers[0][2]
    shift = (Span(0, 0, horizon),)
    return Problem(
        days=_days(1),
        officers=tuple(
            Officer(str(number), 0, frozenset(), "", shift) for number in range(told.vehicles)
        ),
        cars=tuple(Car(str(n), 0, load=told.capacity) for n in range(told.vehicles)),
        tasks=tuple(
            Task(
                key=str(number),
                district="",
                # an instance without service time still takes a moment
                modes=(Mode(Kind.ON_SITE, max(1, service), frozenset(), site=number),),
                windows=(Span(0, ready, due + max(1, service)),),
                load=demand,
            )
            for number, (demand, ready, due, service) in enumerate(told.customers)
            if number
        ),
        travel=[[60 * tenths for tenths in row] for row in told.distance],
        policy=Policy(
            officers_on_site=1,
            whole_shift=True,
            setup_minutes=0,
            unplanned_cost=60_000_000,
            trip_cost=0,
            arrival_cost=0,
            waiting_cost=0,
            cross_district_cost=0,
        ),
    )


#: Of a minute of home care the planner's minutes are so many, and its day so many minutes long.
CARE_PARTS, CARE_DAY = 100, 1_500


def care_problem(path: Path) -> Problem:
    """Home care with visits by two carers, at once or one after the other (Mankowska, Meisel and
    Bierwirth, Health Care Management Science 17, 2014). Each carer is an officer with a car.

    A plan's cost is the instance's, in 1/6000, times 3: ways, what begins too late, and by how much
    the latest does. A way takes up to 1/100 of a minute more than it should.
    """
    told = json.loads(path.read_text(encoding="utf-8"))
    carers = told["caregivers"]

    def task(number: int, patient: dict[str, Any]) -> Task:
        services = [visit["service"] for visit in patient["required_caregivers"]]
        minutes = round(CARE_PARTS * patient["required_caregivers"][0]["duration"])
        crews = tuple(frozenset({service}) for service in services) if services[1:] else ()
        together = patient.get("synchronization", {})
        gap = [round(CARE_PARTS * minute) for minute in together.get("distance", (0, 0))]
        earliest, latest = patient["time_window"]
        mode = Mode(
            Kind.ON_SITE,
            minutes,
            frozenset(services),
            site=number,
            crews=crews,
            after=((gap[0], gap[1]),) if crews else (),
        )
        return Task(
            key=patient["id"],
            district="",
            modes=(mode,),
            windows=(Span(0, math.ceil(CARE_PARTS * earliest), CARE_PARTS * CARE_DAY),),
            begin_by=math.floor(CARE_PARTS * latest),
        )

    return Problem(
        days=_days(1),
        officers=tuple(
            Officer(
                key=carer["id"],
                base=0,
                qualifications=frozenset(carer["abilities"]),
                home="",
                shifts=(Span(0, 0, CARE_PARTS * CARE_DAY),),
            )
            for carer in carers
        ),
        cars=tuple(Car(carer["id"], 0) for carer in carers),
        tasks=tuple(task(number, patient) for number, patient in enumerate(told["patients"], 1)),
        travel=[
            [60 * math.ceil(CARE_PARTS * minutes - 1e-6) for minutes in row]
            for row in told["distances"]
        ],
        policy=Policy(
            officers_on_site=1,
            whole_shift=True,
            meeting_grid=1,
            setup_minutes=0,
            unplanned_cost=600_000_000,
            trip_cost=0,
            arrival_cost=0,
            waiting_cost=0,
            tardy_cost=60,
            worst_tardy_cost=60,
        ),
    )


def bureau_problem(path: Path, surveys: int | None = None, *, full: bool = False) -> Problem:
    """The core of a generated bureau: single experts, on site, a round a day each.

    ``full`` adds what the core leaves out: joint surveys by as many experts as they have item
    types (and as important as so many surveys), video, its rooms, priorities, conflicts of
    interest, and a price for help from another district; and an expert may go out twice a day.

    ``surveys`` keeps so many, of the first districts, and the experts at home there; where there
    are not as many, the city is there again beside itself.
    """
    told = json.loads(path.read_text(encoding="utf-8"))
    if surveys is not None:
        told = _first_districts(_side_by_side(told, -(-surveys // len(told["surveys"]))), surveys)
    experts = told["experts"]
    return Problem(
        days=_days(told["days"]),
        officers=tuple(
            Officer(
                key=str(number),
                base=expert["home"],
                qualifications=frozenset(map(str, expert["cats"])),
                home=str(expert["home"]),
                allowed=frozenset(map(str, expert["allowed"])),
                shifts=tuple(
                    Span(day, expert["shift"][0] // 60, expert["shift"][1] // 60)
                    for day in range(told["days"])
                    if day not in expert["leave"]
                ),
            )
            for number, expert in enumerate(experts)
            if len(expert["leave"]) < told["days"]
        ),
        cars=tuple(Car(str(number), expert["home"]) for number, expert in enumerate(experts)),
        tasks=tuple(
            Task(
                key=str(number),
                district=str(survey["dist"]),
                modes=_full_modes(survey) if full else (_on_site(survey),),
                priority=survey["prio"] * max(1, len(survey["joint"])) if full else 1,
                recused=frozenset(map(str, survey["coi"])) if full else frozenset(),
                windows=tuple(
                    Span(day, first // 60, (last + survey["svc"]) // 60)
                    for day, first, last in survey["win"]
                ),
            )
            for number, survey in enumerate(told["surveys"])
        ),
        travel=StraightLine(  # the generator counts in kilometres
            tuple((1000 * x, 1000 * y) for x, y in told["locs"]),
            detour=1.35,
            speed=28_000 / 3600,
            standing=180.0,
            plane=True,
        ),
        rooms=tuple(Room(str(base), base, told["rooms"]) for base in range(told["ndist"]))
        if full
        else (),
        policy=Policy(
            officers_on_site=1,
            whole_shift=not full,
            video_grid=30,
            meeting_grid=30,
            setup_minutes=0,
            unplanned_cost=100_000,
            trip_cost=0,
            arrival_cost=0,
            waiting_cost=0,
            cross_district_cost=600 if full else 0,
        ),
    )


def _on_site(survey: dict[str, Any]) -> Mode:
    types = frozenset({str(survey["cat"])})
    return Mode(Kind.ON_SITE, survey["svc"] // 60, types, site=survey["loc"])


def _full_modes(survey: dict[str, Any]) -> tuple[Mode, ...]:
    on_site, joint = _on_site(survey), [str(kind) for kind in survey["joint"]]
    if len(joint) > 1:
        crews = tuple(frozenset({kind}) for kind in joint)
        return (replace(on_site, required_types=frozenset(joint), crews=crews),)
    by_video = replace(on_site, kind=Kind.VIDEO, site=None)
    return {"onsite": (on_site,), "video": (by_video,), "either": (on_site, by_video)}[
        survey["mode"]
    ]


def _side_by_side(told: dict[str, Any], copies: int) -> dict[str, Any]:
    """The city so many times from west to east; nobody goes from one copy to another."""
    districts, places, apart = told["ndist"], told["locs"], 100
    sites = places[districts:]
    moved = [
        [[x + apart * copy, y] for x, y in part]
        for part in (places[:districts], sites)
        for copy in range(copies)
    ]
    return told | {
        "ndist": copies * districts,
        "locs": [place for part in moved for place in part],
        "experts": [
            expert
            | {
                "home": expert["home"] + copy * districts,
                "allowed": [district + copy * districts for district in expert["allowed"]],
            }
            for copy in range(copies)
            for expert in told["experts"]
        ],
        "surveys": [
            survey
            | {
                "dist": survey["dist"] + copy * districts,
                "loc": survey["loc"] + (copies - 1) * districts + copy * len(sites),
            }
            for copy in range(copies)
            for survey in told["surveys"]
        ],
    }


def _first_districts(told: dict[str, Any], count: int) -> dict[str, Any]:
    surveys = sorted(told["surveys"], key=lambda survey: survey["dist"])[:count]
    districts = {survey["dist"] for survey in surveys}
    places = [*range(told["ndist"]), *(survey["loc"] for survey in surveys)]  # districts come first
    return told | {
        "locs": [told["locs"][place] for place in places],
        "experts": [expert for expert in told["experts"] if expert["home"] in districts],
        "surveys": [
            survey | {"loc": told["ndist"] + number} for number, survey in enumerate(surveys)
        ],
    }


def crew_problem(path: Path) -> Problem:
    """A bureau of crews of two, cars and video rooms, in half-days."""
    told = json.loads(path.read_text(encoding="utf-8"))
    spans = [Span(h["day"], h["start"] // 60, h["end"] // 60) for h in told["halfdays"]]
    bases = [base["location"] for base in told["bases"]]
    ways, settings, cost = told["travel"], told["settings"], told["cost"]
    places = told["locations"]

    def seconds(a: int, b: int) -> int:
        if a == b:
            return 0
        kilometres = math.dist(places[a], places[b]) * ways["detour"]
        return round(kilometres / ways["speed_kmh"] * 3600 + ways["fixed_s"])

    def task(told: dict) -> Task:
        kind = Kind.ON_SITE if told["mode"] == "onsite" else Kind.VIDEO
        types = frozenset(map(str, told["types"]))
        qualified = settings["onsite_qualified"] if kind is Kind.ON_SITE else 1
        return Task(
            key=str(told["id"]),
            district=str(told["district"]),
            modes=(Mode(kind, told["minutes"], types, site=told["site"], qualified=qualified),),
            windows=tuple(spans[half] for half in told["halfdays"]),
            deadline=told["due"],
            priority=told["priority"],
            recused=frozenset(map(str, told["recused"])),
        )

    return Problem(
        days=_days(told["days"]),
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
        travel=[[seconds(a, b) for b in range(len(places))] for a in range(len(places))],
        policy=Policy(
            officers_on_site=settings["onsite_officers"],
            officers_on_video=settings["video_officers"],
            video_grid=told["video_grid"] // 60,
            setup_minutes=settings["setup_s"] // 60,
            unplanned_cost=cost["unassigned"],
            trip_cost=cost["trip"],
            arrival_cost=cost["visit"],
            waiting_cost=0,
            cross_district_cost=0,
        ),
    )
