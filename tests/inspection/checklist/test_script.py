"""Reading scripts: what is refused and how it is said, and pinning one for ever."""

from __future__ import annotations

import json

import pytest

from inspection.checklist.faults import ScriptRefused
from inspection.checklist.point import AnswerKind, EvidenceKind, Remote, Severity
from inspection.checklist.script import Script, load


def faults(content):
    with pytest.raises(ScriptRefused) as refused:
        Script.from_content(content)
    return [(fault.row, fault.problem.en) for fault in refused.value.faults]


def test_a_point_knows_what_to_say_show_and_require(script):
    sinks = script.point("sinks")

    assert sinks.number == 1
    assert sinks.group == "kitchen"
    assert sinks.spoken.zh == "请打开水龙头。"
    assert sinks.kind is AnswerKind.PASS_FAIL_NA
    assert sinks.severity is Severity.KEY
    assert sinks.remote is Remote.OK
    assert [(asked.kind, asked.least) for asked in sinks.evidence] == [
        (EvidenceKind.PHOTO, 2),
        (EvidenceKind.VIDEO, 1),
    ]
    assert sinks.photos == 2
    assert script.point("contract").photos == 1


def test_a_pinned_script_reads_back_the_same(script):
    again = Script.from_json(script.to_json())

    assert again == script
    assert again.sha256 == script.sha256
    assert again.to_json() == script.to_json()


def test_the_digest_does_not_depend_on_the_order_of_keys(script, content):
    turned = json.loads(json.dumps(content, sort_keys=True))

    assert Script.from_content(dict(reversed(turned.items()))).sha256 == script.sha256


def test_the_digest_depends_on_every_text(script, content):
    content["survey"][1]["hint::en"] += "."

    assert Script.from_content(content).sha256 != script.sha256


def test_a_file_is_known_by_its_folder_and_name(tmp_path, content, script, as_toml):
    del content["key"]
    file = tmp_path / "food" / "noodle-shop.toml"
    file.parent.mkdir()
    file.write_text(as_toml(content), encoding="utf-8")

    assert load(file) == script


def test_a_law_still_to_be_confirmed_marks_its_points(content):
    content["ks_basis"][0]["confirm"] = "yes"
    script = Script.from_content(content)

    assert script.to_confirm
    assert script.point("sinks").to_confirm
    assert not script.point("sells_chilled").to_confirm


@pytest.mark.parametrize(
    ("spoil", "row", "problem"),
    [
        (
            lambda c: c["survey"][1].update(colour="red"),
            "survey 2 sinks",
            "unknown column 'colour'",
        ),
        (
            lambda c: c["survey"][6].update(type="select_one laundry"),
            "survey 7 washing",
            "there is no choice list 'laundry'",
        ),
        (
            lambda c: c["survey"][7].update(name="sinks"),
            "survey 8 sinks",
            "the name 'sinks' is used more than once",
        ),
        (
            lambda c: c["survey"][4].update(relevant="${fridge} > 3"),
            "survey 5 sells_chilled",
            "relevant looks at 'fridge', which is no question before it",
        ),
        (
            lambda c: c["survey"][5].update(relevant="${fridge} > 3"),
            "survey 6 fridge",
            "relevant looks at 'fridge', which is no question before it",
        ),
        (
            lambda c: c["survey"][5].update(relevant="${sells_chilled} = 'maybe'"),
            "survey 6 fridge",
            "'sells_chilled' has no choice 'maybe'",
        ),
        (
            lambda c: c["survey"][5].update({"bind::ks:pass": "1 div 0"}),
            "survey 6 fridge",
            "'bind::ks:pass': it divides by nothing",
        ),
        (
            lambda c: c["survey"][1].update({"bind::ks:basis": "b9"}),
            "survey 2 sinks",
            "basis 'b9' is not in ks_basis",
        ),
        (
            lambda c: c["survey"][1].pop("bind::ks:basis"),
            "survey 2 sinks",
            "'bind::ks:basis' is empty",
        ),
        (
            lambda c: c["survey"][1].update({"media::image": "nothing.svg"}),
            "survey 2 sinks",
            "there is no sketch 'nothing'",
        ),
        (
            lambda c: c["survey"][1].update({"bind::ks:evidence": "photo:two"}),
            "survey 2 sinks",
            "cannot read the evidence 'photo:two'",
        ),
        (lambda c: c["survey"][1].pop("hint::en"), "survey 2 sinks", "'hint::en' is empty"),
        (
            lambda c: c["choices"][5].pop("ks_mark"),
            "survey 7 washing",
            "each choice needs a pass mark, and at least one met and one unmet",
        ),
        (
            lambda c: c["survey"][4].update(type="select_one pfn"),
            "survey 5 sells_chilled",
            "the choices have pass marks, but the row has no bind::ks:severity",
        ),
        (lambda c: c["survey"].pop(3), "survey 7 bins", "group 'kitchen' is not closed"),
        (
            lambda c: c["survey"][1].update(type="geopoint"),
            "survey 2 sinks",
            "type 'geopoint' cannot be used",
        ),
        (
            lambda c: c["survey"][1].update(name="水池"),
            "survey 2 水池",
            "the name '水池' cannot be used",
        ),
        (lambda c: c["ks_meta"].update(minutes_video=0), "ks_meta", "'minutes_video' cannot be 0"),
        (
            lambda c: c["ks_meta"].update(modes=["on_site"]),
            "ks_meta",
            "the preferred mode is not one of the modes",
        ),
        (lambda c: c.pop("choices"), "choices", "[[choices]] is missing"),
        (lambda c: c.update(macros={}), "macros", "unknown sheet 'macros'"),
        (
            lambda c: c.update(survey=c["survey"] * 1_500),
            "survey",
            "12000 rows; the most is 1,000",
        ),
    ],
)
def test_what_is_wrong_is_named_by_row(content, spoil, row, problem):
    spoil(content)

    assert (row, problem) in faults(content)


def test_all_faults_are_told_at_once_with_their_cure(content):
    content["survey"][1]["bind::ks:remote"] = "maybe"
    content["survey"][5].pop("ks_unit::zh")
    content["choices"][0]["name"] = "Pass!"

    with pytest.raises(ScriptRefused) as refused:
        Script.from_content(content)

    lines = [fault.line("en") for fault in refused.value.faults]
    assert len(lines) >= 3
    assert all(line.startswith("food/noodle-shop.toml [") and "Cure: " in line for line in lines)
    assert all("改法：" in fault.line() for fault in refused.value.faults)


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        (b'[settings]\nversion = "1', "not TOML"),
        ("[settings]\nversion = “1”".encode("gb18030"), "not UTF-8"),
        (b"", "[settings] is missing"),
        (b"version = 2026-11-24", "unknown sheet 'version'"),
        (b'key = "food/bakery"', "a file has no key of its own"),
    ],
)
def test_a_file_that_is_no_script_is_refused_by_name(tmp_path, written, problem):
    file = tmp_path / "food" / "broken.toml"
    file.parent.mkdir()
    file.write_bytes(written)

    with pytest.raises(ScriptRefused, match=r"food/broken\.toml") as refused:
        load(file)

    assert any(fault.problem.en.startswith(problem) for fault in refused.value.faults)


def test_letters_that_nobody_can_see_are_refused(content):
    content["survey"][1]["label::zh"] = "水池\x07"
    content["survey"][1]["label::en"] = "Sinks,\nthree of them\u3000"
    assert [row for row, _ in faults(content)] == ["survey 2 sinks"]
