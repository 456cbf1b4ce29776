"""Text of PDFs: docqa (PDFium, boxes, reading order) against pypdf's extract_text, in turns.

python -m benchmarks.documents [--repeats N] [--cpu] [PDF...]

Without a name: the sample report, planted documents of 30 and 300 pages and, where they are beside the project, the
shared PDFs. --cpu counts processor time, in one process: what a busy machine can still tell. Elapsed time, and what
several processes are worth, need cores that nobody else is using.
"""

import gc
import io
import logging
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import pypdfium2 as pdfium
from pypdf import PdfReader

from benchmarks import planted
from benchmarks.measuring import ROOT, Claim, Report, finish, parser
from docqa.documents import Source
from docqa.documents.pdf.parallel import processes_for
from docqa.documents.pdf.parser import parse
from docqa.errors import DocqaError
from docqa.progress import Monitor

_SHARED = ROOT.parent / "shared" / "pdfs"


def measure(files: list[Path], repeats: int, clock: Callable[[], float]) -> Report:
    """How many times longer pypdf's text takes than docqa's parse, of each file, and than PDFium alone."""
    report = Report("documents")
    for file in files:
        source = Source(file.name, file.read_bytes())
        try:
            pages = parse(source, Monitor()).page_count  # Once before: nothing is imported while the clock runs.
        except DocqaError as error:
            report.figures[file.name] = error.message
            continue
        ratios = _ratios(source, repeats, clock)
        report.claims.append(Claim(f"text of {file.name}, {pages} pages", "pypdf", ">=", 10, ratios["docqa"]))
        processes = 1 if clock is time.process_time else processes_for(pages)
        report.figures[file.name] = (
            f"{processes} processes; one: {ratios['one']:.1f}×; PDFium's bare text: {ratios['pdfium']:.1f}×; "
            f"pypdf's outline and labels: {ratios['facts']:.1f}×"
        )
    return report


def _ratios(source: Source, repeats: int, clock: Callable[[], float]) -> dict[str, float]:
    """What pypdf's text takes, as a multiple of each of the others: medians of runs that take turns."""
    works: dict[str, Callable[[], object]] = {
        "pypdf": lambda: [page.extract_text() for page in _open(source).pages],
        "docqa": lambda: parse(source, Monitor(), processes=1 if clock is time.process_time else None),
        "one": lambda: parse(source, Monitor(), processes=1),
        "pdfium": lambda: _pdfium_alone(source),
        "facts": lambda: (_open(source).outline, _open(source).page_labels),
    }
    times: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(repeats):
        for name, work in works.items():
            times[name].append(_seconds(work, clock))
    medians = {name: statistics.median(found) for name, found in times.items()}
    return {name: medians["pypdf"] / median for name, median in medians.items()}


def _pdfium_alone(source: Source) -> None:
    """The least that can be done through PDFium: each page's characters, none of their boxes, no reading order."""
    with pdfium.PdfDocument(source.data) as document:
        for page in document:
            page.get_textpage().get_text_range()
            page.close()


def _open(source: Source) -> PdfReader:
    return PdfReader(io.BytesIO(source.data))


def _seconds(work: Callable[[], object], clock: Callable[[], float]) -> float:
    gc.collect()  # What the others left behind is not this one's to clear away.
    began = clock()
    work()
    return clock() - began


def main() -> None:
    """Print and write what was found."""
    arguments = parser(__doc__, "documents")
    arguments.add_argument("--repeats", type=int, default=3)
    arguments.add_argument("--cpu", action="store_true")
    arguments.add_argument("files", nargs="*", type=Path)
    given = arguments.parse_args()
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    files = given.files or [
        ROOT / "sample_docs" / "harbour-report.pdf",
        *(planted.document(pages).file for pages in (30, 300)),
        *sorted(_SHARED.glob("*.pdf")),
    ]
    finish(measure(files, given.repeats, time.process_time if given.cpu else time.perf_counter), given.json)


if __name__ == "__main__":
    main()
