"""Joined recordings (合成录像): asked for by a coordinator, made by the jobs process, taken away.

The stretches are the evidence. A joined file is made from them, may be made again at any time, and
is then the same to the byte.
"""

from __future__ import annotations

import errno
import hashlib
import logging
import shutil
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Protocol

from sqlalchemy import select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from inspection.media.recording import CannotJoin, Joined, Piece
from server.adapters.files import FileDamaged, FileMissing, FilesAway, FileStore
from server.errors import MoveRefused, NotFound
from server.models.account import Account
from server.models.recording import JoinedRecording, JoinStatus, RecordedStretch, RecordingGap
from server.models.session import InspectionSession, SessionStatus
from server.models.survey import Survey
from server.services import disposing, surveys

log = logging.getLogger(__name__)


class Join(Protocol):
    """`inspection.media.joined.join`; given, because the web process carries no media code."""

    def __call__(
        self, pieces: Sequence[Piece], file: Path, *, progress: Callable[[float], None]
    ) -> Joined: ...


#: Seconds between two notes of how far a file is.
PROGRESS_SECONDS = 0.25

#: Seconds. A shorter gap is not told: nobody notices it.
SHORTEST_GAP = 1.0


@dataclass(frozen=True, slots=True)
class Hole:
    """What is black and silent in a joined file: seconds from its beginning, and how long."""

    begins: float
    seconds: float
    cause: str


def order(db: Session, survey: Survey, *, by: str, at: datetime) -> None:
    """Have the recordings of a survey's calls joined, each participant's to one file.

    Once more, if they were before: what came late is in it then. The caller commits.

    Raises:
        MoveRefused: a call is not over. NotFound: nothing was recorded.
    """
    recorded = select(RecordedStretch.session_id).where(RecordedStretch.survey_id == survey.id)
    calls = db.scalars(
        select(InspectionSession)
        .where(InspectionSession.id.in_(recorded))
        .order_by(InspectionSession.id)
    ).all()
    if not calls:
        raise NotFound(f"survey {survey.id} has no recording")
    for call in calls:
        if call.status is not SessionStatus.ENDED:
            raise MoveRefused(f"session {call.id} is {call.status}", subject="session")
    for call in calls:
        _order_call(db, call, by=by, at=at)
    db.flush()


def _order_call(db: Session, call: InspectionSession, *, by: str, at: datetime) -> None:
    sides = (
        select(RecordedStretch.identity, RecordedStretch.side)
        .where(RecordedStretch.session_id == call.id)
        .distinct()
        .order_by(RecordedStretch.identity)
    )
    known = select(JoinedRecording).where(JoinedRecording.session_id == call.id)
    ordered = {one.identity: one for one in db.scalars(known)}
    for identity, side in db.execute(sides).all():
        if (before := ordered.get(identity)) is None:
            db.add(
                JoinedRecording(
                    bureau_id=call.bureau_id,
                    survey_id=call.visit.survey_id,
                    session_id=call.id,
                    side=side,
                    identity=identity,
                )
            )
        elif JoinStatus.WAITING in before.MOVES[before.status]:
            before.move(JoinStatus.WAITING, by=by, at=at)
            before.turn, before.progress, before.cause = before.turn + 1, 0.0, ""


def stop(db: Session, survey: Survey, *, by: str, at: datetime) -> None:
    """Leave what is not joined yet; said twice, it changes nothing. The caller commits.

    The maker of a file notices with the next segment.
    """
    for one in of_survey(db, survey):
        if JoinStatus.STOPPED in one.MOVES[one.status]:
            one.move(JoinStatus.STOPPED, by=by, at=at)
    db.flush()


def of_survey(db: Session, survey: Survey) -> list[JoinedRecording]:
    """In the order of time; the applicant's first. Without those that were deleted."""
    return list(
        db.scalars(
            select(JoinedRecording)
            .where(
                JoinedRecording.survey_id == survey.id, JoinedRecording.status != JoinStatus.GONE
            )
            .order_by(JoinedRecording.session_id, JoinedRecording.side, JoinedRecording.id)
        )
    )


def for_staff(db: Session, joined_id: int, account: Account) -> JoinedRecording:
    """A file that is ready, if this account may see its survey.

    Raises:
        NotFound: no such file, or not theirs. MoveRefused: it is not ready.
    """
    joined = db.get(JoinedRecording, joined_id)
    if joined is None:
        raise NotFound(f"joined recording {joined_id}")
    surveys.for_staff(db, joined.survey_id, account)
    if joined.status is not JoinStatus.READY:
        raise MoveRefused(f"joined recording {joined_id} is {joined.status}", subject="recording")
    return joined


def holes_of(joined: JoinedRecording, gaps: list[RecordingGap]) -> list[Hole]:
    """Where a file has nothing, of the gaps of its survey."""
    if joined.starts_at is None:
        return []
    return [
        Hole((gap.starts_at - joined.starts_at).total_seconds(), gap.seconds, gap.cause)
        for gap in gaps
        if (gap.session_id, gap.identity) == (joined.session_id, joined.identity)
        and gap.seconds >= SHORTEST_GAP
    ]


def waiting(db: Session) -> list[tuple[int, int]]:
    """What is to be made: ids, and for the how manieth time."""
    found = db.execute(
        select(JoinedRecording.id, JoinedRecording.turn)
        .where(JoinedRecording.status == JoinStatus.WAITING)
        .order_by(JoinedRecording.id)
    )
    return [(joined_id, turn) for joined_id, turn in found]


def make(
    open_session: Callable[[], Session],
    files: FileStore,
    joined_id: int,
    turn: int,
    *,
    join: Join,
    folder: Path,
    now: Callable[[], datetime],
) -> None:
    """Make one file, unless it was ordered once more since. Begun again, it starts anew.

    Nothing holds the database while the file is made; `folder` has room for it meanwhile.

    Raises:
        FilesAway, DBAPIError: the store or the database is away; to be tried again.
    """
    with open_session() as db:
        joined = _still_wanted(db, joined_id, turn)
        if joined is None:
            return
        if joined.status is JoinStatus.WAITING:
            joined.move(JoinStatus.MAKING, by="system", at=now())
        pieces = [_piece(files, one) for one in _stretches(db, joined)]
        db.commit()
    workplace = folder / f"joining-{joined_id}"
    shutil.rmtree(workplace, ignore_errors=True)  # of somebody who was killed at it
    try:
        workplace.mkdir(parents=True)
        file = workplace / "whole"
        told = _Told(open_session, joined_id, turn)
        made = join(pieces, file, progress=told.share)
        _hand_over(open_session, files, joined_id, turn, made, file, now=now)
    except FilesAway:
        raise
    except _Stopped:
        return
    except (CannotJoin, FileDamaged, FileMissing, OSError) as failure:
        log.warning("joined recording %d: %s", joined_id, failure)
        fail(open_session, joined_id, turn, _cause_of(failure), now=now)
    finally:
        shutil.rmtree(workplace, ignore_errors=True)


def fail(
    open_session: Callable[[], Session],
    joined_id: int,
    turn: int,
    cause: str,
    *,
    now: Callable[[], datetime],
) -> None:
    """A file that was ordered cannot be made, and why."""
    with open_session() as db:
        joined = _still_wanted(db, joined_id, turn)
        if joined is not None:
            joined.cause = cause
            joined.move(JoinStatus.FAILED, by="system", at=now(), note=cause)
            db.commit()


def _hand_over(
    open_session: Callable[[], Session],
    files: FileStore,
    joined_id: int,
    turn: int,
    made: Joined,
    file: Path,
    *,
    now: Callable[[], datetime],
) -> None:
    """The record names the file before the store has it, so that none is there unknown."""
    with file.open("rb") as content, open_session() as db:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
        joined = _being_made(db, joined_id, turn)
        if joined is None:
            return
        before, joined.sha256 = joined.sha256, digest
        joined.kind, joined.bytes = made.kind.value, file.stat().st_size
        try:
            db.flush()
        except StaleDataError:  # stopped, or deleted, just now
            return
        if before:
            _let_go(db, files, before)
        db.commit()
    files.put_file(file)
    with open_session() as db:
        joined = _being_made(db, joined_id, turn)
        if joined is not None:
            joined.starts_at, joined.seconds = made.starts_at, made.seconds
            joined.progress = 1.0
            joined.move(JoinStatus.READY, by="system", at=now(), note=digest)
            with suppress(StaleDataError):
                db.commit()
            db.rollback()
        _let_go(db, files, digest)


def _let_go(db: Session, files: FileStore, digest: str) -> None:
    """Unless a record names it."""
    if not disposing.used(db, {digest}):
        files.remove(digest)


def _still_wanted(db: Session, joined_id: int, turn: int) -> JoinedRecording | None:
    joined = db.get(JoinedRecording, joined_id)
    open_ = (JoinStatus.WAITING, JoinStatus.MAKING)
    return joined if joined and joined.turn == turn and joined.status in open_ else None


def _being_made(db: Session, joined_id: int, turn: int) -> JoinedRecording | None:
    joined = _still_wanted(db, joined_id, turn)
    return joined if joined and joined.status is JoinStatus.MAKING else None


def _stretches(db: Session, joined: JoinedRecording) -> list[RecordedStretch]:
    return list(
        db.scalars(
            select(RecordedStretch)
            .where(
                RecordedStretch.session_id == joined.session_id,
                RecordedStretch.identity == joined.identity,
            )
            .order_by(RecordedStretch.starts_at, RecordedStretch.id)
        )
    )


def _piece(files: FileStore, stretch: RecordedStretch) -> Piece:
    read = partial(files.open, stretch.sha256)
    return Piece(stretch.starts_at, stretch.seconds, stretch.width, stretch.height, read)


def _cause_of(failure: Exception) -> str:
    if isinstance(failure, CannotJoin):
        return failure.cause
    if isinstance(failure, FileDamaged | FileMissing):
        return "damaged"
    return "disk" if getattr(failure, "errno", 0) == errno.ENOSPC else "unwritable"


class _Stopped(Exception):
    """A file is not wanted any more."""


class _Told:
    """How far a file is, written down now and then."""

    def __init__(self, open_session: Callable[[], Session], joined_id: int, turn: int) -> None:
        self._open_session = open_session
        self._of_it = update(JoinedRecording).where(
            JoinedRecording.id == joined_id,
            JoinedRecording.turn == turn,
            JoinedRecording.status == JoinStatus.MAKING,
        )
        self._told = 0.0

    def share(self, share: float) -> None:
        """Raises: _Stopped."""
        if time.monotonic() - self._told < PROGRESS_SECONDS:
            return
        self._told = time.monotonic()
        with self._open_session() as db:  # not through the record: who stops it need not wait
            told = self._of_it.values(progress=share).returning(JoinedRecording.id)
            found = db.scalar(told)
            db.commit()
        if found is None:
            raise _Stopped
