"""Who is calling: cookies in, an account or a join link out; CSRF; cookies given."""

from __future__ import annotations

import hmac
from typing import Any

from flask import Flask, Response, g, jsonify, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.clock import utcnow
from server.errors import BadCsrf, LinkInvalid
from server.models.session import JoinLink
from server.services import accounts, sessions
from server.services.tokens import token_hash
from server.web.db import db
from server.web.parts import parts

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
CSRF_HEADER = "X-CSRF-Token"


def init_app(app: Flask) -> None:
    app.before_request(recognise)
    app.before_request(check_csrf)


def recognise() -> None:
    """Put the caller into `g`: nothing is refused here, guards do that."""
    if not request.path.startswith(("/api/", "/socket.io")):
        return
    if token := request.cookies.get(staff_cookie()):
        found = accounts.sign_in_of(db.session, token, at=utcnow())
        if found is not None:
            g.sign_in, g.account = found, found.account
    if token := request.cookies.get(phone_cookie()):
        link = link_of(db.session, token)
        if link is not None:
            g.join_link = link


def link_of(session: Session, token: str) -> JoinLink | None:
    """The link behind a phone's cookie, unless it expired or was revoked."""
    link = session.scalar(select(JoinLink).where(JoinLink.grant_hash == token_hash(token)))
    if link is None:
        return None
    try:
        sessions.check_link(link, at=utcnow())
    except LinkInvalid:
        return None
    return link


def check_csrf() -> None:
    """Every write with a cookie must also show the token that only our pages can read.

    A browser that carries both cookies (the demonstration on one machine) may show either token.

    Raises:
        BadCsrf: no token, or another one.
    """
    if request.method in SAFE_METHODS or not request.path.startswith("/api/"):
        return
    expected = []
    if "sign_in" in g:
        expected.append(g.sign_in.csrf)
    if "join_link" in g:
        expected.append(csrf_of_link(g.join_link))
    shown = request.headers.get(CSRF_HEADER, "")
    own_door = request.path in ("/api/v1/join", "/api/v1/sign-in")
    if expected and not own_door and not any(hmac.compare_digest(shown, one) for one in expected):
        raise BadCsrf(request.path)


def csrf_of_link(link: JoinLink) -> str:
    """The phone's token: a digest of its grant, so that a new cookie brings a new token."""
    return token_hash(f"csrf {link.grant_hash}")


def staff_cookie() -> str:
    return f"{_prefix()}yunkan"


def phone_cookie() -> str:
    return f"{_prefix()}yunkan-phone"


def give_cookie(body: Any, name: str, token: str, *, seconds: int) -> Response:
    """An answer that sets a cookie scripts cannot read."""
    answer = jsonify(body)
    answer.set_cookie(
        name,
        token,
        max_age=seconds,
        httponly=True,
        samesite="Lax",
        secure=parts().settings.secure_cookies,
        path="/",
    )
    return answer


def slow_down(kind: accounts.Kind, who: str = "") -> None:
    """Raises: TooMany: too many tries by this name, or from this address."""
    at = utcnow()
    accounts.count_try(db.session, kind, f"address {request.remote_addr}", at=at)
    if who:
        accounts.count_try(db.session, kind, f"name {who}", at=at)


def _prefix() -> str:
    """`__Host-` binds a cookie to this host and to TLS (RFC 6265bis)."""
    return "__Host-" if parts().settings.secure_cookies else ""
