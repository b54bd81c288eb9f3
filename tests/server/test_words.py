"""Every code a user may meet has its words in Chinese and in English."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

import server
from inspection.checklist.answers import AnswerFault
from inspection.evidence.intake import Cause as PhotoCause
from scheduler.plan import Cause as UnplannedCause
from server.adapters import media
from server.errors import every_refusal
from server.services.importing.findings import Code
from server.services.importing.guard import Cause as SpreadsheetCause
from server.services.importing.headings import Field
from server.services.planning.wishing import CAUSES as WISH_CAUSES
from server.web.coordinator.rounds import NO_PLACE
from server.web.words import FOLDER, LANGUAGES

REFUSALS = {refusal.code: refusal for refusal in every_refusal()}


def words(language: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for file in sorted(FOLDER.glob(f"*{language}.json")):
        found |= json.loads(file.read_text(encoding="utf-8"))
    return found


def causes_in_the_code() -> set[tuple[str, str]]:
    """Every `SomeRefusal(…, cause="…")` written anywhere in the server."""
    codes = {refusal.__name__: refusal.code for refusal in every_refusal()}
    calls = [
        node
        for file in Path(server.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", None) in codes
    ]
    return {
        (codes[call.func.id], str(argument.value.value))
        for call in calls
        for argument in call.keywords
        if argument.arg == "cause" and isinstance(argument.value, ast.Constant)
    }


def test_the_refusals_of_the_media_line_are_among_them():
    assert {media.OfferRefused, media.CallFull, media.JoinedAgain} <= set(REFUSALS.values())


def test_no_two_refusals_share_a_code():
    assert len(REFUSALS) == len(every_refusal())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", [*REFUSALS, "internal"])
def test_a_refusal_has_words(code, language):
    assert words(language).get(f"problem.{code}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refusals_cause_has_words(language):
    causes = causes_in_the_code()
    causes |= {("answer_not_valid", str(fault)) for fault in AnswerFault}
    causes |= {("evidence_not_accepted", str(cause)) for cause in PhotoCause}
    causes |= {("cannot_be_there", cause) for cause in (*WISH_CAUSES.values(), "way", "taken")}
    causes |= {("spreadsheet_refused", str(cause)) for cause in SpreadsheetCause}

    assert len(causes) > 20
    wordless = [f"problem.{code}.{cause}" for code, cause in sorted(causes)]
    assert [name for name in wordless if not words(language).get(name)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_reason_why_a_survey_is_left_out_has_words(language):
    for cause in (*UnplannedCause, NO_PLACE):
        assert words(language).get(f"unplanned.{cause}"), cause


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_an_import_says_of_a_cell_or_a_field_has_words(language):
    for name in (*Code, *(f"field.{field}" for field in Field)):
        assert words(language).get(f"import.{name}"), name


def test_both_languages_say_the_same_things_with_the_same_blanks():
    chinese, english = words("zh"), words("en")

    assert set(chinese) == set(english)
    for name, text in chinese.items():
        assert blanks(english[name]) <= blanks(text) or blanks(text) <= blanks(english[name]), name


def test_english_words_for_refusals_have_no_chinese_in_them():
    for name, text in words("en").items():
        if name.startswith(("problem.", "unplanned.")) and "spreadsheet" not in name:
            assert not re.search(r"[\u4e00-\u9fff]", text), name


def blanks(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))
