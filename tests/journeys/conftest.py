"""Real browsers on a real demonstration: web, media and jobs as processes of their own.

Set YUNKAN_SHOTS to a folder to keep a screenshot of every page that was looked at.
"""

from __future__ import annotations

import io
import os
import re
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Protocol

import axe_playwright_python
import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from server.clock import local_day, utcnow
from server.demo.door import Door
from server.demo.seed import EXPERT_ACCOUNTS, PASSWORD
from server.demo.show import Demonstration, demonstration, free_port

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
DESK = {"width": 1440, "height": 900}
#: Milliseconds nothing here should ever need; a deadline, not a wait.
PATIENCE = 20_000
#: What Chromium itself writes where a network is cut: of a file, of the script of a worker.
OF_THE_NETWORK = (
    "Failed to load resource",
    "An unknown error occurred when fetching the script",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.journey)
            item.add_marker(pytest.mark.timeout(300))


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    with demonstration(tmp_path_factory.mktemp("demo"), free_port()) as running:
        yield running


def own_demonstration() -> Any:
    """`demo = own_demonstration()`: one for a module's tests alone, which others would disturb, or
    who would disturb them."""

    @pytest.fixture(scope="module")
    def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
        with demonstration(tmp_path_factory.mktemp("own"), free_port()) as running:
            yield running

    return demo


def own_plan() -> Any:
    """`published = own_plan()`: that of the module's own demonstration."""

    @pytest.fixture(scope="module")
    def published(demo: Demonstration) -> dict[str, Any]:
        return import_and_publish(demo)

    return published


@pytest.fixture(scope="session")
def kitchen_camera(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One of 720p: Chromium takes most of a core to play a film as large as a good phone's."""
    return film_of_a_kitchen(tmp_path_factory.mktemp("camera") / "kitchen.mjpeg", 2, pictures=150)


def film_of_a_kitchen(file: Path, scale: int, *, pictures: int) -> Path:
    """`scale` times 640x360, as Chromium can play it: JPEG pictures one after the other, thirty a
    second and then from the beginning. No two are alike, so that a second still of one point is
    another photo, as long as the film has not come round again."""
    film = io.BytesIO()
    kitchen = Image.new("RGB", (640 * scale, 360 * scale), "#c9d2cd")
    draw = ImageDraw.Draw(kitchen)
    draw.rectangle((0, 250 * scale, 640 * scale, 360 * scale), fill="#7d878f")
    draw.rectangle((200 * scale, 217 * scale, 433 * scale, 333 * scale), fill="#5b656d")
    for number in range(pictures):
        picture = kitchen.copy()
        draw = ImageDraw.Draw(picture)
        left = (50 + 33 * (number % 12)) * scale
        draw.ellipse((left, 33 * scale, left + 67 * scale, 100 * scale), fill="#b5532a")
        draw.text((8 * scale, 8 * scale), str(number), fill="#182028", font_size=24 * scale)
        picture.save(film, "JPEG", quality=80)
    file.write_bytes(film.getvalue())
    return file


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser_path() -> str:
    path = os.environ.get("YUNKAN_CHROMIUM")
    if not path:
        pytest.fail("YUNKAN_CHROMIUM names no browser: run the tests by `python3 run.py test`")
    return path


@pytest.fixture(scope="session")
def launch(
    playwright: Playwright, kitchen_camera: Path, browser_path: str
) -> Callable[..., Browser]:
    """Start a browser that gives every page a camera, the kitchen's, without asking."""
    arguments = [
        "--no-sandbox",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        "--autoplay-policy=no-user-gesture-required",
        "--allow-loopback-in-peer-connection",
    ]

    def launch(*, camera: Path = kitchen_camera, **options: Any) -> Browser:
        film = f"--use-file-for-fake-video-capture={camera}"
        # in the C locale Chromium calls a file with a Chinese name "download"
        writes = {**os.environ, "LC_ALL": "C.UTF-8"}
        told = {"executable_path": browser_path, "env": writes, **options}
        return playwright.chromium.launch(args=[*arguments, film], **told)

    return launch


@pytest.fixture(scope="session")
def browser(launch: Callable[..., Browser]) -> Iterator[Browser]:
    launched = launch()
    yield launched
    launched.close()


class Served(Protocol):
    """Something that is up, and where."""

    @property
    def address(self) -> str: ...


class People:
    """Opens a page for somebody, and notices whatever goes wrong on it."""

    def __init__(self, browser: Browser, playwright: Playwright, demo: Served) -> None:
        self._browser, self._playwright, self.demo = browser, playwright, demo
        self._contexts: list[BrowserContext] = []
        self.mishaps: list[str] = []

    def desk(self, sign_in_name: str, *, english: bool = False, **options: Any) -> Page:
        """Somebody of the staff, signed in through the page."""
        page = self.open({"viewport": DESK, **options}, english=english)
        page.goto(f"{self.demo.address}/sign-in")
        page.locator("input[autocomplete=username]").fill(sign_in_name)
        page.locator("input[type=password]").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/coordinator/**" if sign_in_name in DESKS else "**/expert/**")
        return page

    def phone(self, *, english: bool = False) -> Page:
        return self.open(self._playwright.devices["Pixel 7"], english=english)

    def close(self) -> None:
        for context in self._contexts:
            for page in context.pages:  # what a test answers in the server's place may be under way
                page.unroute_all(behavior="ignoreErrors")
            context.close()

    def open(self, options: dict[str, Any], *, english: bool) -> Page:
        language = "en" if english else "zh"
        context = self._browser.new_context(
            **{**options, "locale": "en-GB" if english else "zh-CN", "timezone_id": "Asia/Shanghai"}
        )
        context.add_cookies([{"name": "language", "value": language, "url": self.demo.address}])
        context.set_default_timeout(PATIENCE)
        self._contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.mishaps.append(f"{page.url}: {error}"))
        page.on(
            "console",
            lambda said: (
                self.mishaps.append(f"{page.url}: {said.text}")
                if said.type == "error" and not said.text.startswith(OF_THE_NETWORK)
                else None
            ),
        )
        return page


class Watch:
    """Notes inside a page when words appear on it: looking from outside would add its own delay."""

    def __init__(self, page: Page, words: str) -> None:
        self._page = page
        self._seen = page.evaluate_handle(
            """words => {
                const seen = {at: 0}
                const look = () => {
                    if (!new RegExp(words).test(document.body.innerText)) return
                    seen.at ||= Date.now()
                    observer.disconnect()
                }
                const observer = new MutationObserver(look)
                const everything = {subtree: true, childList: true, characterData: true}
                observer.observe(document.body, {...everything, attributes: true})
                look()
                return seen
            }""",
            words,
        )

    def seconds_after(self, moment: float) -> float:
        """Seconds from `moment` (`time.time()`) until the words stood there; waits for them."""
        at = self._page.wait_for_function("seen => seen.at", arg=self._seen).json_value()
        return float(at) / 1000 - moment


DESKS = ("tongchou", "weiyang", "jiandu", "guanli", "chicago")


@pytest.fixture
def people(browser: Browser, playwright: Playwright, demo: Demonstration) -> Iterator[People]:
    opened = People(browser, playwright, demo)
    yield opened
    opened.close()
    assert opened.mishaps == []


@pytest.fixture
def look() -> Callable[[Page, str], None]:
    """Look at a page as a careful user would: accessible, inside its frame, photographed."""
    shots = os.environ.get("YUNKAN_SHOTS")

    def look(page: Page, name: str) -> None:
        page.wait_for_timeout(150)  # fades of 120 ms have contrast of their own
        if shots:
            Path(shots).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=Path(shots) / f"{name}.png")
        page.evaluate(AXE.read_text())
        found = page.evaluate(
            "tags => axe.run({runOnly: {type: 'tag', values: tags}}).then(r => r.violations)", WCAG
        )
        told = [
            f"{one['id']}: {node['target']} {node.get('failureSummary', '')[:300]}"
            for one in found
            for node in one["nodes"]
        ]
        assert told == [], f"{name}: WCAG 2.2 AA"
        wide = page.evaluate(
            "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wide <= 0, f"{name}: {wide} px wider than the screen"

    return look


def pictures_move(page: Page) -> None:
    """Wait until frames have been shown of both the own and the other side's picture, from now."""
    page.wait_for_function(
        """from => {
            const videos = [...document.querySelectorAll('video')].filter(v => v.videoWidth > 0)
            const frames = video => video.getVideoPlaybackQuality().totalVideoFrames
            for (const video of videos) if (!from.has(video)) from.set(video, frames(video))
            return videos.filter(video => frames(video) > from.get(video) + 2).length >= 2
        }""",
        arg=page.evaluate_handle("() => new Map()"),
        polling=100,
        timeout=30_000,
    )


def turn_to_the_week_of(page: Page, day: date) -> None:
    """On the board of the plan page, which opens on the week of today in Beijing."""
    today = local_day(utcnow())
    weeks = (monday_of(day) - monday_of(today)).days // 7
    for _ in range(weeks):
        page.get_by_role("button", name=re.compile("下一周|The week after")).click()


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


@pytest.fixture
def coordinator(demo: Demonstration) -> Door:
    """The coordinator's hands for what a test is not about."""
    return signed_in(demo, "tongchou")


def signed_in(demo: Served, name: str, *, authority: Path | None = None) -> Door:
    door = Door(demo.address, authority=authority)
    door.csrf = door.post("/api/v1/sign-in", {"sign_in_name": name, "password": PASSWORD})["csrf"]
    return door


@pytest.fixture
def sign_in(demo: Demonstration) -> Callable[[str], Door]:
    return lambda name: signed_in(demo, name)


@pytest.fixture(scope="session")
def published(demo: Demonstration) -> dict[str, Any]:
    """The plan of the demonstration. Whoever adjusts it needs a demonstration of his own."""
    return import_and_publish(demo)


@pytest.fixture(scope="session")
def video_visits(published: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """Visits by video, each with its lead's sign-in name: `next` is one that no test has had."""
    return visits_by_video(published)


def visits_by_video(plan: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    for round_ in plan["rounds"]:
        if round_["mode"] == "video":
            for visit in round_["visits"]:
                yield visit, EXPERT_ACCOUNTS[round_["lead"]["name"]]


def import_and_publish(demo: Demonstration) -> dict[str, Any]:
    """The spreadsheet imported, planned and published, through the API: a plan with its rounds."""
    desk = signed_in(demo, "tongchou")
    preview = desk.upload("/api/v1/imports", demo.workbook, "cases.xlsx", {})
    desk.post(f"/api/v1/imports/{preview['id']}/commit")
    return plan_and_publish(desk)


def plan_and_publish(desk: Door) -> dict[str, Any]:
    plan = drafted(desk)
    desk.post(f"/api/v1/plans/{plan['id']}/publication")
    return desk.get(f"/api/v1/plans/{plan['id']}")


def drafted(desk: Door) -> dict[str, Any]:
    """A plan of the next days for what waits."""
    today = local_day(utcnow())
    plan = desk.post(
        "/api/v1/plans",
        {
            "first_day": today.isoformat(),
            "last_day": (today + timedelta(days=9)).isoformat(),
            "seconds": 2,
        },
    )
    deadline = time.monotonic() + 60
    while plan["status"] in ("queued", "running"):
        assert time.monotonic() < deadline, "the plan is still not computed"
        time.sleep(0.2)
        plan = desk.get(f"/api/v1/plans/{plan['id']}")
    assert plan["status"] == "draft", plan["error"]
    return plan


def pid_of_the_worker_of(visit: dict[str, Any], demo: Demonstration) -> int:
    """Which of the supervisor's children listens where the records say that the call is."""
    with closing(sqlite3.connect(demo.folder / "yunkan.db")) as records:
        ((address,),) = records.execute(
            "SELECT media_worker FROM sessions WHERE visit_id = ?", (visit["id"],)
        )
    port = address.rpartition(":")[2]
    supervisor = demo.processes.pid("media")
    found = subprocess.run(
        ["ps", "-ww", "-o", "pid=,args=", "--ppid", str(supervisor)],
        capture_output=True,
        text=True,
        check=True,
    )
    (pid,) = [line.split()[0] for line in found.stdout.splitlines() if f"--port {port} " in line]
    return int(pid)
