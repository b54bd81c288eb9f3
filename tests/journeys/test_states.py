"""Every state of phones that come by a link and of the expert's pages: both languages, light and
dark.

What is hard to bring about is told to the page as its server would tell it (`told`), or taken from
the browser before the page starts (`NO_CAMERA`); everything else is brought about.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from server.clock import utcnow
from server.demo.headless import passing_value, photo_of, question
from server.demo.seed import EXPERT_ACCOUNTS
from tests.journeys.conftest import PATIENCE

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
NO_CAMERA = """navigator.mediaDevices.getUserMedia = () =>
    Promise.reject(new DOMException('denied', 'NotAllowedError'))"""
CUT_SHORT = """place => [...document.querySelector(place).querySelectorAll('a, a *, h2, h2 *')]
    .filter(part => part.clientWidth && !part.closest('svg, .visually-hidden'))
    .filter(part => part.scrollHeight - part.clientHeight > 1 ||
                    part.scrollWidth - part.clientWidth > 1)
    .map(part => part.textContent)"""
NO_STORE = "Object.defineProperty(window, 'indexedDB', {value: null})"
NO_CALLS = "delete window.RTCPeerConnection"
SHOTS = os.environ.get("YUNKAN_SHOTS")
#: All four when somebody wants to see the pictures; two hold both languages and both themes.
WAYS = [("zh", "light"), ("en", "dark"), ("zh", "dark"), ("en", "light")]
WAYS = WAYS if SHOTS else WAYS[:2]
NAME = [[[0.1, 0.3], [0.4, 0.1], [0.8, 0.3]]]

See = Callable[[Page, str], None]


@pytest.fixture(params=WAYS, ids="-".join)
def way(request: pytest.FixtureRequest) -> tuple[str, str]:
    return request.param


@pytest.fixture
def see(look: See, way: tuple[str, str]) -> Iterator[See]:
    """Look at the page from its top to its end, and once more in large words."""
    faults: list[str] = []

    def note(page: Page, name: str) -> None:
        try:
            look(page, name)
        except AssertionError as fault:
            faults.append(str(fault))

    def look_well(page: Page, name: str) -> None:
        name = f"{name}-{'-'.join(way)}"
        note(page, name)
        below = page.evaluate("() => document.documentElement.scrollHeight - innerHeight")
        if below > 40:
            page.evaluate("() => scrollTo(0, document.documentElement.scrollHeight)")
            note(page, f"{name}-below")
            page.evaluate("() => scrollTo(0, 0)")
        if way == ("zh", "light") and not SHOTS:
            return  # English needs more room: what fits there fits here
        page.evaluate("() => { document.documentElement.dataset.text = 'large' }")
        note(page, f"{name}-large")
        page.evaluate("() => { document.documentElement.dataset.text = 'normal' }")

    yield look_well
    assert faults == []


@pytest.fixture
def phone(people, way: tuple[str, str]) -> Callable[..., Page]:
    def open_one(*, before: str = "") -> Page:
        page = people.open({**PHONE, "color_scheme": way[1]}, english=way[0] == "en")
        if before:
            page.add_init_script(before)
        return page

    return open_one


@pytest.fixture
def officer(people, demo, way: tuple[str, str]) -> Callable[..., Page]:
    def sign_in(name: str, **options: Any) -> Page:
        return people.desk(name, english=way[0] == "en", color_scheme=way[1], **options)

    return sign_in


@pytest.fixture(scope="module")
def site_visits(published) -> Iterator[tuple[dict[str, Any], str]]:
    return iter(
        [
            (visit, EXPERT_ACCOUNTS[round_["lead"]["name"]])
            for round_ in reversed(published["rounds"])
            if round_["mode"] == "on_site"
            for visit in reversed(round_["visits"])
        ]
    )


@pytest.fixture
def link(sign_in) -> Callable[[dict[str, Any]], str]:
    hands = sign_in("tongchou")
    return lambda visit: hands.post(f"/api/v1/visits/{visit['id']}/link")["url"]


@pytest.fixture(autouse=True)
def losses_are_meant(people) -> Iterator[None]:
    """A browser complains of a network that a test takes away; nothing else is forgiven."""
    yield
    people.mishaps[:] = [one for one in people.mishaps if "INTERNET_DISCONNECTED" not in one]


def told(page: Page, **changes: Any) -> None:
    """From now on the server tells this phone so."""

    def answer(route: Route) -> None:
        real = route.fetch(max_retries=2)  # of connections that the server had just closed
        route.fulfill(response=real, body=json.dumps({**real.json(), **changes}))

    page.route(re.compile(r"/api/v1/(applicant|join|watch(/[0-9]+)?|observe)$"), answer)


def buttons(page: Page, chinese: str, english: str):
    return page.get_by_role("button", name=re.compile(f"{chinese}|{english}"))


AGREE = ("同意并开始", "Agree and start")
START = ("开始通话", "Start the call")


def test_before_the_call(phone, demo, video_visits, link, see):
    stranger = phone()
    stranger.goto(f"{demo.address}/j#{'A' * 43}")
    stranger.wait_for_selector(".verdict")
    see(stranger, "applicant-01-link-unknown")

    visit, _ = next(video_visits)
    page = phone()
    page.goto(link(visit))
    expect(buttons(page, *AGREE)).to_be_visible()
    see(page, "applicant-02-invite")
    buttons(page, *AGREE).click()
    expect(buttons(page, *START)).to_be_visible()
    page.wait_for_timeout(800)
    see(page, "applicant-03-check")

    shut = phone(before=NO_CAMERA)
    shut.goto(link(visit))
    expect(buttons(shut, *START)).to_be_visible()
    page.wait_for_timeout(300)
    see(shut, "applicant-04-check-denied")
    buttons(shut, *START).click()
    shut.wait_for_timeout(500)
    see(shut, "applicant-05-waiting-without-camera")

    old = phone(before=NO_CALLS)
    old.goto(link(visit))
    old.wait_for_selector("h1")
    see(old, "applicant-06-browser-too-old")
    buttons(old, "复制链接", "Copy the link").click()
    see(old, "applicant-07-browser-too-old-copied")

    kept = phone()
    told(kept, stage="consent", recorded=True, kept_months=36)
    kept.goto(link(visit))
    expect(kept.get_by_text(re.compile("36 个月|36 months"))).to_be_visible()
    see(kept, "applicant-08-invite-kept")


@pytest.fixture
def guidance(sign_in) -> dict[str, Any]:
    """A guidance session that 李敏 presents now."""
    hands = sign_in("tongchou")
    experts = hands.get("/api/v1/experts")["items"]
    return hands.post(
        "/api/v1/guidance",
        {
            "title": "开小餐馆，现场怎么准备，哪些一定要有",
            "title_en": "Opening a small restaurant: what the place must have",
            "item_type": hands.get("/api/v1/item-types")["items"][0]["id"],
            "presenter": next(one["id"] for one in experts if one["name"] == "李敏"),
            "starts_at": utcnow().isoformat(),
        },
    )


QUESTIONS = [
    {"id": n, "text": text, "status": status, "asked_at": "2026-11-26T07:00:00Z", "mine": mine}
    for n, (text, status, mine) in enumerate(
        [
            ("后厨一定要有二十平方米吗？我家只有十五平方米，能不能办？", "answered", False),
            ("Do I need a second sink for fish if I only sell noodles?", "answering", True),
            ("排烟管道要不要上楼顶？", "waiting", True),
            ("健康证哪里办？", "waiting", False),
        ],
        start=1,
    )
]
STRETCH = {"id": 1, "starts_at": "2026-11-26T07:00:00Z", "seconds": 600.0, "url": "/none.mkv"}
REPLAY = {
    "stretches": [{**STRETCH, "width": 1280, "height": 720}],
    "moments": [{"question": 1, "stretch_id": 1, "seconds": 65.0}],
    "may_grow": False,
}
TO_COME = {"stretches": [], "moments": [], "may_grow": True}


def test_whoever_watches_a_guidance_session(phone, officer, demo, guidance, see):
    stranger = phone()
    stranger.goto(f"{demo.address}/g#{'A' * 43}")
    stranger.wait_for_selector(".verdict")
    see(stranger, "viewer-01-link-unknown")

    states = {
        "02-announced": {"status": "announced"},
        "03-on-air": {"status": "live"},
        "04-over": {"status": "ended", "recorded": False, "questions": QUESTIONS},
        "05-replay-soon": {"status": "ended", "questions": [], "replay": TO_COME},
        "06-replay": {"status": "ended", "questions": QUESTIONS, "replay": REPLAY},
    }
    for name, changes in states.items():
        page = phone()
        told(page, **changes)
        page.goto(guidance["url"])
        page.wait_for_selector("h1:not(:has(br))")
        page.wait_for_load_state("networkidle")
        see(page, f"viewer-{name}")

    old = phone(before=NO_CALLS)
    told(old, status="live")
    old.goto(guidance["url"])
    old.wait_for_selector(".verdict")
    see(old, "viewer-07-browser-too-old")


def test_a_guidance_session_for_which_there_is_no_room(phone, people, demo, guidance, see, way):
    page = phone()
    told(page, status="live", questions=QUESTIONS)
    title = {"zh": "观看的人满了，请过几分钟再来", "en": "No more viewers fit"}[way[0]]
    refusal = json.dumps({"code": "call_full", "title": title})
    page.route("**/api/v1/watch/*/media", lambda route: route.fulfill(status=409, body=refusal))
    page.goto(guidance["url"])
    buttons(page, "看直播", "Watch now").click()
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    see(page, "viewer-08-full")
    buttons(page, "把问题发出去", "Send the question").click()
    expect(page.locator("form .notice.fail")).to_be_visible()
    see(page, "viewer-09-question-refused")

    wide = people.open(
        {"viewport": {"width": 1440, "height": 900}, "color_scheme": way[1]}, english=way[0] == "en"
    )
    told(wide, status="live", questions=QUESTIONS)
    wide.goto(guidance["url"])
    buttons(wide, "看直播", "Watch now").click()
    wide.wait_for_selector(".in-hand")
    see(wide, "viewer-10-desk")
    told(wide, status="ended", questions=QUESTIONS, replay=REPLAY)
    wide.reload()
    wide.wait_for_selector(".controls")
    see(wide, "viewer-11-replay-desk")


def test_an_observer_of_a_call(phone, demo, video_visits, sign_in, see):
    visit, _ = next(video_visits)
    told_of = {"name": "王红", "capacity": "citizen"}
    made = sign_in("tongchou").post(f"/api/v1/visits/{visit['id']}/observers", told_of)
    for name, changes in {
        "01-asking": {"stage": "asking"},
        "02-agreed": {"stage": "open"},
        "03-over": {"stage": "over"},
    }.items():
        page = phone()
        told(page, **changes)
        page.goto(made["url"])
        page.wait_for_selector("h1:not(:has(br))")
        see(page, f"observer-{name}")
    page = phone()
    told(page, stage="open")
    page.goto(made["url"])
    buttons(page, "开始旁听", "Start observing").click()
    page.wait_for_selector(".over h2")
    see(page, "observer-04-not-let-in")
    stranger = phone()
    stranger.goto(f"{demo.address}/o#{'A' * 43}")
    stranger.wait_for_selector(".verdict")
    see(stranger, "observer-05-link-unknown")

    invited = phone()
    invited.goto(sign_in("tongchou").post(f"/api/v1/visits/{visit['id']}/link")["url"])
    expect(buttons(invited, *AGREE)).to_be_visible()
    see(invited, "applicant-02-invite-with-observer")


def test_a_presenter_without_a_camera_and_on_a_phone(officer, demo, guidance, see):
    for name, options in (("desk", {}), ("phone", PHONE)):
        page = officer("limin", **options)
        see(page, f"presenter-01-day-{name}")
        page.add_init_script(NO_CAMERA)
        page.goto(f"{demo.address}/expert/#guidance={guidance['id']}")
        page.reload()
        page.wait_for_selector(".stage-word h2")
        see(page, f"presenter-02-no-camera-{name}")


def test_words_of_what_happened(phone, video_visits, link, see):
    visit, _ = next(video_visits)
    address = link(visit)
    todo = [
        {"text": "为水产品清洗水池加贴防水标识，字迹清楚。"},
        {"text": "Put a waterproof, legible label on the sink for fish, and keep it clean."},
    ]
    states = {
        "10-on-site": {"stage": "on_site"},
        "11-missed": {"stage": "ready", "status": "missed"},
        "12-ended": {"stage": "done", "status": "ended", "may_sign": True},
        "13-ended-signed": {"stage": "done", "status": "ended", "signed": True},
        "14-pass": {"result": {"finding": "pass", "rectify_by": None, "rectifications": []}},
        "15-rectify": {
            "may_sign": True,
            "result": {"finding": "rectify", "rectify_by": "2026-12-04", "rectifications": todo},
        },
        "16-fail": {"result": {"finding": "fail", "rectify_by": None, "rectifications": todo}},
    }
    for name, changes in states.items():
        page = phone()
        told(page, **changes)
        page.goto(address)
        page.wait_for_selector(".verdict")
        see(page, f"applicant-{name}")

    page = phone()
    page.route("**/api/v1/join", lambda route: route.abort())
    page.goto(address)
    page.wait_for_selector("h1")
    see(page, "applicant-17-no-network")


def test_a_call_from_both_ends(phone, officer, demo, video_visits, link, sign_in, see):
    visit, lead = next(video_visits)
    desk = officer(lead)
    desk.wait_for_load_state("networkidle")
    desk.goto(f"{demo.address}/expert/#day={visit['starts_at'][:10]}")
    desk.wait_for_load_state("networkidle")
    see(desk, "expert-01-day")
    desk.goto(f"{demo.address}/expert/#day=2030-01-01")
    desk.wait_for_load_state("networkidle")
    see(desk, "expert-02-day-empty")
    desk.goto(f"{demo.address}/expert/#survey={visit['survey_id']}")
    expect(buttons(desk, "开始踏勘", "Start").first).to_be_visible()
    see(desk, "expert-03-before")

    page = phone()
    page.goto(link(visit))
    buttons(page, *AGREE).click()
    buttons(page, *START).click()
    page.wait_for_timeout(800)
    see(page, "applicant-20-waiting")

    buttons(desk, "开始踏勘", "Start").first.click()
    for one in (page, desk):
        one.wait_for_function(
            "() => [...document.querySelectorAll('video')]"
            ".filter(v => v.videoWidth > 0 && !v.paused).length >= 2"
        )
    page.wait_for_timeout(1000)
    see(page, "applicant-21-live")
    seen = page.evaluate("() => fetch('/api/v1/applicant').then(answer => answer.json())")["seen"]
    assert [EXPERT_ACCOUNTS[one["name"]] for one in seen if one] == [lead]
    see(desk, "expert-04-live")
    note = (
        "full => import('/static/expert/calling.js').then(m => m.officersCall.value.noteDisk(full))"
    )
    desk.evaluate(note, True)
    expect(desk.get_by_text(re.compile("没有在录像|Not recorded"))).to_be_visible()
    see(desk, "expert-04-disk-full")
    desk.evaluate(note, False)
    desk.keyboard.press("j")
    desk.keyboard.press("2")
    desk.wait_for_timeout(700)
    see(desk, "expert-05-unmet")
    assert desk.evaluate(CUT_SHORT, ".rail") == []

    desk.keyboard.press("Space")
    shutter = page.locator(".shutter")
    expect(shutter).to_be_visible()
    see(page, "applicant-22-photo-wanted")
    held: list[Route] = []
    page.route("**/api/v1/applicant/evidence", lambda route: held.append(route), times=1)
    shutter.click()
    expect(page.locator(".tag[role=status]")).to_contain_text(re.compile("正在|Sending|发"))
    see(page, "applicant-23-still-being-sent")
    for one in held:
        one.continue_()
    page.unroute("**/api/v1/applicant/evidence")
    page.wait_for_timeout(1500)
    see(desk, "expert-06-photo-arrived")

    desk.keyboard.press("?")
    see(desk, "expert-07-keys")
    desk.keyboard.press("Escape")
    desk.locator(".chip.info", has_text=re.compile("主办签字|[Ll]ead")).first.click()
    see(desk, "expert-08-signing")
    desk.keyboard.press("Escape")
    buttons(desk, "结束", "End").first.click()
    see(desk, "expert-09-ending")
    desk.keyboard.press("Escape")

    page.locator("button.tool", has_text=re.compile("签字|Sign")).click()
    page.wait_for_selector(".pen")
    see(page, "applicant-24-sign")
    page.locator(".button.primary").click()
    see(page, "applicant-25-sign-name-missing")
    buttons(page, "先不签", "Not now").click()
    page.wait_for_timeout(1500)

    # the call is cut where the browser holds it: the page sees what a lost network looks like
    page.context.set_offline(True)
    page.wait_for_timeout(700)
    see(page, "applicant-26-no-network")
    buttons(page, "先拍照", "Take photos meanwhile").click()
    expect(page.locator(".shutter")).to_be_visible()
    see(page, "applicant-29-later")
    page.locator(".shutter").click()
    expect(page.get_by_text(re.compile("存在手机里|on this phone"))).to_be_visible()
    see(page, "applicant-30-later-kept")
    page.context.set_offline(False)
    expect(buttons(page, "回到视频", "Back to the call")).to_be_visible(timeout=PATIENCE)
    back = page.get_by_text(re.compile("网络好了|network is back"))
    expect(back).to_be_visible(timeout=PATIENCE)
    see(page, "applicant-31-later-network-back")
    photographing = desk.get_by_text(re.compile("对方先拍照|They take photos"))
    expect(photographing).to_be_visible(timeout=PATIENCE)  # its socket tries less and less often
    see(desk, "expert-12-they-take-photos")
    buttons(page, "回到视频", "Back to the call").click()
    page.wait_for_timeout(500)
    desk.context.set_offline(True)
    desk.wait_for_timeout(12_000)
    see(desk, "expert-10-no-network")
    desk.context.set_offline(False)
    page.wait_for_timeout(2500)

    page.locator("button.tool.leave").click()
    page.wait_for_selector("h1")
    see(page, "applicant-27-hung-up")
    desk.wait_for_timeout(6000)
    see(desk, "expert-11-phone-away")

    hands = sign_in("tongchou")
    hands.fetch("DELETE", f"/api/v1/visits/{visit['id']}/link")
    page.wait_for_function("() => /打不开|does not work/.test(document.body.innerText)")
    see(page, "applicant-28-revoked")


def test_photos_that_wait_where_nothing_is_kept_and_the_link_is_taken_back(
    phone, video_visits, link, sign_in, see
):
    visit, _ = next(video_visits)
    page = phone(before=NO_STORE)
    page.goto(link(visit))
    buttons(page, *AGREE).click()
    expect(buttons(page, *START)).to_be_visible()
    # last of what the page fetches for the time when there is no network
    page.evaluate("() => navigator.serviceWorker.ready.then(() => {})")
    buttons(page, *START).click()
    page.context.set_offline(True)
    buttons(page, "先拍照", "Take photos meanwhile").click()
    page.locator(".shutter").click()
    expect(page.get_by_text(re.compile("不能保存照片|keeps nothing"))).to_be_visible()
    see(page, "applicant-32-nothing-kept")
    sign_in("tongchou").fetch("DELETE", f"/api/v1/visits/{visit['id']}/link")
    page.context.set_offline(False)
    alone = page.get_by_text(re.compile("只在这个页面里|on this page only"))
    expect(alone).to_be_visible(timeout=PATIENCE)
    expect(buttons(page, "先拍照", "Take photos meanwhile")).to_have_count(0)
    see(page, "applicant-33-photos-of-a-revoked-link")


def test_the_verdict_at_the_desk(officer, demo, video_visits, sign_in, see):
    visit, lead = next(video_visits)
    hands = sign_in(lead)
    survey = visit["survey_id"]
    hands.post(f"/api/v1/surveys/{survey}/start")
    work(hands, survey, failing=True)
    desk = officer(lead)
    desk.goto(f"{demo.address}/expert/#survey={survey}")
    desk.locator(".lacks .chip.info", has_text=re.compile("主办签字|[Ll]ead")).first.click()
    see(desk, "expert-16-signing-when-all-is-there")
    desk.keyboard.press("Escape")
    expect(desk.locator("dialog")).to_have_count(0)
    desk.keyboard.press("r")
    buttons(desk, "改这段话", "Change the words").click()
    see(desk, "expert-17-wording-the-record")
    desk.locator("#words").fill("经营者在场，逐项看过。The owner was there.")
    buttons(desk, "用这段话", "Use these words").click()
    expect(desk.locator(".draft .chip.info")).to_be_visible()
    desk.locator(".history summary").click()
    see(desk, "expert-18-the-record-in-own-words")
    desk.keyboard.press("Escape")
    hands.post(
        f"/api/v1/surveys/{survey}/signatures",
        {"role": "lead", "name": "李敏", "strokes": NAME, "finding": "rectify"},
    )
    give = buttons(desk, "出结论", "verdict").last
    expect(give).not_to_have_attribute("aria-disabled", "true")
    give.click()
    see(desk, "expert-20-verdict")
    desk.locator("input[name=finding][value=pass]").check()
    desk.locator(
        "dialog .button.primary, aside .button.primary, .side .button.primary"
    ).last.click()
    desk.wait_for_timeout(300)
    see(desk, "expert-21-verdict-refused")
    desk.locator("input[name=finding][value=rectify]").check()
    desk.locator("#reason").fill("一处标识，限期可改 One label, soon put right")
    desk.locator(
        "dialog .button.primary, aside .button.primary, .side .button.primary"
    ).last.click()
    desk.wait_for_timeout(1500)
    see(desk, "expert-22-concluded")


def test_on_site_with_the_officers_phone(officer, demo, site_visits, sign_in, see):
    visit, lead = untouched(site_visits, sign_in)
    page = officer(lead, **PHONE)
    page.goto(f"{demo.address}/expert/#day={visit['starts_at'][:10]}")
    page.wait_for_load_state("networkidle")
    see(page, "onsite-01-day")
    page.goto(f"{demo.address}/expert/#day=2030-01-01")
    page.wait_for_load_state("networkidle")
    see(page, "onsite-02-day-empty")
    page.goto(f"{demo.address}/expert/#survey={visit['survey_id']}")
    begin = buttons(page, "到了，开始踏勘", "start the survey").first
    expect(begin).to_be_visible()
    see(page, "onsite-03-arrive")
    begin.click()
    page.wait_for_selector(".finder")
    page.wait_for_timeout(800)
    see(page, "onsite-04-finder")
    page.locator(".shutter").click()
    page.wait_for_timeout(1200)
    see(page, "onsite-05-photo-taken")
    page.locator(".thumb").click()
    page.wait_for_timeout(500)
    see(page, "onsite-06-looking")
    page.locator(".looking > .button").click()
    page.locator("button.more").click()
    see(page, "onsite-07-more")
    page.keyboard.press("Escape")
    page.locator(".pager .button").last.click()
    see(page, "onsite-08-all")
    page.keyboard.press("Escape")
    page.context.set_offline(True)
    page.locator(".thumb-zone .answers button, .thumb-zone button").first.click()
    page.wait_for_timeout(800)
    see(page, "onsite-09-offline")
    page.context.set_offline(False)
    expect(page.locator(".link-state")).to_have_count(0, timeout=PATIENCE)  # the answer was sent
    hands = sign_in(lead)
    work(hands, visit["survey_id"], failing=True)
    page.reload()
    page.wait_for_selector(".finder")
    page.locator(".pager .button").last.click()
    see(page, "onsite-10-signatures-missing")
    sheet = hands.get(f"/api/v1/surveys/{visit['survey_id']}")
    for role in ("lead", "second"):
        if sheet["visit"].get(role):
            hands.post(
                f"/api/v1/surveys/{visit['survey_id']}/signatures",
                {"role": role, "name": sheet["visit"][role], "strokes": NAME},
            )
    page.reload()
    page.wait_for_selector(".finder")
    page.locator(".pager .button").last.click()
    buttons(page, "出结论", "verdict").last.click()
    see(page, "onsite-11-verdict")
    page.locator("dialog .button.primary, .side .button.primary").last.click()
    page.wait_for_timeout(1500)
    see(page, "onsite-12-concluded")

    other, lead = untouched(site_visits, sign_in)
    shut = officer(lead, **PHONE)
    shut.add_init_script(NO_CAMERA)
    sign_in(lead).post(f"/api/v1/surveys/{other['survey_id']}/start")
    shut.goto(f"{demo.address}/expert/#survey={other['survey_id']}")
    shut.reload()
    shut.wait_for_selector(".finder")
    shut.wait_for_timeout(500)
    see(shut, "onsite-13-camera-denied")


def untouched(visits: Iterator[tuple[dict[str, Any], str]], sign_in) -> tuple[dict[str, Any], str]:
    """The next visit no other journey has been to, and who leads it."""
    for visit, lead in visits:
        if sign_in(lead).get(f"/api/v1/surveys/{visit['survey_id']}")["status"] == "scheduled":
            return visit, lead
    raise AssertionError("every on-site visit of the demonstration has been used")


def work(hands, survey: int, *, failing: bool = False) -> None:
    """Answer what is left and add its photos; the first choice point fails if asked for."""
    failed, numbers = False, count()  # a photo that is the same as another counts once
    for _ in range(5):
        sheet = hands.get(f"/api/v1/surveys/{survey}")
        if not sheet["remaining"]:
            return
        for lack in sheet["remaining"]:
            for _ in range(lack["photos_missing"]):
                photo = photo_of(f"{next(numbers)} {lack['point']}", size=(1200, 900))
                hands.upload(
                    f"/api/v1/surveys/{survey}/evidence",
                    photo,
                    "photo.jpg",
                    {"sha256": hashlib.sha256(photo).hexdigest(), "point": lack["point"]},
                )
            value = passing_value(question(sheet["script"], lack["point"]))
            note = ""
            if failing and not failed and value == "pass":
                value, note, failed = "fail", "水池没有标识", True
            hands.post(
                f"/api/v1/surveys/{survey}/answers",
                {"point": lack["point"], "value": value, "note": note},
            )
