"""Many rows of one table at the speed of the driver."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import repeat
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from server.models.base import Base

_AT_ONCE = 10_000  # rows in one executemany: bounds memory, costs nothing


def insert_many(
    db: Session, table: type[Base], rows: Sequence[dict[str, Any]], **same: object
) -> None:
    """Insert rows that all name the same columns; `same` are values alike in every row.

    SQLAlchemy's executemany takes as long to prepare each row's parameters as SQLite takes to
    store it. Here a whole column is converted at once, by the column's own type, and a value
    that is the same in every row only once. Defaults made in Python are not filled in.
    """
    for first in range(0, len(rows), _AT_ONCE):
        _insert(db, table, rows[first : first + _AT_ONCE], same)


def _insert(
    db: Session, table: type[Base], rows: Sequence[dict[str, Any]], same: dict[str, object]
) -> None:
    connection = db.connection()
    dialect = connection.dialect
    names = [*rows[0], *same]
    statement = insert(table).compile(dialect=dialect, column_keys=names)
    if statement.positional:
        names = list(statement.positiontup or ())
    columns: list[Any] = []
    for name in names:
        convert = table.__table__.c[name].type.dialect_impl(dialect).bind_processor(dialect)
        if name in same:
            columns.append(repeat(convert(same[name]) if convert else same[name], len(rows)))
        else:
            values = [row[name] for row in rows]
            columns.append([convert(value) for value in values] if convert else values)
    tuples = zip(*columns, strict=True)
    if statement.positional:
        connection.exec_driver_sql(str(statement), list(tuples))
    else:
        named = [dict(zip(names, values, strict=True)) for values in tuples]
        connection.exec_driver_sql(str(statement), named)
