"""Who may call what. Every route carries one of these guards; a test checks that none forgot."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from ipaddress import ip_address
from typing import Any, TypeVar

from flask import g, request

from server.errors import NotSignedIn, NotYours
from server.models.account import Account, Role
from server.models.observer import Observer
from server.models.session import JoinLink
from server.services.sessions import must_not_be_put_off
from server.services.watching import Viewer
from server.web.db import db
from server.web.parts import parts

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Guard:
    """Which callers a route or a Socket.IO event is for. The matrix test reads it."""

    roles: frozenset[Role]
    applicant: bool = False
    viewer: bool = False
    later: bool = False  # also for a phone whose link has expired, while late pieces are taken
    observer: bool = False
    public: bool = False
    whole_bureau: bool = False  # not for accounts limited to one district
    monitoring: bool = False  # for a machine of the bureau: it has no account


def only(*roles: Role, whole_bureau: bool = False) -> Callable[[View], View]:
    """For staff who are signed in with one of these roles.

    `whole_bureau`: what is seen or done concerns every district, so that accounts limited to
    one are refused.
    """
    return _guard(Guard(frozenset(roles), whole_bureau=whole_bureau))


def only_applicant(view: View) -> View:
    """For a phone whose join link was accepted and not revoked since."""
    return _guard(Guard(frozenset(), applicant=True))(view)


def only_viewer(view: View) -> View:
    """For a browser that opened the link of a guidance session that is not closed."""
    return _guard(Guard(frozenset(), viewer=True))(view)


def only_applicant_even_later(view: View) -> View:
    """As `only_applicant`, and for as long as what the phone has kept is still taken."""
    return _guard(Guard(frozenset(), applicant=True, later=True))(view)


def only_observer(view: View) -> View:
    """For an observer of a call whose link was accepted, and who may still watch."""
    return _guard(Guard(frozenset(), observer=True))(view)


def only_monitoring(view: View) -> View:
    """For the bureau's monitoring: whoever shows the token of the settings.

    Without a token in the settings, for this machine alone; not for what a proxy on it passes on.
    """
    return _guard(Guard(frozenset(), monitoring=True))(view)


def anyone(view: View) -> View:
    """For everybody, signed in or not: say why in the route's docstring."""
    return _guard(Guard(frozenset(), public=True))(view)


def current_account() -> Account:
    """The staff member calling.

    Raises:
        NotSignedIn: nobody is signed in, or the sign-in has expired.
    """
    account = g.get("account")
    if not isinstance(account, Account):
        raise NotSignedIn
    return account


def current_link() -> JoinLink:
    """The applicant's accepted join link.

    Raises:
        NotSignedIn: no phone cookie, or its link expired or was revoked.
    """
    link = g.get("join_link") or g.get("late_link")
    if not isinstance(link, JoinLink):
        raise NotSignedIn
    return link


def current_viewer() -> Viewer:
    """Who watches a guidance session.

    Raises:
        NotSignedIn: no cookie, or the session was closed.
    """
    viewer = g.get("viewer")
    if not isinstance(viewer, Viewer):
        raise NotSignedIn
    return viewer


def current_observer() -> Observer:
    """Who watches a call.

    Raises:
        NotSignedIn: no cookie, or the link expired or was taken back.
    """
    observer = g.get("observer")
    if not isinstance(observer, Observer):
        raise NotSignedIn
    return observer


def allow(guard: Guard) -> None:
    """Let the caller of this request through, or refuse.

    Raises:
        NotSignedIn: nobody known is calling.
        SurveyPutOff: a phone whose appointment was taken back.
        NotYours: somebody known, for whom this is not.
    """
    if guard.public or (guard.applicant and "join_link" in g):
        return
    if guard.later and "late_link" in g:
        return
    if (guard.viewer and "viewer" in g) or (guard.observer and "observer" in g):
        return
    if guard.monitoring:
        if not _is_monitoring():
            raise NotYours(f"{request.endpoint} asked from {request.remote_addr}")
        return
    if not guard.roles:
        if guard.applicant and not guard.later and "closed_link" in g:
            must_not_be_put_off(db.session, g.closed_link)
        raise NotSignedIn
    if current_account().role not in guard.roles:
        raise NotYours(f"{request.endpoint} is for {sorted(guard.roles)}")
    if guard.whole_bureau and current_account().district_id is not None:
        raise NotYours(f"{request.endpoint} concerns the whole bureau", cause="district")


def _is_monitoring() -> bool:
    if token := parts().settings.metrics_token.get_secret_value():
        shown = request.headers.get("Authorization", "").encode()
        return hmac.compare_digest(shown, f"Bearer {token}".encode())
    passed_on = any(name in request.headers for name in ("X-Forwarded-For", "Forwarded"))
    return not passed_on and ip_address(request.remote_addr or "0.0.0.0").is_loopback


def _guard(guard: Guard) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            allow(guard)
            return view(*args, **kwargs)

        guarded.guard = guard  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return decorate
