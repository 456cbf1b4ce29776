"""PDFs written byte by byte, for what no library writes."""

import io
import zlib
from collections.abc import Sequence
from pathlib import Path

from pypdf import PdfReader, PdfWriter


def pdf(objects: Sequence[bytes], trailer: bytes = b"") -> bytes:
    """A PDF of these objects, numbered from 1. The first one is the catalog."""
    data, starts = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", []
    for number, each in enumerate(objects, 1):
        starts.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % start for start in starts)
    size = len(objects) + 1
    ending = b"trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (size, trailer, len(data))
    return data + b"xref\n0 %d\n" % size + table + ending


def stream(content: bytes, dictionary: bytes = b"") -> bytes:
    """A deflated stream."""
    packed = zlib.compress(content)
    return b"<<%s/Filter/FlateDecode/Length %d>>\nstream\n%s\nendstream" % (dictionary, len(packed), packed)


def deflated(path: Path) -> bytes:
    """A PDF with deflated pages, as most are: reportlab's are encoded in ASCII, too."""
    writer = PdfWriter(clone_from=PdfReader(path))
    for page in writer.pages:
        page.compress_content_streams()
    data = io.BytesIO()
    writer.write(data)
    return data.getvalue()
