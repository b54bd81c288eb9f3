"""The survey record: complete, official, the same bytes for the same survey."""

import dataclasses
import io
import time
from collections.abc import Callable
from datetime import datetime

import pytest
from pypdf import PdfReader

from inspection.record.render import render
from inspection.record.strokes import svg
from inspection.record.survey import (
    Applicant,
    Drawn,
    Finding,
    Language,
    Officer,
    Premises,
    Result,
    Role,
    Strokes,
    SurveyRecord,
)

Build = Callable[..., SurveyRecord]


def read(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))


def text_of(pdf: bytes) -> str:
    """All words of a PDF without the blanks and line ends that only its layout put there."""
    return "".join("".join(page.extract_text() for page in read(pdf).pages).split())


def tight(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("language", list(Language))
def test_everything_the_survey_found_can_be_read_in_the_record(
    record_of: Build, language: Language
) -> None:
    record = record_of(language, points=8, photos=3)

    words = text_of(render(record))

    said = [record.number, record.bureau, record.case.number, record.case.item_type]
    said += [record.applicant.name, record.applicant.identifier, record.premises.address]
    said += [record.opinion, record.script.sha256]
    said += [officer.certificate for officer in record.officers]
    said += [observer.name for observer in record.observers]
    said += [part for p in record.points for part in (p.check, p.standard, p.answer, p.note)]
    said += [part for e in record.evidence for part in (e.number, e.sha256)]
    said += [rectification.what for rectification in record.rectifications]
    said += [signature.name for signature in record.signatures]
    assert [one for one in said if tight(one) not in words] == []


def test_a_chinese_record_uses_the_words_and_dates_of_the_bureau(record_of: Build) -> None:
    words = text_of(render(record_of()))

    for phrase in (
        "远程踏勘记录",
        "踏勘结论",
        "整改后通过",
        "整改期限：2026年12月4日",
        "2026年11月24日10:20至10:52",
        "佐证材料清单",
        "第1页，共3页",
    ):
        assert phrase in words


def test_an_english_record_has_no_chinese_label(record_of: Build) -> None:
    words = text_of(render(record_of(Language.EN)))

    assert "RemoteSurveyRecord" in words
    assert "24November2026,10:20to10:52" in words
    for label in ("踏勘", "佐证", "结论", "通过", "页"):
        assert label not in words


def test_it_is_pdf_a_2b_with_every_font_inside(record_of: Build) -> None:
    pdf = render(record_of())

    metadata = read(pdf).metadata
    assert b"<pdfaid:part>2</pdfaid:part>" in pdf
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in pdf
    assert metadata is not None
    assert metadata.title == "远程踏勘记录 TK-2026-1124-0387"
    fonts = {
        str(font.get_object()["/BaseFont"])
        for page in read(pdf).pages
        for font in page["/Resources"]["/Font"].values()  # type: ignore[index,union-attr]
    }
    assert {name.split("+")[1].split("-Identity")[0] for name in fonts} == {
        "NotoSansSC-Regular",
        "NotoSansSC-Bold",
        "DejaVuSansMono",
    }


def test_the_same_survey_gives_the_same_bytes(record_of: Build) -> None:
    assert render(record_of()) == render(record_of())


def test_a_changed_answer_changes_the_check_digits_at_the_foot_of_the_pages(
    record_of: Build,
) -> None:
    record = record_of()
    changed = dataclasses.replace(record.points[0], answer="20 m")
    other = dataclasses.replace(record, points=(changed, *record.points[1:]))

    assert check_digits(render(record)) != check_digits(render(other))


def check_digits(pdf: bytes) -> str:
    feet = {tight(page.extract_text()).split("校验")[1][:16] for page in read(pdf).pages}
    assert len(feet) == 1
    return feet.pop()


def test_thirty_points_and_twenty_photos_take_at_most_three_seconds(record_of: Build) -> None:
    record = record_of(points=30, photos=20)

    begun = time.perf_counter()
    pdf = render(record)

    assert time.perf_counter() - begun < 6  # 3 on a machine that does nothing else
    images = sum(len(page.images) for page in read(pdf).pages)
    assert images == 20


def test_what_was_drawn_on_a_photo_is_printed_beside_it(record_of: Build) -> None:
    record = record_of(photos=3)
    first, second, third = record.evidence
    drawn = Drawn(first.received_at, third.thumbnail)
    record = dataclasses.replace(
        record, evidence=(dataclasses.replace(first, drawn=(drawn,)), second)
    )

    pdf = render(record)

    assert sum(len(page.images) for page in read(pdf).pages) == 3
    assert "专家圈画" in text_of(pdf)


def test_words_from_outside_are_never_typst(record_of: Build) -> None:
    hostile = '#import "x" *店* $x$ [a] \\ <b> @ref #panic() // end'
    record = record_of(
        premises=Premises(hostile, hostile),
        opinion=hostile,
        statement=hostile,
        applicant=Applicant(hostile, "9161**********1234", "138****5678"),
    )

    assert text_of(render(record)).count(tight(hostile)) >= 5


def test_a_rare_name_is_written_and_an_impossible_one_spelled_out(record_of: Build) -> None:
    record = record_of(
        applicant=Applicant("㛃𠮷", "610***********1234", "138****5678"),
        officers=(Officer("李\u202e敏", Role.LEAD),),
    )

    words = text_of(render(record))

    assert "㛃〔U+20BB7〕" in words
    assert "李〔U+202E〕敏" in words


def test_a_remark_of_several_thousand_characters_runs_over_pages(record_of: Build) -> None:
    record = record_of()
    long = dataclasses.replace(record.points[1], note="极长的说明文字。" * 500 + "到此为止")

    words = text_of(render(dataclasses.replace(record, points=(record.points[0], long))))

    assert "到此为止" in words
    assert words.count("极") == 500


def test_a_clean_pass_has_no_rectification_and_may_have_no_photo(record_of: Build) -> None:
    record = record_of(photos=0, finding=Finding.PASS, rectify_by=None, rectifications=())
    passed = tuple(dataclasses.replace(p, result=Result.PASS, note="") for p in record.points)

    words = text_of(render(dataclasses.replace(record, points=passed, signatures=())))

    assert "整改" not in words.replace(tight(record.opinion), "")
    assert "本次踏勘没有留存佐证材料。" in words


def test_a_record_that_contradicts_itself_is_not_made(record_of: Build) -> None:
    with pytest.raises(ValueError, match="rectify_by"):
        record_of(finding=Finding.PASS)
    with pytest.raises(ValueError, match="offset"):
        record_of(made_at=datetime(2026, 11, 24, 10, 0))  # noqa: DTZ001
    with pytest.raises(ValueError, match="stroke"):
        Strokes(lines=((), ()))
    with pytest.raises(ValueError, match="nowhere"):
        Strokes(lines=(((0.0, float("nan")),),))


def test_a_signature_is_drawn_from_numbers_only_even_a_single_dot() -> None:
    assert "nan" not in svg(Strokes(lines=(((5.0, 5.0),),)))
    assert svg(Strokes(lines=(((0.0, 0.0), (3.0, 1.0), (6.0, 0.0)),))).count("<path") == 1
