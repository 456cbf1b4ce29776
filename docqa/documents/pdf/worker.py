"""A worker process that reads pages for another process. `main` is its entry point.

It receives a PDF engine with the password, the document, and then page ranges; it answers with their lines. Messages
are packed by marshal: both ends run the same Python, and it packs lines many times faster than JSON.
"""

import gc
import marshal
import pkgutil
from typing import IO, Any

from docqa.documents.limits import ComputingTime
from docqa.documents.pdf.engines import OpenPdf, PdfEngineError
from docqa.documents.pdf.reading_order import ReadPage, read_page
from docqa.documents.pipes import read_frame, write_frame
from docqa.documents.worker_process import serve


def main() -> None:
    """Read pages until the other process closes the pipe or exits."""
    gc.disable()  # Reading pages makes hardly any cyclic garbage, and the search takes a tenth of the time.
    serve(_read_pages)


def _read_pages(source: IO[bytes], sink: IO[bytes]) -> None:
    engine, password = marshal.loads(read_frame(source))  # noqa: S302 - from the parent
    data = read_frame(source)
    open_pdf: OpenPdf = pkgutil.resolve_name(engine)
    time_left = ComputingTime()
    try:
        with open_pdf(data, password) as file:
            write_frame(sink, b"")
            while True:
                pages = []
                for index in range(*marshal.loads(read_frame(source))):  # noqa: S302
                    time_left.next_step()
                    page = read_page(file, index)
                    pages.append(None if page is None else _packed(page))
                write_frame(sink, marshal.dumps(pages))
    except PdfEngineError:
        pass  # The other process reports it.


def _packed(page: ReadPage) -> tuple[Any, ...]:
    return list(map(tuple, page.lines)), page.fault, page.height, list(map(tuple, page.rules))
