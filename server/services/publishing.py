"""A bureau's own scripts: taken in from Excel, confirmed, proposed, published by a second person.

The folder of scripts that comes with the product is the library: in force wherever the bureau has
published nothing. What was published is never changed; the next version takes its place on a day.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased, joinedload

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
from server.services.checklists import Scripts, own_or_library
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
    ).all()
    return _standings(db, account.bureau_id, types, scripts, day)


def standing_of(db: Session, account: Account, item: int, scripts: Scripts, day: date) -> Standing:
    """Raises: NotFound: the bureau has no such item type."""
    item_type = db.get(ItemType, item)
    if item_type is None or item_type.bureau_id != account.bureau_id:
        raise NotFound(f"item type {item}")
    (standing,) = _standings(db, account.bureau_id, [item_type], scripts, day)
    return standing


def _standings(
    db: Session, bureau_id: int, item_types: Sequence[ItemType], scripts: Scripts, day: date
) -> list[Standing]:
    """As many queries for one item type as for all of them."""
    keys = [item_type.script for item_type in item_types]
    own = published(db, bureau_id, keys, day)
    coming = _coming(db, bureau_id, keys, day)
    on_its_way = _on_its_way(db, bureau_id, keys)
    said = _confirmations(db, bureau_id, keys)
    found = []
    for item_type in item_types:
        key = item_type.script
        script = _in_force(own.get(key), key, scripts)
        to_come = on_its_way.get(key)
        newest = script_of(to_come.script_version) if to_come else script
        confirmed = _confirmed_in(newest, said[key]) if newest else []
        still_open = _open_in(newest, said[key]) if newest else []
        found.append(
            Standing(item_type, script, own.get(key), coming[key], to_come, still_open, confirmed)
        )
    return found


def open_in(db: Session, bureau_id: int, script: Script) -> list[ToConfirm]:
    """What nobody of the bureau has confirmed yet."""
    return _open_in(script, _confirmations(db, bureau_id, (script.key,))[script.key])


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
    now = published(db, account.bureau_id, (script.key,), local_day(at)).get(script.key)
    in_use = _in_force(now, script.key, scripts)
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


def _in_force(own: ScriptPublication | None, key: str, scripts: Scripts) -> Script | None:
    try:
        return own_or_library(own, key, scripts)
    except NoScript:
        return None


def _open_in(script: Script, said: Sequence[ScriptConfirmation]) -> list[ToConfirm]:
    confirmed = {one for one, _ in _confirmed_in(script, said)}
    return [one for one in to_confirm(script) if one not in confirmed]


def _confirmed_in(
    script: Script, said: Sequence[ScriptConfirmation]
) -> list[tuple[ToConfirm, ScriptConfirmation]]:
    """What somebody has confirmed, in this version or in one that says the same."""
    found = {(one.what, one.name, one.sha256): one for one in said}
    asked = [(one, found.get((one.what, one.name, one.sha256))) for one in to_confirm(script)]
    return [(one, confirmation) for one, confirmation in asked if confirmation is not None]


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


def _on_its_way(db: Session, bureau_id: int, keys: Collection[str]) -> dict[str, ScriptPublication]:
    found = db.scalars(
        select(ScriptPublication)
        .where(
            ScriptPublication.bureau_id == bureau_id,
            ScriptPublication.script.in_(keys),
            ScriptPublication.status.in_(ON_ITS_WAY),
        )
        .options(joinedload(ScriptPublication.script_version))
    )
    return {one.script: one for one in found}


def _confirmations(
    db: Session, bureau_id: int, keys: Collection[str]
) -> Mapping[str, Sequence[ScriptConfirmation]]:
    found: dict[str, list[ScriptConfirmation]] = {key: [] for key in keys}
    for one in db.scalars(
        select(ScriptConfirmation).where(
            ScriptConfirmation.bureau_id == bureau_id, ScriptConfirmation.script.in_(keys)
        )
    ):
        found[one.script].append(one)
    return found


def _coming(
    db: Session, bureau_id: int, keys: Collection[str], day: date
) -> Mapping[str, Sequence[ScriptPublication]]:
    """By their first day; without those that a later version takes the place of before it."""
    later = aliased(ScriptPublication)
    overtaken = exists().where(
        later.bureau_id == bureau_id,
        later.script == ScriptPublication.script,
        later.status == PublicationStatus.PUBLISHED,
        later.id > ScriptPublication.id,
        later.effective_from <= ScriptPublication.effective_from,
    )
    found: dict[str, list[ScriptPublication]] = {key: [] for key in keys}
    for one in db.scalars(
        select(ScriptPublication)
        .where(
            ScriptPublication.bureau_id == bureau_id,
            ScriptPublication.script.in_(keys),
            ScriptPublication.status == PublicationStatus.PUBLISHED,
            ScriptPublication.effective_from > day,
            ~overtaken,
        )
        .options(joinedload(ScriptPublication.script_version))
        .order_by(ScriptPublication.effective_from)
    ):
        found[one.script].append(one)
    return found


def _first(db: Session, otherwise: str) -> None:
    """Of two who do the same at once, the database lets one."""
    try:
        db.flush()
    except IntegrityError as error:
        db.rollback()
        raise ChangedMeanwhile(otherwise) from error
