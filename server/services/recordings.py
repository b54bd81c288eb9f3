"""Recordings of calls: taken from the recorder's folder into the store, and looked at again.

The recorder (`inspection.media.recorder`) writes files and an index on the media worker's machine.
Whoever runs an `Intake` on that machine copies finished files into the store, checks them against
the recorder's digests, and only then lets go of them.
"""

from __future__ import annotations

import hashlib
import logging
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from inspection.media.recording import INDEX, Missing, Recording, Stretch
from server.adapters.files import FileStore
from server.models.guidance import GuidanceSession, GuidanceStretch
from server.models.recording import RecordedStretch, RecordingGap, RecordingView, Side
from server.models.round import Visit
from server.models.session import ConsentChoice, InspectionSession, SessionStatus
from server.models.survey import Survey
from server.services.checklists import Worked
from server.services.sessions import latest_consent

log = logging.getLogger(__name__)

Call = InspectionSession | GuidanceSession

#: Time after the end of a call in which its recorder may still be writing.
WRITING = timedelta(minutes=1)

#: Two looks of one person at one recording within this time are one.
ONE_LOOK = timedelta(minutes=10)

#: Seconds by which an answer may come before its recording and still be shown at its beginning.
JUST_BEFORE = 2.0

#: Files taken in at one turn: a second's work.
MOST_AT_ONCE = 20


@dataclass
class Intake:
    """Takes in what recorders leave under one folder. One process a machine, turn by turn.

    It remembers which indexes have not changed, so that a long call costs no more than a short one.
    """

    folder: Path
    _read: dict[Path, tuple[int, int]] = field(default_factory=dict)  # size and time of an index
    _spoilt: set[Path] = field(default_factory=set)

    def turn(self, db: Session, files: FileStore, *, at: datetime) -> int:
        """Keep files that are finished, and commit each; how many. The rest at the next turn.

        A file that is not what the recorder wrote is left where it is, and logged once.
        """
        if not self.folder.is_dir():
            return 0
        rooms = {path.name: path for path in self.folder.iterdir() if path.is_dir()}
        left = MOST_AT_ONCE
        for session in _calls_in(db, list(rooms)):
            room = rooms[session.room]
            try:
                left -= self._take_in_room(db, files, session, room, left)
                if _is_over(session, room, at):
                    shutil.rmtree(room)
                    for index in [each for each in self._read if room in each.parents]:
                        del self._read[index]
            except OSError as trouble:  # the disk's or the store's; what was kept stays kept
                log.warning("recordings of %s: %s", room, trouble)
            if left <= 0:
                break
        return MOST_AT_ONCE - left

    def _take_in_room(
        self, db: Session, files: FileStore, session: Call, room: Path, most: int
    ) -> int:
        if _would_rather_not(db, session):
            shutil.rmtree(room)  # they would rather not: nothing is kept
            return 0
        kept = 0
        for part in sorted(path for path in room.iterdir() if path.is_dir()):
            index = part / INDEX
            if kept >= most or not index.exists():
                continue
            found = index.stat()
            seen = (found.st_size, found.st_mtime_ns)
            if self._read.get(index) == seen:
                continue
            more, whole = self._take_in_part(db, files, session, part, most - kept)
            kept += more
            if whole:
                self._read[index] = seen
        return kept

    def _take_in_part(
        self, db: Session, files: FileStore, session: Call, part: Path, most: int
    ) -> tuple[int, bool]:
        """How many files were kept, and whether nothing is left to do."""
        recording = Recording.read(part)
        table, whose = _kept_as(session, part.name)
        known = db.execute(select(table.name, table.sha256).filter_by(**whose)).all()
        named = {(name, sha256) for name, sha256 in known}
        kept = 0
        for stretch in recording.stretches:
            if (stretch.file.name, stretch.sha256) not in named and stretch.file.exists():
                if kept >= most:
                    return kept, False
                if not self._keep(db, files, table(**whose), stretch):
                    continue
                kept += 1
            if stretch.file not in self._spoilt:
                stretch.file.unlink(missing_ok=True)
        if isinstance(session, InspectionSession):
            _note(db, session, whose["side"], part.name, recording.missing)
        return kept, True

    def _keep(
        self,
        db: Session,
        files: FileStore,
        row: RecordedStretch | GuidanceStretch,
        stretch: Stretch,
    ) -> bool:
        """Fill and store the row of one file."""
        data = stretch.file.read_bytes()
        if hashlib.sha256(data).hexdigest() != stretch.sha256:
            if stretch.file not in self._spoilt:
                log.error("recording %s is not what the recorder wrote", stretch.file)
                self._spoilt.add(stretch.file)
            return False
        row.name = stretch.file.name
        row.sha256 = files.put(data)
        row.bytes = stretch.bytes
        row.starts_at = stretch.starts_at
        row.seconds = stretch.seconds
        row.width = stretch.width
        row.height = stretch.height
        row.broke_off = stretch.cause or ""
        db.add(row)
        db.commit()
        return True


def _calls_in(db: Session, rooms: list[str]) -> list[Call]:
    inspections = select(InspectionSession).where(InspectionSession.room.in_(rooms))
    guidance = select(GuidanceSession).where(GuidanceSession.room.in_(rooms))
    return [*db.scalars(inspections).all(), *db.scalars(guidance).all()]


def _kept_as(
    call: Call, identity: str
) -> tuple[type[RecordedStretch] | type[GuidanceStretch], dict[str, Any]]:
    """The table in which a participant's files are kept, and what its rows say of whose it is."""
    if isinstance(call, GuidanceSession):
        return GuidanceStretch, {"guidance_id": call.id, "identity": identity}
    return RecordedStretch, {
        "bureau_id": call.bureau_id,
        "survey_id": call.visit.survey_id,
        "session_id": call.id,
        "side": Side.APPLICANT if identity.startswith("applicant-") else Side.EXPERT,
        "identity": identity,
    }


def _would_rather_not(db: Session, call: Call) -> bool:
    """Whether the applicant chose a visit in person after all; an officer who presents cannot."""
    consent = latest_consent(db, call) if isinstance(call, InspectionSession) else None
    return consent is not None and consent.choice is ConsentChoice.ON_SITE


@dataclass(frozen=True, slots=True)
class Moment:
    """When a point was answered (the last time), and what was being recorded then."""

    point: str
    at: datetime
    stretch_id: int
    seconds: float  # into the stretch


def stretches_of(db: Session, survey: Survey) -> list[RecordedStretch]:
    """In the order of time."""
    return list(
        db.scalars(
            select(RecordedStretch)
            .where(RecordedStretch.survey_id == survey.id)
            .order_by(RecordedStretch.starts_at, RecordedStretch.id)
        )
    )


def there_is_one(db: Session, survey: Survey) -> bool:
    """Whether any of a survey's calls was to be recorded and took place."""
    return bool(
        db.scalar(
            select(InspectionSession.id)
            .join(InspectionSession.visit)
            .where(
                Visit.survey_id == survey.id,
                InspectionSession.recorded,
                InspectionSession.status.in_((SessionStatus.LIVE, SessionStatus.ENDED)),
            )
            .limit(1)
        )
    )


def gaps_of(db: Session, survey: Survey) -> list[RecordingGap]:
    """In the order of time."""
    return list(
        db.scalars(
            select(RecordingGap)
            .where(RecordingGap.survey_id == survey.id)
            .order_by(RecordingGap.starts_at, RecordingGap.id)
        )
    )


def moments_of(worked: Worked, stretches: list[RecordedStretch]) -> list[Moment]:
    """Where in the applicant's recording each answered point is, as far as it was recorded."""
    shown = of_the_applicant(stretches)
    moments = []
    for point, given in worked.run.given.items():
        if (place := place_in(shown, given.answer.at)) is not None:
            moments.append(Moment(point, given.answer.at, *place))
    return sorted(moments, key=lambda moment: moment.at)


def of_the_applicant(stretches: list[RecordedStretch]) -> list[RecordedStretch]:
    """Those that show the place."""
    return [one for one in stretches if one.side is Side.APPLICANT]


def place_in(
    stretches: Sequence[RecordedStretch | GuidanceStretch], at: datetime
) -> tuple[int, float] | None:
    """Which stretch shows a moment, by its id, and how many seconds into it; None: none does."""
    for stretch in stretches:
        into = (at - stretch.starts_at).total_seconds()
        if -JUST_BEFORE <= into < stretch.seconds:
            return stretch.id, max(0.0, into)
    return None


def looked_at(
    db: Session, survey_id: int, *, by: str, at: datetime, joined_id: int | None = None
) -> None:
    """Write down that somebody looked at a recording, or took a joined one away."""
    before = db.scalar(
        select(RecordingView.id).where(
            RecordingView.survey_id == survey_id,
            RecordingView.joined_id == joined_id,
            RecordingView.by == by,
            RecordingView.at > at - ONE_LOOK,
        )
    )
    if before is None:
        db.add(RecordingView(survey_id=survey_id, joined_id=joined_id, by=by, at=at))


def _note(
    db: Session,
    session: InspectionSession,
    side: Side,
    identity: str,
    gaps: tuple[Missing, ...],
) -> None:
    of_part = (RecordingGap.session_id == session.id, RecordingGap.identity == identity)
    known = {
        (at, cause)
        for at, cause in db.execute(
            select(RecordingGap.starts_at, RecordingGap.cause).where(*of_part)
        )
    }
    for gap in gaps:
        if (gap.begins_at, gap.cause) in known:
            continue
        known.add((gap.begins_at, gap.cause))
        db.add(
            RecordingGap(
                survey_id=session.visit.survey_id,
                session_id=session.id,
                side=side,
                identity=identity,
                starts_at=gap.begins_at,
                seconds=(gap.ends_at - gap.begins_at).total_seconds(),
                packets=gap.packets,
                cause=gap.cause,
            )
        )
    db.commit()


def _is_over(session: Call, room: Path, at: datetime) -> bool:
    """Whether the recorder has nothing more to say of a room, and everything was taken in."""
    if session.status in session.OPEN or not room.is_dir() or any(room.rglob("*.mkv")):
        return False
    newest = max((path.stat().st_mtime for path in room.rglob("*")), default=0.0)
    return at.timestamp() - newest > WRITING.total_seconds()
