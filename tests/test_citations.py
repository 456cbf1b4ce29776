"""The check of citations by a second path tells right from wrong; `test_quality.py` has it on the sample documents."""

import sys
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas
from support.samples import ROOT

sys.path.insert(0, str(ROOT))

from benchmarks import citations
from benchmarks.citations import Checked, stands_in
from benchmarks.second_path import Place, SecondPath
from docqa.array_store import ArrayStore
from docqa.config import Settings
from docqa.engine import Engine


def pdf(file: Path, *pages: list[str]) -> Path:
    """Draw lines, one below the other."""
    canvas = Canvas(str(file))
    for lines in pages:
        for number, line in enumerate(lines):
            canvas.drawString(72, 760 - 14 * number, line)
        canvas.showPage()
    canvas.save()
    return file


@pytest.fixture
def pages(tmp_path: Path) -> SecondPath:
    return SecondPath(
        pdf(tmp_path / "two.pdf", ["The keeper was Anna", "Holm."], ["It was lit in 1858, by gas-", "light."])
    )


def test_a_text_is_found_on_its_page_whatever_divides_its_letters(pages: SecondPath) -> None:
    assert pages.find("Anna  Holm", 1) is Place.PAGE
    assert pages.find("by gaslight", 2) is Place.PAGE
    assert pages.pages_with("Anna Holm") == 1


def test_a_text_of_another_page_or_of_none_is_wrong(pages: SecondPath) -> None:
    assert pages.find("Anna Holm", 2) is Place.ELSEWHERE
    assert pages.find("Ada Holm", 1) is Place.NOWHERE


def test_words_and_cells_that_are_not_in_a_row_are_told_apart(pages: SecondPath) -> None:
    assert pages.find("Holm  The keeper", 1) is Place.CELLS
    assert pages.find("Holm keeper", 1) is Place.WORDS


def test_the_value_of_a_field_is_no_text_of_its_page(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "form.pdf"))
    canvas.drawString(72, 760, "Name of the applicant:")
    canvas.acroForm.textfield(name="name", value="Rosalind Achterberg", x=220, y=750, width=200, height=20)
    canvas.save()
    found = SecondPath(tmp_path / "form.pdf").find("Rosalind Achterberg", 1)
    assert found in {Place.FORM, Place.POPPLER}


def test_lines_of_a_file_have_a_text_from_its_first_word_to_its_last() -> None:
    lines = ["It was [Anna", "Holm](https://example.org/keepers) &amp; sons."]
    assert stands_in("Anna Holm & sons", lines)
    assert not stands_in("Anna Holm", lines[1:])
    assert not stands_in("Anna", lines), "it ends in the first line"
    assert not stands_in("Holm Anna", lines)


def test_an_answer_over_a_page_end_cites_both_pages(tmp_path: Path) -> None:
    filler = [
        f"In the year {1800 + year} the harbour was dredged to a depth of nine fathoms and more, as"
        for year in range(48)
    ]
    file = pdf(
        tmp_path / "report.pdf",
        [*filler, "every year. The lighthouse on the northern mole was built by the engineer Ada"],
        ["Marshwood of Sallowmouth, who had built two others before it on this coast.", *filler[:20]],
    )
    collection = Engine(Settings(device="cpu"), ArrayStore(None)).open([file])
    result = collection.ask("Which engineer built the lighthouse on the northern mole?")
    (first, *_) = [*result.answers, *result.closest]
    assert first.text.startswith("Ada Marshwood")
    assert (first.page, first.line_start, first.page_end, first.line_end) == (1, 49, 2, 1)
    checked = Checked()
    citations.check(collection.documents[0], [result], checked)
    assert (checked.over_page_ends, checked.notes) == (1, [])
