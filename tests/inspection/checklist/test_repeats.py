"""What is looked at several times: one question a fridge, and one for how many there are."""

from __future__ import annotations

import time

import pytest

from inspection.checklist.answers import AnswerFault, AnswerRefused
from inspection.checklist.faults import ScriptRefused
from inspection.checklist.point import Mark
from inspection.checklist.run import ChecklistRun, Lack, Suggested
from inspection.checklist.script import Script
from tests.inspection.checklist.conftest import both, judged

COUNT = {
    "type": "integer",
    "name": "fridges",
    "required": "yes",
    "constraint": ". >= 0 and . <= 5",
    **both(
        label="有几台？ | How many?",
        guidance_hint="有几台冰箱？ | How many fridges?",
        ks_unit="台 | fridges",
        constraint_message="0 至 5 | 0 to 5",
    ),
}
BEGIN = {
    "type": "begin_repeat",
    "name": "fridge",
    "repeat_count": "${fridges}",
    **both(label="冷藏设备 | Fridge"),
}
TEMPERATURE = judged("decimal", "temperature", "key", "photo") | {
    "constraint": ". >= -40 and . <= 60",
    "bind::ks:pass": ". >= 0 and . <= 8",
    **both(label="温度 | Temperature", ks_unit="℃ | °C", constraint_message="读数 | Reading"),
}
SEAL = judged("select_one pfn", "seal", "general", "photo") | {"relevant": "${temperature} > 4"}
END = {"type": "end_repeat"}


@pytest.fixture
def rows(content):
    """How many fridges; for each its temperature, and its seal if it is warm; then the bins."""
    content["survey"] = [
        COUNT,
        BEGIN,
        TEMPERATURE,
        SEAL,
        END,
        judged("select_one pfn", "bins", "general", "photo"),
    ]
    return content["survey"]


@pytest.fixture
def work(content, rows, say):
    def run(photos=None, **values):
        named = {
            name.replace("_", "[") + "]" if name[-1].isdigit() else name: value
            for name, value in values.items()
        }
        return ChecklistRun(
            Script.from_content(content), [say(*one) for one in named.items()], photos
        )

    return run


def asked(run):
    return [point.name for point in run.asked]


def test_nothing_of_it_is_asked_until_it_is_known_how_many_there_are(work):
    assert asked(work()) == ["fridges", "bins"]
    assert asked(work(fridges="0")) == ["fridges", "bins"]


def test_each_is_asked_about_in_its_turn(work):
    assert asked(work(fridges="2", temperature_1="6")) == [
        "fridges",
        "temperature[1]",
        "seal[1]",
        "temperature[2]",
        "bins",
    ]


def test_a_point_says_which_one_it_is_about(work):
    run = work(fridges="2")

    assert run.asked[2].label.zh == "温度（冷藏设备 2）"
    assert run.asked[2].label.en == "Temperature (Fridge 2)"
    assert run.script.point("temperature[2]") == run.asked[2]


def test_one_that_is_too_warm_fails_the_survey(work):
    run = work(fridges="2", temperature_1="4", temperature_2="12", bins="pass")

    assert run.mark(run.script.point("temperature[1]")) is Mark.MET
    assert run.mark(run.script.point("temperature[2]")) is Mark.UNMET
    assert run.suggested() is Suggested.FAIL
    assert [point.name for point in run.failed()] == ["temperature[2]"]


def test_a_condition_looks_at_the_same_one(work):
    run = work(fridges="2", temperature_1="2", temperature_2="6")

    assert "seal[1]" not in asked(run)
    assert "seal[2]" in asked(run)


def test_photos_are_counted_for_each(work):
    run = work({"temperature[1]": 1}, fridges="2", temperature_1="2", temperature_2="2")

    assert [missing.point.name for missing in run.remaining()] == ["temperature[2]", "bins"]


def test_one_less_takes_its_answers_out_of_the_account_and_one_more_brings_them_back(work):
    answers = {"temperature_1": "2", "temperature_2": "12", "bins": "pass"}

    assert work(fridges="1", **answers).suggested() is Suggested.PASS
    assert work(fridges="2", **answers).suggested() is Suggested.FAIL


def test_all_of_them_count_for_the_score(work):
    run = work(
        fridges="3",
        temperature_1="6",
        temperature_2="6",
        temperature_3="6",
        seal_1="pass",
        seal_2="fail",
        seal_3="na",
        bins="pass",
    )

    assert run.score == 66.7
    assert run.suggested() is Suggested.FAIL  # one of three is more than 30 %


@pytest.mark.parametrize(
    "name",
    [
        "temperature",
        "temperature[0]",
        "temperature[3]",
        "bins[1]",
        "temperature[2",
        "temperature[1000]",
    ],
)
def test_an_answer_about_one_that_is_not_there_is_refused(work, say, name):
    with pytest.raises(AnswerRefused) as refused:
        work(fridges="2").with_answer(say(name, "4"))
    assert refused.value.fault in (AnswerFault.UNKNOWN_POINT, AnswerFault.NOT_ASKED)


def test_a_reading_that_cannot_be_is_refused_for_each(work, say):
    with pytest.raises(AnswerRefused) as refused:
        work(fridges="2").with_answer(say("temperature[2]", "61"))
    assert refused.value.fault is AnswerFault.OUT_OF_RANGE


def test_a_count_that_cannot_be_is_refused_before_anything_is_asked_for_it(work, say):
    began = time.monotonic()
    with pytest.raises(AnswerRefused) as refused:
        work().with_answer(say("fridges", "99999999"))

    assert refused.value.fault is AnswerFault.OUT_OF_RANGE
    assert time.monotonic() - began < 1


def test_a_reading_that_can_no_longer_be_is_asked_for_again(content, rows, say):
    bulbs = judged("integer", "bulbs", "general", "photo") | {
        "constraint": ". <= 2 * ${fridges}",
        "bind::ks:pass": ". >= 1",
        **both(ks_unit="个 | bulbs", constraint_message="太多 | Too many"),
    }
    content["survey"] = [COUNT, bulbs]
    script = Script.from_content(content)
    answers = [say("fridges", "2"), say("bulbs", "4"), say("fridges", "1")]

    run = ChecklistRun(script, answers, {"bulbs": 1})

    assert run.suggested() is Suggested.INCOMPLETE
    assert [(one.point.name, one.lacks) for one in run.remaining()] == [("bulbs", (Lack.ANSWER,))]


def test_a_pass_mark_may_depend_on_what_was_counted(content, rows, say):
    rows.append(
        judged("integer", "thermometers", "general", "photo")
        | {
            "constraint": ". >= 0 and . <= 99",
            "bind::ks:pass": ". >= 2 * ${fridges} and . >= count-non-empty(${temperature})",
            **both(ks_unit="支 | pieces", constraint_message="0 至 99 | 0 to 99"),
        }
    )
    script = Script.from_content(content)

    def mark(thermometers):
        run = ChecklistRun(script, [say("fridges", "2"), say("thermometers", thermometers)])
        return run.mark(script.point("thermometers"))

    assert mark("3") is Mark.UNMET
    assert mark("4") is Mark.MET


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda rows: rows.pop(4), "is not closed"),
        (lambda rows: rows.insert(2, dict(BEGIN, name="again")), "a repeat inside a repeat"),
        (lambda rows: rows.insert(1, END), "no repeat to close"),
        (lambda rows: rows.insert(2, END), "asks nothing"),
        (lambda rows: rows[1].update(repeat_count="3"), "must name a counting question"),
        (lambda rows: rows[1].update(repeat_count="${bins}"), "must name a counting question"),
        (lambda rows: rows[0].update(constraint=". >= 0"), "must name a counting question"),
        (lambda rows: rows[0].update(constraint=". <= 101"), "must name a counting question"),
        (lambda rows: rows[1].update(name="fridges"), "used more than once"),
        (lambda rows: rows[1].update(name="ks_fridge"), "cannot be used"),
        (lambda rows: rows[3].update(relevant="${bins} = 'pass'"), "no question before it"),
        (lambda rows: rows[3].update(relevant=". = 'pass'"), "no question before it"),
        (lambda rows: rows[2].update({"bind::ks:pass": ". > 1 div 0"}), "divides by nothing"),
    ],
)
def test_a_repeat_that_cannot_be_worked_is_refused_by_row(content, rows, spoil, said):
    content["survey"] = [dict(row) for row in rows]
    spoil(content["survey"])

    with pytest.raises(ScriptRefused) as refused:
        Script.from_content(content)
    assert any(said in fault.line("en") and "survey" in fault.row for fault in refused.value.faults)
