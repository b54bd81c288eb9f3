"""The same pages on the other engine."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator

import pytest

from server.clock import utcnow
from server.demo.show import Demonstration, demonstration, free_port
from tests.journeys.conftest import Watch, import_and_publish, pictures_move, visits_by_video
from tests.journeys.test_recovery import SEEN_SECONDS, in_a_call


@pytest.fixture(scope="module")
def demo(tmp_path_factory) -> Iterator[Demonstration]:
    if not shutil.which("janus"):
        pytest.fail(
            "Install janus (Debian: apt-get install janus), or test by `python3 run.py test`"
        )
    with pytest.MonkeyPatch.context() as setting:
        setting.setenv("YUNKAN_MEDIA_ENGINE", "janus")
        with demonstration(tmp_path_factory.mktemp("janus"), free_port()) as running:
            yield running


def test_phone_and_desk_see_each_other_by_janus_and_again_after_it_has_died(people, demo, sign_in):
    visit, lead = next(visits_by_video(import_and_publish(demo)))
    pages = in_a_call(people, demo, sign_in, visit, lead)
    watches = [Watch(page, "断线了") for page in pages]

    for worker in _children(demo.processes.pid("media")):
        for pid, name in _children(worker).items():
            if name == "janus":
                os.kill(pid, signal.SIGKILL)
    killed = time.time()

    for watch in watches:
        assert 0 < watch.seconds_after(killed) < SEEN_SECONDS
    for page in pages:
        pictures_move(page)


def test_a_phone_watches_a_guidance_session_by_janus(people, demo, sign_in):
    hands = sign_in("tongchou")
    (presenter,) = [one for one in hands.get("/api/v1/experts")["items"] if one["name"] == "李敏"]
    told = {"title": "开餐馆，现场怎么备", "presenter": presenter["id"]}
    session = hands.post("/api/v1/guidance", {**told, "starts_at": utcnow().isoformat()})
    desk, phone = people.desk("limin"), people.phone()
    desk.goto(f"{demo.address}/expert/#guidance={session['id']}")
    desk.get_by_role("button", name="开始直播").click()
    phone.goto(session["url"])
    phone.get_by_role("button", name="看直播").click()
    phone.wait_for_function(
        "() => document.querySelector('video')?.getVideoPlaybackQuality().totalVideoFrames > 5"
    )


def _children(parent: int) -> dict[int, str]:
    """What runs in each process that one has started."""
    command = ["ps", "-o", "pid=,comm=", "--ppid", str(parent)]
    told = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    return {int(pid): name for pid, name in map(str.split, told.splitlines())}
