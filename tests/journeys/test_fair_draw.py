"""A bureau that draws its experts: the commitment is there first, the lots and the seed after."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from server.clock import local_day, utcnow
from server.demo import town
from server.demo.show import Demonstration, demonstration, free_port
from tests.journeys.conftest import PATIENCE, signed_in

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
WAYS = [
    (False, "light", DESK),
    (True, "dark", PHONE),
    (True, "light", DESK),
    (False, "dark", PHONE),
]
#: All four when somebody wants to see the pictures; two hold both languages and both themes.
WAYS = WAYS if os.environ.get("YUNKAN_SHOTS") else WAYS[:2]
WORDS = {
    "title": ("随机派员", "Fair draw"),
    "lots": ("看抽签结果", "See who was drawn"),
    "stop": ("停下，用目前最好的", "Stop and use the best so far"),
    "download": ("下载抽签记录", "Download the record"),
}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    """One of its own: nobody else's experts are drawn."""
    with demonstration(tmp_path_factory.mktemp("drawing"), free_port()) as running:
        at_the_prompt = (sys.executable, "-m", "flask", "--app", "server.app")
        subprocess.run(
            [*at_the_prompt, "draw-experts", "on", "--bureau", town.BUREAU[0]],
            env={**os.environ, "YUNKAN_FOLDER": str(running.folder)},
            check=True,
            capture_output=True,
        )
        yield running


@pytest.fixture(scope="module")
def days(demo):
    """The days to plan, for the cases of the spreadsheet; one draw for them was discarded."""
    desk = signed_in(demo, "tongchou")
    preview = desk.upload("/api/v1/imports", demo.workbook, "cases.xlsx", {})
    desk.post(f"/api/v1/imports/{preview['id']}/commit")
    first = local_day(utcnow()) + timedelta(days=1)
    days = {"first_day": f"{first}", "last_day": f"{first + timedelta(days=6)}"}
    plan = desk.post("/api/v1/plans", {**days, "seconds": 1})
    _stop(desk, plan)
    return days


def _stop(desk, plan):
    desk.post(f"/api/v1/plans/{plan['id']}/cancellation")
    while (now := desk.get(f"/api/v1/plans/{plan['id']}"))["status"] in ("queued", "running"):
        time.sleep(0.1)
    if now["status"] == "draft":
        desk.fetch("DELETE", f"/api/v1/plans/{plan['id']}")


@contextmanager
def _held_up(demo):
    """The process that plans stands still."""
    jobs = demo.processes.pid("jobs")
    os.kill(jobs, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(jobs, signal.SIGCONT)


@pytest.mark.parametrize(("english", "theme", "size"), WAYS)
def test_the_draw_is_bound_before_shown_after_and_taken_along(
    people, demo, days, look, english, theme, size
):
    name = f"draw-{'en' if english else 'zh'}-{'phone' if size is PHONE else 'desk'}"
    words = {key: each[english] for key, each in WORDS.items()}
    desk = signed_in(demo, "tongchou")
    plan = desk.post("/api/v1/plans", {**days, "seconds": 60})
    while desk.get(f"/api/v1/plans/{plan['id']}")["status"] == "queued":
        time.sleep(0.1)
    page = people.desk("tongchou", english=english, viewport=size, color_scheme=theme)
    section = page.get_by_role("region", name=words["title"])
    with _held_up(demo):  # so few surveys are planned before anybody has looked
        page.goto(f"{demo.address}/coordinator/#/plan/{plan['id']}")
        commitment = section.locator("code").text_content()
        expect(section.locator("code")).to_have_count(1)  # no seed
        section.scroll_into_view_if_needed()
        look(page, f"{name}-bound")
        page.get_by_role("button", name=words["stop"]).click()

    expect(section.locator("code")).to_have_count(2, timeout=PATIENCE)
    seed = section.locator("code").nth(1).text_content()
    assert hashlib.sha256(bytes.fromhex(seed)).hexdigest() == commitment
    section.scroll_into_view_if_needed()
    look(page, f"{name}-shown")
    section.get_by_text(words["lots"]).click()
    expect(section.locator("ol li").first).to_be_visible()
    look(page, f"{name}-lots")
    with page.expect_download() as download:
        section.get_by_role("link", name=words["download"]).click()
    record = json.loads(Path(download.value.path()).read_text())
    assert (record["seed"], record["commitment"]) == (seed, commitment)
    assert download.value.suggested_filename == f"draw-{plan['id']}.json"
    assert {one["status"] for one in record["others"]} == {"discarded"}
    desk.fetch("DELETE", f"/api/v1/plans/{plan['id']}")


def test_where_it_is_not_drawn_the_page_says_nothing_of_it(people, demo):
    page = people.desk("chicago", english=True)
    page.goto(f"{demo.address}/coordinator/#/plan")
    expect(page.get_by_role("heading", level=2).first).to_be_visible()
    expect(page.get_by_text(WORDS["title"][1])).to_have_count(0)
