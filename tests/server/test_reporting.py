"""The survey record: issued once, from stored data, in either language."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pytest
from pypdf import PdfReader
from sqlalchemy import func, select

from inspection.record.survey import Language
from server.errors import EvidenceDamaged, RecordNotReady
from server.models.bureau import Mode
from server.models.record import SurveyRecord
from server.models.verdict import Finding, SignerRole, Stance
from server.services import checklists, evidence, reporting, verdicts, wording

NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)


@pytest.fixture
def concluded(begun, fill, sign, db):
    """A survey that passed but for its bins."""
    survey = begun()
    fill(survey, unmet=("waste_bins",))
    sign(survey)
    conclude(db, survey, Finding.RECTIFY, rectify_by=(NOON + timedelta(days=10)).date())
    return survey


@pytest.fixture
def issue(db, files):
    def ask(survey, language=Language.ZH):
        record = reporting.issue(db, files, survey, language=language, by="limin", at=NOON)
        db.commit()
        return record

    return ask


def conclude(db, survey, finding=Finding.PASS, *, rectify_by=None):
    verdicts.give_verdict(
        db,
        survey,
        checklists.worked_of(db, survey),
        finding=finding,
        reason="",
        rectify_by=rectify_by,
        by="limin",
        at=NOON,
    )
    db.commit()


def text_of(pdf: bytes) -> str:
    words = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return "".join(words.split())


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("language", list(Language))
def test_the_record_says_what_was_seen_in_either_language(concluded, issue, files, language):
    record = issue(concluded, language)
    pdf = files.open(record.sha256)

    assert (record.language, record.bytes) == (language.value, len(pdf))
    words = text_of(pdf)
    assert concluded.case.number in words
    assert concluded.case.premises.name in words
    assert "李敏" in words
    finding = {Language.ZH: "整改", Language.EN: "rectif"}[language]
    assert finding in words.lower()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_personal_numbers_are_masked_on_the_record(concluded, issue, files):
    words = text_of(files.open(issue(concluded).sha256))

    assert concluded.case.applicant.phone not in words
    assert concluded.case.applicant.identifier not in words


def test_asked_for_again_the_issued_record_comes_back(concluded, issue, db):
    assert issue(concluded).id == issue(concluded).id
    assert db.scalar(select(func.count()).select_from(SurveyRecord)) == 1


def test_there_is_no_record_before_the_verdict(begun, issue, db):
    with pytest.raises(RecordNotReady):
        issue(begun())

    assert db.scalar(select(func.count()).select_from(SurveyRecord)) == 0


@pytest.mark.parametrize("harm", ["changed", "lost"])
def test_a_damaged_original_blocks_the_record(concluded, issue, db, tmp_path, harm):
    pieces = evidence.of_survey(db, concluded)
    piece = pieces[0]
    file = tmp_path / "evidence" / piece.sha256[:2] / piece.sha256[2:4] / piece.sha256
    if harm == "lost":
        file.unlink()
    else:
        file.write_bytes(b"another picture")

    with pytest.raises(EvidenceDamaged) as refused:
        issue(concluded)

    same = [f"{one.number:03}" for one in pieces if one.sha256 == piece.sha256]
    assert 0 < len(same) < len(pieces)
    assert refused.value.values == {"numbers": ", ".join(same)}
    assert db.scalar(select(func.count()).select_from(SurveyRecord)) == 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("language", list(Language))
def test_the_record_has_the_second_officers_dissent_and_the_words_of_whoever_wrote_them(
    begun, fill, sign, issue, files, town, db, language
):
    survey = begun(mode=Mode.ON_SITE, second=town.second)
    fill(survey)
    words = "经营者在场并逐项看过"
    wording.reword(db, survey, text=words, drafted="", after=0, device="", by="limin", at=NOON)
    sign(survey)
    reason = "水池没有分开不宜当场通过"
    sign(survey, SignerRole.SECOND, stance=Stance.DISSENTS, reason=reason)
    conclude(db, survey)

    said = text_of(files.open(issue(survey, language).sha256))

    chinese = language is Language.ZH
    assert "".join(words.split()) in said
    assert ("由李敏于" if chinese else "Wordedby李敏") in said
    assert ("保留意见" if chinese else "Dissent") in said
    assert reason in said
    assert ("同意认定" if chinese else "agreeswiththeverdict") in said


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("language", list(Language))
def test_nobody_needs_to_write_a_word_of_the_record(concluded, issue, files, language):
    said = text_of(files.open(issue(concluded, language).sha256))

    if language is Language.ZH:
        assert "踏勘人员李敏（主办）以远程视频方式踏勘张记小炒" in said
        assert "不通过1项" in said
        assert "以上由系统按检查结果写成" in said
    else:
        assert "surveyed张记小炒" in said
        assert "1notmet" in said
        assert "Writtenbythesystem" in said
