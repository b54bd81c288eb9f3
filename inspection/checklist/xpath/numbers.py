"""Functions of numbers (ODK XForms 1.0, section 8.3)."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from inspection.checklist.xpath.dates import days_of
from inspection.checklist.xpath.values import all_texts, number_of, text_of


def number(_: Any, value: Any) -> float:
    """Of a date, days since 1970; else as in XPath."""
    found = number_of(value)
    return days_of(text_of(value)) if math.isnan(found) else found


def rounded(_: Any, value: Any, places: Any = 0.0) -> float:
    """Halves go up, as in XPath; `places` may be negative (tens, hundreds)."""
    found, scale = number_of(value), 10.0 ** int(number_of(places))
    return found if not math.isfinite(found) else math.floor(found * scale + 0.5) / scale


def power(_: Any, base: Any, exponent: Any) -> float:
    try:
        return float(number_of(base) ** number_of(exponent))
    except (ArithmeticError, TypeError):  # 0 to the power of -1; a root of less than nothing
        return math.nan


def extreme(pick: Callable[[list[float]], float]) -> Callable[..., float]:
    """Of nothing, and of anything that is no number: NaN."""

    def of(_: Any, *values: Any) -> float:
        found = [number_of(text) for text in all_texts(values)]
        return pick(found) if found and not any(map(math.isnan, found)) else math.nan

    return of


FUNCTIONS = {
    "abs": lambda _, value: abs(number_of(value)),
    "max": extreme(max),
    "min": extreme(min),
    "odk-number": number,
    "odk-round": rounded,
    "pow": power,
}
