"""Lists in pages: a cursor that says where the last page ended, never an offset.

A row added or removed meanwhile neither repeats nor hides another.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, literal, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from server.errors import BadPayload
from server.models.base import Moment

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    items: list[T]
    next: str | None


def page(
    session: Session,
    query: Select[T],
    order: Sequence[InstrumentedAttribute[Any]],
    *,
    cursor: str,
    limit: int,
    newest_first: bool = False,
) -> Page[T]:
    """`limit` rows after `cursor`, in `order`, ascending unless the newest come first; the last
    column of `order` must be unique.

    Raises:
        BadPayload: the cursor is not one of ours.
    """
    if cursor:
        read = zip(_read(cursor, order), order, strict=True)
        here, last = tuple_(*order), tuple_(*(literal(value, by.type) for value, by in read))
        query = query.where(here < last if newest_first else here > last)
    sort = [column.desc() for column in order] if newest_first else order
    rows = list(session.scalars(query.order_by(*sort).limit(limit + 1)).unique())
    more = len(rows) > limit
    return Page(rows[:limit], _write(rows[limit - 1], order) if more else None)


def _write(row: object, order: Sequence[InstrumentedAttribute[Any]]) -> str:
    values = [getattr(row, column.key) for column in order]
    plain = [value.isoformat() if isinstance(value, date) else value for value in values]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def _read(cursor: str, order: Sequence[InstrumentedAttribute[Any]]) -> list[Any]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        plain = json.loads(base64.urlsafe_b64decode(padded.encode("ascii")))
        if not isinstance(plain, list) or len(plain) != len(order):
            raise ValueError("another list's cursor")
        return [_value(value, column) for value, column in zip(plain, order, strict=True)]
    except ValueError as wrong:
        raise BadPayload("cursor", cause="cursor") from wrong


def _value(value: Any, column: InstrumentedAttribute[Any]) -> Any:
    wanted: type[Any] = datetime if isinstance(column.type, Moment) else column.type.python_type
    is_time = isinstance(value, str) and issubclass(wanted, date)
    read = wanted.fromisoformat(value) if is_time else value
    if isinstance(read, datetime) and read.tzinfo is None:
        raise ValueError("no time zone")
    if not isinstance(read, wanted) or (wanted is int and abs(read) >= 1 << 63):
        raise ValueError(f"{value!r} is no {wanted.__name__}")
    return read
