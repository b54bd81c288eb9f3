"""From the segments of a call to one file in somebody's hands: real films, real files."""

from __future__ import annotations

import hashlib
import io
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

import av
import pytest
from sqlalchemy.orm import Session

from inspection.media.joined import join
from server.adapters.files import FileMissing, FilesAway
from server.clock import utcnow
from server.errors import MoveRefused, NotFound
from server.models.account import Role
from server.models.lifecycle import Event
from server.models.recording import (
    JoinedRecording,
    JoinStatus,
    RecordedStretch,
    RecordingGap,
    RecordingView,
    Side,
)
from server.models.session import SessionStatus
from server.models.survey import Survey
from server.services import disposing, recordings, recordings_joined, sessions

BEGINS = datetime(2026, 11, 26, 2, 30, tzinfo=UTC)  # 10:30 in Beijing


@pytest.fixture
def call(town, db):
    session, _ = town.call(town.visit(town.case()))
    session.recorded = True
    sessions.went_live(session, by="limin", at=BEGINS)
    db.commit()
    return session


@pytest.fixture
def recorded(call, db, files, filmed):
    """`recorded(0, 4)`: segments that begin so many seconds into the call, two seconds each."""

    def record(*seconds: int, side: Side = Side.APPLICANT, codec: str = "vp8") -> None:
        for second in seconds:
            at = BEGINS + timedelta(seconds=second)
            film = filmed(seconds=2, codec=codec, starts_at=at)
            stretch = RecordedStretch(
                bureau_id=call.bureau_id, survey_id=call.visit.survey_id, session_id=call.id,
                side=side, identity=f"{side}-1", name=f"{second:06}.mkv", sha256=files.put(film),
                bytes=len(film), starts_at=at, seconds=2.0, width=160, height=120, broke_off="",
            )  # fmt: skip
            db.add(stretch)
        db.commit()

    return record


@pytest.fixture
def over(call, db):
    def end() -> None:
        sessions.end(db, call, by="limin", at=utcnow())
        db.commit()

    return end


@pytest.fixture
def work(engine, db, files, tmp_path):
    """The jobs process, once."""

    def make(files=files) -> None:
        db.commit()
        for joined_id, turn in recordings_joined.waiting(db):
            db.rollback()
            recordings_joined.make(
                lambda: Session(engine), files, joined_id, turn,
                join=join, folder=tmp_path, now=utcnow,
            )  # fmt: skip
        db.expire_all()

    return make


def joined_of(db, call) -> list[JoinedRecording]:
    return recordings_joined.of_survey(db, call.visit.survey)


def test_each_side_of_a_call_becomes_one_file_beside_its_segments(
    call, recorded, over, work, db, files
):
    recorded(0, 2, 10)
    recorded(1, side=Side.EXPERT)
    gap = RecordingGap(
        survey_id=call.visit.survey_id, session_id=call.id, side=Side.APPLICANT,
        identity="applicant-1", starts_at=BEGINS + timedelta(seconds=4), seconds=6.0, packets=0,
        cause="worker ended",
    )  # fmt: skip
    db.add(gap)
    over()
    recordings_joined.order(db, call.visit.survey, by="zhou", at=utcnow())

    work()

    applicant, expert = joined_of(db, call)
    assert (applicant.status, applicant.kind, applicant.progress) == (JoinStatus.READY, "webm", 1.0)
    assert (applicant.starts_at, applicant.seconds) == (BEGINS, 12.0)
    assert (expert.starts_at, expert.seconds) == (BEGINS + timedelta(seconds=1), 2.0)
    film = files.open(applicant.sha256)
    assert len(film) == applicant.bytes
    with av.open(io.BytesIO(film)) as container:
        assert container.duration / 1e6 == pytest.approx(12, abs=0.1)
    (hole,) = recordings_joined.holes_of(applicant, [gap])
    assert (hole.begins, hole.seconds, hole.cause) == (4.0, 6.0, "worker ended")
    assert recordings_joined.holes_of(expert, [gap]) == []


def test_made_again_it_is_the_same_to_the_byte_and_the_history_says_who_asked(
    call, recorded, over, work, db, files
):
    recorded(0, 2)
    over()
    recordings_joined.order(db, call.visit.survey, by="zhou", at=utcnow())
    work()
    (joined,) = joined_of(db, call)
    digest = joined.sha256

    recordings_joined.order(db, call.visit.survey, by="zhou", at=utcnow())
    work()

    assert (joined.status, joined.sha256, joined.turn) == (JoinStatus.READY, digest, 2)
    assert files.verify(digest)
    asked = db.query(Event).filter_by(subject="joined recording", to="waiting").one()
    assert asked.by == "zhou"


def test_what_comes_late_is_in_the_file_made_next_and_the_old_one_is_let_go_of(
    call, recorded, over, work, db, files
):
    recorded(0)
    over()
    recordings_joined.order(db, call.visit.survey, by="zhou", at=utcnow())
    work()
    (joined,) = joined_of(db, call)
    before = joined.sha256
    recorded(2)

    recordings_joined.order(db, call.visit.survey, by="zhou", at=utcnow())
    work()

    assert joined.seconds == 4.0
    with pytest.raises(FileMissing):
        files.open(before)


def test_a_maker_that_was_killed_begins_anew(
    call, recorded, over, work, db, engine, files, tmp_path
):
    recorded(0, 2)
    over()
    recordings_joined.order(db, call.visit.survey, by="zhou", at=utcnow())
    ((joined_id, turn),) = recordings_joined.waiting(db)
    db.commit()

    def killed(*pieces, progress):
        progress(0.5)
        raise KeyboardInterrupt

    for using in (killed, join):
        try:
            recordings_joined.make(
                lambda: Session(engine), files, joined_id, turn,
                join=using, folder=tmp_path, now=utcnow,
            )  # fmt: skip
        except KeyboardInterrupt:
            db.expire_all()
            (half,) = joined_of(db, call)
            assert (half.status, half.progress) == (JoinStatus.MAKING, 0.5)
            db.rollback()

    db.expire_all()
    assert joined_of(db, call)[0].status is JoinStatus.READY


def test_who_asked_may_stop_it_while_it_waits_and_while_it_is_made(
    call, recorded, over, work, db, engine, files, tmp_path, monkeypatch
):
    recorded(0, 2, 4)
    over()
    survey = call.visit.survey
    monkeypatch.setattr(recordings_joined, "PROGRESS_SECONDS", 0.0)
    recordings_joined.order(db, survey, by="zhou", at=utcnow())
    recordings_joined.stop(db, survey, by="zhou", at=utcnow())
    work()
    (joined,) = joined_of(db, call)
    assert (joined.status, joined.sha256) == (JoinStatus.STOPPED, "")

    recordings_joined.order(db, survey, by="zhou", at=utcnow())
    ((joined_id, turn),) = recordings_joined.waiting(db)
    db.commit()
    told = []

    def stopped_in_the_middle(pieces, file, *, progress):
        def after_the_first(share):
            told.append(share)
            with Session(engine) as other:
                recordings_joined.stop(other, other.merge(survey), by="zhou", at=utcnow())
                other.commit()
            progress(share)

        return join(pieces, file, progress=after_the_first)

    recordings_joined.make(
        lambda: Session(engine), files, joined_id, turn,
        join=stopped_in_the_middle, folder=tmp_path, now=utcnow,
    )  # fmt: skip

    db.expire_all()
    assert len(told) == 1  # of three segments
    assert (joined.status, joined.sha256) == (JoinStatus.STOPPED, "")
    assert not list(tmp_path.glob("joining-*"))


@pytest.fixture
def made_while(recorded, over, work, call, db, files):
    """`made_while(happens)`: a file is made, and this happens when it is just in the store."""

    class Store:
        def __init__(self, happens):
            self.happens = happens

        def __getattr__(self, name):
            return getattr(files, name)

        def put_file(self, file):
            self.digest = files.put_file(file)
            self.happens()
            return self.digest

    def make(happens) -> str:
        recorded(0)
        over()
        recordings_joined.order(db, call.visit.survey, by="zhou", at=utcnow())
        store = Store(happens)
        with suppress(KeyboardInterrupt):
            work(files=store)
        db.expire_all()
        return store.digest

    return make


def test_a_file_whose_maker_is_killed_once_it_is_in_the_store_is_known_to_the_record(
    made_while, db
):
    def killed():
        raise KeyboardInterrupt

    digest = made_while(killed)

    assert disposing.used(db, {digest}) == {digest}  # so it goes with the recording


def test_a_file_that_is_stopped_when_it_is_in_the_store_is_known_to_the_record(
    made_while, call, db, engine
):
    survey_id = call.visit.survey_id

    def stopped():
        with Session(engine) as other:
            survey = other.get_one(Survey, survey_id)
            recordings_joined.stop(other, survey, by="zhou", at=utcnow())
            other.commit()

    digest = made_while(stopped)

    assert joined_of(db, call)[0].status is JoinStatus.STOPPED
    assert disposing.used(db, {digest}) == {digest}


def test_a_file_whose_recording_is_deleted_while_it_is_made_does_not_stay(
    made_while, db, engine, files
):
    def deleted():
        with Session(engine) as other:
            (joined,) = other.query(JoinedRecording)
            joined.move(JoinStatus.GONE, by="zheng", at=utcnow())
            joined.sha256, joined.bytes = "", 0
            other.commit()

    digest = made_while(deleted)
    with pytest.raises(FileMissing):
        files.open(digest)


def test_why_a_file_cannot_be_made_is_said_and_the_segments_stay(
    call, recorded, over, work, db, files
):
    recorded(0)
    recorded(2, codec="h264")
    over()
    recordings_joined.order(db, call.visit.survey, by="zhou", at=utcnow())

    work()

    (joined,) = joined_of(db, call)
    assert (joined.status, joined.cause) == (JoinStatus.FAILED, "codecs")
    assert all(files.verify(one.sha256) for one in recordings.stretches_of(db, call.visit.survey))


def test_a_segment_that_is_not_what_was_recorded_is_never_joined(
    call, recorded, over, work, db, files, tmp_path
):
    recorded(0, 2)
    digest = recordings.stretches_of(db, call.visit.survey)[1].sha256
    (tmp_path / "evidence" / digest[:2] / digest[2:4] / digest).write_bytes(b"another film")
    over()
    recordings_joined.order(db, call.visit.survey, by="zhou", at=utcnow())

    work()

    (joined,) = joined_of(db, call)
    assert (joined.status, joined.cause) == (JoinStatus.FAILED, "damaged")


def test_a_store_that_is_away_is_asked_again(call, recorded, over, work, db, files):
    class Away:
        def open(self, digest):
            raise FilesAway("no answer")

    recorded(0)
    over()
    recordings_joined.order(db, call.visit.survey, by="zhou", at=utcnow())

    with pytest.raises(FilesAway):
        work(files=Away())

    db.expire_all()
    assert joined_of(db, call)[0].status is JoinStatus.MAKING


def test_a_call_that_goes_on_and_one_without_a_recording_are_not_joined(call, recorded, db):
    with pytest.raises(NotFound):
        recordings_joined.order(db, call.visit.survey, by="zhou", at=utcnow())
    recorded(0)
    assert call.status is SessionStatus.LIVE
    with pytest.raises(MoveRefused):
        recordings_joined.order(db, call.visit.survey, by="zhou", at=utcnow())


def test_a_file_is_taken_away_in_ranges_by_a_name_a_clerk_knows_and_that_is_written_down(
    call, recorded, over, work, db, sign_in_as
):
    recorded(0, 2)
    over()
    coordinator = sign_in_as(Role.COORDINATOR)
    ordered = coordinator.post(f"/api/v1/surveys/{call.visit.survey_id}/joined-recordings")
    assert (ordered.status_code, ordered.json["items"][0]["status"]) == (202, "waiting")
    refused = coordinator.get(ordered.json["items"][0]["url"])
    assert (refused.status_code, refused.json["code"]) == (409, "move_refused")
    work()

    (shown,) = coordinator.get(f"/api/v1/surveys/{call.visit.survey_id}/joined-recordings").json[
        "items"
    ]
    whole = coordinator.get(shown["url"])
    part = coordinator.get(shown["url"], headers={"Range": "bytes=1-4"})

    assert shown["status"] == "ready"
    assert hashlib.sha256(whole.data).hexdigest() == shown["sha256"]
    assert (part.status_code, part.data) == (206, whole.data[1:5])
    assert part.headers["Content-Range"] == f"bytes 1-4/{shown['bytes']}"
    said = unquote(whole.headers["Content-Disposition"].rpartition("''")[2])
    case = call.visit.survey.case
    assert (
        said
        == shown["file_name"]
        == (f"{case.number} {case.premises.name} 申请人画面 2026-11-26 10-30.webm")
    )
    looks = db.query(RecordingView).all()
    assert [(look.joined_id, look.survey_id) for look in looks] == [
        (shown["id"], call.visit.survey_id)
    ]
