"""Storing a previewed import: many rows, few statements, one transaction of the caller's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import and_, func, insert, literal, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from server.adapters.calendar import WorkingDays
from server.errors import ChangedMeanwhile
from server.models.applicant import Applicant, Premises
from server.models.base import Base, Moment
from server.models.bureau import Bureau, District, ItemType
from server.models.case import Case, CaseStatus
from server.models.imports import Import, ImportStatus
from server.models.lifecycle import Event
from server.models.survey import Survey, SurveyStatus
from server.services.importing.bulk import insert_many
from server.services.importing.caserow import CaseRow
from server.services.importing.findings import Cause
from server.services.importing.guard import refused
from server.services.importing.preview import Outcome, Preview
from server.services.importing.register import entered, plain
from server.services.scope import Scope


def store(
    db: Session, batch: Import, preview: Preview, *, calendar: WorkingDays, by: str, at: datetime
) -> None:
    """Store every row that is new, each with its open survey, and close the import.

    Premises are one for an address, applicants one for a code and contact: a chain's branches
    each keep the person to call. Rows that are known change nothing. What an import of one
    district brings goes into that district's register. The caller commits.

    Raises:
        SpreadsheetRefused: a needed column is missing.
        MoveRefused: this import was stored or undone before.
        ChangedMeanwhile: somebody stored one of these numbers since the preview was made.
    """
    if preview.missing:
        raise refused(Cause.MISSING_COLUMNS, fields=[field.value for field in preview.missing])
    batch.move(ImportStatus.STORED, by=by, at=at)
    counts = preview.counts()
    batch.rows_total = sum(counts.values())
    batch.rows_new = counts[Outcome.NEW] + counts[Outcome.WARNED]
    batch.rows_known = counts[Outcome.KNOWN]
    batch.rows_warned = counts[Outcome.WARNED]
    batch.rows_refused = counts[Outcome.REFUSED]
    db.flush()

    # Two imports into one bureau take turns: neither may miss the other's premises.
    db.execute(select(Bureau.id).where(Bureau.id == batch.bureau_id).with_for_update())
    try:
        _store_cases(db, batch, preview, calendar, by, at)
    except IntegrityError as problem:
        raise ChangedMeanwhile(f"import {batch.id}: {problem.orig}") from problem


def _store_cases(
    db: Session, batch: Import, preview: Preview, calendar: WorkingDays, by: str, at: datetime
) -> None:
    cases = [case for case in preview.cases if not case.known]
    scope = Scope(batch.bureau_id, batch.district_id)
    district = db.get(District, batch.district_id) if batch.district_id else None
    register = district.code if district else ""
    premises = _premises(db, scope, register, cases, at)
    applicants, who = _applicants(db, scope, cases, at)
    deadline = _deadlines(db, batch.bureau_id, calendar)
    before = _last(db, Case)
    insert_many(
        db,
        Case,
        [
            {
                "source": entered(case.source, register),
                "number": case.number,
                "item_type_id": case.item_id,
                "applicant_id": applicants[who(case)],
                "premises_id": premises[case.address_key],
                "accepted_on": case.accepted_on,
                "survey_by": deadline(case),
                "wish": case.wish,
                "extra": dict(case.extra),
            }
            for case in cases
        ],
        bureau_id=batch.bureau_id,
        import_id=batch.id,
        status=CaseStatus.RECEIVED,
        version=1,
        created_at=at,
    )
    _begin(db, batch, after=before, by=by, at=at)


def _premises(
    db: Session, scope: Scope, register: str, cases: list[CaseRow], at: datetime
) -> dict[str, int]:
    """By address key, all premises these cases need; new ones are stored."""
    query = select(Premises.id, Premises.address_key).where(Premises.bureau_id == scope.bureau_id)
    seen = query if scope.is_whole else query.where(Premises.district_id.in_(scope.districts()))
    # where several registers have it, the bureau's own counts: read last, it stays
    own_last = sorted(db.execute(seen), key=lambda row: plain(row.address_key) == row.address_key)
    have: dict[str, int] = {plain(key): id_ for id_, key in own_last}
    new: dict[str, CaseRow] = {}
    for case in cases:
        if case.address_key not in have:
            first = new.setdefault(case.address_key, case)
            if first.place is None and case.place is not None:
                new[case.address_key] = case
    before = _last(db, Premises)
    insert_many(
        db,
        Premises,
        [
            {
                "district_id": case.district_id,
                "name": case.shop,
                "address": case.address,
                "address_key": entered(key, register),
                "raw_place": case.raw_place,
                "datum": case.datum,
                "longitude": case.place[0] if case.place else None,
                "latitude": case.place[1] if case.place else None,
                "place_source": "spreadsheet" if case.place else "",
            }
            for key, case in new.items()
        ],
        bureau_id=scope.bureau_id,
        created_at=at,
    )
    for id_, key in db.execute(query.where(Premises.id > before)):
        have[plain(key)] = id_
    return have


Who = tuple[str, ...]


def _by_code(case: Any) -> Who:  # a CaseRow, or an applicant's row
    return case.identifier or case.name, case.contact, case.phone


def _in_every_word(case: Any) -> Who:
    return case.identifier, case.name, case.contact, case.phone


def _applicants(
    db: Session, scope: Scope, cases: list[CaseRow], at: datetime
) -> tuple[dict[Who, int], Callable[[CaseRow], Who]]:
    """By code (or name, without one), contact and telephone; new ones are stored.

    Within a district an applicant is known again only in every word, so that nobody reads here
    under which name one goes elsewhere; whom an expert must not judge (回避) stays the same one.
    """
    who = _by_code if scope.is_whole else _in_every_word
    query = select(
        Applicant.id, Applicant.identifier, Applicant.name, Applicant.contact, Applicant.phone
    ).where(Applicant.bureau_id == scope.bureau_id)
    have = {who(row): row.id for row in db.execute(query)}
    new = {key: case for case in cases if (key := who(case)) not in have}
    before = _last(db, Applicant)
    insert_many(
        db,
        Applicant,
        [
            {
                "name": case.name,
                "identifier_kind": case.identifier_kind,
                "identifier": case.identifier,
                "contact": case.contact,
                "phone": case.phone,
            }
            for case in new.values()
        ],
        bureau_id=scope.bureau_id,
        created_at=at,
    )
    have |= {who(row): row.id for row in db.execute(query.where(Applicant.id > before))}
    return have, who


def _deadlines(db: Session, bureau_id: int, calendar: WorkingDays) -> Callable[[CaseRow], date]:
    """The last day for the survey: as the sheet says, else by its term, else the item type's."""
    usual = {
        item.id: item.working_days
        for item in db.execute(
            select(ItemType.id, ItemType.working_days).where(ItemType.bureau_id == bureau_id)
        )
    }
    after = cache(calendar.after)

    def deadline(case: CaseRow) -> date:
        days = usual[case.item_id] if case.working_days is None else case.working_days
        return case.survey_by or after(case.accepted_on, days)

    return deadline


def _begin(db: Session, batch: Import, *, after: int, by: str, at: datetime) -> None:
    """Each new case gets its open survey, and the first line of its timeline."""
    mine = and_(Case.import_id == batch.id, Case.id > after)
    surveys = {
        "bureau_id": Case.bureau_id,
        "case_id": Case.id,
        "only_on_site": literal(False),
        "recheck": literal(False),
        "status": literal(SurveyStatus.OPEN, Survey.status.type),
        "version": literal(1),
        "created_at": literal(at, Moment()),
    }
    events = {
        "bureau_id": Case.bureau_id,
        "subject": literal(Case.SUBJECT),
        "subject_id": Case.id,
        "came_from": literal(""),
        "to": literal(CaseStatus.RECEIVED.value),
        "by": literal(by),
        "at": literal(at, Moment()),
        "note": literal(batch.file_name),
        "created_at": literal(at, Moment()),
    }
    for table, row in ((Survey, surveys), (Event, events)):
        query = select(*row.values()).where(mine).order_by(Case.id)
        db.execute(insert(table).from_select(list(row), query))


def _last(db: Session, table: type[Base]) -> int:
    """The highest id so far; rows stored from here on have higher ones."""
    return db.scalar(select(func.max(table.id))) or 0
