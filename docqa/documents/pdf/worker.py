"""A worker process that reads pages for another process. `main` is its entry point.

It receives the document and then page ranges on standard input, and sends their lines to standard output. Messages
are packed by marshal: both ends run the same Python, and it packs lines many times faster than JSON.
"""

import gc
import marshal
import os
import pkgutil
import signal
import sys
from typing import IO, Any

from docqa.documents.pdf.engines import OpenPdf, PdfEngineError
from docqa.documents.pdf.reading_order import ReadPage, read_page

_LENGTH_BYTES = 8


def send(stream: IO[bytes], message: Any) -> None:
    """Write one message, of any type that marshal supports."""
    packed = marshal.dumps(message)
    stream.write(len(packed).to_bytes(_LENGTH_BYTES, "little"))
    stream.write(packed)
    stream.flush()


def receive(stream: IO[bytes]) -> Any:
    """Read one message. Raises `EOFError` if the other end is closed."""
    length = stream.read(_LENGTH_BYTES)
    packed = stream.read(int.from_bytes(length, "little"))
    if len(length) < _LENGTH_BYTES or len(packed) < int.from_bytes(length, "little"):
        raise EOFError
    return marshal.loads(packed)  # noqa: S302 - only from the parent or a child of this process


def _packed(page: ReadPage) -> tuple[Any, ...]:
    return list(map(tuple, page.lines)), page.fault, page.height, list(map(tuple, page.rules))


def main() -> None:
    """Read pages until the parent process closes the pipe or exits."""
    # Ctrl-C is handled by the parent, which ends this process.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()  # Reading pages makes hardly any cyclic garbage, and the search takes a tenth of the time.
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    try:
        engine, data, password = receive(source)
        open_pdf: OpenPdf = pkgutil.resolve_name(engine)
        with open_pdf(data, password) as file:
            send(sink, "ready")
            while True:
                pages = [read_page(file, index) for index in range(*receive(source))]
                send(sink, [None if page is None else _packed(page) for page in pages])
    except (EOFError, BrokenPipeError, PdfEngineError):
        pass
    finally:
        # There is nothing to clean up, and flushing a broken pipe would print an error.
        os._exit(0)
