"""Refusals as answers: problem details (RFC 9457) with a stable code and the caller's language."""

from __future__ import annotations

import logging
from typing import Any

from apiflask import APIFlask
from apiflask.exceptions import HTTPError
from flask import Response, g, jsonify, request
from markupsafe import escape
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from server.adapters.files import FilesAway
from server.config import ROOT
from server.errors import (
    BadPayload,
    ChangedMeanwhile,
    FilesUnavailable,
    LinkInvalid,
    MethodNotAllowed,
    NotFound,
    NotSignedIn,
    Refused,
    TooLarge,
)
from server.web.pages import dressed
from server.web.words import language, text

log = logging.getLogger("yunkan.web")

MEDIA_TYPE = "application/problem+json"
#: For people, where a browser shows the answer itself.
PAGE = ROOT / "static" / "shared" / "problem.html"
_BY_STATUS = {404: NotFound, 405: MethodNotAllowed, 413: TooLarge}


def init_app(app: APIFlask) -> None:
    app.register_error_handler(Refused, problem)
    app.register_error_handler(StaleDataError, lambda error: problem(ChangedMeanwhile(str(error))))
    app.register_error_handler(FilesAway, lambda away: problem(FilesUnavailable(str(away))))
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)
    app.error_processor(_validation)


def problem(refused: Refused, fields: list[dict[str, str]] | None = None) -> Response:
    """The answer for a refusal. Its detail goes to the log only."""
    who = g.get("called", "somebody without an account")
    log.info("refused %s to %s: %s", refused.code, who, refused.detail)
    return _answer(refused.code, refused.status, refused.values, fields or [])


def in_words(refused: Refused) -> str:
    """What a refusal says to this caller, for an answer that is not one."""
    return _title(refused.code, refused.values)


def _answer(
    code: str, status: int, values: dict[str, Any], fields: list[dict[str, str]]
) -> Response:
    if _is_read_in_a_browser():
        answer = _page(code, values)
    else:
        answer = jsonify(
            type=f"urn:yunkan:problem:{code}",
            title=_title(code, values),
            status=status,
            code=code,
            values={name: _plain(value) for name, value in values.items()},
            fields=fields,
        )
        answer.mimetype = MEDIA_TYPE
    answer.status_code = status
    answer.vary.add("Accept")
    if status == 401:
        answer.headers["WWW-Authenticate"] = 'Cookie realm="yunkan"'
    if "seconds" in values:
        answer.headers["Retry-After"] = str(values["seconds"])
    return answer


def _is_read_in_a_browser() -> bool:
    """Somebody followed a link or typed an address: our own pages and programs ask for JSON."""
    wanted = request.accept_mimetypes
    return request.method == "GET" and wanted["text/html"] > wanted["application/json"]


def _page(code: str, values: dict[str, Any]) -> Response:
    """The same in words for whoever looks: a record that is not there yet, a mistyped address."""
    title = _title(code, values)
    if code == NotFound.code and request.url_rule is None:
        title = text("problem.not_found.page", language())
    elif code == NotSignedIn.code and request.path.startswith("/api/v1/applicant/"):
        title = text(f"problem.{LinkInvalid.code}", language())  # they have no account
    heading, *lines = title.split("\n")
    words = "".join(f"<p>{escape(line)}</p>" for line in lines)
    told = PAGE.read_text(encoding="utf-8")
    answer = dressed(told.replace("{heading}", escape(heading)).replace("{lines}", words))
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _title(code: str, values: dict[str, Any]) -> str:
    chosen = language()
    cause = values.get("cause")
    specific = text(f"problem.{code}.{cause}", chosen, **values) if cause else ""
    title = specific if cause and not specific.startswith("problem.") else ""
    return title or text(f"problem.{code}", chosen, **values)


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float | list | bool | None) else str(value)


def _validation(error: HTTPError) -> Response:
    """APIFlask found fields that do not fit, or a body it cannot read."""
    if error.status_code in (400, 422):
        located = error.detail if isinstance(error.detail, dict) else {}  # by "json", "query", …
        fields = [one for detail in located.values() for one in _fields(detail)]
        return problem(BadPayload(error.message or ""), fields)
    return _http(error)


def _fields(detail: Any, path: str = "") -> list[dict[str, str]]:
    """APIFlask's nested messages as a flat list of field and message."""
    if isinstance(detail, dict):
        if {"loc", "msg"} <= detail.keys():
            name = ".".join(str(part) for part in detail["loc"])
            return [{"field": name or path, "message": str(detail["msg"])}]
        return [
            one
            for key, value in detail.items()
            for one in _fields(value, f"{path}.{key}" if path else str(key))
        ]
    if isinstance(detail, list):
        return [one for value in detail for one in _fields(value, path)]
    return [{"field": path, "message": str(detail)}]


def _http(error: Any) -> Response:
    status: int = getattr(error, "code", None) or getattr(error, "status_code", None) or 500
    if status in _BY_STATUS:
        answer = problem(_BY_STATUS[status](str(error)))
        if allowed := dict(getattr(error, "headers", None) or {}).get("Allow"):
            answer.headers["Allow"] = allowed  # RFC 9110: a 405 says what is possible
        return answer
    if 300 <= status < 400:
        redirect: Response = error.get_response()
        return redirect
    if status < 500:
        return _answer(BadPayload.code, status, {}, [])
    return _unexpected(error)


def _unexpected(error: Exception) -> Response:
    log.exception("unexpected", exc_info=error)
    return _answer("internal", 500, {}, [])
