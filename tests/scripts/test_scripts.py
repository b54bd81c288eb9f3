"""The product's own checklists: complete in both languages, and true to the catalogue."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from inspection.checklist.answers import Answer
from inspection.checklist.catalogue import load_catalogue, script_files
from inspection.checklist.check import check_folder
from inspection.checklist.item_type import Mode
from inspection.checklist.point import AnswerKind, Mark, Point, Remote, Text
from inspection.checklist.run import ChecklistRun as Run
from inspection.checklist.run import Suggested
from inspection.checklist.script import Script, load
from server.demo.headless import passing_value, question
from server.web.scripts import script_json

NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)
SCRIPTS = Path(__file__).parents[2] / "scripts"
FILES = script_files(SCRIPTS)

CHINESE = re.compile(r"[一-鿿]")
HALF_WIDTH_IN_CHINESE = re.compile(r'[一-鿿][,;:?!()"]|[,;:?!()"][一-鿿]')
FULL_WIDTH = re.compile(r"[，。；：？！（）、]")
#: Units that a Chinese text spells without a Chinese letter.
SYMBOLS = {"℃", "%", "pH", "NTU", "μSv/h", "mmPb"}


@pytest.fixture(scope="module", params=FILES, ids=lambda file: f"{file.parent.name}-{file.stem}")
def script(request: pytest.FixtureRequest) -> Script:
    return load(request.param)


def texts(script: Script) -> list[Text]:
    """Every text of a script that a person reads."""
    found = [script.title, script.item.department, script.risk_reason, script.validity]
    found += [script.statutory_note, *script.prepare]
    found += [basis.title for basis in script.bases]
    found += [group.label for group in script.groups]
    for point in script.points:
        found += [choice.label for choice in point.choices]
        values = (getattr(point, name) for name in Point.__dataclass_fields__)
        found += [value for value in values if isinstance(value, Text)]
    return found


def test_the_checker_finds_nothing_wrong():
    assert [fault.line("en") for fault in check_folder(SCRIPTS)] == []


def test_the_catalogue_knows_14_categories_and_56_item_types():
    catalogue = load_catalogue(SCRIPTS)

    assert len(catalogue.categories) == 14
    assert len(catalogue.entries) == 56
    assert {entry.item.category for entry in catalogue.entries} == {
        category.code for category in catalogue.categories
    }


def test_every_item_type_of_the_catalogue_has_a_script():
    keys = {f"{file.parent.name}/{file.stem}" for file in FILES}

    assert keys == {entry.key for entry in load_catalogue(SCRIPTS).entries}


def test_both_languages_are_complete_and_keep_their_own_punctuation(script):
    for text in texts(script):
        assert CHINESE.search(text.zh) or text.zh in SYMBOLS, text
        assert not HALF_WIDTH_IN_CHINESE.search(text.zh), text.zh
        assert not CHINESE.search(text.en), text.en
        assert not FULL_WIDTH.search(text.en), text.en


def test_every_spoken_line_ends_as_a_sentence(script):
    for point in script.points:
        assert point.spoken.zh[-1] in "。？！”", point.spoken.zh
        assert point.spoken.en[-1] in ".?!”", point.spoken.en


def test_every_judged_point_rests_on_a_law_of_its_script(script):
    for point in script.points:
        assert bool(script.bases_of(point)) is (point.severity is not None), point.name


def test_points_whose_law_or_limit_is_open_say_so(script):
    for point in script.points:
        open_laws = [basis for basis in script.bases_of(point) if basis.to_confirm]
        assert point.to_confirm is (bool(open_laws) or point.confirm is not None)


def test_every_choice_of_a_judged_point_has_a_pass_mark(script):
    for point in script.points:
        if point.severity is not None and point.kind is not AnswerKind.NUMBER:
            marks = {choice.mark for choice in point.choices}
            assert {Mark.MET, Mark.UNMET} <= marks
            assert None not in marks


def test_a_number_that_passes_is_a_number_that_can_be_given(script):
    for point in script.points:
        if point.passes is None or point.accepted is None:
            continue
        for bound in (point.passes.lowest, point.passes.highest):
            if bound is not None:
                lowest, highest = point.accepted.lowest, point.accepted.highest
                assert lowest is None or lowest <= bound, point.name
                assert highest is None or bound <= highest, point.name


def test_the_applicant_is_told_three_to_five_things_to_prepare(script):
    assert 3 <= len(script.prepare) <= 5


def test_a_petrol_station_is_never_surveyed_by_video():
    petrol = load(SCRIPTS / "hazardous-chemicals" / "petrol-station.toml")

    assert petrol.item.modes == (Mode.ON_SITE,)
    assert any(point.remote is Remote.ONSITE_ONLY for point in petrol.points)


def test_a_place_that_meets_everything_passes(script):
    """Opening questions answered yes open further points; some open others in turn."""
    photos = {name: 9 for point in script.points for name in (point.name, f"{point.name}[1]")}
    shown = script_json(script)
    run = Run(script, (), photos)
    for _ in range(9):
        for lack in run.remaining():
            name = lack.point.name
            value = passing_value(question(shown, name))
            run = run.with_answer(Answer(name, value, "", "limin", NOON, ""))

    assert run.remaining() == []
    assert run.suggested() is Suggested.PASS
