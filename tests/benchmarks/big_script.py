"""A script as long as we like, for figures: a third of it numbers, a third conditional."""

from __future__ import annotations

from typing import Any

from inspection.checklist.script import Script

_BOTH = {"zh": "水池是否分开", "en": "Are the sinks separate"}


def big_script(alone: int, repeated: int = 0) -> Script:
    """`alone` points, and `repeated` more that are asked for each of up to a hundred rooms."""
    survey = [_point(f"p{number}", number) for number in range(alone)]
    if repeated:
        survey += [
            _question("integer", "rooms") | _limits(". >= 1 and . <= 100"),
            {"type": "begin_repeat", "name": "room", "repeat_count": "${rooms}", **_texts("label")},
            *(_point(f"q{number}", number) for number in range(repeated)),
            {"type": "end_repeat"},
        ]
    return Script.from_content({"key": "food/big", **_SHEETS, "survey": survey})


def _point(name: str, number: int) -> dict[str, Any]:
    kind = "decimal" if number % 3 == 2 else "select_one pfn"
    row = _question(kind, name) | {
        **_texts("hint", "ks_standard", "ks_rectify", "ks_tip_good", "ks_tip_bad"),
        "bind::ks:severity": "key" if number % 2 else "general",
        "bind::ks:basis": "b1",
        "bind::ks:evidence": "photo:2",
        "bind::ks:remote": "ok",
    }
    if number % 3 == 2:
        row |= {**_limits(". >= -40 and . <= 60"), "bind::ks:pass": ". >= 0 and . <= 8"}
    if number % 3 == 1:
        row["relevant"] = f"${{{name[0]}{number - 1}}} = 'pass'"
    return row


def _question(kind: str, name: str) -> dict[str, Any]:
    return {"type": kind, "name": name, "required": "yes", **_texts("label", "guidance_hint")}


def _limits(constraint: str) -> dict[str, Any]:
    return {"constraint": constraint, **_texts("constraint_message", "ks_unit")}


def _texts(*columns: str) -> dict[str, str]:
    return {f"{name}::{language}": text for name in columns for language, text in _BOTH.items()}


_SHEETS: dict[str, Any] = {
    "settings": {"version": "2026112601", "default_language": "zh"},
    "ks_meta": {
        "code": "0199",
        "category": "01",
        "modes": ["video", "on_site"],
        "preferred_mode": "video",
        "minutes_video": 20,
        "minutes_on_site": 45,
        "statutory_working_days": 10,
        "promised_working_days": 5,
        "risk": "green",
        "rectify_up_to_percent": 30,
        "prepare::zh": ["营业执照"],
        "prepare::en": ["Business licence"],
        **_texts("name", "department", "validity", "risk_reason", "statutory_note"),
    },
    "ks_basis": [{"id": "b1", "ref": "2021", "articles": "33", **_texts("title")}],
    "choices": [
        {"list_name": "pfn", "name": name, "ks_mark": mark, **_texts("label")}
        for name, mark in (("pass", "met"), ("fail", "unmet"), ("na", "not_applicable"))
    ],
}
