"""Working a checklist: what is asked, what remains, what the answers suggest."""

from __future__ import annotations

import pytest

from inspection.checklist.answers import AnswerFault, AnswerRefused
from inspection.checklist.point import Mark
from inspection.checklist.run import ChecklistRun, Lack, Suggested
from inspection.checklist.script import Script

ALL_MET = {
    "sinks": "pass",
    "contract": "pass",
    "sells_chilled": "yes",
    "fridge": "4.5",
    "washing": "machine",
    "bins": "pass",
}
ENOUGH_PHOTOS = {"sinks": 2, "contract": 1, "fridge": 1, "washing": 1, "bins": 1}


@pytest.fixture
def work(script, say):
    """A run in which everything is met, but for what is said otherwise."""

    def run(photos=ENOUGH_PHOTOS, **values):
        answers = [
            say(point, value, note="看过了" if value in ("fail", "na", "none", "12") else "")
            for point, value in (ALL_MET | values).items()
            if value
        ]
        return ChecklistRun(script, answers, photos)

    return run


def lacks(run):
    return {missing.point.name: missing.lacks for missing in run.remaining()}


def test_a_new_run_lacks_every_answer_and_photo(script):
    run = ChecklistRun(script)

    assert [missing.point.name for missing in run.remaining()] == [
        "sinks",
        "contract",
        "sells_chilled",
        "washing",
        "bins",
    ]
    assert run.remaining()[0].lacks == (Lack.ANSWER, Lack.PHOTOS)
    assert run.remaining()[0].photos_missing == 2
    assert run.suggested() is Suggested.INCOMPLETE


def test_a_run_with_everything_met_is_finished_and_passes(work):
    run = work()

    assert run.remaining() == []
    assert run.suggested() is Suggested.PASS
    assert run.failed() == []


def test_a_failed_key_point_fails_even_while_others_are_open(work):
    assert work(sinks="fail", bins="").suggested() is Suggested.FAIL


def test_one_general_failure_of_four_is_put_right(work):
    run = work(bins="fail")

    assert run.suggested() is Suggested.RECTIFY
    assert [point.rectify.zh for point in run.failed()] == ["补水池"]


def test_two_general_failures_of_four_fail(work):
    assert work(bins="fail", washing="none").suggested() is Suggested.FAIL


def test_points_that_do_not_apply_are_not_counted(work):
    """One failure of three that apply is 33 %: more than the 30 % that may be put right."""
    assert work(bins="fail", contract="na").suggested() is Suggested.FAIL


def test_exactly_the_allowed_share_is_still_put_right(content, say, work):
    content["ks_meta"]["rectify_up_to_percent"] = 25
    answers = [say(point, value) for point, value in (ALL_MET | {"bins": "fail"}).items()]

    assert ChecklistRun(Script.from_content(content), answers).suggested() is Suggested.RECTIFY


def test_a_closed_point_is_neither_asked_nor_counted(work, say):
    run = work(sells_chilled="no", fridge="12")

    assert "fridge" not in [point.name for point in run.asked]
    assert run.remaining() == []
    assert run.suggested() is Suggested.PASS
    with pytest.raises(AnswerRefused) as refused:
        run.with_answer(say("fridge", "4"))
    assert refused.value.fault is AnswerFault.NOT_ASKED


def test_an_opening_question_judges_nothing(work):
    run = work()

    assert run.mark(run.script.point("sells_chilled")) is None


def test_a_number_is_marked_by_its_limits_and_a_choice_by_its_pass_mark(work):
    run = work(fridge="12", washing="none")

    assert run.mark(run.script.point("fridge")) is Mark.UNMET
    assert run.mark(run.script.point("washing")) is Mark.UNMET
    assert work(fridge="8").mark(run.script.point("fridge")) is Mark.MET
    assert work(fridge="8.1").mark(run.script.point("fridge")) is Mark.UNMET


@pytest.mark.parametrize("value", ["fail", "na"])
def test_a_failure_and_an_exemption_need_a_reason(script, say, value):
    run = ChecklistRun(script, [say("bins", value, note=" ")], ENOUGH_PHOTOS)

    assert lacks(run)["bins"] == (Lack.NOTE,)


def test_a_missing_photo_keeps_a_met_point_open(work):
    run = work(photos=ENOUGH_PHOTOS | {"sinks": 1})

    assert lacks(run) == {"sinks": (Lack.PHOTOS,)}
    assert run.remaining()[0].photos_missing == 1


def test_an_unmet_point_needs_one_photo_of_what_is_wrong(work):
    assert lacks(work(photos=ENOUGH_PHOTOS | {"sinks": 0}, sinks="fail")) == {
        "sinks": (Lack.PHOTOS,)
    }
    assert lacks(work(photos=ENOUGH_PHOTOS | {"sinks": 1}, sinks="fail")) == {}


def test_a_missing_paper_need_not_be_photographed(work):
    assert lacks(work(photos=ENOUGH_PHOTOS | {"contract": 0}, contract="fail")) == {}


def test_a_point_that_does_not_apply_needs_no_photo(work):
    assert lacks(work(photos=ENOUGH_PHOTOS | {"sinks": 0}, sinks="na")) == {}
