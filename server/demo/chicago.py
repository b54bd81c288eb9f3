"""The second bureau: shaped after a real file of inspections, staffed with invented inspectors."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.demo.seed import PASSWORD
from server.models.account import Role
from server.models.bureau import Bureau, District, ItemType
from server.models.expert import Expert, Shift
from server.services.accounts import create_account
from server.services.importing.second_bureau import bureau_of
from server.services.tokens import new_token

COORDINATOR = "chicago"
#: The file shows about 85 inspections a working day by six teams.
INSPECTORS = [
    "Adams",
    "Baker",
    "Carter",
    "Davis",
    "Evans",
    "Foster",
    "Garcia",
    "Harris",
    "Irving",
    "Jones",
    "King",
    "Lopez",
    "Miller",
    "Nolan",
    "Owens",
    "Perez",
    "Quinn",
    "Reyes",
    "Scott",
    "Turner",
    "Usher",
    "Vega",
    "Walker",
    "Young",
]
SHIFTS = ((8 * 60 + 30, 12 * 60), (13 * 60, 17 * 60))
WORKING_DAYS = range(5)


def seed_chicago(db: Session) -> Bureau:
    """The bureau, made once. The caller commits."""
    bureau = bureau_of(db)
    if db.scalar(select(Expert.id).where(Expert.bureau_id == bureau.id).limit(1)) is not None:
        return bureau
    bureau.crew_size, bureau.cars = 1, len(INSPECTORS)  # its inspectors go alone
    districts = list(db.scalars(select(District).where(District.bureau_id == bureau.id)))
    items = list(db.scalars(select(ItemType).where(ItemType.bureau_id == bureau.id)))
    for number, name in enumerate(INSPECTORS, start=1):
        home = districts[number % len(districts)]
        db.add(
            Expert(
                bureau_id=bureau.id,
                name=name,
                badge=f"CHI-{number:03}",
                home_district_id=home.id,
                calendar_token=new_token(),
                districts=[district for district in districts if district is not home],
                item_types=items,
                shifts=[
                    Shift(weekday=weekday, begins=begins, ends=ends)
                    for weekday in WORKING_DAYS
                    for begins, ends in SHIFTS
                ],
            )
        )
    create_account(
        db,
        bureau_id=bureau.id,
        sign_in_name=COORDINATOR,
        name="Chicago coordinator",
        password=PASSWORD,
        role=Role.COORDINATOR,
    )
    return bureau
