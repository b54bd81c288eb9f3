"""From the recorder's folder into the store, and onto the screen."""

from __future__ import annotations

import hashlib
import json
import os
import time
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from inspection.media.engine import LinkStats, Load
from inspection.media.part import Part
from server.adapters.alone import Alone
from server.adapters.media import Joined
from server.clock import utcnow
from server.models.account import Role
from server.models.drawing import Drawing
from server.models.evidence import Evidence, EvidenceSource
from server.models.recording import RecordedStretch, RecordingView, Side
from server.models.session import ConsentChoice, SessionStatus
from server.models.survey import SurveyStatus
from server.services import checklists, pointings, recordings, sessions, surveys
from server.services.recordings import Intake
from server.web.calling import notice_disks
from server.web.sockets import socketio


@pytest.fixture
def session(town, db):
    visit = town.visit(town.case())
    session, _ = town.call(visit)
    session.recorded = True
    db.commit()
    return session


@dataclass(frozen=True)
class Sound:
    """A frame of silence, as the reader hands it to a part."""

    at: int
    octets: bytes = bytes.fromhex("f8fffe")
    key: bool = True
    width: int = 0
    height: int = 0
    time: int = 0


def part_files(folder: Path):
    return folder.rglob("*.mkv")


def write(folder: Path, number: int, *, begins, seconds=8.0, data=b"a film") -> Path:
    """What a recorder leaves of one segment."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{number:06}.mkv"
    file.write_bytes(data)
    line = {
        "file": file.name,
        "starts_at": begins.isoformat(),
        "seconds": seconds,
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "width": 1280,
        "height": 720,
        "frames": 240,
    }
    with (folder / "index.jsonl").open("a") as index:
        index.write(json.dumps(line) + "\n")
    return file


def gap(folder: Path, *, begins, seconds: float, cause: str) -> None:
    line = {
        "from": begins.isoformat(),
        "to": (begins + timedelta(seconds=seconds)).isoformat(),
        "packets": 0,
        "track": "all",
        "cause": cause,
    }
    with (folder / "index.jsonl").open("a") as index:
        index.write(json.dumps(line) + "\n")


def test_finished_files_are_kept_once_and_then_let_go_of(session, db, files, tmp_path):
    begins = utcnow() - timedelta(minutes=3)
    part = tmp_path / session.room / f"applicant-{session.id}"
    first = write(part, 1, begins=begins, data=b"the first")
    unfinished = part / "000002.mkv"
    unfinished.write_bytes(b"still being written")
    gap(part, begins=begins + timedelta(seconds=8), seconds=2, cause="worker ended")

    assert Intake(tmp_path).turn(db, files, at=utcnow()) == 1
    assert Intake(tmp_path).turn(db, files, at=utcnow()) == 0

    (kept,) = recordings.stretches_of(db, session.visit.survey)
    assert files.open(kept.sha256) == b"the first"
    assert (kept.side, kept.seconds, kept.starts_at) == (Side.APPLICANT, 8.0, begins)
    assert not first.exists()
    assert unfinished.exists()
    (missing,) = recordings.gaps_of(db, session.visit.survey)
    assert (missing.cause, missing.seconds) == ("worker ended", 2.0)


def test_a_file_that_is_not_what_the_recorder_wrote_is_not_kept(session, db, files, tmp_path):
    part = tmp_path / session.room / f"applicant-{session.id}"
    file = write(part, 1, begins=utcnow())
    file.write_bytes(b"another film")

    assert Intake(tmp_path).turn(db, files, at=utcnow()) == 0

    assert recordings.stretches_of(db, session.visit.survey) == []
    assert file.exists()


def test_the_folder_goes_once_the_call_is_over_and_everything_is_kept(session, db, files, tmp_path):
    part = tmp_path / session.room / "expert-1"
    write(part, 1, begins=utcnow())
    Intake(tmp_path).turn(db, files, at=utcnow())
    assert part.exists()

    sessions.went_live(session, by="li", at=utcnow())
    sessions.end(db, session, by="li", at=utcnow())
    assert session.status is SessionStatus.ENDED
    db.commit()
    long_ago = time.time() - 3600
    for path in (part / "index.jsonl", part):
        os.utime(path, (long_ago, long_ago))
    Intake(tmp_path).turn(db, files, at=utcnow())

    assert not (tmp_path / session.room).exists()
    assert len(recordings.stretches_of(db, session.visit.survey)) == 1


def test_a_recording_that_goes_on_after_its_first_files_were_taken_away_is_kept_whole(
    session, db, files, tmp_path
):
    """The real recorder: the phone comes back on another connection."""
    identity = f"applicant-{session.id}"
    part = Part(tmp_path / session.room / identity)
    intake = Intake(tmp_path)
    noon = 1_790_000_000_000_000
    for source, begins in ((1, noon), (2, noon + 20_000_000)):
        part.begin(source, "opus")
        for number in range(600):
            part.add(source, Sound(at=begins + number * 20_000))
        part.end(source)
        intake.turn(db, files, at=utcnow())

    kept = recordings.stretches_of(db, session.visit.survey)
    assert sum(one.seconds for one in kept) == pytest.approx(24, abs=0.5)
    assert len({one.name for one in kept}) == len(kept)
    assert not list(part_files(tmp_path))


def test_who_chooses_a_visit_in_person_after_all_leaves_no_recording(session, db, files, tmp_path):
    part = tmp_path / session.room / f"applicant-{session.id}"
    write(part, 1, begins=utcnow())
    sessions.choose(
        db, session, choice=ConsentChoice.ON_SITE, language="zh", device={}, at=utcnow()
    )
    db.commit()

    Intake(tmp_path).turn(db, files, at=utcnow())

    assert recordings.stretches_of(db, session.visit.survey) == []
    assert not part.exists()


def test_of_two_processes_one_works_at_a_folder(tmp_path):
    first, second = Alone(tmp_path), Alone(tmp_path)

    assert first.is_held()
    assert first.is_held()
    assert not second.is_held()
    first.close()
    assert second.is_held()
    second.close()


def test_a_folder_of_no_call_is_left_alone(db, files, tmp_path):
    stranger = tmp_path / "somebody" / "else"
    write(stranger, 1, begins=utcnow())

    assert Intake(tmp_path).turn(db, files, at=utcnow()) == 0
    assert Intake(tmp_path / "nowhere").turn(db, files, at=utcnow()) == 0

    assert (stranger / "000001.mkv").exists()


def test_a_point_is_found_in_the_recording_where_it_was_answered(
    session, db, files, scripts, tmp_path
):
    survey = session.visit.survey
    begins = utcnow() - timedelta(seconds=20)
    part = tmp_path / session.room / f"applicant-{session.id}"
    write(part, 1, begins=begins)
    write(part, 2, begins=begins + timedelta(seconds=8), data=b"the second")
    Intake(tmp_path).turn(db, files, at=utcnow())
    surveys.begin(db, survey, by="li", at=begins)
    checklists.pin(db, survey, scripts)
    point = next(one for one in checklists.worked_of(db, survey).run.asked if not one.unit)
    checklists.answer(
        db, survey, point=point.name, value="pass", note="", device="", by="li",
        at=begins + timedelta(seconds=11),
    )  # fmt: skip
    db.commit()

    stretches = recordings.stretches_of(db, survey)
    (moment,) = recordings.moments_of(checklists.worked_of(db, survey), stretches)

    assert moment.point == point.name
    assert moment.stretch_id == stretches[1].id
    assert moment.seconds == pytest.approx(3.0)


def test_answers_of_both_officers_and_of_each_fridge_are_found_in_the_recording(
    session, db, files, scripts, sign_in_as, tmp_path
):
    survey = session.visit.survey
    begins = utcnow() - timedelta(seconds=20)
    write(tmp_path / session.room / f"applicant-{session.id}", 1, begins=begins)
    Intake(tmp_path).turn(db, files, at=utcnow())
    surveys.begin(db, survey, by="limin", at=begins)
    checklists.pin(db, survey, scripts)
    given = [
        ("fridges", "2", "limin"),
        ("fridge_temperature[1]", "4", "limin"),
        ("fridge_temperature[2]", "5", "jianguo"),
        ("menu", "pass", "jianguo"),
    ]
    for second, (point, value, by) in enumerate(given, start=1):
        checklists.answer(
            db, survey, point=point, value=value, note="", device="", by=by,
            at=begins + timedelta(seconds=second),
        )  # fmt: skip
    db.commit()

    desk = sign_in_as(Role.SUPERVISOR)
    moments = desk.get(f"/api/v1/surveys/{survey.id}/recording").json["moments"]

    assert [(one["point"], round(one["seconds"])) for one in moments] == [
        (point, second) for second, (point, *_) in enumerate(given, start=1)
    ]
    assert [one["label"]["zh"][-2:] for one in moments[1:3]] == ["1）", "2）"]


def test_what_was_pointed_at_and_drawn_is_found_in_the_recording_where_it_was_shown(
    session, db, app, sign_in_as, tmp_path, jpeg
):
    begins, files = utcnow() - timedelta(minutes=1), app.extensions["parts"].files
    part = tmp_path / session.room / f"applicant-{session.id}"
    write(part, 1, begins=begins)
    Intake(tmp_path).turn(db, files, at=utcnow())
    survey = session.visit.survey
    survey.status = SurveyStatus.UNDER_WAY
    pointings.begin(db, session, 0.5, 0.25, by="limin", at=begins + timedelta(seconds=2))
    pointings.begin(db, session, 0.5, 0.25, by="limin", at=begins + timedelta(hours=2))
    piece = Evidence(
        bureau_id=session.bureau_id, survey_id=survey.id, number=1, point="sinks", by="limin",
        source=EvidenceSource.SERVER, sha256=files.put(jpeg), media_type="image/jpeg",
        bytes=len(jpeg), width=320, height=240, view_sha256="0" * 64,
        thumbnail_sha256="0" * 64, received_at=begins, facts={},
    )  # fmt: skip
    for seconds, view in ((5, "1" * 64), (6, None)):  # the second was given up
        at = begins + timedelta(seconds=seconds)
        db.add(
            Drawing(
                bureau_id=session.bureau_id, survey_id=survey.id, session_id=session.id,
                evidence=piece, by="wangjun", shown_at=at, closed_at=at, view_sha256=view,
                thumbnail_sha256=view,
            )
        )  # fmt: skip
    db.commit()

    shown = sign_in_as(Role.SUPERVISOR).get(f"/api/v1/surveys/{survey.id}/recording").json["shown"]

    assert [(one["kind"], one["by"], round(one["seconds"])) for one in shown] == [
        ("pointing", "limin", 2),
        ("drawing", "wangjun", 5),
    ]
    assert shown[0]["path"] == [[0, 0.5, 0.25]]
    assert shown[1]["drawn"]["view_url"].startswith("/api/v1/drawings/")


def test_staff_may_play_a_recording_in_ranges_and_each_look_is_written_down(
    session, db, app, sign_in_as, tmp_path
):
    part = tmp_path / session.room / f"applicant-{session.id}"
    write(part, 1, begins=utcnow(), data=b"0123456789")
    Intake(tmp_path).turn(db, app.extensions["parts"].files, at=utcnow())
    survey = session.visit.survey
    client = sign_in_as(Role.COORDINATOR)

    shown = client.get(f"/api/v1/surveys/{survey.id}/recording").json
    client.get(f"/api/v1/surveys/{survey.id}/recording")

    (stretch,) = shown["stretches"]
    answer = client.get(stretch["url"], headers={"Range": "bytes=2-4"})
    assert (answer.status_code, answer.data) == (206, b"234")
    assert answer.mimetype == "video/webm"
    looks = db.query(RecordingView).all()
    assert [look.survey_id for look in looks] == [survey.id]
    assert client.get("/api/v1/recordings/999").status_code == 404


def test_a_recording_is_shown_and_the_look_written_down_also_while_somebody_else_writes(
    session, db, app, sign_in_as, tmp_path, monkeypatch, others_write
):
    part = tmp_path / session.room / f"applicant-{session.id}"
    write(part, 1, begins=utcnow())
    Intake(tmp_path).turn(db, app.extensions["parts"].files, at=utcnow())
    survey, client, looked_at = (
        session.visit.survey,
        sign_in_as(Role.COORDINATOR),
        recordings.looked_at,
    )

    def look(*one, **look):
        others_write()
        looked_at(*one, **look)

    monkeypatch.setattr(recordings, "looked_at", look)

    assert client.get(f"/api/v1/surveys/{survey.id}/recording").status_code == 200
    assert db.query(RecordingView).count() == 1


def test_a_call_is_recorded_if_the_bureau_wanted_it_when_the_applicant_was_invited(town, db):
    town.bureau.records_calls = False
    db.commit()
    silent, _ = town.call(town.visit(town.case()))
    town.bureau.records_calls = True
    db.commit()
    recorded, _ = town.call(town.visit(town.case()))

    assert (silent.recorded, recorded.recorded) == (False, True)
    assert db.query(RecordedStretch).count() == 0


class OneWorker:
    """The only media worker there is, beside its disk."""

    def __init__(self) -> None:
        self.full = False

    def names(self) -> list[str]:
        return ["127.0.0.1:1"]

    def able(self, current: str) -> list[str]:
        return self.names()

    def line(self, name: str) -> OneWorker:
        return self

    def create_room(self, room: str, **how: object) -> int:
        return 1

    def join(self, *who: object, recorded: bool, **how: object) -> Joined:
        return Joined(type="answer", sdp="v=0", epoch=1, recorded=recorded)

    def loads(self) -> dict[str, Load]:
        free = 1_000 if self.full else 9_000_000_000
        load = Load(0.1, 1, 2, 9, fits=60, disk_free=free, disk_full=self.full)
        return {"127.0.0.1:1": load}

    def stats_of_all(self) -> dict[str, list[LinkStats]]:
        return {}


@pytest.fixture
def worker(app):
    made = OneWorker()
    app.extensions["parts"] = replace(app.extensions["parts"], media=made)
    return made


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_disk_that_is_full_is_said_to_both_sides_to_the_day_and_to_monitoring(
    app, town, db, session, sign_in_as, worker
):
    surveys.begin(db, session.visit.survey, by="limin", at=utcnow())
    db.commit()
    expert = sign_in_as(Role.EXPERT, expert=town.lead)
    coordinator = sign_in_as(Role.COORDINATOR)

    def join():
        answer = expert.post(f"/api/v1/sessions/{session.id}/media", {"sdp": "v=0"}).json
        return answer["recorded"], answer["disk_full"]

    def heard():
        return [one["args"][0] for one in desk.get_received() if one["name"] == "recording.changed"]

    assert join() == (True, False)
    desk = socketio.test_client(app, flask_test_client=expert.client)
    desk.emit("watch", {"survey": session.visit.survey_id}, callback=True)
    known = {}
    for full in (False, True, True, False):
        worker.full = full
        with app.app_context():
            known = notice_disks(known)
        assert join() == (not full, full)
        assert coordinator.get("/api/v1/capacity").json["disk_full"] is full
        metrics = app.test_client().get("/metrics").text
        assert f'yunkan_recordings_disk_full{{worker="127.0.0.1:1"}} {int(full)}' in metrics
    assert heard() == [{"disk_full": True}, {"disk_full": False}]  # each change once
    desk.disconnect()
