"""Whoever is put out of a call is out, also when the media worker stood still just then."""

from __future__ import annotations

import threading

import pytest

from server.adapters import farewells
from server.adapters.farewells import Farewell, Farewells
from server.errors import MediaUnavailable

LEAVE = Farewell("leave", "s-1", "observer-5")
CLOSE = Farewell("close_room", "s-1")
PATIENCE = 5.0


class Worker:
    """It does what it is told, once it answers."""

    def __init__(self) -> None:
        self.answers = False
        self.told: list[Farewell] = []
        self.heard = threading.Semaphore(0)

    def say(self, farewell: Farewell) -> None:
        self.heard.release()
        if not self.answers:
            raise MediaUnavailable("no answer")
        self.told.append(farewell)

    def hears(self, times: int) -> None:
        for _ in range(times):
            assert self.heard.acquire(timeout=PATIENCE)


@pytest.fixture
def worker(monkeypatch):
    monkeypatch.setattr(farewells, "AGAIN_SECONDS", 0.02)
    return Worker()


@pytest.fixture
def owed(worker):
    made = Farewells(worker.say)
    yield made
    made.close()


def test_a_worker_that_answers_is_told_once(worker, owed):
    worker.answers = True
    owed.bid(LEAVE)
    assert worker.told == [LEAVE]


def test_one_that_stands_still_is_told_again_until_it_answers(worker, owed):
    owed.bid(LEAVE)
    worker.hears(3)
    worker.answers = True
    worker.hears(1)
    owed.bid(CLOSE)
    assert set(worker.told) == {LEAVE, CLOSE}


def test_who_came_back_meanwhile_is_not_put_out(worker, owed):
    owed.bid(LEAVE)
    owed.bid(CLOSE)
    owed.forget(LEAVE)
    worker.answers = True
    worker.hears(3)
    owed.bid(CLOSE)
    assert LEAVE not in worker.told


def test_a_new_process_of_the_worker_owes_nothing(worker, owed):
    owed.bid(LEAVE)
    owed.forget_all()
    worker.answers = True
    owed.bid(CLOSE)
    assert worker.told == [CLOSE]
