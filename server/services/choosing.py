"""What a bureau chooses for itself, each change with who made it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from server.errors import BadPayload
from server.models.bureau import Bureau
from server.models.lifecycle import Event

#: Minutes at whose multiples surveys on site may start. One: at any minute.
ON_SITE_GRIDS = (1, 5, 10, 15, 30)

RECORDING = {False: "records nothing", True: "records calls"}


def keep_recordings(
    db: Session, bureau: Bureau, months: int | None, *, by: str, at: datetime
) -> None:
    """Keep recordings so many months after a case was closed; None: until it is decided.

    Of calls before whose applicants were told of a time, that one holds. The caller commits.
    """
    before, bureau.recordings_kept_months = bureau.recordings_kept_months, months
    _note(db, bureau, f"keeps {before}", f"keeps {months}", by=by, at=at)


def record_calls(db: Session, bureau: Bureau, records: bool, *, by: str, at: datetime) -> None:
    """Record video surveys, or no more: those whose applicants are invited from now on.

    The caller commits.
    """
    before, bureau.records_calls = bureau.records_calls, records
    _note(db, bureau, *(RECORDING[one] for one in (before, records)), by=by, at=at)


def officers_by_video(db: Session, bureau: Bureau, officers: int, *, by: str, at: datetime) -> None:
    """One officer or two carry out a video survey, and sign; on site the law asks for two.

    Rounds are planned so from now on. The caller commits.
    """
    before, bureau.video_officers = bureau.video_officers, officers
    _note(db, bureau, f"{before} by video", f"{officers} by video", by=by, at=at)


def on_site_grid(db: Session, bureau: Bureau, minutes: int, *, by: str, at: datetime) -> None:
    """Surveys on site start at full multiples of so many minutes, from the next plan, offer or
    repair on; what was promised for another minute stays. The caller commits.

    Raises:
        BadPayload: none of `ON_SITE_GRIDS`.
    """
    if minutes not in ON_SITE_GRIDS:
        raise BadPayload(f"a grid of {minutes} minutes", cause="on_site_grid")
    before, bureau.on_site_grid = bureau.on_site_grid, minutes
    _note(db, bureau, f"on site every {before}", f"on site every {minutes}", by=by, at=at)


def _note(db: Session, bureau: Bureau, came_from: str, to: str, *, by: str, at: datetime) -> None:
    if came_from != to:
        subject = {"bureau_id": bureau.id, "subject": "bureau", "subject_id": bureau.id}
        db.add(Event(**subject, came_from=came_from, to=to, by=by, at=at, note=""))
