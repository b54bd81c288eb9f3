"""Who is calling: cookies in, an account or a join link out; CSRF; cookies given."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

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
STAFF, PHONE = "yunkan", "yunkan-phone"

#: These give the cookie that CSRF is about, so they cannot ask for its token.
DOORS = frozenset({"/api/v1/sign-in", "/api/v1/join"})


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
        BadCsrf: no token, or another one; or a page of another site is asking.
    """
    if request.method in SAFE_METHODS or not request.path.startswith("/api/"):
        return
    origin = request.headers.get("Origin", "")
    if origin and not is_ours(origin, request.environ):
        raise BadCsrf(f"{request.path} from {origin}")
    expected = []
    if "sign_in" in g:
        expected.append(g.sign_in.csrf)
    if "join_link" in g:
        expected.append(csrf_of_link(g.join_link))
    shown = request.headers.get(CSRF_HEADER, "").encode()
    known = any(hmac.compare_digest(shown, one.encode()) for one in expected)
    if expected and not known and request.path not in DOORS:
        raise BadCsrf(request.path)


def is_ours(origin: str, environ: Mapping[str, Any]) -> bool:
    """Whether the page that a browser says is asking is one of ours; Socket.IO asks this too."""
    ours = {environ.get("HTTP_HOST"), urlsplit(parts().settings.public_url).netloc}
    return urlsplit(origin).netloc in ours


def csrf_of_link(link: JoinLink) -> str:
    """The phone's token: a digest of its grant, so that a new cookie brings a new token."""
    return token_hash(f"csrf {link.grant_hash}")


def staff_cookie() -> str:
    return f"{_prefix()}{STAFF}"


def phone_cookie() -> str:
    return f"{_prefix()}{PHONE}"


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


def slow_down(kind: accounts.Kind, name: str = "") -> None:
    """Count a try before it is made. Raises: TooMany: too many that failed lately."""
    at = utcnow()
    for who in _tried_by(name):
        accounts.count_try(db.session, kind, who, at=at)


def it_was_right(kind: accounts.Kind, name: str = "") -> None:
    """Take the count back: a whole bureau may sign in from one address at nine."""
    for who in _tried_by(name):
        accounts.take_back_try(db.session, kind, who)


def _tried_by(name: str) -> list[str]:
    return [f"address {request.remote_addr}"] + ([f"name {name}"] if name else [])


def _prefix() -> str:
    """`__Host-` binds a cookie to this host and to TLS (RFC 6265bis)."""
    return "__Host-" if parts().settings.secure_cookies else ""
