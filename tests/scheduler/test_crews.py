"""As many officers go as it takes to know enough, and each crew has room for what it brings."""

from __future__ import annotations

from scheduler.check import violations
from scheduler.crews import officers_needed
from scheduler.problem import Car, Kind, Mode, Policy, Task
from scheduler.solver import solve

TWO = frozenset({"bakery", "fire"})


def test_two_officers_survey_together_what_neither_can_judge_alone(bureau):
    officers = (
        bureau.officer("wang"),
        bureau.officer("li", qualifications=frozenset({"fire"})),
    )
    problem = bureau.problem(bureau.video("面包店", types=TWO), officers=officers)

    plan = solve(problem, seconds=5, iterations=500)

    [visit] = plan.desk_visits
    assert set(visit.officers) == {"wang", "li"}
    assert violations(problem, plan) == []


def test_nobody_goes_along_where_one_officer_knows_everything(bureau):
    officers = (bureau.officer("wang"), bureau.officer("li", qualifications=TWO))
    problem = bureau.problem(bureau.video("面包店", types=TWO), officers=officers)

    [visit] = solve(problem, seconds=5, iterations=500).desk_visits

    assert visit.officers == ("li",)


def test_as_many_go_as_have_to_be_qualified(bureau):
    policy = Policy(officers_on_site=1)
    problem = bureau.problem(bureau.on_site("面包店", qualified=2), policy=policy)

    plan = solve(problem, seconds=5, iterations=500)

    assert [len(trip.officers) for trip in plan.trips] == [2]
    assert violations(problem, plan) == []


def test_an_officer_of_another_base_does_not_make_a_crew_know_more(bureau):
    officers = (
        bureau.officer("wang"),
        bureau.officer("li", base=2, qualifications=frozenset({"fire"})),
    )
    task = bureau.video("面包店", types=TWO)
    problem = bureau.problem(task, officers=officers)

    assert officers_needed(problem, task, task.modes[0]) == 1  # more would not help either
    assert solve(problem, seconds=5, iterations=500).planned == 0


def test_every_crew_that_meets_needs_room_for_the_load(bureau):
    crews = (frozenset({"bakery"}), frozenset({"fire"}))
    mode = Mode(Kind.ON_SITE, 30, TWO, site=1, officers=1, crews=crews)
    officers = (
        bureau.officer("wang"),
        bureau.officer("li", qualifications=frozenset({"fire"})),
    )
    task = Task("面包店", "武昌", (mode,), load=2)

    def planned(second: int) -> int:
        cars = (Car("鄂A1", 0, load=2), Car("鄂A2", 0, load=second))
        return solve(bureau.problem(task, officers=officers, cars=cars), seconds=5).planned

    assert planned(2) == 1
    assert planned(1) == 0
