"""Functions of texts, and of the choices a text holds (ODK XForms 1.0, sections 8.2 and 8.5)."""

from __future__ import annotations

from typing import Any

from inspection.checklist.xpath.values import all_texts, number_of, text_of, truth_of


def selected(_: Any, chosen: Any, one: Any) -> bool:
    """Whether one of several choices, set apart by spaces, was made."""
    name = text_of(one).strip()
    return name in text_of(chosen).split() if name else not text_of(chosen).strip()


def selected_at(_: Any, chosen: Any, place: Any) -> str:
    """Counted from 0."""
    names, at = text_of(chosen).split(), number_of(place)
    return names[int(at)] if 0 <= at < len(names) else ""


def part(_: Any, text: Any, begin: Any, end: Any = None) -> str:
    """From `begin`, counted from 0, up to but without `end`; negative from the end."""
    until = None if end is None else int(number_of(end))
    return text_of(text)[int(number_of(begin)) : until]


def joined(_: Any, between: Any, *values: Any) -> str:
    return text_of(between).join(all_texts(values))


def if_else(_: Any, condition: Any, yes: Any, no: Any) -> Any:
    return yes if truth_of(condition) else no


def first_of(_: Any, one: Any, other: Any) -> str:
    """The first that says anything; what is no number says nothing."""
    text = text_of(one)
    return text_of(other) if text in ("", "NaN") else text


FUNCTIONS = {
    "coalesce": first_of,
    "count-selected": lambda _, chosen: float(len(text_of(chosen).split())),
    "if": if_else,
    "join": joined,
    "odk-concat": lambda _, *values: "".join(all_texts(values)),
    "selected": selected,
    "selected-at": selected_at,
    "substr": part,
}
