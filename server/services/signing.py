"""Signing (签字): each officer their own view, bound to what was signed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from inspection.checklist.run import Suggested
from server.errors import BadPayload, ChangedMeanwhile, MoveRefused, NotYours, SignatureMissing
from server.models.account import Account
from server.models.bureau import Bureau, Mode
from server.models.expert import Expert
from server.models.survey import Survey, SurveyStatus
from server.models.verdict import Finding, Signature, SignerRole, Stance
from server.services import evidence as evidence_of
from server.services.checklists import Worked, must_be_complete, worked_of
from server.services.recusals import nobody_recused, recused_in
from server.services.surveys import crew_of, must_be_under_way
from server.services.wording import words_of


class Why(StrEnum):
    """Why an officer still has to sign."""

    UNSIGNED = "unsigned"
    CHANGED = "changed"  # what was signed is no longer what would be decided on
    OTHER_FINDING = "other_finding"
    RECUSED = "recused"  # and must not: somebody else has to


@dataclass(frozen=True, slots=True)
class Unsigned:
    role: SignerRole
    why: Why


def role_of(db: Session, survey: Survey, account: Account) -> SignerRole | None:
    """As what this account's expert is in the crew, if they are."""
    crew = crew_of(db, survey)
    if account.expert_id is None:
        return None
    return {crew.second_id: SignerRole.SECOND, crew.lead_id: SignerRole.LEAD}.get(account.expert_id)


def sign_as_officer(
    db: Session,
    survey: Survey,
    account: Account,
    *,
    role: SignerRole,
    name: str,
    strokes: Sequence[Sequence[tuple[float, float]]],
    at: datetime,
    finding: Finding | None = None,
    stance: Stance = Stance.AGREES,
    reason: str = "",
    seen: str = "",
) -> Signature:
    """Keep a name that was drawn on an officer's device. Signed again, the newer drawing counts.

    `finding` is what the lead proposes, or what the second officer was shown; None: what is
    proposed now. `seen` is the sheet's `state` as it was shown; empty: as it is now. By video
    each officer signs with their own account; on site one device goes from hand to hand, and
    whose account it was is written down. The caller commits.

    Raises:
        ChecklistIncomplete: there is nothing to agree with yet.
        ChangedMeanwhile: it is not what was shown any more.
        BadPayload: a dissent without a reason, a reason without one, or the lead's own.
        NotYours: the other officer's name, by video.
        OfficerRecused: this officer must not judge the applicant.
        MoveRefused: the survey is not under way, or there is no second officer to sign.
    """
    must_be_under_way(survey)
    if role is SignerRole.APPLICANT:
        return _keep(db, survey, role, name, strokes, account.sign_in_name, at)
    if role is SignerRole.SECOND and crew_of(db, survey).second_id is None:
        raise MoveRefused("this survey has no second officer", subject="signature")
    if survey.mode is not Mode.ON_SITE and role_of(db, survey, account) is not role:
        raise NotYours(f"survey {survey.id}: {role} signs with their own account", cause="sign")
    _may_judge(db, survey, [role])
    if stance is Stance.DISSENTS and role is SignerRole.LEAD:
        raise BadPayload("the lead proposes the finding", cause="lead_dissents")
    if (stance is Stance.DISSENTS) != bool(reason.strip()):
        raise BadPayload("a reason goes with a dissent, and only with it", cause="dissent")
    worked = worked_of(db, survey)
    must_be_complete(worked)
    now = signed_now(db, survey, worked)
    if seen and seen != now.digest():
        raise ChangedMeanwhile(f"survey {survey.id}: not what was shown", cause="sign")
    finding = finding or now.proposed(worked.run.suggested())
    signature = _keep(db, survey, role, name, strokes, account.sign_in_name, at)
    signature.finding = finding
    signature.stance, signature.reason = stance, reason.strip()
    signature.signed_sha256 = now.digest(finding)
    return signature


def sign_as_applicant(
    db: Session,
    survey: Survey,
    *,
    name: str,
    strokes: Sequence[Sequence[tuple[float, float]]],
    at: datetime,
) -> Signature:
    """Keep the name that the applicant drew on their own phone. The caller commits.

    Raises:
        MoveRefused: the survey is not under way.
    """
    must_be_under_way(survey)
    return _keep(db, survey, SignerRole.APPLICANT, name, strokes, "applicant", at)


def signatures_of(db: Session, survey: Survey) -> list[Signature]:
    """The newest of each role; what was signed before stays readable."""
    order = list(SignerRole)
    found = db.scalars(
        select(Signature).where(Signature.survey_id == survey.id).order_by(Signature.id)
    )
    newest = {signature.role: signature for signature in found}
    return sorted(newest.values(), key=lambda signature: order.index(signature.role))


def device_of(db: Session, survey: Survey, signature: Signature) -> str:
    """Whose device a name was drawn on, where it is another officer's; else empty."""
    owner = db.scalar(select(Account).where(Account.sign_in_name == signature.by))
    if owner is None or role_of(db, survey, owner) is signature.role:
        return ""
    return owner.name


def digest_of(db: Session, survey: Survey, worked: Worked, finding: Finding | None = None) -> str:
    """SHA-256 of what a signature stands for, see `Signed`."""
    return signed_now(db, survey, worked).digest(finding)


@dataclass(frozen=True, slots=True)
class Signed:
    """What would be signed at this moment: the crew, the script, the answers in force, the photos
    that count, and an officer's wording of the record. `crew` are the ids of lead and second."""

    contents: Mapping[str, Any]
    signatures: Mapping[SignerRole, Signature]  # the newest of each role
    under_way: bool

    def digest(self, finding: Finding | None = None) -> str:
        """SHA-256 of canonical JSON: keys sorted, no blanks, UTF-8, the finding among it, empty
        where none is."""
        signed = {**self.contents, "finding": finding or ""}
        text = json.dumps(signed, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def is_stale(self, signature: Signature) -> bool:
        """Whether something was changed since. After the verdict nothing can be."""
        return self.under_way and signature.signed_sha256 != self.digest(signature.finding)

    def proposed(self, suggested: Suggested) -> Finding | None:
        """The finding that the lead has signed for, else what the answers suggest, once they do."""
        lead = self.signatures.get(SignerRole.LEAD)
        if lead is not None and not self.is_stale(lead):
            return lead.finding
        return None if suggested is Suggested.INCOMPLETE else Finding(suggested)


def signed_now(db: Session, survey: Survey, worked: Worked) -> Signed:
    crew = crew_of(db, survey)
    return Signed(
        {
            "crew": [crew.lead_id, crew.second_id],
            "script": worked.script.sha256,
            "answers": {
                point: [given.answer.value, given.answer.note]
                for point, given in worked.run.given.items()
            },
            "evidence": [[one.point, one.sha256] for one in evidence_of.of_survey(db, survey)],
            "words": words_of(db, survey),
        },
        {signature.role: signature for signature in signatures_of(db, survey)},
        survey.status is SurveyStatus.UNDER_WAY,
    )


def unsigned(
    db: Session, survey: Survey, worked: Worked, finding: Finding | None = None
) -> list[Unsigned]:
    """Officers of the crew who still have to sign for a finding; None: for what is proposed.

    The applicant may, and is asked, but need not: a refusal to sign is the applicant's right and
    does not undo what was seen.
    """
    now = signed_now(db, survey, worked)
    finding = finding or now.proposed(worked.run.suggested())
    missing = []
    recused = _recused(db, survey)
    for role in _needed(db, survey):
        if role in recused:
            missing.append(Unsigned(role, Why.RECUSED))
        elif (signature := now.signatures.get(role)) is None:
            missing.append(Unsigned(role, Why.UNSIGNED))
        elif now.is_stale(signature):
            missing.append(Unsigned(role, Why.CHANGED))
        elif signature.finding != finding:
            missing.append(Unsigned(role, Why.OTHER_FINDING))
    return missing


def needs_another_crew(db: Session, survey: Survey) -> bool:
    """Whether somebody must not judge whose view has to be there: without others it never ends.

    A witness at a desk whom the bureau does not ask for leaves it to the lead.
    """
    recused = _recused(db, survey)
    return any(role in recused for role in _needed(db, survey))


def must_be_signed(db: Session, survey: Survey, worked: Worked, finding: Finding) -> None:
    """Raises: SignatureMissing: `roles` says whose; `cause` why, where somebody signed else.
    OfficerRecused: one of them must not judge the applicant, though they may have signed before."""
    _may_judge(db, survey, _needed(db, survey))
    if missing := unsigned(db, survey, worked, finding):
        why = missing[0].why
        cause = {} if why is Why.UNSIGNED else {"cause": str(why)}
        raise SignatureMissing(
            f"survey {survey.id}", roles=[str(one.role) for one in missing], **cause
        )


def _keep(
    db: Session,
    survey: Survey,
    role: SignerRole,
    name: str,
    strokes: Sequence[Sequence[tuple[float, float]]],
    by: str,
    at: datetime,
) -> Signature:
    """One more signature; the applicant's stands for what is there, without a finding."""
    signature = Signature(
        survey_id=survey.id,
        role=role,
        name=name.strip(),
        strokes=json.dumps(strokes),
        by=by,
        at=at,
        signed_sha256=digest_of(db, survey, worked_of(db, survey)),
    )
    db.add(signature)
    db.flush()
    return signature


def _needed(db: Session, survey: Survey) -> list[SignerRole]:
    """Whose own view of the finding has to be there."""
    with_second = crew_of(db, survey).second_id is not None and _second_signs(db, survey)
    return [SignerRole.LEAD, SignerRole.SECOND] if with_second else [SignerRole.LEAD]


def _may_judge(db: Session, survey: Survey, roles: Sequence[SignerRole]) -> None:
    """Whoever's device it is. Raises: OfficerRecused."""
    officers = _officers(db, survey)
    nobody_recused((officers[role] for role in roles), survey.case)


def _recused(db: Session, survey: Survey) -> set[SignerRole]:
    officers = _officers(db, survey)
    recused = recused_in(officers.values(), survey.case)
    return {role for role, officer in officers.items() if officer in recused}


def _officers(db: Session, survey: Survey) -> dict[SignerRole, Expert]:
    crew = crew_of(db, survey).crew
    return dict(zip((SignerRole.LEAD, SignerRole.SECOND), crew, strict=False))


def _second_signs(db: Session, survey: Survey) -> bool:
    """On site the law asks for two officers (行政许可法 art. 34); by video the bureau decides."""
    bureau = db.get_one(Bureau, survey.bureau_id)
    return survey.mode is Mode.ON_SITE or bureau.video_officers > 1
