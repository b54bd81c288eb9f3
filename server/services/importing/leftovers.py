"""Rows between and below the cases that are no cases: totals, notes, titles, repeated headings."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum

from server.services.importing.cells import Value, shown


class Leftover(StrEnum):
    """What a row is that is no case."""

    TOTAL = "total"  # 合计
    NOTE = "note"  # 备注、填表人
    TITLE = "title"  # 一、凤城路街道
    HEADING = "heading"  # the headings again, as on every printed page


_TOTAL = re.compile(r"(?:总|合|小|共|累)\s*计(?:[\s:：（(].*)?|总计.*|合计.*|小计.*")
_NOTE = re.compile(
    r"(?:注|备\s*注|说\s*明|填\s*表|填\s*报|制\s*表|审\s*核|联系人|经办人|单位(?:（盖章）|\(盖章\))|"
    r"单位负责人|打印时间|导出时间)[^:：]{0,8}[:：].*"
)
_TITLE = re.compile(
    r"(?:[一二三四五六七八九十]+、|第[一二三四五六七八九十\d]+[批组片]|（[一二三四五六七八九十]+）).*"
)


def leftover(raw: Sequence[Value], headings: Mapping[int, str]) -> Leftover | None:
    """What this row is, or None if it means to be a case. `headings` are by column index."""
    first = next((value for value in raw if value != ""), "")
    if type(first) is not str:
        return None  # a running number, most often
    text = shown(first)
    if not text:
        return Leftover.TITLE if not any(shown(value) for value in raw if value != "") else None
    if _TOTAL.fullmatch(text):
        return Leftover.TOTAL
    if text[0] not in _BEGINNINGS and text not in headings.values():
        return _alone(raw)
    filled = [(index, shown(value)) for index, value in enumerate(raw) if value != ""]
    distinct = {value for _, value in filled}
    if len(distinct) <= 3 and _NOTE.fullmatch(text):
        return Leftover.NOTE
    if len(distinct) == 1 and _TITLE.fullmatch(text):
        return Leftover.TITLE
    same = sum(headings.get(index, "").rpartition("/")[2] == value for index, value in filled)
    if same >= 2 and same >= len(filled) - 1:
        return Leftover.HEADING
    return _alone(raw)


def _alone(raw: Sequence[Value]) -> Leftover | None:
    """One value merged over several columns is a title, whatever it says."""
    first = next(value for value in raw if value != "")
    if raw.count(first) < 3:
        return None
    return Leftover.TITLE if all(value in ("", first) for value in raw) else None


#: Most rows begin with none of these, and are let through at once.
_BEGINNINGS = frozenset("注备说填制审联经单打导一二三四五六七八九十第（")
