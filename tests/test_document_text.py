"""What `docqa text` prints of a document: blocks with kinds and places, tables, what stands apart."""

import json
from collections.abc import Iterable

from markdown_it import MarkdownIt
from support.tables import Page

from docqa import output
from docqa.document_text import as_dict, as_markdown, as_text
from docqa.documents import Document, Source, parse

PLAIN = output.painter(colour=False)
ROWS = [["Ship", "Built", "Tons"], ["Aurelia", "1861", "214"], ["Bellona", "", "1,198"]]


def report() -> Document:
    page = Page()
    page.add("header", "Harbour report")
    page.add("heading", "2 The year_in [short]")
    page.add("paragraph", "The dues came to 9,230 crowns, of which 1,800 were \nspent on the new beacon.")
    page.add("list_item", "• ships").add("list_item", "– barks", 1).add("list_item", "3. boats | rafts")
    page.add("caption", "Table 1. Ships").table(ROWS)
    page.add("footnote", "1 Register tons.")
    page.page = 2
    page.add("code", "if tide:\n    sail()")
    page.add("paragraph", "1. is a number, \nnot a list.").end_body()
    page.add("figure", "North").add("figure", "South").add("watermark", "DRAFT")
    return page.document("report.pdf")


def text(lines: Iterable[str]) -> str:
    return "\n".join(lines)


def test_the_text_has_pages_paragraphs_and_tables_and_what_stands_apart_is_below() -> None:
    assert text(as_text(report(), None, PLAIN)) == (
        """\
— page 1 —

2 The year_in [short]

The dues came to 9,230 crowns, of which 1,800 were spent on the new beacon.

• ships
  – barks
3. boats | rafts

Table 1. Ships

Ship     Built   Tons
───────  ─────  ─────
Aurelia   1861    214
Bellona         1,198

| header    Harbour report
| footnote  1 Register tons.

— page 2 —

if tide:
    sail()

1. is a number, not a list.

| figure     North  South
| watermark  DRAFT"""
    )


def test_kinds_and_lines_stand_in_the_margin() -> None:
    shown = text(as_text(report(), {1}, PLAIN, 60, kinds=True))
    assert shown == (
        """\
— page 1 —

heading 1       2  2 The year_in [short]
paragraph     3–4  The dues came to 9,230 crowns, of which
                   1,800 were spent on the new beacon.
list_item       5  • ships
list_item 2     6    – barks
list_item       7  3. boats | rafts
caption         8  Table 1. Ships
table        9–11  Ship     Built   Tons
                   ───────  ─────  ─────
                   Aurelia   1861    214
                   Bellona         1,198
header          1  Harbour report
footnote       12  1 Register tons."""
    )


def test_lines_fit_the_terminal_and_colour_adds_nothing_else() -> None:
    coloured = text(as_text(report(), None, output.painter(colour=True), 30))
    assert "\x1b[1m2 The year_in [short]\x1b[0m" in coloured and "\x1b[2m| figure" in coloured
    plain = text(as_text(report(), None, PLAIN, 30))
    assert coloured.replace("\x1b[1m", "").replace("\x1b[2m", "").replace("\x1b[0m", "") == plain
    assert max(map(len, plain.splitlines())) <= 30


def test_markdown_is_read_back_as_it_was() -> None:
    written = text(as_markdown(report(), None))
    tokens = MarkdownIt("commonmark").enable("table").parse(written)
    kinds = [token.type for token in tokens if token.nesting >= 0 and token.type != "inline"]
    assert kinds[:3] == ["html_block", "heading_open", "paragraph_open"]
    assert "table_open" in kinds and "fence" in kinds
    read = ["".join(child.content for child in token.children or []) for token in tokens if token.type == "inline"]
    assert read == [
        "2 The year_in [short]",
        "The dues came to 9,230 crowns, of which 1,800 were spent on the new beacon.",
        *("ships", "barks", "boats | rafts", "Table 1. Ships"),
        *("Ship", "Built", "Tons", "Aurelia", "1861", "214", "Bellona", "", "1,198"),
        *("header: Harbour report", "footnote: 1 Register tons."),
        "1. is a number, not a list.",
        *("figure: North", "figure: South", "watermark: DRAFT"),
    ]
    assert [token.content for token in tokens if token.type == "fence"] == ["if tide:\n    sail()\n"]


def test_json_has_offsets_places_and_cells() -> None:
    document = report()
    facts = json.loads(json.dumps(as_dict(document, None)))
    assert (facts["schema"], facts["document"], facts["pages"]) == ("docqa.text/1", "report.pdf", 2)
    for block in facts["blocks"]:
        assert block["text"] == document.text[block["start"] : block["end"]]
    (table,) = (block["table"] for block in facts["blocks"] if "table" in block)
    assert table["grid"] == ROWS
    assert (table["header_rows"], table["header_columns"]) == (1, 1)
    cell = next(cell for cell in table["cells"] if cell["text"] == "1,198")
    assert (cell["row"], cell["column"]) == (2, 2)
    assert document.text[cell["start"] : cell["end"]] == "1,198"
    assert [block["kind"] for block in as_dict(document, {2})["blocks"]] == [
        *("code", "paragraph", "figure", "figure", "watermark")
    ]


def test_a_block_over_a_page_end_has_both_places() -> None:
    page = Page().add("paragraph", "It ends on ")
    page.page = 2
    page.text += "the next page."
    page._add_line(len("It ends on "))
    page.blocks[0] = page.blocks[0]._replace(end=len(page.text))
    assert text(as_text(page.document(), None, PLAIN, kinds=True)).split("\n") == [
        *("— page 1 —", "", "paragraph  1–2:1  It ends on the next page.", "", "— page 2 —")
    ]


def test_control_characters_do_not_reach_the_terminal() -> None:
    document = parse(Source("a.txt", b"red \x1b[31m text\n\nmore"))
    for lines in (as_text(document, None, PLAIN), as_markdown(document, None)):
        assert "\x1b" not in text(lines)


def test_a_format_without_blocks_is_shown_in_paragraphs() -> None:
    page = Page().add("paragraph", "Above the mast.").add("paragraph", "Below it.")
    page.blocks.clear()
    document = page.document()
    assert text(as_text(document, None, PLAIN)) == "— page 1 —\n\nAbove the mast.\n\nBelow it."


def test_a_nested_list_is_read_back_as_it_was() -> None:
    document = parse(Source("a.md", b"- one\n  - two\n    - three\n- four\n\n5. five\n6."))
    assert [block.level for block in document.blocks] == [0, 1, 2, 0, 0, 0]
    assert [document.text[block.start] for block in document.blocks] == ["-", "-", "-", "-", "5", "6"]
    assert text(as_markdown(document, None)) == "- one\n    - two\n        - three\n- four\n5. five\n6. "
