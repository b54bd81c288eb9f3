"""Finding plans, always on behalf of somebody."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from server.errors import NotFound
from server.models.account import Account
from server.models.round import Plan
from server.services.scope import scope_of

LATEST = 20


def latest(db: Session, account: Account) -> list[Plan]:
    """The newest plans this account may see."""
    query = (
        select(Plan)
        .where(scope_of(account).plans(), Plan.made_from.is_(None))
        .order_by(Plan.id.desc())
        .limit(LATEST)
    )
    return list(db.scalars(query))


def one(db: Session, plan_id: int, account: Account) -> Plan:
    """Raises: NotFound: no such plan, or one that is not made for what the account sees."""
    return _found(db, plan_id, account, Plan.made_from.is_(None))


def repair(db: Session, plan_id: int, account: Account) -> Plan:
    """A plan that adjusts what was published. Raises: NotFound, as for `one`."""
    return _found(db, plan_id, account, Plan.made_from.is_not(None))


def _found(db: Session, plan_id: int, account: Account, kind: ColumnElement[bool]) -> Plan:
    plan = db.scalar(select(Plan).where(Plan.id == plan_id, scope_of(account).plans(), kind))
    if plan is None:
        raise NotFound(f"plan {plan_id}")
    return plan
