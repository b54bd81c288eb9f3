"""Finding the heading row, and the coordinator's own word on columns."""

from __future__ import annotations

from server.services.importing.headings import Field, find_headings

SHEET = [
    ["2026年11月24日 待踏勘办件清单", "", "", ""],
    ["申请人", "地址", "事项名称", "受理日期"],
    ["张记小炒", "凤城五路 12 号", "食品经营许可", "2026-11-20"],
]


def test_a_declined_column_stays_declined_below_a_title_row():
    found = find_headings(SHEET, {"受理日期": None})

    assert found is not None
    assert [(column.heading, column.field) for column in found.columns] == [
        ("申请人", Field.NAME),
        ("地址", Field.ADDRESS),
        ("事项名称", Field.ITEM),
        ("受理日期", None),
    ]
