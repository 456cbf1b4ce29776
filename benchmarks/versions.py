"""Text of PDFs by this version of docqa and by an older one: time per page, first opening, and peak memory.

    python -m benchmarks.versions PYTHON [PDF...] [--repeats 7] [--pages 3000]

PYTHON is that of the environment with the older version. By default it measures planted prose and planted tables, of
120 pages each. Times are processor time, which is meaningful even on a busy machine. PDFium alone (loading a page and
its characters, `FPDF_LoadPage` and `FPDFText_LoadPage`) is the lower bound of any parse. The memory is the peak of a
process that opens a planted document of `--pages` pages, until a question can be asked.
"""

import sys
import time
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from benchmarks import parsed, planted, planted_tables
from benchmarks.measuring import Claim, Report, Worker, argument_parser, finish, interleaved, ratio

_BEFORE, _NOW, _FLOOR = "before", "now", "PDFium"
_PAGES = 120
_PARSE, _PARSE_TABLES, _OPEN, _MEMORY = 1.3, 2.0, 1.3, 1.2  # At most so many times as much as before.


def parse_times(report: Report, file: Path, bound: float, before: str, repeats: int) -> None:
    """Compare the parse of a file, in one process, and PDFium's part of it."""
    with ExitStack() as stack:
        workers = {
            name: stack.enter_context(Worker(parsed.command(python, file, "--parse")))
            for name, python in ((_BEFORE, before), (_NOW, sys.executable))
        }
        data = file.read_bytes()
        times = interleaved(
            {name: lambda _, worker=worker: worker.run(None).output for name, worker in workers.items()}
            | {_FLOOR: lambda _: _pdfium_alone(data)},
            repeats,
            settle=0,
        )
    with pdfium.PdfDocument(data) as document:
        pages = len(document)
    report.claims.append(Claim(f"parse of {file.name}", "before", "<=", bound, *ratio(times, _NOW, _BEFORE)))
    report.figures[f"{file.name}, {pages} pages, ms per page"] = ", ".join(
        f"{name} {1000 * min(seconds) / pages:.2f}" for name, seconds in times.items()
    )
    report.seconds |= {f"{file.name}, {name}": seconds for name, seconds in times.items()}


def _pdfium_alone(data: bytes) -> float:
    """Load every page and its characters, and return the processor time."""
    began = time.process_time()
    with pdfium.PdfDocument(data) as document:
        for index in range(len(document)):
            page = pdfium_c.FPDF_LoadPage(document.raw, index)
            text_page = pdfium_c.FPDFText_LoadPage(page)
            pdfium_c.FPDFText_ClosePage(text_page)
            pdfium_c.FPDF_ClosePage(page)
    return time.process_time() - began


def openings(report: Report, pages: int, before: str, repeats: int) -> None:
    """Compare the first opening of 300 pages, and the memory that it takes for `pages`."""
    with TemporaryDirectory() as folder:
        homes = {_BEFORE: (before, Path(folder) / "before"), _NOW: (sys.executable, Path(folder) / "now")}
        file = planted.document(300).file
        with ExitStack() as stack:
            workers = {
                name: stack.enter_context(Worker(parsed.command(python, file, "--open"), home))
                for name, (python, home) in homes.items()
            }
            times = interleaved(
                {name: lambda _, worker=worker: worker.run(None).output for name, worker in workers.items()},  # type: ignore[misc]
                repeats,
            )
        report.claims.append(Claim("first opening of 300 pages", "before", "<=", _OPEN, *ratio(times, _NOW, _BEFORE)))
        file = planted.document(pages).file
        peaks = {}
        for name, (python, home) in homes.items():
            with Worker(parsed.command(python, file, "--open"), home) as worker:
                peaks[name] = worker.loaded.peak
    what = f"peak memory, opening {pages:,} pages"
    report.claims.append(Claim(what, "before", "<=", _MEMORY, peaks[_NOW] / peaks[_BEFORE]))
    report.figures["peak MiB"] = {name: round(peak) for name, peak in peaks.items()}


def main() -> None:
    """Run the benchmark, and print and save the results."""
    parser = argument_parser(__doc__, "versions")
    parser.add_argument("before", metavar="PYTHON", help="of the environment with the older version")
    parser.add_argument("files", nargs="*", type=Path, metavar="PDF")
    parser.add_argument("--tables", action="store_true", help="the PDFs have tables: hold them to that bound")
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--pages", type=int, default=3000, help="for the peak memory; 0 omits the openings")
    args = parser.parse_args()
    report = Report("versions")
    bound = _PARSE_TABLES if args.tables else _PARSE
    bounds = dict.fromkeys(args.files, bound) or {
        planted.document(_PAGES).file: _PARSE,
        planted_tables.document(_PAGES): _PARSE_TABLES,
    }
    for file, most in bounds.items():
        parse_times(report, file, most, args.before, args.repeats)
    if args.pages:
        openings(report, args.pages, args.before, min(args.repeats, 3))
    finish(report, args.json)


if __name__ == "__main__":
    main()
