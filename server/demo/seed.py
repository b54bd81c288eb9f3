"""Puts the made-up bureau into an empty database: districts, item types, experts, accounts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from inspection.checklist.catalogue import Catalogue
from inspection.media.tape import can_record
from server.demo import town
from server.models.account import Role
from server.models.bureau import (
    Bureau,
    Department,
    District,
    DistrictLevel,
    ItemType,
    Mode,
    ModeRule,
)
from server.models.expert import Expert, Shift
from server.services.accounts import create_account
from server.services.tokens import new_token

PASSWORD = "yunkan-demo"

#: Morning and afternoon, minutes after 00:00; lunch is between them.
SHIFTS = ((9 * 60, 12 * 60), (13 * 60, 18 * 60))
WORKING_DAYS = range(5)


@dataclass(frozen=True, slots=True)
class SignInAs:
    """One way to look around."""

    sign_in_name: str
    who: str
    page: str


SIGN_INS = (
    SignInAs("tongchou", "统筹员 coordinator", "/coordinator/"),
    SignInAs("weiyang", "未央区统筹员 of one district", "/coordinator/"),
    SignInAs("limin", "踏勘专家 expert", "/expert/"),
    SignInAs("jiandu", "监督员 supervisor", "/coordinator/"),
    SignInAs("guanli", "系统管理员 administrator", "/coordinator/"),
    SignInAs("chicago", "second bureau", "/coordinator/"),
)
#: Every expert can sign in, with their name in pinyin.
EXPERT_ACCOUNTS = {
    "李敏": "limin",
    "王建国": "wangjianguo",
    "赵磊": "zhaolei",
    "陈雪": "chenxue",
    "孙浩": "sunhao",
    "周婷": "zhouting",
    "马超": "machao",
    "何静": "hejing",
    "郭鹏": "guopeng",
    "杨帆": "yangfan",
    "高翔": "gaoxiang",
    "林芳": "linfang",
}


def seed(db: Session, catalogue: Catalogue, scripts: Path) -> Bureau:
    """The bureau, made once: found again on the next start. The caller commits."""
    code, name, name_en = town.BUREAU
    if (found := db.scalar(select(Bureau).where(Bureau.code == code))) is not None:
        return found
    bureau = Bureau(
        code=code,
        name=name,
        name_en=name_en,
        phone=town.BUREAU_PHONE,
        longitude=town.BUREAU_PLACE[0],
        latitude=town.BUREAU_PLACE[1],
        cars=3,
        video_rooms=4,
        records_calls=can_record(),
    )
    db.add(bureau)
    db.flush()
    districts = _districts(db, bureau)
    items = _item_types(db, bureau, catalogue, scripts)
    experts = _experts(db, bureau, districts, items)
    db.flush()
    _accounts(db, bureau, experts, districts)
    return bureau


def _accounts(
    db: Session, bureau: Bureau, experts: Iterable[Expert], districts: Mapping[str, District]
) -> None:
    for sign_in_name, name, role, district in (
        ("tongchou", "周统筹", Role.COORDINATOR, None),
        ("weiyang", "韩统筹", Role.COORDINATOR, "610112"),
        ("jiandu", "吴监督", Role.SUPERVISOR, None),
        ("guanli", "郑管理", Role.ADMINISTRATOR, None),
    ):
        create_account(
            db,
            bureau_id=bureau.id,
            sign_in_name=sign_in_name,
            name=name,
            password=PASSWORD,
            role=role,
            district_id=districts[district].id if district else None,
        )
    for expert in experts:
        create_account(
            db,
            bureau_id=bureau.id,
            sign_in_name=EXPERT_ACCOUNTS[expert.name],
            name=expert.name,
            password=PASSWORD,
            role=Role.EXPERT,
            expert_id=expert.id,
        )


def _districts(db: Session, bureau: Bureau) -> dict[str, District]:
    city = District(
        bureau_id=bureau.id,
        code="610100",
        name="西安市",
        name_en="Xi'an",
        level=DistrictLevel.CITY,
    )
    found = {city.code: city}
    for code, name, name_en, *_ in town.DISTRICTS:
        found[code] = District(
            bureau_id=bureau.id,
            parent=city,
            code=code,
            name=name,
            name_en=name_en,
            level=DistrictLevel.DISTRICT,
        )
    for code, name, parent in town.STREETS:
        found[code] = District(
            bureau_id=bureau.id,
            parent=found[parent],
            code=code,
            name=name,
            level=DistrictLevel.STREET,
        )
    code, name, name_en, valid_from = town.ZONE
    found[code] = District(
        bureau_id=bureau.id,
        parent=city,
        code=code,
        name=name,
        name_en=name_en,
        level=DistrictLevel.ZONE,
        valid_from=valid_from,
    )
    db.add_all(found.values())
    db.flush()
    return found


def _item_types(db: Session, bureau: Bureau, catalogue: Catalogue, folder: Path) -> list[ItemType]:
    departments: dict[str, Department] = {}
    made = []
    for entry in catalogue.entries:
        item = entry.item
        department = departments.setdefault(
            item.department.zh,
            Department(bureau_id=bureau.id, name=item.department.zh, name_en=item.department.en),
        )
        written = (folder / f"{entry.key}.toml").is_file()
        made.append(
            ItemType(
                bureau_id=bureau.id,
                department=department,
                code=item.code,
                name=item.name.zh,
                name_en=item.name.en,
                script=entry.key if written else "",
                modes=_rule({mode.value for mode in item.modes}),
                preferred=Mode(item.preferred.value),
                minutes_video=item.minutes_video,
                minutes_on_site=item.minutes_on_site,
                working_days=item.promised_working_days,
            )
        )
    db.add_all(made)
    db.flush()
    return made


def _rule(modes: set[str]) -> ModeRule:
    return ModeRule.EITHER if len(modes) > 1 else ModeRule(modes.pop())


def _experts(
    db: Session, bureau: Bureau, districts: dict[str, District], items: Iterable[ItemType]
) -> list[Expert]:
    items = list(items)
    made = [
        Expert(
            bureau_id=bureau.id,
            name=name,
            badge=f"陕A-演示-{number:03}",
            phone=f"1990001{number:04}",
            home_district_id=districts[home].id,
            calendar_token=new_token(),
            districts=[districts[code] for code in allowed],
            item_types=[item for item in items if item.code.startswith(families)],
            shifts=[
                Shift(weekday=weekday, begins=begins, ends=ends)
                for weekday in WORKING_DAYS
                for begins, ends in SHIFTS
            ],
        )
        for number, (name, home, allowed, families) in enumerate(town.EXPERTS, start=1)
    ]
    db.add_all(made)
    return made
