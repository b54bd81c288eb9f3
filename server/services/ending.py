"""How a call ends: what was drawn in it is kept where it can be, and then it is over."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from server.adapters.files import FilesAway, FileStore
from server.errors import Refused
from server.models.session import InspectionSession
from server.services import drawings, sessions


def end_call(
    db: Session, files: FileStore, session: InspectionSession, *, by: str, at: datetime
) -> None:
    """Hang up for good. What cannot be kept does not hold it up: strokes alone stay. Said again, it
    changes nothing. The caller commits."""
    try:
        drawings.close(db, files, session, keep=True, at=at)
    except (Refused, FilesAway):
        drawings.close(db, files, session, keep=False, at=at)
    sessions.end(db, session, by=by, at=at)
