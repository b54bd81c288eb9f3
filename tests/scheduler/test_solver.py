"""Whatever is asked of the solver, its plan keeps every rule; and it answers in time."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, given, settings
from yunkan_kernel import Search

from scheduler.check import violations
from scheduler.cost import cost_of, tardy_cost
from scheduler.instances import problem_from_json, problem_to_json
from scheduler.numbering import Numbered
from scheduler.plan import Cause, Reason
from scheduler.problem import Car, Kind, Mode, Pin, Policy, Problem, Span, Task
from scheduler.solver import Progress, solve
from tests.scheduler.any_problem import problems


@settings(
    max_examples=100, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
@given(problem=problems())
def test_any_plan_keeps_every_rule_and_gives_every_reason(problem):
    plan = solve(problem, seconds=10, iterations=4000)

    assert violations(problem, plan) == []
    for left in plan.unplanned:
        task = next(task for task in problem.tasks if task.key == left.task)
        assert Cause.STOPPED not in {reason.cause for reason in left.reasons}
        for kind in {mode.kind for mode in task.modes}:
            counted = sum(reason.officers for reason in left.reasons if reason.kind is kind)
            assert counted == len(problem.officers)
    assert problem_from_json(problem_to_json(problem)) == problem


@pytest.mark.slow
@settings(
    max_examples=100, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
@given(problem=problems())
def test_what_the_search_counts_is_what_its_plan_costs(problem):
    numbered = Numbered.of(problem, {})
    search = Search(numbered.setting, 1)
    search.construct(None)
    search.improve(10, 500, True, None)

    plan = numbered.plan(search)

    promised = {task.key for task in problem.tasks if task.pinned}  # weigh more left out
    if promised.isdisjoint(left.task for left in plan.unplanned):
        assert cost_of(problem, plan) == search.cost


def test_a_round_merges_surveys_at_one_site(bureau):
    problem = bureau.problem(
        bureau.on_site("面包店", site=1),
        bureau.on_site("药店", site=2),
        bureau.on_site("火锅店", site=1),
    )

    plan = solve(problem, seconds=5)

    [trip] = plan.trips
    assert sorted(stop.task for stop in trip.stops) == ["火锅店", "药店", "面包店"]
    assert plan.travel_seconds == 4 * 600
    assert cost_of(problem, plan) == 900 + 2 * 300 + 4 * 600


def test_an_officer_goes_out_before_and_after_his_video_surveys(bureau):
    officers = (bureau.officer("wang"), bureau.officer("li"))
    videos = [bureau.video(f"视频{n}", minutes=45) for n in range(8)]

    plan = solve(bureau.problem(bureau.on_site("面包店"), *videos, officers=officers), seconds=5)

    assert (plan.on_site, len(plan.desk_visits), plan.unplanned) == (1, 8, ())


def test_the_more_important_survey_is_planned_when_only_one_fits(bureau):
    window = (Span(0, 540, 570),)
    tasks = [
        bureau.video("奶茶店", windows=window, priority=1),
        bureau.video("药店", windows=window, priority=3),
    ]

    plan = solve(bureau.problem(*tasks, officers=(bureau.officer("wang"),)), seconds=5)

    assert [visit.task for visit in plan.desk_visits] == ["药店"]


def test_a_video_survey_is_preferred_to_a_drive_where_both_will_do(bureau):
    either = Task(
        "面包店",
        "武昌",
        (
            Mode(Kind.ON_SITE, 30, frozenset({"bakery"}), site=1),
            Mode(Kind.VIDEO, 20, frozenset({"bakery"})),
        ),
    )

    assert solve(bureau.problem(either), seconds=5).travel_seconds == 0
    assert solve(bureau.problem(either, rooms=()), seconds=5).travel_seconds == 1200


def test_help_from_another_district_costs_and_is_the_second_choice(bureau):
    helper = bureau.officer("wang", home="洪山", allowed=frozenset({"武昌"}))
    problem = bureau.problem(bureau.video("奶茶店"), officers=(helper, bureau.officer("li")))

    assert [visit.lead for visit in solve(problem, seconds=5).desk_visits] == ["li"]


def test_usual_partners_go_together_where_that_pays(bureau):
    usual = {"wang": "chen", "chen": "wang"}
    officers = tuple(
        bureau.officer(key, usual_partners=frozenset({usual.get(key, "")}))
        for key in ("wang", "li", "zhao", "chen")
    )
    problem = bureau.problem(
        bureau.on_site("面包店"), officers=officers, policy=Policy(unusual_pair_cost=300)
    )

    [trip] = solve(problem, seconds=5).trips

    assert set(trip.officers) == {"wang", "chen"}


def test_more_threads_make_the_best_of_their_plans(bureau):
    shops = [bureau.on_site(f"店{n}", site=1 + n % 4, minutes=20 + n) for n in range(12)]
    problem = bureau.problem(*shops)

    alone = [solve(problem, seconds=10, seed=seed, iterations=60) for seed in (3, 4, 5)]
    together = solve(problem, seconds=10, seed=3, iterations=60, threads=3)

    assert together in alone
    assert cost_of(problem, together) == min(cost_of(problem, plan) for plan in alone)


def test_a_caller_that_fails_ends_all_threads(bureau):
    problem = bureau.problem(*(bureau.on_site(f"店{n}", site=1 + n % 4) for n in range(12)))
    began = time.monotonic()

    def fail(progress: Progress) -> None:
        raise RuntimeError("the database is away")

    with pytest.raises(RuntimeError, match="the database is away"):
        solve(problem, seconds=60, all_seconds=True, threads=3, progress=fail)

    assert time.monotonic() - began < 5


def test_a_survey_promised_to_three_on_site_may_be_of_a_kind_that_is_also_done_by_video(bureau):
    ways = (
        Mode(Kind.ON_SITE, 30, frozenset({"bakery"}), site=1),
        Mode(Kind.VIDEO, 20, frozenset({"bakery"})),
    )
    promise = Pin(0, frozenset({"wang", "li", "zhao"}), 0, 600)

    plan = solve(bureau.problem(Task("面包店", "武昌", ways, pinned=promise)), seconds=5)

    assert [set(trip.officers) for trip in plan.trips] == [{"wang", "li", "zhao"}]


def test_a_fixed_roster_sends_only_usual_partners(bureau):
    usual = {"wang": "chen", "chen": "wang"}
    officers = tuple(
        bureau.officer(key, usual_partners=frozenset({usual.get(key, "")}))
        for key in ("wang", "li", "zhao", "chen")
    )
    shops = [bureau.on_site(f"店{n}", site=1 + n % 4, minutes=100) for n in range(8)]
    problem = bureau.problem(*shops, officers=officers, policy=Policy(fixed_roster=True))

    plan = solve(problem, seconds=5, iterations=2_000)

    assert violations(problem, plan) == []
    assert {frozenset(trip.officers) for trip in plan.trips} == {frozenset({"wang", "chen"})}
    assert plan.unplanned  # the others have no partner


def test_nobody_works_longer_than_his_limit(bureau):
    officers = tuple(
        bureau.officer(key, most_minutes=limit)
        for key, limit in (("wang", 120), ("li", 120), ("zhao", 60), ("chen", None))
    )
    shops = [bureau.on_site(f"店{n}", site=1 + n % 4, minutes=30) for n in range(12)]
    problem = bureau.problem(*shops, bureau.video("奶茶店"), officers=officers)

    plan = solve(problem, seconds=5, iterations=4_000)

    assert violations(problem, plan) == []
    assert len(plan.trips) > 1
    assert Cause.OVERTIME in {reason.cause for left in plan.unplanned for reason in left.reasons}


@pytest.mark.parametrize("whole_shift", [False, True])
def test_who_should_be_visited_early_is(bureau, whole_shift):
    far = bureau.on_site("远", site=4, begin_by=600, deadline=0)
    near = [bureau.on_site(f"近{n}", site=1, minutes=60, deadline=0) for n in range(2)]
    policy = Policy(whole_shift=whole_shift, trip_cost=20_000)
    problem = bureau.problem(*near, far, cars=(Car("鄂A1", 0),), policy=policy)

    plan = solve(problem, seconds=5, iterations=3_000)

    [trip] = plan.trips
    assert trip.stops[0].task == "远"
    assert trip.stops[0].start <= 600
    assert violations(problem, plan) == []


def test_beginning_late_is_paid_by_the_minute_and_the_latest_once_more(bureau):
    shops = [
        bureau.on_site(f"店{n}", site=1, minutes=30, begin_by=570, priority=1 + n) for n in range(3)
    ]
    alone = (bureau.officer("wang"), bureau.officer("li"))
    policy = Policy(tardy_cost=10, worst_tardy_cost=7, setup_minutes=10)
    problem = bureau.problem(*shops, officers=alone, policy=policy)

    plan = solve(problem, seconds=5, iterations=3_000)

    [trip] = plan.trips
    assert [(stop.task, stop.start) for stop in trip.stops] == [
        ("店2", 560), ("店1", 590), ("店0", 620)
    ]  # fmt: skip
    assert tardy_cost(problem, plan) == 10 * (2 * 20 + 50) + 7 * 50


def test_pairs_rotate_where_that_is_asked_for(bureau):
    recent = {"wang": "li", "zhao": "chen"}
    officers = tuple(
        bureau.officer(key, recent_partners=frozenset({recent.get(key, "")}))
        for key in ("wang", "li", "zhao", "chen")
    )
    window = (Span(0, 540, 660),)
    shops = [bureau.on_site(f"店{n}", site=1 + n % 4, minutes=60, windows=window) for n in range(2)]
    problem = bureau.problem(*shops, officers=officers, policy=Policy(repeated_pair_cost=500))

    plan = solve(problem, seconds=5)

    pairs = {frozenset(trip.officers) for trip in plan.trips}
    assert pairs
    assert not pairs & {frozenset({"wang", "li"}), frozenset({"zhao", "chen"})}


def test_an_optional_survey_is_left_out_where_it_costs_more_than_it_is_worth(bureau):
    problem = bureau.problem(
        bureau.on_site("近", site=1, penalty=2_500), bureau.on_site("远", site=4, penalty=2_500)
    )

    plan = solve(problem, seconds=5)

    assert [left.task for left in plan.unplanned] == ["远"]
    assert plan.unplanned[0].reasons == (Reason(Kind.ON_SITE, Cause.NOT_WORTH, 4),)
    assert cost_of(problem, plan) == 2_500 + 900 + 300 + 1_200


def test_a_survey_is_held_late_only_where_there_is_no_room_before(bureau):
    window = (Span(0, 540, 560), Span(1, 540, 560))
    videos = [bureau.video(f"视频{n}", windows=window, due=0, priority=1 + n) for n in range(2)]

    plan = solve(bureau.problem(*videos, officers=(bureau.officer("wang"),)), seconds=5)

    assert [(visit.day, visit.task) for visit in plan.desk_visits] == [(0, "视频1"), (1, "视频0")]


def test_what_a_way_costs_the_bureau_decides_between_driving_and_a_desk(bureau):
    def either(by_video: int) -> Task:
        return Task(
            "面包店",
            "武昌",
            (
                Mode(Kind.ON_SITE, 30, frozenset({"bakery"}), site=1),
                Mode(Kind.VIDEO, 20, frozenset({"bakery"}), cost=by_video),
            ),
        )

    assert solve(bureau.problem(either(2_000)), seconds=5).on_site == 0
    assert solve(bureau.problem(either(3_000)), seconds=5).on_site == 1


def test_nobody_waits_for_a_later_day_without_a_reason(bureau):
    tasks = [bureau.video(f"视频{n}") for n in range(4)] + [bureau.on_site("面包店")]

    plan = solve(bureau.problem(*tasks), seconds=5)

    assert {visit.day for visit in plan.desk_visits} == {0}
    assert [trip.day for trip in plan.trips] == [0]


def test_a_round_leaves_as_early_as_crew_car_and_windows_allow(bureau):
    two = (bureau.officer("wang"), bureau.officer("li", away=(Span(0, 540, 600),)))
    afternoon = (Span(0, 840, 1020),)

    [free] = solve(bureau.problem(bureau.on_site("面包店"), officers=two), seconds=5).trips
    late = bureau.on_site("面包店", windows=afternoon)
    [bound] = solve(bureau.problem(late, officers=two), seconds=5).trips

    assert free.depart == 600  # li is away before
    assert bound.stops[0].start == 840


def test_promises_are_kept(bureau):
    pin = Pin(mode=0, officers=frozenset({"zhao", "chen"}), day=1, start=777)
    tasks = [bureau.on_site(f"现场{n}", site=1 + n % 4, minutes=60) for n in range(6)]

    problem = bureau.problem(*tasks, bureau.on_site("面包店", pinned=pin))
    plan = solve(problem, seconds=5, iterations=3000)

    kept = [
        (trip.day, set(trip.officers), stop.start)
        for trip in plan.trips
        for stop in trip.stops
        if stop.task == "面包店"
    ]
    assert kept == [(1, {"zhao", "chen"}, 777)]
    assert violations(problem, plan) == []


def test_a_crew_waits_at_the_door_rather_than_drive_home(bureau):
    tasks = [
        bureau.on_site("面包店", site=4, windows=(Span(0, 600, 640),)),
        bureau.on_site("火锅店", site=4, windows=(Span(0, 650, 690),)),
    ]

    [trip] = solve(bureau.problem(*tasks), seconds=5).trips

    assert [(stop.task, stop.start) for stop in trip.stops] == [("面包店", 610), ("火锅店", 650)]


def overbooked(bureau, surveys: int) -> Problem:
    tasks = [
        bureau.on_site(f"现场{n}", site=1 + n % 4, minutes=45)
        if n % 3
        else bureau.video(f"视频{n}", minutes=30)
        for n in range(surveys)
    ]
    return bureau.problem(*tasks)


def test_the_same_seed_gives_the_same_plan(bureau):
    problem = overbooked(bureau, 60)

    plans = [solve(problem, seconds=60, seed=7, iterations=6000) for _ in range(2)]

    assert plans[0] == plans[1]
    assert plans[0].unplanned  # the comparison includes their reasons


@pytest.mark.slow
def test_more_iterations_are_not_worse_here(bureau):
    problem = overbooked(bureau, 60)

    costs = [
        cost_of(problem, solve(problem, seconds=60, iterations=n)) for n in (1_000, 5_000, 10_000)
    ]

    assert costs == sorted(costs, reverse=True)


def test_a_cancelled_run_answers_at_once_with_the_best_plan_so_far(bureau):
    problem = overbooked(bureau, 400)

    def cancelled_after_three_tenths():
        at = time.process_time() + 0.3  # of our own time: other work should not count …
        plan = solve(problem, seconds=60, cancelled=lambda: time.process_time() > at)
        assert plan.planned
        assert violations(problem, plan) == []
        return time.process_time() - at

    # … and yet it does, threefold and more on two busy cores: the quickest of a few tells
    assert any(0 < cancelled_after_three_tenths() < 0.2 for _ in range(5))


def test_a_run_cancelled_before_it_began_says_that_nothing_was_tried(bureau):
    problem = overbooked(bureau, 3)

    plan = solve(problem, seconds=60, cancelled=lambda: True)

    assert plan.planned == 0
    causes = {reason.cause for left in plan.unplanned for reason in left.reasons}
    assert causes == {Cause.STOPPED}
    assert violations(problem, plan) == []


def test_progress_ends_with_the_plan_that_is_returned(bureau):
    told = []

    problem = overbooked(bureau, 60)
    plan = solve(problem, seconds=60, iterations=4000, progress=told.append)

    assert told[-1].planned == plan.planned
    assert told[-1].cost == cost_of(problem, plan)
    assert told[-1].tasks == 60


def test_an_empty_bureau_gets_an_empty_plan(bureau):
    assert solve(bureau.problem(officers=(), cars=(), rooms=()), seconds=1).planned == 0


def test_all_the_time_is_used_only_where_that_is_asked(bureau):
    problem = overbooked(bureau, 3)
    told: list[int] = []
    began = time.monotonic()

    solve(
        problem, seconds=0.4, all_seconds=True, progress=lambda seen: told.append(seen.iterations)
    )

    assert time.monotonic() - began >= 0.4
    assert told[-1] > 2_000 * len(problem.tasks)  # as many as it repays otherwise
    with pytest.raises(ValueError, match="not both"):
        solve(problem, seconds=1, all_seconds=True, iterations=5)
