"""The record can be archived: PDF/A-2b, judged by others than typst, who made it.

pikepdf's validator follows veraPDF's rules for ISO 19005-2 and approves nothing it does not know.
What it leaves open is checked here by hand, so a finding it never had is a failure.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

import pikepdf
import pytest
from fontTools.ttLib import TTFont
from lxml import etree
from pikepdf import Dictionary, Name, Pdf, Stream, pdfa

from inspection.record.render import render
from inspection.record.survey import Applicant, Language, SurveyRecord

Build = Callable[..., SurveyRecord]

#: Clause and words of what the validator says it does not judge, and the test that judges it.
LEFT_OPEN = (
    # test_every_glyph_of_a_font_is_named_in_its_set
    ("ISO_19005_2:6.2.11.4.2-2", "/CIDSet on a CIDFontType2 subset is not checked"),
    # test_every_word_about_the_file_is_of_a_known_or_a_described_schema
    ("ISO_19005_2:6.6.2.3.1-1", "XMP namespace pdfaExtension="),
    ("ISO_19005_2:6.6.2.3.1-1", "XMP namespace pdfaSchema="),
    ("ISO_19005_2:6.6.2.3.1-1", "XMP namespace pdfaProperty="),
    ("ISO_19005_2:6.6.2.3.1-1", "XMP property pdfaExtension:schemas"),
    ("ISO_19005_2:6.6.2.3.1-1", "XMP namespace xmpTPg="),
    ("ISO_19005_2:6.6.2.3.1-1", "XMP property xmpTPg:NPages"),
    ("ISO_19005_2:6.6.2.3.1-2", "the content of structured XMP property xmpMM:History"),
)
#: Predefined by the XMP specification of 2005, which ISO 19005-2 6.6.2.3.1 names, and by itself.
KNOWN = {
    "http://purl.org/dc/elements/1.1/": {"title", "creator", "language", "format"},
    "http://ns.adobe.com/xap/1.0/": {"CreatorTool", "ModifyDate", "CreateDate"},
    "http://ns.adobe.com/xap/1.0/mm/": {"History", "DocumentID", "RenditionClass", "InstanceID"},
    "http://ns.adobe.com/xap/1.0/t/pg/": {"NPages"},
    "http://ns.adobe.com/pdf/1.3/": {"PDFVersion"},
    "http://www.aiim.org/pdfa/ns/id/": {"part", "conformance"},
    "http://www.aiim.org/pdfa/ns/extension/": {"schemas"},
}
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
#: Keys with which a PDF can do something, or lead out of itself (ISO 32000-1, 12.6 and 7.11).
ACTING = {"/JS", "/JavaScript", "/Launch", "/OpenAction", "/AA", "/A", "/URI", "/XFA", "/AcroForm"}
LEADING_ELSEWHERE = {"/EmbeddedFiles", "/EF", "/AF", "/F", "/FFilter", "/Ref", "/OPI"}


@pytest.fixture(scope="module", params=["zh", "en", "long", "rare"])
def record(request: pytest.FixtureRequest, record_of: Build) -> bytes:
    match request.param:
        case "long":
            return render(record_of(points=30, photos=20))
        case "rare":  # a character of plane 2, and one that has to be spelled out
            name = "㛃𠮷\u202e"
            return render(record_of(applicant=Applicant(name, "610***********1234", "138****5678")))
        case language:
            return render(record_of(Language(language), points=8, photos=3))


def test_another_judge_finds_nothing_against_pdf_a_2b(record: bytes) -> None:
    assert unknown(findings(record)) == []


def test_its_structure_is_read_without_a_repair(record: bytes) -> None:
    with opened(record) as pdf:
        assert pdf.check_pdf_syntax() == []
        assert not pdf.is_encrypted
        assert pdf.trailer.ID is not None


def test_it_says_what_it_is_and_which_colours_it_means(record: bytes) -> None:
    with opened(record) as pdf:
        with pdf.open_metadata() as metadata:
            assert metadata.pdfa_status == "2B"
        (intent,) = pdf.Root.OutputIntents
        assert intent.S == Name.GTS_PDFA1
        profile = intent.DestOutputProfile.read_bytes()

    assert profile[36:40] == b"acsp"  # an ICC profile (ICC.1, 7.2), of screens, for RGB
    assert (profile[12:16], profile[16:20]) == (b"mntr", b"RGB ")


def test_every_font_is_inside(record: bytes) -> None:
    with opened(record) as pdf:
        fonts = {str(font.BaseFont) for font in dictionaries(pdf) if kind(font) == "/Font"}
        inside = {
            str(descriptor.FontName)
            for descriptor in dictionaries(pdf)
            if kind(descriptor) == "/FontDescriptor" and Name.FontFile2 in descriptor
        }

    assert {name.removesuffix("-Identity-H") for name in fonts} == inside
    assert inside


def test_every_glyph_of_a_font_is_named_in_its_set(record: bytes) -> None:
    """ISO 19005-2, 6.2.11.4.2: a CIDSet names all CIDs of the embedded program."""
    with opened(record) as pdf:
        for font in dictionaries(pdf):
            if font.get("/Subtype") != Name.CIDFontType2:
                continue
            assert font.CIDToGIDMap == Name.Identity
            program = TTFont(io.BytesIO(font.FontDescriptor.FontFile2.read_bytes()))
            glyphs = program["maxp"].numGlyphs
            named = font.FontDescriptor.CIDSet.read_bytes()
            bits = "".join(f"{byte:08b}" for byte in named)
            assert bits[:glyphs] == "1" * glyphs, font.BaseFont
            assert "1" not in bits[glyphs:], font.BaseFont


def test_every_word_about_the_file_is_of_a_known_or_a_described_schema(record: bytes) -> None:
    """ISO 19005-2, 6.6.2.3: what is said in XMP is predefined, or described in the file itself."""
    with opened(record) as pdf:
        packet = etree.fromstring(pdf.Root.Metadata.read_bytes())
        pages = len(pdf.pages)
    told = {}
    for description in packet.iter(f"{RDF}Description"):
        for one in description:
            told.setdefault(etree.QName(one).namespace, set()).add(etree.QName(one).localname)
    described = {
        schema.findtext("{*}namespaceURI"): {one.text for one in schema.iterfind(".//{*}name")}
        for schema in packet.iterfind(".//{*}schemas/*/*")
    }

    allowed = {space: KNOWN[space] | described.get(space, set()) for space in told}
    assert {space: names - allowed[space] for space, names in told.items()} == {
        space: set() for space in told
    }
    assert packet.findtext(".//{*}NPages") == str(pages)
    for schema in packet.iterfind(".//{*}schemas/*/*"):
        assert [etree.QName(one).localname for one in schema] == [
            *("schema", "namespaceURI", "prefix", "property")
        ]
        for described_property in schema.iterfind("{*}property/*/*"):
            assert {etree.QName(one).localname for one in described_property} == {
                *("name", "valueType", "category", "description")
            }


def test_nothing_in_it_acts_or_leads_elsewhere(record: bytes) -> None:
    with opened(record) as pdf:
        found = {
            str(key)
            for one in dictionaries(pdf)
            for key in one.keys() & (ACTING | LEADING_ELSEWHERE)
            # /A of a structure element is its attributes, /F of an annotation its flags
            if not (key == "/A" and Name.S in one and Name.P in one)
            if not (key == "/F" and isinstance(one[key], int))
        }
        assert found == set()
        assert pdf.attachments == {}


# --- the judge is no formality: what would break the archive is found -------------------------


def without_colours(pdf: Pdf) -> None:
    del pdf.Root.OutputIntents


def without_a_font(pdf: Pdf) -> None:
    descriptor = next(one for one in dictionaries(pdf) if kind(one) == "/FontDescriptor")
    del descriptor.FontFile2


def with_a_script(pdf: Pdf) -> None:
    pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=pikepdf.String("app.alert(1)"))


def with_a_picture_from_elsewhere(pdf: Pdf) -> None:
    stream = next(one for one in pdf.objects if isinstance(one, Stream))
    stream.F = pikepdf.String("picture.jpg")


def without_saying_what_it_is(pdf: Pdf) -> None:
    words = pdf.Root.Metadata.read_bytes()
    pdf.Root.Metadata.write(words.replace(b"<pdfaid:part>2</pdfaid:part>", b""))


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (without_colours, "no OutputIntents"),
        (without_a_font, "6.2.11.4.1"),
        (with_a_script, "/OpenAction"),
        (with_a_picture_from_elsewhere, "6.1.7"),
        (without_saying_what_it_is, "6.6.4"),
    ],
)
def test_what_would_break_the_archive_is_found(
    record_of: Build, harm: Callable[[Pdf], None], said: str
) -> None:
    with opened(render(record_of(points=2, photos=1))) as pdf:
        harm(pdf)
        out = io.BytesIO()
        pdf.save(out)

    assert said in " ".join(unknown(findings(out.getvalue())))


def test_an_encrypted_record_would_be_found(record_of: Build) -> None:
    with opened(render(record_of(points=2, photos=1))) as pdf:
        out = io.BytesIO()
        pdf.save(out, encryption=pikepdf.Encryption(owner="x", user=""))

    assert "6.1.3" in " ".join(unknown(findings(out.getvalue())))


def findings(pdf: bytes) -> list[pdfa.Finding]:
    return pdfa.validate_written(io.BytesIO(pdf), "2b").findings


def unknown(found: list[pdfa.Finding]) -> list[str]:
    return [
        str(one)
        for one in found
        if not any(one.rule == rule and one.message.startswith(words) for rule, words in LEFT_OPEN)
    ]


def opened(pdf: bytes) -> Pdf:
    return Pdf.open(io.BytesIO(pdf), inherit_page_attributes=False)


def dictionaries(pdf: Pdf) -> Iterator[Dictionary | Stream]:
    """Every dictionary of the file, those inside others too, each once."""
    waiting = [one for one in pdf.objects if isinstance(one, Dictionary | Stream | pikepdf.Array)]
    while waiting:
        one = waiting.pop()
        if not isinstance(one, pikepdf.Array):
            yield one
        inner = one if isinstance(one, pikepdf.Array) else [one[key] for key in one]
        waiting += [
            part
            for part in inner
            if isinstance(part, Dictionary | Stream | pikepdf.Array) and not part.is_indirect
        ]


def kind(one: Dictionary | Stream) -> str:
    return str(one.get("/Type", ""))
