"""The survey record: 30 points and 20 photos set as PDF/A."""

from __future__ import annotations

import io
import statistics
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image
from rows import Row

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from inspection.record.render import render
from inspection.record.survey import (
    Applicant,
    Case,
    Evidence,
    Finding,
    Language,
    Mode,
    Officer,
    Point,
    Premises,
    Result,
    Role,
    Script,
    Source,
    Summary,
    SurveyRecord,
)

POINTS, PHOTOS = 30, 20
AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
QUICK, FULL = 3, 11


def measure(quick: bool) -> list[Row]:
    """The median of several different records; the first of the process on its own."""
    first, *others = [_seconds(number) for number in range(1 + (QUICK if quick else FULL))]
    name = f"record of {POINTS} points and {PHOTOS} photos"
    return [
        Row(f"{name}, first of a process", first, "s", "<= 3"),
        Row(f"{name}, median", statistics.median(others), "s", "<= 3"),
    ]


def _seconds(number: int) -> float:
    record = _record(number)
    begun = time.perf_counter()
    pdf = render(record)
    taken = time.perf_counter() - begun
    if not pdf.startswith(b"%PDF-"):
        raise RuntimeError("no PDF came out")
    return taken


def _record(number: int) -> SurveyRecord:
    return SurveyRecord(
        number=f"2026-{number}",
        language=Language.ZH,
        bureau="未央区行政审批服务局",
        case=Case("未央食许 2026-11-0387", "食品经营许可（小型餐饮·热食类制售）"),
        applicant=Applicant("张记小炒", "92***********0001", "199****0001"),
        premises=Premises("张记小炒", "西安市未央区凤城五路 12 号"),
        mode=Mode.VIDEO,
        started_at=AT,
        ended_at=AT,
        officers=(Officer("李敏", Role.LEAD, "陕A-001"),),
        observers=(),
        script=Script("小型餐饮", "2026-11-22", "a" * 64),
        points=tuple(
            Point(
                number=str(one),
                section=f"第 {1 + one // 10} 组",
                check="清洗水池、洗手池与上下水",
                standard="动物性、植物性、水产品三类原料清洗水池分开，标识清楚、上下水通畅",
                result=Result.PASS,
                evidence=(f"{one:03}",) if one <= PHOTOS else (),
            )
            for one in range(1, POINTS + 1)
        ),
        evidence=tuple(_piece(one, number) for one in range(1, PHOTOS + 1)),
        finding=Finding.PASS,
        summary=Summary("Two officers surveyed the place by live video."),
        opinion="",
        rectifications=(),
        rectify_by=None,
        statement="",
        signatures=(),
        made_at=AT,
    )


def _piece(one: int, number: int) -> Evidence:
    file = io.BytesIO()
    Image.effect_noise((480, 360), 20 + one + number).convert("RGB").save(file, "JPEG", quality=80)
    return Evidence(f"{one:03}", "水池", Source.PHONE, AT, AT, 3_400_000, "b" * 64, file.getvalue())
