"""Entries of tables of contents are told from prices, hours and the numbered lines of forms."""

from pathlib import Path

import pytest
from reportlab.pdfbase.pdfmetrics import stringWidth
from support.drawn import Text, draw_pages, page_contents, prose
from support.samples import SAMPLES, SHARED

from docqa.documents.pdf.cleaning import clean
from docqa.documents.pdf.contents import contents_entries
from docqa.documents.pdf.contents_rows import with_whole_entries
from docqa.documents.pdf.reading_order import page_lines

DOCUMENTS = SHARED / "data/dev/folder/docs"
RIGHT = 520


def entries(path: Path) -> list[str]:
    """Each entry as one text."""
    contents = enumerate(page_contents(path), 1)
    lines = [line for page, content in contents for line in page_lines(with_whole_entries(content), page)]
    return [" ".join(line.text for line in lines[first : last + 1]) for first, last in contents_entries(lines)]


def entry(y: float, title: str, number: str, leader: str = ".") -> list[Text]:
    """A title, a leader as long as fits, and a number that ends at the right edge."""
    left = 60 + stringWidth(title, "Times-Roman", 11) + 6
    right = RIGHT - stringWidth(number, "Times-Roman", 11)
    count = int((right - left - 6) / stringWidth(leader, "Times-Roman", 11)) if leader else 0
    return [Text(y, title), *([Text(y, leader * count, left)] if count else []), Text(y, number, right)]


TITLES = ["Tides", "The bar and the sands", "Birds", "Trade", "Pilots", "Lights"]


@pytest.mark.parametrize("leader", [".", "_", ". ", ""])
def test_entries_with_and_without_leaders(tmp_path: Path, leader: str) -> None:
    numbers = ["iii", "1", "4", "4", "11", "27"]
    page = [Text(80, "Contents", size=16)]
    for i, (title, number) in enumerate(zip(TITLES, numbers, strict=True)):
        page += entry(120 + 18 * i, title, number, leader)
    found = entries(draw_pages(tmp_path / "a.pdf", [[*page, *prose(300, 10, "In 1871")]]))
    assert [(text.split()[0], text.split()[-1]) for text in found] == [
        (title.split()[0], number) for title, number in zip(TITLES, numbers, strict=True)
    ]


def test_an_entry_of_several_lines_is_one(tmp_path: Path) -> None:
    page = [
        Text(80, "List of figures", size=16),
        Text(120, "Figure 1. The bar at low water, as seen from the mole by the surveyors"),
        *entry(132, "of the Trust in the spring", "4"),
        *entry(150, "Figure 2. Birds", "6"),
        Text(168, "Figure 3. A light that was lit in the year of the storm, and"),
        Text(180, "that burned until the war ended, when it was taken down by"),
        *entry(192, "its keeper", "19"),
    ]
    found = entries(draw_pages(tmp_path / "a.pdf", [page]))
    assert [text[:9] for text in found] == ["Figure 1.", "Figure 2.", "Figure 3."]
    assert found[2].endswith("19")


def test_entries_go_on_over_the_page(tmp_path: Path) -> None:
    pages = [[Text(80, "Contents", size=16)], []]
    for i in range(20):
        pages[i // 10] += entry(120 + 18 * (i % 10), f"{i + 1} {TITLES[i % 6]}", str(2 * i + 1))
    assert len(entries(draw_pages(tmp_path / "a.pdf", pages))) == 20


def test_prices_and_hours_are_no_contents(tmp_path: Path) -> None:
    menu = [("Coffee", "3.50"), ("Tea", "3.80"), ("Cake", "4.20"), ("Soup", "6.00"), ("Fish", "12.50"), ("Wine", "5")]
    page = [text for i, (dish, price) in enumerate(menu) for text in entry(120 + 18 * i, dish, price)]
    assert entries(draw_pages(tmp_path / "menu.pdf", [[Text(80, "Menu", size=16), *page]])) == []
    pairs = [("Tern", "31"), ("Gannet", "7"), ("Heron", "212"), ("Ruff", "12"), ("Stint", "9"), ("Dunlin", "64")]
    page = [text for i, (bird, count) in enumerate(pairs) for text in entry(120 + 18 * i, bird, count)]
    assert entries(draw_pages(tmp_path / "birds.pdf", [page])) == []
    agenda = [("Opening", "9"), ("Report of the harbour master", "10"), ("Lunch", "12"), ("Election", "14")]
    page = [text for i, (point, hour) in enumerate(agenda) for text in entry(120 + 18 * i, point, hour)]
    assert entries(draw_pages(tmp_path / "agenda.pdf", [page])) == []


def test_the_numbered_lines_of_a_form_are_no_contents(tmp_path: Path) -> None:
    page = [text for i in range(1, 10) for text in entry(100 + 18 * i, f"{i} Enter the amount of line {i}", str(i))]
    assert entries(draw_pages(tmp_path / "a.pdf", [page])) == []


def test_the_sample_report() -> None:
    found = entries(SAMPLES / "harbour-report.pdf")
    assert len(found) == 45
    assert all(text.split()[-1].isdecimal() for text in found)


@pytest.mark.skipif(not DOCUMENTS.is_dir(), reason="the shared documents are not next to this checkout")
def test_real_contents() -> None:
    booklet = entries(DOCUMENTS / "dod_booklet.pdf")
    assert any(text.startswith("1.11 Andreas") and text.endswith("25") for text in booklet)
    assert [text.split()[-1] for text in entries(DOCUMENTS / "openchain-spec.pdf")[:3]] == ["iii", "1", "1"]


def test_title_leader_and_number_are_one_run(tmp_path: Path) -> None:
    numbers = ["ii", "1", "4", "4", "11", "27"]
    page = [Text(80, "Contents", size=16)]
    for i, (title, number) in enumerate(zip(TITLES, numbers, strict=True)):
        page += [Text(120 + 18 * i, f"{i + 1}.", 40), *entry(120 + 18 * i, title, number, "." if i % 2 else "")]
    content = with_whole_entries(page_contents(draw_pages(tmp_path / "a.pdf", [page]))[0])
    rows = [" ".join(clean(fragment.text).split()) for fragment in content.fragments[1:]]
    assert [row.replace(" …", "") for row in rows] == [
        f"{i + 1}. {title} {number}" for i, (title, number) in enumerate(zip(TITLES, numbers, strict=True))
    ]


def test_the_last_column_of_a_table_is_no_page_number(tmp_path: Path) -> None:
    cells = [
        ("Tern", "4", "31"),
        ("Gannet", "7", "35"),
        ("Heron", "2", "52"),
        ("Ruff", "9", "64"),
        ("Stint", "1", "99"),
    ]
    page = [Text(120 + 18 * i, cell, 60 + 150 * j) for i, row in enumerate(cells) for j, cell in enumerate(row)]
    before = page_contents(draw_pages(tmp_path / "a.pdf", [page]))[0]
    assert with_whole_entries(before) is before
