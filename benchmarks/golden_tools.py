"""Pages as pdfplumber, PyMuPDF4LLM and kreuzberg read them, for `benchmarks.golden`.

    PYTHON_OF_THEIR_ENVIRONMENT benchmarks/golden_tools.py TOOL < PAGES

PAGES is a JSON list of files and page numbers. Prints, as JSON, for each page its Markdown, readings of its blocks, and
its tables. Settings that differ from the defaults: no OCR; and PyMuPDF4LLM leaves out headers and footers, which are
not scored.
"""

import contextlib
import json
import sys
import tempfile
from pathlib import Path
from typing import Any


def pdfplumber_page(file: str, number: int) -> dict[str, Any]:
    """Return the parts of the text that blank lines divide, or its lines; and the tables, spanning cells repeated."""
    import pdfplumber

    with pdfplumber.open(file) as document:
        page = document.pages[number - 1]
        text = page.extract_text(layout=True)
        blocks = [" ".join(block) for block in _divided([line.strip() for line in text.splitlines()])]
        lines = page.extract_text().splitlines()
        return {"blocks": [blocks, lines], "tables": [_grid(table) for table in page.find_tables()]}


def _divided(lines: list[str]) -> list[list[str]]:
    blocks: list[list[str]] = [[]]
    for line in lines:
        if line:
            blocks[-1].append(line)
        elif blocks[-1]:
            blocks.append([])
    return blocks


def _grid(table: Any) -> list[list[str]]:
    texts = table.extract()
    boxes = {box: texts[r][c] for r, row in enumerate(table.rows) for c, box in enumerate(row.cells) if box}
    return [[boxes.get(_covering(boxes, row, column), "") or "" for column in table.columns] for row in table.rows]


def _covering(boxes: Any, row: Any, column: Any) -> Any:
    x, y = (column.bbox[0] + column.bbox[2]) / 2, (row.bbox[1] + row.bbox[3]) / 2
    return next((box for box in boxes if box[0] <= x <= box[2] and box[1] <= y <= box[3]), None)


def pymupdf4llm_page(file: str, number: int) -> dict[str, Any]:
    """Return the page's Markdown."""
    import pymupdf4llm

    return {"markdown": pymupdf4llm.to_markdown(file, pages=[number - 1], header=False, footer=False, use_ocr=False)}


def kreuzberg_page(file: str, number: int) -> dict[str, Any]:
    """Return the Markdown, and the lines, of a PDF of this page alone: of a whole file it gives no page's Markdown."""
    import pypdfium2
    from kreuzberg import ExtractionConfig, OutputFormat, extract_file_sync

    with tempfile.TemporaryDirectory() as folder:
        alone = Path(folder) / "page.pdf"
        with pypdfium2.PdfDocument(file) as document, pypdfium2.PdfDocument.new() as copy:
            copy.import_pages(document, [number - 1])
            copy.save(alone)
        markdown, plain = (
            extract_file_sync(
                alone, config=ExtractionConfig(output_format=form, disable_ocr=True, use_cache=False)
            ).content
            for form in (OutputFormat.MARKDOWN, OutputFormat.PLAIN)
        )
        return {"markdown": markdown, "blocks": [plain.splitlines()]}


TOOLS = {"pdfplumber": pdfplumber_page, "pymupdf4llm": pymupdf4llm_page, "kreuzberg": kreuzberg_page}


if __name__ == "__main__":
    with contextlib.redirect_stdout(sys.stderr):
        pages = [TOOLS[sys.argv[1]](file, number) for file, number in json.load(sys.stdin)]
    json.dump(pages, sys.stdout)
