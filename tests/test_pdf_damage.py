"""Damaged PDFs: what is missing is told, and never called a scan or a blank page; odd strings become text."""

import io
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter
from support.drawn import Text, draw_pages, prose
from support.invariants import check_document
from support.pdf_bytes import deflated, pdf, stream
from support.samples import SAMPLES, SHARED

from docqa import documents
from docqa.documents import Document, Source
from docqa.errors import DocqaError

CONVERSIONS: dict[str, Callable[[bytes], bytes]] = {
    "Latin-1 to UTF-8": lambda data: data.decode("latin-1").encode(),
    "Windows to UTF-8": lambda data: data.decode("cp1252", "replace").encode(),
    "read as UTF-8": lambda data: data.decode("utf-8", "replace").encode(),
    "seven bits": lambda data: bytes(byte & 0x7F for byte in data),
    "ASCII": lambda data: data.decode("latin-1").encode("ascii", "replace"),
    "to CRLF": lambda data: data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"),
    "each to CRLF": lambda data: data.replace(b"\n", b"\r\n"),
    "to LF": lambda data: data.replace(b"\r\n", b"\n").replace(b"\r", b"\n"),
}


def parse(data: bytes) -> Document:
    return documents.parse(Source("a.pdf", data))


def told(data: bytes) -> str:
    """What the user is told of a file: the error, or the warnings."""
    try:
        return "\n".join(parse(data).warnings)
    except DocqaError as error:
        return str(error)


@pytest.fixture(scope="module")
def report() -> bytes:
    """The sample report, with pages that are only deflated: 10 of them."""
    return deflated(SAMPLES / "harbour-report.pdf")


def test_a_whole_file_is_not_called_damaged(report: bytes) -> None:
    assert parse(report).warnings == ()
    assert parse((SAMPLES / "harbour-report.pdf").read_bytes()).warnings == ()
    assert parse(report + b"\0" * 5000).warnings == ()


@pytest.mark.skipif(not (SHARED / "pdfs").is_dir(), reason="the shared PDFs are not next to this checkout")
def test_no_public_file_is_called_damaged() -> None:
    for file in sorted((SHARED / "pdfs").glob("*.pdf")):
        assert "is damaged: " not in told(file.read_bytes()), file.name


@pytest.mark.parametrize("name", CONVERSIONS)
def test_a_file_that_was_taken_for_text_is_called_that(report: bytes, name: str) -> None:
    converted = CONVERSIONS[name](report)
    assert converted != report
    message = told(converted)
    assert "is damaged: its bytes were converted as if it were text" in message
    assert "as a binary file" in message
    assert "scan" not in message.partition("\n")[0]


def test_an_encrypted_file_that_was_taken_for_text_is_called_that() -> None:
    writer = PdfWriter(clone_from=PdfReader(SAMPLES / "harbour-report.pdf"))
    writer.encrypt("", "owner", algorithm="RC4-128")
    data = io.BytesIO()
    writer.write(data)
    assert parse(data.getvalue()).warnings == ()
    assert "as if it were text" in told(CONVERSIONS["Latin-1 to UTF-8"](data.getvalue()))


@pytest.mark.parametrize("share", [0.3, 0.9, 0.99])
def test_a_file_whose_end_is_missing_is_called_that(report: bytes, share: float) -> None:
    assert "is damaged: its end is missing" in told(report[: int(share * len(report))])
    half = len(report) // 2
    assert "is damaged: its end is missing" in told(report[:half] + bytes(half))  # Of a download that was interrupted.


def test_a_page_that_is_lost_is_told(report: bytes) -> None:
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R 4 0 R]/Count 2>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 5 0 R/Resources<</Font<</F1 7 0 R>>>>>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 6 0 R/Resources<</Font<</F1 7 0 R>>>>>>",
        stream(b"BT /F1 12 Tf 72 700 Td (The heron stands in the water and waits for fish.) Tj ET"),
        stream(b"BT /F1 12 Tf 72 700 Td (The egret stands on the shore and waits for nobody at all.) Tj ET"),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    assert parse(pdf(objects)).warnings == ()
    dictionary, content = objects[5].split(b"stream\n", 1)
    objects[5] = dictionary + b"stream\n" + content[:2] + b"\xff\xff\xff" + content[5:]
    document = parse(pdf(objects))
    assert "heron" in document.text
    assert "egret" not in document.text
    assert document.warnings[0].startswith("is damaged: parts of it can't be decompressed, so that text may be missing")


def test_a_wrong_checksum_is_no_damage() -> None:
    content = stream(b"BT /F1 12 Tf 72 700 Td (The heron stands in the water and waits for fish.) Tj ET")
    checksum = content.rindex(b"\nendstream") - 1
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>"
    file = pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            page,
            content[:checksum] + bytes([content[checksum] ^ 1]) + content[checksum + 1 :],
            b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        ]
    )
    assert parse(file).warnings == ()


# Strings ------------------------------------------------------------------------------------------


def with_strings(text: bytes) -> bytes:
    """A PDF with a string wherever docqa reads one besides the pages' text: metadata, outline, labels, fields, …"""
    widget = b"<</Type/Annot/Subtype/Widget/DA(/F1 10 Tf)/P 3 0 R/Rect[72 %d 300 %d]%s>>"
    names = b"<</EmbeddedFiles<</Names[%s 10 0 R]>>>>" % text
    form = b"<</Fields[8 0 R 9 0 R 11 0 R]/DA(/F1 10 Tf)/DR<</Font<</F1 5 0 R>>>>>>"
    labels = b"<</Nums[0<</P %s/S/D>>]>>" % text
    page = b"/Annots[8 0 R 9 0 R 11 0 R 12 0 R 13 0 R]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>"
    return pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R/Outlines 6 0 R/PageLabels%s/AcroForm%s/Names%s>>" % (labels, form, names),
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]%s>>" % page,
            stream(b"BT /F1 12 Tf 72 700 Td (The heron stands in the water and waits for fish.) Tj ET"),
            b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
            b"<</Type/Outlines/First 7 0 R/Last 7 0 R/Count 1>>",
            b"<</Title %s/Parent 6 0 R/Dest[3 0 R/XYZ 0 700 0]>>" % text,
            widget % (600, 620, b"/FT/Tx/T(Name)/TU %s/V %s" % (text, text)),
            widget % (560, 580, b"/FT/Ch/Ff 131072/T %s/Opt[%s(a)]/V %s/I[0]" % (text, text, text)),
            b"<</Type/Filespec/F %s/UF %s>>" % (text, text),
            widget % (520, 540, b"/FT/Btn/T %s/V/Yes/AS/Yes/MK<</CA %s>>" % (text, text)),
            b"<</Type/Annot/Subtype/Text/Contents %s/Rect[72 480 90 500]/P 3 0 R>>" % text,
            b"<</Type/Annot/Subtype/FreeText/DA(/F1 10 Tf)/Contents %s/Rect[72 440 300 460]/P 3 0 R>>" % text,
            b"<</Title %s>>" % text,
        ],
        b"/Info 14 0 R",
    )


def hexadecimal(units: list[int]) -> bytes:
    return b"<FEFF%s>" % b"".join(b"%04X" % unit for unit in units)


def test_half_of_a_surrogate_pair_is_shown_as_a_character_that_is_lost() -> None:
    document = parse(with_strings(hexadecimal([0x41, 0xD800, 0x42])))
    assert document.title == "A\ufffdB"
    assert document.page_labels == ("A\ufffdB1",)
    assert [section.title for section in document.sections] == ["A\ufffdB"]
    assert "Note: A\ufffdB" in document.text
    assert document.warnings == ("has 1 attachment, which was not read: A\ufffdB",)


@given(
    st.lists(st.sampled_from([0, 1, 7, 0x1B, 0x41, 0x62, 0x202E, 0xD800, 0xDBFF, 0xDC00, 0xFEFF, 0xFFFE]), max_size=6)
)
def test_whatever_a_string_is_the_document_can_be_stored_and_shown(units: list[int]) -> None:
    document = parse(with_strings(hexadecimal(units)))
    check_document(document)
    shown = [document.text, document.title or "", *document.page_labels, *document.warnings]
    assert {unicodedata.category(char) for text in shown for char in text if char != "\n"}.isdisjoint(
        {"Cc", "Cf", "Cs"}
    )


# Numbers ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("long", ["7" * 5000, f"Page {'7' * 5000} of {'8' * 5000}"])
def test_a_number_of_any_length_is_text(tmp_path: Path, long: str) -> None:
    def page(number: int) -> list[Text]:
        heads = [Text(30, f"{long}{number}", 60, 0.05), Text(810, long, 60, 0.05), Text(20, "Report 1")]
        rows = [Text(400 + 20 * row, long, x, 0.05) for row in range(3) for x in (60, 340)]
        return [*heads, *prose(80, 12, f"Page {number}"), *rows]

    document = parse(draw_pages(tmp_path / "a.pdf", [page(number) for number in range(1, 4)]).read_bytes())
    check_document(document)
    assert "7" * 5000 in document.text
