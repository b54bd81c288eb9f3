"""A bureau's own scripts: taken in from Excel, confirmed, proposed, published by a second person.

The folder of scripts that comes with the product is the library: in force wherever the bureau has
published nothing. What was published is never changed; the next version takes its place on a day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from inspection.checklist.confirming import ToConfirm, to_confirm
from inspection.checklist.script import Script
from server.clock import local_day
from server.errors import (
    BadPayload,
    ChangedMeanwhile,
    NoScript,
    NotFound,
    SamePerson,
    ScriptNotConfirmed,
)
from server.models.account import Account
from server.models.bureau import ItemType
from server.models.publication import PublicationStatus, ScriptConfirmation, ScriptPublication
from server.services.checklists import Scripts, in_force
from server.services.script_versions import published, script_of, stored
from server.services.script_workbooks import (
    must_be_later,
    must_be_of_same_item_type,
    must_not_be_among,
    read,
)

ON_ITS_WAY = (PublicationStatus.DRAFT, PublicationStatus.PROPOSED)


@dataclass(frozen=True, slots=True)
class Standing:
    """How the script of one item type stands in a bureau."""

    item_type: ItemType
    script: Script | None  # in force today; None: nobody wrote one
    publication: ScriptPublication | None  # None: the library's is in force
    coming: Sequence[ScriptPublication]  # published, but for a later day
    on_its_way: ScriptPublication | None
    open: Sequence[ToConfirm]  # in what is on its way, else in what is in force
    confirmed: Sequence[tuple[ToConfirm, ScriptConfirmation]]  # in the same


def standings(db: Session, account: Account, scripts: Scripts, *, day: date) -> list[Standing]:
    """Of every item type of the bureau, in the order of its codes."""
    types = db.scalars(
        select(ItemType).where(ItemType.bureau_id == account.bureau_id).order_by(ItemType.code)
    )
    return [standing(db, item_type, scripts, day=day) for item_type in types]


def standing_of(db: Session, account: Account, item: int, scripts: Scripts, day: date) -> Standing:
    """Raises: NotFound: the bureau has no such item type."""
    item_type = db.get(ItemType, item)
    if item_type is None or item_type.bureau_id != account.bureau_id:
        raise NotFound(f"item type {item}")
    return standing(db, item_type, scripts, day=day)


def standing(db: Session, item_type: ItemType, scripts: Scripts, *, day: date) -> Standing:
    bureau, key = item_type.bureau_id, item_type.script
    own = published(db, bureau, key, day)
    on_its_way = _on_its_way(db, bureau, key)
    script = _in_force(db, item_type, scripts)
    newest = script_of(on_its_way.script_version) if on_its_way else script
    return Standing(
        item_type,
        script,
        own,
        _coming(db, bureau, key, day),
        on_its_way,
        open_in(db, bureau, newest) if newest else (),
        confirmed_in(db, bureau, newest) if newest else (),
    )


def open_in(db: Session, bureau_id: int, script: Script) -> list[ToConfirm]:
    """What nobody of the bureau has confirmed yet."""
    confirmed = {one for one, _ in confirmed_in(db, bureau_id, script)}
    return [one for one in to_confirm(script) if one not in confirmed]


def confirmed_in(
    db: Session, bureau_id: int, script: Script
) -> list[tuple[ToConfirm, ScriptConfirmation]]:
    """What somebody of the bureau has confirmed, in this version or in one that says the same."""
    said = select(ScriptConfirmation).where(
        ScriptConfirmation.bureau_id == bureau_id, ScriptConfirmation.script == script.key
    )
    found = {(one.what, one.name, one.sha256): one for one in db.scalars(said)}
    asked = [(one, found.get((one.what, one.name, one.sha256))) for one in to_confirm(script)]
    return [(one, confirmation) for one, confirmation in asked if confirmation is not None]


def take_in(
    db: Session,
    account: Account,
    item_type: ItemType,
    workbook: bytes,
    *,
    file: str,
    scripts: Scripts,
    at: datetime,
) -> ScriptPublication:
    """Make a draft of a workbook. The caller commits.

    Raises:
        NoScript: the item type has no key of a script, under which one could be kept.
        SpreadsheetRefused: the file cannot be opened, or is no .xlsx.
        ScriptRefused: with every fault, each naming sheet, row and cure; nothing is kept.
        ChangedMeanwhile: another version is on its way already.
    """
    if not item_type.script:
        raise NoScript(f"item type {item_type.id}")
    script = read(workbook, item_type.script, file)
    own = _published(db, item_type)
    in_use = _in_force(db, item_type, scripts)
    for before in (*own, in_use) if in_use else own:
        must_be_of_same_item_type(before, script, file)
        must_be_later(before, script, file)
    must_not_be_among(own, script, file)
    draft = ScriptPublication(
        bureau_id=account.bureau_id,
        script=script.key,
        script_version_id=stored(db, script).id,
        file=file,
        uploaded_by=account.sign_in_name,
        uploaded_at=at,
    )
    db.add(draft)
    _first(db, f"another version of {script.key} is on its way")
    return draft


def confirm(
    db: Session, account: Account, script: Script, sha256: str, *, note: str, at: datetime
) -> None:
    """Somebody looked it up, and says by name that it is right. The caller commits.

    `sha256` is of what they saw, so that nobody confirms what was written only afterwards.

    Raises:
        ChangedMeanwhile: it says something else by now, or somebody confirmed it already.
    """
    seen = [one for one in open_in(db, account.bureau_id, script) if one.sha256 == sha256]
    if not seen:
        raise ChangedMeanwhile(f"{script.key}: nothing open says {sha256}")
    for one in seen:
        db.add(
            ScriptConfirmation(
                bureau_id=account.bureau_id,
                script=script.key,
                what=one.what,
                name=one.name,
                sha256=one.sha256,
                note=note,
                by=account.sign_in_name,
                by_name=account.name,
                at=at,
            )
        )
    _first(db, f"{script.key}: {sha256} was confirmed just now")


def propose(db: Session, account: Account, number: int, *, at: datetime) -> None:
    """Ask a second person to publish. The caller commits."""
    publication = _find(db, account, number)
    publication.move(PublicationStatus.PROPOSED, by=account.sign_in_name, at=at)
    publication.proposed_by = account.sign_in_name


def withdraw(db: Session, account: Account, number: int, *, at: datetime) -> None:
    """It is not going to be published. The caller commits."""
    _find(db, account, number).move(PublicationStatus.WITHDRAWN, by=account.sign_in_name, at=at)


def publish(db: Session, account: Account, number: int, *, first_day: date, at: datetime) -> None:
    """In force for surveys that begin on `first_day` (Beijing) or later. The caller commits.

    Raises:
        SamePerson: who uploaded or proposed it does not publish it.
        ScriptNotConfirmed: something in it is still to be confirmed; `names` says what.
        BadPayload: the first day is over.
        MoveRefused: it was not proposed.
    """
    publication = _find(db, account, number)
    if account.sign_in_name in (publication.uploaded_by, publication.proposed_by):
        raise SamePerson(f"script publication {number}")
    if first_day < local_day(at):
        raise BadPayload("the first day is over", cause="effective_from_past")
    script = script_of(publication.script_version)
    if missing := open_in(db, account.bureau_id, script):
        raise ScriptNotConfirmed(script.key, names=[one.name for one in missing], n=len(missing))
    publication.move(PublicationStatus.PUBLISHED, by=account.sign_in_name, at=at)
    publication.published_by, publication.published_at = account.sign_in_name, at
    publication.effective_from = first_day


def _find(db: Session, account: Account, number: int) -> ScriptPublication:
    found = db.get(ScriptPublication, number)
    if found is None or found.bureau_id != account.bureau_id:
        raise NotFound(f"script publication {number}")
    return found


def _in_force(db: Session, item_type: ItemType, scripts: Scripts) -> Script | None:
    try:
        return in_force(db, item_type.bureau_id, item_type.script, scripts)
    except NoScript:
        return None


def _published(db: Session, item_type: ItemType) -> list[Script]:
    """Every version of it that the bureau has published."""
    own = db.scalars(
        select(ScriptPublication).where(
            ScriptPublication.bureau_id == item_type.bureau_id,
            ScriptPublication.script == item_type.script,
            ScriptPublication.status == PublicationStatus.PUBLISHED,
        )
    )
    return [script_of(one.script_version) for one in own]


def _on_its_way(db: Session, bureau_id: int, key: str) -> ScriptPublication | None:
    return db.scalar(
        select(ScriptPublication).where(
            ScriptPublication.bureau_id == bureau_id,
            ScriptPublication.script == key,
            ScriptPublication.status.in_(ON_ITS_WAY),
        )
    )


def _coming(db: Session, bureau_id: int, key: str, day: date) -> Sequence[ScriptPublication]:
    """By their first day; without those that a later version takes the place of before it."""
    later = aliased(ScriptPublication)
    overtaken = exists().where(
        later.bureau_id == bureau_id,
        later.script == key,
        later.status == PublicationStatus.PUBLISHED,
        later.id > ScriptPublication.id,
        later.effective_from <= ScriptPublication.effective_from,
    )
    return db.scalars(
        select(ScriptPublication)
        .where(
            ScriptPublication.bureau_id == bureau_id,
            ScriptPublication.script == key,
            ScriptPublication.status == PublicationStatus.PUBLISHED,
            ScriptPublication.effective_from > day,
            ~overtaken,
        )
        .order_by(ScriptPublication.effective_from)
    ).all()


def _first(db: Session, otherwise: str) -> None:
    """Of two who do the same at once, the database lets one."""
    try:
        db.flush()
    except IntegrityError as error:
        db.rollback()
        raise ChangedMeanwhile(otherwise) from error
