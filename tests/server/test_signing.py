"""Officers sign their own view, for what will be decided. The rules are in services/signing.py."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from server.errors import (
    BadPayload,
    ChangedMeanwhile,
    ChecklistIncomplete,
    MoveRefused,
    NotYours,
    SignatureMissing,
)
from server.models.bureau import Mode
from server.models.verdict import Finding, Signature, SignerRole, Stance
from server.services import checklists, signing, verdicts, wording

NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)
LEAD, SECOND, APPLICANT = SignerRole.LEAD, SignerRole.SECOND, SignerRole.APPLICANT
DISSENT = {"stance": Stance.DISSENTS, "reason": "水池没有分开，不宜当场通过"}
STROKES = [[(0.1, 0.2), (0.3, 0.4)]]


@pytest.fixture
def by_two(begun, fill, town, db):
    """A survey by video of a bureau that wants two officers for it, seen to the end."""
    town.bureau.video_officers = 2
    survey = begun(second=town.second)
    fill(survey)
    return survey


@pytest.fixture
def decide(db):
    def give(survey, finding=Finding.PASS, reason="如上"):
        worked = checklists.worked_of(db, survey)
        return verdicts.give_verdict(
            db, survey, worked, finding=finding, reason=reason, rectify_by=None, by="limin", at=NOON
        )

    return give


@pytest.fixture
def missing(db):
    def whose(survey):
        worked = checklists.worked_of(db, survey)
        return [(one.role, str(one.why)) for one in signing.unsigned(db, survey, worked)]

    return whose


@pytest.fixture
def change(db):
    def answer(survey, value="na", note="没有菜单"):
        checklists.answer(
            db, survey, point="menu", value=value, note=note, device="", by="jianguo", at=NOON
        )
        db.commit()

    return answer


def test_a_dissent_is_kept_with_its_reason_and_does_not_stop_the_lead(by_two, sign, decide, db):
    sign(by_two, LEAD)
    sign(by_two, SECOND, **DISSENT)

    decide(by_two)
    db.commit()

    lead, second = signing.signatures_of(db, by_two)
    assert (lead.stance, lead.reason, lead.finding) == (Stance.AGREES, "", Finding.PASS)
    assert (second.stance, second.reason) == (Stance.DISSENTS, DISSENT["reason"])
    assert second.by == "jianguo"


@pytest.mark.parametrize(
    ("role", "options", "cause"),
    [
        (SECOND, {"stance": Stance.DISSENTS, "reason": " "}, "dissent"),
        (SECOND, {"reason": "同意"}, "dissent"),
        (LEAD, DISSENT, "lead_dissents"),
    ],
    ids=["without a reason", "a reason to agree", "of the lead, who proposes"],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_dissent_says_why_and_is_not_the_leads(by_two, sign, db, role, options, cause):
    with pytest.raises(BadPayload) as refused:
        sign(by_two, role, **options)

    assert refused.value.values == {"cause": cause}
    assert db.scalar(select(func.count()).select_from(Signature)) == 0


def test_an_answer_changed_after_signing_makes_both_sign_again(
    by_two, sign, decide, change, missing, db
):
    sign(by_two, LEAD, SECOND)
    assert missing(by_two) == []

    change(by_two)

    assert missing(by_two) == [(LEAD, "changed"), (SECOND, "changed")]
    with pytest.raises(SignatureMissing) as refused:
        decide(by_two)
    assert refused.value.values == {"roles": ["lead", "second"], "cause": "changed"}
    db.rollback()
    sign(by_two, LEAD, SECOND)
    assert missing(by_two) == []


def test_the_same_answer_again_leaves_signatures_as_they_are(by_two, sign, change, missing):
    sign(by_two, LEAD, SECOND)

    change(by_two, "pass", "")

    assert missing(by_two) == []


def test_a_photo_or_words_added_after_signing_make_a_signature_stale(
    by_two, sign, photograph, missing, db
):
    sign(by_two, LEAD, SECOND)
    photograph(by_two, "menu")
    assert [why for _, why in missing(by_two)] == ["changed", "changed"]

    sign(by_two, LEAD, SECOND)
    wording.reword(db, by_two, text="另见附页", drafted="", after=0, device="", by="limin", at=NOON)
    assert [why for _, why in missing(by_two)] == ["changed", "changed"]


def test_another_finding_than_was_signed_for_is_not_decided(by_two, sign, decide, missing, db):
    sign(by_two, LEAD, SECOND)

    with pytest.raises(SignatureMissing) as refused:
        decide(by_two, Finding.FAIL)
    assert refused.value.values == {"roles": ["lead", "second"], "cause": "other_finding"}

    db.rollback()
    sign(by_two, LEAD, finding=Finding.FAIL)
    assert missing(by_two) == [(SECOND, "other_finding")]
    sign(by_two, SECOND)
    assert decide(by_two, Finding.FAIL).finding is Finding.FAIL


def test_by_video_nobody_signs_for_the_other(by_two, officers, db):
    with pytest.raises(NotYours):
        signing.sign_as_officer(
            db, by_two, officers[LEAD], role=SECOND, name="王建国", strokes=STROKES, at=NOON
        )

    assert db.scalar(select(func.count()).select_from(Signature)) == 0


def test_on_site_one_device_goes_from_hand_to_hand_and_whose_it_was_is_kept(
    begun, fill, town, officers, db
):
    survey = begun(mode=Mode.ON_SITE, second=town.second)
    fill(survey)

    signature = signing.sign_as_officer(
        db, survey, officers[LEAD], role=SECOND, name="王建国", strokes=STROKES, at=NOON
    )

    assert signature.by == "limin"
    assert signing.device_of(db, survey, signature) == "李敏"


def test_what_was_not_seen_is_not_signed(by_two, sign, change, db):
    seen = signing.digest_of(db, by_two, checklists.worked_of(db, by_two))
    change(by_two)

    with pytest.raises(ChangedMeanwhile):
        sign(by_two, SECOND, seen=seen)


def test_officers_sign_when_there_is_something_to_agree_with(begun, sign, db):
    survey = begun()

    with pytest.raises(ChecklistIncomplete):
        sign(survey)

    sign(survey, APPLICANT)
    assert [one.role for one in signing.signatures_of(db, survey)] == [APPLICANT]


def test_signed_again_the_newer_counts_and_the_older_stays_readable(by_two, sign, db):
    sign(by_two, SECOND, **DISSENT)
    sign(by_two, SECOND)

    assert [one.stance for one in signing.signatures_of(db, by_two)] == [Stance.AGREES]
    assert db.scalar(select(func.count()).select_from(Signature)) == 2


def test_a_crew_that_was_changed_signs_itself(by_two, sign, missing, town):
    sign(by_two, LEAD, SECOND)

    signing.crew_of(town.db, by_two).second_id = town.stranger.id
    town.db.commit()

    assert missing(by_two) == [(LEAD, "changed"), (SECOND, "changed")]


def test_nobody_signs_for_a_second_officer_who_is_not_there(begun, fill, sign):
    survey = begun()
    fill(survey)

    with pytest.raises(MoveRefused):
        sign(survey, SECOND)


def test_nobody_signs_after_the_verdict(by_two, sign, decide, db):
    sign(by_two, LEAD, SECOND)
    decide(by_two)
    db.commit()

    for role in (SECOND, APPLICANT):
        with pytest.raises(MoveRefused):
            sign(by_two, role)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_who_leads_decides_and_the_sheet_says_whose_signature_is_awaited(
    by_two, officers, caller, db
):
    desk = {role: caller(account) for role, account in officers.items()}
    address = f"/api/v1/surveys/{by_two.id}"

    seen = desk[SECOND].get(address).json
    assert (seen["own_role"], seen["may"]["verdict"]) == ("second", False)
    form = {"role": "second", "name": "王建国", "strokes": STROKES, "state": seen["state"]}
    told = desk[SECOND].post(
        f"{address}/signatures", {**form, "stance": "dissents", "reason": "水池没有分开"}
    )
    assert told.status_code == 201, told.text
    assert told.json["unsigned"] == [{"role": "lead", "name": "李敏", "why": "unsigned"}]
    shown = told.json["signatures"][0]
    assert (shown["stance"], shown["reason"], shown["stale"]) == ("dissents", "水池没有分开", False)

    refused = desk[SECOND].post(f"{address}/verdict", {"finding": "pass"})
    assert (refused.status_code, refused.json["code"]) == (403, "not_yours")
    desk[LEAD].post(f"{address}/signatures", {**form, "role": "lead", "name": "李敏"})
    assert desk[LEAD].post(f"{address}/verdict", {"finding": "pass"}).status_code == 201
