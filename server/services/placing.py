"""Which media worker has a call. Once given, it is the same for everybody and every web process.

A row is only changed by whoever saw it as it is, so that two who choose at once agree.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from inspection.media.engine import RoomKind
from server.errors import NotFound
from server.models.carried import Carried
from server.models.guidance import GuidanceSession
from server.models.session import InspectionSession

#: Where calls of each kind are kept.
CALLS: dict[RoomKind, type[Carried]] = {
    RoomKind.INSPECTION: InspectionSession,
    RoomKind.GUIDANCE: GuidanceSession,
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a call is carried: in which room of which worker ("" before the first join).

    `epoch` grows whenever the call begins anew, so that a page knows an answer that is out of
    date. It is never less than that of the worker's process. `recorded`: as people were told.
    """

    session_id: int
    room: str
    worker: str
    epoch: int
    recorded: bool = False
    kind: RoomKind = RoomKind.INSPECTION


def place_of(db: Session, session_id: int, kind: RoomKind = RoomKind.INSPECTION) -> Place:
    """Read anew: another web process may have moved the call."""
    session = db.get(CALLS[kind], session_id, populate_existing=True)
    if session is None:
        raise NotFound(f"session {session_id}")
    return _place(session, kind)


def session_in(db: Session, room: str) -> int | None:
    """Whose call is carried in a room, or None: it is none of ours."""
    return db.scalar(select(InspectionSession.id).where(InspectionSession.room == room))


def move(db: Session, seen: Place, *, worker: str, worker_epoch: int) -> Place | None:
    """Give a call to a worker, which has opened its room. None: somebody else was faster.

    The caller commits.
    """
    epoch = max(seen.epoch + 1, worker_epoch)
    call = CALLS[seen.kind]
    moved = db.execute(
        update(call)
        .where(
            call.id == seen.session_id,
            call.media_worker == seen.worker,
            call.media_epoch == seen.epoch,
        )
        .values(media_worker=worker, media_epoch=epoch)
        .returning(call.id)
    ).first()
    return replace(seen, worker=worker, epoch=epoch) if moved is not None else None


def open_at(db: Session, worker: str) -> list[Place]:
    """The calls that a worker has, and that may still be joined."""
    return [
        _place(session, kind)
        for kind, call in CALLS.items()
        for session in db.scalars(
            select(call)
            .where(call.media_worker == worker, call.status.in_(call.OPEN))
            .order_by(call.id)
        )
    ]


def began_anew(db: Session, *, worker: str, worker_epoch: int) -> list[Place]:
    """A worker's process is a new one: the calls that an earlier one had, each named once.

    Of several web processes that notice, only the first is told of any. The caller commits.
    """
    lost = []
    for kind, call in CALLS.items():
        found = db.scalars(
            update(call)
            .where(
                call.media_worker == worker,
                call.media_epoch < worker_epoch,
                call.status.in_(call.OPEN),
            )
            .values(media_epoch=worker_epoch)
            .returning(call)
        )
        lost += [_place(session, kind) for session in found]
    return lost


def recorded_at(db: Session, worker: str) -> list[int]:
    """Ids of the open inspections at a worker that are to be recorded."""
    return [
        place.session_id
        for place in open_at(db, worker)
        if place.recorded and place.kind is RoomKind.INSPECTION
    ]


def _place(session: Carried, kind: RoomKind) -> Place:
    return Place(
        session.id, session.room, session.media_worker, session.media_epoch, session.recorded, kind
    )
