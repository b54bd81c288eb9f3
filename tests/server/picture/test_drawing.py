"""An expert freezes a still and draws on it: both sides see it, and the original stays."""

from __future__ import annotations

import hashlib
import io
import json
import threading
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from server.adapters.files import FilesAway
from server.clock import utcnow
from server.errors import AnswerNotValid
from server.models.account import Role
from server.models.drawing import Drawing, Stroke
from server.models.evidence import EvidenceSource
from server.services import drawings, evidence, sessions

ARROW = {"kind": "arrow", "places": [[0.1, 0.1], [0.5, 0.5]]}
TEXT = {"kind": "text", "places": [[0.2, 0.8]], "text": "这里漏水"}


@pytest.fixture
def piece(call, db, app, jpeg):
    photo = evidence.Photo(
        jpeg, hashlib.sha256(jpeg).hexdigest(), "sinks", EvidenceSource.SERVER, None
    )
    files = app.extensions["parts"].files
    found = evidence.keep(
        db, files, call.survey, photo, point_label="水池", officer="李敏", by="limin", at=utcnow()
    )
    db.commit()
    return found


class Board:
    """The frozen still as one expert's hands reach it."""

    def __init__(self, call: Any, hands: Any) -> None:
        self.hands, self.path = hands, f"/api/v1/surveys/{call.survey.id}/frozen"

    def freeze(self, number: int = 1) -> Any:
        return self.hands.post(self.path, {"number": number})

    def draw(self, drawing: int, stroke: dict[str, Any]) -> Any:
        return self.hands.post(f"{self.path}/{drawing}/strokes", stroke)

    def wipe(self, drawing: int) -> Any:
        return self.hands.delete(f"{self.path}/{drawing}/strokes")

    def close(self, *, keep: bool = True) -> Any:
        return self.hands.post(f"{self.path}/close", {"keep": keep})


@pytest.fixture
def board(call, piece) -> Board:
    return Board(call, call.officer)


@pytest.fixture
def frozen(board) -> int:
    return board.freeze().json["id"]


def kept(db) -> list[Drawing]:
    db.rollback()
    return list(db.scalars(select(Drawing).where(Drawing.view_sha256.is_not(None))))


def test_the_phone_shows_the_frozen_still_and_each_stroke_on_it(call, board, piece):
    frozen = board.freeze()
    assert frozen.status_code == 201
    drawn = board.draw(frozen.json["id"], ARROW)

    shown, told = call.told(call.phone, "frozen.changed")
    assert shown["frozen"]["strokes"] == []
    assert (shown["frozen"]["width"], shown["frozen"]["height"]) == (320, 240)
    assert [one["places"] for one in told["frozen"]["strokes"]] == [ARROW["places"]]
    assert drawn.json["strokes"] == told["frozen"]["strokes"]
    picture = call.applicant.get(told["frozen"]["view_url"])
    assert (picture.status_code, picture.mimetype) == (200, "image/jpeg")


def test_whoever_comes_back_finds_it_where_it_was(call, board, frozen):
    board.draw(frozen, TEXT)

    sheet = call.officer.get(f"/api/v1/surveys/{call.survey.id}").json["session"]["frozen"]
    phone = call.applicant.get("/api/v1/applicant").json["frozen"]
    assert sheet["id"] == phone["id"] == frozen
    assert sheet["strokes"] == phone["strokes"]
    assert phone["strokes"][0]["text"] == "这里漏水"


def test_what_was_drawn_is_kept_over_an_original_that_stays_as_it_was(
    call, board, frozen, app, db, piece, jpeg
):
    files = app.extensions["parts"].files
    for stroke in (ARROW, TEXT):
        board.draw(frozen, stroke)

    assert board.close().status_code == 204

    assert files.open(piece.sha256) == jpeg
    (drawing,) = kept(db)
    assert [stroke.kind for stroke in drawing.strokes] == ["arrow", "text"]
    (out,) = call.officer.get(f"/api/v1/surveys/{call.survey.id}").json["evidence"]
    assert out["sha256"] == hashlib.sha256(jpeg).hexdigest()
    view = Image.open(io.BytesIO(call.officer.get(out["drawn"][0]["view_url"]).data))
    plain = Image.open(io.BytesIO(call.officer.get(out["view_url"]).data))
    assert view.size == plain.size
    assert view.getpixel((96, 72)) != plain.getpixel((96, 72))  # on the arrow
    assert call.told(call.phone, "frozen.changed")[-1]["frozen"] is None
    assert call.applicant.get(f"/api/v1/applicant/frozen?drawing={frozen}").status_code == 409


@pytest.mark.parametrize(
    ("strokes", "keep"), [([], True), ([ARROW], False)], ids=["nothing", "given up"]
)
def test_what_is_empty_or_given_up_leaves_only_the_photo(call, board, frozen, db, strokes, keep):
    for stroke in strokes:
        board.draw(frozen, stroke)
    board.close(keep=keep)

    assert kept(db) == []
    (out,) = call.officer.get(f"/api/v1/surveys/{call.survey.id}").json["evidence"]
    assert out["drawn"] == []
    assert board.freeze().status_code == 201


def test_both_experts_draw_and_each_wipes_out_their_own(call, board, frozen):
    other = Board(call, call.second)
    board.draw(frozen, ARROW)
    other.draw(frozen, TEXT)

    left = board.wipe(frozen).json["strokes"]
    assert [one["kind"] for one in left] == ["text"]
    assert board.wipe(frozen).json["strokes"] == left
    assert other.wipe(frozen).json["strokes"] == []
    assert len(call.told(call.second_desk, "frozen.changed")) == 6


def test_one_still_is_shown_at_a_time(call, board, frozen):
    refused = Board(call, call.second).freeze()

    assert (refused.status_code, refused.json["code"]) == (409, "already_frozen")


def test_two_experts_who_freeze_at_once_leave_one_still(call, board, frozen, monkeypatch):
    monkeypatch.setattr(drawings, "open_of", lambda db, session: None)  # neither saw the other

    assert board.freeze().json["code"] == "already_frozen"


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.COORDINATOR])
def test_whoever_only_watches_neither_freezes_nor_draws(call, frozen, sign_in_as, role):
    watching = Board(call, sign_in_as(role))

    said = [
        watching.freeze(),
        watching.draw(frozen, ARROW),
        watching.wipe(frozen),
        watching.close(),
    ]

    assert [one.status_code for one in said] == [403] * 4


@pytest.mark.parametrize(
    "stroke",
    [
        {"kind": "arrow", "places": [[0.1, 0.1]]},
        {"kind": "arrow", "places": [[0, 0], [0.5, 0.5], [1, 1]]},
        {"kind": "circle", "places": [[0, 0], [1.2, 1]]},
        {"kind": "line", "places": [[0.5, 0.5]] * 201},
        {"kind": "line", "places": []},
        {"kind": "text", "places": [[0.5, 0.5]], "text": "  "},
        {"kind": "text", "places": [[0.5, 0.5]], "text": "长" * 21},
        {"kind": "arrow", "places": [[0, 0], [1, 1]], "text": "箭"},
        {"kind": "blot", "places": [[0.5, 0.5]]},
    ],
)
def test_a_stroke_that_is_none_is_refused(call, board, frozen, stroke):
    refused = board.draw(frozen, stroke)

    assert (refused.status_code, refused.json["code"]) == (400, "bad_payload")


def test_a_drawing_has_an_end(board, frozen):
    said = [board.draw(frozen, ARROW).status_code for _ in range(drawings.MOST_STROKES + 1)]

    assert said == [201] * drawings.MOST_STROKES + [409]


def test_a_survey_is_not_drawn_on_without_end(board, frozen, monkeypatch):
    board.close()
    monkeypatch.setattr(drawings, "MOST_DRAWINGS", 1)

    assert board.freeze().json["code"] == "drawing_full"


def test_nothing_is_drawn_on_a_still_that_is_not_shown(board, frozen):
    board.close()

    assert board.draw(frozen, ARROW).json["code"] == "nothing_frozen"
    assert board.wipe(frozen).json["code"] == "nothing_frozen"


def test_a_photo_that_was_thrown_away_is_not_shown(call, board):
    call.officer.delete(f"/api/v1/surveys/{call.survey.id}/evidence/1")

    assert board.freeze().status_code == 404


def test_ending_the_call_keeps_what_is_drawn(call, board, frozen, db):
    board.draw(frozen, ARROW)

    assert call.officer.post(f"/api/v1/sessions/{call.session.id}/end").status_code == 204

    assert len(kept(db)) == 1
    assert call.told(call.phone, "frozen.changed")[-1]["frozen"] is None


def test_an_original_that_was_tampered_with_gets_no_view_and_does_not_hold_up_the_end(
    call, board, frozen, app, db, piece
):
    board.draw(frozen, ARROW)
    folder = app.extensions["parts"].settings.folder
    (file,) = [path for path in folder.rglob("*") if path.name.endswith(piece.sha256[-40:])]
    file.chmod(0o600)
    file.write_bytes(b"another picture")

    assert board.close().json["code"] == "evidence_damaged"
    assert call.officer.post(f"/api/v1/sessions/{call.session.id}/end").status_code == 204
    assert kept(db) == []


def test_the_desk_hears_whether_the_applicant_looks(call, frozen):
    said = call.say(call.phone, "frozen.seen", drawing=frozen, seen=False)

    assert said == {"code": "ok"}
    (told,) = call.told(call.desk, "frozen.seen")
    assert told == {"session": call.session.id, "drawing": frozen, "seen": False}


def test_the_phone_of_another_call_does_not_see_it(call, frozen, town, db, caller):
    _, token = town.call(town.visit(town.case(name="别家")))
    db.commit()

    assert caller(token=token).get(f"/api/v1/applicant/frozen?drawing={frozen}").status_code == 409


def test_strokes_are_kept_as_data(board, frozen, db):
    board.draw(frozen, {"kind": "line", "places": [[0.123456, 0.5], [1, 0]]})

    (stroke,) = db.scalars(select(Stroke))
    assert json.loads(stroke.places) == [[0.1235, 0.5], [1.0, 0.0]]


def test_who_gives_up_while_another_keeps_comes_second(call, board, frozen, db, monkeypatch):
    views, closed = drawings._views, threading.Event()

    def give_up() -> None:
        Board(call, call.second).close(keep=False)
        closed.set()

    other = threading.Thread(target=give_up)

    def views_meanwhile(*told: Any) -> Any:
        other.start()
        assert not closed.wait(0.3)  # they wait for the first one's word
        return views(*told)

    board.draw(frozen, ARROW)
    monkeypatch.setattr(drawings, "_views", views_meanwhile)

    assert board.close().status_code == 204
    other.join()
    assert len(kept(db)) == 1


@pytest.mark.parametrize("trouble", [FilesAway("no answer"), AnswerNotValid("no such point")])
@pytest.mark.parametrize("how", ["sessions/{session}/end", "surveys/{survey}/unreachable"])
def test_what_cannot_be_kept_does_not_hold_up_the_end(
    call, board, frozen, db, monkeypatch, how, trouble
):
    def fails(*_: Any) -> None:
        raise trouble

    board.draw(frozen, ARROW)
    monkeypatch.setattr(drawings, "_views", fails)

    path = how.format(session=call.session.id, survey=call.survey.id)
    ended = call.officer.post(f"/api/v1/{path}", {"note": "没人接"})

    assert ended.status_code == 204
    assert kept(db) == []
    assert drawings.open_of(db, call.session) is None


def test_nothing_stays_frozen_in_a_call_whose_case_is_withdrawn(call, board, frozen, db):
    db.rollback()
    sessions.take_back(db, call.session.visit, by="tongchou", at=utcnow(), note="withdrawn")
    db.commit()

    assert drawings.open_of(db, call.session) is None
