"""The demonstration with an officer's browser beside it and a phone's on a network of its own."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from media_browser_pictures import MOVING, NEVER, NOTE, seconds_until
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from server.demo import lan
from server.demo.door import Door
from server.demo.seed import EXPERT_ACCOUNTS
from server.demo.show import Demonstration, demonstration, free_port
from tests.journeys.conftest import People, film_of_a_kitchen, plan_and_publish, signed_in
from tests.journeys.network import PhoneNetwork
from tests.journeys.test_phone_on_the_network import trust

#: As the journeys start it, with a camera that nobody has to be asked for.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
)

#: Times 640x360: the phone's camera has 720 lines, as those of the issue.
SCALE = 2

#: Of the film, which then begins anew.
PICTURES = 300


class NoMoreVisits(Exception):
    """The demonstration's plan has no further visit by video."""


@dataclass
class Call:
    """An officer and a phone on one visit. `failures` are answers of 500 and more to either, as
    "status path"."""

    officer: Page
    phone: Page
    visit: dict[str, Any]
    hands: Door  # the officer's, for what a run is not about
    link: str  # what the applicant was sent
    failures: list[str] = field(default_factory=list)

    def sheet(self) -> dict[str, Any]:
        sheet: dict[str, Any] = self.hands.get(f"/api/v1/surveys/{self.visit['survey_id']}")
        return sheet

    def officer_begins(self) -> None:
        self.officer.get_by_role("button", name="开始踏勘").first.click()

    def phone_joins(self) -> None:
        """From the link, through the consent, into the call."""
        self.phone.goto(self.link, wait_until="commit")
        self.phone.get_by_role("button", name="同意并开始").click()
        self.phone.get_by_role("button", name="开始通话").click()

    def meet(self) -> None:
        """Both are in, and see each other."""
        self.officer_begins()
        self.phone_joins()
        joined = time.time()
        for page in (self.officer, self.phone):
            if seconds_until(page, MOVING, joined) >= NEVER:
                raise RuntimeError(f"no picture came to {page.url}")


class Bureau:
    """`call` opens one on a visit of its own."""

    def __init__(
        self,
        shown: Demonstration,
        network: PhoneNetwork,
        playwright: Playwright,
        desks: Browser,
        phones: Browser,
        phone_with: Callable[[Path], Browser],
        authority: Path,
    ) -> None:
        self.shown = shown
        self.network = network
        self._playwright = playwright
        self._desks, self._phones, self._phone_with = desks, phones, phone_with
        self._authority = authority
        self._coordinator = self._sign_in("tongchou")
        preview = self._coordinator.upload("/api/v1/imports", shown.workbook, "cases.xlsx", {})
        self._coordinator.post(f"/api/v1/imports/{preview['id']}/commit")
        plan = plan_and_publish(self._coordinator)
        self._visits = iter(_by_video(plan))

    @contextmanager
    def call(self, camera: Path | None = None, *, phone_begins: str = "") -> Iterator[Call]:
        """Both pages are open, the officer's at the survey; nobody has joined yet.

        `camera` is the film that the phone's shows, otherwise the kitchen in 720 lines;
        `phone_begins` is a script that its page runs before its own.

        Raises:
            NoMoreVisits: each was used.
        """
        if (found := next(self._visits, None)) is None:
            raise NoMoreVisits
        visit, lead = found
        link = self._coordinator.post(f"/api/v1/visits/{visit['id']}/link")["url"]
        with ExitStack() as stack:
            phones = self._phones
            if camera:
                phones = self._phone_with(camera)
                stack.callback(phones.close)
            people = [
                People(browser, self._playwright, self.shown) for browser in (self._desks, phones)
            ]
            for each in people:
                stack.callback(each.close)
            officer, phone = people[0].desk(lead), people[1].phone()
            call = Call(officer, phone, visit, self._sign_in(lead), link)
            for page in (officer, phone):
                page.context.add_init_script(NOTE)
                page.on("response", lambda answer: _note(answer.status, answer.url, call.failures))
            phone.context.add_init_script(phone_begins)
            officer.goto(f"{self.shown.address}/expert/#survey={visit['survey_id']}")
            officer.reload()  # the page was there already: only a new one begins to note
            yield call

    def _sign_in(self, name: str) -> Door:
        return signed_in(self.shown, name, authority=self._authority)


@contextmanager
def bureau(folder: Path) -> Iterator[Bureau]:
    """Everything ends with the block."""
    chromium = os.environ["YUNKAN_CHROMIUM"]
    with ExitStack() as stack:
        network = stack.enter_context(PhoneNetwork())
        prepared = lan.prepare(folder, free_port(), network.host)
        shown = stack.enter_context(demonstration(folder, prepared.port, prepared))
        playwright = stack.enter_context(sync_playwright())
        kitchen = film_of_a_kitchen(folder / "kitchen.mjpeg", SCALE, pictures=PICTURES)
        inside = network.inside(chromium, folder / "chromium")

        def launch(program: str, camera: Path) -> Browser:
            """A browser whose person trusts the demonstration, and whose camera shows the film."""
            trust(home := Path(mkdtemp(dir=folder)), prepared.authority)
            browser = playwright.chromium.launch(
                args=[*ARGUMENTS, f"--use-file-for-fake-video-capture={camera}"],
                executable_path=program,
                env={**os.environ, "HOME": str(home)},
            )
            stack.callback(browser.close)
            return browser

        desks, phones = launch(chromium, kitchen), launch(str(inside), kitchen)
        phone_with = partial(launch, str(inside))
        yield Bureau(shown, network, playwright, desks, phones, phone_with, prepared.authority)


def _by_video(plan: dict[str, Any]) -> list[tuple[dict[str, Any], str]]:
    """Visits, each with its officer's sign-in name."""
    return [
        (visit, EXPERT_ACCOUNTS[round_["lead"]["name"]])
        for round_ in plan["rounds"]
        if round_["mode"] == "video"
        for visit in round_["visits"]
    ]


def _note(status: int, url: str, failures: list[str]) -> None:
    if status >= 500:
        failures.append(f"{status} {url.partition('/api/')[2]}")
