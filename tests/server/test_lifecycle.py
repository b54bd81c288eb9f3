"""Things live by their tables of moves, and every move is on record."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from server.errors import MoveRefused
from server.models.case import Case, CaseStatus
from server.models.checklist import ScriptVersion
from server.models.expert import Recusal, RecusalStatus
from server.models.guidance import GuidanceSession, GuidanceStatus
from server.models.imports import Import, ImportStatus
from server.models.lifecycle import Event, Lives
from server.models.observer import Capacity, Observer, ObserverStatus
from server.models.publication import PublicationStatus, ScriptPublication
from server.models.recording import JoinedRecording, JoinStatus, Side
from server.models.retention import Disposal, DisposalStatus
from server.models.round import Plan, PlanStatus, Round, RoundStatus
from server.models.session import InspectionSession, SessionStatus
from server.models.survey import Survey, SurveyStatus
from server.services import observing

NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)
LIVES = (
    (Case, CaseStatus),
    (Survey, SurveyStatus),
    (Plan, PlanStatus),
    (Round, RoundStatus),
    (InspectionSession, SessionStatus),
    (Import, ImportStatus),
    (GuidanceSession, GuidanceStatus),
    (JoinedRecording, JoinStatus),
    (Disposal, DisposalStatus),
    (Observer, ObserverStatus),
    (ScriptPublication, PublicationStatus),
    (Recusal, RecusalStatus),
)


@pytest.fixture
def things(town, db):
    """One of each thing that has a life."""
    visit = town.visit()
    session, _ = town.call(visit)
    batch = Import(
        bureau_id=town.bureau.id, file_name="a.xlsx", file_sha256="0" * 64, by="zhou", columns={}
    )
    guidance = GuidanceSession(
        bureau_id=town.bureau.id, title="办证要点", presenter_id=town.lead.id, starts_at=NOON,
        token="t" * 43, room="guidance-1",
    )  # fmt: skip
    observer, _ = observing.invite(
        db, session, name="王红", capacity=Capacity.CITIZEN, hours_after=2
    )
    joined = JoinedRecording(
        bureau_id=town.bureau.id, survey_id=visit.survey_id, session_id=session.id,
        side=Side.APPLICANT, identity="applicant-1",
    )  # fmt: skip
    disposal = Disposal(
        bureau_id=town.bureau.id, case=visit.survey.case, months=36, closed_at=NOON,
        proposed_by="zhou", proposed_at=NOON,
    )  # fmt: skip
    version = ScriptVersion(script="food/noodle-shop", version="1", sha256="0" * 64, content={})
    db.add(version)
    db.flush()
    publication = ScriptPublication(
        bureau_id=town.bureau.id, script=version.script, script_version_id=version.id,
        file="a.xlsx", uploaded_by="zhou", uploaded_at=NOON,
    )  # fmt: skip
    recusal = Recusal(
        bureau_id=town.bureau.id, expert=town.second, applicant_id=visit.survey.case.applicant_id,
        reason="亲属", by="zhou", at=NOON,
    )  # fmt: skip
    found = (
        visit.survey.case, visit.survey, visit.round.plan, visit.round, session, batch,
        guidance, observer, joined, disposal, publication, recusal,
    )  # fmt: skip
    db.add_all(found)
    db.commit()
    return {type(thing): thing for thing in found}


def test_nothing_with_a_life_is_left_out_here():
    assert {kind for kind, _ in LIVES} == set(Lives.__subclasses__())


def test_each_table_of_moves_speaks_of_every_status():
    for kind, statuses in LIVES:
        assert set(kind.MOVES) == set(statuses), kind
        assert set().union(*kind.MOVES.values()) <= set(statuses), kind


@pytest.mark.parametrize("kind", [kind for kind, _ in LIVES], ids=lambda kind: kind.SUBJECT)
def test_allowed_moves_leave_an_event_and_all_others_are_refused(things, db, kind):
    thing, statuses = things[kind], dict(LIVES)[kind]
    for came_from in statuses:
        for to in statuses:
            thing.status = came_from
            db.flush()
            before = len(events(db, thing))
            if to in kind.MOVES[came_from]:
                thing.move(to, by="zhou", at=NOON, note="because")
                db.flush()
                last = events(db, thing)[-1]
                assert (last.came_from, last.to, last.by, last.at) == (came_from, to, "zhou", NOON)
                assert thing.status is to
                assert len(events(db, thing)) == before + 1
            else:
                with pytest.raises(MoveRefused):
                    thing.move(to, by="zhou", at=NOON)
                assert thing.status is came_from
                assert len(events(db, thing)) == before


def test_two_people_cannot_make_the_same_move(things, engine, db):
    case_id = things[Case].id
    db.commit()
    with Session(engine, expire_on_commit=False) as mine:
        case = mine.get_one(Case, case_id)
        mine.commit()  # looked at, and let go of
        with Session(engine) as theirs:
            theirs.get_one(Case, case_id).move(CaseStatus.WITHDRAWN, by="wu", at=NOON)
            theirs.commit()
        case.move(CaseStatus.SURVEYING, by="zhou", at=NOON)

        with pytest.raises(StaleDataError):
            mine.commit()

    assert db.get_one(Case, case_id).status is CaseStatus.WITHDRAWN
    assert {event.by for event in events(db, things[Case])} == {"zhou", "wu"}


def test_a_thing_moves_only_once_it_is_stored():
    with pytest.raises(ValueError, match="once it is stored"):
        Survey(status=SurveyStatus.OPEN).move(SurveyStatus.VOID, by="zhou", at=NOON)


def events(db, thing):
    return db.scalars(
        select(Event)
        .where(Event.subject == thing.SUBJECT, Event.subject_id == thing.id)
        .order_by(Event.id)
    ).all()
