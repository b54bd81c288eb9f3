"""A city's bureau in a database: 400 officers, and a week in which all of them are busy."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from inspection.checklist.catalogue import load_catalogue
from server.adapters.calendar import StateCouncilCalendar
from server.adapters.travel import StraightLine
from server.clock import local_day, utcnow
from server.config import Settings
from server.demo import town
from server.demo.seed import seed
from server.models.applicant import Applicant, IdentifierKind, Premises
from server.models.bureau import Bureau, District, ItemType, Mode
from server.models.case import Case, CaseStatus
from server.models.expert import Booking, Expert, Shift
from server.models.round import Plan, PlanStatus, Round, RoundStatus, Visit
from server.models.survey import Survey, SurveyStatus
from server.services.planning import computing
from server.services.tokens import new_token

DAYS = 5
OFFICERS, CARS, DESKS = 400, 150, 120
CODES = ["0101", "0402", "0602", "0701", "1201", "1204", "1303", "0302", "0903"]


def furnish(open_session: Callable[[], Session], *, promised: int, waiting: int) -> list[int]:
    """So many appointments from tomorrow on, and ids of so many surveys that wait for one."""
    with open_session() as db:
        folder = Settings().scripts_folder
        bureau = seed(db, load_catalogue(folder), folder)
        bureau.cars, bureau.video_rooms = CARS, DESKS
        bureau.on_site_grid = 1  # as all figures of the planner
        _experts(db, bureau)
        db.commit()
        for number, day in enumerate(_week()):
            _cases(db, bureau, number * promised // DAYS, promised // DAYS)
            _publish(db, open_session, bureau, day)
        _cases(db, bureau, promised, waiting)
        left = db.scalars(select(Survey.id).where(Survey.status == SurveyStatus.OPEN))
        return list(left)[-waiting:]


def promised_in(db: Session) -> int:
    return db.scalar(select(func.count()).where(Visit.promised)) or 0


def _week() -> list[date]:
    calendar, week = StateCouncilCalendar(), []
    day = local_day(utcnow())
    while len(week) < DAYS:
        day += timedelta(days=1)
        if calendar.is_working(day):
            week.append(day)
    return week


def _experts(db: Session, bureau: Bureau) -> None:
    """The demonstration's, again and again."""
    models = list(db.scalars(select(Expert).where(Expert.bureau_id == bureau.id)))
    for number in range(len(models), OFFICERS):
        model = models[number % len(models)]
        db.add(
            Expert(
                bureau_id=bureau.id,
                name=f"{model.name}{number}",
                badge=f"陕A-城市-{number:03}",
                home_district_id=model.home_district_id,
                calendar_token=new_token(),
                districts=list(model.districts),
                item_types=list(model.item_types),
                shifts=[
                    Shift(weekday=one.weekday, begins=one.begins, ends=one.ends)
                    for one in model.shifts
                ],
            )
        )
    db.flush()


def _cases(db: Session, bureau: Bureau, first: int, many: int) -> None:
    """Cases received, as an import leaves them, with the numbers from `first` on."""
    today = local_day(utcnow())
    items = {one.code: one.id for one in db.scalars(select(ItemType))}
    districts = {one.name: one.id for one in db.scalars(select(District))}
    rows: dict[type, list[dict[str, Any]]] = {Applicant: [], Premises: [], Case: [], Survey: []}
    shops = town.shops(CODES, first + many, today, seed=7)[first:]
    for number, shop in enumerate(shops, start=first + 1):
        ours = {"id": number, "bureau_id": bureau.id}
        rows[Applicant].append(
            ours
            | {"name": shop.name, "contact": shop.contact, "phone": shop.phone}
            | {"identifier_kind": IdentifierKind.USCC, "identifier": f"{number:018}"}
        )
        rows[Premises].append(
            ours
            | {"district_id": districts[shop.district], "name": shop.name}
            | {"address": shop.address, "address_key": f"{number} {shop.address}"}
            | {"longitude": shop.longitude, "latitude": shop.latitude}
        )
        rows[Case].append(
            ours
            | {"number": shop.number, "item_type_id": items[shop.code]}
            | {"applicant_id": number, "premises_id": number}
            | {"accepted_on": today, "survey_by": today + timedelta(days=20)}
        )
        rows[Survey].append(ours | {"case_id": number})
    for model, values in rows.items():
        db.execute(insert(model), values)
    db.commit()


def _publish(db: Session, open_session: Callable[[], Session], bureau: Bureau, day: date) -> None:
    """What waits, planned and promised; without the thousands of calls, links and events."""
    plan = computing.order(
        db,
        bureau,
        first_day=day,
        last_day=day,
        seconds=2,
        seed=1,
        by="tongchou",
        at=utcnow(),
        travel=StraightLine(),
        calendar=StateCouncilCalendar(),
    )
    plan_id = plan.id
    db.commit()
    computing.compute(open_session, plan_id, now=utcnow)
    rounds = select(Round.id).where(Round.plan_id == plan_id)
    visits = Visit.round_id.in_(rounds)
    for mode in Mode:
        surveys = select(Visit.survey_id).join(Round).where(visits, Round.mode == mode)
        _set(db, Survey, Survey.id.in_(surveys), mode=mode, status=SurveyStatus.SCHEDULED)
    cases = select(Survey.case_id).join(Visit, Visit.survey_id == Survey.id).where(visits)
    _set(db, Case, Case.id.in_(cases), status=CaseStatus.NOTIFIED)
    _set(db, Visit, visits, promised=True)
    _set(db, Round, Round.plan_id == plan_id, status=RoundStatus.PUBLISHED)
    _set(db, Plan, Plan.id == plan_id, status=PlanStatus.PUBLISHED)
    db.execute(insert(Booking), [one for made in db.scalars(
        select(Round).where(Round.plan_id == plan_id)) for one in _bookings(made)])  # fmt: skip
    db.commit()


def _set(db: Session, model: Any, which: Any, **values: Any) -> None:
    db.execute(update(model.__table__).where(which).values(**values))


def _bookings(round_: Round) -> list[dict[str, int | datetime]]:
    return [
        {"expert_id": expert, "round_id": round_.id}
        | {"starts_at": round_.leaves_at, "ends_at": round_.back_at}
        for expert in (round_.lead_id, round_.second_id)
        if expert is not None
    ]
