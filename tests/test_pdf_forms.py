"""Form values, typed-in text, comments and stamps of PDFs: read where a person sees them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfWriter
from pypdf.annotations import FreeText, Highlight, Text
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    TextStringObject,
)
from reportlab.pdfgen import canvas
from support.drawn import appearance, edited

from docqa.documents import Document, parse, read

PROSE = (
    "The keeper of the light counted the herons every morning, wrote their number in the log, and sent the log to",
    "the harbour office at the end of each month, where nobody ever read it before the storm of that year came.",
)


def load(path: Path) -> Document:
    return parse(read(str(path)))


def page_text(document: Document, page: int = 1) -> list[str]:
    return [document.text[line.start : line.end] for line in document.page_lines(page)]


def body(document: Document) -> str:
    return document.text[: document.body_end]


def form(path: Path, draw: Callable[[canvas.Canvas], None], **options: Any) -> Path:
    sheet = canvas.Canvas(str(path), invariant=1, **options)
    draw(sheet)
    sheet.showPage()
    sheet.save()
    return path


def annotated(path: Path, *annotations: Any, lines: tuple[str, ...] = PROSE, pages: int = 1) -> Path:
    """A PDF with the lines on each page, and the annotations on the first."""
    sheet = canvas.Canvas(str(path), invariant=1)
    for _ in range(pages):
        for number, line in enumerate(lines):
            sheet.drawString(40, 700 - 14 * number, line)
        sheet.showPage()
    sheet.save()

    def add(writer: PdfWriter) -> None:
        for annotation in annotations:
            writer.add_annotation(0, annotation)

    return edited(path, add)


def test_values_stand_beside_their_labels(tmp_path: Path) -> None:
    def draw(sheet: canvas.Canvas) -> None:
        for y, name, value in ((700, "Name of keeper:", "Rosalind Achterberg"), (670, "Boat:", "Kittiwake")):
            sheet.drawString(60, y, name)
            sheet.acroForm.textfield(name=name, value=value, x=200, y=y - 4, width=200, height=18, borderStyle="solid")
        sheet.drawString(60, 640, "Harbour:")
        sheet.acroForm.choice(
            name="h", value="Skagen", options=["Esbjerg", "Skagen"], x=200, y=636, width=200, height=18
        )
        for x, label, checked in ((60, "insured", True), (200, "seaworthy", False)):
            sheet.acroForm.checkbox(name=label, checked=checked, x=x, y=610, size=12)
            sheet.drawString(x + 18, 612, label)
        for x, value in ((60, "sail"), (200, "motor")):
            sheet.acroForm.radio(name="by", value=value, selected=value == "motor", x=x, y=580, size=12)
            sheet.drawString(x + 18, 582, value)

    document = load(form(tmp_path / "a.pdf", draw))
    assert page_text(document) == [
        "Name of keeper:  Rosalind Achterberg",
        "Boat:  Kittiwake",
        "Harbour:  Skagen",
        "☒ insured  ☐ seaworthy",
        "☐ sail  ☒ motor",
    ]


def test_values_in_drawn_boxes_stand_beside_their_labels(tmp_path: Path) -> None:
    """The boxes have the labels on their left, and are no cells of a table."""
    values = {"Keeper:": "Anna Holm", "Lighthouse:": "Skagen", "Since:": "1858", "Height (m):": "46", "Lamps:": ""}

    def draw(sheet: canvas.Canvas) -> None:
        for number, (label, value) in enumerate(values.items()):
            y = 700 - 30 * number
            sheet.drawString(60, y, label)
            sheet.rect(200, y - 5, 150, 20)
            sheet.acroForm.textfield(name=label, value=value, x=200, y=y - 5, width=150, height=20, borderWidth=0)

    shown = page_text(load(form(tmp_path / "a.pdf", draw)))
    assert shown == [f"{label}  {value}".strip() for label, value in values.items()]


def test_a_check_box_right_of_its_label_follows_it(tmp_path: Path) -> None:
    def draw(sheet: canvas.Canvas) -> None:
        sheet.drawString(60, 700, "Insurance held:")
        sheet.acroForm.checkbox(name="insured", checked=True, x=160, y=698, size=12)

    assert page_text(load(form(tmp_path / "a.pdf", draw))) == ["Insurance held:  ☒"]


def test_values_fill_the_blanks_that_they_lie_over(tmp_path: Path) -> None:
    def draw(sheet: canvas.Canvas) -> None:
        sheet.setFont("Courier", 10)
        sheet.drawString(60, 700, "I, ____________________, rent the boathouse until ______________.")
        sheet.acroForm.textfield(name="who", value="Petra Lindqvist", x=78, y=696, width=120, height=14)
        sheet.acroForm.textfield(name="until", value="May 2031", x=354, y=696, width=84, height=14)

    text = " ".join(body(load(form(tmp_path / "a.pdf", draw))).split())
    assert text == "I, Petra Lindqvist, rent the boathouse until May 2031."


def test_what_a_viewer_does_not_show_is_not_read(tmp_path: Path) -> None:
    def draw(sheet: canvas.Canvas) -> None:
        sheet.drawString(60, 700, "Name:")
        for name, flags, y in (("hidden", "hidden", 690), ("unseen", "noview", 660)):
            sheet.acroForm.textfield(
                name=name, value=f"{name} value", annotationFlags=flags, x=200, y=y, width=200, height=18
            )
        sheet.acroForm.textfield(name="p", value="sesame", fieldFlags="password", x=200, y=600, width=200, height=18)
        sheet.acroForm.textfield(name="e", value="", x=200, y=570, width=200, height=18)
        sheet.acroForm.textfield(name="off", value="off the page", x=900, y=570, width=200, height=18)

    assert page_text(load(form(tmp_path / "a.pdf", draw))) == ["Name:"]


def test_a_field_has_the_value_of_its_parent(tmp_path: Path) -> None:
    def draw(sheet: canvas.Canvas) -> None:
        sheet.drawString(60, 700, "Keeper:")
        sheet.acroForm.textfield(name="keeper", value="x", x=200, y=696, width=200, height=18)

    def split(writer: PdfWriter) -> None:
        fields = writer.root_object["/AcroForm"]["/Fields"]
        widget = fields[0].get_object()
        parent = DictionaryObject({NameObject(key): widget.pop(key) for key in ("/T", "/FT")})
        widget.pop("/V")
        parent[NameObject("/V")] = TextStringObject("Anna Holm")
        parent[NameObject("/Kids")] = ArrayObject([fields[0]])
        widget[NameObject("/Parent")] = fields[0] = writer._add_object(parent)

    assert page_text(load(edited(form(tmp_path / "a.pdf", draw), split))) == ["Keeper:  Anna Holm"]


def test_a_number_is_read_as_its_field_shows_it(tmp_path: Path) -> None:
    def draw(sheet: canvas.Canvas) -> None:
        sheet.drawString(60, 700, "Fee:")
        sheet.acroForm.textfield(name="fee", value="302,80 kr", x=200, y=696, width=200, height=18)

    def format_only(writer: PdfWriter) -> None:
        writer.root_object["/AcroForm"]["/Fields"][0].get_object()[NameObject("/V")] = TextStringObject("302.8")

    assert page_text(load(edited(form(tmp_path / "a.pdf", draw), format_only))) == ["Fee:  302,80 kr"]


def test_values_are_in_place_on_a_turned_page(tmp_path: Path) -> None:
    def draw(sheet: canvas.Canvas) -> None:
        sheet.setPageRotation(90)
        sheet.rotate(90)
        sheet.drawString(60, -100, "Name of keeper:")
        sheet.drawString(60, -140, "Boat:")
        sheet.acroForm.textfield(name="n", value="Anna Holm", x=96, y=200, width=14, height=120)
        sheet.acroForm.textfield(name="b", value="Kittiwake", x=136, y=200, width=14, height=120)

    assert page_text(load(form(tmp_path / "a.pdf", draw))) == ["Name of keeper:  Anna Holm", "Boat:  Kittiwake"]


def test_comments_are_notes_below_the_text_of_their_page(tmp_path: Path) -> None:
    note = Text(rect=(500, 680, 520, 700), text="Please check\nthis number.")
    document = load(annotated(tmp_path / "a.pdf", note, pages=2))
    assert page_text(document)[-1] == "Note: Please check this number."
    assert [block.kind for block in document.blocks if "Note:" in document.text[block.start : block.end]] == ["note"]
    assert "Note: Please check this number." in body(document)


def test_a_comment_that_only_copies_what_it_highlights_is_no_note(tmp_path: Path) -> None:
    highlight = Highlight(
        rect=(40, 695, 300, 712),
        quad_points=ArrayObject(map(FloatObject, (40, 712, 300, 712, 40, 695, 300, 695))),
    )
    highlight[NameObject("/Contents")] = TextStringObject("The keeper of the light\ncounted the herons")
    assert "Note:" not in load(annotated(tmp_path / "a.pdf", highlight)).text


def test_notes_of_many_pages_are_no_running_header(tmp_path: Path) -> None:
    file = annotated(tmp_path / "a.pdf", pages=5)

    def add(writer: PdfWriter) -> None:
        for page in range(5):
            writer.add_annotation(page, Text(rect=(500, 680, 520, 700), text="Checked."))

    assert body(load(edited(file, add))).count("Note: Checked.") == 5


def test_a_review_and_a_hidden_comment_are_no_notes(tmp_path: Path) -> None:
    review = Text(rect=(500, 680, 520, 700), text="Accepted set by Anna")
    review[NameObject("/StateModel")] = TextStringObject("Review")
    hidden = Text(rect=(500, 680, 520, 700), text="An aside.")
    hidden[NameObject("/F")] = NumberObject(2)
    assert "Note:" not in load(annotated(tmp_path / "a.pdf", review, hidden)).text


def test_typed_in_text_is_read_where_it_stands(tmp_path: Path) -> None:
    typed = FreeText(text="paid on 3 May", rect=(200, 636, 300, 656))
    lines = (*PROSE, "", "", "Invoice 417")
    assert "Invoice 417  paid on 3 May" in page_text(load(annotated(tmp_path / "a.pdf", typed, lines=lines)))


def test_text_that_is_pasted_over_is_not_read(tmp_path: Path) -> None:
    pasted = FreeText(text="ANYCOMPANY", rect=(40, 640, 200, 662))
    file = annotated(tmp_path / "a.pdf", pasted, lines=(*PROSE, "", "", "Vogel & Sons"))

    def fill(writer: PdfWriter) -> None:
        look = appearance(b"q 1 1 1 rg 0 0 160 22 re f Q", 160, 22)
        writer.pages[0]["/Annots"][0].get_object()[NameObject("/AP")] = DictionaryObject(
            {NameObject("/N"): writer._add_object(look)}
        )

    text = page_text(load(edited(file, fill)))
    assert "ANYCOMPANY" in text
    assert "Vogel & Sons" not in text


def test_a_watermark_is_no_label(tmp_path: Path) -> None:
    def draw(sheet: canvas.Canvas) -> None:
        sheet.drawString(80, 700, "insured")
        sheet.acroForm.checkbox(name="insured", checked=True, x=60, y=698, size=12)
        sheet.translate(80, 650)
        sheet.rotate(60)
        sheet.setFont("Helvetica", 60)
        sheet.drawString(0, 0, "COPY")

    assert "☒ insured" in page_text(load(form(tmp_path / "a.pdf", draw)))


@pytest.mark.parametrize("kind", ["stamp", "signature"])
def test_stamps_and_signatures_are_read_as_they_look(tmp_path: Path, kind: str) -> None:
    file = annotated(tmp_path / "a.pdf", Text(rect=(500, 680, 520, 700), text="A note beside it."))

    def add(writer: PdfWriter) -> None:
        font = DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Font"),
                NameObject("/Subtype"): NameObject("/Type1"),
                NameObject("/BaseFont"): NameObject("/Helvetica"),
            }
        )
        fonts = DictionaryObject({NameObject("/F1"): font})
        look = appearance(b"BT /F1 12 Tf 4 8 Td (Signed by Duncan Presswell) Tj ET", 200, 30, Font=fonts)
        annotation = DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Annot"),
                NameObject("/Subtype"): NameObject("/Stamp" if kind == "stamp" else "/Widget"),
                NameObject("/Rect"): ArrayObject(map(NumberObject, (300, 100, 500, 130))),
                NameObject("/F"): NumberObject(4),
                NameObject("/AP"): DictionaryObject({NameObject("/N"): writer._add_object(look)}),
            }
        )
        if kind == "signature":
            annotation[NameObject("/FT")] = NameObject("/Sig")
            annotation[NameObject("/T")] = TextStringObject("signature")
            field = writer._add_object(annotation)
            writer.root_object[NameObject("/AcroForm")] = DictionaryObject(
                {NameObject("/Fields"): ArrayObject([field]), NameObject("/NeedAppearances"): BooleanObject(False)}
            )
            writer.pages[0]["/Annots"].append(field)
        else:
            writer.add_annotation(0, annotation)

    text = page_text(load(edited(file, add)))
    assert "Signed by Duncan Presswell" in text
    assert text[-1] == "Note: A note beside it."
