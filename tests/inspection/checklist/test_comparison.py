"""What a new version of a script changes, and what a bureau has to confirm in it."""

from __future__ import annotations

import copy

import pytest

from inspection.checklist.comparison import CellChange, Kind, compared
from inspection.checklist.confirming import What, to_confirm
from inspection.checklist.script import Script


def differences(content, change):
    later = copy.deepcopy(content)
    change(later)
    found = compared(Script.from_content(content), Script.from_content(later))
    return {(one.sheet, one.row, one.kind): one.cells for one in found}


def test_nothing_differs_from_itself(content):
    assert differences(content, lambda later: None) == {}


def test_a_cell_says_what_it_said_and_says(content):
    found = differences(content, lambda later: later["survey"][1].update({"label::zh": "三个水池"}))

    assert found == {
        ("survey", "sinks", Kind.CHANGED): (CellChange("label::zh", "水池", "三个水池"),)
    }


def test_a_point_that_is_new_or_gone_is_told_with_all_it_says(content):
    def swap(later):
        later["survey"][6]["name"] = "dish_washing"

    found = differences(content, swap)

    assert set(found) == {
        ("survey", "dish_washing", Kind.ADDED),
        ("survey", "washing", Kind.REMOVED),
    }
    assert CellChange("label::zh", "", "水池") in found["survey", "dish_washing", Kind.ADDED]


def test_of_points_in_another_order_only_those_that_moved_are_told(content):
    def move(later):
        later["survey"].append(later["survey"].pop(1))  # the sinks come last

    assert set(differences(content, move)) == {("survey", "sinks", Kind.MOVED)}


def test_settings_and_choices_are_compared_too(content):
    def change(later):
        later["settings"]["version"] = "2026112402"
        later["ks_meta"]["prepare::zh"] = ["身份证"]
        later["choices"][5]["ks_mark"] = "unmet"

    found = differences(content, change)

    assert found["settings", "", Kind.CHANGED][0].now == "2026112402"
    assert found["ks_meta", "", Kind.CHANGED][0] == CellChange("prepare::zh", "营业执照", "身份证")
    assert found["choices", "washing machine", Kind.CHANGED][0].now == "unmet"


def test_open_laws_and_limits_are_to_be_confirmed(content):
    content["ks_basis"][0]["confirm"] = "yes"
    content["survey"][5]["bind::ks:confirm"] = "local_limit"

    law, limit = to_confirm(Script.from_content(content))

    assert (law.what, law.name, law.title.zh) == (What.BASIS, "b1", "食品安全法")
    assert (limit.what, limit.name) == (What.LOCAL_LIMIT, "fridge")


def test_a_limit_that_changed_is_to_be_confirmed_anew(content):
    content["survey"][5]["bind::ks:confirm"] = "local_limit"
    (before,) = to_confirm(Script.from_content(content))
    content["survey"][6]["label::zh"] = "消毒"
    (same,) = to_confirm(Script.from_content(content))
    content["survey"][5]["bind::ks:pass"] = ". >= 0 and . <= 5"
    (now,) = to_confirm(Script.from_content(content))

    assert before.sha256 == same.sha256 != now.sha256


@pytest.mark.parametrize("column", ["label::zh", "ks_standard::zh", "ks_standard::en"])
def test_what_was_confirmed_is_all_that_was_shown(content, column):
    content["survey"][5]["bind::ks:confirm"] = "wording"
    (before,) = to_confirm(Script.from_content(content))
    content["survey"][5][column] += "!"
    (now,) = to_confirm(Script.from_content(content))

    assert before.sha256 != now.sha256


def test_what_only_opens_other_questions_can_be_open_itself(content):
    opening = next(
        row for row in content["survey"]
        if "guidance_hint::zh" in row and "bind::ks:severity" not in row
    )  # fmt: skip
    opening["bind::ks:confirm"] = "wording"

    (found,) = to_confirm(Script.from_content(content))

    assert (found.name, found.says.zh) == (opening["name"], opening["guidance_hint::zh"])


def test_a_law_that_no_point_rests_on_need_not_be_confirmed(content):
    spare = dict(content["ks_basis"][0], id="b2", confirm="yes")
    content["ks_basis"].append(spare)

    assert to_confirm(Script.from_content(content)) == []
