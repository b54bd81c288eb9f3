"""What a bureau has promised, as one number: each change of it, and each leave, counts one up.

Who proposes a change of promises keeps the number it was made from, and is refused if another
stands there when it is carried out (docs/decisions/0006). Counting up locks the bureau's row until
the transaction ends, so that two who change promises take turns.
"""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from server.errors import PlanOutdated
from server.models.bureau import Bureau


def as_of_now(db: Session, bureau_id: int) -> int:
    """Read it first: what is read after it may only be newer, and that is noticed."""
    return db.scalars(select(Bureau.promises).where(Bureau.id == bureau_id)).one()


def changed(db: Session, bureau_id: int) -> None:
    """Something was promised, taken back, or cannot be kept any more."""
    db.execute(_counted_up.where(Bureau.id == bureau_id))


def changed_from(db: Session, bureau_id: int, known: int) -> None:
    """Compare and set. Raises: PlanOutdated: promises are not what they were."""
    as_known = _counted_up.where(Bureau.id == bureau_id, Bureau.promises == known)
    if db.scalar(as_known.returning(Bureau.id)) is None:
        raise PlanOutdated(f"promises are no longer as of {known}", cause="promises_changed")


_counted_up = update(Bureau).values(promises=Bureau.promises + 1)
