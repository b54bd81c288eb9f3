"""How long recordings are kept, who ends them, and what stops that (保存期限、到期销毁、封存).

The time begins on the day a case is closed, and is what its applicants were told before each call;
of calls for which nothing was told, what the bureau says today. Then one person proposes to delete
what was recorded of it, and another confirms; a hold stops both. What was said, answered and
photographed is untouched.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select
from sqlalchemy import case as sql_case
from sqlalchemy.orm import Session, contains_eager, joinedload

from server.clock import local_day, moment_of
from server.errors import MoveRefused, NotDue, NotFound, RecordingHeld, SamePerson
from server.models.account import Account
from server.models.bureau import Bureau
from server.models.case import Case, CaseStatus
from server.models.lifecycle import Event
from server.models.recording import JoinedRecording, JoinStatus, RecordedStretch
from server.models.retention import Disposal, DisposalStatus, DisposedFile, RecordingHold
from server.models.round import Visit
from server.models.session import InspectionSession
from server.models.survey import Survey
from server.services.scope import scope_of

CLOSED = (CaseStatus.DECIDED, CaseStatus.WITHDRAWN)
OPEN = (DisposalStatus.PROPOSED, DisposalStatus.CONFIRMED)

_OF_CALL = func.coalesce(InspectionSession.kept_months, Bureau.recordings_kept_months)
#: Of many stretches, whatever they are grouped by; None: of one it is not decided.
_LONGEST = sql_case((func.count(_OF_CALL) == func.count(), func.max(_OF_CALL)))


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of one case, which may go from `due_on` (local); None: nobody knows yet."""

    case: Case
    closed_at: datetime | None
    months: int | None  # the longest that was told of one of its calls; None: not decided
    due_on: date | None
    calls: int
    files: int
    bytes: int
    hold: RecordingHold | None
    disposals: list[Disposal]  # the newest last


def due_on(closed: date, months: int) -> date:
    """The first day on which whole `months` months have passed since a day.

    A month that is too short ends on its last day: what was closed on 31 January is kept through
    February for one month, and due on 1 March.
    """
    years, month = divmod(closed.month - 1 + months, 12)
    try:
        return closed.replace(year=closed.year + years, month=month + 1)
    except ValueError:
        return date(closed.year + years + (month == 11), (month + 1) % 12 + 1, 1)


def listing(db: Session, account: Account, *, at: datetime) -> Select[Case]:
    """Cases whose recordings are due or held, of those this account may see."""
    held = exists().where(RecordingHold.case_id == Case.id, RecordingHold.lifted_at.is_(None))
    return (
        select(Case)
        .where(
            scope_of(account).cases(),
            _recorded(),
            or_(held, _due(db, account.bureau_id, local_day(at))),
        )
        .options(joinedload(Case.item_type))
    )


def describe(db: Session, cases: Sequence[Case]) -> list[Kept]:
    """The same cases, each with what is kept of it."""
    ids = [case.id for case in cases]
    kept, closed = _amounts(db, ids), _closings(db, ids)
    standing = RecordingHold.case_id.in_(ids), RecordingHold.lifted_at.is_(None)
    holds = {hold.case_id: hold for hold in db.scalars(select(RecordingHold).where(*standing))}
    disposals: dict[int, list[Disposal]] = {case_id: [] for case_id in ids}
    for one in db.scalars(select(Disposal).where(Disposal.case_id.in_(ids)).order_by(Disposal.id)):
        disposals[one.case_id].append(one)
    found = []
    for case in cases:
        closed_at = closed.get(case.id)
        months, calls, files, total = kept.get(case.id, (None, 0, 0, 0))
        ends = due_on(local_day(closed_at), months) if closed_at and months else None
        found.append(
            Kept(
                case, closed_at, months, ends, calls, files, total,
                holds.get(case.id), disposals[case.id],
            )
        )  # fmt: skip
    return found


def case_of(db: Session, account: Account, case_id: int, *, lock: bool = False) -> Case:
    """A case this account may see. `lock`: whoever changes its keeping meanwhile waits.

    Raises:
        NotFound: no such case, or not theirs.
    """
    asked = select(Case).where(Case.id == case_id, scope_of(account).cases())
    case = db.scalar(asked.with_for_update() if lock else asked)
    if case is None:
        raise NotFound(f"case {case_id}")
    return case


def propose(
    db: Session, account: Account, case_ids: Sequence[int], *, at: datetime
) -> list[Disposal]:
    """Propose to delete what was recorded of these cases: of all, or of none. The caller commits.

    Raises:
        NotFound: a case is not theirs. NotDue, RecordingHeld: `number` says which.
        MoveRefused: it is proposed already.
    """
    proposed = []
    for case_id in sorted(set(case_ids)):
        case = case_of(db, account, case_id, lock=True)
        kept = _must_be_due(db, case, at=at)
        if any(one.status in OPEN for one in kept.disposals):
            raise MoveRefused(f"case {case.id} is proposed already", subject=Disposal.SUBJECT)
        proposed.append(
            Disposal(
                bureau_id=case.bureau_id, case_id=case.id, case=case, months=kept.months,
                closed_at=kept.closed_at, proposed_by=account.sign_in_name, proposed_at=at,
            )
        )  # fmt: skip
    db.add_all(proposed)
    db.flush()
    return proposed


def disposals(account: Account) -> Select[Disposal]:
    """Those of the cases this account may see."""
    return (
        select(Disposal)
        .join(Disposal.case)
        .where(scope_of(account).cases())
        .options(contains_eager(Disposal.case))
    )


def one(db: Session, account: Account, disposal_id: int) -> Disposal:
    """Raises: NotFound: no such disposal, or of a case that is not theirs."""
    found = db.scalar(disposals(account).where(Disposal.id == disposal_id))
    if found is None:
        raise NotFound(f"disposal {disposal_id}")
    return found


def confirm(db: Session, account: Account, disposal_id: int, *, at: datetime) -> Disposal:
    """The second person agrees: from now on nothing of the recordings can be seen.

    Their files go afterwards (`services.disposing`), what is known of each stays. The caller
    commits: all of it, or nothing.

    Raises:
        NotFound: not theirs. SamePerson: they proposed it. MoveRefused: it is not proposed.
        NotDue, RecordingHeld: things changed since.
    """
    disposal = one(db, account, disposal_id)
    case = case_of(db, account, disposal.case_id, lock=True)
    db.refresh(disposal)
    if disposal.proposed_by == account.sign_in_name:
        raise SamePerson(f"disposal {disposal.id}")
    if disposal.status is DisposalStatus.PROPOSED:
        months = _must_be_due(db, case, at=at).months
        assert months is not None  # or it would not be due
        disposal.months = months
    disposal.move(DisposalStatus.CONFIRMED, by=account.sign_in_name, at=at)
    disposal.confirmed_by, disposal.confirmed_at = account.sign_in_name, at
    _leave_traces(db, disposal, by=account.sign_in_name, at=at)
    db.flush()
    return disposal


def withdraw(db: Session, account: Account, disposal_id: int, *, at: datetime) -> Disposal:
    """Not to be deleted after all, for now. Raises: NotFound, MoveRefused."""
    disposal = one(db, account, disposal_id)
    disposal.move(DisposalStatus.WITHDRAWN, by=account.sign_in_name, at=at)
    return disposal


def hold(db: Session, account: Account, case_id: int, *, reason: str, at: datetime) -> None:
    """Keep what was recorded of a case until the hold is lifted. What was proposed is withdrawn.

    Raises:
        NotFound: the case is not theirs, or nothing is recorded of it. RecordingHeld: already.
    """
    case = case_of(db, account, case_id, lock=True)
    (kept,) = describe(db, [case])
    if not kept.files:
        raise NotFound(f"case {case.id} has no recording")
    if kept.hold is not None:
        raise RecordingHeld(f"case {case.id}", number=case.number)
    for disposal in kept.disposals:
        if disposal.status is DisposalStatus.PROPOSED:
            disposal.move(DisposalStatus.WITHDRAWN, by=account.sign_in_name, at=at, note=reason)
    by = account.sign_in_name
    db.add(RecordingHold(bureau_id=case.bureau_id, case_id=case.id, reason=reason, by=by, at=at))
    db.flush()


def lift(db: Session, account: Account, case_id: int, *, at: datetime) -> None:
    """Raises: NotFound: the case is not theirs, or not held."""
    case = case_of(db, account, case_id, lock=True)
    (kept,) = describe(db, [case])
    if kept.hold is None:
        raise NotFound(f"case {case.id} is not held")
    kept.hold.lifted_by, kept.hold.lifted_at = account.sign_in_name, at


def is_gone(db: Session, survey: Survey) -> bool:
    """Whether something that was recorded of a survey was deleted."""
    of_survey = (
        select(DisposedFile.id)
        .join(InspectionSession, InspectionSession.id == DisposedFile.session_id)
        .join(InspectionSession.visit)
        .where(Visit.survey_id == survey.id)
    )
    return db.scalar(of_survey.limit(1)) is not None


def files_of(db: Session, disposal: Disposal) -> list[DisposedFile]:
    """What was deleted, in the order in which it was recorded."""
    return list(
        db.scalars(
            select(DisposedFile)
            .where(DisposedFile.disposal_id == disposal.id)
            .order_by(DisposedFile.starts_at, DisposedFile.id)
        )
    )


def _amounts(db: Session, case_ids: Sequence[int]) -> dict[int, tuple[int | None, int, int, int]]:
    """By case: months that it is kept, calls, files, bytes."""
    found = db.execute(
        select(
            Survey.case_id,
            _LONGEST,
            func.count(RecordedStretch.session_id.distinct()),
            func.count(),
            func.sum(RecordedStretch.bytes),
        )
        .join(Survey, Survey.id == RecordedStretch.survey_id)
        .join(InspectionSession, InspectionSession.id == RecordedStretch.session_id)
        .join(Bureau, Bureau.id == RecordedStretch.bureau_id)
        .where(Survey.case_id.in_(case_ids))
        .group_by(Survey.case_id)
    )
    return {
        case_id: (months, calls, files, int(total))
        for case_id, months, calls, files, total in found
    }


def _closings(db: Session, case_ids: Sequence[int]) -> dict[int, datetime]:
    """When each case that is closed was."""
    closings = select(Event.subject_id, Event.at).where(
        Event.subject == Case.SUBJECT, Event.subject_id.in_(case_ids), Event.to.in_(CLOSED)
    )
    return {row.subject_id: row.at for row in db.execute(closings)}


def _must_be_due(db: Session, case: Case, *, at: datetime) -> Kept:
    (kept,) = describe(db, [case])
    if kept.hold is not None:
        raise RecordingHeld(f"case {case.id}", number=case.number)
    if kept.due_on is None or kept.due_on > local_day(at) or not kept.files:
        raise NotDue(f"case {case.id}", number=case.number)
    return kept


def _recorded() -> ColumnElement[bool]:
    return exists().where(Survey.case_id == Case.id, RecordedStretch.survey_id == Survey.id)


def _due(db: Session, bureau_id: int, today: date) -> ColumnElement[bool]:
    told = select(InspectionSession.kept_months).where(InspectionSession.bureau_id == bureau_id)
    possible = {*db.scalars(told.distinct()), db.get_one(Bureau, bureau_id).recordings_kept_months}
    longest = (
        select(_LONGEST)
        .select_from(RecordedStretch)
        .join(Survey, Survey.id == RecordedStretch.survey_id)
        .join(InspectionSession, InspectionSession.id == RecordedStretch.session_id)
        .join(Bureau, Bureau.id == RecordedStretch.bureau_id)
        .where(Survey.case_id == Case.id)
        .correlate(Case)
        .scalar_subquery()
    )
    ends = [
        and_(longest == months, Event.at < _closed_before(today, months))
        for months in possible
        if months is not None
    ]
    return exists().where(
        Event.subject == Case.SUBJECT,
        Event.subject_id == Case.id,
        Event.to.in_(CLOSED),
        or_(false(), *ends),
    )


def _closed_before(today: date, months: int) -> datetime:
    """What was closed before this moment is due today; the other way round of `due_on`."""
    years, month = divmod(today.month - 1 - months, 12)
    year, month, day = today.year + years, month + 1, today.day
    try:
        last = date(year, month, day)
    except ValueError:  # the whole of a shorter month is due
        last = date(year + month // 12, month % 12 + 1, 1)
        return moment_of(last, 0)
    return moment_of(last, 24 * 60)


def _leave_traces(db: Session, disposal: Disposal, *, by: str, at: datetime) -> None:
    surveys = select(Survey.id).where(Survey.case_id == disposal.case_id)
    of_case = RecordedStretch.survey_id.in_(surveys)
    for stretch in db.scalars(select(RecordedStretch).where(of_case)).all():
        db.add(_trace(disposal, stretch, stretch.name))
        db.delete(stretch)
    joined = select(JoinedRecording).where(
        JoinedRecording.survey_id.in_(surveys), JoinedRecording.status != JoinStatus.GONE
    )
    for file in db.scalars(joined).all():
        if file.sha256:
            db.add(_trace(disposal, file, file.kind))
        file.move(JoinStatus.GONE, by=by, at=at, note=file.sha256)
        file.sha256, file.bytes = "", 0


def _trace(disposal: Disposal, file: RecordedStretch | JoinedRecording, name: str) -> DisposedFile:
    return DisposedFile(
        disposal_id=disposal.id,
        session_id=file.session_id,
        side=file.side,
        identity=file.identity,
        name=name,
        sha256=file.sha256,
        bytes=file.bytes,
        starts_at=file.starts_at,
        seconds=file.seconds,
    )
