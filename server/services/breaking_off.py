"""A survey that does not go on as promised: it waits again, and what was done of it is kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from server.adapters.files import FileStore
from server.errors import ChangedMeanwhile
from server.models.round import Visit
from server.models.session import InspectionSession
from server.models.survey import Survey
from server.services import ending, recusals, sessions, signing
from server.services.surveys import must_be_under_way, visit_of


def break_off(
    db: Session, files: FileStore, visit: Visit, *, by: str, at: datetime, note: str
) -> InspectionSession | None:
    """The case waits for a new time; the call, if there is one, is over, and its link closes.

    Answers and evidence stay with the survey. The caller commits, and hangs up.
    """
    sessions.back_to_planning(db, visit, by=by, at=at, note=note)
    session = sessions.of_visit(db, visit)
    if session is not None:
        ending.end_call(db, files, session, by=by, at=at)
        sessions.revoke_links(db, session, at=at)
    return session


def for_another_crew(
    db: Session, files: FileStore, survey: Survey, *, by: str, at: datetime
) -> InspectionSession | None:
    """Somebody who has to decide was recused after the survey had begun: others go on with it.

    The history says who, and why. The caller commits, and hangs up.

    Raises:
        MoveRefused: it is not under way.
        ChangedMeanwhile: nobody whose view is needed is recused, or not any more.
    """
    must_be_under_way(survey)
    visit = visit_of(db, survey)
    assert visit is not None  # what is under way was promised
    if not signing.needs_another_crew(db, survey):
        raise ChangedMeanwhile(f"survey {survey.id}: whoever has to decide it may")
    why = recusals.why_recused(visit.round.crew, survey.case)
    return break_off(db, files, visit, by=by, at=at, note=why)
