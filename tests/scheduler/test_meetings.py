"""Joint surveys that no single crew can judge: several crews meet and begin together."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scheduler.check import Rule, violations
from scheduler.instances import plan_from_json, plan_to_json, problem_from_json, problem_to_json
from scheduler.plan import Cause, Plan, Reason, Stop, Trip
from scheduler.problem import Car, Kind, Mode, Pin, Policy, Span, Task
from scheduler.refusals import Nonsense, ProblemRefused
from scheduler.replan import repair
from scheduler.solver import solve

NINE, FIVE = 540, 1020
FOOD, FIRE = frozenset({"food"}), frozenset({"fire"})
APART = Mode(Kind.ON_SITE, 60, FOOD | FIRE, site=2, crews=(FOOD, FIRE))
ALONE = Mode(Kind.ON_SITE, 60, FOOD | FIRE, site=2)


def hotel(*modes: Mode, **fields) -> Task:
    return Task("酒店", "武昌", modes or (APART,), **fields)


@pytest.fixture
def officers(bureau):
    """Two who judge food, two who judge fire."""
    return tuple(
        bureau.officer(key, qualifications=types)
        for key, types in (("wang", FOOD), ("li", FOOD), ("zhao", FIRE), ("chen", FIRE))
    )


def stops_of(plan: Plan, survey: str) -> list[tuple[Trip, Stop]]:
    return [(trip, stop) for trip in plan.trips for stop in trip.stops if stop.task == survey]


def test_two_crews_in_two_cars_begin_in_the_same_minute(bureau, officers):
    problem = bureau.problem(hotel(), officers=officers)

    plan = solve(problem, seconds=5)

    assert violations(problem, plan) == []
    (one, first), (other, second) = stops_of(plan, "酒店")
    assert {first.part, second.part} == {0, 1}
    assert (one.day, first.start) == (other.day, second.start)
    assert first.start % 30 == 0
    assert {one.car, other.car} == {"鄂A1", "鄂A2"}
    assert (plan.on_site, plan.planned) == (1, 1)


def test_a_second_crew_comes_when_the_first_has_seen_what_it_needs(bureau, officers):
    one_after_the_other = replace(APART, after=((60, 90),))
    video = bureau.video("奶茶店", types=FOOD, windows=(Span(0, NINE, 600),))
    problem = bureau.problem(hotel(one_after_the_other), video, officers=officers)

    plan = solve(problem, seconds=5)

    assert violations(problem, plan) == []
    [(trip, first), (other, second)] = sorted(stops_of(plan, "酒店"), key=lambda one: one[1].part)
    assert trip.day == other.day
    assert 60 <= second.start - first.start <= 90


def test_a_second_crew_that_comes_too_early_or_too_late_breaks_the_rule(bureau, officers):
    problem = bureau.problem(hotel(replace(APART, after=((60, 90),))), officers=officers)

    def broken(minutes: int) -> list[Rule]:
        stops = [
            Stop("酒店", 0, 590, 600, 660),
            Stop("酒店", 0, 590, 600 + minutes, 660 + minutes, 1),
        ]
        trips = [
            Trip(car, crew, 0, 570, stop.end + 20, (stop,), 2400)
            for car, crew, stop in zip(
                ("鄂A1", "鄂A2"), (("wang", "li"), ("zhao", "chen")), stops, strict=True
            )
        ]
        return [violation.rule for violation in violations(problem, Plan(tuple(trips)))]

    assert broken(60) == broken(90) == []
    assert broken(59) == broken(91) == [Rule.TOGETHER]


def test_one_crew_goes_where_its_two_officers_judge_everything_between_them(bureau, officers):
    problem = bureau.problem(hotel(ALONE, APART), officers=officers)

    [(trip, stop)] = stops_of(solve(problem, seconds=5), "酒店")

    assert stop.mode == 0
    assert len({"wang", "li"} & set(trip.officers)) == 1


@pytest.mark.parametrize(
    "missing",
    [{"cars": (Car("鄂A1", 0),)}, {"policy": Policy(meeting_grid=1440)}],
    ids=["a second car", "a minute to meet at"],
)
def test_nobody_goes_where_not_all_can(bureau, officers, missing):
    problem = bureau.problem(hotel(), officers=officers, **missing)

    plan = solve(problem, seconds=5)

    assert not plan.trips
    assert [left.task for left in plan.unplanned] == ["酒店"]


def test_crews_that_meet_survey_elsewhere_before_and_after(bureau, officers):
    shops = [
        bureau.on_site(f"店{n}", site=1 + n % 4, minutes=40, types=(FOOD, FIRE)[n % 2])
        for n in range(8)
    ]
    problem = bureau.problem(hotel(), *shops, officers=officers)

    plan = solve(problem, seconds=5, iterations=4_000)

    assert violations(problem, plan) == []
    assert not plan.unplanned
    assert any(len(trip.stops) > 1 for trip, _ in stops_of(plan, "酒店"))


def test_many_crews_meet(bureau):
    kinds = ["food", "fire", "clean", "build", "trade"]
    officers = [
        bureau.officer(f"{kind}{n}", qualifications=frozenset({kind}))
        for kind in kinds
        for n in (1, 2)
    ]
    crews = tuple(frozenset({kind}) for kind in kinds)
    mode = Mode(Kind.ON_SITE, 90, frozenset(kinds), site=1, crews=crews)
    cars = tuple(Car(f"车{n}", 0) for n in range(5))
    problem = bureau.problem(hotel(mode), officers=tuple(officers), cars=cars)

    plan = solve(problem, seconds=5)

    assert violations(problem, plan) == []
    assert sorted(stop.part for _, stop in stops_of(plan, "酒店")) == [0, 1, 2, 3, 4]


def test_a_promised_meeting_stays_where_it_is(bureau, officers):
    promise = Pin(0, frozenset({"wang", "li", "zhao", "chen"}), 1, 600)
    shops = [bureau.on_site(f"店{n}", site=1 + n % 4, types=FOOD) for n in range(6)]
    problem = bureau.problem(hotel(pinned=promise), *shops, officers=officers)

    plan = solve(problem, seconds=5, iterations=2_000)

    assert violations(problem, plan) == []
    assert {(trip.day, stop.start) for trip, stop in stops_of(plan, "酒店")} == {(1, 600)}


def test_a_repair_leaves_a_meeting_alone_or_moves_all_of_it(bureau, officers):
    shops = [bureau.on_site(f"店{n}", site=1 + n % 4, types=(FOOD, FIRE)[n % 2]) for n in range(4)]
    problem = bureau.problem(hotel(), *shops, officers=officers)
    plan = solve(problem, seconds=5, iterations=1_000)
    [(trip, stop), _] = stops_of(plan, "酒店")
    on_leave = replace(officers[0], away=(Span(trip.day, NINE, FIVE),))

    same = repair(problem, plan, iterations=300)
    ill = replace(problem, officers=(on_leave, *officers[1:]))
    mended = repair(ill, plan, iterations=300)

    assert (same.moved, same.other_crew, same.lost) == ((), (), ())
    assert violations(ill, mended.plan) == []
    assert mended.moved == ("酒店",) or trip.day == 1
    again = {(one.day, s.start) for one, s in stops_of(mended.plan, "酒店")}
    assert len(again) == 1
    assert again != {(trip.day, stop.start)}


@pytest.fixture
def met(bureau, officers) -> tuple:
    problem = bureau.problem(hotel(), officers=officers)
    return problem, solve(problem, seconds=5)


def test_a_crew_that_begins_half_an_hour_later_is_no_meeting(met):
    problem, plan = met
    one, other = plan.trips
    [stop] = other.stops
    later = replace(
        other,
        back=other.back + 30,
        stops=(replace(stop, start=stop.start + 30, end=stop.end + 30),),
    )

    found = [broken.rule for broken in violations(problem, Plan((one, later)))]

    assert found == [Rule.TOGETHER]


def test_crews_meet_on_the_grid(met):
    problem, plan = met
    shifted = tuple(
        replace(
            trip,
            back=trip.back + 5,
            stops=tuple(
                replace(stop, start=stop.start + 5, end=stop.end + 5) for stop in trip.stops
            ),
        )
        for trip in plan.trips
    )

    assert {broken.rule for broken in violations(problem, Plan(shifted))} == {Rule.GRID}


def test_a_meeting_without_one_of_its_crews_is_no_survey(met):
    problem, plan = met

    assert [broken.rule for broken in violations(problem, Plan(plan.trips[:1]))] == [Rule.ONCE]


def test_each_crew_judges_its_own_part(met):
    problem, plan = met
    judges = [("wang", "li"), ("zhao", "chen")]  # of food, of fire

    def manned(crews: list[tuple[str, str]]) -> Plan:
        trips = (replace(trip, officers=crews[trip.stops[0].part]) for trip in plan.trips)
        return Plan(tuple(trips))

    assert violations(problem, manned(judges)) == []
    changed = manned(judges[::-1])
    assert {broken.rule for broken in violations(problem, changed)} == {Rule.QUALIFIED}


@pytest.mark.parametrize(
    "mode",
    [
        replace(APART, crews=(FOOD,)),
        replace(APART, crews=(FOOD, frozenset())),
        replace(APART, crews=(FOOD, frozenset({"water"}))),
        replace(APART, crews=(FOOD, FIRE) * 5),
        replace(APART, kind=Kind.VIDEO, site=None),
    ],
)
def test_crews_that_do_not_add_up_are_refused(mode):
    with pytest.raises(ProblemRefused, match="酒店") as refused:
        hotel(mode)

    assert refused.value.code is Nonsense.CREWS


def test_a_meeting_is_kept_as_text(met):
    problem, plan = met

    assert problem_from_json(problem_to_json(problem)) == problem
    assert plan_from_json(plan_to_json(plan)) == plan


def test_why_crews_cannot_meet_is_said(bureau, officers):
    first, second = Span(0, NINE, FIVE), Span(1, NINE, FIVE)
    turns = [
        replace(officer, shifts=(first if officer.qualifications == FOOD else second,))
        for officer in officers
    ]
    problem = bureau.problem(hotel(), officers=tuple(turns))

    [left] = solve(problem, seconds=5).unplanned

    assert left.reasons == (Reason(Kind.ON_SITE, Cause.TOGETHER, 4),)


def test_every_crew_but_the_first_is_told_how_long_after_it_begins():
    with pytest.raises(ProblemRefused, match="酒店") as refused:
        hotel(replace(APART, after=((0, 0), (30, 60))))

    assert refused.value.code is Nonsense.AFTER
    with pytest.raises(ProblemRefused, match="most minutes between two crews"):
        hotel(replace(APART, after=((60, 30),)))
