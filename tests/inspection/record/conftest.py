"""A survey of a small restaurant, as large and in the language a test asks for."""

import hashlib
import io
import math
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from inspection.record.survey import (
    Applicant,
    Capacity,
    Case,
    Evidence,
    Finding,
    Language,
    Mode,
    Observer,
    Officer,
    Point,
    Premises,
    Rectification,
    Result,
    Role,
    Script,
    Signature,
    Source,
    Strokes,
    Summary,
    SurveyRecord,
)

START = datetime(2026, 11, 24, 2, 20, tzinfo=UTC)

ZH = [
    ("店外", "与污染源的距离", "距暴露垃圾场（站）、旱厕等污染源 25 m 以上。", "40 m"),
    ("店外", "门头、地址与申请一致", "门头招牌、门牌号与申请材料所载一致。", ""),
    ("后厨", "布局与加工流程", "按原料进入、加工制作、成品供应的流程布局，防止交叉污染。", ""),
    (
        "后厨",
        "清洗水池、洗手池与上下水",
        "动物性、植物性、水产品三类原料清洗水池分开或能避免交叉；餐用具水池与原料水池分开，"
        "拖把池另设；有洗手池和洗手液；标识清楚、上下水通畅。",
        "4 个",
    ),
    ("后厨", "冷藏温度与生熟分开", "冷藏温度 0 ℃ 至 8 ℃，生熟食品分柜或分层存放。", "5.5 ℃"),
    ("人员与资料", "健康证明与食品安全员", "从业人员健康证明在有效期内，配有食品安全员。", "3 人"),
]
EN = [
    ("Outside", "Distance from sources of pollution", "At least 25 m from open refuse.", "40 m"),
    ("Outside", "Sign and address as applied for", "Sign and street number match the file.", ""),
    ("Kitchen", "Layout and flow of work", "From raw to cooked, without crossing.", ""),
    (
        "Kitchen",
        "Sinks, hand basin and drainage",
        "Separate sinks for meat, vegetables and fish; a sink for tableware and one for mops; a "
        "hand basin with soap; labels legible, water runs and drains.",
        "4 sinks",
    ),
    ("Kitchen", "Cold storage", "0 °C to 8 °C, raw and cooked food apart.", "5.5 °C"),
    ("Staff and papers", "Health certificates", "Valid for everyone; a food safety officer.", "3"),
]


def photo(number: int) -> bytes:
    """A thumbnail of a sink, each different enough to weigh what a real one weighs."""
    random = np.random.default_rng(number)
    noise = random.integers(0, 60, (360, 480, 3), dtype=np.uint8)
    image = Image.fromarray(np.uint8(150) + noise)
    draw = ImageDraw.Draw(image)
    draw.rectangle((60, 190, 420, 320), fill=(110, 120, 128))
    draw.arc((200, 60, 300, 180), 180, 360, fill=(70, 80, 86), width=14)
    file = io.BytesIO()
    image.save(file, "JPEG", quality=80)
    return file.getvalue()


def signature(seed: int) -> Strokes:
    """Three strokes somebody might have drawn with a finger, in a square of width 1."""
    return Strokes(
        tuple(
            tuple(
                (
                    0.1 + 0.25 * stroke + 0.011 * step,
                    0.3 + 0.12 * math.sin(step / 2.5 + seed + stroke) - 0.004 * step * (stroke - 1),
                )
                for step in range(24)
            )
            for stroke in range(3)
        )
    )


@pytest.fixture(scope="session")
def record_of() -> Callable[..., SurveyRecord]:
    """Build a record of so many points and photos; any field can be given instead."""

    def build(
        language: Language = Language.ZH, *, points: int = 6, photos: int = 2, **given: Any
    ) -> SurveyRecord:
        chinese = language is Language.ZH
        texts = ZH if chinese else EN
        rows = [texts[i * len(texts) // points] for i in range(points)]
        results = {3: Result.FAIL, 5: Result.NOT_APPLICABLE, 11: Result.FAIL}
        failed = ("水产池没有标识，见照片。", "No label on the fish sink; see photo.")[not chinese]
        fields: dict[str, Any] = {
            "number": "TK-2026-1124-0387",
            "language": language,
            "bureau": "西安市未央区行政审批服务局"
            if chinese
            else "Weiyang District Administrative Approval Bureau, Xi’an",
            "case": Case(
                "未央食许 2026-11-0387",
                "食品经营许可（小型餐饮·热食类制售）"
                if chinese
                else "Food licence: small restaurant, hot dishes",
            ),
            "applicant": Applicant("张桂兰", "610***********1234", "138****5678"),
            "premises": Premises(
                "张记小炒" if chinese else "Zhang’s Kitchen",
                "陕西省西安市未央区凤城八路 168 号一层"
                if chinese
                else "Ground floor, 168 Fengcheng 8th Road, Weiyang District, Xi’an",
                "108.9402 E, 34.3471 N（WGS-84），±12 m"
                if chinese
                else "108.9402 E, 34.3471 N (WGS-84), ±12 m",
            ),
            "mode": Mode.VIDEO,
            "started_at": START,
            "ended_at": START + timedelta(minutes=32),
            "officers": (
                Officer("李敏", Role.LEAD, "XA-K-0117"),
                Officer("王建国", Role.SECOND, "XA-K-0042"),
            ),
            "observers": (Observer("赵晓梅", Capacity.CITIZEN, START + timedelta(minutes=4)),),
            "script": Script(
                "小型餐饮踏勘脚本" if chinese else "Small restaurant",
                "3",
                hashlib.sha256(b"script").hexdigest(),
            ),
            "points": tuple(
                Point(
                    number=str(i + 1),
                    section=section,
                    check=check,
                    standard=standard,
                    result=results.get(i, Result.PASS),
                    answer=answer,
                    note=failed if results.get(i) is Result.FAIL else "",
                    key=i % 3 == 0,
                    evidence=(f"{i + 1:03}",) if i < photos else (),
                )
                for i, (section, check, standard, answer) in enumerate(rows)
            ),
            "evidence": tuple(
                Evidence(
                    number=f"{i + 1:03}",
                    point=str(i % max(points, 1) + 1),
                    source=Source.SERVER if i % 4 == 3 else Source.PHONE,
                    taken_at=START + timedelta(minutes=i, seconds=3),
                    received_at=START + timedelta(minutes=i, seconds=5),
                    size=3_420_044 + i * 31_007,
                    sha256=hashlib.sha256(b"%d" % i).hexdigest(),
                    thumbnail=photo(i),
                )
                for i in range(photos)
            ),
            "finding": Finding.RECTIFY,
            "summary": Summary(
                "2026年11月24日 10:20 起，李敏、王建国以远程视频方式踏勘张记小炒。"
                if chinese
                else "From 24 November 2026, 10:20: Li Min and Wang Jianguo surveyed the shop."
            ),
            "opinion": "后厨水池标识不全，其余符合要求；整改后提交照片复核，不再到场。"
            if chinese
            else "Labels at the sinks are incomplete, all else complies. Photographs suffice.",
            "rectifications": (
                Rectification(
                    "4",
                    "为水产品清洗水池加贴标识，标识应防水、字迹清楚。"
                    if chinese
                    else "Put a waterproof, legible label on the sink for fish.",
                ),
            ),
            "rectify_by": date(2026, 12, 4),
            "statement": "",
            "signatures": (
                Signature("李敏", Role.LEAD, START + timedelta(minutes=33), signature(1)),
                Signature("王建国", Role.SECOND, START + timedelta(minutes=34), signature(2)),
                Signature("张桂兰", Role.APPLICANT, START + timedelta(minutes=35), signature(3)),
            ),
            "made_at": START + timedelta(minutes=36),
        }
        return SurveyRecord(**(fields | given))

    return build
