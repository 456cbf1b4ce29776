"""Text of PDFs: docqa (PDFium, boxes, reading order) against pypdf's `extract_text`, interleaved.

python -m benchmarks.documents [--repeats N] [--cpu] [PDF...]

By default it measures the sample report, planted documents of 30 and 300 pages and, if they are next to the project,
the shared PDFs. `--cpu` measures processor time in one process, which is meaningful even on a busy machine. Elapsed
time, and the gain from several processes, need idle cores.
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
from benchmarks.measuring import ROOT, Claim, Report, argument_parser, finish
from docqa.documents import Source
from docqa.documents.pdf.parallel import processes_for
from docqa.documents.pdf.parser import parse
from docqa.errors import DocqaError
from docqa.progress import Monitor

_SHARED = ROOT.parent / "shared" / "pdfs"


def measure(files: list[Path], repeats: int, clock: Callable[[], float]) -> Report:
    """Compare pypdf's time per file with docqa's parse and with PDFium alone."""
    report = Report("documents")
    for file in files:
        source = Source(file.name, file.read_bytes())
        try:
            pages = parse(source, Monitor()).page_count  # Warm up: no imports while timing.
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
    """Return pypdf's time as a multiple of each task's: medians of interleaved runs."""
    tasks: dict[str, Callable[[], object]] = {
        "pypdf": lambda: [page.extract_text() for page in _open(source).pages],
        "docqa": lambda: parse(source, Monitor(), processes=1 if clock is time.process_time else None),
        "one": lambda: parse(source, Monitor(), processes=1),
        "pdfium": lambda: _pdfium_alone(source),
        "facts": lambda: (_open(source).outline, _open(source).page_labels),
    }
    times: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(repeats):
        for name, task in tasks.items():
            times[name].append(_seconds(task, clock))
    medians = {name: statistics.median(seconds) for name, seconds in times.items()}
    return {name: medians["pypdf"] / median for name, median in medians.items()}


def _pdfium_alone(source: Source) -> None:
    """Extract each page's characters with PDFium, without boxes or reading order: a lower bound."""
    with pdfium.PdfDocument(source.data) as document:
        for page in document:
            page.get_textpage().get_text_range()
            page.close()


def _open(source: Source) -> PdfReader:
    return PdfReader(io.BytesIO(source.data))


def _seconds(task: Callable[[], object], clock: Callable[[], float]) -> float:
    gc.collect()  # Don't charge this task for the garbage of the previous one.
    began = clock()
    task()
    return clock() - began


def main() -> None:
    """Run the benchmark, and print and save the results."""
    parser = argument_parser(__doc__, "documents")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--cpu", action="store_true")
    parser.add_argument("files", nargs="*", type=Path)
    args = parser.parse_args()
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    files = args.files or [
        ROOT / "sample_docs" / "harbour-report.pdf",
        *(planted.document(pages).file for pages in (30, 300)),
        *sorted(_SHARED.glob("*.pdf")),
    ]
    finish(measure(files, args.repeats, time.process_time if args.cpu else time.perf_counter), args.json)


if __name__ == "__main__":
    main()
