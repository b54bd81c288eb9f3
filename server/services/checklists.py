"""Checklists at work: pin a script to a survey, take answers, say what remains."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inspection.checklist.answers import Answer as Given
from inspection.checklist.answers import AnswerRefused
from inspection.checklist.run import ChecklistRun as Run
from inspection.checklist.run import Lack, Suggested
from inspection.checklist.script import Script, load
from server.clock import local_day, utcnow
from server.errors import AnswerNotValid, ChecklistIncomplete, NoScript, NotFound
from server.models.checklist import Answer, ChecklistRun
from server.models.evidence import Evidence
from server.models.publication import ScriptPublication
from server.models.survey import Survey
from server.services.script_versions import published, script_of, stored


class Scripts:
    """The scripts that come with the product (脚本库), read from their folder; a file is read
    again when it has changed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[str, tuple[int, Script]] = {}
        self._lock = Lock()

    def current(self, key: str) -> Script:
        """The script of an item type ("food/small-restaurant") as the folder has it today.

        Raises:
            NoScript: none was written yet.
            ScriptRefused: the file has faults (`check-scripts` names them).
        """
        file = self._folder / f"{key}.toml"
        if not key or not file.is_file():
            raise NoScript(key or "item type without script")
        changed = file.stat().st_mtime_ns
        with self._lock:
            known = self._read.get(key)
            if known is None or known[0] != changed:
                known = (changed, load(file))
                self._read[key] = known
        return known[1]


@dataclass(frozen=True, slots=True)
class Worked:
    """A checklist with the answers and photos it has so far. `run_id` is None before it began."""

    run: Run
    run_id: int | None

    @property
    def script(self) -> Script:
        return self.run.script


def in_force(db: Session, bureau_id: int, key: str, scripts: Scripts) -> Script:
    """What a survey begins with today: what the bureau has published, else the product's own.

    Raises:
        NoScript: there is neither.
    """
    own = published(db, bureau_id, (key,), local_day(utcnow())).get(key)
    return own_or_library(own, key, scripts)


def own_or_library(own: ScriptPublication | None, key: str, scripts: Scripts) -> Script:
    """What is in force, where it is known what the bureau has published. Raises: NoScript."""
    return script_of(own.script_version) if own else scripts.current(key)


def pin(db: Session, survey: Survey, scripts: Scripts) -> Worked:
    """Bind the script in force to the survey, for ever. Said twice, it changes nothing.

    Raises:
        NoScript: the item type has no script.
    """
    if (worked := _worked(db, survey)) is not None:
        return worked
    version = stored(db, in_force(db, survey.bureau_id, survey.case.item_type.script, scripts))
    db.add(ChecklistRun(survey_id=survey.id, script_version_id=version.id))
    db.flush()
    return worked_of(db, survey)


def worked_of(db: Session, survey: Survey) -> Worked:
    """The survey's checklist as it stands.

    Raises:
        NotFound: the survey has not begun.
    """
    worked = _worked(db, survey)
    if worked is None:
        raise NotFound(f"survey {survey.id} has not begun")
    return worked


def worked_or_preview(db: Session, survey: Survey, scripts: Scripts) -> Worked | None:
    """The survey's checklist; before it begins, the script in force; None without a script."""
    if (worked := _worked(db, survey)) is not None:
        return worked
    try:
        key = survey.case.item_type.script
        return Worked(Run(in_force(db, survey.bureau_id, key, scripts)), None)
    except NoScript:
        return None


def answer(
    db: Session,
    survey: Survey,
    *,
    point: str,
    value: str,
    note: str,
    device: str,
    by: str,
    at: datetime,
) -> Worked:
    """Add one answer; what was answered before stays readable. The caller commits.

    Raises:
        AnswerNotValid: no such point, closed by another answer, or the value does not fit.
    """
    worked = worked_of(db, survey)
    given = Given(point, value, note.strip(), by, at, device)
    try:
        run = worked.run.with_answer(given)
    except AnswerRefused as refused:
        detail = f"survey {survey.id}: {refused}"
        raise AnswerNotValid(detail, cause=str(refused.fault), point=point) from refused
    db.add(Answer(run_id=worked.run_id, **asdict(given)))
    db.flush()
    return Worked(run, worked.run_id)


def history_of(db: Session, survey: Survey, point: str | None = None) -> list[Answer]:
    """Every answer by time, or those to one point: the last of each point counts."""
    found = (
        select(Answer)
        .join(ChecklistRun, ChecklistRun.id == Answer.run_id)
        .where(ChecklistRun.survey_id == survey.id)
        .order_by(Answer.at, Answer.id)
    )
    return list(db.scalars(found.where(Answer.point == point) if point else found))


def must_be_complete(worked: Worked) -> Suggested:
    """What the answers suggest, once nothing is missing.

    Raises:
        ChecklistIncomplete: `points` names what lacks an answer, a reason or a photo.
    """
    missing = worked.run.remaining()
    if missing:
        raise ChecklistIncomplete(
            ", ".join(one.point.name for one in missing),
            points=[one.point.name for one in missing],
            answers=sum(Lack.ANSWER in one.lacks for one in missing),
            photos=sum(one.photos_missing for one in missing),
        )
    return worked.run.suggested()


def must_have_point(db: Session, survey: Survey, point: str) -> str:
    """The Chinese label of a point of the survey's script.

    Raises:
        AnswerNotValid: the script has no such point.
    """
    return label_of(worked_of(db, survey), point)


def label_of(worked: Worked, point: str) -> str:
    """The Chinese label of a point.

    Raises:
        AnswerNotValid: the script has no such point.
    """
    found = worked.script.point(point)
    if found is None:
        raise AnswerNotValid(point, cause="unknown_point", point=point)
    return found.label.zh


def progress_of(db: Session, survey: Survey) -> tuple[int, int]:
    """Points answered, points asked; (0, 0) before the survey began."""
    worked = _worked(db, survey)
    return (len(worked.run.given), len(worked.run.asked)) if worked else (0, 0)


def _worked(db: Session, survey: Survey) -> Worked | None:
    run = db.scalar(select(ChecklistRun).where(ChecklistRun.survey_id == survey.id))
    if run is None:
        return None
    answers = db.scalars(select(Answer).where(Answer.run_id == run.id).order_by(Answer.id))
    photos = db.execute(
        select(Evidence.point, func.count())
        .where(Evidence.survey_id == survey.id, Evidence.removed_at.is_(None))
        .group_by(Evidence.point)
    )
    return Worked(
        Run(
            script_of(run.script_version),
            [Given(one.point, one.value, one.note, one.by, one.at, one.device) for one in answers],
            dict(photos.all()),
        ),
        run.id,
    )
