"""Footnotes are told from text, tables and diagrams in small type."""

from collections.abc import Iterable
from pathlib import Path

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen import canvas
from support.drawn import Text, draw_pages, page_contents, prose
from support.samples import SAMPLES, SHARED

from docqa.documents.pdf.footnotes import footnote_starts, mark_footnotes
from docqa.documents.pdf.lines import LayoutLine
from docqa.documents.pdf.reading_order import page_lines

DOCUMENTS = SHARED / "data/train/real-documents"


def notes(path: Path, page: int = 1, without: Iterable[str] = ()) -> list[str]:
    """A page's notes, each as one text: the lines from one that begins a note to the next."""
    content = page_contents(path)[page - 1]
    lines = [line for line in page_lines(content, page) if line.text not in set(without)]
    marked = mark_footnotes(lines, _body_size(lines), content.rules)
    starts = footnote_starts(lines, marked)
    found: list[str] = []
    for index in sorted(marked, key=lambda index: lines[index].top):
        if index in starts or not found:
            found.append(lines[index].text)
        else:
            found[-1] += " " + lines[index].text
    return [" ".join(note.split()) for note in found]


def _body_size(lines: list[LayoutLine]) -> float:
    sizes = [line.size for line in lines for _ in line.text]
    return max(set(sizes), key=sizes.count)


def drawn(folder: Path, page: Iterable[Text]) -> list[str]:
    return notes(draw_pages(folder / "a.pdf", [page]))


def test_notes_in_small_type_at_the_end_of_the_page(tmp_path: Path) -> None:
    page = [
        *prose(80, 40, "The bar"),
        Text(700, "1 The first survey was made by the Trust in 1871, and", size=8),
        Text(710, "12 more followed before the war.", size=8),
        Text(722, "2 See the minutes of 4 May.", size=8),
    ]
    assert drawn(tmp_path, page) == [
        "1 The first survey was made by the Trust in 1871, and 12 more followed before the war.",
        "2 See the minutes of 4 May.",
    ]


def test_raised_marks_and_symbols(tmp_path: Path) -> None:
    page = [
        *prose(80, 40, "The bar"),
        Text(697, "3", 60, 5),
        Text(700, "see the survey of the harbour, p. 12.", 64, 8),
        Text(712, "* Corrected in the second edition.", 60, 8),
    ]
    assert drawn(tmp_path, page) == ["³ see the survey of the harbour, p. 12.", "* Corrected in the second edition."]


def test_notes_under_a_rule_as_large_as_the_text_and_from_the_page_before(tmp_path: Path) -> None:
    def sheet(name: str, texts: Iterable[Text], rule: float) -> Path:
        path = tmp_path / name
        page = canvas.Canvas(str(path), pagesize=A4, invariant=1)
        for y, text, x, size, font in texts:
            page.setFont(font, size)
            page.drawString(x, A4[1] - y, text)
        page.line(60, A4[1] - rule, 200, A4[1] - rule)
        page.save()
        return path

    large = [*prose(80, 40, "The bar"), Text(700, "1 See the minutes of 4 May."), Text(714, "2 Not printed.")]
    assert notes(sheet("large.pdf", large, 684)) == ["1 See the minutes of 4 May.", "2 Not printed."]
    going_on = [
        *prose(80, 40, "The bar"),
        Text(700, "by a majority of the pilots who were present.", size=8),
        Text(712, "7 See the minutes of 4 May.", size=8),
    ]
    assert notes(sheet("going-on.pdf", going_on, 688)) == [
        "by a majority of the pilots who were present.",
        "7 See the minutes of 4 May.",
    ]


def test_each_column_has_its_notes(tmp_path: Path) -> None:
    left = [Text(y, text[:45], 60) for y, text, *_ in prose(80, 40, "The bar")]
    right = [Text(y, text[:45], 330) for y, text, *_ in prose(80, 44, "The birds")]
    page = [*left, Text(700, "1 See the minutes of 4 May.", 60, 8), *right]
    assert drawn(tmp_path, page) == ["1 See the minutes of 4 May."]


def test_a_caption_a_table_and_a_diagram_are_no_notes(tmp_path: Path) -> None:
    text = prose(80, 38, "The bar")
    assert drawn(tmp_path, [*text, Text(700, "Figure 3. The bar at low water, seen from the mole.", size=8)]) == []
    rows = [
        Text(680 + 10 * i, cell, 60 + 120 * j, 8)
        for i in range(6)
        for j, cell in enumerate((f"{i + 1} Tern", f"{31 * i} pairs", "June"))
    ]
    assert drawn(tmp_path, [*text, *rows]) == []
    labels = [Text(680 + 10 * i, str(i), 60 + 30 * i, 6) for i in range(8)]
    assert drawn(tmp_path, [*text, *labels, Text(780, "Depth (m)", 200, 6)]) == []
    # A heading and small type below it is the list of sources.
    sources = [Text(700 + 10 * i, f"[{i + 1}] A. Holm, The Sands of the Bar, 187{i}.", 60, 8) for i in range(5)]
    assert drawn(tmp_path, [*text, Text(680, "References", size=11), *sources]) == []


def test_the_sample_report() -> None:
    found = notes(SAMPLES / "harbour-report.pdf", 7, ["Annual Environmental and Operations Report 2023–24  Page 4"])
    assert [note[:40] for note in found] == ["³ The maximum allowable concentration of"]


@pytest.mark.skipif(not DOCUMENTS.is_dir(), reason="the shared documents are not next to this checkout")
def test_real_notes() -> None:
    report = notes(DOCUMENTS / "reports/docs/campus-attacks-report.pdf", 2, ["Campus Attacks  Page 6"])
    assert [note.split()[0] for note in report] == ["¹³", "¹⁴", "¹⁵", "¹⁶"]
    mueller = notes(DOCUMENTS / "longform/docs/mueller-summaries.pdf", 17, ["15"])
    assert [note[:1] for note in mueller] == ["b", "⁵", "⁶"]


def test_a_mark_far_from_its_note(tmp_path: Path) -> None:
    page = [
        *prose(80, 40, "The bar"),
        Text(697, "1", 60, 5),
        Text(700, "See the survey of the harbour, p. 12, and the", 74, 8),
        Text(710, "minutes of 4 May.", 74, 8),
    ]
    path = draw_pages(tmp_path / "a.pdf", [page])
    content = page_contents(path)[0]
    lines = page_lines(content, 1)
    marked = mark_footnotes(lines, _body_size(lines), content.rules)
    assert [lines[index].text for index in sorted(marked)] == [
        "¹ See the survey of the harbour, p. 12, and the",
        "minutes of 4 May.",
    ]
    assert [lines[index].text[:5] for index in footnote_starts(lines, marked)] == ["¹ See"]
