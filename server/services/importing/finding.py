"""Finding imports, always on behalf of somebody."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.errors import NotFound
from server.models.account import Account
from server.models.imports import Import
from server.services.scope import scope_of

LATEST = 30


def latest(db: Session, account: Account) -> list[Import]:
    """The newest imports this account may see."""
    query = select(Import).where(scope_of(account).imports())
    return list(db.scalars(query.order_by(Import.id.desc()).limit(LATEST)))


def one(db: Session, import_id: int, account: Account) -> Import:
    """Raises: NotFound: no such import, or not made for what the account sees."""
    batch = db.scalar(select(Import).where(Import.id == import_id, scope_of(account).imports()))
    if batch is None:
        raise NotFound(f"import {import_id}")
    return batch
