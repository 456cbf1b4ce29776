"""Text of PDFs: docqa (PDFium and layout) against pypdf's extract_text, interleaved.

python -m benchmarks.documents [--repeats N] [--cpu] PDF...

--cpu counts processor time, in one process: what a busy machine can still tell. Elapsed time, and what several
processes are worth, need cores that nobody else is using.
"""

import argparse
import gc
import io
import logging
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import pypdfium2 as pdfium
from pypdf import PdfReader

from docqa.documents import Source
from docqa.documents.pdf import parse
from docqa.documents.reading import processes_for
from docqa.errors import DocqaError
from docqa.progress import Monitor


def main() -> None:
    """Print one row a file: how many times longer pypdf's text takes than docqa's parse, and than PDFium alone."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--cpu", action="store_true")
    parser.add_argument("files", nargs="+", type=Path)
    arguments = parser.parse_args()
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    print("pypdf's extract_text, relative to:")
    print(f"{'pages':>6} {'docqa':>8} {'processes':>10} {'docqa, one':>11} {'PDFium alone':>13}  {'pypdf facts':>12}")
    for file in arguments.files:
        source = Source(file.name, file.read_bytes())
        try:
            pages = parse(source, Monitor()).page_count  # Once before: nothing is imported while the clock runs.
        except DocqaError as error:
            print(f"{'-':>6} {error.message}")
            continue
        ratios = _ratios(source, arguments.repeats, time.process_time if arguments.cpu else time.perf_counter)
        processes = 1 if arguments.cpu else processes_for(pages)
        print(
            f"{pages:6} {ratios['docqa']:7.1f}× {processes:10} {ratios['one']:10.1f}×"
            f" {ratios['pdfium']:12.1f}× {ratios['facts']:12.1f}×  {file.name}"
        )


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


if __name__ == "__main__":
    main()
