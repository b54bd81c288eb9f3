"""What the bureau has already, read in a handful of queries before the rows are checked."""

from __future__ import annotations

from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from server.models.applicant import Premises
from server.models.bureau import Bureau, District, ItemType
from server.models.case import Case, CaseStatus
from server.services.importing.caserow import Before, Known, Within
from server.services.importing.choices import Choices
from server.services.importing.matching import DistrictNames, ItemNames, Named
from server.services.importing.presets import item_aliases
from server.services.importing.register import plain
from server.services.scope import Scope

#: A case at the same place under the same item type counts as perhaps the same while it lives.
_LIVING = [status for status in CaseStatus if status not in ("decided", "withdrawn")]


def known_to(
    db: Session, bureau: Bureau, choices: Choices, *, today: date, scope: Scope | None = None
) -> Known:
    """Everything that checking a sheet needs of the database; within a scope, what it may know."""
    scope = scope or Scope(bureau.id)
    preset = choices.known_preset()
    items = db.execute(
        select(ItemType.id, ItemType.code, ItemType.name, ItemType.name_en)
        .where(ItemType.bureau_id == bureau.id)
        .order_by(ItemType.code)
    )
    districts = db.execute(
        select(District.id, District.code, District.name, District.name_en)
        .where(
            District.bureau_id == bureau.id,
            or_(District.valid_from.is_(None), District.valid_from <= today),
            or_(District.valid_to.is_(None), District.valid_to >= today),
        )
        .order_by(District.code)
    )
    cases = db.execute(
        select(
            Case.source,
            Case.number,
            Case.status,
            Case.item_type_id,
            Case.accepted_on,
            Premises.address_key,
        )
        .join(Premises, Premises.id == Case.premises_id)
        .where(scope.cases())
    ).all()
    return Known(
        items=ItemNames(
            [Named(*row) for row in items], {**item_aliases(), **(preset.items if preset else {})}
        ),
        districts=DistrictNames(
            [Named(*row) for row in districts], preset.districts if preset else {}
        ),
        office=(bureau.longitude, bureau.latitude),
        datum=bureau.datum,
        numbers={(plain(case.source), case.number) for case in cases},
        before={
            (case.item_type_id, plain(case.address_key)): Before(case.number, case.accepted_on)
            for case in cases
            if case.status in _LIVING
        },
        within=None if scope.district_id is None else _within(db, bureau, scope),
    )


def _within(db: Session, bureau: Bureau, scope: Scope) -> Within:
    own = db.get_one(District, scope.district_id)
    every = db.scalars(select(District).where(District.bureau_id == bureau.id))
    return Within(
        name=own.name,
        name_en=own.name_en or own.name,
        districts={one.id: (one.name, one.name_en or one.name) for one in every},
        own=set(db.scalars(scope.districts())),
    )
