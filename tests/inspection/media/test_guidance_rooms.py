"""A room of guidance through the web: a real worker, one presenter, a hundred who watch."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from inspection.media.engine import EngineName
from inspection.media.supervisor import Supervisor
from server.adapters.media_workers import MediaWorkers
from server.clock import utcnow
from server.demo.show import free_ports
from server.models.account import Role
from server.web.calling import notice_new_worker
from tests.inspection.media.doors import PageDoor

SECRET, PASSWORD = "a secret of this test", "correct horse"
VIEWERS = 100
#: Requests under way at once, as a web server's threads would have it.
AT_ONCE = 8
DARK = 50

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(params=[EngineName.PASSTHROUGH])
def worker(request, app) -> Iterator[MediaWorkers]:
    """The web process with a line to a real media worker."""
    (port,) = free_ports(1)
    with Supervisor(SECRET, ports=[port], engine=request.param):
        lines = MediaWorkers(
            [f"tcp://127.0.0.1:{port}"],
            SECRET,
            on_epoch=lambda name, epoch: notice_new_worker(app, name, epoch),
            on_event=lambda name, event: None,
        )
        lines.start()
        lines.able("")  # waits until it is there
        app.extensions["parts"] = replace(app.extensions["parts"], media=lines)
        yield lines
        lines.close()


class OnAir:
    """A session that has begun: its presenter's browser, and its link."""

    def __init__(self, app, db, town, new_caller) -> None:
        self._new = lambda: new_caller(app.test_client(), db)
        self.presenter = self._signed_in(town.account(Role.EXPERT, expert=town.lead))
        session = (
            self._signed_in(town.account(Role.COORDINATOR))
            .post(
                "/api/v1/guidance",
                {"title": "开店须知", "presenter": town.lead.id, "starts_at": utcnow().isoformat()},
            )
            .json
        )
        self.path = f"/api/v1/guidance/{session['id']}"
        self.watched = f"/api/v1/watch/{session['id']}/media"
        self.presenter.post(f"{self.path}/start")
        self.token = session["url"].partition("#")[2]
        db.commit()

    def presents(self) -> PageDoor:
        return PageDoor(self.presenter, f"{self.path}/media", [])

    def watches(self) -> PageDoor:
        """Another browser that opened the link."""
        one = self._new()
        one.csrf = one.post("/api/v1/watch", {"token": self.token}).json["csrf"]
        return PageDoor(one, self.watched, [])

    def _signed_in(self, account):
        made = self._new()
        form = {"sign_in_name": account.sign_in_name, "password": PASSWORD}
        made.csrf = made.post("/api/v1/sign-in", form).json["csrf"]
        return made


@pytest.fixture
def on_air(worker, app, db, town, new_caller) -> OnAir:
    return OnAir(app, db, town, new_caller)


def test_a_hundred_viewers_join_one_room_and_none_fails(app, on_air, scene, caller):
    token, presenter = on_air.token, on_air.presenter

    def watch(offer: str):
        client = app.test_client()
        entered = client.post("/api/v1/watch", json={"token": token})
        shown = {"X-CSRF-Token": entered.json["csrf"]}
        joined = client.post(on_air.watched, json={"sdp": offer}, headers=shown)
        return entered.status_code, joined.status_code

    async def story():
        async with scene() as people, caller(shade=None) as many:
            await people.enter(on_air.presents(), shade=DARK)
            offer = await many.offer()
            with ThreadPoolExecutor(AT_ONCE) as hands:
                came = await asyncio.to_thread(lambda: list(hands.map(watch, [offer] * VIEWERS)))
            seen = await people.enter(on_air.watches(), shade=None)
            await seen.sees_shade(DARK)
            shown = presenter.get(on_air.path).json
            presenter.post(f"{on_air.path}/end")
            return came, shown

    came, shown = asyncio.run(story())

    assert set(came) == {(200, 200)}
    assert shown["watching"] == VIEWERS + 1


@pytest.mark.usefixtures("janus")
@pytest.mark.parametrize("worker", [EngineName.JANUS], indirect=True)
def test_viewers_see_the_presenter_by_janus_too(on_air, scene):
    async def story():
        async with scene() as people:
            await people.enter(on_air.presents(), shade=DARK)
            for _ in range(3):
                seen = await people.enter(on_air.watches(), shade=None)
                await seen.sees_shade(DARK)
                await seen.hears_more()

    asyncio.run(story())
