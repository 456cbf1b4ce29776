"""Text of PDFs: docqa (PDFium and layout) against pypdf's extract_text, interleaved, in one process.

python -m benchmarks.documents PDF...
"""

import io
import logging
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from pypdf import PdfReader

from docqa.documents import Source, parse

_REPEATS = 3


def main() -> None:
    """Print one row a file: pages, and how many times longer pypdf takes."""
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    print(f"{'pages':>6} {'pypdf text':>11} {'pypdf outline, labels':>22}   relative to docqa's whole parse")
    for name in sys.argv[1:]:
        source = Source(name, Path(name).read_bytes())
        pages = parse(source).page_count  # Once before, so that nothing is imported while the clock runs.
        ours, text, facts = [], [], []
        for _ in range(_REPEATS):
            ours.append(_seconds(lambda: parse(source)))  # noqa: B023 - called at once
            text.append(_seconds(lambda: [page.extract_text() for page in _open(source).pages]))  # noqa: B023
            facts.append(_seconds(lambda: (_open(source).outline, _open(source).page_labels)))  # noqa: B023
        unit = statistics.median(ours)
        ratios = [statistics.median(times) / unit for times in (text, facts)]
        print(f"{pages:6} {ratios[0]:10.1f}× {ratios[1]:21.2f}×   {Path(name).name}")


def _open(source: Source) -> PdfReader:
    return PdfReader(io.BytesIO(source.data))


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
