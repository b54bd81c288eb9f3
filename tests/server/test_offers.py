"""When somebody could come: offered beside what is promised, held in memory, taken one by one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.adapters.calendar import StateCouncilCalendar
from server.adapters.travel import StraightLine
from server.clock import local_day, moment_of
from server.errors import MoveRefused, NothingToPlan, OfferTaken
from server.models.account import Role
from server.models.bureau import Mode, ModeRule
from server.models.case import CaseStatus
from server.models.expert import Absence, AbsenceKind, Booking
from server.models.notice import Notice
from server.models.round import Plan, Round, RoundStatus, Visit
from server.models.session import ConsentChoice
from server.models.survey import Survey, SurveyStatus
from server.services import leave, promises, sessions
from server.services.planning import appointing, offering
from server.services.planning.appointing import Chosen
from server.services.planning.offering import HELD_FOR, HeldPlans
from server.services.planning.repairing import with_ways
from server.services.scope import Scope

MONDAY, FRIDAY = date(2026, 11, 30), date(2026, 12, 4)
SUNDAY_NOON = datetime(2026, 11, 29, 4, tzinfo=UTC)
TEN = moment_of(MONDAY, 10 * 60)
HOUR = timedelta(hours=1)


class Held(HeldPlans):
    """Counts how often everything promised was read."""

    def __init__(self, engine):
        self.read = 0
        super().__init__(lambda: self._count(engine), StraightLine(), StateCouncilCalendar())

    def _count(self, engine):
        self.read += 1
        return Session(engine.execution_options(reading=True))


@pytest.fixture
def held(engine):
    return Held(engine)


@pytest.fixture
def waiting(town, db):
    """`waiting()`: a survey that waits, by video unless said otherwise; more than one if asked."""

    def make(modes=ModeRule.VIDEO):
        town.item.modes = modes
        town.item.preferred = Mode.ON_SITE if modes is ModeRule.ON_SITE else Mode.VIDEO
        case = town.case()
        case.survey_by = FRIDAY + timedelta(days=30)
        db.commit()
        return db.scalars(select(Survey).where(Survey.case_id == case.id)).one()

    return make


@pytest.fixture
def offers(town, db, held):
    def ask(survey, at=SUNDAY_NOON, scope=None):
        scope = scope or Scope(town.bureau.id)
        asked = offering.about(db, survey.id, scope)
        db.rollback()
        return held.offers(asked, scope, at=at)

    return ask


@pytest.fixture
def take(town, db):
    """Take an offer, as the desk does it; `meanwhile` happens just before it is promised."""

    def carry_out(survey, offered, at=SUNDAY_NOON, meanwhile=lambda: None):
        scope = Scope(town.bureau.id)
        chosen = Chosen(offered.mode, offered.starts_at)
        question = appointing.ask(
            db, survey, chosen, at=at, calendar=StateCouncilCalendar(), scope=scope
        )
        db.rollback()
        question = with_ways(question, StraightLine())
        question, proposal = appointing.settle(question, survey.id)
        meanwhile()
        promised = appointing.promise(
            db, survey, question, proposal, by="zhou", at=at, link_hours_after=2, scope=scope
        )
        db.commit()
        db.expire_all()
        return promised

    return carry_out


@pytest.fixture
def on_site(by_car):
    return lambda starts_at=TEN: by_car(starts_at)


def everything_promised(db):
    rows = db.execute(
        select(Visit.survey_id, Round.mode, Visit.starts_at, Visit.ends_at)
        .join(Visit.round)
        .where(Visit.promised)
    )
    return {tuple(row) for row in rows}


def confirm(town, db, visit):
    session, _ = town.call(visit)
    sessions.choose(
        db, session, choice=ConsentChoice.AGREED, language="zh", device={}, at=SUNDAY_NOON
    )
    db.commit()


def fill_the_desks(town, day, begins, ends):
    """Both desks are taken, by whoever."""
    for who in (town.lead, town.second):
        town.visit(starts_at=moment_of(day, begins), lead=who, minutes=ends - begins)


# --- what is offered ------------------------------------------------------------------------


def test_every_half_day_of_the_next_working_days_has_its_offer_the_soonest_first(waiting, offers):
    found = offers(waiting())

    halves = [(local_day(one.starts_at), one.starts_at.hour >= 4) for one in found.items]
    assert found.days == tuple(MONDAY + timedelta(days=n) for n in (0, 1, 2, 3, 4, 7))
    assert sorted(halves) == [(day, after) for day in found.days for after in (False, True)]
    assert local_day(found.items[0].starts_at) == MONDAY
    assert {(one.mode, one.driving_minutes) for one in found.items} == {(Mode.VIDEO, 0)}


def test_a_visit_says_how_long_the_drive_is_and_whether_somebody_comes_by_anyway(
    waiting, on_site, offers
):
    on_site()

    found = offers(waiting(ModeRule.ON_SITE)).items

    best, rest = found[0], found[1:]
    assert (local_day(best.starts_at), best.on_way, best.driving_minutes) == (MONDAY, True, 0)
    assert all(not one.on_way and one.driving_minutes > 0 for one in rest
               if local_day(one.starts_at) > MONDAY)  # fmt: skip


@pytest.mark.parametrize("confirmed", [False, True], ids=["may change", "confirmed"])
def test_a_time_that_is_promised_is_not_offered(town, db, waiting, offers, confirmed):
    survey = waiting()
    fill_the_desks(town, MONDAY, 9 * 60, 11 * 60 + 30)
    if confirmed:
        for visit in db.scalars(select(Visit).where(Visit.promised)).all():
            confirm(town, db, visit)

    found = offers(survey).items

    morning = next(one for one in found if one.starts_at < moment_of(MONDAY, 12 * 60))
    assert morning.starts_at >= moment_of(MONDAY, 11 * 60 + 30)


def test_nothing_is_offered_with_less_than_an_hours_notice(waiting, offers):
    found = offers(waiting(), at=moment_of(MONDAY, 11 * 60 + 20)).items

    monday = [one.starts_at for one in found if local_day(one.starts_at) == MONDAY]
    assert monday
    assert min(monday) >= moment_of(MONDAY, 12 * 60 + 20)


def test_nothing_is_offered_after_the_last_day_for_the_survey(waiting, offers, db):
    survey = waiting()
    survey.case.survey_by = MONDAY + timedelta(days=1)
    db.commit()

    days = {local_day(one.starts_at) for one in offers(survey).items}

    assert days == {MONDAY, MONDAY + timedelta(days=1)}


def test_what_has_an_appointment_is_offered_no_other(town, offers):
    with pytest.raises(MoveRefused):
        offers(town.visit(starts_at=TEN).survey)


def test_a_place_nobody_knows_is_said_to_be_unknown(waiting, offers, db):
    survey = waiting(ModeRule.ON_SITE)
    survey.case.premises.longitude = survey.case.premises.latitude = None
    db.commit()

    with pytest.raises(NothingToPlan) as refused:
        offers(survey)

    assert refused.value.values == {"cause": "no_place"}


# --- what is held in memory -----------------------------------------------------------------


def test_everything_is_read_once_and_then_no_more(waiting, offers, held):
    surveys = [waiting() for _ in range(3)]

    for survey in surveys * 2:
        offers(survey)

    assert held.read == 1


@pytest.mark.parametrize(
    "change", ["promise", "leave", "setting", "place", "deadline", "case", "time", "day"]
)
def test_what_changed_since_is_read_anew(town, db, waiting, offers, held, change):
    survey, at = waiting(), SUNDAY_NOON
    offers(survey)
    if change == "promise":
        promises.changed(db, town.bureau.id)
    elif change == "leave":
        leave.record(
            db, town.account(Role.COORDINATOR), town.lead.id,
            kind=AbsenceKind.SICK, first_day=MONDAY, last_day=FRIDAY, at=at,
        )  # fmt: skip
    elif change == "setting":
        town.bureau.video_rooms += 1
    elif change == "place":
        survey.case.premises.longitude += 0.1
    elif change == "deadline":
        survey.case.survey_by += timedelta(days=1)
    elif change == "case":
        survey = waiting()
    elif change == "time":
        at += HELD_FOR
    else:
        at += timedelta(days=1)
    db.commit()

    offers(survey, at=at)

    assert held.read == 2


def test_who_asks_at_the_same_time_waits_for_one_reading(town, db, waiting, held):
    scope = Scope(town.bureau.id)
    asked = [offering.about(db, waiting().id, scope) for _ in range(4)]
    db.rollback()

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda one: held.offers(one, scope, at=SUNDAY_NOON), asked * 4))

    assert held.read == 1
    assert found[:4] == found[4:8] == found[8:12]


def test_the_plan_not_asked_for_longest_is_let_go(town, db, waiting, offers, held, monkeypatch):
    monkeypatch.setattr(offering, "MOST_HELD", 2)
    survey = waiting()
    whole, district = Scope(town.bureau.id), Scope(town.bureau.id, town.weiyang.id)
    city = Scope(town.bureau.id, town.city.id)
    for scope in (whole, district, whole, city):
        offers(survey, scope=scope)
    assert held.read == 3

    offers(survey, scope=whole)
    assert held.read == 3
    offers(survey, scope=district)
    assert held.read == 4


# --- an offer is taken ----------------------------------------------------------------------


@pytest.mark.parametrize("modes", [ModeRule.VIDEO, ModeRule.ON_SITE])
def test_every_offer_of_a_busy_week_can_be_taken_and_moves_nobody(
    town, db, waiting, on_site, offers, take, modes
):
    on_site()
    on_site(TEN + timedelta(days=1))
    fill_the_desks(town, MONDAY + timedelta(days=2), 9 * 60, 15 * 60)
    surveys = [waiting(modes) for _ in range(6)]
    for turn, survey in enumerate(surveys):
        before = everything_promised(db)
        offered = offers(survey).items[turn]

        promised = take(survey, offered)

        told = (survey.id, offered.mode, offered.starts_at, offered.ends_at)
        assert everything_promised(db) == before | {told}
        assert promised.visit.survey_id == survey.id
        assert (promised.invitation is not None) == (offered.mode is Mode.VIDEO)


def test_a_survey_on_the_way_joins_the_round_that_is_made_anyway(
    db, waiting, on_site, offers, take
):
    other = on_site()
    survey = waiting(ModeRule.ON_SITE)

    promised = take(survey, offers(survey).items[0])

    assert promised.visit.round_id == other.round_id
    assert {visit.survey_id for visit in other.round.visits} == {other.survey_id, survey.id}
    assert db.scalar(select(func.count()).select_from(Booking)) == 2
    assert (survey.status, survey.case.status) == (SurveyStatus.SCHEDULED, CaseStatus.NOTIFIED)


def test_a_time_given_to_somebody_else_meanwhile_is_taken(town, waiting, offers, take):
    town.bureau.video_rooms = 1
    first, second = waiting(), waiting()
    best = offers(first).items[0]
    assert offers(second).items[0] == best

    take(first, best)

    with pytest.raises(OfferTaken):
        take(second, best)
    assert offers(second).items[0] != best


def test_what_is_promised_while_it_is_settled_is_noticed(town, db, waiting, offers, take):
    survey = waiting()

    def meanwhile():
        promises.changed(db, town.bureau.id)
        db.commit()

    with pytest.raises(OfferTaken) as refused:
        take(survey, offers(survey).items[0], meanwhile=meanwhile)

    assert refused.value.values == {"cause": "meanwhile"}
    db.rollback()
    assert everything_promised(db) == set()


def test_a_promise_nobody_can_keep_is_left_for_a_repair(town, db, waiting, offers, take):
    broken = town.visit(starts_at=TEN)
    db.add(
        Absence(
            expert_id=town.lead.id,
            kind=AbsenceKind.SICK,
            starts_at=moment_of(MONDAY, 0),
            ends_at=moment_of(MONDAY, 24 * 60),
        )
    )
    db.commit()
    survey = waiting()

    take(survey, offers(survey).items[0])

    assert (broken.promised, broken.starts_at, broken.round.lead_id) == (True, TEN, town.lead.id)
    assert broken.round.status is RoundStatus.PUBLISHED


@pytest.mark.parametrize("rule", ["a desk fewer", "a larger crew"])
def test_promises_that_break_a_rule_by_now_stay_as_they_are(
    town, db, waiting, on_site, offers, take, rule
):
    if rule == "a desk fewer":
        fill_the_desks(town, MONDAY, 9 * 60, 11 * 60)
        town.bureau.video_rooms = 1
        busy = (moment_of(MONDAY, 9 * 60), moment_of(MONDAY, 11 * 60))
    else:
        round_ = on_site().round
        town.bureau.crew_size = 3
        busy = (round_.leaves_at, round_.back_at)
    survey = waiting()
    before = everything_promised(db)
    offered = [one for one in offers(survey).items if local_day(one.starts_at) == MONDAY]

    take(survey, offered[0])

    assert all(one.ends_at <= busy[0] or one.starts_at >= busy[1] for one in offered)
    assert before < everything_promised(db)


@pytest.mark.parametrize(
    ("mode", "starts_at"),
    [
        (Mode.ON_SITE, TEN),
        (Mode.VIDEO, TEN + timedelta(minutes=7)),
        (Mode.VIDEO, TEN + timedelta(seconds=7)),
        (Mode.VIDEO, moment_of(MONDAY, 22 * 60)),
        (Mode.VIDEO, TEN + timedelta(days=21)),
    ],
    ids=["another way", "off the grid", "within a minute", "at night", "after the last day"],
)
def test_what_was_never_offered_cannot_be_taken(db, waiting, take, mode, starts_at):
    survey = waiting()
    survey.case.survey_by = FRIDAY
    db.commit()
    offered = offering.Offered(mode, starts_at, starts_at + HOUR, 0, False)

    with pytest.raises(OfferTaken):
        take(survey, offered)


# --- at the desk ----------------------------------------------------------------------------


def test_a_coordinator_takes_the_best_time_and_the_applicant_is_told(db, waiting, sign_in_as):
    survey, desk = waiting(), sign_in_as(Role.COORDINATOR)
    address = f"/api/v1/surveys/{survey.id}"
    found = desk.get(f"{address}/offers")
    assert found.status_code == 200, found.text
    best = found.json["items"][0]
    form = {"mode": best["mode"], "starts_at": best["starts_at"]}

    answer = desk.post(f"{address}/appointment", form)

    assert answer.status_code == 201, answer.text
    assert answer.json["starts_at"] == best["starts_at"]
    assert survey.status is SurveyStatus.SCHEDULED
    (told,) = db.scalars(select(Notice).where(Notice.case_id == survey.case_id)).all()
    assert (told.kind, "/j#" in told.body) == ("invitation", True)
    again = desk.get(f"{address}/offers")
    assert (again.status_code, again.json["code"]) == (409, "move_refused")


def test_the_same_choice_sent_twice_is_promised_once(db, waiting, sign_in_as):
    survey, desk = waiting(), sign_in_as(Role.COORDINATOR)
    address = f"/api/v1/surveys/{survey.id}"
    best = desk.get(f"{address}/offers").json["items"][0]
    form = {"mode": best["mode"], "starts_at": best["starts_at"]}
    key = {"Idempotency-Key": "once"}

    answers = [desk.post(f"{address}/appointment", form, headers=key) for _ in range(2)]

    assert [one.status_code for one in answers] == [201, 201]
    assert answers[0].json == answers[1].json
    assert db.scalar(select(func.count()).select_from(Plan)) == 1
    assert desk.post(f"{address}/appointment", form).json["code"] == "move_refused"


def test_a_time_that_is_gone_is_refused_in_words(waiting, sign_in_as):
    survey, desk = waiting(), sign_in_as(Role.COORDINATOR)
    desk.language = "en"
    night = moment_of(local_day(datetime.now(UTC)) + timedelta(days=1), 23 * 60)
    form = {"mode": "video", "starts_at": night.isoformat()}

    answer = desk.post(f"/api/v1/surveys/{survey.id}/appointment", form)

    assert answer.status_code == 409, answer.text
    assert answer.json["code"] == "offer_taken"
    assert answer.json["title"] == "That time has just been taken; please choose another"


def test_a_district_is_offered_times_for_its_own_surveys_only(town, db, waiting, sign_in_as):
    survey = waiting()
    theirs = sign_in_as(Role.COORDINATOR, district=town.yanta)
    ours = sign_in_as(Role.COORDINATOR, district=town.weiyang)

    address = f"/api/v1/surveys/{survey.id}/offers"
    assert theirs.get(address).status_code == 404
    assert ours.get(address).json["items"]
