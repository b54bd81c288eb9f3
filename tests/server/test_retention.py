"""How long recordings are kept, and how they end: by two people, for good, with a trace."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from server.adapters.files import FileMissing, FilesAway
from server.clock import moment_of, utcnow
from server.errors import MoveRefused, NotDue, NotFound, RecordingHeld, SamePerson
from server.models.account import Role
from server.models.case import CaseStatus
from server.models.lifecycle import Event
from server.models.recording import JoinedRecording, JoinStatus, RecordedStretch, Side
from server.models.retention import Disposal, DisposalStatus, DisposedFile
from server.models.session import InspectionSession
from server.models.survey import Survey
from server.services import disposing, recordings, retention, sessions
from server.services.retention import _closed_before

CLOSED = datetime(2023, 5, 10, 8, tzinfo=UTC)
DUE = moment_of(date(2026, 5, 10), 0)  # 36 months later


@pytest.fixture
def recorded(town, db, files):
    """`recorded(b"a film", …)`: a case that was closed, with these segments of its call."""
    town.bureau.recordings_kept_months = 36

    def make(*films: bytes, closed_at: datetime | None = CLOSED, **options):
        call, _ = town.call(town.visit(town.case(**options)))
        call.recorded = True
        sessions.went_live(call, by="limin", at=CLOSED)
        sessions.end(db, call, by="limin", at=CLOSED)
        survey = call.visit.survey
        for number, film in enumerate(films):
            stretch = RecordedStretch(
                bureau_id=call.bureau_id, survey_id=survey.id, session_id=call.id,
                side=Side.APPLICANT, identity="applicant-1", name=f"{number:06}.mkv",
                sha256=files.put(film), bytes=len(film), seconds=8.0,
                starts_at=CLOSED + timedelta(seconds=8 * number),
                width=1280, height=720, broke_off="",
            )  # fmt: skip
            db.add(stretch)
        if closed_at:
            for step in (CaseStatus.SURVEYING, CaseStatus.DECIDED):
                survey.case.move(step, by="limin", at=closed_at)
                db.flush()
        db.commit()
        return survey.case

    return make


@pytest.fixture
def zhou(town):
    return town.account(Role.COORDINATOR, sign_in_name="zhou")


@pytest.fixture
def zheng(town):
    return town.account(Role.ADMINISTRATOR, sign_in_name="zheng")


@pytest.fixture
def confirmed(db, zhou, zheng):
    """Proposed by the one, confirmed by the other."""

    def both(*cases) -> list[Disposal]:
        proposed = retention.propose(db, zhou, [case.id for case in cases], at=DUE)
        db.commit()
        for one in proposed:
            retention.confirm(db, zheng, one.id, at=DUE)
        db.commit()
        return proposed

    return both


def due(db, account, at=DUE):
    return [case.id for case in db.scalars(retention.listing(db, account, at=at))]


def files_go(db, files, at=DUE):
    while disposing.turn(db, files, at=at) or disposing.turn(db, files, at=at):
        pass


@given(st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.integers(1, 40), st.integers(0, 1500))
def test_the_list_and_the_day_agree_on_what_is_due(closed, months, later):
    today = closed + timedelta(days=later)

    listed = moment_of(closed, 12 * 60) < _closed_before(today, months)

    assert listed == (retention.due_on(closed, months) <= today)


def test_a_month_that_is_too_short_ends_the_day_after_its_last():
    assert retention.due_on(date(2026, 1, 31), 1) == date(2026, 3, 1)
    assert retention.due_on(date(2024, 2, 29), 12) == date(2025, 3, 1)
    assert retention.due_on(date(2026, 12, 31), 2) == date(2027, 3, 1)
    assert retention.due_on(date(2026, 5, 10), 36) == date(2029, 5, 10)


def test_recordings_are_due_so_many_months_after_their_case_was_closed(recorded, db, zhou, town):
    case = recorded(b"a film")
    recorded(b"of a case that goes on", closed_at=None)
    recorded()  # nothing was recorded

    assert due(db, zhou, at=DUE) == [case.id]
    assert due(db, zhou, at=DUE - timedelta(minutes=1)) == []
    town.bureau.recordings_kept_months = None
    assert due(db, zhou, at=DUE) == []  # not before the bureau has said how long


@pytest.mark.parametrize("by_then", [None, 12, 60])
def test_what_an_applicant_was_told_holds_whatever_the_bureau_decides_later(
    recorded, confirmed, db, town, zhou, by_then
):
    case = recorded(b"a film")
    db.query(InspectionSession).one().kept_months = 36
    town.bureau.recordings_kept_months = by_then
    db.commit()

    assert due(db, zhou, at=DUE - timedelta(minutes=1)) == []
    assert due(db, zhou, at=DUE) == [case.id]
    (disposal,) = confirmed(case)
    assert disposal.months == 36


def test_of_several_calls_of_a_case_the_one_that_is_kept_longest_decides(recorded, db, zhou):
    case = recorded(b"a film")
    recorded(b"of a second call", closed_at=None)
    film, more = db.query(RecordedStretch).order_by(RecordedStretch.id)
    more.survey_id = film.survey_id
    db.get_one(InspectionSession, more.session_id).kept_months = 48
    db.commit()

    (kept,) = retention.describe(db, [case])

    assert (kept.months, kept.calls, kept.due_on) == (48, 2, date(2027, 5, 10))
    assert due(db, zhou, at=DUE) == []
    assert due(db, zhou, at=moment_of(date(2027, 5, 10), 0)) == [case.id]


def test_the_rule_that_is_written_down_is_the_one_it_was_confirmed_by(
    recorded, db, town, zhou, zheng
):
    case = recorded(b"a film")
    (disposal,) = retention.propose(db, zhou, [case.id], at=DUE)
    town.bureau.recordings_kept_months = 24

    retention.confirm(db, zheng, disposal.id, at=DUE)

    assert disposal.months == 24


def test_two_people_delete_a_recording_and_all_but_its_content_stays_known(
    recorded, confirmed, db, files, zhou
):
    case = recorded(b"first film", b"second film")
    (survey,) = {one.survey_id for one in db.query(RecordedStretch)}
    digests = [one.sha256 for one in db.query(RecordedStretch).order_by(RecordedStretch.id)]

    (disposal,) = confirmed(case)

    assert db.query(RecordedStretch).count() == 0  # at once, before any file goes
    files_go(db, files)
    assert disposal.status is DisposalStatus.DONE
    said = (disposal.proposed_by, disposal.confirmed_by, disposal.months, disposal.closed_at)
    assert said == ("zhou", "zheng", 36, CLOSED)
    traces = retention.files_of(db, disposal)
    assert [one.sha256 for one in traces] == digests
    assert all(one.gone_at == DUE and not one.shared for one in traces)
    for digest in digests:
        with pytest.raises(FileMissing):
            files.open(digest)
    assert recordings.there_is_one(db, db.get_one(Survey, survey))  # as the case goes on saying
    assert due(db, zhou) == []
    moves = db.query(Event).filter_by(subject="disposal", subject_id=disposal.id).order_by(Event.id)
    assert [(one.to, one.by) for one in moves] == [("confirmed", "zheng"), ("done", "system")]


def test_who_proposed_it_cannot_confirm_it_and_nothing_changes(recorded, db, zhou):
    (disposal,) = retention.propose(db, zhou, [recorded(b"a film").id], at=DUE)
    db.commit()

    with pytest.raises(SamePerson):
        retention.confirm(db, zhou, disposal.id, at=DUE)

    db.rollback()
    assert disposal.status is DisposalStatus.PROPOSED
    assert db.query(RecordedStretch).count() == 1
    assert db.query(DisposedFile).count() == 0


def test_a_hold_stops_it_at_every_step_until_it_is_lifted(recorded, db, zhou, zheng):
    case = recorded(b"a film")
    (disposal,) = retention.propose(db, zhou, [case.id], at=DUE)

    retention.hold(db, zhou, case.id, reason="申请人申诉", at=DUE)
    db.commit()

    assert disposal.status is DisposalStatus.WITHDRAWN
    with pytest.raises(MoveRefused):
        retention.confirm(db, zheng, disposal.id, at=DUE)
    with pytest.raises(RecordingHeld):
        retention.propose(db, zhou, [case.id], at=DUE)
    with pytest.raises(RecordingHeld):
        retention.hold(db, zhou, case.id, reason="again", at=DUE)
    retention.lift(db, zhou, case.id, at=DUE)
    (again,) = retention.propose(db, zhou, [case.id], at=DUE)
    retention.confirm(db, zheng, again.id, at=DUE)


def test_what_is_not_due_is_not_proposed_and_what_became_so_is_not_confirmed(
    recorded, db, town, zhou, zheng
):
    case, young = recorded(b"a film"), recorded(b"another", closed_at=CLOSED + timedelta(days=9))

    with pytest.raises(NotDue):
        retention.propose(db, zhou, [case.id, young.id], at=DUE)
    db.rollback()
    assert db.query(Disposal).count() == 0  # of all, or of none
    (disposal,) = retention.propose(db, zhou, [case.id], at=DUE)
    with pytest.raises(MoveRefused):
        retention.propose(db, zhou, [case.id], at=DUE)
    town.bureau.recordings_kept_months = 60
    with pytest.raises(NotDue):
        retention.confirm(db, zheng, disposal.id, at=DUE)


def test_a_file_that_another_record_has_stays(recorded, confirmed, db, files):
    old = recorded(b"the same film", b"its own film")
    recorded(b"the same film", closed_at=None)

    (disposal,) = confirmed(old)
    files_go(db, files)

    shared, own = retention.files_of(db, disposal)
    assert (shared.shared, own.shared) == (True, False)
    assert files.open(shared.sha256) == b"the same film"
    with pytest.raises(FileMissing):
        files.open(own.sha256)


def test_the_joined_file_goes_with_its_segments(recorded, confirmed, db, files):
    case = recorded(b"a film")
    stretch = db.query(RecordedStretch).one()
    joined = JoinedRecording(
        bureau_id=case.bureau_id, survey_id=stretch.survey_id, session_id=stretch.session_id,
        side=Side.APPLICANT, identity="applicant-1", status=JoinStatus.READY, kind="mp4",
        sha256=files.put(b"joined"), bytes=6, starts_at=CLOSED, seconds=8.0,
    )  # fmt: skip
    db.add(joined)
    db.commit()
    digest = joined.sha256

    (disposal,) = confirmed(case)
    files_go(db, files)

    assert (joined.status, joined.sha256) == (JoinStatus.GONE, "")
    assert sorted(one.name for one in retention.files_of(db, disposal)) == ["000000.mkv", "mp4"]
    with pytest.raises(FileMissing):
        files.open(digest)


def test_killed_in_the_middle_it_is_finished_by_whoever_comes_next(
    recorded, confirmed, db, engine, files, monkeypatch
):
    monkeypatch.setattr(disposing, "MOST_AT_ONCE", 2)
    (disposal,) = confirmed(recorded(b"one", b"two", b"three"))

    class Killed:
        def __init__(self, after: int) -> None:
            self.left = after

        def remove(self, digest: str) -> None:
            if not self.left:
                raise KeyboardInterrupt
            self.left -= 1
            files.remove(digest)

    for after in (1, 2):  # within the first files, and within the last
        with Session(engine) as dying, pytest.raises(KeyboardInterrupt):
            files_go(dying, Killed(after))
        db.expire_all()
        assert disposal.status is DisposalStatus.CONFIRMED
        db.rollback()

    files_go(db, files)

    assert disposal.status is DisposalStatus.DONE
    assert all(one.gone_at for one in retention.files_of(db, disposal))


def test_a_store_that_is_away_is_asked_again(recorded, confirmed, db, files):
    (disposal,) = confirmed(recorded(b"a film"))

    class Away:
        def remove(self, digest):
            raise FilesAway("no answer")

    with pytest.raises(FilesAway):
        disposing.turn(db, Away(), at=DUE)
    db.rollback()

    assert retention.files_of(db, disposal)[0].gone_at is None
    files_go(db, files)
    assert disposal.status is DisposalStatus.DONE


def test_a_district_sees_and_ends_only_its_own(recorded, db, town, zhou):
    here, there = recorded(b"here"), recorded(b"there", district=town.yanta)
    of_yanta = town.account(Role.COORDINATOR, district=town.yanta)

    assert due(db, of_yanta) == [there.id]
    with pytest.raises(NotFound):
        retention.propose(db, of_yanta, [here.id], at=DUE)


def test_from_the_list_to_the_trace_by_the_api(recorded, db, files, sign_in_as, town):
    case = recorded(b"a film")
    coordinator, administrator = sign_in_as(Role.COORDINATOR), sign_in_as(Role.ADMINISTRATOR)
    supervisor = sign_in_as(Role.SUPERVISOR)
    chosen = administrator.patch("/api/v1/bureau-settings", {"recordings_kept_months": 6})
    assert (chosen.status_code, chosen.json["recordings_kept_months"]) == (200, 6)
    assert db.query(Event).filter_by(subject="bureau", to="keeps 6").count() == 1

    (shown,) = supervisor.get("/api/v1/recordings-due").json["items"]
    assert (shown["id"], shown["calls"], shown["files"], shown["bytes"]) == (case.id, 1, 1, 6)
    assert shown["due_on"] == "2023-11-10"
    proposed = coordinator.post("/api/v1/disposals", {"case_ids": [case.id]})
    assert proposed.status_code == 201
    address = f"/api/v1/disposals/{proposed.json['items'][0]['id']}"
    assert coordinator.post(f"{address}/confirmation").json["code"] == "same_person"
    assert administrator.post(f"{address}/confirmation").json["status"] == "confirmed"
    files_go(db, files, at=utcnow())

    whole = supervisor.get(address).json
    assert (whole["status"], whole["months"]) == ("done", 6)
    assert [one["name"] for one in whole["files"]] == ["000000.mkv"]
    kept = coordinator.get(f"/api/v1/cases/{case.id}/recordings").json
    assert (kept["files"], kept["disposals"][0]["status"]) == (0, "done")
    survey = coordinator.get(f"/api/v1/cases/{case.id}").json["surveys"][0]
    assert survey["recorded"]  # the case goes on saying that there was a recording
    shown = coordinator.get(f"/api/v1/surveys/{survey['id']}/recording").json
    assert (shown["stretches"], shown["gone"]) == ([], True)


def test_an_applicant_is_told_how_long_and_the_consent_says_what_was_read(town, db, caller):
    town.bureau.records_calls, town.bureau.recordings_kept_months = True, 36
    db.commit()
    session, token = town.call(town.visit(town.case()))
    phone = caller(token=token)

    told = phone.get("/api/v1/applicant").json
    phone.post("/api/v1/applicant/consent", {"choice": "agreed", "language": "zh"})

    assert (told["recorded"], told["kept_months"]) == (True, 36)
    said = sessions.latest_consent(db, session).text_version
    assert said == told["consent_version"] == f"{sessions.CONSENT_VERSION}, kept 36 months"
    town.bureau.recordings_kept_months = 12
    db.commit()
    assert phone.get("/api/v1/applicant").json["kept_months"] == 36  # as they read it


def test_who_agreed_to_words_that_have_changed_since_is_shown_the_new_ones_first(town, db, caller):
    session, token = town.call(town.visit(town.case()))
    phone = caller(token=token)
    shown = phone.get("/api/v1/applicant").json["consent_version"]

    agreed = {"choice": "agreed", "language": "zh"}
    answer = phone.post("/api/v1/applicant/consent", {**agreed, "agreed_to": "2020-01-01"})

    assert (answer.status_code, answer.json["code"]) == (409, "consent_missing")
    assert answer.json["title"] == "说明有更新，请再看一遍，然后再选"
    assert sessions.latest_consent(db, session) is None
    db.rollback()
    phone.post("/api/v1/applicant/consent", {**agreed, "agreed_to": shown})
    assert sessions.latest_consent(db, session).text_version == shown


def test_an_administrator_turns_recording_on_and_off_and_that_is_written_down(sign_in_as, town, db):
    administrator = sign_in_as(Role.ADMINISTRATOR)

    for records in (True, True, False):
        answer = administrator.patch("/api/v1/bureau-settings", {"records_calls": records})
        assert answer.json["records_calls"] is records

    db.refresh(town.bureau)
    assert town.bureau.records_calls is False
    changes = [one.to for one in db.query(Event).filter_by(subject="bureau").order_by(Event.id)]
    assert changes == ["records calls", "records nothing"]
    by_coordinator = sign_in_as(Role.COORDINATOR).patch("/api/v1/bureau-settings", {})
    assert by_coordinator.status_code == 403


def test_an_administrator_asks_for_two_officers_by_video_and_that_is_written_down(
    sign_in_as, town, db
):
    administrator = sign_in_as(Role.ADMINISTRATOR)

    answer = administrator.patch("/api/v1/bureau-settings", {"video_officers": 2})

    assert answer.json["video_officers"] == 2
    db.refresh(town.bureau)
    assert town.bureau.video_officers == 2
    assert [one.to for one in db.query(Event).filter_by(subject="bureau")] == ["2 by video"]
    three = administrator.patch("/api/v1/bureau-settings", {"video_officers": 3})
    assert three.json["code"] == "bad_payload"
