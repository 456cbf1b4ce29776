"""The numbers of lines are taken out of court papers and manuscripts; tables and lists keep theirs."""

from collections.abc import Iterable
from pathlib import Path

import pytest
from support.drawn import Text, draw_pages, page_contents, prose
from support.samples import SHARED

from docqa.documents.pdf.line_numbers import without_line_numbers


def removed(path: Path) -> list[str]:
    """The numbers that are taken out of the first page."""
    before = page_contents(path)[0]
    content, numbers = without_line_numbers(before)
    assert len(content.fragments) + len(numbers) >= len(before.fragments)
    return [number.text.strip() for number in numbers]


def drawn(folder: Path, page: Iterable[Text]) -> list[str]:
    return removed(draw_pages(folder / "a.pdf", [page]))


def numbers(top: float, count: int, x: float, *, step: int = 1, first: int = 1, pitch: float = 14) -> list[Text]:
    return [Text(top + pitch * i, str(first + step * i), x, 9) for i in range(count)]


@pytest.mark.parametrize("x", [30, 570])
def test_numbers_of_lines_left_or_right(tmp_path: Path, x: float) -> None:
    page = [*prose(80, 40, "The court", 70), *numbers(80, 40, x, first=211)]
    assert drawn(tmp_path, page) == [str(n) for n in range(211, 251)]


def test_numbers_of_every_fifth_line(tmp_path: Path) -> None:
    page = [*prose(80, 28, "The court", 70), *numbers(80 + 4 * 14, 5, 40, step=5, first=5, pitch=70)]
    assert drawn(tmp_path, page) == ["5", "10", "15", "20", "25"]


def test_numbers_of_empty_lines_on_pleading_paper(tmp_path: Path) -> None:
    page = [*prose(80, 12, "The court", 70), *numbers(80, 28, 40)]
    assert drawn(tmp_path, page) == [str(n) for n in range(1, 29)]


def test_numbers_in_the_same_run_as_their_line(tmp_path: Path) -> None:
    lines = [f"{n:2} {line.text}" for n, line in enumerate(prose(80, 25, "The court"), 1)]
    page = [Text(80 + 24 * i, line, 40, 11, "Courier") for i, line in enumerate(lines)]
    contents = page_contents(draw_pages(tmp_path / "a.pdf", [page]))
    content, taken = without_line_numbers(contents[0])
    assert [number.text.strip() for number in taken][-3:] == ["23", "24", "25"]
    assert " ".join(fragment.text for fragment in content.fragments).startswith("The court")


def test_a_tables_first_column_stays(tmp_path: Path) -> None:
    names = ["Tern", "Kittiwake", "Gannet of the northern shore", "Heron", "Dunlin", "Ruff", "Stint"]
    rows = [
        [Text(80 + 14 * i, names[i % 7], 90), Text(80 + 14 * i, f"{31 * i} pairs", 300), Text(80 + 14 * i, "W", 400)]
        for i in range(45)
    ]
    assert drawn(tmp_path, [*numbers(80, 45, 60), *(text for row in rows for text in row)]) == []


def test_a_numbered_list_stays(tmp_path: Path) -> None:
    items = [Text(80 + 28 * (i // 2) + 14 * (i % 2), line.text, 90) for i, line in enumerate(prose(0, 40, "Item"))]
    assert drawn(tmp_path, [*numbers(80, 20, 60, pitch=28), *items]) == []
    words = [Text(80 + 14 * i, word, 90) for i, word in enumerate(["the", "of", "and", "to", "harbour"] * 8)]
    assert drawn(tmp_path, [*numbers(80, 40, 60), *words]) == []


def test_the_marks_of_a_scale_stay(tmp_path: Path) -> None:
    page = [*prose(80, 20, "The depth", 70), *numbers(400, 6, 50, step=5, first=5, pitch=40), *prose(660, 8, "It", 70)]
    assert drawn(tmp_path, page) == []


PLEADING = SHARED / "bugs/inputs/pleading.pdf"


@pytest.mark.skipif(not PLEADING.exists(), reason="the shared inputs are not next to this checkout")
def test_the_pleading_of_a_bug_report() -> None:
    assert removed(PLEADING) == [str(n) for n in range(1, 29)]


def test_a_control_character_after_a_number_is_no_part_of_it(tmp_path: Path) -> None:
    page = [*prose(80, 40, "The court", 70), *numbers(80, 40, 30)]
    (content,) = page_contents(draw_pages(tmp_path / "a.pdf", [page]))
    fragments = [f._replace(text=f" {f.text}\x1f") if f.text.isdecimal() else f for f in content.fragments]
    _, found = without_line_numbers(content._replace(fragments=fragments))
    assert [number.text for number in found] == [f" {n}\x1f" for n in range(1, 41)]
