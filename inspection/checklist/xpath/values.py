"""Values of XPath 1.0 as libxml2 hands them over: texts, numbers, booleans and sets of nodes."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Any

_NUMBER = re.compile(r"\s*-?(?:\d+(?:\.\d*)?|\.\d+)\s*", re.ASCII)


def text_of(value: Any) -> str:
    """As string() has it: of a set its first node, of a number no needless digits."""
    if isinstance(value, list):
        return node_text(value[0]) if value else ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _number_text(value)
    return str(value)


def number_of(value: Any) -> float:
    """As number() has it: what is no number is NaN."""
    if isinstance(value, bool | int | float):
        return float(value)
    text = text_of(value)
    return float(text) if _NUMBER.fullmatch(text) else math.nan


def truth_of(value: Any) -> bool:
    """As boolean() has it: of a set whether there is any; of a number, not 0 and a number."""
    return bool(value) and value == value  # NaN alone is not itself


def node_text(node: Any) -> str:
    """Of an element all the text in it; attributes and texts are texts already."""
    return "".join(node.itertext()) if hasattr(node, "itertext") else str(node)


def all_texts(values: Iterable[Any]) -> list[str]:
    """Every node of every set, and every other value, as a text."""
    found: list[str] = []
    for value in values:
        found += map(node_text, value) if isinstance(value, list) else [text_of(value)]
    return found


def _number_text(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return str(int(value)) if value == int(value) else repr(value)
