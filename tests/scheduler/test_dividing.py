"""A city is planned in parts: no rule is broken by it, nothing is lost, and across is no worse."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings

from scheduler import rules
from scheduler.check import violations
from scheduler.cost import cost_of
from scheduler.dividing import across, divided, joined
from scheduler.plan import Plan
from scheduler.problem import Car, Kind, Mode, Pin, Problem, Room, Span, Task
from scheduler.solver import solve
from tests.scheduler.benchmark_problems import DATA, bureau_problem, crew_problem
from tests.scheduler.test_solver import problems

NINE, FIVE = 540, 1020
FORTNIGHT = tuple(date(2026, 11, 23) + timedelta(days=day) for day in range(14))


def planned(parts: list[Problem], iterations: int = 300) -> list[Plan]:
    return [solve(part, seconds=20, iterations=iterations) for part in parts]


def weight_left(problem: Problem, plan: Plan) -> int:
    left = {one.task for one in plan.unplanned}
    return sum(t.priority for t in problem.tasks if t.key in left and t.penalty is None)


@pytest.fixture
def city(bureau):
    """Two districts that share a base: two officers, a car and a desk each."""
    tasks = [bureau.on_site(f"武昌{n}", site=1 + n % 2, minutes=40) for n in range(4)]
    tasks += [bureau.video(f"武昌视频{n}") for n in range(4)]
    tasks += [bureau.on_site(f"洪山{n}", site=3 + n % 2, district="洪山") for n in range(4)]
    tasks += [bureau.video(f"洪山视频{n}", district="洪山") for n in range(4)]
    officers = [bureau.officer(key) for key in ("wang", "li")]
    officers += [bureau.officer(key, home="洪山") for key in ("zhao", "chen")]
    return bureau.problem(*tasks, officers=tuple(officers))


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(problem=problems())
def test_parts_never_share_anybody_and_their_plans_together_keep_every_rule(problem):
    parts = divided(problem)

    _refuse_anything_shared(problem, parts)
    plans = planned(parts, 150)
    whole = joined(problem, plans)
    assert violations(problem, whole) == []
    assert sum(plan.planned for plan in plans) == whole.planned
    better = across(problem, plans, seconds=20, iterations=300)
    assert violations(problem, better) == []
    assert weight_left(problem, better) <= weight_left(problem, whole)
    if weight_left(problem, better) == weight_left(problem, whole):
        assert cost_of(problem, better) <= cost_of(problem, whole)


def _refuse_anything_shared(problem: Problem, parts: list[Problem]) -> None:
    surveys = Counter(task.key for part in parts for task in part.tasks)
    assert not surveys or max(surveys.values()) == 1
    for day in range(len(problem.days)):
        for officer in problem.officers:
            _refuse_overlaps(
                rules.duty(officer, day),
                [rules.duty(o, day) for p in parts for o in p.officers if o.key == officer.key],
            )
        for car in problem.cars:
            free = rules.car_free(car, day) & ((1 << 1440) - 1)
            cars = [one for part in parts for one in part.cars if one.key == car.key]
            _refuse_overlaps(free, [rules.car_free(one, day) & free for one in cars])
    desks: Counter[str] = Counter()
    for part in parts:
        for room in part.rooms:
            desks[room.key] += room.capacity
    assert all(desks[room.key] <= room.capacity for room in problem.rooms)


def _refuse_overlaps(whole: int, shares: list[int]) -> None:
    seen = 0
    for share in shares:
        assert share & ~whole == 0
        assert share & seen == 0
        seen |= share


def test_each_district_plans_its_own_with_its_share_of_cars_and_desks(city):
    parts = divided(city)

    assert sorted({task.district for task in part.tasks} for part in parts) == [{"武昌"}, {"洪山"}]
    assert [(len(part.cars), [room.capacity for room in part.rooms]) for part in parts] == [
        (1, [1])
    ] * 2
    assert joined(city, planned(parts)).unplanned == ()


def test_the_same_seed_and_count_divide_and_plan_the_same(city):
    plans = [across(city, planned(divided(city)), seconds=20, iterations=500) for _ in range(2)]

    assert plans[0] == plans[1]


def test_districts_that_would_have_no_car_of_their_own_are_planned_together(city):
    assert len(divided(replace(city, cars=city.cars[:1]))) == 1
    assert len(divided(replace(city, rooms=(Room("云踏勘室", 0, capacity=1),)))) == 1


def test_a_third_car_goes_now_to_one_district_now_to_the_other(city):
    three = replace(city, cars=(*city.cars, Car("鄂A3", 0)))

    days = [
        sum(bool(rules.car_free(car, day) & 1 << NINE) for car in part.cars for day in range(2))
        for part in divided(three)
    ]

    assert days == [3, 3]


def test_a_district_without_officers_is_left_to_those_who_may_help_there(city, bureau):
    zone = bureau.video("功能区", district="东湖")
    helped = replace(city, tasks=(*city.tasks, zone))
    assert "功能区" not in {task.key for part in divided(helped) for task in part.tasks}

    allowed = frozenset({"东湖"})
    officers = tuple(
        replace(one, allowed=allowed) if one.home == "洪山" else one for one in city.officers
    )
    parts = divided(replace(helped, officers=officers))

    [part] = [part for part in parts if any(task.key == "功能区" for task in part.tasks)]
    assert {officer.home for officer in part.officers} == {"洪山"}


def test_what_no_district_can_do_alone_is_done_across_them(city, bureau):
    """A joint survey of two crews, each of its own district's officers."""
    both = Mode(
        Kind.ON_SITE, 30, frozenset({"bakery", "fire"}), site=2, officers=1,
        crews=(frozenset({"bakery"}), frozenset({"fire"})),
    )  # fmt: skip
    officers = tuple(
        replace(one, qualifications=frozenset({"fire"}), allowed=frozenset({"武昌"}))
        if one.home == "洪山"
        else one
        for one in city.officers
    )
    own = tuple(task for task in city.tasks if task.district == "武昌")
    problem = replace(city, tasks=(*own, Task("联合", "武昌", (both,))), officers=officers)

    plans = planned(divided(problem))

    assert [left.task for left in joined(problem, plans).unplanned] == ["联合"]
    plan = across(problem, plans, seconds=20, iterations=2_000)
    assert violations(problem, plan) == []
    assert plan.unplanned == ()


def test_a_survey_left_out_at_home_finds_help_elsewhere(city, bureau):
    """武昌's two officers are on leave on both mornings; 洪山's may help."""
    morning = tuple(Span(day, 0, 720) for day in range(2))
    officers = tuple(
        replace(one, allowed=frozenset({"武昌"}))
        if one.home == "洪山"
        else replace(one, away=morning)
        for one in city.officers
    )
    urgent = bureau.video("急件", windows=(Span(0, 600, 630),))
    problem = replace(city, tasks=(*city.tasks, urgent), officers=officers)

    plans = planned(divided(problem))

    assert "急件" in {left.task for left in joined(problem, plans).unplanned}
    assert across(problem, plans, seconds=20, iterations=2_000).unplanned == ()


def test_a_promise_of_officers_of_two_districts_is_kept_in_one_part(city, bureau):
    pin = Pin(0, frozenset({"wang", "zhao"}), day=0, start=600)
    problem = replace(city, tasks=(*city.tasks, bureau.video("回访", pinned=pin)))

    parts = divided(problem)
    plan = joined(problem, planned(parts))

    assert len(parts) == 2
    assert violations(problem, plan) == []
    assert plan.appointments()["回访"].officers == {"wang", "zhao"}


def test_who_is_promised_to_go_out_together_is_planned_together(city, bureau):
    pin = Pin(0, frozenset({"wang", "zhao"}), day=0, start=720)
    officers = tuple(replace(one, allowed=frozenset({"武昌", "洪山"})) for one in city.officers)
    problem = replace(
        city, officers=officers, tasks=(*city.tasks, bureau.on_site("回访", pinned=pin))
    )

    assert len(divided(problem)) == 1


def test_a_fortnight_is_planned_by_the_week_and_what_is_urgent_in_the_first(bureau):
    shifts = tuple(Span(day, NINE, FIVE) for day in range(14))
    officers = tuple(bureau.officer(key, shifts=shifts) for key in ("wang", "li"))
    tasks = [bureau.video(f"视频{n}", minutes=120, priority=1 + n % 2) for n in range(90)]
    tasks[7] = replace(tasks[7], deadline=3)
    tasks[8] = replace(tasks[8], windows=(Span(11, NINE, FIVE),))
    problem = bureau.problem(*tasks, officers=officers, days=FORTNIGHT)

    first, second = sorted(divided(problem), key=lambda part: part.officers[0].shifts)

    assert {span.day for officer in first.officers for span in officer.shifts} == set(range(7))
    assert len(first.tasks) + len(second.tasks) == 90
    assert tasks[7] in first.tasks
    assert tasks[8] in second.tasks
    assert Counter(task.priority for task in first.tasks)[2] > 40
    assert joined(problem, planned([first, second])).planned > 75


def test_a_fortnight_with_little_to_do_is_done_in_its_first_week(bureau):
    shifts = tuple(Span(day, NINE, FIVE) for day in range(14))
    officers = tuple(bureau.officer(key, shifts=shifts) for key in ("wang", "li"))
    tasks = [bureau.video(f"视频{n}") for n in range(20)]

    [part] = divided(bureau.problem(*tasks, officers=officers, days=FORTNIGHT))

    assert {span.day for officer in part.officers for span in officer.shifts} == set(range(7))


def test_a_pass_across_without_time_keeps_what_the_parts_planned(city):
    plans = planned(divided(city))

    plan = across(city, plans, seconds=0)

    assert plan.planned == len(city.tasks)
    assert plan.appointments() == joined(city, plans).appointments()


@pytest.mark.skipif(not DATA.exists(), reason="the instances are not beside the checkout")
def test_a_city_of_crews_that_share_nothing_is_parted_by_its_districts():
    problem = crew_problem(DATA / "crews" / "city6_week_s1.json")

    parts = divided(problem)

    assert len(parts) == 6
    plans = planned(parts, 100)
    assert violations(problem, joined(problem, plans)) == []
    assert violations(problem, across(problem, plans, seconds=20, iterations=500)) == []


@pytest.mark.skipif(not DATA.exists(), reason="the instances are not beside the checkout")
def test_districts_with_bases_of_their_own_are_parts_of_their_own():
    city = DATA / "bureau" / "city_400x5x6000_s1.json"
    problem = bureau_problem(city, surveys=900, full=True)

    parts = divided(problem)

    assert {len({task.district for task in part.tasks}) for part in parts} == {1}
    assert len(parts) == len({task.district for task in problem.tasks})
    plans = planned(parts, 100)
    whole = joined(problem, plans)
    assert violations(problem, whole) == []
    better = across(problem, plans, seconds=20, iterations=2_000)
    assert violations(problem, better) == []
    assert weight_left(problem, better) <= weight_left(problem, whole)
