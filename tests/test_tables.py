"""Tables as people see them: columns aligned, cut to the terminal, with the answer's cell and its headings."""

import csv
import io
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from support.scoring import by_score
from support.tables import SHIPS, Page

from docqa import output
from docqa.aligned_table import AlignedCell, align, line_text, narrow
from docqa.answers import Answer, Result, Withheld, rank_answers
from docqa.documents import Document
from docqa.export import ExportHead, as_csv, as_markdown
from docqa.ranking import Candidate

HEAD = ExportHead("2026-11-27", ())


def result(text: str, document: Document = SHIPS) -> Result:
    start = document.text.index(text)
    answers = rank_answers(by_score(Candidate(0, start, start + len(text), 9.0)), [document], 5)
    return Result("How many?", True, tuple(answers), (), 1, 1, "bundled", "hybrid", 0.1)


def answer(text: str, document: Document = SHIPS) -> Answer:
    return result(text, document).answers[0]


def quoted(text: str, width: int = 100, document: Document = SHIPS) -> list[str]:
    lines = output.as_text(result(text, document), width=width).splitlines()
    return [line.removeprefix("   | ") for line in lines if line.startswith("   | ")]


def test_an_answer_in_a_table_is_shown_in_its_columns() -> None:
    assert quoted("1,198") == [
        "Ship                                   Master          Built     Tons",
        "─────────────────────────────────────  ──────────────  ─────  ───────",
        "Aurelia                                Jens Okkenhaug   1861      214",
        "Bellona                                                 1870  »1,198«",
        "Cormoran of the northern line, which…  Ada Marsh        1874       86",
    ]


def test_of_a_withheld_answer_the_table_is_shown_without_a_mark() -> None:
    found = result("1,198")
    found = replace(found, answered=False, answers=(), closest=found.answers, withheld=Withheld("count", "no count"))
    lines = [line for line in output.as_text(found).splitlines() if line.startswith("   | ")]
    assert lines[3] == "   | Bellona                                                 1870  1,198"
    assert "| Bellona |  | 1870 | 1,198 |" in as_markdown([found], HEAD)


def test_rows_that_are_left_out_leave_a_sign() -> None:
    assert [line.split()[0] for line in quoted("Tobias Wren")] == ["Ship", "─" * 37, "…", "Cormoran", "Dorothea"]


@pytest.mark.parametrize("width", [80, 60, 50, 40, 30])
def test_on_a_narrow_terminal_the_answer_and_its_headings_remain(width: int) -> None:
    lines = quoted("1,198", width)
    assert max(map(cell_len, lines)) <= width - 5
    shown = "\n".join(lines)
    for needed in ("Ship", "Tons", "Bellona", "»1,198«"):
        assert needed in shown
    assert ("Built" in shown) is (width > 30)


def test_the_answer_is_bold_in_each_line_of_its_cell_and_nothing_else_is() -> None:
    coloured = output.as_text(result("northern line, which came only"), colour=True, width=50)
    bold = [part.partition("\x1b[0m")[0] for part in coloured.split("\x1b[1m")[1:]]
    assert " ".join(bold[1:]) == "»northern line, which came only«"
    plain = coloured.replace("\x1b[1m", "").replace("\x1b[2m", "").replace("\x1b[0m", "")
    assert plain == output.as_text(result("northern line, which came only"), width=50)


def test_json_names_the_headings_and_the_passage_is_whole_rows() -> None:
    (found,) = json.loads(output.as_json([result("1,198")]))["answers"]
    assert found["cell"] == {"row": ["Bellona"], "column": ["Tons"]}
    assert found["passage"].startswith("Ship  Master") and found["passage"].endswith("Tobias Wren  1880  99")
    assert SHIPS.text[found["passage_start"] :].startswith(found["passage"])
    assert json.loads(output.as_json([result("412")]))["answers"][0]["cell"] is None


def test_headings_of_several_columns_and_rows() -> None:
    rows = [
        ["Port", "Ships", "", "Dues"],
        ["", "in", "out", ""],
        ["North", "12", "11", "40"],
        ["", "13", "9", "30"],
    ]
    page = Page().table(rows, 2, spans={(0, 1): (1, 2), (0, 0): (2, 1), (0, 3): (2, 1), (2, 0): (2, 1)})
    document = page.document()
    found = answer("9", document).table
    assert found is not None
    assert (found.row_headings, found.column_headings) == (("North",), ("Ships", "out"))
    assert quoted("9", 100, document) == [
        "Port   Ships    Dues",
        "       in  out",
        "─────  ──  ───  ────",
        "North  12   11    40",
        "       13  »9«    30",
    ]
    assert "   > | Port | Ships / in | Ships / out | Dues |\n" in as_markdown([result("9", document)], HEAD)


def test_markdown_exports_a_table() -> None:
    assert "   > | Aurelia | Jens Okkenhaug | 1861 | **214** |\n" in as_markdown([result("214")], HEAD)
    assert "   > | --- | --- | --: | --: |\n" in as_markdown([result("214")], HEAD)


def test_csv_has_the_headings() -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv([result("214"), result("412")]))))
    assert [(row["row_headings"], row["column_headings"]) for row in rows] == [("Aurelia", "Tons"), ("", "")]


def test_a_cell_of_many_words_is_read_in_its_column() -> None:
    page = Page().table([["Term", "Meaning"], ["Dues", " ".join(["a fee for each call"] * 30)], ["Quay", "a wall"]])
    lines = quoted("a wall", 60, page.document())
    assert all(line.startswith(("Term", "────", "Dues", "Quay", "      ")) for line in lines)
    assert max(map(len, lines)) <= 55


_CELLS = st.lists(
    st.builds(AlignedCell, st.text("ab1 字", max_size=20), st.integers(0, 4), st.integers(0, 5), st.integers(1, 3)),
    min_size=1,
    unique_by=lambda cell: (cell.row, cell.column),
)


@given(_CELLS, st.integers(0, 2), st.integers(8, 60), st.integers(0, 5))
def test_no_letter_of_a_cell_is_lost(cells: list[AlignedCell], header_rows: int, room: int, center: int) -> None:
    for shown in (cells, narrow(cells, (0,), min(center, max(cell.column for cell in cells)), room)):
        lines = align(shown, header_rows, room)
        for number, cell in enumerate(shown):
            parts = [part.text for line in lines for part in line if part.cell == number]
            assert "".join("".join(parts).split()) == "".join(cell.text.split())
        for line in lines:
            assert "".join(line_text(line).split()) == "".join("".join(part.text for part in line).split())


def test_a_cell_over_columns_without_text_is_apart_from_the_next_one() -> None:
    for span in (2, 21, 99):
        cells = [AlignedCell("a", 0, 0, span), AlignedCell("Anna Holm", 0, span)]
        (line,) = align(cells, 0)
        assert line_text(line, lambda part: part.text) == "a  Anna Holm"
