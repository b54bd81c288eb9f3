"""A guidance session: announced, presented, watched from two phones, asked in, looked at again."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from server.clock import local_day, utcnow
from tests.journeys.conftest import PATIENCE

TITLE = "开餐馆，现场怎么备"


def test_two_phones_watch_a_session_ask_and_look_at_it_again(people, demo, look):
    desk = people.desk("tongchou")
    link = _announce(desk, look)
    phone, other = people.phone(), people.phone(english=True)
    for page in (phone, other):
        page.goto(link)
        expect(page.get_by_role("heading", name=TITLE)).to_be_visible()
        assert "#" not in page.url  # the token does not stay in the address
    look(phone, "viewer-announced")

    presenter = people.desk("limin")
    presenter.get_by_role("link", name=re.compile("^去直播间")).click()
    begin = presenter.get_by_role("button", name="开始直播")
    expect(presenter.get_by_text("现在只有您看得到")).to_be_visible()
    look(presenter, "presenter-before")
    begin.click()
    expect(presenter.get_by_text("观众看到的", exact=True)).to_be_visible()

    phone.get_by_role("button", name="看直播").click()
    other.get_by_role("button", name="Watch now").click()
    for page in (phone, other):
        _sees_pictures_move(page)
    expect(presenter.get_by_text("2 人在看")).to_be_visible(timeout=PATIENCE)
    look(other, "viewer-live-en")

    phone.get_by_label("我想问").fill("厨房要拍几张照片？")
    phone.get_by_role("button", name="把问题发出去").click()
    expect(phone.get_by_text("发出去了，主讲看得到")).to_be_visible()
    other.get_by_label("My question").fill("How long does it take?")
    other.get_by_role("button", name="Send the question").click()
    expect(other.get_by_text("Sent; the presenter sees it")).to_be_visible()

    presenter.get_by_role("button", name=re.compile("^现在答.*厨房")).click()
    expect(phone.get_by_role("heading", name="正在回答您的问题")).to_be_visible(timeout=PATIENCE)
    look(phone, "viewer-live")
    look(presenter, "presenter-live")
    desk.get_by_role("button", name=re.compile("^不显示.*How long")).click()
    expect(other.get_by_text("How long does it take?")).to_have_count(0, timeout=PATIENCE)
    look(desk, "desk-guidance-live")
    _sees_pictures_move(phone)

    presenter.get_by_role("button", name="结束直播").click()
    look(presenter, "presenter-ending")
    presenter.get_by_role("button", name="现在结束").click()
    expect(presenter.get_by_text("讲完了，辛苦")).to_be_visible()
    _looks_again(phone, look)
    look(presenter, "presenter-over")

    desk.get_by_role("button", name="关闭链接").click()
    desk.get_by_role("button", name="关闭", exact=True).click()
    expect(desk.get_by_text("链接已经关闭")).to_be_visible()
    late = people.phone()
    late.route("**/api/v1/watch", lambda route: route.abort())
    late.goto(link)
    expect(late.get_by_role("heading", name="连不上网络")).to_be_visible()
    late.unroute("**/api/v1/watch")
    late.get_by_role("button", name="再试一次").click()
    expect(late.get_by_role("heading", name="这个链接不能用了")).to_be_visible()
    look(late, "viewer-closed")


def _announce(desk: Page, look) -> str:
    desk.locator("nav").get_by_text("直播", exact=True).click()
    expect(desk.get_by_text("还没有预告的直播")).to_be_visible()
    look(desk, "desk-guidance-empty")
    desk.get_by_role("button", name="预告一场直播").last.click()
    desk.get_by_label("题目", exact=True).fill(TITLE)
    desk.get_by_label("主讲").select_option(label="李敏")
    desk.get_by_label("事项").select_option(index=1)
    desk.get_by_label("日期").fill(local_day(utcnow()).isoformat())  # in the evening it is tomorrow
    look(desk, "desk-guidance-announcing")
    desk.get_by_role("button", name="预告，拿链接").click()
    field = desk.get_by_role("textbox", name="给观众的链接")
    expect(field).to_be_visible()
    look(desk, "desk-guidance-announced")
    return field.input_value()


def _sees_pictures_move(page: Page) -> None:
    page.wait_for_function(
        """from => {
            const video = document.querySelector("video")
            if (!video?.videoWidth) return false
            const frames = video.getVideoPlaybackQuality().totalVideoFrames
            from.first ??= frames
            return frames > from.first + 2 && !video.paused
        }""",
        arg=page.evaluate_handle("() => ({})"),
        polling=100,
        timeout=30_000,
    )


def _looks_again(phone: Page, look) -> None:
    """The same page is the replay; the question leads to where it was answered."""
    answered = phone.get_by_role("button", name=re.compile("厨房要拍几张照片"))
    expect(answered).to_be_visible(timeout=60_000)
    answered.click()
    phone.wait_for_function(
        """() => {
            const seen = document.querySelector("video:not([hidden])")
            return seen.videoWidth >= 640 && seen.currentTime > 0 && !seen.paused
        }"""
    )
    phone.get_by_role("button", name="停", exact=True).click()
    look(phone, "viewer-replay")
