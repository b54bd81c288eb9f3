"""When somebody could come, asked of a plan that is held in memory."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from scheduler.check import violations
from scheduler.cost import cost_of
from scheduler.offers import HeldPlan
from scheduler.plan import DeskVisit, Plan, Unplanned
from scheduler.problem import Kind, Mode, Pin, Room, Span, Task
from scheduler.replan import repair
from scheduler.solver import solve

NINE, NOON, ONE, FIVE = 540, 720, 780, 1020
HALVES = [Span(day, *half) for day in (0, 1) for half in ((NINE, NOON), (NOON, FIVE))]


def empty(*tasks: Task) -> Plan:
    return Plan(unplanned=tuple(Unplanned(task.key, ()) for task in tasks))


def test_an_empty_day_offers_every_half_and_says_what_the_drive_costs(bureau):
    bakery = bureau.on_site("面包店", site=1)

    offers = HeldPlan(bureau.problem(bakery), empty(bakery)).offers("面包店", HALVES)

    assert [(offer.day, NINE <= offer.start < NOON) for offer in offers] == [
        (0, True), (0, False), (1, True), (1, False),
    ]  # fmt: skip
    assert [offer.cost for offer in offers] == [900 + 300 + 1200] * 2 + [2400 + 120] * 2


def test_an_offer_says_how_much_further_somebody_drives_and_whether_they_pass_by_anyway(bureau):
    bakery, neighbour = bureau.on_site("面包店", site=1), bureau.on_site("隔壁店", site=1)
    problem = bureau.problem(bakery, neighbour)
    plan = solve(bureau.problem(neighbour), seconds=5, iterations=100)
    (visited,) = plan.trips
    held = HeldPlan(problem, plan)

    (beside,) = held.offers("面包店", [Span(visited.day, NINE, FIVE)])
    (alone,) = held.offers("面包店", [Span(1 - visited.day, NINE, FIVE)])

    assert (beside.on_way, beside.driving) == (True, 0)
    assert (alone.on_way, alone.driving) == (False, 1200)


def test_an_appointment_by_video_is_offered_on_the_grid_while_a_desk_is_free(bureau):
    asked = bureau.video("奶茶店")
    meeting = [
        bureau.video(f"视频{n}", minutes=60, pinned=Pin(0, frozenset({who}), 0, NINE))
        for n, who in enumerate(("wang", "li"))  # both desks of the room
    ]
    problem = bureau.problem(asked, *meeting)

    held = HeldPlan(problem, solve(problem, seconds=5, iterations=100))
    with_room = HeldPlan(problem, replace(solve(problem, seconds=5), desk_visits=()))

    assert held.offers("奶茶店", [Span(0, NINE, 600)]) == []
    assert with_room.offers("奶茶店", [Span(0, NINE + 1, 600)])[0].start == 555


def test_what_is_planned_is_not_offered_again_and_what_is_unknown_is_no_survey(bureau):
    problem = bureau.problem(bureau.video("奶茶店"))
    held = HeldPlan(problem, solve(problem, seconds=5))

    assert held.offers("奶茶店", HALVES) == []
    assert held.offers("奶茶店", [Span(9, NINE, FIVE)]) == []
    with pytest.raises(KeyError):
        held.offers("别的店", HALVES)


def test_what_can_no_longer_be_kept_is_named(bureau):
    promised = [bureau.video("面包店"), bureau.video("糕点店")]
    plan = Plan(
        desk_visits=tuple(
            DeskVisit(task.key, 0, who, None, "云踏勘室", 0, NINE, NINE + 20)
            for task, who in zip(promised, ("wang", "li"), strict=True)
        )
    )
    one_desk = (Room("云踏勘室", 0, capacity=1),)

    assert HeldPlan(bureau.problem(*promised), plan).broken == set()
    assert HeldPlan(bureau.problem(*promised, rooms=one_desk), plan).broken == {"糕点店"}


def test_asking_changes_nothing(bureau):
    tasks = [bureau.on_site(f"店{n}", site=1 + n % 4) for n in range(6)]
    problem = bureau.problem(*tasks)
    plan = solve(bureau.problem(*tasks[1:]), seconds=5, iterations=500)
    held = HeldPlan(problem, plan)

    first = held.offers("店0", HALVES)

    assert held.offers("店0", reversed(HALVES)) == first[::-1]


def test_every_offer_holds_once_it_is_promised_and_costs_what_was_said(bureau):
    chance = Random(7)
    tasks = [
        Task(
            f"办件{n}",
            "武昌",
            (
                Mode(Kind.ON_SITE, chance.randrange(10, 60), frozenset({"bakery"}), site=1 + n % 4),
                Mode(Kind.VIDEO, 20, frozenset({"bakery"})),
            )[: chance.choice([1, 2])],
        )
        for n in range(14)
    ]
    plan = solve(bureau.problem(*tasks[1:]), seconds=5, iterations=2_000)
    problem = bureau.problem(*tasks)
    asked = tasks[0]
    held = HeldPlan(problem, plan)
    before = cost_of(problem, replace(plan, unplanned=(*plan.unplanned, Unplanned("办件0", ()))))

    offers = held.offers("办件0", HALVES)

    assert offers
    for offer in offers:
        mode = asked.modes[offer.mode]
        only = replace(
            asked,
            modes=(mode,),
            windows=(Span(offer.day, offer.start, offer.start + mode.minutes),),
        )
        told = bureau.problem(only, *tasks[1:])
        made = repair(told, plan, iterations=0).plan
        assert violations(told, made) == []
        assert not made.unplanned
        assert cost_of(told, made) <= before - problem.policy.unplanned_cost + offer.cost
