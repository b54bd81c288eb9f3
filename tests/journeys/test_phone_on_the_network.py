"""A phone on the same network as `run.py demo --lan`: how it comes to trust it, and what happens
when the network goes away in the middle of a call.
"""

from __future__ import annotations

import hashlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from server.clock import utcnow
from server.config import ROOT
from server.demo.door import Door
from server.demo.seed import EXPERT_ACCOUNTS
from server.demo.show import WORKBOOK, free_port
from tests.journeys.conftest import (
    PATIENCE,
    People,
    Watch,
    film_of_a_kitchen,
    pictures_move,
    plan_and_publish,
    signed_in,
)
from tests.journeys.network import PhoneNetwork

#: Seconds within which both sides see a loss, and how long the network stays away.
SEEN_SECONDS = 5.0
AWAY_SECONDS = 10.0
START_SECONDS, STOP_SECONDS = 120.0, 15.0
#: Longer than a call here: what the same phone takes twice are never the same photo.
SECONDS_OF_FILM = 90
#: Share of the packets that a poor network loses in each direction, and seconds that it takes.
LOSS, FAR_SECONDS = 0.05, 0.02
#: Bits a second of the narrow network, and what only the wide one carries.
NARROW, WIDE = 300_000, 1_000_000
KEEP_CONNECTIONS = """
    window.connections = []
    const Made = RTCPeerConnection
    window.RTCPeerConnection = class extends Made {
        constructor(...given) { super(...given); window.connections.push(this) }
    }
"""
WHAT_A_CONNECTION_SAYS = """async () => {
    const told = {may_send: 0, shown: 0, stood_still: 0}
    for (const report of (await window.connections.at(-1).getStats()).values()) {
        if (report.type === "candidate-pair" && report.nominated)
            told.may_send = report.availableOutgoingBitrate ?? 0
        if (report.type === "inbound-rtp" && report.kind === "video") {
            told.shown = report.framesDecoded
            told.stood_still = report.totalFreezesDuration
        }
    }
    return told
}"""
CUT_OFF = re.compile("画面断了|断线了|没有网络")


@dataclass(frozen=True)
class Shown:
    """`run.py demo --lan` while it runs, with the addresses it printed."""

    address: str
    trust_address: str
    authority: Path

    def sign_in(self, name: str) -> Door:
        return signed_in(self, name, authority=self.authority)


@pytest.fixture(scope="module")
def network() -> Iterator[PhoneNetwork]:
    with PhoneNetwork() as made:
        yield made


@pytest.fixture(scope="module")
def shown(network: PhoneNetwork, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    """The command itself, with a folder of its own, on this machine's side of the network."""
    folder = tmp_path_factory.mktemp("lan")
    words = folder / "words.txt"
    command = [sys.executable, "-m", "server", "--lan", "--host", network.host]
    with words.open("wb") as said:
        process = subprocess.Popen(
            [*command, "--port", str(free_port())],
            cwd=ROOT,
            stdout=said,
            stderr=subprocess.STDOUT,
            env={**os.environ, "YUNKAN_FOLDER": str(folder), "PYTHONUTF8": "1"},
        )
    try:
        deadline = time.monotonic() + START_SECONDS
        while "Ctrl+C" not in words.read_text(encoding="utf-8"):
            assert process.poll() is None, words.read_text(encoding="utf-8")
            assert time.monotonic() < deadline, words.read_text(encoding="utf-8")
            time.sleep(0.1)  # a process that prints can only be read again
        text = words.read_text(encoding="utf-8")
        trust, address = (
            re.search(rf"{what}: (\S+)", text)[1] for what in ("this machine", "the pages")
        )
        demo = folder / "demo"
        shown = Shown(address, trust, demo / "certificates" / "authority.crt")
        desk = shown.sign_in("tongchou")
        preview = desk.upload("/api/v1/imports", (demo / WORKBOOK).read_bytes(), "cases.xlsx", {})
        desk.post(f"/api/v1/imports/{preview['id']}/commit")
        yield shown
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def plan(shown: Shown):
    return plan_and_publish(shown.sign_in("tongchou"))


@pytest.fixture(scope="module")
def on_phone(network: PhoneNetwork, browser_path: str, tmp_path_factory) -> Path:
    """Chromium, as a program that runs on the phone."""
    return network.inside(browser_path, tmp_path_factory.mktemp("phone") / "chromium")


@pytest.fixture(scope="module")
def camera(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small one: these tests are about time, and the work of big pictures takes some."""
    return film_of_a_kitchen(
        tmp_path_factory.mktemp("camera") / "small.mjpeg", 1, pictures=SECONDS_OF_FILM * 30
    )


@pytest.fixture(scope="module")
def desk_browser(launch, camera, shown: Shown, tmp_path_factory) -> Iterator[Browser]:
    """The officer's, on the machine itself, which trusts its own authority."""
    home = tmp_path_factory.mktemp("desk")
    trust(home, shown.authority)
    launched = launch(camera=camera, env={**os.environ, "HOME": str(home)})
    yield launched
    launched.close()


@pytest.fixture
def people_on(playwright: Playwright, shown: Shown) -> Iterator[Callable[[Browser], People]]:
    """People who use this browser. What a page says about the lost network itself is no mishap."""
    opened: list[People] = []

    def people_on(browser: Browser) -> People:
        opened.append(People(browser, playwright, shown))
        return opened[-1]

    yield people_on
    for people in opened:
        people.close()
    mishaps = [said for people in opened for said in people.mishaps]
    assert [said for said in mishaps if "WebSocket connection to" not in said] == []


def test_a_phone_learns_to_trust_the_demonstration_and_joins(
    launch, camera, on_phone, shown, plan, people_on, desk_browser, look, tmp_path
):
    home = {**os.environ, "HOME": str(tmp_path)}
    stranger = launch(camera=camera, executable_path=on_phone, env=home)
    page = people_on(stranger).phone()
    page.goto(shown.trust_address)
    expect(page.get_by_role("status")).to_contain_text("还没有信任")
    look(page, "trust-not-yet")
    with pytest.raises(Exception, match="ERR_CERT_AUTHORITY_INVALID"):
        page.context.new_page().goto(shown.address)
    with page.expect_download() as fetching:
        page.get_by_role("link", name=re.compile("下载证书")).click()
    certificate = tmp_path / "fetched.crt"
    fetching.value.save_as(certificate)
    stranger.close()

    trust(tmp_path, certificate)

    friend = launch(camera=camera, executable_path=on_phone, env=home)
    page = people_on(friend).phone()
    page.goto(shown.trust_address)
    expect(page.get_by_role("status")).to_contain_text("已信任")
    look(page, "trust-given")
    page.get_by_role("link", name=re.compile("打开云勘")).click()
    page.wait_for_url(f"{shown.address}/**")
    visit, lead = _video_visits(plan)[0]
    officer = people_on(desk_browser).desk(lead)
    _in_a_call(officer, page, shown, visit)
    friend.close()


def test_a_lost_network_is_seen_by_both_and_the_call_comes_back_whole(
    launch, camera, on_phone, network, shown, plan, people_on, desk_browser, look, tmp_path
):
    trust(tmp_path, shown.authority)
    home = {**os.environ, "HOME": str(tmp_path)}
    browser = launch(camera=camera, executable_path=on_phone, env=home)
    visit, lead = _video_visits(plan)[1]
    officer, phone = people_on(desk_browser).desk(lead), people_on(browser).phone()
    _in_a_call(officer, phone, shown, visit)
    hands = shown.sign_in(lead)
    _go_to_a_choice_with_photos(officer)
    _take_a_still(officer, phone, number=1)
    _answer_a_point(officer)
    before = hands.get(f"/api/v1/surveys/{visit['survey_id']}")

    for lose, restore, said, away in (
        (network.cut, network.mend, "断线了", AWAY_SECONDS),
        (network.go_offline, network.go_online, "没有网络", SEEN_SECONDS),
    ):
        watches = Watch(phone, said), Watch(officer, "画面断了|断线了")
        lost = time.time()
        lose()
        assert all(watch.seconds_after(lost) < SEEN_SECONDS for watch in watches)
        look(officer, f"expert-{lose.__name__}-from-phone")
        look(phone, f"applicant-{lose.__name__}")
        officer.wait_for_timeout(max(0.0, lost + away - time.time()) * 1000)
        restore()
        for page in (phone, officer):
            pictures_move(page)
            expect(page.get_by_text(CUT_OFF)).to_have_count(0, timeout=PATIENCE)

    after = hands.get(f"/api/v1/surveys/{visit['survey_id']}")
    assert (after["answers"], after["evidence"]) == (before["answers"], before["evidence"])
    with network.poor(loses=LOSS, takes=FAR_SECONDS):
        pictures_move(officer)
        _take_a_still(officer, phone, number=2)
    kept = hands.get(f"/api/v1/surveys/{visit['survey_id']}")["evidence"]
    assert [piece["source"] for piece in kept] == ["phone", "phone"]
    for piece in kept:
        original = hands.fetch("GET", piece["original_url"])
        assert hashlib.sha256(original).hexdigest() == piece["sha256"]
    browser.close()


def test_photos_taken_without_a_network_outlast_the_page_and_arrive_once(
    launch, camera, on_phone, network, shown, plan, people_on, desk_browser, look, tmp_path
):
    trust(tmp_path, shown.authority)
    home = {**os.environ, "HOME": str(tmp_path)}
    browser = launch(camera=camera, executable_path=on_phone, env=home)
    visit, lead = _video_visits(plan)[3]
    officer, phone = people_on(desk_browser).desk(lead), people_on(browser).phone()
    _in_a_call(officer, phone, shown, visit)
    phone.evaluate("() => navigator.serviceWorker.ready.then(() => {})")
    began = utcnow()

    network.cut()
    try:
        phone.get_by_role("button", name="先拍照，有网再传").click()
        look(phone, "applicant-later-first")
        phone.locator("button", has_text="点这里拍照").click()
        expect(phone.get_by_text("1 张存在手机里")).to_be_visible()
        phone.locator("button", has_text="下一步").click()
        phone.locator("button", has_text="点这里拍照").click()
        expect(phone.get_by_text("2 张存在手机里")).to_be_visible()
        look(phone, "applicant-later-second")
        expect(officer.get_by_text("断网时也能照清单拍照")).to_be_visible()
        look(officer, "expert-while-they-photograph")
        phone.reload()  # what is kept serves once nothing has come for some seconds
        expect(phone.get_by_text("2 张存在手机里")).to_be_visible(timeout=PATIENCE)
        look(phone, "applicant-later-opened-again")
        phone.get_by_role("button", name="先拍照，有网再传").click()
        shutter = phone.locator("button", has_text="点这里拍照")
        expect(shutter).to_be_visible(timeout=PATIENCE)
    finally:
        network.mend()

    hands = shown.sign_in(lead)
    survey = f"/api/v1/surveys/{visit['survey_id']}"
    expect(phone.get_by_text("网络好了")).to_be_visible(timeout=PATIENCE)
    kept = hands.get(survey)["evidence"]
    assert [piece["source"] for piece in kept] == ["later", "later"]
    assert len({piece["point"] for piece in kept}) == 2
    for piece in kept:
        assert began < _moment(piece["taken_at"]) < _moment(piece["received_at"])
        original = hands.fetch("GET", piece["original_url"])
        assert hashlib.sha256(original).hexdigest() == piece["sha256"]
    look(phone, "applicant-later-network-back")
    _go_to(officer, hands.get(survey), kept[0]["point"])  # the officer is at another, perhaps
    officer.get_by_text("先拍后传").first.click()
    look(officer, "expert-photo-sent-later")

    phone.reload()
    phone.get_by_role("button", name="开始通话").click()
    pictures_move(phone)
    assert [piece["id"] for piece in hands.get(survey)["evidence"]] == [one["id"] for one in kept]
    browser.close()


def test_a_network_that_narrows_and_widens_again_keeps_the_picture_going(
    launch, camera, on_phone, network, shown, plan, people_on, desk_browser, look, tmp_path
):
    trust(tmp_path, shown.authority)
    home = {**os.environ, "HOME": str(tmp_path)}
    browser = launch(camera=camera, executable_path=on_phone, env=home)
    visit, lead = _video_visits(plan)[2]
    officer, phone = people_on(desk_browser).desk(lead), people_on(browser).phone()
    for page in (officer, phone):
        page.context.add_init_script(KEEP_CONNECTIONS)
    officer.reload()
    _in_a_call(officer, phone, shown, visit)
    _until(phone, lambda told: told["may_send"] > WIDE)

    network.narrow(NARROW // 1000)
    try:
        _until(phone, lambda told: told["may_send"] < 1.2 * NARROW)
        before = _told(officer)
        officer.wait_for_timeout(5_000)
        after = _told(officer)
        look(phone, "applicant-narrow")
        look(officer, "expert-narrow")
    finally:
        network.widen()
    stood_still = after["stood_still"] - before["stood_still"]
    assert after["shown"] - before["shown"] >= 15
    assert stood_still < 2, "seconds of five"

    _until(phone, lambda told: told["may_send"] > WIDE)
    browser.close()


def _moment(written: str) -> datetime:
    return datetime.fromisoformat(written)


def _told(page: Page) -> dict[str, float]:
    return page.evaluate(WHAT_A_CONNECTION_SAYS)


def _until(page: Page, true: Callable[[dict[str, float]], bool]) -> None:
    deadline = time.monotonic() + PATIENCE / 1000
    while not true(told := _told(page)):
        assert time.monotonic() < deadline, told
        page.wait_for_timeout(200)


def trust(home: Path, authority: Path) -> None:
    """What the phone's settings do: Chromium on Linux trusts what is in its user's NSS database."""
    database = home / ".pki" / "nssdb"
    database.mkdir(parents=True)
    certutil = ("certutil", "-d", f"sql:{database}")
    subprocess.run([*certutil, "-N", "--empty-password"], check=True)
    add = ("-A", "-t", "C,,", "-n", "Yunkan", "-i", str(authority))
    subprocess.run([*certutil, *add], check=True)


def _video_visits(plan):
    return [
        (visit, EXPERT_ACCOUNTS[round_["lead"]["name"]])
        for round_ in plan["rounds"]
        if round_["mode"] == "video"
        for visit in round_["visits"]
    ]


def _in_a_call(officer: Page, phone: Page, shown: Shown, visit) -> None:
    officer.goto(f"{shown.address}/expert/#survey={visit['survey_id']}")
    officer.get_by_role("button", name="开始踏勘").first.click()
    link = shown.sign_in("tongchou").post(f"/api/v1/visits/{visit['id']}/link")["url"]
    assert link.startswith(shown.address)
    phone.goto(link)
    phone.get_by_role("button", name="同意并开始").click()
    phone.get_by_role("button", name="开始通话").click()
    for page in (officer, phone):
        pictures_move(page)


def _take_a_still(officer: Page, phone: Page, *, number: int) -> None:
    officer.keyboard.press("Space")
    phone.locator("button", has_text="点这里拍照").click()
    arrived = officer.get_by_text(re.compile(rf"照片 {number} /"))
    expect(arrived).to_be_visible(timeout=PATIENCE)


def _go_to(officer: Page, sheet: dict[str, Any], point: str) -> None:
    """By its line in the list of all points."""
    name = point.partition("[")[0]
    (label,) = {each["label"]["zh"] for each in sheet["script"]["points"] if each["name"] == name}
    officer.locator(".rail a", has_text=label).first.click()


def _go_to_a_choice_with_photos(officer: Page) -> None:
    """Some scripts begin by counting."""
    choices = officer.locator(".answering").get_by_role("group").get_by_role("button")
    while not (choices.count() and officer.get_by_text(re.compile("照片 0 /")).count()):
        officer.keyboard.press("j")


def _answer_a_point(officer: Page) -> None:
    """The first point whose answer is a choice rather than a reading; until the server has it."""
    buttons = officer.locator(".answering").get_by_role("group").get_by_role("button")
    while not buttons.count():
        officer.keyboard.press("j")
    with officer.expect_response(lambda answer: answer.url.endswith("/answers")):
        officer.keyboard.press("1")
