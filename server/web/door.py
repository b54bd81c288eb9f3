"""What no route needs to think about: ids and texts that no database can hold stop here."""

from __future__ import annotations

from typing import Any

from flask import Flask, request
from flask.json.provider import DefaultJSONProvider
from werkzeug.routing import IntegerConverter

from server.errors import BadPayload, NotFound

#: Ids are 32-bit integers in PostgreSQL.
LARGEST_ID = 2**31 - 1


class IdConverter(IntegerConverter):
    """`<int:…>` in an address: a larger number is the address of nothing."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"max": LARGEST_ID, **options})


class StrictJson(DefaultJSONProvider):
    """JSON as RFC 8259 has it, with texts that PostgreSQL can store."""

    ensure_ascii = False

    def loads(self, s: str | bytes, **options: Any) -> Any:
        found = super().loads(s, parse_constant=_no_constant, **options)
        _check(found)
        return found


def init_app(app: Flask) -> None:
    """Before any blueprint is registered: addresses are compiled as they come."""
    app.url_map.converters["int"] = IdConverter
    app.json = StrictJson(app)
    app.before_request(_check_address_and_form)


def _check_address_and_form() -> None:
    if "\0" in request.path:
        raise NotFound("NUL in the address")
    for name, value in (*request.args.items(multi=True), *_form_items()):
        if "\0" in name or "\0" in value:
            raise BadPayload("NUL in a text", cause="characters")


def _form_items() -> list[tuple[str, str]]:
    if request.mimetype not in ("multipart/form-data", "application/x-www-form-urlencoded"):
        return []
    return list(request.form.items(multi=True))


def _check(value: Any) -> None:
    """Raises ValueError: a text with NUL or half a surrogate pair somewhere in it."""
    if isinstance(value, str):
        if "\0" in value:
            raise ValueError("NUL in a text")
        value.encode()  # UnicodeEncodeError is a ValueError
    elif isinstance(value, dict):
        for name, one in value.items():
            _check(name)
            _check(one)
    elif isinstance(value, list):
        for one in value:
            _check(one)


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
