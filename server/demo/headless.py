"""The main job without a browser: from a spreadsheet to a verified survey record.

Everything goes over HTTP and WebRTC, as a bureau's people would do it; each step is printed with
its time.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from PIL import Image, ImageDraw

from server.clock import local_day, utcnow
from server.demo.door import Answered, Door
from server.demo.peers import Kitchen, Person
from server.demo.seed import EXPERT_ACCOUNTS, PASSWORD

PLAN_SECONDS = 3
PLAN_DEADLINE_SECONDS = 40.0
#: A page asks as often.
POLL_SECONDS = 0.2
MOST_ASKED = 4  # times for a still, each of which may take some seconds
FIRST_SHOP = "张记小炒"


class StepFailed(Exception):
    """What went wrong, in words; the demonstration ends with exit code 1."""


def carry_out(base: str, workbook: bytes) -> int:
    """All steps in order. 0 only if the record exists and all its evidence verifies."""
    started = time.monotonic()
    try:
        asyncio.run(_main_job(base, workbook))
    except StepFailed as failed:
        print(f"  failed: {failed}", file=sys.stderr)
        return 1
    print(f"Done in {time.monotonic() - started:.1f} s.")
    return 0


async def _main_job(base: str, workbook: bytes) -> None:
    desk, officer, phone = Door(base), Door(base), Door(base)
    with _step("coordinator signs in"):
        _sign_in(desk, "tongchou")
    with _step("import the spreadsheet"):
        _import(desk, workbook)
    with _step("plan the next working days"):
        plan = _plan(desk)
    with _step("publish: book officers, invite applicants"):
        desk.post(f"/api/v1/plans/{plan['id']}/publication")
    round_, visit = _first_video_visit(plan)
    with _step(f"{round_['lead']['name']} signs in and begins"):
        _sign_in(officer, EXPERT_ACCOUNTS[round_["lead"]["name"]])
        sheet = officer.post(f"/api/v1/surveys/{visit['survey_id']}/start")
    with _step("applicant opens the link and agrees"):
        link = desk.post(f"/api/v1/visits/{visit['id']}/link")["url"]
        invitation = phone.post("/api/v1/join", {"token": link.partition("#")[2]})
        phone.csrf = invitation["csrf"]
        phone.post("/api/v1/applicant/consent", {"choice": "agreed", "language": "zh"})
    session = sheet["session"]["id"]
    applicant = Person(
        Kitchen(), lambda sdp: phone.post("/api/v1/applicant/media", {"sdp": sdp})["sdp"]
    )
    expert = Person(
        Kitchen(),
        lambda sdp: officer.post(f"/api/v1/sessions/{session}/media", {"sdp": sdp})["sdp"],
    )
    try:
        with _step("video both ways"):
            await applicant.join()
            await expert.join()
            await asyncio.gather(applicant.sees(), expert.sees())
        with _step("work the checklist, with photos"):
            await asyncio.to_thread(_work, officer, phone, sheet)
    finally:
        await applicant.leave()
        await expert.leave()
    with _step("sign and decide"):
        _decide(officer, phone, sheet)
    with _step("issue the record and verify the evidence"):
        _verify(officer, sheet["id"])


@contextmanager
def _step(what: str) -> Iterator[None]:
    started = time.monotonic()
    yield
    print(f"  {time.monotonic() - started:6.2f} s  {what}", flush=True)


def _sign_in(door: Door, name: str) -> None:
    door.csrf = door.post("/api/v1/sign-in", {"sign_in_name": name, "password": PASSWORD})["csrf"]


def _import(desk: Door, workbook: bytes) -> None:
    preview = desk.upload("/api/v1/imports", workbook, "待踏勘办件.xlsx", {})
    if preview["rows_refused"]:
        raise StepFailed(f"{preview['rows_refused']} rows refused: {preview['rows'][:3]}")
    done = desk.post(f"/api/v1/imports/{preview['id']}/commit")
    print(f"           {done['rows_new']} cases")


def _plan(desk: Door) -> dict[str, Any]:
    today = local_day(utcnow())
    order = {
        "first_day": today.isoformat(),
        "last_day": (today + timedelta(days=9)).isoformat(),
        "seconds": PLAN_SECONDS,
    }
    plan: dict[str, Any] = desk.post("/api/v1/plans", order)
    deadline = time.monotonic() + PLAN_DEADLINE_SECONDS
    while plan["status"] in ("queued", "running"):
        if time.monotonic() > deadline:
            raise StepFailed(f"the plan is still {plan['status']}")
        time.sleep(POLL_SECONDS)
        plan = desk.get(f"/api/v1/plans/{plan['id']}")
    if plan["status"] != "draft":
        raise StepFailed(f"the plan is {plan['status']}: {plan['error']}")
    figures = plan["figures"]
    print(f"           {figures['planned']} planned, {figures['unplanned']} not")
    return plan


def _first_video_visit(plan: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    for round_ in plan["rounds"]:
        for visit in round_["visits"]:
            if round_["mode"] == "video" and visit["premises"] == FIRST_SHOP:
                return round_, visit
    raise StepFailed(f"{FIRST_SHOP} has no video appointment")


def _work(officer: Door, phone: Door, sheet: dict[str, Any]) -> None:
    survey, number = sheet["id"], 0
    while remaining := officer.get(f"/api/v1/surveys/{survey}")["remaining"]:
        name, number = remaining[0]["point"], number + 1  # an answer may open further points
        officer.post(f"/api/v1/surveys/{survey}/point", {"point": name})
        for shot in range(remaining[0]["photos_missing"]):
            if number == 1:  # one still of the live picture, the others from the phone
                _take_still(officer, survey, name)
                continue
            photo = photo_of(f"{number}-{shot}")
            phone.upload(
                "/api/v1/applicant/evidence",
                photo,
                "photo.jpg",
                {"sha256": hashlib.sha256(photo).hexdigest(), "point": name},
            )
        officer.post(
            f"/api/v1/surveys/{survey}/answers",
            {"point": name, "value": passing_value(question(sheet["script"], name))},
        )
    print(f"           {number} points")


def _take_still(officer: Door, survey: int, point: str) -> None:
    """A still of the live picture, asked for again while the server says to: just started on a
    cold machine, it may take longer over its first one than one request may last."""
    for left in reversed(range(MOST_ASKED)):
        try:
            officer.post(f"/api/v1/surveys/{survey}/stills", {"point": point, "source": "server"})
        except Answered as refused:
            if refused.status != 503 or not left:
                raise
        else:
            return


def question(script: dict[str, Any], name: str) -> dict[str, Any]:
    """The question of a script that a point asks; ``temperature[2]`` is asked of each fridge."""
    found: dict[str, Any] = next(
        point for point in script["points"] if point["name"] == name.partition("[")[0]
    )
    return found


def passing_value(point: dict[str, Any]) -> str:
    """A value that meets the standard, and is whole wherever counts are asked for."""
    answer = point["answer"]
    if answer["kind"] == "number":
        low, high = answer["min"], answer["max"]
        if low is None:
            return f"{high // 2 if high >= 2 else high:g}"
        return f"{low + 1 if high is None else low:g}"
    passes: str = next(c["name"] for c in answer["choices"] if c["mark"] in ("met", None))
    return passes


def photo_of(words: str, size: tuple[int, int] = (4032, 3024)) -> bytes:
    """A photo of nothing in particular, 12 megapixels unless told."""
    picture = Image.new("RGB", size, "#b9c2bd")
    ImageDraw.Draw(picture).text((20, 20), words, fill="#15202b", font_size=size[1] // 8)
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=85)
    return file.getvalue()


def _decide(officer: Door, phone: Door, sheet: dict[str, Any]) -> None:
    survey = sheet["id"]
    name = [[[0.1, 0.3], [0.3, 0.1], [0.5, 0.4]], [[0.6, 0.2], [0.9, 0.3]]]
    phone.post("/api/v1/applicant/signature", {"name": "申请人", "strokes": name})
    officer.post(
        f"/api/v1/surveys/{survey}/signatures",
        {"role": "lead", "name": sheet["visit"]["lead"], "strokes": name},
    )
    now = officer.get(f"/api/v1/surveys/{survey}")
    if now["remaining"]:
        raise StepFailed(f"still missing: {now['remaining'][:3]}")
    officer.post(f"/api/v1/surveys/{survey}/verdict", {"finding": now["suggested"]})


def _verify(officer: Door, survey: int) -> None:
    pdf = officer.fetch("GET", f"/api/v1/surveys/{survey}/record.pdf?language=zh")
    if not pdf.startswith(b"%PDF-"):
        raise StepFailed("the record is no PDF")
    pieces = officer.get(f"/api/v1/surveys/{survey}")["evidence"]
    if not pieces:
        raise StepFailed("the record has no evidence")
    for piece in pieces:
        original = officer.fetch("GET", piece["original_url"])
        if hashlib.sha256(original).hexdigest() != piece["sha256"]:
            raise StepFailed(f"evidence {piece['number']} is not what was received")
    print(f"           {len(pdf) // 1024} KB, {len(pieces)} originals verified")
