"""Deleting the files of recordings whose end was confirmed, one by one; and those of guidance
sessions whose link was closed, which nobody can look at again.

Killed at it, it goes on where it was: what is still to be deleted stands in the traces, or among
the session's stretches, and to delete a file twice is to delete it once.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Column, delete, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from server.adapters.files import FileStore
from server.models.guidance import GuidanceSession, GuidanceStatus, GuidanceStretch
from server.models.lifecycle import Event
from server.models.retention import Disposal, DisposalStatus, DisposedFile
from server.models.tables import METADATA

#: Files deleted at one turn.
MOST_AT_ONCE = 50


def turn(db: Session, files: FileStore, *, at: datetime) -> int:
    """Delete some files, and commit; how many. The rest at the next turn.

    Raises:
        FilesAway: the store does not answer; to be tried again.
    """
    for disposal in db.scalars(
        select(Disposal).where(Disposal.status == DisposalStatus.CONFIRMED).order_by(Disposal.id)
    ).all():
        left = db.execute(
            select(DisposedFile.id, DisposedFile.sha256)
            .where(DisposedFile.disposal_id == disposal.id, DisposedFile.gone_at.is_(None))
            .limit(MOST_AT_ONCE)
        ).all()
        if not left:
            _finish(db, disposal, at=at)
            continue
        wanted = used(db, {digest for _, digest in left})
        db.rollback()  # nothing holds the database while the store is asked
        for digest in {digest for _, digest in left} - wanted:
            files.remove(digest)
        for shared in (False, True):
            those = [one for one, digest in left if (digest in wanted) is shared]
            of_those = update(DisposedFile).where(DisposedFile.id.in_(those))
            db.execute(of_those.values(gone_at=at, shared=shared))
        db.commit()
        return len(left)
    return _let_go_of_replays(db, files, at=at)


def _let_go_of_replays(db: Session, files: FileStore, *, at: datetime) -> int:
    closed = db.execute(
        select(GuidanceStretch.id, GuidanceStretch.sha256, GuidanceSession)
        .join(GuidanceSession, GuidanceSession.id == GuidanceStretch.guidance_id)
        .where(GuidanceSession.status == GuidanceStatus.CLOSED)
        .order_by(GuidanceStretch.id)
        .limit(MOST_AT_ONCE)
    ).all()
    if not closed:
        return 0
    digests = {digest for _, digest, _ in closed}
    forget = delete(GuidanceStretch).where(GuidanceStretch.id.in_([one for one, _, _ in closed]))
    db.execute(forget)
    wanted = used(db, digests)
    db.rollback()  # they stand there until the files are gone
    for digest in digests - wanted:
        files.remove(digest)
    db.execute(forget)
    for _, digest, guidance in closed:
        db.add(
            Event(
                bureau_id=guidance.bureau_id, subject=guidance.SUBJECT, subject_id=guidance.id,
                came_from="", to="file deleted", by="system", at=at, note=digest,
            )
        )  # fmt: skip
    db.commit()
    return len(closed)


def used(db: Session, digests: Collection[str]) -> set[str]:
    """Those of the digests that some record still has, of whatever kind it is.

    Every column that holds a digest counts, so that a new table need not be told of here.
    """
    found: set[str] = set()
    for column in _digest_columns():
        found.update(db.scalars(select(column).where(column.in_(digests))))
    return found


def _digest_columns() -> list[Column[str]]:
    return [
        column
        for table in METADATA.sorted_tables
        if table.name != DisposedFile.__tablename__
        for column in table.columns
        if column.name == "sha256" or column.name.endswith("_sha256")
    ]


def _finish(db: Session, disposal: Disposal, *, at: datetime) -> None:
    disposal.move(DisposalStatus.DONE, by="system", at=at)
    disposal.done_at = at
    try:
        db.commit()
    except StaleDataError:  # another worker was faster
        db.rollback()
