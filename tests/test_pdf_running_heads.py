"""Headers, footers and page numbers are told from text and data that recur."""

from collections.abc import Iterable
from pathlib import Path

import pytest
from support.drawn import Text, draw_pages, lines_of, prose
from support.samples import SHARED

from docqa.documents.pdf.running_heads import running_heads


def heads(path: Path) -> dict[str, list[str]]:
    """The texts of the headers and of the footers, page by page."""
    lines, page_count, heights = lines_of(path)
    found = running_heads(lines, page_count, heights)
    return {
        place: [line.text for line in lines if found.get((line.page, line.number)) == place]
        for place in ("header", "footer")
    }


def drawn(folder: Path, pages: Iterable[Iterable[Text]]) -> dict[str, list[str]]:
    return heads(draw_pages(folder / "a.pdf", pages))


def test_a_head_is_found_on_two_pages(tmp_path: Path) -> None:
    pages = [
        [Text(40, "Sallowmouth Harbour Trust"), *prose(90, 40, f"Page {n} says that"), Text(800, f"Page {n} of 2")]
        for n in (1, 2)
    ]
    assert drawn(tmp_path, pages) == {
        "header": ["Sallowmouth Harbour Trust"] * 2,
        "footer": ["Page 1 of 2", "Page 2 of 2"],
    }


def test_the_title_of_the_first_page_is_its_title_where_it_recurs(tmp_path: Path) -> None:
    pages = [[Text(40, "The Bylaws of the Harbour", 160, 15), *prose(90, 40, f"Page {n} says")] for n in range(1, 5)]
    assert drawn(tmp_path, pages)["header"] == ["The Bylaws of the Harbour"] * 3


def test_heads_change_with_the_chapter_and_on_left_and_right_pages(tmp_path: Path) -> None:
    chapters = ["Tides"] * 3 + ["Dredging and the bar"] * 4 + ["Birds"] * 3
    pages = [
        [
            Text(40, chapter, 60 if n % 2 else 400, 9),
            *prose(90, 40, f"On day {7 * n}"),
            Text(800, f"{n + 6}  Annual report" if n % 2 else f"Annual report  {n + 6}", 60, 9),
        ]
        for n, chapter in enumerate(chapters, 1)
    ]
    found = drawn(tmp_path, pages)
    assert found["header"] == chapters
    assert len(found["footer"]) == 10


def test_payslips_have_no_heads(tmp_path: Path) -> None:
    pages = [
        [
            Text(40, "Kilbride & Sons, Payroll Office", 60, 16),
            Text(90, f"Month: {month}"),
            Text(104, "Employee: Saoirse Kilbride"),
            Text(118, f"Gross pay: {3000 + 17 * n}.50 EUR"),
            Text(132, f"Tax withheld: {600 + 7 * n}.25 EUR"),
            Text(146, f"Net pay: {2400 + 10 * n}.25 EUR"),
            Text(790, f"Paid on: {20 + n}.0{n}.2023"),
        ]
        for n, month in enumerate(("January", "February", "March", "April", "May"), 1)
    ]
    assert drawn(tmp_path, pages) == {"header": [], "footer": []}
    # Page numbers are no data there, either.
    numbered = [[*page, Text(815, f"Page {n} of 5")] for n, page in enumerate(pages, 1)]
    assert drawn(tmp_path, numbered) == {"header": [], "footer": [f"Page {n} of 5" for n in range(1, 6)]}


def test_column_headings_of_a_continued_table_are_no_head(tmp_path: Path) -> None:
    def row(y: float, *cells: str) -> list[Text]:
        return [Text(y, cell, 60 + 150 * i) for i, cell in enumerate(cells)]

    pages = [
        [
            *row(60, "Date", "Vessel", "Berth"),
            *(text for i in range(40) for text in row(76 + 15 * i, f"{i % 28 + 1} May", f"Tern {n * i}", f"W{n + i}")),
        ]
        for n in range(1, 6)
    ]
    assert drawn(tmp_path, pages)["header"] == []


def test_titles_of_slides_are_no_heads(tmp_path: Path) -> None:
    titles = ["Agenda", "The bar", "The bar (2)", "Birds", "Costs", "Next steps"]
    pages = [
        [Text(60, title, 60, 28), *prose(200, 5, f"{title}:"), Text(810, str(n), 500, 9)]
        for n, title in enumerate(titles, 1)
    ]
    assert drawn(tmp_path, pages) == {"header": [], "footer": ["1", "2", "3", "4", "5", "6"]}


def test_headings_and_footnotes_that_count_are_no_heads(tmp_path: Path) -> None:
    pages = [
        [
            Text(60, f"{n} Chapter on {word}", 60, 11, "Times-Bold"),
            *prose(90, 40, f"On day {5 * n}"),
            Text(740, f"{n} See the minutes of the {word} committee", 60, 8),
            Text(810, str(n)),
        ]
        for n, word in enumerate(("tides", "sand", "birds", "trade", "pilots", "lights"), 1)
    ]
    found = drawn(tmp_path, pages)
    assert found == {"header": [], "footer": ["1", "2", "3", "4", "5", "6"]}


@pytest.mark.parametrize("style", ["{}", "- {} -", "{0}{0}", "Page {} of 9", "{}/9", "Seite {}"])
def test_page_numbers_in_many_styles(tmp_path: Path, style: str) -> None:
    pages = [[*prose(90, 45, f"On day {5 * n}"), Text(790, style.format(n), 290)] for n in range(1, 10)]
    assert drawn(tmp_path, pages)["footer"] == [style.format(n) for n in range(1, 10)]


def test_roman_numbers_of_a_preface(tmp_path: Path) -> None:
    numbers = ["i", "ii", "iii", "1", "2", "3", "4"]
    pages = [[*prose(90, 45, f"On day {n}"), Text(790, n, 290)] for n in numbers]
    assert drawn(tmp_path, pages)["footer"] == numbers


def test_a_title_is_kept_though_its_words_are_the_next_pages_head(tmp_path: Path) -> None:
    title = "The Harbour Act of 1887"
    pages = [[Text(60, title, 150, 20), *prose(120, 40, "An act")]]
    pages += [[Text(56, title, 200, 11), *prose(90, 42, f"Section {n}")] for n in range(2, 6)]
    assert drawn(tmp_path, pages)["header"] == [title] * 4


PAYSLIPS = SHARED / "bugs/inputs/payslips.pdf"
GUIDE = SHARED / "data/train/real-documents/manuals/docs/v2i-deploy.pdf"


@pytest.mark.skipif(not PAYSLIPS.exists(), reason="the shared inputs are not next to this checkout")
def test_the_payslips_of_a_bug_report() -> None:
    assert heads(PAYSLIPS) == {"header": [], "footer": []}


@pytest.mark.skipif(not GUIDE.exists(), reason="the shared documents are not next to this checkout")
def test_chapters_of_a_real_manual() -> None:
    found = heads(GUIDE)
    assert found["header"].count("Chapter 3. Site Planning") == 6
    assert "Chapter 7. Post Deployment" in found["header"]  # On one page only.
    assert "Appendix B. References" not in found["header"]  # A title.
