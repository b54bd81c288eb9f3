"""Which media worker has a call: given once, agreed on, and taken away only from a dead one."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy.orm import Session

from server.clock import utcnow
from server.models.session import InspectionSession
from server.services import placing, sessions

ONE, OTHER = "127.0.0.1:8010", "127.0.0.1:8011"


@pytest.fixture
def call(town):
    """The id of a call that nobody has joined yet."""
    return town.call(town.visit())[0].id


def given(db, call, worker, *, epoch):
    place = placing.move(db, placing.place_of(db, call), worker=worker, worker_epoch=epoch)
    db.commit()
    return place


def test_a_call_nobody_has_joined_is_nowhere(db, call):
    place = placing.place_of(db, call)

    assert (place.worker, place.epoch) == ("", 0)


def test_a_call_stays_with_its_worker_and_a_move_raises_its_epoch(db, call):
    assert given(db, call, ONE, epoch=100).epoch == 100
    assert placing.place_of(db, call).worker == ONE

    moved = given(db, call, OTHER, epoch=90)  # that worker has been up for longer

    assert (moved.worker, moved.epoch) == (OTHER, 101)
    assert placing.place_of(db, call) == moved


def test_of_two_web_processes_that_choose_at_once_one_gives_the_worker_and_both_know_it(
    engine, db, call
):
    seen = placing.place_of(db, call)
    db.rollback()
    together = threading.Barrier(2)
    given_by: list[placing.Place | None] = []

    def choose(worker: str) -> None:
        with Session(engine) as mine:
            together.wait()
            given_by.append(placing.move(mine, seen, worker=worker, worker_epoch=100))
            mine.commit()

    choosing = [threading.Thread(target=choose, args=(worker,)) for worker in (ONE, OTHER)]
    for one in choosing:
        one.start()
    for one in choosing:
        one.join()

    (winner,) = [place for place in given_by if place is not None]
    assert placing.place_of(db, call) == winner


def test_a_new_process_of_a_worker_loses_its_open_calls_and_says_so_once(town, db, call):
    elsewhere, ended = (town.call(town.visit())[0] for _ in range(2))
    given(db, call, ONE, epoch=100)
    given(db, elsewhere.id, OTHER, epoch=100)
    given(db, ended.id, ONE, epoch=100)
    sessions.end(db, db.get_one(InspectionSession, ended.id), by="limin", at=utcnow())
    db.commit()

    lost = placing.began_anew(db, worker=ONE, worker_epoch=200)
    again = placing.began_anew(db, worker=ONE, worker_epoch=200)
    db.commit()

    assert [(place.session_id, place.epoch) for place in lost] == [(call, 200)]
    assert again == []
    assert placing.place_of(db, elsewhere.id).epoch == 100


def test_giving_a_call_a_worker_disturbs_nobody_who_moves_the_session(db, call):
    session = db.get_one(InspectionSession, call)
    before = session.version

    given(db, call, ONE, epoch=100)
    sessions.went_live(session, by="limin", at=utcnow())
    db.commit()

    assert session.version == before + 1
