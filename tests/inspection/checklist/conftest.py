"""A small script to work with: one of each kind of question."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from inspection.checklist.answers import Answer
from inspection.checklist.script import Script

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)  # 12:00 in Beijing

Content = dict[str, Any]


def both(**columns: str) -> dict[str, str]:
    """Columns with a Chinese and an English text: ``label="水池 | Sinks"``."""
    cells = {}
    for column, text in columns.items():
        cells[f"{column}::zh"], cells[f"{column}::en"] = text.split(" | ")
    return cells


def judged(kind: str, name: str, severity: str, evidence: str) -> dict[str, str]:
    texts = both(
        label="水池 | Sinks",
        hint="拍水池 | Film the sinks",
        guidance_hint="请打开水龙头。 | Please run the tap.",
        ks_standard="水池分开 | Sinks are separate",
        ks_rectify="补水池 | Add a sink",
        ks_tip_good="看得清 | Clear",
        ks_tip_bad="看不清 | Unclear",
    )
    ours = {"severity": severity, "basis": "b1", "evidence": evidence, "remote": "ok"}
    return {
        "type": kind,
        "name": name,
        "required": "yes",
        **texts,
        **{f"bind::ks:{column}": value for column, value in ours.items()},
    }


def choice(list_name: str, name: str, mark: str = "") -> dict[str, str]:
    cells = {"list_name": list_name, "name": name, **both(label="是 | Yes")}
    return cells | ({"ks_mark": mark} if mark else {})


CONTENT: Content = {
    "key": "food/noodle-shop",
    "settings": {"version": "2026112401", "default_language": "zh"},
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
        **both(
            name="面馆 | Noodle shop",
            department="市场监督管理局 | Market Supervision",
            validity="5年 | 5 years",
            risk_reason="工艺简单 | A simple process",
            statutory_note="自受理之日起 | From acceptance",
        ),
    },
    "ks_basis": [
        {
            "id": "b1",
            "ref": "2021年修正",
            "articles": "第三十三条",
            **both(title="食品安全法 | Food Law"),
        }
    ],
    "survey": [
        {"type": "begin_group", "name": "kitchen", **both(label="厨房 | Kitchen")},
        judged("select_one pfn", "sinks", "key", "photo:2+video"),
        judged("select_one pfn", "contract", "general", "document"),
        {"type": "end_group"},
        {
            "type": "select_one yn",
            "name": "sells_chilled",
            "required": "yes",
            **both(label="卖冷藏食品？ | Chilled food?", guidance_hint="卖冷饮吗？ | Cold drinks?"),
        },
        judged("decimal", "fridge", "general", "photo+measure")
        | {
            "relevant": "${sells_chilled} = 'yes'",
            "constraint": ". >= -40 and . <= 60",
            "bind::ks:pass": ". >= 0 and . <= 8",
            **both(ks_unit="℃ | °C", constraint_message="请看读数 | Look again"),
        },
        judged("select_one washing", "washing", "general", "photo"),
        judged("select_one pfn", "bins", "general", "photo"),
    ],
    "choices": [
        choice("pfn", "pass", "met"),
        choice("pfn", "fail", "unmet"),
        choice("pfn", "na", "not_applicable"),
        choice("yn", "yes"),
        choice("yn", "no"),
        choice("washing", "machine", "met"),
        choice("washing", "hand", "met"),
        choice("washing", "none", "unmet"),
    ],
}


@pytest.fixture
def content() -> Content:
    """The content of a good script, to be spoilt."""
    return copy.deepcopy(CONTENT)


@pytest.fixture
def script() -> Script:
    return Script.from_content(CONTENT)


@pytest.fixture
def say() -> Callable[..., Answer]:
    """An answer by Wang, `minute` minutes after noon."""

    def answer(
        point: str, value: str, *, note: str = "", by: str = "wang", minute: int = 0
    ) -> Answer:
        at = NOON + timedelta(minutes=minute)
        return Answer(point=point, value=value, note=note, by=by, at=at, device="desk")

    return answer


@pytest.fixture
def as_toml() -> Callable[[Content], str]:
    """The content as a clerk's file: JSON's strings, numbers and lists are TOML's too."""

    def write(content: Content) -> str:
        lines = []
        for sheet, rows in content.items():
            head = f"[[{sheet}]]" if isinstance(rows, list) else f"[{sheet}]"
            for row in rows if isinstance(rows, list) else [rows]:
                lines.append(head)
                lines += [
                    f"{json.dumps(name)} = {json.dumps(cell, ensure_ascii=False)}"
                    for name, cell in row.items()
                ]
        return "\n".join(lines)

    return write
