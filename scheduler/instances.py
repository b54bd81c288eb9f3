"""Problems and plans as JSON: for tests, benchmarks, and a planning run that is looked at again.

Stable: the same value gives the same text. Sets are sorted lists, days ISO dates, and every
field is written under its own name.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from scheduler.plan import Plan
from scheduler.problem import Problem
from scheduler.refusals import Nonsense, ProblemRefused


def problem_to_json(problem: Problem) -> str:
    """The problem as JSON text."""
    return _text(problem)


def problem_from_json(text: str) -> Problem:
    """The problem a text holds.

    Raises:
        ProblemRefused: the text is no problem, or its problem makes no sense.
    """
    problem = _value(Problem, _parsed(text), "problem")
    assert isinstance(problem, Problem)
    return problem


def plan_to_json(plan: Plan) -> str:
    """The plan as JSON text."""
    return _text(plan)


def plan_from_json(text: str) -> Plan:
    """The plan a text holds.

    Raises:
        ProblemRefused: the text is no plan.
    """
    plan = _value(Plan, _parsed(text), "plan")
    assert isinstance(plan, Plan)
    return plan


def _text(value: object) -> str:
    return json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"))


def _plain(value: object) -> object:
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, AbstractSet):
        return sorted(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(item) for item in value]
    return value


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError as error:
        raise _unreadable("text", f"is no JSON: {error}") from error


def _value(wanted: Any, found: object, where: str) -> object:
    """``found`` as a value of the type ``wanted``; ``where`` leads to it, for the refusal."""
    if get_origin(wanted) is UnionType:
        if found is None and NoneType in get_args(wanted):
            return None
        kinds = [kind for kind in get_args(wanted) if kind is not NoneType]
        wanted = next(
            (kind for kind in kinds if is_dataclass(kind) == isinstance(found, dict)), kinds[0]
        )
    if is_dataclass(wanted):
        return _dataclass(wanted, found, where)
    origin = get_origin(wanted)
    if origin is tuple and Ellipsis not in get_args(wanted):
        return _pair(get_args(wanted), found, where)
    if origin in (tuple, frozenset, Sequence):
        if not isinstance(found, list):
            raise _unreadable(where, "must be a list")
        item = get_args(wanted)[0]
        items = (_value(item, one, f"{where}[{index}]") for index, one in enumerate(found))
        return frozenset(items) if origin is frozenset else tuple(items)
    if wanted is date or issubclass(wanted, StrEnum):
        try:
            return date.fromisoformat(str(found)) if wanted is date else wanted(found)
        except ValueError as error:
            raise _unreadable(where, str(error)) from error
    if wanted is float and type(found) is int:
        return float(found)
    if type(found) is not wanted:
        raise _unreadable(where, f"must be {wanted.__name__}, not {found!r}")
    return found


def _pair(kinds: tuple[Any, ...], found: object, where: str) -> object:
    if not isinstance(found, list) or len(found) != len(kinds):
        raise _unreadable(where, f"must be a list of {len(kinds)}")
    return tuple(
        _value(kind, one, f"{where}[{index}]")
        for index, (kind, one) in enumerate(zip(kinds, found, strict=True))
    )


def _dataclass(wanted: Any, found: object, where: str) -> object:
    types = _types(wanted)
    if not isinstance(found, dict):
        raise _unreadable(where, "must be an object")
    if strange := sorted(found.keys() - types.keys()):
        raise _unreadable(where, f"has no field {strange[0]}")
    values = {name: _value(types[name], one, f"{where}.{name}") for name, one in found.items()}
    try:
        return wanted(**values)
    except TypeError as error:  # a field without a default is missing
        raise _unreadable(where, str(error)) from error


@cache
def _types(wanted: Any) -> dict[str, Any]:
    hints = get_type_hints(wanted)
    return {field.name: hints[field.name] for field in fields(wanted)}


def _unreadable(where: str, what: str) -> ProblemRefused:
    return ProblemRefused(Nonsense.UNREADABLE, where, what=what)
