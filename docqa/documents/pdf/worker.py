"""A process that reads pages for another one: `main` is all that it does.

On its standard input come the document and then ranges of pages, on its standard output go their lines. marshal is for
two ends that run the same Python, which these do, and packs lines many times faster than JSON; neither end is a file.
"""

import marshal
import os
import signal
import sys
from typing import IO, Any

import pypdfium2_raw as pdfium

from docqa.documents.pdf.pdfium import PdfiumPageReader

_LENGTH = 8


def send(stream: IO[bytes], message: Any) -> None:
    """Write one message: bytes, or what marshal knows."""
    packed = marshal.dumps(message)
    stream.write(len(packed).to_bytes(_LENGTH, "little"))
    stream.write(packed)
    stream.flush()


def receive(stream: IO[bytes]) -> Any:
    """Read one message. Raises `EOFError` where the other end is gone."""
    length = stream.read(_LENGTH)
    packed = stream.read(int.from_bytes(length, "little"))
    if len(length) < _LENGTH or len(packed) < int.from_bytes(length, "little"):
        raise EOFError
    return marshal.loads(packed)  # noqa: S302 - from the process that this one began, or was begun by


def main() -> None:
    """Read what is asked for until the other process has enough of it, or is no more."""
    # Ctrl-C is meant for the other process, which ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    config = pdfium.FPDF_LIBRARY_CONFIG(version=2)
    pdfium.FPDF_InitLibraryWithConfig(config)
    try:
        data, password = receive(source)
        document = pdfium.FPDF_LoadMemDocument64(data, len(data), password)
        if not document:
            return
        reader = PdfiumPageReader(document)
        send(sink, "ready")
        while True:
            pages = [reader.lines(index) for index in range(*receive(source))]
            send(sink, [None if page is None else list(map(tuple, page)) for page in pages])
    except (EOFError, BrokenPipeError):
        pass
    finally:
        # Nothing of it is worth closing, and a flush into a broken pipe would complain.
        os._exit(0)
