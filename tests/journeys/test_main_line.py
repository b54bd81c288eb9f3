"""The whole line on the Chinese demonstration, by three people in three windows."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from server.demo.headless import passing_value, photo_of, question
from server.demo.seed import EXPERT_ACCOUNTS
from tests.journeys.conftest import PATIENCE, film_of_a_kitchen, own_demonstration

SHOP = "张记小炒"
NATIVE = (3840, 2160)
#: From a key to a point with its still.
LONGEST_SECONDS = 4


demo = own_demonstration()  # a bureau on its first day: nothing was imported yet


@pytest.fixture(scope="module")
def browser(launch, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """With the camera of a good phone, whose stills come at its full size."""
    film = tmp_path_factory.mktemp("camera") / "large.mjpeg"
    launched = launch(camera=film_of_a_kitchen(film, 6, pictures=6))
    yield launched
    launched.close()


def test_from_a_spreadsheet_to_a_survey_record(people, demo, look, sign_in, tmp_path):
    desk = people.desk("tongchou")
    _import_the_spreadsheet(desk, demo.workbook, tmp_path, look)
    visit, lead = _plan_and_publish(desk, sign_in, look)

    officer = people.desk(lead)
    officer.goto(f"{demo.address}/expert/#survey={visit['survey_id']}")
    officer.get_by_role("button", name="开始踏勘").first.click()

    phone = people.phone()
    link = sign_in("tongchou").post(f"/api/v1/visits/{visit['id']}/link")["url"]
    _join(phone, link, look)
    _see_each_other(phone, officer)
    look(officer, "expert-call")
    _fit_for_elders(phone)
    look(phone, "applicant-call")

    _take_stills(officer, phone)
    _work_a_point_by_keys(officer)
    hands = sign_in(lead)
    _work_the_rest(hands, people, phone, visit["survey_id"])
    _sign(officer, phone, look)
    _decide(officer, look)

    sheet = hands.get(f"/api/v1/surveys/{visit['survey_id']}")
    assert sheet["verdict"]["finding"] == "pass"
    for piece in sheet["evidence"]:
        original = hands.fetch("GET", piece["original_url"])
        assert hashlib.sha256(original).hexdigest() == piece["sha256"]
    assert hands.fetch(
        "GET", f"/api/v1/surveys/{visit['survey_id']}/record.pdf?language=zh"
    ).startswith(b"%PDF-")
    expect(phone.get_by_text("通过").first).to_be_visible(timeout=PATIENCE)
    _fit_for_elders(phone)
    look(phone, "applicant-result")
    _replay(desk, look)
    _take_away(desk, look)
    _hold(desk, look)


def _import_the_spreadsheet(desk: Page, workbook: bytes, tmp_path, look) -> None:
    file = tmp_path / "cases.xlsx"  # Chromium opens no other name where the locale is "C"
    file.write_bytes(workbook)
    look(desk, "desk-empty")
    desk.locator("nav").get_by_text("导入", exact=True).click()
    look(desk, "desk-import")
    desk.locator("input[type=file]").set_input_files(file)
    commit = desk.get_by_role("button", name=re.compile(r"^导入 \d+ 行"))
    expect(commit).to_be_visible()
    look(desk, "desk-import-preview")
    commit.click()
    expect(desk.get_by_role("heading", name=re.compile(r"导入了 \d+ 行"))).to_be_visible()
    desk.locator("nav").get_by_text("待办", exact=True).click()
    expect(desk.get_by_text(SHOP, exact=True).first).to_be_visible()
    look(desk, "desk-cases")


def _plan_and_publish(desk: Page, sign_in, look) -> tuple[dict[str, Any], str]:
    desk.locator("nav").get_by_text("排班", exact=True).click()
    desk.get_by_role("button", name=re.compile(r"^排 ")).click()
    publish = desk.get_by_role("button", name="发布计划")
    expect(publish).to_be_visible(timeout=60_000)
    look(desk, "desk-plan")
    publish.click()
    desk.get_by_role("button", name=re.compile(r"^发布 \d+ 轮")).click()
    hands = sign_in("tongchou")
    plan = hands.get("/api/v1/plans")["items"][0]
    expect(desk.get_by_role("button", name="发布计划")).to_have_count(0, timeout=PATIENCE)
    plan = hands.get(f"/api/v1/plans/{plan['id']}")
    assert plan["status"] == "published"
    round_, visit = next(
        (round_, visit)
        for round_ in plan["rounds"]
        for visit in round_["visits"]
        if round_["mode"] == "video" and visit["premises"] == SHOP
    )
    return visit, EXPERT_ACCOUNTS[round_["lead"]["name"]]


def _join(phone: Page, link: str, look) -> None:
    phone.goto(link)
    agree = phone.get_by_role("button", name="同意并开始")
    expect(agree).to_be_visible()
    assert "#" not in phone.url  # the token does not stay in the address
    _fit_for_elders(phone)
    look(phone, "applicant-invite")
    agree.click()
    start = phone.get_by_role("button", name="开始通话")
    expect(start).to_be_visible()
    _fit_for_elders(phone)
    look(phone, "applicant-check")
    start.click()


def _see_each_other(*pages: Page) -> None:
    for page in pages:
        page.wait_for_function(
            "() => [...document.querySelectorAll('video')]"
            ".filter(video => video.videoWidth > 0 && !video.paused).length >= 2"
        )


def _take_stills(officer: Page, phone: Page) -> None:
    """The space bar asks; the phone sends its picture at the camera's own size."""
    officer.keyboard.press("Space")
    phone.locator("button", has_text="点这里拍照").click()
    expect(officer.get_by_text("照片 1 /")).to_be_visible(timeout=PATIENCE)
    # nothing is asked of the phone any more
    expect(officer.locator(".tool.still")).not_to_have_attribute("aria-disabled", "true")
    officer.keyboard.press("s")
    expect(officer.get_by_text("照片 2 /")).to_be_visible(timeout=PATIENCE)


def _work_a_point_by_keys(officer: Page) -> None:
    """Three keys: on to what lacks something, met, its still."""
    kitchen = officer.get_by_role("heading", name="食品处理区布局与加工流程")
    officer.keyboard.press("n")
    expect(kitchen).to_have_count(0)
    begun = time.monotonic()
    officer.keyboard.press("n")
    officer.keyboard.press("1")
    officer.keyboard.press("s")
    expect(officer.locator(".evidence .chip.pass")).to_be_visible()
    assert time.monotonic() - begun < LONGEST_SECONDS
    expect(kitchen).to_be_visible()  # an answer and a photo leave the officer where he is


def _work_the_rest(hands, people, phone: Page, survey: int) -> None:
    """What was shown once by hand is done for the other points over the same API."""
    sheet = hands.get(f"/api/v1/surveys/{survey}")
    first = sheet["evidence"][0]
    assert (first["width"], first["height"]) == NATIVE
    assert first["source"] == "phone"
    assert sheet["evidence"][1]["source"] == "server"
    while remaining := hands.get(f"/api/v1/surveys/{survey}")["remaining"]:
        name = remaining[0]["point"]  # an answer may open further points
        for number in range(remaining[0]["photos_missing"]):
            photo = photo_of(f"{number} {name}", size=(1600, 1200))
            hands.upload(
                f"/api/v1/surveys/{survey}/evidence",
                photo,
                "photo.jpg",
                {"sha256": hashlib.sha256(photo).hexdigest(), "point": name},
            )
        hands.post(
            f"/api/v1/surveys/{survey}/answers",
            {"point": name, "value": passing_value(question(sheet["script"], name))},
        )


def _sign(officer: Page, phone: Page, look: Callable[[Page, str], None]) -> None:
    phone.get_by_role("button", name="签字").click()
    _fit_for_elders(phone)
    look(phone, "applicant-sign")
    phone.locator("input").first.fill("张桂兰")
    _draw(phone)
    phone.get_by_role("button", name="签好了").click()
    officer.get_by_text("主办签字").click()
    look(officer, "expert-sign")
    _draw(officer)
    officer.get_by_role("button", name=re.compile("签好了|签字")).last.click()
    officer.get_by_role("button", name="回到清单").click()
    expect(officer.get_by_text("主办签字")).to_have_count(0)


def _draw(page: Page) -> None:
    box = page.locator("svg[viewBox='0 0 300 100']").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 40, box["y"] + 40)
    page.mouse.down()
    for step in range(1, 8):
        page.mouse.move(box["x"] + 40 + 15 * step, box["y"] + 40 + (step % 2) * 30)
    page.mouse.up()


def _decide(officer: Page, look: Callable[[Page, str], None]) -> None:
    officer.get_by_role("button", name="出结论").click()
    look(officer, "expert-verdict")
    officer.locator("dialog, aside, .side").get_by_role(
        "button", name=re.compile("通过")
    ).last.click()
    expect(officer.get_by_text("结论已出").first).to_be_visible()
    look(officer, "expert-concluded")


def _replay(desk: Page, look: Callable[[Page, str], None]) -> None:
    """The coordinator opens the closed case and sees a point where it was answered."""
    desk.locator("nav").get_by_text("案卷", exact=True).click()
    desk.get_by_text(SHOP, exact=True).first.click()
    desk.get_by_role("button", name="看录像").click()
    answered = desk.locator(".recording .moments button").first
    expect(answered).to_be_visible()
    answered.click()
    desk.wait_for_function(
        """() => {
            const seen = document.querySelector(".recording video:not([hidden])")
            return seen.videoWidth >= 640 && seen.currentTime > 0 && !seen.paused
        }"""
    )
    desk.get_by_role("button", name="暂停").click()
    look(desk, "desk-recording")


def _take_away(desk: Page, look: Callable[[Page, str], None]) -> None:
    """The same in one file, which a browser plays from its beginning to its end."""
    desk.get_by_role("button", name="合成为一个文件").click()
    link = desk.get_by_role("link", name="下载申请人的画面")
    expect(link).to_be_visible(timeout=PATIENCE)
    look(desk, "desk-recording-joined")
    with desk.expect_download() as taken:
        link.click()
    assert taken.value.suggested_filename.endswith(".webm")
    with desk.expect_download() as note:
        desk.get_by_role("button", name="附带说明").first.click()
    beside = note.value.path().read_text("utf-8-sig")
    film = hashlib.sha256(taken.value.path().read_bytes()).hexdigest()
    assert note.value.suggested_filename == f"{taken.value.suggested_filename}.txt"
    assert f"SHA-256 {film}" in beside
    played = desk.evaluate(
        """async address => {
            const video = document.createElement("video")
            const told = name => new Promise((done, failed) => {
                video.addEventListener(name, done, {once: true})
                video.onerror = () => failed(new Error(video.error.message))
            })
            video.muted = true
            video.src = address
            await told("loadedmetadata")
            const {duration, videoWidth} = video
            video.currentTime = duration - 1
            await video.play()
            await told("ended")
            return {duration, videoWidth}
        }""",
        link.get_attribute("href"),
    )
    assert played["duration"] > 3
    assert played["videoWidth"] >= 640


def _hold(desk: Page, look: Callable[[Page, str], None]) -> None:
    """Nobody has said how long recordings are kept; this one stays whatever is said."""
    expect(desk.get_by_text("还没定录像保存多久")).to_be_visible()
    desk.get_by_role("button", name="封存录像").click()
    desk.get_by_label("为什么封存").fill("申请人申请行政复议")
    desk.keyboard.press("Enter")
    expect(desk.get_by_text(re.compile("周统筹 封存，.*：申请人申请行政复议"))).to_be_visible()
    look(desk, "desk-recording-held")


def _fit_for_elders(phone: Page) -> None:
    """工信部适老化: text of at least 18 pt (24 px), targets of at least 60 x 60."""
    small = phone.evaluate(
        """() => {
            const shown = element => element.checkVisibility({visibilityProperty: true})
                && element.getBoundingClientRect().width > 1
            const words = [...document.querySelectorAll('body *')].filter(element => shown(element)
                && [...element.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()))
                .filter(element => parseFloat(getComputedStyle(element).fontSize) < 24)
            const touched = 'button, a, select, input:not([type=file])'
            const targets = [...document.querySelectorAll(touched)].filter(shown)
                .filter(element => {
                    const box = element.getBoundingClientRect()
                    return box.height < 60 || box.width < 60
                })
            return [...words, ...targets].map(e => `${e.tagName} ${e.textContent.slice(0, 20)}`)
        }"""
    )
    assert small == []
