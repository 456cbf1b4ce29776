"""The measures of a document's text: the score of transcribed pages, and what becomes of odd PDFs."""

import os
import shutil
import sys
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas
from support.samples import ROOT, SHARED

sys.path.insert(0, str(ROOT))

from benchmarks import golden, public_pdfs
from benchmarks.golden_scores import GoldenPage, Grid, PageText, Score, markdown_blocks, normalized, score

# Shares of blocks and cells that docqa must not fall below, on the transcribed pages.
FLOOR = (0.84, 0.95)
PDFS = Path(os.environ.get("DOCQA_GOLDEN_PDFS", SHARED / "data" / "train" / "real-documents"))

PAGE = GoldenPage(
    "report-001",
    "report.pdf",
    1,
    ("table",),
    (
        {"kind": "heading", "text": "1 Catches"},
        {"kind": "paragraph", "text": "The fleet landed 26 tonnes¹ in the two years of the survey."},
        {
            "kind": "table",
            "header_rows": 2,
            "header_columns": 1,
            "rows": [
                ["", "Landed", "Landed"],
                ["Port", "2021", "2022"],
                ["Skagen", "12", "14"],
                ["Hirtshals", "", "3"],
            ],
        },
        {"kind": "list_item", "text": "• Cod is the most of it."},
    ),
)
BLOCKS = (
    "1  Catches",
    "The fleet landed 26 tonnes[^1]\nin the two years of the survey.",
    "…  14\nHirtshals  3",
    "● Cod is the most of it.",
)
ROWS = (("", "Landed", "Landed"), ("Port", "2021", "2022"), ("Skagen", "12", "14"), ("Hirtshals", "", "3"))


def scored(*blocks: str, tables: tuple[Grid, ...] = ()) -> tuple[int, int]:
    result = score(PAGE, PageText((blocks,), (tables,)))
    assert (result.blocks, result.cells) == (3, 3)
    assert len(result.missed) == 6 - result.blocks_right - result.cells_right
    return result.blocks_right, result.cells_right


def test_a_page_read_as_it_is_transcribed_has_all_of_it() -> None:
    assert scored(*BLOCKS, tables=(Grid(ROWS, (2, 1)),)) == (3, 3)


def test_a_block_counts_only_whole() -> None:
    heading, paragraph, table, item = BLOCKS
    assert scored(f"{heading} {paragraph}", table, item) == (1, 0)
    assert scored(heading, *paragraph.splitlines(), table, item) == (2, 0)


def test_a_block_counts_only_right_after_the_one_before_it() -> None:
    heading, paragraph, table, item = BLOCKS
    assert scored(paragraph, heading, table, item) == (2, 0), "before the heading there may be anything"
    assert scored(heading, "A running head", paragraph, table, item) == (2, 0)
    assert scored(heading, *paragraph.splitlines(), item, table) == (1, 0), "the item follows no cell"


def test_a_digit_that_is_glued_to_a_word_is_wrong() -> None:
    assert scored(BLOCKS[0], BLOCKS[1].replace("[^1]", "1")) == (1, 0)
    assert scored(BLOCKS[0], BLOCKS[1].replace("[^1]", "<sup>1</sup>")) == (2, 0)


def test_a_cell_counts_with_both_of_its_headings() -> None:
    assert scored(tables=(Grid(ROWS, (1, 1)),)) == (0, 0)
    assert scored(tables=(Grid(ROWS[:3], (2, 1)), Grid(ROWS[3:], (0, 1)))) == (0, 2)
    torn = (*ROWS[:2], ("Ska-", "12", "14"), *ROWS[3:])
    assert scored(tables=(Grid(torn, (2, 1)),)) == (0, 1)


def test_a_tool_that_names_no_headers_has_those_of_the_transcription() -> None:
    assert scored(tables=(Grid(ROWS),)) == (0, 3)


def test_a_cell_counts_once() -> None:
    assert scored(tables=(Grid(ROWS, (2, 1)), Grid(ROWS, (2, 1)))) == (0, 3)


def test_the_best_reading_counts() -> None:
    page = PageText(((BLOCKS[0],), BLOCKS), ((), (Grid(ROWS, (2, 1)),)))
    assert score(PAGE, page) == Score(3, 3, 3, 3)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("the office", "the oﬃce"),
        ("1 Scope ..... 7", "1 Scope …… 7"),
        ("☐ Yes", "□Yes"),
        ("H₂O", "H2O"),
        ("Name:", "Name: ________"),
        ("ENTSO-E¹,² grid", "ENTSO-E<sup>1,2</sup> grid"),
        ("μₕ", "𝜇<sub>ℎ</sub>"),
    ],
)
def test_what_is_a_matter_of_taste_is_equal(one: str, other: str) -> None:
    assert normalized(one) == normalized(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("2¹⁰", "210"), ("“so”", '"so"'), ("5–6", "5-6"), ("Table", "table"), ("-5", "5"), ("–0.5", "-0.5")],
)
def test_what_is_not_a_matter_of_taste_is_not(one: str, other: str) -> None:
    assert normalized(one) != normalized(other)


def test_markdown_is_read_without_its_marks() -> None:
    blocks, grids = markdown_blocks(
        "## **1. Catches**\n\nOf [cod](x) <u>and</u> 5 \\* 3\nherring.\n\n- Cod\n  - Ling\n- a) Hake\n\n"
        "|**Port**|2021|\n|-|-|\n|Skagen<br>Nord|_12_|"
    )
    assert [normalized(block) for block in blocks] == [
        "1.Catches",
        "Ofcodand5*3herring.",
        "•Cod",
        "•Ling",
        "a)Hake",
        "Port2021SkagenNord12",
    ]
    assert grids == [Grid((("Port", "2021"), ("Skagen Nord", "12")))]


def test_pages_are_tagged_by_their_half(tmp_path: Path) -> None:
    page = '{"document": "report.pdf", "page": 1, "tags": ["form"], "body": [], "apart": []}'
    (tmp_path / "blind").mkdir()
    for name in ("report-001.json", "blind/report-002.json"):
        (tmp_path / name).write_text(page, encoding="utf-8")
    tags = {page.name: page.tags for page in golden.golden_pages(tmp_path)}
    assert tags == {"report-001": ("seen", "form"), "report-002": ("blind", "form")}


def document(text: str, blocks: list[str], pages: list[str], tables: list[dict[str, object]]) -> dict[str, object]:
    """What `benchmarks.parsed` writes, of a text with these blocks, and these last words of its pages."""
    lines, start = [], 0
    for number, last in enumerate(pages, 1):
        end = text.index(last, start) + len(last)
        lines.append([start, end, number, 1])
        start = end + 1
    spans = [["paragraph", text.index(block), text.index(block) + len(block), 0] for block in blocks]
    return {"text": text, "body_end": len(text), "lines": lines, "blocks": spans, "tables": tables}


def test_a_block_over_a_page_end_is_scored_by_its_part_on_the_page() -> None:
    pages = document("One.\n\nIt went on and on.", ["One.", "It went on and on."], ["on", "on."], [])
    assert golden.docqa_page(pages, 2).blocks == (("and on.",),)
    assert golden.docqa_text_page(pages, 2).blocks[0] == ("and on.",)


def test_a_table_over_a_page_end_has_the_headings_of_its_first_page_or_none() -> None:
    text = "Port  2021\nSkagen  12\nHirtshals  3"
    rows = [row.split("  ") for row in text.splitlines()]
    starts = [text.index(row[0]) for row in rows]
    table = {"start": 0, "header_rows": 1, "header_columns": 1, "rows": rows, "row_starts": starts}
    page = golden.docqa_page(document(text, [text], ["12", "3"], [table]), 2)
    assert page.tables == (
        (Grid((("Hirtshals", "3"),), (0, 1)),),
        (Grid((("Port", "2021"), ("Hirtshals", "3")), (1, 1)),),
    )


def test_a_text_of_rows_is_a_table_between_blocks() -> None:
    text = "Catches\nPort  2021\nSkagen  12\n\nThe end."
    page = golden.docqa_text_page(document(text, [], ["end."], []), 1)
    assert [block.split() for block in page.blocks[0]] == [
        ["Catches"],
        ["Port", "2021", "Skagen", "12"],
        ["The", "end."],
    ]
    assert page.tables == ((Grid((("Port", "2021"), ("Skagen", "12"))),),)


def test_docqa_reads_the_transcribed_pages() -> None:
    # The other half is scored by hand, and not while the parser is worked on.
    pages = [
        page for page in golden.golden_pages(golden.GOLDEN) if "seen" in page.tags and (PDFS / page.document).is_file()
    ]
    if not pages:
        pytest.skip(f"no transcribed pages in {golden.GOLDEN.relative_to(ROOT)}, or not their PDFs: DOCQA_GOLDEN_PDFS")
    read = golden.read("docqa", [(PDFS / page.document, page.page) for page in pages])
    total = golden.by_tag(pages, [score(*both) for both in zip(pages, read, strict=True)])["all"]
    assert total.blocks_right >= FLOOR[0] * total.blocks
    assert total.cells_right >= FLOOR[1] * total.cells


# Public PDFs ---------------------------------------------------------------------------------------

needs_pdftotext = pytest.mark.skipif(not shutil.which("pdftotext"), reason="needs pdftotext (poppler-utils)")


@needs_pdftotext
def test_words_that_pdftotext_finds_are_kept(tmp_path: Path) -> None:
    file = tmp_path / "letter.pdf"
    canvas = Canvas(str(file))
    canvas.drawString(80, 700, "The lighthouse at Skagen was built in 1858 by two masons.")
    canvas.save()
    outcome = public_pdfs.outcome(file, sys.executable, 60)
    assert (outcome["status"], outcome["words"], outcome["kept"]) == ("read", 11, 11)


@needs_pdftotext
def test_what_is_refused_and_what_takes_too_long_is_told_apart(tmp_path: Path) -> None:
    file = tmp_path / "damaged.pdf"
    file.write_bytes(b"%PDF-1.7 and no more")
    outcome = public_pdfs.outcome(file, sys.executable, 60)
    assert (outcome["status"], outcome["message"].split()[0]) == ("refused", "damaged.pdf")
    assert public_pdfs.outcome(file, sys.executable, 0.001)["status"] == "hang"


def test_a_crash_is_described(tmp_path: Path) -> None:
    outcome = public_pdfs.outcome(tmp_path / "missing.pdf", sys.executable, 60)
    assert outcome["status"] == "crash"
    assert "FileNotFoundError" in outcome["message"]


def test_a_file_that_got_worse_says_in_what() -> None:
    before = {"status": "read", "words": 100, "kept": 90, "run together": 8, "seconds": 0.2}
    assert public_pdfs.worse(before, before | {"kept": 96, "run together": 2}) is None
    assert public_pdfs.worse(before, before | {"kept": 90, "run together": 2}) == (
        "words kept: 98.0%, now 92.0% (6 words)"
    )
    assert public_pdfs.worse(before, before | {"seconds": 1.1}) is None
    assert public_pdfs.worse(before, before | {"seconds": 1.3}) == "0.20 s, now 1.30 s"
    assert public_pdfs.worse(before, {"status": "hang"}) == "read, now hang"
    assert public_pdfs.worse({"status": "crash"}, before) is None
