"""Plain text. The canonical text is the file's own, decoded, with newlines as `\\n`: offsets match an editor's."""

import codecs
import re

import numpy as np
from charset_normalizer import from_bytes

from docqa.documents.document import Document, Lines, Section, find_breaks
from docqa.documents.source import Source
from docqa.errors import DocqaError
from docqa.progress import Monitor

BLANK_LINE = re.compile(r"\n[^\S\n]*\n")

# The longer marks first: UTF-32's begins with UTF-16's.
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def parse(source: Source, monitor: Monitor) -> Document:
    """Parse a plain text file. Raises `DocqaError` if it is empty or not text."""
    monitor.check()
    return from_text(source, "text", decode(source))


def from_text(
    source: Source,
    format: str,
    text: str,
    sections: tuple[Section, ...] = (),
    title: str | None = None,
    *,
    breaks: re.Pattern[str] = BLANK_LINE,
) -> Document:
    """Build the `Document` of a format whose canonical text is that of the file.

    `breaks` matches what no answer spans: blank lines, because a line may end just because it is full.
    """
    starts = [0]
    while (newline := text.find("\n", starts[-1])) >= 0:
        starts.append(newline + 1)
    if starts[-1] == len(text) and len(starts) > 1:
        starts.pop()  # A final newline ends the last line and begins no other.
    count = len(starts)
    first = np.array(starts, dtype=np.int64)
    ends = np.append(first[1:] - 1, len(text.removesuffix("\n")))
    lines = Lines(first, ends, np.zeros(count, dtype=np.int32), np.arange(1, count + 1, dtype=np.int32))
    return Document(
        name=source.name,
        format=format,
        sha256=source.sha256,
        text=text,
        body_end=len(text),
        lines=lines,
        breaks=find_breaks(breaks, text),
        sections=sections,
        title=title,
    )


def decode(source: Source) -> str:
    """Decode UTF-8, UTF-16 or UTF-32 with a byte order mark, or a legacy 8-bit encoding. Newlines become `\\n`.

    Raises `DocqaError` if the file is empty or not text.
    """
    text = _decode(source)
    if not text.strip():
        raise DocqaError(f"{source.display_name} is empty", "there is nothing in it to ask about")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _decode(source: Source) -> str:
    data = source.data
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError as error:
                shown = encoding.upper().removesuffix("-SIG")
                raise DocqaError(
                    f"{source.display_name} begins as {shown} but is not: {error.reason}",
                    "it may be cut short; save it again as UTF-8",
                ) from error
    if b"\0" in data:
        raise DocqaError(
            f"{source.display_name} is not a text file: it contains NUL bytes", "open a document or a text file"
        )
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        guess = from_bytes(data).best()
    if guess is None:
        raise DocqaError(f"the text encoding of {source.display_name} could not be detected", "save it as UTF-8")
    return str(guess)
