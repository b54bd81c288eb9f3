"""Originals are kept untouched, whatever happens to what is shown of them."""

from __future__ import annotations

import hashlib
import io
from datetime import UTC, datetime

import pytest
from PIL import Image
from sqlalchemy import func, select

from server.adapters.files import FilesAway
from server.errors import EvidenceNotAccepted, MoveRefused, NotFound
from server.models.account import Role
from server.models.evidence import Evidence, EvidenceSource
from server.models.survey import SurveyStatus
from server.services import evidence

NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)
POINT = "sinks"


@pytest.fixture
def survey(begun):
    return begun()


@pytest.fixture
def keep(db, files, survey, jpeg):
    def receive(data=jpeg, *, sha256="", point=POINT):
        photo = evidence.Photo(
            data, sha256 or hashlib.sha256(data).hexdigest(), point, EvidenceSource.PHONE, None
        )
        piece = evidence.keep(
            db, files, survey, photo, point_label="水池", officer="李敏", by="applicant", at=NOON
        )
        db.commit()
        return piece

    return receive


def count(db):
    return db.scalar(select(func.count()).select_from(Evidence))


def test_the_original_comes_back_byte_for_byte(keep, files, jpeg):
    piece = keep()

    assert files.open(piece.sha256) == jpeg
    assert (piece.width, piece.height, piece.bytes) == (320, 240, len(jpeg))
    assert (piece.number, piece.media_type, piece.received_at) == (1, "image/jpeg", NOON)


def test_what_people_look_at_is_another_picture_with_a_watermark(keep, files, jpeg):
    piece = keep()

    assert len({piece.sha256, piece.view_sha256, piece.thumbnail_sha256}) == 3
    shown = Image.open(io.BytesIO(files.open(piece.view_sha256))).convert("L")
    taken = Image.open(io.BytesIO(jpeg)).convert("L")
    assert shown.tobytes() != taken.tobytes()
    assert len(shown.getcolors(256) or []) > 1


def test_the_same_photo_for_the_same_point_changes_nothing(keep, db):
    assert keep().id == keep().id
    assert count(db) == 1


def test_the_same_photo_may_show_two_points(keep, db):
    assert [keep().number, keep(point="menu").number] == [1, 2]


@pytest.mark.parametrize(
    ("data", "sha256", "cause"),
    [
        (None, "0" * 64, "hash_mismatch"),
        (b"<html>not a picture</html>", "", "not_a_picture"),
        (b"", "", ""),
    ],
    ids=["another digest", "no picture", "nothing"],
)
def test_what_is_not_as_it_says_is_refused_and_nothing_is_kept(
    keep, db, files, jpeg, data, sha256, cause
):
    data = jpeg if data is None else data
    with pytest.raises(EvidenceNotAccepted) as refused:
        keep(data, sha256=sha256)

    if cause:
        assert refused.value.values["cause"] == cause
    assert count(db) == 0
    assert not files.verify(hashlib.sha256(data).hexdigest())


def test_a_photo_cut_short_is_refused(keep, db, jpeg):
    with pytest.raises(EvidenceNotAccepted):
        keep(jpeg[: len(jpeg) // 2])

    assert count(db) == 0


def test_a_photo_taken_out_no_longer_counts_but_is_still_there(keep, db, files, survey, jpeg):
    piece = keep()

    evidence.remove(db, survey, piece.number, by="limin", at=NOON)
    db.commit()

    assert evidence.of_survey(db, survey) == []
    assert (piece.removed_by, piece.removed_at) == ("limin", NOON)
    assert files.open(piece.sha256) == jpeg
    with pytest.raises(NotFound):
        evidence.remove(db, survey, piece.number, by="limin", at=NOON)


def test_a_photo_taken_out_and_sent_again_counts_again_under_its_number(keep, db, survey):
    piece = keep()
    evidence.remove(db, survey, piece.number, by="limin", at=NOON)
    db.commit()

    assert keep().number == piece.number
    assert evidence.of_survey(db, survey) == [piece]


def test_a_number_is_never_given_twice(keep, db, survey):
    evidence.remove(db, survey, keep().number, by="limin", at=NOON)
    db.commit()

    assert keep(point="menu").number == 2


def test_nothing_is_added_once_the_survey_is_over(keep, db, survey):
    survey.move(SurveyStatus.CONCLUDED, by="limin", at=NOON)
    db.commit()

    with pytest.raises(MoveRefused):
        keep()


def test_a_changed_original_is_noticed_and_not_handed_out(keep, files, tmp_path):
    piece = keep()
    digest = piece.sha256
    file = tmp_path / "evidence" / digest[:2] / digest[2:4] / digest
    file.write_bytes(file.read_bytes()[:-1] + b"\0")

    assert evidence.broken(files, [piece]) == [piece]


def test_a_photo_that_met_a_store_out_of_reach_is_taken_when_it_comes_again(
    app, sign_in_as, survey, db, jpeg, monkeypatch
):
    """The page keeps a photo until it is acknowledged, and sends it again with the same key."""
    expert = sign_in_as(Role.EXPERT)
    files = app.extensions["parts"].files

    def send():
        photo = (io.BytesIO(jpeg), "photo.jpg")
        form = {"file": photo, "point": POINT, "sha256": hashlib.sha256(jpeg).hexdigest()}
        return expert.post(
            f"/api/v1/surveys/{survey.id}/evidence", data=form, headers={"Idempotency-Key": "one"}
        )

    def away(data):
        raise FilesAway("connection refused by 10.0.0.7")

    with monkeypatch.context() as broken:
        broken.setattr(files, "put", away)
        refused = send()
    assert (refused.status_code, refused.json["code"]) == (503, "files_unavailable")
    assert "10.0.0.7" not in refused.text
    assert count(db) == 0

    assert send().status_code == 201
    assert count(db) == 1
