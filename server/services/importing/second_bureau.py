"""A bureau laid out of a preset's own table: what the Chicago file needs to be imported into."""

from __future__ import annotations

import tomllib

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.models.bureau import (
    Bureau,
    Department,
    District,
    DistrictLevel,
    ItemType,
    Mode,
    ModeRule,
)
from server.models.coordinates import Datum
from server.services.importing.presets import FOLDER

CHICAGO = "chicago-2013q3"


def bureau_of(db: Session, preset: str = CHICAGO) -> Bureau:
    """The bureau that a preset describes, stored on the first call. The caller commits.

    Raises:
        KeyError: this preset describes no bureau.
    """
    with (FOLDER / f"{preset}.toml").open("rb") as file:
        told = tomllib.load(file)["bureau"]
    bureau = db.scalar(select(Bureau).where(Bureau.code == told["code"]))
    if bureau is not None:
        return bureau
    districts, item_types = told.pop("districts"), told.pop("item_types")
    bureau = Bureau(**{**told, "datum": Datum(told["datum"])})
    db.add(bureau)
    db.flush()
    department = Department(bureau_id=bureau.id, name=bureau.name, name_en=bureau.name_en)
    db.add(department)
    db.flush()
    for code, (name, name_en) in districts.items():
        db.add(
            District(
                bureau_id=bureau.id,
                code=code,
                name=name,
                name_en=name_en,
                level=DistrictLevel.ZONE,
            )
        )
    for code, (name, name_en, video, on_site, working_days) in item_types.items():
        db.add(
            ItemType(
                bureau_id=bureau.id,
                department_id=department.id,
                code=code,
                name=name,
                name_en=name_en,
                modes=ModeRule.EITHER,
                preferred=Mode.ON_SITE,
                minutes_video=video,
                minutes_on_site=on_site,
                working_days=working_days,
            )
        )
    db.flush()
    return bureau
