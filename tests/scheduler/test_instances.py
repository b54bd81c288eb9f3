"""Problems and plans survive the way through JSON unchanged."""

from __future__ import annotations

import json

import pytest

from scheduler.instances import plan_from_json, plan_to_json, problem_from_json, problem_to_json
from scheduler.problem import Pin, Span
from scheduler.refusals import Nonsense, ProblemRefused
from scheduler.solver import solve


@pytest.fixture
def problem(bureau):
    pin = Pin(mode=0, officers=frozenset({"wang", "li"}), day=0, start=600)
    return bureau.problem(
        bureau.on_site("面包店", pinned=pin),
        bureau.video("奶茶店", windows=(Span(0, 540, 600),), recused=frozenset({"zhao", "chen"})),
        bureau.video("锅炉", types=frozenset({"boiler"})),
    )


def test_a_problem_comes_back_as_it_was(problem):
    text = problem_to_json(problem)

    assert problem_from_json(text) == problem
    assert problem_to_json(problem_from_json(text)) == text


def test_a_plan_comes_back_as_it_was(problem):
    plan = solve(problem, seconds=5, iterations=1000)

    assert plan.trips
    assert plan.desk_visits
    assert plan.unplanned
    assert plan_from_json(plan_to_json(plan)) == plan


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "text: is no JSON"),
        ("[]", "problem: must be an object"),
        ('{"days": 3}', r"problem.days: must be a list"),
        ('{"days": ["yesterday"]}', r"problem.days\[0\]: .*yesterday"),
        ('{"weeks": []}', "problem: has no field weeks"),
        ('{"days": []}', "problem: .*officers"),
    ],
)
def test_a_text_that_is_no_problem_says_where(text, says):
    with pytest.raises(ProblemRefused, match=says) as refusal:
        problem_from_json(text)
    assert refusal.value.code is Nonsense.UNREADABLE


def test_nan_in_a_text_is_refused(problem):
    told = json.loads(problem_to_json(problem))
    told["travel"][0][1] = float("nan")

    with pytest.raises(ProblemRefused, match=r"problem.travel\[0\]\[1\]: must be int, not nan"):
        problem_from_json(json.dumps(told))
