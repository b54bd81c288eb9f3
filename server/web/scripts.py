"""A script as the pages draw and work it: both languages, conditions as trees."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from inspection.checklist.expression import Expression, Tree
from inspection.checklist.point import Point, Text
from inspection.checklist.script import Script


def script_json(script: Script) -> dict[str, Any]:
    """Points are there once each, also those of repeats; `expression.py` explains the trees."""
    return {
        "key": script.key,
        "title": words(script.title),
        "version": script.version,
        "sha256": script.sha256,
        "rectify_up_to_percent": script.rectify_up_to_percent,
        "groups": [{"name": group.name, "label": words(group.label)} for group in script.groups],
        "repeats": [
            {"name": repeat.name, "label": words(repeat.label), "count": repeat.count}
            for repeat in script.repeats
        ],
        "points": [_point(script, point) for point in script.points],
    }


def words(text: Text | None) -> dict[str, str]:
    """Both languages; empty where the script says nothing."""
    return {"zh": text.zh, "en": text.en} if text else {"zh": "", "en": ""}


def _point(script: Script, point: Point) -> dict[str, Any]:
    return {
        "name": point.name,
        "group": point.group,
        "repeat": point.repeat,
        "number": point.number,
        "label": words(point.label),
        "hint": words(point.hint),
        "sketch": point.sketch,
        "spoken": words(point.spoken),
        "standard": words(point.standard),
        "rectify": words(point.rectify),
        "tip_good": words(point.tip_good),
        "tip_bad": words(point.tip_bad),
        "severity": point.severity,
        "remote": point.remote,
        "basis": [
            {"title": words(basis.title), "ref": basis.ref, "articles": basis.articles}
            for basis in script.bases_of(point)
        ],
        "answer": {
            "kind": point.kind,
            "unit": words(point.unit),
            "whole": point.whole,
            "min": _number(point.limits.lowest) if point.limits else None,
            "max": _number(point.limits.highest) if point.limits else None,
            "choices": [
                {"name": choice.name, "label": words(choice.label), "mark": choice.mark}
                for choice in point.choices
            ],
        },
        "photos": point.photos,
        "photos_when_unmet": point.photos_when_unmet,
        "video": point.video,
        "to_confirm": point.to_confirm,
        "relevant": _tree(point.relevant),
        "accepted": _tree(point.accepted),
        "accepted_message": words(point.accepted_message),
        "passes": _tree(point.passes),
    }


def _tree(expression: Expression | None) -> Tree | None:
    return expression.tree if expression else None


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
