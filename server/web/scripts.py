"""A script as the pages draw it: both languages, nothing left to work out."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from inspection.checklist.point import AnswerKind, Point, Text
from inspection.checklist.script import Script
from server.services.checklists import Worked


def script_json(worked: Worked) -> dict[str, Any]:
    script = worked.script
    return {
        "key": script.key,
        "title": words(script.title),
        "version": script.version,
        "sha256": script.sha256,
        "groups": [{"name": group.name, "label": words(group.label)} for group in script.groups],
        "points": [
            _point(script, point, relevant=point in worked.run.asked) for point in script.points
        ],
    }


def words(text: Text | None) -> dict[str, str]:
    """Both languages; empty where the script says nothing."""
    return {"zh": text.zh, "en": text.en} if text else {"zh": "", "en": ""}


def _point(script: Script, point: Point, *, relevant: bool) -> dict[str, Any]:
    return {
        "name": point.name,
        "group": point.group,
        "number": point.number,
        "label": words(point.label),
        "hint": words(point.hint),
        "spoken": words(point.spoken),
        "standard": words(point.standard),
        "rectify": words(point.rectify),
        "tip_good": words(point.tip_good),
        "tip_bad": words(point.tip_bad),
        "each": words(point.each),
        "severity": point.severity,
        "remote": point.remote,
        "basis": [
            {"title": words(basis.title), "ref": basis.ref, "articles": basis.articles}
            for basis in script.bases_of(point)
        ],
        "answer": {
            "kind": point.kind,
            "unit": words(point.unit),
            "min": _number(point.pass_lowest) if point.kind is AnswerKind.NUMBER else None,
            "max": _number(point.pass_highest) if point.kind is AnswerKind.NUMBER else None,
            "choices": [
                {"name": choice.name, "label": words(choice.label), "mark": choice.mark}
                for choice in point.choices
            ],
        },
        "photos": point.photos,
        "photos_when_unmet": point.photos_when_unmet,
        "video": point.video,
        "to_confirm": point.to_confirm,
        "relevant": relevant,
    }


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
