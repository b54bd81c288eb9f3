"""Who may call what. Every route carries one of these guards; a test checks that none forgot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from flask import g, request

from server.errors import NotSignedIn, NotYours
from server.models.account import Account, Role
from server.models.session import JoinLink

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Guard:
    """Which callers a route or a Socket.IO event is for. The matrix test reads it."""

    roles: frozenset[Role]
    applicant: bool = False
    public: bool = False
    whole_bureau: bool = False  # not for accounts limited to one district


def only(*roles: Role, whole_bureau: bool = False) -> Callable[[View], View]:
    """For staff who are signed in with one of these roles.

    `whole_bureau`: what is seen or done concerns every district, so that accounts limited to
    one are refused.
    """
    return _guard(Guard(frozenset(roles), whole_bureau=whole_bureau))


def only_applicant(view: View) -> View:
    """For a phone whose join link was accepted and not revoked since."""
    return _guard(Guard(frozenset(), applicant=True))(view)


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
    link = g.get("join_link")
    if not isinstance(link, JoinLink):
        raise NotSignedIn
    return link


def allow(guard: Guard) -> None:
    """Let the caller of this request through, or refuse.

    Raises:
        NotSignedIn: nobody known is calling.
        NotYours: somebody known, for whom this is not.
    """
    if guard.public or (guard.applicant and "join_link" in g):
        return
    if not guard.roles:
        raise NotSignedIn
    if current_account().role not in guard.roles:
        raise NotYours(f"{request.endpoint} is for {sorted(guard.roles)}")
    if guard.whole_bureau and current_account().district_id is not None:
        raise NotYours(f"{request.endpoint} concerns the whole bureau", cause="district")


def _guard(guard: Guard) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            allow(guard)
            return view(*args, **kwargs)

        guarded.guard = guard  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return decorate
