"""Blocks and cells of transcribed pages that docqa and other tools read as a person does.

    python -m benchmarks.golden FOLDER [--golden FOLDER] [--tool NAME...] [--python PYTHON] [--verbose]

FOLDER has the PDFs, at the paths that the pages in tests/golden name. Nobody who worked on the parser saw those in
tests/golden/blind before it was finished. The tools are `docqa`; `docqa-text`, which is docqa without its blocks and
tables, for versions that had none; pdftotext (poppler); and pdfplumber, pymupdf4llm and kreuzberg, in an environment of
their own that the first run creates in the cache directory. PYTHON is that of the environment whose docqa is scored.
benchmarks/README.md says how pages are scored.
"""

import json
import re
import subprocess
import sys
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks import environments, parsed
from benchmarks.golden_scores import BESIDE_THE_BODY, GoldenPage, Grid, PageText, Score, markdown_blocks, score
from benchmarks.measuring import ROOT, Report, argument_parser, finish

GOLDEN = ROOT / "tests" / "golden"
TOOLS = ("docqa", "docqa-text", "pdftotext", "pdfplumber", "pymupdf4llm", "kreuzberg")

Place = tuple[Path, int]
"""A PDF, and one of its pages, counted from 1."""


def golden_pages(folder: Path) -> list[GoldenPage]:
    """Read the transcribed pages in a folder, tagged as "seen", and those below it, tagged with their folder's name."""
    pages = []
    for file in sorted(folder.rglob("*.json")):
        page = json.loads(file.read_text(encoding="utf-8"))
        half = "seen" if file.parent == folder else file.parent.name
        tags = (half, *page["tags"])
        pages.append(GoldenPage(file.stem, page["document"], page["page"], tags, tuple(page["body"])))
    return pages


# Tools ---------------------------------------------------------------------------------------------


def read(tool: str, places: Sequence[Place], python: str = sys.executable) -> list[PageText]:
    """Return the pages as a tool reads them."""
    if tool in {"docqa", "docqa-text"}:
        page_of = docqa_page if tool == "docqa" else docqa_text_page
        documents = {file: _described(file, python) for file in dict.fromkeys(file for file, _ in places)}
        return [page_of(documents[file], page) for file, page in places]
    if tool == "pdftotext":
        return [_pdftotext(file, page) for file, page in places]
    process = subprocess.run(
        [str(environments.python(environments.PDF_TOOLS)), str(Path(__file__).with_name("golden_tools.py")), tool],
        input=json.dumps([(str(file), page) for file, page in places]),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return [_page(output) for output in json.loads(process.stdout)]


def _page(output: dict[str, Any]) -> PageText:
    blocks, grids = markdown_blocks(output.get("markdown", ""))
    tables = [*grids, *(Grid(tuple(map(tuple, rows))) for rows in output.get("tables", ()))]
    return PageText((tuple(blocks), *map(tuple, output.get("blocks", ()))), (tuple(tables),))


def _pdftotext(file: Path, page: int) -> PageText:
    command = ["pdftotext", "-enc", "UTF-8", "-f", str(page), "-l", str(page), str(file), "-"]
    text = subprocess.run(command, capture_output=True, check=True).stdout.decode("utf-8", "replace")
    return PageText((tuple(re.split(r"\n\s*\n|\f", text)), tuple(text.splitlines())))


def _described(file: Path, python: str) -> dict[str, Any]:
    process = subprocess.run(parsed.command(python, file), stdout=subprocess.PIPE, check=True)
    document: dict[str, Any] = json.loads(process.stdout)
    return document


class _LinesOfPage:
    """The part of spans that is on one page."""

    def __init__(self, document: dict[str, Any], page: int) -> None:
        self._text = document["text"]
        self._page = page
        self._lines = document["lines"]
        self._starts = [line[0] for line in self._lines]

    def has(self, offset: int) -> bool:
        """Whether the line that contains `offset` is on the page."""
        return bool(self._lines[max(0, bisect_right(self._starts, offset) - 1)][2] == self._page)

    def text(self, start: int, end: int) -> str:
        """The part of `text[start:end]` that is on the page."""
        first = max(0, bisect_right(self._starts, start) - 1)
        on_page = [
            (max(start, line_start), min(end, line_end))
            for line_start, line_end, page, _ in self._lines[first : bisect_right(self._starts, end)]
            if page == self._page and line_start < end and line_end > start
        ]
        return self._text[on_page[0][0] : on_page[-1][1]] if on_page else ""


def docqa_page(document: dict[str, Any], page: int) -> PageText:
    """Return a page by docqa's blocks and tables."""
    lines = _LinesOfPage(document, page)
    blocks = [lines.text(start, end) for kind, start, end, _ in document["blocks"] if kind not in BESIDE_THE_BODY]
    alone, continued = [], []
    for table in document["tables"]:
        on_page = [index for index, start in enumerate(table["row_starts"]) if lines.has(start)]
        if not on_page:
            continue
        headers, columns = table["header_rows"], table["header_columns"]
        above = [index for index in range(headers) if index not in on_page]
        alone.append(_grid(table, on_page, headers - len(above), columns))
        continued.append(_grid(table, above + on_page, headers, columns))
    return PageText((tuple(filter(str.strip, blocks)),), (tuple(alone), tuple(continued)))


def _grid(table: dict[str, Any], rows: list[int], header_rows: int, header_columns: int) -> Grid:
    return Grid(tuple(tuple(table["rows"][row]) for row in rows), (header_rows, header_columns))


def docqa_text_page(document: dict[str, Any], page: int) -> PageText:
    """Return a page by docqa's text alone: blank lines between blocks, rows on lines, two spaces between cells.

    A second reading has each line as a block: what was a row to docqa may be an item of a list.
    """
    lines = _LinesOfPage(document, page)
    blocks: list[str] = []
    grids: list[Grid] = []
    for paragraph in re.finditer(r".+(?:\n.+)*", document["text"][: document["body_end"]]):
        text = lines.text(*paragraph.span())
        for run in re.finditer(r"(?:.*\S  +\S.*(?:\n|$))+|(?:(?!.*\S  +\S).+(?:\n|$))+", text):
            blocks.append(run.group())
            rows = [re.split(r"  +", row) for row in run.group().splitlines()]
            if max(map(len, rows)) > 1:
                width = max(map(len, rows))
                grids.append(Grid(tuple((*row, *[""] * (width - len(row))) for row in rows)))
    return PageText((tuple(blocks), tuple("\n".join(blocks).splitlines())), (tuple(grids),))


# Report --------------------------------------------------------------------------------------------


def by_tag(pages: Sequence[GoldenPage], scores: Sequence[Score]) -> dict[str, Score]:
    """Sum up the scores: of all pages, and of those with each tag."""
    sums: dict[str, Score] = defaultdict(Score)
    for page, result in zip(pages, scores, strict=True):
        for tag in ("all", *page.tags):
            sums[tag] += result
    return dict(sums)


def share(right: int, of: int) -> str:
    """Return a percentage, "" of nothing."""
    return f"{right / of:.1%}" if of else ""


def main() -> None:
    """Run the benchmark, and print and save the results."""
    parser = argument_parser(__doc__, "golden")
    parser.add_argument("folder", type=Path, help="of the PDFs")
    parser.add_argument("--golden", type=Path, default=GOLDEN, help="folder of the pages (default: tests/golden)")
    parser.add_argument("--tool", nargs="+", choices=TOOLS, default=["docqa"], help="default: docqa")
    parser.add_argument("--python", default=sys.executable, help="of the environment whose docqa is scored")
    parser.add_argument("--verbose", action="store_true", help="also print each page's score, and what it lacks")
    args = parser.parse_args()
    pages = golden_pages(args.golden)
    if not pages:
        raise SystemExit(f"no pages in {args.golden}")
    places = [(args.folder / page.document, page.page) for page in pages]
    if missing := {str(file) for file, _ in places if not file.is_file()}:
        raise SystemExit(f"not found: {', '.join(sorted(missing))}")
    report = Report("golden")
    for tool in args.tool:
        scores = [score(*both) for both in zip(pages, read(tool, places, args.python), strict=True)]
        if args.verbose:
            _print_pages(tool, pages, scores)
        for tag, total in by_tag(pages, scores).items():
            blocks, cells = share(total.blocks_right, total.blocks), share(total.cells_right, total.cells)
            report.figures[f"{tool}, {tag}"] = (
                f"{total.blocks_right} of {total.blocks} blocks ({blocks}), "
                f"{total.cells_right} of {total.cells} cells ({cells})"
            )
    finish(report, args.json)


def _print_pages(tool: str, pages: Sequence[GoldenPage], scores: Sequence[Score]) -> None:
    for page, result in zip(pages, scores, strict=True):
        blocks = f"{result.blocks_right} of {result.blocks} blocks"
        print(f"\n{tool}: {page.name}: {blocks}, {result.cells_right} of {result.cells} cells")
        for fault in result.missed:
            print(f"  {fault}")


if __name__ == "__main__":
    main()
