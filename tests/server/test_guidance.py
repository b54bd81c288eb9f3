"""Rooms of guidance: announced, watched by whoever has the link, asked in, looked at again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from server.adapters import media
from server.clock import utcnow
from server.models.account import Role
from server.models.guidance import GuidanceQuestion, GuidanceSession, GuidanceStretch
from server.models.lifecycle import Event
from server.services import disposing, placing, questions, replaying
from server.services.placing import RoomKind
from server.services.recordings import Intake
from server.services.watching import Audience, Viewer
from server.web.sockets import socketio
from tests.server.test_recordings import write

AGREED = questions.CONSENT_VERSION


@pytest.fixture(autouse=True)
def _nobody_at_the_media_worker(monkeypatch):
    for patience in ("JOIN_SECONDS", "OTHER_SECONDS"):
        monkeypatch.setattr(media, patience, 0.01)


@pytest.fixture
def desk(sign_in_as):
    return sign_in_as(Role.COORDINATOR)


@pytest.fixture
def presenter(sign_in_as):
    """李敏."""
    return sign_in_as(Role.EXPERT)


@pytest.fixture
def announce(town, desk):
    """`announce()`: a session that 李敏 presents in an hour, as the coordinator is answered."""

    def make(by=None, **changes):
        told = {
            "title": "餐饮许可怎么看现场",
            "presenter": town.lead.id,
            "starts_at": (utcnow() + timedelta(hours=1)).isoformat(),
        }
        answer = (by or desk).post("/api/v1/guidance", {**told, **changes})
        assert answer.status_code == 201, answer.text
        return answer.json

    return make


@pytest.fixture
def live(announce, presenter):
    made = announce()
    assert presenter.post(f"/api/v1/guidance/{made['id']}/start").status_code == 200
    return made


@pytest.fixture
def watch(caller):
    """`watch(session)`: another browser that opened its link."""

    def open_link(session, viewer=None):
        viewer = viewer or caller()
        answer = viewer.post("/api/v1/watch", {"token": session["url"].partition("#")[2]})
        assert answer.status_code == 200, answer.text
        viewer.csrf = answer.json["csrf"]
        viewer.path = f"/api/v1/watch/{session['id']}"
        return viewer

    return open_link


def asked(viewer, text="要几张照片？", agreed_to=AGREED):
    return viewer.post(f"{viewer.path}/questions", {"text": text, "agreed_to": agreed_to})


def seen_by(viewer):
    return viewer.get(viewer.path)


def test_before_it_begins_the_link_says_what_when_and_by_whom(town, announce, watch):
    session = announce(item_type=town.item.id, title_en="Food licences on site")

    seen = seen_by(watch(session)).json

    assert (seen["status"], seen["title"], seen["presenter"]) == (
        "announced",
        "餐饮许可怎么看现场",
        "李敏",
    )
    assert seen["title_en"] == "Food licences on site"
    assert seen["item_type"] == town.item.name
    assert (seen["questions"], seen["replay"], seen["relays"]) == ([], None, [])


def test_the_link_is_shown_again_and_its_code_is_a_picture(announce, desk):
    session = announce()

    again = desk.get(f"/api/v1/guidance/{session['id']}").json

    assert again["url"] == session["url"]
    assert "/g#" in session["url"]
    code = desk.get(session["code_url"])
    assert (code.status_code, code.mimetype) == (200, "image/svg+xml")
    assert code.data.startswith(b"<svg")


@pytest.mark.parametrize("days", [-3, 400])
def test_a_beginning_long_past_or_far_away_is_refused(town, desk, days):
    answer = desk.post(
        "/api/v1/guidance",
        {
            "title": "开店须知",
            "presenter": town.lead.id,
            "starts_at": (utcnow() + timedelta(days=days)).isoformat(),
        },
    )

    assert (answer.status_code, answer.json["code"]) == (400, "bad_payload")
    assert answer.json["values"] == {"cause": "guidance_time"}


def test_somebody_of_a_district_announces_for_it_and_sees_no_others(town, announce, sign_in_as):
    here = sign_in_as(Role.COORDINATOR, district=town.weiyang)
    announce()
    mine = announce(by=here)

    listed = here.get("/api/v1/guidance").json["items"]

    assert [one["id"] for one in listed] == [mine["id"]]
    stranger = {"title": "x", "presenter": town.stranger.id, "starts_at": utcnow().isoformat()}
    assert here.post("/api/v1/guidance", stranger).status_code == 404


def test_what_is_over_is_listed_apart_the_newest_first(announce, presenter, desk):
    sessions = [announce(starts_at=(utcnow() + timedelta(hours=n)).isoformat()) for n in range(4)]
    for session in sessions[:3]:
        presenter.post(f"/api/v1/guidance/{session['id']}/start")
        presenter.post(f"/api/v1/guidance/{session['id']}/end")

    def listed(path):
        found = desk.get(path).json
        return [one["id"] for one in found["items"]], found["next"]

    to_come, _ = listed("/api/v1/guidance")
    over, cursor = listed("/api/v1/guidance?over=true&limit=2")
    rest, _ = listed(f"/api/v1/guidance?over=true&limit=2&cursor={cursor}")

    ids = [session["id"] for session in sessions]
    assert (to_come, over, rest) == ([ids[3]], [ids[2], ids[1]], [ids[0]])


def test_the_presenter_finds_it_on_their_day_and_nobody_else_does(
    town, announce, presenter, sign_in_as
):
    session = announce(starts_at=utcnow().isoformat())

    assert [one["id"] for one in presenter.get("/api/v1/expert/day").json["guidance"]] == [
        session["id"]
    ]
    other = sign_in_as(Role.EXPERT, expert=town.second)
    assert other.get("/api/v1/expert/day").json["guidance"] == []
    assert other.post(f"/api/v1/guidance/{session['id']}/start").status_code == 404


def test_each_step_of_its_life_is_written_down_once_however_often_it_is_said(
    announce, presenter, desk, db
):
    session = announce()
    for who, step in ((presenter, "start"), (presenter, "end"), (desk, "closing")):
        for _ in range(2):
            said = who.post(f"/api/v1/guidance/{session['id']}/{step}")
            assert said.status_code in (200, 204), step

    moves = db.query(Event.to).filter_by(subject="guidance", subject_id=session["id"])
    assert [to for (to,) in moves] == ["live", "ended", "closed"]


def test_once_it_is_closed_the_link_leads_nowhere(announce, watch, desk, caller):
    session = announce()
    viewer = watch(session)
    desk.post(f"/api/v1/guidance/{session['id']}/closing")

    assert seen_by(viewer).status_code == 401
    again = caller().post("/api/v1/watch", {"token": session["url"].partition("#")[2]})
    assert (again.status_code, again.json["code"]) == (410, "link_invalid")


def test_two_links_open_in_one_browser_are_two_sessions_side_by_side(announce, watch, caller):
    first, second, third = announce(title="甲"), announce(title="乙"), announce(title="丙")
    browser = caller()
    for session in (first, second):
        watch(session, browser)

    titles = [
        browser.get(f"/api/v1/watch/{session['id']}").json["title"] for session in (first, second)
    ]

    assert titles == ["甲", "乙"]
    assert browser.get(f"/api/v1/watch/{third['id']}").status_code == 401
    cookie = browser.client.get_cookie(f"yunkan-viewer-{first['id']}").value
    browser.client.set_cookie(f"yunkan-viewer-{third['id']}", cookie)
    assert browser.get(f"/api/v1/watch/{third['id']}").status_code == 401


def test_who_opens_the_same_link_again_keeps_their_questions_and_their_bounds(live, watch):
    viewer = watch(live)
    asked(viewer)

    watch(live, viewer)

    (mine,) = seen_by(viewer).json["questions"]
    assert mine["mine"]
    assert asked(viewer).json["values"]["cause"] == "soon"


def test_nobody_joins_before_it_begins_or_after_it_ended(announce, presenter, watch):
    session = announce()
    viewer = watch(session)
    path = f"/api/v1/guidance/{session['id']}"

    doors = [
        (who, f"{where}{over}")
        for who, where in ((viewer, f"{viewer.path}/media"), (presenter, f"{path}/media"))
        for over in ("", "/view")
    ]

    def said() -> set[str]:
        told = {"sdp": "v=0", "ticket": "x"}
        return {who.post(where, told).json["code"] for who, where in doors}

    assert said() == {"move_refused"}
    presenter.post(f"{path}/start")
    assert said() == {"media_unavailable"}
    presenter.post(f"{path}/end")
    assert said() == {"move_refused"}


def test_a_question_is_seen_by_all_and_nobody_sees_who_asked(live, watch, presenter):
    asker, other = watch(live), watch(live)

    answer = asked(asker, "  要几张\n照片？\u202e ")

    assert answer.status_code == 201
    (mine,) = answer.json["questions"]
    (seen,) = seen_by(other).json["questions"]
    assert (mine["text"], mine["mine"]) == ("要几张 照片？", True)
    assert (seen["text"], seen["mine"], seen["status"]) == ("要几张 照片？", False, "waiting")
    (told,) = presenter.get(f"/api/v1/guidance/{live['id']}").json["questions"]
    assert told.keys() == {"id", "text", "status", "asked_at", "taken_up_at"}


def test_one_question_is_answered_at_a_time_and_a_hidden_one_is_not_shown(live, watch, presenter):
    for number in range(3):
        asked(watch(live), f"第 {number} 个问题")
    path = f"/api/v1/guidance/{live['id']}"
    first, second, third = (one["id"] for one in presenter.get(path).json["questions"])

    for question, status in ((first, "answering"), (second, "answering"), (third, "hidden")):
        put = presenter.patch(f"{path}/questions/{question}", {"status": status})
        assert put.status_code == 200

    seen = seen_by(watch(live)).json["questions"]
    assert [(one["id"], one["status"]) for one in seen] == [
        (first, "answered"),
        (second, "answering"),
    ]
    presenter.post(f"{path}/end")
    ended = presenter.get(path).json["questions"]
    assert [one["status"] for one in ended] == ["answered", "answered", "hidden"]


def test_after_the_end_nothing_is_taken_up_and_the_replay_jumps_where_it_did(
    live, watch, presenter, db
):
    asked(watch(live))
    path = f"/api/v1/guidance/{live['id']}"
    (question,) = presenter.get(path).json["questions"]

    def put(status):
        return presenter.patch(f"{path}/questions/{question['id']}", {"status": status})

    put("answering")
    presenter.post(f"{path}/end")
    (answered,) = presenter.get(path).json["questions"]

    assert put("answering").json["code"] == "move_refused"
    assert put("hidden").json["questions"][0]["status"] == "hidden"
    assert put("waiting").json["questions"] == [answered]  # shown again, it is as it was


def test_a_question_put_off_was_not_answered_then(live, watch, presenter):
    asked(watch(live))
    path = f"/api/v1/guidance/{live['id']}"
    (question,) = presenter.get(path).json["questions"]

    for status in ("answering", "waiting", "hidden", "waiting"):
        put = presenter.patch(f"{path}/questions/{question['id']}", {"status": status})

    assert put.json["questions"] == [question]


def test_a_coordinator_who_assists_answers_and_hides_too(live, watch, desk, sign_in_as):
    asked(watch(live))
    path = f"/api/v1/guidance/{live['id']}"
    (question,) = desk.get(path).json["questions"]

    def put(who, status):
        return who.patch(f"{path}/questions/{question['id']}", {"status": status})

    assert put(desk, "answered").json["questions"][0]["status"] == "answered"
    assert put(desk, "hidden").status_code == 200
    assert seen_by(watch(live)).json["questions"] == []
    assert put(sign_in_as(Role.SUPERVISOR), "waiting").status_code == 403


def test_a_coordinator_ends_it_for_a_presenter_who_is_gone(live, watch, desk):
    assert desk.post(f"/api/v1/guidance/{live['id']}/end").status_code == 204

    assert seen_by(watch(live)).json["status"] == "ended"


def test_a_viewer_for_whom_there_is_no_room_is_told_so(live, watch, monkeypatch):
    def full(*anything, **how):
        raise media.CallFull("596 in the room")

    monkeypatch.setattr("server.web.viewer.watch.join_call", full)

    viewer = watch(live)
    answer = viewer.post(f"{viewer.path}/media", {"sdp": "v=0"})

    assert (answer.status_code, answer.json["code"]) == (409, "call_full")
    assert answer.json["title"] == "观看的人满了，请过几分钟再来"


@pytest.mark.parametrize(
    ("text", "cause"),
    [("", "empty"), ("\n\t", "empty"), ("问" * 201, "long")],
)
def test_a_question_without_words_or_with_too_many_is_refused(live, watch, text, cause):
    answer = asked(watch(live), text)

    assert (answer.status_code, answer.json["code"]) == (409, "question_refused")
    assert answer.json["values"]["cause"] == cause


def test_questions_are_bounded_of_one_browser_and_of_all(live, watch, db, monkeypatch):
    monkeypatch.setattr(questions, "MOST_OF_ONE", 2)
    monkeypatch.setattr(questions, "MOST_A_MINUTE", 3)
    viewer = watch(live)

    def cause(who):
        answer = asked(who)
        return answer.json["values"]["cause"] if answer.status_code == 409 else "kept"

    def later():
        for one in db.query(GuidanceQuestion):
            one.created_at -= questions.PAUSE
        db.commit()

    assert [cause(viewer), cause(viewer)] == ["kept", "soon"]
    later()
    assert cause(viewer) == "kept"
    later()
    assert cause(viewer) == "enough"
    assert [cause(watch(live)), cause(watch(live))] == ["kept", "full"]
    monkeypatch.setattr(questions, "MOST_A_MINUTE", 60)
    monkeypatch.setattr(questions, "MOST_OF_ALL", 3)
    assert cause(watch(live)) == "full"


def test_a_question_needs_the_words_that_stood_beside_it_and_somebody_who_answers(
    announce, watch, presenter, db
):
    session = announce()
    viewer = watch(session)
    assert asked(viewer).json["code"] == "move_refused"
    presenter.post(f"/api/v1/guidance/{session['id']}/start")

    assert asked(viewer, agreed_to="other words").json["values"] == {"cause": "agreed_to"}

    asked(viewer)
    assert [one.text_version for one in db.query(GuidanceQuestion)] == [AGREED]


def test_the_replay_jumps_to_where_a_question_was_taken_up(
    live, watch, presenter, app, db, tmp_path
):
    asked(watch(live))
    path = f"/api/v1/guidance/{live['id']}"
    (question,) = presenter.get(path).json["questions"]
    presenter.patch(f"{path}/questions/{question['id']}", {"status": "answering"})
    room = db.get_one(GuidanceSession, live["id"]).room
    part = tmp_path / "recordings" / room / "expert-1"
    begins = utcnow() - timedelta(seconds=5)
    write(part, 1, begins=begins, data=b"0123456789")
    kept = Intake(tmp_path / "recordings").turn(db, app.extensions["parts"].files, at=utcnow())
    assert kept == 1
    assert seen_by(watch(live)).json["replay"] is None  # it is still going on
    presenter.post(f"{path}/end")

    viewer = watch(live)
    replay = seen_by(viewer).json["replay"]

    (stretch,), (moment,) = replay["stretches"], replay["moments"]
    assert (moment["question"], moment["stretch_id"]) == (question["id"], stretch["id"])
    assert moment["seconds"] == pytest.approx(5, abs=2)
    part = viewer.get(stretch["url"], headers={"Range": "bytes=2-4"})
    assert (part.status_code, part.data) == (206, b"234")


def test_a_replay_goes_for_good_once_its_link_is_closed_and_not_before(
    live, desk, presenter, app, db, tmp_path
):
    files, recordings = app.extensions["parts"].files, tmp_path / "recordings"
    room = db.get_one(GuidanceSession, live["id"]).room
    for number, film in enumerate((b"the first", b"the second", b"the first"), start=1):
        write(recordings / room / "expert-1", number, begins=utcnow(), data=film)
    Intake(recordings).turn(db, files, at=utcnow())
    presenter.post(f"/api/v1/guidance/{live['id']}/end")
    digests = {one.sha256 for one in db.query(GuidanceStretch)}
    assert disposing.turn(db, files, at=utcnow()) == 0
    assert all(files.verify(digest) for digest in digests)
    db.commit()

    assert desk.post(f"/api/v1/guidance/{live['id']}/closing").status_code == 204
    assert disposing.turn(db, files, at=utcnow()) == 3

    assert not any(files.verify(digest) for digest in digests)
    assert db.query(GuidanceStretch).count() == 0
    gone = db.query(Event).filter_by(subject="guidance", to="file deleted")
    assert {one.note for one in gone} == digests
    assert disposing.turn(db, files, at=utcnow()) == 0


def test_a_file_of_a_closed_session_that_another_one_has_stays(live, announce, desk, app, db):
    files, other = app.extensions["parts"].files, announce()
    digest = files.put(b"the same film")
    for guidance in (live, other):
        db.add(
            GuidanceStretch(
                guidance_id=guidance["id"], identity="expert-1", name="000001.mkv", sha256=digest,
                bytes=13, starts_at=utcnow(), seconds=8.0, width=0, height=0, broke_off="",
            )
        )  # fmt: skip
    db.commit()
    assert desk.post(f"/api/v1/guidance/{live['id']}/closing").status_code == 204

    disposing.turn(db, files, at=utcnow())

    assert files.verify(digest)
    assert [one.guidance_id for one in db.query(GuidanceStretch)] == [other["id"]]


def test_where_nothing_was_recorded_the_link_says_so_some_minutes_after_the_end(
    live, watch, presenter, db
):
    presenter.post(f"/api/v1/guidance/{live['id']}/end")
    viewer = watch(live)
    assert seen_by(viewer).json["replay"] == {"stretches": [], "moments": [], "may_grow": True}

    ended = db.query(Event).filter_by(subject="guidance", to="ended").one()
    ended.at -= replaying.KEPT_WITHIN
    db.commit()

    assert seen_by(viewer).json["replay"]["may_grow"] is False


def test_a_replay_is_for_those_who_have_its_link_alone(live, announce, watch, db):
    db.add(
        GuidanceStretch(
            guidance_id=live["id"], identity="expert-1", name="1.mkv", sha256="0" * 64, bytes=1,
            starts_at=utcnow(), seconds=1.0, width=0, height=0, broke_off="",
        )
    )  # fmt: skip
    db.commit()
    stretch = db.query(GuidanceStretch.id).scalar()

    viewer = watch(announce())
    answer = viewer.get(f"{viewer.path}/recordings/{stretch}")

    assert answer.status_code == 404


def test_a_new_process_of_a_worker_loses_its_rooms_of_guidance_too(live, db):
    seen = placing.place_of(db, live["id"], RoomKind.GUIDANCE)
    placing.move(db, seen, worker="127.0.0.1:8010", worker_epoch=100)
    db.commit()

    (lost,) = placing.began_anew(db, worker="127.0.0.1:8010", worker_epoch=200)

    assert (lost.kind, lost.session_id, lost.epoch) == (RoomKind.GUIDANCE, live["id"], 200)


def test_staff_who_follow_hear_that_something_changed(live, watch, presenter, app):
    page = socketio.test_client(app, flask_test_client=presenter.client)
    assert page.emit("follow", {"guidance": live["id"]}, callback=True) == {"code": "ok"}

    asked(watch(live))

    (heard,) = page.get_received()
    assert heard["name"] == "guidance.changed"
    assert heard["args"] == [{"guidance": live["id"], "status": "live"}]
    page.disconnect()


def test_the_more_pages_ask_the_more_seldom_each_does(live, watch, app, db):
    assert seen_by(watch(live)).json["ask_again"] == 5
    guidance, at, audience = db.get_one(GuidanceSession, live["id"]), utcnow(), Audience()

    def pause(number, at=at):
        return audience.ask_again(Viewer(guidance, f"{number}"), at=at)

    assert [pause(number) for number in (1, 1, 2)] == [5, 5, 5]
    for number in range(400):
        pause(number)
    assert pause(400) == 20  # seconds, so that all together ask twenty times in one
    for number in range(10_000):
        pause(number)
    assert pause(1) == 60
    assert pause(1, at + timedelta(minutes=3)) == 5  # the others have gone
