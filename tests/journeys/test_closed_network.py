"""A phone whose network lets no UDP through: what it is told, and how a relay (TURN over TCP, by a
coturn of the test's own) carries the call all the same.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import expect

from server.demo import lan
from server.demo.seed import EXPERT_ACCOUNTS
from server.demo.show import demonstration, free_port
from tests.journeys.conftest import (
    PATIENCE,
    People,
    film_of_a_kitchen,
    pictures_move,
    plan_and_publish,
    signed_in,
)
from tests.journeys.network import PhoneNetwork
from tests.journeys.test_phone_on_the_network import KEEP_CONNECTIONS, trust

SECRET = "known-to-the-web-and-to-the-relay"
#: Which way the phone's newest connection takes: from what kind of address of its own, and how it
#: speaks to the relay.
WAY_OF_THE_CALL = """async () => {
    const reports = await window.connections.at(-1).getStats()
    const transport = [...reports.values()].find(report => report.type === "transport")
    const own = reports.get(reports.get(transport.selectedCandidatePairId).localCandidateId)
    return [own.candidateType, own.relayProtocol]
}"""


@pytest.fixture
def network() -> Iterator[PhoneNetwork]:
    with PhoneNetwork() as made:
        made.close_to_udp()
        yield made


def test_a_network_without_udp_is_said_to_block_video_and_a_relay_carries_the_call_through_it(
    launch, playwright, browser_path, network, monkeypatch, look, tmp_path
):
    relay_port = free_port()
    monkeypatch.setenv("YUNKAN_TURN_URL", f"turn:{network.host}:{relay_port}?transport=tcp")
    monkeypatch.setenv("YUNKAN_TURN_SECRET", SECRET)
    shown_on = lan.prepare(tmp_path, free_port(), network.host)
    trust(tmp_path, shown_on.authority)
    camera = film_of_a_kitchen(tmp_path / "small.mjpeg", 1, pictures=150)
    seen_by = {"camera": camera, "env": {**os.environ, "HOME": str(tmp_path)}}
    on_phone = network.inside(browser_path, tmp_path / "chromium")
    with (
        demonstration(tmp_path, shown_on.port, shown_on) as demo,
        launch(**seen_by) as at_desk,
        launch(**seen_by, executable_path=on_phone) as closed_in,
    ):
        desk = signed_in(demo, "tongchou", authority=shown_on.authority)
        preview = desk.upload("/api/v1/imports", demo.workbook, "cases.xlsx", {})
        desk.post(f"/api/v1/imports/{preview['id']}/commit")
        visit, lead = _a_video_visit(plan_and_publish(desk))
        officers, applicants = (People(who, playwright, demo) for who in (at_desk, closed_in))
        officer, phone = officers.desk(lead), applicants.phone()
        phone.context.add_init_script(KEEP_CONNECTIONS)
        officer.goto(f"{demo.address}/expert/#survey={visit['survey_id']}")
        officer.get_by_role("button", name="开始踏勘").first.click()
        phone.goto(desk.post(f"/api/v1/visits/{visit['id']}/link")["url"])
        phone.get_by_role("button", name="同意并开始").click()
        phone.get_by_role("button", name="开始通话").click()
        expect(phone.get_by_role("alert")).to_contain_text("这个网络不让视频通过", timeout=PATIENCE)
        at_desk_said = officer.locator(".picture").get_by_role("alert")
        expect(at_desk_said).to_contain_text("您这边的网络没有问题", timeout=PATIENCE)
        expect(at_desk_said).not_to_contain_text("镜头")
        for page, name in ((phone, "applicant-blocked"), (officer, "expert-they-are-blocked")):
            look(page, name)

        with _relay(network.host, relay_port, tmp_path):
            for page in (phone, officer):
                pictures_move(page)
            assert phone.evaluate(WAY_OF_THE_CALL) == ["relay", "tcp"]
            assert not phone.get_by_text("不让视频通过").count()
        assert officers.mishaps + applicants.mishaps == []
    for log in (tmp_path / "logs").glob("*.log"):
        assert SECRET not in log.read_text(encoding="utf-8"), log.name


def _a_video_visit(plan):
    return next(
        (visit, EXPERT_ACCOUNTS[round_["lead"]["name"]])
        for round_ in plan["rounds"]
        if round_["mode"] == "video"
        for visit in round_["visits"]
    )


@contextmanager
def _relay(host: str, port: int, folder: Path) -> Iterator[None]:
    """coturn as a bureau sets it up, without TLS: TCP to it, UDP from it to the media worker."""
    if not shutil.which("turnserver"):
        pytest.fail("Install coturn (Debian: apt-get install coturn)")
    settings = folder / "turnserver.conf"
    settings.write_text(
        f"listening-ip={host}\nlistening-port={port}\nrelay-ip={host}\n"
        f"use-auth-secret\nstatic-auth-secret={SECRET}\nrealm=bureau.test\nfingerprint\n"
        "no-udp\nno-tls\nno-dtls\nno-cli\n"
        f"denied-peer-ip=0.0.0.0-255.255.255.255\nallowed-peer-ip={host}\n"
        f"log-file=stdout\npidfile={folder / 'turnserver.pid'}\nuserdb={folder / 'turndb'}\n"
    )
    with (folder / "turnserver.log").open("wb") as said:
        process = subprocess.Popen(
            ["turnserver", "-c", str(settings)], stdout=said, stderr=subprocess.STDOUT
        )
    try:
        yield
    finally:
        process.terminate()
        process.wait()
