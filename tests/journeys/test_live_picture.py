"""What an expert does with the live picture from afar, seen from both ends: works the camera,
points, freezes and draws.

Chromium's film of a camera has no light and no zoom, so a page is given those of a good phone
(`GOOD_PHONE`); all else is real.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from server.demo.show import Demonstration
from tests.journeys.conftest import (
    PATIENCE,
    import_and_publish,
    own_demonstration,
    pictures_move,
    visits_by_video,
)

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
GOOD_PHONE = """(() => {
    const lenses = new WeakMap()
    const lens = track => lenses.get(track) || lenses.set(track, {torch: false, zoom: 1}).get(track)
    const {getCapabilities, getSettings, applyConstraints} = MediaStreamTrack.prototype
    const does = {torch: true, zoom: {min: 1, max: 4, step: 0.1}}
    Object.assign(MediaStreamTrack.prototype, {
        getCapabilities() {
            return {...getCapabilities.call(this), ...(this.kind === 'video' ? does : {})}
        },
        getSettings() {
            return {...getSettings.call(this), ...(this.kind === 'video' ? lens(this) : {})}
        },
        async applyConstraints({advanced = [], ...rest} = {}) {
            for (const {torch, zoom} of advanced) {
                if (torch !== undefined) lens(this).torch = torch
                if (zoom !== undefined) lens(this).zoom = zoom
            }
            if (Object.keys(rest).length) await applyConstraints.call(this, rest)
        },
    })
    navigator.mediaDevices.enumerateDevices = async () =>
        [{kind: 'videoinput'}, {kind: 'videoinput'}, {kind: 'audioinput'}]
    window.lens = () => lens(document.querySelector('.call > .scene').srcObject.getVideoTracks()[0])
})()"""
SHOTS = os.environ.get("YUNKAN_SHOTS")
#: All four when somebody wants to see the pictures.
WAYS = [("zh", "light"), ("en", "dark"), ("zh", "dark"), ("en", "light")]


@dataclass
class Call:
    """Both ends of a call that stands."""

    desk: Page
    phone: Page
    survey: int
    hands: Any
    see: Callable[[str], None]

    def press(self, *keys: str) -> None:
        for key in keys:
            self.desk.keyboard.press(key)

    def lens(self) -> dict[str, Any]:
        return self.phone.evaluate("() => lens()")


demo = own_demonstration()  # these are more calls than the one of all journeys has to spare


@pytest.fixture(scope="module")
def video_visits(demo: Demonstration) -> Iterator[tuple[dict[str, Any], str]]:
    return visits_by_video(import_and_publish(demo))


@pytest.fixture
def way() -> tuple[str, str]:
    return WAYS[0]


@pytest.fixture
def call(people, demo, video_visits, sign_in, look, way) -> Call:
    visit, lead = next(video_visits)
    english, theme = way[0] == "en", way[1]
    phone = people.open({**PHONE, "color_scheme": theme}, english=english)
    phone.add_init_script(GOOD_PHONE)
    phone.goto(sign_in("tongchou").post(f"/api/v1/visits/{visit['id']}/link")["url"])
    phone.get_by_role("button", name=re.compile("同意并开始|Agree and start")).click()
    phone.get_by_role("button", name=re.compile("开始通话|Start the call")).click()
    hands = sign_in(lead)
    hands.post(f"/api/v1/surveys/{visit['survey_id']}/start")
    desk = people.desk(lead, english=english, color_scheme=theme)
    desk.goto(f"{demo.address}/expert/#survey={visit['survey_id']}")
    for page in (desk, phone):
        pictures_move(page)
    # the desk knows that the phone is there: keys that need it do something
    asking = desk.locator(".tool.still")
    expect(asking).not_to_have_attribute("aria-disabled", "true", timeout=PATIENCE)

    def see(name: str) -> None:
        """Both pages, wide and narrow, in words of both sizes."""
        name = f"{name}-{'-'.join(way)}"
        look(desk, f"desk-{name}")
        look(phone, f"phone-{name}")
        if SHOTS:
            desk.set_viewport_size({"width": 1280, "height": 800})
            look(desk, f"desk-{name}-1280")
            for page, side in ((desk, "desk"), (phone, "phone")):
                page.evaluate("() => { document.documentElement.dataset.text = 'large' }")
                look(page, f"{side}-{name}-large")
                page.evaluate("() => { document.documentElement.dataset.text = 'normal' }")
            desk.set_viewport_size({"width": 1440, "height": 900})

    return Call(desk, phone, visit["survey_id"], hands, see)


def every_way(test: Callable[..., None]) -> Callable[..., None]:
    """In both languages and both themes; in all four pairs when somebody wants the pictures."""
    chosen = WAYS if SHOTS else WAYS[:2]
    return pytest.mark.parametrize("way", chosen, ids="-".join)(test)


@every_way
def test_the_expert_works_the_light_zoom_and_camera_of_the_phone(call, way):
    joins = []
    call.phone.on("request", lambda asked: "/media" in asked.url and joins.append(asked.url))
    light = call.desk.get_by_role("button", name=re.compile("对方手电筒|Their light"))
    expect(light).to_have_attribute("aria-pressed", "false")

    call.press("t")
    expect(light).to_have_attribute("aria-pressed", "true")
    assert call.lens()["torch"] is True
    said = call.phone.locator(".guided div.guided-word")
    expect(said).to_contain_text(re.compile("专家打开了手电筒|switched the light on"))
    call.see("light")

    call.press("+", "+", "+", "-")
    lens = call.desk.locator(".lens")
    expect(lens).not_to_have_attribute("aria-busy", "true")  # 1.7 is also passed on the way
    expect(call.desk.locator(".lens .unit")).to_have_text("1.7×")
    expect(said).to_contain_text(re.compile("专家把画面拉|officer zoomed"))
    assert call.lens() == {"torch": True, "zoom": 1.7}
    said.get_by_role("button").click()
    expect(call.desk.locator(".lens .unit")).to_have_text("1.0×")
    expect(call.desk.get_by_text(re.compile("对方自己改回去了|They took it back"))).to_be_visible()
    expect(said).to_be_hidden()

    call.phone.get_by_role("button", name=re.compile("关灯|Light off")).click()
    expect(light).to_have_attribute("aria-pressed", "false")
    assert call.lens()["torch"] is False

    call.press("c")
    switched = re.compile("专家换了镜头|switched the camera")
    expect(said).to_contain_text(switched, timeout=PATIENCE)  # once it is open
    pictures_move(call.desk)
    call.see("switched")
    assert joins == []  # all on the connection that stood


@every_way
def test_the_expert_points_at_a_place_of_the_applicants_own_picture(call, way):
    call.press("p")
    pad = call.desk.locator(".pad")
    expect(pad).to_be_focused()
    box = call.desk.locator(".picture").bounding_box()  # a wide picture in it, bars above and below
    tall = box["width"] * 9 / 16
    top = box["y"] + (box["height"] - tall) / 2

    def hand(x: float, y: float) -> None:
        call.desk.mouse.move(box["x"] + box["width"] * x, top + tall * y)

    hand(0.5, 0.15)
    call.desk.mouse.down()
    call.desk.mouse.up()
    ring = call.phone.locator(".pointed")
    there(call.phone, {"x": 0.5, "y": 0.15}, fit="cover")
    expect(call.phone.get_by_text(re.compile("专家在指|officer is pointing"))).to_be_visible()
    call.press("ArrowLeft", "ArrowDown")
    there(call.phone, {"x": 0.48, "y": 0.17}, fit="cover")
    call.see("pointed")

    hand(0.1, 0.9)
    call.desk.mouse.down()
    hand(0.2, 0.8)
    # beside what the phone can show of a wide picture, so it shows the whole of it
    there(call.phone, {"x": 0.2, "y": 0.8}, fit="contain")
    call.see("pointed-whole")  # for as long as the button is held
    call.desk.mouse.up()
    expect(ring).to_be_hidden(timeout=10_000)  # five seconds after it was let go
    call.press("Escape")
    expect(pad).to_have_count(0)


def there(phone: Page, place: dict[str, float], *, fit: str) -> None:
    """Wait until the ring on the phone lies at a place of its picture, to a hundredth of it."""
    phone.wait_for_function(
        """([{x, y}, fit]) => {
            const video = document.querySelector('.call > .scene')
            const ring = document.querySelector('.pointed')
            const box = video.getBoundingClientRect()
            const ways = [box.width / video.videoWidth, box.height / video.videoHeight]
            const scale = fit === 'cover' ? Math.max(...ways) : Math.min(...ways)
            const [width, height] = [video.videoWidth * scale, video.videoHeight * scale]
            const left = box.left + (box.width - width) / 2 + x * width
            const top = box.top + (box.height - height) / 2 + y * height
            const at = ring.getBoundingClientRect()
            const off = [at.left + at.width / 2 - left, at.top + at.height / 2 - top]
            return getComputedStyle(video).objectFit === fit && !ring.hidden
                && Math.abs(off[0]) < width / 100 && Math.abs(off[1]) < width / 100
        }""",
        arg=[place, fit],
        timeout=10_000,
    )


@every_way
def test_the_expert_freezes_the_picture_and_draws_with_the_keys_alone(call, way):
    call.press("f")
    still = call.phone.locator(".frozen-still")
    expect(still).to_be_visible()
    said = call.phone.locator(".frozen .guided-word")
    expect(said).to_contain_text(re.compile("专家定住了画面|officer froze the picture"))
    expect(call.desk.locator(".drawing .pad")).to_be_focused()

    call.press("Enter", "Shift+ArrowRight", "Shift+ArrowDown", "Enter")  # an arrow
    call.press("o", "Enter", "Shift+ArrowLeft", "Shift+ArrowDown", "Enter")  # a ring
    call.press("l", "Enter", "ArrowUp", "ArrowUp", "ArrowLeft", "ArrowLeft", "Enter")
    call.press("x")
    call.desk.keyboard.type("这里漏水")
    call.press("Enter", "ArrowUp", "Enter")
    expect(still.locator(".stroke-ink")).to_have_count(4)  # an arrow has two lines
    expect(still.locator(".stroke-text")).to_have_text("这里漏水")
    call.see("drawn")

    said.get_by_role("button").click()
    expect(still).to_be_hidden()
    away = re.compile("对方看回现场了|They went back to live")
    expect(call.desk.get_by_text(away)).to_be_visible()
    call.see("drawn-away")
    said.get_by_role("button").click()
    expect(still).to_be_visible()

    call.press("Backspace")
    expect(still.locator(".stroke-text")).to_have_count(0)
    call.press("f")
    expect(call.phone.locator(".frozen")).to_be_hidden()
    expect(call.desk.locator(".drawing")).to_have_count(0)
    (piece,) = [
        one for one in call.hands.get(f"/api/v1/surveys/{call.survey}")["evidence"] if one["drawn"]
    ]
    assert piece["source"] == "server"

    call.desk.locator(".frame", has=call.desk.locator(".drawn-sign")).click()
    shown = call.desk.get_by_role("dialog").locator("img")
    expect(shown).to_have_count(2)  # the photo as it was, and as it was drawn on
    call.see("drawn-evidence")


def test_a_phone_that_can_nothing_offers_nothing_and_one_that_fails_says_so(call):
    call.phone.evaluate(
        """() => { MediaStreamTrack.prototype.applyConstraints = async () => {
            throw new DOMException('busy', 'NotReadableError')
        } }"""
    )
    call.press("t")
    expect(call.desk.get_by_text("对方手机没能开关手电筒")).to_be_visible()

    call.phone.evaluate(
        """() => {
            MediaStreamTrack.prototype.getCapabilities = () => ({})
            navigator.mediaDevices.enumerateDevices = async () => [{kind: 'videoinput'}]
        }"""
    )
    call.phone.get_by_role("button", name="换镜头").click()
    expect(call.desk.locator(".lens .tool")).to_have_count(0)
