"""A script as an XForm, for ODK Collect, Enketo and whoever else reads the standard."""

from __future__ import annotations

import pytest
from lxml import etree

from inspection.checklist.script import Script
from inspection.checklist.xform import NAMESPACE, Audience, xform_of

X = {"x": "http://www.w3.org/2002/xforms", "jr": "http://openrosa.org/javarosa", "ks": NAMESPACE}


@pytest.fixture
def xform(script):
    return etree.fromstring(xform_of(script, Audience.EXPERT).encode())


def bind(xform, name):
    (found,) = xform.xpath(
        f"//x:bind[substring-after(@nodeset, '{name}') = ''][contains(@nodeset, '/{name}')]",
        namespaces=X,
    )
    return found


def texts(xform, language):
    return [
        value.text
        for value in xform.xpath(f"//x:translation[@lang='{language}']//x:value", namespaces=X)
    ]


def test_it_says_which_script_and_which_version_it_is(script, xform):
    (data,) = xform.xpath("//x:instance/x:data", namespaces=X)

    assert data.attrib == {"id": "food-noodle-shop", "version": "2026112401"}


def test_every_word_is_there_in_both_languages(xform):
    for language, words in {"zh": "请打开水龙头。", "en": "Please run the tap."}.items():
        assert words in texts(xform, language)
        assert "-" not in texts(xform, language)  # what pyxform writes where nothing was said


def test_severity_law_and_evidence_stay_with_the_question(xform):
    sinks = bind(xform, "sinks")

    assert sinks.get(f"{{{NAMESPACE}}}severity") == "key"
    assert sinks.get(f"{{{NAMESPACE}}}basis") == "b1"
    assert sinks.get(f"{{{NAMESPACE}}}evidence") == "photo:2+video"


def test_photos_and_the_reason_are_asked_for_where_the_answer_needs_them(xform):
    assert "unmet" in bind(xform, "ks_photo_1_sinks").get("relevant")
    assert "unmet" not in bind(xform, "ks_photo_2_sinks").get("relevant")
    assert bind(xform, "ks_photo_1_sinks").get("required") == "true()"
    assert "not_applicable" in bind(xform, "ks_note_sinks").get("relevant")


def test_a_sketch_goes_along_in_each_language(content):
    content["survey"][1]["media::image"] = "separate-sinks.svg"
    form = xform_of(Script.from_content(content), Audience.APPLICANT)

    assert form.count("jr://images/separate-sinks.svg") == 2


def test_the_applicant_is_not_told_what_the_officer_will_say(script):
    applicant = etree.fromstring(xform_of(script, Audience.APPLICANT).encode())

    assert "请打开水龙头。" not in texts(applicant, "zh")
    assert "拍水池" in texts(applicant, "zh")
    assert applicant.xpath("//x:bind[@nodeset='/data/ks_verdict']", namespaces=X)


def test_the_same_script_compiles_to_the_same_form(content):
    forms = {xform_of(Script.from_content(content), Audience.EXPERT) for _ in range(2)}

    assert len(forms) == 1


def test_more_than_a_hundred_questions_keep_their_last_columns(content):
    """pyxform looks at the first hundred rows for columns, unless it is told of them."""
    last = content["survey"].pop()
    spare = [dict(last, name=f"spare_{number}") for number in range(120)]
    content["survey"] += [*spare, dict(last, relevant="${spare_3} = 'pass'")]
    form = etree.fromstring(xform_of(Script.from_content(content), Audience.EXPERT).encode())

    assert bind(form, "bins").get("relevant").split() == ["/data/spare_3", "=", "'pass'"]
