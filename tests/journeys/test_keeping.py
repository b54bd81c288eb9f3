"""How long recordings are kept, on the pages: decided, held, proposed, confirmed by another."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import expect

PHONE = {"viewport": {"width": 390, "height": 844}}
CLOSED = "2023-05-10T08:00:00Z"
DISPOSAL = {
    "id": 7, "case_id": 3, "number": "未央办〔2023〕0003", "months": 36, "closed_at": CLOSED,
    "status": "proposed", "proposed_by": "weiyang", "proposed_at": "2026-11-26T02:00:00Z",
    "confirmed_by": "", "confirmed_at": None, "done_at": None,
}  # fmt: skip
DONE = DISPOSAL | {
    "status": "done", "confirmed_by": "guanli", "confirmed_at": "2026-11-27T02:00:00Z",
    "done_at": "2026-11-27T02:00:09Z",
}  # fmt: skip
HOLD = {"reason": "申请人申请行政复议", "by": "weiyang", "at": "2026-11-26T02:00:00Z"}
FILES = [
    {"side": "applicant", "name": f"{n:06}.mkv", "sha256": f"{n:02x}" * 32, "bytes": 1_400_000,
     "starts_at": CLOSED, "seconds": 8.0, "gone_at": CLOSED, "shared": n == 2}
    for n in (1, 2, 3)
]  # fmt: skip


def kept(number: int, **more):
    return {
        "id": number, "number": f"未央办〔2023〕000{number}", "closed_at": CLOSED,
        "item_type": "食品经营许可（小型餐饮）", "item_type_en": "Food licence (small restaurant)",
        "due_on": "2026-05-10", "calls": 1, "files": 214, "bytes": 340_000_000, "hold": None,
        "disposals": [],
    } | more  # fmt: skip


def told(page, address: str, body) -> None:
    page.route(re.compile(address), lambda route: route.fulfill(body=json.dumps(body)))


@pytest.mark.parametrize("size", ["desk", "phone"])
@pytest.mark.parametrize("english", [False, True], ids=["zh", "en"])
def test_what_is_due_is_listed_with_what_may_be_done(people, demo, look, english, size):
    options = PHONE if size == "phone" else {}
    page = people.desk("tongchou", english=english, **options)
    items = [kept(1), kept(2, hold=HOLD), kept(3, disposals=[DISPOSAL]), kept(4)]
    told(page, r"/recordings-due", {"months": 36, "items": items, "next": None})
    told(page, r"/disposals\?", {"items": [DONE], "next": None})
    told(page, r"/disposals/7$", DONE | {"files": FILES})
    where = f"{demo.address}/coordinator/#/keeping"
    ways = f"{'en' if english else 'zh'}-{size}"

    page.goto(where)
    page.reload()
    expect(page.get_by_text("未央办〔2023〕0004")).to_be_visible()
    look(page, f"keeping-due-{ways}")
    for number, words in ((1, "提出销毁"), (2, "解除封存"), (3, "复核，销毁 214 个文件")):
        page.goto(f"{where}/{number}?view=due")
        if not english:
            button = page.locator("aside").get_by_role("button", name=words)
            expect(button).to_be_visible()
        look(page, f"keeping-{number}-{ways}")
    page.goto(f"{where}/7?view=ended")
    expect(page.get_by_text("01" * 32)).to_be_visible()
    look(page, f"keeping-trace-{ways}")


@pytest.mark.parametrize("english", [False, True], ids=["zh", "en"])
def test_an_administrator_decides_how_long_and_sees_no_other_place(people, demo, look, english):
    ways = "en" if english else "zh"
    page = people.desk("guanli", english=english)
    page.wait_for_load_state("networkidle")
    expect(page.locator("nav.tabs a")).to_have_count(3)
    look(page, f"keeping-undecided-{ways}")
    page.goto(f"{demo.address}/coordinator/#/settings")
    read = page.locator("blockquote")
    chosen = page.locator("input[name=records]")
    expect(chosen.first).to_be_checked()
    chosen.last.check(force=True)
    expect(read).to_contain_text("No video is kept" if english else "不录像，会拍照")
    look(page, f"settings-off-{ways}")
    chosen.first.check(force=True)
    expect(read).to_contain_text("as long as the file" if english else "和案卷保存一样久")
    months = page.locator("#months")
    months.fill("0")
    expect(page.locator(".choices [role=alert]")).to_be_visible()
    look(page, f"settings-wrong-{ways}")
    months.fill("36")
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_be_visible()
    expect(read).to_contain_text("36")
    look(page, f"settings-{ways}")
    months.fill("")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button").filter(has_text=re.compile("保存|Save"))).to_have_attribute(
        "aria-disabled", "true"
    )
