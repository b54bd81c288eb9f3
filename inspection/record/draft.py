"""The summary of a survey record (踏勘记录), written from what was found, at any moment."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from inspection.record.survey import (
    Capacity,
    Language,
    Mode,
    Observer,
    Officer,
    Point,
    Premises,
    Result,
    Role,
)
from inspection.record.times import moment, span


@dataclass(frozen=True, slots=True)
class Facts:
    """What a summary tells. Times are aware; texts are in the language it is written in.

    `ended_at` is None while the survey goes on, `photos` how many count, `open_points` how many
    are asked and not answered yet.
    """

    mode: Mode
    started_at: datetime | None
    ended_at: datetime | None
    officers: tuple[Officer, ...]
    observers: tuple[Observer, ...]
    premises: Premises
    applicant: str
    contact: str
    script: str
    points: tuple[Point, ...]
    photos: int
    open_points: int


def summary(facts: Facts, language: Language) -> str:
    """Who saw what, when and how, how many points were checked, and which are not met."""
    return _chinese(facts) if language is Language.ZH else _english(facts)


def _chinese(facts: Facts) -> str:
    counts = Counter(point.result for point in facts.points)
    roles = {Role.LEAD: "主办", Role.SECOND: "协办"}
    officers = "、".join(f"{one.name}（{roles[one.role]}）" for one in facts.officers)
    how = "以远程视频方式" if facts.mode is Mode.VIDEO else "到现场"
    contact = f"，联系人{facts.contact}" if facts.contact else ""
    text = f"{_when(facts, Language.ZH)}踏勘人员{officers}{how}踏勘{facts.premises.name}"
    text += f"（{facts.premises.address}）。申请人{facts.applicant}{contact}。"
    if facts.observers:
        kinds = {Capacity.CITIZEN: "（社会监督员）", Capacity.SUPERIOR: "（上级）"}
        watched = "、".join(one.name + kinds.get(one.capacity, "") for one in facts.observers)
        text += f"经申请人同意，{watched}旁听。"
    text += f"按《{facts.script}》检查 {len(facts.points)} 项：通过 {counts[Result.PASS]} 项，"
    text += f"不通过 {counts[Result.FAIL]} 项"
    if key := _key_failed(facts):
        text += f"（其中关键项 {key} 项）"
    if apart := counts[Result.NOT_APPLICABLE]:
        text += f"，不适用 {apart} 项"
    text += f"；留存照片 {facts.photos} 张。"
    if failed := _failed(facts):
        text += f"不通过的是：{'；'.join(f'第 {one.number} 项“{one.check}”' for one in failed)}。"
    if facts.open_points:
        text += f"另有 {facts.open_points} 项尚未检查。"
    return text


def _english(facts: Facts) -> str:
    counts = Counter(point.result for point in facts.points)
    roles = {Role.LEAD: "lead", Role.SECOND: "second"}
    officers = " and ".join(f"{one.name} ({roles[one.role]} officer)" for one in facts.officers)
    how = "by live video" if facts.mode is Mode.VIDEO else "on site"
    contact = f", contact {facts.contact}" if facts.contact else ""
    text = f"{_when(facts, Language.EN)}{officers} surveyed {facts.premises.name}"
    text += f" ({facts.premises.address}) {how}. Applicant: {facts.applicant}{contact}. "
    if facts.observers:
        kinds = {Capacity.CITIZEN: " (citizen supervisor)", Capacity.SUPERIOR: " (superior)"}
        watched = ", ".join(one.name + kinds.get(one.capacity, "") for one in facts.observers)
        text += f"{watched} watched, as the applicant had agreed. "
    text += f"Of the script “{facts.script}” {_many(len(facts.points), 'point')} checked: "
    text += f"{counts[Result.PASS]} met, {counts[Result.FAIL]} not met"
    if key := _key_failed(facts):
        text += f" (of them {key} key)"
    if apart := counts[Result.NOT_APPLICABLE]:
        text += f", {apart} not applicable"
    text += f"; {_many(facts.photos, 'photo')} kept."
    if failed := _failed(facts):
        text += f" Not met: {'; '.join(f'point {one.number}, {one.check}' for one in failed)}."
    if facts.open_points:
        text += f" {_many(facts.open_points, 'point')} still to be checked."
    return text


def _when(facts: Facts, language: Language) -> str:
    if facts.started_at is None:
        return ""
    chinese = language is Language.ZH
    if facts.ended_at is None:
        begun = moment(facts.started_at, language)
        return f"{begun} 起，" if chinese else f"From {begun}: "
    held = span(facts.started_at, facts.ended_at, language)
    return f"{held}，" if chinese else f"{held}: "


def _many(number: int, one: str) -> str:
    return f"{number} {one} was" if number == 1 else f"{number} {one}s were"


def _failed(facts: Facts) -> list[Point]:
    return [point for point in facts.points if point.result is Result.FAIL]


def _key_failed(facts: Facts) -> int:
    return sum(point.key for point in _failed(facts))
