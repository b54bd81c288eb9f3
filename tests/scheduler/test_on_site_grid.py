"""Surveys on site start at times that people say: on the grid, unless another was promised."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from scheduler.bound import NoBound, lower_bound
from scheduler.check import Rule, violations
from scheduler.numbering import Numbered
from scheduler.offers import HeldPlan
from scheduler.plan import Plan, Stop, Trip
from scheduler.problem import Car, Kind, Mode, Pin, Policy, Problem, Span, Task
from scheduler.refusals import Nonsense, ProblemRefused
from scheduler.replan import repair
from scheduler.solver import solve
from tests.scheduler.exactness import Undecided, best_plan, judged_cost
from tests.scheduler.exactness_problems import busy_bureau

NINE, NOON, FIVE = 540, 720, 1020
BUREAUS = 100
FIVE_MINUTES = Policy(on_site_grid=5)


def on_grid(problem: Problem, minutes: int = 5) -> Problem:
    return replace(problem, policy=replace(problem.policy, on_site_grid=minutes))


def odd_bureau(number: int) -> Problem:
    """A small busy bureau whose surveys, ways and arrivals take odd numbers of minutes."""
    random, problem = Random(number), busy_bureau(number)

    def longer(mode: Mode) -> Mode:
        more = random.randrange(5) if mode.kind is Kind.ON_SITE else 0
        return replace(mode, minutes=mode.minutes + more)

    return replace(
        problem,
        tasks=tuple(
            task if task.pinned else replace(task, modes=tuple(map(longer, task.modes)))
            for task in problem.tasks
        ),
        travel=tuple(
            tuple(seconds and seconds + random.randrange(120) for seconds in row)
            for row in problem.travel
        ),
        policy=replace(
            problem.policy,
            setup_minutes=random.choice((0, 3, 10)),
            meeting_grid=random.choice((1, 30)),
            leeway_minutes=random.choice((0, 15)),
        ),
    )


def starts_of(plan: Plan) -> dict[str, int]:
    return {stop.task: stop.start for trip in plan.trips for stop in trip.stops if not stop.part}


def promised(problem: Problem, plan: Plan, chance: Random, share: float) -> Problem:
    """The problem with a share of the plan's appointments promised as they are."""
    given = plan.appointments()

    def pin(task: Task) -> Task:
        told = given.get(task.key)
        if told is None or chance.random() > share:
            return task
        return replace(task, pinned=Pin(told.mode, told.officers, told.day, told.start))

    return replace(problem, tasks=tuple(map(pin, problem.tasks)))


@pytest.mark.parametrize("minutes", [5, 15])
def test_every_start_on_site_is_on_the_grid(minutes):
    begun = 0
    for number in range(BUREAUS):
        problem = on_grid(odd_bureau(number), minutes)

        plan = solve(problem, seconds=60, iterations=300)

        assert violations(problem, plan) == [], f"bureau {number}"
        given = {task.key for task in problem.tasks if task.pinned}
        starts = {start for key, start in starts_of(plan).items() if key not in given}
        assert not any(start % minutes for start in starts), f"bureau {number}"
        begun += len(starts)
    assert begun > BUREAUS


def test_a_plan_from_before_stays_to_the_minute_when_the_bureau_takes_a_grid():
    beside = 0
    for number in range(BUREAUS):
        problem = odd_bureau(number)
        before = solve(problem, seconds=60, iterations=200)
        now = on_grid(problem)

        proposed = repair(now, before, iterations=50)

        assert (proposed.moved, proposed.lost) == ((), ()), f"bureau {number}"
        assert violations(now, proposed.plan, before) == [], f"bureau {number}"
        assert HeldPlan(now, before).broken == frozenset(), f"bureau {number}"
        beside += sum(start % 5 > 0 for start in starts_of(before).values())
    assert beside > BUREAUS / 2


def test_every_promise_beside_the_grid_is_kept_and_others_are_put_on_it():
    kept = 0
    for number in range(BUREAUS):
        chance, problem = Random(number), odd_bureau(number)
        before = solve(problem, seconds=60, iterations=200)
        now = on_grid(promised(problem, before, chance, chance.choice((0.5, 1.0))))

        plan = solve(now, seconds=60, iterations=300)

        assert violations(now, plan) == [], f"bureau {number}"
        given = {task.key: task.pinned for task in now.tasks if task.pinned}
        assert not given.keys() & {left.task for left in plan.unplanned}, f"bureau {number}"
        starts = starts_of(plan)
        assert not any(start % 5 for key, start in starts.items() if key not in given)
        kept += sum(starts.get(key, 0) % 5 > 0 for key in given)
    assert kept > BUREAUS / 2


def test_what_a_repair_moves_is_moved_onto_the_grid():
    moved = 0
    for number in range(BUREAUS):
        chance, problem = Random(number), odd_bureau(number)
        before = solve(problem, seconds=60, iterations=200)
        busy = sorted({key for trip in before.trips for key in trip.officers})
        if not busy:
            continue
        ill = chance.choice(busy)
        officers = tuple(
            replace(one, away=(*one.away, Span(0, 600, 780))) if one.key == ill else one
            for one in problem.officers
        )
        now = on_grid(replace(problem, officers=officers))

        proposed = repair(now, before, iterations=300)

        assert violations(now, proposed.plan, before) == [], f"bureau {number}"
        starts, was = starts_of(proposed.plan), before.appointments()
        for key, start in starts.items():
            assert start % 5 == 0 or start == was[key].start, f"bureau {number}"
        moved += len(starts.keys() & {*proposed.moved})
    assert moved


def test_a_time_that_is_offered_lies_on_the_grid_between_promises_that_do_not(bureau):
    asked = bureau.on_site("面包店", site=1, minutes=33)
    given = [bureau.on_site(f"老店{n}", site=1, minutes=40) for n in range(2)]
    before = Plan(
        tuple(
            Trip("鄂A1", ("wang", "li"), 0, start - 20, start + 50,
                 (Stop(f"老店{n}", 0, start - 10, start, start + 40),), 1200)
            for n, start in enumerate((573, 693))
        )
    )  # fmt: skip
    policy = replace(FIVE_MINUTES, leeway_minutes=0)
    two = tuple(map(bureau.officer, ("wang", "li")))
    problem = bureau.problem(asked, *given, officers=two, policy=policy)

    (offer,) = HeldPlan(problem, before).offers("面包店", [Span(0, 601, 700)])

    assert offer.start == 615  # after 613, when the first is over
    assert offer.on_way


def test_a_survey_whose_minutes_are_odd_holds_up_the_next_one_until_the_grid(bureau):
    kitchens = [bureau.on_site(f"店{n}", site=2, minutes=33) for n in range(3)]
    two = tuple(map(bureau.officer, ("wang", "li")))
    problem = bureau.problem(*kitchens, officers=two, policy=FIVE_MINUTES)

    [trip] = solve(problem, seconds=5).trips

    # leaves to be let in on the grid, surveys next to each other, drives home at the minute
    assert [stop.start for stop in trip.stops] == [570, 605, 640]
    assert (trip.depart, trip.stops[-1].end, trip.back) == (NINE, 673, 693)


def test_a_way_and_the_odd_minutes_before_it_are_rounded_together(bureau):
    first = bureau.on_site("甲店", site=1, minutes=33)
    second = bureau.on_site("乙店", site=2, minutes=30, windows=(Span(0, 560, FIVE),))
    two = tuple(map(bureau.officer, ("wang", "li")))
    policy = Policy(on_site_grid=5, setup_minutes=2)
    problem = bureau.problem(first, second, officers=two, policy=policy)

    [trip] = solve(problem, seconds=5, iterations=2_000).trips
    begun = {stop.task: stop.start for stop in trip.stops}

    assert begun == {"甲店": 555, "乙店": 600}  # 555 and 33, 10 and 2 minutes make 600
    assert (trip.depart, trip.stops[0].arrive) == (543, 553)


def test_nobody_waits_for_the_grid_at_the_base(bureau):
    late = tuple(
        bureau.officer(key, shifts=(Span(0, 543, FIVE),)) for key in ("wang", "li")
    )  # from 09:03
    problem = bureau.problem(bureau.on_site("面包店"), officers=late, policy=FIVE_MINUTES)

    [trip] = solve(problem, seconds=5).trips

    assert (trip.depart, trip.stops[0].start) == (545, 565)


def test_what_suits_the_applicant_is_asked_of_the_grid(bureau):
    def planned(window: Span) -> Plan:
        bakery = bureau.on_site("面包店", minutes=30, windows=(window,))
        return solve(bureau.problem(bakery, policy=FIVE_MINUTES), seconds=5)

    assert starts_of(planned(Span(0, 602, 638))) == {"面包店": 605}
    assert planned(Span(0, 601, 634)).unplanned  # half past ten would be too late


def test_one_crew_makes_two_promised_rounds_that_touch_beside_the_grid(bureau):
    crew = frozenset({"wang", "li"})
    given = [
        bureau.on_site(f"老店{n}", minutes=31, load=1, pinned=Pin(0, crew, 0, start))
        for n, start in enumerate((562, 623, 684))  # each takes 20 minutes before it, 10 behind
    ]
    two = tuple(bureau.officer(key, shifts=(Span(0, 542, 725),)) for key in crew)
    van = (Car("鄂A1", 0, load=1),)  # brings what one survey needs
    problem = bureau.problem(*given, officers=two, cars=van, policy=FIVE_MINUTES)

    plan = solve(problem, seconds=5, iterations=500)

    assert violations(problem, plan) == []
    assert [(trip.depart, trip.back) for trip in plan.trips] == [(542, 603), (603, 664), (664, 725)]


def test_crews_that_meet_do_so_where_both_grids_agree(bureau):
    food, fire = frozenset({"food"}), frozenset({"fire"})
    meet = Mode(Kind.ON_SITE, 47, food | fire, site=2, crews=(food, fire), after=((7, 12),))
    officers = tuple(
        bureau.officer(key, qualifications=types)
        for key, types in (("wang", food), ("li", food), ("zhao", fire), ("chen", fire))
    )
    policy = Policy(on_site_grid=10, meeting_grid=15)
    problem = bureau.problem(Task("酒店", "武昌", (meet,)), officers=officers, policy=policy)

    plan = solve(problem, seconds=5, iterations=200)

    assert violations(problem, plan) == []
    first, second = sorted(stop.start for trip in plan.trips for stop in trip.stops)
    assert (first % 30, second - first) == (0, 10)
    too_soon = Task("酒店", "武昌", (replace(meet, after=((7, 9),)),))
    with pytest.raises(ProblemRefused) as refused:  # no multiple of ten is so much later
        bureau.problem(too_soon, officers=officers, policy=policy)
    assert refused.value.code is Nonsense.AFTER_GRID


def test_crews_that_were_promised_to_meet_beside_the_grid_both_come_then(bureau):
    food, fire = frozenset({"food"}), frozenset({"fire"})
    together = Mode(Kind.ON_SITE, 30, food | fire, site=2, crews=(food, fire))
    officers = tuple(
        bureau.officer(key, qualifications=types)
        for key, types in (("wang", food), ("li", food), ("zhao", fire), ("chen", fire))
    )
    for later in ((), ((0, 12),), ((7, 8),)):
        pin = Pin(0, frozenset({"wang", "li", "zhao", "chen"}), 0, 613)
        task = Task("酒店", "武昌", (replace(together, after=later),), pinned=pin)
        policy = Policy(on_site_grid=5, meeting_grid=1)
        problem = bureau.problem(task, officers=officers, policy=policy)

        plan = solve(problem, seconds=5, iterations=200)

        assert violations(problem, plan) == []
        first, second = sorted(stop.start for trip in plan.trips for stop in trip.stops)
        assert first == 613
        assert second in {(): (613,), ((0, 12),): (615, 620, 625), ((7, 8),): (620,)}[later]


def test_a_round_leaves_as_early_as_the_grid_allows(bureau):
    two = tuple(map(bureau.officer, ("wang", "li")))
    for seed in range(8):
        problem = bureau.problem(bureau.on_site("面包店"), officers=two, policy=FIVE_MINUTES)

        [trip] = solve(problem, seconds=5, seed=seed).trips

        assert (trip.depart, trip.stops[0].start) == (NINE, 560)


def test_a_start_beside_the_grid_breaks_the_rule_unless_it_was_promised(bureau):
    def plan(start: int) -> Plan:
        stop = Stop("面包店", 0, start - 10, start, start + 30)
        return Plan((Trip("鄂A1", ("wang", "li"), 0, start - 20, start + 40, (stop,), 1200),))

    def broken(given: Plan | None = None, start: int = 563, **fields) -> list[Rule]:
        problem = bureau.problem(bureau.on_site("面包店", **fields), policy=FIVE_MINUTES)
        return [one.rule for one in violations(problem, plan(start), given)]

    assert broken(start=565) == []
    assert broken() == [Rule.GRID]
    assert broken(plan(563)) == []
    assert broken(plan(568)) == [Rule.GRID]
    assert broken(pinned=Pin(0, frozenset({"wang", "li"}), 0, 563)) == []


@pytest.mark.parametrize("minutes", [0, -5, 7, 45, 90])
def test_a_grid_divides_the_hour(minutes):
    with pytest.raises(ProblemRefused) as refused:
        Policy(on_site_grid=minutes)

    assert refused.value.code in (Nonsense.TOO_LITTLE, Nonsense.GRID)
    assert "grid" in str(refused.value)


@pytest.mark.parametrize("minutes", ["5", 2.5, None])
def test_a_grid_is_a_number_of_minutes(minutes):
    with pytest.raises(ProblemRefused) as refused:
        Policy(on_site_grid=minutes)

    assert refused.value.code is Nonsense.NOT_A_NUMBER


def test_without_a_grid_the_kernel_is_told_the_minutes_as_they_are(bureau):
    numbered = Numbered(bureau.problem(bureau.on_site("面包店")))

    assert numbered.setting.grid == 1


@pytest.mark.slow
def test_on_the_grid_too_the_planner_finds_the_best_plan_of_a_small_bureau():
    found = proven = 0
    for number in range(40):
        chance, problem = Random(number), odd_bureau(number)
        before = solve(problem, seconds=60, iterations=200)
        problem = on_grid(promised(problem, before, chance, 0.25))
        try:
            best = best_plan(problem)
        except Undecided:
            continue
        plan = solve(problem, seconds=60, iterations=4_000)

        assert violations(problem, best) == violations(problem, plan) == [], f"bureau {number}"
        assert judged_cost(problem, plan) >= judged_cost(problem, best), f"bureau {number}"
        found += judged_cost(problem, plan) == judged_cost(problem, best)
        proven += 1
        try:
            bound = lower_bound(problem, seconds=60)
        except NoBound:
            continue
        assert bound.cost <= judged_cost(problem, best), f"bureau {number}"

    assert proven > 30
    assert found >= 0.95 * proven
