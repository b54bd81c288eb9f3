"""Ways without a map: the great circle and a detour."""

from __future__ import annotations

import pytest

from scheduler.check import violations
from scheduler.instances import problem_from_json, problem_to_json
from scheduler.refusals import Nonsense, ProblemRefused
from scheduler.solver import solve
from scheduler.staff import Car
from scheduler.travel import StraightLine, starting_and_ending

WUHAN, BEIJING = (114.305, 30.593), (116.407, 39.904)


def test_the_way_from_wuhan_to_beijing_is_the_great_circle_and_a_detour():
    ways = StraightLine((WUHAN, BEIJING), detour=1.5, speed=10)

    # 1,051.9 km by the haversine formula on a sphere of 6,371.0088 km
    assert ways[0][1] == pytest.approx(1_051_900 * 1.5 / 10, rel=1e-3)
    assert ways[0][1] == ways[1][0]
    assert ways[0][0] == ways[1][1] == 0


def test_on_a_plane_places_are_metres_and_every_way_begins_with_its_standing_time():
    ways = StraightLine(((0, 0), (300, 400), (300, 400)), 1.2, 10, standing=90, plane=True)

    assert ways[0][1] == 90 + 500 * 1.2 / 10
    assert ways[1][2] == 90  # next door one parks anew
    assert ways[1][1] == 0


def test_a_way_to_the_other_side_of_the_earth_is_half_around_it():
    ways = StraightLine(((0, 0), (180, 0)), detour=1, speed=1000)

    assert ways[0][1] == pytest.approx(20_015, abs=1)


@pytest.mark.parametrize("place", [(float("nan"), 30.0), (114.0, float("inf")), (114.0, 91.0)])
def test_a_place_that_is_nowhere_is_refused(place):
    with pytest.raises(ProblemRefused, match="site 1") as refusal:
        StraightLine((WUHAN, place), detour=1.35, speed=7)

    assert refusal.value.code is Nonsense.NOWHERE


@pytest.mark.parametrize("speed", [0.0, -1.0, float("nan")])
def test_nobody_drives_at_no_speed(speed):
    with pytest.raises(ProblemRefused, match="the speed"):
        StraightLine((WUHAN,), detour=1.35, speed=speed)


def test_a_problem_with_places_is_kept_as_places_and_planned_the_same(bureau):
    ways = StraightLine(tuple((114.3 + n / 100, 30.6) for n in range(5)), detour=1.35, speed=7)
    problem = bureau.problem(*(bureau.on_site(f"店{n}", site=n) for n in range(1, 5)), travel=ways)

    text = problem_to_json(problem)
    again = problem_from_json(text)

    assert '"places":[[114.3,30.6]' in text
    assert again == problem
    assert solve(again, seconds=5, iterations=500) == solve(problem, seconds=5, iterations=500)


def test_a_round_may_set_out_at_the_bureau_and_end_elsewhere(bureau):
    bureau_site, shop, depot = 0, 1, 4
    ways = bureau.problem(bureau.on_site("any")).travel
    home = len(ways)
    problem = bureau.problem(
        bureau.on_site("店", site=shop, minutes=30),
        travel=starting_and_ending(ways, start=bureau_site, end=depot),
        officers=tuple(bureau.officer(key, base=home) for key in ("wang", "li")),
        cars=(Car("鄂A1", home),),
    )

    plan = solve(problem, seconds=5, iterations=100)

    [trip] = plan.trips
    out, back = ways[bureau_site][shop], ways[shop][depot]
    assert trip.travel_seconds == out + back
    assert trip.back - (trip.stops[0].arrive + problem.policy.setup_minutes) >= 30 + back // 60
    assert violations(problem, plan) == []
