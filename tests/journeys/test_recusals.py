"""An applicant objects to an officer: written down at the case, and somebody else comes."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from server.clock import local_day, utcnow
from server.demo.seed import EXPERT_ACCOUNTS
from tests.journeys.conftest import (
    DESK,
    PATIENCE,
    own_demonstration,
    own_plan,
    signed_in,
    turn_to_the_week_of,
)
from tests.journeys.test_states import work

PHONE = {"width": 390, "height": 844}
WAYS = [
    ("zh", "light", "desk"),
    ("en", "dark", "phone"),
    ("zh", "dark", "phone"),
    ("en", "light", "desk"),
]
BROKEN = re.compile("1 个约定有人来不了|1 appointment cannot be kept")
REASONS = {"zh": "申请人的姐姐", "en": "The applicant’s sister"}


demo = own_demonstration()  # what they adjust, others would look for in vain
published = own_plan()


@pytest.fixture(scope="module")
def appointments(published, demo) -> list[dict[str, Any]]:
    """Those from tomorrow on, each with its round: `pop` is one that no test has had."""
    days = [local_day(utcnow()) + timedelta(days=n) for n in (1, 10)]
    rounds = signed_in(demo, "tongchou").get(f"/api/v1/board?from={days[0]}&to={days[1]}")["rounds"]
    return [
        {**visit, "round": round_}
        for round_ in reversed(rounds)
        for visit in reversed(round_["visits"])
        if round_["status"] == "published"
    ]


@pytest.fixture
def take(appointments) -> Callable[[str], dict[str, Any]]:
    """`take(mode)`: an appointment of that mode which no test has had."""

    def choose(mode: str) -> dict[str, Any]:
        found = next(one for one in reversed(appointments) if one["round"]["mode"] == mode)
        appointments.remove(found)
        return found

    return choose


@pytest.fixture
def desk(people, demo) -> Callable[..., Page]:
    """A page of the coordinator's desk, or of an officer's."""

    def open_at(
        place: str,
        language: str = "zh",
        theme: str = "light",
        size: str = "desk",
        name: str = "tongchou",
    ) -> Page:
        options = {"viewport": PHONE} if size == "phone" else {}
        page: Page = people.desk(name, english=language == "en", **options)
        page.context.add_cookies([{"name": "theme", "value": theme, "url": demo.address}])
        page.goto(f"{demo.address}/{place}")
        page.reload()
        page.wait_for_load_state("networkidle")
        return page

    return open_at


def section(page: Page) -> Locator:
    return page.get_by_role("region", name=re.compile("^(回避|Recusals)$"))


def press(within: Any, chinese: str, english: str) -> None:
    within.get_by_role("button", name=re.compile(f"^({chinese}|{english})")).press("Enter")


def record(page: Page, who: str, reason: str) -> None:
    """By keys alone."""
    press(section(page), "登记回避", "Record a recusal")
    choice = page.get_by_label(re.compile("谁要回避|Who must not judge"))
    expect(choice).to_be_focused()
    choice.select_option(who)
    page.keyboard.press("Tab")
    page.keyboard.type(reason)
    page.keyboard.press("Enter")
    expect(section(page).get_by_role("listitem").filter(has_text=who)).to_be_visible()


def day_of(visit: dict[str, Any]) -> date:
    return local_day(datetime.fromisoformat(visit["starts_at"]))


@pytest.mark.parametrize("way", WAYS, ids="-".join)
def test_a_recusal_is_recorded_taken_back_and_kept_in_the_history(desk, appointments, look, way):
    visit = appointments.pop()
    language, name = way[0], "-".join(way)
    who = visit["round"]["lead"]["name"]
    page = desk(f"coordinator/#/cases/{visit['case_id']}", *way)
    part = section(page)
    part.scroll_into_view_if_needed()
    expect(part).to_contain_text(re.compile("没有登记回避|Nobody is recused"))
    look(page, f"recusals-none-{name}")

    press(part, "登记回避", "Record a recusal")
    part.get_by_role("button").first.scroll_into_view_if_needed()
    look(page, f"recusals-adding-{name}")
    press(part, "先不登记", "Not now")
    expect(part.get_by_role("heading")).to_be_focused()
    record(page, who, REASONS[language])

    expect(part.get_by_role("heading")).to_be_focused()
    expect(page.locator(".toast")).to_contain_text(who)
    history = page.locator(".history").get_by_text(re.compile("回避：已登记|Recusal: recorded"))
    expect(history).to_be_visible()
    notice = page.locator(".survey .notice").filter(has_text=who)
    expect(notice.get_by_role("link")).to_be_visible()
    part.scroll_into_view_if_needed()
    look(page, f"recusals-recorded-{name}")
    history.scroll_into_view_if_needed()
    look(page, f"recusals-history-{name}")
    press(page.locator(".toast"), "撤销", "Withdraw")
    expect(page.locator(".toast")).to_contain_text(re.compile("不用回避|not recused any more"))
    expect(part.get_by_role("listitem")).to_have_count(0)
    expect(notice).to_have_count(0)

    press(page.locator(".toast"), "重新登记", "Record again")
    press(part.get_by_role("listitem"), "撤销", "Withdraw")
    expect(part.get_by_role("listitem")).to_have_count(0)


def test_who_is_recused_twice_over_is_refused_in_words(desk, appointments, coordinator, look):
    visit = appointments.pop()
    page = desk(f"coordinator/#/cases/{visit['case_id']}")
    press(section(page), "登记回避", "Record")
    page.get_by_label("谁要回避").select_option(visit["round"]["lead"]["name"])
    page.get_by_label("理由").fill("有投资")
    told = {"expert_id": visit["round"]["lead"]["id"], "reason": "近亲属"}
    path = f"/api/v1/cases/{visit['case_id']}/recusals"
    made = coordinator.post(path, told)  # another coordinator, meanwhile

    page.keyboard.press("Enter")

    expect(section(page).get_by_role("alert")).to_contain_text("已经登记过回避")
    section(page).get_by_role("alert").scroll_into_view_if_needed()
    look(page, "recusals-refused")
    coordinator.post(f"{path}/{made['id']}", method="DELETE")


def test_a_supervisor_reads_and_changes_nothing(desk, appointments, coordinator, look):
    visit = appointments.pop()
    path = f"/api/v1/cases/{visit['case_id']}/recusals"
    told = {"expert_id": visit["round"]["lead"]["id"], "reason": "近亲属"}
    made = coordinator.post(path, told)

    page = desk(f"coordinator/#/cases/{visit['case_id']}", name="jiandu")

    expect(section(page).get_by_role("listitem")).to_contain_text("近亲属")
    expect(section(page).get_by_role("button")).to_have_count(0)
    section(page).scroll_into_view_if_needed()
    look(page, "recusals-supervisor")
    coordinator.post(f"{path}/{made['id']}", method="DELETE")


@pytest.mark.parametrize("way", WAYS[:2], ids="-".join)
def test_somebody_else_comes_to_an_applicant_who_objects(
    desk, appointments, coordinator, look, way
):
    visit = appointments.pop()
    name, lead = "-".join(way), visit["round"]["lead"]["name"]
    page = desk(f"coordinator/#/cases/{visit['case_id']}", *way)
    record(page, lead, REASONS[way[0]])

    page.locator(".survey .notice").get_by_role("link").press("Enter")
    turn_to_the_week_of(page, day_of(visit))
    needs = page.locator(".needs")
    expect(needs).to_contain_text(BROKEN)
    page.locator(".trip.broken, .videos:has(.broken)").first.click()
    page.wait_for_load_state("networkidle")
    look(page, f"recusals-board-{name}")
    mark = page.locator(".detail .chip.fail").filter(has_text=lead).first
    mark.evaluate("mark => mark.scrollIntoView({block: 'center'})")
    look(page, f"recusals-stop-{name}")
    press(needs, "调整方案", "Adjust the plan")
    expect(page.locator(".changes").first).to_be_visible(timeout=PATIENCE)
    look(page, f"recusals-proposal-{name}")
    press(page.locator("dialog"), "按此调整", "Adjust, ")
    expect(page.locator("dialog")).to_have_count(0, timeout=PATIENCE)
    expect(needs.filter(has_text=BROKEN)).to_have_count(0)  # who found no place may be urgent

    case = coordinator.get(f"/api/v1/cases/{visit['case_id']}")
    after = case["surveys"][-1]["visit"]
    assert after is None or lead not in (after["lead"], after["second"])


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_applicant_in_the_call_reads_that_it_is_put_off(
    people, take, coordinator, sign_in, look, demo, language
):
    visit = take("video")
    account = EXPERT_ACCOUNTS[visit["round"]["lead"]["name"]]
    link = coordinator.post(f"/api/v1/visits/{visit['id']}/link")["url"]
    phone = people.phone(english=language == "en")
    phone.goto(link)
    phone.get_by_role("button", name=re.compile("同意并开始|Agree and start")).click()
    phone.get_by_role("button", name=re.compile("开始通话|Start the call")).click()
    early = re.compile("可以先挂断|You may end the call")  # the appointment is days away
    expect(phone.locator(".call")).to_contain_text(early)
    sign_in(account).post(f"/api/v1/surveys/{visit['survey_id']}/start")
    recuse(coordinator, visit, visit["round"]["lead"])

    coordinator.post(f"/api/v1/surveys/{visit['survey_id']}/another-crew")

    heading = re.compile("看现场的时间往后推了|Your visit is put off")
    expect(phone.get_by_role("heading", name=heading)).to_be_focused()
    expect(phone.locator("main")).to_contain_text(
        re.compile("您什么都不用做|nothing you need to do")
    )
    expect(phone.locator("video")).to_have_count(0)
    number = phone.get_by_role("link", name=re.compile("打电话问审批局|Phone the bureau"))
    expect(number).to_have_attribute("href", re.compile("^tel:"))
    look(phone, f"put-off-{language}")

    desk = people.open({"viewport": DESK}, english=language == "en")
    desk.route("**/api/v1/join", lambda route: route.abort())
    desk.goto(link)  # opened anew: from the message, or on another machine
    expect(desk.get_by_role("heading", name=re.compile("连不上网络|No connection"))).to_be_visible()
    desk.unroute("**/api/v1/join")  # the network is back, and the page notices by itself
    expect(desk.get_by_role("heading", name=heading)).to_be_visible()
    look(desk, f"put-off-desk-{language}")
    desk.get_by_role("button", name=re.compile("^(中文|English)$")).click()
    other = {"zh": "Your visit is put off", "en": "看现场的时间往后推了"}[language]
    expect(desk.get_by_role("heading", name=other)).to_be_visible()


def recuse(coordinator, visit: dict[str, Any], who: dict[str, Any]) -> str:
    """By another coordinator, meanwhile: the address of the recusal."""
    path = f"/api/v1/cases/{visit['case_id']}/recusals"
    made = coordinator.post(path, {"expert_id": who["id"], "reason": "近亲属"})
    return f"{path}/{made['id']}"


START = ("开始踏勘|到了，开始踏勘", "Start the survey|Arrived, start the survey")


@pytest.mark.parametrize("way", WAYS, ids="-".join)
@pytest.mark.parametrize("mode", ["video", "on_site"])
def test_an_officer_reads_that_they_are_recused_before_they_start_or_sign(
    desk, take, coordinator, sign_in, look, way, mode
):
    visit, name = take(mode), f"{mode}-{'-'.join(way)}"
    lead = visit["round"]["lead"]
    account = EXPERT_ACCOUNTS[lead["name"]]
    you = {"zh": "您要回避这个申请人", "en": "You must not judge this applicant"}[way[0]]
    size = "phone" if mode == "on_site" else "desk"
    recusal = recuse(coordinator, visit, lead)

    page = desk(f"expert/#day={day_of(visit)}", way[0], way[1], way[2], name=account)
    mark = page.locator(".visit", has_text=visit["number"]).locator(".chip.fail")
    expect(mark).to_contain_text(re.compile("您要回避|You: recused"))
    mark.scroll_into_view_if_needed()
    look(page, f"recused-day-{name}")
    page = desk(f"expert/#survey={visit['survey_id']}", way[0], way[1], size, name=account)
    expect(page.get_by_role("status").filter(has_text=you)).to_be_visible()
    start = page.get_by_role("button", name=re.compile("|".join(START)))
    expect(start).to_have_attribute("aria-disabled", "true")
    expect(start).to_have_accessible_description(re.compile(you))
    start.press("Enter")
    look(page, f"recused-before-{name}")

    coordinator.post(recusal, method="DELETE")
    sign_in(account).post(f"/api/v1/surveys/{visit['survey_id']}/start")
    recuse(coordinator, visit, lead)
    page.reload()
    expect(page.get_by_role("status").filter(has_text=you)).to_be_visible()
    look(page, f"recused-under-way-{name}")
    work(sign_in(account), visit["survey_id"])
    page.reload()
    page.wait_for_load_state("networkidle")
    if mode == "on_site":
        page.get_by_role("button", name=re.compile("全部要点|All points")).press("Enter")
    expect(page.get_by_text(re.compile("^(您要回避|You: recused)$"))).to_be_visible()
    verdict = page.get_by_role("button", name=re.compile("^(出结论|Give the verdict)$")).last
    expect(verdict).to_have_attribute("aria-disabled", "true")
    look(page, f"recused-all-answered-{name}")
    page.get_by_text(re.compile("^(对方可签字|Applicant may sign)")).first.press("Enter")
    signing = page.get_by_role("dialog", name=re.compile("签字|Signatures"))
    signing.get_by_role("button", name=re.compile("^(主办|Lead)")).press("Enter")
    expect(signing.get_by_text(you)).to_be_visible()
    expect(signing.locator("svg.pen")).to_have_count(0)
    look(page, f"recused-signing-{name}")


@pytest.mark.parametrize("way", WAYS, ids="-".join)
def test_what_has_begun_goes_back_to_planning_for_another_crew(
    desk, take, coordinator, sign_in, look, way
):
    mode, name = ("video" if way[2] == "desk" else "on_site"), "-".join(way)
    visit = take(mode)
    lead = visit["round"]["lead"]
    account = EXPERT_ACCOUNTS[lead["name"]]
    sign_in(account).post(f"/api/v1/surveys/{visit['survey_id']}/start")
    work(sign_in(account), visit["survey_id"])
    officer = desk(f"expert/#survey={visit['survey_id']}", *way, name=account)
    recuse(coordinator, visit, lead)

    page = desk(f"coordinator/#/cases/{visit['case_id']}", *way)
    survey = page.locator(".survey")
    expect(survey).to_contain_text(lead["name"])
    press(survey, "回到待排，换人", "Send it back, for another crew")
    told = survey.get_by_role("group", name=re.compile("回到待排以后|Once it is back"))
    expect(told.locator("b")).to_be_focused()
    expect(told.get_by_role("listitem")).to_have_count(3)
    told.scroll_into_view_if_needed()
    look(page, f"send-back-asking-{name}")
    press(told, "先不动", "Leave it as it is")
    expect(told).to_have_count(0)
    again = survey.get_by_role("button", name=re.compile("回到待排，换人|Send it back, for"))
    expect(again).to_be_focused()
    again.press("Enter")
    press(told, "现在回到待排", "Send it back now")

    back = re.compile("已回到待排|Back in planning")
    expect(page.locator(".toast")).to_contain_text(back, timeout=PATIENCE)
    expect(page.locator(".sheet-head h2")).to_be_focused()
    expect(page.locator(".history").first).to_contain_text(f"{lead['name']} · 近亲属")
    look(page, f"send-back-done-{name}")
    page.locator(".history").first.scroll_into_view_if_needed()
    look(page, f"send-back-history-{name}")
    expect(officer.get_by_role("alert")).to_contain_text(
        re.compile("另行安排了|not yours any more")
    )
    look(officer, f"send-back-officer-{name}")
    case = coordinator.get(f"/api/v1/cases/{visit['case_id']}")
    assert (case["status"], case["surveys"][-1]["status"]) == ("received", "open")
