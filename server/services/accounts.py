"""Staff accounts: made, signed in, signed out; guessing slowed down."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, joinedload

from server.errors import BadPayload, SignInFailed, TooMany
from server.models.account import Account, Attempt, IdempotentReply, Role, SignIn
from server.services.tokens import new_token, token_hash

#: OWASP's parameters for argon2id: 19 MiB, two passes, one lane.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_NOBODY = _HASHER.hash("the password of nobody")
SHORTEST_PASSWORD = 8

#: A phone without a network repeats a request for a day at most.
REPEATED_WITHIN = timedelta(days=2)

Kind = Literal["sign_in", "join"]
#: Tries allowed in the window, of one name or from one address.
WINDOW = timedelta(minutes=10)
TRIES: dict[Kind, int] = {"sign_in": 20, "join": 60}


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The cookie's value exists here and in the browser; the record holds its hash."""

    sign_in: SignIn
    token: str


def create_account(
    db: Session,
    *,
    bureau_id: int,
    sign_in_name: str,
    name: str,
    password: str,
    role: Role,
    district_id: int | None = None,
    expert_id: int | None = None,
) -> Account:
    """The caller commits.

    Raises:
        BadPayload: the password is shorter than 8 characters, or the name is taken.
    """
    if len(password) < SHORTEST_PASSWORD:
        raise BadPayload("password too short", cause="password", least=SHORTEST_PASSWORD)
    if db.scalar(select(Account.id).where(Account.sign_in_name == sign_in_name)) is not None:
        raise BadPayload(f"{sign_in_name} is taken", cause="sign_in_name")
    account = Account(
        bureau_id=bureau_id,
        sign_in_name=sign_in_name,
        name=name,
        password_hash=_HASHER.hash(password),
        role=role,
        district_id=district_id,
        expert_id=expert_id,
    )
    db.add(account)
    db.flush()
    return account


def names_of(db: Session, sign_in_names: Collection[str]) -> dict[str, str]:
    """How people are called, by what they sign in with; who has no account as they were written."""
    found = select(Account.sign_in_name, Account.name).where(
        Account.sign_in_name.in_(sign_in_names)
    )
    names = {one: one for one in sign_in_names}
    names.update((by, name) for by, name in db.execute(found))
    return names


def sign_in(
    db: Session, *, sign_in_name: str, password: str, hours: float, at: datetime
) -> SignedIn:
    """Check a name and a password. An unknown name takes as long as a wrong password.

    Raises:
        SignInFailed: wrong name, wrong password, or the account is closed.
    """
    account = db.scalar(select(Account).where(Account.sign_in_name == sign_in_name, Account.active))
    try:
        _HASHER.verify(account.password_hash if account else _NOBODY, password)
    except (VerificationError, InvalidHashError) as wrong:
        raise SignInFailed from wrong
    if account is None:
        raise SignInFailed
    _forget_old(db, at)
    token = new_token()
    signed_in = SignIn(
        account=account,
        token_hash=token_hash(token),
        csrf=new_token(),
        expires_at=at + timedelta(hours=hours),
    )
    db.add(signed_in)
    db.flush()
    return SignedIn(signed_in, token)


def _forget_old(db: Session, at: datetime) -> None:
    """Sign-ins that ran out, and answers kept for requests that nobody repeats any more."""
    db.execute(delete(SignIn).where(SignIn.expires_at <= at))
    db.execute(delete(IdempotentReply).where(IdempotentReply.created_at < at - REPEATED_WITHIN))


def sign_in_of(db: Session, token: str, *, at: datetime) -> SignIn | None:
    """Who holds this cookie; nobody if it is unknown, expired, or the account was closed."""
    found = db.scalar(
        select(SignIn)
        .where(SignIn.token_hash == token_hash(token), SignIn.expires_at > at)
        .options(joinedload(SignIn.account))
    )
    return found if found is not None and found.account.active else None


def sign_out(db: Session, signed_in: SignIn) -> None:
    db.delete(signed_in)


def count_try(db: Session, kind: Kind, who: str, *, at: datetime) -> None:
    """Count one try by this name or address. Commits, so that a refusal counts too.

    Raises:
        TooMany: too many in the last ten minutes; `seconds` until the oldest is forgotten.
    """
    key = _key(who)
    db.execute(delete(Attempt).where(Attempt.created_at < at - WINDOW))
    mine = (Attempt.kind == kind, Attempt.who == key)
    tries = db.scalar(select(func.count()).select_from(Attempt).where(*mine)) or 0
    if tries >= TRIES[kind]:
        oldest = db.scalar(select(func.min(Attempt.created_at)).where(*mine))
        db.commit()
        wait = (oldest + WINDOW - at).total_seconds() if oldest else WINDOW.total_seconds()
        raise TooMany(kind, seconds=max(1, round(wait)))
    db.add(Attempt(kind=kind, who=key, created_at=at))
    db.commit()


def take_back_try(db: Session, kind: Kind, who: str) -> None:
    """The try was right, so it does not count. The caller commits."""
    newest = (
        select(func.max(Attempt.id))
        .where(Attempt.kind == kind, Attempt.who == _key(who))
        .scalar_subquery()
    )
    db.execute(delete(Attempt).where(Attempt.id == newest))


def _key(who: str) -> str:
    """Names and addresses are not kept, only told apart."""
    return hashlib.sha256(who.encode()).hexdigest()
