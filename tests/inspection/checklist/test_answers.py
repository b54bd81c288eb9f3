"""Answers arrive late, twice and from several pages; all of them reduce to one state."""

from __future__ import annotations

import random

import pytest

from inspection.checklist.answers import AnswerFault, AnswerRefused, check_value, reduce
from inspection.checklist.run import ChecklistRun
from inspection.checklist.script import Script


def test_the_last_answer_by_time_holds_however_late_the_other_arrives(say):
    late = say("bins", "fail", minute=1)
    state = reduce([say("bins", "pass", minute=5), late])

    assert state["bins"].answer.value == "pass"
    assert state["bins"].changes == 1


def test_of_two_answers_at_the_same_time_the_last_to_arrive_holds(say):
    assert reduce([say("bins", "pass"), say("bins", "fail")])["bins"].answer.value == "fail"


def test_an_answer_delivered_twice_is_no_change(say):
    first = say("bins", "pass")

    assert reduce([first, first])["bins"].changes == 0
    assert reduce([first, say("bins", "pass", minute=3)])["bins"].answer == first


def test_the_same_answer_from_a_second_officer_is_kept_as_theirs(say):
    state = reduce([say("bins", "pass"), say("bins", "pass", by="li", minute=1)])

    assert state["bins"].answer.by == "li"


def test_a_new_reason_is_a_change(say):
    state = reduce([say("bins", "fail"), say("bins", "fail", note="没有盖", minute=1)])

    assert state["bins"].answer.note == "没有盖"
    assert state["bins"].changes == 1


def test_answers_given_at_different_times_merge_alike_in_any_order(say):
    answers = [
        say(point, value, by=by, minute=minute)
        for minute, (point, value, by) in enumerate(
            [("bins", "pass", "wang"), ("sinks", "fail", "li"), ("bins", "fail", "li")] * 4
        )
    ]
    shuffled = answers[:]
    random.Random(20261124).shuffle(shuffled)

    assert reduce(shuffled) == reduce(answers)


@pytest.mark.parametrize(
    ("point", "value", "fault"),
    [
        ("oven", "pass", AnswerFault.UNKNOWN_POINT),
        ("bins", "yes", AnswerFault.UNKNOWN_CHOICE),
        ("bins", "", AnswerFault.UNKNOWN_CHOICE),
        ("fridge", "cold", AnswerFault.NOT_A_NUMBER),
        ("fridge", "1e1", AnswerFault.NOT_A_NUMBER),
        ("fridge", "nan", AnswerFault.NOT_A_NUMBER),
        ("fridge", "4" * 21, AnswerFault.NOT_A_NUMBER),
        ("fridge", "-41", AnswerFault.OUT_OF_RANGE),
        ("fridge", "60.5", AnswerFault.OUT_OF_RANGE),
    ],
)
def test_an_answer_that_does_not_fit_is_refused(script, say, point, value, fault):
    run = ChecklistRun(script, [say("sells_chilled", "yes")])

    with pytest.raises(AnswerRefused) as refused:
        run.with_answer(say(point, value))

    assert refused.value.fault is fault
    assert refused.value.point == point


def test_days_are_counted_whole(content):
    content["survey"][5]["type"] = "integer"
    days = Script.from_content(content).point("fridge")

    check_value(days, "2.0")
    with pytest.raises(AnswerRefused) as refused:
        check_value(days, "2.5")
    assert refused.value.fault is AnswerFault.NOT_WHOLE


def test_an_answer_that_comes_late_is_kept_behind_what_was_said_since(script, say):
    run = ChecklistRun(script, [say("bins", "fail", minute=5)])

    late = run.with_answer(say("bins", "pass", by="li", minute=1))

    assert late.given["bins"].answer.value == "fail"
    assert late.given["bins"].changes == 1


def test_an_answer_that_comes_late_is_refused_for_what_it_says_all_the_same(script, say):
    run = ChecklistRun(
        script, [say("sells_chilled", "yes"), say("fridge", "4", minute=5), say("bins", "na")]
    )

    with pytest.raises(AnswerRefused) as refused:
        run.with_answer(say("fridge", "61", minute=1))
    assert refused.value.fault is AnswerFault.OUT_OF_RANGE
