"""Adjusting what was published: somebody falls ill, something is urgent, somebody cancels."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from server.clock import moment_of
from server.errors import BadPayload, CannotBeThere, MoveRefused, NothingToPlan, PlanOutdated
from server.models.bureau import Mode, ModeRule
from server.models.case import CaseStatus
from server.models.expert import AbsenceKind, Booking
from server.models.lifecycle import Event
from server.models.round import Plan, PlanStatus, Round, RoundStatus, Visit
from server.models.session import ConsentChoice, JoinLink, SessionStatus
from server.models.survey import Survey, SurveyStatus
from server.services import leave, rechecks, recusals, sessions, surveys
from server.services.planning import adopting, answering, repairing
from server.services.planning.wishing import Wish

MONDAY, FRIDAY = date(2026, 11, 30), date(2026, 12, 4)
SUNDAY_NOON = datetime(2026, 11, 29, 4, tzinfo=UTC)
TEN = moment_of(MONDAY, 10 * 60)
HOUR = timedelta(hours=1)


@pytest.fixture
def promised(town):
    """`promised()`: a video survey of 李敏 on Monday at ten, published long ago."""

    def make(starts_at=TEN, **options):
        return town.visit(starts_at=starts_at, **options)

    return make


@pytest.fixture
def on_site(by_car):
    return lambda starts_at=TEN, **options: by_car(starts_at, **options)


@pytest.fixture
def ill(town, db):
    """李敏 (or another) is ill on Monday (or longer)."""

    def fall(expert=None, first=MONDAY, last=MONDAY):
        account = town.account("coordinator")
        leave.record(
            db,
            account,
            (expert or town.lead).id,
            kind=AbsenceKind.SICK,
            first_day=first,
            last_day=last,
            at=SUNDAY_NOON,
        )
        db.commit()

    return fall


@pytest.fixture
def planned(town, db, computed):
    """`planned(8)`: a week with so many surveys, planned and published."""

    def publish(cases):
        for _ in range(cases):
            town.case()
        plan = computed(MONDAY, FRIDAY, at=SUNDAY_NOON)
        answering.publish(db, plan, by="zhou", at=SUNDAY_NOON, link_hours_after=2)
        db.commit()
        return plan

    return publish


@pytest.fixture
def propose(proposed):
    def ask(first=MONDAY, last=FRIDAY, at=SUNDAY_NOON, wish=None):
        return proposed(first, last, at=at, wish=wish)

    return ask


@pytest.fixture
def accept(db):
    def carry_out(made, at=SUNDAY_NOON):
        done = adopting.adopt(db, made, by="zhou", at=at, link_hours_after=2)
        db.commit()
        db.expire_all()
        return done

    return carry_out


def changes(made):
    return {kind: made.changes[kind] for kind in ("moved", "other_crew", "lost", "added")}


def key(visit):
    return str(visit.survey_id)


NOTHING = {"moved": [], "other_crew": [], "lost": [], "added": []}


def now_promised(db, visit):
    return db.scalars(select(Visit).where(Visit.survey_id == visit.survey_id, Visit.promised)).one()


# --- what is proposed -----------------------------------------------------------------------


def test_promises_that_still_hold_stay_as_they_are(promised, on_site, propose):
    promised()
    on_site(TEN + 4 * HOUR)

    assert changes(propose()) == NOTHING


def test_when_somebody_falls_ill_others_come_at_the_time_that_was_given(
    town, promised, ill, propose
):
    visit = promised()
    ill()

    made = propose()

    assert changes(made) == {**NOTHING, "other_crew": [key(visit)]}
    (after,) = repairing.proposal_of(made).after.desk_visits
    assert (after.lead, after.start) == (str(town.second.id), 600)


def test_a_proposal_promises_nothing(promised, ill, propose, db, town):
    visit = promised()
    ill()

    made = propose()

    assert made.status is PlanStatus.DRAFT
    assert (visit.round.lead_id, visit.round.status) == (town.lead.id, RoundStatus.PUBLISHED)
    assert [booking.expert_id for booking in db.scalars(select(Booking))] == [town.lead.id]


def test_an_urgent_case_is_added_and_one_that_can_wait_is_not(town, promised, propose, db):
    promised()
    urgent, patient = town.case(), town.case()
    urgent.survey_by, patient.survey_by = MONDAY, FRIDAY + timedelta(days=10)
    db.commit()

    added = str(db.scalars(select(Survey.id).where(Survey.case_id == urgent.id)).one())
    assert changes(propose()) == {**NOTHING, "added": [added]}


def test_a_promise_is_not_given_up_for_cases_that_are_more_urgent(town, promised, propose, db):
    town.bureau.video_rooms = 1
    town.item.modes = ModeRule.VIDEO
    visits = [promised(TEN + n * HOUR / 2) for n in range(4)]
    for _ in range(20):
        town.case().survey_by = MONDAY - timedelta(days=5)
    db.commit()

    made = propose(last=MONDAY)

    assert made.changes["lost"] == []
    assert not {key(visit) for visit in visits} & set(made.changes["moved"])


@pytest.mark.parametrize("why", ["near", "confirmed", "begun"])
def test_an_appointment_somebody_counts_on_is_not_touched(town, promised, propose, db, why):
    visit = promised()
    at = SUNDAY_NOON
    if why == "near":
        at = TEN - HOUR
    elif why == "begun":
        surveys.begin(db, visit.survey, by="limin", at=at)
    else:
        session, _ = town.call(visit)
        sessions.choose(
            db, session, choice=ConsentChoice.AGREED, language="zh", device={}, at=SUNDAY_NOON
        )
    urgent = town.case()
    urgent.survey_by = MONDAY
    db.commit()

    made = propose(at=at)

    tasks = {task["key"] for task in made.problem["tasks"]}
    assert key(visit) not in tasks
    assert made.changes["moved"] == made.changes["other_crew"] == made.changes["lost"] == []
    taken = [one for one in made.result["desk_visits"] if one["lead"] == str(town.lead.id)]
    assert all(one["end"] <= 600 or one["start"] >= 630 or one["task"].startswith("taken")
               for one in taken)  # fmt: skip


def test_a_promise_nobody_can_keep_is_settled_although_the_applicant_confirmed_it(
    town, promised, ill, propose, db
):
    visit = promised()
    session, _ = town.call(visit)
    sessions.choose(
        db, session, choice=ConsentChoice.AGREED, language="zh", device={}, at=SUNDAY_NOON
    )
    db.commit()
    ill()

    assert changes(propose()) == {**NOTHING, "other_crew": [key(visit)]}


@pytest.fixture
def begin(db):
    def start(visit, at=TEN):
        surveys.begin(db, visit.survey, by="li", at=at)
        db.commit()

    return start


def test_when_a_survey_takes_longer_others_come_to_the_next(promised, begin, propose, accept, db):
    long, next_one, later = promised(), promised(TEN + HOUR), promised(TEN + 4 * HOUR)
    begin(long)
    at = TEN + timedelta(minutes=55)  # it should have been over long ago

    made = propose(MONDAY, MONDAY, at=at)

    told = changes(made)
    assert key(later) not in [one for kind in told.values() for one in kind]
    assert [*told["moved"], *told["other_crew"], *told["lost"]] == [key(next_one)]
    accept(made, at=at)
    assert now_promised(db, long).id == long.id
    assert now_promised(db, later).id == later.id


def test_who_is_held_up_although_the_applicant_confirmed_cannot_come(
    town, promised, begin, propose, accept, db
):
    long, next_one = promised(), promised(TEN + HOUR)
    session, _ = town.call(next_one)
    sessions.choose(
        db, session, choice=ConsentChoice.AGREED, language="zh", device={}, at=SUNDAY_NOON
    )
    begin(long)
    at = TEN + timedelta(minutes=55)

    made = propose(MONDAY, MONDAY, at=at)

    assert key(next_one) in [one for kind in changes(made).values() for one in kind]
    accept(made, at=at)


def test_a_survey_that_is_not_yet_over_time_changes_nothing(promised, begin, propose):
    begin(promised())
    promised(TEN + 4 * HOUR)

    assert changes(propose(MONDAY, MONDAY, at=TEN + timedelta(minutes=5))) == NOTHING


def test_what_nobody_ended_yesterday_holds_up_nobody_today(promised, begin, propose):
    begin(promised())
    tomorrow = date(2026, 12, 1)
    promised(TEN + timedelta(days=1, hours=4))

    made = propose(tomorrow, tomorrow, at=TEN + timedelta(days=1))

    assert changes(made) == NOTHING


def test_a_plan_made_meanwhile_does_not_count_on_whoever_is_held_up(
    town, promised, on_site, begin, computed, db
):
    far = on_site()  # and more stops behind it
    far.round.back_at += 2 * HOUR
    for booking in db.scalars(select(Booking).where(Booking.round_id == far.round_id)):
        booking.ends_at = far.round.back_at
    promised(far.round.back_at + timedelta(minutes=15))
    town.case()
    begin(far)

    plan = computed(MONDAY, MONDAY, at=far.ends_at + timedelta(minutes=30))

    assert plan.status is PlanStatus.DRAFT


def test_an_appointment_without_anybody_for_it_is_lost_and_says_why(
    town, promised, ill, propose, db
):
    visit = promised()
    for expert in (town.lead, town.second):
        ill(expert, last=FRIDAY)
    made = propose()

    assert changes(made) == {**NOTHING, "lost": [key(visit)]}
    (left,) = made.result["unplanned"]
    assert {reason["cause"] for reason in left["reasons"]} == {"district"}


def test_without_a_promise_that_may_change_there_is_nothing_to_repair(town, propose):
    town.case()

    with pytest.raises(NothingToPlan) as refused:
        propose()

    assert refused.value.values == {"cause": "nothing_to_repair"}


def test_days_in_the_past_are_not_repaired(promised, propose):
    promised()

    with pytest.raises(BadPayload):
        propose(first=MONDAY - timedelta(days=7))


def test_a_new_proposal_takes_the_place_of_the_one_nobody_answered(promised, ill, propose, db):
    promised()
    ill()
    first = propose().id

    second = propose()

    assert second.id != first
    assert db.get(type(second), first) is None


def test_an_urgent_case_nobody_can_drive_to_is_named_instead_of_planned(
    town, promised, propose, db
):
    visit = promised()
    town.item.modes = ModeRule.ON_SITE
    urgent = town.case()
    urgent.survey_by = MONDAY
    urgent.premises.longitude = urgent.premises.latitude = None
    visit.survey.case.premises.longitude = visit.survey.case.premises.latitude = None
    db.commit()

    made = propose()

    survey = db.scalars(select(Survey.id).where(Survey.case_id == urgent.id)).one()
    assert (made.no_place, changes(made)) == ([survey], NOTHING)


# --- what the coordinator wishes ------------------------------------------------------------


def test_one_appointment_is_put_where_the_coordinator_wants_it(town, promised, propose):
    visit = promised()
    wish = Wish(visit.survey_id, TEN + 2 * HOUR, town.second.id)

    made = propose(wish=wish)

    assert changes(made) == {**NOTHING, "moved": [key(visit)]}
    (after,) = repairing.proposal_of(made).after.desk_visits
    assert (after.lead, after.start) == (str(town.second.id), 720)


def test_somebody_else_at_the_same_time_moves_nobody(town, promised, propose, accept, db):
    visit = promised()
    _, token = town.call(visit)

    made = propose(wish=Wish(visit.survey_id, TEN, town.second.id))
    assert changes(made) == {**NOTHING, "other_crew": [key(visit)]}

    accept(made)
    assert visit.round.lead_id == town.second.id
    sessions.accept_link(db, token, at=SUNDAY_NOON)


def test_what_is_already_so_can_be_wished_for_and_changes_nothing(promised, propose, accept, db):
    visit = promised()
    made = propose(wish=Wish(visit.survey_id, TEN))

    assert changes(made) == NOTHING
    accept(made)
    assert now_promised(db, visit) is visit
    assert visit.round.status is RoundStatus.PUBLISHED


@pytest.mark.parametrize(
    ("minutes", "lead", "cause"),
    [(7, "second", "start"), (600, "second", "away"), (0, "stranger", "not_qualified")],
    ids=["off the grid", "after hours", "in another district"],
)
def test_a_wish_that_breaks_a_rule_is_refused_with_the_rule(
    town, promised, propose, minutes, lead, cause
):
    visit = promised()
    wish = Wish(visit.survey_id, TEN + timedelta(minutes=minutes), getattr(town, lead).id)

    with pytest.raises(CannotBeThere) as refused:
        propose(wish=wish)

    assert refused.value.values == {"cause": cause}


def test_a_wish_on_site_needs_time_for_the_way_back(town, on_site, propose, db):
    visit = on_site()
    visit.survey.case.premises.longitude += 0.2  # some twenty kilometres away
    db.commit()

    with pytest.raises(CannotBeThere) as refused:
        propose(wish=Wish(visit.survey_id, moment_of(MONDAY, 17 * 60)))

    assert refused.value.values == {"cause": "way"}


def test_a_time_that_is_promised_for_good_cannot_be_wished_for(town, promised, propose, db):
    mine, theirs = promised(), promised(TEN + HOUR, lead=town.second)
    session, _ = town.call(theirs)
    sessions.choose(
        db, session, choice=ConsentChoice.AGREED, language="zh", device={}, at=SUNDAY_NOON
    )
    db.commit()

    with pytest.raises(CannotBeThere) as refused:
        propose(wish=Wish(mine.survey_id, TEN + HOUR, town.second.id))

    assert refused.value.values == {"cause": "taken"}


# --- accepting it ---------------------------------------------------------------------------


def test_who_comes_instead_is_booked_and_the_link_of_the_applicant_still_works(
    town, promised, ill, propose, accept, db
):
    visit = promised()
    session, token = town.call(visit)
    old = visit.round
    ill()

    done = accept(propose())

    assert (done.other_crew, done.moved, done.lost, done.added) == (1, [], [], [])
    assert old.status is RoundStatus.CANCELLED
    assert now_promised(db, visit).id == visit.id
    assert (visit.round.lead_id, visit.starts_at) == (town.second.id, TEN)
    assert [one.expert_id for one in db.scalars(select(Booking))] == [town.second.id]
    assert session.status is SessionStatus.WAITING
    link, _ = sessions.accept_link(db, token, at=SUNDAY_NOON)
    assert link.session_id == session.id
    assert visit.survey.status is SurveyStatus.SCHEDULED


def test_an_appointment_that_moves_gets_a_new_time_a_new_link_and_a_trail(
    town, promised, propose, accept, db
):
    visit = promised()
    session, _ = town.call(visit)
    survey, case = visit.survey, visit.survey.case

    done = accept(propose(wish=Wish(survey.id, TEN + 2 * HOUR)))

    (told,) = done.moved
    assert told.visit is now_promised(db, visit)
    assert (told.visit.starts_at, told.invitation is not None) == (TEN + 2 * HOUR, True)
    assert (visit.promised, session.status) == (False, SessionStatus.ENDED)
    assert done.closed == [session.id]
    links = db.scalars(select(JoinLink).where(JoinLink.revoked_at.is_(None))).all()
    assert [link.session.visit_id for link in links] == [told.visit.id]
    assert (survey.status, case.status) == (SurveyStatus.SCHEDULED, CaseStatus.NOTIFIED)
    trail = db.scalars(
        select(Event)
        .where(Event.subject == "survey", Event.subject_id == survey.id)
        .order_by(Event.id)
    ).all()
    assert [(one.came_from, one.to) for one in trail[-2:]] == [
        ("scheduled", "open"),
        ("open", "scheduled"),
    ]


def test_a_lost_appointment_waits_for_a_new_time(town, promised, ill, propose, accept, db):
    visit = promised()
    for expert in (town.lead, town.second):
        ill(expert, last=FRIDAY)

    done = accept(propose())

    assert done.lost == [visit]
    assert (visit.promised, visit.round.status) == (False, RoundStatus.CANCELLED)
    assert visit.survey.status is SurveyStatus.OPEN
    assert visit.survey.case.status is CaseStatus.RECEIVED
    assert db.scalars(select(Booking)).all() == []


def test_an_urgent_case_is_promised_and_the_rest_is_left_alone(town, promised, propose, accept, db):
    visit = promised()
    version = (visit.round_id, visit.round.version)
    urgent = town.case()
    urgent.survey_by = MONDAY
    db.commit()

    done = accept(propose())

    (told,) = done.added
    assert told.visit.survey.case_id == urgent.id
    assert urgent.status is CaseStatus.NOTIFIED
    assert (visit.round_id, visit.round.version) == version


def test_a_round_on_site_whose_officer_is_ill_goes_with_somebody_else(
    town, on_site, ill, propose, accept, db
):
    town.item.modes, town.item.preferred = ModeRule.ON_SITE, Mode.ON_SITE
    town.stranger.districts.append(town.weiyang)
    visit = on_site()
    db.commit()
    ill()

    done = accept(propose())

    assert (done.other_crew, done.moved, done.lost) == (1, [], [])
    assert {visit.round.lead_id, visit.round.second_id} == {town.second.id, town.stranger.id}
    assert visit.starts_at == TEN  # to the minute: nobody was told otherwise
    assert db.scalar(select(func.count()).select_from(Booking)) == 2


def test_of_a_round_on_site_who_is_recused_from_one_stop_no_longer_has_it(
    town, on_site, propose, accept, db
):
    town.stranger.districts.append(town.weiyang)
    first, concerned = on_site(), town.visit(mode=Mode.ON_SITE, second=town.second, minutes=45)
    concerned.round_id = first.round_id
    concerned.starts_at, concerned.ends_at = TEN + HOUR, TEN + HOUR + timedelta(minutes=45)
    first.round.back_at = concerned.ends_at + timedelta(minutes=30)
    case, at = concerned.survey.case, SUNDAY_NOON
    recusals.record(db, town.account("coordinator"), case, town.second.id, reason="亲属", at=at)
    db.commit()

    made = propose()

    assert key(concerned) in made.changes["moved"] + made.changes["other_crew"]
    accept(made)
    crew = {one.name for one in now_promised(db, concerned).round.crew}
    assert "王建国" not in crew
    assert now_promised(db, first).promised


def test_a_week_that_was_planned_keeps_every_round_that_need_not_change(
    town, planned, propose, accept, db
):
    """On site and by video, with cars, waiting times and crews as the planner chose them."""
    town.item.preferred = Mode.ON_SITE
    town.stranger.districts.append(town.weiyang)
    rounds = {one.id: (one.version, one.leaves_at, one.car) for one in planned(8).rounds}
    town.item.preferred = Mode.VIDEO
    urgent = town.case()
    urgent.survey_by = MONDAY
    db.commit()

    done = accept(propose())

    assert len(done.added) == 1
    assert done.moved == done.lost == []
    published = db.scalars(select(Round).where(Round.status == RoundStatus.PUBLISHED)).all()
    assert {
        one.id: (one.version, one.leaves_at, one.car) for one in published if one.id in rounds
    } == rounds
    assert len(published) == len(rounds) + 1


def test_of_two_who_accept_at_once_one_is_refused(town, promised, ill, propose, db, engine):
    visit = promised()
    ill()
    made = propose().id
    db.commit()

    def answer(_):
        with Session(engine) as mine:
            try:
                adopting.adopt(
                    mine, mine.get_one(Plan, made), by="zhou", at=SUNDAY_NOON, link_hours_after=2
                )
                mine.commit()
            except (PlanOutdated, MoveRefused, StaleDataError):
                return "refused"
            return "accepted"

    with ThreadPoolExecutor(2) as two:
        assert sorted(two.map(answer, range(2))) == ["accepted", "refused"]

    assert [one.expert_id for one in db.scalars(select(Booking))] == [town.second.id]
    assert visit.round.lead_id == town.second.id


@pytest.mark.parametrize("what", ["withdrawn", "leave", "repaired"])
def test_a_proposal_is_refused_once_promises_have_changed(
    town, promised, ill, propose, accept, db, what
):
    visit, other = promised(), promised(TEN + HOUR)
    ill()
    made = propose()
    if what == "withdrawn":
        rechecks.withdraw(db, other.survey.case, by="zhou", at=SUNDAY_NOON, note="x")
    elif what == "leave":
        leave.record(
            db,
            town.account("coordinator"),
            town.second.id,
            kind=AbsenceKind.TRAINING,
            first_day=MONDAY,
            last_day=MONDAY,
            at=SUNDAY_NOON,
        )
    else:
        town.bureau.promises += 1
    db.commit()

    with pytest.raises(PlanOutdated) as refused:
        accept(made)

    assert refused.value.values == {"cause": "promises_changed"}
    db.rollback()
    db.expire_all()
    assert (made.status, visit.round.status) == (PlanStatus.DRAFT, RoundStatus.PUBLISHED)
    assert visit.round.lead_id == town.lead.id


def test_a_survey_that_has_begun_meanwhile_is_not_taken_from_its_officer(
    promised, propose, accept, db
):
    visit = promised()
    made = propose(wish=Wish(visit.survey_id, TEN + 2 * HOUR))
    surveys.begin(db, visit.survey, by="limin", at=SUNDAY_NOON)
    db.commit()

    with pytest.raises(PlanOutdated) as refused:
        accept(made)

    assert refused.value.values == {"cause": "settled_meanwhile"}


def test_a_confirmation_meanwhile_is_respected(town, promised, propose, accept, db):
    visit = promised()
    session, _ = town.call(visit)
    made = propose(wish=Wish(visit.survey_id, TEN + 2 * HOUR))
    sessions.choose(
        db, session, choice=ConsentChoice.AGREED, language="zh", device={}, at=SUNDAY_NOON
    )
    db.commit()

    with pytest.raises(PlanOutdated) as refused:
        accept(made)

    assert refused.value.values == {"cause": "settled_meanwhile"}


def test_a_proposal_that_lay_for_an_hour_is_too_old(promised, ill, propose, accept):
    promised()
    ill()

    with pytest.raises(PlanOutdated) as refused:
        accept(propose(), at=SUNDAY_NOON + HOUR)

    assert refused.value.values == {"cause": "too_old"}


def test_a_proposal_is_accepted_once(promised, ill, propose, accept):
    promised()
    ill()
    made = propose()
    accept(made)

    with pytest.raises(MoveRefused):
        accept(made)


def test_repairing_again_finds_nothing_to_do(promised, on_site, ill, propose, accept):
    for n in range(4):
        promised(TEN + n * HOUR)
    ill()
    accept(propose())

    assert changes(propose()) == NOTHING
