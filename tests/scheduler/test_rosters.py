"""Who should go with whom where the roster is fixed."""

from __future__ import annotations

import pytest

from scheduler.check import violations
from scheduler.problem import Span
from scheduler.rosters import paired, rostered
from scheduler.solver import solve
from tests.scheduler.benchmark_problems import DATA, crew_problem

FOOD, FIRE = frozenset({"food"}), frozenset({"fire"})


def officers(bureau, **skills):
    return tuple(bureau.officer(key, qualifications=types) for key, types in skills.items())


def as_sets(pairs):
    return {frozenset(pair) for pair in pairs}


def test_pairs_judge_more_together_than_anybody_alone(bureau):
    team = officers(bureau, wang=FOOD, li=FOOD, zhao=FIRE, chen=FIRE)
    joint = [bureau.on_site(f"酒店{n}", site=1 + n, types=FOOD | FIRE) for n in range(3)]
    problem = bureau.problem(*joint, officers=team)

    pairs = paired(problem)

    assert len(pairs) == 2
    assert all(len({"wang", "li"} & set(pair)) == 1 for pair in pairs)
    plan = solve(rostered(problem, pairs), seconds=5)
    assert violations(rostered(problem, pairs), plan) == []
    assert not plan.unplanned


def test_usual_partners_stay_together_and_those_of_late_part(bureau):
    shops = [bureau.on_site(f"店{n}", site=1 + n % 4) for n in range(4)]

    def team(**fields):
        return tuple(
            bureau.officer(key, **{name: frozenset({other}) for name in fields})
            for key, other in (("wang", "li"), ("li", "wang"), ("zhao", "chen"), ("chen", "zhao"))
        )

    before = {frozenset({"wang", "li"}), frozenset({"zhao", "chen"})}
    usual = bureau.problem(*shops, officers=team(usual_partners=True))
    recent = bureau.problem(*shops, officers=team(recent_partners=True))
    assert as_sets(paired(usual)) == before
    assert not as_sets(paired(recent)) & before


def test_who_is_never_there_with_anybody_has_no_partner(bureau):
    alone = bureau.officer("chen", shifts=(Span(0, 1080, 1200),), qualifications=FOOD)
    team = (*officers(bureau, wang=FOOD, li=FOOD), alone)
    problem = bureau.problem(bureau.on_site("店", types=FOOD), officers=team)

    assert as_sets(paired(problem)) == {frozenset({"wang", "li"})}


def test_where_nobody_goes_out_there_are_no_pairs(bureau):
    assert paired(bureau.problem(bureau.on_site("店"), officers=())) == ()
    assert paired(bureau.problem(bureau.video("奶茶店"))) == ()


@pytest.mark.skipif(not (DATA / "crews").is_dir(), reason="no instances here")
def test_a_district_bureau_can_work_by_its_roster():
    problem = crew_problem(DATA / "crews" / "wuchang_day_s1.json")

    pairs = paired(problem)

    assert len(pairs) == len(problem.officers) // 2
    fixed = rostered(problem, pairs)
    plan = solve(fixed, seconds=60, iterations=5_000)
    assert violations(fixed, plan) == []
    assert len(plan.unplanned) <= 6
