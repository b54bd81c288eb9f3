"""Two real workers under a real supervisor, and the web that spreads calls over them."""

from __future__ import annotations

import asyncio
import io
import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import av
import pytest
from PIL import Image

from inspection.media.engine import EngineName
from inspection.media.recording import Recording
from inspection.media.rooms import MOST_ROOMS
from inspection.media.supervisor import Supervisor
from server.adapters import media_workers
from server.adapters.media_workers import MediaWorkers
from server.clock import utcnow
from server.demo.show import free_port, free_ports
from server.models.account import Role
from server.services import placing, surveys
from server.web.calling import notice_new_worker, still_of
from server.web.sockets import socketio
from tests.inspection.media.doors import PageDoor

SECRET = "a secret of this test"
LIGHT, DARK, MIDDLE, GREY = 200, 50, 120, 85

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(scope="module")
def ports() -> list[int]:
    return free_ports(2)


@pytest.fixture(scope="module")
def supervisor(ports) -> Iterator[Supervisor]:
    with Supervisor(SECRET, ports=ports) as running:
        yield running


@pytest.fixture
def through(app) -> Iterator[Callable[[list[int]], MediaWorkers]]:
    """`through(ports)`: a web process with lines to these workers, and the app is now that one."""
    made: list[MediaWorkers] = []

    def start(ports: list[int]) -> MediaWorkers:
        lines = MediaWorkers(
            [f"tcp://127.0.0.1:{port}" for port in ports],
            SECRET,
            on_epoch=lambda worker, epoch: notice_new_worker(app, worker, epoch),
            on_event=lambda worker, event: None,
        )
        made.append(lines)
        lines.start()
        until(lambda: len(lines.loads()) == len(ports))
        app.extensions["parts"] = replace(app.extensions["parts"], media=lines)
        return lines

    yield start
    for lines in made:
        for name in lines.loads():
            for room in lines.line(name).stats_of_all():
                lines.line(name).close_room(room)
        lines.close()


@pytest.fixture
def workers(supervisor, ports, through) -> MediaWorkers:
    return through(ports)


def until(true, seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def first_shade(file: Path) -> int:
    """The grey of a film's first picture."""
    with av.open(str(file)) as film:
        picture = next(film.decode(video=0))
    return bytes(picture.planes[0])[picture.width // 2]


class Call:
    """One survey by video, its applicant's phone and its expert's desk."""

    def __init__(self, town, new_caller, app, desk) -> None:
        self.session, token = town.call(town.visit())
        self.id = self.session.id
        self.town = town
        surveys.begin(town.db, self.session.visit.survey, by="limin", at=utcnow())
        town.db.commit()
        self.phone = new_caller(app.test_client(), town.db)
        self.phone.csrf = self.phone.post("/api/v1/join", {"token": token}).json["csrf"]
        self.phone.post("/api/v1/applicant/consent", {"choice": "agreed"})
        self.desk = desk
        self.page = socketio.test_client(
            app, query_string="as=phone", flask_test_client=self.phone.client
        )
        self.sheet = socketio.test_client(app, flask_test_client=desk.client)
        self.sheet.emit("watch", {"survey": self.session.visit.survey_id})
        self.epochs: list[int] = []
        self.phone_door = PageDoor(self.phone, "/api/v1/applicant/media", self.epochs)
        self.desk_door = PageDoor(desk, f"/api/v1/sessions/{self.id}/media", self.epochs)

    def place(self) -> placing.Place:
        place = placing.place_of(self.town.db, self.id)
        self.town.db.rollback()
        return place

    def renewed(self) -> tuple[list[int], list[int]]:
        """The epochs that the phone's page and the desk's were told since they were asked last."""
        return _renewed(self.page.get_received()), _renewed(self.sheet.get_received())


def _renewed(heard) -> list[int]:
    return [one["args"][0]["epoch"] for one in heard if one["name"] == "media.renewed"]


@pytest.fixture
def sign_in(new_caller, app, db):
    """A browser of the account's. (`caller` is a person in a call in this folder.)"""

    def signed_in(account):
        browser = new_caller(app.test_client(), db)
        form = {"sign_in_name": account.sign_in_name, "password": "correct horse"}
        browser.csrf = browser.post("/api/v1/sign-in", form).json["csrf"]
        return browser

    return signed_in


@pytest.fixture
def new_call(town, new_caller, app, sign_in):
    desk = sign_in(town.account(Role.EXPERT, expert=town.lead))
    return lambda: Call(town, new_caller, app, desk)


def test_a_killed_workers_call_comes_back_and_the_other_workers_goes_on_undisturbed(
    workers, supervisor, ports, new_call, scene
):
    killed, spared = new_call(), new_call()

    async def story():
        async with scene() as people:
            phone = await people.enter(killed.phone_door, shade=LIGHT)
            other_phone = await people.enter(spared.phone_door, shade=DARK)
            await people.enter(killed.desk_door, shade=DARK)
            other_desk = await people.enter(spared.desk_door, shade=LIGHT)
            await phone.sees_shade(DARK)
            await other_desk.sees_shade(DARK)
            assert killed.place().worker != spared.place().worker
            assert len(set(killed.epochs)) == len(set(spared.epochs)) == 1

            victim = ports.index(int(killed.place().worker.rpartition(":")[2]))
            os.kill(supervisor.pids()[victim], signal.SIGKILL)
            told: list[list[int]] = []

            def both_are_told() -> bool:
                told.extend(filter(None, killed.renewed()))
                return len(told) == 2

            await asyncio.to_thread(until, both_are_told)
            phone = await people.enter(killed.phone_door, shade=MIDDLE)
            desk = await people.enter(killed.desk_door, shade=DARK)
            await desk.sees_shade(MIDDLE)
            await phone.sees_shade(DARK)
            await other_desk.sees_more()
            await other_phone.sees_more()
            assert other_phone.link.connectionState == "connected"
            return told

    before = killed.place()
    told = asyncio.run(story())
    after = killed.place()

    assert before.worker == ""
    assert told == [[after.epoch]] * 2
    assert killed.epochs[-1] == killed.epochs[-2] == after.epoch > killed.epochs[0]
    assert spared.renewed() == ([], [])


def test_a_worker_that_stays_away_loses_its_call_to_another_and_its_page_is_told(
    supervisor, ports, through, new_call, scene, monkeypatch
):
    monkeypatch.setattr(media_workers, "GONE_SECONDS", 0.2)
    port = free_port()

    async def story(short: Supervisor):
        async with scene() as people:
            await people.enter(call.phone_door, shade=LIGHT)
            assert call.place().worker == f"127.0.0.1:{port}"
            await asyncio.to_thread(short.stop)
            phone = await people.enter(call.phone_door, shade=MIDDLE)
            desk = await people.enter(call.desk_door, shade=DARK)
            await desk.sees_shade(MIDDLE)
            await phone.sees_shade(DARK)

    with Supervisor(SECRET, ports=[port]) as short:
        through([port, ports[0]])
        call = new_call()
        asyncio.run(story(short))

    after = call.place()
    assert after.worker == f"127.0.0.1:{ports[0]}"
    assert call.epochs[1] == call.epochs[2] == after.epoch > call.epochs[0]
    assert call.renewed() == ([after.epoch], [after.epoch])


def test_who_joins_through_another_web_process_comes_to_the_same_worker(
    supervisor, ports, through, new_call, scene
):
    async def story():
        async with scene() as people:
            phone = await people.enter(call.phone_door, shade=LIGHT)
            first = call.place()
            await asyncio.to_thread(through, ports[::-1])
            await people.enter(call.desk_door, shade=DARK)
            await phone.sees_shade(DARK)
            return first, await asyncio.to_thread(call.phone.get, "/metrics")

    through(ports)
    call = new_call()
    first, metrics = asyncio.run(story())

    assert call.place() == first
    assert f'yunkan_media_worker_calls{{worker="{first.worker}"}} 1\n' in metrics.text
    where = f'worker="{first.worker}",room="{first.room}",role="applicant"'
    good = f'yunkan_call_quality{{{where},participant="applicant-{call.id}",word="good"}} 1'
    assert good in metrics.text
    assert len(set(call.epochs)) == 1


@pytest.mark.slow
@pytest.mark.usefixtures("janus")
def test_a_recorded_call_moves_to_janus_and_back_and_its_recording_goes_on(
    through, new_call, scene, app, tmp_path
):
    ours, theirs = free_ports(2)

    def moved_to(port: int) -> None:
        workers = [call.place().worker, f"127.0.0.1:{port}"]
        said = app.test_cli_runner().invoke(args=["move-calls", *workers])
        assert said.exit_code == 0, said.output

    def seen_by_the_server() -> int:
        with app.app_context():
            seen = Image.open(io.BytesIO(still_of(call.id).jpeg)).convert("L")
        return seen.getpixel((seen.width // 2, 0))

    def shown_in_order() -> list[int]:
        """What the recording of the premises shows, the same only once."""
        part = Recording.read(tmp_path / call.place().room / f"applicant-{call.id}")
        shades = [first_shade(stretch.file) for stretch in part.stretches if stretch.frames]
        nearest = [min((LIGHT, MIDDLE, DARK), key=lambda one: abs(one - each)) for each in shades]
        return [shade for shade, _ in groupby(nearest)]

    async def seen_both_ways(people, shade: int) -> None:
        phone = await people.enter(call.phone_door, shade=shade)
        desk = await people.enter(call.desk_door, shade=GREY)
        await desk.sees_shade(shade)
        await phone.sees_shade(GREY)
        await desk.hears_more()
        still = await asyncio.to_thread(seen_by_the_server)
        assert still == pytest.approx(shade, abs=25)  # a JPEG has a wider range of greys
        await desk.sees_more(30)  # recorded by now, wherever it comes from

    async def story():
        for shade, port in ((LIGHT, None), (MIDDLE, theirs), (DARK, ours)):
            if port:
                await asyncio.to_thread(moved_to, port)
            async with scene() as people:
                await seen_both_ways(people, shade)
        await asyncio.to_thread(call.desk.post, f"/api/v1/sessions/{call.id}/end")

    with (
        Supervisor(SECRET, ports=[ours], recordings=tmp_path),
        Supervisor(SECRET, ports=[theirs], recordings=tmp_path, engine=EngineName.JANUS),
    ):
        lines = through([ours, theirs])
        call = new_call()
        call.session.recorded = True
        call.town.db.commit()
        asyncio.run(story())
        until(lambda: shown_in_order() == [LIGHT, MIDDLE, DARK])
        lines.close()

    assert call.epochs == sorted(call.epochs)
    assert len(set(call.epochs)) == 3
    assert call.renewed() == (call.epochs[2::2], call.epochs[2::2])


@pytest.mark.usefixtures("janus")
def test_an_observer_sees_the_call_by_janus_too(
    through, new_call, scene, sign_in, new_caller, town, app
):
    def observes() -> PageDoor:
        """By a link that a coordinator made, once the applicant has agreed."""
        desk = sign_in(town.account(Role.COORDINATOR))
        told = {"name": "王红", "capacity": "citizen"}
        invited = desk.post(f"/api/v1/visits/{call.session.visit_id}/observers", told).json
        seen = new_caller(app.test_client(), town.db)
        link = {"token": invited["url"].partition("#")[2]}
        seen.csrf = seen.post("/api/v1/observe", link).json["csrf"]
        (one,) = call.phone.get("/api/v1/applicant").json["observers"]
        call.phone.post(f"/api/v1/applicant/observers/{one['id']}/agreement")
        return PageDoor(seen, "/api/v1/observe/media", [])

    async def story():
        async with scene() as people:
            await people.enter(call.phone_door, shade=LIGHT)
            seen = await people.enter(door, shade=None)
            await seen.sees_shade(LIGHT)
            await seen.hears_more()

    port = free_port()
    with Supervisor(SECRET, ports=[port], engine=EngineName.JANUS):
        lines = through([port])
        call = new_call()
        door = observes()
        town.db.commit()
        asyncio.run(story())
        lines.close()


def test_calls_go_to_the_next_worker_when_one_is_full_and_are_refused_when_all_are(
    workers, new_call, sign_in, town
):
    coordinator = sign_in(town.account(Role.COORDINATOR))
    assert coordinator.get("/api/v1/capacity").json == {
        "workers": 2,
        "fit": 2 * MOST_ROOMS,
        "disk_full": False,
    }
    names = list(workers.loads())
    for number in range(MOST_ROOMS):
        workers.line(names[0]).create_room(f"other {number}")
    call = new_call()

    refused = call.phone.post("/api/v1/applicant/media", {"sdp": "v=0"})
    assert refused.json["code"] == "offer_refused"  # by the worker that took the call
    assert call.place().worker == names[1]

    for number in range(MOST_ROOMS - 1):
        workers.line(names[1]).create_room(f"other {number}")
    assert coordinator.get("/api/v1/capacity").json == {"workers": 2, "fit": 0, "disk_full": False}
    late = new_call()
    refused = late.phone.post("/api/v1/applicant/media", {"sdp": "v=0"})
    assert (refused.status_code, refused.json["code"]) == (409, "call_full")
    assert refused.json["title"] == "同时进行的视频通话太多，请过几分钟再连"
    assert late.place().worker == ""
    again = call.phone.post("/api/v1/applicant/media", {"sdp": "v=0"})
    assert again.json["code"] == "offer_refused"  # it runs, and nobody puts it out


def test_hanging_up_reaches_the_worker_that_has_the_call_and_no_other(workers, new_call):
    ended, other = new_call(), new_call()
    for call in (ended, other):
        call.phone.post("/api/v1/applicant/media", {"sdp": "v=0"})
    place = ended.place()
    assert place.room in workers.line(place.worker).stats_of_all()

    assert ended.desk.post(f"/api/v1/sessions/{ended.id}/end").status_code == 204

    assert workers.line(place.worker).stats_of_all() == {}
    assert list(workers.line(other.place().worker).stats_of_all()) == [other.place().room]
