"""A script as an XForm (ODK XForms 1.0), compiled by pyxform: what every tool of ODK can open.

Judgements, score and verdict are among its calculations (`results.py`): the server, the judges in
our tests and ODK Collect work out the same from the same form.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Any

from pyxform.xls2xform import convert

from inspection.checklist.point import Mark, Point
from inspection.checklist.results import Row, counts_of_repeat, mark_name, mark_of, results_of
from inspection.checklist.script import Script

#: What our columns are called in the XForm.
NAMESPACE = "urn:yunkan:script"

_LANGUAGES = ("zh", "en")
_SKETCH = "media::image"
_SPOKEN = tuple(f"guidance_hint::{language}" for language in _LANGUAGES)
#: Ours, and not for other tools: they stay in the script.
_KEPT_BACK = ("ks_",)

_WHY = {"zh": "请写明情况", "en": "Say what was found"}
_PHOTO = {"zh": "照片", "en": "Photo"}


class Audience(StrEnum):
    EXPERT = "expert"
    APPLICANT = "applicant"  # who is not told what the officer will say


def xform_of(script: Script, audience: Audience) -> str:
    """The XForm of a script, as XML. Photos and reasons are asked for where the script needs them.

    Raises:
        PyXFormError: pyxform knows a rule that our own checks do not; a fault of ours.
    """
    left_out = () if audience is Audience.EXPERT else _SPOKEN
    survey = [_for_others(row, left_out) for row in _survey(script)]
    choices = [_for_others(row, ()) for row in script.content["choices"]]
    settings = {
        "form_title": script.title.zh,
        "form_id": script.key.replace("/", "-"),
        "version": script.version,
        "default_language": "zh",
        "namespaces": f'ks="{NAMESPACE}"',
    }
    sheets = {"survey": survey, "choices": choices, "settings": [settings]}
    headings = {f"{name}_header": [_headings(rows)] for name, rows in sheets.items()}
    xform: str = convert(xlsform={**sheets, **headings}, validate=False).xform
    return xform


def _survey(script: Script) -> Iterator[Row]:
    """The rows of the survey sheet, each question followed by what belongs to it."""
    points = {point.name: point for point in script.points}
    repeat = ""
    for row in script.content["survey"]:
        match row["type"]:
            case "begin_group" | "end_group":
                yield row
            case "begin_repeat":
                repeat = row["name"]
                yield row
            case "end_repeat":
                own = [point for point in script.points if point.repeat == repeat]
                yield from counts_of_repeat(repeat, own)
                yield row
            case _:
                yield row
                yield from mark_of(points[row["name"]])
                yield from _asked_with(points[row["name"]])
    alone = [point for point in script.points if not point.repeat]
    repeats = [one.name for one in script.repeats]
    yield from results_of(alone, repeats, script.rectify_up_to_percent)


def _asked_with(point: Point) -> Iterator[Row]:
    """Photos and the reason, as further questions; here they are kept with the point instead."""
    mark = f"${{{mark_name(point.name)}}}"
    for nth in range(1, point.photos + 1):
        unmet = f" or {mark} = '{Mark.UNMET}'" if nth <= point.photos_when_unmet else ""
        yield {
            "type": "image",
            "name": f"ks_photo_{nth}_{point.name}",
            "relevant": f"{mark} = '{Mark.MET}'{unmet}",
            "required": "yes",
            **{f"label::{language}": f"{word} {nth}" for language, word in _PHOTO.items()},
        }
    if point.severity is not None:
        yield {
            "type": "text",
            "name": f"ks_note_{point.name}",
            "relevant": f"{mark} = '{Mark.UNMET}' or {mark} = '{Mark.NOT_APPLICABLE}'",
            "required": "yes",
            **{f"label::{language}": word for language, word in _WHY.items()},
        }


def _for_others(row: Row, left_out: Sequence[str]) -> Row:
    cells = {
        column: cell
        for column, cell in row.items()
        if column not in left_out and not column.startswith(_KEPT_BACK)
    }
    if (sketch := cells.pop(_SKETCH, None)) is not None:  # the same in each language
        cells |= {f"{_SKETCH}::{language}": sketch for language in _LANGUAGES}
    return cells


def _headings(rows: Sequence[Row] | Sequence[dict[str, Any]]) -> dict[str, None]:
    """pyxform looks for columns in the first hundred rows alone, unless it is told."""
    return {column: None for row in rows for column in row}
