"""Who is calling: cookies in, an account or the holder of a link out; CSRF; cookies given."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, g, jsonify, request
from sqlalchemy import select

from server.clock import utcnow
from server.errors import BadCsrf, LinkInvalid
from server.models.observer import Observer
from server.models.session import JoinLink
from server.services import accounts, later, observing, sessions, watching
from server.services.tokens import token_hash
from server.services.watching import Viewer
from server.web.db import db
from server.web.parts import parts

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
CSRF_HEADER = "X-CSRF-Token"
STAFF, PHONE = "yunkan", "yunkan-phone"
VIEWER, OBSERVER = "yunkan-viewer", "yunkan-observer"

#: These give the cookie that CSRF is about, so they cannot ask for its token.
DOORS = frozenset({"/api/v1/sign-in", "/api/v1/join", "/api/v1/watch", "/api/v1/observe"})


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
            g.called = found.account.sign_in_name  # for the log, whatever becomes of the session
    if token := request.cookies.get(phone_cookie()):
        link = db.session.scalar(select(JoinLink).where(JoinLink.grant_hash == token_hash(token)))
        if link is not None and _opens(sessions.check_link, link):
            g.join_link = link
        elif link is not None and _opens(later.check_link, link):
            g.late_link = link
        elif link is not None:
            g.closed_link = link
    watched = (request.view_args or {}).get("guidance_id")
    if watched and (token := request.cookies.get(viewer_cookie(watched))):
        viewer = watching.viewer_of(db.session, watched, token)
        if viewer is not None:
            g.viewer = viewer
    if token := request.cookies.get(cookie(OBSERVER)):
        observer = observing.observer_of(db.session, token, at=utcnow())
        if observer is not None:
            g.observer = observer


def _opens(check: Callable[..., None], link: JoinLink) -> bool:
    try:
        check(link, at=utcnow())
    except LinkInvalid:
        return False
    return True


def check_csrf() -> None:
    """Every write with a cookie must also show the token that only our pages can read.

    A browser that carries several cookies (the demonstration on one machine) may show any token.

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
    if (link := g.get("join_link") or g.get("late_link")) is not None:
        expected.append(csrf_of_link(link))
    if "viewer" in g:
        expected.append(csrf_of_viewer(g.viewer))
    if "observer" in g:
        expected.append(csrf_of_observer(g.observer))
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


def csrf_of_viewer(viewer: Viewer) -> str:
    return token_hash(f"csrf {viewer.key}")


def csrf_of_observer(observer: Observer) -> str:
    """As the phone's."""
    return token_hash(f"csrf {observer.grant_hash}")


def staff_cookie() -> str:
    return cookie(STAFF)


def phone_cookie() -> str:
    return cookie(PHONE)


def viewer_cookie(guidance_id: int | str) -> str:
    """One for each session: a browser may watch several side by side."""
    return cookie(f"{VIEWER}-{guidance_id}")


def cookie(name: str) -> str:
    """`__Host-` binds a cookie to this host and to TLS (RFC 6265bis)."""
    return f"__Host-{name}" if parts().settings.secure_cookies else name


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
