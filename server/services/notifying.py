"""Who is told what: the words of every notice (通知)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from server.clock import LOCAL
from server.models.bureau import Bureau, Mode
from server.models.case import Case
from server.models.notice import Channel, Notice, NoticeStatus
from server.models.round import Visit
from server.models.verdict import Finding, Verdict

#: One SMS segment of Chinese text, the signature included; the link comes on top.
SEGMENT = 70
SIGNATURE = "【云勘】"
TAP = "，到时点开："
_WEEKDAYS = "一二三四五六日"


def invite_applicant(db: Session, visit: Visit, *, link_url: str | None, at: datetime) -> Notice:
    """Tell the applicant when, how, and where to tap. The caller commits."""
    case = visit.survey.case
    when = in_words(visit.starts_at)
    minutes = int((visit.ends_at - visit.starts_at).total_seconds()) // 60
    if visit.round.mode is Mode.VIDEO:
        text = _sms(db, case, f"{when}视频看店，约{minutes}分钟，不用装软件，", TAP)
    else:
        text = _sms(db, case, f"{when}左右，工作人员到店勘验，请留人在场。")
    return _notice(db, case, "invitation", text + (link_url or ""), at)


def tell_new_time(db: Session, visit: Visit, *, link_url: str | None, at: datetime) -> Notice:
    """Tell the applicant the time that takes the place of the one promised. The caller commits."""
    case, when = visit.survey.case, in_words(visit.starts_at)
    if visit.round.mode is Mode.VIDEO:
        text = _sms(db, case, f"改到{when}视频看店，旧链接作废，", TAP)
    else:
        text = _sms(db, case, f"改到{when}左右到店勘验，请留人在场。")
    return _notice(db, case, "moved", text + (link_url or ""), at)


def tell_postponed(db: Session, visit: Visit, *, at: datetime) -> Notice:
    """Tell the applicant that nobody can come as promised. The caller commits."""
    words = f"原定{in_words(visit.starts_at)}的踏勘办不了，另约时间再通知。"
    return _notice(db, visit.survey.case, "postponed", _sms(db, visit.survey.case, words), at)


def tell_result(db: Session, verdict: Verdict, *, at: datetime) -> Notice:
    """Tell the applicant how it ended. The caller commits."""
    case = verdict.survey.case
    match verdict.finding:
        case Finding.PASS:
            words = "踏勘通过，等候发证通知。"
        case Finding.RECTIFY:
            assert verdict.rectify_by is not None  # the database holds them together
            day = verdict.rectify_by
            words = f"有{len(verdict.rectifications)}处要整改，{day.month}月{day.day}日前改好再看。"
        case Finding.FAIL:
            words = "踏勘未通过，原因见踏勘记录。"
    return _notice(db, case, "result", _sms(db, case, words), at)


def in_words(moment: datetime) -> str:
    """11月24日周二10:00, Beijing time."""
    local = moment.astimezone(LOCAL)
    weekday = _WEEKDAYS[local.weekday()]
    return f"{local.month}月{local.day}日周{weekday}{local:%H:%M}"


def _sms(db: Session, case: Case, words: str, then: str = "") -> str:
    """Signature, shop, words, and a telephone number, cut to one segment at the shop's name: who
    finds the link dead is told to phone the number in the message."""
    bureau = db.get_one(Bureau, case.bureau_id)
    end = f"{words}电话{bureau.phone}{then}"
    room = SEGMENT - len(SIGNATURE) - len(end) - 1
    name = case.premises.name
    name = name if len(name) <= room else name[: max(room - 1, 0)] + "…"
    return f"{SIGNATURE}{name}，{end}"


def _notice(db: Session, case: Case, kind: str, body: str, at: datetime) -> Notice:
    """In the outbox; without a number to send to it has failed already, for somebody to see."""
    phone = case.applicant.phone
    notice = Notice(
        bureau_id=case.bureau_id,
        case_id=case.id,
        kind=kind,
        channel=Channel.SMS,
        to=phone,
        subject="",
        body=body,
        status=NoticeStatus.WAITING if phone else NoticeStatus.FAILED,
        next_try_at=at,
        error="" if phone else "no_phone",
    )
    db.add(notice)
    return notice
